"""Puts the filed figures of a block together into records: one statement, one record.

Takes the sentences of a block with their figures filed; gives records (period, place and entity still to be told) and, for
every figure, the record and the column that it fills. Figures join the open record of their table while the statement
goes on; a column filled twice, another instrument or activity, 其中, or a new part after ； opens the next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from gazette.extract.model import Modality, Qualifier
from gazette.extract.records.declaration import Hit, Rules
from gazette.extract.records.sentences import Figure, Sentence

COUNTS = {"projects": "project_count", "enterprises": "enterprise_count", "labor": "headcount"}
TOTALS = {"projects": "total_count", "enterprises": "total_count", "labor": "total_headcount"}
RATES = {"projects": "resumption_rate", "enterprises": "resumption_rate", "labor": "labor_rate"}
_LISTED = re.compile(r"(?:[、和及与或][\u4e00-\u9fff]{0,3}){1,3}")
_GOES_ON = re.compile(
    r"^[“”、，\s]*(?:据介绍，|据了解，|据悉，)?(?:该|这批|这些|其|此次|项目|工程|总投资|协议引资|上述|累计|全部|合同工期|预计投资|占地|投资)"
)
_ABOUT_ONE = re.compile(r"该(?:工程|项目)|(?:工程|项目)(?:总|计划|预计|概算)*投资|(?:这批|这些|此次)项目")
_NEW_LOANS = re.compile(r"新发放")
_IS_SERVED = re.compile(r"(?:为|向|给|帮)[^，]{0,4}$")
_ALL_DONE = re.compile(r"(?:已|均|现已|目前)?(?:经)?全部(?P<phase>[\u4e00-\u9fff]{2,4})")


@dataclass(slots=True, eq=False)
class Draft:
    """A record being put together: its figures by column, and where it was said."""

    table: str
    sentence: Sentence
    figures: dict[str, Figure] = field(default_factory=dict)
    kind: str | None = None
    planned: bool = False
    parent: Draft | None = None
    all_done: bool = False

    @property
    def first(self) -> Figure:
        return min(self.figures.values(), key=lambda figure: figure.quantity.start)


class Setting(Protocol):
    """Where and when a figure stands: `is_same` tells whether two figures of a block may be one statement, `is_ahead`
    whether the date that governs a figure is still to come."""

    def is_same(self, first: Figure, second: Figure) -> bool: ...

    def is_ahead(self, figure: Figure) -> bool: ...


def group_figures(sentences: list[Sentence], rules: Rules, setting: Setting) -> list[Draft]:
    """The records of one block, in text order. Figures without a table are left alone."""
    drafts: list[Draft] = []
    last: dict[str, Draft] = {}
    for sentence in sentences:
        if not _GOES_ON.match(sentence.text[sentence.start : sentence.end]):
            carried: dict[str, Draft] = {}
        else:
            carried = dict(last)
        wholes = dict(last)
        opened = _group_sentence(sentence, carried, wholes, setting)
        drafts.extend(opened)
        for draft in opened:
            if (
                draft.table == "projects"
                and draft.kind is None
                and _ABOUT_ONE.search(sentence.text, sentence.start, draft_end(draft))
            ):
                draft.kind = _phase_before(sentence, rules)
            last[draft.table] = draft
    return drafts


def _phase_before(sentence: Sentence, rules: Rules) -> str | None:
    """The last phase word of the sentence before: …工程正抓紧推进。该工程总投资…"""
    start = max(sentence.text.rfind(mark, 0, sentence.start - 1) for mark in "。！？") + 1
    hits = rules.find(sentence.text[start : sentence.start])
    return next((hit.cue.values["projects"] for hit in reversed(hits) if "projects" in hit.cue.values), None)


def _group_sentence(
    sentence: Sentence, open_drafts: dict[str, Draft], wholes: dict[str, Draft], setting: Setting
) -> list[Draft]:
    opened: list[Draft] = []
    parents: dict[str, Draft] = {}
    part_from = _part_start(sentence)
    for figure in sentence.figures:
        if figure.table is None or figure.column is None:
            continue
        in_part = part_from is not None and figure.quantity.start >= part_from
        if in_part and figure.table not in parents:
            known = open_drafts.get(figure.table) or wholes.get(figure.table)
            if known is not None:
                parents[figure.table] = known
            open_drafts.pop(figure.table, None)
        draft = open_drafts.get(figure.table)
        planned = is_planned(sentence, figure) or (setting.is_ahead(figure) and not _is_change(sentence, figure))
        kind = _kind_of(sentence, figure)
        if (
            draft is None
            or not _joins(sentence, draft, figure, kind, planned)
            or not setting.is_same(draft.first, figure)
        ):
            draft = _open(sentence, figure, kind, planned, parents.get(figure.table) if in_part else None)
            opened.append(draft)
            open_drafts[figure.table] = draft
        _add(draft, figure, kind)
    for draft in opened:
        _settle_total(sentence, draft)
    return opened


def _open(sentence: Sentence, figure: Figure, kind: str | None, planned: bool, whole: Draft | None) -> Draft:
    """A new record; a part of a whole is in the whole's phase and as planned as it, unless it says otherwise."""
    if whole is not None and kind is None and whole.kind != SEVERAL:
        kind, planned = whole.kind, planned or whole.planned
    planned = planned or _plans_alone(sentence, figure)
    return Draft(figure.table or "", sentence, kind=kind, planned=planned, parent=whole)


