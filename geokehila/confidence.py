"""How far places, people and streets can be believed, per zone: measured, thin or unknown, and why.

What is expected follows from the people who live there, from the floors they live on and from official lists, never
from other towns of the same society: that would make the bias the norm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geokehila.catalogue import Category
from geokehila.schema import LOADED, MEASURED, NOT_KNOWN, NOT_LOADED, NOT_MAPPED, THIN, WHOLE_ZONE_SHARE, check

#: Subjects of a zone beside its categories: is it mapped at all, are its people counted, can its streets be walked.
SUBJECTS = MAPPING, POPULATION, NETWORK = "mapping", "population", "network"
#: Places that the nearest zones must lead to expect before a list, or the mapping as a whole, is judged by them.
ENOUGH_OF_ONE, ENOUGH_OF_ALL = 3.0, 2.0
#: Zones that the nearest of a zone are sought among: enough for any town, and memory stays small.
NEAREST_ZONES = 500
#: [m2] Floor of mapped homes per resident: less, and buildings are missing; more, and people are.
LEAST_FLOOR_M2, MOST_FLOOR_M2 = 8.0, 200.0
#: Share of official stops that must be mapped (within STOP_M [m]), and how few say nothing.
STOPS_SHARE, STOPS_NEEDED, STOP_M = 0.5, 3, 60.0
#: Share of people far from every way above which a zone's streets are thin, or unknown.
SOME_UNCONNECTED, MOST_UNCONNECTED = 0.05, 0.5
#: Share of the street length that ways for people on foot make at least, where somebody maps them.
FOOTWAYS_SHARE = 0.01
ON_FOOT = frozenset(("footway", "path", "pedestrian", "steps", "living_street", "corridor", "plaza"))


@dataclass(frozen=True)
class Evidence:
    """What a study's tables say about how far they can be believed.

    Attributes
    ----------
    zones
        Table ``zones``.
    zone_people
        Table ``zone_people``: a zone whose total is missing has no count.
    origins
        Table ``origins`` with `connected` (bool).
    buildings
        Table ``buildings``.
    streets
        Table ``streets``.
    places
        Places with `categories` (tuple of keys), points or areas [m].
    mapped_stops, official_stops
        Bus stops of the map, and those of the timetable (empty: no timetable), points [m].
    weights, residents_per
        What the counts are, and the residents behind one of them.
    """

    zones: gpd.GeoDataFrame
    zone_people: pd.DataFrame
    origins: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    mapped_stops: gpd.GeoSeries
    official_stops: gpd.GeoSeries
    weights: str
    residents_per: float


def assess(
    evidence: Evidence, categories: Mapping[str, Category], has_places: bool, handed_over: frozenset[str]
) -> pd.DataFrame:
    """Say of every zone how far its people, its streets, its mapping and each list of places can be believed.

    Parameters
    ----------
    categories
        The catalogue's categories with `credible_residents`: more residents than this per place are not believed.
    has_places
        Whether a file that carries places was read at all.
    handed_over
        Categories that an official list covers: it is believed.

    Returns
    -------
    DataFrame
        Table ``confidence``: zone_id, subject (``population``, ``network``, ``mapping``, or a category), state
        (``measured``, ``thin``, ``unknown``), found and expected (missing where the reason needs no number), and the
        reason, a word that the page says in a sentence.

        - a category is *measured* where official_list, or where the nearest zones whose residents lead to
          expect three places of it (all zones, where they are fewer) hold at least as many as expected, and the zone
          is mapped at all; *unknown* where the data hold none; else *thin*;
        - ``mapping`` asks the same of all categories without an official list, two expected, in which no category
          counts for more than three times its expectation and one; and of official stops and floors of homes;
        - ``population`` and ``network``: the first reason that applies.

    Examples
    --------
    >>> table = assess(evidence, catalogue.categories, True, frozenset({"shelter"}))  # doctest: +SKIP
    """
    area = _Area.of(evidence)
    if has_places:
        mapping = _mapping(evidence, area, {key: c for key, c in categories.items() if key not in handed_over})
    else:
        mapping = _rows(area, MAPPING, NOT_KNOWN, "no_layer")
    lists = [
        _rows(area, key, MEASURED, "official_list")
        if key in handed_over
        else _category(area, category, mapping)
        if has_places
        else _rows(area, key, NOT_KNOWN, "no_layer")
        for key, category in categories.items()
    ]
    parts = [_population(evidence, area), _network(evidence, area), mapping, *lists]
    return check("confidence", pd.concat(parts, ignore_index=True))


def list_states(confidence: pd.DataFrame, has_places: bool) -> pd.DataFrame:
    """Return the state of each list in each zone: ``loaded``, ``not mapped`` or ``not loaded``; zones by categories."""
    lists = confidence[~confidence["subject"].isin(SUBJECTS)]
    state = lists["state"].map(lambda state: LOADED if state == MEASURED else NOT_MAPPED if has_places else NOT_LOADED)
    return lists.assign(state=state).pivot(index="zone_id", columns="subject", values="state")


@dataclass(frozen=True)
class _Area:
    """The zones as numbers: residents, places by category, and for each zone the zones around it, the nearest first."""

    zone_ids: np.ndarray
    residents: np.ndarray
    counts: Mapping[str, np.ndarray]
    nearest: np.ndarray

    @classmethod
    def of(cls, evidence: Evidence) -> _Area:
        zones, origins = evidence.zones, evidence.origins
        ids = zones["zone_id"].to_numpy()
        people = origins.groupby("zone_id")["people"].sum().reindex(ids, fill_value=0.0).to_numpy(float)
        at = shapely.get_coordinates(zones.geometry.representative_point().to_numpy())
        homes = pd.DataFrame(shapely.get_coordinates(origins.geometry.to_numpy()), columns=["x", "y"])
        centres = homes.groupby(origins["zone_id"].to_numpy()).mean().reindex(ids).to_numpy(float)
        at = np.where(np.isnan(centres), at, centres)
        places = evidence.places
        zone = _nearest_zone(places.geometry.representative_point().to_numpy(), zones)
        long = pd.DataFrame({"zone": zone, "category": places["categories"].to_numpy()}).explode("category")
        counts = {
            str(key): np.bincount(rows["zone"].to_numpy(int), minlength=len(ids)).astype(float)
            for key, rows in long.groupby("category")
        }
        _, order = cKDTree(at).query(at, k=np.arange(1, min(len(at), NEAREST_ZONES) + 1))
        return cls(ids, people * evidence.residents_per, counts, order)

    def around(self, values: np.ndarray, residents: float) -> np.ndarray:
        """Sum values over each zone's nearest zones until they hold so many residents, or over all zones."""
        return self._up_to(values, self._last(residents))

    def _last(self, residents: float) -> np.ndarray:
        reached = np.cumsum(self.residents[self.nearest], axis=1) >= residents
        last: np.ndarray = np.where(reached.any(axis=1), reached.argmax(axis=1), reached.shape[1] - 1)
        return last

    def _up_to(self, values: np.ndarray, last: np.ndarray) -> np.ndarray:
        summed: np.ndarray = np.cumsum(values[self.nearest], axis=1)[np.arange(len(last)), last]
        return summed

    def of_category(self, key: str) -> np.ndarray:
        none: np.ndarray = np.zeros(len(self.zone_ids))
        return self.counts.get(key, none)


