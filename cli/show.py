"""`gazette show`: every figure of one issue, sentence by sentence, with the cell it fills or the reason it fills none.

Extracts in this process and writes nothing: what is shown is what the pipeline would file before its gates.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cli.failure import ExitCode, Failure
from cli.figures import LEGEND, write_figure
from cli.terminal import open_console, write_error
from gazette.clean import clean
from gazette.clean.model import CleanText
from gazette.extract import extract
from gazette.extract.model import Extraction, Mention, Record
from gazette.extract.places import NATION, load_gazetteer
from gazette.ingest.formats import find_format, open_sandbox, read_text
from gazette.ingest.metadata import PUBLICATION_FILE, PageOverride, read_page_override, read_publication
from gazette.ingest.reasons import Reason, UnreadableIssue, read_words
from gazette.ingest.sources import MAX_BYTES, build_printable, parse_folders
from gazette.ingest.unpacking import INSIDE, Entry, check_member, is_archive, list_members, read_member

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[”’》）]*")
WIDTHS = (16, 14, 13, 32)  # of the columns: printed, value, unit, cell


@dataclass(frozen=True, slots=True)
class Page:
    """One issue as `show` takes it: its name, its text, its day, and the region it is printed in."""

    name: str
    text: str
    encoding: str
    issue_date: date
    region_code: str


def show_issue(file: Path, issue_date: date | None, region_code: str | None) -> None:
    """Prints the figures of `file`, of an archive those of every member. Raises Failure where it cannot be read or its
    day cannot be told."""
    if region_code is not None and region_code not in load_gazetteer():
        raise Failure(f"--region: {region_code!r} is no GB/T 2260 code (six digits, as 500110)", ExitCode.USAGE)
    try:
        outer, member = _split(file)
        if is_archive(outer) and (members := list_members(open_sandbox(), outer)) is not None:
            pages = _read_members(outer, member, members, issue_date, region_code)
        else:
            pages = iter((_build_page(file, str(file), [], file.read_bytes(), issue_date, region_code),))
        console = open_console()
        for page in pages:
            _show_page(console, page)
    except UnreadableIssue as error:
        raise Failure(f"{file}: {_write_reason(error)}") from error
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from error
    console.print(LEGEND, style="dim", markup=False)


def _show_page(console: Console, page: Page) -> None:
    cleaned = clean(page.text)
    extraction = extract(cleaned, page.issue_date, page.region_code)
    _print_head(console, page, extraction)
    _print_sentences(console, cleaned, extraction)


def _write_reason(error: UnreadableIssue) -> str:
    return f"{error.detail} ({error.reason}) · {read_words()[error.reason].zh}"


def _split(file: Path) -> tuple[Path, str | None]:
    """The archive and the member that `archive.zip!/member`, as the list of issues has it, speaks of."""
    outer, inside, member = str(file).partition(INSIDE)
    return (Path(outer), member) if inside and not file.exists() else (file, None)


def _read_members(
    archive: Path, wanted: str | None, members: list[Entry], issue_date: date | None, region_code: str | None
) -> Iterator[Page]:
    """The members of an archive, or the one that is wanted; one that cannot be read is told on standard error where it
    is not the only one. Raises UnreadableIssue."""
    chosen = [entry for entry in members if wanted in (None, entry[1])]
    if not chosen:
        raise UnreadableIssue(Reason.EMPTY, "there is no such file in the archive" if wanted else "it is empty")
    for index, name, problem, _ in chosen:
        title = f"{archive}{INSIDE}{build_printable(name)}"
        try:
            if problem:
                raise problem
            data = read_member(open_sandbox(), archive, index, name, MAX_BYTES)
            check_member(find_format(data))
            yield _build_page(archive, title, name.split("/")[:-1], data, issue_date, region_code)
        except UnreadableIssue as error:
            if len(chosen) == 1:
                raise
            write_error(f"{title}: {_write_reason(error)}")


def _build_page(
    file: Path, name: str, folders: list[str], data: bytes, issue_date: date | None, region_code: str | None
) -> Page:
    decoded = read_text(data, find_format(data))
    beside = file.with_suffix(".toml")
    override = read_page_override(beside, str(beside)) if beside.exists() else PageOverride()
    return Page(
        name,
        decoded.text,
        decoded.encoding,
        issue_date or override.date or _find_date(file, folders),
        region_code or override.region or _find_region(file),
    )


def _find_date(file: Path, folders: list[str]) -> date:
    try:
        return parse_folders([file.resolve().parent.name, *folders])
    except UnreadableIssue:
        message = f"{file}: neither its folder nor a .toml beside it tells the day; give --date YYYY-MM-DD"
        raise Failure(message, ExitCode.USAGE) from None


def _find_region(file: Path) -> str:
    """The publication's region, where the file lies in a publication's folder; the whole country elsewhere."""
    folders = file.resolve().parents[:2]
    folder = next((folder for folder in folders if (folder / PUBLICATION_FILE).exists()), None)
    return read_publication(folder).region if folder else NATION.code


def _print_head(console: Console, page: Page, extraction: Extraction) -> None:
    from rich.text import Text

    console.print(Text(page.name, style="bold"))
    place = extraction.place
    console.print(
        Text(f"{page.issue_date} · {place.name} {place.code} · {page.encoding} · {len(page.text):,} characters")
    )
    reasons = Counter(mention.reason or "filed" for mention in extraction.mentions)
    counts = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    console.print(Text(f"{len(extraction.mentions)} figures ({counts or 'none'}) · {len(extraction.records)} records"))
    console.print()


def _print_sentences(console: Console, cleaned: CleanText, extraction: Extraction) -> None:
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    numbers = {id(record): number for number, record in enumerate(extraction.records, 1)}
    told: set[int] = set()
    for start, end, mentions in _find_sentences(cleaned, extraction):
        lines: list[Text | Padding] = [_build_sentence(cleaned.text, start, end, mentions)]
        lines += [_build_line(cleaned.text, mention, numbers) for mention in mentions]
        for record in (mention.record for mention in mentions if mention.record):
            if id(record) not in told:
                told.add(id(record))
                lines.append(Padding(_build_record(record, numbers), (0, 0, 0, 4), expand=False))
        console.print(Group(*lines, Text()))  # at once: each call costs as much as a line


def _find_sentences(cleaned: CleanText, extraction: Extraction) -> Iterator[tuple[int, int, list[Mention]]]:
    """The sentences that print a figure, with their figures, in the order of the text."""
    waiting = sorted(extraction.mentions, key=lambda mention: mention.quantity.start, reverse=True)
    for match in SENTENCE.finditer(cleaned.text):
        own: list[Mention] = []
        while waiting and waiting[-1].quantity.start < match.end():
            own.append(waiting.pop())
        if own:
            yield match.start(), match.end(), own


def _build_sentence(text: str, start: int, end: int, mentions: list[Mention]) -> Text:
    from rich.text import Text

    sentence = Text(text[start:end])
    for mention in mentions:
        style = "bold green" if mention.column else "bold yellow"
        sentence.stylize(style, mention.quantity.start - start, mention.quantity.end - start)
    return sentence


def _build_line(text: str, mention: Mention, numbers: dict[int, int]) -> Text:
    """One figure: as printed, its value, its unit, its cell and record, and the reason."""
    from rich.cells import set_cell_size
    from rich.text import Text

    quantity, record = mention.quantity, mention.record
    cell = f"{record.table}.{mention.column}" if record and mention.column else "–"
    fields = (
        text[quantity.start : quantity.end],
        write_figure(quantity.value, quantity.unit, quantity.qualifier, quantity.low, quantity.high),
        quantity.unit,
        cell,
    )
    line = "  ".join(set_cell_size(field, width) for field, width in zip(fields, WIDTHS, strict=True))
    number = f"#{numbers[id(record)]}" if record else ""
    printed = f"    {line}  {number} {mention.reason or ''}".rstrip()
    return Text(printed, style="" if mention.column else "dim", no_wrap=True, overflow="ellipsis")


def _build_record(record: Record, numbers: dict[int, int]) -> Text:
    """What the figures of one record share."""
    from rich.text import Text

    period = record.period
    span = f"{period.start} to {period.as_of}" if period.start else str(period.as_of)
    parts = [
        f"#{numbers[id(record)]} {record.table}",
        record.kind,
        record.modality,
        f"as of {span} ({period.basis})",
        f"{record.place.name} {record.place.code}",
        f"entity {record.entity}" if record.entity else None,
        f"lender {record.lender}" if record.lender else None,
        f"scope {record.scope}" if record.scope else None,
        f"part of #{numbers[id(record.parent)]}" if record.parent else None,
        f"rules {', '.join(record.rules)}",
    ]
    return Text("→ " + " · ".join(part for part in parts if part), style="cyan")
