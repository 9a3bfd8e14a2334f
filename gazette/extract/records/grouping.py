"""Puts the filed figures of a block together into records: one statement, one record.

Takes the sentences of a block with their figures filed; gives drafts of records. Figures join the open record of their
table while the statement goes on; a column filled twice, another phase, instrument or activity, another time or place,
其中, or a new part after ； opens the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from gazette.extract.records.declaration import Rules
from gazette.extract.records.kinds import find_figure_kind, find_joined_kind, find_phase_before, find_predicate
from gazette.extract.records.lists import find_run, pair_respectively
from gazette.extract.records.plans import counts_plan, is_change, is_planned, plans_alone
from gazette.extract.records.sentences import Figure, Sentence
from gazette.extract.records.statement import COUNTS, RATES, SEVERAL, TOTALS, Draft

_GOES_ON = re.compile(
    r"[“”、，\s]*(?:据介绍，|据了解，|据悉，)?"
    r"(?:该|这批|这些|其|此次|项目|工程|总投资|协议引资|上述|(?:(?:截至)?目前，)?(?:现?已|累计)完成投资|累计|全部|合同工期|预计投资|占地|投资(?!额?最|规模最))"
    r"(?!(?<=投资)[约近超逾达]*[\d.]+[多余]?[万亿]+元?(?:左右|以上)?的)"
)
_ABOUT_ONE = re.compile(
    r"该(?:工程|项目)|(?<![\u4e00-\u9fff])(?:工程|项目)(?:(?:总|计划|预计|概算|估算)*投资|占地|规划|由|主要|(?:施工|建设)?总?工期)|(?:这批|这些|此次)项目"
)
_WHOLE_SECTOR = re.compile(
    r"(?:全国|全省|全市|全县|全区|我国)[\u4e00-\u9fff]{0,8}(?:完成|投资)|(?:力争|确保|预计)全年[\u4e00-\u9fff]{0,8}投资"
)
_OF_INDUSTRY = re.compile(r"[\u4e00-\u9fff]{2}(?:产业|行业)(?:集群)?(?:[\u4e00-\u9fff]{0,4})(?:产值|收入|营收|销售)")
_OF_THE_YEAR = re.compile(r"全年[\u4e00-\u9fff]{0,6}完成[\u4e00-\u9fff]{0,6}投资")
_FIXED_ASSETS = re.compile(r"(?:全社会)?固定资产投资(?:额|总额)?")  # …项目总投资1万亿元，固定资产投资…
_INVESTED_IN_ALL = re.compile(r"固定资产投资(?:额|总额)?(?:预计|累计|计划)?(?:完成|达到?|超过?|约|近|逾|为)*$")
_NAMED_WORK = re.compile(
    r"(?P<name>[\u4e00-\u9fffA-Za-z0-9（）“”]+?)(?:项目|工程|基地|产业园|园区)(?:计划|概算|预计|一期)?总?投资(?:额)?[约达为超近]{0,2}$"
)
_NOT_A_NAME = re.compile(
    r"集中|签约|开工|竣工|投产|复工|在建|续建|新建|新|重大|重点|全部|所有|这些|上述|该|批|产业|招商|引资|涉及|已|的|类|建设|首|本|此|次|各|级|省|市|县|区|[一二三四]季度|[\d]+月"
)
SHORTEST_WORK = 4
_REST = re.compile(r"除[^；。]{1,24}外，(?:其余|其他|剩余)(?:的)?$")  # 118家企业除8家停产外，其余110家复工
_NEW_LOANS = re.compile(r"新发放")
_ALL_DONE = re.compile(r"(?:已|均|现已|目前)?(?:经)?全部[\u4e00-\u9fff]{2,4}")
_OTHER_NOUNS = ("项目", "企业", "员工", "新")
_NOT_BEGUN = ("reserve", "tracked", "applied", "signed")
_ROSTERS = (None, "counted", "under_construction", "applied", "employed")
_AT_WORK = re.compile(r"[在上到返复]岗|返工|在工")
_DONE_OF = re.compile(r"，(?:目前|现|均)?已(?:有|全部)?[\u4e00-\u9fff]{2,4}")
_OF_THEM = re.compile(
    r"[\u4e00-\u9fff]{0,6}中，?(?:目前|现|已|有|共)*[\u4e00-\u9fff]{0,8}"
)  # 劳动力1.5万人中已就业1.4万人
_BACK_OF_THEM = re.compile(  # 53个县级重点项目复工49个
    r"的?[\u4e00-\u9fff]{0,12}(?:项目|工程|企业|商户|员工|职工|工人)[已有均]{0,2}(?:开复工|复工开工|复工复产|复工|复产|开工|返岗|到岗)"
)
_AMONG_THEM = re.compile(  # 87个亿元以上项目中，已开工71个
    r"[\d.]*[千万亿]*元以上[^，。；]{0,8}(?:项目|工程|企业)中，(?:目前|现)?已[\u4e00-\u9fff]{2,6}"
)
_COUNT_TO_SUM = re.compile(r"[，、]?(?:共计|合计|共|总?金额|总额|涉及金额|计)?(?:达|为)?")
_BACK_OR_AT_WORK = (None, "employed", "returned")  # whose share that is back is told
_FINANCED = frozenset({"enterprise_count", "transaction_count"})
SHARE_REACH, NEXT_CLAUSE_REACH = 24, 8


class Setting(Protocol):
    """Where and when a figure stands: `is_same` tells whether two figures of a block may be one statement, `is_ahead`
    whether the date that governs a figure is still to come."""

    def is_same(self, first: Figure, second: Figure) -> bool: ...

    def is_ahead(self, figure: Figure) -> bool: ...


def group_figures(
    sentences: list[Sentence], rules: Rules, setting: Setting, heads: Mapping[str, Draft] | None = None
) -> list[Draft]:
    """The records of one block, in text order. Figures without a table are left alone. `heads` are the records, by
    table, of a block above that ends with a colon: what this block lists is part of them."""
    drafts: list[Draft] = []
    last: dict[str, Draft] = dict(heads or {})
    for sentence in sentences:
        goes_on = _GOES_ON.match(sentence.text, sentence.start, sentence.end)
        listed = heads is not None and sentence is sentences[0]
        known = dict(last) if goes_on and not listed else {}
        opened = _group_sentence(sentence, known, dict(last), setting, sentence.start if listed else None)
        for draft in opened:
            if draft.kind is None and _is_about_one(draft):
                draft.kind = find_phase_before(sentence, rules)
            last[draft.table] = draft
        drafts.extend(opened)
    return drafts


def _is_about_one(draft: Draft) -> bool:
    """该工程总投资…: the project that the sentence before was about."""
    sentence = draft.sentence
    return draft.table == "projects" and _ABOUT_ONE.search(sentence.text, sentence.start, draft.end) is not None


def _group_sentence(
    sentence: Sentence,
    open_drafts: dict[str, Draft],
    wholes: dict[str, Draft],
    setting: Setting,
    part_from: int | None = None,
) -> list[Draft]:
    opened: list[Draft] = []
    parents: dict[str, Draft | None] = {}
    part_from = _part_start(sentence) if part_from is None else part_from
    pairs = pair_respectively(sentence)
    for figure in sentence.figures:
        if figure.table is None or figure.column is None:
            continue
        if figure in pairs and figure.column not in (paired := _draft_of(pairs[figure], opened).figures):
            paired[figure.column] = figure
            continue
        in_part = part_from is not None and figure.quantity.start >= part_from
        if in_part and figure.table not in parents:
            known = open_drafts.pop(figure.table, None)
            parents[figure.table] = known or wholes.get(figure.table)
        draft = open_drafts.get(figure.table)
        planned = is_planned(sentence, figure) or (setting.is_ahead(figure) and not is_change(sentence, figure))
        kind = find_figure_kind(sentence, figure)
        if in_part and part_from is not None and _leaves_part(sentence, part_from, figure, kind, parents):
            part_from, in_part = None, False
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


def _leaves_part(
    sentence: Sentence, start: int, figure: Figure, kind: str | None, parents: dict[str, Draft | None]
) -> bool:
    """开工103个，其中制造业58个；新签约146个，…: behind ； another phase ends what 其中 began."""
    whole = parents.get(figure.table or "")
    if whole is None or kind is None or whole.kind in (None, SEVERAL, kind):
        return False
    return figure.table == "projects" and "；" in sentence.text[start : figure.quantity.start]


def _exceeds(figure: Figure, whole: Draft) -> bool:
    """A part is never more than its whole: then 其中 speaks of something else."""
    same = whole.figures.get(figure.column or "")
    return same is not None and figure.quantity.value > same.quantity.value


def _draft_of(figure: Figure, drafts: list[Draft]) -> Draft:
    return next(draft for draft in drafts if figure in draft.figures.values())


def _open(sentence: Sentence, figure: Figure, kind: str | None, planned: bool, whole: Draft | None) -> Draft:
    """A new record; a part of a whole is in the whole's phase and as planned as it, unless it says otherwise."""
    if whole is not None and _exceeds(figure, whole):
        whole = None
    if whole is not None and kind is None and whole.kind != SEVERAL:
        kind, planned = whole.kind, planned or whole.planned
    if whole is not None and whole.table == "labor" and kind == "employed":
        kind = whole.kind  # 接回员工6.3万人，其中省外员工4.1万人
    planned = planned or plans_alone(sentence, figure)
    return Draft(figure.table or "", sentence, kind=kind, planned=planned, parent=whole)


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
    if draft.kind is None or (column == RATES["labor"] and figure.kind == "returned"):
        draft.kind = kind


