"""The account of characters and digits that the gates are shown: how many a text has, and how many were kept.

Takes decoded and cleaned texts, gives counts. Works on the code points of a whole text at once (numpy), for it is done
several times for every issue. What counts as a digit is said in `gazette.clean.digits` alone.
"""

from __future__ import annotations

import re
import sys
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gazette.clean.digits import NUMERAL, fold_digits
from gazette.clean.model import CleanText

CODE = "<u4"  # a code point, as UTF-32 lays it out
BLANK = re.compile(r"\s")


class Account:
    """What a text is made of: of its code points, which are printed (no white space), and which are Unicode decimal
    digits or Chinese numerals."""

    def __init__(self, text: str) -> None:
        self.codes = _read_codes(text)
        self.is_digit = _find_all(NUMERAL)[self.codes]
        self._is_blank = _find_all(BLANK)[self.codes]

    @property
    def digits(self) -> int:
        return int(np.count_nonzero(self.is_digit))

    @property
    def printed(self) -> int:
        return self.count_printed(0, len(self.codes))

    def count_printed(self, start: int, end: int) -> int:
        """Length of a stretch of the text, white space taken out."""
        return end - start - int(np.count_nonzero(self._is_blank[start:end]))


def count_kept_digits(decoded: Account, cleaned: Account, clean: CleanText) -> int:
    """Digits and Chinese numerals of the cleaned text that stand at their own place in the decoded text. No place
    counts twice."""
    found = np.flatnonzero(cleaned.is_digit)
    places, digits = np.asarray(clean.places, dtype=np.intp)[found], cleaned.codes[found]
    printed = decoded.codes[places]
    if not np.array_equal(printed, digits):
        printed = _read_codes(fold_digits(_write_codes(printed)))
    kept = np.zeros(len(decoded.codes), dtype=np.bool_)
    kept[places[printed == digits]] = True
    return int(np.count_nonzero(kept))


def _read_codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), CODE)


def _write_codes(codes: NDArray[np.uint32]) -> str:
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


@cache
def _find_all(pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    """For each code point, whether the pattern of one character means it."""
    every = np.arange(sys.maxunicode + 1, dtype=CODE)
    table = np.zeros(len(every), dtype=np.bool_)
    table[[found.start() for found in pattern.finditer(_write_codes(every))]] = True
    return table
