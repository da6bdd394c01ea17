"""Walks to open space and its share for everyone: the method page's town by hand, slow oracles, properties, edges."""

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box
from test_open_spaces import around, space, square, table

from geokehila import network, open_spaces
from geokehila.access import Answers, Walks, Ways
from geokehila.analyses import open_space
from geokehila.analyses.tables import Measured, Tables
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study
from geokehila.zones import CITY, ZONE, Zoning

STUDY = Study.of("dimona")
NAN = float("nan")
#: The town of docs/methods/open_space.md: homes along a street of 1,000 m, and what lies beside it.
HOMES = {"a": (0.0, 30.0), "b": (300.0, 50.0), "c": (900.0, 20.0)}
SPACES = {
    "garden": space("garden", square(30, west=100), name_he="גן"),
    "park": space("park", box(400, 0, 500, 80)),
    "playground": space("playground", square(20, west=450)),
    "cars": space("parking", box(400, 55, 420, 80)),
    "strip": space("park", box(700, 0, 760, 8)),
    "school": space("school", square(100, west=800)),
    "scrub": space("scrub", square(100, 200, 500)),
}
GATES = {"garden": 100.0, "park": 450.0, "playground": 450.0}
WEST, EAST = box(-100, -100, 600, 1000), box(600, -100, 1100, 1000)
EXTENT = box(-5000, -5000, 6000, 5000)


def town(
    spaces: dict[str, dict[str, Any]] | None = None,
    gates: dict[str, float] | None = None,
    homes: dict[str, tuple[float, float]] | None = None,
    **tables: Any,
) -> tuple[Tables, Walks]:
    """The homes by place on the street and people, spaces entered at gates on it, two zones west and east of 600 m."""
    spaces, gates, homes = (SPACES if spaces is None else spaces), gates or GATES, HOMES if homes is None else homes
    rows = table(*({**row, "place_id": key} for key, row in spaces.items()))
    classified = open_spaces.classify(STUDY, rows, around())
    at = {key: x for key, x in gates.items() if key in spaces}
    ways_in = gpd.GeoDataFrame(
        {"gate_id": [*at], "place_id": [*at]}, geometry=[Point(x, 0) for x in at.values()], crs=ISRAEL_TM
    )
    origins = gpd.GeoDataFrame(
        {"origin_id": [*homes], "people": [float(people) for _, people in homes.values()]},
        geometry=[Point(x, 0) for x, _ in homes.values()],
        crs=ISRAEL_TM,
    )
    origins = origins.assign(zone_id=np.where(origins.geometry.x < 600, "w", "y"), border_m=5000.0)
    zones = gpd.GeoDataFrame({"zone_id": ["w", "y"]}, geometry=[WEST, EAST], crs=ISRAEL_TM)
    listing = open_spaces.destinations(classified)
    walks = Walks.between(origins, ways_in, listing, street(), 150.0, EXTENT)
    lists = pd.DataFrame("loaded", ["w", "y"], ["park", "playground", "school"])
    laid = Tables(
        STUDY,
        origins,
        zonings=(Zoning.of_zones(zones, origins), Zoning.of_city(zones, origins)),
        lists=lists,
        open_spaces=classified,
        buildings=gpd.GeoDataFrame(geometry=[box(820, 20, 860, 70)], crs=ISRAEL_TM),
        extent=EXTENT,
    )
    return replace(laid, **tables), walks


def street() -> Ways:
    columns = {"street_id": ["w1"], "part": 0, "way": "footway", "bridge": False, "tunnel": False}
    built = network.build(gpd.GeoDataFrame(columns, geometry=[LineString([(0, 0), (1000, 0)])], crs=ISRAEL_TM))
    return Ways(built, network.slopes(built.lines, np.zeros(1, bool), np.full(1, NAN), None), np.full(1, ""))


def measure(tables: Tables, walks: Walks) -> Measured:
    return open_space.measure(tables, answers(walks))


def answers(walks: Walks) -> Answers:
    return walks.run(open_space.asks(STUDY), STUDY.catalogue.walkers, 3600.0)


def units(found: Measured, zoning: str = CITY) -> pd.DataFrame:
    """Value, low, high, reason by measure and zone_id."""
    return found.units[found.units["zoning"] == zoning].set_index(["measure", "zone_id"])


