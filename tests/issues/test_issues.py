"""Whole newspaper pages, each figure answered by hand: where it goes, in which record, of what kind, day and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.issues.reading import HERE, find_faults, read_page


@pytest.mark.parametrize("path", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
def test_page_is_read_as_answered(path: Path) -> None:
    assert list(find_faults(read_page(path))) == []
