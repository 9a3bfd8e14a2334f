"""Tells the value of a table's enum that the text gives a figure: phase, status, instrument or activity.

Takes a filed figure in its sentence; gives the value, `SEVERAL` where phases are listed together, or None where nothing
is said. The words nearest to the figure count, its own before those of the clause, the clause before the sentence.
"""

from __future__ import annotations

import re

from gazette.extract.model import Kind
from gazette.extract.records.declaration import Hit, Rules
from gazette.extract.records.lists import find_listed_kind
from gazette.extract.records.sentences import Figure, Sentence
from gazette.extract.records.statement import RATES, SEVERAL

_LISTED = re.compile(r"(?:[、和及与或][\u4e00-\u9fff]{0,3}){1,3}")
_IS_SERVED = re.compile(r"(?:为|向|给|帮|与|同)[^，]{0,4}$")

_TAKES = re.compile(r"[输运护接发]?送|载|组织|帮助|乘|专列|包车|专车")
_RIDE_BACK = re.compile(
    r"(?:返岗|返工|复工)(?:复工|务工|就业)?(?:专列|包车|专车|专机|大巴|直通车|列车|班车|专班|客车|动车)"
)
_IS_PROVIDED = re.compile(r"(?:为|向|给)[^，。；]{0,40}$")  # 为大湾区新型网络等领域的400多家企业提供服务
_COMPLETED = re.compile(
    r"[^，。；]{0,8}(?:项目|工程)[已均都全部]*完成了?[^，。；]{0,8}(?:改造|建设|升级|施工)(?=[，。；、])"
)
_TO = "(?:增长|增加|发展|上升|扩大|壮大)到"
_STOCK = re.compile(rf"{_TO}了?$|增至$")
_GROWS = re.compile(rf"{_TO}|增至")
_SETS_UP = re.compile(r"(?:设立|成立|引进|引入|招引|注册)了?(?![，。；、在于的]|$)")  # 34家企业设立基金
_GETS_HELP = ("获", "得到", "享受")
CLOSING = 4  # 举行集中开工活动，: what may stand between the phase and the end of its clause
_ALREADY = re.compile(r"(?:已|全部|均|全面|悉数)$")
_THEY = re.compile(r"(?:项目|工程|企业)$")
_OF_ALL = re.compile(r"全[省市县区国州][\u4e00-\u9fff]{0,12}投资|固定资产投资")  # of no one phase
_LIST_OF_WORKS = re.compile(r"的[^，。；、]{2,24}?(?:、|和|以及|及)(?:总|计划)?投资(?:约|近|超|达)?")
_LIST_ITEM = re.compile(r"[\u4e00-\u9fff]{1,10}(?:、|和|以及|及)")
_BY_THEN = re.compile(r"(?:[月年]|月底|年底|月[上中下]旬|汛期|春节)(?:之)?前")
_FOR_THEM = frozenset({"提供", "办理", "发放", "落实", "兑现", "配送", "送去"})  # of help only behind 为…家企业
_OF_SERVICE = re.compile(
    r"(?:资源|咨询|中介|技术|物流|金融|信息|管理|检测|科技|生产性?|专业|商务|外包|家政|养老|软件|现代|文化|法律|设计|生活性?)服务企业$"
)
_SEVERAL_OTHERS = re.compile(r"、[^，。；]*等(?!待)[^，。；]{0,8}$")
_SIGNED_WITH = re.compile(r"[与同和跟][^，。；]*企业")
_ELSEWHERE = re.compile(r"，在(?!建)[\u4e00-\u9fff]{2,8}，")  # …，在呼和浩特，…项目正在建设
_SORTED = re.compile(r"[从按][^，。；\d]{1,8}(?:分|划分|看)，")  # …；从产业看，…
_AMONG = re.compile(r"(?:项目|工程)(?:中|里|当中)，")
_AFTERWARDS = re.compile(r"(?:[并且]?(?:投产|达产|投用|运营|使用|投入使用|通车|投运|达效))?后")
_DONE_NOW = re.compile(r"(?:目前|现|现已|已|均已|正|正在|全部|均|，)")


