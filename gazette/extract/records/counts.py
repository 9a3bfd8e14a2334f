"""Files counts: projects, enterprises, posts, by what is counted.

Takes a count in its sentence and the rules; files it or says that it is outside the tables. The quantity's unit says
what is counted where its noun stands beside it; a bare 家 or 个 counts what the clause or the sentence names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from gazette.extract.model import Kind, Reason
from gazette.extract.quantities.lexicon import load_nouns
from gazette.extract.records.declaration import Hit, Indicator, Rules
from gazette.extract.records.exclusions import counts_other
from gazette.extract.records.sentences import LONGEST_SENTENCE, Figure, Sentence

REQUIRED_REACH = 11
NOUN_LENGTHS = (2, 3, 4)
OUTSIDE_REACH = 22  # of the noun phrase behind a figure
SAME_REACH = 9
MONEY_REACH = 24  # with the money of what was counted between
_NO_NOUN = re.compile(
    r"$|[，。；、！？）\s是属已为占较比均都正]|[和及与]\d|全部|实现|顺利|陆续|相继|如期|有序|集中(?:签约|开工|竣工)|(?:复工|开工|竣工|投产|签约)(?=[，。；、]|$)"
)
_NEW_PHRASE = re.compile(r"方面的|分别|等地|融合为|用于|协助|指导|位于|参与|赴|负责|开展|保障")
_GOES_ON = re.compile(  # 项目，重庆上半年已承接1300多个; 项目正式动工，包括产业建设、城市更新等共有319项
    r"，[^，。；\d]{1,14}|[^，。；\d]{0,8}，(?:包括|涵盖|涉及|包含)[^，。；\d]+(?:共|共有|合计|共计|总计|计)"
)
_OTHER_THINGS = re.compile(
    r"(?:难题|问题|诉求|事项|困难|(?<!岗位)(?<!用工)(?<!招聘)需求|建议|隐患|线索|手续|证照|意见|矛盾)$"
)
_CLASS_OF = re.compile(r"[\u4e00-\u9fff]{2}类$")  # 产业发展类9个，总投资33.6亿元
_REST = re.compile(r"除[^，。；]{1,20}外，(?:其余|其他|剩余)(?:的)?$")
_SEEN_FROM = re.compile(
    r"[，；](?:[从按])[^，。；]{1,6}(?:看|分|划分)，[\u4e00-\u9fff]{2,8}类"
)  # …；从产业看，食品类7个
_FUNDED = re.compile(r"[，、](?:(?:计划|协议|合同)?总?投资|[\d.]+[万亿]+元)")
_WORTH = re.compile(  # 546个总投资约9500亿元的重大项目
    r"(?:计划)?(?:总投资|投资|投资额|总投资额|协议投资)(?:额)?[^，。；的]{1,12}元(?:以上)?的[^，。；]{0,10}?(?:项目|工程)"
)
_SUBJECTS = {"enterprise": "subject_enterprise", "project": "subject_project"}
_ABOUT_IT = frozenset({Kind.MONEY, Kind.RATE})
_UNTOLD = frozenset({"item", "household", "establishment"})
_ENTERPRISES = {"subject_enterprise": "enterprise"}
_OF_ENTERPRISES = (_ENTERPRISES, 60)
_OF_JOBS = ({"subject_job": "job", "subject_project": "project"}, 10)
_NOUN_BEFORE = dict.fromkeys(("家", "户", "家次", "户次"), _OF_ENTERPRISES) | {
    "个": _OF_JOBS,
    "项": _OF_JOBS,
    "条": _OF_JOBS,
    "宗": _OF_JOBS,
}


def file_count(sentence: Sentence, figure: Figure, rules: Rules) -> None:
    same = _same_as_before(sentence, figure)
    if same is not None:
        figure.file(same)
        return
    unit = _unit_counted(sentence, figure, rules)
    taking = (rule for rule in rules.counting.get(unit, ()) if _may_take(sentence, figure, rule))
    rule = next(taking, None)
    if rule is None or _is_excluded(sentence, figure, unit):
        figure.reason = Reason.OUTSIDE_TABLES
    else:
        figure.file(rule)


def _may_take(sentence: Sentence, figure: Figure, indicator: Indicator) -> bool:
    if indicator.classifiers and figure.quantity.unit_text not in indicator.classifiers:
        return False
    if not _names_it_behind(sentence, figure):
        return False
    start, end = sentence.clause_span(figure.clause)
    low, high = figure.quantity.start - REQUIRED_REACH, figure.quantity.end + REQUIRED_REACH
    near = sentence.text[max(start, low) : min(end, high)]
    return not indicator.requires or any(all(word in near for word in each.split("+")) for each in indicator.requires)


def _names_it_behind(sentence: Sentence, figure: Figure) -> bool:
    """Whether a 个, 项 or 座 with words behind it counts what they name, not what stands before (央企295个援扶县)."""
    if figure.quantity.unit_text not in ("个", "项", "座") or _is_bare(sentence, figure):
        return True
    subjects = _SUBJECTS.get(figure.quantity.unit)
    behind = sentence.hits_between(figure.quantity.end, figure.right)
    return subjects is None or any(subjects in hit.cue.marks for hit in behind)


def _same_as_before(sentence: Sentence, figure: Figure) -> Indicator | None:
    """复工开工155个: a bare 个 or 家 counts what was counted just before with the same word."""
    if not figure.index or not _is_untold(figure) or not _is_bare(sentence, figure):
        return None
    before = _count_of_all(sentence, figure) or _count_before(sentence, figure)
    between = sentence.text[before.quantity.end : figure.quantity.start]
    near = before.index == figure.index - 1 and not _is_in_phase(sentence, figure, before)
    reach = SAME_REACH if near else MONEY_REACH
    if _SEEN_FROM.fullmatch(between) and before.table == "projects":
        return before.indicator if before.quantity.unit_text == figure.quantity.unit_text else None
    if len(between) > reach or "；" in between or _OTHER_THINGS.search(between):
        return None
    same = before.table is not None and before.quantity.unit_text == figure.quantity.unit_text
    return before.indicator if same and not _names_another(between, before.quantity.unit) else None


def _count_of_all(sentence: Sentence, figure: Figure) -> Figure | None:
    """28个项目，除2个计划4月开工外，其余26个: what is left is of the count before 除."""
    rest = _REST.search(sentence.text, sentence.start, figure.quantity.start)
    if rest is None:
        return None
    earlier = [other for other in sentence.figures[: figure.index] if other.quantity.end <= rest.start()]
    return next((other for other in reversed(earlier) if other.quantity.kind is Kind.COUNT), None)


def _names_another(between: str, unit: str) -> bool:
    """实施项目31个，援建帮扶车间8个: the noun before the second count is of something else."""
    nouns = load_nouns()
    ends = (nouns.get(between[-length:]) for length in NOUN_LENGTHS)
    return any(noun is not None and noun.unit != unit for noun in ends)


def _count_before(sentence: Sentence, figure: Figure) -> Figure:
    """实施项目327个，总投资5.3亿元，已开工156个: the last figure, but for money and rates of what was counted."""
    earlier = sentence.figures[: figure.index]
    counted = next((other for other in reversed(earlier) if other.quantity.kind not in _ABOUT_IT), earlier[-1])
    if earlier[-1].table is None and earlier[-1].quantity.end == figure.quantity.start:
        return counted  # 10亿元以上3个、5亿元以上8个
    if counted.clause == figure.clause:
        return earlier[-1]
    if "其中" in sentence.text[counted.quantity.end : figure.quantity.start]:
        return counted  # …，开工率80.6%，其中8个已完工
    says_more = _is_in_phase(sentence, figure, counted) or "已" in sentence.text[figure.left : figure.quantity.start]
    return counted if says_more else earlier[-1]


def _is_in_phase(sentence: Sentence, figure: Figure, counted: Figure) -> bool:
    """落地开工31个: whether a phase or status of what was counted before stands right before the figure."""
    told = list(sentence.hits_between(figure.left, figure.quantity.start))
    beside = bool(told) and told[-1].end == figure.quantity.start
    return beside and counted.clause != figure.clause and counted.table in told[-1].cue.values


def _is_untold(figure: Figure) -> bool:
    """Whether the classifier alone does not tell what is counted: 个, 家, and 宗, which may be deals or projects."""
    return figure.quantity.unit in _UNTOLD or figure.quantity.unit_text == "宗"


def _unit_counted(sentence: Sentence, figure: Figure, rules: Rules) -> str:
    """The quantity's unit; a 家, 户 or 个 without a noun of its own counts what the clause names behind it, or else
    what the sentence named last."""
    quantity = figure.quantity
    if not _is_untold(figure) or quantity.unit_text not in _NOUN_BEFORE:
        return quantity.unit
    may_count, reach = _NOUN_BEFORE[quantity.unit_text]
    bare = _is_bare(sentence, figure)
    if bare and _OTHER_THINGS.search(sentence.text, sentence.start, quantity.start):
        return quantity.unit
    if "project" in may_count.values() and _WORTH.match(sentence.text, quantity.end, sentence.end):
        return "project"
    if bare and (unit := _unit_gone_on_with(sentence, figure, may_count)):
        return unit
    behind = () if bare else _named_behind(sentence, figure)
    before = sentence.hits_between(max(sentence.start, quantity.start - reach), quantity.start)
    for hit in (*behind, *(reversed(tuple(before)) if bare or may_count is _ENTERPRISES else ())):
        for mark in hit.cue.marks:
            if mark in may_count:
                return may_count[mark]
        if "helper" in hit.cue.marks:
            return quantity.unit
    if bare and "project" in may_count.values() and _CLASS_OF.search(sentence.text, sentence.start, quantity.start):
        return "project" if _FUNDED.match(sentence.text, quantity.end, sentence.end) else quantity.unit
    if bare and _says_phase(sentence, figure, may_count.values()):
        return _unit_above(sentence, figure, may_count, rules) or quantity.unit
    return quantity.unit


def _unit_gone_on_with(sentence: Sentence, figure: Figure, may_count: Mapping[str, str]) -> str | None:
    """What the clause before named, where this one goes on with it."""
    for hit in reversed(tuple(sentence.hits_between(sentence.start, figure.quantity.start))):
        for mark in hit.cue.marks:
            if mark in may_count and _GOES_ON.fullmatch(sentence.text, hit.end, figure.quantity.start):
                return may_count[mark]
    return None


def _named_behind(sentence: Sentence, figure: Figure) -> Iterator[Hit]:
    """The terms of the noun phrase that follows: not the works of 13个工作组分别在…工程协助指导."""
    for hit in sentence.hits_between(figure.quantity.end, figure.right):
        if _NEW_PHRASE.search(sentence.text, figure.quantity.end, hit.start):
            return
        yield hit


def _says_phase(sentence: Sentence, figure: Figure, units: Iterable[str]) -> bool:
    """已开工61个: a phase or status right before a bare count."""
    hits = list(sentence.hits_between(figure.left, figure.quantity.start))
    if not hits or hits[-1].end != figure.quantity.start:
        return False
    return any(f"{unit}s" in hits[-1].cue.values for unit in units)


def _unit_above(sentence: Sentence, figure: Figure, may_count: Mapping[str, str], rules: Rules) -> str | None:
    """What the sentence, or the one before it, spoke of: …重点项目95个。一季度，已开工61个."""
    low = max(0, sentence.start - LONGEST_SENTENCE)
    start = max(sentence.text.rfind(mark, low, max(0, sentence.start - 1)) for mark in "。！？")
    start = start + 1 if start >= 0 else low
    own = tuple(sentence.hits_between(sentence.start, figure.quantity.start))
    for hit in (*reversed(own), *reversed(rules.find(sentence.text[start : sentence.start]))):
        for mark in hit.cue.marks:
            if mark in may_count:
                return may_count[mark]
    return None


def _is_bare(sentence: Sentence, figure: Figure) -> bool:
    """Whether no noun stands behind the figure."""
    return _NO_NOUN.match(sentence.text, figure.quantity.end, sentence.end) is not None


def _is_excluded(sentence: Sentence, figure: Figure, unit: str) -> bool:
    if counts_other(sentence, figure):
        return True
    for hit in sentence.hits:
        near = hit.start >= figure.left and hit.end <= min(figure.right, figure.quantity.end + OUTSIDE_REACH)
        for indicator, _ in (*hit.cue.before, *hit.cue.after):
            if indicator.table is None and unit in indicator.units and (near or indicator.sentence_wide):
                return True
    return False
