"""Reads one date expression into days: `read_expression(family, text, issue_date) -> Reading | None`.

An expression that leaves its year out has two readings: for a figure already reached the past is preferred (an issue of
January that says 12月 means last year's), for a planned one the future. None where the days do not exist (2月30日).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from gazette.extract.periods import grammar
from gazette.extract.periods.festivals import load_festivals
from gazette.extract.periods.model import Grain, Reading
from gazette.extract.quantities.numerals import DIGITS as PRINTED_DIGITS

Days = tuple[date, date]  # first and last, inclusive
# Beyond this many days a date without a year is rather of the year before (or, planned, of the year after).
NEAR = 120
# A half-year or year of which less than this share has passed is rather that of the year before.
BEGUN = {Grain.HALF_YEAR: 1 / 3, Grain.YEAR: 1 / 6}
# So is 前N个月 with more than this many days to go.
TO_GO = 60
LEAP_GAP = 9  # years in which 29 February comes again, also over a century's end
DIGITS = {**PRINTED_DIGITS, "○": 0}  # dates print 二○二○, too
CENTURY_TURN = 30  # two-digit years up to this one are of this century
DAY_OF_THIRD = {"上": (1, 10), "中": (11, 20), "下": (21, 31)}
UNIT_MONTHS = {"月": 1, "季度": 3, "年": 12}
HALVES = {"年": (6, "月"), "月": (15, "天"), "天": (1, "天"), "周": (4, "天"), "季度": (45, "天")}
UNIT_DAYS = {"天": 1, "周": 7}
FIRST_PLAN = 2006  # 十一五: 2006 to 2010


def parse_number(text: str) -> int:
    """A printed whole number below 100, in digits or Chinese numerals; 元 is 1."""
    if text.isdecimal():
        return int(text)
    if text == "元":
        return 1
    tens, ten, units = text.rpartition("十")
    if not ten:
        return DIGITS[text]
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[units] if units else 0)


def parse_year(text: str) -> int:
    """A printed year: 2020, 二〇二〇, 08, 两千."""
    if text == "两千":
        return 2000
    number = int(text) if text.isdecimal() else int("".join(str(DIGITS[digit]) for digit in text))
    if len(text) > 2:
        return number
    return number + (2000 if number <= CENTURY_TURN else 1900)


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def shift_months(day: date, months: int) -> date:
    """The same day `months` on, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return min(date(year, month + 1, min(day.day, 28)) + timedelta(max(0, day.day - 28)), month_end(year, month + 1))


def _months(year: int, first: int, last: int) -> Days:
    return date(year, first, 1), month_end(year, last)


def _share_days(parts: dict[str, str | None], year: int, month: int | None) -> tuple[Grain, Days]:
    """Grain and days of the part of `year` that is printed; ValueError where there is no such day."""
    if quarter := parts["quarter"]:
        days = _months(year, 3 * parse_number(quarter) - 2, 3 * parse_number(quarter))
        return (Grain.DAY, (days[1], days[1])) if parts["quarter_edge"] in ("底", "末") else (Grain.QUARTER, days)
    if parts["first_quarter"]:
        return Grain.QUARTER, _months(year, 1, 3)
    if quarters := parts["quarters"]:
        return Grain.SPAN, _months(year, 1, 3 * parse_number(quarters))
    if months := parts["months"]:
        return Grain.SPAN, _months(year, 1, parse_number(months))
    if half := parts["half"]:
        return Grain.HALF_YEAR, _months(year, 1, 6) if half == "上" else _months(year, 7, 12)
    if month is None:
        return _year_days(parts["year_edge"], year)
    return _month_days(parts, year, month)


