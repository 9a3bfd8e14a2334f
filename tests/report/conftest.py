"""A small published data folder that is made to be read, its report, and the system's Chromium without a network."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from expectations.results import SUMMARY
from gazette.clean import clean
from gazette.extract import extract
from gazette.ingest.decode import Decoded
from gazette.ingest.formats import find_format, open_sandbox, read_text
from gazette.ingest.model import Issue
from gazette.publish.checks import build_checks
from gazette.publish.frames import build_frame, mark_rejected_mentions
from gazette.publish.rows import build_rows
from gazette.publish.series import derive_series
from gazette.publish.store import CONTENT, Change, Store, build_month
from gazette.report import build_report
from gazette.tables import RECORD_TABLES, TABLES
from tests.report.issues import DISPUTING, HOSTILE, REJECTED_RULE, TELLING

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHECKED_AT = datetime(2020, 4, 1, 2, tzinfo=UTC)


@dataclass
class Published:
    """A data folder that issues are published to without a pipeline around it."""

    root: Path
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.root)
        self.store.generations.mkdir(parents=True)

    @property
    def site(self) -> Path:
        return self.root / "reports"

    def publish(
        self,
        content: str | bytes,
        day: date,
        path: str = "01.txt",
        is_rejected: Callable[[Any], bool] = lambda row: False,
    ) -> str:
        """The issue's identity. Records for which `is_rejected` holds go to quarantine, as a gate would do it."""
        data = content.encode() if isinstance(content, str) else content
        issue = _read_issue(data, day, path)
        file = self.root / "raw" / issue.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        cleaned = clean(issue.text)
        rows = build_rows(issue, cleaned, extract(cleaned, issue.issue_date, issue.region_code))
        change = _build_change(issue, rows, is_rejected)
        derived = derive_series(self.store, change)
        nothing = TABLES["series"].quarantine().empty_frame
        summary = pl.DataFrame([REJECTED_RULE], schema=SUMMARY, orient="row")
        checks = build_checks(self.store, [summary], f"run of {day}", CHECKED_AT)
        change.revisions = [*derived.build_revisions(derived.rows, nothing), checks]
        self.store.commit(change)
        return issue.issue_id

    def report(self) -> Any:
        return build_report(self.root)

    def page(self, issue_id: str) -> Path:
        return self.site / "issues" / issue_id[:2] / f"{issue_id[:32]}.html"


def _read_issue(data: bytes, day: date, path: str) -> Issue:
    # What is full of markup would be read as a page of the web, and its markup be gone: here it is what was printed.
    format_ = "txt" if path.endswith(".txt") else find_format(data)
    decoded = read_text(data, format_, open_sandbox()) if format_ != "txt" else Decoded(data.decode(), "utf-8")
    return Issue(
        issue_id=hashlib.sha256(data).hexdigest(),
        path=f"daily/{day}/{path}",
        publication="daily",
        publication_name="某日报",
        issue_date=day,
        page=Path(path).stem,
        region_code="500110",
        format=format_,
        encoding=decoded.encoding,
        byte_count=len(data),
        text=decoded.text,
        layout=decoded.layout,
    )


def _build_change(issue: Issue, rows: dict[str, list[Any]], is_rejected: Callable[[Any], bool]) -> Change:
    kept_back = {name: [row for row in rows[name] if is_rejected(row)] for name in RECORD_TABLES}
    ids = [row["record_id"] for found in kept_back.values() for row in found]
    accepted = {
        name: build_frame(
            TABLES[name].unchecked(),
            [row for row in rows[name] if row.get("record_id") not in ids or name == "mentions"],
        ).cast(TABLES[name].polars_schema())
        for name in CONTENT
    }
    accepted["mentions"] = mark_rejected_mentions(accepted["mentions"], ids)
    broken = {"expectation": REJECTED_RULE[2], "observed": "resumption_rate=103"}
    rejected = {
        name: build_frame(TABLES[name].quarantine(), [row | broken for row in found])
        for name, found in kept_back.items()
    }
    document = {
        **{
            name: getattr(issue, name)
            for name in ("issue_id", "path", "publication", "publication_name", "region_code")
        },
        **{name: getattr(issue, name) for name in ("issue_date", "page", "format", "encoding", "byte_count")},
        **{f"{name}_count": accepted[name].height for name in (*RECORD_TABLES, "mentions")},
        "rejected_count": len(ids),
        "status": "published",
        "pipeline_version": "1",
        "run_id": f"run of {issue.issue_date}",
        "ingested_at": CHECKED_AT,
    }
    return Change(
        accepted=accepted,
        rejected=rejected,
        months={issue.issue_id: build_month(issue.issue_date)},
        documents=build_frame(TABLES["documents"], [document]),
    )


@pytest.fixture
def published(tmp_path: Path) -> Published:
    return Published(tmp_path / "data")


@dataclass(frozen=True)
class Reported:
    """A report of issues that tell, dispute and attack; `ids` are their identities."""

    published: Published
    ids: dict[str, str]

    def page(self, name: str) -> str:
        return self.published.page(self.ids[name]).as_uri()

    def uri(self, path: str) -> str:
        return (self.published.site / path).as_uri()


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    published = Published(tmp_path_factory.mktemp("report") / "data")
    ids = {
        "telling": published.publish(
            TELLING, date(2020, 3, 18), is_rejected=lambda row: (row.get("resumption_rate") or 0) > 100
        ),
        "disputing": published.publish(DISPUTING, date(2020, 4, 2)),
        "hostile": published.publish(HOSTILE, date(2020, 4, 3), "'\"><b>.txt"),
    }
    published.report()
    return Reported(published, ids)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The system's browser, and the event loop that it keeps open, for no longer than one module. Tests that need it are
    skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


class Watch:
    """What a page did that it must not: asked for anything but files, failed at that, or wrote to the console."""

    def __init__(self, page: Any) -> None:
        self.faults: list[str] = []
        page.on("request", lambda request: self._see(request.url))
        page.on("requestfailed", lambda request: self.faults.append(f"failed: {request.url}"))
        page.on("console", lambda message: self.faults.append(f"console: {message.type} {message.text}"))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _see(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            self.faults.append(f"left the disk: {url}")


@pytest.fixture
def new_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages with the network cut off; at the end none of them may have done what it must not."""
    contexts, watches = [], []

    def open_page(**options: Any) -> Any:
        context = chromium.new_context(**{"offline": True, "locale": "en-US", **options})
        contexts.append(context)
        page = context.new_page()
        watches.append(Watch(page))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [fault for watch in watches for fault in watch.faults] == []
