"""Takes an issue file's bytes, gives its text and the encoding it was in.

The rule: a byte order mark decides; else strict UTF-8 without NUL; else of GB18030, Big5 and UTF-16 (both orders),
decoded strictly, the one that gives the highest share of common Chinese characters and punctuation. GB2312 and GBK
are parts of GB18030. What a file calls itself is never believed.
"""

from __future__ import annotations

import codecs
import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from gazette.ingest.placement import Layout
from gazette.ingest.reasons import Reason, UnreadableIssue

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CANDIDATES = ("gb18030", "big5", "utf-16-le", "utf-16-be")
SAMPLE, PIECE = 6_000, 1_000  # characters that are enough to judge a text by; how many are looked at in one go
FEWEST_HAN = 0.5  # of the letters; a Chinese page has over 0.9, a Japanese one under 0.5
FEWEST_COMMON = 0.3  # of the letters; running Chinese has over 0.7, a wrong decoding under 0.2
JUDGED_FROM = 20  # letters; shorter texts are not judged by how common their characters are
MOST_CONTROLS = 0.01
_USUAL = re.compile("[\u4e00-\u9fa5]+")  # assigned since the first version of Unicode, all of them letters
NO_TEXT = ("Cc", "Cn", "Co")  # categories of Unicode: controls, unassigned, private use


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with line ends as "\\n" and no byte order mark, the encoding that it came in, and where it is printed, if
    it comes from a page."""

    text: str
    encoding: str
    layout: Layout | None = None


@cache
def read_characters() -> tuple[frozenset[str], frozenset[str]]:
    """The common Chinese characters, and the punctuation and figures that stand between them."""
    data = tomllib.loads(files(__package__).joinpath("characters.toml").read_text(encoding="utf-8"))
    return frozenset("".join((data["simplified"] + data["traditional"]).split())), frozenset(data["punctuation"])


def decode(data: bytes) -> Decoded:
    """The text of `data`. Raises UnreadableIssue (empty, binary, undecodable, not_chinese)."""
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise UnreadableIssue(Reason.EMPTY, f"{len(data)} bytes and no text in them")
    text, encoding = decode_unchecked(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    check_text(text, encoding)
    return Decoded(text, encoding)


def decode_unchecked(data: bytes) -> tuple[str, str]:
    """The text whatever it is about, its line ends as they are, and the encoding. Raises UnreadableIssue (binary,
    undecodable)."""
    return _decode_marked(data) or _decode_utf8(data) or _decode_best(data)


def _decode_marked(data: bytes) -> tuple[str, str] | None:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), encoding
            except UnicodeDecodeError as error:
                detail = f"marked as {encoding}, broken at byte {len(mark) + error.start}"
                raise UnreadableIssue(Reason.UNDECODABLE, detail) from error
    return None


def _decode_utf8(data: bytes) -> tuple[str, str] | None:
    if b"\x00" in data:
        return None
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return None


def _decode_best(data: bytes) -> tuple[str, str]:
    decoded = {encoding: text for encoding in CANDIDATES if (text := _decode_strictly(data, encoding)) is not None}
    best = max(decoded, key=lambda encoding: find_common_share(decoded[encoding]), default=None)
    if best is None or find_common_share(decoded[best]) < FEWEST_COMMON:
        _check_bytes(data)
        _check_almost_utf8(data)
    if best is None:
        raise UnreadableIssue(Reason.UNDECODABLE, f"not in {', '.join(('utf-8', *CANDIDATES))}")
    return decoded[best], best


def _decode_strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def find_common_share(text: str) -> float:
    """Share of common Chinese characters and punctuation among the first characters of `text`, 0 to 1. White space
    counts neither way."""
    common, punctuation = read_characters()
    counts = Counter(text[:SAMPLE])
    seen = sum(n for c, n in counts.items() if not c.isspace())
    return sum(n for c, n in counts.items() if (c in common or c in punctuation) and not c.isspace()) / (seen or 1)


def find_han_share(text: str) -> float:
    """Share of Chinese characters among the letters of `text`, 0 to 1; 0 where there is no letter."""
    return _read_sample(text[:SAMPLE]).han_share


class _Sample(NamedTuple):
    """What the beginning of a text is made of: characters, and of these controls, letters and Chinese letters."""

    total: int
    controls: int
    letters: int
    han: int

    @property
    def han_share(self) -> float:
        return self.han / (self.letters or 1)


@lru_cache(maxsize=16)  # each text is judged when it is decoded, and described soon after
def _read_sample(sample: str) -> _Sample:
    """Chinese characters of the usual block, which are most of a text, are counted in runs; the others one by one."""
    rest = _USUAL.sub("", sample)
    usual, counts = len(sample) - len(rest), Counter(rest)
    letters = {c: n for c, n in counts.items() if c.isalpha()}
    controls = sum(n for c, n in counts.items() if unicodedata.category(c) in NO_TEXT and c not in "\n\t\f\x1a")
    return _Sample(
        total=len(sample),
        controls=controls,
        letters=usual + sum(letters.values()),
        han=usual + sum(n for c, n in letters.items() if is_han(c)),
    )


def _count_common(sample: str, enough: float) -> int:
    """How many common Chinese characters there are; counted no further than to `enough` of them."""
    common, usual_common = _find_common()
    count = 0
    for start in range(0, len(sample), PIECE):
        piece = sample[start : start + PIECE]
        rest = usual_common.sub("", piece)
        count += len(piece) - len(rest) + sum(map(common.__contains__, rest))
        if count >= enough:
            break
    return count


@cache
def _find_common() -> tuple[frozenset[str], re.Pattern[str]]:
    """The common characters outside the usual block, and runs of those in it."""
    common, _ = read_characters()
    usual = "".join(sorted(c for c in common if _USUAL.match(c)))
    return frozenset(common.difference(usual)), re.compile(f"[{usual}]+")


def is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf" or character >= "\U00020000"


def check_text(text: str, encoding: str) -> None:
    """Raises UnreadableIssue (binary, empty, not_chinese) where the text is none that can be published."""
    sample = _read_sample(text[:SAMPLE])
    if sample.controls > MOST_CONTROLS * sample.total:
        raise UnreadableIssue(Reason.BINARY, f"{sample.controls} control characters among the first {sample.total}")
    if not sample.letters:
        raise UnreadableIssue(Reason.NOT_CHINESE if text.strip() else Reason.EMPTY, "no letters in it")
    if sample.han_share < FEWEST_HAN:
        share = f"{sample.han_share:.0%} of the letters are Chinese (decoded as {encoding})"
        raise UnreadableIssue(Reason.NOT_CHINESE, share)
    if sample.letters < JUDGED_FROM:
        return
    known = _count_common(text[:SAMPLE], FEWEST_COMMON * sample.letters) / sample.letters
    if known < FEWEST_COMMON:
        raise UnreadableIssue(Reason.NOT_CHINESE, f"read as {encoding}, only {known:.0%} are common Chinese characters")


def _check_bytes(data: bytes) -> None:
    """Raises UnreadableIssue where the bytes are no text in any of the encodings."""
    sample = data[:SAMPLE]
    controls = sum(byte < 32 and byte not in b"\t\n\f\r\x1a" for byte in sample)
    if controls > MOST_CONTROLS * len(sample):
        raise UnreadableIssue(Reason.BINARY, f"{controls} control bytes among the first {len(sample)}")


def _check_almost_utf8(data: bytes) -> None:
    """Raises UnreadableIssue where the bytes are UTF-8 but for a few places (or a NUL): damaged, and not
    to be guessed at."""
    text = data.decode("utf-8", errors="replace").replace("\x00", "\ufffd")
    if 0 < text.count("\ufffd") <= max(3, len(text) // 100) and find_common_share(text) >= FEWEST_COMMON:
        place = len(text[: text.index("\ufffd")].encode())
        raise UnreadableIssue(Reason.UNDECODABLE, f"UTF-8, broken at byte {place}")
