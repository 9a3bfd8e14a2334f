"""What the date reader gives: date expressions with the days they stand for.

Pure data. Offsets are code points of the text that was read.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Grain(StrEnum):
    """How wide a date is printed."""

    DAY = "day"  # 3月17日, 今天, and the days that end or begin something: 3月底, 2022年末
    TEN_DAY = "ten-day"  # 3月上旬, 3月初
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"
    SPAN = "span"  # 1—9月, 前三季度, 春节假期, 未来三年
    POINT = "point"  # 目前, 近日: the issue date itself


class DateRole(StrEnum):
    """What a date is there for."""

    PLAIN = "plain"
    UNTIL = "until"  # 截至3月17日: the state on that day
    SINCE = "since"  # 2月至今, 复工以来: up to the issue date
    NOW = "now"  # 目前: starts afresh at the issue date
    RECENT = "recent"  # 近日: ends on the issue date
    PUBLICATION = "publication"  # the day on which something was only made known
    COMPARISON = "comparison"  # what the figure is compared with
    NAME = "name"  # in a title or a quoted name: 《…规划（2023—2035年）》
    DEADLINE = "deadline"  # a day that something is planned for
    ASIDE = "aside"  # 于2019年7月开工, 由去年的9%: says nothing of the figures in other clauses


class Reading(NamedTuple):
    """First and last day (inclusive) of an expression.

    `first`, `last` are for figures already reached (the past preferred), `next_first`, `next_last` for planned ones.
    """

    grain: Grain
    first: date
    last: date
    next_first: date
    next_last: date


class DateSpan(NamedTuple):
    """A date expression, `text[start:end]`, and the days it stands for.

    `first`, `last`: seen as past; `first` is None where it is not told (复工以来). `next_first`, `next_last`: seen as
    planned; `next_first` is None for a day by which something is to be done (到2025年, 年底前).
    """

    start: int
    end: int
    grain: Grain
    role: DateRole
    first: date | None
    last: date
    next_first: date | None
    next_last: date

    @property
    def is_day(self) -> bool:
        """One day, or a point in time: it beats a month, quarter or year in the same sentence."""
        return self.grain is Grain.DAY or self.grain is Grain.POINT or self.role is DateRole.UNTIL
