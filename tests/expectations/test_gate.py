"""What becomes of a batch at the gates: rows rejected, issues quarantined, mentions that follow their rows, faults of
the gate itself."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import polars as pl
import pytest

from expectations import gate, suites
from expectations.derived import derive_table
from expectations.evaluation import run_rules
from expectations.results import FINDINGS, SUMMARY, GateError, TableResult
from expectations.rules import rules_of
from gazette.tables import RECORD_TABLES, STAGES, TABLES
from tests.expectations.breaking import Frames, figure
from tests.expectations.frames import (
    ISSUE,
    ISSUE_DATE,
    OTHER_ISSUE,
    REGION_CODES,
    TODAY,
    change,
    frame_of_rows,
    good_documents,
    good_stage,
    good_tables,
    issues,
    only,
    record_id,
)


def check(frames: Frames, batch: pl.DataFrame | None = None) -> TableResult:
    return gate.check_tables(frames, issues() if batch is None else batch, region_codes=REGION_CODES)


def print_other(frames: Frames, table: str, changes: dict[str, float], row: int = -1) -> Frames:
    """The frames with other figures in one record, as if the issue had printed them: mentions and text agree."""
    record = frames[table]["record_id"][row]
    frames = {**frames, table: change(frames[table], figures(changes), row)}
    for measure, value in changes.items():
        cell = (pl.col("record_id") == record) & (pl.col("column") == measure)
        new = {name: pl.when(cell).then(value).otherwise(pl.col(name)) for name in ("value", "low", "high")}
        frames["mentions"] = frames["mentions"].with_columns(**new)
    return frames


def figures(changes: dict[str, float]) -> dict[str, object]:
    return {name: seen for measure, value in changes.items() for name, seen in figure(measure, value).items()}


def other_issue(frames: Frames) -> Frames:
    """The same tables as those of another issue."""
    renamed = {name: frame.with_columns(issue_id=pl.lit(OTHER_ISSUE)) for name, frame in frames.items()}
    for name in RECORD_TABLES:
        renamed[name] = renamed[name].with_columns(_hash("record_id"), _hash("parent_id"))
    tail = pl.col("mention_id").str.slice(16)
    renamed["mentions"] = renamed["mentions"].with_columns(_hash("record_id"), mention_id=OTHER_ISSUE[:16] + tail)
    return renamed


def _hash(name: str) -> pl.Expr:
    return pl.col(name).map_elements(lambda value: hashlib.sha256(value.encode()).hexdigest()[:24], pl.String)


def two_issues(broken: Frames) -> Frames:
    good = other_issue(only("projects"))
    return {name: pl.concat([broken[name], good[name]]) for name in good}


def test_resumption_rate_of_103_percent_is_rejected_and_the_rest_published() -> None:
    """复工率 103%: the row is in quarantine with the name of the expectation and the value seen."""
    result = check(print_other(dict(good_tables()), "projects", {"resumption_rate": 103.0}))
    rejected = result.rejected["projects"]
    assert rejected["record_id"].to_list() == [record_id("projects", 1)]
    assert rejected["expectation"].item().split("; ") == [
        "resumption_rate_within_0_and_100",
        "resumption_rate_agrees_with_counts",
    ]
    assert rejected["observed"].item().startswith("resumption_rate=103; ")
    assert rejected.schema == TABLES["projects"].quarantine().polars_schema()
    assert result.quarantined.is_empty()
    assert result.accepted["projects"]["record_id"].to_list() == [record_id("projects", 0)]
    assert [result.accepted[name].height for name in ("enterprises", "finance", "labor", "texts")] == [2, 2, 2, 1]


def test_12_resumed_of_10_is_rejected() -> None:
    """复工 12 of 10."""
    frames = print_other(only("projects"), "projects", {"project_count": 12, "total_count": 10})
    frames["projects"] = change(frames["projects"], figure("resumption_rate", None))
    result = check(frames)
    assert result.rejected["projects"].select("expectation", "observed").rows() == [
        (
            "project_count_not_above_total_count",
            "project_count=12; total_count=10; project_count_low=12; total_count_high=10",
        )
    ]


def test_more_than_about_as_many_is_accepted() -> None:
    """152 of 约150 is no contradiction: what is compared are the intervals that the figures stand for."""
    about = {
        "total_count": 150.0,
        "total_count_qualifier": "about",
        "total_count_low": 145.0,
        "total_count_high": 155.0,
    }
    frames = print_other(only("projects"), "projects", {"project_count": 152, "total_count": 150}, row=0)
    frames["projects"] = change(frames["projects"], about | figure("resumption_rate", None), row=0)
    assert check(frames).rejected["projects"].is_empty()


def test_mentions_of_a_rejected_row_say_so_and_still_name_it() -> None:
    result = check(print_other(only("labor"), "labor", {"labor_rate": 120.0}))
    mentions = result.accepted["mentions"].filter(record_id=record_id("labor", 1))
    assert mentions["reason"].unique().to_list() == ["rejected"]
    assert set(mentions["column"]) == {measure.name for measure in TABLES["labor"].measures}
    others = result.accepted["mentions"].filter(record_id=record_id("labor", 0))
    assert others["reason"].null_count() == others.height


def test_children_of_a_rejected_parent_stay() -> None:
    result = check(print_other(only("finance"), "finance", {"interest_rate": -1.0}, row=0))
    assert result.rejected["finance"]["record_id"].to_list() == [record_id("finance", 0)]
    assert result.accepted["finance"]["parent_id"].to_list() == [record_id("finance", 0)]


def test_broken_mention_quarantines_its_issue_and_no_other() -> None:
    broken = only("projects")
    broken["mentions"] = change(change(broken["mentions"], {"text": "9"}), {"text": "9"}, row=0)
    batch = pl.DataFrame({"issue_id": [ISSUE, OTHER_ISSUE]})
    result = check(two_issues(broken), batch)
    assert result.quarantined_issues == {ISSUE}
    assert result.quarantined.select("expectation", "observed").rows() == [
        ("mention_equals_its_span", "text=9; text_at_place=12 (and 1 more)")
    ]
    for name, frame in result.accepted.items():
        assert set(frame["issue_id"]) <= {OTHER_ISSUE}, name
    assert result.accepted["projects"].height == 2
    assert all(frame.is_empty() for frame in result.rejected.values())


def test_a_batch_looked_at_in_parts_is_judged_as_one_looked_at_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken mention of the first issue, a broken record of the second, and an issue without a figure."""
    broken = only("projects")
    broken["mentions"] = change(broken["mentions"], {"text": "9"})
    frames = print_other(two_issues(broken), "projects", {"resumption_rate": 103.0})
    batch = pl.DataFrame({"issue_id": [ISSUE, OTHER_ISSUE, "f" * 64]})
    whole = check(frames, batch)
    monkeypatch.setattr(gate, "MENTIONS_A_PART", 1)
    parts = check(frames, batch)
    assert whole.quarantined_issues >= {ISSUE}
    assert whole.quarantined.equals(parts.quarantined)
    assert whole.warned.equals(parts.warned)
    assert whole.summary.equals(parts.summary)
    assert whole.rejected["projects"].height == 1
    for name, frame in whole.accepted.items():
        assert frame.equals(parts.accepted[name]), name


