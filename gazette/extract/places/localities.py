"""Villages, townships and communities, which the standard gives no code here, and the county that each lies in.

Text says once where such a place is (河池市南丹县朵努社区) and then calls it by its own name. Takes the blocks of an
article, gives the names with the codes of the places that they were said to be part of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gazette.extract.places.gazetteer import Rank, load_gazetteer
from gazette.extract.places.lexicon import load_lexicon
from gazette.extract.places.spans import PlaceSpan, SpanKind, find_places


def find_localities(texts: Iterable[str], default_code: str) -> dict[str, str]:
    """Name -> code of every locality of an article that its text names again, for the texts of its blocks."""
    texts = [text for text in texts if load_lexicon().locality_sign.search(text)]
    gazetteer, found = load_gazetteer(), dict[str, str]()
    for text in texts if len(texts) > 1 else ():
        for span in find_places(text, [default_code]):
            for name in _names_behind(text, span):
                known = found.get(name)
                if known is None or gazetteer.is_within(span.place.code, known):
                    found[name] = span.place.code
    whole = "\n".join(texts)
    return {
        name: code for name, code in found.items() if gazetteer.rank(code) >= Rank.PREFECTURE and whole.count(name) > 1
    }


def _names_behind(text: str, span: PlaceSpan) -> list[str]:
    """白驿镇 and 岫云村 of 苍溪县白驿镇岫云村."""
    names: list[str] = []
    if span.kind is not SpanKind.NAMED or span.inside_name:
        return names
    lexicon, at = load_lexicon(), span.end
    while (match := lexicon.locality.match(text, at)) and not lexicon.not_localities.search(match.group(1)):
        names.append(match.group(1))
        at = match.end()
    return names


def add_localities(text: str, spans: list[PlaceSpan], localities: Mapping[str, str]) -> list[PlaceSpan]:
    """The spans of a block with those of the localities that it names, in text order."""
    if not localities:
        return spans
    gazetteer, added = load_gazetteer(), list[PlaceSpan]()
    for match in re.finditer("|".join(sorted(map(re.escape, localities), key=len, reverse=True)), text):
        if not any(span.start < match.end() and match.start() < span.end for span in spans):
            place = gazetteer.place(localities[match.group()])
            added.append(PlaceSpan(match.start(), match.end(), place))
    return sorted([*spans, *added], key=lambda span: span.start) if added else spans
