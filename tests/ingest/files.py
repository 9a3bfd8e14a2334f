"""Makes small issue files of every format, and damages them."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
SENTENCES = (
    "全区已有86家企业恢复生产，返岗员工1.2万人。",
    "三家银行为41家企业发放贷款3.5亿元。",
    "新港大桥等12个重点项目全部复工，总投资48.6亿元。",
    "区里举办招聘会26场，提供岗位6380个。",
)
TEXT = "".join(f"　　{sentence}\n" for sentence in SENTENCES)
HTML = f"<html><body><h1>复工复产</h1><div>{''.join(f'<p>{s}</p>' for s in SENTENCES)}</div></body></html>"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def build_pdf(pages: int = 1, size: tuple[float, float] = (420, 595), password: str | None = None) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, encrypt=StandardEncryption(password) if password else None)
    for _ in range(pages):
        canvas.setFont(FONT, 10)
        for line, sentence in enumerate(SENTENCES):
            canvas.drawString(40, 500 - 16 * line, sentence)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def build_zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def build_docx() -> bytes:
    paragraphs = "".join(f"<w:p><w:r><w:t>{sentence}</w:t></w:r></w:p>" for sentence in SENTENCES)
    document = f'<w:document xmlns:w="{WORD}"><w:body>{paragraphs}</w:body></w:document>'
    return build_zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode()})


def build_pdf_bomb(megabytes: int) -> bytes:
    """A page whose content unpacks, twice over, to that size."""
    packer = zlib.compressobj(9)
    inner = b"".join(packer.compress(b"BT ET \n" * 149_797) for _ in range(megabytes)) + packer.flush()
    content = zlib.compress(inner, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%b\nendstream" % (len(content), content),
    ]
    body, places = b"%PDF-1.5\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 5\n0000000000 65535 f \n%btrailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(body),
    )
    return body + end


GOOD: dict[str, bytes] = {
    "utf8.txt": TEXT.encode(),
    "gb.txt": TEXT.encode("gb18030"),
    "page.html": HTML.encode("gb18030"),
    "page.pdf": build_pdf(2),
    "page.docx": build_docx(),
    "page.txt.gz": gzip.compress(TEXT.encode(), mtime=0),
    "pages.zip": build_zip({"01.txt": TEXT.encode(), "02.pdf": build_pdf(), "03.html": HTML.encode()}),
}


def cut(data: bytes, source: random.Random) -> bytes:
    return data[: source.randrange(1, len(data))]


def flip(data: bytes, source: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(source.choice((1, 4, 40))):
        damaged[source.randrange(len(damaged))] ^= 1 << source.randrange(8)
    return bytes(damaged)


def repeat(data: bytes, source: random.Random) -> bytes:
    start = source.randrange(len(data))
    end = min(len(data), start + source.randrange(1, 400))
    return data[:end] + data[start:end] * source.randrange(1, 30) + data[end:]


def blank(data: bytes, source: random.Random) -> bytes:
    start = source.randrange(len(data))
    end = min(len(data), start + source.randrange(1, 200))
    return data[:start] + bytes(end - start) + data[end:]


DAMAGES: tuple[tuple[Callable[[bytes, random.Random], bytes], int], ...] = (
    (cut, 9),
    (flip, 9),
    (repeat, 7),
    (blank, 4),
)


def iter_damaged() -> Iterator[tuple[str, bytes]]:
    """Names and bytes of damaged files, the same each time; every second one has an extension that it should not."""
    source = random.Random(4)
    for name, data in GOOD.items():
        for damage, times in DAMAGES:
            for number in range(times):
                wrong = source.choice((".pdf", ".txt", ".html", ".zip", ".jpg", "")) if number % 2 else ""
                yield f"{damage.__name__}-{number}-{name}{wrong}", damage(data, source)
