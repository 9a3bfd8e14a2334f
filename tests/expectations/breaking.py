"""For every rule of every suite a change to good frames that breaks it: `BREAKING[suite][rule]`.

A change is a mapping of columns to values, made in the last row of the suite's frame, or a function from the good
frames to broken ones. Rules that are written once for many columns have their change written once too, at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from expectations.rules import Rule, rules_of
from gazette.tables import RECORD_TABLES, STAGES, TABLES
from tests.expectations.frames import ISSUE, change, frame_of_rows, record_id

Frames = dict[str, pl.DataFrame]
Change = Mapping[str, Any] | Callable[[Frames], Frames]


@dataclass(frozen=True, slots=True)
class Case:
    """One rule and the change that breaks it."""

    rule: Rule
    change: Change

    def apply(self, frames: Frames) -> Frames:
        if callable(self.change):
            return self.change(frames)
        return {**frames, self.rule.suite: change(frames[self.rule.suite], self.change)}


def twice(name: str) -> Callable[[Frames], Frames]:
    """The table's last row, once more."""
    return lambda frames: {**frames, name: pl.concat([frames[name], frames[name].tail(1)])}


def text_of(text: str | None) -> Callable[[Frames], Frames]:
    """Another issue text, of which nothing was read."""
    return lambda frames: {
        **{name: frame.clear() for name, frame in frames.items()},
        "texts": frame_of_rows("texts", [{"issue_id": ISSUE, "text": text}]),
    }


def two_mentions_in(text: str) -> Callable[[Frames], Frames]:
    """Another issue text, of which the first two mentions were read."""
    return lambda frames: {**text_of(text)(frames), "mentions": frames["mentions"].head(2)}


def of_unknown_issue(frames: Frames) -> Frames:
    """The issue under an identity that is none."""
    return {name: frame.with_columns(issue_id=pl.lit("no hash")) for name, frame in frames.items()}


def with_figures(measure: str, part: float, whole: float) -> Callable[[str], Callable[[Frames], Frames]]:
    def change_table(table: str) -> Callable[[Frames], Frames]:
        def change_frames(frames: Frames) -> Frames:
            frame = change(frames[table], figure(measure, whole), row=0)
            return {**frames, table: change(frame, figure(measure, part))}

        return change_frames

    return change_table


def three_parts(measure: str) -> Callable[[str], Callable[[Frames], Frames]]:
    """Two parts of 60 each beside a whole of 100."""

    def change_table(table: str) -> Callable[[Frames], Frames]:
        def change_frames(frames: Frames) -> Frames:
            changed = with_figures(measure, 60, 100)(table)(frames)[table]
            third = changed.tail(1).with_columns(record_id=pl.lit(record_id(table, 2)))
            return {**frames, table: pl.concat([changed, third])}

        return change_frames

    return change_table


def figure(measure: str, value: float | None) -> dict[str, Any]:
    """A measure with the columns that go with it, exact."""
    qualifier = None if value is None else "exact"
    return {measure: value, f"{measure}_qualifier": qualifier, f"{measure}_low": value, f"{measure}_high": value}


RECORDS: dict[str, Change] = {
    "record_id_is_24_hex": {"record_id": "123"},
    "parent_exists": {"parent_id": record_id("nowhere", 0)},
    "parent_is_another_record": {"parent_id": pl.col("record_id")},
    "region_code_is_6_digits": {"region_code": "5001"},
    "region_code_known": {"region_code": "999999"},
    "region_named": {"region": "　"},
    "as_of_of_actual_not_after_issue_date": {"as_of": date(2020, 3, 28)},
    "as_of_within_20_years_of_issue_date": {"as_of": date(1970, 3, 28)},
    "period_start_not_after_as_of": {"period_start": date(2020, 3, 18)},
    "quote_inside_text": {"char_end": 100_000},
    "quote_not_blank": {"quote": " \n"},
    "some_figure_filled": {},  # filled in below: every measure of the table is taken out
    "figures_are_printed": {},  # filled in below: a figure that no mention has
}

