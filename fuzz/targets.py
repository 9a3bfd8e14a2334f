"""The fuzz targets: bytes of the engine become bytes, texts or runs of a few words, and the promises are checked.

Run: python -m fuzz.targets TARGET [CORPUS] [-max_total_time=60 …], the rest as libFuzzer takes it. Texts are put
together from the words that the extraction knows (words.txt), a byte or two a word, because bytes at random make no
figures. What breaks a promise is written as crash-… or timeout-… in the working folder; `--show FILE` prints its text.
"""

from __future__ import annotations

import re
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import atheris

# A loop over all places, once an issue, would be most of what is counted.
with atheris.instrument_imports(include=["gazette"], exclude=["gazette.extract.places.gazetteer", "gazette.tables"]):
    import gazette
    from fuzz import promises

WORDS = Path(__file__).with_name("words.txt")
CHINESE_WORD = re.compile("[\u4e00-\u9fff]{1,8}")
BRACKETS = str.maketrans("", "", "⟦⟧")
LEXICON, ANY_CHARACTER = 0x80, 0xFF  # the bytes from which on a word is of the lexicon, and any character
RUN = 4_000  # characters of a run
PATIENCE = 1.5  # seconds of processor time that four runs' length may take, some twenty times what it should


@cache
def load_marks() -> list[str]:
    """Figures, marks and blanks, and the words that stand around figures most."""
    return [*WORDS.read_text(encoding="utf-8").split(), *" \n\t\u3000\u200b\r"]


@cache
def load_lexicon() -> list[str]:
    """Every word of the lists that cleaning and extraction go by, and the examples of the rules."""
    words: set[str] = set()
    for file in sorted(Path(gazette.__file__).parent.glob("*/**/*.toml")):
        if file.parent.name not in ("ingest", "tables"):
            collect(tomllib.loads(file.read_text(encoding="utf-8")), words)
    return sorted(words)


def collect(value: object, words: set[str]) -> None:
    if isinstance(value, str):
        words.update([value.translate(BRACKETS)] if "⟦" in value else CHINESE_WORD.findall(value))
    elif isinstance(value, dict):
        for inner in value.values():
            collect(inner, words)
    elif isinstance(value, list):
        for inner in value:
            collect(inner, words)


def build_text(data: bytes) -> str:
    """A byte below 0x80 is a mark, two bytes a word of the lexicon, 0xFF and three bytes any character."""
    marks, lexicon, parts, place = load_marks(), load_lexicon(), [], 0
    while place < len(data):
        byte = data[place]
        if byte == ANY_CHARACTER:
            code = int.from_bytes(data[place + 1 : place + 4], "big") % 0x110000
            parts.append("" if 0xD800 <= code <= 0xDFFF else chr(code))
        elif byte < LEXICON:
            parts.append(marks[byte % len(marks)])
        else:
            parts.append(lexicon[int.from_bytes(data[place : place + 2], "big") % len(lexicon)])
        place += 4 if byte == ANY_CHARACTER else 1 if byte < LEXICON else 2
    return "".join(parts)


@contextmanager
def showing(text: str) -> Iterator[None]:
    """Prints a text that breaks a promise: the words, and so the texts of kept bytes, change with the rules."""
    try:
        yield
    except Exception:
        print(f"\ntext = {text!r}", flush=True)
        raise


def fuzz_decoding(data: bytes) -> None:
    promises.check_decoding(data)


def fuzz_cleaning(data: bytes) -> None:
    text = build_text(data)
    with showing(text):
        promises.check_cleaning(text)


def fuzz_extraction(data: bytes) -> None:
    text = build_text(data)
    with showing(text):
        promises.check_extraction(text)


def fuzz_repetition(data: bytes) -> None:
    """A few words over and over: what takes more than linear time shows here."""
    unit = build_text(data[:16])
    if not unit:
        return
    short, long = (measure(unit * (length // len(unit) + 1)) for length in (RUN, 4 * RUN))
    assert long < PATIENCE or long < 6 * short, (
        f"{unit!r}: {short:.2f} s at {RUN} characters, {long:.2f} s at {4 * RUN}"
    )


def measure(text: str) -> float:
    begin = time.process_time()
    promises.extract(promises.clean(text), promises.DAY, promises.REGION)
    return time.process_time() - begin


TARGETS: dict[str, Callable[[bytes], None]] = {
    "decoding": fuzz_decoding,
    "cleaning": fuzz_cleaning,
    "extraction": fuzz_extraction,
    "repetition": fuzz_repetition,
}


def main() -> None:
    name, *options = sys.argv[1:]
    if name == "--show":
        print(repr(build_text(Path(options[0]).read_bytes())))
        return
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
