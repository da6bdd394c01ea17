"""What would it take: the smallest set of additions by which most residents of a unit reach all that is required."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.additions.sites import STREET, Hosts, kinds_for, street_points
from geokehila.additions.town import Named, Offers, People
from geokehila.additions.units import (
    FEW,
    FOUND,
    NOT_BY_BUILDING,
    NOT_KNOWN,
    NOT_POSSIBLE,
    REACHED_ALREADY,
    Quest,
)
from geokehila.analyses.tables import Tables
from geokehila.links import required
from geokehila.reach.arrays import Ints
from geokehila.schema import REFERENCE, TABLES, check
from geokehila.zones import CITY, ZONE, Zoning

__all__ = [
    "FEW",
    "FOUND",
    "NOT_BY_BUILDING",
    "NOT_KNOWN",
    "NOT_POSSIBLE",
    "REACHED_ALREADY",
    "measure",
    "streets",
]
#: Zonings of so many inhabited units are looked into, one by one; of more only where there are no others.
MOST_UNITS = 300


def measure(
    tables: Tables, of_homes: pd.DataFrame, sites: gpd.GeoDataFrame, site_walks: pd.DataFrame, link_gains: pd.DataFrame
) -> pd.DataFrame:
    """Find for each unit the fewest additions by which enough of its residents reach every required category.

    An addition is a site that is opened, with as many services as it takes, or a pedestrian link. Fewest additions come
    first, then fewest services, then most people, then the first by id. How many are enough is the study's standard
    ``additions_share``. Whom a hub that is proposed for the city serves, no other hub is added for. What is not mapped
    around a home, or not loaded, is not asked there. Homes that are unconnected or at the edge of the data stay in the
    denominator, and nothing is sought for them.

    Parameters
    ----------
    tables
        Its `study` holds the standards, ``[gaps] least_people`` and ``[hubs] room_m2``.
    of_homes
        Scores of an adult, rows as in `tables.origins`: ``category_<key>_state``.
    sites
        Table ``candidates``, and the points of :func:`streets`; `is_proposed`: where the next hubs of the city go.
    site_walks
        origin_id, site_id, `walk_s` [s] of an adult from homes to those sites, up to the longest cutoff.
    link_gains
        link_id, origin_id, category, as :func:`geokehila.links.gains` returns them.

    Returns
    -------
    DataFrame
        Table ``additions``. A unit that needs nothing, or for which nothing is found, has one row of step 0. Steps are
        in the order of what each adds. `people_open` are the unconnected and those at the edge; `not_asked` are
        categories that are not known for some homes. Verdict ``found``: the reason is empty where the set is proven
        smallest. ``not possible with these sites`` and ``not by a building``: `share_after` is the best share there is,
        the reason names the categories that nothing brings to some people.

    Notes
    -----
    Looked into are the zonings, but the city and the hexagons beside zones, with at most 300 inhabited units; where
    none has so few, the study's own zones. A service at a new site is walked to on the ways of today, and each link is
    counted alone: both together may serve more people than is said, never fewer.
    """
    categories = required(tables.study.catalogue)
    people = People.of(tables, of_homes, categories)
    hosts = Hosts.of(sites, categories, tables.study.hubs.room_m2)
    named = Named(pd.Index(tables.origins["origin_id"]), categories)
    quest = Quest(people, Offers.of(people, named, hosts, site_walks, link_gains), categories)
    share = tables.study.catalogue.standards["additions_share"].value
    rows = [
        {"zoning": zoning.key, "zone_id": zone_id, **row}
        for zoning in asked_of(tables.zonings)
        for zone_id, homes in _units(zoning)
        for row in quest.rows(homes, share, tables.study.gaps.least_people)
    ]
    return check("additions", pd.DataFrame(rows, columns=[*TABLES["additions"].columns]).astype(_TYPES))


def streets(tables: Tables, of_homes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return points where what no building hosts could stand on the street, as table ``candidates``: shops, stops.

    Their walks belong into `site_walks` of :func:`measure`. See :func:`geokehila.additions.sites.street_points`.
    """
    some = [category for category in required(tables.study.catalogue) if STREET in kinds_for(category)]
    units = [homes for zoning in asked_of(tables.zonings) for _, homes in _units(zoning)]
    lacks = People.of(tables, of_homes, some).lacks
    speed_m_s = tables.study.catalogue.profiles[REFERENCE].speed_m_s
    reach_m = np.array([category.cutoff_s * speed_m_s for category in some])
    return street_points(tables.origins, units, lacks, reach_m)


def asked_of(zonings: Sequence[Zoning]) -> tuple[Zoning, ...]:
    """Return the zonings whose units are looked into."""
    divided = [zoning for zoning in zonings if zoning.key not in (CITY, "hexagon")]
    small = tuple(zoning for zoning in divided if len(np.unique(zoning.of_home)) <= MOST_UNITS)
    return small or tuple(zoning for zoning in divided if zoning.key == ZONE)


def _units(zoning: Zoning) -> Iterator[tuple[str, Ints]]:
    """Yield the inhabited units of a zoning: zone_id, and the rows of its homes."""
    order = np.argsort(zoning.of_home, kind="stable")
    units, first = np.unique(zoning.of_home[order], return_index=True)
    for unit, homes in zip(units, np.split(order, first)[1:], strict=True):
        yield str(zoning.units["zone_id"].iloc[unit]), homes


_TYPES = {"step": "int64"} | dict.fromkeys(
    ("share_before", "share_after", "people_gained", "people", "people_open"), "float64"
)
