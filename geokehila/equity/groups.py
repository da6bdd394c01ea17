"""What people are told apart by, and the rows of table ``equity``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from geokehila.schema import TABLES
from geokehila.zones import CITY

#: Facts of zones that people are compared by, the official one first, and their age.
CLUSTER = "ses_cluster"
FACTS, AGE = (CLUSTER, "society", "religion"), "age"
#: Reasons why a number is missing, or what to mind of it.
NOT_TOLD, ONE_GROUP, PARTLY, NOBODY = "no source tells the group", "one group", "partly unknown", "no people"

_DEFAULTS: Mapping[str, Any] = {
    "zoning": CITY,
    **dict.fromkeys(("zone_id", "measure", "group_by", "statistic", "group", "reason"), ""),
    **dict.fromkeys(("value", "low", "high"), np.nan),
    "groups_count": 0,
}


def rows(found: Iterable[Mapping[str, Any]] | pd.DataFrame) -> pd.DataFrame:
    """Return rows of table ``equity``; columns that are not given are empty, and of the city."""
    frame = found if isinstance(found, pd.DataFrame) else pd.DataFrame([{**_DEFAULTS, **row} for row in found])
    filled = frame.assign(**{name: value for name, value in _DEFAULTS.items() if name not in frame})
    numbers = dict.fromkeys(("value", "low", "high"), "float64") | {"groups_count": "int64"}
    return filled[[*TABLES["equity"].columns]].astype(numbers)
