"""Public shelters within the alert time, and services that people have a single place of: a planning indicator only."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.access import Access, Answers, Ask
from geokehila.analyses import states
from geokehila.analyses.tables import UNIT_COLUMNS, Absent, Measured, Tables
from geokehila.analyses.units import Units
from geokehila.catalogue import DISTANCE, Alert, Profile
from geokehila.schema import BEYOND, EDGE, LOADED, NO, NOT_KNOWN, REACHED, REFERENCE, UNCONNECTED, YES
from geokehila.study import Study
from geokehila.zones.sums import PARTLY_KNOWN

SHELTER, HUB, PLAYGROUND = "shelter", "community_centre", "playground"
#: Services of which people may have a single place, and the walk [s] within which places count.
SINGLE, WITHIN_S = ("grocery", "pharmacy", "clinic"), 900.0
#: Neither can be said: the straight run is short enough, the walked one is not.
BETWEEN = "between"
#: Stands beside every figure of shelters.
DISCLAIMER = (
    "Planning indicator, not safety guidance. Protected rooms inside buildings are not known, so nobody is called "
    "unprotected: follow the instructions of the Home Front Command."
)


def asks(study: Study) -> tuple[Ask, ...]:
    """Ask for every profile's walk to a shelter, who lives around each, and how many of some services are at hand."""
    near_s = study.catalogue.standards["shelter_neighbours"].value
    return (
        *(Ask("nearest", key, (SHELTER,)) for key in study.catalogue.profiles),
        Ask("nearest", DISTANCE, (SHELTER,)),
        Ask("nearest", REFERENCE, (*SINGLE, HUB, PLAYGROUND)),
        Ask("counts", REFERENCE, SINGLE, (WITHIN_S,)),
        Ask("pairs", REFERENCE, (SHELTER,), (near_s,)),
    )


def measure(tables: Tables, answers: Answers) -> Measured:
    """Measure who gets to a public shelter within the alert time, and who depends on a single place.

    Returns
    -------
    Measured
        By profile and home, yes, no or why not known: ``shelter_walked_is`` (along the ways, by the least of the alert
        seconds: cautious), ``shelter_straight_is`` (as the crow flies, by the most of them: optimistic) and
        ``shelter_is``, settled by both. No such column where the alert time is not known or so short that only
        protection inside the building helps. Of an adult ``single_<category>_is``: one place of it within 15 minutes
        and no other. By unit ``shelters_count`` and ``shelter_capacity_count`` [people, of the shelters that tell it]:
        0 where there is none for certain, missing where none is found and the list or the data leave that open.
        Layers ``shelters``, with the people near each and what they lack, and ``sole_places``.

    Notes
    -----
    A protected room at home is not known: that no shelter is in reach says nothing of a home's protection.
    """
    adult = answers.of(REFERENCE)
    homes = {REFERENCE: _single(tables, adult)}
    alert, inside_s = tables.alert, tables.study.catalogue.standards["alert_inside"].value
    absent: tuple[Absent, ...] = ()
    if alert is None or alert.seconds_low < inside_s:
        absent = (Absent("shelter_share", "no_alert" if alert is None else "alert_inside"),)
    else:
        straight = _straight_m(tables)
        for key, profile in tables.study.catalogue.profiles.items():
            runs = _runs(tables, answers.of(key), profile, alert, straight)
            homes[key] = pd.concat([homes[key], runs], axis=1) if key in homes else runs
    layers = {"shelters": _shelters(tables, adult), "sole_places": _sole_places(tables, adult, homes[REFERENCE])}
    return Measured(homes, _of_units(tables), layers, absent)


def _straight_m(tables: Tables) -> np.ndarray:
    """[m] Straight from each home to the nearest shelter; infinite where none is mapped."""
    shapes = _places_of(tables, SHELTER).geometry.to_numpy()
    found = np.full(len(tables.origins), np.inf)
    (home, _), distance = shapely.STRtree(shapes).query_nearest(
        tables.origins.geometry.to_numpy(), return_distance=True, all_matches=False
    )
    found[home] = distance
    return found


def _runs(tables: Tables, access: Access, profile: Profile, alert: Alert, straight_m: np.ndarray) -> pd.DataFrame:
    """Tell who gets there in time: along the ways by the least seconds, straight by the most, and for certain."""
    run_m_s = profile.run_m_s or profile.speed_m_s
    reaction_s = tables.study.catalogue.standards["alert_reaction"].value
    low_s, high_s = (max(seconds - reaction_s, 0.0) for seconds in (alert.seconds_low, alert.seconds_high))
    # Slopes slow a run as they slow a walk.
    walked = states.of_category(tables, access, SHELTER, low_s * run_m_s / profile.speed_m_s)
    flown = _flown(tables, straight_m, high_s * run_m_s)
    settled = np.select([walked == REACHED, flown == BEYOND, flown == REACHED], [YES, NO, BETWEEN], flown)
    columns = {"shelter_walked_is": _answer(walked), "shelter_straight_is": _answer(flown), "shelter_is": settled}
    return pd.DataFrame(columns, access.nearest_s.index, dtype="str")


