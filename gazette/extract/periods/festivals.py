"""Festivals: the day and the days off of 春节, 国庆 and their like in any year (festivals.toml)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from gazette.extract.periods.words import check_keys, read_toml

FILE = "festivals.toml"
KEYS = {"words", "days", "month_day", "lunar"}


@dataclass(frozen=True, slots=True)
class Festival:
    """One festival: its words, its usual days off (offsets from its day), its dates by year."""

    words: tuple[str, ...]
    days: tuple[int, int]
    month_day: tuple[int, int] | None
    lunar: dict[int, date]
    days_off: dict[int, tuple[date, date]]

    def find_day(self, year: int) -> date | None:
        """The day of the festival; None outside the years of the lunar table."""
        return date(year, *self.month_day) if self.month_day else self.lunar.get(year)

    def find_holiday(self, year: int) -> tuple[date, date] | None:
        """First and last day off: as published, else by the usual length."""
        if year in self.days_off:
            return self.days_off[year]
        day = self.find_day(year)
        return None if day is None else (day + timedelta(self.days[0]), day + timedelta(self.days[1]))


def _parse_festival(name: str, raw: dict[str, Any], lunar: dict[str, Any], days_off: dict[str, Any]) -> Festival:
    where = f"{FILE}: festival.{name}"
    check_keys(dict.fromkeys(raw.keys() | {"month_day", "lunar"}, 0), KEYS, where)
    if ("month_day" in raw) == ("lunar" in raw):
        raise ValueError(f"{where}: either month_day or lunar is wanted")
    return Festival(
        words=tuple(raw["words"]),
        days=(raw["days"][0], raw["days"][1]),
        month_day=(raw["month_day"][0], raw["month_day"][1]) if "month_day" in raw else None,
        lunar={int(year): day for year, day in lunar[raw["lunar"]].items()} if "lunar" in raw else {},
        days_off={int(year): (first, last) for year, (first, last) in days_off.get(name, {}).items()},
    )


def parse_festivals(raw: dict[str, Any]) -> dict[str, Festival]:
    """Festival by word, from a parsed festivals.toml; raises ValueError naming file and key."""
    check_keys(raw, {"festival", "lunar", "days_off"}, FILE)
    for name in raw["days_off"].keys() - raw["festival"].keys():
        raise ValueError(f"{FILE}: days_off: unknown key {name!r}")
    parsed = [_parse_festival(name, each, raw["lunar"], raw["days_off"]) for name, each in raw["festival"].items()]
    return {word: festival for festival in parsed for word in festival.words}


@cache
def load_festivals() -> dict[str, Festival]:
    """Festival by word, read once."""
    return parse_festivals(read_toml(FILE))