def _is_change(sentence: Sentence, figure: Figure) -> bool:
    """从去年的415家增加到今年的748家 is no plan."""
    return "从" in sentence.text[sentence.clause_span(figure.clause)[0] : figure.quantity.start]


def _plans_alone(sentence: Sentence, figure: Figure) -> bool:
    """今年计划投资50亿元, without a count of what is done."""
    return any("planned_alone" in hit.cue.marks for hit in sentence.hits_between(figure.left, figure.quantity.start))


def _add(draft: Draft, figure: Figure, kind: str | None) -> None:
    column = figure.column or ""
    counts = COUNTS.get(draft.table)
    if column == counts and column in draft.figures:
        whole = draft.figures.pop(column)
        whole.column = TOTALS[draft.table]
        draft.figures[whole.column] = whole
        draft.planned = False
        draft.kind = kind
    draft.figures[column] = figure
    if draft.kind is None:
        draft.kind = kind


def _part_start(sentence: Sentence) -> int | None:
    for hit in sentence.hits:
        if "part" in hit.cue.marks:
            return hit.end
    return None


def _joins(sentence: Sentence, draft: Draft, figure: Figure, kind: str | None, planned: bool) -> bool:
    """Whether the figure goes on with the draft's statement."""
    if "；" in sentence.text[draft_end(draft) : figure.quantity.start] and draft.sentence is sentence:
        return False
    if figure.column in draft.figures:
        return _is_share_of(sentence, draft, figure, kind)
    if draft.table == "enterprises" and _names_others(sentence, draft, figure):
        return False
    if figure.column == "interest_rate" and _NEW_LOANS.search(sentence.text, draft_end(draft), figure.quantity.start):
        return False
    if draft.kind is not None and kind is not None and draft.kind != kind and figure.column not in RATES.values():
        return False
    if figure.column == COUNTS.get(draft.table) and TOTALS.get(draft.table, "") in draft.figures:
        return True
    if (
        figure.column in COUNTS.values()
        and draft.table in ("projects", "enterprises")
        and RATES[draft.table] in draft.figures
    ):
        return False
    return planned == draft.planned or figure.column in RATES.values() or figure.table in ("projects", "finance")


def _names_others(sentence: Sentence, draft: Draft, figure: Figure) -> bool:
    """…帮扶企业7.9万家，参与企业营收增长14.8%: other enterprises than those counted."""
    if figure.column in RATES.values() or draft.sentence is not sentence:
        return False
    hits = sentence.hits_between(draft_end(draft), figure.quantity.start)
    return any("subject_enterprise" in hit.cue.marks for hit in hits)


def draft_end(draft: Draft) -> int:
    return max(figure.quantity.end for figure in draft.figures.values())


