"""What reading scanned pages is held to: resolution, limits and the confidence that a figure is doubtful below.

Takes ocr.toml, gives `OcrSettings`. The threshold of confidence stands there and nowhere else.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

SETTINGS_FILE = Path(__file__).with_name("ocr.toml")


@dataclass(frozen=True, slots=True)
class OcrSettings:
    """See ocr.toml for what each means and its unit."""

    dots_per_inch: float
    detection_side: float
    most_lines: float
    least_line_confidence: float
    low_confidence: float
    largest_skew: float
    most_pages: float
    seconds_to_start: float
    seconds_a_page: float

    def is_doubtful(self, confidence: float | None) -> bool:
        """Whether a figure of that confidence is published with a mark only; None: it was not read by OCR."""
        return confidence is not None and confidence < self.low_confidence


@cache
def read_settings(file: Path = SETTINGS_FILE) -> OcrSettings:
    """Raises ValueError naming file and key."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file.name}: {error}") from error
    known = [field.name for field in fields(OcrSettings)]
    if unknown := sorted(content.keys() - set(known)):
        raise ValueError(f"{file.name}: unknown key {unknown[0]!r} (known: {', '.join(known)})")
    for key in known:
        value = content.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise ValueError(f"{file.name}: {key}: {value!r} is no number above 0")
    return OcrSettings(**content)
