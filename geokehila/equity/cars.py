"""Households without a car where few people walk to what a day needs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geokehila.analyses.tables import Tables
from geokehila.equity.groups import NOBODY, PARTLY, rows
from geokehila.schema import REFERENCE
from geokehila.zones import TOTAL, ZONE

#: What a household without a car must have on foot: food, a doctor, and a bus to all else.
NEEDED = ("grocery", "clinic", "bus_stop")
#: Of a zone where a smaller share of the people walk there access is low.
LOW_SHARE = 0.5
HOUSEHOLDS, WITHOUT_CAR = "households_count", "households_without_car_share"
NOT_COUNTED = "no source counts cars here"
STATISTIC = "without_car_low_access_count"


def without(tables: Tables, of_zones: pd.DataFrame) -> pd.DataFrame:
    """Return rows of table ``equity``: households without a car in zones of low access, by zone and in the city.

    A zone has low access for certain where at most fewer than half of its people reach the place, and may have it where
    fewer than half are certain to; its households count at least and at most accordingly.

    Parameters
    ----------
    of_zones
        Table ``zone_scores``: shares of an adult by zone.
    """
    is_zone = (of_zones["zoning"] == ZONE) & (of_zones["profile"] == REFERENCE) & (of_zones["group"] == TOTAL)
    shares = of_zones[is_zone].set_index("zone_id")
    people = tables.origins.groupby("zone_id")["people"].sum()
    found = {key: shares[shares["measure"] == f"category_{key}_share"] for key in NEEDED}
    households = _households(tables)
    parts = [_of(key, share, households, people) for key, share in found.items() if len(share)]
    return rows(pd.concat(parts, ignore_index=True)) if parts else rows([])


def _households(tables: Tables) -> pd.Series:
    """Return households without a car by zone_id, of the zones where they are counted."""
    facts = tables.zone_facts
    if facts.empty:
        return pd.Series(dtype=float)
    told = facts[facts["fact"].isin((HOUSEHOLDS, WITHOUT_CAR))].pivot(index="zone_id", columns="fact", values="value")
    known = told.reindex(columns=[HOUSEHOLDS, WITHOUT_CAR]).prod(axis=1, skipna=False).dropna()
    return known.astype(float)


def _of(key: str, share: pd.DataFrame, households: pd.Series, people: pd.Series) -> pd.DataFrame:
    """Tell of one category: a row a zone, the city, and the share of the people whose zone is counted."""
    count = households.reindex(share.index)
    low, high = (count.where(share[end] < LOW_SHARE, 0.0 * count) for end in ("high", "low"))
    none, measure = count.isna(), f"category_{key}"
    zones = {
        "zoning": ZONE,
        "zone_id": share.index,
        "low": low,
        "high": high,
        "reason": none.map({True: NOT_COUNTED, False: ""}),
    }
    known = people.reindex(share.index)
    whole = known.sum()
    told = known[~none].sum() / whole if whole else np.nan
    ends = (np.nan, np.nan) if none.all() else (low.sum(), high.sum())
    city = {"low": ends[0], "high": ends[1], "reason": NOT_COUNTED if none.all() else PARTLY if none.any() else ""}
    of_known = dict.fromkeys(("value", "low", "high"), told) | {"reason": "" if whole else NOBODY}
    return pd.concat(
        [
            rows(pd.DataFrame(zones).assign(measure=measure, statistic=STATISTIC)),
            rows([{"measure": measure, "statistic": STATISTIC} | city]),
            rows([{"measure": measure, "statistic": "without_car_known_share"} | of_known]),
        ]
    )
