"""What holds of every cleaned text, by examples drawn at random."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.promises import check_structure
from gazette.clean import Role, check_digits, clean
from gazette.clean.characters import INVISIBLE, fold

WORDS = ["复工", "项目", "3", "１２", "亿元", "，", "。", "、", "“", "”", " ", "　", "\u200b", "高 质 量", "PCR", "％"]
HEADINGS = ["抢时间 工地亮到天明", "稳订单 促转型", "江滨 一江春水向东流", "摸清底数"]
CAPTIONS = ["女工在绕线 摄/陈平", "塔吊林立的工地 李安 摄", "大桥效果图"]
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x4EFF)


@st.composite
def newspaper_dumps(draw: st.DrawFn) -> str:
    """Paragraphs cut to columns, with blank lines, captions and headings anywhere."""
    width = draw(st.integers(11, 18))
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 5))):
        sentence = "".join(draw(st.lists(st.sampled_from(WORDS) | HAN, min_size=5, max_size=80))).strip()
        first, rest = sentence[: width - 2], sentence[width - 2 :] + "。"
        lines += [first, *(rest[at : at + width] for at in range(0, len(rest), width))]
    for insert in draw(st.lists(st.sampled_from(["", "", "", *HEADINGS, *CAPTIONS]), max_size=8)):
        lines.insert(draw(st.integers(0, len(lines))), f"\n{insert}\n" if insert else "")
    return "\n".join(lines)


ANY_TEXT = (
    st.text()
    | st.text(alphabet=st.sampled_from([*"复工项目，。：“”（ \n\n1２３％", "\u3000", "\u200b"]))
    | newspaper_dumps()
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(ANY_TEXT)
def test_every_character_knows_its_place_and_no_digit_is_lost(decoded: str) -> None:
    cleaned = clean(decoded)
    check_structure(decoded, cleaned)
    assert check_digits(decoded, cleaned).even


@settings(derandomize=True, deadline=None, max_examples=150)
@given(ANY_TEXT)
def test_only_blanks_and_invisible_characters_go(decoded: str) -> None:
    def visible(text: str) -> list[str]:
        return sorted(char for char in fold(text) if not char.isspace() and char != INVISIBLE)

    assert visible(clean(decoded).text) == visible(decoded)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(ANY_TEXT)
def test_cleaning_cleaned_text_changes_nothing(decoded: str) -> None:
    once = clean(decoded).text
    assert clean(once).text == once


def count_calls(text: str) -> int:
    """How many Python and C calls cleaning `text` takes: a measure of work that no other load on the machine sways."""
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        clean(text)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    "unit",
    [
        "稳增长，促发展，3月 20日 ",
        "\n",
        "复工\n",
        "总投资300多亿元，的50个项\n\n",
        "同时，各级单位抽调机关干部\n",
        "　　同时，各级单位抽调机关\n干部三十二人，下到一线去\n帮忙。\n\n",
        "强化保障 助企达产\n\n",
        "女工在绕线 摄/陈平\n",
        "高 ",
        "“ ",
    ],
)
def test_work_grows_no_faster_than_the_text(unit: str) -> None:
    clean(unit)
    short, long = count_calls(unit * 300), count_calls(unit * 2400)
    assert long <= 10 * short + 1000


def test_one_line_that_needs_nothing_has_the_range_of_its_offsets() -> None:
    assert clean("截至3月9日，12家企业复工。").places == range(15)


def test_span_of_a_wrapped_figure_covers_the_printed_stretch() -> None:
    decoded = "截至３月９日，全区返岗员工 108 \n620 人，返岗率八成，比上旬多了\n不少，还在往上走。\n"
    cleaned = clean(decoded)
    at = cleaned.text.index("108620人")
    start, end = cleaned.span(at, at + len("108620人"))
    assert decoded[start:end] == "108 \n620 人"


def test_empty_text_has_no_blocks() -> None:
    for text in ("", "\n \n", "\ufeff\u200b"):
        assert clean(text).blocks == ()
        assert clean(text).text == ""


def test_a_roundup_takes_the_article_of_each_piece() -> None:
    cleaned = clean(
        "县区快讯\n甲县开工12个项目\n甲县今天开工12个项目，总投资9亿元。\n乙县返岗率过九成\n乙县返岗率达到92%。\n"
    )
    assert [block.article for block in cleaned.blocks] == [0, 1, 1, 2, 2]
    assert all(block.role in (Role.HEADLINE, Role.BODY) for block in cleaned.blocks)


def test_the_title_at_the_end_of_a_page_heads_the_text_that_has_none() -> None:
    cleaned = clean(
        "本报讯（记者 陈平）3月9日，县\n里签下9个项目，协议投资12.6亿\n元，都是往年没有过的大手笔。\n\n"
        "家门口 上班忙\n\n本报讯（记者 李安）在家门口上\n班，一个月能挣四千来块，小桥乡\n的妇女们都说好。\n\n"
        "开春签约 9个项目落地\n"
    )
    roles = [(block.article, block.role) for block in cleaned.blocks]
    first, second = (0, Role.BODY), (1, Role.HEADLINE)
    assert roles == [first, second, (1, Role.BODY), (0, Role.HEADLINE)]