def _is_share_of(sentence: Sentence, draft: Draft, figure: Figure, kind: str | None) -> bool:
    """重大项目156个，复工开工155个: the second count, with a phase and no noun of its own, is a share of the first."""
    column = COUNTS.get(draft.table)
    if figure.column != column or column is None or TOTALS[draft.table] in draft.figures:
        return False
    whole = draft.figures[column]
    if kind is None or figure.quantity.value > whole.quantity.value or figure.index != whole.index + 1:
        return False
    between = sentence.text[whole.quantity.end : figure.quantity.start]
    if "，" in between and (len(between) > 12 or any(noun in between for noun in ("项目", "企业", "员工", "新"))):
        return False
    if "其中" in between or "、" in between or len(between) > 24:
        return False
    own = _clause_kind(sentence, whole)
    return own in (None, "counted") or whole_is_plan(sentence, whole) or own != kind


def _clause_kind(sentence: Sentence, figure: Figure) -> str | None:
    """The phase or status that stands before the figure, or joined to what it counts."""
    start = max(sentence.clause_span(figure.clause)[0], figure.left)
    done = sentence.text.find("已", figure.quantity.end, figure.right)
    high = done if done >= 0 else figure.right
    hits = [hit for hit in sentence.hits_between(start, high) if _may_say(sentence, hit, figure)]
    return _nearest_kind(sentence, hits, figure) if hits else None


def whole_is_plan(sentence: Sentence, figure: Figure) -> bool:
    return "计划" in sentence.text[figure.left : figure.quantity.start]


def _settle_total(sentence: Sentence, draft: Draft) -> None:
    """A count beside a rate of it, or of a plan that is wholly done, is the whole."""
    counts, totals, rates = COUNTS.get(draft.table), TOTALS.get(draft.table), RATES.get(draft.table)
    if counts is None or totals is None or rates is None or counts not in draft.figures or totals in draft.figures:
        return
    figure = draft.figures[counts]
    plan = whole_is_plan(sentence, figure)
    done = _find_all_done(sentence, draft) if plan else None
    by_rate = rates in draft.figures and (
        plan or (draft.table == "projects" and _clause_kind(sentence, figure) is None)
    )
    if by_rate or done:
        draft.figures.pop(counts)
        figure.column = totals
        draft.figures[totals] = figure
        draft.planned = False


def _find_all_done(sentence: Sentence, draft: Draft) -> re.Match[str] | None:
    return _ALL_DONE.search(sentence.text, draft_end(draft), sentence.end)


def is_planned(sentence: Sentence, figure: Figure) -> bool:
    """Whether 预计, 计划, 拟, 力争, 将 or 目标 governs the figure: the nearest such word before it, unless 已 or 完成 stands nearer."""
    for hit in reversed(sentence.hits):
        if hit.end > figure.quantity.start:
            continue
        if "done" in hit.cue.marks:
            return False
        if "planned_here" in hit.cue.marks and hit.start >= figure.left:
            return True
        if "planned" in hit.cue.marks and not _is_noun(sentence, hit):
            return "；" not in sentence.text[hit.end : figure.quantity.start]
    return False


def _is_noun(sentence: Sentence, hit: Hit) -> bool:
    """通过国家重点研发计划，…: a programme, not a plan."""
    if hit.cue.term not in ("计划", "目标"):
        return False
    return sentence.text[hit.end : hit.end + 1] in "，、。；）》”的" or sentence.text[hit.start - 1 : hit.start] == "”"


def _kind_of(sentence: Sentence, figure: Figure) -> str | None:
    """The value of the table's enum that the figure's own words give: phase, status, instrument or activity."""
    if figure.table == "finance":
        return figure.kind
    if figure.table == "labor" and figure.column != "job_count":
        return _labor_kind(sentence, figure)
    if figure.kind is not None and figure.column in RATES.values():
        return figure.kind
    start, end = sentence.clause_span(figure.clause)
    return find_kind(sentence, figure, start, end)


def _labor_kind(sentence: Sentence, figure: Figure) -> str | None:
    """返岗 beats 员工: return words in the clause make it returned."""
    start, end = sentence.clause_span(figure.clause)
    for hit in sentence.hits_between(start, end):
        if hit.cue.values.get("labor") == "returned" or any(each.kind == "returned" for each, _ in hit.cue.before):
            return "returned"
    return figure.kind


