"""The one declaration of the published tables: `TABLES`, `STAGES`, `ENUMS`, read from tables.toml."""

from gazette.tables.declaration import (
    ENUMS,
    GATED_BY_ROW,
    MEASURE_UNITS,
    RECORD_TABLES,
    REJECTION_COLUMNS,
    SCHEMA,
    STAGES,
    TABLES,
    Column,
    DeclarationError,
    Enumeration,
    EnumValue,
    Table,
)

__all__ = [
    "ENUMS",
    "GATED_BY_ROW",
    "MEASURE_UNITS",
    "RECORD_TABLES",
    "REJECTION_COLUMNS",
    "SCHEMA",
    "STAGES",
    "TABLES",
    "Column",
    "DeclarationError",
    "EnumValue",
    "Enumeration",
    "Table",
]
