"""Files percentages: rates of resumption and return, capacity, interest, and growth of output.

Takes a rate in its sentence and the rules; files it or says that it is outside the tables. Growth is ours only of
output, revenue or sales (filing rule 11), so what grows is found first.
"""

from __future__ import annotations

import re

from gazette.extract.model import Kind, Reason
from gazette.extract.records.declaration import Hit, Indicator, Rules
from gazette.extract.records.governing import find_governing
from gazette.extract.records.sentences import Figure, Sentence
from gazette.extract.records.statement import RATES

GROWTH_REACH = 9
_RATES_OF_EITHER = frozenset({"复工率", "开工率", "开复工率", "复工开工率", "开工复工率"})
_GROUPS = frozenset({"subject_enterprise", "subject_project"})
_RATES_OF_PROJECTS = frozenset({"开复工率", "复工开工率", "开工复工率"})
_GROWTH_BEHIND = re.compile(r"的?(?:年均|同比|平均)?(?:增长|增速|增幅|涨幅|降幅|增长率)")
_ONE_ENTERPRISE = re.compile(r"[这该本][家个]?[\u4e00-\u9fff]{0,8}?(?:企业|公司|厂|集团)|有限公司")
_SPOKEN_FOR_ONE = re.compile(r"[^，。“”]{0,12}(?:公司|企业|厂|集团)[^，。“”]{0,16}(?:说|介绍|告诉|表示)")
_SHARE_BACK = re.compile(
    r"的?(?:重点|规上|重大)?(?P<noun>项目|工程|企业|商户)[已均都经]*(?P<verb>开工|复工|开复工|复产|复工复产|开业|恢复营业)"
)
_BACK_ALONE = re.compile(r"[已均都经]*(?P<verb>复工复产|开工复工|开复工|复工|复产|开工|返岗|到岗)(?=[，。；、]|$)")
_BY_HALF = re.compile(r"(?:低|降低|下降|降|减少|减|少|高|多|省|压缩|缩短|节省)了(?:近|约)?$")
_TWO_RATES = re.compile(r"[、和及与][\u4e00-\u9fff]{0,5}")
_JOINT = re.compile(r"[、和与及]|以及")
_OTHER_MEASURE = re.compile(r"[量额值数]$|[量额值数](?:同比|环比|比上年)")
_GROWTH_TARGET = "增长目标"


def file_rate(sentence: Sentence, figure: Figure, rules: Rules) -> None:
    back = _SHARE_BACK.match(sentence.text, figure.quantity.end, sentence.end)
    if back is not None:
        figure.file(_of_share(back, rules))
        return
    alone = _BACK_ALONE.match(sentence.text, figure.quantity.end, sentence.end)
    if alone is not None:
        figure.file(_of_those_named(sentence, figure, alone["verb"], rules))
        return
    if _grows(sentence, figure):
        _file_growth(sentence, figure, rules)
        return
    if (listed := _rate_of_list(sentence, figure)) is not None:
        figure.file(listed)
        return
    indicator, term = find_governing(sentence, figure, Kind.RATE)
    if _BY_HALF.search(sentence.text, sentence.start, figure.quantity.start):
        indicator = None  # 利率比以前低了一半
    of_rate = indicator is not None and indicator.column == "interest_rate"
    if of_rate and sentence.text.endswith(
        ("利率的", "利率水平的"), sentence.start, figure.quantity.start
    ):  # 贴息比例为实际利率的30%
        indicator = None
    fraction = "/" in sentence.text[figure.quantity.start : figure.quantity.end]  # 利率水平的1/3 is no rate
    if indicator is None or indicator.column == "output_growth_rate" or fraction:
        figure.reason = Reason.OUTSIDE_TABLES
        return
    indicator, term = _first_of_two(sentence, figure, indicator, term)
    if term in _RATES_OF_EITHER:
        indicator = _of_subject(sentence, figure, term, rules)
    figure.file(indicator)


