"""Printed figures: numbers with their approximators and units, dates, ordinals and labels."""

from gazette.extract.quantities.finder import find_quantities
from gazette.extract.quantities.numbers import Number, find_numbers
from gazette.extract.quantities.numerals import Numeral, parse_numeral

__all__ = ["Number", "Numeral", "find_numbers", "find_quantities", "parse_numeral"]