def _flown(tables: Tables, straight_m: np.ndarray, budget_m: float) -> np.ndarray:
    """State of the straight way: what the list of shelters or the edge of the data leaves open is not beyond."""
    listed = tables.listed(SHELTER).to_numpy(object)
    near_border = tables.origins["border_m"].to_numpy(float) <= budget_m
    return np.select([straight_m <= budget_m, listed != LOADED, near_border], [REACHED, listed, EDGE], BEYOND)


def _answer(state: np.ndarray) -> np.ndarray:
    """Return yes for reached and no for beyond: a shelter out of reach is no mark of a home."""
    return np.select([state == REACHED, state == BEYOND], [YES, NO], state)


def _single(tables: Tables, adult: Access) -> pd.DataFrame:
    """Tell who has one place of a service within a walk and no other; with two or more it is no for certain."""
    cap_m, border_m = tables.study.catalogue.standards["snap_cap"].value, tables.origins["border_m"].to_numpy(float)
    open_ended = (border_m - cap_m) / adult.fastest_m_s <= WITHIN_S
    columns = {}
    for key in SINGLE:
        if key not in tables.study.catalogue.categories:
            continue
        count = adult.counts[WITHIN_S][key].fillna(0).to_numpy()
        listed, snapped = tables.listed(key).to_numpy(object), adult.snapped.to_numpy()
        at_edge = open_ended | (snapped == EDGE)
        rules = [snapped == UNCONNECTED, (count >= 2) & ~at_edge, listed != LOADED, at_edge, count == 1]
        columns[f"single_{key}_is"] = np.select(rules, [UNCONNECTED, NO, listed, EDGE, YES], NO)
    return pd.DataFrame(columns, adult.nearest_s.index, dtype="str")


def _places_of(tables: Tables, category: str) -> gpd.GeoDataFrame:
    return tables.places[tables.places["categories"].map(lambda keys: category in keys).astype(bool)]


def _of_units(tables: Tables) -> pd.DataFrame:
    rows = [row for zoning in tables.zonings for row in _counted(tables, Units(zoning))]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=[*UNIT_COLUMNS])


def _counted(tables: Tables, units: Units) -> Iterator[pd.DataFrame]:
    """Count shelters, and the people that those which tell it hold; none is a count only where all are known."""
    shelters = _places_of(tables, SHELTER)
    at = shelters.representative_point().to_numpy() if len(shelters) else np.empty(0, object)
    told = shelters["capacity"].to_numpy(float) if "capacity" in shelters else np.full(len(shelters), np.nan)
    unit, shelter = shapely.STRtree(at).query(units.shapes, predicate="intersects")
    count = np.bincount(unit, minlength=len(units)).astype(float)
    telling = np.bincount(unit, np.isfinite(told[shelter]), minlength=len(units))
    capacity = np.bincount(unit, np.nan_to_num(told[shelter]), minlength=len(units))
    why = units.why_open(tables, SHELTER)
    why = np.where((why == "") & units.is_cut(tables.extent) | (why != "") & (count > 0), PARTLY_KNOWN, why)
    nothing = (count == 0) & (why != "")
    yield units.rows("shelters_count", np.where(nothing, np.nan, count), why)
    silent = (count > 0) & (telling == 0)
    reasons = np.select([silent, telling < count], [NOT_KNOWN, PARTLY_KNOWN], why)
    yield units.rows("shelter_capacity_count", np.where(nothing | silent, np.nan, capacity), reasons)


def _shelters(tables: Tables, adult: Access) -> gpd.GeoDataFrame:
    """Return the shelters with the people around them, and how many of these surely lack a hub or a playground."""
    pairs = adult.pairs[SHELTER]
    people = tables.origins.set_index("origin_id")["people"].reindex(pairs["origin_id"].astype("str")).to_numpy(float)
    categories = tables.study.catalogue.categories
    near = {"people_near": np.ones(len(pairs), bool)}
    for name, key in (("people_without_hub", HUB), ("people_without_playground", PLAYGROUND)):
        state = states.of_category(tables, adult, key, categories[key].cutoff_s)
        lacks = pd.Series(state == BEYOND, tables.origins["origin_id"])
        near[name] = lacks.reindex(pairs["origin_id"].astype("str")).to_numpy(bool)
    of_place = pairs["place_id"].astype("str").to_numpy()
    sums = {name: pd.Series(people * mask).groupby(of_place).sum() for name, mask in near.items()}
    shelters = _places_of(tables, SHELTER)
    columns = {name: shelters["place_id"].map(of).fillna(0.0).astype(float) for name, of in sums.items()}
    return shelters.drop(columns="categories").assign(**columns, note=DISCLAIMER)


def _sole_places(tables: Tables, adult: Access, single: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the places that people depend on alone, each with its category and how many people they are."""
    people = tables.origins.set_index("origin_id")["people"]
    parts = [_depended_on(tables, adult.nearest_place[key][single[f"single_{key}_is"] == YES], people, key)
             for key in SINGLE if f"single_{key}_is" in single]  # fmt: skip
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=tables.origins.crs)


def _depended_on(tables: Tables, place: pd.Series, people: pd.Series, category: str) -> gpd.GeoDataFrame:
    sums = people.reindex(place.index).groupby(place.astype("str").to_numpy()).sum()
    found = _places_of(tables, category)
    found = found[found["place_id"].isin(sums.index)]
    columns = {"category": category, "people_depending": found["place_id"].map(sums)}
    return found.drop(columns="categories").assign(**columns)
