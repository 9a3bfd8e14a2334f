"""The kinds of expectations that rules become: five of Great Expectations' own, and one of ours: every row fulfils an
expression over its columns.

Ours takes a pandas frame, the columns, an expression in the language of `pandas.DataFrame.eval` and a condition on
which rows it speaks of; gives the rows that break it, in the form that the others use. It exists because a rule across
columns (count not above total, part not above whole) should read as one line.
"""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.compatibility import pydantic
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
from great_expectations.expectations.core.expect_column_values_to_be_unique import ExpectColumnValuesToBeUnique
from great_expectations.expectations.core.expect_column_values_to_match_regex import ExpectColumnValuesToMatchRegex
from great_expectations.expectations.core.expect_column_values_to_not_be_null import ExpectColumnValuesToNotBeNull
from great_expectations.expectations.expectation import BatchExpectation, Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.validator import ValidationDependencies

from expectations.rows import ROW, find_rows_spoken_of, fulfil


class KnownConfiguration(ExpectationConfiguration):
    """The configuration of an expectation that is never changed: no copy is taken, and it leads back to it."""

    expectation: Unchanging

    def __deepcopy__(self, memo: dict[int, Any]) -> KnownConfiguration:
        return self

    def to_domain_obj(self) -> Expectation:
        return self.expectation


class Unchanging(Expectation):
    """An expectation that is never changed once it is built, so that neither its configuration nor the metrics that it
    needs are worked out twice: Great Expectations asks for the one forty times a validation and for the others twice,
    which was more than half of the time of a gate."""

    _known: KnownConfiguration | None = pydantic.PrivateAttr(None)
    _needed: dict[str, ValidationDependencies] = pydantic.PrivateAttr(default_factory=dict)

    @property
    def configuration(self) -> ExpectationConfiguration:
        if self._known is None:
            plain = super().configuration
            self._known = KnownConfiguration(
                type=plain.type,
                kwargs=plain.kwargs,
                meta=plain.meta,
                description=plain.description,
                severity=plain.severity,
            )
            self._known.expectation = self
        return self._known

    def get_validation_dependencies(
        self,
        execution_engine: Any = None,
        runtime_configuration: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> ValidationDependencies:
        asked = repr((runtime_configuration, self.configuration.kwargs.get("batch_id")))
        if asked not in self._needed:
            self._needed[asked] = super().get_validation_dependencies(execution_engine, runtime_configuration)
        return self._needed[asked]


class ExpectPresent(Unchanging, ExpectColumnValuesToNotBeNull):
    """Expect no null in the column."""


class ExpectUnique(Unchanging, ExpectColumnValuesToBeUnique):
    """Expect no value of the column twice."""


class ExpectOneOf(Unchanging, ExpectColumnValuesToBeInSet):
    """Expect the values of the column in a set."""


class ExpectMatch(Unchanging, ExpectColumnValuesToMatchRegex):
    """Expect the values of the column to match a regular expression."""


class ExpectBetween(Unchanging, ExpectColumnValuesToBeBetween):
    """Expect the values of the column within limits."""


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
        if rows[ROW].empty:
            return []
        return [int(row) for row in rows[ROW][~fulfil(rows, asked["expression"])]]


class ExpectRowsToSatisfy(Unchanging, BatchExpectation):
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
