"""Rows held column by column: what a table of many small rows is built of, for a frame wants columns anyway, and a
dictionary for every figure of a corpus takes longer to make than the frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, overload

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Columns(Sequence[Row]):
    """`lists`: for each column its values, all of one length. As a sequence, the rows."""

    lists: Mapping[str, list[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.lists.values()), ()))

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Columns: ...
    def __getitem__(self, index: int | slice) -> Row | Columns:
        if isinstance(index, slice):
            return Columns({name: values[index] for name, values in self.lists.items()})
        return {name: values[index] for name, values in self.lists.items()}


def join_rows(parts: Sequence[Sequence[Row]]) -> Sequence[Row]:
    """The rows of all parts, in columns where all of them are."""
    held = [part for part in parts if isinstance(part, Columns)]
    if held and len(held) == len(parts):
        return Columns({name: list(chain.from_iterable(part.lists[name] for part in held)) for name in held[0].lists})
    return list(chain.from_iterable(parts))
