"""The one declaration of the published tables: `TABLES`, `STAGES`, `ENUMS`, read from tables.toml."""

from gazette.tables.declaration import (
    ENUMS,
    RECORD_TABLES,
    STAGES,
    TABLES,
    Column,
    DeclarationError,
    Enumeration,
    Table,
)

__all__ = ["ENUMS", "RECORD_TABLES", "STAGES", "TABLES", "Column", "DeclarationError", "Enumeration", "Table"]
