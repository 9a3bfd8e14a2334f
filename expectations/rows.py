"""Which rows a rule speaks of, and whether they fulfil it. Both the expectations and the gate's counts of checked rows
ask here.

Rows are passed as their columns: of a frame with hundreds of thousands of rows and dozens of columns a rule needs two
or three, and to cut frames out of it takes longer than to look at them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    Columns = Mapping[str, "pd.Series[object]"]

ROW = "row_of_frame"  # the column that numbers the rows of a checked frame


def find_rows_spoken_of(frame: pd.DataFrame, columns: Sequence[str], when: str | None, nulls: str) -> Columns:
    """The columns named, and the rows' numbers, of the rows with no null among them (with any, where nulls are
    "checked") that fulfil the expression `when`."""
    rows: Columns = {name: frame[name] for name in (*columns, ROW)}
    if nulls != "checked":
        filled = [rows[name].notna() for name in columns]
        if not all(one.all() for one in filled):  # most columns have no null
            rows = _keep(rows, reduce(and_, filled))
    if when is None or rows[ROW].empty:
        return rows
    return _keep(rows, fulfil(rows, when))


def fulfil(rows: Columns, expression: str) -> pd.Series[bool]:
    """Whether each row fulfils an expression in the language of `pandas.DataFrame.eval`."""
    from pandas import eval as evaluate  # a quarter of a second, for who has rows to look at

    found = evaluate(expression, engine="python", local_dict={}, global_dict={}, resolvers=[rows])
    return found.astype(bool)


def _keep(rows: Columns, which: pd.Series[bool]) -> Columns:
    return {name: column[which] for name, column in rows.items()}
