"""Rule files that cannot be read are refused with the file, the rule and the key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from expectations import rules
from expectations.rules import RuleError, rules_of
from expectations.suites import build_suite

RULE = """
[[rules]]
name = "{column}_fine"
en = "It is fine."
zh = "没有问题。"
"""


@pytest.fixture
def rule_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a rule file for the stage clean, which the test writes."""
    monkeypatch.setattr(rules, "HERE", tmp_path)
    (tmp_path / "every_suite.toml").write_text("rules = []", encoding="utf-8")
    rules_of.cache_clear()
    yield tmp_path / "clean.toml"
    rules_of.cache_clear()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("colour = 1\npresent = true", r"clean.toml: rule {column}_fine: unknown key colour"),
        ("", "needs exactly one of present, .*, has none"),
        ("present = true\nunique = true", "has present, unique"),
        ("between = 3", "between is a int, not a dict"),
        ("between = { most = 3 }", "unknown key most"),
        ("present = true\nseverity = 'deadly'", "'deadly' is not a valid Severity"),
        ("present = true\nbreaks = 'file'", "'file' is not a valid Breaks"),
        ("present = true\nfor_each = { colour = 'red' }", "for_each: unknown key colour"),
        ("present = true\nwhen = 'digits_in > 1'", "when and nulls go with satisfies alone"),
    ],
)
def test_faulty_rule_is_refused(rule_files: Path, lines: str, message: str) -> None:
    rule_files.write_text(RULE + lines, encoding="utf-8")
    with pytest.raises(RuleError, match=message):
        rules_of("clean")


def test_rule_without_wording_is_refused(rule_files: Path) -> None:
    rule_files.write_text("[[rules]]\nname = 'fine'\npresent = true\ncolumns = ['digits_in']", encoding="utf-8")
    with pytest.raises(RuleError, match=r"clean\.toml: rule fine: 'en'"):
        rules_of("clean")


def test_rule_named_twice_is_refused(rule_files: Path) -> None:
    rule = RULE.replace("{column}_fine", "fine") + "present = true\ncolumns = ['digits_in']\n"
    rule_files.write_text(rule * 2, encoding="utf-8")
    with pytest.raises(RuleError, match="suite clean: rules named twice: fine"):
        rules_of("clean")


def test_unknown_suite_is_refused() -> None:
    with pytest.raises(RuleError, match="no stage and no table is called bakery"):
        rules_of("bakery")


def test_rule_for_each_column_holds_for_those_that_fit(rule_files: Path) -> None:
    rule_files.write_text(RULE + "between = { min = 0 }\nfor_each = { unit = 'code point' }", encoding="utf-8")
    names = [rule.name for rule in rules_of("clean")]
    assert names == ["char_count_fine", "clean_char_count_fine", "body_char_count_fine"]


def test_suite_carries_names_and_wording() -> None:
    suite = build_suite("labor", rules_of("labor"))
    by_name = {expectation.meta["rule"]: expectation for expectation in suite.expectations}
    rate = by_name["labor_rate_within_0_and_100"]
    assert rate.meta["zh"] == "返岗率在 0 与 100% 之间。"
    assert rate.severity == "critical"
    assert by_name["headcount_below_2_billion"].severity == "warning"
    assert len(by_name) == len(suite.expectations) == len(rules_of("labor"))
