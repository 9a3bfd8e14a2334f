"""What is text on an e-paper page, and what is not."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gazette.clean import clean
from gazette.extract import extract
from gazette.ingest.formats import find_format, read_text
from gazette.ingest.html import read_page
from gazette.ingest.model import Issue
from gazette.ingest.reasons import Reason, UnreadableIssue
from gazette.publish.rows import build_rows
from gazette.tables import RECORD_TABLES

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "html"
TITLE = "江北老厂房里机器又响了"
PARAGRAPHS = [
    "截至3月4日，全区已有86家规上企业恢复生产，复工率达92.5%，返岗员工1.2万人。",
    "区里的三家银行为41家企业发放贷款3.5亿元，平均利率3.9%，办得最快的一笔只用了两天。",
    "新港大桥等12个重点项目全部复工，总投资48.6亿元，现场工人1860人。",
]
SECOND = "滨河公园改造开工"
SECOND_TEXT = "滨河公园改造项目3月5日开工，总投资2.4亿元，工期300天，建成后可供5万居民散步健身。"
MENU = '<div id="menu"><ul><li><a href="1.htm">第01版：要闻</a></li><li><a href="2.htm">今日气温12度，宜出门走走，多穿一件</a></li></ul></div>'
TOP = '<div>某日报数字报 2020年3月5日 星期四 <a href="#">上一篇</a> <a href="#">下一篇</a> 放大 缩小 默认</div>'
FOOT = '<div class="foot">版权所有 某日报社 未经书面授权，不得转载。电话：000-00000000 某ICP备00000000号</div>'
SCRIPT = "<script>var a = '全区企业复工99家，增长5%。';</script><style>td { width: 77% }</style><!-- 返岗8888人。 -->"


def build_founder(titles: str = "") -> str:
    body = "".join(f"<P>　　{text}</P>" for text in PARAGRAPHS)
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>{TITLE}--某日报</title>{SCRIPT}</head>
<body>{TOP}<table><tr><td>{MENU}</td><td><table><tr><td class="title1">区内企业陆续复工</td></tr>
<tr><td class="title" align="center"><strong>{TITLE}</strong></td></tr><tr><td>本报记者 何田</td></tr>
<tr><td><div id="ozoom"><founder-content>{body}</founder-content></div></td></tr></table>{titles}</td></tr></table>{FOOT}</body></html>"""


def build_breaks(wrap: bool = False) -> str:
    texts = PARAGRAPHS
    if wrap:
        texts = ["<br>".join(re.findall(".{1,17}", text)) for text in PARAGRAPHS]
    body = (
        "<br><br>".join(f"　　{text}" for text in texts) if not wrap else "<br>".join(f"　　{text}" for text in texts)
    )
    return f"<html><body>{SCRIPT}{TOP}{MENU}<div><h1>{TITLE}</h1><div>{body}</div></div>{FOOT}</body></html>"


def read(page: str, encoding: str = "gb18030") -> list[str]:
    return read_page(page.encode(encoding)).text.splitlines()


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_founder_tables(encoding: str) -> None:
    assert read(build_founder(), encoding) == ["区内企业陆续复工", TITLE, "本报记者 何田", *PARAGRAPHS]


@pytest.mark.parametrize("wrap", [False, True])
def test_breaks(wrap: bool) -> None:
    """A <br> ends a paragraph, unless what follows has no indent and the others have one."""
    assert read(build_breaks(wrap)) == [TITLE, *PARAGRAPHS]


def test_the_title_of_the_document_where_the_page_shows_none() -> None:
    page = f"<html><head><title>{TITLE}_某日报</title></head><body><div><p>{'</p><p>'.join(PARAGRAPHS)}</p></div></body></html>"
    assert read(page) == [TITLE, *PARAGRAPHS]


def test_several_articles_are_parted_by_a_blank_line() -> None:
    page = f"<html><body>{TOP}<div><h2>{TITLE}</h2><div><p>{'</p><p>'.join(PARAGRAPHS)}</p></div></div><div><h2>{SECOND}</h2><div><p>{SECOND_TEXT}</p></div></div></body></html>"
    assert read(page) == [TITLE, *PARAGRAPHS, "", SECOND, SECOND_TEXT]
    one = f"<html><body><div><h2>{TITLE}</h2><p>{'</p><p>'.join(PARAGRAPHS)}</p><h2>{SECOND}</h2><p>{SECOND_TEXT}</p></div></body></html>"
    assert read(one) == [TITLE, *PARAGRAPHS, "", SECOND, SECOND_TEXT]


def test_short_headings_within_an_article_stay_in_it() -> None:
    page = f"<html><body><div><h1>{TITLE}</h1><p>{PARAGRAPHS[0]}</p><p><strong>银行上门</strong></p><p>{PARAGRAPHS[1]}</p></div></body></html>"
    assert read(page) == [TITLE, PARAGRAPHS[0], "银行上门", PARAGRAPHS[1]]


