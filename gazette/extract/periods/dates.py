"""Finds the date expressions of one block of cleaned text, and tells what each is there for.

`find_dates(text, issue_date)` gives `DateSpan`s in text order, not overlapping. Days come from `readings`; the role
(截至, 以来, 公布, 比…) is read from the words next to the date, by the lists of words.toml.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from gazette.extract.periods.grammar import UP_TO_NOW, WORDS, YEAR_NUMBER, any_of, find_expressions
from gazette.extract.periods.model import DateRole, DateSpan, Grain, Reading
from gazette.extract.periods.readings import read_expression, shift_months

_ROLE = WORDS.role
REACH = 60  # code points to the right in which the words that tell the role may stand
NEAR_LEFT = 14
WHOLE_YEAR = "全年"
_NAMED_YEAR = re.compile(rf"{YEAR_NUMBER}\s?年|{any_of(WORDS.year)}")
_YEARS_END = re.compile(r"岁[末尾]|将至|之际|在即|临近")  # 年终岁末，…: the season, no day that is planned for
_BUDGET_BEFORE = re.compile(r"(?:下达|安排|预拨|拨付|下拨)了?$")  # 提前下达2027年补助资金: the year is of the budget
_AFTER_PARENTHESIS = r"[）)]?(?:[（(][^）)]{0,14}[）)])?(?:上午|下午|晚间|晚上|晚|凌晨|中午)?"
_COMPARED_BEFORE = re.compile(rf"(?<!占)(?<!对){any_of(_ROLE.compared_before)}(?:了|到|至)?$")
_COMPARED_AFTER = re.compile(
    rf"(?:全年|全年度|整年)?(?:{any_of(_ROLE.compared_after)}|的?\d+(?:\.\d+)?(?:倍|成)|[一两二三四五六七八九十]倍|(?:以来)?的?(?:新高|新低|最[高低大小快慢好强多少佳]))"
)
_SINCE = re.compile(rf"[^，。；：！？,;:!?]{{0,24}}?{UP_TO_NOW}")
_FROM_BEFORE = re.compile(r"(?:自|从|由)$")
_FROM_AFTER = re.compile(r"(?:起(?![来步点草诉伏家码源义价])|开始)")
_UNTIL_BEFORE = re.compile(rf"(?:{any_of(_ROLE.until)}(?:北京时间|当地时间)?)$")
_UNTIL_AFTER = re.compile(r"(?:为止|止(?!跌))")
_TO_BEFORE = re.compile(r"(?:到|至)$")
_BEFORE_AFTER = re.compile(r"(?:之前|以前|前(?![一二两三四五六七八九十几\d列后往来去进述夕]))")
_PLANNED_BEFORE = re.compile(rf"{any_of(_ROLE.planning)}[^，。；,;]{{0,8}}$")
_PLANNED_AFTER = re.compile(rf"[^，。；,;]{{0,4}}?{any_of(_ROLE.planning)}")
_DATELINE_AFTER = re.compile(rf"{any_of(_ROLE.dateline)}(?![力影子器网站商动池脑缆信])")
_EVENT_NAME = re.compile(  # 三季度重大项目观摩活动 is held another day
    r"(?:全市|全县|全区|第[一二三四]批|首批|首轮|重大|重点|招商|项目|产业|集中|经济)[^，。；：、\d]{0,14}?"
    r"(?:仪式|观摩|推进会|调度会|签约会|拉练|动员会|形势分析会|“云签约”)|第[一二三四五六七八九十\d]{1,4}届"
)
_EXCEPT, _LEFT_OUT = (
    re.compile(r"除[^，。；]*$"),
    re.compile(r"[^，。；]*外，(?:其余|其他|剩余)"),
)  # 除2个4月开工外，其余…
_MADE_KNOWN = re.compile(
    rf"{_AFTER_PARENTHESIS}[，,]?(?:(?!{any_of(_ROLE.not_publication)})[^，。；,;])*?(?!{any_of(_ROLE.not_publication)}){any_of(_ROLE.publication)}"
)
_FOUNDED_BEFORE = re.compile(rf"(?<![关对由属位至处鉴用等])(?:{any_of(_ROLE.founded_before)})$")
_FOUNDED_AFTER = re.compile(rf"{any_of(_ROLE.founded_after)}|[^，。；,;]{{0,6}}?{any_of(_ROLE.begun_after)}的")
_CHANGE_AFTER = re.compile(rf"[^，。；,;]{{0,20}}?[，,]?[^，。；,;]{{0,4}}?{any_of(_ROLE.changed_after)}")
_NAME = re.compile(r"《[^《》]{2,60}》|“[^“”，。；：！？,;:!?]{2,16}”")
_FOUNDED_AGE = 120  # days: 于3月20日签约 in an issue of that month is the day of the event itself
_WORD_ROLES = {
    "now": DateRole.NOW,
    "recent": DateRole.RECENT,
    "since": DateRole.SINCE,
    "lasting": DateRole.SINCE,
    "within": DateRole.DEADLINE,
}


def find_dates(text: str, issue_date: date) -> list[DateSpan]:
    """All date expressions of `text` (one block, no line feeds), seen from the issue date, in order."""
    found: list[DateSpan] = []
    names = [match.span() for match in _NAME.finditer(text)]
    done = 0
    for family, start, end in find_expressions(text):
        if start < done:
            continue
        reading = read_expression(family, text[start:end], issue_date)
        if reading is None:
            continue
        if family == "day_alone" and found:
            reading = _follow_day(text, found[-1], start, reading)
        if text[start:end] == WHOLE_YEAR and found:
            reading = _follow_year(text, found, start, reading)
        span = _build_span(text, start, end, family, reading, issue_date)
        done = span.end
        if any(low < start and span.end < high for low, high in names):
            span = span._replace(role=DateRole.NAME)
        found.append(span)
    return found


def _follow_day(text: str, before: DateSpan, start: int, reading: Reading) -> Reading:
    """A bare day is of the month of the day before it in the sentence: 5月6日、7日."""
    if before.grain is not Grain.DAY or "。" in text[before.end : start] or before.last.day >= reading.last.day:
        return reading
    number = reading.last.day
    if number > monthrange(before.last.year, before.last.month)[1]:
        return reading
    day = before.last.replace(day=number)
    return Reading(Grain.DAY, day, day, day, day)


def _follow_year(text: str, found: list[DateSpan], start: int, reading: Reading) -> Reading:
    """全年 alone is of the year last named in the sentence: 明年将…，力争全年…."""
    for before in reversed(found):
        if "。" in text[before.end : start]:
            break
        if _NAMED_YEAR.match(text, before.start, before.end) and before.role is not DateRole.COMPARISON:
            year = before.next_last.year
            first, last = date(year, 1, 1), date(year, 12, 31)
            return Reading(Grain.YEAR, first, last, first, last)
    return reading


def _build_span(text: str, start: int, end: int, family: str, reading: Reading, issue: date) -> DateSpan:
    left = text[max(0, start - NEAR_LEFT) : start]
    right = text[end : end + REACH]
    role = _find_role(left, right, family, reading, issue)
    first: date | None = reading.first
    last, next_last = reading.last, reading.next_last
    if role is DateRole.SINCE:
        if reading.first > issue and "年" not in text[start:end]:  # 12月以来, in November
            first = shift_months(reading.first, -12)
        if family == "since":
            first = None
        elif match := _SINCE.match(right):
            end += match.end()
        last = next_last = issue
    by_then = role is DateRole.DEADLINE and (_BEFORE_AFTER.match(right) or _TO_BEFORE.search(left))
    next_first = None if by_then else reading.next_first
    return DateSpan(start, end, reading.grain, role, first, last, next_first, next_last)


def _find_role(left: str, right: str, family: str, reading: Reading, issue: date) -> DateRole:
    if _COMPARED_AFTER.match(right) or _COMPARED_BEFORE.search(left):
        return DateRole.COMPARISON
    if reading.grain not in (Grain.DAY, Grain.POINT) and _EVENT_NAME.match(right):
        return DateRole.NAME
    if _EXCEPT.search(left) and _LEFT_OUT.match(right):
        return DateRole.ASIDE
    if family != "day" and family in _WORD_ROLES:
        role = _WORD_ROLES[family]
        return DateRole.PUBLICATION if role is DateRole.RECENT and _MADE_KNOWN.match(right) else role
    if _SINCE.match(right):
        return DateRole.SINCE
    if _FROM_BEFORE.search(left) and _CHANGE_AFTER.match(right):
        return DateRole.ASIDE
    if _FROM_AFTER.match(right):
        is_past = reading.first <= issue and not _is_planned(left, reading, issue)
        return DateRole.SINCE if is_past else DateRole.DEADLINE
    if _UNTIL_BEFORE.search(left) or _UNTIL_AFTER.match(right):
        return DateRole.UNTIL
    return _find_day_role(left, right, reading, issue)


def _find_day_role(left: str, right: str, reading: Reading, issue: date) -> DateRole:
    ahead = reading.next_last > issue
    if reading.grain is Grain.DAY and (_DATELINE_AFTER.match(right) or _MADE_KNOWN.match(right)):
        return DateRole.PUBLICATION
    if reading.first > issue and _YEARS_END.match(right):
        return DateRole.NAME
    if reading.first > issue:
        return DateRole.NAME if _BUDGET_BEFORE.search(left) else DateRole.DEADLINE
    if ahead and (
        _BEFORE_AFTER.match(right)
        or _PLANNED_BEFORE.search(left)
        or _PLANNED_AFTER.match(right)
        or _TO_BEFORE.search(left)
    ):
        return DateRole.DEADLINE
    if _BEFORE_AFTER.match(right) or _TO_BEFORE.search(left):
        return DateRole.UNTIL
    if _is_founding(left, right, reading, issue):
        return DateRole.ASIDE
    return DateRole.PLAIN


def _is_planned(left: str, reading: Reading, issue: date) -> bool:
    return reading.next_last > issue and _PLANNED_BEFORE.search(left) is not None


def _is_founding(left: str, right: str, reading: Reading, issue: date) -> bool:
    if (issue - reading.last).days < _FOUNDED_AGE:
        return False
    return bool(_FOUNDED_BEFORE.search(left) or _FOUNDED_AFTER.match(right))
