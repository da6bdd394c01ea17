"""A row of totals in a list, as people write it below the others: it is of nothing that stands anywhere."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from geokehila.load.written import key, number
from geokehila.reach.arrays import Flags

TOTAL = "a total, no row"
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


def _is_total(row: tuple[object, ...]) -> bool:
    words = (cell for cell in row if isinstance(cell, str) and cell and np.isnan(number(cell)))
    return bool(_BEGINS.match(key(next(words, ""))))
