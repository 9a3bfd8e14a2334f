"""Rules turned into Great Expectations suites, and suites run over a pandas frame.

Takes the rules of one suite and a frame whose rows are numbered; gives, for each broken rule, the rows that break it.
Importing this module imports Great Expectations: only the gate does, and only when there is something to check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import expectations.preparation  # noqa: F401 - has to come before Great Expectations

# isort: split
import great_expectations as gx
import pandas as pd
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.execution_engine import pandas_execution_engine
from great_expectations.expectations.expectation import Expectation
from great_expectations.validator.v1_validator import Validator

from expectations.rows import ROW
from expectations.rules import Rule, Severity
from expectations.satisfy import (
    ExpectBetween,
    ExpectMatch,
    ExpectOneOf,
    ExpectPresent,
    ExpectRowsToSatisfy,
    ExpectUnique,
)

COMPLETE = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [ROW],
    "return_unexpected_index_query": False,
}
# Great Expectations takes a fingerprint of every frame below this many bytes, value by value; nobody reads it here.
pandas_execution_engine.HASH_THRESHOLD = 0
_BUILT: dict[str, Expectation] = {}
GX_SEVERITY = {Severity.REJECT: "critical", Severity.WARN: "warning"}


class SuiteFault(RuntimeError):
    """Great Expectations could not evaluate a rule: the gate is at fault, not the data."""


def build_expectation(rule: Rule) -> Expectation:
    """The expectation of one rule; its meta carries the rule's name and wording in both languages."""
    about: dict[str, Any] = {
        "severity": GX_SEVERITY[rule.severity],
        "description": rule.en,
        "meta": {"rule": rule.name, "breaks": rule.breaks.value, "en": rule.en, "zh": rule.zh},
    }
    if rule.check == "satisfies":
        return ExpectRowsToSatisfy(
            columns=list(rule.columns), expression=rule.argument, when=rule.when, nulls=rule.nulls, **about
        )
    column = rule.columns[0]
    match rule.check:
        case "present":
            return ExpectPresent(column=column, **about)
        case "unique":
            return ExpectUnique(column=column, **about)
        case "one_of":
            return ExpectOneOf(column=column, value_set=rule.argument, **about)
        case "matches":
            return ExpectMatch(column=column, regex=rule.argument, **about)
        case "between":
            return ExpectBetween(column=column, **_limits(rule.argument), **about)
    raise SuiteFault(f"suite {rule.suite}: rule {rule.name}: no expectation is known for {rule.check}")


def build_suite(name: str, rules: Iterable[Rule]) -> gx.ExpectationSuite:
    """A suite of the given rules. An expectation is built once a process: with it stays what Great Expectations works
    out for it."""
    return gx.ExpectationSuite(name=name, expectations=[_find_expectation(rule) for rule in rules])


def _find_expectation(rule: Rule) -> Expectation:
    wording = repr(rule)  # a rule may hold a list, and has no hash
    if wording not in _BUILT:
        _BUILT[wording] = build_expectation(rule)
    return _BUILT[wording]


def find_breaking_rows(rules: Sequence[Rule], frame: pd.DataFrame) -> dict[str, list[int]]:
    """For each broken rule of one suite, the numbers (column `row_of_frame`) of the rows that break it.

    Two passes, because one that lists rows costs twice the time: first the whole suite, true or false; then the broken
    rules alone. Both use one validator, because each prepares the whole frame when it begins. Raises
    SuiteFault where a rule could not be evaluated.
    """
    data = Validator(_frames(), batch_parameters={"dataframe": frame}, result_format={"result_format": "BOOLEAN_ONLY"})
    verdicts = _results_by_rule(build_suite(rules[0].suite, rules), data)
    broken = [rule for rule in rules if not verdicts[rule.name].success]
    if not broken:
        return {}
    data.result_format = COMPLETE
    listed = _results_by_rule(build_suite(f"{rules[0].suite}, broken rules", broken), data)
    return {rule.name: _rows(listed[rule.name]) for rule in broken}


@cache
def _context() -> EphemeralDataContext:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context


@cache
def _frames() -> BatchDefinition[Any]:
    asset = _context().data_sources.add_pandas("gate").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("all rows")


def _results_by_rule(suite: gx.ExpectationSuite, data: Validator) -> dict[str, ExpectationValidationResult]:
    """Results by rule name. Great Expectations gives them in an order of its own, so never by position."""
    results = data.validate_expectation_suite(suite).results
    by_rule = {_rule_of(result): result for result in results}
    for name, result in by_rule.items():
        fault = _fault_of(result.exception_info)
        if fault:
            raise SuiteFault(f"suite {suite.name}: rule {name}: {fault}")
    return by_rule


def _rule_of(result: ExpectationValidationResult) -> str:
    config = result.expectation_config
    if config is None or not config.meta:
        raise SuiteFault("a result came back without its rule")
    return str(config.meta["rule"])


def _fault_of(info: Mapping[str, Any] | None) -> str | None:
    """The exception that evaluation met, if any; `info` is flat, or keyed by metric where a metric failed."""
    for part in [info, *info.values()] if info else []:
        if isinstance(part, Mapping) and part.get("raised_exception"):
            return str(part.get("exception_message"))
    return None


def _rows(result: ExpectationValidationResult) -> list[int]:
    return [int(entry[ROW]) for entry in result.result["unexpected_index_list"]]


def _limits(argument: Mapping[str, float]) -> dict[str, Any]:
    return {
        "min_value": argument.get("above", argument.get("min")),
        "max_value": argument.get("below", argument.get("max")),
        "strict_min": "above" in argument,
        "strict_max": "below" in argument,
    }
