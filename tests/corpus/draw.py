"""Draws figures of the corpus to be read one by one: `python -m tests.corpus.draw [--facts] [--seed N]`.

Takes every issue of ../shared/corpus/broadcast-news (date from the file name, region 100000) through `gazette.clean` and
`gazette.extract`; draws 300 figures that fill a cell and 200 that were put outside the tables or left unresolved (no
dates, ordinals, labels, nor facts said again). Prints each with its sentence, what was filed before the sentence;
`--facts` prints lines as reading.jsonl has them instead, each with the verdict that is already kept for the same
figure filed the same way, and with an empty verdict where somebody must read it anew. Another seed draws figures that
no rule was mended by: reading_unseen.jsonl.

Each figure draws its own lot from the seed, its date and its place, and the lowest lots win: a rule that moves changes
the few figures that it moved, not the whole draw.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from gazette.clean import clean
from gazette.clean.model import CleanText
from gazette.extract import extract
from gazette.extract.model import Mention, Reason
from gazette.ingest.decode import decode
from gazette.publish.rows import find_printed

CORPUS = Path(__file__).parents[2] / "../shared/corpus/broadcast-news"
READINGS = sorted(Path(__file__).parent.glob("reading*.jsonl"))
SEED = 20261123
REGION = "100000"
FILED, UNFILED = 300, 200

Facts = dict[str, Any]


class Drawn(NamedTuple):
    """A figure of an issue: the facts kept of it, and what a reader wants to see beside them."""

    facts: Facts
    remark: str
    sentence: str

    def find_lot(self, seed: int) -> float:
        return random.Random(f"{seed} {self.facts['date']} {self.facts['char_start']}").random()

    def find_place(self) -> tuple[str, int]:
        return self.facts["date"], self.facts["char_start"]


def read_issue(path: Path) -> Iterator[Drawn]:
    """The figures of one issue that can be drawn, in the text's order."""
    decoded = decode(path.read_bytes()).text
    cleaned = clean(decoded)
    day = date.fromisoformat(path.stem[:10])
    for mention in extract(cleaned, day, REGION).mentions:
        if mention.reason in {None, Reason.OUTSIDE_TABLES, Reason.UNRESOLVED}:
            facts = {"date": day.isoformat(), "char_start": find_printed(decoded, cleaned, mention.quantity)[0]}
            yield Drawn(facts | find_filing(mention), find_remark(mention), find_surroundings(cleaned, mention))


def find_filing(mention: Mention) -> Facts:
    """Where a figure went: value in base units, unit, table, column, the table's enum, and a reason where no cell."""
    record = mention.record
    return {
        "value": float(mention.quantity.value),
        "unit": mention.quantity.unit,
        "table": record.table if record else None,
        "column": mention.column,
        "kind": record.kind if record else None,
        "reason": mention.reason.value if mention.reason else None,
    }


def find_remark(mention: Mention) -> str:
    """What else the record says of the figure."""
    record = mention.record
    if record is None:
        return mention.quantity.qualifier
    beside = {column: float(quantity.value) for column, quantity in record.cells.items() if column != mention.column}
    about = (record.modality.value, record.scope, record.entity, record.place.name, record.period.as_of)
    return f"{mention.quantity.qualifier} {about} beside {beside}"


def find_surroundings(cleaned: CleanText, mention: Mention) -> str:
    """The sentence of the figure, and the one before it, the figure in double brackets."""
    text, quantity = cleaned.text, mention.quantity
    block = next(block for block in cleaned.blocks if block.start <= quantity.start < block.end)
    first = max(block.start, text.rfind("。", block.start, quantity.start) + 1)
    before = max(block.start, text.rfind("。", block.start, max(block.start, first - 1)) + 1)
    last = text.find("。", quantity.end, block.end) + 1 or block.end
    return f"{text[before : quantity.start]}⟦{text[quantity.start : quantity.end]}⟧{text[quantity.end : last]}"


def draw(seed: int = SEED) -> list[Drawn]:
    """The 300 and the 200, each group in the order of date and place."""
    figures = [figure for path in sorted(CORPUS.glob("*.txt")) for figure in read_issue(path)]
    figures.sort(key=lambda figure: figure.find_lot(seed))
    filed = [figure for figure in figures if figure.facts["reason"] is None][:FILED]
    unfiled = [figure for figure in figures if figure.facts["reason"] is not None][:UNFILED]
    return [*sorted(filed, key=Drawn.find_place), *sorted(unfiled, key=Drawn.find_place)]


def read_verdicts() -> dict[str, Facts]:
    """The verdicts kept, by the facts that they were given for."""
    verdicts = {}
    for line in (line for path in READINGS for line in path.read_text(encoding="utf-8").splitlines()):
        facts = json.loads(line)
        verdict = {name: facts.pop(name) for name in ("verdict", "note") if name in facts}
        verdicts[json.dumps(facts)] = verdict
    return verdicts


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw figures of the corpus to be read one by one.")
    parser.add_argument("--facts", action="store_true", help="print lines of a reading, not sentences")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    verdicts = read_verdicts()
    for number, figure in enumerate(draw(arguments.seed)):
        facts = json.dumps(figure.facts)
        line = f"{number} {facts}\n  {figure.remark}\n  {figure.sentence}"
        if arguments.facts:
            line = json.dumps(figure.facts | verdicts.get(facts, {"verdict": ""}), ensure_ascii=False)
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
