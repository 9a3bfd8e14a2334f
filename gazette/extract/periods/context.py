"""Tells what day a figure speaks for: filing rule 8 over the blocks of one issue.

A `PeriodContext` takes the cleaned text with its blocks and the issue date, and answers for any place in the text which
`Period` a figure there has. Why here: the rule needs the headline, the dateline and the sentences before the figure.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from gazette.clean.model import Block, Role
from gazette.extract.model import Basis, Period
from gazette.extract.periods.dates import find_dates
from gazette.extract.periods.grammar import WORDS, any_of
from gazette.extract.periods.model import DateRole, DateSpan, Grain

_SENTENCE_END = re.compile(r"[。！？!?]+[”’」』）)]*|$")
_CLAUSE = re.compile(r"[，。；！？,;!?]")
_CONTINUES = re.compile(r"(?:据(?:介绍|悉|了解|统计)[，,])?" + any_of(WORDS.continues))
_FIGURE = re.compile(r"\d[\d,.]*[^\d,.]")
_STOPS = frozenset("。！？!?；;：:”…，,")
_WIDE = frozenset({Grain.MONTH, Grain.QUARTER, Grain.HALF_YEAR, Grain.YEAR})
_EVENT = re.compile(r"[^，。；]{0,18}?(?:对接会|招聘会|推介会|洽谈会|座谈会|活动|仪式|集中开工|集中签约|集中竣工)")
_QUOTE_ENDS = frozenset("”’」』")
_TELLS = re.compile(r"[^。！？；：]{0,60}?(?:[^论据听]说|表示|介绍|告诉|感慨|坦言|感叹|直言)")
HEADING_LENGTH = 45  # code points
_NEVER = frozenset({DateRole.PUBLICATION, DateRole.COMPARISON, DateRole.NAME})  # such a date sets no as_of
_NOT_REACHED = _NEVER | {DateRole.DEADLINE}
_NOT_PLANNED = _NEVER | {DateRole.ASIDE}
_PRESENT = frozenset({DateRole.NOW, DateRole.RECENT, DateRole.SINCE})
_HEADS = frozenset({Role.HEADLINE, Role.SUBHEAD})


class _Sentence(NamedTuple):
    start: int
    end: int
    dates: list[DateSpan]


_DONE_SINCE = re.compile(r"[，,]\D*(?:已|目前|截至)")


class _Heads(NamedTuple):
    """The blocks above one in its article, by number: the nearest heading, and the nearest that may be its headline."""

    nearest: int | None
    headline: int | None


class PeriodContext:
    """The periods of one issue's figures. Offsets are code points of `text`, the cleaned text of the issue."""

    def __init__(self, text: str, blocks: Sequence[Block], issue_date: date) -> None:
        self._text = text
        self._blocks = blocks
        self._issue = issue_date
        self._starts = [block.start for block in blocks]
        self._sentences: dict[int, list[_Sentence]] = {}
        self._stated: dict[int, list[Period | None]] = {}  # by block: the last stated date before each sentence
        self._above: dict[int, Period | None] = {}
        self._figures: dict[int | None, dict[str, int]] = {}
        self._heads = _find_heads(blocks, self._is_heading)

    def period_at(self, position: int, planned: bool) -> Period:
        """The period of the figure at `position`; `planned` where a plan governs it (modality)."""
        number = max(0, bisect_right(self._starts, position) - 1)
        sentences = self._read_sentences(number)
        if not sentences:
            return Period(None, self._issue, Basis.ISSUE)
        index = min(_find_sentence(sentences, position), len(sentences) - 1)
        if planned:
            return self._find_planned(sentences[index], position)
        return self._find_actual(number, index, position)

    def is_ahead(self, position: int) -> bool:
        """Whether the nearest date before the figure in its sentence lies ahead (到2027年): a plan without a cue."""
        before = [each for each in self.dates_at(position) if each.start <= position and each.role not in _NOT_PLANNED]
        if not before or before[-1].role is not DateRole.DEADLINE:
            return False
        if "；" in self._text[before[-1].end : position]:
            return False
        if _DONE_SINCE.search(self._text, before[-1].end, position):
            return False  # 计划5月完工，已完成投资…
        return before[-1].next_first is None or before[-1].next_first > self._issue

    def dates_at(self, position: int) -> list[DateSpan]:
        """The date expressions of the sentence at `position`."""
        number = max(0, bisect_right(self._starts, position) - 1)
        sentences = self._read_sentences(number)
        index = _find_sentence(sentences, position)
        return sentences[index].dates if index < len(sentences) else []

    def _read_sentences(self, number: int) -> list[_Sentence]:
        if number not in self._sentences:
            self._sentences[number] = self._split_block(self._blocks[number]) if self._blocks else []
        return self._sentences[number]

    def _split_block(self, block: Block) -> list[_Sentence]:
        text = self._text[block.start : block.end]
        dates = [_move(each, block.start) for each in find_dates(text, self._issue)]
        starts = [each.start for each in dates]
        sentences, start = [], 0
        for match in _SENTENCE_END.finditer(text):
            if match.end() > start:
                low, high = block.start + start, block.start + match.end()
                own = dates[bisect_left(starts, low) : bisect_left(starts, high)]
                sentences.append(_Sentence(low, high, own))
            start = match.end()
        return sentences

    def _find_planned(self, sentence: _Sentence, position: int) -> Period:
        """A planned figure ends the planned span of its sentence; an estimate (去年预计) that of its own clause."""
        usable = [each for each in sentence.dates if each.role not in _NOT_PLANNED]
        ahead = [each for each in usable if each.next_last >= self._issue and each.role not in _PRESENT]
        before = [each for each in ahead if each.start <= position]
        past = [each for each in usable if each.start <= position and each not in ahead and each.role not in _PRESENT]
        beside = past[-1] if past and self._is_beside(past[-1].end, position) else None
        if before and (beside is None or beside.start < before[-1].start):
            return self._as_plan(_refine_plan(before, self._issue))
        if beside:
            return self._as_period(beside, sentence, Basis.STATED)
        if ahead:
            return self._as_plan(ahead[0])
        if days := [each for each in past if each.is_day]:
            return self._as_period(days[-1], sentence, Basis.STATED)
        return Period(None, self._issue, Basis.ISSUE)

    def _as_plan(self, chosen: DateSpan) -> Period:
        return Period(None if chosen.is_day else chosen.next_first, chosen.next_last, Basis.STATED)

    def _is_beside(self, end: int, position: int) -> bool:
        """No clause ends between a date and a figure, but for a comma right after the date (去年，产值预计…)."""
        return self._is_one_clause(end + (self._text[end : end + 1] in "，,"), position)

    def _find_actual(self, number: int, index: int, position: int) -> Period:
        sentences = self._read_sentences(number)
        if chosen := self._find_governing(sentences[index], position):
            return self._as_period(chosen, sentences[index], Basis.STATED)
        if period := self._find_day_told(sentences, index):
            return period
        if period := self._find_last_stated(number, index):
            return period
        if self._is_heading(self._blocks[number]):
            return self._find_echo(number, position) or Period(None, self._issue, Basis.ISSUE)
        return self._find_above(number) or Period(None, self._issue, Basis.ISSUE)

    def _find_day_told(self, sentences: list[_Sentence], index: int) -> Period | None:
        """The day on which somebody said it: “…！”3月4日，公司负责人说."""
        said, telling = sentences[index], sentences[index + 1 : index + 2]
        if not telling or self._text[said.end - 1] not in _QUOTE_ENDS:
            return None
        told = _TELLS.match(self._text, telling[0].start, telling[0].end)
        days = [each for each in telling[0].dates if told and each.grain is Grain.DAY and each.end <= told.end()]
        return Period(None, min(days[-1].last, self._issue), Basis.STATED) if days else None

    def _find_last_stated(self, number: int, index: int | None = None) -> Period | None:
        """What the sentences of a block state last, those from `index` on left out."""
        if number not in self._stated:
            found: list[Period | None] = [None]
            for sentence in self._read_sentences(number):
                chosen = self._find_governing(sentence, sentence.end, inherited=True)
                found.append(self._as_period(chosen, sentence, Basis.INHERITED) if chosen else found[-1])
            self._stated[number] = found
        return self._stated[number][-1 if index is None else index]

    def _find_above(self, number: int) -> Period | None:
        """What a paragraph without a date inherits: from the one above if it goes on with it, else from the head."""
        passed: list[int] = []
        while number not in self._above:
            passed.append(number)
            if not self._goes_on(number):
                self._above[number] = self._find_head(number)
            elif stated := self._find_last_stated(number - 1):
                self._above[number] = stated
            else:
                number -= 1
        for each in passed:
            self._above[each] = self._above[number]
        return self._above[number]

    def _goes_on(self, number: int) -> bool:
        """Whether a paragraph goes on with the one above it."""
        block = self._blocks[number]
        above = self._blocks[number - 1] if number else None
        follows = above is not None and above.role is Role.BODY and above.article == block.article
        listed = above is not None and self._text[above.end - 1] in "：；:;"
        return follows and (listed or _CONTINUES.match(self._text, block.start, block.end) is not None)

    def _find_head(self, number: int) -> Period | None:
        """The date of the heading above the block, else that of its article's headline (not of other headings)."""
        above = self._heads[number].nearest
        while above is not None:
            if period := self._find_last_stated(above):
                return period
            above = self._heads[above].headline
        return None

    def _is_heading(self, block: Block) -> bool:
        """A headline, or a short line in the body that is no sentence (the heads of news in brief)."""
        return block.role in _HEADS or (
            block.end - block.start <= HEADING_LENGTH and self._text[block.end - 1] not in _STOPS
        )

    def _find_echo(self, number: int, position: int) -> Period | None:
        """A headline without a date has that of the sentence below it in which its figure is said again."""
        block = self._blocks[number]
        printed = _FIGURE.finditer(self._text, block.start, block.end)
        figure = next((each.group() for each in printed if each.end() > position), None)
        if figure is None:
            return None
        figures = self._read_figures()
        at = figures.get(block.article, figures[None]).get(figure)
        return None if at is None else replace(self.period_at(at, planned=False), basis=Basis.INHERITED)

    def _read_figures(self) -> dict[int | None, dict[str, int]]:
        """The figures in the bodies of each article, and for None in all of them, with the place of the first."""
        if not self._figures:
            everywhere = self._figures[None] = {}
            for block in self._blocks:
                if block.role is Role.BODY and not self._is_heading(block):
                    own = self._figures.setdefault(block.article, {})
                    for match in _FIGURE.finditer(self._text, block.start, block.end):
                        own.setdefault(match.group(), match.start())
                        everywhere.setdefault(match.group(), match.start())
        return self._figures

    def _find_governing(self, sentence: _Sentence, position: int, inherited: bool = False) -> DateSpan | None:
        """The date of the sentence that governs a figure at `position`, already reached."""
        dates = [each for each in sentence.dates if each.role not in _NOT_REACHED]
        if not dates:
            return None
        dates = [
            each
            for each in dates
            if each.role is not DateRole.ASIDE or (not inherited and self._is_one_clause(each.end, position))
        ]
        before = [each for each in dates if each.start <= position]
        if before and not inherited and not self._is_beside(before[-1].end, position):
            days = (each for each in dates[len(before) :] if each.grain is Grain.DAY)
            if day := next((each for each in days if self._is_one_clause(position, each.start)), None):
                return day  # 按上年度缴费额返还，首批600万元已于3月12日到账
        if day := self._find_day_of_event(before):
            return day
        own_from = self._text.rfind("；", sentence.start, position)
        if before and before[-1].start > own_from:
            own = None if self._is_one_clause(before[-1].end, position) else self._find_own_day(dates, position)
            return own or _refine(before, dates[len(before) :])
        behind = self._find_behind(sentence, dates[len(before) :], position)
        return behind or (_refine(before, dates[len(before) :]) if before else None)

    def _find_own_day(self, dates: list[DateSpan], position: int) -> DateSpan | None:
        """The day behind a figure in its own clause: 第二批168家企业2月13日复工."""
        behind = (each for each in dates if each.start > position and each.role is DateRole.PLAIN and each.is_day)
        return next((each for each in behind if self._is_one_clause(position, each.start)), None)

    def _find_day_of_event(self, before: list[DateSpan]) -> DateSpan | None:
        """10月11日，三季度银企对接会召开: the quarter is of the event's name, and the day says when it was."""
        if len(before) < 2 or before[-1].grain not in _WIDE or not _EVENT.match(self._text, before[-1].end):
            return None
        return before[-2] if before[-2].grain is Grain.DAY and before[-2].role is DateRole.PLAIN else None

    def _find_behind(self, sentence: _Sentence, dates: list[DateSpan], position: int) -> DateSpan | None:
        """The date behind a figure in its part between semicolons: a day, or one of its own clause."""
        part = self._text.find("；", position, sentence.end)
        behind = [each for each in dates if part < 0 or each.start < part]
        return next((each for each in behind if each.is_day or self._is_one_clause(position, each.start)), None)

    def _is_one_clause(self, start: int, end: int) -> bool:
        return _CLAUSE.search(self._text, min(start, end), max(start, end)) is None

    def _as_period(self, chosen: DateSpan, sentence: _Sentence, basis: Basis) -> Period:
        if chosen.role in (DateRole.NOW, DateRole.SINCE):
            return Period(
                chosen.first if chosen.role is DateRole.SINCE else None, self._find_interview(sentence), basis
            )
        as_of = min(chosen.last, self._issue)
        if chosen.role is DateRole.UNTIL:
            since = [each.first for each in sentence.dates if each.role is DateRole.SINCE and each.first]
            return Period(since[0] if since and since[0] <= as_of else None, as_of, basis)
        if chosen.is_day or chosen.first is None:
            return Period(None, as_of, basis)
        return Period(min(chosen.first, as_of), as_of, basis)

    def _find_interview(self, sentence: _Sentence) -> date:
        """The day on which somebody told the present state, where the sentence names it; else the issue date."""
        days = [each.last for each in sentence.dates if each.role is DateRole.PUBLICATION and each.grain is Grain.DAY]
        return min(days[0], self._issue) if days else self._issue


