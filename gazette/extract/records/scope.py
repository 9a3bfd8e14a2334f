"""Tells the group that a record counts, as printed: 重大项目, 规上工业企业, 返岗员工.

Takes a draft; gives the noun phrase that stands after the counted figure (50个重大项目), or else before it
(重点项目28个), or None.
"""

from __future__ import annotations

import re

from gazette.extract.records.declaration import Hit
from gazette.extract.records.rates import split_names
from gazette.extract.records.sentences import Figure, Sentence
from gazette.extract.records.statement import COUNTS, TOTALS, Draft

_HEAD = (
    "项目|工程|小区|企业|商户|市场主体|经营主体|个体工商户|工商户|个体户|合作社|公司|门店|商店|煤矿|员工|职工|工人(?!员)|务工人员|"
    "劳动力|人员|农民工|毕业生|岗位|贷款|授信|资金|基金|补助|补贴|债券|国债|退税(?!商店)|租金|需求|服务业|工业|产业(?!工人|人员|基金)|行业|工厂|基地"
)
_AFTER = re.compile(
    rf"的?(?P<scope>[\u4e00-\u9fffA-Za-z0-9“”\-]{{0,16}}?(?:(?:产业|行业|工业)[\u4e00-\u9fff]{{0,6}}?(?:企业|商户|主体|项目)|{_HEAD}))"
)
_BEFORE = re.compile(
    rf"(?P<scope>[\u4e00-\u9fffA-Za-z0-9“”\-]{{0,22}}?(?:{_HEAD}))(?:[已共约为达有到总数量额累计的人均复产工开]{{0,6}})$"
)
_BRANCH = re.compile(
    r"(?P<scope>[\u4e00-\u9fffA-Za-z0-9“”\-]{2,24}?)(?:的?(?:预计|已|共|累计|全年|年)?(?:实现|完成|创造)?的?)$"
)
_TIME_BEFORE = re.compile(r"^.*?(?:[一二三四]季度|[上下]半年|个月|月份?|当月|假期|期间|全年|带动|年)")
_DATE_BEFORE = re.compile(r"^.*\d(?:日|月份?|年)(?!度)")  # 江阳区4月28日集中开工项目
_NO_BRANCH = re.compile(
    r".*力争.*|.*\d|.*(?:实现|我国|全国|全[省市县区]|预计|新增|今年|去年|同比|总体|累计|为)|一.?|这里|当地|.{1,3}里"
)
_MEASURE_END = re.compile(r"(?:总|年)*(?:营业额|产值|收入|销售额|规模|营收|总量|销量|产量|订单量)$")
_LEAD = re.compile(
    r"^.*?(?:截至[^，]*|近日|日前|目前|现有|今年|去年|以来|我国|全国|全市|全区|全县|全省|其中|一共|共有|共|已有|拥有|设有|具有|具备|"
    r"[已均](?!建)|累计|陆续|全部|平均|每月|每天|新?(?:开发|开拓|拓展|培育|发布|提供|推荐|发行)|新增(?!注册)|发放|投放|下达|预拨|下拨|划拨|拨付|明确|达成|安排|统筹|帮助|"
    r"解决|惠及|服务(?!业|消费|外包|型|业务)|对接(?=[^会])|收集|实施|完成|获得|梳理|策划|投入|批准|核准|审批(?!贷)|招聘(?!会)|用于|支持|吸引|聚集|集聚|活跃着|如今|(?<!国)(?<!民)有(?![限色机效关])|"
    r"参展的|包括|由|了|(?<!国)家(?!庭|电|政|居|具)|个(?!体|人)|名(?!单|录|优)|为|向|对(?!接|口|外)|在(?!建|职|岗|线)|把|级(?=专精|经济|智能|高新))"
)
OUTPUTS = ("output_value_cny", "output_growth_rate")
_NO_PHRASE = re.compile(r"^为|^建设(?!项目|工程)|[是将]|坚守|奋战|参加|参与|围绕|正在|”.*(?<!“)[已将]")


def find_scope(draft: Draft) -> str | None:
    """The printed name of the group that the record is about, or None where none is told."""
    figure = _counted(draft)
    text, quantity = draft.sentence.text, figure.quantity
    after = _AFTER.match(text, quantity.end, figure.right)
    if after is not None and _NO_PHRASE.search(after["scope"]) is None:
        return after["scope"]
    if figure.column in OUTPUTS and (branch := _find_branch(draft, figure)) is not None:
        return branch
    start = draft.sentence.clause_span(figure.clause)[0]
    before = _BEFORE.search(text[max(start, figure.left) : quantity.start])
    return _trim(before["scope"]) if before is not None else None


def _find_branch(draft: Draft, figure: Figure) -> str | None:
    """Whose output it is: 专用设备制造业 of 专用设备制造业销售收入同比增长8%."""
    sentence = draft.sentence
    for hit in reversed(tuple(sentence.hits_between(sentence.start, figure.quantity.start))):
        if any(indicator.column in OUTPUTS for indicator, _ in hit.cue.before):
            start, end = _find_name(sentence, hit, figure)
            told = _BRANCH.search(sentence.text[start:end])
            branch = _clean_branch(told["scope"]) if told is not None else None
            return branch or _branch_of_term(hit.cue.term)
    return None


def _find_name(sentence: Sentence, hit: Hit, figure: Figure) -> tuple[int, int]:
    """Where the name stands: before the measure, or of a list (A、B销售收入分别增长…) the one that is the figure's."""
    if not any("respectively" in other.cue.marks for other in sentence.hits_between(hit.end, figure.quantity.start)):
        return sentence.start, hit.start
    told = [other for other in sentence.figures if other.clause == figure.clause and other.quantity.start > hit.end]
    names = split_names(sentence, sentence.clause_span(sentence.clause_at(hit.start))[0], hit.start)
    place = len(names) - len(told) + told.index(figure) if figure in told else -1
    return names[place] if 0 <= place < len(names) else (sentence.start, hit.start)


def _clean_branch(phrase: str) -> str | None:
    """The name without the time before it and the verb that leads to it; None where no name is left."""
    if _NO_PHRASE.search(phrase):
        return None
    branch = _trim(_TIME_BEFORE.sub("", phrase))
    branch = branch.rstrip("和及与、的") if branch else ""
    return branch if len(branch) > 1 and not _NO_BRANCH.fullmatch(branch) else None


def _branch_of_term(term: str) -> str | None:
    """软件业务 of 软件业务收入."""
    branch = _MEASURE_END.sub("", term)
    return branch if len(branch) > len("业务") else None


def _counted(draft: Draft) -> Figure:
    for column in (COUNTS.get(draft.table), TOTALS.get(draft.table)):
        if column in draft.figures:
            return draft.figures[column]
    return draft.first


def _trim(scope: str) -> str | None:
    """The phrase without the verbs and adverbs that lead up to it."""
    scope = _DATE_BEFORE.sub("", scope)
    trimmed = _LEAD.sub("", scope)
    while trimmed and trimmed != scope:
        scope, trimmed = trimmed, _LEAD.sub("", trimmed)
    scope = scope.lstrip("0123456789年月日等及和、")
    return scope if scope and scope.count("“") == scope.count("”") else None