def _month_days(parts: dict[str, str | None], year: int, month: int) -> tuple[Grain, Days]:
    if day := parts["day"]:
        return Grain.DAY, (date(year, month, parse_number(day)),) * 2
    if third := parts["third"]:
        first, last = DAY_OF_THIRD[third[0]][0], DAY_OF_THIRD[third[-1]][1]
        return Grain.TEN_DAY, (
            date(year, month, first),
            min(date(year, month, 28) + timedelta(last - 28), month_end(year, month)),
        )
    if parts["month_edge"] == "初":
        return Grain.TEN_DAY, (date(year, month, 1), date(year, month, 10))
    if parts["month_edge"]:
        return Grain.DAY, (month_end(year, month),) * 2
    return Grain.MONTH, _months(year, month, month)


def _year_days(edge: str | None, year: int) -> tuple[Grain, Days]:
    if edge in ("底", "末", "终"):
        return Grain.DAY, (date(year, 12, 31),) * 2
    if edge == "初":
        return Grain.MONTH, _months(year, 1, 1)
    if edge == "中":
        return Grain.MONTH, _months(year, 6, 6)
    return Grain.YEAR, _months(year, 1, 12)


def _is_hardly_begun(grain: Grain, days: Days, issue: date) -> bool:
    if grain is Grain.SPAN:
        return (days[1] - issue).days > TO_GO
    length, passed = (days[1] - days[0]).days, (issue - days[0]).days
    return grain in BEGUN and passed < BEGUN[grain] * length


def read_in_year(build: Callable[[int], tuple[Grain, Days]], issue: date) -> Reading | None:
    """Both readings of an expression that leaves the year out; `build(year)` gives its days in a year."""
    now = _try(build, issue.year)
    past = ahead = now
    if now is None or (now[1][0] - issue).days > NEAR or _is_hardly_begun(*now, issue):
        past = _try_years(build, range(issue.year - 1, issue.year - LEAP_GAP, -1)) or now
    if now is None or (issue - now[1][1]).days > NEAR:
        ahead = _try_years(build, range(issue.year + 1, issue.year + LEAP_GAP)) or now
    past, ahead = past or ahead, ahead or past
    return Reading(past[0], *past[1], *ahead[1]) if past and ahead else None


def _try_years(build: Callable[[int], tuple[Grain, Days]], years: range) -> tuple[Grain, Days] | None:
    return next((found for year in years if (found := _try(build, year))), None)


def _try(build: Callable[[int], tuple[Grain, Days]], year: int) -> tuple[Grain, Days] | None:
    try:
        return build(year)
    except ValueError:
        return None


def _firm(grain: Grain, first: date, last: date) -> Reading:
    return Reading(grain, first, last, first, last)


def _find_year(parts: dict[str, str | None], issue: date) -> int | None:
    if word := parts["year_word"]:
        return issue.year + grammar.WORDS.year[word]
    return parse_year(year) if (year := parts["year"]) else None


def _read_calendar(text: str, issue: date) -> Reading | None:
    match = grammar.CALENDAR_PARTS.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    if word := parts["month_word"]:
        day = shift_months(issue.replace(day=1), grammar.WORDS.month[word])
        return _firm(*_flat(_share_days(parts, day.year, day.month)))
    month = parse_number(number) if (number := parts["month"]) else None
    year = _find_year(parts, issue)
    try:
        if year is not None:
            return _firm(*_flat(_share_days(parts, year, month)))
    except ValueError:
        return None
    if parts["year_edge"] in ("初", "内", "以内"):
        return _firm(*_flat(_year_days(parts["year_edge"], issue.year)))
    return read_in_year(lambda each: _share_days(parts, each, month), issue)


def _flat(found: tuple[Grain, Days]) -> tuple[Grain, date, date]:
    return found[0], *found[1]


def _read_day_alone(text: str, issue: date) -> Reading | None:
    match = grammar.DAY_PARTS.fullmatch(text)
    number = parse_number(match["day_alone"]) if match else 0
    days = [day for back in (0, -1, -2, 1, 2) if (day := _day_of_month(issue, back, number))]
    if not days:
        return None
    past = next((day for day in days if day <= issue), days[0])
    ahead = next((day for day in sorted(days) if day >= issue), days[0])
    # A day just passed is meant itself, also by a plan: 20日签约 in an issue of the 21st.
    return Reading(Grain.DAY, past, past, *((past, past) if (issue - past).days <= 10 else (ahead, ahead)))


