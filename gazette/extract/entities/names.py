"""Finds the names of companies, banks, works and parks in an issue, and their short forms.

Takes the issue's cleaned text; gives `Names`, which answers which names stand in a stretch of it. A short form
(康田齿轮, or what 下称 declares) gives the full name where the issue prints it anywhere. A fragment of a clause is
never a name: what stands left of a name is cut off at words that names do not hold.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import NamedTuple

_KEYS = {
    "company_suffixes",
    "bounds",
    "not_bounds",
    "generic",
    "national_banks",
    "local_bank_suffixes",
    "not_banks",
    "works",
    "parks",
}
_DECLARED = re.compile(r"（(?:以?下称|以下简称|下简称|简称)[“‘]?(?P<short>[\u4e00-\u9fffA-Za-z0-9]{2,12})[”’]?）")
_LISTED = re.compile(r"(?:、[^，。；]{0,40}?)?等[^，。；]{0,6}?[\d一二三四五六七八九十百千两]")
_ALL_OF_THEM = ("全国", "我国", "中国")  # 全国高新区 are many
SHORTEST_NAME, LONGEST_NAME = 3, 24


class NameKind(StrEnum):
    COMPANY = "company"
    BANK = "bank"
    WORK = "work"
    PARK = "park"


class NameSpan(NamedTuple):
    """A name at `text[start:end]`; `name` is the full form."""

    start: int
    end: int
    name: str
    kind: NameKind


class NameFileError(ValueError):
    """names.toml cannot be read: names the key."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    company: re.Pattern[str]
    bank: re.Pattern[str]
    work: re.Pattern[str]
    park: re.Pattern[str]
    bounds: re.Pattern[str]
    not_bounds: frozenset[str]
    suffix: re.Pattern[str]
    before_suffix: re.Pattern[str]
    generic: frozenset[str]
    not_banks: tuple[str, ...]


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def load_patterns() -> _Patterns:
    """The patterns built from names.toml. Raises NameFileError."""
    content = tomllib.loads((resources.files(__package__) / "names.toml").read_text(encoding="utf-8"))
    if set(content) != _KEYS:
        raise NameFileError(f"names.toml: keys {sorted(set(content) ^ _KEYS)} are unknown or missing")
    han = r"[\u4e00-\u9fff]"
    company, banks = _any_of(content["company_suffixes"]), _any_of(content["national_banks"])
    local, works, parks = _any_of(content["local_bank_suffixes"]), _any_of(content["works"]), _any_of(content["parks"])
    return _Patterns(
        company=re.compile(company),
        bank=re.compile(rf"(?:(?:中国)?(?:{banks})|{han}{{2,6}}?(?:{local}))(?:{han}{{1,5}}?(?:支行|分行|营业部))?"),
        work=re.compile(rf"{han}{{2,8}}?(?:{works})(?:{han}{{0,4}}?工程)?"),
        park=re.compile(rf"{han}{{2,10}}?(?:{parks})"),
        bounds=re.compile(_any_of([*content["bounds"], *content["not_bounds"]])),
        not_bounds=frozenset(content["not_bounds"]),
        suffix=re.compile(rf"(?:{company})$"),
        before_suffix=re.compile(rf"[\u4e00-\u9fffA-Za-z0-9（）]{{2,{LONGEST_NAME}}}$"),
        generic=frozenset(content["generic"]),
        not_banks=tuple(content["not_banks"]),
    )


