"""The report: a static site of what is published, that opens from disk without network or server.

Start reading at `site.py`. It takes the live generation of a data folder and writes `reports/`. Pages are made from the
templates beside this module, which escape whatever they print; data lie in scripts that only call `gazette.data(…)`,
because a page opened from disk may load scripts and pictures, but no other file. What an issue says is text everywhere
and never markup.
"""

from gazette.report.site import ReportError, ReportSummary, build_report

__all__ = ["ReportError", "ReportSummary", "build_report"]
