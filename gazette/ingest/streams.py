"""Takes a PDF's bytes, looks whether the streams that its text is in are whole.

PDF libraries read a damaged stream as far as it goes and say nothing, so that the rest of a page would be missing
without a word. Deflated data carry a checksum: it is looked at here, and a decompression bomb is found on the way.
Pictures and fonts are not looked at. What is encrypted, or packed in other ways, is left to the library.
"""

from __future__ import annotations

import base64
import re
import zlib

from gazette.ingest.reasons import Reason, UnreadableIssue

STREAM = re.compile(rb"stream\r?\n")
DICTIONARY = 2_000  # bytes before a stream that its dictionary begins within
NO_TEXT = re.compile(rb"/Subtype\s*/(?:Image|Type1C|CIDFontType0C|OpenType)|/Length1\b|/Type\s*/Metadata")
FILTERS = re.compile(rb"/Filter\s*(?:\[([^\]]*)\]|(/[A-Za-z0-9]+))")
LARGEST = 256 * 1024 * 1024  # bytes of all streams of a PDF when unpacked
ADLER = 4  # bytes of the checksum


def check_streams(data: bytes) -> None:
    """Raises UnreadableIssue (damaged, too_large)."""
    if b"/Encrypt" in data:
        return
    remaining = LARGEST
    for match in STREAM.finditer(data):
        if data[match.start() - 3 : match.start()] == b"end":
            continue
        dictionary = data[max(0, match.start() - DICTIONARY) : match.start()]
        dictionary = dictionary[dictionary.rfind(b" obj") + 1 :]
        if NO_TEXT.search(dictionary):
            continue
        end = data.find(b"endstream", match.end())
        packed = data[match.end() : end if end >= 0 else len(data)]
        remaining -= _check_stream(packed, _find_filters(dictionary), match.end(), remaining)


def _find_filters(dictionary: bytes) -> list[bytes]:
    found = FILTERS.search(dictionary)
    return re.findall(rb"/([A-Za-z0-9]+)", found.group(1) or found.group(2)) if found else []


def _check_stream(packed: bytes, filters: list[bytes], place: int, remaining: int) -> int:
    """The size that the stream unpacks to, as far as its filters are known here."""
    size = 0
    for name in filters:
        if name == b"ASCII85Decode":
            packed = _decode_ascii85(packed, place)
        elif name == b"FlateDecode":
            packed = _inflate(packed, place, remaining - size)
            size += len(packed)
        else:
            break
    return size


def _decode_ascii85(packed: bytes, place: int) -> bytes:
    try:
        return base64.a85decode(packed.split(b"~>")[0].strip().removeprefix(b"<~"))
    except ValueError as error:
        raise UnreadableIssue(Reason.DAMAGED, f"the text at byte {place:,} is damaged") from error


def _inflate(packed: bytes, place: int, remaining: int) -> bytes:
    """Without its header, so that a checksum that some writers leave out is told from one that is wrong."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        unpacked = inflater.decompress(packed[2:], remaining + 1)
    except zlib.error as error:
        raise UnreadableIssue(Reason.DAMAGED, f"the text at byte {place:,} is damaged") from error
    if len(unpacked) > remaining:
        detail = f"it unpacks to over {LARGEST:,} bytes, as a decompression bomb does"
        raise UnreadableIssue(Reason.TOO_LARGE, detail)
    checksum = inflater.unused_data[:ADLER]
    is_wrong = len(checksum) == ADLER and int.from_bytes(checksum, "big") != zlib.adler32(unpacked)
    if packed.strip() and (not inflater.eof or is_wrong):
        raise UnreadableIssue(Reason.DAMAGED, f"the text at byte {place:,} is damaged")
    return unpacked
