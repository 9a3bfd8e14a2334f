"""Recognised lines become text in reading order, each character with its box and confidence."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gazette.ingest.ocr import CERTAIN, OcrLine, OcrText, join_pages, order_lines, read_settings
from gazette.layout import PageText, Wall, WallKind
from tests.ocr.scans import SIZE, build_column, build_line, turn_lines

FIRST = "　　柏口县今年安排重点工程三十二项，总投资186.4亿元，年内计划完成41.7亿元。第一批设备已经装船，三月底可以到港。\n　　截至3月20日，全县已有419家企业恢复生产，到岗员工"
SECOND = "57320人，返岗率91.2%。县里给每家派去一名联络员，原料、用工和运输有了难处当天就报上来。\n　　“机器一响，心里就踏实了。”厂长说，订单排到了六月，比去年多两成。"
SCALE = 200 / 72


def order(lines: list[OcrLine], degrees: float = 0.0, walls: list[Wall] | None = None) -> OcrText:
    return order_lines(turn_lines(lines, degrees), walls or [], skew=degrees, scale=SCALE, page=2)


def strip(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("degrees", [0.0, -0.6, 1.8])
def test_columns_in_order(degrees: float) -> None:
    lines = [*build_column(SECOND, 410, 200), *build_column(FIRST, 100, 200)]
    text = order(lines, degrees)
    assert strip(text.text) == strip(FIRST + SECOND)
    assert len(text.text.splitlines()) == 3


def test_a_box_over_two_columns_is_parted() -> None:
    left, right = build_column(FIRST, 100, 200, jitter=0), build_column(SECOND, 410, 200, jitter=0)
    row = next(i for i in range(1, 5) if left[i].corners[0].x < 110 and right[i].corners[0].x < 420)
    start, end = left[row].corners[0].x, right[row].corners[1].x
    characters = []
    for line in (left[row], right[row]):
        x0, x1 = line.start.x, line.end.x
        characters += [c._replace(place=(x0 + c.place * (x1 - x0) - start) / (end - start)) for c in line.characters]
    a, _, _, d = left[row].corners
    _, b, c, _ = right[row].corners
    merged = OcrLine((a, b, c, d), tuple(characters))
    kept = [line for line in left + right if line not in (left[row], right[row])]
    assert strip(order([*kept, merged]).text) == strip(FIRST + SECOND)


def test_caption_under_a_picture_stays_out_of_the_sentence() -> None:
    rows = 6
    above = FIRST.replace("\n", "")[: rows * 10]
    rest = FIRST.replace("\n", "")[rows * 10 :]
    top = 200 + 40 * rows + 300
    caption = build_line("工人在码头清点刚到的设备。陆一帆 摄/图", 100, top - 50, size=23)
    lines = [*build_column(above, 100, 200), caption, *build_column(rest, 100, top), *build_column(SECOND, 410, 200)]
    picture = Wall(WallKind.IMAGE, 100, 200 + 40 * rows, 380, top - 55)
    text = strip(order(lines, walls=[picture]).text)
    assert strip(FIRST) + strip(SECOND) in text
    assert "工人在码头清点刚到的设备。" in text


def test_boxes_are_those_of_the_page_as_it_was_scanned() -> None:
    lines = [*build_column(FIRST, 100, 200), *build_column(SECOND, 410, 200)]
    turned = order(lines, 1.5)
    at = turned.text.index("419")
    box, *more = turned.find_boxes(at, at + 3)
    line = next(x for x in turn_lines(lines, 1.5) if "419" in x.text)
    assert not more
    assert box.page == 2
    assert line.corners[0].x / SCALE - 2 < box.x0 < box.x1 < line.corners[1].x / SCALE + 2
    middle = (box.y0 + box.y1) / 2 * SCALE
    assert min(c.y for c in line.corners) < middle < max(c.y for c in line.corners)


def test_each_character_keeps_its_confidence() -> None:
    lines = build_column(FIRST, 100, 200)
    row = next(i for i, line in enumerate(lines) if "419" in line.text)
    characters = list(lines[row].characters)
    doubtful = lines[row].text.index("419") + 1
    characters[doubtful] = characters[doubtful]._replace(confidence=0.41)
    lines[row] = replace(lines[row], characters=tuple(characters))
    text = order(lines)
    at = text.text.index("419")
    assert text.find_confidence(at, at + 3) == pytest.approx(0.41)
    assert text.find_confidence(at, at + 1) == pytest.approx(0.99)
    other = text.text.index("186.4")
    assert text.find_confidence(other, other + 5) == pytest.approx(0.99)
    assert read_settings().is_doubtful(0.41)
    assert not read_settings().is_doubtful(0.99)
    assert not read_settings().is_doubtful(None)
    assert len(text.text) == len(text.confidences) == len(text.pages) == len(text.boxes) / 4


def test_patterns_of_a_picture_are_no_lines() -> None:
    noise = build_line("Ⅲ门一囗", 700, 900, confidence=0.3)
    assert "囗" not in order([*build_column(FIRST, 100, 200), noise]).text
    assert order([noise]).text == ""


def test_marks_are_widened_but_not_between_figures() -> None:
    lines = build_column("　　全县收到1,100份申请,已批复;余下的5:30前办完,不过夜:这是规矩", 100, 200, ems=30)
    text = strip(order(lines).text)
    assert text == "全县收到1,100份申请，已批复；余下的5:30前办完，不过夜：这是规矩"


def test_a_stretched_line_does_not_part_its_paragraph() -> None:
    lines = build_column(FIRST, 100, 200)
    wide = [i for i, line in enumerate(lines) if len(line.characters) == 10][3]
    lines[wide] = replace(lines[wide], characters=lines[wide].characters[:3] + lines[wide].characters[6:])
    text = order(lines)
    assert text.text.count("\n") == 1


def test_text_layers_and_scans_join() -> None:
    scan = order(build_column("　　全县恢复生产的企业有419家。", 100, 200, ems=30))
    layer = PageText("三条路", pages=type(scan.pages)("H", [1] * 3), boxes=type(scan.boxes)("f", [0.0] * 12))
    joined = join_pages([layer, PageText(), scan])
    assert joined.text == f"三条路\n\n{scan.text}"
    assert len(joined.confidences) == len(joined.text)
    assert joined.find_confidence(0, 3) == CERTAIN
    assert joined.find_confidence(3, 5) is None
    assert joined.confidences[3] == CERTAIN
    assert joined.find_confidence(0, len(joined.text)) == pytest.approx(0.99)


def test_large_type_stays_large() -> None:
    lines = [
        build_line("柏口县机器响起来", 100, 100, size=2.4 * SIZE),
        *build_column(FIRST, 100, 200),
        *build_column(SECOND, 410, 200),
    ]
    text = order(lines, 0.7)
    assert text.text.splitlines()[0] == "柏口县机器响起来"
    box = text.find_boxes(0, 8)[0]
    assert box.y1 - box.y0 > 1.8 * SIZE / SCALE
