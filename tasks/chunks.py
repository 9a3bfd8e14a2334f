"""What the runners do with a chunk of issues: read their files, clean their texts, extract from them.

Worker processes and the machines of a cluster import this module: it knows no Prefect, which takes seconds to import.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import polars as pl

from gazette.clean import clean as clean_text
from gazette.clean.model import CleanText
from gazette.extract import extract as extract_text
from gazette.ingest.formats import open_sandbox
from gazette.ingest.model import Issue
from gazette.ingest.sandbox import Sandbox
from gazette.ingest.sources import IssueFile, Reading, SourceReader
from gazette.publish.columns import Row, join_rows
from gazette.publish.frames import build_clean_row, build_extract_row, build_frame, build_ingest_row
from gazette.publish.rows import build_rows
from gazette.publish.store import CONTENT
from gazette.tables import TABLES
from tasks.calls import Crash, call

Read = tuple[Reading, Row | Crash | None]  # the row is what the gate after ingest sees
Cleaned = tuple[CleanText, Row]
Pair = tuple[Issue, CleanText]
Rows = dict[str, Sequence[Row]]


def read_files(files: Sequence[IssueFile], raw: Path, max_bytes: int) -> list[Read | None]:
    """What each file holds; None for one that is gone. Several at once, but for text: other formats are read in
    processes of their own, and a thread only waits for one."""
    reader = SourceReader(raw, max_bytes, _open_sandbox())

    def read(file: IssueFile) -> Read | None:
        try:
            reading = reader.read_issue(file)
        except FileNotFoundError:
            return None
        return reading, call(build_ingest_row, reading.issue) if reading.issue else None

    if all(file.path.endswith(".txt") for file in files):
        return [read(file) for file in files]
    threads = ThreadPoolExecutor(reader.sandbox.size)
    try:
        return list(threads.map(read, files))
    except BaseException:
        threads.shutdown(wait=False, cancel_futures=True)
        reader.sandbox.close()  # whoever interrupts the run need not wait for a page to be read
        raise
    finally:
        threads.shutdown()


@cache
def _open_sandbox() -> Sandbox:
    """One a process. A process that is a worker has others beside it, which read as well."""
    is_worker = multiprocessing.parent_process() is not None
    return Sandbox(1) if is_worker else open_sandbox()


def clean_issues(issues: Sequence[Issue], seconds: float) -> list[Cleaned | Crash]:
    return [call(clean_issue, issue, seconds) for issue in issues]


def clean_issue(issue: Issue) -> Cleaned:
    """The cleaned text, and the issue as the gate after this stage sees it."""
    cleaned = clean_text(issue.text)
    return cleaned, build_clean_row(issue, cleaned)


class Extracted:
    """What a chunk of issues gives: its rows by table, and each issue as the gate after this stage sees it, or why it
    crashed."""

    def __init__(self, tables: dict[str, pl.DataFrame], issues: list[Row | Crash]) -> None:
        self.tables = tables
        self.issues = issues


def extract_issues(pairs: Sequence[Pair], seconds: float) -> Extracted:
    """The rows of several issues. Raises where the rows of one are none of their tables; alone, it is that one."""
    results = [call(extract_issue, pair, seconds) for pair in pairs]
    rows = [result[0] for result in results if not isinstance(result, Crash)]
    tables = {name: build_frame(TABLES[name].unchecked(), join_rows([one[name] for one in rows])) for name in CONTENT}
    return Extracted(tables, [result if isinstance(result, Crash) else result[1] for result in results])


def extract_issue(pair: Pair) -> tuple[Rows, Row]:
    """The rows of the tables, and the issue as the gate after this stage sees it."""
    issue, cleaned = pair
    extraction = extract_text(cleaned, issue.issue_date, issue.region_code)
    rows = build_rows(issue, cleaned, extraction)
    return rows, build_extract_row(issue, cleaned, extraction, rows["mentions"])
