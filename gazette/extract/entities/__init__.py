"""Names of companies, banks, works and parks."""

from gazette.extract.entities.names import NameKind, Names, NameSpan

__all__ = ["NameKind", "NameSpan", "Names"]
