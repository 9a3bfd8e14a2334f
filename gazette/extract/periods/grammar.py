"""The grammar of printed dates, as regular expressions.

Gives `find_expressions`, which finds every date expression and names its family, and the patterns with named parts by
which one expression is read. Words come from words.toml and festivals.toml; only what
is composed of numbers (3月17日, 前三季度, 1—9月) is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from gazette.extract.periods.festivals import load_festivals
from gazette.extract.periods.words import load_words

WORDS = load_words()


def any_of(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))) + ")"


NUMBER = r"(?:\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
FEW = r"(?:\d{1,2}|[二三四五]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
BY = r"\s?(?:至|到|[-—–－~～]{1,2})\s?"
MONTH = rf"(?:{NUMBER}|元)\s?月"
YEAR_WORD = rf"(?!(?<=[产成工用营运车效付达])后年){any_of(WORDS.year)}"  # 投产后年产值 is no 后年
YEAR_NUMBER = (
    r"(?:(?<![\d.])[12]\d{3}|[一二][零〇○一二三四五六七八九]{3}|零[一二三四五六七八九]|(?<!\d)0\d"
    rf"|两千(?=\s?年\s?{MONTH})|(?<!\d)\d\d(?=\s?年\s?{MONTH}\s?{NUMBER}\s?[日号]))"
)
YEAR = rf"(?:(?P<year>{YEAR_NUMBER})\s?年度?(?!代)|(?P<year_word>{YEAR_WORD}))"
MONTH_WORD = any_of(WORDS.month)
# 截至今年 ends on no 至今. 以来新高 compares.
UP_TO_NOW = r"(?:以来(?!的?(?:最|新高|新低|首|同期))|[至迄]今(?![年天日晨早晚]))"
NO_DAY_AFTER = r"(?!夜(?!间)|报(?!道)|[内均元产本用游常益后间程处加楼线门院厂店房站台车井矿机])"
SHARE = (
    rf"(?:(?:(?P<month>{NUMBER}|元)\s?月(?![龄内])|(?P<month_word>{MONTH_WORD}))"
    rf"(?:\s?(?P<day>{NUMBER})\s?[日号]|份?(?P<third>[上中下]{{1,2}})旬|份?(?P<month_edge>[底末初])|份)?"
    r"|第?(?P<quarter>[一二三四1-4])季度(?P<quarter_edge>[底末初])?|(?P<first_quarter>首季度?)"
    rf"|前(?P<quarters>[一二两三1-3])个?季度|[前头](?P<months>{FEW})个月|(?P<half>[上下])半年)"
)
YEAR_EDGE = r"(?:年?(?P<year_edge>[底末初]|中(?![央国共心小方西东医学期级部华等])|以?内|终)|全年|年全年)"
BARE_YEAR = r"(?<![一二三四五六七八九十几两数多每近余\d来同历当半])(?:年(?:[底末初终]|以?内(?!部))|全年(?![龄级]))"
DAY_ALONE = rf"(?P<day_alone>{NUMBER})\s?[日号]"


def unnamed(pattern: str) -> str:
    """The pattern without the names of its groups, so that it can stand more than once."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


_CALENDAR = re.compile(unnamed(rf"{YEAR}(?:\s?的?\s?{SHARE}|{YEAR_EDGE})?|{SHARE}|{BARE_YEAR}"))
_BARE_RANGE = (
    rf"(?:{unnamed(YEAR)})?\s?(?:(?<![\d.第约近超]){NUMBER}{BY}{NUMBER}\s?月(?:份|[底末初])?(?!龄)|[一1]{BY}[二三23]季度)"
    rf"|(?<![\d.])[12]\d{{3}}{BY}[12]\d{{3}}\s?年|(?<![\d.]){NUMBER}\s?[日]?{BY}{NUMBER}日{NO_DAY_AFTER}"
)
_CHINESE_DAY = r"[一二三四五六七八九十]{1,2}月(?:二?十[一二三四五六七八九]?|三十一?)(?=[，。、；,;\s]|$)"
# The first month of the lunar year, by which work stops and starts again: 正月初八, 大年初七, 除夕.
_LUNAR_DAY = r"(?:正月|大年)(?:初[一二三四五六七八九十]|二?十[一二三四五六七八九]?)|除夕"
_HOLIDAY = "(?:假日|假期|黄金周)"
_FESTIVAL_EDGE = r"(?:前后|前|后|刚过|过后|一过|刚?刚?结束后?)"
_FESTIVAL = any_of(load_festivals())
_BEFORE_CALENDAR = {
    "day": any_of(WORDS.day),
    "now": rf"(?<![项题栏科曲剧节数账书实呈展体兑])(?:{any_of(WORDS.now)})",
    "recent": any_of(WORDS.recent),
    "festival": rf"(?<![“‘《二三四])(?<!前的)(?:{unnamed(YEAR)}的?)?{_FESTIVAL}{_HOLIDAY}?(?:期间)?{_FESTIVAL_EDGE}?",
    "bare_range": _BARE_RANGE,
    "chinese_day": rf"(?:{unnamed(YEAR)})?{_CHINESE_DAY}",
}
_AFTER_CALENDAR = {
    "day_alone": rf"(?<![\d近续期第过每约—月.])(?:[12]\d|3[01]|0?[1-9])日{NO_DAY_AFTER}",
    "ahead": rf"(?:未来|今后|接下来|往后)的?{FEW}(?:{BY}{FEW})?(?:个月|个季度|年|天|周)",
    "within": rf"(?<![\d.第]){FEW}(?:{BY}{FEW})?(?:个月|年|天|周)(?:之内|以内|内)(?![外部需陆])",
    "back": rf"(?:过去|[最]?近|刚刚过去的)的?{FEW}(?:个月|个多月|多?年|多?天|周)(?:以?来|间|里)?",
    "lasting": rf"(?<![\d.第])(?:{FEW}(?:余|多)?|半)个?多?(?:月|年|天|周)半?多?(?:以来|来)(?![自到])",
    "plan": r"[“\"]?十[一二三四五六七]?五[”\"]?(?:规划)?(?:时期|期间|期末|末|收官|(?=以来))",
    "lunar_day": _LUNAR_DAY,
    "week": rf"{any_of(WORDS.week)}(?:[一二三四五六日天末](?!期))?",
    "since": UP_TO_NOW,
}


