"""Which files are complete, and when a burst is over; the clock is brought by the test."""

from __future__ import annotations

import pytest

from service.arrivals import LONGEST_WAIT, Arrivals, Look, is_description, is_issue_name

PATH, OTHER = "daily/2020-03-05/01.txt", "daily/2020-03-05/02.txt"


def test_a_file_is_complete_once_it_was_left_alone() -> None:
    arrivals = Arrivals(settle=2)
    arrivals.see(PATH, Look(10, 100.0, 100.1))
    assert arrivals.take_burst(100.1) == []
    arrivals.see(PATH, Look(20, 101.5, 101.9))  # it has grown
    arrivals.see(PATH, Look(20, 101.5, 103.4))
    assert arrivals.take_burst(103.4) == []
    arrivals.see(PATH, Look(20, 101.5, 103.5))
    assert arrivals.take_burst(103.5) == [PATH]


def test_a_file_renamed_into_place_is_complete_at_once() -> None:
    arrivals = Arrivals(settle=2)
    arrivals.see(PATH, Look(10, 50.0, 100.0))
    assert arrivals.take_burst(100.0) == [PATH]


def test_a_time_to_come_is_not_believed() -> None:
    """Then two looks that agree are the sign."""
    arrivals = Arrivals(settle=2)
    arrivals.see(PATH, Look(10, 9999.0, 100.0))
    arrivals.see(PATH, Look(20, 9999.0, 101.0))
    arrivals.see(PATH, Look(20, 9999.0, 102.9))
    assert arrivals.take_burst(102.9) == []
    arrivals.see(PATH, Look(20, 9999.0, 103.0))
    assert arrivals.take_burst(103.0) == [PATH]


def test_a_burst_waits_for_all_of_it_but_not_for_ever() -> None:
    arrivals = Arrivals(settle=2)
    arrivals.see(PATH, Look(10, 90.0, 100.0))
    arrivals.see(OTHER, Look(10, 100.0, 100.0))
    assert arrivals.take_burst(101.0) == []
    assert arrivals.take_burst(100.0 + LONGEST_WAIT) == [PATH]
    arrivals.see(OTHER, Look(10, 100.0, 102.0))
    assert arrivals.take_burst(102.0) == [PATH, OTHER]


def test_what_was_not_announced_stays() -> None:
    arrivals = Arrivals(settle=2)
    arrivals.see(PATH, Look(10, 90.0, 100.0))
    arrivals.see(OTHER, Look(10, 90.0, 100.0))
    assert arrivals.take_burst(100.0) == arrivals.take_burst(101.0) == [PATH, OTHER]
    arrivals.announced([PATH])
    assert arrivals.take_burst(101.0) == [OTHER]
    arrivals.forget(OTHER)
    assert arrivals.take_burst(101.0) == []


def test_a_complete_file_that_is_written_again_is_waited_for() -> None:
    arrivals = Arrivals(settle=2)
    arrivals.see(PATH, Look(10, 90.0, 100.0))
    arrivals.see(PATH, Look(15, 100.5, 100.6))
    assert arrivals.take_burst(100.6) == []


@pytest.mark.parametrize(
    ("path", "is_issue"),
    [
        ("daily/2020-03-05/01.txt", True),
        ("daily/2020-03-05/01.txt.part", False),
        ("daily/2020-03-05/.01.txt.Xy12", False),
        ("daily/.trash/01.txt", False),
        ("daily/2020-03-05/01.toml", False),
        ("daily/publication.toml", False),
        ("扫描/2020-03-05/第一版", True),
    ],
)
def test_names_of_issues(path: str, is_issue: bool) -> None:
    assert is_issue_name(path) is is_issue
    assert not (is_issue and is_description(path))
