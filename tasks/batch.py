"""What the tasks hand to each other: a batch of issues, each with what the stages have made of it so far.

These are plain classes on purpose: Prefect looks into collections and dataclasses that are passed to a task, and a
batch is too large to be looked through at every stage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gazette.ingest.sources import MAX_BYTES
from gazette.tables import STAGES
from tasks.calls import CRASHED, Crash
from tasks.runners import Runner

if TYPE_CHECKING:
    import polars as pl

    from gazette.clean.model import CleanText
    from gazette.ingest.model import Issue
    from gazette.ingest.sources import Reading, SourceReader
    from gazette.publish.columns import Row
    from gazette.publish.documents import Document, Ledger, Pending
    from gazette.publish.store import Store

BATCH_ISSUES, BATCH_BYTES = 2_000, 16 * 1024 * 1024
ISSUE_SECONDS = 120.0  # a whole newspaper page takes a hundredth of one
__all__ = ["CRASHED", "Batch", "Failure", "Limits", "Progress", "Report", "Run", "Work", "apply"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a run, for whoever shows it: a message, or how many of the issues have passed a stage."""

    message: str | None = None
    stage: str | None = None
    done: int = 0
    total: int = 0


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a batch and an issue may be: issues and bytes a batch, bytes an issue file, and seconds that cleaning an
    issue and extracting from it may each take."""

    batch_issues: int = BATCH_ISSUES
    batch_bytes: int = BATCH_BYTES
    issue_bytes: int = MAX_BYTES
    issue_seconds: float = ISSUE_SECONDS


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an issue goes no further."""

    stage: str
    reason: str
    detail: str


@dataclass(slots=True)
class Work:
    """One issue on its way."""

    reading: Reading
    original: Document | None = None
    clean: CleanText | None = None
    char_count: int | None = None  # of the decoded text
    stage_rows: dict[str, Row] = field(default_factory=dict)
    failure: Failure | None = None

    @property
    def issue(self) -> Issue:
        if self.reading.issue is None:
            raise ValueError(f"{self.reading.file.path} could not be read")
        return self.reading.issue

    def take_text(self) -> tuple[Issue, CleanText]:
        """The issue with its texts, which this then no longer holds: their rows take their place."""
        issue, clean = self.issue, self.clean
        if clean is None:
            raise ValueError(f"{self.reading.file.path} was not cleaned")
        self.reading, self.clean = replace(self.reading, issue=replace(issue, text="", layout=None)), None
        return issue, clean

    @property
    def is_going_on(self) -> bool:
        return self.failure is None and self.original is None


class Batch:
    """The issues that pass the stages together. `deferred` have the same bytes as another of the batch, and wait to see
    what becomes of it; `vanished` were gone before they could be read; `checks` is what each gate checked."""

    def __init__(self, number: int, pending: list[Pending]) -> None:
        self.number = number
        self.pending = pending
        self.works: list[Work] = []
        self.parts: list[dict[str, pl.DataFrame]] = []  # what was extracted, by table, a chunk of issues each
        self.deferred: list[Pending] = []
        self.vanished: list[str] = []
        self.checks: list[pl.DataFrame] = []

    def going_on(self) -> list[Work]:
        return [work for work in self.works if work.is_going_on]

    def build_frame(self, stage: str) -> pl.DataFrame:
        """The issues that have passed a stage, as its gate looks at them."""
        from gazette.publish.frames import build_frame

        return build_frame(STAGES[stage], [work.stage_rows[stage] for work in self.going_on()])

    def build_tables(self) -> dict[str, pl.DataFrame]:
        """The rows of the issues that have passed all stages, as the gate looks at them."""
        import polars as pl

        from gazette.publish.store import CONTENT
        from gazette.tables import TABLES

        going_on = [work.issue.issue_id for work in self.going_on()]
        stopped = len(going_on) < len(self.works)
        tables = {}
        for name in CONTENT:
            parts = [part[name] for part in self.parts]
            table = pl.concat(parts, rechunk=True) if parts else TABLES[name].unchecked().empty_frame
            tables[name] = table.filter(pl.col("issue_id").is_in(going_on)) if stopped else table
        return tables

    def let_go(self) -> None:
        """Empties what the stages made. Prefect's engines hold what was passed to a task in circles, which are found
        late, and the next batch needs the room."""
        self.works, self.parts, self.checks = [], [], []

    def quarantine(self, stage: str, rejected: pl.DataFrame) -> None:
        """Stops the issues that a gate rejected; `rejected` has issue_id, expectation and observed."""
        findings: dict[str, list[tuple[str, str]]] = {}
        for row in rejected.select("issue_id", "expectation", "observed").iter_rows():
            findings.setdefault(row[0], []).append((row[1], str(row[2])))
        for work in self.going_on():
            if found := findings.get(work.issue.issue_id):
                detail = "; ".join(f"{expectation}: {observed}" for expectation, observed in found)
                work.failure = Failure(stage, found[0][0], detail)

    def build_findings(self, found: pl.DataFrame) -> list[dict[str, object]]:
        """What a gate found, with the path of the issue it is about."""
        paths = {work.reading.issue_id: work.reading.file.path for work in self.works}
        return [{**row, "path": paths.get(row["issue_id"])} for row in found.to_dicts()]


class Run:
    """What all batches of a run share. Issue files are read by `reading`, where that is not the runner of the rest."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        reader: SourceReader,
        run_id: str,
        runner: Runner,
        limits: Limits,
        reading: Runner | None = None,
    ) -> None:
        self.store = store
        self.ledger = ledger
        self.reader = reader
        self.run_id = run_id
        self.runner = runner
        self.limits = limits
        self.reading = reading or runner


def apply(stage: str, works: list[Work], results: Iterable[Any]) -> Iterator[tuple[Work, Any]]:
    """Pairs each issue with its result; an issue whose stage crashed is stopped, and the others go on."""
    for work, result in zip(works, results, strict=True):
        if isinstance(result, Crash):
            work.failure = Failure(stage, result.reason, result.detail)
        else:
            yield work, result
