"""Hubs for the people of now and of the horizon, by hand; planned dwellings as people where they will live."""

import math
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from geokehila import catalogue
from geokehila.catalogue import Catalogue, Standard
from geokehila.errors import StudyError
from geokehila.rollout import SCENARIOS, household, hub_demand, planned_homes, scenarios
from geokehila.schema import ISRAEL_TM, TABLES

NAN = float("nan")
STANDARDS = Catalogue.read().standards
THREE = STANDARDS["people_per_dwelling"]
RATIOS = ["people_per_hub", "m2_per_person", "capacity_per_person"]
#: Of docs/methods/rollout.md.
TWO_HUBS = {"room_m2": [340.0, NAN], "levels_imputed": [False, False], "capacity": [NAN, NAN]}


def hubs(told: dict[str, list[Any]] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(told or {"room_m2": [], "levels_imputed": [], "capacity": []})
    return frame.astype({"room_m2": float, "levels_imputed": bool, "capacity": float})


def demand(residents: float, region: str = "negev", told: Any = None, planned: Any = None) -> pd.DataFrame:
    """Table ``hub_demand`` by scenario."""
    return hub_demand(scenarios(residents, region, STANDARDS, planned), hubs(told)).set_index("scenario")


# --- the seed's figures ----------------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_brochure() -> None:
    """Rows of domain.md: 1.65, 7.5 and 0.85 million now; the three regions sum to 10.0 and twice 17.0 million."""
    figures = {
        ("2025", "galilee"): 1.65, ("2025", "negev"): 0.85,
        ("2048_expected", "galilee"): 2.4, ("2048_expected", "negev"): 1.6,
        ("2048_desired", "galilee"): 4.5, ("2048_desired", "negev"): 3.5,
    }  # fmt: skip
    for (when, region), millions in figures.items():
        stated = STANDARDS[f"residents_{when}_{region}"]
        assert (stated.value, stated.unit, stated.confidence) == (pytest.approx(millions * 1e6), "people", "seed")
        assert "inferred" in stated.source
    centre = {"2025": 7.5, "2048_expected": 13.0, "2048_desired": 9.0}
    for when, total in {"2025": 10.0, "2048_expected": 17.0, "2048_desired": 17.0}.items():
        found = sum(STANDARDS[f"residents_{when}_{region}"].value for region in ("negev", "galilee"))
        assert found / 1e6 + centre[when] == pytest.approx(total)


def test_every_region_of_the_programme_has_its_figures() -> None:
    regions = {city.programme_region for city in catalogue.cities().values()} - {"reference"}
    for region in regions:
        assert demand(1000.0, region).loc[["expected", "desired"], "people"].notna().all()


def test_a_study_may_state_its_own_figures_but_no_region_of_nobody() -> None:
    own = Catalogue.read({"standards": {"residents_2048_expected_negev": {"value": 1_700_000, "source": "CBS"}}})
    found = {one.key: one for one in scenarios(8500, "negev", own.standards, None)}
    assert (found["expected"].people, found["expected"].source) == (pytest.approx(17_000), "CBS")
    with pytest.raises(StudyError, match=r"residents_2025_negev\] value is 0: give a number from 1"):
        Catalogue.read({"standards": {"residents_2025_negev": {"value": 0}}})


# --- what hubs have for each resident --------------------------------------------------------------------------------


def test_the_example_of_the_method_page() -> None:
    plans = layer({"dwellings_id": "p", "dwellings": 400, "year": 2035})
    found = demand(8500.0, told=TWO_HUBS, planned=planned_homes(plans, THREE, ZONES))
    assert [*found.index] == sorted(SCENARIOS)
    people = {"now": 8500, "expected": 16000, "desired": 35000, "planned": 9700}
    assert found["people"].to_dict() == pytest.approx(people)
    assert found["people_per_hub"].to_dict() == pytest.approx({key: n / 2 for key, n in people.items()})
    assert found["m2_per_person"].to_dict() == pytest.approx({key: 340 / n for key, n in people.items()})
    assert {*found["reason"]} == {"floor area is at least that"}
    assert found.loc["now", ["hubs_count", "hubs_m2", "hubs_without_m2_count"]].tolist() == [2, 340, 1]
    assert math.isnan(found.loc["now", "year"]) and found.loc["expected", "year"] == 2048
    assert found["capacity_per_person"].isna().all() and found["hubs_capacity"].isna().all()
    assert found["confidence"].to_dict() == {"now": "", "expected": "seed", "desired": "seed", "planned": "design"}


def test_now_has_no_year_where_nobody_is_counted_either() -> None:
    years = {one.key: one.year for one in scenarios(NAN, "negev", Catalogue.read().standards, None)}
    assert math.isnan(years["now"]) and years["expected"] == years["desired"] == 2048


def test_the_galilee_grows_at_its_own_pace() -> None:
    assert demand(1650.0, "galilee").loc[["expected", "desired"], "people"].tolist() == pytest.approx([2400, 4500])


@pytest.mark.parametrize("region", ["reference", ""])
def test_a_city_outside_both_regions_is_not_computed(region: str) -> None:
    found = demand(1000.0, region, TWO_HUBS)
    assert found.loc["now", "people"] == 1000
    grown = found.loc[["expected", "desired"]]
    assert grown[["people", *RATIOS]].isna().all(axis=None) and {*grown["reason"]} == {"no figures of the region"}


def test_without_a_layer_of_planned_dwellings_the_siting_is_said_to_be_unaffected() -> None:
    found = demand(1000.0, told=TWO_HUBS).loc["planned"]
    assert found["reason"] == "siting is unaffected: no layer of planned dwellings"
    assert found[["people", *RATIOS]].isna().all()


def test_voters_are_no_residents() -> None:
    found = demand(NAN, told=TWO_HUBS, planned=planned_homes(layer(), THREE, ZONES))
    assert {*found["reason"]} == {"no residents are counted"} and [*found.index] == sorted(SCENARIOS)
    assert found[["people", *RATIOS]].isna().all(axis=None) and (found["hubs_count"] == 2).all()


def test_no_hub_is_no_zero() -> None:
    found = demand(1000.0).loc["now"]
    assert (found["hubs_count"], found["reason"]) == (0, "no hub stands inside the areas")
    assert found[["hubs_m2", "hubs_capacity", *RATIOS]].isna().all()


def test_a_town_of_nobody() -> None:
    found = demand(0.0, told=TWO_HUBS).loc["now"]
    assert found["people_per_hub"] == 0 and found[["m2_per_person", "capacity_per_person"]].isna().all()


@pytest.mark.parametrize(
    ("told", "m2", "imputed", "unknown", "reason"),
    [
        ({"room_m2": [300.0, 200.0], "levels_imputed": [False, False]}, 500, 0, 0, ""),
        ({"room_m2": [300.0, 200.0], "levels_imputed": [False, True]}, 500, 1, 0, "floor area is at least that"),
        ({"room_m2": [300.0, NAN], "levels_imputed": [False, True]}, 300, 0, 1, "floor area is at least that"),
        ({"room_m2": [NAN, NAN], "levels_imputed": [False, False]}, NAN, 0, 2, "floor area of no hub is known"),
    ],
)
def test_of_how_many_hubs_the_floor_is_not_known(
    told: dict[str, list[Any]], m2: float, imputed: int, unknown: int, reason: str
) -> None:
    found = demand(100.0, told=told | {"capacity": [50.0, NAN]}).loc["now"]
    assert found[["hubs_m2", "hubs_without_levels_count", "hubs_without_m2_count"]].tolist() == pytest.approx(
        [m2, imputed, unknown], nan_ok=True
    )
    assert found["m2_per_person"] == pytest.approx(m2 / 100, nan_ok=True)
    assert (found["hubs_capacity"], found["capacity_per_person"], found["reason"]) == (50, 0.5, reason)


@given(st.lists(st.one_of(st.none(), st.integers(1, 900)), max_size=6), st.integers(1, 10**6))
def test_whatever_there_is_the_promise_is_kept(rooms: list[int | None], residents: int) -> None:
    told = {"room_m2": rooms, "levels_imputed": [False] * len(rooms), "capacity": [None] * len(rooms)}
    found = demand(float(residents), told=told)
    assert [*found.reset_index().columns] == [*TABLES["hub_demand"].columns]
    known = [m2 for m2 in rooms if m2 is not None]
    assert found.loc["now", "hubs_m2"] == (sum(known) if known else pytest.approx(NAN, nan_ok=True))
    assert (found["hubs_without_m2_count"] == len(rooms) - len(known)).all()
    of = found.loc[["now", "expected", "desired"]]
    if known:
        assert (of["m2_per_person"] * of["people"]).tolist() == pytest.approx([sum(known)] * 3)
        assert of["m2_per_person"].is_monotonic_decreasing, "more people share the same floor"


# --- planned dwellings -----------------------------------------------------------------------------------------------

ZONES = gpd.GeoDataFrame({"zone_id": ["b", "a"]}, geometry=[box(100, 0, 200, 100), box(0, 0, 100, 100)], crs=ISRAEL_TM)


def layer(*plans: dict[str, Any]) -> gpd.GeoDataFrame:
    """Planned dwellings, each in a square of 10 m at x = 20 unless told."""
    told = [{"geometry": box(20, 20, 30, 30), "year": NAN} | plan for plan in plans]
    frame = pd.DataFrame(told, columns=["dwellings_id", "dwellings", "year", "geometry"])
    return gpd.GeoDataFrame(frame.astype({"dwellings": float, "year": float}), geometry="geometry", crs=ISRAEL_TM)


def test_people_of_a_dwelling_are_those_of_here_where_that_can_be() -> None:
    here = household(7000.0, 2000.0, THREE)
    assert (here.value, here.unit, here.confidence) == (3.5, "people", "design")
    assert here.source.startswith("residents of the study")


@pytest.mark.parametrize(
    ("residents", "dwellings"), [(7000.0, 0.0), (7000.0, 699.0), (100.0, 101.0), (NAN, 50.0), (0.0, 0.0), (50.0, NAN)]
)
def test_else_as_assumed_and_said(residents: float, dwellings: float) -> None:
    assert household(residents, dwellings, THREE) == THREE
    assert (THREE.value, THREE.confidence) == (3, "design")


def test_planned_homes_stand_inside_their_plan_with_their_people() -> None:
    bent = box(110, 0, 190, 90).difference(box(120, 10, 190, 90))
    plans = layer(
        {"dwellings_id": "q", "dwellings": 10, "geometry": bent, "year": 2048},
        {"dwellings_id": "p", "dwellings": 4, "geometry": Point(50, 50)},
        {"dwellings_id": "r", "dwellings": 6, "geometry": Point(500, 50), "year": 2030},
    )
    found = planned_homes(plans, Standard("x", 2.5, "people", "census", "2022", "literature"), ZONES)
    assert found["origin_id"].tolist() == ["p", "q", "r"]
    assert found["people"].tolist() == [10, 25, 15] and found["zone_id"].tolist() == ["a", "b", ""]
    assert bent.contains(found.geometry.iloc[1]) and found.crs == ISRAEL_TM
    assert {*found["people_source"]} == {"census"} and {*found["people_confidence"]} == {"literature"}


def test_what_is_due_after_the_horizon_is_not_of_it() -> None:
    plans = layer(
        {"dwellings_id": "a", "dwellings": 5, "year": 2049},
        {"dwellings_id": "b", "dwellings": 5, "year": 2048},
        {"dwellings_id": "c", "dwellings": 5},
        {"dwellings_id": "d", "dwellings": 0, "year": 2030},
    )
    assert planned_homes(plans, THREE, ZONES)["origin_id"].tolist() == ["b", "c"]
    assert planned_homes(plans, THREE, ZONES, until=2040)["origin_id"].tolist() == ["c"]


def test_a_layer_that_plans_nothing_adds_nobody() -> None:
    none = planned_homes(layer(), THREE, ZONES)
    assert none.empty and {"origin_id", "zone_id", "people"} <= {*none.columns}
    assert demand(1000.0, told=TWO_HUBS, planned=none).loc["planned", "people"] == 1000


@given(st.lists(st.integers(0, 500), max_size=6), st.permutations(range(6)))
def test_no_planned_person_is_lost_whatever_the_order(dwellings: list[int], order: list[int]) -> None:
    plans = layer(*({"dwellings_id": f"p{i}", "dwellings": n} for i, n in enumerate(dwellings)))
    found = planned_homes(plans, THREE, ZONES)
    assert found["people"].sum() == 3 * sum(dwellings)
    mixed = plans.iloc[[row for row in order if row < len(plans)]]
    pd.testing.assert_frame_equal(planned_homes(mixed, THREE, ZONES.iloc[::-1]), found)
