"""How the time of cleaning and extraction grows with the length of a text. Run: python -m benchmarks.linearity.

Every unit of hostile.toml is repeated to 1, 10 and 100 times --base characters and read; so are characters of every
plane of Unicode. Prints processor time by length for each unit and how it grew from 10 times to 100 times, in the
order of that growth: 10 is linear. Ends with 1 where one grew by more than --most: a unit that takes quadratic time
grows by 100. Then the largest issue that there may be: one line of 20 MB.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from gazette.clean import clean
from gazette.extract import extract
from gazette.ingest.decode import decode
from gazette.ingest.reasons import UnreadableIssue

UNITS = Path(__file__).with_name("hostile.toml")
DAY, REGION = date(2020, 3, 9), "500110"
FACTORS = (1, 10, 100)
LEAST = 0.05  # seconds: what takes less at the greatest length is not judged, for the clock is too coarse
LINE = 20 * 1024 * 1024  # bytes


class TooLong(Exception):
    """It took more processor time than a unit may."""


def load_units() -> dict[str, str]:
    units: dict[str, str] = tomllib.loads(UNITS.read_text(encoding="utf-8"))["units"]
    return units


def build_texts(base: int) -> Iterator[tuple[str, list[str]]]:
    """Each unit with its texts by length."""
    for name, unit in load_units().items():
        yield name, [repeat(unit, base * factor) for factor in FACTORS]
    yield "every_plane", [build_planes(base * factor) for factor in FACTORS]


def repeat(unit: str, length: int) -> str:
    return unit * max(1, length // len(unit))


def build_planes(length: int) -> str:
    """Characters from all of Unicode, evenly."""
    codes = (number * 0x110000 // length for number in range(length))
    return "".join(chr(code) for code in codes if not 0xD800 <= code <= 0xDFFF)


def read(text: str) -> None:
    """What a run does with the bytes of an issue; a text that is refused is cleaned and read all the same."""
    with suppress(UnreadableIssue):
        decode(text.encode())
    extract(clean(text), DAY, REGION)


def measure(work: Callable[[], None], most: float) -> float:
    """Processor time in seconds. Raises TooLong."""
    with limited(most):
        begin = time.process_time()
        work()
        return time.process_time() - begin


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooLong

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def measure_growth(base: int, longest: float) -> list[tuple[float, str, list[float]]]:
    """(growth, unit, seconds by length); a unit that took too long has grown without end."""
    rows = []
    for name, texts in build_texts(base):
        try:
            seconds = [measure(lambda text=text: read(text), longest) for text in texts]  # type: ignore[misc]
            growth = seconds[-1] / max(seconds[-2], LEAST / FACTORS[1]) if seconds[-1] > LEAST else 0.0
        except TooLong:
            seconds, growth = [], float("inf")
        rows.append((growth, name, seconds))
    return sorted(rows, reverse=True)


def measure_line() -> tuple[int, float]:
    """Characters of one line of 20 MB of ordinary text, and seconds."""
    unit = load_units()["one_line"]
    text = repeat(unit, LINE // 3)
    return len(text), measure(lambda: read(text), 3600)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--base", type=int, default=1_000, help="characters of the shortest texts")
    parser.add_argument("--most", type=float, default=25.0, help="growth from 10 to 100 times that is still linear")
    parser.add_argument("--longest", type=float, default=60.0, help="seconds that a text may take")
    options = parser.parse_args()
    read("截至3月9日，全区12家企业复工。")  # words and places are loaded outside the clock
    rows = measure_growth(options.base, options.longest)
    lengths = [f"{options.base * factor:,}" for factor in FACTORS]
    print(f"{'unit':24}{''.join(f'{length:>12}' for length in lengths)}   characters; grew from {lengths[1]}")
    for growth, name, seconds in rows:
        print(f"{name:24}{''.join(f'{one:11.3f}s' for one in seconds)}   {f'{growth:.1f}' if growth else '-'}")
    length, seconds_of_line = measure_line()
    print(f"one line of {length:,} characters: {seconds_of_line:.1f} s, {length / seconds_of_line:,.0f} a second")
    if rows[0][0] > options.most:
        sys.exit(f"{rows[0][1]} grew by {rows[0][0]:.1f}: that is not linear")


if __name__ == "__main__":
    main()
