"""What the place reader knows of the language, from lexicon.toml: checked when it is loaded, unknown keys refused."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LEXICON_FILE = Path(__file__).with_name("lexicon.toml")


class BadLexicon(ValueError):
    """lexicon.toml has a key that nobody reads, lacks one, or holds something else than it should."""


@dataclass(frozen=True)
class Lexicon:
    """Word lists of the place reader; what each is for stands in lexicon.toml."""

    suffix: re.Pattern[str]
    short_suffixes: frozenset[str]
    peoples: re.Pattern[str]
    common_words: frozenset[str]
    known_counties: frozenset[str]
    chain_exceptions: frozenset[str]
    zones: dict[str, str]
    abbreviations: dict[str, str]
    several: frozenset[str]
    nation: frozenset[str]
    lookalikes: frozenset[str]
    national_bodies: tuple[str, ...]
    organisations: tuple[str, ...]
    not_organisations: re.Pattern[str]
    references: dict[str, str]
    suffix_breakers: dict[str, str]
    brands: re.Pattern[str]
    nationwide: re.Pattern[str]
    organisation_goes_on: re.Pattern[str]
    features: re.Pattern[str]
    facilities: re.Pattern[str]
    cue: re.Pattern[str]
    origin_before: re.Pattern[str]
    origin_leaves: re.Pattern[str]
    aside_before: re.Pattern[str]
    nation_aside_before: re.Pattern[str]
    nation_aside_after: re.Pattern[str]
    rank_before: re.Pattern[str]
    rank_after: re.Pattern[str]
    body_before: re.Pattern[str]
    body_broken: re.Pattern[str]
    reference_broken: re.Pattern[str]
    dateline: re.Pattern[str]
    list_joint: re.Pattern[str]
    list_goes_on: re.Pattern[str]
    closes_list: re.Pattern[str]
    gives_before: re.Pattern[str]
    gives_after: re.Pattern[str]
    beneficiary_before: re.Pattern[str]
    beneficiary_meant: re.Pattern[str]
    route: re.Pattern[str]
    digression: re.Pattern[str]
    starts_afresh: re.Pattern[str]
    abbreviation_before: re.Pattern[str]
    venue: re.Pattern[str]
    park_of: re.Pattern[str]
    event: re.Pattern[str]
    region_subject: re.Pattern[str]
    and_more: re.Pattern[str]
    and_others: re.Pattern[str]
    goes_on: re.Pattern[str]
    nation_takes_part: re.Pattern[str]
    body_organises: re.Pattern[str]
    fair: re.Pattern[str]
    fair_held: re.Pattern[str]
    meeting: re.Pattern[str]
    meeting_held: re.Pattern[str]
    national_name_before: re.Pattern[str]
    national_name_after: re.Pattern[str]
    partner_before: re.Pattern[str]
    partner_after: re.Pattern[str]
    departs: re.Pattern[str]
    example: re.Pattern[str]
    deixis: re.Pattern[str]
    national_debt: re.Pattern[str]
    issued_before: re.Pattern[str]
    locality_sign: re.Pattern[str]
    locality: re.Pattern[str]
    not_localities: re.Pattern[str]
    clause_head: re.Pattern[str]


_LISTS = {
    "suffixes", "peoples", "common_words", "known_counties", "chain_exceptions", "several", "nation",
    "lookalikes", "national_bodies", "organisations", "not_organisations",
}  # fmt: skip
_PATTERNS = (
    "brands", "nationwide", "organisation_goes_on", "features", "facilities", "cue", "origin_before", "origin_leaves",
    "aside_before", "nation_aside_before", "nation_aside_after", "rank_before", "rank_after",
    "body_before", "body_broken",
    "reference_broken", "dateline", "list_joint", "list_goes_on", "closes_list", "gives_before", "gives_after",
    "beneficiary_before", "beneficiary_meant",
    "route", "digression", "starts_afresh",
    "abbreviation_before", "venue", "park_of", "event", "region_subject", "and_more", "and_others",
    "goes_on", "clause_head",
    "nation_takes_part", "body_organises", "fair", "fair_held", "national_name_before", "national_name_after",
    "partner_before", "partner_after", "departs", "example", "deixis", "national_debt", "issued_before",
    "meeting", "meeting_held", "locality_sign", "locality", "not_localities",
)  # fmt: skip
_TABLES = {"zones", "abbreviations", "references", "suffix_breakers"}


def parse_lexicon(text: str, file: str) -> Lexicon:
    """The lexicon of a TOML text. Raises BadLexicon, which names the file and the key."""
    data = tomllib.loads(text)
    known = _LISTS | {*_PATTERNS} | _TABLES
    for key in sorted(data.keys() ^ known):
        raise BadLexicon(f"{file}: {'unknown' if key in data else 'missing'} key {key!r}")
    for key in sorted(_LISTS):
        if not isinstance(data[key], list) or not all(isinstance(word, str) and word for word in data[key]):
            raise BadLexicon(f"{file}: {key} must be a list of words")
    codes = {key: _read_codes(data, key, file) for key in ("zones", "abbreviations")}
    peoples = "|".join(data["peoples"])
    return Lexicon(
        suffix=re.compile(f"(?:{'|'.join(data['suffixes'])})$"),
        short_suffixes=frozenset(suffix for suffix in data["suffixes"] if len(suffix) == 1),
        peoples=re.compile(f"(?:{peoples})+$"),
        common_words=frozenset(data["common_words"]),
        known_counties=frozenset(data["known_counties"]),
        chain_exceptions=frozenset(data["chain_exceptions"]),
        zones=codes["zones"],
        abbreviations=codes["abbreviations"],
        several=frozenset(data["several"]),
        nation=frozenset(data["nation"]),
        lookalikes=frozenset(data["lookalikes"]),
        national_bodies=tuple(data["national_bodies"]),
        organisations=tuple(data["organisations"]),
        not_organisations=re.compile("|".join(data["not_organisations"])),
        references=_read_table(data, "references", file),
        suffix_breakers=_read_table(data, "suffix_breakers", file),
        **{key: _read_pattern(data, key, file) for key in _PATTERNS},
    )


def _read_codes(data: dict[str, Any], key: str, file: str) -> dict[str, str]:
    codes = _read_table(data, key, file)
    for name, code in codes.items():
        if not re.fullmatch(r"\d{6}", code):
            raise BadLexicon(f"{file}: {key}.{name} must be a code of six digits, not {code!r}")
    return codes


def _read_pattern(data: dict[str, Any], key: str, file: str) -> re.Pattern[str]:
    try:
        return re.compile(data[key])
    except (re.error, TypeError) as error:
        raise BadLexicon(f"{file}: {key} is no regular expression: {error}") from error


def _read_table(data: dict[str, Any], key: str, file: str) -> dict[str, str]:
    table = data[key]
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise BadLexicon(f"{file}: {key} must be a table of strings")
    return dict(table)


@cache
def load_lexicon() -> Lexicon:
    return parse_lexicon(LEXICON_FILE.read_text(encoding="utf-8"), LEXICON_FILE.name)