def of_city(found: Measured, measure: str) -> list[Any]:
    return units(found).loc[(measure, ""), ["value", "low", "high"]].tolist()


# --- the town of the method page -------------------------------------------------------------------------------------


def test_walks_of_the_town_by_hand() -> None:
    found = measure(*town())
    metres, adult = found.homes["distance"], found.homes["adult"]
    assert metres["open_pocket_garden_m"].tolist() == [100, 200, 800]
    assert metres["open_neighbourhood_garden_m"].tolist() == [450, 150, 450]
    assert metres["open_any_m"].tolist() == [100, 150, 450]
    assert metres["open_0.5ha_m"].tolist() == [450, 150, 450]
    assert metres["open_1ha_m"].isna().all() and metres["open_city_park_m"].isna().all()
    assert adult["open_any_s"].tolist() == pytest.approx([100 / 1.3, 150 / 1.3, 450 / 1.3], abs=1 / 16)


def test_states_of_the_town_by_hand() -> None:
    metres = measure(*town()).homes["distance"]
    assert metres["open_any_300m_state"].tolist() == ["reached", "reached", "beyond"]
    assert metres["open_any_500m_state"].tolist() == ["reached"] * 3
    assert metres["who_300m_state"].tolist() == ["beyond", "reached", "beyond"]
    assert metres["open_playground_400m_state"].tolist() == ["beyond", "reached", "beyond"]
    for state in ("rule_300_state", "angst_2ha_300m_state", "angst_20ha_2km_state"):
        assert metres[state].tolist() == ["beyond"] * 3


def test_what_everyone_shares_by_hand() -> None:
    adult = measure(*town()).homes["adult"]
    assert adult["open_2sfca_m2"].tolist() == pytest.approx([86.25, 86.25, 75])
    assert adult["open_2sfca_wide_m2"].tolist() == pytest.approx([84, 84, 84]), "all reach both within 1,000 m"


def test_m2_per_resident_by_hand() -> None:
    found = measure(*town())
    assert of_city(found, "open_m2") == pytest.approx([8400, 8400, 18400])
    assert of_city(found, "open_neighbourhood_garden_m2") == pytest.approx([7500, 7500, 7500])
    assert of_city(found, "open_nature_m2") == pytest.approx([0, 0, 10000])
    assert of_city(found, "open_playground_m2") == pytest.approx([0, 0, 0])
    assert of_city(found, "open_m2_per_resident") == pytest.approx([84, 84, 184])
    assert of_city(found, "open_neighbourhood_m2_per_resident") == pytest.approx([84, 84, 84])
    assert of_city(found, "open_landscape_m2_per_resident") == pytest.approx([0, 0, 100])
    assert of_city(found, "after_hours_m2") == pytest.approx([8000, 8000, 8000])
    zones = units(found, ZONE)["value"]
    assert zones["open_m2_per_resident", "w"] == pytest.approx(8400 / 80) and zones["open_m2_per_resident", "y"] == 0


def test_what_is_kept_out_is_listed_with_its_reason() -> None:
    layers = measure(*town()).layers
    assert len(layers["open_spaces"]) == len(SPACES)
    kept_out = layers["open_spaces_kept_out"].set_index("place_id")["why"]
    assert kept_out.to_dict() == {"cars": "car park", "scrub": "no way in", "strip": "too narrow"}
    assert layers["after_hours"]["place_id"].tolist() == ["school"]


def test_what_is_not_computed_is_said() -> None:
    assert [one.measure for one in measure(*town()).absent] == ["rule_3_state", "rule_30_state"]


# --- what is not known -----------------------------------------------------------------------------------------------


def test_where_the_list_of_parks_is_not_believed_no_m2_is_claimed() -> None:
    lists = pd.DataFrame({"park": ["loaded", "not mapped"], "playground": "loaded", "school": "loaded"}, ["w", "y"])
    found = measure(*town(lists=lists))
    zones, city = units(found, ZONE), units(found)
    assert zones.loc[("open_m2", "y"), "reason"] == "not mapped"
    assert np.isnan(zones.loc[("open_m2", "y"), "value"]) and zones.loc[("open_m2", "y"), "low"] == 0
    assert city.loc[("open_m2", ""), "reason"] == "partly unknown" and np.isnan(city.loc[("open_m2", ""), "high"])
    assert city.loc[("open_m2", ""), "value"] == pytest.approx(8400)
    assert city.loc[("after_hours_m2", ""), "reason"] == ""
    assert found.homes["adult"]["open_2sfca_m2"].isna().tolist() == [False, False, True]
    states = found.homes["distance"]
    assert states["open_any_300m_state"].tolist() == ["reached", "reached", "not mapped"]
    assert states["open_playground_300m_state"].tolist() == ["beyond", "reached", "beyond"]


