"""Tells figures that look like ours and are none, by how they are printed.

Takes a figure in its sentence; says whether it is a difference (同比多增), a size class (500人以上的企业), or counts
something that is only named for projects or enterprises (5个项目服务专班).
"""

from __future__ import annotations

import re

from gazette.extract.model import Kind, Qualifier
from gazette.extract.records.sentences import Figure, Sentence

OTHER_REACH, EACH_REACH, LIST_REACH = 6, 24, 40
LONGEST_CLASS = 10  # 总投资超6亿元的灌区续建配套与现代化改造工程六个标段 is one work
SIZED_REACH = 8  # the number of what is that large, and its classifier
_EACH = re.compile(r"每(?!年|天|月|日|周|季|逢|个月|届|家企业都)|人均|户均|满$|仅承担$|再补贴$")
_AT_MOST_EACH = re.compile(  # 最高可贷300万元: a limit, not a sum
    r"(?:最高|最多|单笔|单户|年均|月均|日均)(?:(?!长到|高到|加到|升至|增至)[^，。；]){0,8}$"
)
_SPOKESMAN = re.compile(r"的?[\u4e00-\u9fff“”]{0,10}?(?:代表(?!性|团)|负责人|行长|家属|子女)")
_EVERY = re.compile(
    r"每(?:[0-9]+[家个户][^，。；]*)?$|每(?:平方公里|平方千米|公里|亩|公顷|万人|千人|百人)[^，。；\d]{0,8}$|[日月年]均(?:新增|新设|净增|登记|新登记|开业)?(?:企业|经营主体|市场主体)?(?:约|超)?$"
)
_EXCEPT = re.compile(r"除(?:了|其中)?$")
_EACH_OF = {Kind.MONEY: _EACH, Kind.HEADCOUNT: _EACH, Kind.COUNT: _EVERY}
_SHORTENED = re.compile(r"(?:缩短|提前|压缩|延长|推迟|延误|耽误|节省|节约)(?:了|近|约)?$")
_GIVEN_TO = re.compile(r"(?:为|向|给|对|帮助|帮)$")
_BENEFIT = re.compile(
    r"[^，。；\d]{0,16}(?:发放|拨付|兑现|补贴|补助|追讨|追回|讨回|讨薪|支付|报销|送去|送上|购买|缴纳|代缴)"
)
_PLANNED_SHARE = re.compile(r"完成[^，。；]{0,8}(?:任务|目标|计划)(?:任务|目标|数)?(?:的)?$")
_DIFFERENCE = re.compile(r"(?:多增|少增|增加|增长|减少|下降|多|少|增|净增|净减|提高|回落|缩减|降低)(?:了|约)?$")
_BEYOND_PLAN = re.compile(r"超(?:过|出|额)?[^，。；]{0,8}(?:目标|任务|计划)(?:任务|目标|数)?(?:近|约|达)?$")
_THRESHOLD_HEAD = ("不低于", "不少于", "不超过")
_THRESHOLD_TAIL = ("以上", "以下", "以内")
_THRESHOLD_NOUN = re.compile(r"的?[\u4e00-\u9fff]{0,8}?(?:项目|企业|工程|单位|商户|贷款|门店|技改)")
_OF_THAT_SIZE = re.compile(r"的(?:企业|单位|公司|用人单位|参保企业|小微企业|工厂|机构)")
_SHARE_OF_THEM = re.compile(
    r"的?[\u4e00-\u9fff]{0,4}?(?:企业|项目|商户|员工|职工|工人)[已均都经]*(?:复工|复产|开工|复业|营业|返岗|到岗)"
)
_AT_LEAST = re.compile(r"超|突破|逾|达到|不低于|过")
_ROUND_CLASS = re.compile(r"[过超]?[十百千万亿]+元?")  # 百亿元项目5个
_CLASSED = re.compile(r"级?(?:[\u4e00-\u9fff]{0,2}项目|企业|产业|集群|工程|园区)")
_SIZED = re.compile(  # 50亿元以上大单17个, 超10亿元项目5个
    r"[\u4e00-\u9fff]{0,6}(?:项目|企业|工程|产业|园区|集群|大单|订单|基地|强镇|镇|村|品牌)[\d两三四五六七八九十]|\d+[个家户宗]"
)
_OF_PLACES = re.compile(r"[\u4e00-\u9fff]{0,3}(?:村|乡镇|社区|街道|国家|城市|部门|单位)的(?!改造)")
_ONE_OF = re.compile(r"[\u4e00-\u9fff“”]{0,14}?之一")
_VERB_BETWEEN = re.compile(
    r"[供解参加与举行召开组成立签约进入纳列了，、在为落向搭启获推展“上]|实现|完成|(?<!建)设|建(?!设)"
)


