"""What the pages say, in both languages: the words of the report itself, and those of the declared columns and values.

Takes `words.toml` and the declaration; gives `Words`. Both languages stand in every page, and the page shows one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from markupsafe import Markup

from gazette.tables import TABLES, Column, EnumValue

UNITS_IN_NAMES = {"cny": "CNY", "mu": "mu", "id": "ID", "ocr": "OCR"}


class Words(NamedTuple):
    """The same in English and in Chinese."""

    en: str
    zh: str

    def fill(self, **values: object) -> Words:
        return Words(self.en.format(**values), self.zh.format(**values))

    def __html__(self) -> str:
        """Both languages, escaped; the style sheet shows one."""
        if self.en == self.zh:
            return str(Markup("{}").format(self.en))
        return str(
            Markup('<span class="en" lang="en">{}</span><span class="zh" lang="zh-Hans">{}</span>').format(*self)
        )


@cache
def read_words() -> Mapping[str, Words]:
    """The words of the report by their key. Raises ValueError where one lacks a language."""
    raw = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    if faulty := [key for key, words in raw.items() if set(words) != {"en", "zh"}]:
        raise ValueError(f"gazette/report/words.toml: {', '.join(faulty)}: en and zh are wanted, and nothing else")
    return {key: Words(**words) for key, words in raw.items()}


def name_table(name: str) -> Words:
    """A table's name as a heading."""
    words = read_words()
    return words[f"table_{name}"]


def name_column(column: Column) -> Words:
    """A column's name as a heading: short, without what a sentence adds."""
    parts = [UNITS_IN_NAMES.get(part, part) for part in column.name.split("_")]
    return Words(" ".join(parts), re.split("[，；：（]", column.zh)[0])


def name_value(value: EnumValue) -> Words:
    """A value of a closed set, in a word or two."""
    return Words(value.value.replace("_", " "), re.split("[、，；：（]", value.zh)[0])


def name_cell(table: str, column: str) -> Words:
    """A measure with its table, for where neither is plain."""
    first, second = name_table(table), name_column(TABLES[table].column(column))
    return Words(f"{first.en}: {second.en}", f"{first.zh}·{second.zh}")
