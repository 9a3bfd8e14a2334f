"""What stands around a figure: approximators before it, quotes and titles, the counted noun, idioms and names."""

from __future__ import annotations

import re
from functools import cache

from gazette.extract.model import Kind, Qualifier
from gazette.extract.quantities.lexicon import (
    Before,
    Noun,
    load_before,
    load_exceptions,
    load_nouns,
)
from gazette.extract.quantities.reading import Reading
from gazette.extract.quantities.spellings import Spellings

Span = tuple[int, int]  # of a word: start, end

_OPENING = {"“": "”", "‘": "’", "「": "」", "『": "』"}
_QUOTE_ENDS = frozenset("”’」』，。；！？：")
_QUOTE_REACH = 12
_QUOTE_LENGTH = 18
_TITLE_REACH = 60
_LISTED = re.compile("、[^，。；）]+$")
_SIZE_CLASS = re.compile("级.{0,8}?(?:产业|集群|市场|企业|园区|城市|赛道|基地|项目|规模|俱乐部|支柱)")
_NOUN_AFTER = 16
_NOUN_BEFORE = 14
_COMPOUND_REACH = 10
_PERSON_ENDS = re.compile("$|[，。；、：！？）（”在的和与被及将参报上去来已都也进入返就得有从到需因]")
_FIELDS = frozenset({"领域", "方面", "类别"})  # 5个重点领域项目 are five fields
_OWNERS = frozenset({"enterprise", "institution", "place", "person", "household"})
_MODIFIER = re.compile("[^了在与和被将已获开签实推为对向让]*")  # no verb or link inside a compound
_STOP = re.compile(r"[，。；、：！？（）()“”《》\s0-9,;:]")
_LINKS = re.compile(
    "(?:已有|已|达到|达|共有|共计|共|为|有|超过|累计|总数|数量|总量|数|各类|合计|分别|近|约|超|是|接近|仅|增至|增加|新增"
    "|到|突破|多达|至|了)*"
)


@cache
def _before_words() -> dict[str, Before]:
    return {before.text: before for before in load_before()}


@cache
def before_ends() -> frozenset[str]:
    """The last characters of all approximators before a number: a quick test."""
    return frozenset(text[-1] for text in _before_words())


@cache
def _longest_before() -> int:
    return max(map(len, _before_words()))


def find_before(text: str, start: int, floor: int, round_figure: bool) -> tuple[int, Qualifier] | None:
    """The longest approximator that ends at `start`: its start and qualifier."""
    words = _before_words()
    for length in range(min(_longest_before(), start - floor), 0, -1):
        word = words.get(text[start - length : start])
        if word is None or (word.round_only and not round_figure):
            continue
        at = start - length
        if at and text[at - 1] in word.not_after:
            continue
        return at, word.qualifier
    return None


_SHARE = re.compile(r"(约|大约|近|超|超过|接近|将近|逾|不足|不到)占[^，。；：、！？0-9]{0,16}$")


def find_share_before(text: str, start: int) -> Qualifier | None:
    """约占总数的74%: the approximator of a share, apart from its figure."""
    match = _SHARE.search(text, max(0, start - 20), start)
    return _before_words()[match[1]].qualifier if match else None


def in_title(text: str, start: int) -> bool:
    """Whether the figure at `start` stands in a title, 《…》."""
    opening = text.rfind("《", max(0, start - _TITLE_REACH), start)
    return opening >= 0 and text.find("》", opening, start) < 0


def is_in_name(text: str, start: int, reading: Reading) -> bool:
    """A figure with a unit that is part of a name: 直-8L, 2025高校成果交易会, 2.2本项目."""
    unit = reading.unit
    if unit is None:
        return False
    if unit.text.isascii() and start > 1 and text[start - 1] == "-":
        return text[start - 2].isalnum()
    if not unit.digits_only or reading.chinese or unit.kind is not Kind.COUNT:
        return False
    number = reading.number
    return ("." in number and number[-1].isdigit()) or (
        len(number) == 4 and number.isdigit() and "1900" < number < "2099" and number != "2000"
    )


def is_quoted(text: str, start: int, chinese: bool) -> bool:
    """Whether the figure at `start` belongs to a short quoted pattern: “六个一批”, “20条”."""
    for at in range(start - 1, max(-1, start - _QUOTE_REACH - 1), -1):
        char = text[at]
        if char in _OPENING:
            close = text.find(_OPENING[char], start, start + _QUOTE_LENGTH)
            named = text[close - 1] in "条招"  # “惠企12条” is a name as much as “20条”
            return close > 0 and (at == start - 1 or chinese or named or "+" in text[at:close])
        if char in _QUOTE_ENDS:
            return False
    return False


def is_joined(text: str, start: int, end: int) -> bool:
    """A member of a pattern such as 6+2."""
    return (start > 0 and text[start - 1] in "+＋") or (end < len(text) and text[end] in "+＋")


