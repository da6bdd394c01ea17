"""Where no hub can stand, whatever it is: beyond the data, in the sea, on a motorway, in closed grounds, far off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.candidates import reasons
from geokehila.candidates.drafts import is_of
from geokehila.candidates.kinds import OWN, PLAN_OPEN, PLAN_PUBLIC, SCHOOL
from geokehila.candidates.material import Material
from geokehila.candidates.where import at_sea, lying_in, near
from geokehila.reach.arrays import Flags

#: [m] From the middle of a carriageway or a track to its edge.
HALF_WIDTH_M: Mapping[str, float] = {reasons.MOTORWAY: 8.0, reasons.TRUNK: 8.0, reasons.RAIL: 4.0}
#: Closed grounds with a word of their own; of all others their kind is the reason.
CLOSED: Mapping[str, str] = {reasons.WATER: "water", reasons.MILITARY: "military", reasons.PRIVATE: "private"}
TRUNKS = ("trunk", "trunk_link")


@dataclass(frozen=True, eq=False)
class Grounds:
    """What lies around sites: the material, and values of the catalogue's standards."""

    material: Material
    limits: Mapping[str, float]

    def why_not(self, sites: gpd.GeoDataFrame) -> np.ndarray:
        """Return the first reason why no hub can stand where a site is, empty where one can; shape (N,).

        An area lies in a ground with more than half of it. The municipality knows what is built, or to be built, on
        works, in industry and beyond the zones: there its own rows stand; a plan says so of works.
        """
        shapes, is_own = sites.geometry.to_numpy(), is_of(sites, OWN)
        is_planned = is_own | is_of(sites, PLAN_PUBLIC) | is_of(sites, PLAN_OPEN)
        at, closed = shapely.point_on_surface(shapes), self._closed(sites)
        strips = self._carriageways()
        rules: list[tuple[str | np.ndarray, Flags]] = [
            (reasons.OUTSIDE, ~shapely.intersects(at, self.material.mapped.extent)),
            (reasons.SEA, at_sea(at, self._barriers("coast"))),
            *((reason, _rows(len(sites), closed[closed["kind"] == kind]["site"])) for reason, kind in CLOSED.items()),
            *((reason, _rows(len(sites), lying_in(shapes, strips[reason])[0])) for reason in strips),
            (_works(closed, len(sites)), ~is_planned & _rows(len(sites), closed["site"])),
            (reasons.INDUSTRY, ~is_own & self._in_industry(shapes) & ~self._near_homes(at)),
            (reasons.AWAY, ~is_own & ~near(at, self.material.zones.geometry.to_numpy(), self.limits["hub_near_zones"])),
        ]
        return np.select([where for _, where in rules], [reason for reason, _ in rules], "")

    def _closed(self, sites: gpd.GeoDataFrame) -> pd.DataFrame:
        """Return the pairs of sites and closed grounds that they lie in: row of the `site`, `kind` of the ground.

        A school's own ground, private in school hours, is none to it.
        """
        grounds = self.material.mapped.closed_grounds
        site, ground = lying_in(sites.geometry.to_numpy(), grounds.geometry.to_numpy())
        ids, map_ids = grounds["ground_id"].to_numpy(object)[ground], sites["map_id"].to_numpy(object)[site]
        is_school = is_of(sites, SCHOOL)[site] & (ids == map_ids)
        kind = grounds["kind"].to_numpy(object)[ground]
        return pd.DataFrame({"site": site[~is_school], "kind": kind[~is_school]})

    def _barriers(self, kind: str) -> np.ndarray:
        barriers = self.material.mapped.barriers
        lines: np.ndarray = barriers.geometry[barriers["kind"] == kind].to_numpy()
        return lines

    def _carriageways(self) -> Mapping[str, np.ndarray]:
        """Return the strips of ground that motorways, trunk roads and railways take, by reason."""
        roads = self.material.mapped.roads
        trunk = roads[roads["way"].isin(TRUNKS) & ~roads["bridge"] & ~roads["tunnel"]]
        lines = {
            reasons.MOTORWAY: self._barriers("motorway"),
            reasons.TRUNK: trunk.geometry.to_numpy(),
            reasons.RAIL: self._barriers("rail"),
        }
        return {reason: _strips(some, HALF_WIDTH_M[reason]) for reason, some in lines.items()}

    def _in_industry(self, shapes: np.ndarray) -> Flags:
        land = self.material.mapped.land
        return _rows(len(shapes), lying_in(shapes, land.geometry[land["use"] == "industry"].to_numpy())[0])

    def _near_homes(self, at: np.ndarray) -> Flags:
        return near(at, self.material.homes.geometry.to_numpy(), self.limits["hub_near_homes"])


def _works(closed: pd.DataFrame, count: int) -> np.ndarray:
    """Return the kind of ground that each site lies in, of several the first by name, shape (N,)."""
    kinds: np.ndarray = closed.groupby("site")["kind"].min().reindex(range(count)).fillna("").to_numpy(object)
    return np.array([kind.replace("_", " ") for kind in kinds], object)


def _strips(lines: np.ndarray, half_width_m: float) -> np.ndarray:
    """Return the ground that lines take, in parts that do not overlap."""
    strips: np.ndarray = shapely.get_parts(shapely.union_all(shapely.buffer(lines, half_width_m, cap_style="flat")))
    return strips


def _rows(count: int, rows: pd.Series | np.ndarray) -> Flags:
    """Tell which of so many rows are named, shape (N,)."""
    named = np.zeros(count, bool)
    named[np.asarray(rows, int)] = True
    return named