def test_rejected_rows_of_a_quarantined_issue_are_not_written() -> None:
    broken = print_other(only("projects"), "projects", {"resumption_rate": 103.0})
    broken["mentions"] = change(broken["mentions"], {"record_id": record_id("nowhere", 0)}, row=0)
    result = check(broken)
    assert result.quarantined["expectation"].to_list() == ["record_exists"]
    assert result.rejected["projects"].is_empty()


def test_issue_whose_text_was_not_read_is_quarantined() -> None:
    frames = {name: frame.clear() for name, frame in good_tables().items()}
    frames["texts"] = frame_of_rows("texts", [{"issue_id": ISSUE, "text": "12家、3家、45家、6家、7家"}])
    assert check(frames).quarantined["expectation"].to_list() == ["mentions_where_digits_are"]


def test_digits_damaged_in_cleaning_stop_the_issue() -> None:
    good = good_stage("clean")
    damaged = change(good, {"issue_id": OTHER_ISSUE, "digits_out": 159, "digits_kept": 158})
    result = gate.check_stage("clean", pl.concat([good, damaged]))
    assert result.rejected_issues == {OTHER_ISSUE}
    assert set(result.rejected["expectation"]) == {"no_digit_lost_or_invented", "every_digit_at_its_place"}
    assert "digits_in=160; digits_out=159" in result.rejected["observed"].to_list()


