"""Public transport within a walk: stops and stations near each home, and how often something leaves from the best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.access import Access, Answers, Ask
from geokehila.analyses import states
from geokehila.analyses.tables import Absent, Measured, Tables
from geokehila.catalogue import DISTANCE
from geokehila.load.stops import CATEGORY, STATION, categories_of
from geokehila.load.timetable import KINDS
from geokehila.merging import SAME_PLACE_M
from geokehila.network import Walker, snap
from geokehila.reach.arrays import Flags, Floats
from geokehila.schema import BEYOND, EDGE, NOT_KNOWN, UNCONNECTED
from geokehila.study import Study

#: [m] Walks to the nearest place within which one is reached; both ends of what planners quote for a stop.
WITHIN_M: Mapping[str, tuple[float, ...]] = {CATEGORY: (300.0, 400.0, 500.0), STATION: (400.0,)}
#: [m] Walk within which the best stop counts.
NEAR_M = 500.0
#: Categories whose best stop counts, by how the measure begins.
BEST: Mapping[str, tuple[str, ...]] = {"": (CATEGORY, STATION), "bus_": (CATEGORY,), "mass_transit_": (STATION,)}
#: Why departures are not told: a key of [absent] in catalogue/text.
NO_TIMETABLE, NO_SUCH_DAY = "no_timetable", "timetable_without_day"


def asks(study: Study) -> tuple[Ask, ...]:
    """Ask for the metres to the nearest stop and station, and for all of them near each home."""
    return Ask("nearest", DISTANCE, (*WITHIN_M,)), Ask("pairs", DISTANCE, (*WITHIN_M,), (NEAR_M,))


def measure(tables: Tables, answers: Answers) -> Measured:
    """Tell what public transport is near each home.

    Parameters
    ----------
    tables
        Its `stops` are those of the timetable, empty without one; `places` are merged from it and the map.
    answers
        Walks of ``distance`` [m].

    Returns
    -------
    Measured
        Under ``distance``: ``bus_stop_m`` and ``rail_station_m`` [m] to the nearest (missing: none within reach);
        ``bus_stop_300m_state``, ``_400m_``, ``_500m_``, ``rail_station_400m_state`` and, the same until a feed tells of
        rapid buses, ``mass_transit_400m_state``. With a timetable for each kind of day ``<kind>_per_h``, departures per
        hour from 6 to 22 h at the best stop or station within 500 m, and of either alone ``bus_<kind>_per_h`` and
        ``mass_transit_<kind>_per_h``: 0 where nothing leaves or none is in reach, missing where it is not known; and
        ``bus_stop_500m_weekday_<n>h_state``: a stop with so many departures an hour on a weekday is within 500 m.
        Layer ``stops``: the stops of the timetable with the place each has become, missing where there is none.

    Notes
    -----
    Of several stops the best counts and they are never added: one bus calls at many. So the two platforms of a pair,
    one in each direction, are not added either, nor are bus and tram.
    """
    access = answers.of(DISTANCE)
    scores: dict[str, Any] = {f"{key}_m": access.nearest_s[key] for key in WITHIN_M}
    for key, cutoffs in WITHIN_M.items():
        scores |= {f"{key}_{m:g}m_state": states.of_category(tables, access, key, m) for m in cutoffs}
    scores["mass_transit_400m_state"] = scores[f"{STATION}_400m_state"]
    told = [kind for kind in KINDS if len(tables.stops) and tables.stops[f"{kind}_per_h"].notna().any()]
    if not told:
        absent = tuple(Absent(f"{kind}_per_h", NO_TIMETABLE) for kind in KINDS)
        return Measured({DISTANCE: pd.DataFrame(scores)}, absent=absent)
    stops = {key: _placed(tables, key) for key in WITHIN_M}
    near = _Near.homes(tables, access, stops)
    for kind in told:
        scores |= {f"{start}{kind}_per_h": near.per_hour(kind, keys) for start, keys in BEST.items()}
    if "weekday" in told:
        often = tables.study.catalogue.standards["frequent_stop"].value
        scores[f"{CATEGORY}_{NEAR_M:g}m_weekday_{often:g}h_state"] = near.frequent(CATEGORY, often)
    return Measured(
        {DISTANCE: pd.DataFrame(scores)},
        layers={"stops": _with_places(tables, stops)},
        absent=tuple(Absent(f"{kind}_per_h", NO_SUCH_DAY) for kind in KINDS if kind not in told),
    )


@dataclass(frozen=True, eq=False)
class _Near:
    """What is within :data:`NEAR_M` of each home, by category.

    ``pairs`` are every home and place, table of :func:`_pairs`; ``beyond`` is whether for certain there is none, (O,).
    """

    tables: Tables
    access: Access
    pairs: Mapping[str, pd.DataFrame]
    beyond: Mapping[str, Flags]

    @classmethod
    def homes(cls, tables: Tables, access: Access, stops: Mapping[str, pd.DataFrame]) -> _Near:
        """Look around the homes for places of each category, which `stops` of the timetable have become."""
        return cls(
            tables,
            access,
            {key: _pairs(tables, access, key, some) for key, some in stops.items()},
            {key: states.of_category(tables, access, key, NEAR_M) == BEYOND for key in stops},
        )

    def per_hour(self, kind: str, categories: tuple[str, ...]) -> Floats:
        """Departures per hour at the best stop of some categories, shape (O,).

        Missing where more data might show a better one, where the list of stops is not believed and none is near, and
        where the timetable knows none of those near.
        """
        pairs = pd.concat([self.pairs[key] for key in categories])
        best, certain = (self._best(rows, kind) for rows in (pairs, pairs[pairs["certain"]]))
        none, is_known = np.all([self.beyond[key] for key in categories], axis=0), self._settled() & (best == certain)
        return np.select([none, is_known], [0.0, best], np.nan)

    def frequent(self, category: str, per_h: float) -> np.ndarray:
        """State of a stop with at least so many departures an hour on a weekday; a stop not told of may be one."""
        pairs = self.pairs[category]
        often = pairs[pairs["weekday"] >= per_h]
        walk, certain = (self._nearest(rows) for rows in (often, often[often["certain"]]))
        state = states.of_walk(self.tables, self.access, walk, certain, NEAR_M, [category])
        untold = self._nearest(pairs[pairs["weekday"].isna()]).notna()
        return np.where((state == BEYOND) & untold, NOT_KNOWN, state)

    def _settled(self) -> Flags:
        """Whether no data beyond the edge could bring a home to another stop, shape (O,)."""
        far: Flags = (self.tables.border(self.access) > NEAR_M).to_numpy()
        return far & ~np.isin(self.access.snapped, (UNCONNECTED, EDGE))

    def _best(self, pairs: pd.DataFrame, kind: str) -> Floats:
        best = np.full(len(self.access.nearest_s), np.nan)
        np.fmax.at(best, pairs["home"], pairs[kind])
        return best

    def _nearest(self, pairs: pd.DataFrame) -> pd.Series:
        """[m] Walk of each home to the nearest of some of its places, missing where it has none of them."""
        walk = np.full(len(self.access.nearest_s), np.nan)
        np.fmin.at(walk, pairs["home"], pairs["walk_m"])
        return pd.Series(walk, self.access.nearest_s.index)


def _pairs(tables: Tables, access: Access, category: str, stops: pd.DataFrame) -> pd.DataFrame:
    """Homes (row) and places near each other: `home`, `walk_m`, `certain`, and departures per hour by kind of day.

    Of the stops that have become one place the best counts; missing: the timetable does not tell of the place.
    """
    pairs = access.pairs[category]
    pairs = pairs[pairs["walk_s"] <= NEAR_M]
    home, place = (pairs[column].astype("category").cat for column in ("origin_id", "place_id"))
    best = stops.groupby("place")[[f"{kind}_per_h" for kind in KINDS]].max().set_axis([*KINDS], axis=1)
    of_place = best.reindex(place.categories).assign(certain=place.categories.isin(_certain(tables, category)))
    return of_place.iloc[place.codes].assign(
        home=access.nearest_s.index.get_indexer(home.categories)[home.codes],
        walk_m=pairs["walk_s"].to_numpy(),
    )


def _placed(tables: Tables, category: str) -> gpd.GeoDataFrame:
    """Return the timetable's stops of a category with the `place` that each has become.

    That is the place of its own id, else the nearest of the category so near that they would be merged: then the map's
    was kept. Missing where there is none: it was corrected or replaced away.
    """
    stops = tables.stops[tables.stops["modes"].map(lambda modes: category in categories_of(modes)).astype(bool)]
    places = _of_category(tables, category)
    tree = shapely.STRtree(places.geometry.to_numpy())
    stop, near = tree.query_nearest(stops.geometry.to_numpy(), max_distance=SAME_PLACE_M)
    found = pd.Series(places["place_id"].to_numpy()[near], stop).groupby(level=0).min()
    nearest = found.reindex(np.arange(len(stops))).set_axis(stops.index)
    return stops.assign(place=nearest.mask(stops["place_id"].isin(places["place_id"]), stops["place_id"]))


def _with_places(tables: Tables, stops: Mapping[str, pd.DataFrame]) -> gpd.GeoDataFrame:
    """Return table ``stops`` with the place of each after merging in the place of its own id."""
    merged = pd.concat([one["place"] for one in stops.values()]).dropna()
    merged = merged[~merged.index.duplicated()]
    return tables.stops.assign(place_id=merged.reindex(tables.stops.index))


def _of_category(tables: Tables, category: str) -> gpd.GeoDataFrame:
    return tables.places[tables.places["categories"].map(lambda keys: category in keys).astype(bool)]


def _certain(tables: Tables, category: str) -> pd.Series:
    """Return ids of places whose gates no data beyond the edge could bring to another way; all without any ways."""
    place_ids: pd.Series = _of_category(tables, category)["place_id"]
    if tables.ways is None:
        return place_ids
    walker = tables.study.catalogue.walkers[DISTANCE]
    ways = Walker.on(tables.ways.network, tables.ways.slopes, tables.ways.closed(walker), walker).streets
    gates = tables.gates[tables.gates["place_id"].isin(place_ids)].set_index("gate_id")
    cap_m = tables.study.catalogue.standards["snap_cap"].value
    snapped = snap(gates.geometry, "gate", ways, cap_m, tables.extent)
    at_edge = gates.loc[snapped.loc[snapped["status"] == EDGE, "point_id"], "place_id"]
    return place_ids[~place_ids.isin(at_edge)]
