"""What the gates found: run by run, rule by rule, and the share of the figures that were filed.

Takes a snapshot, gives what the template prints. The counts of the gates are those that Great Expectations gave, as the
table checks keeps them; the shares are counted over the mentions.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from markupsafe import Markup

from gazette.report.literals import write_literal
from gazette.report.snapshot import Snapshot
from gazette.report.words import Words, name_value
from gazette.tables import ENUMS

LISTED_RUNS = 30
DRAWN_RUNS = 200
STAGES = {item.value: (order, name_value(item)) for order, item in enumerate(ENUMS["gate_stage"].items)}
COUNTED = ("filed", "unresolved", "rejected")  # outcomes of figures that a table could hold
OUTCOME = pl.coalesce("reason", pl.when(pl.col("record_id").is_not_null()).then(pl.lit("filed")), pl.lit("unresolved"))


def build_quality(snapshot: Snapshot) -> dict[str, Any]:
    checks = snapshot.scan("checks").collect()
    outcomes = _read_outcomes(snapshot)
    runs = _summarize_runs(checks, outcomes)
    return {
        "runs": runs[:LISTED_RUNS],
        "runs_total": len(runs),
        "trend": Markup(write_literal([_point(run) for run in reversed(runs[:DRAWN_RUNS])])),  # safe in HTML
        "outcomes": _count_outcomes(outcomes),
        "by_month": _share(outcomes, "month"),
        **_list_rules(checks),
    }


def _point(run: dict[str, Any]) -> dict[str, Any]:
    share = run["share"]["share"] if run["share"] else None
    return {
        "id": run["run_id"][:4],
        "finished": run["finished"],
        "rejecting": run["rejecting"],
        "warning": run["warning"],
        "share": share,
    }


def _read_outcomes(snapshot: Snapshot) -> pl.DataFrame:
    """How many figures went where, by month of issue and by run."""
    documents = snapshot.scan("documents").filter(pl.col("status") == "published")
    of_issue = documents.select("issue_id", "run_id", pl.col("issue_date").dt.strftime("%Y-%m").alias("month"))
    counted = snapshot.scan("mentions").group_by("issue_id", OUTCOME.alias("outcome")).agg(count=pl.len())
    joined = counted.join(of_issue, on="issue_id")
    return joined.group_by("run_id", "month", "outcome").agg(pl.col("count").sum()).collect()


def _count_outcomes(outcomes: pl.DataFrame) -> list[dict[str, Any]]:
    total = outcomes["count"].sum()
    words = {item.value: name_value(item) for item in ENUMS["mention_reason"].items}
    rows = outcomes.group_by("outcome").agg(pl.col("count").sum()).sort("count", descending=True)
    return [
        {
            "outcome": outcome,
            "words": words.get(outcome, Words("filed", "已入表")),
            "count": count,
            "share": count / total,
        }
        for outcome, count in rows.iter_rows()
    ]


def _share(outcomes: pl.DataFrame, by: str) -> list[dict[str, Any]]:
    """Of the figures that a table could hold, how many were filed; newest first."""
    ours = outcomes.filter(pl.col("outcome").is_in(COUNTED))
    sums = [pl.col("count").filter(pl.col("outcome") == name).sum().alias(name) for name in COUNTED]
    rows = ours.group_by(by).agg(sums).sort(by, descending=True)
    return rows.with_columns(share=pl.col("filed") / pl.sum_horizontal(*COUNTED)).to_dicts()


def _summarize_runs(checks: pl.DataFrame, outcomes: pl.DataFrame) -> list[dict[str, Any]]:
    """Per run its gates, newest first."""
    breaches = [
        pl.col("failed").filter(pl.col("severity") == severity).sum().alias(name)
        for name, severity in (("rejecting", "reject"), ("warning", "warn"))
    ]
    gates = checks.group_by("run_id", "stage", "table").agg(
        *breaches, rows=pl.col("checked").max(), rules=pl.len(), evaluations=pl.col("checked").sum()
    )
    finished = checks.group_by("run_id").agg(finished=pl.col("finished_at").max())
    shares = {row["run_id"]: row for row in _share(outcomes, "run_id")}
    parts = {run_id: part.to_dicts() for (run_id,), part in gates.partition_by("run_id", as_dict=True).items()}
    return [
        _build_run(run_id, at, parts[run_id], shares.get(run_id))
        for run_id, at in finished.sort("finished", "run_id", descending=True).iter_rows()
    ]


def _build_run(run_id: str, at: Any, gates: list[dict[str, Any]], share: dict[str, Any] | None) -> dict[str, Any]:
    ordered = sorted(gates, key=lambda gate: (STAGES[gate["stage"]][0], gate["table"]))
    issues = next((gate["rows"] for gate in ordered if gate["table"] == "documents"), None)
    return {
        "run_id": run_id,
        "finished": at,
        "gates": [gate | {"words": STAGES[gate["stage"]][1]} for gate in ordered],
        "issues": issues,
        "evaluations": sum(gate["evaluations"] for gate in ordered),
        "rejecting": sum(gate["rejecting"] for gate in ordered),
        "warning": sum(gate["warning"] for gate in ordered),
        "share": share,
    }


def _list_rules(checks: pl.DataFrame) -> dict[str, Any]:
    """Every rule with what it found over all runs, those that were broken first."""
    key = ("stage", "table", "expectation")
    rules = (
        checks.sort("finished_at")
        .group_by(key)
        .agg(
            pl.col("checked").sum(),
            pl.col("failed").sum(),
            *(pl.col(name).last() for name in ("severity", "rule_en", "rule_zh")),
        )
    )
    rows = rules.sort("failed", "table", "expectation", descending=[True, False, False]).to_dicts()
    told = [row | {"words": Words(row["rule_en"], row["rule_zh"]), "gate": STAGES[row["stage"]][1]} for row in rows]
    return {"broken": [row for row in told if row["failed"]], "kept": [row for row in told if not row["failed"]]}