def _open_words(words: Iterable[str]) -> str:
    """A pattern of how the words begin: their first two characters, first characters with one second put together."""
    seconds: dict[str, set[str]] = {}
    for word in words:
        seconds.setdefault(word[0], set()).add(word[1])
    return "|".join(f"{first}[{''.join(sorted(rest))}]" for first, rest in sorted(seconds.items()))


_LISTED = [*WORDS.day, *WORDS.now, *WORDS.recent, *WORDS.year, *WORDS.month, *WORDS.week, *load_festivals()]
# How an expression can begin: a cheap test before the families are tried, for most of a text is no date.
_OPENINGS = (
    r"(?<!\d)\d{1,4}\s?[年月日号天周个季至到余多—\-–－~～]",
    r"[零一二三四五六七八九十两元][月十零〇○一二三四五六七八九年天周日号季个至到多余千—]",
    r"第[一二三四\d]季|首季|[前头][一二两三四五六七八九十\d]|[上下]半|全年|岁末|年[底末初终内以]",
    r"过去|未来|今后|接下|往后|刚刚|最?近[一二两三四五六七八九十\d]|半[个年天月]|正月|大年|除夕|以来|至今|迄今|[“\"]十",
    _open_words(_LISTED),
)
_FIRST = "".join(
    sorted(
        {word[0] for word in _LISTED}
        | set("零一二三四五六七八九十两元第首前头上下全岁年过未今接往刚最近以至迄半正大除“")
    )
)
_OPENING = re.compile(rf"(?=[\d\"{_FIRST}])(?={'|'.join(_OPENINGS)})")


def _join_families(families: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{body})" for name, body in families.items()))


_EARLY, _LATE = _join_families(_BEFORE_CALENDAR), _join_families(_AFTER_CALENDAR)
CALENDAR_PARTS = re.compile(rf"(?:{YEAR}\s?的?\s?)?(?:{SHARE}|{YEAR_EDGE})?")
DAY_PARTS = re.compile(DAY_ALONE)
BETWEEN = re.compile(BY)
WEEK_PARTS = re.compile(rf"(?P<word>{any_of(WORDS.week)})(?P<weekday>[一二三四五六日天末])?")


@cache
def compile_span_parts() -> re.Pattern[str]:
    """Number and unit of a span of time; compiled when the first one is read, as many texts have none."""
    return re.compile(rf"(?:{FEW}{BY})?(?P<number>{FEW}|半)(?:余|多)?个?多?(?P<unit>月|季度|年|天|周)")


@cache
def compile_festival_parts() -> re.Pattern[str]:
    """Year, word, holiday and edge of a festival."""
    parts = rf"(?P<word>{_FESTIVAL})(?P<holiday>{_HOLIDAY})?(?P<during>期间)?(?P<edge>{_FESTIVAL_EDGE})?"
    return re.compile(rf"(?:{YEAR}的?)?{parts}")


def find_expressions(text: str) -> Iterator[tuple[str, int, int]]:
    """The date expressions of `text` in order, none within another: family, start, end."""
    search, early, calendar, late = _OPENING.search, _EARLY.match, _CALENDAR.match, _LATE.match
    at = 0
    while opening := search(text, at):
        start = opening.start()
        if match := early(text, start):
            at = match.end()
            yield match.lastgroup or "", start, at
        elif match := calendar(text, start):
            at = _find_range_end(text, match.end())
            yield "calendar", start, at
        elif match := late(text, start):
            at = match.end()
            yield match.lastgroup or "", start, at
        else:
            at = start + 1


def _find_range_end(text: str, end: int) -> int:
    """Where the range ends of which the expression that ends at `end` is the first half; `end` where it is none."""
    joint = BETWEEN.match(text, end)
    second = joint and (_CALENDAR.match(text, joint.end()) or DAY_PARTS.match(text, joint.end()))
    return second.end() if second else end
