"""Takes rows and what the stages gave, gives the frames that the gates look at and the store writes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from gazette.clean.model import CleanText, Role
from gazette.extract.model import Extraction, Reason
from gazette.ingest.decode import find_han_share
from gazette.ingest.model import Issue
from gazette.publish.account import Account, count_kept_digits
from gazette.publish.columns import Columns, Row
from gazette.tables import TABLES, Table


def build_frame(table: Table, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """A frame with exactly the table's columns; what a row does not name is null."""
    schema = table.polars_schema()
    if isinstance(rows, Columns):
        nothing = [None] * len(rows)
        columns = {name: rows.lists.get(name, nothing) for name in schema}
    else:
        columns = {name: [row.get(name) for row in rows] for name in schema}
    return pl.DataFrame(columns, schema=schema, strict=True)


def build_ingest_row(issue: Issue) -> Row:
    """The issue as the gate after ingest sees it."""
    return {
        "issue_id": issue.issue_id,
        "path": issue.path,
        "publication": issue.publication,
        "publication_name": issue.publication_name,
        "issue_date": issue.issue_date,
        "page": issue.page,
        "region_code": issue.region_code,
        "format": issue.format,
        "encoding": issue.encoding,
        "byte_count": issue.byte_count,
        "char_count": Account(issue.text).printed,
        "han_share": find_han_share(issue.text),
    }


def build_clean_row(issue: Issue, clean: CleanText) -> Row:
    """The issue as the gate after clean sees it."""
    decoded, cleaned = Account(issue.text), Account(clean.text)
    body = (cleaned.count_printed(block.start, block.end) for block in clean.blocks if block.role is Role.BODY)
    return {
        "issue_id": issue.issue_id,
        "path": issue.path,
        "char_count": decoded.printed,
        "clean_char_count": cleaned.printed,
        "block_count": len(clean.blocks),
        "body_char_count": sum(body),
        "digits_in": decoded.digits,
        "digits_out": cleaned.digits,
        "digits_kept": count_kept_digits(decoded, cleaned, clean),
    }


def build_extract_row(issue: Issue, clean: CleanText, extraction: Extraction, mentions: Iterable[Row]) -> Row:
    """The issue as the gate after extract sees it; `mentions` are its rows of that table."""
    printed = mentions.lists["text"] if isinstance(mentions, Columns) else [row["text"] for row in mentions]
    decoded = Account(issue.text)
    quantities = (mention.quantity for mention in extraction.mentions)
    read = (clean.text[quantity.start : quantity.end] for quantity in quantities)
    reasons = [mention.reason for mention in extraction.mentions if mention.reason or not mention.column]
    return {
        "issue_id": issue.issue_id,
        "path": issue.path,
        "issue_date": issue.issue_date,
        "region_code": extraction.place.code,
        "char_count": decoded.printed,
        "digits_in": decoded.digits,
        "mention_count": len(extraction.mentions),
        "record_count": len(extraction.records),
        "cell_count": len(extraction.mentions) - len(reasons),
        "unresolved_count": reasons.count(Reason.UNRESOLVED),
        "span_fault_count": sum(not _same_text(*texts) for texts in zip(printed, read, strict=True)),
    }


def _same_text(printed: str, read: str) -> bool:
    """Whether what was read is what stands there, but for width and white space; of a figure that a caption tore apart
    one piece stands there."""
    return bool(printed) and (printed in read or _fold(printed) in _fold(read))


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def mark_rejected_mentions(mentions: pl.DataFrame, rejected_ids: Iterable[str]) -> pl.DataFrame:
    """The mentions of rejected records carry the reason `rejected`; table, column and record_id still name the cell."""
    is_rejected = pl.col("record_id").is_in(list(rejected_ids))
    reason = pl.when(is_rejected).then(pl.lit(Reason.REJECTED.value)).otherwise(pl.col("reason"))
    return mentions.with_columns(reason.alias("reason"))


def cast_published(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Accepted rows in the types that are published. Raises polars.exceptions.PolarsError where a value does not
    fit."""
    return TABLES[name].cast(frame)
