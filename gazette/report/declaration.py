"""Takes the declaration of the tables, gives the script that tells the pages of it: names of columns and values, in
both languages, and the words that the other scripts say."""

from __future__ import annotations

from typing import Any

from gazette.export.formulas import BEGINNINGS
from gazette.report.literals import write_literal
from gazette.report.words import Words, name_column, name_table, name_value, read_words
from gazette.tables import ENUMS, REJECTION_COLUMNS, TABLES, Column, Table

# Columns of a table page at first sight; the others can be called up.
SHOWN = {
    "mentions": (
        "text", "kind", "value", "unit", "qualifier", "table", "column", "reason", "page_number", "ocr_confidence",
    ),
    "documents": (
        "issue_date", "publication_name", "page", "status", "stage", "reason", "detail", "mentions_count",
        "projects_count", "enterprises_count", "finance_count", "labor_count", "rejected_count", "path",
    ),
    "series": (
        "region", "as_of", "modality", "table", "column", "enum", "scope", "entity", "value", "low", "high", "sources",
        "agreement",
    ),
    "checks": ("finished_at", "stage", "table", "expectation", "severity", "checked", "failed", "rule_en", "rule_zh"),
    "rejected": (
        "table", "rule_en", "rule_zh", "expectation", "observed", "region", "as_of", "entity", "quote", "issue_date",
        "publication",
    ),
}  # fmt: skip
OF_RECORDS = ("region", "as_of", "modality")
BEHIND = ("entity", "scope", "lender", "quote", "publication", "issue_date")
OF_REJECTED = (
    "record_id", "issue_id", "publication", "issue_date", "page", "region", "region_code", "scope", "entity",
    "modality", "as_of", "quote", "rule",
)  # fmt: skip


def build_rejected() -> Table:
    """Rejected rows of all record tables as one table: what they have in common, and why they were rejected."""
    projects = TABLES["projects"]
    of_table = Column("table", "string", "Table that it was kept out of.", "所属的表", enum=ENUMS["record_table"])
    words = (TABLES["checks"].column(name) for name in ("rule_en", "rule_zh"))
    columns = (of_table, *REJECTION_COLUMNS, *words, *(projects.column(name) for name in OF_REJECTED))
    return Table("rejected", "Rows that a gate kept out of the tables.", "被校验剔除的行", "record_id", None, columns)


def find_table(name: str) -> Table:
    return build_rejected() if name == "rejected" else TABLES[name]


def find_shown(table: Table) -> tuple[str, ...]:
    if not table.is_record_table:
        return SHOWN[table.name]
    behind = tuple(name for name in BEHIND if name in table.names)
    return (*OF_RECORDS, str(table.kind), *(measure.name for measure in table.measures), *behind)


def write_declaration(table_pages: tuple[str, ...]) -> str:
    tables = {name: find_table(name) for name in table_pages}
    return "gazette.declaration = {};\n".format(
        write_literal(
            {
                "words": {key: words._asdict() for key, words in read_words().items()},
                "enums": _build_enums(),
                "columns": {name: {c.name: name_column(c)._asdict() for c in t.columns} for name, t in tables.items()},
                "formulas": BEGINNINGS,
                "tables": {name: _build_table(table) for name, table in tables.items()},
            }
        )
    )


def _build_enums() -> dict[str, dict[str, dict[str, str]]]:
    short = {name: {item.value: name_value(item)._asdict() for item in enum.items} for name, enum in ENUMS.items()}
    reasons = {item.value: Words(item.en, item.zh)._asdict() for item in ENUMS["mention_reason"].items}
    return short | {"mention_reason_long": reasons}


def _build_table(table: Table) -> dict[str, Any]:
    return {
        "name": name_table(table.name)._asdict(),
        "key": table.key,
        "shown": find_shown(table),
        "columns": [_build_column(column) for column in table.columns],
    }


def _build_column(column: Column) -> dict[str, Any]:
    told = {
        "name": column.name,
        "type": column.type,
        "unit": column.unit,
        "enum": column.enum.name if column.enum else None,
        "measure": column.measure,
        "about": {"en": column.en, "zh": column.zh},
    }
    return {key: value for key, value in told.items() if value}