def find_figure_kind(sentence: Sentence, figure: Figure) -> str | None:
    """The value of the table's enum that the figure's own words give: phase, status, instrument or activity."""
    if figure.table == "finance":
        return figure.kind
    if figure.table == "labor":
        return _post_kind(sentence, figure) if figure.column == "job_count" else _labor_kind(sentence, figure)
    if figure.kind is not None and figure.column in RATES.values():
        return figure.kind
    listed = find_listed_kind(sentence, figure)
    own = listed or find_predicate(sentence, figure) or _find_said_kind(sentence, figure)
    return own or _kind_of_list(sentence, figure) or _kind_done(sentence, figure)


def _kind_done(sentence: Sentence, figure: Figure) -> str | None:
    """完成9420处供水工程, 27项工程完成了现代化改造: works that a sentence counts as done."""
    if figure.table != "projects" or figure.column != "project_count":
        return None
    before = sentence.text.endswith(("完成", "完成了"), 0, figure.quantity.start)
    return "completed" if before or _COMPLETED.match(sentence.text, figure.quantity.end, figure.right) else None


def _kind_of_list(sentence: Sentence, figure: Figure) -> str | None:
    """21家商超、36家门店全部营业: what is said behind a list is said of all of it."""
    following = sentence.figures[figure.index + 1 : figure.index + 2]
    if not following or following[0].clause != figure.clause or following[0].column != figure.column:
        return None
    other = following[0]
    item = _LIST_OF_WORKS if figure.column == "investment_cny" else _LIST_ITEM
    if item.fullmatch(sentence.text, figure.quantity.end, other.quantity.start) is None:
        return None
    said = [hit for hit in sentence.hits_between(other.quantity.end, other.right) if _may_say(sentence, hit, other)]
    return said[-1].cue.values[other.table or ""] if said else _kind_of_list(sentence, other)


def _post_kind(sentence: Sentence, figure: Figure) -> str:
    """Posts are wanted or else on offer, whatever they bring: 新增就业岗位 are offered (filing rule 7)."""
    said = find_listed_kind(sentence, figure) or _find_said_kind(sentence, figure)
    return "demanded" if said == "demanded" else "offered"


def _labor_kind(sentence: Sentence, figure: Figure) -> str | None:
    """返岗 beats 员工: return words in the clause make it returned, and so does the train that takes them back."""
    if figure.kind in ("employed", "supplied") and _rides_back(sentence, figure):
        return "returned"
    start, end = sentence.clause_span(figure.clause)
    for hit in sentence.hits_between(start, end):
        if hit.cue.values.get("labor") == "returned" or any(each.kind == "returned" for each, _ in hit.cue.before):
            return "returned"
    return figure.kind


def _rides_back(sentence: Sentence, figure: Figure) -> bool:
    """586名务工人员…，乘坐返岗专列: who else is counted in the sentence does not."""
    before, after = sentence.figures[: figure.index], sentence.figures[figure.index + 1 :]
    people = [other.quantity for other in (*before, *after) if other.quantity.kind is Kind.HEADCOUNT]
    start = max((other.end for other in people if other.end <= figure.quantity.start), default=sentence.start)
    end = min((other.start for other in people if other.start >= figure.quantity.end), default=sentence.end)
    start = max(start, sentence.text.rfind("；", start, figure.quantity.start) + 1)
    clause = sentence.clause_span(figure.clause)[0]
    if _TAKES.search(sentence.text, clause, figure.quantity.start) is None:
        start = figure.quantity.end  # 再开行返岗专列2趟，力争务工规模达到…
    elif sentence.text.startswith(("载着", "搭载", "载有"), max(clause, figure.quantity.start - 2)):
        start = sentence.text.rfind("。", 0, max(0, sentence.start - 1)) + 1  # the bus that the sentence before named
    return _RIDE_BACK.search(sentence.text, start, end) is not None


def find_predicate(sentence: Sentence, figure: Figure) -> str | None:
    """在建的86个项目已全部复工: what is said of those counted, whatever they were before."""
    for hit in sentence.hits_between(figure.quantity.end, figure.right):
        named = _THEY.search(sentence.text, figure.quantity.end, hit.start) is not None
        closes = sentence.text.startswith(("，", "。", "；"), hit.end)
        already = _ALREADY.search(sentence.text, figure.quantity.end, hit.start) or hit.cue.term.startswith("已")
        done = (named and closes) or already
        if done and _may_say(sentence, hit, figure):
            return hit.cue.values.get(figure.table or "")
    return None