def test_spans_are_compared_without_white_space() -> None:
    """A figure that a line break or a zero-width character runs through."""
    for text, printed in (("共1 5\n6家，", "156家"), ("共１５\u3000６家", "１５６家"), ("共15\u200b6家", "156家")):
        start, end = 1, text.index("家") + 1
        row = {
            "mention_id": f"{ISSUE[:16]}-1",
            "issue_id": ISSUE,
            "char_start": start,
            "char_end": end,
            "text": printed,
            "kind": "count",
            "value": 156.0,
            "low": 156.0,
            "high": 156.0,
            "unit": "enterprise",
            "qualifier": "exact",
            "reason": "outside_tables",
        }
        frames = {name: frame.clear() for name, frame in good_tables().items()}
        frames["texts"] = frame_of_rows("texts", [{"issue_id": ISSUE, "text": text}])
        frames["mentions"] = frame_of_rows("mentions", [row])
        result = check(frames)
        assert result.quarantined.is_empty(), text
        assert result.accepted["mentions"].height == 1


@pytest.mark.parametrize(
    ("rate", "count", "total", "accepted"),
    [
        (99.3, 155, 156, True),  # 99.36, cut off
        (99.4, 155, 156, True),  # rounded to the nearest
        (99.0, 155, 156, True),  # printed as 99%
        (99.2, 155, 156, False),
        (98.0, 155, 156, False),
        (100.0, 6481, 6481, True),
        (94.6, 123_000, 130_000, True),  # 12.3万 of 13万
        (80.0, 123_000, 130_000, False),
        (33.33, 1, 3, True),
        (33.4, 1, 3, True),
        (33.5, 1, 3, False),
    ],
)
def test_rate_agrees_with_counts_within_the_printed_rounding(
    rate: float, count: int, total: int, accepted: bool
) -> None:
    printed = {"resumption_rate": rate, "enterprise_count": count, "total_count": total}
    frames = print_other(only("enterprises"), "enterprises", printed, row=0)
    rule = next(rule for rule in rules_of("enterprises") if rule.name == "resumption_rate_agrees_with_counts")
    found, _ = run_rules([rule], derive_table("enterprises", frames, issues(), None).head(1), "validate")
    assert found.is_empty() is accepted


def test_planned_figures_may_lie_ahead() -> None:
    ahead = {"modality": "planned", "as_of": ISSUE_DATE.replace(month=12)}
    frames = only("projects")
    frames["projects"] = change(frames["projects"], ahead)
    assert check(frames).rejected["projects"].is_empty()


def test_middle_of_a_range_of_whole_things_may_be_rounded() -> None:
    """2 to 3 projects: the mention's middle is 2.5, the count 3."""
    cell = (pl.col("record_id") == record_id("projects", 1)) & (pl.col("column") == "project_count")
    frames = only("projects")
    ranged = {"project_count_low": 2.0, "project_count_high": 3.0, "project_count_qualifier": "range"}
    frames["projects"] = change(frames["projects"], {"project_count": 3.0} | ranged | figure("resumption_rate", None))
    new = {"value": 2.5, "low": 2.0, "high": 3.0, "qualifier": "range"}
    frames["mentions"] = frames["mentions"].with_columns(
        **{name: pl.when(cell).then(pl.lit(value)).otherwise(pl.col(name)) for name, value in new.items()}
    )
    assert check(frames).rejected["projects"].is_empty()


def test_empty_frames_pass() -> None:
    frames = {name: frame.clear() for name, frame in good_tables().items()}
    result = check(frames, issues().clear())
    assert result.quarantined.is_empty()
    assert result.summary["checked"].sum() == 0
    assert result.accepted["projects"].schema == TABLES["projects"].polars_schema()
    for stage in STAGES:
        assert gate.check_stage(stage, good_stage(stage).clear()).rejected.is_empty()


def test_issue_without_figures_passes() -> None:
    frames = {name: frame.clear() for name, frame in good_tables().items()}
    frames["texts"] = frame_of_rows("texts", [{"issue_id": ISSUE, "text": "区里各企业陆续开门。"}])
    result = check(frames)
    assert result.quarantined.is_empty()
    assert result.accepted["texts"].height == 1


def test_columns_of_nothing_but_nulls_pass_whatever_their_type() -> None:
    frames = only("finance")
    nothing = [pl.lit(None).alias("lender"), pl.lit(None).alias("page"), pl.lit(None).alias("scope")]
    frames["finance"] = frames["finance"].with_columns(nothing)
    assert frames["finance"].schema["lender"] == pl.Null
    assert check(frames).accepted["finance"].height == 2


def test_records_without_a_measure_are_not_asked_about_it() -> None:
    frames = only("projects")
    frames["projects"] = frames["projects"].with_columns(
        **{name: pl.lit(None) for name in figure("land_area_mu", None)}
    )
    summary = check(frames).summary.filter(table="projects", expectation="land_area_mu_positive")
    assert summary.select("checked", "failed").row(0) == (0, 0)