def test_a_home_near_the_edge_of_the_data_shares_what_is_not_known() -> None:
    tables, walks = town()
    # Twice the walk: the space may be 500 m away, and who else shares it 500 m beyond.
    origins = tables.origins.assign(border_m=[1000.0, 1001.0, 5000.0])
    adult = measure(replace(tables, origins=origins), walks).homes["adult"]
    assert adult["open_2sfca_m2"].isna().tolist() == [True, False, False]
    assert adult["open_2sfca_wide_m2"].isna().tolist() == [True, True, False]


def test_a_home_far_from_every_way_is_unconnected() -> None:
    tables, walks = town(homes={"a": (0.0, 30.0), "b": (1200.0, 10.0)})
    found = measure(tables, walks)
    assert found.homes["distance"]["open_any_500m_state"].tolist() == ["reached", "unconnected"]
    assert np.isnan(found.homes["adult"]["open_2sfca_m2"].iloc[1])
    assert of_city(found, "open_m2_per_resident")[0] == pytest.approx(8400 / 40), "it stays in the denominator"


def test_ground_beyond_the_data_is_not_counted_for_nobody_is_there_either() -> None:
    found = measure(*town(extent=box(-5000, -5000, 450, 5000)))
    assert of_city(found, "open_neighbourhood_garden_m2")[0] == pytest.approx(50 * 80 - 20 * 25)


def test_no_homes() -> None:
    found = measure(*town(homes={}))
    assert found.homes["distance"].empty and "open_any_m" in found.homes["distance"]
    assert of_city(found, "open_m2")[0] == pytest.approx(8400)
    per_resident = units(found).loc[("open_m2_per_resident", "")]
    assert np.isnan(per_resident["value"]) and per_resident["reason"] == "no people"


def test_homes_of_nobody_share_nothing_that_is_known() -> None:
    found = measure(*town(homes={"a": (0.0, 0.0), "b": (900.0, 0.0)}))
    assert found.homes["adult"]["open_2sfca_m2"].isna().all()


def test_no_spaces() -> None:
    found = measure(*town(spaces={}))
    assert found.homes["distance"]["open_any_m"].isna().all()
    assert found.homes["distance"]["open_any_300m_state"].tolist() == ["beyond"] * 3
    assert found.homes["adult"]["open_2sfca_m2"].tolist() == [0, 0, 0]
    assert of_city(found, "open_m2_per_resident") == [0, 0, 0]
    assert found.layers["after_hours"].empty


# --- two-step floating catchment -------------------------------------------------------------------------------------