def _day_of_month(issue: date, months: int, number: int) -> date | None:
    first = shift_months(issue.replace(day=1), months)
    try:
        return first.replace(day=number)
    except ValueError:
        return None


def _read_range(text: str, issue: date) -> Reading | None:
    """A range of two calendar expressions; what one end leaves out the other tells (1—9月, 3月18日至20日)."""
    match = next((each for each in grammar.BETWEEN.finditer(text) if each.start() > 0), None)
    if match is None:
        return None
    left, right = text[: match.start()], text[match.end() :]
    unit = re.search(r"(年|月|季度|日|号)(?=份?[底末初]?$)", right)
    if unit and not re.search(r"[年月日号度旬底末初半]份?$", left):
        left += unit[1]
    return _join_ends(left, right, issue)


def _join_ends(left: str, right: str, issue: date) -> Reading | None:
    if grammar.DAY_PARTS.fullmatch(left) and grammar.DAY_PARTS.fullmatch(right):
        end = _read_day_alone(right, issue)
        number = parse_number(left.rstrip("日号 "))
        return end and _firm(Grain.SPAN, end.last - timedelta(max(0, end.last.day - number)), end.last)
    end = _read_right(left, right, issue)
    start = _read_calendar(left, issue)
    if start is None or end is None:
        return None
    if start.first > end.last:
        year_before = start.first.replace(year=end.last.year, day=min(start.first.day, 28))
        start = _firm(start.grain, *(2 * (year_before.replace(day=1) if start.grain is Grain.MONTH else year_before,)))
    if start.first > end.last:
        first = start.first
        start = _firm(start.grain, first.replace(year=first.year - 1), first.replace(year=first.year - 1))
    next_first = min(start.next_first, end.next_last)
    return Reading(Grain.SPAN, start.first, end.last, next_first, end.next_last)


def _read_right(left: str, right: str, issue: date) -> Reading | None:
    """The right end, with the year and month that only the left end prints."""
    head = grammar.CALENDAR_PARTS.fullmatch(left)
    parts = head.groupdict() if head else {}
    year = (parts.get("year") and f"{parts['year']}年") or parts.get("year_word") or ""
    if grammar.DAY_PARTS.fullmatch(right):
        month = (parts.get("month") and f"{parts['month']}月") or parts.get("month_word") or ""
        return _read_calendar(year + month + right, issue) if month else _read_day_alone(right, issue)
    tail = grammar.CALENDAR_PARTS.fullmatch(right)
    own = tail and (tail["year"] or tail["year_word"])
    return _read_calendar(right if own else year + right, issue)


def _read_chinese_day(text: str, issue: date) -> Reading | None:
    return _read_calendar(text.strip() + "日", issue)


def _read_offset(text: str, issue: date) -> Reading:
    first, last = grammar.WORDS.day[text]
    grain = Grain.DAY if first == last else Grain.SPAN
    return _firm(grain, issue + timedelta(first), issue + timedelta(last))


def _read_point(_: str, issue: date) -> Reading:
    return _firm(Grain.POINT, issue, issue)


def _shift(issue: date, number: int, unit: str) -> date:
    if unit in UNIT_MONTHS:
        return shift_months(issue, number * UNIT_MONTHS[unit])
    return issue + timedelta(number * UNIT_DAYS[unit])


def _read_length(text: str) -> tuple[int, str]:
    match = grammar.compile_span_parts().search(text)
    if match is None:
        raise ValueError(f"no length of time in {text!r}")
    if match["number"] == "半":
        return HALVES[match["unit"]]
    return parse_number(match["number"]), match["unit"]


def _read_ahead(text: str, issue: date) -> Reading:
    return _firm(Grain.SPAN, issue, _shift(issue, *_read_length(text)))


