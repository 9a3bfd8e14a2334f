"""The site as a whole: which pages there are, and which of them have to be made anew.

Takes the data folder; writes `reports/` month by month, so that it never holds more than a month of the tables. The
pages of the issues of a month are one unit, and so is a month of a table: one new issue means its own page, the tables'
files of its month, and the overviews.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import polars as pl
from markupsafe import Markup

from gazette.ingest.formats import open_sandbox
from gazette.ingest.reasons import UnreadableIssue
from gazette.ingest.sandbox import Sandbox
from gazette.publish.documents import PUBLISHED
from gazette.publish.snapshots import read_generation
from gazette.publish.store import Store, StoreError, build_month
from gazette.report.charts import write_scripts
from gazette.report.declaration import find_table, write_declaration
from gazette.report.dictionary import build_dictionary
from gazette.report.disagreement import build_disagreement
from gazette.report.issues import REASONS, Rules, build_issue, read_rule_words
from gazette.report.literals import write_call, write_literal
from gazette.report.output import Output, Unit
from gazette.report.overview import build_overview
from gazette.report.quality import build_quality
from gazette.report.rendering import TABLE_PAGES, render
from gazette.report.sheets import PAGED, Sheet, draw, find_pages, read_source
from gazette.report.snapshot import OF_ISSUES, QUARANTINE, Snapshot
from gazette.report.tables import MOST_ROWS, build_chunks, build_index, find_sources
from gazette.report.words import Words
from gazette.tables import RECORD_TABLES

FOLDER = "reports"
GONE = "its file is no longer below raw/, or was changed"
Row = dict[str, Any]


class ReportError(RuntimeError):
    """The report cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """What became of the site: its folder and first page, how many files it has and their bytes, how many were written
    and removed this time."""

    folder: Path
    files: int
    bytes: int
    written: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def first_page(self) -> Path:
        return self.folder / "index.html"


def build_report(
    data: Path, folder: Path | None = None, tell: Callable[[str], None] = lambda words: None
) -> ReportSummary:
    """Writes or renews the site of `data` in `folder` (data/reports). Raises ReportError where nothing is published, a
    newer version wrote the tables, or the folder cannot be written."""
    store, folder = Store(data), folder or data / FOLDER
    try:
        return read_generation(store, lambda root: _write_site(Snapshot(root), store.raw, folder, tell))
    except StoreError as error:
        raise ReportError(str(error)) from error
    except OSError as error:
        raise ReportError(f"{folder}: {error}") from error


def _write_site(snapshot: Snapshot, raw: Path, folder: Path, tell: Callable[[str], None]) -> ReportSummary:
    output = Output(folder)
    with output.opened():
        Site(snapshot, raw, output, tell).write()
        count, size = output.count()
    return ReportSummary(folder, count, size, tuple(output.written), tuple(output.removed))