def _nearest_zone(points: np.ndarray, zones: gpd.GeoDataFrame) -> np.ndarray:
    """Return the row of the zone that holds each point, else of the nearest; of several the first."""
    if not len(points):
        return np.empty(0, int)
    point, zone = shapely.STRtree(zones.geometry.to_numpy()).query_nearest(points, all_matches=True)
    return pd.Series(zone, index=point).groupby(level=0).min().to_numpy(int)


def _category(area: _Area, category: Category, mapping: pd.DataFrame) -> pd.DataFrame:
    per = category.credible_residents
    mine = area.of_category(category.key)
    window = ENOUGH_OF_ONE * per
    found, expected = area.around(mine, window), area.around(area.residents, window) / per
    none, few, thinly = mine.sum() == 0, found < expected, (mapping["state"] != MEASURED).to_numpy()
    state = np.select([np.full(len(found), none), few | thinly], [NOT_KNOWN, THIN], MEASURED)
    reason = np.select(
        [np.full(len(found), none), few, thinly],
        ["none_in_data", "few_places", mapping["reason"].to_numpy(object)],
        "",
    )
    return _rows(area, category.key, state, reason, found, expected)


def _mapping(evidence: Evidence, area: _Area, categories: Mapping[str, Category]) -> pd.DataFrame:
    """Is the zone mapped at all: kinds of places, official stops, floors of homes."""
    per_resident = sum(1 / c.credible_residents for c in categories.values())
    window = ENOUGH_OF_ALL / per_resident if per_resident else 0.0
    around = area.around(area.residents, window)
    kinds = [np.minimum(area.around(area.of_category(k), window), 1 + 3 * around / c.credible_residents)
             for k, c in categories.items()]  # fmt: skip
    found, expected = np.sum(kinds, axis=0) if kinds else np.zeros(len(around)), around * per_resident
    stops, mapped = _stops(evidence, area)
    floor = _floor_m2(evidence, area)
    rules = {
        "nothing_mapped": (found == 0) & (expected >= 1),
        "few_places": found < expected,
        "official_stops_missing": (stops >= STOPS_NEEDED) & (mapped < STOPS_SHARE * stops),
        # Where the data hold no building at all their absence here tells nothing about places.
        "homes_missing": (floor < LEAST_FLOOR_M2) & bool(len(evidence.buildings)),
    }
    conditions, reasons = [*rules.values()], [*rules]
    by_stops = np.select(conditions[:3], [False, False, True], False)
    state = np.select(conditions, [NOT_KNOWN, THIN, THIN, THIN], MEASURED)
    return _rows(
        area,
        MAPPING,
        state,
        np.select(conditions, reasons, ""),
        np.where(by_stops, mapped, found),
        np.where(by_stops, stops, expected),
    )


