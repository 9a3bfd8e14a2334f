"""Reads the declared rules: which words make a printed figure a cell of which table.

Takes the TOML files beside this module, one a table plus `outside.toml` (what looks like ours and is not) and
`marks.toml` (words that steer reading: planned, thereof, respectively, growth …); gives one `Rules` object with an
automaton over all their terms. A term stands in the text as printed; the longest term at a place wins, so an exception
is declared as a longer term, never as code. Unknown keys, unknown columns and terms declared twice for the same purpose
are refused with the file and the key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from ahocorasick_rs import AhoCorasick

from gazette.extract.model import Kind
from gazette.extract.quantities.lexicon import load_nouns
from gazette.tables import TABLES

TABLE_FILES = ("projects", "enterprises", "finance", "labor")
STRONG, WEAK = 40, 22


class RuleError(ValueError):
    """A rule file that cannot be read: names the file, the block and the key."""


@dataclass(frozen=True, slots=True, eq=False)
class Indicator:
    """One declared rule: figures of `kinds` (and `units`, if any are named) that its cues govern fill `column`.

    `table` and `column` are None for what is outside the tables. `kind` is the value of the table's enum that the rule
    itself sets (an instrument, mostly). Of `requires` one must stand near the figure in its clause (a+b: both);
    `classifiers` are those that may count it; a `sentence_wide` exception holds for the whole sentence. `example` marks
    a figure that the rule takes with ⟦⟧, `counter` one that it must not take; both are run as tests.
    """

    name: str
    table: str | None
    column: str | None
    kinds: frozenset[Kind]
    units: frozenset[str]
    kind: str | None
    requires: tuple[str, ...]
    classifiers: frozenset[str]
    sentence_wide: bool
    example: str
    counter: str


@dataclass(slots=True)
class Cue:
    """What one term says: the indicators that it announces before or after a figure, enum values, and marks."""

    term: str
    before: list[tuple[Indicator, int]] = field(default_factory=list)
    after: list[tuple[Indicator, int]] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)  # table -> value of its enum
    marks: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found in the text of a block."""

    start: int
    end: int
    cue: Cue


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, ready to search. `find` gives hits in text order, none inside a longer one."""

    indicators: tuple[Indicator, ...]
    cues: tuple[Cue, ...]
    automaton: AhoCorasick
    named: Mapping[str, Indicator]
    counting: Mapping[str, tuple[Indicator, ...]]  # unit -> the rules of the tables that count it

    def find(self, text: str, offset: int = 0) -> list[Hit]:
        hits: list[Hit] = []
        reach = -1
        found = self.automaton.find_matches_as_indexes(text, overlapping=True)
        for index, start, end in sorted(found, key=_longest_first):
            if end > reach:
                hits.append(Hit(start + offset, end + offset, self.cues[index]))
                reach = end
        return hits


def _longest_first(match: tuple[int, int, int]) -> tuple[int, int]:
    return match[1], -match[2]


_CUE_KEYS = ("before", "after", "around", "weak_before", "weak_after", "weak_around")
_INDICATOR_KEYS = {
    "name",
    "column",
    "kinds",
    "units",
    "kind",
    "requires",
    "classifiers",
    "sentence_wide",
    *_CUE_KEYS,
    "example",
    "counter",
}
_NOUN_MARKS = {
    "enterprise": "subject_enterprise",
    "project": "subject_project",
    "job": "subject_job",
    "institution": "helper",
}
_SUBJECTS = frozenset({"subject_enterprise", "subject_project", "subject_job"})
_EXCEPTIONS = frozenset({"neutral", "not_planned"})
_FILE_KEYS = {"table", "indicator", "values", "marks"}


@cache
def load_rules() -> Rules:
    """The project's own rules, read once a process. Raises RuleError."""
    names = (*TABLE_FILES, "outside", "marks")
    folder = resources.files(__package__)
    return build_rules({f"{name}.toml": (folder / f"{name}.toml").read_text(encoding="utf-8") for name in names})


def build_rules(files: Mapping[str, str]) -> Rules:
    """Rules from the texts of rule files by file name. Raises RuleError."""
    indicators: list[Indicator] = []
    cues: dict[str, Cue] = {}
    for file, text in files.items():
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise RuleError(f"{file}: {error}") from error
        _check_keys(content, _FILE_KEYS, file)
        table = content.get("table")
        for block in content.get("indicator", []):
            indicators.append(_read_indicator(block, table, file, cues))
        for value, terms in content.get("values", {}).items():
            _check_value(table, value, file)
            for term in terms:
                _cue(cues, term).values[str(table)] = value
        for mark, terms in content.get("marks", {}).items():
            for term in terms:
                _cue(cues, term).marks.add(mark)
    declared = frozenset(cues)
    for noun in load_nouns().values():
        if noun.unit in _NOUN_MARKS and not declared & (_cut(noun.text) - {noun.text}):
            _cue(cues, noun.text).marks.add(_NOUN_MARKS[noun.unit])
    _inherit_values(cues)
    ordered = tuple(cues.values())
    return Rules(
        indicators=tuple(indicators),
        cues=ordered,
        automaton=AhoCorasick([cue.term for cue in ordered]),
        named={rule.name: rule for rule in indicators},
        counting=_by_unit(indicators),
    )


