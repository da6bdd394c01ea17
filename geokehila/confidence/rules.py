"""The rules by which the mapping and each list of places are believed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue import Category
from geokehila.confidence.area import Area, Evidence
from geokehila.schema import MEASURED, NOT_KNOWN, THIN

#: Subjects of a zone beside its categories: is it mapped at all, are its people counted, can its streets be walked.
SUBJECTS = MAPPING, POPULATION, NETWORK = "mapping", "population", "network"
#: Places that the nearest zones must lead to expect before a list, or the mapping as a whole, is judged by them.
ENOUGH_OF_ONE, ENOUGH_OF_ALL = 3.0, 2.0
#: [m2] Floor of mapped homes per resident: less, and buildings are missing.
LEAST_FLOOR_M2 = 8.0
#: Share of official stops that must be mapped (within STOP_M [m]), and how few say nothing.
STOPS_SHARE, STOPS_NEEDED, STOP_M = 0.5, 3, 60.0


def category(area: Area, kind: Category, mapping: pd.DataFrame | None) -> pd.DataFrame:
    """Judge a list by the zones around; without `mapping` it is a timetable's, whatever the map is worth."""
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
    """Is the zone mapped at all: kinds of places on the map, official stops, floors of homes."""
    per_resident = sum(1 / c.credible_residents for c in categories.values())
    window = ENOUGH_OF_ALL / per_resident if per_resident else 0.0
    around = area.around(area.residents, window)
    kinds = [
        np.minimum(area.around(area.of_category(key, is_mapped=True), window), 1 + around / c.credible_residents)
        for key, c in categories.items()
    ]
    found, expected = np.sum(kinds, axis=0) if kinds else np.zeros(len(around)), around * per_resident
    stops, mapped = _stops(evidence, area)
    floor = floor_m2(evidence, area)
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


def floor_m2(evidence: Evidence, area: Area) -> np.ndarray:
    """[m2] Floor of the mapped homes per resident; NaN where nobody lives or people are counted by their homes."""
    if evidence.residents_per != 1 or evidence.weights != "residents":
        return np.full(len(area.zone_ids), np.nan)
    origins = evidence.origins[["zone_id", "building_id"]].dropna()
    homes = origins.merge(evidence.buildings[["building_id", "footprint_m2", "levels"]], on="building_id")
    floor = (homes["footprint_m2"] * homes["levels"]).groupby(homes["zone_id"]).sum()
    total = floor.reindex(area.zone_ids, fill_value=0.0).to_numpy(float)
    per_head: np.ndarray = np.divide(total, area.residents, out=np.full(len(total), np.nan), where=area.residents > 0)
    return per_head


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
