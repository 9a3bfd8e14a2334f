"""Templates and what every page has around it. Everything that a template prints is escaped; a name that a template
does not know is an error."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from gazette.report.words import Words, name_cell, name_column, name_table, name_value, read_words

TABLE_PAGES = ("projects", "enterprises", "finance", "labor", "mentions", "documents", "series", "checks", "rejected")


def render(template: str, root: str, generation: int | None, **values: Any) -> str:
    """A page. `root` leads from its folder to that of the site: "", "../" or "../../"."""
    page = _environment().get_template(template)
    return page.render(root=root, generation=generation, table_pages=TABLE_PAGES, **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gazette.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "say": _say,
        "words": read_words(),
        "name_table": name_table,
        "name_column": name_column,
        "name_value": name_value,
        "name_cell": name_cell,
        "Words": Words,
    }
    return environment


def _say(key: str, **values: object) -> Words:
    words = read_words()[key]
    return words.fill(**{name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()})
