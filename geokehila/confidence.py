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
#: [m] Zones whose homes lie farther away tell nothing about a zone.
NEAR_M = 2000.0
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
    evidence: Evidence,
    categories: Mapping[str, Category],
    has_places: bool,
    listed: frozenset[str],
    whole: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """Say of every zone how far its people, its streets, its mapping and each list of places can be believed.

    Parameters
    ----------
    categories
        The catalogue's categories with `credible_residents`: more residents than this per place are not believed.
    has_places
        Whether a file that carries places was read at all.
    listed, whole
        Categories of which an official list has places in the zones: it need not be as thinly mapped as the map is; and
        those whose list is said to be whole: where it shows none there is none.

    Returns
    -------
    DataFrame
        Table ``confidence``: zone_id, subject (``population``, ``network``, ``mapping``, or a category), state
        (``measured``, ``thin``, ``unknown``), found and expected (missing where the reason needs no number), and the
        reason, a word that the page says in a sentence.

        - a category is *measured* where its official list is said to be whole, or where the nearest zones whose
          residents lead to expect three places of it (all within 2 km, where they are fewer) hold at least as many as
          expected, and the zone is mapped at all (not asked of an official list); *unknown* where the data hold none;
          else *thin*;
        - ``mapping`` asks the same of all categories without an official list, two expected, in which no category
          counts for more than its expectation and one; and of official stops and floors of homes;
        - ``population`` and ``network``: the first reason that applies.

    Examples
    --------
    >>> table = assess(evidence, catalogue.categories, True, frozenset({"shelter"}))  # doctest: +SKIP
    """
    area = _Area.of(evidence)
    if has_places:
        mapping = _mapping(evidence, area, {key: c for key, c in categories.items() if key not in listed})
    else:
        mapping = _rows(area, MAPPING, NOT_KNOWN, "no_layer")

    def of_list(key: str) -> pd.DataFrame:
        if key in whole:
            return _rows(area, key, MEASURED, "official_list")
        if key in listed:
            return _category(area, categories[key], None)
        return _category(area, categories[key], mapping) if has_places else _rows(area, key, NOT_KNOWN, "no_layer")

    parts = [_population(evidence, area), _network(evidence, area), mapping, *map(of_list, categories)]
    return check("confidence", pd.concat(parts, ignore_index=True))


def list_states(confidence: pd.DataFrame, has_places: bool) -> pd.DataFrame:
    """Return the state of each list in each zone: ``loaded``, ``not mapped`` or ``not loaded``; zones by categories."""
    lists = confidence[~confidence["subject"].isin(SUBJECTS)]
    state = lists["state"].map(lambda state: LOADED if state == MEASURED else NOT_MAPPED if has_places else NOT_LOADED)
    return lists.assign(state=state).pivot(index="zone_id", columns="subject", values="state")


@dataclass(frozen=True)
class _Area:
    """The zones as numbers: residents, places by category, and for each zone the zones around it, the nearest first.

    ``near`` are the rows of the zones within `NEAR_M` of each zone, itself first, one zone after the other; those of
    zone i begin at ``start[i]`` and end at ``start[i + 1]``.
    """

    zone_ids: np.ndarray
    residents: np.ndarray
    counts: Mapping[str, np.ndarray]
    near: np.ndarray
    start: np.ndarray

    @classmethod
    def of(cls, evidence: Evidence) -> _Area:
        zones, origins = evidence.zones, evidence.origins
        ids = zones["zone_id"].to_numpy()
        people = origins.groupby("zone_id")["people"].sum().reindex(ids, fill_value=0.0).to_numpy(float)
        places = evidence.places
        # Places outside every zone serve people who are not counted here, so they are no evidence for those who are.
        zone, place = _inside(zones, places.geometry.representative_point().to_numpy())
        long = pd.DataFrame({"zone": zone, "category": places["categories"].to_numpy()[place]}).explode("category")
        counts = {
            str(key): np.bincount(rows["zone"].to_numpy(int), minlength=len(ids)).astype(float)
            for key, rows in long.groupby("category")
        }
        near, start = _neighbours(_centres(zones, origins), ids)
        return cls(ids, people * evidence.residents_per, counts, near, start)

    def around(self, values: np.ndarray, residents: float) -> np.ndarray:
        """Sum values over each zone's nearest zones until they hold so many residents, or over all that are near."""
        summed: np.ndarray = self._running(values)[self._last(residents)]
        return summed

    def _running(self, values: np.ndarray) -> np.ndarray:
        """Running sums over the zones near each zone."""
        running = np.concatenate([[0.0], np.cumsum(values[self.near])])
        width = np.diff(self.start)
        within: np.ndarray = running[1:] - np.repeat(running[self.start[:-1]], width)
        return within

    def _last(self, residents: float) -> np.ndarray:
        """For each zone, where in ``near`` its window ends."""
        enough = np.flatnonzero(self._running(self.residents) >= residents * (1 - 1e-12))
        first = np.append(enough, len(self.near))[np.searchsorted(enough, self.start[:-1])]
        last: np.ndarray = np.minimum(first, self.start[1:] - 1)
        return last

    def of_category(self, key: str) -> np.ndarray:
        none: np.ndarray = np.zeros(len(self.zone_ids))
        return self.counts.get(key, none)


