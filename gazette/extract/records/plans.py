"""Tells what is planned from what is done (filing rule 9).

Takes a figure in its sentence; says whether 预计, 计划, 拟, 力争, 将 or 目标 governs it.
"""

from __future__ import annotations

import re

from gazette.extract.records.declaration import Hit
from gazette.extract.records.sentences import Figure, Sentence

_TO_DO = re.compile(r"计划|应(?:开工)?(?:复|开|返)")


def is_planned(sentence: Sentence, figure: Figure) -> bool:
    """Whether a word of planning governs the figure: the nearest before it, unless 已 stands nearer."""
    for hit in reversed(sentence.hits):
        if hit.end > figure.quantity.start:
            continue
        if "done" in hit.cue.marks or "已" in hit.cue.term:
            return False
        if "planned_here" in hit.cue.marks and hit.start >= figure.left:
            return True
        if "planned" in hit.cue.marks and not _is_noun(sentence, hit):
            return "；" not in sentence.text[hit.end : figure.quantity.start]
    return False


def _is_noun(sentence: Sentence, hit: Hit) -> bool:
    """通过国家重点研发计划，…: a programme, not a plan."""
    if hit.cue.term not in ("计划", "目标"):
        return False
    return sentence.text[hit.end : hit.end + 1] in "，、。；）》”的" or sentence.text[hit.start - 1 : hit.start] == "”"


def plans_alone(sentence: Sentence, figure: Figure) -> bool:
    """今年计划投资50亿元, without a count of what is done."""
    return any("planned_alone" in hit.cue.marks for hit in sentence.hits_between(figure.left, figure.quantity.start))


def is_change(sentence: Sentence, figure: Figure) -> bool:
    """从去年的415家增加到今年的748家 is no plan."""
    return "从" in sentence.text[sentence.clause_span(figure.clause)[0] : figure.quantity.start]


def counts_plan(sentence: Sentence, figure: Figure) -> bool:
    """计划改造500个, 应复工3258个: the figure is what there is to do."""
    return _TO_DO.search(sentence.text, figure.left, figure.quantity.start) is not None