class Names:
    """The names of one issue."""

    def __init__(self, text: str, starts_with_place: Callable[[str], int]) -> None:
        """`starts_with_place(name)` gives the length of the place name that a name begins with, or 0."""
        self._text = text
        self._place = starts_with_place
        self._patterns = load_patterns()
        self._read = False
        self._full: dict[str, str] = {}  # short form -> full name
        self._short: re.Pattern[str] | None = None
        self._found: dict[tuple[int, int], list[NameSpan]] = {}

    def find(self, start: int, end: int) -> list[NameSpan]:
        """The names in `text[start:end]`, in order, without those of a list that a count sums up (A、B等14家企业)."""
        if (start, end) not in self._found:  # asked for by every record of a sentence
            self._found[start, end] = self._find(start, end)
        return self._found[start, end]

    def _find(self, start: int, end: int) -> list[NameSpan]:
        self._read_short_forms()
        found = [
            *self._companies(start, end),
            *self._banks(start, end),
            *self._parks(start, end),
            *self._works(start, end),
        ]
        found.sort(key=lambda span: (span.start, -span.end))
        apart: list[NameSpan] = []
        for span in found:
            if not apart or span.start >= apart[-1].end:
                apart.append(span)
        return [span for span in apart if not _LISTED.match(self._text, span.end, end)]

    def _read_short_forms(self) -> None:
        """Once an issue: short forms of its companies, declared (下称) or without place and legal form."""
        if self._read:
            return
        self._read = True
        for name, end in self._full_names(0, len(self._text)):
            if not name.endswith("公司"):
                continue
            core = self._patterns.suffix.sub("", name)
            core = core[self._place(core) :]
            if len(core) > SHORTEST_NAME:
                self._full.setdefault(core, name)
            declared = _DECLARED.match(self._text, end)
            if declared is not None:
                self._full[declared["short"]] = name
        if self._full:
            self._short = re.compile(_any_of(list(self._full)))

    def _full_names(self, start: int, end: int) -> Iterator[tuple[str, int]]:
        """The full names in `text[start:end]`, each with its end."""
        for match in self._patterns.company.finditer(self._text, start, end):
            low = max(start, match.start() - LONGEST_NAME)
            before = self._patterns.before_suffix.search(self._text, low, match.start())
            name = self._cut(self._text[before.start() : match.end()]) if before is not None else None
            if name is not None:
                yield name, match.end()

    def _find_bound(self, printed: str) -> int:
        """Where the last word ends that no name holds; 家 is one, but not in 家居."""
        bounds = self._patterns.bounds.finditer(printed)
        return max((each.end() for each in bounds if each.group() not in self._patterns.not_bounds), default=0)

    def _cut(self, printed: str) -> str | None:
        """The name without the clause before it, or None where nothing of a name is left."""
        name = printed[self._find_bound(printed) :]
        core = self._patterns.suffix.sub("", name)
        return name if len(core) >= SHORTEST_NAME and core not in self._patterns.generic else None

    def _companies(self, start: int, end: int) -> list[NameSpan]:
        spans = []
        for name, stop in self._full_names(start, end):
            full = self._full.get(name, name)
            spans.append(NameSpan(stop - len(name), stop, full, NameKind.COMPANY))
        if self._short is not None:
            for match in self._short.finditer(self._text, start, end):
                spans.append(NameSpan(match.start(), match.end(), self._full[match.group()], NameKind.COMPANY))
        return spans

    def _banks(self, start: int, end: int) -> list[NameSpan]:
        spans = []
        for match in self._patterns.bank.finditer(self._text, start, end):
            name = match.group()[self._find_bound(match.group()) :]
            if len(name) > SHORTEST_NAME and not name.endswith(self._patterns.not_banks):
                spans.append(NameSpan(match.end() - len(name), match.end(), name, NameKind.BANK))
        return spans

    def _parks(self, start: int, end: int) -> list[NameSpan]:
        spans = []
        for match in self._patterns.park.finditer(self._text, start, end):
            first = self._find_bound(match.group())
            for at in range(first, len(match.group()) - SHORTEST_NAME):
                if self._place(match.group()[at:]) and not match.group().startswith(_ALL_OF_THEM, at):
                    spans.append(NameSpan(match.start() + at, match.end(), match.group()[at:], NameKind.PARK))
                    break
        return spans

    def _works(self, start: int, end: int) -> list[NameSpan]:
        spans = []
        for match in self._patterns.work.finditer(self._text, start, end):
            name = match.group()[self._find_bound(match.group()) :]
            if len(name) > SHORTEST_NAME:
                spans.append(NameSpan(match.end() - len(name), match.end(), name, NameKind.WORK))
        return spans