def test_counts_are_published_as_whole_numbers() -> None:
    result = check(only("projects"))
    assert result.accepted["projects"].schema["project_count"] == pl.Int64
    assert result.accepted["projects"]["project_count"].to_list() == [12, 9]


def test_codes_are_not_asked_for_where_no_set_is_given() -> None:
    frames = only("labor")
    frames["labor"] = change(frames["labor"], {"region_code": "999999"})
    result = gate.check_tables(frames, issues())
    assert result.accepted["labor"].height == 2
    assert result.summary.filter(expectation="region_code_known")["checked"].sum() == 0


def test_results_have_the_declared_columns() -> None:
    tables = check(only("labor"))
    stage = gate.check_stage("ingest", good_stage("ingest"), region_codes=REGION_CODES, today=TODAY)
    documents = gate.check_documents(change(good_documents(), {"reason": None}))
    for frame in (tables.quarantined, tables.warned, stage.rejected, stage.warned, documents.rejected):
        assert frame.schema == FINDINGS
    for frame in (tables.summary, stage.summary, documents.summary):
        assert frame.schema == SUMMARY
    assert documents.rejected["key"].to_list() == ["invented-daily/2020-03-28/page-01.txt"]


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        (lambda frame: frame.drop("as_of"), "projects: columns are missing: as_of"),
        (lambda frame: frame.with_columns(colour=1), "projects: columns are not declared: colour"),
        (lambda frame: frame.with_columns(pl.col("as_of").cast(pl.String)), "projects.as_of: type is String, not Date"),
        (lambda frame: frame.with_columns(issue_id=pl.lit(None, pl.String)), "projects: rows without issue_id"),
        (lambda frame: frame.with_columns(issue_id=pl.lit("f" * 64)), "projects: rows of an issue that is not in"),
    ],
)
def test_frames_that_are_not_as_declared_are_a_fault_of_the_gate(faulty: object, message: str) -> None:
    frames = dict(good_tables())
    assert callable(faulty)
    frames["projects"] = faulty(frames["projects"])
    with pytest.raises(GateError, match=message):
        check(frames)


def test_missing_table_missing_stage_and_issue_named_twice_are_faults_of_the_gate() -> None:
    frames = dict(good_tables())
    with pytest.raises(GateError, match="tables are missing: labor"):
        check({name: frame for name, frame in frames.items() if name != "labor"})
    with pytest.raises(GateError, match="no stage is called bake"):
        gate.check_stage("bake", frames["texts"])
    with pytest.raises(GateError, match="an issue stands twice"):
        check(frames, pl.concat([issues(), issues()]))
    with pytest.raises(GateError, match="clean: columns are missing: digits_in"):
        gate.check_stage("clean", good_stage("clean").drop("digits_in"))


def test_exception_inside_great_expectations_is_a_fault_of_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """An expression that cannot be evaluated must not look like rejected data."""
    build = suites.ExpectRowsToSatisfy
    monkeypatch.setattr(suites, "_BUILT", {})
    monkeypatch.setattr(
        suites, "ExpectRowsToSatisfy", lambda **about: build(**{**about, "expression": "digits_in > nowhere"})
    )
    with pytest.raises(GateError, match=r"suite clean: .*nowhere"):
        gate.check_stage("clean", good_stage("clean"))


def test_missing_column_inside_great_expectations_is_a_fault_of_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault that one of Great Expectations' own expectations reports has another shape than that of ours."""
    build = suites.ExpectPresent
    monkeypatch.setattr(suites, "_BUILT", {})
    monkeypatch.setattr(suites, "ExpectPresent", lambda **about: build(**{**about, "column": "nowhere"}))
    with pytest.raises(GateError, match=r"suite clean: .*nowhere"):
        gate.check_stage("clean", good_stage("clean"))


def test_expectations_are_built_once_and_each_frame_is_looked_at_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "_BUILT", {})
    built: list[str] = []
    build = suites.build_expectation
    monkeypatch.setattr(suites, "build_expectation", lambda rule: built.append(rule.name) or build(rule))
    good, broken = good_stage("clean"), good_stage("clean").with_columns(digits_out=pl.col("digits_out") - 1)
    verdicts = [gate.check_stage("clean", frame).rejected.height for frame in (good, broken, good, broken)]
    assert verdicts[0] == verdicts[2] == 0
    assert verdicts[1] == verdicts[3] > 0
    assert len(built) == len(set(built)) > 10


def test_importing_the_gate_does_not_import_great_expectations() -> None:
    code = "import expectations.gate, sys; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
