"""The one declaration of the published tables: `TABLES`, `STAGES`, `ENUMS`, read from tables.toml."""

from gazette.tables.declaration import (
    ENUMS,
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
