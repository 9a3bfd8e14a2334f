"""Issues read anew: exactly their records are replaced, and exactly the cells that a changed rule touches are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import gazette
import gazette.extract.reading as reading
from flows.rerun import find_files, process_again
from gazette.extract.records.declaration import Rules, build_rules, load_rules
from gazette.ingest.sources import SourceReader
from gazette.publish.changes import CHANGES
from gazette.publish.documents import Ledger
from tasks.batch import Limits, Run
from tasks.chosen import NothingChosen, choose_documents
from tasks.runners import Here
from tasks.summary import RunSummary

Data = Any
Process = Callable[..., RunSummary]
SIGNED = "全区新签约工业项目12个，总投资35.6亿元，占地120亩。\n"
LENT = "银行为25家企业发放贷款3.2亿元。\n"
RULES = Path(str(resources.files("gazette.extract.records")))


def change_rules(old: str, new: str) -> Rules:
    """The project's rules with one text of projects.toml replaced."""
    files = {file.name: file.read_text(encoding="utf-8") for file in sorted(RULES.glob("*.toml"))}
    assert files["projects.toml"].count(old) == 1
    files["projects.toml"] = files["projects.toml"].replace(old, new)
    return build_rules(files)


def rerun(data: Data, issues: list[str] | None = None, since: date | None = None) -> tuple[pl.DataFrame, list[str]]:
    """The changes, and the paths that were left as they were."""
    store = data.store
    with store.lock():
        documents = store.read_documents()
        ledger, reader = Ledger(documents, gazette.__version__), SourceReader(store.raw)
        chosen = choose_documents(documents, issues or [], since)
        missing: list[str] = []
        pending = find_files(chosen, ledger, reader, missing)
        run = Run(store, ledger, reader, "again", Here(), Limits(batch_issues=1))
        return pl.concat([CHANGES.to_frame(), *process_again(pending, chosen, run, RunSummary())]), missing


@pytest.fixture
def published(data: Data, process: Process) -> Data:
    data.write("daily/2020-03-05/01.txt", SIGNED)
    data.write("daily/2020-03-06/01.txt", LENT)
    data.write("daily/2020-04-07/01.txt", SIGNED.replace("12个", "13个"))
    process(data)
    return data


def test_without_a_change_of_rules_nothing_changes(published: Data) -> None:
    before = published.tree()
    changes, missing = rerun(published, since=date(2020, 1, 1))
    assert (changes.height, missing) == (0, [])
    after = published.tree()
    assert {name for name in before if before[name] != after.get(name)} == {
        f"curated/documents/month=2020-0{month}/part-0.parquet" for month in (3, 4)
    }


def test_exactly_the_cells_that_a_rule_touches_are_told(published: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    """Land is filed no more, but in the issues that are meant alone."""
    rules = change_rules('column = "land_area_mu"\nkinds = ["area"]', 'column = "land_area_mu"\nkinds = ["mass"]')
    monkeypatch.setattr(reading, "load_rules", lambda: rules)
    before = {name: published.store.read(name) for name in ("projects", "finance", "mentions", "texts")}
    changes, _ = rerun(published, since=date(2020, 4, 1))
    cells = changes.filter(table="projects").select("change", "column", "old", "new", "issue_date", "quote").rows()
    quote = SIGNED.replace("12个", "13个").strip()
    land = [
        ("land_area_mu", "120"),
        ("land_area_mu_qualifier", "exact"),
        ("land_area_mu_low", "120"),
        ("land_area_mu_high", "120"),
    ]
    assert sorted(cells) == sorted(("removed", column, old, None, date(2020, 4, 7), quote) for column, old in land)
    mentions = changes.filter(table="mentions").select("change", "column", "old").rows()
    assert {column for _, column, _ in mentions} == {"table", "column", "reason"}
    assert set(changes["table"]) == {"projects", "mentions"}

    after = {name: published.store.read(name) for name in before}
    untouched = pl.col("issue_id") != changes["issue_id"][0]
    assert all(after[name].filter(untouched).equals(before[name].filter(untouched)) for name in before)
    assert after["projects"].sort("issue_date")["land_area_mu"].to_list() == [120.0, None]

    monkeypatch.setattr(reading, "load_rules", load_rules)
    back, _ = rerun(published, [changes["issue_id"][0][:12]])
    assert set(back.filter(table="projects")["change"]) == {"added"}
    assert {name: published.store.read(name) for name in before}["projects"].equals(before["projects"])


def test_an_issue_whose_file_changed_or_is_gone_stays_as_it_is(published: Data) -> None:
    before = {name: published.store.read(name) for name in ("projects", "documents")}
    (published.root / "raw/daily/2020-03-05/01.txt").unlink()
    published.write("daily/2020-04-07/01.txt", SIGNED.replace("12个", "14个"))
    paths = ["daily/2020-03-05/01.txt", "daily/2020-04-07/01.txt"]
    changes, missing = rerun(published, paths)
    assert (changes.height, sorted(missing)) == (0, paths)
    assert published.store.read("documents").equals(before["documents"])
    assert published.store.read("projects").equals(before["projects"])


def test_an_issue_that_a_gate_now_stops_loses_its_rows(published: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*arguments: Any) -> Any:
        raise ValueError("a rule is wrong")

    monkeypatch.setattr("tasks.chunks.extract_text", crash)
    changes, _ = rerun(published, ["daily/2020-03-05/01.txt"])
    assert set(changes["change"]) == {"removed"}
    assert published.statuses()["05/01.txt"] == "quarantined"
    assert published.store.read("projects")["project_count"].to_list() == [13]


@pytest.mark.parametrize(
    ("issues", "since", "message"),
    [
        (["daily/2020-03-09/01.txt"], None, "no processed issue has that identity or path"),
        ([""], None, "3 issues have an identity that begins like that"),
        ([], date(2021, 1, 1), "no issue printed since 2021-01-01"),
    ],
)
def test_a_name_that_means_no_issue_is_told(
    published: Data, issues: list[str], since: date | None, message: str
) -> None:
    with pytest.raises(NothingChosen, match=message):
        choose_documents(published.store.read_documents(), issues, since)
