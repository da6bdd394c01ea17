"""What lists may miss: places that neither of two shows, and whom those would serve; how long nobody edited the map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array

from geokehila.access import Access, Answers, Ask
from geokehila.analyses.tables import UNIT_COLUMNS, Measured, Tables
from geokehila.confidence.unseen import LEAST_SEEN, Likely, Reached, TwoLists
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.schema import REFERENCE, TABLES, UNCONNECTED, check
from geokehila.study import Study
from geokehila.zones import CITY

#: Who made the first list. The stops of a timetable are no second one: the map's are copied from it.
MAP, COPIED = "osm", "gtfs"
#: Shares of the places that may be seen, to tell by what a quarter might lack that no list knows.
IF_SEEN = (0.9, 0.7, 0.5)
#: Of fewer places with a date no age is told.
LEAST_DATED, DAYS_A_YEAR = 5, 365.25


def asks(study: Study, places: gpd.GeoDataFrame) -> tuple[Ask, ...]:
    """Ask who reaches which place of the categories that two lists show.

    Parameters
    ----------
    places
        Table ``places`` with `categories` (tuple of keys).
    """
    categories = study.catalogue.categories
    keys = [key for key, lists in two_lists(places).items() if lists.tells]
    return tuple(Ask("pairs", REFERENCE, (key,), (categories[key].cutoff_s,)) for key in keys)


def two_lists(places: gpd.GeoDataFrame) -> dict[str, TwoLists]:
    """Count, of each category, the places that only the map shows, only somebody's list, and both.

    Returns
    -------
    dict
        Of the categories of which both show any.
    """
    sources = places["source"].str.split("; ").map(frozenset)
    is_mapped = sources.map(lambda some: MAP in some)
    is_listed = sources.map(lambda some: bool(some - {MAP, COPIED}))
    long = pd.DataFrame({"category": places["categories"], "mapped": is_mapped, "listed": is_listed}).explode(
        "category"
    )
    counts = long.groupby(["category", "mapped", "listed"]).size()

    def count(key: str, mapped: bool, listed: bool) -> int:
        return int(counts.get((key, mapped, listed), 0))

    found = {
        str(key): TwoLists(count(key, True, False), count(key, False, True), count(key, True, True))
        for key in sorted(long["category"].dropna().unique())
    }
    return {key: lists for key, lists in found.items() if lists.first + lists.both and lists.second + lists.both}


def measure(tables: Tables, answers: Answers) -> Measured:
    """Estimate the share of people who reach a place of a category, those that no list shows among them.

    Returns
    -------
    Measured
        By unit ``category_<key>_likely_share``, from where to where it is in 90 cases of 100, where two lists tell and
        homes of the unit reach 20 places at least. Homes without a way are none of those who reach it at least, and all
        of them at most. ``edit_age_median_years``: half of the places that only the map shows were last edited longer
        ago, counted from the newest edit of any; told of five places at least, and of no change on the ground.
    """
    found = _Found(tables, answers.of(REFERENCE))
    nothing = {"value": np.nan, "reason": ""}
    rows = [
        {"zoning": zoning.key, "zone_id": zoning.units["zone_id"].iloc[unit], "measure": f"category_{key}_likely_share"}
        | {**nothing, "low": homes.likely.low, "high": homes.likely.high}
        for zoning in tables.zonings
        for key in found.lists
        for unit, homes in found.of_units(key, zoning.of_home)
    ]
    return Measured({}, pd.DataFrame([*rows, *_ages(tables)], columns=[*UNIT_COLUMNS]))


def _ages(tables: Tables) -> Iterator[dict[str, Any]]:
    """Yield how long ago half of the places of each unit were last edited [years]."""
    dated = tables.places[(tables.places["source"] == MAP) & tables.places["date"].notna()]
    edited = pd.to_datetime(dated["date"])
    if edited.nunique() < 2:  # One date for all is that of a file, not of an edit.
        return
    years = ((edited.max() - edited).dt.days / DAYS_A_YEAR).to_numpy(float)
    tree = shapely.STRtree(dated.geometry.representative_point().to_numpy())
    for zoning in tables.zonings:
        unit, place = tree.query(zoning.units.geometry.to_numpy(), predicate="intersects")
        for number, some in pd.Series(years[place]).groupby(unit):
            if len(some) >= LEAST_DATED:
                told = {"value": some.median(), "low": np.nan, "high": np.nan, "reason": ""}
                zone_id = zoning.units["zone_id"].iloc[int(str(number))]
                yield {"zoning": zoning.key, "zone_id": zone_id, "measure": "edit_age_median_years"} | told


def sheet(tables: Tables, answers: Answers) -> pd.DataFrame:
    """Return table ``completeness``: what two lists of a category show, and what they may miss."""
    found, every = _Found(tables, answers.of(REFERENCE)), two_lists(_inside(tables))
    rows = [
        {
            "category": key,
            "map_only_count": lists.first,
            "list_only_count": lists.second,
            "both_count": lists.both,
            **(found.homes(key).told() if key in found.lists else {}),
        }
        for key, lists in every.items()
    ]
    columns = {column: {"text": "str", "count": "int64"}.get(kind, "float64") for column, kind in COLUMNS.items()}
    return check("completeness", pd.DataFrame(rows, columns=[*columns]).astype(columns))


COLUMNS = TABLES["completeness"].columns


def _inside(tables: Tables) -> gpd.GeoDataFrame:
    """Return the places in the study's zones: beyond them nobody hands over lists."""
    whole = next(zoning for zoning in tables.zonings if zoning.key == CITY).units.geometry.iloc[0]
    return tables.places[shapely.intersects(tables.places.geometry.representative_point().to_numpy(), whole)]