def is_excepted(sentence: Sentence, figure: Figure) -> bool:
    """Whether the sentence, or its part between semicolons, is about something else: medical insurance, say."""
    kind = figure.quantity.kind
    start, end = sentence.part_span(figure.quantity.start)
    for hit in sentence.hits_between(start, end):
        for rule, _ in hit.cue.before:
            if rule.sentence_wide and kind in rule.kinds and not rule.units:
                return True
    return False


def is_each(sentence: Sentence, figure: Figure) -> bool:
    """每千人口4人, 每辆车1.4万元, 满200元退税, 每10家企业: what one gets, a density or a ratio."""
    pattern = _EACH_OF.get(figure.quantity.kind)
    if pattern is None:
        return False
    start = max(sentence.clause_span(figure.clause)[0], figure.quantity.start - EACH_REACH)
    if figure.quantity.kind is Kind.MONEY and _AT_MOST_EACH.search(sentence.text, start, figure.quantity.start):
        return True
    return pattern.search(sentence.text, start, figure.quantity.start) is not None


def is_left_out(sentence: Sentence, figure: Figure) -> bool:
    """除8家因原料停产外: those that what follows is not said of."""
    start, end = sentence.clause_span(figure.clause)
    left_out = figure.quantity.kind is Kind.COUNT and _EXCEPT.search(sentence.text, start, figure.quantity.start)
    return bool(left_out) and "外" in sentence.text[figure.quantity.end : end]


def is_spokesman(sentence: Sentence, figure: Figure) -> bool:
    """5位教师代表: who speaks for a group is not the group."""
    if figure.quantity.kind is not Kind.HEADCOUNT:
        return False
    if _GIVEN_TO.search(sentence.text, figure.left, figure.quantity.start):  # 为7300名灵活就业人员发放补贴
        return _BENEFIT.match(sentence.text, figure.quantity.end, figure.right) is not None
    return _SPOKESMAN.match(sentence.text, figure.quantity.end, figure.right) is not None


def is_difference(sentence: Sentence, figure: Figure) -> bool:
    """同比多增1.58万亿元, 下降0.4个百分点: by how much something grew is no amount of its own."""
    if figure.quantity.kind is Kind.RATE:
        return figure.quantity.unit == "percentage_point"
    start = sentence.clause_span(figure.clause)[0]
    net = sentence.text.endswith(("净增", "净减", "净增加", "净减少"), start, figure.quantity.start)
    if net and figure.quantity.kind is Kind.HEADCOUNT:
        return True
    if _BEYOND_PLAN.search(sentence.text, start, figure.quantity.start):
        return True
    if sentence.text.startswith("的", figure.quantity.end) and _PLANNED_SHARE.search(
        sentence.text, start, figure.quantity.start
    ):
        return True  # 完成年度任务2800人的82%
    if figure.quantity.kind is Kind.DURATION:
        return _SHORTENED.search(sentence.text, start, figure.quantity.start) is not None
    if _DIFFERENCE.search(sentence.text, max(start, figure.quantity.start - 5), figure.quantity.start) is None:
        return False
    return any("compared" in hit.cue.marks for hit in sentence.hits_between(start, figure.quantity.start))


