"""Gazette's library: from the bytes of an issue to rows of the tables. Knows no orchestration and no network."""

__version__ = "0.1.0"
