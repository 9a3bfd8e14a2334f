"""Reads the pages of this folder: newspaper pages of our own, with the answers in the text.

A page is `head --- text --- records`. The head tells `date` and `region`. In the text every figure stands as
⟦printed@record.column⟧, ⟦printed@-⟧ where it fills no cell, ⟦printed@?⟧ where a careful reader could do either, and
⟦printed@same:record.column⟧ where it is only said again. A record is `id table kinds days [planned] [region=code]
[entity=name]`; of several kinds, days or names parted by commas each is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gazette.clean import clean
from gazette.extract import extract
from gazette.extract.model import Mention, Record

HERE = Path(__file__).parent
_MARK = re.compile(r"⟦(?P<printed>[^@⟧]+)@(?P<answer>[^⟧]+)⟧")


@dataclass(frozen=True)
class Answer:
    """What is right of one record: sets of what may stand in its columns."""

    table: str
    kinds: frozenset[str | None]
    days: frozenset[str]
    modality: str
    regions: frozenset[str]
    entities: frozenset[str | None] | None


@dataclass(frozen=True)
class Page:
    day: date
    region: str
    text: str
    marks: tuple[tuple[int, str, str], ...]  # start, printed, answer
    records: dict[str, Answer]


def read_page(path: Path) -> Page:
    head, marked, told = path.read_text(encoding="utf-8").split("---\n")
    fields = dict(line.split(" ", 1) for line in head.splitlines())
    text, marks, at = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        printed = "".join(match["printed"].split()).replace("％", "%")
        marks.append((len(text), printed, match["answer"]))
        text += match["printed"]
        at = match.end()
    records = dict(_read_record(line, fields["region"]) for line in told.splitlines())
    return Page(date.fromisoformat(fields["date"]), fields["region"], text + marked[at:], tuple(marks), records)


def _read_record(line: str, region: str) -> tuple[str, Answer]:
    name, table, kinds, days, *rest = line.split()
    more = dict(each.split("=", 1) for each in rest if "=" in each)
    entities = more.get("entity")
    return name, Answer(
        table=table,
        kinds=frozenset(None if kind == "none" else kind for kind in kinds.split(",")),
        days=frozenset(days.split(",")),
        modality="planned" if "planned" in rest else "actual",
        regions=frozenset(more.get("region", region).split(",")),
        entities=None if entities is None else frozenset(None if e == "none" else e for e in entities.split(",")),
    )


def find_faults(page: Page) -> Iterator[str]:
    """What the library reads otherwise than the page says, one line a fault."""
    cleaned = clean(page.text)
    extraction = extract(cleaned, page.day, page.region)
    read = {cleaned.text[m.quantity.start : m.quantity.end]: m for m in extraction.mentions}
    places = _match(page, cleaned.text, extraction.mentions)
    records: dict[str, Record | None] = {}
    for (_, printed, answer), mention in zip(page.marks, places, strict=True):
        if mention is None:
            yield f"{printed}: not read ({', '.join(list(read)[:3])} …)"
        elif answer != "?":
            yield from _compare(printed, answer, mention, page, records)


def _match(page: Page, text: str, mentions: list[Mention]) -> list[Mention | None]:
    """The mention at each mark: the n-th that is printed so, since cleaning moves offsets."""
    seen: dict[str, int] = {}
    found: list[Mention | None] = []
    for _, printed, _ in page.marks:
        same = [m for m in mentions if "".join(text[m.quantity.start : m.quantity.end].split()) == printed]
        number = seen.get(printed, 0)
        seen[printed] = number + 1
        found.append(same[number] if number < len(same) else None)
    return found


def _compare(
    printed: str, answer: str, mention: Mention, page: Page, records: dict[str, Record | None]
) -> Iterator[str]:
    record = mention.record
    if answer == "-" or record is None:
        if (answer == "-") != (record is None):
            yield f"{printed}: {answer} is {record and record.table}.{mention.column}"
        return
    name, _, column = answer.removeprefix("same:").partition(".")
    right = page.records[name]
    told = {
        "cell": ((record.table, mention.column), {(right.table, column)}),
        "kind": (record.kind, right.kinds),
        "as_of": (record.period.as_of.isoformat(), right.days),
        "modality": (record.modality.value, {right.modality}),
        "region": (record.place.code, right.regions),
        "record": (records.setdefault(name, record), {record}),
    }
    if right.entities is not None:
        told["entity"] = (record.entity, right.entities)
    yield from (
        f"{printed}: {what} {is_} is none of {may_be}" for what, (is_, may_be) in told.items() if is_ not in may_be
    )
    others = [other for other, its in records.items() if other != name and its is record]
    if others:
        yield f"{printed}: one record with {others}"
