"""One character in, one character out: width folding, and what is blank or invisible.

Takes decoded text and gives text of the same length, so that an offset in the one is an offset in the other. NFKC is
not used: it changes lengths (㎡ becomes two characters, … three) and would break every span.
"""

from __future__ import annotations

import re

INVISIBLE = "\x00"
"""What every invisible character is folded to; the stages after this one take it out."""

_FOLDED_MARKS = "％．＋－／"
_WIDTH_DIFFERENCE = 0xFEE0
_LINE_ENDS = "\r\x0b\x0c\x85\u2028\u2029"
_BLANKS = "\t\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE_RANGES = (
    (0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x180E, 0x180E), (0x200B, 0x200F),
    (0x202A, 0x202E), (0x2060, 0x2069), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB),
)  # fmt: skip


def _build_folding() -> dict[int, str]:
    table = {ord(mark): chr(ord(mark) - _WIDTH_DIFFERENCE) for mark in _FOLDED_MARKS}
    for first, last in ("０９", "ＡＺ", "ａｚ"):
        table.update({code: chr(code - _WIDTH_DIFFERENCE) for code in range(ord(first), ord(last) + 1)})
    table.update({ord(blank): " " for blank in _BLANKS})
    table.update({ord(end): "\n" for end in _LINE_ENDS})
    for low, high in _INVISIBLE_RANGES:
        table.update(dict.fromkeys(range(low, high + 1), INVISIBLE))
    return table


_FOLDING = _build_folding()
_FOLDABLE = re.compile("[" + "".join(re.escape(chr(code)) for code in sorted(_FOLDING)) + "]")


def fold(text: str) -> str:
    """`text` with full-width digits, Latin letters and ％．＋－／ in half width, every blank a space, every line end a
    line feed and every invisible character `INVISIBLE`. Same length, and folding twice changes nothing more."""
    return _FOLDABLE.sub(_fold_match, text)


def _fold_match(match: re.Match[str]) -> str:
    return _FOLDING[ord(match.group())]
