"""Text that a spreadsheet would take for a formula: what it begins with, and how it is kept from running.

A cell of an issue's text may begin with =, and an address in it would be asked as soon as the file is opened. In CSV
nothing but the content tells a formula from text, so that an apostrophe is put before it, which spreadsheets show as
text. Numbers are columns of numbers and stay as they are, negative ones too.
"""

from __future__ import annotations

import polars as pl

BEGINNINGS = "=+-@\t\r\n＝＋－＠"  # the wide ones too: Excel folds them where Chinese is typed
PATTERN = rf"^[{BEGINNINGS.replace('-', chr(92) + '-')}]"


def disarm(name: str) -> pl.Expr:
    """The column of strings of that name, none of which runs."""
    column = pl.col(name)
    kept = pl.when(column.str.contains(PATTERN)).then(pl.concat_str(pl.lit("'"), column)).otherwise(column)
    return kept.alias(name)
