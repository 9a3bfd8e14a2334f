"""Decides for every figure of a sentence which column of which table it fills, or that it fills none.

Takes a `Sentence`; sets `table`, `column`, `kind` (the table's enum, where the rule itself knows it) or `reason` on its
figures. The way it decides is the same for money, rates, people and areas: all declared cues compete for the figure, and
the one that governs it wins: near rather than far, the same clause rather than another, a noun joined to the figure
(…元的贷款) rather than a word further on. What is outside the tables competes with cues of its own. Counts are decided by
what is counted, which the quantity's unit says.
"""

from __future__ import annotations

import re

from gazette.extract.model import Kind, Reason
from gazette.extract.records.declaration import Hit, Indicator, Rules
from gazette.extract.records.sentences import Figure, Sentence

COMPETING = frozenset({Kind.MONEY, Kind.RATE, Kind.HEADCOUNT, Kind.AREA, Kind.DURATION})
CLAUSE_COST, PART_COST, FIGURE_COST = 9.0, 14.0, 5.0
LEFT_COST, RIGHT_COST = 0.7, 1.3
JOINED_BONUS, VERB_COST = 5.0, 14.0
GROWTH_REACH = 9
REQUIRED_REACH = 11
OTHER_REACH = 6
_GOVERNED_BY_VERB = ("用于", "支持", "在", "为", "给", "向", "和", "与", "以上的", "，")
_RATES_OF_EITHER = frozenset({"复工率", "开工率", "开复工率", "复工开工率", "开工复工率"})
_RATES_OF_PROJECTS = frozenset({"开复工率", "复工开工率", "开工复工率"})
_DIFFERENCE = re.compile(r"(?:多增|少增|增加|增长|减少|下降|多|少|增|净增|净减|提高|回落|缩减|降低)(?:了|约)?$")
_GROWTH_BEHIND = re.compile(r"的?(?:年均|同比|平均)?(?:增长|增速|增幅|涨幅|降幅|增长率)")
_THRESHOLD_HEAD = ("不低于", "不少于", "不超过")
_THRESHOLD_TAIL = ("以上", "以下", "以内")
_THRESHOLD_NOUN = re.compile(r"的?[\u4e00-\u9fff]{0,8}?(?:项目|企业|工程|单位|商户|贷款|门店|技改)")
_UNTOLD = frozenset({"item", "household", "establishment"})
_ENTERPRISES = {"subject_enterprise": "enterprise"}
_OF_ENTERPRISES = (_ENTERPRISES, 60)
_OF_JOBS = ({"subject_job": "job", "subject_project": "project"}, 10)
_NOUN_BEFORE = dict.fromkeys(("家", "户", "家次", "户次"), _OF_ENTERPRISES) | {"个": _OF_JOBS, "项": _OF_JOBS}
_ONE_ENTERPRISE = re.compile(r"[这该本][家个]?[\u4e00-\u9fff]{0,8}?(?:企业|公司|厂|集团)|有限公司")
_NOUN_PHRASE = re.compile(
    r"的?(?:(?!用于|支持|推动|带动|促进|加快|投入|给予|全部|已经|均|已|为|在|向|从|，)[\u4e00-\u9fff“”、])+"
)
_SHARE_BACK = re.compile(
    r"的?(?:重点|规上|重大)?(?P<noun>项目|工程|企业|商户)[已均都经]*(?P<verb>开工|复工|开复工|复产|复工复产|开业|恢复营业)"
)
_BENEFITS = re.compile(r"(?:惠及|涉及|受益|覆盖|支持|服务|共惠及|累计支持|累计服务)")
_VERB_BETWEEN = re.compile(r"[参加与举行召开组成立签约进入纳列了，、]")
_TWO_RATES = re.compile(r"[、和及与][\u4e00-\u9fff]{0,5}")
_GROWTH_TARGET = "增长目标"


