"""Rows of a list that are of nothing that stands anywhere: totals below the others, and headings between them."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from geokehila.load.written import key, number
from geokehila.reach.arrays import Flags

TOTAL, HEADING = "a total, no row", "a heading, no row"
#: In a list of which no row fills so many cells, a name alone is of a place whose spot nobody wrote down.
_LEAST_FILLED = 5
_WORDS = ("סה״כ", "סך הכל", "סך הכול", "סכום", "total", "totals", "grand total", "sum", "subtotal", "المجموع", "مجموع",
          "إجمالي", "الإجمالي")  # fmt: skip
#: "Total" and "Total of shelters"; the Totem Club is none.
_BEGINS = re.compile(rf"(?:{'|'.join(sorted(map(key, _WORDS)))})(?: |$)")


def are(rows: pd.DataFrame) -> Flags:
    """Tell which rows begin with the word for a total, numbers before it aside; shape (N,).

    Examples
    --------
    >>> are(pd.DataFrame({"id": ["1", None, "27"], "name": ["Club", 'סה"כ:', "Total sites"]})).tolist()
    [False, True, True]
    """
    found: Flags = np.array([_is_total(row) for row in rows.itertuples(index=False, name=None)], dtype=bool)
    return found


def headings(rows: pd.DataFrame) -> Flags:
    """Tell which rows are words in the first column alone, in a list of which some row fills five cells; shape (N,).

    Examples
    --------
    >>> row = {"id": "1", "name": "Club", "x": 1, "y": 2, "room": 80}
    >>> headings(pd.DataFrame([{"id": "Old Town"}, row, {"name": "Hall"}])).tolist()
    [True, False, False]
    """
    filled = (rows.notna() & (rows.astype("str").apply(lambda cells: cells.str.strip()) != "")).to_numpy()
    count = filled.sum(axis=1)
    is_first = filled[:, 0] & (count == 1) & np.array([np.isnan(number(cell)) for cell in rows.iloc[:, 0]], dtype=bool)
    found: Flags = is_first & bool(count.max(initial=0) >= _LEAST_FILLED)
    return found


def _is_total(row: tuple[object, ...]) -> bool:
    words = (cell for cell in row if isinstance(cell, str) and cell and np.isnan(number(cell)))
    return bool(_BEGINS.match(key(next(words, ""))))
