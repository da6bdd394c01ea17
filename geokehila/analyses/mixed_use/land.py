"""What the ground of areas is used for, and which of them one use fills."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.analyses.mixed_use.inside import Town
from geokehila.analyses.units import Units
from geokehila.reach.arrays import Floats
from geokehila.uses import BUILT, NOT_BUILT
from geokehila.zones import ratio

#: Why something is not told of a unit: a key of [reasons] and of [absent] in catalogue/text.
LAND_UNKNOWN = "land_use_unknown"
M2_PER_HA = 10_000.0


@dataclass(frozen=True, eq=False)
class Land:
    """What the ground of the units of one zoning is used for.

    Notes
    -----
    ``land_known_share``
        Share of the unit whose use is known, open and other land with it.
    ``land_<use>_share``
        Share of the land that is built up: residential, commerce, services, education, sport, industry; together 1.
    ``largest_use_share``
        The largest of these; `reason`: which use.
    ``mono_functional``
        1 where that is above 0.8 and the use has 10 ha at least (`reason`: which use), else 0; NaN where less than half
        of the unit has a known use.
    """

    town: Town
    units: Units

    def rows(self) -> Iterator[pd.DataFrame]:
        """Yield a table a measure."""
        yield self.units.rows(
            "land_known_share", self._known_share, np.where(np.isnan(self._known_share), LAND_UNKNOWN, "")
        )
        why = np.where(np.isnan(self._largest_share), LAND_UNKNOWN, "")
        for use, share in zip(BUILT, self._built_shares.T, strict=True):
            yield self.units.rows(f"land_{use}_share", share, why)
        yield self.units.rows("largest_use_share", self._largest_share, np.where(why == "", self._largest, why))
        why = np.select([np.isnan(self._is_filled), self._is_filled == 1], [LAND_UNKNOWN, self._largest], "")
        yield self.units.rows("mono_functional", self._is_filled, why)

    def filled(self) -> gpd.GeoDataFrame:
        """Return the units that one use fills: which `use`, its `share` of the built-up land and its `area_m2`."""
        table = self.units.zoning.table()
        numbers = {"use": self._largest, "share": self._largest_share, "area_m2": self._built_m2.max(axis=1)}
        return table.assign(**numbers)[self._is_filled == 1].reset_index(drop=True)

    @cached_property
    def _m2(self) -> Floats:
        """[m2] Land by use, shape (U, 8): those that build it up, and the others."""
        grounds, units = self.town.grounds, self.units.shapes
        unit, ground = shapely.STRtree(grounds.geometry.to_numpy()).query(units, predicate="intersects")
        shapes = grounds.geometry.to_numpy()[ground]
        shapely.prepare(units)
        is_cut = ~shapely.covers(units[unit], shapes)
        shapes[is_cut] = shapely.intersection(units[unit[is_cut]], shapes[is_cut])
        return self.units.sums(unit, grounds["use"].iloc[ground], shapely.area(shapes), (*BUILT, *NOT_BUILT))

    @property
    def _built_m2(self) -> Floats:
        built: Floats = self._m2[:, : len(BUILT)]
        return built

    @property
    def _known_share(self) -> Floats:
        return ratio(self._m2.sum(axis=1), self.units.area_m2)

    @property
    def _built_shares(self) -> Floats:
        return ratio(self._built_m2, self._built_m2.sum(axis=1, keepdims=True))

    @property
    def _largest_share(self) -> Floats:
        largest: Floats = self._built_shares.max(axis=1)
        return largest

    @property
    def _largest(self) -> np.ndarray:
        """Which use has most of the land that is built up; of equal ones the first."""
        largest: np.ndarray = np.array(BUILT, object)[self._built_m2.argmax(axis=1)]
        return largest

    @cached_property
    def _is_filled(self) -> Floats:
        """1: one use fills it, 0: none does, NaN: not known."""
        is_most = self._largest_share > self.town.standard("mono_functional_share")
        is_zone = self._built_m2.max(axis=1) >= self.town.standard("mono_functional_area") * M2_PER_HA
        is_known = self._known_share >= self.town.standard("known_land")
        return np.where(is_known, (is_most & is_zone) * 1.0, np.nan)
