"""Takes tables.toml, gives `TABLES`, `STAGES` and `ENUMS`: the truth about every column, written once.

The Parquet schemas with their field metadata, the Polars schemas, the gates and the data dictionary are built from
these objects. A key that the file should not have, or a reference that leads nowhere, is refused by name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

FILE = "gazette/tables/tables.toml"
TYPES = ("string", "int", "float", "date", "timestamp")
COLUMN_KEYS = frozenset({"name", "type", "unit", "enum", "null", "measure", "run", "en", "zh"})
TABLE_KEYS = frozenset({"en", "zh", "key", "kind", "columns"})
VALUE_KEYS = frozenset({"value", "en", "zh"})


class DeclarationError(ValueError):
    """The declaration contradicts itself or holds what it should not."""


@dataclass(frozen=True, slots=True)
class EnumValue:
    value: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A closed set of values that columns refer to."""

    name: str
    items: tuple[EnumValue, ...]

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(item.value for item in self.items)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `measure` is a printed figure; `derived_from` names the measure that a column accompanies; `run`
    columns tell of the run and may differ when the same issues are run again."""

    name: str
    type: str
    en: str
    zh: str
    unit: str | None = None
    enum: Enumeration | None = None
    nullable: bool = False
    measure: bool = False
    derived_from: str | None = None
    run: bool = False

    def polars_type(self) -> pl.DataType:
        import polars as pl

        types = {
            "string": pl.String(),
            "int": pl.Int64(),
            "float": pl.Float64(),
            "date": pl.Date(),
            "timestamp": pl.Datetime("us", "UTC"),
        }
        return types[self.type]

    @property
    def duckdb_type(self) -> str:
        types = {"string": "VARCHAR", "int": "BIGINT", "float": "DOUBLE", "date": "DATE", "timestamp": "TIMESTAMPTZ"}
        return types[self.type]

    def arrow_field(self) -> pa.Field:
        """The Parquet field; its metadata describes the column in both languages and states its unit."""
        import pyarrow as pa

        types = {
            "string": pa.string(),
            "int": pa.int64(),
            "float": pa.float64(),
            "date": pa.date32(),
            "timestamp": pa.timestamp("us", "UTC"),
        }
        metadata = {"description": self.en, "description_en": self.en, "description_zh": self.zh}
        if self.unit:
            metadata["unit"] = self.unit
        if self.enum:
            metadata["values"] = " ".join(self.enum.values)
        return pa.field(self.name, types[self.type], nullable=self.nullable, metadata=metadata)


@dataclass(frozen=True)
class Table:
    """One table (or stage frame): its columns in order, the column that identifies a row, and for record tables the
    enum column (`kind`) that says what sort of record it is."""

    name: str
    en: str
    zh: str
    key: str
    kind: str | None
    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def run_columns(self) -> list[str]:
        """The columns that tell of the run that wrote a row, and differ where all else is the same."""
        return [column.name for column in self.columns if column.run]

    @cached_property
    def measures(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.measure)

    @property
    def is_record_table(self) -> bool:
        return self.kind is not None

    @cached_property
    def sort_key(self) -> tuple[str, ...]:
        """The order of the rows in a file: issue, place, identity."""
        order = dict.fromkeys((*(("issue_id", "char_start") if "char_start" in self.names else ()), self.key))
        if self.key == "path":
            order["issue_id"] = None
        return tuple(order)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def arrow_schema(self) -> pa.Schema:
        """The Parquet schema with field metadata."""
        return self._arrow_schema

    @cached_property
    def _arrow_schema(self) -> pa.Schema:
        import pyarrow as pa

        metadata = {"table": self.name, "description": self.en, "description_en": self.en, "description_zh": self.zh}
        return pa.schema([column.arrow_field() for column in self.columns], metadata=metadata)

    def polars_schema(self) -> pl.Schema:
        import polars as pl

        return pl.Schema(self._polars_types)

    @cached_property
    def _polars_types(self) -> dict[str, pl.DataType]:
        return {column.name: column.polars_type() for column in self.columns}

    @cached_property
    def empty_frame(self) -> pl.DataFrame:
        """A frame of no rows."""
        return self.polars_schema().to_frame()

    def cast(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The declared columns of a frame, in order and type; the frame itself where they are so already, for a cast
        copies. Raises polars.exceptions.PolarsError where a column is missing or a value does not fit."""
        declared = self.polars_schema()
        return frame if frame.schema == declared else frame.select(declared.names()).cast(declared)

    def unchecked(self) -> Table:
        """The table as the gate sees it: whole-number measures as floats, so that a count of 1.5 can be seen."""
        return self._unchecked

    @cached_property
    def _unchecked(self) -> Table:
        columns = tuple(replace(c, type="float") if c.measure and c.type == "int" else c for c in self.columns)
        return replace(self, columns=columns)

    def quarantine(self) -> Table:
        """The table of its rejected rows: every column they had, the expectation that failed and the value seen."""
        return self._quarantine

    @cached_property
    def _quarantine(self) -> Table:
        columns = tuple(replace(column, nullable=True) for column in self.unchecked().columns)
        return replace(self, columns=(*columns, *REJECTION_COLUMNS))