def _part_start(sentence: Sentence) -> int | None:
    for hit in sentence.hits:
        if "part" in hit.cue.marks:
            return hit.end
    return None


def _joins(sentence: Sentence, draft: Draft, figure: Figure, kind: str | None, planned: bool) -> bool:
    """Whether the figure goes on with the draft's statement."""
    if "；" in sentence.text[draft.end : figure.quantity.start] and draft.sentence is sentence:
        return False
    if figure.column in draft.figures:
        return (draft.planned or not planned) and _is_share_of(sentence, draft, figure, kind)
    if _names_others(sentence, draft, figure):
        return False
    if draft.kind is None and draft.figures.keys() == {"invested_cny"} and kind in _NOT_BEGUN:
        return False  # 完成重点项目投资24亿元，新签约项目21个: on what was only just signed nothing is spent
    if draft.table == "finance" and "amount_cny" in draft.figures and _counts_next_sum(sentence, figure):
        return False
    if figure.column == "interest_rate" and _NEW_LOANS.search(sentence.text, draft.end, figure.quantity.start):
        return False
    if figure.column == RATES["labor"] and draft.kind not in _BACK_OR_AT_WORK:
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


def _counts_next_sum(sentence: Sentence, figure: Figure) -> bool:
    """…续贷7.8亿元，延期还本付息58笔3.42亿元: a count that has a sum of its own behind it goes with that."""
    if figure.column not in _FINANCED:
        return False
    last = figure
    for other in sentence.figures[figure.index + 1 :]:
        between = sentence.text[last.quantity.end : other.quantity.start]
        joined = _COUNT_TO_SUM.fullmatch(between) is not None or other.clause == last.clause
        if other.table != "finance" or not joined:
            return False
        if other.column == "amount_cny":
            return True
        last = other
    return False