def is_threshold(sentence: Sentence, figure: Figure) -> bool:
    """投资5000万元以上的项目, 500人以下的企业: a size class, not an amount."""
    quantity = figure.quantity
    back = quantity.kind is Kind.RATE and _SHARE_OF_THEM.match(sentence.text, quantity.end, figure.right)
    if quantity.kind is Kind.COUNT or back:
        return False  # 九成以上的企业复工
    printed = sentence.text[quantity.start : quantity.end]
    if quantity.kind is Kind.MONEY and _ROUND_CLASS.fullmatch(printed) and _CLASSED.match(sentence.text, quantity.end):
        return True
    if quantity.qualifier is Qualifier.AT_LEAST and _SIZED.match(
        sentence.text, quantity.end, figure.right + SIZED_REACH
    ):
        return True
    if _is_class_of_count(sentence, figure):
        return True
    sized = quantity.kind is Kind.HEADCOUNT and quantity.qualifier is not Qualifier.EXACT
    if sized and _OF_THAT_SIZE.match(sentence.text, quantity.end):
        return True  # 超过100人的企业达到8%
    joined = printed.endswith("的") or sentence.text.startswith("的", quantity.end)
    if sentence.text.startswith(("级", "元级"), quantity.end) or (joined and _classes_counted(sentence, figure)):
        return True
    if printed.removesuffix("的").endswith(_THRESHOLD_TAIL):
        return joined or _THRESHOLD_NOUN.match(sentence.text, quantity.end) is not None
    return joined and printed.startswith(_THRESHOLD_HEAD)


def _is_class_of_count(sentence: Sentence, figure: Figure) -> bool:
    """5家超百亿元的项目: how large each is of those counted right before."""
    before = sentence.figures[figure.index - 1].quantity if figure.index else None
    counted = before is not None and before.kind is Kind.COUNT and before.end == figure.quantity.start
    return counted and figure.quantity.qualifier is Qualifier.AT_LEAST


def _classes_counted(sentence: Sentence, figure: Figure) -> bool:
    """产值超10亿元的强镇350多个: what is that large is counted behind its noun."""
    following = sentence.figures[figure.index + 1 : figure.index + 2]
    if not following or following[0].clause != figure.clause or following[0].quantity.kind is not Kind.COUNT:
        return False
    noun = sentence.text[figure.quantity.end : following[0].quantity.start].removeprefix("的")
    return 2 <= len(noun) <= LONGEST_CLASS and _AT_LEAST.match(sentence.text, figure.quantity.start) is not None


def counts_other(sentence: Sentence, figure: Figure) -> bool:
    """5个项目服务专班 are teams, 8家公司的研发中心 are centres: another noun ends the noun phrase."""
    if _ONE_OF.match(sentence.text, figure.quantity.end, sentence.end):
        return True  # 全国150项重大工程之一 is a label
    if _OF_PLACES.match(sentence.text, figure.quantity.end, figure.right):
        return True  # 三个相邻村的“共富项目”
    start = figure.quantity.start
    if sentence.text.endswith("”", 0, start) and sentence.text.find("”“", max(0, start - LIST_REACH), start) >= 0:
        return True  # “甲”“乙”“丙”三项工程 counts the names before it
    noun_end = -1
    for hit in sentence.hits_between(figure.quantity.end, figure.right):
        if "thing_of" in hit.cue.marks and noun_end >= 0 and sentence.text[noun_end : hit.start] == "的":
            return True
        if "other_head" in hit.cue.marks and noun_end >= 0 and hit.start - noun_end <= OTHER_REACH:
            return _VERB_BETWEEN.search(sentence.text, noun_end, hit.start) is None
        if noun_end < 0 and hit.cue.marks & {"subject_enterprise", "subject_project"}:
            noun_end = hit.end
    return False
