"""Files money and what goes with it: sums without 元, and the enterprises and transactions that got the money.

Takes figures in their sentence; files money by the cue that governs it, gives unnamed money the instrument that the
sentence speaks of, and moves counts beside finance money into the finance table.
"""

from __future__ import annotations

import re

from gazette.extract.model import Kind, Reason
from gazette.extract.records.declaration import Indicator, Rules
from gazette.extract.records.governing import find_governing
from gazette.extract.records.rates import measure_of_list
from gazette.extract.records.sentences import Figure, Sentence

SMALLEST_GRANT = 10_000
_PEOPLE_BEFORE = re.compile(r"(?:人数|人员|劳动力|用工|人才)(?:总量|规模|缺口)?(?:已|约)?(?:达|达到|为|超|近)?$")
TRANSACTIONS = frozenset({"笔", "次", "件", "单"})
_GIVEN_TO = re.compile(r"与|为|向|给|对|帮助|支持|惠及|覆盖|服务|获|享受|得到|解决|办理|授信|首贷")
_ENDOWS = re.compile(r"[^，。；]{0,20}?(?:设立|成立|发起|组建|出资|注资|认缴)[^，。；]{0,12}?基金")
_COMPLETES = re.compile(r"完成[^，。；\d]{1,14}投资(?:额)?[约超近达逾已为]*$")
_GETS = re.compile(r"获|享受|得到|收到|领到|首贷|融资")
_EMPLOYERS = re.compile(r"(?:参保|用人|缴费)?单位(?![和与、])")
_BUILDS = re.compile(  # 投入8000万元建设智能工厂
    r"，?(?:用于)?(?:建设|建起|建成|新建|改建|扩建|改扩建|兴建|新上|修建|改造|升级改造)了?[^，。；]{0,14}?"
    r"(?:厂|车间|产线|生产线|基地|项目|工程|园|中心|公路|道路|库|大棚|站|设施|管网|桥)"
)
_BENEFITS = re.compile(
    r"(?:共|累计|已|共计|直接|可|将)*(?:惠及|涉及|受益|受惠|惠企|覆盖|支持|服务|扶持|投资|在贷|在保|获贷|获得贷款的?)"
)
_LENT = frozenset({"loan", "credit_line", "guarantee", "rollover"})
_LENT_TO = re.compile(r"(?:为|向|给|与|对)[^，。；]{0,6}$")
_UNTOLD_UNITS = frozenset({"item", "household", "establishment"})
_COUNT_ALONE = re.compile(r"[，。；、！？]|$")
_STAGE = re.compile(r"(?:项目|园区?|产业城|基地|；)[^。；]{0,12}[一二三四首]期(?:规划)?$")
_BRAND = re.compile(r"“[\u4e00-\u9fff]{1,8}贷”")
_PAID = re.compile(r"收到|拿到|到账|获批|获得|发放|放款|支持|审批|投放|批复")
_SUM = re.compile(
    r"[，、](?:合计|共计|共|累计|涉及|总计|总)?(?:贷款|担保|授信|融资|放款|发放)?(?:总?金额|总额|资金|额)?(?:达到?|为|共计)?"
)
_COUNTED_SUM = re.compile(r"[\u4e00-\u9fff]{0,10}[、，]?(?:金额)?")
_SUM_OF_MANY = re.compile(  # 9家企业进入名单，获得贷款5亿元
    r"[^，。；\d]{0,18}，(?:共|累计|已|均)?(?:获得|获批?|享受|申请|得到)到?[^，。；\d]{0,14}"
    r"|[\u4e00-\u9fff“”、]{0,24}[，、](?:合计|共计|总计|(?:涉及|累计|共)(?:贷款|本金|担保|授信|融资|租金|税款))"
    r"|[\u4e00-\u9fff“”、]{0,24}[，、](?:合计|共计|共|累计|涉及|总计|总)?"
    r"(?:贷款|担保|授信|融资|放款|发放|减免|缓缴|退税|签约|协议|在保)?"
    r"(?:总?金额|总额|资金|税款|费用|额)(?:达到?|为|共计)?"
)


def is_ours(figure: Figure) -> bool:
    """Whether the figure is not foreign money."""
    quantity = figure.quantity
    return quantity.kind is not Kind.MONEY or quantity.unit == "CNY"


def is_bare_sum(sentence: Sentence, figure: Figure) -> bool:
    """签约超5000亿, 1万亿国债: a headline leaves 元 out."""
    quantity = figure.quantity
    return (
        quantity.unit_text == ""
        and sentence.text[quantity.end - 1] == "亿"
        and quantity.kind in (Kind.COUNT, Kind.OTHER)
    )


def is_bare_headcount(sentence: Sentence, figure: Figure) -> bool:
    """就业人数达912.6万: 人 stands before the figure."""
    quantity = figure.quantity
    start = sentence.clause_span(figure.clause)[0]
    bare = quantity.unit_text == "" and quantity.kind in (Kind.COUNT, Kind.OTHER)
    return bare and _PEOPLE_BEFORE.search(sentence.text, start, quantity.start) is not None


