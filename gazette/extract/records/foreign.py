"""Tells sentences about other countries, whose figures belong to none of our regions.

Takes a `Sentence`; a foreign country or body that opens it, with no place of ours and no 我国 or 全国 in it, makes it
foreign.
"""

from __future__ import annotations

import re

from gazette.extract.places import find_places
from gazette.extract.records.declaration import Hit, Rules
from gazette.extract.records.sentences import Sentence

SUBJECT_REACH = 16
LEAD_REACH = 60
_DATELINE = re.compile(r"[^，。：]{0,14}：")
_RELATIONS = ("来自", "与", "同", "对", "和", "向", "面向", "出口", "从", "赴", "中")


def leads_abroad(text: str, rules: Rules) -> bool:
    """Whether a paragraph begins with another country or its news: what it says is not about our regions."""
    lead = text[:LEAD_REACH]
    return _opens_abroad(lead, 0, rules.find(lead), LEAD_REACH) and not find_places(lead)


def is_foreign(sentence: Sentence, led_abroad: bool) -> bool:
    """Whether the sentence is about another country; under a lead abroad it is unless it names something of ours."""
    domestic = any("domestic" in hit.cue.marks for hit in sentence.hits)
    opens = led_abroad or _opens_abroad(sentence.text, sentence.start, sentence.hits, SUBJECT_REACH)
    return opens and not domestic and not find_places(sentence.text[sentence.start : sentence.end])


def _opens_abroad(text: str, start: int, hits: list[Hit], reach: int) -> bool:
    if any("domestic" in hit.cue.marks for hit in hits):
        return False
    dateline = _DATELINE.match(text, start)
    subject = dateline.end() if dateline else start
    return any(
        "foreign" in hit.cue.marks and hit.start - subject <= reach and not text.endswith(_RELATIONS, start, hit.start)
        for hit in hits
    )