def file_figures(sentence: Sentence, rules: Rules, foreign: bool = False) -> None:
    """Files the figures of one sentence; those of a foreign one are outside the tables."""
    if foreign:
        for figure in sentence.figures:
            figure.reason = Reason.OUTSIDE_TABLES
        return
    indicators = {indicator.name: indicator for indicator in rules.indicators}
    for figure in sentence.figures:
        kind = figure.quantity.kind
        if (
            figure.quantity.unit == "percentage_point"
            or _is_difference(sentence, figure)
            or _is_threshold(sentence, figure)
        ):
            figure.reason = Reason.OUTSIDE_TABLES
        elif kind is Kind.RATE:
            _file_rate(sentence, figure, indicators)
        elif kind in COMPETING and _is_ours(figure):
            _file_by_cue(sentence, figure)
        elif _is_bare_sum(sentence, figure):
            _file_by_cue(sentence, figure, as_money=True)
        elif kind is Kind.COUNT:
            _file_count(sentence, figure, indicators)
        else:
            figure.reason = Reason.OUTSIDE_TABLES
    _file_financed(sentence, indicators)
    _name_other_money(sentence)


def _is_difference(sentence: Sentence, figure: Figure) -> bool:
    """同比多增1.58万亿元, 比上年增加5万人: by how much something grew is no amount of its own."""
    if figure.quantity.kind is Kind.RATE:
        return False
    start = sentence.clause_span(figure.clause)[0]
    if _DIFFERENCE.search(sentence.text, max(start, figure.quantity.start - 5), figure.quantity.start) is None:
        return False
    return any("compared" in hit.cue.marks for hit in sentence.hits_between(start, figure.quantity.start))


def _is_threshold(sentence: Sentence, figure: Figure) -> bool:
    """投资5000万元以上的项目, 500人以下的企业: a size class, not an amount."""
    quantity = figure.quantity
    if quantity.kind is Kind.COUNT:
        return False
    printed = sentence.text[quantity.start : quantity.end]
    joined = printed.endswith("的") or sentence.text.startswith("的", quantity.end)
    if printed.removesuffix("的").endswith(_THRESHOLD_TAIL):
        return joined or _THRESHOLD_NOUN.match(sentence.text, quantity.end) is not None
    return joined and printed.startswith(_THRESHOLD_HEAD)


def _is_ours(figure: Figure) -> bool:
    quantity = figure.quantity
    return quantity.kind is not Kind.MONEY or quantity.unit == "CNY"


def _is_bare_sum(sentence: Sentence, figure: Figure) -> bool:
    """签约超5000亿, 1万亿国债: a headline leaves 元 out."""
    quantity = figure.quantity
    return (
        quantity.unit_text == ""
        and sentence.text[quantity.end - 1] == "亿"
        and quantity.kind in (Kind.COUNT, Kind.OTHER)
    )


def _file_by_cue(sentence: Sentence, figure: Figure, as_money: bool = False) -> None:
    indicator, _ = find_governing(sentence, figure, Kind.MONEY if as_money else figure.quantity.kind)
    if indicator is None and figure.index and figure.quantity.kind is Kind.MONEY:
        indicator = _measure_before(sentence, figure)
    if indicator is None:
        figure.reason = Reason.UNRESOLVED if figure.quantity.kind is Kind.MONEY else Reason.OUTSIDE_TABLES
    else:
        figure.file(indicator)


def _measure_before(sentence: Sentence, figure: Figure) -> Indicator | None:
    """去年产值5.6亿元，…，今年力争突破7亿元: a clause that names no measure goes on with the one before it."""
    if any(hit.cue.before or hit.cue.after for hit in sentence.hits_between(figure.left, figure.right)):
        return None
    for other in reversed(sentence.figures[: figure.index]):
        if other.quantity.kind is Kind.MONEY:
            goes_on = other.indicator is not None and other.column in ("output_value_cny", "invested_cny")
            return other.indicator if goes_on else None
    return None