def file_by_cue(sentence: Sentence, figure: Figure, kind: Kind, rules: Rules) -> None:
    """Files the figure, read as `kind`, where the cue that governs it says. Money without a cue is unresolved."""
    listed, indicator = measure_of_list(sentence, figure) if kind is Kind.MONEY else (False, None)
    if not listed:
        indicator, term = find_governing(sentence, figure, kind)
        if indicator is not None and indicator.column == "investment_cny" and _is_completed(sentence, figure):
            indicator = rules.named["project_invested"]
        if term == "累计投资" and "签约" in sentence.text[sentence.start : figure.quantity.start]:
            indicator = rules.named["project_investment"]  # of what was only signed nothing is spent
        if "投入" in term and _BUILDS.match(sentence.text, figure.quantity.end, sentence.end):
            indicator = rules.named["project_investment"]
    if indicator is None and kind is Kind.MONEY and _is_beside_projects(sentence, figure):
        indicator = rules.named["project_investment"]
    if indicator is None and kind is Kind.AREA and _is_stage(sentence, figure):
        indicator = rules.named["project_land"]
    if indicator is None and figure.index and figure.quantity.kind is Kind.MONEY:
        indicator = _measure_before(sentence, figure)
    if indicator is None and kind is Kind.MONEY and _is_lent(sentence, figure):
        indicator = rules.named["loan"]
    if indicator is None:
        figure.reason = Reason.UNRESOLVED if figure.quantity.kind is Kind.MONEY else Reason.OUTSIDE_TABLES
    elif _goes_to_consumers(sentence, figure, indicator):
        figure.reason = Reason.OUTSIDE_TABLES
    else:
        figure.file(indicator)


def _is_lent(sentence: Sentence, figure: Figure) -> bool:
    """企业收到200万元——首笔“复工贷”: money of no name in a sentence about a loan of some brand."""
    start, end = sentence.clause_span(figure.clause)
    branded = _BRAND.search(sentence.text, sentence.start, sentence.end) is not None
    return branded and _PAID.search(sentence.text, start, end) is not None


def _is_beside_projects(sentence: Sentence, figure: Figure) -> bool:
    """产业类项目9个、27.3亿元: money right beside a count of projects is what they cost (filing rule 6)."""
    before = sentence.figures[figure.index - 1] if figure.index else None
    if before is None or before.table != "projects" or before.column != "project_count":
        return False
    return sentence.text[before.quantity.end : figure.quantity.start] == "、"


def _is_completed(sentence: Sentence, figure: Figure) -> bool:
    """完成农村建设投资260亿元: money spent, or to be spent within the year, whatever it is called."""
    start = sentence.clause_span(figure.clause)[0]
    return _COMPLETES.search(sentence.text, start, figure.quantity.start) is not None


def _is_stage(sentence: Sentence, figure: Figure) -> bool:
    """产业城一期420亩已建成投产: the land of one stage of a park or a project."""
    of_land = figure.quantity.unit_text.endswith(("亩", "公顷"))
    return of_land and _STAGE.search(sentence.text, sentence.start, figure.quantity.start) is not None


def _goes_to_consumers(sentence: Sentence, figure: Figure, indicator: Indicator) -> bool:
    """A subsidy below 10,000 yuan is a rate or a single buyer's, and consumers are no enterprises (filing rule 14)."""
    if indicator.kind not in ("grant", "other", "tax_relief"):
        return False
    return figure.quantity.value < SMALLEST_GRANT or any("consumer" in hit.cue.marks for hit in sentence.hits)


def _measure_before(sentence: Sentence, figure: Figure) -> Indicator | None:
    """去年产值5.6亿元，…，今年力争突破7亿元: a clause that names no measure goes on with the one before it."""
    if any(hit.cue.before or hit.cue.after for hit in sentence.hits_between(figure.left, figure.right)):
        return None
    for other in reversed(sentence.figures[: figure.index]):
        if other.quantity.kind is Kind.MONEY:
            goes_on = other.indicator is not None and other.column in ("output_value_cny", "invested_cny")
            return other.indicator if goes_on else None
    return None


def file_financed(sentence: Sentence) -> None:
    """Enterprises and transactions in a clause whose money is finance are those that got it."""
    for figure in sentence.figures:
        counted = figure.table == "enterprises" and figure.column == "enterprise_count"
        counts_enterprises = counted or _counts_alone(sentence, figure)
        counts_transactions = figure.quantity.unit_text in TRANSACTIONS
        if not (counts_enterprises or counts_transactions):
            continue
        instrument = None if _gives(sentence, figure) else _instrument_of(sentence, figure)
        if instrument is not None:
            column = "transaction_count" if counts_transactions else "enterprise_count"
            figure.file(instrument, column=column)
        elif counts_transactions:
            figure.leave_out(Reason.OUTSIDE_TABLES)


