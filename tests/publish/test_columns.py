"""Rows held column by column are the same rows, one by one, cut and joined."""

from __future__ import annotations

from gazette.publish.columns import Columns, join_rows
from gazette.publish.frames import build_frame
from gazette.tables import TABLES

FIRST = Columns({"issue_id": ["a", "a"], "text": ["3家", "5家"]})
SECOND = Columns({"issue_id": ["b"], "text": ["7家"]})
ROWS = [{"issue_id": "a", "text": "3家"}, {"issue_id": "a", "text": "5家"}, {"issue_id": "b", "text": "7家"}]


def test_they_are_a_sequence_of_rows() -> None:
    assert (len(FIRST), len(Columns({})), len(Columns({"text": []}))) == (2, 0, 0)
    assert list(FIRST) == ROWS[:2]
    assert (FIRST[-1], list(FIRST[1:])) == (ROWS[1], ROWS[1:2])


def test_joined_they_are_all_rows_in_order() -> None:
    joined = join_rows([FIRST, SECOND])
    assert isinstance(joined, Columns)
    assert list(joined) == ROWS == list(join_rows([FIRST, list(SECOND)]))
    assert list(join_rows([])) == []


def test_a_frame_of_them_is_that_of_their_rows() -> None:
    table = TABLES["texts"]
    assert build_frame(table, FIRST).equals(build_frame(table, list(FIRST)))
    lacking = build_frame(table, Columns({"issue_id": ["a"]}))
    assert lacking.rows() == [("a", None)]
