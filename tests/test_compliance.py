"""The compliance sheet by hand; verdicts that no fuller data could take back."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from geokehila import compliance, zones
from geokehila.analyses.tables import Tables
from geokehila.catalogue import Catalogue, Category, City, Standard
from geokehila.compliance.rules import RULES, Found, verdict
from geokehila.study import Study
from geokehila.zones import Homes, Zoning

NAN = float("nan")
STANDARDS = Catalogue.read().standards
WALKS = {"commerce_300m": "commerce", "bus_stop_500m": "bus", "mass_transit_400m": "transit"}
HOME = {"zone": "a", "people": 100.0, "by_footprint": None, "dwellings": 10.0, "commerce": "reached", "bus": "reached",
        "transit": "reached", "hub": "reached"}  # fmt: skip


def study(standards: Mapping[str, Standard] = STANDARDS) -> Study:
    hub = {"centre": Category("centre", {"en": "Centre"}, "test", (), hub=True)}
    return Study(City("toy", 7, {"en": "Toy"}), catalogue=Catalogue(categories=hub, standards=standards))


def sheet(
    homes: Sequence[Mapping[str, Any]],
    of_units: Mapping[str, Mapping[str, float]] | None = None,
    hubs: Sequence[tuple[float, float]] = (),
    standards: Mapping[str, Standard] = STANDARDS,
    without: str = "",
    key: str = "neighbourhood",
) -> pd.DataFrame:
    """Judge homes in units a, b, … of 1 km2, side by side; `of_units` holds what is measured on them."""
    frame = pd.DataFrame([HOME | dict(home) for home in homes], columns=[*HOME])
    ids = pd.Index([f"h{i}" for i in range(len(frame))], dtype="str")
    people = frame["people"].astype(float)
    origins = gpd.GeoDataFrame(
        {"origin_id": ids, "building_id": ids.where(frame["dwellings"].notna(), None), "people": people,
         "people_by_footprint": frame["by_footprint"].astype(float).fillna(people)},
        geometry=[None] * len(frame))  # fmt: skip
    buildings = gpd.GeoDataFrame({"building_id": ids, "dwellings": frame["dwellings"].astype(float)}).dropna()
    scores = pd.DataFrame({f"{m}_state": frame[c].astype(object) for m, c in WALKS.items() if m != without})
    adult = pd.DataFrame({"category_centre_state": frame["hub"].astype(object)})
    names, of_home = np.unique(frame["zone"].to_numpy(str), return_inverse=True)
    shapes = [box(1000 * i, 0, 1000 * i + 1000, 1000) for i in range(len(names))]
    units = gpd.GeoDataFrame({"zone_id": names.astype(object)}, geometry=shapes)
    city = gpd.GeoDataFrame({"zone_id": [""]}, geometry=[box(0, 0, 1000 * max(len(names), 1), 1000)])
    zonings = (Zoning(key, units, of_home), Zoning("city", city, np.zeros(len(frame), np.int64)))
    places = gpd.GeoDataFrame({"categories": [("centre",)] * len(hubs)}, geometry=[Point(at) for at in hubs])
    tables = Tables(study(standards), origins, zonings=zonings, buildings=buildings, places=places)
    return compliance.sheet(tables, {"distance": scores, "adult": adult}, measured(of_units or {}, key))


def measured(of_units: Mapping[str, Mapping[str, Any]], key: str) -> pd.DataFrame:
    rows = [
        {
            "zoning": "city" if unit == "" else key,
            "zone_id": unit,
            "measure": name,
            "low": NAN,
            "high": NAN,
            "reason": "",
        }
        | (told if isinstance(told, dict) else {"value": told})
        for unit, of in of_units.items()
        for name, told in of.items()
    ]
    columns = ["zoning", "zone_id", "measure", "value", "low", "high", "reason"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("value", "low", "high"), float))


def row(found: pd.DataFrame, standard: str, unit: str = "a") -> pd.Series:
    mine: pd.Series = found.set_index(["standard", "zone_id"]).loc[(standard, unit)]
    return mine


#: The example of docs/methods/compliance.md: 20 dwellings, 100 people.
PAGE = (
    {"people": 40, "dwellings": 10, "commerce": "reached"},
    {"people": 40, "dwellings": 6, "commerce": "edge"},
    {"people": 20, "dwellings": 4, "commerce": "beyond"},
)


def test_the_example_of_the_method_page() -> None:
    found = row(sheet(PAGE), "commerce_300m")
    assert (found["low"], found["high"], found["required_low"]) == (0.5, pytest.approx(0.8), 0.7)
    assert (found["verdict"], found["confidence"], found["reason"]) == ("not known", "secondary", "edge")
    assert (found["people_concerned_low"], found["people_concerned_high"]) == (pytest.approx(20), pytest.approx(60))
    assert (found["basis"], found["people"]) == ("dwellings", 100)
    settled = [*PAGE[:1], PAGE[1] | {"commerce": "reached"}, PAGE[2]]
    assert row(sheet(settled), "commerce_300m")["verdict"] == "complies (secondary source)"
    fewer = [*PAGE[:1], PAGE[1] | {"commerce": "beyond"}, PAGE[2]]
    short = row(sheet(fewer), "commerce_300m")
    assert (short["verdict"], short["value"], short["people_concerned_low"]) == ("falls short", 0.5, pytest.approx(60))


def test_transit_counts_people_and_the_others_dwellings() -> None:
    homes = [{"people": 70, "dwellings": 1, "bus": "beyond", "transit": "beyond"}, {"people": 30, "dwellings": 9}]
    found = sheet(homes)
    assert row(found, "bus_stop_500m")["value"] == pytest.approx(0.9)
    assert row(found, "mass_transit_400m")["value"] == pytest.approx(0.3)
    assert row(found, "mass_transit_400m")["verdict"] == "falls short"
    assert row(found, "mass_transit_400m", "")["verdict"] == "falls short", "the city is judged too"


def test_a_share_is_the_wider_of_two_ways_to_count() -> None:
    homes = [
        {"people": 50, "by_footprint": 80},
        {"people": 50, "by_footprint": 20, "transit": "beyond", "bus": "beyond"},
    ]
    found = row(sheet(homes), "mass_transit_400m")
    assert (found["low"], found["high"]) == (0.5, pytest.approx(0.8))
    dwellings = row(sheet(homes), "bus_stop_500m")
    assert (dwellings["low"], dwellings["high"], dwellings["verdict"]) == (0.5, pytest.approx(0.8), "not known")


def test_people_on_a_grid_have_as_many_dwellings_as_others() -> None:
    homes = [{"people": 60, "dwellings": 20}, {"people": 40, "dwellings": None, "bus": "beyond"}]
    assert row(sheet(homes), "bus_stop_500m")["value"] == pytest.approx(0.6)
    bare = row(sheet([{"dwellings": None}]), "bus_stop_500m")
    assert (bare["verdict"], bare["reason"]) == ("not known", "no dwellings") and math.isnan(bare["low"])


def test_what_no_analysis_has_computed_is_not_known() -> None:
    found = sheet(PAGE, without="commerce_300m")
    for standard in ("commerce_300m", "spacing", "commercial_area"):
        assert row(found, standard)[["verdict", "reason"]].tolist() == ["not known", "not_computed"]
    walk, area = row(found, "commerce_300m"), row(found, "spacing")
    assert math.isnan(walk["low"]) and math.isnan(walk["people_concerned_high"])
    assert (area["people_concerned_low"], area["people_concerned_high"]) == (0, 100)


@pytest.mark.parametrize(
    ("spacing", "said"),
    [
        (59.9, "falls short"),
        (60, "complies"),
        (150, "complies"),
        (150.1, "falls short"),
        ({"value": NAN, "low": 100, "high": 149}, "complies"),
        ({"value": NAN, "low": 100, "high": 151}, "not known"),
        ({"value": NAN, "low": 151, "high": 200}, "falls short"),
        ({"value": NAN, "reason": "no streets"}, "not known"),
    ],
)
def test_spacing_between_two_bounds(spacing: Any, said: str) -> None:
    found = row(sheet(PAGE, {"a": {"spacing_mean_m": spacing}}), "spacing")
    assert (found["verdict"], found["required_low"], found["required_high"]) == (said, 60, 150)
    concerned = {"falls short": [100, 100], "complies": [0, 0], "not known": [0, 100]}[said]
    assert found[["people_concerned_low", "people_concerned_high"]].tolist() == concerned
    assert found["confidence"] == "seed"
    assert found["reason"] == (spacing.get("reason", "") if isinstance(spacing, dict) else "")


@pytest.mark.parametrize(
    ("dunam", "share", "said", "reason"),
    [
        (100.1, 0.15, "complies (secondary source)", ""),
        (100.1, 0.149, "falls short", ""),
        (100.0, 0.0, "not judged", "too small for the rule"),
        (NAN, 0.5, "not known", ""),
    ],
)
def test_commerce_is_asked_of_neighbourhoods_above_100_dunam(
    dunam: float, share: float, said: str, reason: str
) -> None:
    units = {"commercial_area_share": share, "land_inside_m2": dunam * 1000, "land_known_share": 1.0}
    found = sheet(PAGE, {"a": units, "": units})
    assert row(found, "commercial_area")[["verdict", "reason"]].tolist() == [said, reason]
    assert row(found, "commercial_area", "")[["verdict", "reason"]].tolist() == [
        "not judged",
        "asked of neighbourhoods only",
    ]
    assert math.isnan(row(found, "commercial_area", "")["people_concerned_high"])


@pytest.mark.parametrize(
    ("share", "known", "said", "reason"),
    [
        (0.10, 0.96, "falls short", "land_use_unknown"),
        (0.10, 0.90, "not known", "land_use_unknown"),
        (0.20, 0.30, "complies (secondary source)", "land_use_unknown"),
        (0.00, 0.00, "not known", "land_use_unknown"),
        (0.00, None, "not known", "not_computed"),
    ],
)
def test_land_whose_use_is_not_known_may_be_commerce(share: float, known: float | None, said: str, reason: str) -> None:
    units = {"commercial_area_share": share, "land_inside_m2": 1e6} | (
        {} if known is None else {"land_known_share": known}
    )
    found = row(sheet(PAGE, {"a": units}), "commercial_area")
    assert found[["verdict", "reason", "low"]].tolist() == [said, reason, share]
    assert found["high"] == pytest.approx(NAN if known is None else share + 1 - known, nan_ok=True)


def test_of_an_area_partly_outside_the_data_no_measure_of_the_area_is_a_verdict() -> None:
    """Intersections 382 m apart where the map shows a third of the area: in the rest they may be near."""
    part = {"value": 381.7, "reason": "partly unknown"}
    small = {"value": 36_000.0, "reason": "partly unknown"}
    of = {
        "spacing_mean_m": part,
        "land_inside_m2": small,
        "commercial_area_share": {"value": 0.0, "reason": "partly unknown"},
    }
    found = sheet([{}], {"a": of})
    for standard in ("spacing", "commercial_area"):
        told = row(found, standard)
        assert told[["verdict", "reason"]].tolist() == ["not known", "partly unknown"] and math.isnan(told["low"])
    assert (row(found, "spacing")["people_concerned_low"], row(found, "spacing")["people_concerned_high"]) == (0, 100)


def test_a_hub_inside_or_in_the_walk_of_most() -> None:
    far = [{"people": 60, "hub": "beyond"}, {"people": 40}]
    none = row(sheet(far), "hub")
    assert (none["verdict"], none["value"], none["people_concerned_low"]) == ("falls short", 0, pytest.approx(60))
    inside = row(sheet(far, hubs=[(500, 500), (501, 500)]), "hub")
    assert (inside["verdict"], inside["value"], inside["people_concerned_low"]) == ("complies", 2, pytest.approx(60))
    assert inside["reason"] == ""
    beside = row(sheet(far, hubs=[(1500, 500)]), "hub")
    assert beside["verdict"] == "falls short", "a place beyond the border counts by its walk"
    walked = row(sheet([{"people": 50}, {"people": 50, "hub": "beyond"}], hubs=[(1500, 500)]), "hub")
    assert (walked["verdict"], walked["value"], walked["reason"]) == ("complies", 1, "outside the area")
    unknown = row(sheet([{"people": 40}, {"people": 60, "hub": "not mapped"}]), "hub")
    assert (unknown["verdict"], unknown["low"], unknown["reason"]) == ("not known", 0, "not mapped")
    assert math.isnan(unknown["high"])
    assert row(sheet(far), "hub", "")["verdict"] == "not judged"


def test_what_neighbourhoods_leave_of_a_city_is_none() -> None:
    found = sheet([{"zone": "elsewhere"}], {"elsewhere": {"commercial_area_share": 0.0, "land_inside_m2": 1e6}})
    for standard in ("hub", "commercial_area"):
        assert row(found, standard, "elsewhere")["reason"] == "asked of neighbourhoods only"
    assert row(found, "bus_stop_500m", "elsewhere")["verdict"] == "complies (secondary source)"


def test_a_value_from_memory_judges_nothing() -> None:
    memory = {key: replace(standard, confidence="memory") for key, standard in STANDARDS.items()}
    found = sheet(PAGE, {"a": {"spacing_mean_m": 100.0, "commercial_area_share": 0.5}}, standards=memory)
    of_a = found[found["zone_id"] == "a"]
    assert {*of_a["verdict"]} == {"not judged"} and {*of_a["reason"]} == {"value from memory"}
    assert {*of_a["confidence"]} == {"memory"}
    upper = STANDARDS | {"intersection_spacing_most": memory["intersection_spacing_most"]}
    assert row(sheet(PAGE, {"a": {"spacing_mean_m": 100.0}}, standards=upper), "spacing")["verdict"] == "not judged"


def test_a_value_of_the_studys_own_is_judged_as_its_own() -> None:
    own = Catalogue.read({"standards": {"bus_stop_500m_share": {"value": 0.5}}}).standards
    found = row(sheet([{}, {"bus": "beyond"}], standards=own), "bus_stop_500m")
    assert (found["verdict"], found["confidence"], found["source"]) == ("complies", "design", "the study's own choice")


def test_every_rule_has_its_standards_with_a_source() -> None:
    keys = [key for rule in RULES for key in (rule.least, rule.most, rule.from_dunam) if key] + ["hub_people_share"]
    assert all(STANDARDS[key].source and STANDARDS[key].date for key in keys)
    assert {STANDARDS[key].confidence for key in keys} == {"secondary", "seed", "design"}
    assert {rule.key for rule in RULES} == {*sheet(PAGE)["standard"]}


def test_a_city_of_nobody() -> None:
    found = sheet([])
    assert {*found["zone_id"]} == {""} and {*found["verdict"]} == {"not known", "not judged"}
    assert row(found, "mass_transit_400m", "")["reason"] == "no people"


def test_shares_of_people_are_those_of_the_zones() -> None:
    states = ("reached", "edge", "beyond", "reached", "not mapped")
    rows = zip("aabbb", (10, 30, 5, 7, 9), (20, 20, 6, 6, 9), states, strict=True)
    homes = [dict(zip(("zone", "people", "by_footprint", "transit"), one, strict=True)) for one in rows]
    found = sheet(homes, key="zone")
    frame = pd.DataFrame(homes)
    ids = pd.Index([f"h{i}" for i in range(len(homes))], name="origin_id")
    origins = gpd.GeoDataFrame({"origin_id": ids, "people": frame["people"] * 1.0, "connected": True,
                                "people_by_footprint": frame["by_footprint"] * 1.0}, geometry=[None] * 5)  # fmt: skip
    people = pd.DataFrame({"origin_id": ids, "group": "total", "people": frame["people"] * 1.0})
    names, of_home = np.unique(frame["zone"], return_inverse=True)
    scores = pd.DataFrame({"mass_transit_400m_state": frame["transit"].to_numpy(), "some_m": 1.0}, ids)
    zoning = Zoning("zone", gpd.GeoDataFrame({"zone_id": names}), of_home)
    scored = Homes(scores, np.full(5, np.inf), np.inf, "")
    summed = zones.summarise({"distance": scored}, [zoning], origins, people).set_index(["measure", "zone_id"])
    for unit in "ab":
        mine, share = row(found, "mass_transit_400m", unit), summed.loc[("mass_transit_400m_share", unit)]
        assert mine[["low", "high", "reason"]].tolist() == share[["low", "high", "reason"]].tolist()
        beyond = summed.loc[("mass_transit_400m_beyond_people", unit)]
        assert mine["people_concerned_low"] == pytest.approx(beyond["low"])
        assert mine["people_concerned_high"] == pytest.approx(beyond["high"])


ENDS = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda pair: (min(pair) / 20, max(pair) / 20))
BOUNDS = st.one_of(st.tuples(st.integers(0, 20).map(lambda n: n / 20), st.none()), ENDS)


@given(ENDS, BOUNDS, st.data())
def test_a_verdict_holds_whatever_the_value_turns_out_to_be(
    ends: tuple[float, float], bounds: tuple[float, float | None], data: st.DataObject
) -> None:
    least, most = (None if end is None else Standard("s", end, "m", "test", "2026", "seed") for end in bounds)
    assert least is not None

    def said(low: float, high: float) -> str:
        return str(verdict(Found(np.array([low]), np.array([high]), np.array([""])), least, most)[0])

    low, high = ends
    truth = data.draw(st.integers(round(low * 20), round(high * 20))) / 20
    within = bounds[0] <= truth and (bounds[1] is None or truth <= bounds[1])
    assert said(truth, truth) == ("complies" if within else "falls short")
    assert said(low, high) in (said(truth, truth), "not known")
    assert said(low, high) != "not known" or low < high


@given(st.lists(st.sampled_from(("reached", "beyond", "edge")), min_size=1, max_size=8), st.integers(0, 7))
def test_to_reach_more_never_makes_a_verdict_worse(states: list[str], i: int) -> None:
    order = ["falls short", "not known", "complies (secondary source)"]
    better = ["reached" if n == i else state for n, state in enumerate(states)]
    before, after = (row(sheet([{"commerce": state} for state in some]), "commerce_300m") for some in (states, better))
    assert order.index(before["verdict"]) <= order.index(after["verdict"])
    assert after["people_concerned_high"] <= before["people_concerned_high"]
