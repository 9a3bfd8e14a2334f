"""What the report of a corpus costs to make and to open.

Run: python -m benchmarks.report CORPUS. CORPUS is a folder of text issues, one a file, each named by its day. They are
published as a run does it; then the site is made, made again with nothing new, and with one new issue, each in a
process of its own. Where there is a Chromium, its first page is opened with the network cut off, and a table of 50,000
records is loaded, sorted, searched and turned.

Prints processor seconds and seconds on the clock, peak memory, files and bytes; for the browser medians of five in
milliseconds. A first opening has nothing cached but what the system keeps of files.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from gazette.publish.store import Change, Store, build_month
from gazette.report import build_report
from gazette.tables import TABLES

ROWS = 50_000
TRIES = 5
MARK = "performance.getEntriesByName('{}')[0].startTime"  # set by the page's own script
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MEASURE = """
import resource, sys, time
from pathlib import Path
from gazette.report import build_report
start = time.monotonic()
summary = build_report(Path(sys.argv[1]))
usage = resource.getrusage(resource.RUSAGE_SELF)
print(time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
print(summary.files, summary.bytes, len(summary.written))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    corpus = parser.parse_args().corpus
    files = sorted(corpus.glob("*.txt"))
    if not files:
        print(f"{corpus}: no issues there, so no report was measured")
        return
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        publish(files[:-1], data)
        print(f"report of {len(files) - 1} issues\n{'':28}  clock s    CPU s  peak MiB   files       MB  written")
        report("from the start", data)
        report("nothing new", data)
        publish(files[-1:], data)
        report("one new issue", data)
        if CHROMIUM is None:
            print("there is no chromium here, so nothing was opened")
            return
        large = build_large(data, Path(folder) / "large")
        open_pages(data / "reports", large / "reports")


def publish(files: list[Path], data: Path) -> None:
    folder = data / "raw" / "corpus"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "publication.toml").write_text('name = "语料"\nregion = "100000"\n', encoding="utf-8")
    for file in files:
        (folder / file.stem).mkdir()
        shutil.copyfile(file, folder / file.stem / "01.txt")
        past = time.time() - timedelta(hours=1).total_seconds()
        os.utime(folder / file.stem / "01.txt", (past, past))
    command = [sys.executable, "-m", "cli.main", "run", "--data", str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def report(label: str, data: Path) -> None:
    command = [sys.executable, "-c", MEASURE, str(data)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    clock, processor, peak, files, size, written = map(float, out.split())
    row = f"{clock:9.1f}{processor:9.1f}{peak / 1024:10,.0f}{files:8,.0f}{size / 1e6:9.1f}{written:9,.0f}"
    print(f"{label:28}{row}", flush=True)


def build_large(data: Path, folder: Path) -> Path:
    """A data folder whose table of enterprises has ROWS records: those of the corpus again and again."""
    rows = Store(data).read("enterprises")
    many = pl.concat([rows] * (ROWS // rows.height + 1)).head(ROWS)
    many = many.with_columns(record_id=pl.int_range(pl.len()).cast(pl.String).str.zfill(24))
    store = Store(folder)
    store.generations.mkdir(parents=True)
    days = many.select("issue_id", "issue_date").unique().iter_rows()
    change = Change({"enterprises": many.cast(TABLES["enterprises"].polars_schema())})
    change.months = {issue_id: build_month(day) for issue_id, day in days}
    store.commit(change)
    size = sum(file.stat().st_size for file in (build_report(folder).folder / "data/enterprises").iterdir())
    print(f"\na table of {ROWS:,} records: {size / 1e6:.1f} MB of scripts")
    return folder


def open_pages(site: Path, large: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = {"executable_path": CHROMIUM, "args": ["--no-sandbox"] if os.getuid() == 0 else []}
        times: dict[str, list[float]] = {}
        for _ in range(TRIES):
            browser = playwright.chromium.launch(**options)
            for label, milliseconds in [*_open_first(browser, site), *_use_table(browser, large)]:
                times.setdefault(label, []).append(milliseconds)
            browser.close()
    for label, found in times.items():
        print(f"{label:44}{statistics.median(found):8,.0f} ms  ({min(found):,.0f} to {max(found):,.0f})")


def _open_first(browser: Any, site: Path) -> Iterator[tuple[str, float]]:
    with _opened(browser) as page:
        page.goto((site / "index.html").as_uri())
        read = "performance.getEntriesByType('paint').find(one => one.name === 'first-contentful-paint').startTime"
        yield "first page: first text", page.evaluate(read)
        yield "first page: loaded", page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        page.wait_for_selector("body[data-drawn]", state="attached")
        yield "first page: charts drawn", page.evaluate(MARK.format("charts"))
    issue = next((site / "issues").rglob("*.html"))
    with _opened(browser) as page:
        page.goto(issue.as_uri())
        yield "an issue: loaded", page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")


def _use_table(browser: Any, site: Path) -> Iterator[tuple[str, float]]:
    with _opened(browser) as page:
        page.goto((site / "tables" / "enterprises.html").as_uri())
        page.wait_for_selector("body[data-loaded]", state="attached")
        yield "50,000 records: first rows", page.evaluate(MARK.format("first rows"))
        yield "50,000 records: all loaded", page.evaluate(MARK.format("all rows"))
        yield (
            "50,000 records: sorted by a number",
            _time(page, "document.querySelector('th[data-column=as_of] button').click()"),
        )
        yield (
            "50,000 records: sorted by a text",
            _time(page, "document.querySelector('th[data-column=region] button').click()"),
        )
        yield "50,000 records: filtered, from the key", _type(page, "[data-filter=region]", "广东")
        yield "50,000 records: searched, from the key", _type(page, "#search", "机器人")
        yield "50,000 records: next page", _time(page, "document.getElementById('on').click()")


def _time(page: Any, script: str) -> float:
    """Milliseconds until the page has been drawn again."""
    drawn = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
    taken: float = page.evaluate(
        f"(async () => {{ const t = performance.now(); {script}; await {drawn}; return performance.now() - t; }})()"
    )
    return taken


def _type(page: Any, selector: str, text: str) -> float:
    """Milliseconds from the last key until the rows are others, the pause for further keys included."""
    watch = f"""(async () => {{
      const input = document.querySelector({selector!r}), body = document.querySelector('#grid tbody');
      const changed = new Promise(done => new MutationObserver(done).observe(body, {{ childList: true }}));
      const t = performance.now(); input.value = {text!r}; input.dispatchEvent(new Event('input', {{ bubbles: true }}));
      await changed; return performance.now() - t; }})()"""
    taken: float = page.evaluate(watch)
    return taken


@contextmanager
def _opened(browser: Any) -> Iterator[Any]:
    context = browser.new_context(offline=True, viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


if __name__ == "__main__":
    main()
