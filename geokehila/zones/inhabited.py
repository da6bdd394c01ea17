"""The units of a zoning where somebody lives: who lives in each, and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geokehila.reach.arrays import Floats, Ints
from geokehila.zones.zoning import CITY, Zoning, standing_in


@dataclass(frozen=True, eq=False)
class Inhabited:
    """Units with homes, U of them, as table ``zone_scores`` has rows of; the city is always one.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> units = gpd.GeoDataFrame({"zone_id": ["a", "b", "c"]}, geometry=[shapely.box(i, 0, i + 1, 1) for i in range(3)])
    >>> lived_in = Inhabited(Zoning("zone", units, np.array([2, 0, 2])))
    >>> lived_in.ids.tolist(), lived_in.sums(np.array([5.0, 2.0, 1.0])).tolist()
    (['a', 'c'], [2.0, 6.0])
    >>> lived_in.standing(shapely.points([[2.5, 0.5], [1.5, 0.5], [9, 9]])).tolist()
    [1, -1, -1]
    """

    zoning: Zoning

    @cached_property
    def rows(self) -> Ints:
        """Their rows among the units of the zoning, shape (U,)."""
        return np.zeros(1, np.int64) if self.zoning.key == CITY else np.unique(self.zoning.of_home)

    @cached_property
    def ids(self) -> np.ndarray:
        """Their zone_id, shape (U,)."""
        ids: np.ndarray = self.zoning.units["zone_id"].to_numpy(object)[self.rows]
        return ids

    @cached_property
    def unit(self) -> Ints:
        """Number of each home's unit among these, shape (O,)."""
        return np.searchsorted(self.rows, self.zoning.of_home)

    def sums(self, numbers: Floats) -> Floats:
        """Sum numbers of homes (O,) over these units (U,)."""
        summed: Floats = np.bincount(self.unit, numbers, len(self.ids)).astype(float)
        return summed

    def scale(self, people: Floats, otherwise: Floats) -> Floats:
        """Return what a person of each home counts who is placed otherwise, shape (O,), so that units stay as large.

        Units that cut zones hold other numbers of people by each way of placing them; that of `people` is told.
        """
        then, now = self.sums(otherwise), self.sums(people)
        counts: Floats = np.divide(now, then, out=np.ones(len(now)), where=then > 0)[self.unit]
        return counts

    def standing(self, points: np.ndarray) -> Ints:
        """Return the unit in which each point stands, the first where they overlap, -1 in none, shape (N,)."""
        return standing_in(points, self.zoning.units.geometry.to_numpy()[self.rows])
