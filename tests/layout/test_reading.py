"""Reading order on pages small enough to draw: one rule of layout a test, each with what it must not do."""

from __future__ import annotations

from collections.abc import Iterable

from gazette.layout import Glyph, Wall, WallKind, read_page

SIZE = 10.0
LEADING = 15.0


def set_line(text: str, x: float, y: float, size: float = SIZE, tracking: float = 0.0) -> list[Glyph]:
    """Full-width characters from x on; a blank moves on and prints nothing."""
    glyphs: list[Glyph] = []
    for character in text:
        wide = size * (0.5 if character.isascii() else 1.0)
        if not character.isspace():
            glyphs.append(Glyph(character, x, y, x + wide, y + size, size))
        x += wide + tracking
    return glyphs


def set_column(lines: Iterable[str], x: float, y: float, size: float = SIZE, leading: float = LEADING) -> list[Glyph]:
    """Lines one below the other; an ideographic blank at a line's head indents."""
    return [g for i, line in enumerate(lines) for g in set_line(line, x, y + i * leading, size)]


def read(glyphs: list[Glyph], *walls: Wall, width: float = 600.0) -> list[str]:
    return read_page(glyphs, walls, width=width).text.split("\n")


LEFT = (
    "　　三月的河水涨了半",
    "尺，渡口的船又多起来",
    "了。码头上新修的栈桥",
    "长120米，可停靠36",
    "条船，比去年多了一倍",
    "还不止。船工们说，往",
    "后运粮不必再等潮水，",
)
RIGHT = (
    "一天能多跑两趟。",
    "　　岸边的仓库也开了",
    "门。管仓的人把钥匙挂",
    "在腰间，一间一间地看",
    "过去，把受潮的麻袋挑",
    "出来，一共挑出43袋，",
    "摊在太阳底下晒着。",
)
FIRST = "".join(LEFT).strip() + RIGHT[0]
SECOND = "".join(RIGHT[1:]).strip()


def set_two_columns(gutter: float = 10.0, y: float = 100.0) -> list[Glyph]:
    return set_column(LEFT, 50, y) + set_column(RIGHT, 150 + gutter, y)


def test_columns_one_after_the_other() -> None:
    assert read(set_two_columns()) == [FIRST, SECOND]


def test_printing_order_does_not_matter() -> None:
    glyphs = set_two_columns()
    expected = read_page(glyphs, width=600).text
    assert read_page(sorted(glyphs, key=lambda g: (g.y0, g.x0)), width=600).text == expected
    assert read_page(glyphs[::-1], width=600).text == expected


def test_a_mark_that_hangs_into_the_gutter_does_not_close_it() -> None:
    glyphs = set_two_columns(gutter=8.0)
    glyphs += set_line("，", 150, 100 + 4 * LEADING)
    lines = read(glyphs)
    assert lines[0] == FIRST.replace("一倍还", "一倍，还")
    assert lines[1:] == [SECOND]


def test_columns_out_of_level() -> None:
    glyphs = set_column(LEFT, 50, 100) + set_column(RIGHT, 160, 106)
    assert read(glyphs) == [FIRST, SECOND]


def test_letter_spacing_makes_no_columns() -> None:
    lines = ("　三月的河水涨", "了半尺渡口的船", "又多起来了码头", "上新修的栈桥长", "一百二十米可停", "三十六条船了。")
    glyphs = [g for i, line in enumerate(lines) for g in set_line(line, 50, 100 + i * LEADING, tracking=5.0)]
    assert read(glyphs) == ["".join(lines).strip()]


def test_headline_is_a_line_and_told_as_one() -> None:
    page = read_page(set_line("渡口船多", 100, 50, 24) + set_two_columns(), width=600)
    assert page.text.split("\n") == ["渡口船多", FIRST, SECOND]
    assert page.headlines == [(0, 4)]


def test_a_headline_of_two_lines_is_one_paragraph() -> None:
    glyphs = set_line("渡口船多", 60, 30, 24) + set_line("仓库开门", 100, 60, 24) + set_two_columns()
    assert read(glyphs)[0] == "渡口船多 仓库开门"


def test_upright_headline() -> None:
    glyphs = [Glyph(c, 15, 100 + 22 * i, 35, 120 + 22 * i, 20.0) for i, c in enumerate("渡口船多")]
    assert read(glyphs + set_two_columns()) == ["渡口船多", FIRST, SECOND]


def test_upright_headline_of_two_columns_is_read_from_the_right() -> None:
    glyphs = [Glyph(c, 22, 100 + 17 * i, 38, 116 + 17 * i, 16.0) for i, c in enumerate("渡口船多")]
    glyphs += [Glyph(c, 2, 100 + 17 * i, 18, 116 + 17 * i, 16.0) for i, c in enumerate("仓库开门")]
    assert read(glyphs + set_two_columns())[0] == "渡口船多仓库开门"


def test_headlines_over_two_columns_each_are_no_pull_quotes() -> None:
    """They are as large as pull quotes are; text stands above them, and a rule that is as wide as both."""
    above = set_two_columns() + [g._replace(x0=g.x0 + 220, x1=g.x1 + 220) for g in set_two_columns()]
    heads = set_line("渡口船多", 110, 225, 16) + set_line("仓库开门", 330, 225, 16)
    below = [g._replace(y0=g.y0 + 160, y1=g.y1 + 160) for g in above]
    rule = Wall(WallKind.RULE, 50, 215, 480, 215)
    body = [FIRST, SECOND]
    assert read(above + heads + below, rule) == [*body, *body, "", "渡口船多", *body, "", "仓库开门", *body]


