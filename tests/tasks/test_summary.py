"""What a run tells of itself: all files are counted, however many batches there were and however large they are."""

from __future__ import annotations

from tasks.summary import KEPT, RunSummary


def build_batch(first: int, count: int, status: str = "published") -> RunSummary:
    paths = (f"daily/2020-03-09/{number:05}.txt" for number in range(first, first + count))
    return RunSummary(documents=[{"path": path, "status": status, "mentions_count": 2} for path in paths])


def test_batches_larger_than_what_is_listed_are_counted_whole() -> None:
    summary = RunSummary()
    summary.add(build_batch(0, KEPT + 90))
    summary.add(build_batch(KEPT + 90, KEPT + 90))
    summary.add(build_batch(9 * KEPT, 3, "quarantined"))
    assert summary.message == f"{2 * KEPT + 180} published, 3 quarantined, 0 rows rejected"
    assert summary.totals["mentions_count"] == 2 * (2 * KEPT + 180)
    assert len(summary.documents) == KEPT + 3


def test_a_file_that_is_processed_twice_counts_once() -> None:
    summary = build_batch(0, KEPT + 5)
    summary.add(build_batch(0, KEPT + 5, "superseded"))
    assert summary.message == f"{KEPT + 5} superseded, 0 rows rejected"
    assert summary.totals["mentions_count"] == 0