def _find_said_kind(sentence: Sentence, figure: Figure) -> str | None:
    """The nearest phase or status word: of the figure's own words, then of the rest of its clause; a project's phase
    may also stand elsewhere in the sentence."""
    start, end = sentence.clause_span(figure.clause)
    stretches = [(max(start, figure.left), min(end, figure.right)), (start, figure.left)]
    if figure.table == "projects":
        low, high = _own_part(sentence, figure)
        stretches.append((figure.right, min(end, high)))
        if _OF_ALL.search(sentence.text, start, figure.quantity.start) is None:
            stretches += [(low, start), (end, high)]
    for low, high in stretches:
        hits = [hit for hit in sentence.hits_between(low, high) if _may_say(sentence, hit, figure)]
        if hits:
            return _nearest_kind(sentence, hits, figure)
    return _find_kind_of_all(sentence, figure) if figure.table == "projects" else None


def _find_kind_of_all(sentence: Sentence, figure: Figure) -> str | None:
    """集中开工的项目中，…，最大的总投资35亿元: the phase of those that the sentence is about."""
    start = sentence.part_span(figure.quantity.start)[0]
    if _SORTED.match(sentence.text, start):
        start = sentence.start
    among = _AMONG.search(sentence.text, start, figure.quantity.start)
    if among is None:
        return None
    start = sentence.clause_span(sentence.clause_at(among.start()))[0]
    hits = list(sentence.hits_between(start, among.end()))
    return next((hit.cue.values["projects"] for hit in reversed(hits) if "projects" in hit.cue.values), None)


def find_joined_kind(sentence: Sentence, figure: Figure) -> str | None:
    """The phase or status that stands before the figure, or joined to what it counts."""
    start = max(sentence.clause_span(figure.clause)[0], figure.left)
    done = sentence.text.find("已", figure.quantity.end, figure.right)
    high = done if done >= 0 else _find_own_end(sentence, figure)
    hits = [hit for hit in sentence.hits_between(start, high) if _may_say(sentence, hit, figure)]
    return _nearest_kind(sentence, hits, figure) if hits else None


def _find_own_end(sentence: Sentence, figure: Figure) -> int:
    """企业415家复工407家: the word right before the next count is of that one."""
    following = sentence.figures[figure.index + 1 : figure.index + 2]
    if not following or following[0].quantity.kind is not figure.quantity.kind or following[0].clause != figure.clause:
        return figure.right
    hits = list(sentence.hits_between(figure.quantity.end, figure.right))
    return (
        hits[-1].start
        if hits and hits[-1].end == figure.right and hits[-1].start > figure.quantity.end
        else figure.right
    )


def find_phase_before(sentence: Sentence, rules: Rules) -> str | None:
    """The last phase word of the sentence before: …工程正抓紧推进。该工程总投资…"""
    start = max(sentence.text.rfind(mark, 0, sentence.start - 1) for mark in "。！？") + 1
    hits = rules.find(sentence.text[start : sentence.start])
    return next((hit.cue.values["projects"] for hit in reversed(hits) if "projects" in hit.cue.values), None)


