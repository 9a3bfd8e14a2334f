"""Every declared rule is tried on its own example and counter-example."""

from __future__ import annotations

from datetime import date

import pytest

from gazette.clean import clean
from gazette.extract import extract
from gazette.extract.model import Mention
from gazette.extract.records.declaration import Indicator, RuleError, build_rules, load_rules

ISSUE_DATE = date(2020, 3, 27)
REGION = "500110"


def read_marked(marked: str) -> tuple[Mention, str]:
    """The mention that ⟦⟧ marks in a sentence, and what it prints."""
    start, end = marked.index("⟦"), marked.index("⟧") - 1
    text = marked.replace("⟦", "").replace("⟧", "")
    cleaned = clean(text)
    mentions = extract(cleaned, ISSUE_DATE, REGION).mentions
    found = [m for m in mentions if m.quantity.start < end and start < m.quantity.end]
    assert len(found) == 1, f"{marked}: {len(found)} figures at the mark"
    return found[0], text[start:end]


@pytest.mark.parametrize("indicator", load_rules().indicators, ids=lambda rule: rule.name)
def test_rule_takes_its_example(indicator: Indicator) -> None:
    mention, printed = read_marked(indicator.example)
    if indicator.table is None:
        assert mention.record is None, f"{printed} was filed in {mention.record and mention.record.table}"
    else:
        assert mention.record is not None, f"{printed} was not filed"
        assert mention.record.table == indicator.table
        columns = {indicator.column, "total_count"} if indicator.column == "project_count" else {indicator.column}
        assert mention.column in columns
        if indicator.kind is not None:
            assert mention.record.kind == indicator.kind


@pytest.mark.parametrize("indicator", load_rules().indicators, ids=lambda rule: rule.name)
def test_rule_leaves_its_counter_example(indicator: Indicator) -> None:
    mention, printed = read_marked(indicator.counter)
    if indicator.table is None:
        assert mention.record is not None, f"{printed} was not filed"
    elif mention.record is not None and mention.record.table == indicator.table:
        same_kind = indicator.kind is None or mention.record.kind == indicator.kind
        assert not (same_kind and mention.column == indicator.column), f"{printed} was taken"


GOOD = """
table = "projects"
[[indicator]]
name = "x"
column = "investment_cny"
kinds = ["money"]
before = ["总投资"]
example = "总投资⟦1亿元⟧"
counter = "出口⟦1亿元⟧"
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('name = "x"', 'nome = "x"'), "nome"),
        (('kinds = ["money"]', 'kinds = ["gold"]'), "gold"),
        (('example = "总投资⟦1亿元⟧"', ""), "example"),
        (("[[indicator]]", "[[indicator"), "projects.toml"),
        (('column = "investment_cny"', 'column = "investment"'), "investment"),
    ],
)
def test_bad_rule_file_is_refused_by_name(change: tuple[str, str], said: str) -> None:
    with pytest.raises(RuleError, match=said):
        build_rules({"projects.toml": GOOD.replace(*change)})


def test_good_rule_file_is_read() -> None:
    rules = build_rules({"projects.toml": GOOD})
    assert "总投资" in [hit.cue.term for hit in rules.find("项目总投资1亿元")]