def test_pull_quote_waits_until_the_paragraph_ends() -> None:
    above, below = LEFT[:4], LEFT[4:]
    glyphs = set_column(above, 50, 100) + set_line("船多人忙", 70, 168, 14) + set_column(below, 50, 200)
    glyphs += set_column(RIGHT, 160, 100)
    assert read(glyphs) == [FIRST, "船多人忙", SECOND]


def test_caption_in_small_type_is_out_of_the_way() -> None:
    caption = set_line("三月九日，渡口的工人在修栈桥。摄/温小满", 50, 208, 8)
    image = Wall(WallKind.IMAGE, 50, 130, 260, 205)
    glyphs = set_column(LEFT[:2], 50, 100) + set_column(RIGHT[:2], 160, 100) + caption
    glyphs += set_column(LEFT[2:], 50, 225) + set_column(RIGHT[2:], 160, 225)
    lines = read(glyphs, image)
    assert lines == [FIRST, SECOND, "三月九日，渡口的工人在修栈桥。摄/温小满"]


def test_caption_in_body_type_is_known_by_its_credit() -> None:
    image = Wall(WallKind.IMAGE, 50, 30, 260, 82)
    glyphs = set_line("渡口的工人在修栈桥。摄/温小满", 50, 84) + set_two_columns()
    assert read(glyphs, image) == [FIRST, SECOND, "渡口的工人在修栈桥。摄/温小满"]


NOTE = ("新修栈桥长120米，宽", "六米。", "新添渡船36条。")
NOTES = ["新修栈桥长120米，宽六米。", "新添渡船36条。"]


def test_boxed_text_comes_after_the_article() -> None:
    box = Wall(WallKind.BOX, 48, 160, 153, 215)
    glyphs = set_column(LEFT[:4], 50, 100) + set_column(NOTE, 52, 165) + set_column(LEFT[4:], 50, 225)
    glyphs += set_column(RIGHT, 160, 100)
    assert read(glyphs, box) == [FIRST, SECOND, *NOTES]


def test_a_box_may_be_four_rules() -> None:
    sides = [(48, 160, 153, 160), (48, 215, 153, 215), (48, 160, 48, 215), (153, 160, 153, 215)]
    glyphs = set_column(LEFT[:4], 50, 100) + set_column(NOTE, 52, 165) + set_column(LEFT[4:], 50, 225)
    glyphs += set_column(RIGHT, 160, 100)
    assert read(glyphs, *(Wall(WallKind.RULE, *side) for side in sides)) == [FIRST, SECOND, *NOTES]


def test_a_frame_about_the_page_changes_nothing() -> None:
    frame = Wall(WallKind.BOX, 10, 10, 590, 390)
    assert read(set_line("渡口船多", 100, 50, 24) + set_two_columns(), frame) == ["渡口船多", FIRST, SECOND]


def test_articles_side_by_side_with_unequal_heads() -> None:
    left = set_line("渡口船多", 60, 50, 24) + set_column(LEFT, 50, 90) + set_column(RIGHT, 160, 90)
    right = set_line("仓库开门", 290, 50, 30) + set_line("晒粮忙", 305, 85, 30)
    right += set_column(LEFT, 275, 130) + set_column(RIGHT, 385, 130)
    lines = read(left + right)
    assert lines == ["渡口船多", FIRST, SECOND, "", "仓库开门 晒粮忙", FIRST, SECOND]


def test_one_article_above_another_in_the_same_columns() -> None:
    rule = Wall(WallKind.RULE, 50, 215, 260, 215)
    below = set_line("仓库开门", 55, 225, 24) + set_two_columns(y=260)
    lines = read(set_two_columns() + below, rule)
    assert lines == [FIRST, SECOND, "", "仓库开门", FIRST, SECOND]


def test_text_beside_a_picture() -> None:
    """The lines beside a picture begin further right, and none of them opens a paragraph by that."""
    text = "三月的河水涨了半尺，渡口的船又多起来了。码头上新修的栈桥长120米，可停靠36条船，比去年多了一倍还不止，往后运粮不必再等潮水了。"
    lines, rest = [], text
    for index in range(8):
        room = (8 if index == 0 else 10) if index < 3 or index > 5 else 7
        lines.append((rest[:room], 20 if index == 0 else 30 if 3 <= index <= 5 else 0))
        rest = rest[room:]
    glyphs = [g for i, (line, indent) in enumerate(lines) for g in set_line(line, 50 + indent, 100 + i * LEADING)]
    image = Wall(WallKind.IMAGE, 50, 145, 75, 188)
    assert read(glyphs, image) == [text[: len(text) - len(rest)]]


def test_type_printed_twice_is_read_once() -> None:
    bold = [g._replace(x0=g.x0 + 0.3, x1=g.x1 + 0.3) for g in set_line("渡口船多", 100, 50, 24)]
    glyphs = set_line("渡口船多", 100, 50, 24) + bold + set_two_columns()
    assert read(glyphs) == ["渡口船多", FIRST, SECOND]


def test_figures_set_smaller_stay_in_their_line() -> None:
    glyphs = [g._replace(size=8.6) if g.text.isascii() else g for g in set_two_columns()]
    assert read(glyphs) == [FIRST, SECOND]


def test_nothing_printed_gives_no_text() -> None:
    page = read_page([], width=600)
    assert (page.text, len(page.pages), len(page.boxes)) == ("", 0, 0)
