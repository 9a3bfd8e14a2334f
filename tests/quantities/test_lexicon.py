"""The word lists: what they must not hold, and that a slip in them is refused by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gazette.extract.quantities import lexicon

LOADERS = (
    lexicon.load_units,
    lexicon.load_before,
    lexicon.load_after,
    lexicon.load_inside,
    lexicon.load_nouns,
    lexicon.load_exceptions,
)


@pytest.fixture(autouse=True)
def fresh_lists() -> Any:
    forget()
    yield
    forget()


def forget() -> None:
    for loader in LOADERS:
        loader.cache_clear()


def serve(monkeypatch: pytest.MonkeyPatch, table: dict[str, Any]) -> None:
    monkeypatch.setattr(lexicon, "_read", lambda name: table)


def test_unknown_key_of_a_unit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {"mu": {"kind": "area", "words": "亩", "colour": "green"}})
    with pytest.raises(lexicon.LexiconError, match=r"units\.toml: mu: unknown key 'colour'"):
        lexicon.load_units()


def test_unknown_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {"mu": {"kind": "surface", "words": "亩"}})
    with pytest.raises(lexicon.LexiconError, match="unknown kind 'surface'"):
        lexicon.load_units()


def test_spelling_under_two_units_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {"mu": {"kind": "area", "words": "亩"}, "acre": {"kind": "area", "words": "亩"}})
    with pytest.raises(lexicon.LexiconError, match="亩 stands under mu and acre"):
        lexicon.load_units()


def test_guard_of_an_unlisted_spelling_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {"mu": {"kind": "area", "words": "亩", "not_before": {"顷": "刻"}}})
    with pytest.raises(lexicon.LexiconError, match=r"mu\.not_before: unknown key '顷'"):
        lexicon.load_units()


def test_unknown_qualifier_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {"before": [{"text": "约", "qualifier": "roughly"}]})
    with pytest.raises(lexicon.LexiconError, match="unknown qualifier 'roughly'"):
        lexicon.load_before()


def test_noun_under_two_units_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {"project": {"kind": "count", "words": "项目"}, "item": {"kind": "count", "words": "项目"}})
    with pytest.raises(lexicon.LexiconError, match="项目 stands under project and item"):
        lexicon.load_nouns()


def test_area_is_counted_in_mu() -> None:
    units = lexicon.load_units()
    assert units["公顷"].factor == 15
    assert units["平方公里"].factor == 1500
    assert units["平方米"].factor * 10000 == units["公顷"].factor


def test_durations_are_counted_in_days() -> None:
    units = lexicon.load_units()
    assert (units["年"].factor, units["个月"].factor, units["周"].factor) == (365, 30, 7)
    assert units["小时"].factor / units["小时"].divisor == Decimal(1) / 24


def test_units_that_a_classifier_may_become_are_nouns() -> None:
    nouns = {noun.unit for noun in lexicon.load_nouns().values()}
    for unit in lexicon.load_units().values():
        assert unit.counts <= nouns
