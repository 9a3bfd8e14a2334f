"""Tells what is planned from what is done (filing rule 9).

Takes a figure in its sentence; says whether 预计, 计划, 拟, 力争, 将 or 目标 governs it.
"""

from __future__ import annotations

import re

from gazette.extract.model import Kind
from gazette.extract.records.declaration import Hit
from gazette.extract.records.sentences import Figure, Sentence

_ONCE_BUILT = re.compile(
    r"(?:建成|投产|达产|投用|投运|竣工|完工|投入使用|达效|运营)[^，。；]{0,6}?后，?[^。；]*?(?:可(?!再生)|能够|能(?=实现|达|带动|提供|新增)|年产值|年销售|年营业|年产)"
)
_GOAL = re.compile(
    r"(?:突破|达到|达|超过?|新增|新建|新开工|完成|新引进|实现|培育|签约|开工|竣工|投产|实施|储备|谋划"
    r"|设立|发行|发放|投放|安排|筹集|争取|开展|举办|组织|提供|开发|减免|建成|培训|输送|转移)[了]?[^，。；]{0,20}$"
)
_PAST = re.compile(r"[去上前]年|已|了|目前|截至|同比|累计|[上下]半年|季度|\d月|现有|共有|今年以来")
_EXCEPT = re.compile(r"除[^，。；]*$")
_OUTSIDE = re.compile(r"[^，。；]*外，")
_BY_THEN = re.compile(r"\d|[本今明后]年|[年月]|“十")
_AIMS = frozenset({"力争", "确保", "目标", "计划"})
_TIME = re.compile(r"^[^，]{0,10}[年月日期间季度来出示调确求称说]，")
_COMING = re.compile(r"明年|来年|下半年|下一步|下一阶段")
_DONE = re.compile(r"[去上前今]年|已|了|目前|截至|同比|累计")
_GROWN_TO = re.compile(r"从[^；]*，(?:增长|增加|提高|提升|扩大|发展)到[^，]*$")
_EVENTS = frozenset({"signed", "started", "resumed", "completed", "in_production"})
_TAKEN = re.compile(
    r"(?![在于会要有为继是])[\u4e00-\u9fff“”]{2,24}?(?:有机结合|相结合|纳入|列为|列入|融入|转化为|变成|变为|改造成|打造成|建设成)"
)
_DONE_BEHIND = re.compile(r"(?:资金|项目|基金)?(?:现|均|全部)?已(?:经|全部)?(?!列入|纳入|确定|明确)")
_TO_DO = re.compile(r"计划|应(?:开工)?(?:复|开|返)")


def is_planned(sentence: Sentence, figure: Figure) -> bool:
    """Whether a word of planning governs the figure: the nearest before it, unless 已 stands nearer."""
    if _DONE_BEHIND.match(sentence.text, figure.quantity.end, figure.right):
        return False  # 将组建基金，首期5亿元已完成注册
    promised = _find_promise(sentence, figure)
    for hit in reversed(sentence.hits):
        if hit.end > figure.quantity.start:
            continue
        if "done" in hit.cue.marks or "已" in hit.cue.term:
            return promised is not None and hit.end <= promised  # 厂房已封顶，达产后年产值可达8亿元
        if "planned_here" in hit.cue.marks and hit.start >= figure.left:
            return True
        if hit.cue.term == "将" and (_takes_them(sentence, figure, hit) or _takes_it(sentence, figure, hit)):
            continue
        if _EXCEPT.search(sentence.text, sentence.start, hit.start) and _OUTSIDE.match(
            sentence.text, hit.end, figure.quantity.start
        ):
            continue  # 除2个计划4月开工外，其余26个均已复工
        if hit.cue.term == "争取到" and _BY_THEN.match(sentence.text, hit.end) is None:
            continue  # 争取到中央预算内投资项目58个 has them
        if "planned" in hit.cue.marks and not _is_noun(sentence, hit):
            between = sentence.text[hit.end : figure.quantity.start]
            told = sentence.text[hit.end : figure.quantity.end].rpartition("；")[2]
            return "；" not in between or (_opens_part(sentence, hit) and _sets_a_goal(sentence, told, hit))
    return promised is not None or _is_to_come(sentence, figure)


