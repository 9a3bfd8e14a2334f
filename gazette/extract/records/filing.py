"""Decides for every figure of a sentence which column of which table it fills, or that it fills none.

Takes a `Sentence`; sets `table`, `column`, `kind` (the table's enum, where the rule itself knows it) or `reason` on its
figures. Money, people, areas and durations go to the cue that governs them (governing.py), rates and growth through
rates.py, counts by what is counted (counts.py); money.py then settles what belongs to the money of the sentence.
"""

from __future__ import annotations

import re

from gazette.extract.model import Kind, Reason
from gazette.extract.records.counts import file_count
from gazette.extract.records.declaration import Rules
from gazette.extract.records.exclusions import (
    is_difference,
    is_each,
    is_excepted,
    is_left_out,
    is_spokesman,
    is_threshold,
)
from gazette.extract.records.money import (
    file_by_cue,
    file_financed,
    go_on_with_list,
    is_bare_headcount,
    is_bare_sum,
    is_ours,
    name_other_money,
)
from gazette.extract.records.rates import file_rate
from gazette.extract.records.sentences import Figure, Sentence

EXCEPTIONS = (is_difference, is_threshold, is_each, is_left_out, is_spokesman, is_excepted)
COMPETING = frozenset({Kind.MONEY, Kind.HEADCOUNT, Kind.AREA, Kind.DURATION})
_ONE_MORE = re.compile(r"、(?:[省市县区镇乡村]|内|外|境|本地|异地){1,6}")  # 其中省外6.9万人、县内6.7万人
_AMONG_THEM = re.compile(r"，其中，?(?:包括|有|含)?[\u4e00-\u9fff]{0,8}")


def file_figures(sentence: Sentence, rules: Rules, foreign: bool = False) -> None:
    """Files the figures of one sentence; those of a foreign one are outside the tables."""
    for figure in sentence.figures:
        if figure.index and is_threshold(sentence, sentence.figures[figure.index - 1]):
            figure.extend_left(sentence.figures[figure.index - 1])
        if foreign or any(holds(sentence, figure) for holds in EXCEPTIONS):
            figure.reason = Reason.OUTSIDE_TABLES
        else:
            _file_figure(sentence, figure, rules)
    go_on_with_list(sentence)
    file_financed(sentence)
    name_other_money(sentence)


def _file_figure(sentence: Sentence, figure: Figure, rules: Rules) -> None:
    kind = figure.quantity.kind
    if kind is Kind.RATE:
        file_rate(sentence, figure, rules)
    elif kind in COMPETING and is_ours(figure):
        file_by_cue(sentence, figure, kind, rules)
        if kind is Kind.HEADCOUNT and figure.table is None:
            _file_part(sentence, figure)
    elif is_bare_headcount(sentence, figure):
        file_by_cue(sentence, figure, Kind.HEADCOUNT, rules)
    elif is_bare_sum(sentence, figure):
        file_by_cue(sentence, figure, Kind.MONEY, rules)
    elif kind is Kind.COUNT:
        file_count(sentence, figure, rules)
    else:
        figure.reason = Reason.OUTSIDE_TABLES


def _file_part(sentence: Sentence, figure: Figure) -> None:
    """吸纳务工人员2316人，其中脱贫人口986人: people said to be among those just filed are filed with them."""
    whole = sentence.figures[figure.index - 1] if figure.index else None
    if whole is None or whole.indicator is None or whole.column != "headcount":
        return
    between = sentence.text[whole.quantity.end : figure.quantity.start]
    listed = _ONE_MORE.fullmatch(between) and sentence.text.find("其中", sentence.start, whole.quantity.start) >= 0
    among = _AMONG_THEM.fullmatch(between) and figure.quantity.value < whole.quantity.value
    if among or listed:
        figure.file(whole.indicator)
