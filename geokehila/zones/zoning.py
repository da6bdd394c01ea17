"""Which unit of a zoning each home stands in; every home stands in one, so that any two zonings sum to the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.names import NAME_COLUMNS
from geokehila.reach.arrays import Floats, Ints

#: Zonings that every study has: its own zones, and the city as one.
ZONE, CITY = "zone", "city"
#: zone_id of what the units of a zoning leave of the city, and what it is called.
ELSEWHERE = "elsewhere"
ELSEWHERE_NAMES = {
    "name_he": "מחוץ לשכונות",
    "name_ar": "خارج الأحياء",
    "name_en": "Outside them",
    "name_ru": "За их пределами",
}


@dataclass(frozen=True, eq=False)
class Zoning:
    """One way of dividing the city.

    Attributes
    ----------
    key
        ``zone``, ``city``, ``neighbourhood``, ``quarter``, ``sub_quarter``, ``community`` or ``hexagon``.
    units
        zone_id, names, geometry [m]; one row a unit, by zone_id.
    of_home
        Row in `units` of each home, shape (O,).
    """

    key: str
    units: gpd.GeoDataFrame
    of_home: Ints

    @classmethod
    def of_zones(cls, zones: gpd.GeoDataFrame, origins: gpd.GeoDataFrame) -> Zoning:
        """Take the study's own zones, whose homes know them by zone_id."""
        units = _units(zones)
        return cls(ZONE, units, pd.Index(units["zone_id"]).get_indexer(pd.Index(origins["zone_id"])))

    @classmethod
    def of_city(cls, zones: gpd.GeoDataFrame, origins: gpd.GeoDataFrame) -> Zoning:
        """Take all zones as one, whose zone_id is empty."""
        whole = gpd.GeoDataFrame({"zone_id": [""]}, geometry=[zones.union_all()], crs=zones.crs)
        return cls(CITY, _units(whole), np.zeros(len(origins), np.int64))

    @classmethod
    def over(cls, key: str, units: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, origins: gpd.GeoDataFrame) -> Zoning:
        """Put homes into the units they stand in, the first by zone_id where units overlap, else ``elsewhere``."""
        units = _units(units)
        of_home = standing_in(origins.geometry.to_numpy(), units.geometry.to_numpy())
        if (of_home < 0).any():
            of_home = np.where(of_home < 0, len(units), of_home)
            rest = shapely.difference(zones.union_all(), units.union_all())
            names = {"zone_id": [ELSEWHERE], **{column: [ELSEWHERE_NAMES[column]] for column in NAME_COLUMNS}}
            units = pd.concat([units, gpd.GeoDataFrame(names, geometry=[rest], crs=zones.crs)], ignore_index=True)
        return cls(key, units, of_home)

    def table(self) -> gpd.GeoDataFrame:
        """Return table ``zonings``: its units under its key."""
        return self.units.assign(zoning=self.key)[["zoning", *self.units]]


def best_known(zonings: Sequence[Zoning], people: Floats) -> Zoning:
    """Return the areas that a meeting knows best: neighbourhoods, else quarters or communities, else the zones.

    Parameters
    ----------
    zonings
        The study's own zones first.
    people
        Of each home, shape (O,): most of them live in the areas that are returned.
    """
    for zoning in zonings:
        inside = people[(zoning.units["zone_id"] != ELSEWHERE).to_numpy()[zoning.of_home]].sum()
        if zoning.key not in (ZONE, CITY, "hexagon") and inside > people.sum() / 2:
            return zoning
    return zonings[0]


def standing_in(points: np.ndarray, shapes: np.ndarray) -> Ints:
    """Return the shape that each point stands in, the first where they overlap, -1 in none, shape (N,).

    Examples
    --------
    >>> squares = shapely.box([0, 1], 0, [2, 3], 1)
    >>> standing_in(shapely.points([[1.5, 0.5], [2.5, 0.5], [9, 9]]), squares).tolist()
    [0, 1, -1]
    """
    shape, point = shapely.STRtree(points).query(shapes, predicate="intersects")
    first = np.full(len(points), len(shapes))
    np.minimum.at(first, point, shape)
    return np.where(first < len(shapes), first, -1)


def _units(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return zone_id, names and geometry by zone_id; a name that is not told is missing."""
    columns = frame.reindex(columns=["zone_id", *NAME_COLUMNS]).astype(dict.fromkeys(NAME_COLUMNS, "object"))
    units = gpd.GeoDataFrame(columns, geometry=frame.geometry.to_numpy(), crs=frame.crs)
    return units.sort_values("zone_id", ignore_index=True)
