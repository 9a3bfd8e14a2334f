"""`gazette status` and the pipeline agree on what is pending."""

from __future__ import annotations

from typing import Any

import pytest

from cli.status import show_status
from gazette.publish.documents import find_pending


def test_status_lists_what_the_next_run_will_process(
    data: Any, process: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for day in (5, 6, 7):
        data.write_page(day)
    process(data)
    show_status(data.root)
    assert "pending" not in capsys.readouterr().out

    data.write_page(5, count=61)  # overwritten: other bytes at a path that is known
    data.write("daily/2020-03-06/01.toml", 'page = "02"\n')  # described otherwise
    data.write("daily/2020-03-08/.01.txt.part", "全区复工10家。")
    show_status(data.root)
    listed = [line.split()[-1] for line in capsys.readouterr().out.splitlines() if line.startswith("  pending")]
    assert listed == ["daily/2020-03-05/01.txt", "daily/2020-03-06/01.txt"]
    assert listed == [one.file.path for one in find_pending(data.root)]
    process(data)
    show_status(data.root)
    assert "pending" not in capsys.readouterr().out