BREAKING: dict[str, dict[str, Change]] = {
    "projects": {
        "resumption_rate_within_0_and_100": figure("resumption_rate", 103.0),
        "project_count_not_above_total_count": figure("project_count", 12) | figure("total_count", 10),
        "resumption_rate_agrees_with_counts": figure("resumption_rate", 91.0),
        "land_area_mu_below_1_billion": figure("land_area_mu", 2e9),
        "duration_days_below_50_years": figure("duration_days", 20_000),
    },
    "enterprises": {
        "resumption_rate_within_0_and_100": figure("resumption_rate", 101.7),
        "enterprise_count_not_above_total_count": figure("enterprise_count", 42),
        "resumption_rate_agrees_with_counts": figure("resumption_rate", 97.4),
        "capacity_rate_not_negative": figure("capacity_rate", -1),
        "capacity_rate_below_200": figure("capacity_rate", 230),
        "output_growth_rate_not_below_minus_100": figure("output_growth_rate", -100.5),
        "output_growth_rate_below_1000": figure("output_growth_rate", 1200),
    },
    "finance": {
        "interest_rate_not_negative": figure("interest_rate", -0.5),
        "interest_rate_below_36": figure("interest_rate", 48),
        "lender_is_not_the_entity": {"lender": "甲公司"},
    },
    "labor": {
        "labor_rate_within_0_and_100": figure("labor_rate", 120),
        "headcount_not_above_total_headcount": figure("headcount", 801),
        "labor_rate_agrees_with_counts": figure("labor_rate", 80),
    },
    "mentions": {
        "mention_id_unique": twice("mentions"),
        "mention_id_names_issue_and_place": {"mention_id": f"{ISSUE[:16]}-0"},
        "mention_inside_text": {"char_end": 100_000},
        "mention_equals_its_span": {"text": "201"},
        "mention_holds_a_numeral": {"text": "若干"},
        "mentions_do_not_overlap": {"char_start": 0},
        "page_number_from_1": {"page_number": 0},
        "box_not_turned_over": {"x0": 90.0, "y0": 20.0, "x1": 60.0, "y1": 30.0},
        "ocr_confidence_within_0_and_1": {"ocr_confidence": 1.2},
        "low_not_above_value": {"low": 201.0},
        "value_not_above_high": {"high": 199.0},
        "exact_value_is_its_own_interval": {"high": 201.0},
        "open_interval_only_where_printed": {"high": None},
        "filed_or_explained": {"table": None, "column": None, "record_id": None},
        "cell_named_whole": {"column": None},
        "filed_without_reason": {"reason": "ordinal"},
        "rejected_names_its_record": {"table": None, "column": None, "record_id": None, "reason": "rejected"},
        "cell_is_a_declared_figure": {"column": "interest_rate"},
        "record_exists": {"record_id": record_id("nowhere", 0)},
        "unit_fits_its_column": {"unit": "CNY"},
    },
    "texts": {
        "issue_id_is_sha256": of_unknown_issue,
        "issue_id_unique": twice("texts"),
        "text_present": text_of(None),
        "text_not_blank": text_of(" \n\u3000"),
        "line_ends_are_line_feeds": text_of("一行\r\n又一行"),
        "mentions_where_digits_are": text_of("12家、3家、45家、6家和7家"),
        "mentions_reach_a_fifth_of_digit_groups": two_mentions_in("12家、" * 20),
        "mentions_not_more_than_numerals": two_mentions_in("只有12家"),
    },
    "series": {
        "series_id_is_24_hex": {"series_id": "no hash"},
        "series_id_unique": twice("series"),
        "column_is_a_declared_figure": {"column": "colour"},
        "unit_is_that_of_its_column": {"unit": "percent"},
        "region_code_known": {"region_code": "999999"},
        "period_start_not_after_as_of": {"period_start": date(2020, 3, 18)},
        "valued_unless_ambiguous": {"value": None},
        "value_inside_its_interval": {"value": 21.0},
        "low_not_above_high": {"low": 21.0},
        "some_source": {"sources": 0},
        "every_source_listed": {"sources": 3},
        "comparison_takes_two_issues": {"sources": 1},
        "single_is_one_issue": {"agreement": "single"},
    },
    "documents": {
        "issue_id_is_sha256": {"issue_id": "no hash"},
        "path_inside_raw": {"path": "../elsewhere.txt"},
        "published_has_issue_id": {"issue_id": None, "status": "published", "stage": None},
        "published_has_issue_date": {"issue_date": None, "status": "published", "stage": None},
        "quarantined_says_stage_and_reason": {"reason": None},
        "only_quarantined_names_a_stage": {"status": "published"},
        "published_kept_every_digit": {"status": "published", "stage": None, "digits_kept": 9},
    },
    "ingest": {
        "issue_id_is_sha256": {"issue_id": "no hash"},
        "issue_id_unique": twice("ingest"),
        "publication_named": {"publication": " "},
        "issue_date_not_before_1949": {"issue_date": date(1020, 3, 27)},
        "issue_date_not_in_the_future": {"issue_date": date(2062, 3, 27)},
        "region_code_is_6_digits": {"region_code": "50011"},
        "region_code_known": {"region_code": "999999"},
        "byte_count_positive": {"byte_count": 0},
        "text_not_blank": {"char_count": 0},
        "text_not_longer_than_bytes": {"char_count": 9001},
        "text_below_1_million_characters": {"char_count": 1_000_001, "byte_count": 3_000_000},
        "text_mostly_chinese": {"han_share": 0.1},
    },
    "clean": {
        "no_digit_lost_or_invented": {"digits_out": 159, "digits_kept": 159},
        "every_digit_at_its_place": {"digits_kept": 159},
        "digits_in_not_negative": {"digits_in": -1},
        "text_left": {"clean_char_count": 0},
        "nothing_invented": {"clean_char_count": 3001},
        "nine_tenths_kept": {"clean_char_count": 2699},
        "blocks_told_apart": {"block_count": 0},
        "body_inside_clean_text": {"body_char_count": 3001},
        "body_found": {"body_char_count": 0},
    },
    "extract": {
        "region_code_is_6_digits": {"region_code": "50011"},
        "region_code_known": {"region_code": "999999"},
        "every_figure_at_its_place": {"span_fault_count": 1},
        "mentions_where_digits_are": {"mention_count": 0},
        "mentions_reach_a_fiftieth_of_digits": {"mention_count": 3},
        "mentions_not_more_than_digits": {"mention_count": 161},
        "records_have_cells": {"cell_count": 11},
        "cells_have_mentions": {"mention_count": 24},
        "unresolved_below_half": {"unresolved_count": 26},
        "unresolved_not_negative": {"unresolved_count": -1},
    },
}


