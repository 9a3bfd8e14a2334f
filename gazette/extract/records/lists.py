"""Pairs what is listed with what is listed: 分别, and phases with counts.

Takes a sentence with its figures filed; tells which count a listed figure goes with (新开工18个、竣工7个，总投资分别为
26亿元和9亿元), and which of the listed phases a listed count is in (签约、开工、投产项目25个、13个和12个).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from gazette.extract.records.sentences import Figure, Sentence
from gazette.extract.records.statement import COUNTS

_JOINT = re.compile(r"[、和及与]|以及")
_PHASE_JOINT = re.compile(r"(?:[、和及与]|以及)[集中新]{0,2}")


def pair_respectively(sentence: Sentence) -> Mapping[Figure, Figure]:
    """For every figure told by 分别, the count of the same table that it goes with; both lists are equally long."""
    pairs: dict[Figure, Figure] = {}
    for hit in sentence.hits:
        if "respectively" not in hit.cue.marks:
            continue
        clause = sentence.clause_at(hit.start)
        told = [each for each in sentence.figures if each.clause == clause and each.quantity.start >= hit.end]
        told = [each for each in told if each.column is not None and each.column == told[0].column]
        counts = [each for each in sentence.figures if each.quantity.end <= hit.start and _is_count(each, told)]
        counts = _last_of_parts(sentence, counts, len(told)) or counts
        if len(told) >= 2 and len(counts) >= len(told):
            pairs.update(zip(told, counts[-len(told) :], strict=True))
    return pairs


def _last_of_parts(sentence: Sentence, counts: list[Figure], number: int) -> list[Figure]:
    """汽车企业62家，复工60家；化工企业21家，复工20家，复工率分别为…: one count of each part; none where the last counts
    are a list themselves (产业项目13个、民生项目9个，总投资分别为…)."""
    if len({each.clause for each in counts[-number:]}) == 1:
        return []
    parts = {sentence.part_span(each.quantity.start): each for each in counts}
    return list(parts.values()) if len(parts) == number and len(counts) > number else []


def _is_count(figure: Figure, told: list[Figure]) -> bool:
    table = figure.table or ""
    return bool(told) and table == told[0].table and figure.column == COUNTS.get(table) != told[0].column


def find_listed_kind(sentence: Sentence, figure: Figure) -> str | None:
    """The phase of a count in a list of counts behind an equally long list of phases."""
    run = find_run(sentence, figure)
    if len(run) < 2:
        return None
    start = sentence.clause_span(run[0].clause)[0]
    table = figure.table or ""
    hits = [hit for hit in sentence.hits_between(start, run[0].quantity.start) if table in hit.cue.values]
    hits = hits[-len(run) :]
    joints = (sentence.text[a.end : b.start] for a, b in pairwise(hits))
    if len(hits) != len(run) or not all(_PHASE_JOINT.fullmatch(joint) for joint in joints):
        return None
    return hits[run.index(figure)].cue.values[table]


def find_run(sentence: Sentence, figure: Figure) -> list[Figure]:
    """The figures listed with this one: 25个、13个和12个."""
    figures = sentence.figures
    first = last = figure.index
    while first and _are_joined(sentence, figures[first - 1], figures[first]):
        first -= 1
    while last + 1 < len(figures) and _are_joined(sentence, figures[last], figures[last + 1]):
        last += 1
    return figures[first : last + 1]


def _are_joined(sentence: Sentence, one: Figure, two: Figure) -> bool:
    return (
        one.column == two.column and _JOINT.fullmatch(sentence.text[one.quantity.end : two.quantity.start]) is not None
    )
