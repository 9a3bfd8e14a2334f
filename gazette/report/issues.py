"""The page of an issue: its text as it reads, every figure marked, its records, and what the gates kept out.

Takes the rows that the tables have of one issue, gives what the template prints. Paragraphs and their order are those
of cleaning; the characters are the issue's own. Offsets count code points, and are used up here: the page has none.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from gazette.clean import Block, CleanText, Role, clean
from gazette.report.sheets import Sheet
from gazette.report.words import Words, name_column, name_table, name_value, read_words
from gazette.tables import ENUMS, RECORD_TABLES, TABLES, Column, Table

Row = Mapping[str, Any]
UNSURE_BELOW = 0.9  # confidence of character recognition
CHECK_FIRST = ("rejected", "unresolved")
REASONS = {item.value: name_value(item) for item in ENUMS["mention_reason"].items}
NOT_SHOWN = (
    "record_id",
    "parent_id",
    "issue_id",
    "publication",
    "issue_date",
    "page",
    "quote",
    "char_start",
    "char_end",
)
REJECTION = ("expectation", "observed")


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure: its row of mentions, its number on the page, and where it went."""

    number: int
    row: Row

    @property
    def outcome(self) -> str:
        """The table it is filed in, or the reason why it is in none."""
        return str(self.row["reason"] or self.row["table"] or "unresolved")

    @property
    def record(self) -> str | None:
        record_id: str | None = self.row["record_id"]
        return record_id

    @property
    def label(self) -> Words:
        return REASONS[self.outcome] if self.outcome in REASONS else name_table(self.outcome)

    @property
    def why(self) -> Words | None:
        """The reason, for a figure that fills no cell."""
        return read_words()[f"why_{self.outcome}"] if self.outcome in REASONS else None

    @property
    def is_unsure(self) -> bool:
        confidence = self.row["ocr_confidence"]
        return confidence is not None and confidence < UNSURE_BELOW


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that belongs to one figure, or to none; `is_first` of the figure's stretches."""

    text: str
    figure: Figure | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of the text with its role on the page."""

    role: Role
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A filled column of a record. `value` is for people, unless it is a measure: then the page writes `number`."""

    column: Column
    label: Words
    value: object = None
    number: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A record as its card shows it; `broken` are the rules for which it was rejected."""

    table: str
    row: Row
    heading: Words | None
    fields: tuple[Field, ...]
    figures: tuple[Figure, ...]
    broken: tuple[tuple[str, Words | None], ...] = ()


@dataclass(frozen=True, slots=True)
class IssuePage:
    """All that the page of an issue shows."""

    document: Row
    paragraphs: tuple[Paragraph, ...]
    figures: tuple[Figure, ...]
    unplaced: tuple[Figure, ...]
    records: tuple[Record, ...]
    rejected: tuple[Record, ...]
    sheets: tuple[Sheet, ...] = ()

    @property
    def outcomes(self) -> dict[str, int]:
        """How many figures went where: the tables first, then what a reader is to look at, then the rest."""
        order = (*RECORD_TABLES, *CHECK_FIRST, *REASONS)
        counts = {name: sum(figure.outcome == name for figure in self.figures) for name in dict.fromkeys(order)}
        return {name: count for name, count in counts.items() if count}

    @property
    def unresolved(self) -> tuple[Figure, ...]:
        return tuple(figure for figure in self.figures if figure.outcome == "unresolved")

    @property
    def unsure(self) -> tuple[Figure, ...]:
        return tuple(figure for figure in self.figures if figure.is_unsure)

    def facts(self) -> list[dict[str, Any]]:
        """What the page's script tells of a figure when it is chosen, in the order of their numbers."""
        return [_tell(figure) for figure in self.figures]


Rules = Mapping[tuple[str, str], Words]


def build_issue(
    document: Row, text: str, mentions: Sequence[Row], records: Mapping[str, Sequence[Row]],
    rejected: Mapping[str, Sequence[Row]], rules: Rules, sheets: tuple[Sheet, ...] = (),
) -> IssuePage:  # fmt: skip
    """`rules` are the rules of the gates in words, by table and name."""
    ordered = sorted(mentions, key=lambda row: (row["char_start"], row["char_end"]))
    figures = tuple(Figure(number, row) for number, row in enumerate(ordered))
    paragraphs = build_paragraphs(text, figures)
    placed = {s.figure.number for p in paragraphs for s in p.segments if s.figure is not None}
    return IssuePage(
        document=document,
        paragraphs=paragraphs,
        figures=figures,
        unplaced=tuple(figure for figure in figures if figure.number not in placed),
        records=tuple(
            _build_record(name, row, figures, {}) for name in RECORD_TABLES for row in _sorted(records, name)
        ),
        rejected=tuple(
            _build_record(name, row, figures, rules) for name in RECORD_TABLES for row in _sorted(rejected, name)
        ),
        sheets=sheets,
    )


