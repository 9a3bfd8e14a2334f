"""Cleaning: the running text of an issue, in blocks, every character with its place in the decoded text."""

from gazette.clean.cleaning import clean
from gazette.clean.digits import DigitBalance, DigitsDamaged, build_digit_balance, check_digits, count_digits
from gazette.clean.model import Block, CleanText, Role

__all__ = [
    "Block",
    "CleanText",
    "DigitBalance",
    "DigitsDamaged",
    "Role",
    "build_digit_balance",
    "check_digits",
    "clean",
    "count_digits",
]
