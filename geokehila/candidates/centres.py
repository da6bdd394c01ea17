"""Centres of neighbourhoods by their streets: where to search for a site in those that have none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila import fabric, network, reach, zones
from geokehila.candidates.drafts import drafts
from geokehila.candidates.grounds import Grounds
from geokehila.candidates.kinds import CANDIDATE, CENTRE
from geokehila.candidates.material import Material
from geokehila.candidates.reasons import NO_INTERSECTION
from geokehila.catalogue import DISTANCE
from geokehila.ledger import Ledger
from geokehila.names import NAME_COLUMNS
from geokehila.network import Walker
from geokehila.reach import Points
from geokehila.reach.arrays import Floats, Ints
from geokehila.study import Study
from geokehila.zones.zoning import ELSEWHERE

#: [m] Whoever walks farther to an intersection, or cannot walk there, counts as walking this far.
FAR_M = 3600.0


@dataclass(frozen=True, eq=False)
class Centres:
    """The centres that the homes of units have among the intersections of their streets."""

    study: Study
    material: Material
    grounds: Grounds

    def of_bare(self, sites: gpd.GeoDataFrame, ledger: Ledger) -> gpd.GeoDataFrame:
        """Return a draft for each unit with people in which no candidate stands: its centre, at which no plot is known.

        Parameters
        ----------
        sites
            Drafts with `status`.
        """
        bare = self._bare(sites)
        ledger.read("unit", len(bare))
        found = {unit: spot for unit in bare.tolist() if (spot := self._centre(unit)) is not None}
        units = self.material.zoning.units
        for zone_id in units["zone_id"].iloc[[unit for unit in bare.tolist() if unit not in found]]:
            ledger.reject("unit", zone_id, NO_INTERSECTION)
        ledger.use("unit", len(found))
        some, spots = units.iloc[[*found]].reset_index(drop=True), self._spots.iloc[[*found.values()]]
        told = some[["zone_id", *NAME_COLUMNS]].assign(
            site_id="centre:" + some["zone_id"],
            kinds=pd.Series([(CENTRE,)] * len(some), some.index, dtype="object"),
            source="streets",
            source_id=spots["intersection_id"].to_numpy(),
        )
        return drafts(told, spots.geometry.to_numpy(), sites.crs)

    def _bare(self, sites: gpd.GeoDataFrame) -> Ints:
        """Return the rows of units with people and without a candidate."""
        material = self.material
        units, homes = material.zoning.units, material.zoning.of_home
        at = shapely.point_on_surface(sites.geometry[sites["status"] == CANDIDATE].to_numpy())
        has_site = zones.standing_in(at, units.geometry.to_numpy())
        people = np.bincount(homes, material.origins["people"].to_numpy(float), len(units))
        is_bare = (people > 0) & (units["zone_id"] != ELSEWHERE).to_numpy()
        is_bare[has_site[has_site >= 0]] = False
        return np.flatnonzero(is_bare)

    def _centre(self, unit: int) -> int | None:
        """Return the row of the intersection that a unit's homes walk least to; of equals the first by id."""
        spots = np.flatnonzero(self._unit_of_spot == unit)
        if not len(spots):
            return None
        homes = np.flatnonzero(self.material.zoning.of_home == unit)
        walk_m = self._walk_m(homes, spots)
        people = self.material.origins["people"].to_numpy(float)[homes]
        return int(spots[np.argmin((people @ walk_m).round(3))])

    def _walk_m(self, homes: Ints, spots: Ints) -> Floats:
        """[m] Return the walks of homes to intersections, shape (H, S)."""
        walk_m = np.full((len(homes), len(spots)), FAR_M)
        of_homes, of_spots = self._placed
        facility = np.arange(len(spots))
        for pairs in reach.od(self._prepared, of_homes.take(homes), of_spots.take(spots), facility, FAR_M):
            walk_m[pairs.origin, pairs.facility] = pairs.walk_s
        return walk_m

    @cached_property
    def _spots(self) -> gpd.GeoDataFrame:
        """True intersections at which a hub could stand, by id."""
        mapped = self.material.mapped
        every = fabric.street_fabric(mapped.roads, mapped.extent).intersections
        spots = drafts(pd.DataFrame(index=every.index), every.geometry.to_numpy(), every.crs)
        return every[self.grounds.why_not(spots) == ""].reset_index(drop=True)

    @cached_property
    def _unit_of_spot(self) -> Ints:
        units = self.material.zoning.units
        return zones.standing_in(self._spots.geometry.to_numpy(), units.geometry.to_numpy())

    @cached_property
    def _walker(self) -> Walker:
        """Who walks a metre in a second, on the flat."""
        streets, profile = self.material.mapped.streets, self.study.catalogue.walkers[DISTANCE]
        built = network.build(streets)
        nowhere = np.full(len(built.lines), np.nan)
        flat = network.slopes(built.lines, np.ones(len(built.lines), bool), nowhere, None)
        closed = np.array([profile.key in keys.split() for keys in streets["closed_to"]], bool)
        return Walker.on(built, flat, closed[built.street], profile)

    @cached_property
    def _prepared(self) -> reach.Prepared:
        return reach.prepare(self._walker.network)

    @cached_property
    def _placed(self) -> tuple[Points, Points]:
        """Homes and intersections on the network, in their orders."""
        homes = self.material.origins.set_index("origin_id").geometry
        return self._points(homes), self._points(self._spots.set_index("intersection_id").geometry)

    def _points(self, points: gpd.GeoSeries) -> Points:
        cap_m = self.study.catalogue.standards["snap_cap"].value
        snapped = network.snap(points, "origin", self._walker.streets, cap_m).set_index("point_id")
        return self._walker.points(snapped.loc[points.index].reset_index())