def find_governing(sentence: Sentence, figure: Figure, kind: Kind) -> tuple[Indicator | None, str]:
    """The indicator whose cue governs the figure with the cue's term, or None where no cue reaches it."""
    best: Indicator | None = None
    term = ""
    best_score = 0.0
    quantity = figure.quantity
    head = _find_head(sentence, figure)
    for hit in sentence.hits:
        if hit.end <= quantity.start and hit.cue.before:
            announced, base = hit.cue.before, -_left_cost(sentence, figure, hit)
        elif hit.start >= quantity.end and hit.end <= figure.right and hit.cue.after:
            announced, base = hit.cue.after, -_right_cost(sentence, figure, hit, head)
        else:
            continue
        for indicator, weight in announced:
            if kind in indicator.kinds and weight + base > best_score:
                best, best_score, term = indicator, weight + base, hit.cue.term
    return best, term


def _left_cost(sentence: Sentence, figure: Figure, hit: Hit) -> float:
    crossed = figure.clause - sentence.clause_at(hit.start)
    cost = (figure.quantity.start - hit.end) * LEFT_COST + crossed * CLAUSE_COST
    if crossed and "；" in sentence.text[hit.end : figure.quantity.start]:
        cost += PART_COST
    for other in sentence.figures[: figure.index]:
        if other.quantity.start >= hit.end:
            cost += FIGURE_COST
    return cost


def _right_cost(sentence: Sentence, figure: Figure, hit: Hit, head: Hit | None) -> float:
    end = figure.quantity.end
    cost = 0.0 if hit is head else (hit.start - end) * RIGHT_COST
    if sentence.text.startswith("的", end):
        cost -= JOINED_BONUS
    elif sentence.text.startswith(_GOVERNED_BY_VERB, end):
        cost += VERB_COST
    return cost


def _find_head(sentence: Sentence, figure: Figure) -> Hit | None:
    """The head of the noun phrase that the figure opens: 1410亿元困难群众救助补助资金 is 补助资金, the last word of it."""
    match = _NOUN_PHRASE.match(sentence.text, figure.quantity.end, figure.right)
    if match is None or figure.quantity.kind is not Kind.MONEY:
        return None
    inside = [hit for hit in sentence.hits_between(match.start(), match.end()) if hit.cue.after]
    return inside[-1] if inside else None


def _file_rate(sentence: Sentence, figure: Figure, indicators: dict[str, Indicator]) -> None:
    back = _SHARE_BACK.match(sentence.text, figure.quantity.end, sentence.end)
    if back is not None:
        figure.file(_of_share(back, indicators))
        return
    if _grows(sentence, figure):
        _file_growth(sentence, figure, indicators)
        return
    indicator, term = find_governing(sentence, figure, Kind.RATE)
    if indicator is None or indicator.column == "output_growth_rate":
        figure.reason = Reason.OUTSIDE_TABLES
        return
    indicator, term = _first_of_two(sentence, figure, indicator, term)
    if term in _RATES_OF_EITHER:
        indicator = _of_subject(sentence, figure, term, indicators)
    figure.file(indicator)


def _of_share(back: re.Match[str], indicators: dict[str, Indicator]) -> Indicator:
    """96%的项目已经开工: the share that is back at work is the rate of it."""
    if back["noun"] in ("企业", "商户"):
        return indicators["enterprise_resumption_rate"]
    return indicators["project_resumption_rate" if "复工" in back["verb"] else "project_start_rate"]


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


def _of_subject(sentence: Sentence, figure: Figure, term: str, indicators: dict[str, Indicator]) -> Indicator:
    """复工率 alone belongs to what was last spoken of: projects or enterprises."""
    of_project = indicators["project_resumption_rate" if "复工" in term else "project_start_rate"]
    for hit in reversed(list(sentence.hits_between(sentence.start, figure.quantity.start))):
        if "subject_enterprise" in hit.cue.marks:
            return indicators["enterprise_resumption_rate"]
        if "subject_project" in hit.cue.marks:
            return of_project
    return of_project if term in _RATES_OF_PROJECTS else indicators["enterprise_resumption_rate"]


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


def _file_growth(sentence: Sentence, figure: Figure, indicators: dict[str, Indicator]) -> None:
    """Growth is ours only of output, revenue or sales: of the measure named last before it."""
    subject = _find_measure(sentence, figure)
    figure.subject = subject or indicators["outside_rates"]
    target = subject is None and _GROWTH_TARGET in sentence.text[figure.quantity.end : figure.right]
    of_company = subject is indicators["enterprise_output_growth"] and _speaks_of_enterprise(sentence, figure)
    if target or of_company or subject is indicators["enterprise_output"]:
        figure.file(indicators["enterprise_output_growth"])
    else:
        figure.reason = Reason.OUTSIDE_TABLES