@st.composite
def catchments(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who reaches which space (O, S), people of homes, m2 of spaces."""
    homes, spaces = draw(st.integers(0, 7)), draw(st.integers(0, 5))
    reach = np.array(draw(st.lists(st.booleans(), min_size=homes * spaces, max_size=homes * spaces)), bool)
    people = np.array(draw(st.lists(st.sampled_from([0.0, 0.5, 3, 40]), min_size=homes, max_size=homes)))
    m2 = np.array(draw(st.lists(st.sampled_from([0.0, 400, 7500, 2e5]), min_size=spaces, max_size=spaces)))
    return reach.reshape(homes, spaces), people, m2


def shared(reach: np.ndarray, people: np.ndarray, m2: np.ndarray) -> np.ndarray:
    homes, spaces = [f"h{i}" for i in range(reach.shape[0])], [f"s{i}" for i in range(reach.shape[1])]
    home, place = np.nonzero(reach)
    pairs = pd.DataFrame(
        {"origin_id": pd.Categorical.from_codes(home, homes), "place_id": pd.Categorical.from_codes(place, spaces)}
    )
    return open_space.two_step(pairs, pd.Series(m2, spaces, dtype=float), people)


@given(catchments())
def test_two_steps_are_those_of_a_slow_double_loop(case: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    reach, people, m2 = case
    expected = []
    for home in range(len(people)):
        value = 0.0
        for s in range(len(m2)):
            if reach[home, s] and m2[s] > 0:
                sharing = sum(people[other] for other in range(len(people)) if reach[other, s])
                value += m2[s] / sharing if sharing else NAN
        expected.append(value)
    np.testing.assert_allclose(shared(reach, people, m2), expected, rtol=1e-12)


@given(catchments())
def test_what_is_shared_out_is_what_there_is(case: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    reach, people, m2 = case
    value = shared(reach, people, m2)
    reached = np.array([people[reach[:, s]].sum() > 0 for s in range(len(m2))], bool)
    assert np.sum(people[people > 0] * value[people > 0]) == pytest.approx(m2[reached].sum())


@given(catchments(), st.integers(0, 4), st.floats(0, 1e5))
def test_a_larger_space_lowers_nobodys_share(
    case: tuple[np.ndarray, np.ndarray, np.ndarray], which: int, more_m2: float
) -> None:
    reach, people, m2 = case
    larger = m2 + more_m2 * (np.arange(len(m2)) == which)
    before, after = shared(reach, people, m2), shared(reach, people, larger)
    lived_in = people > 0
    assert (after[lived_in] >= before[lived_in] - 1e-9).all()


# --- the whole way ---------------------------------------------------------------------------------------------------


@settings(max_examples=12)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([25, 60, 80])), max_size=5), st.integers(0, 9))
def test_a_new_park_lowers_no_share_and_no_m2(parks: list[tuple[int, int]], where: int) -> None:
    laid = {f"p{i}": space("park", square(side, west=100 * x, south=200 * i)) for i, (x, side) in enumerate(parks)}
    gates = {f"p{i}": 100.0 * x for i, (x, _) in enumerate(parks)} | {"q": 100.0 * where}
    more = {**laid, "q": space("park", square(80, west=100 * where, south=-200))}
    before, after = (measure(*town(spaces=spaces, gates=gates)) for spaces in (laid, more))
    old, new = before.homes["distance"], after.homes["distance"]
    for column in [c for c in old if c.endswith("_state")]:
        assert (new.loc[old[column] == "reached", column] == "reached").all()
    for column in ("open_2sfca_m2", "open_2sfca_wide_m2"):
        assert (after.homes["adult"][column] >= before.homes["adult"][column] - 1e-9).all()
    assert of_city(after, "open_m2_per_resident")[0] >= of_city(before, "open_m2_per_resident")[0]


@pytest.mark.parametrize("measured", ["open_m2", "after_hours_m2"])
def test_ground_outside_the_data_is_not_measured_as_none(measured: str) -> None:
    tables, walks = town(homes={"a": (0.0, 30.0)})
    cut = replace(tables, extent=box(-5000, -5000, 600, 5000))
    zones = units(measure(cut, walks), ZONE).loc[measured]
    assert zones.loc["y", "reason"] == "not mapped" and zones.loc["y", ["value", "low", "high"]].isna().all()
    assert zones.loc["w", "reason"] == "" and np.isfinite(zones.loc["w", "value"])
    city = units(measure(cut, walks)).loc[(measured, "")]
    assert city["reason"] == "partly unknown" and np.isnan(city["high"])
    unmapped = replace(tables, lists=pd.DataFrame("not mapped", ["w", "y"], ["park", "playground", "school"]))
    empty = units(measure(unmapped, walks), ZONE).loc[measured].loc["y"]
    assert empty["reason"] == "not mapped" and np.isnan(empty["value"]), "nobody lives there, and no list is believed"


def test_two_zonings_hold_the_same_ground() -> None:
    found = measure(*town())
    for column in (f"open_{kind}_m2" for kind in open_spaces.KINDS):
        assert units(found, ZONE)["value"].loc[column].sum() == pytest.approx(of_city(found, column)[0])


def test_the_same_ground_is_told_by_a_slow_union() -> None:
    tables, walks = town()
    public = tables.open_spaces[tables.open_spaces["public"] == "yes"]
    cars = tables.open_spaces[tables.open_spaces["class"] == "parking"]
    for zone, shape in (("w", WEST), ("y", EAST)):
        told = shapely.difference(public.geometry.union_all(), cars.geometry.union_all()).intersection(shape).area
        assert units(measure(tables, walks), ZONE)["value"]["open_m2", zone] == pytest.approx(told)
