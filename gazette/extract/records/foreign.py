"""Tells sentences about other countries, whose figures belong to none of our regions.

Takes a `Sentence`; a foreign country or body that opens it, with no place of ours and no 我国 or 全国 in it, makes it
foreign.
"""

from __future__ import annotations

from gazette.extract.places import find_places
from gazette.extract.records.sentences import Sentence

SUBJECT_REACH = 16
_RELATIONS = ("来自", "与", "同", "对", "和", "向", "面向", "出口", "从", "赴", "中")


def is_foreign(sentence: Sentence) -> bool:
    """Whether the sentence is about another country."""
    opens = False
    for hit in sentence.hits:
        if "domestic" in hit.cue.marks:
            return False
        if "foreign" in hit.cue.marks and hit.start - sentence.start <= SUBJECT_REACH:
            opens = opens or not sentence.text.endswith(_RELATIONS, sentence.start, hit.start)
    return opens and not find_places(sentence.text[sentence.start : sentence.end])
