"""From cleaned text to figures, records and where every figure went."""

from gazette.extract.reading import extract

__all__ = ["extract"]