@dataclass(frozen=True, eq=False)
class _Homes:
    """Some homes with a way, which place of a category they reach, and what share of the people they are."""

    reached: Reached
    lists: TwoLists
    connected: float

    @cached_property
    def likely(self) -> Likely:
        """The share of all people, those without a way among them."""
        found, share = self.reached.likely(self.lists), self.connected
        return Likely(found.seen * share, found.estimate * share, found.low * share, found.high * share + 1 - share)

    def told(self) -> dict[str, float]:
        """Return what table ``completeness`` tells of them."""
        ifs = {
            f"reached_if_{100 * rate:.0f}_seen_share": self.connected * self.reached.if_seen(rate) for rate in IF_SEEN
        }
        return {
            "places_estimate": self.lists.places,
            "seen_share": self.lists.detection,
            "reached_share": self.likely.seen,
            "likely_low_share": self.likely.low,
            "likely_high_share": self.likely.high,
            **ifs,
        }


@dataclass(frozen=True, eq=False)
class _Found:
    """What is found of the homes of a study."""

    tables: Tables
    access: Access

    @cached_property
    def lists(self) -> Mapping[str, TwoLists]:
        """By category, where they tell and walks were asked for."""
        every = two_lists(_inside(self.tables))
        return {key: lists for key, lists in every.items() if lists.tells and key in self.access.pairs}

    @cached_property
    def people(self) -> Floats:
        """Of each home, shape (O,)."""
        people: Floats = self.tables.origins["people"].to_numpy(float)
        return people

    @cached_property
    def is_on(self) -> Flags:
        """Whether a way leads from each home, shape (O,)."""
        is_on: Flags = self.access.snapped.to_numpy() != UNCONNECTED
        return is_on

    def reach(self, key: str) -> csr_array:
        """Return which place of a category each home reaches, shape (O, P)."""
        pairs, cutoff_s = self.access.pairs[key], self.tables.study.catalogue.categories[key].cutoff_s
        near = pairs[pairs["walk_s"] <= cutoff_s]
        home = pd.Index(self.tables.origins["origin_id"]).get_indexer(pd.Index(near["origin_id"].astype("str")))
        place, ids = pd.factorize(near["place_id"].astype("str"), sort=True)
        return csr_array((np.ones(len(home)), (home, place)), shape=(len(self.people), len(ids)))

    def homes(self, key: str) -> _Homes:
        """Return all homes."""
        return self._homes(key, self.reach(key), np.ones(len(self.people), bool))

    def of_units(self, key: str, unit: Ints) -> Iterator[tuple[int, _Homes]]:
        """Yield the homes of each unit that reach enough places, by the unit of each home, shape (O,)."""
        reach = self.reach(key)
        for number in np.unique(unit[self.is_on]).tolist():
            homes = self._homes(key, reach, unit == number)
            if homes.reached.reach.shape[1] >= LEAST_SEEN and homes.connected > 0:
                yield number, homes

    def _homes(self, key: str, reach: csr_array, own: Flags) -> _Homes:
        """Return some homes with the places that any of them reaches."""
        rows = np.flatnonzero(own & self.is_on)
        theirs = reach[rows]
        seen = np.flatnonzero(theirs.sum(axis=0))
        share = self.people[rows].sum() / max(self.people[own].sum(), 1e-9)
        return _Homes(Reached(self.people[rows], theirs[:, seen]), self.lists[key], float(share))
