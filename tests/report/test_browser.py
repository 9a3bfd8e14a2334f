"""The site in a real browser with the network cut off: what a reader does, and that no page fails, leaves the disk or
writes to the console (`new_page` looks at that)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from gazette.publish.frames import build_frame
from gazette.publish.store import Change
from gazette.tables import TABLES
from tests.report.conftest import Published, Reported
from tests.report.issues import ATTACKS, TELLING

NewPage = Callable[..., Any]
PHONE = {"viewport": {"width": 390, "height": 844}}
OVERVIEW_PAGES = ("index.html", "quality.html", "disagreement.html", "dictionary.html")
TABLE_PAGES = tuple(
    f"tables/{name}.html"
    for name in "projects enterprises finance labor mentions documents series checks rejected".split()
)


def open_table(new_page: NewPage, reported: Reported, name: str, **options: Any) -> Any:
    page = new_page(**options)
    page.goto(reported.uri(f"tables/{name}.html"))
    page.wait_for_selector("body[data-loaded]")
    return page


def expect_text(locator: Any, start: str) -> None:
    """Waits for a text that begins so."""
    from playwright.sync_api import expect

    expect(locator).to_have_text(re.compile(f"^{re.escape(start)}"))


def expect_count(locator: Any, count: int) -> None:
    from playwright.sync_api import expect

    expect(locator).to_have_count(count)


def rows_of(page: Any) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in page.locator("#grid tbody tr").all()]


# -- issue pages


def test_choosing_a_figure_shows_its_record_and_back(reported: Reported, new_page: NewPage) -> None:
    page = new_page()
    page.goto(reported.page("telling"))
    page.locator(".text .fig", has_text="50.8亿元").click()
    record = page.locator(".record.is-chosen")
    assert "50.8亿元" in record.locator("blockquote").inner_text()
    assert record.locator(".measure dd").all_inner_texts() == ["19", "¥5.08 bn"]
    assert "¥5.08 bn" in page.locator("#chosen").inner_text()

    page.locator(".record", has_text="3.2亿元").click()
    marked = page.locator(".text .fig.is-of-record").all_inner_texts()
    assert set(marked) == {"25家", "3.2亿元"}


def test_an_approximate_figure_tells_its_interval(reported: Reported, new_page: NewPage) -> None:
    page = new_page()
    page.goto(reported.page("telling"))
    page.locator(".text .fig", has_text="约1.5万人").click()
    assert "14,500 – 15,500" in page.locator("#chosen").inner_text()


def test_keys_step_through_the_figures(reported: Reported, new_page: NewPage) -> None:
    page = new_page()
    page.goto(reported.page("telling"))
    figures = page.locator(".text .fig[id]").all_inner_texts()
    for figure in figures[:3]:
        page.keyboard.press("j")
        assert page.locator(".text .fig.is-chosen").inner_text() == figure
    page.keyboard.press("k")
    assert page.locator(".text .fig.is-chosen").inner_text() == figures[1]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.className").startswith("record")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == figures[1]


def test_chips_leave_out_what_is_not_looked_for(reported: Reported, new_page: NewPage) -> None:
    page = new_page()
    page.goto(reported.page("telling"))
    for chip in page.locator(".chip").all():
        if chip.get_attribute("data-outcome") != "labor":
            chip.click()
    page.keyboard.press("j")
    assert page.locator(".text .fig.is-chosen").inner_text() == "约1.5万人"


def test_what_was_rejected_stands_first_with_the_rule_in_words(reported: Reported, new_page: NewPage) -> None:
    page = new_page(locale="zh-CN")
    page.goto(reported.page("telling"))
    section = page.locator("section.first.has")
    assert "复工率在 0 与 100% 之间。" in section.inner_text()
    assert "resumption_rate=103" in section.inner_text()
    text = page.locator("section.text")
    assert section.bounding_box()["y"] < text.bounding_box()["y"]
    section.locator(".figures .fig", has_text="103%").click()
    assert (
        text.locator(".fig.is-chosen").inner_text() == "达到103%"
        or "103%" in text.locator(".fig.is-chosen").inner_text()
    )


def test_unfiled_figures_say_why(reported: Reported, new_page: NewPage) -> None:
    page = new_page(locale="zh-CN")
    page.goto(reported.page("telling"))
    reasons = page.locator(".text .why:visible").all_inner_texts()
    assert "日期" in reasons
    page.locator(".text .fig.t-date").first.click()
    assert "日期" in page.locator("#chosen").inner_text()


def test_an_address_leads_to_a_record_and_its_sentence(reported: Reported, new_page: NewPage) -> None:
    page = open_table(new_page, reported, "finance")
    page.locator("#grid tbody a").first.click()
    page.wait_for_selector(".record.is-chosen")
    assert "3.2亿元" in page.locator(".record.is-chosen blockquote").inner_text()


def test_a_hostile_issue_is_text_and_does_nothing(reported: Reported, new_page: NewPage) -> None:
    page = new_page()
    page.goto(reported.page("hostile"))
    shown = "".join(
        page.locator("section.text")
        .evaluate(
            "section => { const copy = section.cloneNode(true); copy.querySelectorAll('.why').forEach(one => one.remove());"
            " return copy.textContent; }"
        )
        .split()
    )
    for attack in ATTACKS:
        assert "".join(attack.split()) in shown
    for figure in page.locator(".text .fig[id]").all()[:6]:
        figure.click()
    assert page.locator("#smuggled").count() == 0
    assert page.evaluate("window.hit") is None
    assert page.locator("main").count() == 1

    table = open_table(new_page, reported, "projects")
    table.locator("#search").fill("alert(2)")
    expect_count(table.locator("#grid tbody tr"), 1)
    assert "</script><script>alert(2)</script>" in table.locator("#grid tbody").inner_text()


# -- the other pages


def test_the_reader_chooses_the_language_and_it_stays(reported: Reported, new_page: NewPage) -> None:
    page = new_page()
    page.goto(reported.uri("index.html"))
    assert page.locator("h1").inner_text() == "Overview"
    page.locator("#language").click()
    assert page.locator("h1").inner_text() == "概览"
    page.goto(reported.uri("quality.html"))
    assert page.locator("h1").inner_text() == "质量"
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"


def drawn(page: Any, times: int) -> None:
    page.wait_for_selector(f"body[data-drawn='{times}']")


def test_charts_show_figures_planned_apart_and_lead_to_records(reported: Reported, new_page: NewPage) -> None:
    page = new_page()
    page.goto(reported.uri("index.html"))
    drawn(page, 1)
    marks = "g.layer_1_marks path"
    assert page.locator(f"#investment-actual {marks}").count() >= 2
    assert page.locator(f"#investment-planned {marks}").count() >= 1
    assert page.locator("#headcounts-actual .mark-rule line").count() >= 1  # the interval of 约1.5万人
    page.locator(f"#investment-planned {marks}").first.click()
    page.wait_for_selector(".record.is-chosen")
    assert "计划" in page.locator(".record.is-chosen blockquote").inner_text()


def test_charts_are_filtered_by_region_and_day(reported: Reported, new_page: NewPage) -> None:
    page = new_page()
    page.goto(reported.uri("index.html"))
    drawn(page, 1)
    everything = int(page.locator("#points-status").inner_text().split()[0])
    page.locator("#region").select_option("重庆市永川区")
    drawn(page, 2)
    one_region = int(page.locator("#points-status").inner_text().split()[0])
    assert 0 < one_region < everything
    page.locator("#region").select_option("")
    drawn(page, 3)
    page.locator("#to").fill("2020-03-31")
    page.locator("#to").blur()
    drawn(page, 4)
    assert 0 < int(page.locator("#points-status").inner_text().split()[0]) < everything
    page.locator("#clear").click()
    drawn(page, 5)
    assert int(page.locator("#points-status").inner_text().split()[0]) == everything


def test_quality_tells_of_every_run_and_what_broke_which_rule(reported: Reported, new_page: NewPage) -> None:
    page = new_page()
    page.goto(reported.uri("quality.html"))
    drawn(page, 1)
    assert page.locator("#trend-share g.layer_1_marks path").count() == 3  # runs
    shares = page.locator("section", has=page.locator("#share-h")).locator("table").first
    assert shares.locator("tbody tr").count() == 2  # months
    row = page.locator("section", has=page.locator("#rules-h")).locator(
        "tr", has_text="resumption_rate_within_0_and_100"
    )
    assert "A rate of resumption lies between 0 and 100 percent." in row.inner_text()
    assert row.locator("td").all_inner_texts()[-2:] == ["15", "3"]  # checked and broken, over all runs


def test_disagreement_shows_both_figures_side_by_side(reported: Reported, new_page: NewPage) -> None:
    page = new_page(locale="zh-CN")
    page.goto(reported.uri("disagreement.html"))
    case = page.locator("section", has=page.locator("#disputed-h")).locator("article")
    assert case.count() == 1
    assert case.locator(".value").all_inner_texts() == ["50亿元", "50.8亿元"]
    agreed = page.locator("section", has=page.locator("#corroborated-h")).inner_text()
    assert "19" in agreed
    assert "约1.5万人" in agreed
    case.locator("a").last.click()
    page.wait_for_selector(".record.is-chosen")
    assert "50.8亿元" in page.locator(".record.is-chosen blockquote").inner_text()


def test_the_dictionary_has_every_column_with_its_rules(reported: Reported, new_page: NewPage) -> None:
    page = new_page()
    page.goto(reported.uri("dictionary.html"))
    row = page.locator("section", has=page.locator("#projects")).locator("tr", has_text="resumption_rate")
    assert "Share of the projects resumed" in row.inner_text()
    assert "项目复工率" in row.inner_text()
    row.locator("summary", has_text="Gates").click()
    assert "resumption_rate_within_0_and_100" in row.inner_text()


def test_pages_of_a_folder_in_which_nothing_is_published(published: Published, new_page: NewPage) -> None:
    row = {"path": "<i>/empty.txt", "status": "quarantined", "stage": "ingest", "reason": "empty", "detail": "<b>"}
    row |= {"pipeline_version": "1", "run_id": "run", "ingested_at": datetime(2020, 4, 1, tzinfo=UTC)}
    published.store.commit(Change(documents=build_frame(TABLES["documents"], [row])))
    published.report()
    page = new_page()
    for path in (*TABLE_PAGES, *reversed(OVERVIEW_PAGES)):
        page.goto((published.site / path).as_uri())
    drawn(page, 1)
    assert "<i>/empty.txt" in page.locator("main").inner_text()
    assert "No issue is published yet." in page.locator("main").inner_text()


# -- tables


def test_filters_search_order_and_pages(reported: Reported, new_page: NewPage) -> None:
    page = open_table(new_page, reported, "mentions")
    total = reported.published.store.read("mentions")
    assert f"{total.height} of {total.height} rows" in page.locator("#status").inner_text()

    page.locator("[data-filter=reason]").select_option("date")
    dates = total.filter(total["reason"] == "date").height
    expect_text(page.locator("#status"), f"{dates} of ")
    page.locator("#clear").click()

    page.locator("[data-filter=value]").fill(">=1亿")
    large = total.filter(total["value"] >= 1e8).height
    expect_text(page.locator("#status"), f"{large} of ")
    page.locator("[data-filter=value]").fill("much")
    page.wait_for_selector("[data-filter=value][aria-invalid=true]")
    page.locator("#clear").click()

    page.locator("th[data-column=value] button").click()
    assert page.locator("th[data-column=value]").get_attribute("aria-sort") == "descending"
    largest = total.sort("value", descending=True, nulls_last=True)["text"][0]
    assert largest in rows_of(page)[0]
    page.locator("th[data-column=value] button").click()
    assert page.locator("th[data-column=value]").get_attribute("aria-sort") == "ascending"

    page.locator("#size").select_option("25")
    first = rows_of(page)
    page.locator("#on").click()
    assert len(first) == 25
    assert rows_of(page)[0] != first[0]
    assert "Page 2 of" in page.locator("#where").inner_text()


def test_rejected_rows_tell_the_rule_in_the_language_of_the_reader(reported: Reported, new_page: NewPage) -> None:
    page = open_table(new_page, reported, "rejected")
    assert "A rate of resumption lies between 0 and 100 percent." in page.locator("#grid tbody").inner_text()
    page.locator("#language").click()
    assert "复工率在 0 与 100% 之间。" in page.locator("#grid tbody").inner_text()
    assert "A rate of resumption" not in page.locator("#grid tbody").inner_text()


def test_an_address_filters_a_table(reported: Reported, new_page: NewPage) -> None:
    page = new_page()
    page.goto(reported.uri("tables/series.html") + "#agreement=disputed")
    page.wait_for_selector("body[data-loaded]")
    assert len(rows_of(page)) == 1


def test_what_is_shown_can_be_downloaded(reported: Reported, new_page: NewPage, tmp_path: Path) -> None:
    page = open_table(new_page, reported, "projects", accept_downloads=True)
    page.locator("#search").fill("永川")
    wanted = reported.published.store.read("projects").filter(region_code="500118")
    expect_text(page.locator("#status"), f"{wanted.height} of ")
    with page.expect_download() as waiting:
        page.locator("#download").click()
    waiting.value.save_as(tmp_path / "projects.csv")
    content = (tmp_path / "projects.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert {row["record_id"] for row in rows} == set(wanted["record_id"])
    assert {float(row["investment_cny"]) for row in rows if row["investment_cny"]} == set(
        wanted["investment_cny"].drop_nulls()
    )


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@a", "＝1", "a=1"])
def test_no_cell_of_a_download_runs_as_a_formula(
    published: Published, new_page: NewPage, tmp_path: Path, name: str
) -> None:
    published.publish(TELLING, date(2020, 3, 18), f"{name}.txt")
    published.report()
    page = new_page(accept_downloads=True)
    page.goto((published.site / "tables/documents.html").as_uri())
    page.wait_for_selector("body[data-loaded]")
    with page.expect_download() as waiting:
        page.locator("#download").click()
    waiting.value.save_as(tmp_path / "documents.csv")
    (row,) = csv.DictReader(io.StringIO((tmp_path / "documents.csv").read_text("utf-8-sig"), newline=""))
    assert row["page"] == (name if name == "a=1" else f"'{name}")


# -- what everyone can use


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", [*OVERVIEW_PAGES, "tables/projects.html", "tables/mentions.html", "telling", "hostile"]
)
def test_pages_pass_the_check_of_accessibility(reported: Reported, new_page: NewPage, path: str, scheme: str) -> None:
    axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = new_page(color_scheme=scheme, bypass_csp=True)
    page.goto(reported.page(path) if path in reported.ids else reported.uri(path))
    if path == "index.html":
        drawn(page, 1)
    if path == "telling":
        page.keyboard.press("j")
    if path.startswith("tables/"):
        page.wait_for_selector("body[data-loaded]")
    results = axe_playwright.Axe().run(page, options={"preload": False})
    told = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in results.response["violations"]]
    assert told == []


@pytest.mark.parametrize("path", [*OVERVIEW_PAGES, *TABLE_PAGES, "telling", "hostile"])
def test_no_page_is_wider_than_a_phone(reported: Reported, new_page: NewPage, path: str) -> None:
    page = new_page(**PHONE, locale="zh-CN")
    page.goto(reported.page(path) if path in reported.ids else reported.uri(path))
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_everything_can_be_reached_by_keyboard(reported: Reported, new_page: NewPage) -> None:
    page = open_table(new_page, reported, "projects")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.dataset.filter || ''"))
    assert {"language", "search", "clear", "download", "scroll", "region"} <= reached
