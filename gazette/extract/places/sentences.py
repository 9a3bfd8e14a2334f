"""What place the figures of one sentence are about, from the places that it names.

Takes the places of a block (`find_places`) in groups: 河北、上海、浙江 are one group, which stands for the smallest
place that holds them all. A figure belongs to the last group before it; the rules for what comes behind it, for routes,
venues and beneficiaries stand here, the words that they look for in lexicon.toml.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gazette.extract.model import Place
from gazette.extract.places.gazetteer import NATION, Rank, load_gazetteer
from gazette.extract.places.lexicon import load_lexicon
from gazette.extract.places.spans import Bearing, PlaceSpan, SpanKind

_CLAUSE_END = re.compile("[，。；！？：,;]")


@dataclass(slots=True)
class Group:
    """One place, or several in a list. `widened` is set where the list goes on without naming the rest (广西等6省)."""

    start: int
    end: int
    codes: list[str]
    bearing: Bearing
    kind: SpanKind = SpanKind.NAMED
    widened: Place | None = None

    @property
    def governs(self) -> bool:
        return self.bearing is Bearing.GOVERNS

    @property
    def place(self) -> Place:
        """The smallest place that holds all; of 全国、全市、全区 the smallest itself."""
        gazetteer = load_gazetteer()
        if self.widened is not None:
            return self.widened
        if len(self.codes) == 1:
            return gazetteer.place(self.codes[0])
        smallest = [c for c in self.codes if not any(c != o and gazetteer.is_within(o, c) for o in self.codes)]
        return gazetteer.common(smallest)


def split_by_sentence(spans: Sequence[PlaceSpan], starts: Sequence[int]) -> list[list[PlaceSpan]]:
    """The spans of each sentence; `starts` are the offsets at which sentences begin, the first 0."""
    parts: list[list[PlaceSpan]] = [[] for _ in starts]
    for span in spans:
        parts[bisect_right(starts, span.start) - 1].append(span)
    return parts


def build_groups(text: str, spans: Sequence[PlaceSpan]) -> list[Group]:
    """The groups of one sentence, in order; `spans` count in `text`."""
    return [_widen(text, group) for group in _join(text, spans)]


def _join(text: str, spans: Sequence[PlaceSpan]) -> Iterator[Group]:
    last: Group | None = None
    for span in spans:
        if last and _goes_with(text, last, span):
            if SpanKind.REGION in (last.kind, span.kind):
                last.widened = NATION  # 东北三省及内蒙古
            last.end = span.end
            last.codes.append(span.place.code)
        elif last and span.start == last.end:
            last.end = span.end  # 雄安新区中关村科技园 is the name of a park, 广西朵努社区 a place in 广西
            if load_gazetteer().is_within(span.place.code, last.codes[-1]):
                last.codes.append(span.place.code)
        elif last is None or not _says_nothing_new(text, last, span):
            if last:
                yield last
            last = Group(span.start, span.end, [span.place.code], span.bearing, span.kind)
    if last:
        yield last


def _goes_with(text: str, last: Group, span: PlaceSpan) -> bool:
    """Whether a span goes on with the list of the group: 河北、上海; 贵州湖南; 成都重庆两市; 连云港至仪征."""
    if span.start > last.end:
        joint = load_lexicon().list_joint.fullmatch(text, last.end, span.start)
        goes_on = len(last.codes) > 1 and load_lexicon().list_goes_on.fullmatch(text, last.end, span.start)
        return bool(joint or goes_on)
    gazetteer = load_gazetteer()
    rank, named = gazetteer.rank(span.place.code), text[span.start : span.end]
    if gazetteer.rank(last.codes[-1]) is not rank or last.codes[-1] == span.place.code:
        return False
    provinces = rank is Rank.PROVINCE and named not in load_lexicon().zones
    return provinces or bool(load_lexicon().closes_list.match(text, span.end))


def _says_nothing_new(text: str, last: Group, span: PlaceSpan) -> bool:
    """Whether what a sentence is about stays as it is where it names one more place."""
    gazetteer = load_gazetteer()
    if span.kind in (SpanKind.REGION, SpanKind.NATION):
        return not _takes_over(text, span)
    if gazetteer.is_within(last.place.code, span.place.code):
        return text[last.end : span.start] == "的"  # 位于北京市顺义区的北京中德产业园
    inside = any(gazetteer.is_within(span.place.code, code) for code in last.codes if code != NATION.code)
    return inside and _is_venue(text, last, span)  # 福建一批项目在泉州签约


def _takes_over(text: str, span: PlaceSpan) -> bool:
    """Whether the nation or a region becomes what a sentence is about that has named a place before. It does not in
    在重庆，成渝地区双城经济圈重大项目 and in 四川这家国内领军企业."""
    subject = span.kind is SpanKind.NATION or load_lexicon().region_subject.match(text, span.end)
    return bool(subject) and leads(text, span)


def leads(text: str, span: PlaceSpan) -> bool:
    """Whether a clause begins with the span, adverbs of time aside."""
    return bool(load_lexicon().clause_head.search(text[max(0, span.start - 12) : span.start]))


def is_given_to(text: str, span: PlaceSpan) -> bool:
    """Whether money goes to the place: 向云南预拨资金."""
    lexicon = load_lexicon()
    before = span.start and lexicon.gives_before.match(text, span.start - 1)
    return bool(before and lexicon.gives_after.match(text, span.end))


def _is_venue(text: str, last: Group, span: PlaceSpan) -> bool:
    """Whether what a place does is only held in a part of it. A fair is about where it is held."""
    held = text.endswith("在", 0, span.start) and load_lexicon().event.match(text, span.end)
    return bool(held) and not load_lexicon().fair.search(text, last.start, span.start)


def find_host(text: str, groups: Sequence[Group], meetings: bool) -> Place | None:
    """Where the fair is held that a sentence speaks of, 服贸会将于9月2日在北京举办; the meeting too, if `meetings`."""
    lexicon = load_lexicon()
    for group in groups:
        held = group.governs and text.endswith("在", 0, group.start) and lexicon.event.match(text, group.end)
        start = max(0, group.start - 40)
        fair = held and lexicon.fair.search(text, start, group.start)
        if fair or (held and meetings and lexicon.meeting_held.search(text, start, group.start)):
            return group.place
    return None


def _widen(text: str, group: Group) -> Group:
    """广西等6省 is more than 广西, 沈阳等6市 more than 沈阳, 徐汇、临港等地 more than 徐汇."""
    lexicon = load_lexicon()
    more = lexicon.and_more.match(text, group.end)
    others = lexicon.and_others.match(text, group.end)
    if more and more.group(1) == "省":
        group.widened = NATION
    elif (more or others) and len(group.codes) == 1:
        group.widened = load_gazetteer().parent(group.codes[0])
    return group


def find_place(text: str, groups: Sequence[Group], at: int, inherited: Place) -> Place:
    """The place of a figure at `at`: the last group before it; else one behind it; else what the sentence inherited."""
    if _is_national_debt(text, groups, at):
        return NATION
    before = [group for group in groups if group.start <= at]
    governing = [group for group in before if group.governs]
    if governing:
        place = governing[-1].place
        return (place == NATION and _find_beneficiary(text, groups, at, inherited)) or place
    behind = _find_behind(text, groups, at, inherited)
    if behind is not None:
        return behind
    return before[-1].place if before and inherited == NATION else inherited


def _is_national_debt(text: str, groups: Sequence[Group], at: int) -> bool:
    """Whether the figure is of the bonds that the nation issues, 去年底增发的1万亿元国债, and the clause names no place
    where it does (在香港发行)."""
    lexicon = load_lexicon()
    debt = lexicon.national_debt.match(text, at)
    issued = debt and lexicon.issued_before.search(text, 0, at)
    if not debt or not issued:
        return False
    clause = max((match.end() for match in _CLAUSE_END.finditer(text, 0, at)), default=0)
    return not any(clause <= group.start < debt.end() for group in groups)


def _find_beneficiary(text: str, groups: Sequence[Group], at: int, inherited: Place) -> Place | None:
    """Who gets the nation's money: 财政部下达资金3亿元，支持广东恢复生产, or 支持灾区恢复生产."""
    group = next((group for group in groups if group.start > at and group.governs), None)
    if group and load_lexicon().beneficiary_before.search(text[max(at, group.start - 8) : group.start]):
        return group.place
    return inherited if load_lexicon().beneficiary_meant.match(text, at) else None


def _find_behind(text: str, groups: Sequence[Group], at: int, inherited: Place) -> Place | None:
    """A place behind the figure: in its clause (29家央企与辽宁签约), or anywhere in the sentence behind 在 where the
    context says nothing (投资5亿元，扩建在上海的工厂)."""
    group = next((group for group in groups if group.start > at and group.governs), None)
    if group is None:
        return None
    clause = _CLAUSE_END.search(text, at)
    in_clause = clause is None or group.start < clause.start()
    goes_on = inherited == NATION and text[group.start - 1] == "在" and "；" not in text[at : group.start]
    return group.place if in_clause or goes_on else None


def find_last_place(groups: Sequence[Group], current: Place) -> Place:
    """What a sentence leaves to the next one."""
    governing = [group.place for group in groups if group.governs]
    return governing[-1] if governing else current
