"""The expectation of our own: every row fulfils an expression over its columns.

Takes a pandas frame, the columns, an expression in the language of `pandas.DataFrame.eval` and a condition on which
rows it speaks of; gives the rows that break it, in the form that Great Expectations' own expectations use. It exists
because a rule across columns (count not above total, part not above whole) should read as one line.
"""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from expectations.rows import ROW, find_rows_spoken_of


class RowsThatBreak(TableMetricProvider):
    """The numbers of the rows that do not fulfil the expression."""

    metric_name = "table.rows_that_break"
    value_keys = ("columns", "expression", "when", "nulls")

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,  # noqa: N805 - Great Expectations calls metrics as class methods
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> list[int]:
        frame, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
        asked = metric_value_kwargs
        rows = find_rows_spoken_of(frame, asked["columns"], asked["when"], asked["nulls"])
        if rows.empty:
            return []
        fulfilled = rows.eval(asked["expression"], engine="python").astype(bool)
        return [int(row) for row in rows.loc[~fulfilled, ROW]]


class ExpectRowsToSatisfy(BatchExpectation):
    """Expect every row that the rule speaks of to fulfil `expression`."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.rows_that_break",)
    success_keys: ClassVar[tuple[str, ...]] = ("columns", "expression", "when", "nulls")
    args_keys: ClassVar[tuple[str, ...]] = ("columns", "expression", "when", "nulls")

    columns: list[str]
    expression: str
    when: str | None = None
    nulls: str = "skipped"

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        rows = metrics["table.rows_that_break"]
        return {
            "success": not rows,
            "result": {"unexpected_count": len(rows), "unexpected_index_list": [{ROW: row} for row in rows]},
        }
