"""What holds for any number and any text: it reads back as printed, and spans are in order and mean themselves."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from gazette.extract.model import Kind, Qualifier
from gazette.extract.quantities import find_numbers, find_quantities, parse_numeral

DIGITS = "零一二三四五六七八九"
PIECES = (
    "约 近 超 超过 不少于 不足 至少 3 12 6481 1,234 98.3 两 十 三十五 一百二 半 百 千万 几 多 余 万 亿 个 家 名 项 元 亿元 % 人 亩 年 个月 "
    "天 月 日 年底 ℃ 成 倍 以上 左右 内 至 — 、 ， 。 “ ” 第 百分之 项目 企业 复工 4 级 × 350兆瓦 + /"
).split()
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def spell(number: int) -> str:
    """The number in Chinese words, as a schoolbook writes it."""
    for scale, word in ((10**8, "亿"), (10**4, "万")):
        if number >= scale:
            rest = number % scale
            gap = "零" if 0 < rest < scale // 10 else ""
            return spell(number // scale) + word + gap + (spell(rest) if rest else "")
    words, zero = "", False
    for scale, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, scale)
        if digit:
            words += ("零" if zero and words else "") + DIGITS[digit] + word
            zero = False
        else:
            zero = True
    return words or "零"


@given(st.integers(min_value=1, max_value=10**12 - 1))
def test_a_number_in_words_reads_back(number: int) -> None:
    assert parse_numeral(spell(number)).value == number
    assert [found.value for found in find_numbers(f"（{spell(number)}）")] == [number]


@given(st.integers(min_value=2, max_value=10**12 - 1))
def test_a_number_in_words_is_found_before_its_unit(number: int) -> None:
    text = f"投资{spell(number)}元"
    (quantity,) = find_quantities(text)
    assert (quantity.start, quantity.end, quantity.value) == (2, len(text), number)


@given(st.decimals(min_value="0.01", max_value=10**9, places=2))
def test_a_decimal_with_scale_is_exact(number: Decimal) -> None:
    (quantity,) = find_quantities(f"{number}亿元")
    assert quantity.value == number * 10**8
    assert quantity.low == quantity.high == quantity.value


@given(TEXTS)
def test_spans_are_in_order_and_do_not_overlap(text: str) -> None:
    end = 0
    for quantity in find_quantities(text):
        assert end <= quantity.start <= quantity.number_start < quantity.number_end <= quantity.end <= len(text)
        end = quantity.end


@given(TEXTS)
def test_the_interval_holds_the_value(text: str) -> None:
    for quantity in find_quantities(text):
        assert quantity.low is None or quantity.low <= quantity.value
        assert quantity.high is None or quantity.value <= quantity.high
        assert (quantity.qualifier is Qualifier.EXACT) == (quantity.low == quantity.high)


@given(
    st.sampled_from(["约", "近", "超", "不足", ""]),
    st.integers(2, 10**9),
    st.sampled_from(["元", "%", "亩", "人", "个"]),
)
def test_a_span_read_alone_says_the_same(before: str, number: int, unit: str) -> None:
    text = f"上月新增{before}{number}{unit}。"
    (quantity,) = find_quantities(text)
    (alone,) = find_quantities(text[quantity.start : quantity.end])
    assert alone[4:] == quantity[4:]


def test_dates_ordinals_and_labels_have_no_unit_of_measure() -> None:
    for quantity in find_quantities("2024年第三批“20条”于3月5日施行"):
        assert quantity.kind in (Kind.DATE, Kind.ORDINAL, Kind.LABEL)
        assert quantity.unit == quantity.kind.value
