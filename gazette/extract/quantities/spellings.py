"""Looks up words at a place of a text, the longest first, each with the texts that must not follow it.

Tables by first characters instead of one regex of all words: a lookup is as quick, and nothing is compiled at start-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Guards = tuple[str, ...]  # the texts that must not follow a word
_ONE = (1,)  # where no word goes on with the second character


class Spellings:
    """A list of words; of a mapping the values are the words' guards."""

    def __init__(self, words: Mapping[str, Guards] | Iterable[str]) -> None:
        self._guards = dict(words) if isinstance(words, Mapping) else dict.fromkeys(words, ())
        lengths: dict[str, set[int]] = {}
        for word in self._guards:
            lengths.setdefault(word[:2], set()).add(len(word))
        self._firsts = frozenset(word[0] for word in self._guards)
        self._lengths = {
            opening: tuple(sorted(found | {1}, reverse=True)) for opening, found in lengths.items() if len(opening) > 1
        }

    def find_end(self, text: str, at: int, limit: int) -> int:
        """The end of the longest word that stands at `at` and ends by `limit`; 0 where none does."""
        known = self._guards
        for length in self._lengths.get(text[at : at + 2], _ONE):
            end = at + length
            guards = known.get(text[at:end])
            if guards is not None and end <= limit and not (guards and text.startswith(guards, end)):
                return end
        return 0

    def find_ends(self, text: str, at: int, limit: int) -> list[int]:
        """The ends of all words that stand at `at` and end by `limit`, the longest first; guards are not asked."""
        ends = (at + length for length in self._lengths.get(text[at : at + 2], _ONE))
        return [end for end in ends if end <= limit and text[at:end] in self._guards]

    def find_next(self, text: str, start: int, limit: int) -> tuple[int, int] | None:
        """The span of the first word of `text[start:limit]`, of two that begin there the longer."""
        firsts = self._firsts
        for at in range(start, limit):
            if text[at] in firsts and (end := self.find_end(text, at, limit)):
                return at, end
        return None
