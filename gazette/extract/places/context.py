"""Which place a figure is about: the place of an issue, of an article, of a spot in the text (filing rule 17).

Takes cleaned text (`CleanText`) and the publication's region, gives `Place`s. A careful reader takes the smallest place
that the sentence or its context names: the last one named before the figure; failing that one behind it in the same
clause; failing that what the sentences before it in the paragraph were about; then the article's place and the issue's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gazette.clean.model import Block, CleanText, Role
from gazette.extract.model import Place
from gazette.extract.places.gazetteer import NATION, load_gazetteer
from gazette.extract.places.lexicon import load_lexicon
from gazette.extract.places.localities import add_localities, find_localities
from gazette.extract.places.sentences import (
    Group,
    build_groups,
    find_host,
    find_last_place,
    find_place,
    is_given_to,
    leads,
    split_by_sentence,
)
from gazette.extract.places.spans import Bearing, PlaceSpan, SpanKind, find_places

# A title of the day's news: 各地 or 全国 in a headline, weighed against the places in the body.
_HEADLINE_WEIGHT = 4
_LEAD_WEIGHT = 2
_READ_AT_MOST = 20_000
_SENTENCE_END = re.compile("[。！？!?]+[”’」』）)]*")
_SHORT_LINE = 45


@dataclass(slots=True)
class _ReadBlock:
    """What was read of a block, by sentence: its places, and the place that it goes on with where it names none."""

    sentence_starts: list[int]
    groups: list[list[Group]]
    inherited: list[Place]


def find_issue_place(clean: CleanText, default_code: str) -> Place:
    """The place that the issue as a whole is about: the publication's region, or the smaller place that its headlines
    and most of its places belong to. Raises UnknownCode for a default that is no code."""
    articles = {block.article for block in clean.blocks if block.role is Role.HEADLINE}
    if default_code == NATION.code and len(articles) > 3:
        return NATION  # a whole day of national news
    return _narrow(clean, clean.blocks, default_code)


def find_article_place(clean: CleanText, article: int, issue_place: Place) -> Place:
    """The place that one article is about; the issue's where it names none that is smaller."""
    blocks = [block for block in clean.blocks if block.article == article]
    return _find_article_place(clean, blocks, issue_place, _read_localities(clean, blocks, issue_place))


def _find_article_place(
    clean: CleanText, blocks: Sequence[Block], issue_place: Place, localities: Mapping[str, str]
) -> Place:
    headlines = [block for block in blocks if block.role is Role.HEADLINE]
    named = _headline_place(clean, headlines, issue_place, localities)
    place = named or _narrow(clean, blocks, issue_place.code, localities)
    host = _lead_host(clean, blocks, place)
    return host if host and load_gazetteer().is_within(host.code, place.code) else place


def _read_localities(clean: CleanText, blocks: Sequence[Block], issue_place: Place) -> dict[str, str]:
    return find_localities((clean.text[block.start : block.end] for block in blocks), issue_place.code)


class PlaceContext:
    """Answers for any spot of one issue. Blocks are read when first asked about, each article from its beginning."""

    def __init__(self, clean: CleanText, issue_place: Place) -> None:
        self._clean = clean
        self._issue_place = issue_place
        self._starts = [block.start for block in clean.blocks]
        self._articles: dict[int, _Article] = {}

    def article_place(self, article: int) -> Place:
        """The place of an article, by its number (Block.article)."""
        return self._article(article).place

    def place_at(self, offset: int) -> Place:
        """The place that a figure at `offset` of the cleaned text is about."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return self._issue_place
        block = self._clean.blocks[index]
        return self._article(block.article).place_at(block, offset)

    def spans_at(self, offset: int) -> list[PlaceSpan]:
        """The places named in the block that holds `offset`; their offsets count from the block's start."""
        block = self._clean.blocks[bisect_right(self._starts, offset) - 1]
        return find_places(self._clean.text[block.start : block.end], [self._issue_place.code])

    def _article(self, number: int) -> _Article:
        if number not in self._articles:
            blocks = [block for block in self._clean.blocks if block.article == number]
            localities = _read_localities(self._clean, blocks, self._issue_place)
            place = _find_article_place(self._clean, blocks, self._issue_place, localities)
            self._articles[number] = _Article(self._clean.text, blocks, place, self._issue_place, localities)
        return self._articles[number]