def _gives(sentence: Sentence, figure: Figure) -> bool:
    """34家央企设立基金120亿元: the money is theirs."""
    if _GIVEN_TO.search(sentence.text, figure.left, figure.quantity.start):
        return False
    return _ENDOWS.match(sentence.text, figure.quantity.end, figure.right) is not None


def name_other_money(sentence: Sentence) -> None:
    """此前已下达的3897亿元, 另外3000亿元用于…: money of no named instrument is of the sentence's own."""
    money = [figure for figure in sentence.figures if figure.table == "finance" and figure.column == "amount_cny"]
    named = [figure for figure in money if figure.kind != "other"]
    if not named:
        return
    for figure in sentence.figures:
        unnamed = figure.indicator is not None and figure.indicator.name == "other_funds"
        spent = figure.reason is Reason.UNRESOLVED and sentence.text.startswith("用于", figure.quantity.end)
        if unnamed or spent:
            nearest = min(named, key=lambda other: abs(other.index - figure.index))
            if nearest.indicator is not None:
                figure.file(nearest.indicator, column=figure.column)


def go_on_with_list(sentence: Sentence) -> None:
    """289户小微企业、2.05亿元，23户中型企业、4.33亿元: the second sum is of what the first is."""
    for figure in sentence.figures[3:]:
        if figure.reason is not Reason.UNRESOLVED or figure.quantity.kind is not Kind.MONEY:
            continue
        counted, listed, count = (sentence.figures[figure.index - back] for back in (1, 2, 3))
        pairs = _is_pair(sentence, counted, figure) and _is_pair(sentence, count, listed)
        if pairs and listed.indicator is not None and listed.table == "finance":
            figure.file(listed.indicator)


def _is_pair(sentence: Sentence, count: Figure, amount: Figure) -> bool:
    between = sentence.text[count.quantity.end : amount.quantity.start]
    return count.quantity.kind is Kind.COUNT and _COUNTED_SUM.fullmatch(between) is not None


def _instrument_of(sentence: Sentence, figure: Figure) -> Indicator | None:
    for other in sentence.figures:
        if other.clause == figure.clause and other.table == "finance" and other.column == "amount_cny":
            return other.indicator
    if (amount := _sum_behind(sentence, figure)) is not None:
        return amount.indicator
    start, end = sentence.clause_span(figure.clause)
    if figure.clause and _BENEFITS.match(sentence.text, start, figure.quantity.start):
        amount = _sum_before(sentence, figure)
        if amount is not None:
            return amount.indicator
    return _instrument_named(sentence, figure, start, end)


def _counts_alone(sentence: Sentence, figure: Figure) -> bool:
    """已授信312户、金额6.7亿元: a 户 or 家 of no noun. 为1600户果农授信: households that got a loan."""
    quantity = figure.quantity
    if figure.table is not None or quantity.unit_text not in ("户", "家", "户次", "家次"):
        return False
    if quantity.unit == "institution" and _EMPLOYERS.match(sentence.text, quantity.end):
        return True
    if quantity.unit in _UNTOLD_UNITS and _COUNT_ALONE.match(sentence.text, quantity.end) is not None:
        return True
    lent = any(
        other.clause == figure.clause and other.index > figure.index and other.kind in _LENT
        for other in sentence.figures
    )
    return (
        lent and "户" in quantity.unit_text and _LENT_TO.search(sentence.text, figure.left, quantity.start) is not None
    )


def _sum_before(sentence: Sentence, figure: Figure) -> Figure | None:
    """贷款余额26亿元，增长14%，惠及市场主体6800户: the money just told, whatever its growth."""
    for other in reversed(sentence.figures[: figure.index]):
        if other.table == "finance" and other.column == "amount_cny":
            return other if "；" not in sentence.text[other.quantity.end : figure.quantity.start] else None
        if other.quantity.kind is not Kind.RATE:
            return None
    return None


def _sum_behind(sentence: Sentence, figure: Figure) -> Figure | None:
    """发放贷款36笔，金额2.4亿元; 85家企业申请缓缴，涉及金额1120万元: the sum of what was just counted."""
    counts = _SUM if figure.quantity.unit_text in TRANSACTIONS else _SUM_OF_MANY
    for other in sentence.figures[figure.index + 1 : figure.index + 2]:
        between = sentence.text[figure.quantity.end : other.quantity.start]
        if other.table == "finance" and other.column == "amount_cny" and counts.fullmatch(between):
            return other
    return None


def _instrument_named(sentence: Sentence, figure: Figure, start: int, end: int) -> Indicator | None:
    """通过续贷帮助企业289家, 获得贷款的9家企业: an instrument without its money, and who has the benefit of it."""
    behind = _GETS.search(sentence.text, figure.quantity.end, end)
    if _GIVEN_TO.search(sentence.text, start, figure.quantity.start) is None and behind is None:
        return None
    found: Indicator | None = None
    for hit in sentence.hits_between(start, end):
        for indicator, _ in hit.cue.after:
            if indicator.table == "finance" and indicator.column == "amount_cny" and indicator.kind != "other":
                found = indicator
    return found