class Site:
    """The pages of one generation, on their way to the folder."""

    def __init__(self, snapshot: Snapshot, raw: Path, output: Output, tell: Callable[[str], None]) -> None:
        self.snapshot = snapshot
        self.raw = raw
        self.output = output
        self.tell = tell
        self.generation = int(snapshot.root.name) if snapshot.root.name.isdigit() else 0
        self.rules: Rules = read_rule_words(snapshot.scan("checks").collect().iter_rows(named=True))

    def write(self) -> None:
        self._write_assets()
        sandbox = open_sandbox()
        try:
            for month in self.snapshot.find_months("documents"):
                self._write_issues(month, sandbox)
        finally:
            sandbox.close()
        self._write_tables()
        self._write_overviews()

    # -- what never changes with the data

    def _write_assets(self) -> None:
        unit = self.output.begin("assets", find_version())
        if unit is None:
            return
        for asset in sorted(files(__package__).joinpath("assets").iterdir(), key=lambda one: one.name):
            self.output.write(unit, f"assets/{asset.name}", asset.read_bytes())
        self.output.write(unit, "assets/declaration.js", write_declaration(TABLE_PAGES))
        for name, script in write_scripts().items():
            self.output.write(unit, f"assets/{name}", script)
        for name in TABLE_PAGES:
            self.output.write(
                unit, f"tables/{name}.html", self._render_still("table.html", "../", here=name, about=_describe(name))
            )

    # -- issues

    def _write_issues(self, month: str, sandbox: Sandbox) -> None:
        inputs = f"{find_version()} {self.snapshot.digest(OF_ISSUES, month)}"
        unit = self.output.begin(f"issues {month}", inputs)
        if unit is None:
            return
        self.tell(f"issues of {month}")
        for document, rows in _read_issues(self.snapshot, month):
            sheets = self._draw_sheets(unit, document, rows["mentions"], sandbox)
            page = build_issue(
                document, rows["texts"][0]["text"], rows["mentions"], rows, rows["rejected"], self.rules, sheets
            )
            parents = {record.row["record_id"] for record in (*page.records, *page.rejected)}
            facts = Markup(write_literal(page.facts()))  # it has no character that means something in HTML
            html = self._render_still(
                "issue.html", "../../", here="issue", issue=page, facts=facts, parents=parents, reasons=REASONS
            )
            self.output.write(unit, find_page(document["issue_id"]), html)

    def _draw_sheets(self, unit: Unit, document: Row, mentions: list[Row], sandbox: Sandbox) -> tuple[Sheet, ...]:
        if document["format"] not in PAGED:
            return ()
        sizes = self.output.read_notes(f"issues {build_month(document['issue_date'])}") | unit.notes
        return tuple(self._draw_all(unit, document, sizes, find_pages(mentions), sandbox))

    def _draw_all(
        self, unit: Unit, document: Row, sizes: Mapping[str, Any], pages: list[int], sandbox: Sandbox
    ) -> Iterator[Sheet]:
        """A picture that an earlier report drew stays: its name says whose it is."""
        issue_id, data = document["issue_id"], None
        for number in pages:
            path = f"pages/{issue_id[:2]}/{issue_id[:32]}-{number}.webp"
            if path in sizes and self.output.keep(unit, path):
                unit.notes[path] = sizes[path]
                width, height = sizes[path]
                yield Sheet(number, width, height, path)
                continue
            data = data or read_source(self.raw, document["path"], issue_id, sandbox)
            if data is None:
                yield Sheet(number, problem=GONE)
                continue
            try:
                picture = draw(data, number, document["format"] == "pdf", sandbox)
            except UnreadableIssue as failure:
                yield Sheet(number, problem=str(failure))
                continue
            self.output.write(unit, path, picture.webp)
            unit.notes[path] = (picture.width, picture.height)
            yield Sheet(number, picture.width, picture.height, path)

    # -- tables

    def _write_tables(self) -> None:
        for name in TABLE_PAGES:
            self.tell(f"table {name}")
            parts, left = [], MOST_ROWS
            total = sum(self.snapshot.count_rows(*source) for source in find_sources(name))
            months = sorted(
                {m for source in find_sources(name) for m in self.snapshot.find_months(*source)}, reverse=True
            )
            for month in months:
                if left <= 0:
                    break
                unit_parts = self._write_month(name, month)
                parts += unit_parts
                left -= sum(rows for _, rows in unit_parts)
            self._write_one(
                f"table {name}", f"data/{name}/index.js", write_call(f"{name}/index", build_index(parts, total))
            )

    def _write_month(self, name: str, month: str) -> list[tuple[str, int]]:
        """The chunks of a month, with their rows."""
        sources = [(section, table) for table, section in find_sources(name)]
        key = f"table {name} {month}"
        unit = self.output.begin(key, f"{find_version()} {self.snapshot.digest(sources, month)}")
        if unit is not None:
            for chunk, rows, value in build_chunks(self.snapshot, name, month, self.rules):
                self.output.write(unit, f"data/{chunk}.js", write_call(chunk, value))
                unit.notes[chunk] = rows
        return list(self.output.read_notes(key).items()) if unit is None else list(unit.notes.items())

    # -- overviews

    def _write_overviews(self) -> None:
        self.tell("overviews")
        overview, points = build_overview(self.snapshot)
        self._write_one("overview", "index.html", self._render("overview.html", "", here="index", **overview))
        self._write_one("points", "data/points.js", write_call("points", points))
        quality = build_quality(self.snapshot)
        self._write_one("quality", "quality.html", self._render("quality.html", "", here="quality", **quality))
        disagreement = build_disagreement(self.snapshot)
        page = self._render("disagreement.html", "", here="disagreement", **disagreement)
        self._write_one("disagreement", "disagreement.html", page)
        dictionary = build_dictionary(self.snapshot)
        self._write_one(
            "dictionary", "dictionary.html", self._render("dictionary.html", "", here="dictionary", **dictionary)
        )

    def _write_one(self, name: str, path: str, content: str) -> None:
        """A unit of one file that is made every time; it is written where it differs."""
        unit = self.output.begin(name, hashlib.sha256(content.encode()).hexdigest())
        if unit is not None:
            self.output.write(unit, path, content)

    def _render(self, template: str, root: str, **values: Any) -> str:
        return render(template, root, find_page=find_page, generation=self.generation, **values)

    def _render_still(self, template: str, root: str, **values: Any) -> str:
        """A page that does not say which generation it was made from: it stays where that alone is new."""
        return render(template, root, find_page=find_page, generation=None, **values)


def _describe(name: str) -> Words:
    table = find_table(name)
    return Words(table.en, table.zh)


def find_page(issue_id: str) -> str:
    """Where the page of an issue lies: named for the issue's identity, never for anything that it says."""
    name = "".join(character for character in issue_id if character.isalnum())[:32]
    return f"issues/{name[:2]}/{name}.html"


def _read_issues(snapshot: Snapshot, month: str) -> Iterator[tuple[Row, dict[str, Any]]]:
    """The published documents of a month, each with its rows of every table."""
    documents = snapshot.read("documents", month).filter(pl.col("status") == PUBLISHED)
    parts = {name: _by_issue(snapshot.read(name, month)) for name in ("texts", "mentions", *RECORD_TABLES)}
    rejected = {name: _by_issue(snapshot.read(name, month, QUARANTINE)) for name in RECORD_TABLES}
    for document in documents.iter_rows(named=True):
        issue_id = document["issue_id"]
        rows: dict[str, Any] = {name: _list_rows(part, issue_id) for name, part in parts.items()}
        rows["rejected"] = {name: _list_rows(part, issue_id) for name, part in rejected.items()}
        if rows["texts"]:
            yield document, rows


def _by_issue(frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {str(issue_id): part for (issue_id,), part in frame.partition_by("issue_id", as_dict=True).items()}


def _list_rows(parts: dict[str, pl.DataFrame], issue_id: str) -> list[Row]:
    """The rows of one issue; those of a month all at once would take ten times the room of its frames."""
    return parts[issue_id].to_dicts() if issue_id in parts else []


@cache
def find_version() -> str:
    """A digest of all that pages are made from, the data aside: another version makes every page anew."""
    digest = hashlib.sha256()
    for package in (__package__, "gazette.tables", "gazette.clean"):
        for file in _walk(files(package)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _walk(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _walk(entry)
        elif entry.is_file():
            yield entry
