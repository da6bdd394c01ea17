"""The rules by which people, streets, the mapping and each list of places are believed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue import Category
from geokehila.confidence.area import Area, Evidence
from geokehila.schema import MEASURED, NOT_KNOWN, THIN, WHOLE_ZONE_SHARE

#: Subjects of a zone beside its categories: is it mapped at all, are its people counted, can its streets be walked.
SUBJECTS = MAPPING, POPULATION, NETWORK = "mapping", "population", "network"
#: Places that the nearest zones must lead to expect before a list, or the mapping as a whole, is judged by them.
ENOUGH_OF_ONE, ENOUGH_OF_ALL = 3.0, 2.0
#: [m2] Floor of mapped homes per resident: less, and buildings are missing; more, and people are.
LEAST_FLOOR_M2, MOST_FLOOR_M2 = 8.0, 200.0
#: Share of official stops that must be mapped (within STOP_M [m]), and how few say nothing.
STOPS_SHARE, STOPS_NEEDED, STOP_M = 0.5, 3, 60.0
#: Share of people far from every way above which a zone's streets are thin, or unknown.
SOME_UNCONNECTED, MOST_UNCONNECTED = 0.05, 0.5
#: Share of the street length that ways for people on foot make at least, where somebody maps them.
FOOTWAYS_SHARE = 0.01
ON_FOOT = frozenset(("footway", "path", "pedestrian", "steps", "living_street", "corridor", "plaza"))


def category(area: Area, kind: Category, mapping: pd.DataFrame | None) -> pd.DataFrame:
    """Judge a list by the zones around; without `mapping` it is an official one, whatever the map is worth."""
    per = kind.credible_residents
    mine = area.of_category(kind.key)
    window = ENOUGH_OF_ONE * per
    found, expected = area.around(mine, window), area.around(area.residents, window) / per
    none, few = np.full(len(found), mine.sum() == 0), found < expected
    thinly = np.zeros(len(found), bool) if mapping is None else (mapping["state"] != MEASURED).to_numpy()
    state = np.select([none, few | thinly], [NOT_KNOWN, THIN], MEASURED)
    why = "" if mapping is None else mapping["reason"].to_numpy(object)
    reason = np.select([none, few, thinly], ["none_in_data", "few_places", why], "")
    return rows(area, kind.key, state, reason, found, expected)


def mapping(evidence: Evidence, area: Area, categories: Mapping[str, Category]) -> pd.DataFrame:
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
    return rows(
        area,
        MAPPING,
        state,
        np.select(conditions, reasons, ""),
        np.where(by_stops, mapped, found),
        np.where(by_stops, stops, expected),
    )


def _stops(evidence: Evidence, area: Area) -> tuple[np.ndarray, np.ndarray]:
    """Count in each zone the official stops, and those of them that are mapped."""
    official = evidence.official_stops.to_numpy()
    tree = shapely.STRtree(evidence.mapped_stops.to_numpy())
    near = np.zeros(len(official), bool)
    near[tree.query(official, predicate="dwithin", distance=STOP_M)[0]] = True
    point, zone = shapely.STRtree(evidence.zones.geometry.to_numpy()).query(official, predicate="intersects")
    every = np.bincount(zone, minlength=len(area.zone_ids)).astype(float)
    return every, np.bincount(zone, near[point], minlength=len(area.zone_ids))


def _floor_m2(evidence: Evidence, area: Area) -> np.ndarray:
    """[m2] Floor of the mapped homes per resident; NaN where nobody lives or people are counted by their homes."""
    if evidence.residents_per != 1 or evidence.weights != "residents":
        return np.full(len(area.zone_ids), np.nan)
    origins = evidence.origins[["zone_id", "building_id"]].dropna()
    homes = origins.merge(evidence.buildings[["building_id", "footprint_m2", "levels"]], on="building_id")
    floor = (homes["footprint_m2"] * homes["levels"]).groupby(homes["zone_id"]).sum()
    total = floor.reindex(area.zone_ids, fill_value=0.0).to_numpy(float)
    per_head: np.ndarray = np.divide(total, area.residents, out=np.full(len(total), np.nan), where=area.residents > 0)
    return per_head


def population(evidence: Evidence, area: Area) -> pd.DataFrame:
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
    return rows(area, POPULATION, state, np.select([*rules.values()], [*rules], ""), floor)


def network(evidence: Evidence, area: Area) -> pd.DataFrame:
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
    return rows(area, NETWORK, state, np.select([*rules.values()], [*rules], ""), share)


def rows(
    area: Area,
    subject: str,
    state: np.ndarray | str,
    reason: np.ndarray | str,
    found: np.ndarray | float = np.nan,
    expected: np.ndarray | float = np.nan,
) -> pd.DataFrame:
    """Return the rows of a subject: one state and reason for all zones, or one for each."""
    head = {"zone_id": area.zone_ids, "subject": subject, "state": state}
    frame = pd.DataFrame(head | {"found": found, "expected": expected, "reason": reason})
    return frame.astype({"state": "str", "reason": "str", "found": "float64", "expected": "float64"})
