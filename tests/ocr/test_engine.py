"""Without the extra an issue waits with a message that helps; with it a real scan is read."""

from __future__ import annotations

import json
import os
import pickle
import re
from collections import Counter
from pathlib import Path

import pytest

from gazette.ingest.ocr import OcrProblem, engine, is_installed, read_image_issue, read_scan, read_settings, settings
from gazette.ingest.pdf import PageImage, render_page

SAMPLE = Path(__file__).parents[2] / ".." / "shared" / "samples" / "pdf" / "page_c_scan200"
LEAST = 0.93  # of the sentences with a figure


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    assert not is_installed()
    image = PageImage(20, 20, 1.0, bytes(1200))
    for read in (lambda: read_scan(image), lambda: read_image_issue(b"\x89PNG", lambda seconds: None)):
        with pytest.raises(OcrProblem) as problem:
            read()
        assert problem.value.reason == "needs_ocr"
        assert "pip install '.[ocr]'" in problem.value.detail


def test_problems_cross_processes() -> None:
    problem = pickle.loads(pickle.dumps(OcrProblem("needs_ocr", "how")))
    assert (problem.reason, problem.detail) == ("needs_ocr", "how")


@pytest.mark.parametrize(
    ("change", "fault"),
    [("\nlow_confidenze = 0.9", "unknown key 'low_confidenze'"), ("\nmost_pages = 3\nmost_pages = 3", "ocr.toml")],
)
def test_settings_that_are_not_known(tmp_path: Path, change: str, fault: str) -> None:
    file = tmp_path / "ocr.toml"
    file.write_text(settings.SETTINGS_FILE.read_text(encoding="utf-8") + change, encoding="utf-8")
    with pytest.raises(ValueError, match=fault):
        read_settings(file)


def test_settings_that_are_no_numbers(tmp_path: Path) -> None:
    file = tmp_path / "ocr.toml"
    text = settings.SETTINGS_FILE.read_text(encoding="utf-8")
    file.write_text(re.sub(r"most_pages = \d+", 'most_pages = "many"', text), encoding="utf-8")
    with pytest.raises(ValueError, match=r"ocr\.toml: most_pages"):
        read_settings(file)


@pytest.mark.skipif("TEST_OCR" not in os.environ, reason="takes a minute: set TEST_OCR=1 to run it")
@pytest.mark.skipif(not is_installed(), reason="the extra `ocr` is not installed")
@pytest.mark.skipif(not SAMPLE.with_suffix(".pdf").exists(), reason="no ../shared here")
def test_a_scanned_page() -> None:
    truth = json.loads(SAMPLE.with_suffix(".truth.json").read_text(encoding="utf-8"))
    page = read_scan(render_page(SAMPLE.with_suffix(".pdf").read_bytes(), 1, read_settings().dots_per_inch))
    read = re.sub(r"\s", "", page.text)
    assert find_numbers(page.text) == find_numbers("\n".join(part["text"] for part in truth))
    body = [re.sub(r"\s", "", part["text"]) for part in truth if part["role"] == "body"]
    sentences = [s for text in body for s in re.findall(r"[^。！？]+[。！？]*[”’]?", text) if re.search(r"\d", s)]
    found = [sentence in read for sentence in sentences]
    assert sum(found) >= LEAST * len(found)
    assert not any(is_doubtful(page, m.span()) for m in re.finditer(r"\d+(\.\d+)?", page.text))


def find_numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:\.\d+)?", text))


def is_doubtful(page: object, span: tuple[int, int]) -> bool:
    return read_settings().is_doubtful(page.find_confidence(*span))
