"""Finds facts that an issue says again, so that each is one record (filing rule 4).

Takes the drafts of one article with where they stand; gives, for each draft that only repeats another, the draft that
it repeats. The most exact saying is the first; of two equally exact ones the body's is before the headline's, and the
earlier before the later.
"""

from __future__ import annotations

from collections.abc import Sequence

from gazette.extract.model import Kind, Qualifier, Quantity
from gazette.extract.records.scope import find_scope
from gazette.extract.records.sentences import Figure
from gazette.extract.records.statement import COUNTS, Draft

MANY = 20
_THESE = ("这", "上述", "该")
EXACTNESS = {
    Qualifier.EXACT: 0,
    Qualifier.RANGE: 1,
    Qualifier.ABOUT: 1,
    Qualifier.NEARLY: 2,
    Qualifier.MORE_THAN: 2,
    Qualifier.AT_LEAST: 3,
    Qualifier.AT_MOST: 3,
}


def find_repeated(drafts: Sequence[tuple[Draft, bool]]) -> dict[Draft, Draft]:
    """`drafts` are (draft, stands in a headline) in text order; gives repeating draft -> the one that stays."""
    ranked = sorted(range(len(drafts)), key=lambda at: (*_rank(*drafts[at]), at))
    stays: list[Draft] = []
    repeated: dict[Draft, Draft] = {}
    for at in ranked:
        draft, in_headline = drafts[at]
        first = next((other for other in stays if repeats(draft, other, untold=in_headline)), None)
        if first is None or (not in_headline and _counts_few_others(draft, first)):
            stays.append(draft)
        else:
            repeated[draft] = first
    return repeated


def _rank(draft: Draft, in_headline: bool) -> tuple[int, bool, int]:
    exactness = sum(EXACTNESS[figure.quantity.qualifier] for figure in draft.figures.values())
    return -len(draft.figures), in_headline, exactness


def repeats(draft: Draft, other: Draft, *, untold: bool = False) -> bool:
    """Whether every cell of the draft is said, at least as exactly, by the other. With `untold` money of no stated kind
    may be that of any: a headline leaves out whose it is."""
    same_kind = _same_kind(draft, other) or (untold and draft.kind == "other")
    if draft.table != other.table or not same_kind or draft.planned != other.planned:
        return False
    return all(
        column in other.figures
        and says_same(figure.quantity, other.figures[column].quantity)
        and _names_same(figure, other.figures[column])
        and not _stand_together(draft, figure, other, other.figures[column])
        for column, figure in draft.figures.items()
    )


def _counts_few_others(draft: Draft, other: Draft) -> bool:
    """民生项目3个, 5亿元以上的项目3个: so few of something else are another fact."""
    column = COUNTS.get(draft.table, "")
    if draft.figures.keys() != {column} or draft.figures[column].quantity.value >= MANY:
        return False
    if draft.sentence.text.endswith(_THESE, draft.sentence.start, draft.figures[column].quantity.start):
        return False
    scope, known = find_scope(draft), find_scope(other)
    return scope is not None and known is not None and scope not in known and known not in scope


def _stand_together(draft: Draft, figure: Figure, other: Draft, another: Figure) -> bool:
    """十余家影院, 首批12家…: two figures of one sentence that differ are two facts."""
    counted = figure.quantity.kind is Kind.COUNT and draft.sentence is other.sentence
    return counted and figure.quantity.value != another.quantity.value


def _names_same(figure: Figure, other: Figure) -> bool:
    """9% of two industries' sales are two facts, though the figure is the same."""
    return figure.measured == other.measured or not (figure.measured and other.measured)


def _same_kind(draft: Draft, other: Draft) -> bool:
    if "assisted" in (draft.kind, other.kind) and draft.figures.keys() == {"enterprise_count"}:
        quantity = draft.figures["enterprise_count"].quantity
        return draft.kind == other.kind or quantity.value >= MANY  # 入驻企业237户, 专员包联237户企业
    return draft.kind == other.kind or draft.kind is None or other.kind is None or "counted" in (draft.kind, other.kind)


def says_same(vague: Quantity, exact: Quantity) -> bool:
    """Whether the first figure is the second, or an interval that holds it."""
    if vague.unit != exact.unit and vague.kind is not Kind.COUNT:  # 已开工24项, 这24项工程: one column, one thing
        return False
    if vague.value == exact.value:
        return True
    if EXACTNESS[vague.qualifier] <= EXACTNESS[exact.qualifier] or vague.low is None:
        return False
    high = vague.high if vague.high is not None else vague.low * 11 / 10
    return vague.low <= exact.value <= high
