"""Takes values, gives the text that stands for them in a script or a data block of a page.

JSON is not enough: `</script` and `<!--` end or open things in HTML wherever they stand, and two line separators that
JSON allows are line ends in older scripts.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def write_literal(value: Any) -> str:
    """JSON that is the same in a script, in an HTML data block and on its own; days and times as ISO 8601. Raises
    TypeError for what JSON has no form for, ValueError for NaN and infinity."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_write_time)
    return text.translate(ESCAPES)


def write_call(name: str, value: Any) -> str:
    """A script that hands a value to the page under a name."""
    return f"gazette.data({write_literal(name)},{write_literal(value)});\n"


def _write_time(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in a page")