def _rate_of_list(sentence: Sentence, figure: Figure) -> Indicator | None:
    """复工率分别为100%、98.8%、95.2%: what the rate before is, where both are listed by 分别."""
    before = sentence.figures[figure.index - 1] if figure.index else None
    if before is None or before.column not in RATES.values():
        return None
    joined = _JOINT.fullmatch(sentence.text, before.quantity.end, figure.quantity.start)
    start = sentence.clause_span(figure.clause)[0]
    each = any("respectively" in hit.cue.marks for hit in sentence.hits_between(start, figure.quantity.start))
    return before.indicator if joined and each else None


def _of_share(back: re.Match[str], rules: Rules) -> Indicator:
    """96%的项目已经开工: the share that is back at work is the rate of it."""
    if back["noun"] in ("企业", "商户"):
        return rules.named["enterprise_resumption_rate"]
    return rules.named["project_resumption_rate" if "复工" in back["verb"] else "project_start_rate"]


def _of_those_named(sentence: Sentence, figure: Figure, verb: str, rules: Rules) -> Indicator:
    """120家企业已有九成复工, 员工八成返岗: the share of those last spoken of."""
    if verb in ("返岗", "到岗"):
        return rules.named["labor_return_rate"]
    return _of_subject(sentence, figure, f"{verb}率", rules)


def _first_of_two(sentence: Sentence, figure: Figure, indicator: Indicator, term: str) -> tuple[Indicator, str]:
    """企业开工率、返岗率都达到九成: one figure for two rates fills the first."""
    at = sentence.text.rfind(term, figure.left, figure.quantity.start)
    for hit in sentence.hits_between(figure.left, at):
        for other, _ in hit.cue.before:
            if (
                other.table is not None
                and Kind.RATE in other.kinds
                and _TWO_RATES.fullmatch(sentence.text[hit.end : at])
            ):
                return other, hit.cue.term
    return indicator, term


def _of_subject(sentence: Sentence, figure: Figure, term: str, rules: Rules) -> Indicator:
    """复工率 alone belongs to what was last spoken of: projects or enterprises."""
    of_project = rules.named["project_resumption_rate" if "复工" in term else "project_start_rate"]
    for hit in reversed(list(sentence.hits_between(sentence.start, figure.quantity.start))):
        if "subject_enterprise" in hit.cue.marks:
            return rules.named["enterprise_resumption_rate"]
        if "subject_project" in hit.cue.marks:
            return of_project
    if term in _RATES_OF_PROJECTS:
        return of_project
    before = rules.find(sentence.text[: sentence.start])
    last = next((hit for hit in reversed(before) if hit.cue.marks & _GROUPS), None)
    of_projects = last is not None and "subject_project" in last.cue.marks
    return of_project if of_projects else rules.named["enterprise_resumption_rate"]


def _grows(sentence: Sentence, figure: Figure) -> bool:
    """Whether the rate says by how much something grew: 增长7%, 7%的增速; not 降至7%."""
    quantity = figure.quantity
    for hit in sentence.hits_between(max(figure.left, quantity.start - GROWTH_REACH), quantity.start):
        if "growth" in hit.cue.marks:
            return True
    if _GROWTH_BEHIND.match(sentence.text, quantity.end):
        return True
    if sentence.text[figure.left : quantity.start] in ("、", "和", "及", "，") and figure.index:
        return sentence.figures[figure.index - 1].subject is not None
    return False


def _file_growth(sentence: Sentence, figure: Figure, rules: Rules) -> None:
    """Growth is ours only of output, revenue or sales: of the measure named last before it."""
    subject = _find_measure(sentence, figure)
    figure.subject = subject or rules.named["outside_rates"]
    target = subject is None and _GROWTH_TARGET in sentence.text[figure.quantity.end : figure.right]
    of_company = subject is rules.named["enterprise_output_growth"] and _speaks_of_enterprise(sentence, figure)
    if target or of_company or subject is rules.named["enterprise_output"]:
        figure.file(rules.named["enterprise_output_growth"])
    else:
        figure.reason = Reason.OUTSIDE_TABLES


