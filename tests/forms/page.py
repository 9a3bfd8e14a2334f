"""One page in the four forms in which issues come: text as copied from a page, e-paper HTML, a PDF with a text layer,
and that PDF scanned.

The articles stand here once; the forms differ in what surrounds, breaks and orders them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from gazette.ingest.pdf import render_page
from tests.layout.newspaper import (
    FONT,
    Compositor,
    Page,
    Rect,
    Slot,
    Style,
    break_plain,
    find_width,
    register_font,
    write_pdf,
)

DAY = "2021-04-20"
REGION = "500153"  # 重庆市荣昌区
DOTS_PER_INCH = 200
DEGREES = 0.4  # that the scan is askew
GRAIN = 0.15  # share of noise in its grey


@dataclass(frozen=True)
class Article:
    headline: str
    paragraphs: tuple[str, ...]
    caption: str | None = None


KICKER = "42个重点项目集中开工 总投资逾130亿元"
ARTICLES = (
    Article(
        "荣昌 开春就把弦绷紧",
        (
            "本报讯（记者 周行远）4月16日，荣昌区举行二季度重大项目集中开工活动，42个项目同时破土，总投资137.6亿元，年度计划投资29.3亿元。",
            "塔吊一转，沿河的几片工地就热闹开了。截至4月15日，全区规模以上工业企业318家，已复工311家，复工率97.8%；返岗员工4.62万人，返岗率93.5%。其中，荣昌高新区186家企业全部复工，返岗员工2.7万余人。",
            "“窑一停，再烧热得花半个月。”重庆昌瑞陶瓷有限公司负责人说。公司二期厂房总投资约5.4亿元，占地130亩，眼下在岗工人260人，年产值可达8亿元。",
            "接下来的日子更紧。按照安排，三季度荣昌区还将开工项目15个，总投资60亿元以上，预计带动就业2800人左右。",
        ),
        "昌瑞陶瓷的窑炉旁，工人正在码放素坯 周行远 摄",
    ),
    Article(
        "三天到账 小店缓过一口气",
        (
            "本报讯（通讯员 沈知秋）今年一季度，荣昌区各家银行向742户小微企业发放贷款11.3亿元，平均利率4.35%；办理延期还本付息93笔，金额近2亿元。",
            "区人力社保局也跑在前头，向267家企业发放稳岗返还资金1846.5万元。眼下还有58家企业提出融资需求3.7亿元，银行的客户经理正一家一家上门。",
        ),
    ),
    Article(
        "招聘会开到场镇上",
        (
            "本报讯（记者 周行远）赶场天，安富街道的广场上支起了一排桌子。截至4月18日，荣昌区共举办招聘会16场，提供岗位9200个，达成就业意向3100多人。",
            "岗前培训也没有落下，先后培训工人850人次。“在家门口挣钱，娃儿也顾得上。”刚签完合同的廖大姐说。",
        ),
    ),
)


def write_text() -> str:
    """As the text of a page is copied: lines of a narrow column broken in mid-word, blanks about figures, a caption in
    the midst of a sentence, the page's title last."""
    register_font()
    size = 10.0
    title, *others = ARTICLES
    parts = []
    for article in (title, *others):
        lines = [line for text in article.paragraphs for line in break_plain("　　" + text, 16 * size, size)]
        lines = [_space(line) if number % 5 == 3 else line for number, line in enumerate(lines)]
        lines = [line.replace("　　", "") for line in lines]
        if article.caption:
            middle = next(i for i in range(len(lines) // 2, len(lines)) if not lines[i].endswith("。"))
            lines[middle + 1 : middle + 1] = ["", article.caption, ""]
        parts.append("\n".join(lines if article is title else [article.headline, "", *lines]))
    return "\n第02版 要闻\n\n" + "\n\n".join(parts) + f"\n\n{title.headline}\n{KICKER}\n"


def _space(line: str) -> str:
    """The line with blanks about its figures, as a justified one is copied."""
    spaced = ""
    for before, c in zip(" " + line, line, strict=False):
        is_border = before.isdigit() != c.isdigit() and "." not in (before, c) and before not in " 　" and c != "%"
        spaced += f" {c}" if is_border else c
    return spaced


LINKS = "".join(
    f'<li><a href="node_{n}.htm">第0{n}版：{name}</a></li>' for n, name in enumerate("要闻 经济 民生 副刊".split(), 1)
)


def write_html() -> bytes:
    """A page of an e-paper: tables in tables, links beside and above, <br> between paragraphs, and an encoding that is
    larger than the one it declares."""
    articles = "".join(map(_write_article, ARTICLES))
    page = f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"><html><head>
<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>昌州时报数字报</title>
<script>var day = "2021年4月20日", count = 12;</script><style>td {{font-size: 12px}}</style></head><body>
<div id="top"><a href="/">昌州时报数字报</a> 2021年4月20日 星期二 <a href="#">返回目录</a> <a href="#">下一篇</a> 放大 缩小 默认</div>
<table width="1000"><tr><td width="300" valign="top"><ul>{LINKS}</ul>
<table><tr><td><a href="content_9.htm">全区新增停车位1200个</a></td></tr></table></td>
<td valign="top">{articles}</td></tr></table>
<div class="foot">版权所有 昌州时报社 融媒体技术支持：400-000-0000</div></body></html>"""
    return page.encode("gb18030")


def _write_article(article: Article) -> str:
    kicker = f'<tr><td class="title1">{KICKER}</td></tr>' if article is ARTICLES[0] else ""
    text = "<br><br>".join(f"　　{paragraph}" for paragraph in article.paragraphs)
    photo = f'<center><img src="p.jpg"></center><p>{article.caption}</p>' if article.caption else ""
    return f"""<table>{kicker}<tr><td class="title" align="center"><strong>{article.headline}</strong></td></tr>
<tr><td><div id="ozoom"><founder-content>{photo}<p>{text}</p></founder-content></div></td></tr></table>"""


class Typesetter(Compositor):
    """Sets the articles of this page instead of drawn ones: the first over all columns, the others side by side."""

    def __init__(self, style: Style) -> None:
        self.draw = random.Random(0)
        self.style = style
        self.page = Page(style, "mixed")
        self.column = (style.width - 2 * style.margin - (style.columns - 1) * style.gutter) / style.columns
        self.frames = 0

    def compose(self) -> Page:
        style = self.style
        masthead = "昌州时报　02 要闻"
        self._set_words("2021年4月20日　星期二", style.margin, style.margin, 9, "masthead")
        self._set_words(masthead, style.width - style.margin - find_width(masthead, 9), style.margin, 9, "masthead")
        self._rule(style.margin + 14)
        middle = self._set_whole(ARTICLES[0], (0, style.columns), style.margin + 26)
        self._rule(middle + 10)
        half = style.columns // 2
        left = self._set_whole(ARTICLES[1], (0, half), middle + 24)
        right = self._set_whole(ARTICLES[2], (half, style.columns), middle + 24)
        style.height = max(left, right) + style.margin
        return self.page

    def _rule(self, y: float) -> None:
        self.page.rules.append(Rect(self.style.margin, y, self.style.width - self.style.margin, y))

    def _set_whole(self, article: Article, columns: tuple[int, int], top: float) -> float:
        """The article in columns of the same height; gives where it ends."""
        first, last = columns
        left, right = self._find_x(first), self._find_x(last - 1) + self.column
        frame, points = self._new_frame("head"), 26.0 if article is ARTICLES[0] else 17.0
        titles = [(article.headline, points)]
        if article is ARTICLES[0]:
            titles.insert(0, (KICKER, 14.0))
        for words, size in titles:
            self._set_words(words, (left + right - find_width(words, size)) / 2, top, size, frame)
            top += 1.4 * size
        top += 6
        for rows in range(4, 60):
            bottom = top + rows * self.style.leading
            photo = self._find_photo(article, last - 1, bottom)
            if lines := self._break_all(article, self._find_slots(first, last, Rect(left, top, right, bottom), photo)):
                break
        for slot, line, is_last in lines:
            self._set_line(slot, line, is_last)
        for place in photo:
            self._set_captioned(article.caption or "", place)
        return bottom

    def _break_all(self, article: Article, slots: list[Slot]) -> list[tuple[Slot, str, bool]]:
        """The lines of all paragraphs; none where they do not fit."""
        broken: list[tuple[Slot, str, bool]] = []
        for text in article.paragraphs:
            lines = self._break(text, slots[len(broken) :])
            if lines is None:
                return []
            broken += lines
        return broken

    def _find_photo(self, article: Article, column: int, bottom: float) -> list[Rect]:
        """The room of a photograph and its caption, at the foot of a column."""
        if not article.caption:
            return []
        x, size = self._find_x(column), self.style.caption_size
        lines = break_plain(article.caption, self.column, size)
        return [Rect(x, bottom - 50 - 1.25 * size * len(lines), x + self.column, bottom)]

    def _set_captioned(self, caption: str, place: Rect) -> None:
        size = self.style.caption_size
        lines = break_plain(caption, place.width, size)
        foot = place.y1 - 1.25 * size * len(lines)
        self.page.rects.append((Rect(place.x0, place.y0 + 6, place.x1, foot - 4), "photo"))
        for number, line in enumerate(lines):
            self._set_words(line, place.x0, foot + 1.25 * size * number, size, "caption")


def write_layered_pdf(columns: int = 4) -> bytes:
    register_font()
    style = Style(
        columns=columns,
        gutter=14.0,
        size=9.5,
        leading=14.5,
        width=620.0,
        height=720.0,
        margin=36.0,
        hanging="half",
        by_glyph=True,
        order="frames",
        column_rules=False,
        caption_size=8.0,
        stretched=False,
        framed=False,
    )
    return write_pdf([Typesetter(style).compose()], seed=1)


def draw_scan(pdf: bytes) -> bytes:
    """The PDF's first page as a PNG, as it comes from a scanner: in grey, askew, grainy."""
    drawn = render_page(pdf, 1, DOTS_PER_INCH)
    page = Image.frombytes("RGB", (drawn.width, drawn.height), drawn.pixels).convert("L")
    page = page.rotate(DEGREES, Image.Resampling.BICUBIC, fillcolor=255)
    grain = Image.frombytes("L", page.size, random.Random(0).randbytes(page.width * page.height))
    output = BytesIO()
    Image.blend(page, grain, GRAIN).save(output, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return output.getvalue()


def has_chinese_font() -> bool:
    """Whether pages can be drawn: their font is not in the PDF, and one of the system stands in for it."""
    register_font()
    output = BytesIO()
    canvas = Canvas(output, pagesize=(60, 40), invariant=1)
    canvas.setFont(FONT, 20)
    canvas.drawString(10, 10, "荣昌")
    canvas.save()
    return any(level < 100 for level in render_page(output.getvalue(), 1).pixels)