def _stops(evidence: Evidence, area: _Area) -> tuple[np.ndarray, np.ndarray]:
    """Count in each zone the official stops, and those of them that are mapped."""
    official = evidence.official_stops.to_numpy()
    tree = shapely.STRtree(evidence.mapped_stops.to_numpy())
    near = np.zeros(len(official), bool)
    near[tree.query(official, predicate="dwithin", distance=STOP_M)[0]] = True
    point, zone = shapely.STRtree(evidence.zones.geometry.to_numpy()).query(official, predicate="intersects")
    every = np.bincount(zone, minlength=len(area.zone_ids)).astype(float)
    return every, np.bincount(zone, near[point], minlength=len(area.zone_ids))


def _floor_m2(evidence: Evidence, area: _Area) -> np.ndarray:
    """[m2] Floor of the mapped homes per resident; NaN where nobody lives or people are counted by their homes."""
    if evidence.residents_per != 1 or evidence.weights != "residents":
        return np.full(len(area.zone_ids), np.nan)
    origins = evidence.origins[["zone_id", "building_id"]].dropna()
    homes = origins.merge(evidence.buildings[["building_id", "footprint_m2", "levels"]], on="building_id")
    floor = (homes["footprint_m2"] * homes["levels"]).groupby(homes["zone_id"]).sum()
    total = floor.reindex(area.zone_ids, fill_value=0.0).to_numpy(float)
    per_head: np.ndarray = np.divide(total, area.residents, out=np.full(len(total), np.nan), where=area.residents > 0)
    return per_head


def _population(evidence: Evidence, area: _Area) -> pd.DataFrame:
    """Are the people of a zone counted, whole, and in homes that are mapped."""
    people = evidence.zone_people
    total = people[people["group"] == "total"].set_index("zone_id")["people"].reindex(area.zone_ids)
    on_grid = evidence.origins[evidence.origins["on_grid"]].groupby("zone_id")["people"].sum()
    gridded = on_grid.reindex(area.zone_ids, fill_value=0.0).to_numpy(float) > 0
    floor = _floor_m2(evidence, area)
    rules = {
        "no_count": total.isna().to_numpy(),
        f"counted_in_{evidence.weights}": np.full(len(total), evidence.weights != "residents"),
        "partly_outside": (evidence.zones["coverage_share"] < WHOLE_ZONE_SHARE).to_numpy(),
        "no_homes_mapped": gridded,
        "little_floor": floor < LEAST_FLOOR_M2,
        "much_floor": floor > MOST_FLOOR_M2,
    }
    state = np.select([*rules.values()], [NOT_KNOWN, *[THIN] * (len(rules) - 1)], MEASURED)
    return _rows(area, POPULATION, state, np.select([*rules.values()], [*rules], ""), floor)


def _network(evidence: Evidence, area: _Area) -> pd.DataFrame:
    """Can the homes of a zone get onto a way, and are ways for people on foot mapped at all."""
    origins = evidence.origins
    off = origins["people"].where(~origins["connected"], 0.0).groupby(origins["zone_id"]).sum()
    people = origins.groupby("zone_id")["people"].sum()
    share = (off / people).reindex(area.zone_ids).to_numpy(float)
    streets = evidence.streets
    middle = shapely.line_interpolate_point(streets.geometry.to_numpy(), 0.5, normalized=True)
    street, zone = shapely.STRtree(middle).query(evidence.zones.geometry.to_numpy(), predicate="intersects")[::-1]
    length, on_foot = streets.geometry.length.to_numpy(), streets["way"].isin(ON_FOOT).to_numpy()
    every = np.bincount(zone, length[street], minlength=len(area.zone_ids))
    walked = np.bincount(zone, (length * on_foot)[street], minlength=len(area.zone_ids))
    rules = {
        "far_from_ways": share > MOST_UNCONNECTED,
        "no_ways": every == 0,
        "some_far_from_ways": share > SOME_UNCONNECTED,
        "no_footways": walked < FOOTWAYS_SHARE * every,
    }
    state = np.select([*rules.values()], [NOT_KNOWN, NOT_KNOWN, THIN, THIN], MEASURED)
    return _rows(area, NETWORK, state, np.select([*rules.values()], [*rules], ""), share)


def _rows(
    area: _Area,
    subject: str,
    state: np.ndarray | str,
    reason: np.ndarray | str,
    found: np.ndarray | float = np.nan,
    expected: np.ndarray | float = np.nan,
) -> pd.DataFrame:
    head = {"zone_id": area.zone_ids, "subject": subject, "state": state}
    frame = pd.DataFrame(head | {"found": found, "expected": expected, "reason": reason})
    return frame.astype({"state": "str", "reason": "str", "found": "float64", "expected": "float64"})
