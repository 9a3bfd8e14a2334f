"""Takes an issue with its cleaned text and what was extracted from it, gives its rows for the published tables.

Pure: the same issue gives the same rows, identifiers included. Values leave exact decimals for floats here, and
nowhere before.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from gazette.clean.model import CleanText
from gazette.extract.model import Extraction, Mention, Qualifier, Quantity, Record
from gazette.ingest.model import Issue
from gazette.ingest.placement import Layout
from gazette.publish.columns import Columns, Row
from gazette.tables import RECORD_TABLES, TABLES

NOWHERE: Row = dict.fromkeys(("page_number", "x0", "y0", "x1", "y1", "ocr_confidence"))
INVISIBLE = str.maketrans("", "", "\u200b\ufeff")  # taken for white space, though Unicode does not call them so


def build_rows(issue: Issue, clean: CleanText, extraction: Extraction) -> dict[str, Sequence[Row]]:
    """Rows of one issue for projects, enterprises, finance, labor, mentions and texts, whole-number measures as floats
    (`Table.unchecked`)."""
    ids = _build_record_ids(issue, clean, extraction)
    records: dict[str, list[Row]] = {name: [] for name in RECORD_TABLES}
    for record in extraction.records:
        records[record.table].append(_build_record(record, issue, clean, ids))
    mentions = _build_mentions(extraction.mentions, issue, clean, ids)
    return {**records, "mentions": mentions, "texts": [{"issue_id": issue.issue_id, "text": issue.text}]}


def _build_record_ids(issue: Issue, clean: CleanText, extraction: Extraction) -> dict[int, str]:
    """Identifier of each record by its `id()`: where its first figure stands, numbered where records share it."""
    numbers: Counter[tuple[str, int]] = Counter()
    ids = {}
    for record in extraction.records:
        first = min((quantity.start for quantity in record.cells.values()), default=record.quote_start)
        place = clean.places[first]
        key = f"{issue.issue_id} {record.table} {place} {numbers[record.table, place]}"
        numbers[record.table, place] += 1
        ids[id(record)] = hashlib.sha256(key.encode()).hexdigest()[:24]
    return ids


def _build_record(record: Record, issue: Issue, clean: CleanText, ids: Mapping[int, str]) -> Row:
    table = TABLES[record.table]
    char_start, char_end = _find_extent(clean, record.quote_start, record.quote_end)
    row: Row = {
        "record_id": ids[id(record)],
        "parent_id": ids[id(record.parent)] if record.parent is not None else None,
        "issue_id": issue.issue_id,
        "publication": issue.publication,
        "issue_date": issue.issue_date,
        "page": issue.page,
        "article": record.article,
        "region": record.place.name,
        "region_code": record.place.code,
        "scope": record.scope,
        "entity": record.entity,
        "modality": record.modality.value,
        "period_start": record.period.start,
        "as_of": record.period.as_of,
        "as_of_basis": record.period.basis.value,
        "quote": _squeeze(clean.text[record.quote_start : record.quote_end]),
        "char_start": char_start,
        "char_end": char_end,
        "rule": record.rule,
        table.kind or "": record.kind,
    }
    if record.table == "finance":
        row["lender"] = record.lender
    for column, quantity in record.cells.items():
        row |= _build_cell(record.table, column, quantity)
    return row


def _build_cell(table: str, column: str, quantity: Quantity) -> Row:
    """The measure and its companions. The middle of a range of whole things is rounded, half up."""
    value = quantity.value
    if column not in _measures(table):
        raise ValueError(f"{table} has no measure {column!r}")
    if column in _whole_measures(table) and quantity.qualifier is Qualifier.RANGE:
        value = value.to_integral_value(ROUND_HALF_UP)
    return {
        column: float(value),
        f"{column}_qualifier": quantity.qualifier.value,
        f"{column}_low": _build_float(quantity.low),
        f"{column}_high": _build_float(quantity.high),
    }


@cache
def _measures(table: str) -> frozenset[str]:
    return frozenset(column.name for column in TABLES[table].measures)


@cache
def _whole_measures(table: str) -> frozenset[str]:
    return frozenset(column.name for column in TABLES[table].measures if column.type == "int")


def _build_mentions(mentions: Sequence[Mention], issue: Issue, clean: CleanText, ids: Mapping[int, str]) -> Columns:
    quantities = [mention.quantity for mention in mentions]
    records = [mention.record for mention in mentions]
    places = [find_printed(issue.text, clean, quantity) for quantity in quantities]
    short_id = issue.issue_id[:16]
    return Columns(
        {
            "mention_id": [f"{short_id}-{start}" for start, _ in places],
            "issue_id": [issue.issue_id] * len(mentions),
            "char_start": [start for start, _ in places],
            "char_end": [end for _, end in places],
            "text": [_squeeze(issue.text[start:end]) for start, end in places],
            "kind": [quantity.kind.value for quantity in quantities],
            "value": [float(quantity.value) for quantity in quantities],
            "low": [_build_float(quantity.low) for quantity in quantities],
            "high": [_build_float(quantity.high) for quantity in quantities],
            "unit": [quantity.unit or None for quantity in quantities],
            "qualifier": [quantity.qualifier.value for quantity in quantities],
            "table": [record and record.table for record in records],
            "column": [mention.column for mention in mentions],
            "record_id": [record and ids[id(record)] for record in records],
            "reason": [mention.reason and mention.reason.value for mention in mentions],
            **_build_boxes(issue.layout, places),
        }
    )


def _build_boxes(layout: Layout | None, places: Sequence[tuple[int, int]]) -> dict[str, list[Any]]:
    """Where on the page each figure is printed, and how surely it was read; nothing for an issue without pages."""
    if layout is None:
        return {name: [None] * len(places) for name in NOWHERE}
    boxes = [_build_box(layout, *place) for place in places]
    return {name: [box[name] for box in boxes] for name in NOWHERE}


def _build_box(layout: Layout, char_start: int, char_end: int) -> Row:
    box = layout.find_box(char_start, char_end)
    if box is None:
        return NOWHERE
    edges = {name: round(value, 1) for name, value in zip(("x0", "y0", "x1", "y1"), box[1:], strict=True)}
    confidence = layout.find_confidence(char_start, char_end)
    return {
        "page_number": box.page,
        **edges,
        "ocr_confidence": round(confidence, 3) if confidence is not None else None,
    }


def _find_extent(clean: CleanText, start: int, end: int) -> tuple[int, int]:
    """The stretch of the decoded text that holds all of `clean.text[start:end]`; where cleaning moved text, what was
    printed between is inside."""
    places = clean.places[start:end]
    return min(places), max(places) + 1


def find_printed(decoded: str, clean: CleanText, quantity: Quantity) -> tuple[int, int]:
    """The place of a figure in the decoded text. Where a caption tore it apart (2021年 … 底), the piece that holds its
    number: what stands between is never shown as the figure."""
    places = clean.places[quantity.start : quantity.end]
    if places[-1] - places[0] == len(places) - 1:  # within a block places rise: it is printed in one piece
        return places[0], places[-1] + 1
    first = last = quantity.number_start
    while first > quantity.start and _is_blank(decoded, clean.places[first - 1] + 1, clean.places[first]):
        first -= 1
    while last + 1 < quantity.end and _is_blank(decoded, clean.places[last] + 1, clean.places[last + 1]):
        last += 1
    return clean.places[first], clean.places[last] + 1


def _is_blank(decoded: str, start: int, end: int) -> bool:
    return start <= end and not decoded[start:end].translate(INVISIBLE).strip()


def _squeeze(text: str) -> str:
    squeezed = "".join(text.split())
    return squeezed if squeezed.isascii() or not _has_invisible(squeezed) else squeezed.translate(INVISIBLE)


def _has_invisible(text: str) -> bool:
    return "\u200b" in text or "\ufeff" in text


def _build_float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