def _names_others(sentence: Sentence, draft: Draft, figure: Figure) -> bool:
    """…帮扶企业7.9万家，参与企业营收增长14.8%, …项目42项，全国水利建设完成投资8236亿元: others than those counted."""
    clause = sentence.clause_span(figure.clause)[0]
    if figure.column in RATES.values() or draft.sentence is not sentence or clause < draft.end:
        return False
    if draft.table == "projects":
        counted = draft.figures.get("project_count")
        if counted is not None and figure.column != "project_count" and len(find_run(sentence, counted)) > 1:
            return True  # …分别为3个和27个，上半年完成投资58亿元
        if _is_of_all(sentence, draft, figure) and figure.column != "invested_cny":
            return True
        other = _WHOLE_SECTOR.match(sentence.text, clause, figure.quantity.start) is not None
        other = other or _FIXED_ASSETS.fullmatch(sentence.text, clause, figure.quantity.start) is not None
        if counted is None:
            return other
        told = sentence.text[clause : figure.quantity.start]
        return other or _names_work(told) or (draft.kind is not None and _OF_THE_YEAR.match(told) is not None)
    if figure.column == "output_value_cny" and _OF_INDUSTRY.search(sentence.text, clause, figure.quantity.start):
        return True
    hits = sentence.hits_between(clause, figure.quantity.start)
    return draft.table == "enterprises" and any("subject_enterprise" in hit.cue.marks for hit in hits)


def _is_of_all(sentence: Sentence, draft: Draft, figure: Figure) -> bool:
    """完成固定资产投资86亿元，新开工项目23个: no one's investment, least of all of those that are counted behind it."""
    money = draft.figures.get("invested_cny")
    if money is None or draft.kind is not None or len(draft.figures) > 1:
        return False
    start = sentence.clause_span(money.clause)[0]
    if _INVESTED_IN_ALL.search(sentence.text, start, money.quantity.start) is not None:
        return True
    of_the_year = _OF_THE_YEAR.search(sentence.text, start, money.quantity.start) is not None
    return of_the_year and find_figure_kind(sentence, figure) is not None  # …，确保三季度新开工项目18个