@dataclass(slots=True)
class _Article:
    text: str
    blocks: list[Block]
    place: Place
    issue_place: Place
    localities: Mapping[str, str]
    _read: dict[int, _ReadBlock] = field(default_factory=dict)
    _next: int = 0
    _section: Place | None = None
    _last: Place | None = None
    _near: list[str] = field(default_factory=list)

    def place_at(self, block: Block, offset: int) -> Place:
        while block.start not in self._read:
            self._read_next()
        read = self._read[block.start]
        index = bisect_right(read.sentence_starts, offset - block.start) - 1
        text = self.text[block.start : block.end]
        return find_place(text, read.groups[index], offset - block.start, read.inherited[index])

    def _read_next(self) -> None:
        block = self.blocks[self._next]
        self._next += 1
        text = self.text[block.start : block.end]
        around = load_gazetteer().line(self.place.code)[:-1]  # 全市 in the page of a city in 温州 is not 温州
        named = [code for code in self._near[-8:][::-1] if code not in around]
        near = dict.fromkeys([*named, self.place.code, self.issue_place.code])
        spans = find_places(text, list(near))
        spans = add_localities(text, spans, self.localities)
        starts = [0, *(m.end() for m in _SENTENCE_END.finditer(text) if m.end() < len(text))]
        bearing = [self._weaken(span) for span in spans if self._bears(text, span)]
        groups = [build_groups(text, part) if part else [] for part in split_by_sentence(bearing, starts)]
        heading = _is_heading(block, text)
        own = self._section or self.place
        inherited, current = [], self.place if heading else self._begin(text)
        for start, group in zip(starts, groups, strict=True):
            current = own if load_lexicon().starts_afresh.match(text, start) else current
            inherited.append(current)
            if not load_lexicon().digression.match(text, start):
                current = find_last_place(group, current)
        self._read[block.start] = _ReadBlock(starts, groups, inherited)
        if heading:
            places = [group.place.code for part in groups for group in part if group.governs]
            below = block.role is not Role.HEADLINE and places
            self._section = load_gazetteer().common(places) if below else None
        if heading or block.role is Role.BODY:
            self._last = current
            self._near += [span.place.code for span in spans if span.kind is SpanKind.NAMED and not span.inside_name]

    def _bears(self, text: str, span: PlaceSpan) -> bool:
        """Whether a span can tell the place of a figure. What lies outside of the article's place, 全市 in the page of
        a district and 北京 in news from 天津, does so only where a clause begins with it (a partner or a rank is meant
        elsewhere); a region of several provinces only in national news."""
        if span.bearing is Bearing.ASIDE or (span.inside_name and self.place != NATION):
            return False
        around = span.place != self.place and load_gazetteer().is_within(self.place.code, span.place.code)
        if around and load_lexicon().park_of.match(text, span.end):
            return False
        if load_gazetteer().is_within(span.place.code, self.place.code):
            return span.kind is not SpanKind.REGION or self.place == NATION
        return span.kind is not SpanKind.REGION and (leads(text, span) or is_given_to(text, span))

    def _weaken(self, span: PlaceSpan) -> PlaceSpan:
        """The name of a bank or a company tells where it is only where national news names no other place."""
        return replace(span, bearing=Bearing.ORIGIN) if span.inside_name else span

    def _begin(self, text: str) -> Place:
        """What a paragraph is about before it names a place itself."""
        if self._last is not None and load_lexicon().goes_on.match(text):
            return self._last
        return self._section or self.place


def _is_heading(block: Block, text: str) -> bool:
    """A headline or a heading, marked as one or short and without the mark that ends a sentence."""
    if block.role is Role.BODY:
        return len(text) < _SHORT_LINE and not _SENTENCE_END.search(text)
    return block.role in (Role.HEADLINE, Role.SUBHEAD)


# The place of an issue and of an article.


def _lead_host(clean: CleanText, blocks: Sequence[Block], place: Place) -> Place | None:
    """Where the fair is held that an article is about, which its first sentence says."""
    lead = next((block for block in blocks if block.role is Role.BODY), None)
    if lead is None:
        return None
    text = clean.text[lead.start : lead.end]
    first = _SENTENCE_END.search(text)
    end = first.end() if first else len(text)
    if not load_lexicon().fair_held.search(text, 0, end):
        return None
    spans = [span for span in find_places(text, [place.code]) if span.end <= end]
    named = any(
        block.role is Role.HEADLINE and load_lexicon().meeting.search(clean.text, block.start, block.end)
        for block in blocks
    )
    return find_host(text, build_groups(text, spans), named)


def _headline_place(
    clean: CleanText, headlines: Sequence[Block], issue_place: Place, localities: Mapping[str, str]
) -> Place | None:
    gazetteer = load_gazetteer()
    for block in headlines:
        text = clean.text[block.start : block.end]
        read = add_localities(text, find_places(text, [issue_place.code]), localities)
        spans = [span for span in read if span.governs]
        groups = build_groups(text, spans)
        if not groups:
            continue
        place = gazetteer.common(group.place.code for group in groups)
        if gazetteer.is_within(place.code, issue_place.code):
            return place
    return None


def _narrow(
    clean: CleanText, blocks: Sequence[Block], default_code: str, localities: Mapping[str, str] | None = None
) -> Place:
    """Goes down from the default as long as one part of it is named far more than all the rest."""
    gazetteer = load_gazetteer()
    weights = _weigh(clean, blocks, default_code, localities or {})
    place = default_code
    while True:
        inside: Counter[str] = Counter()
        for code, weight in weights.items():
            line = gazetteer.line(code)
            if place in line and line[-1] != place:
                inside[line[line.index(place) + 1]] += weight
        total = sum(weight for code, weight in weights.items() if gazetteer.is_within(code, place))
        best = inside.most_common(1)
        share = 0.7 if place == NATION.code else 0.6
        if not best or best[0][1] < max(_HEADLINE_WEIGHT + 1, share * total):
            return gazetteer.place(place)
        place = best[0][0]


def _weigh(clean: CleanText, blocks: Sequence[Block], default_code: str, localities: Mapping[str, str]) -> Counter[str]:
    weights: Counter[str] = Counter()
    led: set[int] = set()
    budget = _READ_AT_MOST
    short = load_gazetteer().short_counties(default_code)
    for block in blocks:
        text = clean.text[block.start : min(block.end, block.start + budget)]
        budget -= len(text)
        weight = _HEADLINE_WEIGHT if block.role is Role.HEADLINE else 1
        if block.role is Role.BODY and block.article not in led:
            led.add(block.article)
            weight = _LEAD_WEIGHT
        for span in add_localities(text, find_places(text, [default_code], short), localities):
            said_aside = span.kind is SpanKind.NATION and not leads(text, span)
            if span.governs and span.kind is not SpanKind.REFERENCE and not said_aside:
                weights[span.place.code] += weight
        if budget <= 0:
            break
    return weights