def _speaks_of_enterprise(sentence: Sentence, figure: Figure) -> bool:
    """Whether the sentence is about one enterprise, whose 销量 is its sales."""
    return _ONE_ENTERPRISE.search(sentence.text, sentence.start, figure.quantity.start) is not None


def _find_measure(sentence: Sentence, figure: Figure) -> Indicator | None:
    listed = _measure_of_list(sentence, figure)
    if listed is not None:
        return listed
    best: Indicator | None = None
    nearest = -1
    for hit in sentence.hits:
        if hit.end > figure.quantity.start:
            break
        for indicator, _ in hit.cue.before:
            measures = Kind.MONEY in indicator.kinds or indicator.column == "output_growth_rate"
            if measures and hit.end > nearest:
                best, nearest = indicator, hit.end
    for other in sentence.figures[: figure.index]:
        if other.quantity.end > nearest and other.quantity.kind is not Kind.RATE:
            best, nearest = other.indicator, other.quantity.end
    return best


def _measure_of_list(sentence: Sentence, figure: Figure) -> Indicator | None:
    """营业收入和利润总额分别增长8.3%和5.5%: the second figure is the second measure's."""
    start, end = sentence.clause_span(figure.clause)
    each = next((hit for hit in sentence.hits_between(start, end) if "respectively" in hit.cue.marks), None)
    if each is None or each.start > figure.quantity.start:
        return None
    named = [hit for hit in sentence.hits_between(start, each.start) if _is_measure(hit)]
    told = [other for other in sentence.figures if other.clause == figure.clause and other.quantity.start >= each.end]
    if len(named) < 2 or len(named) != len(told):
        return None
    hit = named[told.index(figure)]
    return next(indicator for indicator, _ in hit.cue.before if Kind.MONEY in indicator.kinds)


def _is_measure(hit: Hit) -> bool:
    return any(Kind.MONEY in indicator.kinds for indicator, _ in hit.cue.before)


def _file_count(sentence: Sentence, figure: Figure, indicators: dict[str, Indicator]) -> None:
    same = _same_as_before(sentence, figure)
    if same is not None:
        figure.file(same)
        return
    unit = _unit_counted(sentence, figure)
    for indicator in indicators.values():
        if unit in indicator.units and indicator.column is not None and _may_take(sentence, figure, indicator):
            if not _is_excluded(sentence, figure, unit):
                figure.file(indicator)
                return
    figure.reason = Reason.OUTSIDE_TABLES


def _may_take(sentence: Sentence, figure: Figure, indicator: Indicator) -> bool:
    if indicator.classifiers and figure.quantity.unit_text not in indicator.classifiers:
        return False
    start, end = sentence.clause_span(figure.clause)
    near = sentence.text[
        max(start, figure.quantity.start - REQUIRED_REACH) : min(end, figure.quantity.end + REQUIRED_REACH)
    ]
    return not indicator.requires or any(all(word in near for word in each.split("+")) for each in indicator.requires)


def _same_as_before(sentence: Sentence, figure: Figure) -> Indicator | None:
    """复工开工155个: a bare 个 or 家 counts what was counted just before with the same word."""
    if not figure.index or figure.quantity.unit not in _UNTOLD or not _is_bare(sentence, figure):
        return None
    before = sentence.figures[figure.index - 1]
    same = before.table is not None and before.quantity.unit_text == figure.quantity.unit_text
    return before.indicator if same else None


