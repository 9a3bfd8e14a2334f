"""Reads one figure where it starts: number, unit and the approximators behind them, as spelled.

Takes a text and a place, gives the parts with their ends; what they mean is told by `reading`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gazette.extract.quantities.lexicon import load_after, load_units
from gazette.extract.quantities.patterns import NUMBER
from gazette.extract.quantities.spellings import Guards, Spellings

# Spellings that only lead to another reading: fractions, dates, times, scores.
TRIGGERS = (
    "分之",
    "时",
    "月份",
    "季度",
    "世纪",
    "年代",
    "年",
    "月",
    "日",
    "号",
    "点",
    "比",
    ":",
    "∶",
    "：",
)
_LATIN: Guards = tuple("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_BEGINNING = re.compile(f"({NUMBER})([ ]*[多余几来馀幾])?[ ]*")
# 半, 多 and 余 behind a unit of measure: 三年半, 一年多, 5公里余.
_MORE_AFTER_UNIT = re.compile(
    "(?:(?<=[年月天里斤米元时周倍岁亩吨成期拜])半(?![导径岛程成决自数年月天小球山坡壁])"
    "|(?<=[年月天里斤米元时周倍岁亩吨顷钟秒期拜])多(?![地个家种项次名方部元样层场国省市人所数年处点条座台位功媒边式维民起轮双只语])"
    "|(?<=[年月天里斤米元岁亩吨顷])余(?![家名个人年项下额温热杭姚震]))"
)
_MORE_STARTS = frozenset("半多余")


def _no_latin_after(word: str) -> Guards:
    """737 MAX, 5V5: a unit in Latin letters ends its word."""
    return _LATIN if word[-1].isascii() and word[-1].isalpha() else ()


UNITS = Spellings(
    dict.fromkeys(TRIGGERS, ())
    | {unit.text: unit.not_before + _no_latin_after(unit.text) for unit in load_units().values()}
)
AFTERS = Spellings({after.text: after.not_before for after in load_after()})
_AFTER_STARTS = frozenset(after.text[0] for after in load_after())

Groups = tuple[str | None, ...]  # number, approximator inside, unit, approximator behind it, bound after it


class Figure(NamedTuple):
    """The parts of a figure, None for what is not printed, and where they end (a part that is not printed ends with
    the one before it). Approximators and bounds have the blanks before them."""

    number: str
    more: str | None
    unit: str | None
    tail: str | None
    after: str | None
    start: int
    number_end: int
    more_end: int
    unit_end: int
    end: int

    @property
    def groups(self) -> Groups:
        """What it is read by."""
        return self[:5]


def match_figure(text: str, start: int) -> Figure | None:
    """The figure that starts at `start`: number, approximator inside, unit, approximator behind it, bound after all."""
    match = _BEGINNING.match(text, start)
    if match is None:
        return None
    number, more = match.groups()
    (_, at), (_, number_end), (_, more_end) = match.regs
    if more is None:
        more_end = number_end
    unit_end = end = more_end
    unit = tail = after = None
    length = len(text)
    if stop := UNITS.find_end(text, at, length):
        unit, unit_end, end = text[at:stop], stop, stop
        if end < length and text[end] in _MORE_STARTS and (inner := _MORE_AFTER_UNIT.match(text, end)):
            tail, end = inner[0], inner.end()
        at = end
        while at < length and text[at] == " ":
            at += 1
    if at < length and text[at] in _AFTER_STARTS and (stop := AFTERS.find_end(text, at, length)):
        after, end = text[at:stop], stop
    return Figure(number, more, unit, tail, after, start, number_end, more_end, unit_end, end)
