"""Which sites no hub can stand on, and why: what the municipality says, where a site lies, what it is, and its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from geokehila.candidates import kinds, reasons
from geokehila.candidates.drafts import is_of
from geokehila.candidates.grounds import Grounds
from geokehila.reach.arrays import Floats

#: Kinds that are asked to be large enough, and the standard [m2] that says how large.
LEAST: Mapping[str, str] = {
    **dict.fromkeys((kinds.SCHOOL, kinds.LIBRARY, kinds.PUBLIC_BUILDING, kinds.CULTURE), "hub_building"),
    kinds.WORSHIP: "hub_worship",
    kinds.SHELTER: "hub_shelter",
    kinds.PLAN_PUBLIC: "hub_plot",
    kinds.PLAN_OPEN: "hub_open_plot",
    kinds.SQUARE: "hub_square",
}
#: Of these most are small: one whose size nobody tells is not taken for large.
MOSTLY_SMALL = (kinds.WORSHIP, kinds.SHELTER)


@dataclass(frozen=True, eq=False)
class Judge:
    """What sites are judged by: the ground they stand on, and values of the catalogue's standards."""

    grounds: Grounds
    limits: Mapping[str, float]

    def judged(self, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return drafts with `status`, and `reason` of the excluded, else empty.

        A hub that is there stays one, wherever it lies and whatever is said. It is extendable where the municipality
        says so, or where it is small as far as its room is known; never where anything speaks against its place.
        """
        why, is_there = self._why(sites), sites["is_there"].to_numpy(bool)
        is_small = (sites["room_m2"] < self.limits["hub_extendable"]).to_numpy()
        return sites.assign(
            status=np.select([is_there, why != ""], [kinds.EXISTING, kinds.EXCLUDED], kinds.CANDIDATE),
            reason=np.where(is_there, "", why),
            extendable=is_there & (why == "") & (is_small | sites["extendable"].to_numpy(bool)),
        )

    def _why(self, sites: gpd.GeoDataFrame) -> np.ndarray:
        """Return the first reason that applies to each, shape (N,)."""
        is_never = (sites["choice"] == kinds.NEVER).to_numpy()
        where, said, size = self.grounds.why_not(sites), sites["said"].to_numpy(object), self._size(sites)
        why = np.select([is_never, where != "", said != ""], [reasons.SAID_NEVER, where, said], size)
        return np.asarray(why, object)

    def _size(self, sites: gpd.GeoDataFrame) -> np.ndarray:
        """Return that a site is too small, or may be, shape (N,): of its kinds one that is large enough is enough."""
        fits = np.array([not {*some} <= {*LEAST} for some in sites["kinds"]], bool)
        maybe = np.zeros(len(sites), bool)
        for kind in LEAST:
            is_kind, ratio = is_of(sites, kind), self._ratio(sites, kind)
            fits |= is_kind & ((ratio >= 1) | (np.isnan(ratio) & (kind not in MOSTLY_SMALL)))
            maybe |= is_kind & np.isnan(ratio)
        return np.select([fits, maybe], ["", reasons.SIZE_NOT_KNOWN], reasons.SMALL)

    def _ratio(self, sites: gpd.GeoDataFrame, kind: str) -> Floats:
        """Return how large sites are over how large they must be, missing where not known, shape (N,)."""
        m2 = sites["shelter_m2" if kind == kinds.SHELTER else "size_m2"].to_numpy(float)
        ratio: Floats = m2 / self.limits[LEAST[kind]]
        if kind == kinds.SHELTER:
            ratio = np.fmax(ratio, sites["shelter_people"].to_numpy(float) / self.limits["hub_shelter_people"])
        return ratio
