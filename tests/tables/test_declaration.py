"""The declaration: what it refuses, what it derives, and that it says all that the contract says."""

from __future__ import annotations

import copy
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from gazette.extract import model
from gazette.tables import ENUMS, RECORD_TABLES, STAGES, TABLES, DeclarationError
from gazette.tables.declaration import build_declaration

CONTRACT = Path(__file__).parents[2] / ".." / "shared" / "TABLES.md"


@pytest.fixture
def raw() -> dict[str, Any]:
    return copy.deepcopy(tomllib.loads(files("gazette.tables").joinpath("tables.toml").read_text(encoding="utf-8")))


def test_unknown_key_is_refused_by_name(raw: dict[str, Any]) -> None:
    raw["tables"]["labor"]["columns"][1]["colour"] = "red"
    with pytest.raises(DeclarationError, match=r"tables\.toml: labor\.activity: unknown key 'colour'"):
        build_declaration(raw)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "text"}, "unknown type 'text'"),
        ({"enum": "colours"}, "no set of strings 'colours'"),
        ({"zh": None}, "lacks zh"),
        ({"name": "quote"}, "a column stands twice"),
    ],
)
def test_contradictions_are_refused(raw: dict[str, Any], change: dict[str, Any], message: str) -> None:
    column = raw["tables"]["finance"]["columns"][1]
    column.update(change)
    for key in [key for key, value in change.items() if value is None]:
        del column[key]
    raw["tables"]["finance"]["kind"] = column["name"]
    with pytest.raises(DeclarationError, match=message):
        build_declaration(raw)


def test_unknown_group_is_refused(raw: dict[str, Any]) -> None:
    raw["tables"]["texts"]["columns"].append({"columns": "spam"})
    with pytest.raises(DeclarationError, match="texts: there is no group 'spam'"):
        build_declaration(raw)


def test_every_measure_has_its_three_companions() -> None:
    for name in RECORD_TABLES:
        for measure in TABLES[name].measures:
            qualifier, low, high = (
                TABLES[name].column(f"{measure.name}_{end}") for end in ("qualifier", "low", "high")
            )
            assert qualifier.enum is ENUMS["qualifier"]
            assert (low.type, low.unit, high.unit) == ("float", measure.unit, measure.unit)
            assert low.derived_from == high.derived_from == qualifier.derived_from == measure.name


@pytest.mark.parametrize(
    ("name", "enumeration"),
    [
        ("mention_kind", model.Kind),
        ("qualifier", model.Qualifier),
        ("modality", model.Modality),
        ("basis", model.Basis),
        ("mention_reason", model.Reason),
    ],
)
def test_enumerations_equal_those_of_the_code(name: str, enumeration: Any) -> None:
    assert ENUMS[name].values == tuple(enumeration)


def test_same_name_in_same_unit_everywhere() -> None:
    seen: dict[str, str | None] = {}
    for table in TABLES.values():
        for column in table.columns:
            if column.measure and column.name != "total_count":
                assert seen.setdefault(column.name, column.unit) == column.unit


def test_schemas_describe_every_column_in_both_languages() -> None:
    for table in [*TABLES.values(), *STAGES.values()]:
        for field, column in zip(table.arrow_schema(), table.columns, strict=True):
            assert field.metadata[b"description_en"].decode() == field.metadata[b"description"].decode() == column.en
            assert re.search(r"[一-鿿]", field.metadata[b"description_zh"].decode())
            assert field.metadata.get(b"unit", b"").decode() == (column.unit or "")
        assert list(table.polars_schema()) == table.arrow_schema().names


def test_quarantine_takes_whatever_was_rejected() -> None:
    table = TABLES["projects"].quarantine()
    assert table.names[-2:] == ("expectation", "observed")
    assert table.column("project_count").type == "float"
    assert all(column.nullable for column in table.columns if column.name != "expectation")
    assert TABLES["projects"].column("project_count").type == "int"


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract is not here")
def test_the_contract_is_kept() -> None:
    """Every column that a table of the contract names exists, with its set of values where one is listed there."""
    sections = re.split(r"^## ", CONTRACT.read_text(encoding="utf-8"), flags=re.M)
    rows = {s.split("\n")[0]: re.findall(r"^\| ([a-z_, ]+) \| ([^|]+) \| ([^|]+) \|$", s, flags=re.M) for s in sections}
    shared = next(found for title, found in rows.items() if title.startswith("What every record carries"))
    checked = 0
    for name in (*RECORD_TABLES, "mentions"):
        own = next(found for title, found in rows.items() if title.split(":")[0] == name)
        for names, type_, meaning in (*(shared if name != "mentions" else []), *own):
            if names == "column":
                continue
            for one in names.split(", "):
                column = TABLES[name].column(one)
                checked += 1
                if (
                    type_.startswith("enum")
                    and column.enum
                    and "`" in meaning
                    and one not in ("modality", "as_of_basis")
                ):
                    wanted = set(re.findall(r"`([a-z_]+)`", meaning))
                    assert wanted <= {*column.enum.values, "record_id"}, one
    assert checked > 100
    for word in ("issue_id", "text"):
        assert word in TABLES["texts"].names
    documents = next(s for s in sections if s.startswith("documents"))
    listed = re.findall(r"\b[a-z]+(?:_[a-z]+)+\b|\b(?:path|page|format|encoding|status|stage|reason)\b", documents)
    assert {*listed} - {"char_start", "char_end"} <= set(TABLES["documents"].names)
