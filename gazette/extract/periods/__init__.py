"""Dates and periods.

`find_dates` reads the date expressions of a block, `PeriodContext` tells what day a figure speaks for.
"""

from gazette.extract.periods.context import PeriodContext
from gazette.extract.periods.dates import find_dates
from gazette.extract.periods.model import DateRole, DateSpan, Grain

__all__ = ["DateRole", "DateSpan", "Grain", "PeriodContext", "find_dates"]
