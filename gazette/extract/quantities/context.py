"""What stands around a figure: approximators before it, quotes and titles, the counted noun, idioms and names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from gazette.extract.model import Qualifier
from gazette.extract.quantities.lexicon import Before, Noun, load_before, load_exceptions, load_nouns
from gazette.extract.quantities.patterns import trie

_OPENING = {"“": "”", "‘": "’", "「": "」", "『": "』"}
_QUOTE_REACH = 12
_NOUN_AFTER = 16
_NOUN_BEFORE = 14
_STOP = re.compile(r"[，。；、：！？（）()“”《》\s0-9,;:]")
_LINKS = r"(?:已有|已|达到|达|共有|共计|共|为|有|超过|累计|总数|数量|总量|数|各类|合计|分别|近|约|超|是|接近|仅|增至|增加|新增|到|突破|多达|至|[的了])*"


class _Words:
    """A trie regex over nouns, with the longest word at each place."""

    def __init__(self, nouns: Iterable[str]) -> None:
        self.pattern = re.compile(trie(nouns))


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


def quoted_span(text: str, start: int) -> tuple[int, int] | None:
    """The short quotation that holds `start`: “六个一批”, “1名领导+2名工作人员”."""
    for at in range(start - 1, max(-1, start - _QUOTE_REACH - 1), -1):
        char = text[at]
        if char in _OPENING:
            close = text.find(_OPENING[char], start, start + 18)
            return (at, close) if close > 0 else None
        if char in "”’」』，。；！？：":
            return None
    return None


def in_title(text: str, start: int) -> bool:
    """Inside 《…》: the figures of a title are labels."""
    opening = text.rfind("《", max(0, start - 60), start)
    return opening >= 0 and text.find("》", opening, start) < 0


@cache
def _nouns_pattern() -> re.Pattern[str]:
    return re.compile(trie(tuple(load_nouns())))


@cache
def _noun_end_pattern() -> re.Pattern[str]:
    return re.compile(f"({trie(tuple(load_nouns()))}){_LINKS}$")


def find_noun(text: str, start: int, end: int) -> Noun | None:
    """The noun that a classifier counts: the first one after it, else the one that ends before the number."""
    return _noun_after(text, end) or _noun_before(text, start)


def _noun_after(text: str, end: int) -> Noun | None:
    stop = _STOP.search(text, end, end + _NOUN_AFTER)
    limit = stop.start() if stop else min(len(text), end + _NOUN_AFTER)
    match = _nouns_pattern().search(text, end, limit)
    if not match:
        return None
    noun = load_nouns()[match[0]]
    following = None if noun.unit == "place" else _nouns_pattern().match(text, match.end(), limit)
    return load_nouns()[following[0]] if following else noun


def _noun_before(text: str, start: int) -> Noun | None:
    match = _noun_end_pattern().search(text, max(0, start - _NOUN_BEFORE), start)
    return load_nouns()[match[1]] if match else None


@cache
def _money_pattern() -> re.Pattern[str]:
    return re.compile(f"{trie(load_exceptions().money_before)}{_LINKS}$")


def is_money_before(text: str, start: int) -> bool:
    """Whether a bare number after `text[:start]` is money: 总投资3亿."""
    return _money_pattern().search(text, max(0, start - _NOUN_BEFORE), start) is not None


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
