"""Where a printed date, month, time of day or quarter ends: these figures are told apart from durations here.

What day a date means is read by `gazette.extract.periods`; here it only has to be known that the figure is no quantity.
"""

from __future__ import annotations

from gazette.extract.quantities.patterns import CHINESE, DATE, DATE_JOINT, DATE_LEFT, RANGES, TIME

DATE_UNITS = frozenset({*"年月日号时点:：∶", "月份", "季度", "世纪", "年代"})
DATE_LINKS = RANGES | frozenset("、和")
HOURS = frozenset({"十", "十一", "十二"})
_DATE_ENDS = frozenset("年月日号时点分秒度份底初末旬代纪半整0123456789")
_JOINT_STARTS = frozenset({*RANGES, " "})
_TIME_STARTS = frozenset("0123456789零一二三四五六七八九十两 ")
_LASTING = ("连续", "为期", "历时", "长达", "过去", "未来", "用时")


def find_date_end(text: str, start: int, number_end: int, unit_text: str | None) -> int:
    """Where the date that starts at `start` ends; 0 where none does."""
    end = _find_dates_end(text, start)
    if end <= number_end or text[end - 1] not in _DATE_ENDS:
        return 0
    if unit_text is None:
        return end if text[end - 1] not in "0123456789" else 0
    if unit_text in "日号" and "月" not in text[start:end]:
        lasting = text.endswith(_LASTING, 0, start) or text.startswith(("内", "之内", "以内"), end)
        if lasting or unit_text == "号" or text[start] in CHINESE:
            return 0
    return end


def _find_dates_end(text: str, start: int) -> int:
    """The end of the date at `start`, or of the second one that it is joined to; 0 where there is none."""
    end = _find_date_end(text, start)
    if not end:
        left = DATE_LEFT.match(text, start)
        if left is None:
            return 0
        end = left.end()
    joint = DATE_JOINT.match(text, end) if text[end : end + 1] in _JOINT_STARTS else None
    return (joint and _find_date_end(text, joint.end())) or end


def _find_date_end(text: str, start: int) -> int:
    """The end of the date, the time of day or both at `start`; 0 where there is none."""
    match = DATE.match(text, start)
    if match is None:
        time = None if text.startswith(" ", start) else TIME.match(text, start)
        return time.end() if time else 0
    end = match.end()
    time = TIME.match(text, end) if match.lastindex and text[end : end + 1] in _TIME_STARTS else None
    return time.end() if time else end
