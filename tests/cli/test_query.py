"""`gazette query` reads the tables, in three forms, and nothing else."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Gazette
from tests.cli.samples import ISSUE

COUNTS = "select region, as_of, project_count from projects order by record_id"


def test_rows_as_a_table(gazette: Gazette, data: Path) -> None:
    told = gazette("query", COUNTS, "--data", data)
    assert told.code == 0
    assert "│ 重庆市綦江区   │ 2020-03-17 │ 155           │" in told.out
    assert told.out.endswith("2 rows\n")


def test_rows_as_csv(gazette: Gazette, data: Path) -> None:
    told = gazette("query", COUNTS, "--data", data, "--format", "csv")
    rows = list(csv.reader(io.StringIO(told.out)))
    assert rows == [
        ["region", "as_of", "project_count"],
        ["重庆市綦江区", "2020-03-17", "155"],
        ["重庆市大渡口区", "2020-03-27", ""],
    ]


def test_rows_as_json(gazette: Gazette, data: Path) -> None:
    told = gazette("query", COUNTS, "--data", data, "--format", "json")
    assert json.loads(told.out)[0] == {"region": "重庆市綦江区", "as_of": "2020-03-17", "project_count": 155}


def test_no_rows_are_an_empty_json_array(gazette: Gazette, data: Path) -> None:
    assert json.loads(gazette("query", "from labor", "--data", data, "--format", "json").out) == []


def test_more_columns_than_fit_are_stacked(gazette: Gazette, data: Path) -> None:
    told = gazette("query", "from projects", "--data", data)
    lines = [line.split() for line in told.out.splitlines()]
    assert ["project_count", "155"] in lines
    assert ["row", "2"] in lines


def test_a_cut_table_says_that_it_is_cut(gazette: Gazette, data: Path) -> None:
    told = gazette("query", COUNTS, "--data", data, "--rows", "1")
    assert "綦江" in told.out
    assert "大渡口" not in told.out
    assert "first 1 rows" in told.out


@pytest.mark.parametrize(
    "table", ["projects", "enterprises", "finance", "labor", "mentions", "texts", "documents", "quarantine.labor"]
)
def test_every_table_is_a_view_even_where_it_has_no_file(gazette: Gazette, data: Path, table: str) -> None:
    assert gazette("query", f"select issue_id from {table}", "--data", data).code == 0


def test_rejected_rows_tell_the_expectation_and_the_value(gazette: Gazette, data: Path) -> None:
    sql = "select resumption_rate, expectation, observed from quarantine.projects"
    told = gazette("query", sql, "--data", data, "--format", "csv")
    assert told.out.splitlines()[1] == "103.0,rate_within_0_100,103.0"


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("copy projects to 'x.csv'", "COPY"),
        ("attach 'x.db'", "ATTACH"),
        ("install httpfs", "LOAD"),
        ("set enable_external_access = true", "SET"),
        ("create table x as select 1", "CREATE"),
        ("export database 'x'", "EXPORT"),
        ("drop view projects", "DROP"),
        ("load json", "LOAD"),
        ("detach memory", "DETACH"),
        ("pragma database_list", "PRAGMA"),
        ("call enable_logging(storage_path = 'x', storage = 'file')", "CALL"),
        ("insert into projects select * from projects", "INSERT"),
        ("with x as (select 1) insert into projects select * from x", "INSERT"),
        ("prepare x as select 1", "PREPARE"),
        ("begin", "TRANSACTION"),
        ("vacuum", "VACUUM"),
        ("update extensions", "this"),
    ],
)
def test_what_is_no_query_is_refused(gazette: Gazette, data: Path, sql: str, kind: str) -> None:
    told = gazette("query", sql, "--data", data)
    assert told.code == 2
    assert told.err == f"gazette: query: {kind} is refused; a query only reads (select, from, describe, show)\n"


@pytest.mark.parametrize("sql", ["select 1; drop view projects", "", "/* nothing */"])
def test_one_query_at_a_time(gazette: Gazette, data: Path, sql: str) -> None:
    told = gazette("query", sql, "--data", data)
    assert told.code == 2
    assert "one query is run at a time" in told.err


@pytest.mark.parametrize(
    "source",
    [
        "read_text('{secret}')",
        "read_csv('{secret}')",
        "read_blob('{secret}')",
        "'{secret}'",
        "glob('{folder}/*')",
        "read_csv('https://example.org/x.csv')",
        "parquet_metadata('{secret}')",
        "sniff_csv('{secret}')",
        "read_json('{secret}')",
        "read_ndjson('{secret}')",
        "read_parquet('{secret}')",
        "read_duckdb('{secret}')",
        "'file://{secret}'",
        "parquet_schema('{secret}')",
        "parquet_kv_metadata('{secret}')",
        "read_text('{folder}/curated/../secret.csv')",
        "query('select * from read_text(''{secret}'')')",
        "json_execute_serialized_sql(json_serialize_sql('select * from read_text(''{secret}'')'))",
        "enable_logging(storage = 'file', storage_path = '{folder}/log')",
        "enable_profiling(save_location = '{folder}/profile')",
        "duckdb_secrets()",
        "duckdb_extensions()",
        "pragma_database_list()",
        "start_ui()",
    ],
)
def test_a_query_reaches_no_file_but_the_tables(gazette: Gazette, data: Path, tmp_path: Path, source: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nhidden-word\n")
    before = sorted(tmp_path.rglob("*"))
    told = gazette("query", f"select * from {source.format(secret=secret, folder=tmp_path)}", "--data", data)
    assert told.code == 2
    assert "hidden-word" not in told.out
    assert "secret.csv" not in told.out
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("call", ["getenv('HOME')", "set_config('threads', '1')", "current_setting('home')"])
def test_a_query_learns_nothing_of_its_surroundings(
    gazette: Gazette, data: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setenv("HOME", "/hidden-word")
    told = gazette("query", f"select {call}", "--data", data)
    assert told.code == 2
    assert "hidden-word" not in told.out


def test_what_an_issue_says_does_not_steer_the_terminal(gazette: Gazette, data: Path) -> None:
    said = "'清屏' || chr(27) || '[2J' || chr(155) || '31m' || chr(8238) || '倒'"
    told = gazette("query", f"select {said} as said", "--data", data)
    assert r"清屏\x1b[2J\x9b31m\u202e倒" in told.out
    told = gazette("query", 'select * from "\x1b[2J"', "--data", data)
    assert (told.code, "\x1b" in told.err) == (2, False)


def test_explain_analyze_cannot_smuggle_a_write(gazette: Gazette, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    told = gazette("query", f"explain analyze copy projects to '{target}'", "--data", data)
    assert told.code == 2
    assert not target.exists()


def test_a_python_variable_is_no_table(gazette: Gazette, data: Path) -> None:
    told = gazette("query", "select * from statements", "--data", data)
    assert told.code == 2
    assert "statements does not exist" in told.err


def test_a_query_that_fails_says_where(gazette: Gazette, data: Path) -> None:
    told = gazette("query", "select regoin from projects", "--data", data)
    assert told.code == 2
    assert '"regoin" not found' in told.err
    assert "Traceback" not in told.err


def test_without_tables_the_way_to_make_them_is_named(gazette: Gazette, tmp_path: Path) -> None:
    told = gazette("query", "from projects", "--data", tmp_path / "none")
    assert told.code == 3
    assert (
        told.err
        == f"gazette: {tmp_path}/none/curated: no tables yet; `gazette run --data {tmp_path}/none` makes them\n"
    )


def test_views_read_one_generation(gazette: Gazette, data: Path) -> None:
    """The folder is resolved once, so that a swap of the link between two tables is not seen."""
    (data / "curated").rename(data / "one")
    (data / "curated").symlink_to("one")
    told = gazette("query", f"select count(*) as n from projects where issue_id = '{ISSUE}'", "--data", data)
    assert "│ 2 │" in told.out


def test_an_interrupted_query_exits_with_130(gazette: Gazette, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr("cli.query._check_query", interrupt)
    told = gazette("query", COUNTS, "--data", data)
    assert (told.code, told.out) == (130, "")
    assert "Traceback" not in told.err
