"""Image files become page images within limits, or a reason why not."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest

from gazette.ingest.ocr import OcrProblem, read_images
from gazette.ingest.pdf import MAX_PIXELS

Image = pytest.importorskip("PIL.Image")


def write(image: Any, format_: str, **options: Any) -> bytes:
    output = BytesIO()
    image.save(output, format_, **options)
    return output.getvalue()


def test_frames_of_a_tiff_are_pages() -> None:
    frames = [Image.new("L", (40, 30), shade) for shade in (10, 20, 30)]
    pages = list(read_images(write(frames[0], "TIFF", save_all=True, append_images=frames[1:], dpi=(300, 300))))
    assert [page.pixels[0] for page in pages] == [10, 20, 30]
    assert pages[0].scale == pytest.approx(300 / 72)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16", "CMYK"])
def test_every_mode_is_three_colours(mode: str) -> None:
    page = next(read_images(write(Image.new(mode, (20, 10)), "TIFF")))
    assert (page.width, page.height, len(page.pixels)) == (20, 10, 600)


def test_transparent_is_white() -> None:
    page = next(read_images(write(Image.new("RGBA", (4, 4), (0, 0, 0, 0)), "PNG")))
    assert set(page.pixels) == {255}


def test_sixteen_bits_are_spread() -> None:
    image = Image.new("I;16", (2, 1))
    image.putpixel((0, 0), 1000)
    image.putpixel((1, 0), 60000)
    assert list(next(read_images(write(image, "PNG"))).pixels) == [0, 0, 0, 255, 255, 255]


def test_a_photo_is_turned_as_the_camera_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    page = next(read_images(write(Image.new("RGB", (40, 30)), "JPEG", exif=exif)))
    assert (page.width, page.height) == (30, 40)


@pytest.mark.parametrize("dpi", [(0, 0), (72, 72), (99999, 99999)])
def test_resolutions_that_no_scanner_has(dpi: tuple[int, int]) -> None:
    assert next(read_images(write(Image.new("L", (40, 30)), "JPEG", dpi=dpi))).scale == pytest.approx(200 / 72)


def test_a_bomb_is_told_by_its_header() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    for side in (10_000, 60_000):
        header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100)))
        with pytest.raises(OcrProblem) as problem:
            list(read_images(data))
        assert problem.value.reason == "too_large"
        assert f"{MAX_PIXELS:,}" in problem.value.detail


def test_too_many_frames() -> None:
    frames = [Image.new("1", (8, 8))] * 21
    with pytest.raises(OcrProblem, match="21 pages"):
        list(read_images(write(frames[0], "TIFF", save_all=True, append_images=frames[1:])))


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "TIFF"])
def test_cut_short(format_: str) -> None:
    data = write(Image.effect_noise((200, 200), 50), format_)
    for cut in (12, len(data) // 2):
        with pytest.raises(OcrProblem, match="damaged"):
            list(read_images(data[:cut]))