def find_kind(sentence: Sentence, figure: Figure, start: int, end: int) -> str | None:
    """The nearest phase or status word of the clause; none where several are listed (签约、开工和投产).

    The figure's own words come first, then the rest of its clause; a project's phase may also stand elsewhere in the sentence.
    """
    stretches = [(max(start, figure.left), min(end, figure.right)), (start, figure.left)]
    if figure.table == "projects":
        low, high = _own_part(sentence, figure)
        stretches += [(low, start), (end, high)]
    for low, high in stretches:
        hits = [hit for hit in sentence.hits_between(low, high) if _may_say(sentence, hit, figure)]
        if hits:
            return _nearest_kind(sentence, hits, figure)
    return None


def _may_say(sentence: Sentence, hit: Hit, figure: Figure) -> bool:
    """Whether the term says the figure's phase or status. Who is helped stands behind 帮助, never before it; 预计10月完工 of
    another clause says nothing of now."""
    value = hit.cue.values.get(figure.table or "")
    if value is None:
        return False
    if value == "assisted" and hit.start >= figure.quantity.end and not _IS_SERVED.search(sentence.text, figure.left, figure.quantity.start):
        return False
    clause = sentence.clause_at(hit.start)
    return clause == figure.clause or not any(
        "planned" in other.cue.marks for other in sentence.hits_between(sentence.clause_span(clause)[0], hit.start)
    )


def _own_part(sentence: Sentence, figure: Figure) -> tuple[int, int]:
    """The part of the sentence between semicolons, or between the figures before and after, whichever is less."""
    position = figure.quantity.start
    start = max(sentence.text.rfind("；", sentence.start, position) + 1, sentence.start)
    end = sentence.text.find("；", position, sentence.end)
    if figure.index:
        start = max(start, sentence.figures[figure.index - 1].quantity.end)
    part = sentence.text.find("其中", position, sentence.end)
    end = min((at for at in (end, part) if at >= 0), default=-1)
    if figure.index + 1 < len(sentence.figures):
        other = sentence.figures[figure.index + 1]
        bound = other.quantity.start if other.clause == figure.clause else sentence.clause_span(other.clause)[0]
        end = min(end if end >= 0 else sentence.end, bound)
    return start, (end if end >= 0 else sentence.end)


def _nearest_kind(sentence: Sentence, hits: list[Hit], figure: Figure) -> str:
    table = figure.table or ""
    nearest = min(hits, key=lambda hit: _distance(hit, figure))
    return SEVERAL if _is_list(sentence, hits, nearest, table) else nearest.cue.values[table]


def _distance(hit: Hit, figure: Figure) -> int:
    if hit.end <= figure.quantity.start:
        return figure.quantity.start - hit.end
    return hit.start - figure.quantity.end


def _is_list(sentence: Sentence, hits: list[Hit], nearest: Hit, table: str) -> bool:
    for other in hits:
        if other is nearest or other.cue.values[table] == nearest.cue.values[table]:
            continue
        first, second = sorted((other, nearest), key=lambda hit: hit.start)
        if _LISTED.fullmatch(sentence.text[first.end : second.start]):
            return True
    return False


_STATUS_COLUMNS = {"enterprise_count", "total_count", "resumption_rate"}
SEVERAL = "several"  # phases listed together (签约、开工和投产): the record has none of its own
DEFAULT_KINDS = {"enterprises": "counted", "finance": "other", "labor": "employed"}


def kind_of(draft: Draft) -> str | None:
    """The record's value of its table's enum; a project of no told phase has none."""
    if draft.table == "enterprises" and not _STATUS_COLUMNS & draft.figures.keys():
        return "counted"
    if draft.kind is not None:
        return None if draft.kind == SEVERAL else draft.kind
    if draft.table == "labor" and "job_count" in draft.figures:
        return "offered"
    return DEFAULT_KINDS.get(draft.table)


def modality_of(draft: Draft) -> Modality:
    return Modality.PLANNED if draft.planned else Modality.ACTUAL


EXACTNESS = {
    Qualifier.EXACT: 0,
    Qualifier.RANGE: 1,
    Qualifier.ABOUT: 1,
    Qualifier.NEARLY: 2,
    Qualifier.MORE_THAN: 2,
    Qualifier.AT_LEAST: 3,
    Qualifier.AT_MOST: 3,
}
