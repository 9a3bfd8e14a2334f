"""What holds of any bytes and any text, stage by stage: the fuzz targets and the tests check the same.

Each function takes an input, runs the stage, and raises AssertionError where a promise is broken. Whatever else a stage
raises is a crash.
"""

from __future__ import annotations

import hashlib
import math
from contextlib import suppress
from datetime import date

from gazette.clean import CleanText, check_digits, clean
from gazette.clean.characters import INVISIBLE, fold
from gazette.extract import extract
from gazette.extract.model import Basis, Extraction, Quantity
from gazette.ingest.decode import Decoded, decode
from gazette.ingest.formats import find_format
from gazette.ingest.html import read_page
from gazette.ingest.markdown import read_markdown
from gazette.ingest.model import Issue
from gazette.ingest.reasons import UnreadableIssue
from gazette.publish.frames import build_clean_row, build_extract_row, build_frame, build_ingest_row
from gazette.publish.rows import Row, build_rows
from gazette.tables import STAGES, TABLES

DAY, REGION = date(2020, 3, 9), "500110"
READERS = {"txt": decode, "md": read_markdown, "html": read_page}


def check_decoding(data: bytes) -> None:
    """Bytes are a text or a reason; a text has one kind of line end, and can be written as UTF-8."""
    format_ = find_format(data)
    for name, read in READERS.items():
        if name == "html" and format_ != "html":
            continue
        with suppress(UnreadableIssue):
            check_decoded(read(data))


def check_decoded(decoded: Decoded) -> None:
    assert "\r" not in decoded.text
    assert decoded.text.encode("utf-8").decode("utf-8") == decoded.text


def check_cleaning(text: str) -> CleanText:
    """No digit is lost or invented, every character knows its place, and cleaning again changes nothing."""
    cleaned = clean(text)
    check_structure(text, cleaned)
    assert check_digits(text, cleaned).even
    assert _list_visible(cleaned.text) == _list_visible(text)
    assert clean(cleaned.text).text == cleaned.text
    return cleaned


def check_structure(decoded: str, cleaned: CleanText) -> None:
    """Blocks tile the text but for the line feeds between them; places rise in a block and point at what they say."""
    folded = fold(decoded)
    assert len(cleaned.places) == len(cleaned.text)
    assert "\n".join(cleaned.text[b.start : b.end] for b in cleaned.blocks) == cleaned.text
    assert [b.start for b in cleaned.blocks[1:]] == [b.end + 1 for b in cleaned.blocks[:-1]]
    for block in cleaned.blocks:
        places = list(cleaned.places[block.start : block.end])
        assert places == sorted(set(places))
        for char, place in zip(cleaned.text[block.start : block.end], places, strict=True):
            assert char == folded[place] or (char == " " and folded[place] in f"\n {INVISIBLE}")


def _list_visible(text: str) -> list[str]:
    return sorted(char for char in fold(text) if not char.isspace() and char != INVISIBLE)


def check_extraction(text: str) -> Extraction:
    """Every figure stands where it says, holds its value, went somewhere, and fits the tables."""
    issue, cleaned = build_issue(text), clean(text)
    extraction = extract(cleaned, DAY, REGION)
    end = 0
    for quantity in sorted((mention.quantity for mention in extraction.mentions), key=lambda one: one.start):
        assert end <= quantity.start
        check_quantity(quantity, len(cleaned.text))
        end = quantity.end
    known = set(map(id, extraction.records))
    for mention in extraction.mentions:
        assert (mention.record is None) == (mention.column is None)
        assert mention.record is None or id(mention.record) in known
        assert (mention.record is None) or mention.column in mention.record.cells
        assert mention.record is not None or mention.reason is not None
    check_parents(extraction)
    check_rows(issue, cleaned, extraction)
    return extraction


def check_quantity(quantity: Quantity, length: int) -> None:
    """The span is one, and the interval holds a value that a table can."""
    start, end, number_start, number_end = quantity[:4]
    assert 0 <= start <= number_start < number_end <= end <= length
    assert quantity.low is None or quantity.low <= quantity.value
    assert quantity.high is None or quantity.value <= quantity.high
    assert math.isfinite(float(quantity.value))


def check_parents(extraction: Extraction) -> None:
    """Going from part to whole ends, and never leaves the issue."""
    known = set(map(id, extraction.records))
    for record in extraction.records:
        parent, steps = record.parent, 0
        while parent is not None:
            assert id(parent) in known
            parent, steps = parent.parent, steps + 1
            assert steps <= len(known)


def check_rows(issue: Issue, cleaned: CleanText, extraction: Extraction) -> dict[str, list[Row]]:
    """The rows have the types of their tables, are told apart by their keys, and lead back to what is printed."""
    rows = build_rows(issue, cleaned, extraction)
    for name, made in rows.items():
        build_frame(TABLES[name].unchecked(), made)
    build_frame(STAGES["ingest"], [build_ingest_row(issue)])
    build_frame(STAGES["clean"], [build_clean_row(issue, cleaned)])
    build_frame(STAGES["extract"], [build_extract_row(issue, cleaned, extraction, rows["mentions"])])
    for row in rows["mentions"]:
        printed = "".join(issue.text[row["char_start"] : row["char_end"]].split())
        assert printed.translate({0x200B: None, 0xFEFF: None}) == row["text"]
    for name, made in rows.items():
        key = "mention_id" if name == "mentions" else "record_id"
        assert name == "texts" or len({row[key] for row in made}) == len(made)
        assert all(row["period_start"] is None or row["period_start"] <= row["as_of"] for row in made if "as_of" in row)
        assert all(row["as_of_basis"] in set(Basis) for row in made if "as_of" in row)
    return rows


def build_issue(text: str) -> Issue:
    data = text.encode("utf-8", "replace")
    return Issue(
        issue_id=hashlib.sha256(data).hexdigest(),
        path="daily/2020-03-09/01.txt",
        publication="daily",
        publication_name="某日报",
        issue_date=DAY,
        page="01",
        region_code=REGION,
        format="txt",
        encoding="utf-8",
        byte_count=len(data),
        text=text,
        layout=None,
    )
