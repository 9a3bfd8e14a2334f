"""Words looked up at a place of a text."""

from __future__ import annotations

import pytest

from gazette.extract.quantities import find_quantities
from gazette.extract.quantities.figures import match_figure
from gazette.extract.quantities.spellings import Spellings

WORDS = Spellings({"公里": (), "公里每小时": ("内",), "家": ("庭",), "企业": ()})


@pytest.mark.parametrize(
    ("text", "end"),
    [("公里每小时", 5), ("公里每小时内", 2), ("公里每", 2), ("家庭", 0), ("家企业", 1), ("里", 0), ("", 0)],
)
def test_the_longest_word_whose_guard_does_not_follow(text: str, end: int) -> None:
    assert WORDS.find_end(text, 0, len(text)) == end


def test_no_word_goes_beyond_the_limit() -> None:
    assert WORDS.find_end("公里每小时", 0, 4) == 2
    assert WORDS.find_next("共有企业", 0, 3) is None


def test_the_first_word_of_a_stretch() -> None:
    assert WORDS.find_next("三家庭企业", 0, 5) == (3, 5)


def test_all_words_that_stand_at_a_place() -> None:
    assert WORDS.find_ends("公里每小时", 0, 5) == [5, 2]


def test_the_parts_of_a_figure_end_where_they_are_printed() -> None:
    figure = match_figure("约 20 余 个多月以上", 2)
    assert figure is not None
    assert figure.groups == ("20", " 余", "个多月", None, "以上")
    assert (figure.number_end, figure.more_end, figure.unit_end, figure.end) == (4, 6, 10, 12)


@pytest.mark.parametrize(("head", "unit"), [("百分点", "percentage_point"), ("亿元", "CNY")])
def test_a_unit_in_a_head_that_a_number_could_swallow(head: str, unit: str) -> None:
    (found,) = find_quantities(f"增幅（{head}）：2.5")
    assert found.unit == unit
