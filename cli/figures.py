"""How a figure is written for reading: 206.93亿, ≈300亿, ≥99%, 5–6%."""

from __future__ import annotations

from decimal import Decimal

SIGNS = {"about": "≈", "more_than": ">", "at_least": "≥", "nearly": "<", "at_most": "≤"}
LEGEND = (
    "≈ about 约 · > more than 多/余 · ≥ at least 以上 · < nearly 近 · ≤ at most 以下\n"
    "5–6 range 区间 · 万 = 10,000 · 亿 = 100 million · 万亿 = 1,000 billion"
)
SCALES = ((Decimal(10**12), "万亿"), (Decimal(10**8), "亿"), (Decimal(10**4), "万"))
Number = float | int | Decimal


def write_figure(
    value: Number, unit: str | None, qualifier: str | None, low: Number | None = None, high: Number | None = None
) -> str:
    """The value with the sign of its qualifier; a range as its two ends. Money in 万, 亿 or 万亿, every digit kept."""
    if qualifier == "range" and low is not None and high is not None:
        return f"{_write_number(low, unit)}–{_write_number(high, unit)}{'%' if unit == 'percent' else ''}"
    return f"{SIGNS.get(qualifier or '', '')}{_write_number(value, unit)}{'%' if unit == 'percent' else ''}"


def _write_number(value: Number, unit: str | None) -> str:
    exact = Decimal(str(value))
    scale, name = _find_scale(exact) if unit == "CNY" else (Decimal(1), "")
    digits = f"{exact / scale:,f}"
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + name


def _find_scale(value: Decimal) -> tuple[Decimal, str]:
    return next(((scale, name) for scale, name in SCALES if abs(value) >= scale), (Decimal(1), ""))