def _find_sentence(sentences: Sequence[_Sentence], position: int) -> int:
    """The index of the sentence that a position lies in; past the last one for a position behind them all."""
    return bisect_right(sentences, position, key=lambda each: each.end)


def _find_heads(blocks: Sequence[Block], is_heading: Callable[[Block], bool]) -> list[_Heads]:
    """Of every block. The first block of an article may be its headline whatever its role."""
    found: list[_Heads] = []
    nearest: int | None = None
    headline: int | None = None
    for number, block in enumerate(blocks):
        is_first = not number or blocks[number - 1].article != block.article
        if is_first:
            nearest = headline = None
        found.append(_Heads(nearest, headline))
        if is_heading(block):
            nearest = number
            headline = number if is_first or block.role is Role.HEADLINE else headline
    return found


def _move(span: DateSpan, by: int) -> DateSpan:
    return span._replace(start=span.start + by, end=span.end + by)


def _refine(before: list[DateSpan], after: list[DateSpan]) -> DateSpan:
    """The date that governs: the nearest before the figure, unless a day within or beside it beats it."""
    nearest = before[-1]
    if nearest.role is DateRole.SINCE:
        return next((each for each in reversed(before) if each.role is DateRole.UNTIL), nearest)
    if nearest.grain is Grain.POINT and nearest.role is DateRole.PLAIN:  # 昨天…春节后首批: the day is told
        return next((each for each in reversed(before) if each.grain is Grain.DAY), nearest)
    if nearest.is_day:
        return nearest
    if day := next((each for each in reversed(before) if each.is_day and _contains(nearest, each)), None):
        return day
    return next((each for each in after if each.is_day and _contains(nearest, each)), nearest)


def _refine_plan(ahead: list[DateSpan], issue: date) -> DateSpan:
    """The planned date that governs: the nearest before the figure, unless a coming day within it was named before."""
    nearest = ahead[-1]
    first = nearest.next_first
    if nearest.is_day or first is None:
        return nearest
    days = (each for each in reversed(ahead) if each.is_day and issue < each.next_last)
    return next((each for each in days if first <= each.next_last <= nearest.next_last), nearest)


def _contains(span: DateSpan, day: DateSpan) -> bool:
    return span.first is not None and span.first <= day.last <= span.last
