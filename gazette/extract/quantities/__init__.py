"""Printed figures: numbers with their approximators and units, dates, ordinals and labels."""

from gazette.extract.quantities.finder import find_quantities

__all__ = ["find_quantities"]
