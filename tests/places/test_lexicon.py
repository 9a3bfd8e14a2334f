"""The lexicon is checked when it is loaded."""

from __future__ import annotations

import re

import pytest

from gazette.extract.places import load_gazetteer
from gazette.extract.places.lexicon import LEXICON_FILE, BadLexicon, load_lexicon, parse_lexicon

TEXT = LEXICON_FILE.read_text(encoding="utf-8")


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(BadLexicon, match=r"here\.toml: unknown key 'zone'"):
        parse_lexicon("zone = []\n" + TEXT, "here.toml")


def test_missing_keys_are_refused() -> None:
    with pytest.raises(BadLexicon, match="missing key 'cue'"):
        parse_lexicon(re.sub(r"(?m)^cue = .*$", "", TEXT), "here.toml")


def test_a_list_must_be_of_words() -> None:
    with pytest.raises(BadLexicon, match="nation must be a list of words"):
        parse_lexicon(re.sub(r"(?ms)^nation = .*?^\]$", "nation = [1]", TEXT), "here.toml")


def test_a_zone_has_a_code() -> None:
    with pytest.raises(BadLexicon, match=r"zones\.浦东 must be a code"):
        parse_lexicon(TEXT.replace('"浦东" = "310115"', '"浦东" = "上海"'), "here.toml")


def test_a_pattern_must_compile() -> None:
    with pytest.raises(BadLexicon, match="goes_on is no regular expression"):
        parse_lexicon(re.sub(r"(?m)^goes_on = .*$", "goes_on = '(('", TEXT), "here.toml")


def test_zones_belong_to_places_that_exist() -> None:
    assert all(code in load_gazetteer() for code in load_lexicon().zones.values())