def _speaks_of_enterprise(sentence: Sentence, figure: Figure) -> bool:
    """Whether the sentence is about one enterprise, or spoken by one, whose 销量 is its sales."""
    told = _ONE_ENTERPRISE.search(sentence.text, sentence.start, figure.quantity.start)
    spoken = sentence.text.startswith("“", sentence.start) and _SPOKEN_FOR_ONE.match(sentence.text, sentence.end)
    return told is not None or bool(spoken)


def _find_measure(sentence: Sentence, figure: Figure) -> Indicator | None:
    """The measure that grows: the last named before the figure, or that of the last money. Notes its name."""
    listed, subject = measure_of_list(sentence, figure)
    if listed:
        return subject
    best: Indicator | None = None
    nearest = -1
    for hit in sentence.hits:
        if hit.end > figure.quantity.start:
            break
        for indicator, _ in hit.cue.before:
            measures = Kind.MONEY in indicator.kinds or indicator.column == "output_growth_rate"
            if measures and hit.end > nearest:
                best, nearest, figure.measured = indicator, hit.end, hit.cue.term
    for other in sentence.figures[: figure.index]:
        if other.quantity.end > nearest and other.quantity.kind is not Kind.RATE:
            best, nearest, figure.measured = other.indicator, other.quantity.end, ""
    return best


def measure_of_list(sentence: Sentence, figure: Figure) -> tuple[bool, Indicator | None]:
    """营业收入和利润总额分别增长8.3%和5.5%: the second figure is the second measure's.

    Gives whether the figures are listed so, and the measure.
    """
    start, end = sentence.clause_span(figure.clause)
    each = next((hit for hit in sentence.hits_between(start, end) if "respectively" in hit.cue.marks), None)
    if each is None or each.start > figure.quantity.start:
        return False, None
    told = [other for other in sentence.figures if other.clause == figure.clause and other.quantity.start >= each.end]
    named = split_names(sentence, start, each.start)
    if len(told) >= 2 and len(named) >= len(told) and any(_measures(sentence, *name) for name in named):
        low, high = named[len(named) - len(told) + told.index(figure)]
        hits = _measures(sentence, low, high) or (
            _measures(sentence, *named[-1]) if _shares_measure(sentence, named) else []
        )
        figure.measured = hits[-1].cue.term if hits else ""
        return True, _measure_in(hits[-1]) if hits else None
    values = _values_before(sentence, figure.clause, len(told))
    if figure.quantity.kind is Kind.RATE and len(told) >= 2 and len(values) == len(told):
        return True, values[told.index(figure)].indicator
    return False, None


def _values_before(sentence: Sentence, clause: int, number: int) -> list[Figure]:
    """投资34.6亿元，收入206亿元，分别增长…: the values that as many rates are of, in one clause or one each."""
    beside = [other for other in sentence.figures if other.clause == clause - 1]
    if len(beside) != 1 or number == 1:
        return beside
    each = [[other for other in sentence.figures if other.clause == clause - back] for back in range(number, 0, -1)]
    if any(len(values) != 1 or values[0].quantity.kind is not Kind.MONEY for values in each):
        return beside
    return [values[0] for values in each]


def _shares_measure(sentence: Sentence, named: list[tuple[int, int]]) -> bool:
    """纺织、食品、医药行业产值分别…: only the last names the measure, which is that of all."""
    return not any(_measures(sentence, *name) or _names_other(sentence, *name) for name in named[:-1])


def _names_other(sentence: Sentence, start: int, end: int) -> bool:
    """客流量、营业额分别…: the first is a measure of its own, though none of money."""
    return _OTHER_MEASURE.search(sentence.text, start, end) is not None


def split_names(sentence: Sentence, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches between 、, 和, 与 and 及."""
    cuts = [match.span() for match in _JOINT.finditer(sentence.text, start, end)]
    starts = [start, *(cut[1] for cut in cuts)]
    ends = [*(cut[0] for cut in cuts), end]
    return list(zip(starts, ends, strict=True))


def _measures(sentence: Sentence, start: int, end: int) -> list[Hit]:
    return [hit for hit in sentence.hits_between(start, end) if _measure_in(hit) is not None]


def _measure_in(hit: Hit) -> Indicator | None:
    return next((indicator for indicator, _ in hit.cue.before if Kind.MONEY in indicator.kinds), None)