def _unit_counted(sentence: Sentence, figure: Figure) -> str:
    """The quantity's unit; a 家, 户 or 个 without a noun of its own counts what the clause names behind it, or else what the
    sentence named last."""
    quantity = figure.quantity
    if quantity.unit not in _UNTOLD or quantity.unit_text not in _NOUN_BEFORE:
        return quantity.unit
    may_count, reach = _NOUN_BEFORE[quantity.unit_text]
    bare = _is_bare(sentence, figure)
    behind = () if bare else sentence.hits_between(quantity.end, figure.right)
    before = sentence.hits_between(max(sentence.start, quantity.start - reach), quantity.start)
    for hit in (*behind, *(reversed(tuple(before)) if bare or may_count is _ENTERPRISES else ())):
        for mark in hit.cue.marks:
            if mark in may_count:
                return may_count[mark]
        if "helper" in hit.cue.marks:
            break
    return quantity.unit


def _is_bare(sentence: Sentence, figure: Figure) -> bool:
    after = sentence.text[figure.quantity.end : figure.quantity.end + 1]
    return not after or after in "，。；、！？）是属已为占较比"


def _counts_other(sentence: Sentence, figure: Figure) -> bool:
    """5个重点项目服务专班 are teams, not projects: another noun ends the noun phrase."""
    noun_end = -1
    for hit in sentence.hits_between(figure.quantity.end, figure.right):
        if "thing_of" in hit.cue.marks and sentence.text[hit.start - 1] == "的" and 0 <= hit.start - 1 - noun_end <= 4:
            return True
        if "other_head" in hit.cue.marks and noun_end >= 0 and hit.start - noun_end <= OTHER_REACH:
            return _VERB_BETWEEN.search(sentence.text, noun_end, hit.start) is None
        if noun_end < 0 and hit.cue.marks & {"subject_enterprise", "subject_project"}:
            noun_end = hit.end
    return False


def _is_excluded(sentence: Sentence, figure: Figure, unit: str) -> bool:
    if _counts_other(sentence, figure):
        return True
    for hit in sentence.hits_between(figure.left, figure.right):
        for indicator, _ in (*hit.cue.before, *hit.cue.after):
            if indicator.table is None and unit in indicator.units:
                return True
    return False


def _file_financed(sentence: Sentence, indicators: dict[str, Indicator]) -> None:
    """Enterprises and transactions in a clause whose money is finance are those that got it."""
    for figure in sentence.figures:
        counts_enterprises = figure.table == "enterprises" and figure.column == "enterprise_count"
        counts_transactions = figure.quantity.unit == "transaction" or figure.quantity.unit_text == "笔"
        if not (counts_enterprises or counts_transactions):
            continue
        instrument = _instrument_of(sentence, figure)
        if instrument is not None:
            column = "transaction_count" if counts_transactions else "enterprise_count"
            figure.file(instrument, column=column)
        elif counts_transactions:
            figure.indicator, figure.table, figure.column, figure.kind = None, None, None, None
            figure.reason = Reason.OUTSIDE_TABLES


def _name_other_money(sentence: Sentence) -> None:
    """此前已下达的3897亿元, 另外3000亿元用于…: money of no named instrument is of the kind that the sentence speaks of."""
    money = [figure for figure in sentence.figures if figure.table == "finance" and figure.column == "amount_cny"]
    named = [figure for figure in money if figure.kind != "other"]
    if not named:
        return
    for figure in sentence.figures:
        unnamed = figure.kind == "other" and figure in money
        spent = figure.reason is Reason.UNRESOLVED and sentence.text.startswith("用于", figure.quantity.end)
        if unnamed or spent:
            nearest = min(named, key=lambda other: abs(other.index - figure.index))
            if nearest.indicator is not None:
                figure.file(nearest.indicator)


def _instrument_of(sentence: Sentence, figure: Figure) -> Indicator | None:
    for other in sentence.figures:
        if other.clause == figure.clause and other.table == "finance" and other.column == "amount_cny":
            return other.indicator
    start, end = sentence.clause_span(figure.clause)
    if figure.clause and _BENEFITS.match(sentence.text, start, figure.quantity.start):
        for other in sentence.figures[: figure.index]:
            if other.clause == figure.clause - 1 and other.table == "finance" and other.column == "amount_cny":
                return other.indicator
    found: Indicator | None = None
    for hit in sentence.hits_between(start, end):
        for indicator, _ in hit.cue.after:
            if indicator.table == "finance" and indicator.column == "amount_cny" and indicator.kind != "other":
                found = indicator
    return found
