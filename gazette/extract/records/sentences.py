"""Cuts a block into sentences and clauses, and lays figures and rule terms out on them.

Takes the text of a block with its quantities; gives one `Sentence` for each sentence that prints a figure. Offsets are
those of the block's text. Filing and grouping read nothing but these.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from gazette.extract.model import Kind, Quantity, Reason
from gazette.extract.records.declaration import Hit, Indicator, Rules

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[”’》）]*")
_CLAUSE_END = re.compile(r"[，；：,;:]|——")
_JOINTS = "；，、 "
LONGEST_SENTENCE = 1_000
"""Code points. The longest of 119,000 sentences of broadcast news has 849; what is longer is no sentence but a table or
a dump, and rules that look through their whole sentence would take ever longer over it."""
NOT_QUANTITIES = {Kind.DATE: Reason.DATE, Kind.ORDINAL: Reason.ORDINAL, Kind.LABEL: Reason.LABEL}


class Figure:
    """One quantity in its sentence, and what filing decided of it.

    `left` and `right` bound the words that belong to the figure alone: from the figure before it (or the clause's
    start) to the figure after it (or the clause's end).
    """

    __slots__ = (
        "clause",
        "column",
        "index",
        "indicator",
        "kind",
        "left",
        "measured",
        "quantity",
        "reason",
        "right",
        "subject",
        "table",
    )

    def __init__(self, quantity: Quantity, index: int, clause: int, left: int, right: int) -> None:
        self.quantity = quantity
        self.index = index
        self.clause = clause
        self.left = left
        self.right = right
        self.indicator: Indicator | None = None
        self.table: str | None = None
        self.column: str | None = None
        self.kind: str | None = None
        self.reason: Reason | None = None
        self.subject: Indicator | None = None  # of a growth rate: what grows
        self.measured = ""  # the printed name of what grows

    def extend_left(self, before: Figure) -> None:
        """Takes in the words before a figure that is only an attribute: 新开工⟦5亿元以上⟧项目19个."""
        if before.clause == self.clause:
            self.left = before.left

    def file(self, indicator: Indicator, column: str | None = None, kind: str | None = None) -> None:
        """Put the figure where the indicator says (or its `column`, with the enum value `kind`)."""
        self.indicator = indicator
        self.table = indicator.table
        self.column = column or indicator.column
        self.kind = kind or indicator.kind
        self.reason = Reason.OUTSIDE_TABLES if indicator.table is None else None

    def leave_out(self, reason: Reason) -> None:
        """Put the figure in no table."""
        self.indicator, self.table, self.column, self.kind = None, None, None, None
        self.reason = reason


class Sentence:
    """A sentence with figures: its clauses' starts, the rule terms in it, and its figures in order."""

    __slots__ = ("end", "ends", "figures", "hits", "start", "starts", "text")

    def __init__(self, text: str, start: int, end: int, quantities: Sequence[Quantity], rules: Rules) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.ends = [match.end() for match in _CLAUSE_END.finditer(text, start, end)]
        self.starts = [start, *self.ends]
        self.ends.append(end)
        self.hits: list[Hit] = rules.find(text[start:end], start)
        self.figures: list[Figure] = self._lay_out(quantities)

    def clause_at(self, position: int) -> int:
        """The number of the clause that a position lies in."""
        return bisect_right(self.starts, position) - 1

    def clause_span(self, clause: int) -> tuple[int, int]:
        return self.starts[clause], self.ends[clause]

    def part_span(self, position: int) -> tuple[int, int]:
        """The part of the sentence between semicolons."""
        start = self.text.rfind("；", self.start, position)
        end = self.text.find("；", position, self.end)
        return (start + 1 if start >= 0 else self.start), (end if end >= 0 else self.end)

    def hits_between(self, start: int, end: int) -> Iterator[Hit]:
        """The terms that lie wholly between two positions, in order."""
        for hit in self.hits:
            if hit.start >= end:
                return
            if hit.start >= start and hit.end <= end:
                yield hit

    def _lay_out(self, quantities: Sequence[Quantity]) -> list[Figure]:
        figures: list[Figure] = []
        for index, quantity in enumerate(quantities):
            clause = self.clause_at(quantity.start)
            left, right = self.clause_span(clause)
            if figures:
                left = max(left, figures[-1].quantity.end)
                if not _is_attribute(figures[-1].quantity, quantity):
                    figures[-1].right = min(figures[-1].right, quantity.start)
            if self.text.startswith("、", quantity.end):
                right = quantity.end  # 新开工项目45个、续建项目60个: what follows belongs to the next
            figures.append(Figure(quantity, index, clause, left, right))
        return figures


def _is_attribute(figure: Quantity, following: Quantity) -> bool:
    """5个10亿元以上项目: money right behind a count is the size class of what is counted."""
    joined = figure.kind is Kind.COUNT and following.kind is Kind.MONEY and following.start == figure.end
    return joined and following.low is not None and following.high is None


def find_sentences(text: str, quantities: Sequence[Quantity], rules: Rules) -> list[Sentence]:
    """The sentences of a block that print a figure other than a date, an ordinal or a label."""
    sentences: list[Sentence] = []
    figures = [quantity for quantity in quantities if quantity.kind not in NOT_QUANTITIES]
    at = 0
    for start, end in _find_spans(text, quantities):
        if at == len(figures):
            break
        own = at
        while at < len(figures) and figures[at].start < end:
            at += 1
        if at > own:
            sentences.append(Sentence(text, start, end, figures[own:at], rules))
    return sentences


def _find_spans(text: str, quantities: Sequence[Quantity]) -> Iterator[tuple[int, int]]:
    """Where the sentences stand. What is too long for one is cut behind its last comma, and never in a figure."""
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while end - start > LONGEST_SENTENCE:
            cut = _find_cut(text, start, start + LONGEST_SENTENCE)
            last = bisect_right(quantities, cut - 1, key=lambda each: each.start) - 1
            cut = max(cut, quantities[last].end if last >= 0 else cut)
            if cut >= end:
                break
            yield start, cut
            start = cut
        yield start, end


def _find_cut(text: str, start: int, end: int) -> int:
    return max((text.rfind(joint, start, end) + 1 for joint in _JOINTS), default=0) or end
