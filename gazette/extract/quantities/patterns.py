"""Where a figure may start, what one consists of, and dates: regexes of numbers and date words.

Units and other words of the lists are no part of them: `gazette.extract.quantities.figures` looks those up.
"""

from __future__ import annotations

import re

from gazette.extract.quantities.lexicon import load_units

DIGITS = "〇零一二两三四五六七八九兩"
SMALL = "十百千"
BIG = "万亿萬億"
FORMAL = "壹贰叁肆伍陆柒捌玖拾佰仟貳參陸"
DASHES = "-—–－~～∼"  # the hyphen first: these stand in character classes
LONGEST = 60  # signs of a numeral: what goes on longer is none, and must not be looked through from each of its signs
CROSSES = frozenset("×xX*")
RANGES = frozenset(DASHES + "至到")

CHINESE = frozenset(DIGITS + SMALL + BIG + "半" + FORMAL)
_POINT_DIGITS = "〇零一二三四五六七八九" + FORMAL[:9]
# 千 before 瓦, 兆 before 瓦 and the like belong to the unit.
_SCALE = r"(?:[十拾万亿萬億佰仟]|百(?!帕|分位)|千(?![瓦伏克卡焦赫帕牛])|兆(?=[亿億]))"
_ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
_ARABIC_NUMBER = rf"{_ARABIC}(?:[ ]*[多余几來来馀幾]?(?:[ ]*{_SCALE})+(?:[零〇]?[0-9]+(?![0-9.%,])(?:[ ]?{_SCALE})*)*)?"
_CHINESE_NUMBER = (
    rf"(?:[{DIGITS}半]|{_SCALE})(?:[{DIGITS}]|[ ]?{_SCALE})*(?:[多余几馀幾](?:{_SCALE})+)?"
    rf"(?:[ ]?[点點][ ]?[{_POINT_DIGITS}]+(?![十百])[万亿萬億]*)?"
)
_FORMAL_NUMBER = rf"[{FORMAL}][{FORMAL}{DIGITS}{SMALL}{BIG}]{{1,{LONGEST}}}(?:[点點][{_POINT_DIGITS}]+)?"

NUMBER = rf"(?:{_ARABIC_NUMBER}|{_FORMAL_NUMBER}|{_CHINESE_NUMBER})"  # part of other patterns
SLASH = re.compile(r"([0-9]{1,3})/([0-9]{1,3})(?![0-9/])")

_FOLLOW = "".join(sorted({text.lstrip()[0] for text in load_units()} | set("多余几馀幾半数点點分时季比")))
# One leading character class, which the engine scans for without backtracking; what it means is asked afterwards.
_JOINT = rf"[{DASHES}至到]"
_PLAN = "(?<=十)(?=[一二三四五六]五(?![十百千万亿个年天]))"  # 十四五
_FORMAL_START = f"(?<=[{FORMAL}])(?=[{FORMAL}零万亿萬億])|(?<=[壹贰叁柒捌玖貳參])(?=[{SMALL}])"
_WORDS_START = (
    f"(?<=[{DIGITS}{SMALL}{BIG}半])[{DIGITS}{SMALL}{BIG}]{{0,{LONGEST}}}"
    f"(?:(?=[ ]?[{re.escape(_FOLLOW)}])|(?<=[{BIG}])|(?={_JOINT}[{DIGITS}十]))"
)
START = re.compile(
    f"[0-9{DIGITS}{SMALL}{BIG}半{FORMAL}](?:(?<=[0-9])|{_FORMAL_START}|{_PLAN}|(?<=[过超逾近]半)|(?<=第.)|{_WORDS_START})"
)

_D = "一二三四五六七八九"
_YEAR = rf"(?:(?:1[0-9]|20|21)[0-9]{{2}}|[一二][零〇{_D}]{{3}}|0[0-9]|[零〇][{_D}])[ ]*年"
_SHORT_YEAR = rf"(?:[0-9]{{2}}|[零〇九][零〇{_D}])[ ]*年"
_MONTH = rf"(?:1[0-2]|0?[1-9]|十[一二]|[{_D}十])[ ]*月(?!球|亮|饼)"
_DAY = rf"(?:3[01]|[12][0-9]|0?[1-9]|三十一|三十|二十[{_D}]?|十[{_D}]?|[{_D}])[ ]*[日号]"
_CLOCK = r"(?:2[0-4]|1[0-9]|0?[0-9]|零)[ ]*(?:时(?!代|间|速|尚|期|报|事|候|髦)|[:：∶点])"
_MINUTES = r"(?:[ ]*[0-5]?[0-9][ ]*分?(?:[0-5]?[0-9]秒)?|[ ]*[整半])?"
_WORD_TIME = rf"(?:十[一二]|[{_D}十两])点(?:半|整|钟|一刻|三刻|[二三四五]?十[{_D}]?分?)"
_TIME = rf"(?:{_CLOCK}{_MINUTES}|{_WORD_TIME})"
_PART = r"(?:份|底|初|末|中旬|上旬|下旬|中下旬|上中旬|中上旬)"
_QUARTER = r"(?:[一二三四1-4]|前[二两三])季度"
_MONTH_DAY = rf"{_MONTH}{_PART}?(?:[ ]*{_DAY})?()"
_AGE = rf"(?:[0-9]{{2}}年代|[0-9]{{1,2}}世纪(?:[0-9]{{2}}年代)?|[一二]?十?[{_D}十]世纪|[0-9]{{1,2}}(?=年代))"
_WITH_YEAR = (
    rf"(?:{_YEAR}|{_SHORT_YEAR}(?=[ ]*{_MONTH}))(?:[ ]*(?:{_QUARTER}|{_MONTH_DAY})|度(?!假|夏|过|汛)|[初末底代])?"
)
_DATE_LEFT = rf"(?:(?:1[0-9]|20|21)[0-9]{{2}}|1[0-2]|0?[0-9]|3[01]|[12][0-9]|[{_D}十]+)"
_TO = rf"(?:——|[{DASHES}]|至|到)"
# A number borrows its unit from the date it is joined to: 1—9月.
# A group that took part tells that a time of day may follow, which would stand thrice in one pattern.
DATE = re.compile(rf"{_WITH_YEAR}|{_MONTH_DAY}|{_DAY}()|{_QUARTER}|{_AGE}")
TIME = re.compile(rf"[ ]*{_TIME}")
DATE_LEFT = re.compile(rf"{_DATE_LEFT}(?=[ ]*[{DASHES}至到、和])")
DATE_JOINT = re.compile(rf"[ ]*{_TO}[ ]*(?:次年|今年|翌年)?")