def _may_say(sentence: Sentence, hit: Hit, figure: Figure) -> bool:
    """Whether the term says the figure's phase or status. Who is helped stands behind 帮助 or 为, or before 获得支持;
    预计10月完工 of another clause says nothing of now."""
    value = hit.cue.values.get(figure.table or "")
    if value is None or any(indicator.column == "duration_days" for indicator, _ in hit.cue.before):
        return False  # 施工总工期
    grown_to = _STOCK.search(sentence.text, figure.left, figure.quantity.start)
    if value == "new" and (grown_to or _GROWS.match(sentence.text, figure.quantity.end)):
        return False  # 注册企业从2900家增长到15000家
    if value == "new" and hit.start >= figure.quantity.end and _SETS_UP.match(sentence.text, hit.start):
        return False
    if value == "assisted" and hit.end <= figure.quantity.start:
        return hit.cue.term not in _FOR_THEM and _OF_SERVICE.search(sentence.text, figure.left, hit.end) is None
    if value == "assisted" and hit.start >= figure.quantity.end:
        reach = _IS_PROVIDED if hit.cue.term.startswith("提供") else _IS_SERVED
        served = reach.search(sentence.text, figure.left, figure.quantity.start) is not None
        return served or hit.cue.term.startswith(_GETS_HELP)
    if _AFTERWARDS.match(sentence.text, hit.end) or sentence.text.endswith("即", sentence.start, hit.start):
        return False  # “拿地即开工”
    clause = sentence.clause_at(hit.start)
    if clause == figure.clause:
        return figure.quantity.kind is Kind.COUNT or not _is_yet_to_come(sentence, figure, hit)
    return _speaks_of_it(sentence, hit, clause)


def _is_yet_to_come(sentence: Sentence, figure: Figure, hit: Hit) -> bool:
    """投资3亿元的产业园预计年底投产 is not in production."""
    between = sentence.hits_between(figure.quantity.end, hit.start)
    return any("planned" in other.cue.marks for other in between)


def _speaks_of_it(sentence: Sentence, hit: Hit, clause: int) -> bool:
    """Whether a phase word of another clause is said of the project: …项目开工，总投资…; not 预计10月完工."""
    start, end = sentence.clause_span(clause)
    if _BY_THEN.search(sentence.text, start, hit.start):
        return False  # 9月底前全部完工
    if any(each.quantity.start == hit.end for each in sentence.figures if each.quantity.kind is Kind.COUNT):
        return False  # …，落地开工31个
    if any("planned" in other.cue.marks for other in sentence.hits_between(start, hit.start)):
        return False
    closes = (end - hit.end <= CLOSING and _has_no_subject(sentence, start, hit)) or _DONE_NOW.match(
        sentence.text, start
    ) is not None
    return closes or any("subject_project" in other.cue.marks for other in sentence.hits_between(start, end))


def _has_no_subject(sentence: Sentence, start: int, hit: Hit) -> bool:
    """农村道路、供水、供电等建设稳步推进 is said of them, and not of what the clause before was about."""
    if _SEVERAL_OTHERS.search(sentence.text, start, hit.start) is not None:
        return False
    if _SIGNED_WITH.search(sentence.text, start, hit.start) is not None:
        return True
    marks = {mark for other in sentence.hits_between(start, hit.start) for mark in other.cue.marks}
    return "subject_enterprise" not in marks or "subject_project" in marks  # …，已吸引一批企业签约


def _own_part(sentence: Sentence, figure: Figure) -> tuple[int, int]:
    """The part of the sentence between semicolons, or between the figures before and after, whichever is less."""
    position = figure.quantity.start
    start = max(sentence.start, *(sentence.text.rfind(mark, sentence.start, position) + 1 for mark in "；…"))
    end = sentence.text.find("；", position, sentence.end)
    elsewhere = _ELSEWHERE.search(sentence.text, position, sentence.end)
    if elsewhere is not None:
        end = min(end if end >= 0 else sentence.end, elsewhere.start())
    filed = [other for other in sentence.figures[: figure.index] if other.table is not None]
    if filed:
        start = max(start, filed[-1].quantity.end)
    part = sentence.text.find("其中", position, sentence.end)
    end = min((at for at in (end, part) if at >= 0), default=-1)
    following = (each for each in sentence.figures[figure.index + 1 :] if not _is_passed_over(each, figure))
    if (other := next(following, None)) is not None:  # …项目工地上，60名工人正在加紧施工
        bound = other.quantity.start if other.clause == figure.clause else sentence.clause_span(other.clause)[0]
        end = min(end if end >= 0 else sentence.end, bound)
    return start, (end if end >= 0 else sentence.end)


def _is_passed_over(other: Figure, figure: Figure) -> bool:
    """People at the site, and things of no table in the same clause: 投资5亿元建设的3条生产线投产."""
    if other.quantity.kind is Kind.HEADCOUNT:
        return True
    return other.quantity.kind is Kind.COUNT and other.table is None and other.clause == figure.clause


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
