"""A record being put together, and the columns that hold a count, its whole and its rate.

`Draft` is what grouping makes and what later steps name, date and place.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gazette.extract.model import Modality
from gazette.extract.records.sentences import Figure, Sentence

COUNTS = {"projects": "project_count", "enterprises": "enterprise_count", "labor": "headcount"}
TOTALS = {"projects": "total_count", "enterprises": "total_count", "labor": "total_headcount"}
RATES = {"projects": "resumption_rate", "enterprises": "resumption_rate", "labor": "labor_rate"}


SEVERAL = "several"  # phases listed together (签约、开工和投产): the record has none of its own
_STATUS_COLUMNS = {"enterprise_count", "total_count", "resumption_rate"}
_DEFAULT_KINDS = {"enterprises": "counted", "finance": "other", "labor": "employed"}


@dataclass(slots=True, eq=False)
class Draft:
    """A record being put together: its figures by column, and the sentence that opened it. `kind` is the value of the
    table's enum as far as it is told."""

    table: str
    sentence: Sentence
    figures: dict[str, Figure] = field(default_factory=dict)
    kind: str | None = None
    planned: bool = False
    parent: Draft | None = None

    @property
    def first(self) -> Figure:
        """The figure that stands first in the text."""
        return min(self.figures.values(), key=lambda figure: figure.quantity.start)

    @property
    def end(self) -> int:
        """Where its last figure ends."""
        return max(figure.quantity.end for figure in self.figures.values())

    @property
    def modality(self) -> Modality:
        return Modality.PLANNED if self.planned else Modality.ACTUAL

    @property
    def final_kind(self) -> str | None:
        """The value of the table's enum; a project of no told phase has none."""
        if self.table == "enterprises" and not _STATUS_COLUMNS & self.figures.keys():
            return "counted"
        if self.kind is not None:
            return None if self.kind == SEVERAL else self.kind
        if self.table == "labor" and "job_count" in self.figures:
            return "offered"
        return _DEFAULT_KINDS.get(self.table)