def _read_back(text: str, issue: date) -> Reading:
    number, unit = _read_length(text)
    return _firm(Grain.SPAN, _shift(issue, -number, unit), issue)


def _read_plan(text: str, _: date) -> Reading:
    number = re.search("十([一二三四五六七]?)五", text)
    ordinal = DIGITS[number[1]] if number and number[1] else 0
    first = FIRST_PLAN + 5 * (ordinal - 1)
    if text.endswith(("末", "收官")):
        return _firm(Grain.DAY, date(first + 4, 12, 31), date(first + 4, 12, 31))
    return _firm(Grain.SPAN, date(first, 1, 1), date(first + 4, 12, 31))


def _read_festival(text: str, issue: date) -> Reading | None:
    match = grammar.compile_festival_parts().fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    festival = load_festivals()[parts["word"] or ""]

    def build(year: int) -> tuple[Grain, Days]:
        day, holiday = festival.find_day(year), festival.find_holiday(year)
        if day is None or holiday is None:
            raise ValueError(f"no {text} in {year}")
        if parts["edge"] == "前后" and holiday[0] > issue:
            raise ValueError(f"{text} is still to come")
        if parts["edge"] == "前":
            eve = (holiday[0] if parts["holiday"] else day) - timedelta(1)
            return Grain.DAY, (eve, eve)
        if parts["edge"]:  # 春节过后: a day not told, up to the issue date
            day = max(issue, holiday[1] + timedelta(1))
            return (Grain.POINT, (issue, issue)) if holiday[1] < issue else (Grain.DAY, (day, day))
        return Grain.SPAN, holiday

    year = _find_year(parts, issue)
    if year is None:
        return read_in_year(build, issue)
    found = _try(build, year)
    return found and _firm(*_flat(found))


def _read_lunar_day(text: str, issue: date) -> Reading | None:
    """A day of the first lunar month (初八 is the eighth), or the eve before it."""
    number = 0 if text == "除夕" else parse_number(text[2:].lstrip("初"))

    def build(year: int) -> tuple[Grain, Days]:
        day = load_festivals()["春节"].find_day(year)
        if day is None:
            raise ValueError(f"no {text} in {year}")
        return Grain.DAY, (day + timedelta(number - 1),) * 2

    return read_in_year(build, issue)


def _read_week(text: str, issue: date) -> Reading | None:
    match = grammar.WEEK_PARTS.fullmatch(text)
    if match is None:
        return None
    monday = issue + timedelta(7 * grammar.WORDS.week[match["word"]] - issue.weekday())
    if match["weekday"] is None:
        return _firm(Grain.SPAN, monday, monday + timedelta(6))
    number = 6 if match["weekday"] in "日天末" else DIGITS[match["weekday"]] - 1
    return _firm(Grain.DAY, monday + timedelta(number), monday + timedelta(number))


def _read_calendar_family(text: str, issue: date) -> Reading | None:
    return _read_calendar(text, issue) or _read_range(text, issue)


_READERS: dict[str, Callable[[str, date], Reading | None]] = {
    "day": _read_offset,
    "now": _read_point,
    "recent": _read_point,
    "since": _read_point,
    "calendar": _read_calendar_family,
    "bare_range": _read_range,
    "chinese_day": _read_chinese_day,
    "day_alone": _read_day_alone,
    "ahead": _read_ahead,
    "within": _read_ahead,
    "back": _read_back,
    "lasting": _read_back,
    "plan": _read_plan,
    "festival": _read_festival,
    "lunar_day": _read_lunar_day,
    "week": _read_week,
}


@lru_cache(maxsize=1024)
def read_expression(family: str, text: str, issue_date: date) -> Reading | None:
    """The days of one expression of a family of `grammar.find_expressions`, seen from the issue date."""
    try:
        return _READERS[family](text, issue_date)
    except (ValueError, OverflowError):
        return None