def _by_unit(indicators: Iterable[Indicator]) -> dict[str, tuple[Indicator, ...]]:
    counting: dict[str, tuple[Indicator, ...]] = {}
    for rule in indicators:
        for unit in rule.units if rule.table is not None else ():
            counting[unit] = (*counting.get(unit, ()), rule)
    return counting


def _inherit_values(cues: Mapping[str, Cue]) -> None:
    """A longer term hides the shorter ones in it, so it says what they say: 签约金额 is signed, too, and 项目投资 names
    a project. Exceptions (what is neutral or outside the tables) give no value of an enum."""
    order = {term: number for number, term in enumerate(cues)}
    valued = {term for term, cue in cues.items() if cue.values}
    nouns = {term for term, cue in cues.items() if cue.marks & _SUBJECTS}
    for cue in cues.values():
        inside = _cut(cue.term)
        for term in nouns & inside:
            cue.marks |= cues[term].marks & _SUBJECTS
        if cue.marks & _EXCEPTIONS or any(rule.table is None for rule, _ in (*cue.before, *cue.after)):
            continue
        announces = bool(cue.before or cue.after)
        for term in sorted(valued & inside, key=lambda term: (-len(term), order[term])):
            inner = cues[term]
            for table, value in inner.values.items():
                if not _measures_output(cue, table):
                    cue.values.setdefault(table, value)
            if not announces and inner is not cue:
                cue.before += inner.before
    for cue in cues.values():
        if cue.before or cue.after:
            _inherit_other_kinds(cue, cues)


def _measures_output(cue: Cue, table: str) -> bool:
    """主营业务收入 says nothing of shops that are open (营业)."""
    announced = [rule for rule, _ in (*cue.before, *cue.after)]
    return table == "enterprises" and any(rule.column == "output_value_cny" for rule in announced)


def _inherit_other_kinds(cue: Cue, cues: Mapping[str, Cue]) -> None:
    """员工返岗 announces a rate; 返岗, in which it ends, announces people, and so does it."""
    inner = next((cues[cue.term[at:]] for at in range(1, len(cue.term)) if cue.term[at:] in cues), None)
    if inner is None or cue.marks & _EXCEPTIONS:
        return
    for own, others in ((cue.before, inner.before), (cue.after, inner.after)):
        told = {kind for indicator, _ in own for kind in indicator.kinds}
        own += [(indicator, weight) for indicator, weight in others if told.isdisjoint(indicator.kinds)]


def _cut(term: str) -> set[str]:
    """All that is written within the term: every run of its characters, the term itself too. A few dozen lookups tell
    what is declared within it, where asking every term of every other would take longer than reading a page."""
    return {term[start:end] for start in range(len(term)) for end in range(start + 1, len(term) + 1)}


def _cue(cues: dict[str, Cue], term: str) -> Cue:
    if term not in cues:
        cues[term] = Cue(term)
    return cues[term]


def _check_keys(block: Mapping[str, Any], allowed: Iterable[str], where: str) -> None:
    unknown = sorted(set(block) - set(allowed))
    if unknown:
        raise RuleError(f"{where}: unknown key {', '.join(unknown)}")


def _check_value(table: str | None, value: str, file: str) -> None:
    kind = TABLES[table].kind if table is not None else None
    enum = TABLES[table].column(kind).enum if table is not None and kind is not None else None
    if enum is None or value not in enum.values:
        raise RuleError(f"{file}: values: {table} has no value {value}")


def _read_indicator(block: Mapping[str, Any], table: str | None, file: str, cues: dict[str, Cue]) -> Indicator:
    where = f"{file}: indicator {block.get('name', '?')}"
    _check_keys(block, _INDICATOR_KEYS, where)
    for key in ("name", "kinds", "example", "counter"):
        if key not in block:
            raise RuleError(f"{where}: no {key}")
    try:
        kinds = frozenset(Kind(kind) for kind in block["kinds"])
    except ValueError as error:
        raise RuleError(f"{where}: {error}") from error
    if table is not None and block.get("column") not in [column.name for column in TABLES[table].measures]:
        raise RuleError(f"{where}: {table} has no measure {block.get('column')}")
    indicator = Indicator(
        name=block["name"],
        table=table,
        column=block.get("column"),
        kinds=kinds,
        units=frozenset(block.get("units", ())),
        kind=block.get("kind"),
        requires=tuple(block.get("requires", ())),
        classifiers=frozenset(block.get("classifiers", ())),
        sentence_wide=block.get("sentence_wide", False),
        example=block["example"],
        counter=block["counter"],
    )
    for side in ("before", "after"):
        for strength, weight in (("", STRONG), ("weak_", WEAK)):
            for term in (*block.get(strength + side, ()), *block.get(strength + "around", ())):
                getattr(_cue(cues, term), side).append((indicator, weight))
    return indicator
