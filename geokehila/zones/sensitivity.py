"""How much it matters by which areas homes are summed: the same homes, two ways of dividing the city."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.reach.arrays import Floats
from geokehila.schema import REFERENCE
from geokehila.zones.people import TOTAL
from geokehila.zones.zoning import CITY, Zoning


def sensitivity(
    zone_scores: pd.DataFrame, zonings: Sequence[Zoning], origins: gpd.GeoDataFrame, measures: Sequence[str]
) -> pd.DataFrame:
    """Compare every two zonings: how far the figures of a person's area differ, on average over the people.

    Parameters
    ----------
    zone_scores
        Table ``zone_scores``; of an interval its lower end is compared, of everybody, for an adult.
    measures
        Shares, 0 to 1.

    Returns
    -------
    DataFrame
        zoning_a, zoning_b, measure, `mean_difference_share` [0 to 1]: mean over the people of the absolute difference
        between the share of their area in one zoning and in the other; missing where no one has both.
    """
    mine = zone_scores[(zone_scores["profile"] == REFERENCE) & (zone_scores["group"] == TOTAL)]
    mine = mine[mine["measure"].isin(measures)]
    share = mine.set_index(["zoning", "zone_id", "measure"])["low"]
    people = origins["people"].to_numpy(float)
    rows = [
        (a.key, b.key, measure, _difference(_at_homes(share, a, measure), _at_homes(share, b, measure), people))
        for a, b in combinations([zoning for zoning in zonings if zoning.key != CITY], 2)
        for measure in measures
    ]
    return pd.DataFrame(rows, columns=["zoning_a", "zoning_b", "measure", "mean_difference_share"])


def _at_homes(share: pd.Series, zoning: Zoning, measure: str) -> Floats:
    keys = [(zoning.key, zone_id, measure) for zone_id in zoning.units["zone_id"]]
    of_units: Floats = share.reindex(keys).to_numpy(float)
    return of_units[zoning.of_home]


def _difference(a: Floats, b: Floats, people: Floats) -> float:
    known = np.isfinite(a) & np.isfinite(b)
    whole = people[known].sum()
    return float((np.abs(a - b)[known] * people[known]).sum() / whole) if whole else np.nan
