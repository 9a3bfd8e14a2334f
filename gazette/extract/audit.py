"""Says over many issues where the printed figures went, and which rules never fired.

Takes issue texts; gives an `Audit`: shares of figures filed, outside the tables and unresolved, the commonest contexts
of unresolved ones, and how often each declared rule took a figure. It is for those who mend rules.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from gazette.clean import clean
from gazette.extract.model import Mention, Reason
from gazette.extract.reading import extract
from gazette.extract.records.declaration import load_rules

FILED = "filed"
CONTEXT = 8
_FIGURES = re.compile(r"[\d.,]+")


@dataclass(slots=True)
class Audit:
    """Counts over all issues read. `outcomes` maps (kind of figure, outcome) to how many; `fired` rule to records."""

    issues: int = 0
    characters: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    unresolved: Counter[str] = field(default_factory=Counter)

    @property
    def mentions(self) -> int:
        return sum(self.outcomes.values())

    def share(self, outcome: str) -> float:
        """The share of all figures with this outcome, 0 to 1; dates, ordinals and labels are figures too."""
        return sum(n for (_, each), n in self.outcomes.items() if each == outcome) / (self.mentions or 1)

    @property
    def never_fired(self) -> list[str]:
        """Rules of the tables that made no cell in any issue."""
        declared = [rule.name for rule in load_rules().indicators if rule.table is not None]
        return [name for name in declared if name not in self.fired]


def audit_issues(issues: Iterable[tuple[str, date, str]]) -> Audit:
    """Reads every (decoded text, issue date, region code). Memory does not grow with the number of issues, but for
    one counter entry a distinct unresolved context."""
    audit = Audit()
    for text, issue_date, region_code in issues:
        cleaned = clean(text)
        extraction = extract(cleaned, issue_date, region_code)
        audit.issues += 1
        audit.characters += len(text)
        for record in extraction.records:
            audit.fired.update(record.rules)
        for mention in extraction.mentions:
            _count(audit, mention, cleaned.text)
    return audit


def _count(audit: Audit, mention: Mention, text: str) -> None:
    outcome = str(mention.reason) if mention.reason is not None else FILED
    audit.outcomes[mention.quantity.kind, outcome] += 1
    if mention.reason is Reason.UNRESOLVED:
        start, end = mention.quantity.start, mention.quantity.end
        context = f"{text[max(0, start - CONTEXT) : start]}⟦#{mention.quantity.unit_text}⟧{text[end : end + CONTEXT]}"
        audit.unresolved[_FIGURES.sub("#", context).replace("\n", "⏎")] += 1
