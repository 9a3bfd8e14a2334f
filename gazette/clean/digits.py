"""The account of digits: none is lost and none invented between the decoded and the cleaned text.

Takes both texts, gives the counts that the gate of the stage and the documents table need. Kept apart from the cleaning
itself, and sharing none of its code but the folding of full-width digits, so that it does not repeat its mistakes.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from gazette.clean.model import CleanText

_CHINESE = "〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟"
NUMERAL = re.compile(rf"[\d{_CHINESE}]")
_DECIMAL = re.compile(r"\d")
_HALF_WIDTH = {ord(full): half for half, full in zip("0123456789", "０１２３４５６７８９", strict=True)}


@dataclass(frozen=True, slots=True)
class DigitBalance:
    """Digits in and kept (Unicode decimal digits), and by digit what went missing or came from nowhere.

    `lost` and `invented` also hold Chinese numerals, and digits at a place where the decoded text has another."""

    digits_in: int
    digits_kept: int
    lost: dict[str, int]
    invented: dict[str, int]

    @property
    def even(self) -> bool:
        return not self.lost and not self.invented


class DigitsDamaged(ValueError):
    """Cleaning lost or invented a digit; `balance` says which."""

    def __init__(self, balance: DigitBalance) -> None:
        super().__init__(f"digits lost {balance.lost or 'none'}, invented {balance.invented or 'none'}")
        self.balance = balance


def count_digits(text: str) -> Counter[str]:
    """How often each Unicode decimal digit (full width counted as half width) and each Chinese numeral occurs."""
    return Counter("".join(NUMERAL.findall(text)).translate(_HALF_WIDTH))


def fold_digits(text: str) -> str:
    """The text with digits of full width as digits of half width."""
    return text.translate(_HALF_WIDTH)


def build_digit_balance(decoded: str, clean: CleanText) -> DigitBalance:
    """Compare the digits of `decoded` with those of `clean`, as counts and place by place."""
    before, after = count_digits(decoded), count_digits(clean.text)
    lost, invented = before - after, after - before
    for match in _DECIMAL.finditer(clean.text):
        source = decoded[clean.places[match.start()]]
        if source != match.group() and source.translate(_HALF_WIDTH) != match.group():
            invented[match.group()] += 1
    return DigitBalance(_count_decimals(before), _count_decimals(after), dict(lost), dict(invented))


def check_digits(decoded: str, clean: CleanText) -> DigitBalance:
    """The digit balance of a cleaned text; raises `DigitsDamaged` unless it is even."""
    balance = build_digit_balance(decoded, clean)
    if not balance.even:
        raise DigitsDamaged(balance)
    return balance


def _count_decimals(counts: Counter[str]) -> int:
    return sum(count for digit, count in counts.items() if digit not in _CHINESE)