def _names_work(told: str) -> bool:
    """单体投资最大的…产业园项目总投资35亿元: the money of one work, not that of those counted."""
    named = _NAMED_WORK.search(told)
    return named is not None and len(_NOT_A_NAME.sub("", named["name"])) >= SHORTEST_WORK


def _is_share_of(sentence: Sentence, draft: Draft, figure: Figure, kind: str | None) -> bool:
    """重大项目156个，复工开工155个: the second count, with a phase and no noun of its own, is a share of the first."""
    column = COUNTS.get(draft.table)
    if figure.column != column or column is None or TOTALS[draft.table] in draft.figures:
        return False
    whole = draft.figures[column]
    if kind is None or _has_share(sentence, figure):
        return False
    between = sentence.text[whole.quantity.end : figure.quantity.start]
    if any(other.table is not None for other in sentence.figures[whole.index + 1 : figure.index]):
        return False
    if _REST.search(between):
        return True
    if "全部" in between.partition("，")[0] and "，" in between:
        return False  # 18个续建项目全部复工，14个新开工项目…
    if figure.index != whole.index + 1 and _AMONG_THEM.fullmatch(between) is None:
        return False
    of_them = draft.table == "labor" and kind == whole.kind and _OF_THEM.fullmatch(between)
    if of_them or _BACK_OF_THEM.fullmatch(between):
        return whole.quantity.value >= figure.quantity.value
    tail = between.rpartition("，")[2]
    if (
        "中，" not in between
        and "，" in between
        and (len(tail) > NEXT_CLAUSE_REACH or any(noun in tail for noun in _OTHER_NOUNS))
    ):
        return False
    if (
        "其中" in between
        or "、" in between.rpartition("中，")[2]
        or len(between) > SHARE_REACH
        or between in ("和", "及", "与")
    ):
        return False
    if draft.table == "labor":
        return kind == "returned" and whole.kind in ("employed", "returned")
    own = find_joined_kind(sentence, whole)
    is_roster = own in _ROSTERS or counts_plan(sentence, whole)
    if figure.quantity.value > whole.quantity.value:  # 10个，复工12个: printed so, and for the gate to reject
        return is_roster and kind == "resumed"
    return is_roster or "已" in between


def _has_share(sentence: Sentence, figure: Figure) -> bool:
    """1136个项目中，续建项目754个，已复工752个: the second count is a whole itself."""
    for other in sentence.figures[figure.index + 1 : figure.index + 2]:
        same = other.column == figure.column and other.quantity.unit_text == figure.quantity.unit_text
        return same and _DONE_OF.fullmatch(sentence.text, figure.quantity.end, other.quantity.start) is not None
    return False


def _settle_total(sentence: Sentence, draft: Draft) -> None:
    """A count beside a rate of it, or of a plan that is wholly done, is the whole."""
    counts, totals, rates = COUNTS.get(draft.table), TOTALS.get(draft.table), RATES.get(draft.table)
    if counts is None or totals is None or rates is None or counts not in draft.figures or totals in draft.figures:
        return
    figure = draft.figures[counts]
    plan = counts_plan(sentence, figure)
    done = _find_all_done(sentence, draft) if plan else None
    by_rate = rates in draft.figures and (plan or _IS_ROSTER[draft.table](sentence, figure))
    if by_rate or done:
        draft.figures.pop(counts)
        figure.column = totals
        draft.figures[totals] = figure
        draft.planned = False
        if rates in draft.figures and draft.kind in _ROSTERS:
            draft.kind = draft.figures[rates].kind or draft.kind


def _is_roster(sentence: Sentence, figure: Figure) -> bool:
    """228个续建项目复工率…: those that a rate is of, unless it is said that these are back at work."""
    return find_joined_kind(sentence, figure) in _ROSTERS and find_predicate(sentence, figure) is None


def _is_staff(sentence: Sentence, figure: Figure) -> bool:
    """员工800名，返岗率96%: those that a rate is of, unless it is they who are back (在岗员工800名)."""
    start = sentence.clause_span(figure.clause)[0]
    return figure.kind == "employed" and _AT_WORK.search(sentence.text, start, figure.right) is None


_IS_ROSTER: dict[str, Callable[[Sentence, Figure], bool]] = {
    "projects": _is_roster,
    "enterprises": lambda _sentence, _figure: False,
    "labor": _is_staff,
}


def _find_all_done(sentence: Sentence, draft: Draft) -> re.Match[str] | None:
    return _ALL_DONE.search(sentence.text, draft.end, sentence.end)
