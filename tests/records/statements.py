"""Says what an extraction made of a text, one line a record, for the cases of statements.toml."""

from __future__ import annotations

from datetime import date

from gazette.clean import clean
from gazette.extract import extract
from gazette.extract.model import Record

ISSUE_DATE = date(2020, 3, 20)
REGION = "500000"


def describe_text(text: str) -> list[str]:
    """`table kind column=value… [planned] [as_of] [part of N]`, in text order; columns in the order printed."""
    records = extract(clean(text), ISSUE_DATE, REGION).records
    return [_describe(record, records) for record in records]


def _describe(record: Record, records: list[Record]) -> str:
    cells = sorted(record.cells.items(), key=lambda cell: cell[1].start)
    parts = [
        record.table,
        record.kind or "-",
        *(f"{column}={quantity.value.normalize():f}" for column, quantity in cells),
    ]
    if record.modality == "planned":
        parts.append("planned")
    if record.period.as_of != ISSUE_DATE:
        parts.append(record.period.as_of.isoformat())
    if record.parent is not None:
        parts.append(f"part of {records.index(record.parent)}")
    return " ".join(parts)
