"""Reads one cleaned issue: figures, their cells, the records that they make, with place, period and names.

Takes `CleanText`, the issue's date and its publication's region; gives `Extraction`. This is the way through the
package: quantities -> filing (which cell) -> grouping (which record) -> duplicates -> place, period and names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from gazette.clean.model import Block, CleanText, Role
from gazette.extract.entities import Names
from gazette.extract.model import Extraction, Mention, Modality, Quantity, Reason, Record
from gazette.extract.periods import DateSpan, PeriodContext
from gazette.extract.places import PlaceContext, find_issue_place, find_places
from gazette.extract.quantities import find_quantities
from gazette.extract.records.declaration import load_rules
from gazette.extract.records.duplicates import find_repeated
from gazette.extract.records.filing import file_figures
from gazette.extract.records.foreign import is_foreign, leads_abroad
from gazette.extract.records.grouping import group_figures
from gazette.extract.records.kinds import find_phase_before
from gazette.extract.records.naming import find_entity
from gazette.extract.records.scope import find_scope
from gazette.extract.records.sentences import NOT_QUANTITIES, Figure, Sentence, find_sentences
from gazette.extract.records.statement import COUNTS, Draft

HEADINGS = frozenset({Role.HEADLINE, Role.SUBHEAD})
FINISHED = ("completed", "in_production")
LONG_AGO = timedelta(days=60)
_BEGUN = re.compile(r"(?:正式|全面)?(?:开工|动工|启动建设|开建)")
_SORTED = re.compile(r"[从按][^，。：；\d]{1,8}(?:分|划分|看)[，：:]")  # 按产业分：工业项目11个、…
UNREAD = frozenset({Role.FURNITURE, Role.CREDIT})


class Paragraph(NamedTuple):
    """A block as it is read: its text, its quantities, its sentences with figures and the records they make."""

    block: Block
    text: str
    quantities: list[Quantity]
    sentences: list[Sentence]
    drafts: list[Draft]


def extract(clean: CleanText, issue_date: date, region_code: str) -> Extraction:
    """All figures and records of one issue.

    `region_code` is the publication's region, a default only. Offsets in the result are those of `clean.text`.
    """
    reader = _IssueReader(clean, issue_date, region_code)
    for article in _articles(clean.blocks):
        reader.read_article(article)
    return reader.extraction


def _articles(blocks: Sequence[Block]) -> list[list[Block]]:
    articles: dict[int, list[Block]] = {}
    for block in blocks:
        articles.setdefault(block.article, []).append(block)
    return list(articles.values())


class _IssueReader:
    """Reads the articles of one issue into an `Extraction`."""

    def __init__(self, clean: CleanText, issue_date: date, region_code: str) -> None:
        self._clean = clean
        self._issue_date = issue_date
        self._rules = load_rules()
        place = find_issue_place(clean, region_code)
        self._places = PlaceContext(clean, place)
        self._periods = PeriodContext(clean.text, clean.blocks, issue_date)
        self._names = Names(clean.text, lambda name: _length_of_place(name, place.code))
        self.extraction = Extraction(place=place)

    def read_article(self, blocks: Sequence[Block]) -> None:
        """Adds the records of one article, and one mention for each of its quantities."""
        headline = next((self._text(block) for block in blocks if block.role is Role.HEADLINE), None)
        paragraphs = self._read_paragraphs([block for block in blocks if block.role not in UNREAD])
        repeated = find_repeated([(d, p.block.role in HEADINGS) for p in paragraphs for d in p.drafts])
        records = {d: self._build_record(d, p, headline) for p in paragraphs for d in p.drafts}
        for draft, record in records.items():
            if draft.parent is not None:
                parent = records[repeated.get(draft.parent, draft.parent)]
                record.parent = parent if parent is not record else None
        self.extraction.records.extend(record for draft, record in records.items() if draft not in repeated)
        for paragraph in paragraphs:
            self.extraction.mentions.extend(_build_mentions(paragraph, records, repeated))

    def _text(self, block: Block) -> str:
        return self._clean.text[block.start : block.end]

    def _read_paragraphs(self, blocks: Sequence[Block]) -> list[Paragraph]:
        """The paragraphs; a list in paragraphs of its own (…其中：) is part of the records that the colon ends."""
        paragraphs: list[Paragraph] = []
        heads: dict[str, Draft] | None = None
        for block in blocks:
            if paragraphs and _SORTED.match(self._text(block)):
                heads = _counted_last(paragraphs[-1]) or None
            paragraph = self._read_block(block, heads)
            paragraphs.append(paragraph)
            if paragraph.text.endswith(("：", ":")):
                heads = {draft.table: draft for draft in paragraph.drafts} or None
            elif not paragraph.text.endswith(("；", ";")):
                heads = None
        return paragraphs

    def _read_block(self, block: Block, heads: dict[str, Draft] | None) -> Paragraph:
        text = self._text(block)
        quantities = find_quantities(text)
        sentences = find_sentences(text, quantities, self._rules)
        abroad = bool(sentences) and leads_abroad(text, self._rules)
        for sentence in sentences:
            file_figures(sentence, self._rules, is_foreign(sentence, abroad))
        return Paragraph(
            block,
            text,
            quantities,
            sentences,
            group_figures(sentences, self._rules, _Setting(block.start, self._periods, self._places), heads),
        )

    def _build_record(self, draft: Draft, paragraph: Paragraph, headline: str | None) -> Record:
        offset = paragraph.block.start
        first = draft.first
        at = offset + first.quantity.start
        modality = draft.modality
        entity, lender = find_entity(draft, self._names, offset)
        return Record(
            table=draft.table,
            kind=self._kind_of(draft, offset),
            rule=first.indicator.name if first.indicator else "",
            cells={column: shift(figure.quantity, offset) for column, figure in draft.figures.items()},
            quote_start=offset + draft.sentence.start,
            quote_end=offset + draft.sentence.end,
            modality=modality,
            period=self._periods.period_at(at, modality is Modality.PLANNED),
            place=self._places.place_at(at),
            scope=find_scope(draft),
            entity=entity,
            lender=lender,
            article=headline,
            rules=tuple(figure.indicator.name for figure in draft.figures.values() if figure.indicator),
        )

    def _kind_of(self, draft: Draft, offset: int) -> str | None:
        """The record's phase, status, instrument or activity. What was 于2019年7月开工 is under construction by now,
        unless the sentence before tells that it is done."""
        kind = draft.final_kind
        if draft.table == "projects" and kind == "started":
            places = (offset + figure.quantity.start for figure in draft.figures.values())
            if any(self._began_long_ago(span) for place in places for span in self._periods.dates_at(place)):
                before = find_phase_before(draft.sentence, self._rules)
                return before if before in FINISHED else "under_construction"
        return kind

    def _began_long_ago(self, span: DateSpan) -> bool:
        begun = _BEGUN.match(self._clean.text, span.end) is not None
        return begun and self._issue_date - span.last > LONG_AGO


def _counted_last(paragraph: Paragraph) -> dict[str, Draft]:
    """What the last sentence of a paragraph counts, by table: the next paragraph may sort it."""
    last = paragraph.sentences[-1] if paragraph.sentences else None
    counted = [
        draft for draft in paragraph.drafts if draft.sentence is last and COUNTS.get(draft.table) in draft.figures
    ]
    return {draft.table: draft for draft in reversed(counted)}


class _Setting(NamedTuple):
    """Tells figures of one block apart that the text sets at different times or places."""

    offset: int
    periods: PeriodContext
    places: PlaceContext

    def is_same(self, first: Figure, second: Figure) -> bool:
        one, two = self.offset + first.quantity.start, self.offset + second.quantity.start
        same_time = self.periods.period_at(one, False).as_of == self.periods.period_at(two, False).as_of
        return same_time and self.places.place_at(one) == self.places.place_at(two)

    def is_ahead(self, figure: Figure) -> bool:
        return self.periods.is_ahead(self.offset + figure.quantity.start)


def _length_of_place(name: str, near: str) -> int:
    """How long the place name is that a name begins with, 0 where it begins with none. `near` settles short names."""
    spans = find_places(name, [near])
    return spans[0].end if spans and spans[0].start == 0 else 0


def _build_mentions(paragraph: Paragraph, records: dict[Draft, Record], repeated: dict[Draft, Draft]) -> list[Mention]:
    cells = {id(f.quantity): (d, f) for d in paragraph.drafts for f in d.figures.values()}
    figures = {id(f.quantity): f for sentence in paragraph.sentences for f in sentence.figures}
    mentions = []
    for quantity in paragraph.quantities:
        placed = shift(quantity, paragraph.block.start)
        if id(quantity) in cells:
            draft, figure = cells[id(quantity)]
            first = repeated.get(draft)
            reason = Reason.DUPLICATE if first else None
            mentions.append(Mention(placed, records[first or draft], figure.column, reason))
        else:
            reason = NOT_QUANTITIES.get(quantity.kind)
            mentions.append(Mention(placed, reason=reason or figures[id(quantity)].reason or Reason.UNRESOLVED))
    return mentions


def shift(quantity: Quantity, offset: int) -> Quantity:
    """The quantity with its offsets moved from a block to the whole text."""
    return quantity._replace(
        start=quantity.start + offset,
        end=quantity.end + offset,
        number_start=quantity.number_start + offset,
        number_end=quantity.number_end + offset,
    )