REJECTION_COLUMNS = (
    Column("expectation", "string", "The expectation that the row broke.", "未通过的校验规则"),
    Column("observed", "string", "The value seen.", "实际的值", nullable=True),
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """All that tables.toml says."""

    schema: int
    enums: Mapping[str, Enumeration]
    tables: Mapping[str, Table]
    stages: Mapping[str, Table]


def build_declaration(data: Mapping[str, Any]) -> Declaration:
    """Checked tables from parsed TOML. Raises DeclarationError with the place of the fault."""
    check_keys(data, frozenset({"schema", "enums", "groups", "tables", "stages"}), "top level")
    enums = {name: _build_enum(name, values) for name, values in data["enums"].items()}
    groups = data["groups"]
    tables = {name: _build_table(name, raw, groups, enums) for name, raw in data["tables"].items()}
    stages = {name: _build_table(name, raw, groups, enums) for name, raw in data["stages"].items()}
    return Declaration(data["schema"], enums, tables, stages)


def check_keys(raw: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    """Raises DeclarationError where `raw` has a key that is not known."""
    for key in raw:
        if key not in known:
            raise DeclarationError(f"{FILE}: {where}: unknown key {key!r} (known: {', '.join(sorted(known))})")


def _build_enum(name: str, values: list[dict[str, str]]) -> Enumeration:
    for raw in values:
        check_keys(raw, VALUE_KEYS, f"enums.{name}")
        if missing := VALUE_KEYS - raw.keys():
            raise DeclarationError(f"{FILE}: enums.{name}: {raw} lacks {', '.join(sorted(missing))}")
    items = tuple(EnumValue(**raw) for raw in values)
    if len({item.value for item in items}) != len(items):
        raise DeclarationError(f"{FILE}: enums.{name}: a value stands twice")
    return Enumeration(name, items)


def _build_table(
    name: str, raw: Mapping[str, Any], groups: Mapping[str, Any], enums: Mapping[str, Enumeration]
) -> Table:
    check_keys(raw, TABLE_KEYS, name)
    declared = [_build_column(entry, name, enums) for entry in _expand(raw["columns"], groups, name)]
    columns = tuple(column for one in declared for column in (one, *_derive(one, enums)))
    table = Table(name, raw["en"], raw["zh"], raw["key"], raw.get("kind"), columns)
    if len(set(table.names)) != len(table.names):
        raise DeclarationError(f"{FILE}: {name}: a column stands twice")
    for reference in (table.key, table.kind):
        if reference is not None and reference not in table.names:
            raise DeclarationError(f"{FILE}: {name}: there is no column {reference!r}")
    return table


def _expand(entries: list[dict[str, Any]], groups: Mapping[str, Any], where: str) -> Iterator[dict[str, Any]]:
    """The entries with every reference to a group replaced by the group's own entries."""
    for entry in entries:
        if "columns" not in entry:
            yield entry
            continue
        check_keys(entry, frozenset({"columns"}), where)
        if entry["columns"] not in groups:
            raise DeclarationError(f"{FILE}: {where}: there is no group {entry['columns']!r}")
        yield from _expand(groups[entry["columns"]], groups, where)


def _build_column(raw: Mapping[str, Any], table: str, enums: Mapping[str, Enumeration]) -> Column:
    where = f"{table}.{raw.get('name', '?')}"
    check_keys(raw, COLUMN_KEYS, where)
    if missing := {"name", "type", "en", "zh"} - raw.keys():
        raise DeclarationError(f"{FILE}: {where}: lacks {', '.join(sorted(missing))}")
    if raw["type"] not in TYPES:
        raise DeclarationError(f"{FILE}: {where}: unknown type {raw['type']!r} (known: {', '.join(TYPES)})")
    if "enum" in raw and (raw["enum"] not in enums or raw["type"] != "string"):
        raise DeclarationError(f"{FILE}: {where}: there is no set of strings {raw['enum']!r}")
    measure = raw.get("measure", False)
    return Column(
        name=raw["name"],
        type=raw["type"],
        en=raw["en"],
        zh=raw["zh"],
        unit=raw.get("unit"),
        enum=enums[raw["enum"]] if "enum" in raw else None,
        nullable=raw.get("null", False) or measure,
        measure=measure,
        run=raw.get("run", False),
    )


def _derive(measure: Column, enums: Mapping[str, Enumeration]) -> tuple[Column, ...]:
    """The columns that accompany a measure: how exactly it was printed, and the interval it stands for."""
    if not measure.measure:
        return ()
    name, unit = measure.name, measure.unit
    return (
        Column(
            f"{name}_qualifier",
            "string",
            f"How exactly {name} was printed; null where it is null.",
            f"{name} 的确切程度，无值时为空",
            enum=enums["qualifier"],
            nullable=True,
            derived_from=name,
        ),
        Column(
            f"{name}_low",
            "float",
            f"Lower end of the interval that {name} stands for; null where open.",
            f"{name} 的区间下限，无下限为空",
            unit=unit,
            nullable=True,
            derived_from=name,
        ),
        Column(
            f"{name}_high",
            "float",
            f"Upper end of the interval that {name} stands for; null where open.",
            f"{name} 的区间上限，无上限为空",
            unit=unit,
            nullable=True,
            derived_from=name,
        ),
    )


def read_declaration() -> Declaration:
    text = files(__package__).joinpath("tables.toml").read_text(encoding="utf-8")
    return build_declaration(tomllib.loads(text))


_DECLARATION = read_declaration()
SCHEMA: int = _DECLARATION.schema
ENUMS: Mapping[str, Enumeration] = _DECLARATION.enums
TABLES: Mapping[str, Table] = _DECLARATION.tables
STAGES: Mapping[str, Table] = _DECLARATION.stages
RECORD_TABLES: tuple[str, ...] = tuple(name for name, table in TABLES.items() if table.is_record_table)
GATED_BY_ROW: tuple[str, ...] = (*RECORD_TABLES, "series")  # tables of which a gate rejects single rows
MEASURE_UNITS: Mapping[tuple[str, str], str | None] = {
    (name, measure.name): measure.unit for name in RECORD_TABLES for measure in TABLES[name].measures
}
