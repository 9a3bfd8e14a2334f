"""What extraction gives: quantities, places, periods, records, and where every figure went.

Pure data. Offsets are code points of the cleaned text (`gazette.clean.model.CleanText.text`) unless a name
starts with `char_`, which is the decoded issue text. Values are exact `Decimal`s in base units (CNY, percent,
persons, mu, days, tonnes, metres), as the published tables state them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What sort of thing a printed figure is (mentions.kind)."""

    MONEY = "money"
    COUNT = "count"
    HEADCOUNT = "headcount"
    RATE = "rate"
    AREA = "area"
    MASS = "mass"
    LENGTH = "length"
    DURATION = "duration"
    DATE = "date"
    ORDINAL = "ordinal"
    LABEL = "label"
    OTHER = "other"


class Qualifier(StrEnum):
    """How exactly the figure was printed (every `*_qualifier` column)."""

    EXACT = "exact"
    ABOUT = "about"
    MORE_THAN = "more_than"
    AT_LEAST = "at_least"
    NEARLY = "nearly"
    AT_MOST = "at_most"
    RANGE = "range"


class Modality(StrEnum):
    ACTUAL = "actual"
    PLANNED = "planned"


class Basis(StrEnum):
    """Where a record's as_of comes from."""

    STATED = "stated"
    INHERITED = "inherited"
    ISSUE = "issue"


class Reason(StrEnum):
    """Why a mention fills no cell (mentions.reason)."""

    DATE = "date"
    ORDINAL = "ordinal"
    LABEL = "label"
    OUTSIDE_TABLES = "outside_tables"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    UNRESOLVED = "unresolved"


class Quantity(NamedTuple):
    """One printed quantity: number, approximators and unit.

    `start`/`end` span all of it; `number_start`/`number_end` the bare number. `unit` is the canonical unit
    (`CNY`, `percent`, `person`, `project`, `enterprise`, `mu`, `day`, …), `unit_text` the unit or classifier
    as printed (家, 个, 亿元; empty where none is printed).
    `low`/`high` are the interval of TABLES.md; None is an open end. A named tuple, for one is made for every figure
    of a corpus and a frozen dataclass takes three times as long.
    """

    start: int
    end: int
    number_start: int
    number_end: int
    kind: Kind
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    unit: str
    unit_text: str
    qualifier: Qualifier


@dataclass(frozen=True, slots=True)
class Place:
    """A place of GB/T 2260: its six-digit code and its full name from the province down (重庆市綦江区)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Period:
    """What a figure speaks for: `as_of` is the last day, `start` the first where a span is stated."""

    start: date | None
    as_of: date
    basis: Basis


@dataclass(slots=True, eq=False)
class Record:
    """One statement, one row of one of the four tables. `cells` maps a measure column to its quantity."""

    table: str
    kind: str | None  # the table's enum: phase, status, instrument or activity
    rule: str  # the declared rule that made its first cell
    cells: dict[str, Quantity]
    quote_start: int
    quote_end: int
    modality: Modality
    period: Period
    place: Place
    scope: str | None = None
    entity: str | None = None
    lender: str | None = None
    article: str | None = None
    parent: Record | None = None
    rules: tuple[str, ...] = ()  # the declared rules of all its cells


@dataclass(frozen=True, slots=True)
class Mention:
    """Where one quantity went: a cell of a record, or a reason why not (or both, for duplicates)."""

    quantity: Quantity
    record: Record | None = None
    column: str | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read from one issue: records in text order, one mention for every quantity."""

    place: Place
    records: list[Record] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
