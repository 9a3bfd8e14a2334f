"""Exports: the published tables as files that other programs open.

Takes the live generation of a data folder, gives one folder a format: CSV and a workbook for Excel, JSON Lines, and a
DuckDB file. A folder is replaced in one step, once all that belongs in it is written; tables are streamed, so that
memory does not grow with them.
"""

from gazette.export.exporting import FORMATS, ExportError, ExportSummary, export

__all__ = ["FORMATS", "ExportError", "ExportSummary", "export"]