def _is_to_come(sentence: Sentence, figure: Figure) -> bool:
    """20个项目将于6月底前开工: what those counted are going to be."""
    if figure.quantity.kind is not Kind.COUNT:
        return False
    behind = sentence.hits_between(figure.quantity.end, figure.right)
    will = next((hit for hit in behind if "planned" in hit.cue.marks and not _is_noun(sentence, hit)), None)
    if will is None or sentence.text.find("已", figure.quantity.end, will.start) >= 0:
        return False
    told = sentence.hits_between(will.end, figure.right)
    return any(hit.cue.values.get(figure.table or "") in _EVENTS for hit in told)


def _takes_it(sentence: Sentence, figure: Figure, hit: Hit) -> bool:
    """将措施与主业结合，…, 将机场改造成占地12亩的公园: 将 stands for 把 here, too."""
    taken = _TAKEN.match(sentence.text, hit.end, sentence.end)
    return taken is not None and (taken.end() <= figure.quantity.start)


def _takes_them(sentence: Sentence, figure: Figure, hit: Hit) -> bool:
    """将392名农民工送到广东: 将 stands for 把; 将超300个 is a plan."""
    quantity = figure.quantity
    counts = quantity.kind in (Kind.HEADCOUNT, Kind.COUNT) and quantity.unit_text != ""
    joined = sentence.text[hit.end : quantity.start].strip() == ""
    return counts and joined and quantity.start == quantity.number_start


def _opens_part(sentence: Sentence, hit: Hit) -> bool:
    """Whether the plan governs all of its part between semicolons, and not its last clause alone (…，预计6月投用；)."""
    if hit.cue.term in _AIMS:
        return True
    start = sentence.part_span(hit.start)[0]
    return "，" not in _TIME.sub("", sentence.text[start : hit.start], count=1)


def _sets_a_goal(sentence: Sentence, told: str, hit: Hit) -> bool:
    """…将实施项目136个；规上企业突破240家: a part that goes on with the goals, for nothing says that it is done."""
    past = _DONE if _COMING.search(sentence.text, sentence.start, hit.end) else _PAST
    return _GOAL.search(told) is not None and past.search(told) is None


def _find_promise(sentence: Sentence, figure: Figure) -> int | None:
    """投产后年产值可达2亿元: where it is said what a work will bring once it stands."""
    start = sentence.part_span(figure.quantity.start)[0]
    promise = _ONCE_BUILT.search(sentence.text, start, figure.quantity.start)
    return None if promise is None else promise.start()


def _is_noun(sentence: Sentence, hit: Hit) -> bool:
    """通过国家重点研发计划，…: a programme, not a plan."""
    if hit.cue.term not in ("计划", "目标"):
        return False
    return sentence.text[hit.end : hit.end + 1] in "，、。；）》”的" or sentence.text[hit.start - 1 : hit.start] == "”"


def plans_alone(sentence: Sentence, figure: Figure) -> bool:
    """今年计划投资50亿元, without a count of what is done."""
    return any("planned_alone" in hit.cue.marks for hit in sentence.hits_between(figure.left, figure.quantity.start))


def is_change(sentence: Sentence, figure: Figure) -> bool:
    """从去年的415家增加到今年的748家 is no plan."""
    start = sentence.clause_span(figure.clause)[0]
    if "从" in sentence.text[start : figure.quantity.start]:
        return True
    return _GROWN_TO.search(sentence.text, sentence.part_span(start)[0], figure.quantity.start) is not None


def counts_plan(sentence: Sentence, figure: Figure) -> bool:
    """计划改造500个, 应复工3258个: the figure is what there is to do."""
    return _TO_DO.search(sentence.text, figure.left, figure.quantity.start) is not None
