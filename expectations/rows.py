"""Which rows a rule speaks of. Both the expectations and the gate's counts of checked rows ask here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

ROW = "row_of_frame"  # the column that numbers the rows of a checked frame


def find_rows_spoken_of(frame: pd.DataFrame, columns: Sequence[str], when: str | None, nulls: str) -> pd.DataFrame:
    """The rows with no null among `columns` (with any, where nulls are "checked") that fulfil the expression `when`;
    of the columns, these and the row's number alone, because `eval` prepares every column that it is given."""
    frame = frame[[*columns, ROW]]
    if nulls != "checked":
        filled = [frame[column].notna() for column in columns]
        if not all(one.all() for one in filled):  # most columns have no null, and a frame is dear to cut
            frame = frame[reduce(and_, filled)]
    if when is None or frame.empty:
        return frame
    return frame[frame.eval(when, engine="python").astype(bool)]
