"""What the site is made of, without a browser: which files a change writes, and that nothing of an issue is markup."""

from __future__ import annotations

import json
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from gazette.publish.store import RESTATED, Change, build_month
from gazette.report import ReportError, build_report
from gazette.report.issues import Figure, build_issue, build_paragraphs
from gazette.report.literals import write_literal
from tests.forms.page import has_chinese_font, write_layered_pdf
from tests.report.conftest import Published, Reported
from tests.report.issues import ATTACKS, DISPUTING, TELLING


class Tags(HTMLParser):
    """The elements and attributes of a page, and its text but for the reasons beside figures, as a parser sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.is_reason = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.is_reason = self.is_reason or tag == "small"

    def handle_endtag(self, tag: str) -> None:
        self.is_reason = self.is_reason and tag != "small"

    def handle_data(self, data: str) -> None:
        if not self.is_reason:
            self.text.append(data)


def read_tags(file: Path) -> Tags:
    tags = Tags()
    tags.feed(file.read_text(encoding="utf-8"))
    return tags


def test_nothing_of_a_hostile_issue_is_markup(reported: Reported) -> None:
    tags = read_tags(reported.published.page(reported.ids["hostile"]))
    names = [name for name, _ in tags.attributes]
    assert [value for name, value in tags.attributes if name == "id" and value == "smuggled"] == []
    assert not {"style", "b", "img", "i"} & set(tags.tags)
    assert [name for name in names if name.startswith("on")] == []
    assert [value for name, value in tags.attributes if name in ("href", "src") and "script:" in (value or "")] == []
    assert tags.tags.count("html") == tags.tags.count("main") == tags.tags.count("body") == 1
    shown = "".join("".join(tags.text).split())
    for attack in ATTACKS:
        assert "".join(attack.split()) in shown


def test_every_page_forbids_what_it_does_not_need(reported: Reported) -> None:
    pages = list(reported.published.site.rglob("*.html"))
    assert len(pages) >= 12
    for file in pages:
        policy = next(
            value for name, value in read_tags(file).attributes if name == "content" and "default-src" in str(value)
        )
        assert "default-src 'none'" in str(policy)
        assert "unsafe" not in str(policy)


@pytest.mark.parametrize("text", ["</script>", "<!--", "\u2028", "\u2029", "]]>", "&lt;", "'\"\\", "\x00", "𠮷"])
def test_a_literal_is_text_wherever_it_stands(text: str) -> None:
    literal = write_literal({"text": text})
    assert not {"<", ">", "&", "\u2028", "\u2029"} & set(literal)
    assert json.loads(literal) == {"text": text}


def test_files_are_named_for_identities_never_for_what_issues_say(reported: Reported) -> None:
    for file in reported.published.site.rglob("*"):
        assert set(file.name) <= set("abcdefghijklmnopqrstuvwxyzLICENSES0123456789-_.") or file.suffix in (
            ".txt",
            ".js",
        )


def test_figures_keep_their_places_behind_characters_outside_the_basic_plane() -> None:
    text = "𠮷𠮷公司复工19个，𠮷总投资50.8亿元。"
    rows = [
        {"char_start": start, "char_end": start + len(figure)}
        for figure in ("19个", "50.8亿元")
        if (start := text.index(figure)) > 0
    ]
    (paragraph,) = build_paragraphs(text, [Figure(number, row) for number, row in enumerate(rows)])
    assert [segment.text for segment in paragraph.segments if segment.figure] == ["19个", "50.8亿元"]
    assert "".join(segment.text for segment in paragraph.segments) == text


def test_what_recognition_was_not_sure_of_is_listed_first() -> None:
    text = "复工19个，投资50亿元。"
    common = {"table": None, "column": None, "record_id": None, "reason": "outside_tables"}
    places = [(text.index(figure), text.index(figure) + len(figure)) for figure in ("19个", "50亿元")]
    mentions = [
        {"char_start": start, "char_end": end, "ocr_confidence": sure} | common
        for (start, end), sure in zip(places, (0.62, 0.99), strict=True)
    ]
    page = build_issue({}, text, mentions, {}, {}, {})
    assert [figure.number for figure in page.unsure] == [0]


def test_a_figure_outside_the_running_text_is_not_lost() -> None:
    figure = Figure(0, {"char_start": 90, "char_end": 93})
    assert [s.figure for p in build_paragraphs("复工19个。", [figure]) for s in p.segments if s.figure] == []
    row = {"char_start": 90, "char_end": 93, "ocr_confidence": None, "table": None, "record_id": None, "reason": "date"}
    assert [one.number for one in build_issue({}, "复工19个。", [row], {}, {}, {}).unplaced] == [0]


def test_a_second_report_writes_nothing(published: Published) -> None:
    published.publish(TELLING, date(2020, 3, 18))
    assert published.report().written
    summary = published.report()
    assert (summary.written, summary.removed) == ((), ())


def test_one_new_issue_writes_its_page_its_months_and_the_overviews(published: Published) -> None:
    published.publish(TELLING, date(2020, 3, 18))
    published.publish(TELLING + "今天。", date(2020, 1, 5))
    published.report()
    issue_id = published.publish(DISPUTING, date(2020, 3, 19))
    written = set(published.report().written)
    pages = {path for path in written if path.startswith("issues/")}
    assert pages == {str(published.page(issue_id).relative_to(published.site))}
    assert {"index.html", "quality.html", "disagreement.html", "data/points.js"} <= written
    assert not [path for path in written if path.startswith(("assets/", "tables/")) or "2020-01" in path]


def test_what_left_the_tables_leaves_the_site(published: Published) -> None:
    issue_id = published.publish(TELLING, date(2020, 3, 18))
    published.report()
    (published.site / "notes of mine.txt").touch()
    assert published.page(issue_id).exists()
    month = build_month(date(2020, 3, 18))
    restated = published.store.read_documents().select("path", "issue_id").to_dicts()
    gone = pl.DataFrame([row | {"month": month, "status": None, "detail": None} for row in restated], schema=RESTATED)
    published.store.commit(Change(withdrawn={issue_id: month}, restated=gone))
    summary = published.report()
    assert str(published.page(issue_id).relative_to(published.site)) in summary.removed
    assert not published.page(issue_id).exists()
    assert (published.site / "notes of mine.txt").exists()


def test_a_page_that_was_lost_is_written_again(published: Published) -> None:
    issue_id = published.publish(TELLING, date(2020, 3, 18))
    published.report()
    published.page(issue_id).unlink()
    published.report()
    assert published.page(issue_id).exists()


def test_a_manifest_that_cannot_be_read_means_a_report_from_the_start(published: Published) -> None:
    published.publish(TELLING, date(2020, 3, 18))
    published.report()
    (published.site / "manifest.json").write_text("[]", encoding="utf-8")
    assert published.report().written


def test_without_tables_it_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no tables yet; `gazette run"):
        build_report(tmp_path)


@pytest.mark.skipif(not has_chinese_font(), reason="no font with Chinese characters on this machine")
def test_a_pdf_is_shown_as_printed_with_a_box_around_every_figure(published: Published) -> None:
    issue_id = published.publish(write_layered_pdf(), date(2021, 4, 20), "02.pdf")
    published.report()
    picture = published.site / "pages" / issue_id[:2] / f"{issue_id[:32]}-1.webp"
    assert picture.read_bytes()[8:12] == b"WEBP"
    tags = read_tags(published.page(issue_id))
    boxed = published.store.read("mentions").drop_nulls("x0").height
    assert tags.tags.count("rect") == boxed > 30

    published.publish(TELLING, date(2021, 4, 21))
    assert str(picture.relative_to(published.site)) not in published.report().written  # drawn once


@pytest.mark.skipif(not has_chinese_font(), reason="no font with Chinese characters on this machine")
def test_a_pdf_whose_file_is_gone_is_shown_without_picture(published: Published) -> None:
    issue_id = published.publish(write_layered_pdf(), date(2021, 4, 20), "02.pdf")
    next((published.root / "raw").rglob("*.pdf")).write_bytes(b"%PDF-1.4 something else")
    published.report()
    assert "no longer below raw/" in published.page(issue_id).read_text(encoding="utf-8")
    assert not (published.site / "pages").exists()
