"""A page is found turned by as much as it was turned."""

from __future__ import annotations

import pytest

from gazette.ingest.ocr.skew import find_skew, turn
from tests.ocr.scans import build_column, build_line, turn_lines

TEXT = "　　柏口县把修路放在前面，一个冬天铺好了三条。\n　　老街的灯也换了新的，夜里走路不再要人带。" * 6


@pytest.mark.parametrize("degrees", [-2.7, -0.6, 0.0, 0.4, 1.5, 2.9])
def test_turned_columns(degrees: float) -> None:
    lines = [*build_column(TEXT, 100, 200), *build_column(TEXT, 410, 200), *build_column(TEXT, 720, 200)]
    assert find_skew(turn_lines(lines, degrees), 3.0) == pytest.approx(degrees, abs=0.1)


def test_slopes_of_boxes_do_not_mislead() -> None:
    """Boxes that are all drawn level on a turned page, as happens with short lines."""
    lines = turn_lines(build_column(TEXT, 100, 200), 1.0)
    level = [type(line)(_level(line.corners), line.characters) for line in lines]
    assert find_skew(level, 3.0) == pytest.approx(1.0, abs=0.15)


def _level(corners: tuple) -> tuple:
    a, b, c, d = corners
    return a, b._replace(y=a.y), c._replace(y=d.y), d


def test_few_lines_are_judged_by_their_slope() -> None:
    lines = turn_lines([build_line("年内计划完成四十一亿元", 100, 100), build_line("柏口县", 400, 300)], 0.8)
    assert find_skew(lines, 3.0) == pytest.approx(0.8, abs=0.01)
    assert find_skew([], 3.0) == 0.0


def test_turning_back() -> None:
    line = turn_lines([build_line("三条路", 100, 700)], 2.0)[0]
    assert turn(line.corners[0], 2.0) == pytest.approx((97, 697))
