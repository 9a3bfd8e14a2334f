"""Regexes built from the word lists: where a figure may start, number with unit, dates.

Words are compiled to tries, so that one match decides among all spellings, the longest first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gazette.extract.quantities.lexicon import load_after, load_units

DIGITS = "〇零一二两三四五六七八九兩"
SMALL = "十百千"
BIG = "万亿萬億"
FORMAL = "壹贰叁肆伍陆柒捌玖拾佰仟貳參陸"
DASHES = "—–-－~～∼"
CROSSES = frozenset("×xX*")

# 千 before 瓦, 兆 before 瓦 and the like belong to the unit.
_SCALE = r"(?:[十拾万亿萬億佰仟]|百(?!帕)|千(?![瓦伏克卡焦赫帕牛])|兆(?=[亿億]))"
_ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
_ARABIC_NUMBER = rf"{_ARABIC}(?:[ ]*[多余几來来馀幾]?(?:[ ]*{_SCALE})+(?:[零〇]?[0-9]+(?![0-9.%,])(?:[ ]?{_SCALE})*)*)?"
_CHINESE_NUMBER = (
    rf"(?:[{DIGITS}半]|{_SCALE})(?:[{DIGITS}]|[ ]?{_SCALE})*(?:[多余几馀幾](?:{_SCALE})+)?"
    rf"(?:[点點][{DIGITS}]+(?![十百])[万亿萬億]*)?"
)
_FORMAL_NUMBER = rf"[{FORMAL}][{FORMAL}零万亿萬億]+"


def trie(words: Mapping[str, tuple[str, ...]] | Iterable[str]) -> str:
    """A pattern for the words, longest first; a mapping gives the texts that must not follow each."""
    guards = words if isinstance(words, Mapping) else dict.fromkeys(words, ())
    root: dict[str, dict] = {}  # type: ignore[type-arg]
    for word in guards:
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {"guard": guards[word]}
    return _trie_pattern(root)


def _trie_pattern(node: dict[str, dict]) -> str:  # type: ignore[type-arg]
    branches = [re.escape(char) + _trie_pattern(child) for char, child in node.items() if char]
    if "" in node:
        guard = node[""]["guard"]
        branches.append(f"(?!{'|'.join(map(re.escape, guard))})" if guard else "")
    if len(branches) == 1:
        return branches[0]
    return f"(?:{'|'.join(branches)})"


def _unit_pattern() -> str:
    guards = {unit.text: unit.not_before for unit in load_units().values()}
    return trie(dict.fromkeys(TRIGGERS, ()) | guards)


# Spellings that only lead to another reading: fractions, dates, times, scores.
TRIGGERS = ("分之", "时", "月份", "季度", "世纪", "年代", "年", "月", "日", "号", "点", "比", ":", "∶", "：")

_MORE_AFTER_UNIT = (
    r"(?:半(?![导径岛程成决自数年月天小球山坡壁])|多(?![地个家种项次名方部元样层场国省市人所数年处点条座台位功媒边式维民起轮双只双语])"
    r"|余(?![家名个人年项下额温热杭姚]))"
)

_NUMBER = rf"(?:{_ARABIC_NUMBER}|{_CHINESE_NUMBER}|{_FORMAL_NUMBER})"
_AFTER = trie({after.text: after.not_before for after in load_after()})

AFTER = re.compile(_AFTER)
NUMBER = re.compile(_NUMBER)
# number, more, unit, half, after
FIGURE = re.compile(
    rf"({_NUMBER})([ ]*[多余几来馀幾])?(?:[ ]*({_unit_pattern()})({_MORE_AFTER_UNIT})?)?(?:[ ]*({_AFTER}))?"
)

_FOLLOW = "".join(sorted({text.lstrip()[0] for text in load_units()} | set("多余几馀幾半数点點分时季比")))
# One leading character class, which the engine scans for without backtracking; what it means is asked afterwards.
START = re.compile(
    rf"[0-9{DIGITS}{SMALL}{BIG}半{FORMAL}]"
    rf"(?:(?<=[0-9])|(?<=[{FORMAL}])(?=[{FORMAL}零万亿萬億])|(?<=[过超逾近]半)|(?<=第.)"
    rf"|(?<=[{DIGITS}{SMALL}{BIG}半])[{DIGITS}{SMALL}{BIG}]*(?:(?=[ ]?[{re.escape(_FOLLOW)}])|(?<=[{BIG}])))"
)

_YEAR = r"(?:(?:1[0-9]|20|21)[0-9]{2}|[一二][零〇一二三四五六七八九]{3}|0[0-9]|[零〇][一二三四五六七八九])[ ]*年"
_SHORT_YEAR = r"(?:[0-9]{2}|[零〇九][零〇一二三四五六七八九])[ ]*年"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]|[一二三四五六七八九十])[ ]*月(?!球|亮|饼)"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9]|三十一|三十|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])[ ]*[日号]"
_TIME = r"(?:2[0-4]|1[0-9]|0?[0-9])[ ]*(?:时(?!代|间|速|许|尚|期|报|事|候|髦)|[:：∶点])(?:[ ]*[0-5]?[0-9][ ]*分?(?:[0-5]?[0-9]秒)?|[ ]*[整半])?"
_PART = r"(?:份|底|初|末|中旬|上旬|下旬|中下旬|上中旬|中上旬)"
_QUARTER = r"(?:[一二三四1-4]|前[二两三])季度"
_DATE = (
    rf"(?:(?:{_YEAR}|{_SHORT_YEAR}(?=[ ]*{_MONTH}))(?:[ ]*(?:{_QUARTER}|{_MONTH}{_PART}?(?:[ ]*{_DAY})?(?:[ ]*{_TIME})?)|度(?!假|夏|过|汛)|[初末底代])?"
    rf"|{_MONTH}{_PART}?(?:[ ]*{_DAY})?(?:[ ]*{_TIME})?|{_DAY}(?:[ ]*{_TIME})?|{_TIME}|{_QUARTER}"
    r"|[0-9]{2}年代|[0-9]{1,2}世纪(?:[0-9]{2}年代)?|[一二]?[十]?[一二三四五六七八九十]世纪|[0-9]{1,2}(?=年代))"
)
_DATE_LEFT = r"(?:(?:1[0-9]|20|21)[0-9]{2}|1[0-2]|0?[1-9]|3[01]|[12][0-9]|[一二三四五六七八九十]+)"
DATE = re.compile(
    rf"(?:{_DATE}|{_DATE_LEFT}(?=[ ]*[{DASHES}至到、和]))(?:[ ]*(?:[{DASHES}]|——|至|到)[ ]*(?:次年|今年|翌年)?{_DATE})?"
)
