"""Which services a site could host, and where on the street stands what no building hosts: a shop, a bus stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.candidates.kinds import CANDIDATE, EXCLUDED, EXISTING, KINDS, MAY, NEVER, PLAN_OPEN, PLAN_PUBLIC
from geokehila.catalogue import Category
from geokehila.reach.arrays import Flags, Floats, Ints

#: A point on the street where what no building hosts could stand.
STREET = "street"
#: What needs ground of its own: on which plots of a plan it fits.
ON_PLOTS: Mapping[str, frozenset[str]] = {
    "school": frozenset((PLAN_PUBLIC,)),
    "sport": frozenset((PLAN_PUBLIC, PLAN_OPEN)),
    **dict.fromkeys(("park", "playground", "community_garden"), frozenset((PLAN_OPEN,))),
}
#: What no addition of a neighbourhood's own brings.
ELSEWHERE = frozenset("rail_station shelter emergency_station worship".split())
#: Points on the street for one category in one unit at most.
MOST_STREETS = 3
#: A walk is about so many times as long as the way on the map.
ROUND_ABOUT = 1.3


def is_hosted(category: Category) -> bool:
    """Tell whether a building can host a service of a category beside others."""
    return category.hub or category.hosted_m2 > 0


def kinds_for(category: Category) -> frozenset[str]:
    """Return the kinds of sites that fit a category; none where nothing that is built here brings it.

    Examples
    --------
    >>> from geokehila.catalogue import Catalogue
    >>> of = Catalogue.read().categories
    >>> sorted(kinds_for(of["park"])), sorted(kinds_for(of["grocery"])), "library" in kinds_for(of["clinic"])
    (['plan_open'], ['street'], True)
    """
    if is_hosted(category):
        return frozenset(KINDS) - {PLAN_OPEN}
    if category.key in ON_PLOTS:
        return ON_PLOTS[category.key]
    return frozenset() if category.key in ELSEWHERE else frozenset((STREET,))


@dataclass(frozen=True, eq=False)
class Hosts:
    """Sites that could be built at or extended, S of them by site_id.

    Attributes
    ----------
    site_id
        Shape (S,).
    hosts
        Which categories each could host, shape (S, C).
    room_m2
        [m2] Floor for services; infinite on plots and on the street, shape (S,).
    is_proposed
        Where the next hubs of the city go, shape (S,).
    """

    site_id: np.ndarray
    hosts: Flags
    room_m2: Floats
    is_proposed: Flags

    @classmethod
    def of(cls, sites: gpd.GeoDataFrame, categories: Sequence[Category], usual_m2: float) -> Hosts:
        """Take table ``candidates``, `is_proposed` beside it, and street points: those that nobody rules out.

        Existing hubs are taken where they can be extended; nothing is added to others.

        Parameters
        ----------
        usual_m2
            [m2] Room for services in a building of which none is told.
        """
        can_change = (sites["status"] != EXISTING) | sites["extendable"].astype(bool)
        some = sites[(sites["status"] != EXCLUDED) & (sites["choice"] != NEVER) & can_change].sort_values("site_id")
        hosts = [some["kind"].isin(kinds_for(category)).to_numpy(bool) for category in categories]
        is_plot = some["kind"].isin((PLAN_PUBLIC, PLAN_OPEN, STREET))
        room_m2 = some["room_m2"].astype(float).fillna(usual_m2).mask(is_plot, np.inf)
        is_proposed = some["is_proposed"].to_numpy(bool) if "is_proposed" in some else np.zeros(len(some), bool)
        return cls(some["site_id"].to_numpy(object), np.column_stack([*hosts]), room_m2.to_numpy(float), is_proposed)


def street_points(homes: gpd.GeoDataFrame, units: Sequence[Ints], lacks: Flags, reach_m: Floats) -> gpd.GeoDataFrame:
    """Find where on the street a shop or a stop would stand, by the people who are beyond the cutoff of it.

    In each unit it is the home nearest to the middle of those people; where some of them live farther off than the
    walk asked for, the next point is in the middle of these, three at most.

    Parameters
    ----------
    homes
        Table ``origins``.
    units
        Rows of the homes of each unit.
    lacks
        Which homes are beyond the cutoff of each category that stands on the street, shape (O, K).
    reach_m
        [m] The walk asked for each of these, shape (K,).

    Returns
    -------
    GeoDataFrame
        As table ``candidates``: site_id ``street:<origin_id>``, kind ``street``, the home's geometry; each home once.
    """
    xy, people = np.column_stack([homes.geometry.x, homes.geometry.y]), homes["people"].to_numpy(float)
    rows = {
        row
        for unit in units
        for k in range(lacks.shape[1])
        for row in _middles(unit[lacks[unit, k]], xy, people, float(reach_m[k]) / ROUND_ABOUT)
    }
    chosen = homes.iloc[sorted(rows)]
    columns = pd.DataFrame({"site_id": f"{STREET}:" + chosen["origin_id"].astype(str)})
    columns = columns.assign(kind=STREET, status=CANDIDATE, choice=MAY, extendable=False, room_m2=np.inf)
    return gpd.GeoDataFrame(columns, geometry=chosen.geometry, crs=homes.crs).reset_index(drop=True)


def _middles(rows: Ints, xy: Floats, people: Floats, near_m: float) -> Iterator[int]:
    """Yield the home in the middle of some, then that in the middle of those it is not near to, three at most."""
    for _ in range(MOST_STREETS):
        if not people[rows].sum():
            return
        middle = np.average(xy[rows], axis=0, weights=people[rows])
        best = int(rows[np.argmin(np.hypot(*(xy[rows] - middle).T))])
        yield best
        rows = rows[np.hypot(*(xy[rows] - xy[best]).T) > near_m]
