"""The rules of the gates, read from the TOML files beside this module against the one declaration of the columns.

Takes `<suite>.toml`, `records.toml` and `every_suite.toml`; gives `Rule` objects, one an expectation. A rule with
`for_each` is written once and holds for every declared column of the suite's frame that fits. A rule says what it
breaks (the row, or the whole issue; the row in record tables and series where nothing is said), how hard (reject, or
warn), and its wording in English and Chinese.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from gazette.tables import GATED_BY_ROW, RECORD_TABLES, STAGES, TABLES, Column, Table

HERE = Path(__file__).parent
CHECKS = ("present", "unique", "one_of", "between", "matches", "satisfies")
FILE_KEYS = {"rules"}
RULE_KEYS = {"name", "columns", "en", "zh", "for_each", "when", "nulls", "breaks", "severity", *CHECKS}
SELECTOR_KEYS = {"name", "not_name", "type", "unit", "enum", "nullable", "measure"}
LIMIT_KEYS = {"min", "max", "above", "below"}


class RuleError(ValueError):
    """A rule file that cannot be read as rules: names the file, the rule and the key."""


class Breaks(StrEnum):
    """What a broken rule takes out: the row alone, or the whole issue."""

    ROW = "row"
    ISSUE = "issue"


class Severity(StrEnum):
    """Floors and contradictions reject; ceilings and oddities warn."""

    REJECT = "reject"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Rule:
    """One expectation of one suite. `check` names its kind, `argument` is the set, limits, pattern or expression.

    Rows where one of `columns` is null are not checked, unless `nulls` says "checked"; rows that do not fulfil `when`
    (an expression over the columns) are not checked either.
    """

    suite: str
    name: str
    columns: tuple[str, ...]
    check: str
    argument: Any
    en: str
    zh: str
    when: str | None = None
    nulls: str = "skipped"
    breaks: Breaks = Breaks.ROW
    severity: Severity = Severity.REJECT


@cache
def rules_of(suite: str) -> tuple[Rule, ...]:
    """Every rule of a suite, in the order of the files. Raises RuleError for a faulty file or a name given twice."""
    rules = [rule for path in _files_of(suite) for rule in _read_rules(path, suite)]
    names = [rule.name for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RuleError(f"suite {suite}: rules named twice: {', '.join(twice)}")
    return tuple(rules)


def frame_of(suite: str) -> Table:
    """The declared columns of the frame that a suite checks."""
    declared = STAGES.get(suite) or TABLES.get(suite)
    if declared is None:
        raise RuleError(f"no stage and no table is called {suite}")
    return declared


def _files_of(suite: str) -> Iterator[Path]:
    yield HERE / "every_suite.toml"
    if frame_of(suite).name in RECORD_TABLES:
        yield HERE / "records.toml"
    yield HERE / f"{suite}.toml"


def _read_file(path: Path) -> dict[str, Any]:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    _refuse_unknown(content, FILE_KEYS, path.name)
    return content


def _read_rules(path: Path, suite: str) -> Iterator[Rule]:
    for entry in _read_file(path).get("rules", []):
        where = f"{path.name}: rule {entry.get('name', '(without a name)')}"
        _refuse_unknown(entry, RULE_KEYS, where)
        for column in _columns_meant(entry, suite, where):
            yield _build_rule(entry, suite, column, where)


def _columns_meant(entry: Mapping[str, Any], suite: str, where: str) -> Iterator[Column | None]:
    """The declared columns that a `for_each` asks for (each key an attribute of the column), or None once."""
    if "for_each" not in entry:
        yield None
        return
    wanted: Mapping[str, Any] = entry["for_each"]
    _refuse_unknown(wanted, SELECTOR_KEYS, f"{where}: for_each")
    for column in frame_of(suite).columns:
        if all(_fits(column, key, value) for key, value in wanted.items()):
            yield column


def _fits(column: Column, key: str, value: Any) -> bool:
    if key == "enum":
        return (column.enum is not None) is value
    if key == "not_name":
        return column.name not in value
    if isinstance(value, list):
        return getattr(column, key) in value
    return bool(getattr(column, key) == value)


def _build_rule(entry: Mapping[str, Any], suite: str, column: Column | None, where: str) -> Rule:
    check = _only_check(entry, where)
    argument = entry[check]
    if column and check == "one_of" and argument == "enum":
        argument = list(column.enum.values) if column.enum else []
    _check_argument(check, argument, where)
    if check != "satisfies" and ("when" in entry or "nulls" in entry):
        raise RuleError(f"{where}: when and nulls go with satisfies alone")
    try:
        return Rule(
            suite=suite,
            name=_fill(entry["name"], column),
            columns=tuple(_fill(name, column) for name in entry.get("columns", ["{column}"])),
            check=check,
            argument=_fill(argument, column),
            en=_fill(entry["en"], column),
            zh=_fill(entry["zh"], column),
            when=_fill(entry.get("when"), column),
            nulls=entry.get("nulls", "skipped"),
            breaks=Breaks(entry.get("breaks", "row" if suite in GATED_BY_ROW else "issue")),
            severity=Severity(entry.get("severity", "reject")),
        )
    except (KeyError, ValueError) as error:
        raise RuleError(f"{where}: {error}") from error


def _only_check(entry: Mapping[str, Any], where: str) -> str:
    checks = [check for check in CHECKS if check in entry]
    if len(checks) != 1:
        raise RuleError(f"{where}: needs exactly one of {', '.join(CHECKS)}, has {', '.join(checks) or 'none'}")
    return checks[0]


def _check_argument(check: str, argument: Any, where: str) -> None:
    kinds: dict[str, type] = {
        "present": bool, "unique": bool, "one_of": list, "between": dict, "matches": str, "satisfies": str,
    }  # fmt: skip
    fits = isinstance(argument, kinds[check])
    if not fits:
        raise RuleError(f"{where}: {check} is a {type(argument).__name__}, not a {kinds[check].__name__}")
    if check == "between":
        _refuse_unknown(argument, LIMIT_KEYS, where)


def _fill(value: Any, column: Column | None) -> Any:
    """`{column}`, `{column_en}` and `{column_zh}` of a `for_each` rule, filled in with the declared column's own."""
    if column is None or not isinstance(value, str):
        return value
    filled = value.replace("{column}", column.name)
    return filled.replace("{column_en}", column.en).replace("{column_zh}", column.zh)


def _refuse_unknown(entry: Mapping[str, object], known: set[str], where: str) -> None:
    unknown = sorted(set(entry) - known)
    if unknown:
        raise RuleError(f"{where}: unknown key {', '.join(unknown)}")
