"""The places of GB/T 2260 in text, and which of them a figure is about."""

from gazette.extract.places.context import PlaceContext, find_article_place, find_issue_place
from gazette.extract.places.gazetteer import NATION, Gazetteer, Rank, UnknownCode, load_gazetteer
from gazette.extract.places.spans import Bearing, PlaceSpan, SpanKind, find_places

__all__ = [
    "NATION",
    "Bearing",
    "Gazetteer",
    "PlaceContext",
    "PlaceSpan",
    "Rank",
    "SpanKind",
    "UnknownCode",
    "find_article_place",
    "find_issue_place",
    "find_places",
    "load_gazetteer",
]