def test_a_table_within_an_article_is_part_of_it() -> None:
    cells = [
        f"{place}{count}家"
        for count, place in enumerate(["城东", "城南", "城西", "城北", "新港", "老街", "河口", "山前"], start=11)
    ]
    table = f"<table>{''.join(f'<tr><td>{cell}</td></tr>' for cell in cells)}</table>"
    page = f"<html><body><div><p>{PARAGRAPHS[0]}</p>{table}<p>{PARAGRAPHS[1]}</p></div></body></html>"
    assert read(page) == [PARAGRAPHS[0], *cells, PARAGRAPHS[1]]


def test_line_ends_of_the_source_part_nothing() -> None:
    page = f"<html><body><div><p>\n　　{PARAGRAPHS[0][:11]}\r\n    {PARAGRAPHS[0][11:]}\n</p><p>{PARAGRAPHS[1]}</p></div></body></html>"
    assert read(page) == [PARAGRAPHS[0], PARAGRAPHS[1]]


def test_links_within_a_sentence_are_text() -> None:
    linked = PARAGRAPHS[0].replace("复工率", '<a href="x">复工率</a>')
    assert PARAGRAPHS[0] in read(f"<html><body><div><p>{linked}</p><p>{PARAGRAPHS[1]}</p></div></body></html>")


@pytest.mark.parametrize("hidden", ['style="display: none"', "hidden"])
def test_what_is_hidden_is_no_text(hidden: str) -> None:
    page = f"<html><body><div><p>{PARAGRAPHS[0]}</p><p {hidden}>{PARAGRAPHS[1]}</p></div></body></html>"
    assert read(page) == [PARAGRAPHS[0]]


def test_characters_beyond_gb2312_under_its_name() -> None:
    page = build_founder().replace("何田", "何镕䶮")
    assert "本报记者 何镕䶮" in read(page)


@pytest.mark.parametrize(
    "page", ["<html><body></body></html>", f"<html><body>{MENU}{FOOT}</body></html>", "<html><body>中</body></html>"]
)
def test_a_page_without_an_article(page: str) -> None:
    with pytest.raises(UnreadableIssue) as caught:
        read(page)
    assert caught.value.reason is Reason.NO_TEXT


def test_a_page_in_another_language() -> None:
    page = f"<html><body><p>{'Nothing but English, and a good deal of it. ' * 9}</p></body></html>".encode()
    with pytest.raises(UnreadableIssue) as caught:
        read_text(page, "html")
    assert caught.value.reason is Reason.NOT_CHINESE


def build_records(data: bytes) -> dict[str, list[dict[str, Any]]]:
    """The records of an issue, without what tells where they come from."""
    format_ = find_format(data)
    decoded = read_text(data, format_)
    issue = Issue(
        "0" * 64,
        "p/2020-03-05/1",
        "p",
        "某日报",
        date(2020, 3, 5),
        "1",
        "500000",
        format_,
        decoded.encoding,
        len(data),
        decoded.text,
    )
    cleaned = clean(issue.text)
    rows = build_rows(issue, cleaned, extract(cleaned, issue.issue_date, issue.region_code))
    provenance = {"record_id", "parent_id", "issue_id", "char_start", "char_end"}
    return {
        name: [{k: v for k, v in row.items() if k not in provenance} for row in rows[name]] for name in RECORD_TABLES
    }


@pytest.mark.parametrize(
    ("page", "titles"),
    [
        (build_founder(), ["区内企业陆续复工", TITLE]),
        (build_breaks(), [TITLE]),
        (build_breaks(wrap=True), [TITLE]),
    ],
)
def test_the_same_page_as_text_gives_the_same_records(page: str, titles: list[str]) -> None:
    dump = "\n".join([*titles, *(f"　　{text}" for text in PARAGRAPHS)]) + "\n"
    expected, found = build_records(dump.encode()), build_records(page.encode("gb18030"))
    assert sum(map(len, expected.values())) >= 4
    assert found == expected


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
def test_samples() -> None:
    pages = {file.name: read_text(file.read_bytes(), "html") for file in SAMPLES.glob("*.html")}
    assert {page.encoding for page in pages.values()} == {"gb18030", "utf-8"}
    for name, page in pages.items():
        assert not re.search("版权|备00|上一篇|第0.版|var a|font-size|一条生产线|自助办税", page.text), name
        assert re.search("^澜溪 复工复产按下“加速键”$", page.text, re.MULTILINE), name
    for template in ("br", "founder"):
        texts = [page.text for name, page in pages.items() if template in name]
        assert len(set(texts)) == 1
