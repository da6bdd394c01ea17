"""What comes of parting a town: the communities, which of them each home is in, and what a report says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.brief import Brief
from geokehila.names import NAME_COLUMNS
from geokehila.reach.arrays import Ints

#: Why a town is not parted.
NO_HOMES, NO_STREETS = "no homes", "no streets"
#: Whether a community is in the band of people.
WITHIN, BELOW, ABOVE = "within", "below", "above"
#: Columns of the units and their types, before their geometry.
COLUMNS: Mapping[str, str] = {
    "zone_id": "str",
    **dict.fromkeys(NAME_COLUMNS, "object"),
    "people": "float64",
    "homes_count": "int64",
    "band": "str",
    "reason": "str",
    "compactness_ratio": "float64",
    "walk_mean_m": "float64",
    "cut_streets_count": "int64",
    "cut_streets_m": "float64",
    "straddles_count": "int64",
}


@dataclass(frozen=True, eq=False, repr=False)
class Found(Brief):
    """Communities of a town.

    Attributes
    ----------
    units
        One row a community, by zone_id, which number them from west to east: names (missing), people, homes_count,
        `band` (within, below or above it) and `reason` (empty within), compactness_ratio, walk_mean_m (missing: no home
        is on a street), cut_streets_count, cut_streets_m, straddles_count, geometry [m]. Empty where the town is not
        parted.
    of_home
        Row in `units` of each home, in the order in which homes were given, -1 where the town is not parted, shape
        (O,).
    facts
        For a report: `reason` why the town is not parted (empty: it is), whether crossings are known, and counts.
    """

    units: gpd.GeoDataFrame
    of_home: Ints
    facts: Mapping[str, float | str]

    @classmethod
    def of(cls, units: gpd.GeoDataFrame, of_home: Ints, facts: Mapping[str, float | str]) -> Found:
        """Take communities as they are drawn and measured, and count them."""
        counts = {f"{band}_band_count": int((units["band"] == band).sum()) for band in (WITHIN, BELOW, ABOVE)}
        counted: dict[str, float | str] = {
            "reason": "",
            "communities_count": len(units),
            **counts,
            "people_outside_band": float(units["people"][units["band"] != WITHIN].sum()),
            "straddles_count": int(units["straddles_count"].sum()),
        }
        return cls(_typed(units, units.geometry), of_home, counted | dict(facts))

    @classmethod
    def nothing(cls, homes: gpd.GeoDataFrame, reason: str) -> Found:
        """Return that a town is not parted, and why."""
        return cls(_typed(pd.DataFrame(), homes.geometry[:0]), np.full(len(homes), -1), {"reason": reason})


def _typed(told: pd.DataFrame, shapes: gpd.GeoSeries) -> gpd.GeoDataFrame:
    columns = pd.DataFrame({name: told.get(name) for name in COLUMNS}, shapes.index).astype(dict(COLUMNS))
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=shapes.crs)
