"""Rows: what an extraction becomes in the tables, identifiers, values and places included."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gazette.clean.model import Block, CleanText, Role
from gazette.extract.model import (
    Basis,
    Extraction,
    Kind,
    Mention,
    Modality,
    Period,
    Place,
    Qualifier,
    Quantity,
    Reason,
    Record,
)
from gazette.ingest.model import Issue
from gazette.publish.frames import build_clean_row, build_extract_row, build_frame, mark_rejected_mentions
from gazette.publish.rows import build_rows
from gazette.tables import TABLES

TEXT = "全区复工项目1\n2个，总投资约\n20.5亿元，其中新\n建３至６个。\n"
QIJIANG = Place("500110", "重庆市綦江区")


@pytest.fixture
def issue() -> Issue:
    return Issue(
        issue_id="ab" * 32,
        path="daily/2020-03-05/01.txt",
        publication="daily",
        publication_name="某日报",
        issue_date=date(2020, 3, 5),
        page="01",
        region_code="500000",
        format="txt",
        encoding="utf-8",
        byte_count=100,
        text=TEXT,
    )


@pytest.fixture
def clean() -> CleanText:
    kept = [i for i, character in enumerate(TEXT) if character != "\n"]
    text = "".join(TEXT[i] for i in kept).replace("３", "3").replace("６", "6")
    return CleanText(text, kept, (Block(Role.BODY, 0, len(text), 0),))


def find(clean: CleanText, printed: str, kind: Kind, value: str, unit: str, **changes: Any) -> Quantity:
    start, number = clean.text.index(printed), Decimal(value)
    exact: dict[str, Any] = {
        "start": start,
        "end": start + len(printed),
        "number_start": start,
        "number_end": start + 1,
        "kind": kind,
        "value": number,
        "low": number,
        "high": number,
        "unit": unit,
        "unit_text": "",
        "qualifier": Qualifier.EXACT,
    }
    return Quantity(**(exact | changes))


@pytest.fixture
def extraction(clean: CleanText) -> Extraction:
    count = find(clean, "12个", Kind.COUNT, "12", "project")
    money = find(
        clean,
        "约20.5亿元",
        Kind.MONEY,
        "2050000000",
        "CNY",
        low=Decimal("2045000000"),
        high=None,
        qualifier=Qualifier.ABOUT,
    )
    part = find(
        clean,
        "3至6个",
        Kind.COUNT,
        "4.5",
        "project",
        low=Decimal(3),
        high=Decimal(6),
        qualifier=Qualifier.RANGE,
    )
    period = Period(None, date(2020, 3, 5), Basis.ISSUE)
    whole = Record(
        "projects",
        "resumed",
        "projects.count",
        {"project_count": count, "investment_cny": money},
        0,
        len(clean.text),
        Modality.ACTUAL,
        period,
        QIJIANG,
    )
    piece = replace(whole, cells={"project_count": part}, kind="started", parent=whole)
    mentions = [
        Mention(count, whole, "project_count"),
        Mention(money, whole, "investment_cny"),
        Mention(part, piece, "project_count"),
    ]
    return Extraction(QIJIANG, [whole, piece], mentions)


def test_a_record_and_its_cells(issue: Issue, clean: CleanText, extraction: Extraction) -> None:
    whole, piece = build_rows(issue, clean, extraction)["projects"]
    assert (whole["project_count"], whole["project_count_qualifier"]) == (12.0, "exact")
    assert (whole["investment_cny"], whole["investment_cny_low"], whole["investment_cny_high"]) == (
        2.05e9,
        2.045e9,
        None,
    )
    assert (whole["region"], whole["region_code"], whole["phase"]) == ("重庆市綦江区", "500110", "resumed")
    assert whole["quote"] == "全区复工项目12个，总投资约20.5亿元，其中新建3至6个。"
    assert (whole["char_start"], whole["char_end"]) == (0, len(TEXT) - 1)
    assert piece["parent_id"] == whole["record_id"]
    assert whole["parent_id"] is None


def test_the_middle_of_a_range_of_whole_things_is_whole(issue: Issue, clean: CleanText, extraction: Extraction) -> None:
    rows = build_rows(issue, clean, extraction)
    piece = rows["projects"][1]
    assert (piece["project_count"], piece["project_count_low"], piece["project_count_high"]) == (5.0, 3.0, 6.0)
    assert rows["mentions"][2]["value"] == 4.5


def test_identifiers_are_stable_and_unique(issue: Issue, clean: CleanText, extraction: Extraction) -> None:
    first, again = (build_rows(issue, clean, extraction) for _ in range(2))
    assert first == again
    ids = [row["record_id"] for row in first["projects"]]
    assert len(set(ids)) == 2
    assert all(len(record_id) == 24 for record_id in ids)
    other = build_rows(replace(issue, issue_id="cd" * 32), clean, extraction)
    assert not {row["record_id"] for row in other["projects"]} & set(ids)


def test_records_that_begin_at_one_figure_are_numbered(issue: Issue, clean: CleanText, extraction: Extraction) -> None:
    whole = extraction.records[0]
    twins = Extraction(QIJIANG, [whole, replace(whole)], [])
    ids = [row["record_id"] for row in build_rows(issue, clean, twins)["projects"]]
    assert len(set(ids)) == 2


def test_mentions_are_what_stands_at_their_place(issue: Issue, clean: CleanText, extraction: Extraction) -> None:
    rows = build_rows(issue, clean, extraction)
    mentions = rows["mentions"]
    for mention in mentions:
        assert "".join(TEXT[mention["char_start"] : mention["char_end"]].split()) == mention["text"]
    assert [mention["text"] for mention in mentions] == ["12个", "约20.5亿元", "３至６个"]
    assert mentions[0]["mention_id"] == f"{'ab' * 8}-6"
    assert [mention["record_id"] for mention in mentions[:2]] == [rows["projects"][0]["record_id"]] * 2
    assert rows["texts"] == [{"issue_id": "ab" * 32, "text": TEXT}]


def test_a_mention_without_a_cell_says_why(issue: Issue, clean: CleanText, extraction: Extraction) -> None:
    loose = Mention(extraction.mentions[0].quantity, reason=Reason.OUTSIDE_TABLES)
    (row,) = build_rows(issue, clean, Extraction(QIJIANG, [], [loose]))["mentions"]
    assert (row["table"], row["column"], row["record_id"], row["reason"]) == (None, None, None, "outside_tables")


def test_a_measure_that_the_table_has_not_is_refused(issue: Issue, clean: CleanText, extraction: Extraction) -> None:
    whole = extraction.records[0]
    wrong = replace(whole, cells={"headcount": whole.cells["project_count"]})
    with pytest.raises(ValueError, match="projects has no measure 'headcount'"):
        build_rows(issue, clean, Extraction(QIJIANG, [wrong], []))


def test_rows_fit_the_declaration(issue: Issue, clean: CleanText, extraction: Extraction) -> None:
    for name, rows in build_rows(issue, clean, extraction).items():
        frame = build_frame(TABLES[name].unchecked(), rows)
        assert set().union(*rows) <= set(TABLES[name].names) if rows else frame.is_empty()


def test_mentions_of_rejected_records_say_so(issue: Issue, clean: CleanText, extraction: Extraction) -> None:
    rows = build_rows(issue, clean, extraction)
    rejected = rows["projects"][1]["record_id"]
    marked = mark_rejected_mentions(build_frame(TABLES["mentions"], rows["mentions"]), [rejected])
    assert marked["reason"].to_list() == [None, None, "rejected"]
    assert marked["record_id"][2] == rejected
    assert marked["column"][2] == "project_count"


def test_sound_cleaning_keeps_every_digit(issue: Issue, clean: CleanText) -> None:
    row = build_clean_row(issue, clean)
    assert row["digits_in"] == row["digits_out"] == row["digits_kept"] == 8
    assert row["char_count"] == row["clean_char_count"] == row["body_char_count"]


@pytest.mark.parametrize(
    ("damage", "out", "kept"),
    [
        (lambda c: replace(c, text=c.text.replace("12", "13")), 8, 7),
        (lambda c: replace(c, text=c.text.replace("2", "某", 1)), 7, 7),
        (lambda c: replace(c, text=c.text + "7", places=[*c.places, 6]), 9, 8),
        (lambda c: replace(c, text=c.text + "1", places=[*c.places, 6]), 9, 8),
        (lambda c: replace(c, text=c.text[:7] + c.text[8:], places=[*c.places[:7], *c.places[8:]]), 7, 7),
    ],
    ids=["changed", "overwritten", "invented", "twice", "lost"],
)
def test_damaged_digits_show(issue: Issue, clean: CleanText, damage: Any, out: int, kept: int) -> None:
    row = build_clean_row(issue, damage(clean))
    assert (row["digits_in"], row["digits_out"], row["digits_kept"]) == (8, out, kept)


def test_the_account_of_an_extraction(issue: Issue, clean: CleanText, extraction: Extraction) -> None:
    mentions = list(build_rows(issue, clean, extraction)["mentions"])
    row = build_extract_row(issue, clean, extraction, mentions)
    assert (row["mention_count"], row["record_count"], row["cell_count"]) == (3, 2, 3)
    assert (row["unresolved_count"], row["span_fault_count"]) == (0, 0)
    mentions[1]["text"] = "约20.6亿元"
    assert build_extract_row(issue, clean, extraction, mentions)["span_fault_count"] == 1


def test_an_empty_text_has_an_even_account(issue: Issue) -> None:
    row = build_clean_row(replace(issue, text=""), CleanText("", [], ()))
    assert (row["char_count"], row["digits_in"], row["digits_kept"]) == (0, 0, 0)
