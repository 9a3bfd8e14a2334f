"""How many pages a second each way in takes, from the bytes of a file to its records, and what memory that takes.

Run: python -m benchmarks.pages [--samples FOLDER]. Newspaper pages that the tests compose are read as text, as HTML, as
PDF with a text layer, and scanned, by OCR: in this one process; then as a run does it, formats other than text in the
sandbox, by one worker and by two. FOLDER has other pages (html/*.html, pdf/*.pdf), reported below where it is there.

Each line is measured in a process of its own, started and warmed up outside the clock. CPU and memory are those of all
its processes, from /proc; where there is none (macOS) those of processes that have ended. Of readers that have ended
only the largest counts as memory. With two workers cleaning and
extraction run in two processes also where so few pages would not pay for starting them.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import resource
import time
import unicodedata
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from benchmarks.processes import read_cpu_seconds
from gazette.clean import clean
from gazette.extract import extract
from gazette.ingest.decode import decode
from gazette.ingest.formats import IMAGES, find_format, has_ocr, read_text
from gazette.ingest.reasons import UnreadableIssue
from gazette.ingest.sandbox import Sandbox
from tasks.calls import Crash
from tasks.workers import PAYS_FROM, Workers

DAY, NATION = date(2021, 4, 20), "100000"
SEEDS = (19, 31, 32, 28, 14, 23, 24, 2, 1, 26, 10, 27)  # pages of 700 to 2,200 characters, the shortest first
REPEATS = {"text": 10, "HTML": 10, "PDF": 2}
SCANS = {0: 1, 1: 1, 2: 2}  # pages, by workers: one takes many seconds
PROC = Path("/proc/self/task")
COLUMNS = (
    ("", "", 16),
    ("how", "方式", 20),
    ("pages", "页数", 8),
    ("characters/page", "每页字数", 17),
    ("pages/s", "每秒页数", 10),
    ("CPU s/page", "每页CPU秒", 12),
    ("cores", "用核", 7),
    ("peak MiB", "内存峰值", 10),
)
NAMES = {"text": "text 文本", "HTML": "HTML 网页", "PDF": "PDF 文字层", "scan": "scan 扫描件"}
HOW = {0: "one process 单进程", 1: "1 worker 单工", 2: "2 workers 双工"}


@dataclass(frozen=True, slots=True)
class Measure:
    """Of some pages: characters of text, seconds on the clock and of all processors, MiB of all processes."""

    pages: int
    characters: int
    seconds: float
    cpu_seconds: float
    peak: float


@dataclass(frozen=True, slots=True)
class Usage:
    cpu_seconds: float
    peak: float


def compose_pages() -> dict[str, list[bytes]]:
    """The same pages in every form; scans of the shortest ones only, where they can be read and drawn."""
    from tests.forms.page import draw_scan, has_chinese_font
    from tests.layout.newspaper import compose_page, write_pdf

    composed = [compose_page(seed) for seed in SEEDS]
    forms = {
        "text": [write_columns(page.body) for page in composed],
        "HTML": [write_html(page.body) for page in composed],
        "PDF": [write_pdf([page]) for page in composed],
    }
    pages = {form: files * REPEATS[form] for form, files in forms.items()}
    if not has_ocr():
        print("scan 扫描件: left out, the extra `ocr` is not installed (make ocr) 未装OCR，略去")
        return pages
    if not has_chinese_font():
        print("scan 扫描件: left out, no Chinese font to draw pages with 无中文字体，略去")
        return pages
    return pages | {"scan": [draw_scan(pdf) for pdf in forms["PDF"][: max(SCANS.values())]]}


def write_columns(paragraphs: Sequence[str]) -> bytes:
    lines = [line for text in paragraphs for line in re.findall(".{1,16}", "　　" + text)]
    return "\n".join(lines).encode()


def write_html(paragraphs: Sequence[str]) -> bytes:
    body = "<br><br>".join("　　" + text for text in paragraphs)
    links = "".join(f'<li><a href="{n}.htm">第{n}版</a></li>' for n in range(20))
    head = '<html><head><meta charset="gb2312"></head><body>'
    return f"{head}<ul>{links}</ul><table><tr><td>{body}</td></tr></table></body></html>".encode("gb18030")


def find_samples(folder: Path) -> dict[str, list[bytes]]:
    """Without scans: a whole page of a newspaper takes a minute."""
    pdfs = [path for path in sorted(folder.glob("pdf/*.pdf")) if "scan" not in path.name]
    found = {"HTML": sorted(folder.glob("html/*.html")) * 10, "PDF": pdfs * 5}
    return {form: [path.read_bytes() for path in paths] for form, paths in found.items() if paths}


def measure(files: Sequence[bytes], workers: int) -> Measure:
    """The way from bytes to records. `workers`: 0 for this process alone, else as a run does it."""
    if workers == 0:
        return _measure_alone(files)
    sandbox, pool = Sandbox(workers), Workers(workers)
    try:
        with ThreadPoolExecutor(workers) as threads:
            _warm_up(files[0], sandbox, pool, threads, workers)
            before, begin = find_usage(), time.perf_counter()
            texts = list(threads.map(lambda data: read_text(data, find_format(data), sandbox).text, files))
            results = list(_count_all(pool, texts))
            seconds, after = time.perf_counter() - begin, find_usage()
    finally:
        sandbox.close()
        pool.close()
    if crash := next((one for one in results if isinstance(one, Crash)), None):
        raise RuntimeError(crash.detail)
    return _build_measure(texts, seconds, before, after)


def _warm_up(data: bytes, sandbox: Sandbox, pool: Workers, threads: ThreadPoolExecutor, workers: int) -> None:
    sample = draw_blank() if find_format(data) in IMAGES else data
    list(threads.map(lambda _: _read_or_pass(sample, sandbox), range(workers)))
    list(_count_all(pool, ["全县企业复工10家。"] * 4 * workers))


def _count_all(pool: Workers, texts: Sequence[str]) -> Iterator[int | Crash]:
    """Spread over the processes, however little text there is."""
    for _, result in pool.map(count_records_of_all, texts, [PAYS_FROM] * len(texts)):
        yield from [result] if isinstance(result, Crash) else result


def _read_or_pass(data: bytes, sandbox: Sandbox) -> None:
    with suppress(UnreadableIssue):
        read_text(data, find_format(data), sandbox)


def _measure_alone(files: Sequence[bytes]) -> Measure:
    sample = draw_blank() if find_format(files[0]) in IMAGES else files[0]
    with suppress(UnreadableIssue):
        read_here(sample)
    count_records("全县企业复工10家。")
    before, begin = find_usage(), time.perf_counter()
    texts = []
    for data in files:
        texts.append(read_here(data))
        count_records(texts[-1])
    return _build_measure(texts, time.perf_counter() - begin, before, find_usage())


def read_here(data: bytes) -> str:
    """The text, without a process for the reader and without its limits."""
    from gazette.ingest.readers import READERS, Budget

    format_ = find_format(data)
    if format_ == "txt":
        return decode(data).text
    answer = READERS["image" if format_ in IMAGES else format_](data, Budget(0, 0, lambda seconds: None))
    return answer.blobs[0].decode()


def count_records(text: str) -> int:
    return len(extract(clean(text), DAY, NATION).records)


def count_records_of_all(texts: Sequence[str]) -> list[int]:
    return [count_records(text) for text in texts]


def draw_blank() -> bytes:
    from PIL import Image

    output = BytesIO()
    Image.new("L", (400, 400), 255).save(output, "PNG")
    return output.getvalue()


def _build_measure(texts: Sequence[str], seconds: float, before: Usage, after: Usage) -> Measure:
    characters = sum(map(len, texts))
    return Measure(len(texts), characters, seconds, after.cpu_seconds - before.cpu_seconds, after.peak)


def find_usage() -> Usage:
    """Of this process, its children that are alive, and those that have ended: a reader that has grown is replaced."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    children = list(find_children())
    cpu = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime + sum(map(read_cpu_seconds, children))
    if not PROC.is_dir():
        return Usage(cpu, (own.ru_maxrss + ended.ru_maxrss) / 1024**2)  # bytes on macOS
    peak = read_peak(os.getpid())
    return Usage(cpu, peak + max(sum(map(read_peak, children)), ended.ru_maxrss / 1024))