def is_bare_label(text: str, start: int, end: int, reading: Reading) -> bool:
    """A number without unit that is part of a name (5G, N31-1, C919, 2025) and not a value (指数为89.8)."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if (
        (before.isascii() and before.isalpha())
        or (after.isascii() and after.isalpha())
        or before == "-"
        or after in "-/"
    ):
        return True
    number = reading.number
    if not number.isdigit():
        return number.strip("0123456789.,") == "" and "\u4e00" <= after <= "\u9fff" and "." not in number
    if reading.qualifier is not Qualifier.EXACT:
        return False
    if len(number) > 7 or (len(number) == 4 and "1500" <= number <= "2199"):
        return True
    return not text.endswith(load_exceptions().value_before, 0, start) or "\u4e00" <= after <= "\u9fff"


def is_size_class(text: str, end: int, number: str) -> bool:
    """万亿级产业, 千亿级集群: a size in money, printed without 元."""
    return text.startswith("级", end) and (number[-1] == "亿" or _SIZE_CLASS.match(text, end) is not None)


def is_after_list(text: str, start: int) -> bool:
    """江西、湖南等四省: a number in words before a noun counts what was listed."""
    return text.startswith("等", start - 1) or _LISTED.search(text, max(0, start - 7), start) is not None


def is_round_the_clock(text: str, start: int, end: int, reading: Reading) -> bool:
    """24小时 that means all day long, not a span of hours."""
    if reading.number != "24" or reading.qualifier is not Qualifier.EXACT or end == len(text):
        return False
    clock = load_exceptions().clock
    return not (text.endswith(clock.before, 0, start) or text.startswith(clock.after, end))


@cache
def _all_nouns() -> Spellings:
    return Spellings(tuple(load_nouns()))


@cache
def _long_nouns() -> Spellings:
    return Spellings(noun for noun in load_nouns() if len(noun) > 1)


def find_noun(text: str, start: int, end: int, units: frozenset[str]) -> Noun | None:
    """The noun of one of `units` that is counted: the first one after the figure, else the one that ends before it."""
    noun = _noun_after(text, end, units)
    if noun is not None:
        return noun
    noun = _noun_before(text, start)
    if noun is None or noun.unit not in units:
        return None
    # 公司有两批货款: with a classifier of any thing, the noun before 有 is no more than the owner.
    owner = noun.unit in _OWNERS and "project" in units and start > 0 and text[start - 1] == "有"
    return None if owner else noun


def _noun_after(text: str, end: int, units: frozenset[str]) -> Noun | None:
    stop = _STOP.search(text, end, end + _NOUN_AFTER)
    limit = stop.start() if stop else min(len(text), end + _NOUN_AFTER)
    nouns = load_nouns()
    noun_end = _all_nouns().find_end(text, end, limit)
    span = (end, noun_end) if noun_end and _counts(text, (end, noun_end), units) else None
    span = span or _next_noun(text, end, limit, units)
    if span is None:
        return None
    noun = nouns[text[span[0] : span[1]]]
    following = _next_noun(text, span[1], min(limit, span[1] + _COMPOUND_REACH), units)
    if following is None:
        return noun
    head = nouns[text[following[0] : following[1]]]
    # 社区市场主体 counts communities; a project keeps its name whatever stands before it (国家示范工程).
    joined = following[0] == span[1] and noun.unit != "place"
    owned = head.unit == "project" and _MODIFIER.fullmatch(text, span[1], following[0]) and noun.text not in _FIELDS
    return head if joined or owned else noun


def _next_noun(text: str, start: int, limit: int, units: frozenset[str]) -> Span | None:
    """The next noun that can be counted in one of `units`."""
    while span := _long_nouns().find_next(text, start, limit):
        if _counts(text, span, units):
            return span
        start = span[1]
    return None


def _counts(text: str, span: Span, units: frozenset[str]) -> bool:
    start, end = span
    noun = load_nouns()[text[start:end]]
    if noun.unit not in units or (noun.not_before and text.startswith(noun.not_before, end)):
        return False
    if noun.kind is Kind.HEADCOUNT and units is not all_noun_units() and not _PERSON_ENDS.match(text, end):
        return False  # 两个航天员乘组, 5个儿童医院 count no people
    return not noun.only_before or end == len(text) or text.startswith(noun.only_before, end)


@cache
def all_noun_units() -> frozenset[str]:
    """What a bare number, without any classifier, may count."""
    return frozenset(noun.unit for noun in load_nouns().values())


def _noun_before(text: str, start: int) -> Noun | None:
    word = _find_linked(_long_nouns(), text, start)
    return load_nouns()[word] if word else None


def _find_linked(words: Spellings, text: str, start: int) -> str | None:
    """The first of the words before `start` with nothing but links between them."""
    for at in range(max(0, start - _NOUN_BEFORE), start):
        for end in words.find_ends(text, at, start):
            if _LINKS.fullmatch(text, end, start):
                return text[at:end]
    return None


@cache
def _money_words() -> Spellings:
    return Spellings(load_exceptions().money_before)


def is_money_before(text: str, start: int) -> bool:
    """Whether a bare number after `text[:start]` is money: 总投资3亿."""
    return _find_linked(_money_words(), text, start) is not None


@cache
def _exception_index() -> dict[str, list[tuple[str, int, bool]]]:
    """Pairs of characters -> words with the offset of the numeral in them, and whether they are labels."""
    index: dict[str, list[tuple[str, int, bool]]] = {}
    exceptions = load_exceptions()
    for words, label in ((exceptions.words, False), (exceptions.label_words, True)):
        for word in words:
            for at, char in enumerate(word):
                if char in "一二三四五六七八九十百千万亿两半零〇" and (
                    at == 0 or word[at - 1] not in "一二三四五六七八九十百千万亿两半零〇"
                ):
                    key = word[at : at + 2] if at + 1 < len(word) else word[at - 1 : at + 1]
                    index.setdefault(key, []).append((word, at, label))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return index


def find_exception(text: str, start: int) -> tuple[int, int, bool] | None:
    """The idiom or name that the numeral at `start` is part of: its span, and whether it is a label."""
    index = _exception_index()
    entries = index.get(text[start : start + 2], ()) or index.get(text[start - 1 : start + 1], ())
    for word, offset, label in entries:
        if text.startswith(word, start - offset) and start >= offset:
            return start - offset, start - offset + len(word), label
    return None
