"""What people are told apart by, and the rows of table ``equity``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from geokehila.analyses.tables import Tables
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


def labels(tables: Tables, fact: str) -> pd.Series:
    """Return the group of each home, which is that of its zone, as text; missing where no source tells it."""
    zone = tables.origins["zone_id"]
    if tables.zone_facts.empty:
        return pd.Series(None, zone.index, dtype=object)
    told = tables.zone_facts[tables.zone_facts["fact"] == fact].set_index("zone_id")
    number = told["value"].map("{:g}".format, na_action="ignore").astype(object)
    text: pd.Series = number.where(number.notna(), told["text"]).reindex(zone).set_axis(zone.index).astype(object)
    return text


def rows(found: Iterable[Mapping[str, Any]] | pd.DataFrame) -> pd.DataFrame:
    """Return rows of table ``equity``; columns that are not given are empty, and of the city."""
    frame = found if isinstance(found, pd.DataFrame) else pd.DataFrame([{**_DEFAULTS, **row} for row in found])
    filled = frame.assign(**{name: value for name, value in _DEFAULTS.items() if name not in frame})
    numbers = dict.fromkeys(("value", "low", "high"), "float64") | {"groups_count": "int64"}
    return filled[[*TABLES["equity"].columns]].astype(numbers)
