"""The units of a zoning as analyses measure on them: what lies in each, and rows of `Measured.units`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.analyses.tables import UNIT_COLUMNS, Tables
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.schema import LOADED, NOT_MAPPED, UNKNOWN, WHOLE_ZONE_SHARE
from geokehila.zones import Zoning, standing_in
from geokehila.zones.sums import PARTLY_KNOWN


@dataclass(frozen=True, eq=False)
class Units:
    """The units U of one zoning."""

    zoning: Zoning

    def __len__(self) -> int:
        return len(self.zoning.units)

    @property
    def shapes(self) -> np.ndarray:
        """Their geometries [m], shape (U,)."""
        shapes: np.ndarray = self.zoning.units.geometry.to_numpy()
        return shapes

    @property
    def area_m2(self) -> Floats:
        """[m2] Their areas, shape (U,)."""
        area: Floats = shapely.area(self.shapes)
        return area

    def inside(self, extent: shapely.Geometry) -> Units:
        """Return the units as far as the data cover them; as they are where the extent of these is not told."""
        if extent.is_empty:
            return self
        parts = self.zoning.units.assign(geometry=shapely.intersection(self.shapes, extent))
        return Units(replace(self.zoning, units=parts))

    def covered(self, extent: shapely.Geometry) -> Floats:
        """[m2] How much of each the data cover, shape (U,); all of it where their extent is not told."""
        return self.inside(extent).area_m2

    def why_open(self, tables: Tables, listed: str) -> np.ndarray:
        """Return why not every place of a list that stands in each is known, shape (U,); "": every one is.

        Of several homes their plainest doubt, :data:`PARTLY_KNOWN` where the list is believed around some; where nobody
        lives what it is worth in the zone there. What the data do not touch is not mapped.
        """
        worth = tables.listed(listed).to_numpy(object)
        homes, believed = self.of_homes(np.ones(len(worth))), self.of_homes(worth == LOADED)
        plain = np.select([self.of_homes(worth == reason) > 0 for reason in UNKNOWN], UNKNOWN, "")
        zones = tables.zonings[0].units
        at = standing_in(shapely.point_on_surface(self.shapes), zones.geometry.to_numpy())
        ground = tables.listed_in(zones["zone_id"].to_numpy(object)[at], listed)
        rules = [self.covered(tables.extent) == 0, homes == 0, (believed > 0) & (believed < homes)]
        return np.select(rules, [NOT_MAPPED, np.where(ground == LOADED, "", ground), PARTLY_KNOWN], plain)

    def is_cut(self, extent: shapely.Geometry) -> Flags:
        """Tell which the data do not cover as a whole, shape (U,)."""
        cut: Flags = self.covered(extent) < WHOLE_ZONE_SHARE * self.area_m2
        return cut

    def of(self, points: gpd.GeoDataFrame) -> Ints:
        """Return the unit that each point lies in, the first where they overlap as homes are put; -1: none."""
        return standing_in(points.geometry.to_numpy(), self.shapes)

    def of_homes(self, amount: Floats | Flags) -> Floats:
        """Sum what homes have (O,) over the units, shape (U,)."""
        return np.bincount(self.zoning.of_home, np.asarray(amount, float), len(self)).astype(float)

    def sums(self, unit: Ints, kind: pd.Series[str], amount: Floats | pd.Series, kinds: Sequence[str]) -> Floats:
        """Sum amounts by unit and kind, shape (U, K); what lies in no unit (-1) or is of no such kind is left out."""
        column = pd.Index(kinds).get_indexer(pd.Index(kind))
        is_here = (unit >= 0) & (column >= 0)
        sums = np.zeros((len(self), len(kinds)))
        np.add.at(sums, (unit[is_here], column[is_here]), np.asarray(amount, float)[is_here])
        return sums

    def rows(
        self, measure: str, value: Floats, reason: np.ndarray, low: Floats | None = None, high: Floats | None = None
    ) -> pd.DataFrame:
        """Return one measure as rows of `Measured.units`."""
        nothing = np.full(len(self), np.nan)
        columns = {"zoning": self.zoning.key, "zone_id": self.zoning.units["zone_id"].to_numpy(), "measure": measure}
        numbers = {"value": value, "low": nothing if low is None else low, "high": nothing if high is None else high}
        return pd.DataFrame({**columns, **numbers, "reason": reason.astype(object)})[[*UNIT_COLUMNS]]