def _inside(zones: gpd.GeoDataFrame, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return zones and the points inside them, each point once, with the first of zones that overlap."""
    point, zone = shapely.STRtree(zones.geometry.to_numpy()).query(points, predicate="intersects")
    first = pd.Series(zone, index=point, dtype=int).groupby(level=0).min()
    return first.to_numpy(int), first.index.to_numpy(int)


def _centres(zones: gpd.GeoDataFrame, origins: gpd.GeoDataFrame) -> np.ndarray:
    """The middle of each zone's homes, of a zone without homes a point inside it, shape (Z, 2)."""
    homes = pd.DataFrame(shapely.get_coordinates(origins.geometry.to_numpy()), columns=["x", "y"])
    middle = homes.groupby(origins["zone_id"].to_numpy()).mean().reindex(zones["zone_id"]).to_numpy(float)
    inside = shapely.get_coordinates(zones.geometry.representative_point().to_numpy())
    return np.where(np.isnan(middle), inside, middle)


def _neighbours(at: np.ndarray, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return `near` and `start` of :class:`_Area`; of equally far zones the first by id comes first."""
    pairs = cKDTree(at).sparse_distance_matrix(cKDTree(at), NEAR_M, output_type="ndarray")
    rank = np.argsort(np.argsort(ids, kind="stable"))
    order = np.lexsort((rank[pairs["j"]], pairs["v"].round(3), pairs["j"] != pairs["i"], pairs["i"]))
    start = np.searchsorted(pairs["i"][order], np.arange(len(at) + 1))
    return pairs["j"][order], start


def _category(area: _Area, category: Category, mapping: pd.DataFrame | None) -> pd.DataFrame:
    """Judge a list by the zones around; without `mapping` it is an official one, whatever the map is worth."""
    per = category.credible_residents
    mine = area.of_category(category.key)
    window = ENOUGH_OF_ONE * per
    found, expected = area.around(mine, window), area.around(area.residents, window) / per
    none, few = np.full(len(found), mine.sum() == 0), found < expected
    thinly = np.zeros(len(found), bool) if mapping is None else (mapping["state"] != MEASURED).to_numpy()
    state = np.select([none, few | thinly], [NOT_KNOWN, THIN], MEASURED)
    why = "" if mapping is None else mapping["reason"].to_numpy(object)
    reason = np.select([none, few, thinly], ["none_in_data", "few_places", why], "")
    return _rows(area, category.key, state, reason, found, expected)


def _mapping(evidence: Evidence, area: _Area, categories: Mapping[str, Category]) -> pd.DataFrame:
    """Is the zone mapped at all: kinds of places, official stops, floors of homes."""
    per_resident = sum(1 / c.credible_residents for c in categories.values())
    window = ENOUGH_OF_ALL / per_resident if per_resident else 0.0
    around = area.around(area.residents, window)
    kinds = [
        np.minimum(area.around(area.of_category(key), window), 1 + around / c.credible_residents)
        for key, c in categories.items()
    ]
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