def _break_every_record_table() -> None:
    for table in RECORD_TABLES:
        measures = [measure.name for measure in TABLES[table].measures]
        nothing = {name: value for measure in measures for name, value in figure(measure, None).items()}
        BREAKING[table] = {
            **RECORDS,
            "record_id_unique": twice(table),
            "some_figure_filled": nothing,
            "figures_are_printed": figure(measures[0], 5),
            **{f"{measure}_{rest}": broken for measure in measures for rest, broken in _break_measure(table, measure)},
            **BREAKING[table],
        }


def _break_measure(table: str, measure: str) -> list[tuple[str, Change]]:
    return [
        ("qualified", {f"{measure}_qualifier": None}),
        ("inside_its_interval", {f"{measure}_high": pl.col(f"{measure}_low") - 1}),
        ("whole", figure(measure, 1.5)),
        ("not_negative", figure(measure, -1)),
        ("positive", figure(measure, 0)),
        ("below_2_billion", figure(measure, 3e9)),
        ("below_100_trillion", figure(measure, 2e14)),
        ("below_1000_trillion", figure(measure, 2e15)),
        ("not_above_its_whole", with_figures(measure, 20, 10)(table)),
        ("of_parts_not_above_whole", three_parts(measure)(table)),
    ]


def _break_declared_columns() -> None:
    """What follows from the declaration alone: a value that must be there, a value of the declared set."""
    for suite, declared in {**TABLES, **STAGES}.items():
        BREAKING.setdefault(suite, {})
        for column in declared.columns:
            BREAKING[suite].setdefault(f"{column.name}_present", {column.name: None})
            BREAKING[suite].setdefault(f"{column.name}_in_its_set", {column.name: "no such value"})
            if suite == "documents" and column.type == "int":
                BREAKING[suite][f"{column.name}_not_negative"] = {column.name: -1}


_break_every_record_table()
_break_declared_columns()


def cases(suite: str) -> list[Case]:
    """One case a rule of the suite. Raises KeyError with the rules that nobody has broken yet."""
    unbroken = [rule.name for rule in rules_of(suite) if rule.name not in BREAKING[suite]]
    if unbroken:
        raise KeyError(f"suite {suite}: no failing case for {', '.join(unbroken)}")
    return [Case(rule, BREAKING[suite][rule.name]) for rule in rules_of(suite)]