def find_children() -> Iterator[int]:
    for thread in PROC.glob("*/children"):
        yield from map(int, thread.read_text().split())


def read_peak(process: int) -> float:
    peak = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(peak[1]) / 1024 if peak else 0.0


def measure_apart(files: Sequence[bytes], workers: int) -> Measure:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure, files, workers).result()


def print_line(cells: Sequence[str]) -> None:
    """Cells in columns as wide as they are shown; the first two flush left."""
    line = ""
    for index, (cell, (*_, width)) in enumerate(zip(cells, COLUMNS, strict=True)):
        shown = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in cell)
        blanks = " " * (width - shown)
        line += cell + blanks if index < 2 else blanks + cell
    print(line)


def print_block(title: str, pages: dict[str, list[bytes]], ways: dict[str, Sequence[int]]) -> None:
    print(f"\n{title}")
    print_line([english for english, _, _ in COLUMNS])
    print_line([chinese for _, chinese, _ in COLUMNS])
    for form, files in pages.items():
        rates: dict[int, float] = {}
        for workers in ways.get(form, (0, 1, 2)):
            found = measure_apart(files[: SCANS[workers]] if form == "scan" else files, workers)
            rates[workers] = found.pages / found.seconds
            print_line(_build_cells(form, workers, found))
        if 1 in rates and 2 in rates:
            print(f"{'':16}2 workers read {rates[2] / rates[1]:.2f} times as many as 1 双工为单工的倍数")


def _build_cells(form: str, workers: int, found: Measure) -> list[str]:
    return [
        NAMES[form],
        HOW[workers],
        f"{found.pages:,}",
        f"{found.characters / found.pages:,.0f}",
        f"{found.pages / found.seconds:,.2f}",
        f"{found.cpu_seconds / found.pages:.3f}",
        f"{found.cpu_seconds / found.seconds:.2f}",
        f"{found.peak:,.0f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--samples", type=Path, default=Path("../shared/samples"))
    options = parser.parse_args()
    begin = time.perf_counter()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0]  # what else runs on the machine counts against all lines
    print_block(f"pages of our own 自制版面 ({cores} cores 核, load 负载 {load:.1f})", compose_pages(), {})
    if samples := find_samples(options.samples):
        print_block(f"{options.samples.name} 样张", samples, {"HTML": (0, 2), "PDF": (0, 2)})
    print(f"\n{time.perf_counter() - begin:.0f} s in all 总耗时")


if __name__ == "__main__":
    main()