def build_paragraphs(text: str, figures: Sequence[Figure]) -> tuple[Paragraph, ...]:
    """The running text in its blocks, cut where figures begin and end. A figure that a caption tore apart has several
    stretches; of figures that overlap the shorter is on top."""
    owner = array("i", [-1]) * len(text)
    by_length = sorted(figures, key=lambda figure: figure.row["char_start"] - figure.row["char_end"])
    for figure in by_length:
        start, end = max(figure.row["char_start"], 0), min(figure.row["char_end"], len(text))
        owner[start:end] = array("i", [figure.number]) * max(end - start, 0)
    cleaned, seen = clean(text), set[int]()
    return tuple(
        Paragraph(block.role, tuple(_cut(text, cleaned, block, owner, figures, seen))) for block in cleaned.blocks
    )


def _cut(
    text: str, cleaned: CleanText, block: Block, owner: array[int], figures: Sequence[Figure], seen: set[int]
) -> Iterable[Segment]:
    for number, run in groupby(range(block.start, block.end), key=lambda i: owner[cleaned.places[i]]):
        shown = "".join(_show(text[cleaned.places[i]], cleaned.text[i]) for i in run)
        if number < 0 or not shown.strip():
            yield Segment(shown, None, is_first=False)
        else:
            yield Segment(shown, figures[number], is_first=number not in seen)
            seen.add(number)


def _show(decoded: str, cleaned: str) -> str:
    """The character as printed; where two lines were joined, what cleaning put between them."""
    return cleaned if decoded.isspace() else decoded


def _sorted(rows: Mapping[str, Sequence[Row]], name: str) -> list[Row]:
    return sorted(rows.get(name, ()), key=lambda row: (row["char_start"], row["record_id"]))


def _build_record(name: str, row: Row, figures: Sequence[Figure], rules: Rules) -> Record:
    table = TABLES[name]
    own = tuple(figure for figure in figures if figure.record == row["record_id"] and figure.row["table"] == name)
    kind = row[str(table.kind)]
    words = {item.value: name_value(item) for item in _values(table.column(str(table.kind)))}
    heading = words.get(kind, Words(kind, kind)) if kind is not None else None
    broken = [one for one in (row.get("expectation") or "").split("; ") if one]
    return Record(
        table=name,
        row=row,
        heading=heading,
        fields=tuple(_build_fields(table, row)),
        figures=own,
        broken=tuple((one, rules.get((name, one))) for one in broken),
    )


def _values(column: Column) -> Iterable[Any]:
    return column.enum.items if column.enum else ()


def _build_fields(table: Table, row: Row) -> Iterable[Field]:
    """The measures first, then the rest; what is empty is left out."""
    for column in sorted(table.columns, key=lambda column: not column.measure):
        value = row[column.name]
        if value is None or column.name in NOT_SHOWN or column.derived_from or column.name == table.kind:
            continue
        if column.measure:
            parts = {end: row[f"{column.name}_{end}"] for end in ("qualifier", "low", "high")}
            yield Field(column, name_column(column), number={"value": value, "unit": column.unit, **parts})
        else:
            named = next((name_value(item) for item in _values(column) if item.value == value), value)
            yield Field(column, name_column(column), named)


def _tell(figure: Figure) -> dict[str, Any]:
    row = figure.row
    names = ("text", "kind", "value", "low", "high", "unit", "qualifier", "table", "column", "record_id", "reason")
    told = {name: row[name] for name in (*names, "page_number", "ocr_confidence")} | {"at": row["char_start"]}
    return {name: value for name, value in told.items() if value is not None}


def read_rule_words(checks: Iterable[Row]) -> dict[tuple[str, str], Words]:
    """The rules of the gates in words, from rows of the table checks; the newest wording of each."""
    ordered = sorted(checks, key=lambda row: row["finished_at"])
    return {(row["table"], row["expectation"]): Words(row["rule_en"], row["rule_zh"]) for row in ordered}
