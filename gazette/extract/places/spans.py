"""Places in one block of cleaned text: `find_places`.

Takes text without line feeds, gives `PlaceSpan`s in text order. One pass of an automaton (leftmost, longest) finds the
names that say a place wherever they stand; weak names (通江, 大同) are looked up only behind a place that they belong
to, behind 在 and 位于, or where the text has named the place before. What looks like a place and is none (中山路,
北京时间) is found by the same pass, so that no shorter name is read out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from gazette.extract.model import Place
from gazette.extract.places.gazetteer import NATION, Gazetteer, Rank, load_gazetteer


class SpanKind(StrEnum):
    """How the text says the place."""

    NAMED = "named"  # 江苏省无锡市
    NATION = "nation"  # 全国, 国家统计局
    REGION = "region"  # 长三角, 京津冀: several provinces
    REFERENCE = "reference"  # 全区, 我市, 当地


class Bearing(StrEnum):
    """What the place has to do with the figures of its sentence."""

    GOVERNS = "governs"  # they are about it
    ORIGIN = "origin"  # 来自广州: only where nothing else is named
    ASIDE = "aside"  # 总部在浙江, 驰援湖北, 全国首个: they are not about it


@dataclass(frozen=True, slots=True)
class PlaceSpan:
    """A place said at `text[start:end]`. `inside_name`: the words go on to the name of a bank, a company, a university
    (重庆农商行), which says nothing of the place that figures are about."""

    start: int
    end: int
    place: Place
    kind: SpanKind = SpanKind.NAMED
    inside_name: bool = False
    bearing: Bearing = Bearing.GOVERNS

    @property
    def governs(self) -> bool:
        """Whether figures behind it are about this place."""
        return self.bearing is Bearing.GOVERNS and not self.inside_name


def find_places(text: str, near: Sequence[str] = (), known: Sequence[str] = ()) -> list[PlaceSpan]:
    """The places said in `text`, in order, not overlapping. `near` are codes of places that the context speaks of,
    nearest first: they settle names that several places share (朝阳区), let short names of places said before stand
    alone (綦江), and resolve 全区 and 我市; of `known` the short names stand alone too. What stays open is left out."""
    return list(_find(text, tuple(near), tuple(known)))


@lru_cache(maxsize=1024)  # an article is read for its own place, for its villages and for those of the issue
def _find(text: str, near: tuple[str, ...], known: tuple[str, ...]) -> tuple[PlaceSpan, ...]:
    return tuple(_load_finder().find(text, near, known))


_SEVERAL = "两三四"
_WITH = "与同跟"  # 该市与大连签订协议: a partner, where 和 joins a list


class _Finder:
    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self._lexicon = lexicon = gazetteer.lexicon
        self._bodies = frozenset(lexicon.national_bodies)
        words: dict[str, str] = dict.fromkeys(gazetteer.strong, "place")
        words |= dict.fromkeys(lexicon.references, "reference")
        words |= dict.fromkeys(lexicon.several, "region")
        words |= dict.fromkeys(lexicon.nation, "nation") | dict.fromkeys(lexicon.national_bodies, "body")
        words |= dict.fromkeys(lexicon.lookalikes, "lookalike")
        self._words = list(words)
        self._kinds = list(words.values())
        self._automaton = AhoCorasick(self._words, matchkind=MatchKind.LeftmostLongest)
        self._lengths = _name_lengths([*gazetteer.strong, *gazetteer.weak])
        self._weak_lengths = _name_lengths(gazetteer.weak)
        organisations = "|".join(sorted(lexicon.organisations, key=len, reverse=True))
        self._organisation = re.compile(
            f"[\\w（）()]{{0,18}}?(?:{organisations})(?!{lexicon.organisation_goes_on.pattern})"
        )

    def find(self, text: str, near: Sequence[str], known: Sequence[str]) -> list[PlaceSpan]:
        spans: list[PlaceSpan] = []
        spoken = list(near)  # the places that the text has named so far, the nearest first, and those of the context
        done = 0
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            if start < done:
                continue
            kind = self._kinds[index]
            if kind == "place":
                span = self._read_named(text, start, end, self._words[index], spoken)
                if (
                    span
                    and spans
                    and spans[-1].governs
                    and not (span.bearing is Bearing.ASIDE and text[start - 1] in _WITH)
                    and self._lexicon.list_joint.fullmatch(text, spans[-1].end, start)
                ):
                    span = replace(span, bearing=Bearing.GOVERNS)  # the end of a route, one more of a list
                elif span and spans and spans[-1].bearing is Bearing.ASIDE and text[spans[-1].end : start] == "、":
                    span = replace(span, bearing=Bearing.ASIDE)  # 与大连、青岛等城市签订协议
            elif kind == "reference":
                span = self._read_reference(text, start, end, spoken)
                if span and spans and spans[-1].bearing is Bearing.ASIDE and text[start] in _SEVERAL:
                    span = replace(span, bearing=Bearing.ASIDE)  # 与富阳、义乌建立协作，在两地设站
            elif kind == "lookalike":
                span, done = None, end
            else:
                span = self._read_nation(text, start, end, kind, spans)
            if span is not None:
                spans.append(span)
                done = span.end
                if span.kind is SpanKind.NAMED:
                    spoken.insert(0 if span.governs else len(spoken), span.place.code)
        return self._add_weak(text, spans, near, known)

    # Named places.

    def _read_named(self, text: str, start: int, end: int, name: str, near: Sequence[str]) -> PlaceSpan | None:
        codes: tuple[str, ...] = self.gazetteer.strong[name]
        if self._is_broken(text, end, name):
            stem = name[:-1]
            if len(stem) < 2 or (stem not in self.gazetteer.strong and self._is_common(stem)):
                return None  # 东方市场, 朝阳区域
            end -= 1
            codes = self.gazetteer.strong.get(stem) or codes
        return self._extend(text, start, end, codes, near)

    def _extend(self, text: str, start: int, end: int, codes: tuple[str, ...], near: Sequence[str]) -> PlaceSpan | None:
        while part := self._part_at(text, end, codes):
            end, codes = part
        if self._lexicon.features.match(text, end) and text[end - 1] not in "省市区县旗":
            return None
        code = self._settle(codes, near)
        if code is None:
            return None
        name_end = self._name_end(text, start, end)
        bearing = self._bearing(text, start, end)
        if name_end is not None and self._lexicon.nationwide.search(text, end, name_end):
            bearing = Bearing.ASIDE
        elif (
            name_end is not None
            and text[start - 1 : start] == "在"
            and text[name_end : name_end + 1] in "，的"
            and not text.endswith(("公司", "集团"), start, name_end)
        ):
            name_end = None  # 在黑龙江省工匠学院，: the school is where things happen
        return PlaceSpan(start, end, self.gazetteer.place(code), inside_name=name_end is not None, bearing=bearing)

    def _part_at(self, text: str, at: int, containers: tuple[str, ...]) -> tuple[int, tuple[str, ...]] | None:
        """The name at `at` of a part of one of the containers: its end and its codes."""
        for length in self._lengths.get(text[at : at + 1], ()):
            name = text[at : at + length]
            if len(name) < length or (length == 2 and not self._is_free(text, at + length, name)):
                continue
            codes = self.gazetteer.strong.get(name, ()) + self.gazetteer.weak.get(name, ())
            inside = tuple(c for c in dict.fromkeys(codes) if self._is_part(c, name, containers))
            if inside and not (length == 2 and self._is_broken(text, at + length, name)):
                return at + length, inside
        return None

    def _is_free(self, text: str, end: int, name: str) -> bool:
        """Whether two characters behind a larger place are a name: no word (江西新建), no airport (广州白云机场)."""
        return name not in self._lexicon.chain_exceptions and not self._lexicon.facilities.match(text, end)

    def _is_part(self, code: str, name: str, containers: tuple[str, ...]) -> bool:
        zone = name in self._lexicon.zones
        return any((zone or code != other) and self.gazetteer.is_within(code, other) for other in containers)

    def _is_broken(self, text: str, end: int, name: str) -> bool:
        breakers = self._lexicon.suffix_breakers.get(name[-1])
        return bool(breakers) and end < len(text) and text[end] in str(breakers)

    def _settle(self, codes: tuple[str, ...], near: Sequence[str]) -> str | None:
        """The one meant of the places that share a name: the highest (吉林 is the province); of equals the one nearest
        to what the context speaks of; failing that the only one that is still, or was longest, on the list."""
        if len(codes) == 1:
            return codes[0]
        top = min(map(self.gazetteer.rank, codes))
        highest = [code for code in codes if self.gazetteer.rank(code) is top]
        if len(highest) == 1:
            return highest[0]
        for known in near:
            for level in reversed(self.gazetteer.line(known)[1:]):
                fitting = [code for code in highest if self.gazetteer.is_within(code, level)]
                if len(fitting) == 1:
                    return fitting[0]
        past = [sum(map(self.gazetteer.is_former, self.gazetteer.line(code))) for code in highest]
        newest = [code for code, count in zip(highest, past, strict=True) if count == min(past)]
        return newest[0] if len(newest) == 1 else None

    def _bearing(self, text: str, start: int, end: int) -> Bearing:
        before = text[max(0, start - 8) : start]
        lexicon = self._lexicon
        if lexicon.origin_before.search(before):
            if before.endswith("从") and lexicon.departs.match(text, end):
                return Bearing.GOVERNS
            return Bearing.ASIDE if lexicon.origin_leaves.match(text, end) else Bearing.ORIGIN
        aside = lexicon.aside_before.search(before) or lexicon.dateline.match(text, end)
        venue = before.endswith("在") and lexicon.venue.match(text, end)
        partner = start and lexicon.partner_before.match(text, start - 1) and lexicon.partner_after.match(text, end)
        return Bearing.ASIDE if aside or venue or partner or lexicon.example.match(text, end) else Bearing.GOVERNS

    def _name_end(self, text: str, start: int, end: int) -> int | None:
        """The end of the name of a company, a bank or a university that begins with the place, or of a body of the
        nation that holds it (国家超级计算长沙中心); None where there is none."""
        lexicon = self._lexicon
        if lexicon.national_name_before.search(text[max(0, start - 12) : start]):
            match = lexicon.national_name_after.match(text, end)
            if match is not None:
                return match.end()
        match = lexicon.brands.match(text, end)
        if match is None:
            match = self._organisation.match(text, end)
            if match is not None and lexicon.not_organisations.search(text, end, match.end()):
                match = None
        return match.end() if match else None

    # Short names that need a reason.

    def _add_weak(
        self, text: str, spans: list[PlaceSpan], near: Sequence[str], known: Sequence[str]
    ) -> list[PlaceSpan]:
        found = self._find_behind_cues(text, spans, near)
        found += self._find_before_deixis(text, [*spans, *found], near)
        found += self._find_known(text, [*spans, *found], [*near, *known])
        if not found:
            return spans
        # 在大同平城区: what was found goes on over the district that was read alone before.
        kept = [span for span in spans if not _overlaps(found, span.start, span.end)]
        return sorted([*kept, *found], key=lambda span: span.start)

    def _find_behind_cues(self, text: str, spans: list[PlaceSpan], near: Sequence[str]) -> list[PlaceSpan]:
        found: list[PlaceSpan] = []
        for cue in self._lexicon.cue.finditer(text):
            at = cue.end()
            for length in self._weak_lengths.get(text[at : at + 1], ()):
                name = text[at : at + length]
                codes = self.gazetteer.weak.get(name) if len(name) == length else None
                if codes is None or self._is_broken(text, at + length, name) or _overlaps(spans, at, at + length):
                    continue
                known = [*_said(spans, at), *near]
                if fitting := self._fitting(text, at + length, name, codes, known):
                    span = self._extend(text, at, at + length, fitting, known)
                    found += [span] if span else []
                    break
            else:
                found += self._find_abbreviated(text, at, [*spans, *found])
        return found

    def _find_before_deixis(self, text: str, spans: list[PlaceSpan], near: Sequence[str]) -> list[PlaceSpan]:
        """Short names that begin a clause and are pointed at: 四平这家农机厂, where the text has spoken of 吉林."""
        found: list[PlaceSpan] = []
        for pointer in self._lexicon.deixis.finditer(text):
            end = pointer.start()
            for start in range(max(0, end - 4), end - 1):
                codes = self.gazetteer.weak.get(text[start:end])
                if codes is None or not self._lexicon.clause_head.search(text[max(0, start - 8) : start]):
                    continue
                known = [*_said(spans, start), *near]
                fitting = self._inside(codes, known)
                if fitting and not _overlaps(spans, start, end) and (code := self._settle(fitting, known)):
                    found.append(PlaceSpan(start, end, self.gazetteer.place(code)))
                    break
        return found

    def _inside(self, codes: tuple[str, ...], near: Sequence[str]) -> tuple[str, ...]:
        """Those that are part of a place that the context speaks of."""
        return tuple(c for c in codes if any(n != NATION.code and self.gazetteer.is_within(c, n) for n in near))

    def _find_abbreviated(self, text: str, at: int, spans: list[PlaceSpan]) -> list[PlaceSpan]:
        code = self._lexicon.abbreviations.get(text[at : at + 1])
        follows = self._lexicon.abbreviation_before.match(text, at + 1)
        if code is None or not follows or text[at - 1] != "在" or _overlaps(spans, at, at + 1):
            return []
        return [PlaceSpan(at, at + 1, self.gazetteer.place(code))]

    def _fitting(self, text: str, end: int, name: str, codes: tuple[str, ...], near: Sequence[str]) -> tuple[str, ...]:
        """Which of the places a short name behind 在 can mean: those inside a place that the context speaks of; where
        there is none, the only one, if the name is no common word and the clause goes on as behind a name."""
        if name in self._lexicon.chain_exceptions:
            return ()
        fitting = self._inside(codes, near)
        if fitting or name in self._lexicon.common_words:
            return fitting
        return codes if len(codes) == 1 and text[end : end + 1] in ("，", "的") else ()

    def _find_known(self, text: str, spans: list[PlaceSpan], near: Sequence[str]) -> list[PlaceSpan]:
        """Short names of counties that the context or this text has called by a name that cannot be misread."""
        found: list[PlaceSpan] = []
        for code in dict.fromkeys([*_said(spans), *near]):
            stem = self.gazetteer.lone_stem(code)
            at = text.find(stem) if stem else -1
            while stem and at >= 0:
                if not _overlaps(spans, at, at + len(stem)) and not _overlaps(found, at, at + len(stem)):
                    span = self._extend(text, at, at + len(stem), (code,), near)
                    found += [span] if span else []
                at = text.find(stem, at + len(stem))
        return found

    def _is_common(self, stem: str) -> bool:
        return stem in self._lexicon.common_words or stem in self._lexicon.chain_exceptions

    # Words that stand for a place.

    def _read_reference(self, text: str, start: int, end: int, near: Sequence[str]) -> PlaceSpan | None:
        word, lexicon = text[start:end], self._lexicon
        wanted = lexicon.references[word]
        if lexicon.reference_broken.match(text, end):
            return None
        if (word[1] == "内" or wanted.isdigit()) and start > 0 and text[start - 1] not in "，。；：、在":
            return None  # 园区内, 粤澳两地
        code = self._refer_to_several(int(wanted), near) if wanted.isdigit() else self._refer(wanted, near)
        if code is None:
            return None
        before = text[max(0, start - 4) : start]
        rank = lexicon.rank_after.match(text, end) or lexicon.rank_before.search(before)
        bearing = Bearing.ASIDE if rank and wanted else Bearing.GOVERNS
        return PlaceSpan(start, end, self.gazetteer.place(code), SpanKind.REFERENCE, bearing=bearing)

    def _refer(self, suffix: str, near: Sequence[str]) -> str | None:
        for known in near:
            for code in reversed(self.gazetteer.line(known)[1:]):
                name = self.gazetteer.own_name(code)
                if name.endswith(suffix) or (suffix == "省" and self.gazetteer.rank(code) is Rank.PROVINCE):
                    return code
        return None

    def _refer_to_several(self, count: int, near: Sequence[str]) -> str | None:
        several = list(dict.fromkeys(near))[:count]
        return self.gazetteer.common(several).code if len(several) == count else None

    def _read_nation(self, text: str, start: int, end: int, kind: str, spans: list[PlaceSpan]) -> PlaceSpan | None:
        before = text[max(0, start - 4) : start]
        lexicon = self._lexicon
        if kind == "body" and (not lexicon.body_before.search(before) or lexicon.body_broken.match(text, end)):
            return None
        if kind == "region":
            return PlaceSpan(start, end, NATION, SpanKind.REGION, bearing=self._bearing(text, start, end))
        if spans and spans[-1].end == start:
            return None  # 辽宁各地, 全市各地
        if kind == "body":
            aside = before.endswith("由") and lexicon.body_organises.match(text, end)
        else:
            aside = lexicon.nation_aside_after.match(text, end) or lexicon.nation_aside_before.search(before)
            aside = aside or lexicon.nation_takes_part.match(text, end)
        return PlaceSpan(start, end, NATION, SpanKind.NATION, bearing=Bearing.ASIDE if aside else Bearing.GOVERNS)


def _said(spans: Sequence[PlaceSpan], before: int | None = None) -> list[str]:
    """The codes that the spans name, the nearest first."""
    return [s.place.code for s in reversed(spans) if s.kind is SpanKind.NAMED and (before is None or s.end <= before)]


def _overlaps(spans: Sequence[PlaceSpan], start: int, end: int) -> bool:
    return any(span.start < end and start < span.end for span in spans)


def _name_lengths(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """For each first character the lengths of the names that begin with it, the longest first."""
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[0], set()).add(len(name))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


@cache
def _load_finder() -> _Finder:
    return _Finder(load_gazetteer())
