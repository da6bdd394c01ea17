"""The mix of uses by hand, against scipy and a dense loop, by what must always hold, and where nothing is known."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from given import FAR, NAN, STUDY, access, homes, ids, places, zonings
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import entropy as scipy_entropy
from shapely import LineString, Point, box

from geokehila import network, uses
from geokehila.access import Answers, Walks, Ways
from geokehila.analyses import mixed_use
from geokehila.analyses.diversity import entropy, hill
from geokehila.analyses.mixed_use.around import kinds, nearness
from geokehila.analyses.tables import Absent, Measured, Tables
from geokehila.catalogue import USES
from geokehila.schema import ISRAEL_TM
from geokehila.zones import Zoning

SIXTEEN = np.array([[4.0, 8.0, 2.0, 1.0, 1.0]])  # commerce, housing, services, education, sport
KINDS = kinds(STUDY)
AMOUNTS = arrays(float, (3, 5), elements=st.integers(0, 50).map(float))


# --- entropy and Hill numbers ----------------------------------------------------------------------------------------


def test_the_example_of_the_page() -> None:
    # 1/4, 1/2, 1/8, 1/16, 1/16 hold 0.5 + 0.5 + 0.375 + 0.25 + 0.25 = 1.875 bits; five even uses log2 5.
    assert entropy(SIXTEEN).item() == pytest.approx(1.875 / math.log2(5))
    assert round(entropy(SIXTEEN).item(), 3) == 0.808
    three = np.array([[2.0, 1.0, 1.0]])
    assert [hill(three, q).item() for q in (0, 1, 2)] == pytest.approx([3, 2**1.5, 8 / 3])
    near = nearness(np.array([[0.0, 225.0, 450.0]]))
    assert near.tolist()[0] == pytest.approx([1, math.exp(-1), math.exp(-2)])
    assert [round(hill(three, q, near).item(), 3) for q in (0, 1, 2)] == [1.503, 1.439, 1.391]


def test_two_even_uses_mix_less_than_five() -> None:
    """Divided by the number of uses that happen to be there both would be 1."""
    assert entropy(np.array([[1.0, 1, 0, 0, 0]])).item() == pytest.approx(math.log(2) / math.log(5))
    assert entropy(np.array([[7.0, 7, 7, 7, 7]])).item() == 1


def test_nothing_is_no_mix_and_no_variety_and_what_is_not_known_stays_so() -> None:
    nothing, unknown = np.zeros((1, 5)), np.array([[1.0, NAN, 0, 0, 0]])
    assert np.isnan(entropy(nothing)).all() and np.isnan(entropy(unknown)).all()
    for order in (0, 1, 2):
        assert hill(nothing, order).item() == 0 and hill(nothing, order, nothing).item() == 0
        assert np.isnan(hill(unknown, order)).all() and np.isnan(hill(unknown, order, np.ones((1, 5)))).all()
    assert entropy(np.zeros((0, 5))).shape == hill(np.zeros((0, 5)), 1).shape == (0,)


@given(AMOUNTS)
def test_entropy_and_hill_against_scipy(amounts: np.ndarray) -> None:
    for row, mix, kinds_of_row in zip(amounts, entropy(amounts), hill(amounts, 1), strict=True):
        if row.any():
            assert mix == pytest.approx(scipy_entropy(row, base=5), abs=1e-12)
            assert kinds_of_row == pytest.approx(math.exp(scipy_entropy(row)))


def slowly(amounts: Sequence[float], weights: Sequence[float], order: float) -> float:
    """The weighted Hill number as the page writes it, term by term; of order 1 near its limit from both sides."""
    if order == 1:
        return (slowly(amounts, weights, 1 - 1e-6) + slowly(amounts, weights, 1 + 1e-6)) / 2
    total = sum(amounts)
    mean = sum(w * a / total for a, w in zip(amounts, weights, strict=True))
    terms = [w * (a / total / mean) ** order for a, w in zip(amounts, weights, strict=True) if a > 0]
    return sum(terms) ** (1 / (1 - order))


WEIGHTS = arrays(float, (3, 5), elements=st.floats(0.018, 1))


@given(AMOUNTS, WEIGHTS, st.sampled_from([0, 1, 2, 0.5, 3]))
def test_weighted_hill_numbers_against_a_dense_loop(amounts: np.ndarray, weights: np.ndarray, order: float) -> None:
    for row, weight, found in zip(amounts, weights, hill(amounts, order, weights), strict=True):
        assert found == pytest.approx(slowly(row, weight, order) if row.any() else 0, rel=1e-6)


@given(AMOUNTS, WEIGHTS)
def test_what_always_holds(amounts: np.ndarray, weights: np.ndarray) -> None:
    some = amounts.any(axis=1)
    assert ((entropy(amounts) >= 0) & (entropy(amounts) <= 1))[some].all()
    for weight in (None, weights):
        of_order = [hill(amounts, order, weight) for order in (0, 1, 2)]
        assert (of_order[0] >= of_order[1] - 1e-9).all() and (of_order[1] >= of_order[2] - 1e-9).all()
        for order, found in enumerate(of_order):
            turned = None if weight is None else weight[:, ::-1]
            assert hill(amounts[:, ::-1], order, turned) == pytest.approx(found), "the order of kinds means nothing"
            assert hill(amounts * 7, order, weight) == pytest.approx(found), "nor does their number"
    assert entropy(amounts[:, ::-1])[some] == pytest.approx(entropy(amounts)[some])
    assert entropy(amounts * 7)[some] == pytest.approx(entropy(amounts)[some])
    assert hill(amounts, 0).tolist() == (amounts > 0).sum(axis=1).tolist()


@given(st.integers(1, 50), st.integers(0, 4), st.floats(0.018, 1))
def test_one_kind_alone_is_one_and_weighs_what_it_weighs(count: int, kind: int, weight: float) -> None:
    alone = np.where(np.arange(5) == kind, float(count), 0.0)[None, :]
    assert entropy(alone).item() == 0
    for order in (0, 1, 2):
        assert hill(alone, order).item() == pytest.approx(1)
        assert hill(alone, order, np.full((1, 5), weight)).item() == pytest.approx(weight)


@given(AMOUNTS, WEIGHTS, st.integers(0, 4))
def test_a_place_more_never_takes_a_kind_away_and_a_missing_use_always_adds(
    amounts: np.ndarray, weights: np.ndarray, kind: int
) -> None:
    more = amounts + (np.arange(5) == kind)
    assert (hill(more, 0) >= hill(amounts, 0)).all()
    assert (hill(more, 0, weights) >= hill(amounts, 0, weights) - 1e-12).all()
    was_missing = (amounts[:, kind] == 0) & amounts.any(axis=1)
    assert (entropy(more) > entropy(amounts))[was_missing].all()


def test_a_place_of_the_commonest_use_makes_the_mix_less_even() -> None:
    """As the page says: entropy is no count, more of the same is less mixed, and many of a missing use may be too."""
    assert entropy(SIXTEEN + np.array([0, 1, 0, 0, 0])).item() < entropy(SIXTEEN).item()
    assert entropy(np.array([[1.0, 1, 1, 1, 99]])).item() < entropy(np.array([[1.0, 1, 1, 1, 0]])).item()


# --- around homes ----------------------------------------------------------------------------------------------------


def around(
    counts: Mapping[str, Sequence[float]],
    walks: Mapping[str, Sequence[float]] | None = None,
    status: str = "snapped",
    lists: Mapping[str, str] | None = None,
    **home: Any,
) -> Measured:
    """Measure homes that reach so many places by category or use, the nearest at once unless told."""
    many = len(next(iter(counts.values())))
    every = [*KINDS, *(uses.PREFIX + use for use in USES)]
    reached = pd.DataFrame({key: counts.get(key, [0.0] * many) for key in every}, index=ids(many), dtype=float)
    nearest = (reached * 0.0).where(reached > 0).assign(**(walks or {}))
    answer = access({key: nearest[key] for key in every}, status, counts={900.0: reached})
    origins = homes([0.0] * many, **home)
    listed = pd.DataFrame(dict.fromkeys(KINDS, "loaded") | dict(lists or {}), index=["z"])
    tables = Tables(STUDY, origins, zonings=zonings(origins), lists=listed)
    return mixed_use.measure(tables, Answers({("adult", "to"): answer}))


EXAMPLE = {f"use_{use}": [count] for use, count in zip(USES, SIXTEEN[0], strict=True)}


def test_a_home_by_hand() -> None:
    counts = EXAMPLE | {"grocery": [2], "clinic": [1], "school": [1]}
    home = around(counts, {"clinic": [225], "school": [450]}).homes["adult"].iloc[0]
    assert home[[f"use_{use}_count" for use in USES]].tolist() == [4, 8, 2, 1, 1]
    assert home["mix_entropy_score"] == pytest.approx(1.875 / math.log2(5))
    assert home["services_to_housing_ratio"] == 0.25
    assert (home["uses_count"], home["uses_unknown_count"], home["mix_edge_is"]) == (5, 0, "no")
    assert [home[f"hill_{q}_score"] for q in (0, 1, 2)] == pytest.approx([3, 2**1.5, 8 / 3])
    assert [round(home[f"hill_{q}_weighted_score"], 3) for q in (0, 1, 2)] == [1.503, 1.439, 1.391]


def test_a_shelter_is_no_part_of_the_variety() -> None:
    assert "shelter" not in KINDS and {*KINDS} | {"shelter"} == {*STUDY.catalogue.categories}


def test_a_home_that_reaches_nothing() -> None:
    home = around({"grocery": [0]}).homes["adult"].iloc[0]
    assert np.isnan(home["mix_entropy_score"]) and np.isnan(home["services_to_housing_ratio"])
    assert [home[f"hill_{q}_score"] for q in (0, 1, 2)] == [0, 0, 0] and home["hill_1_weighted_score"] == 0
    assert home["use_commerce_state"] == "beyond" and home["uses_count"] == 0


def test_what_is_not_known_of_a_home_is_missing_and_not_zero() -> None:
    numbers = ["mix_entropy_score", "hill_0_score", "hill_2_weighted_score", "use_sport_count", "use_housing_count"]
    gone = {key: [NAN] for key in (*KINDS, *EXAMPLE)}
    alone = around(gone, status="unconnected").homes["adult"].iloc[0]
    assert alone[numbers].isna().all() and alone["mix_edge_is"] == "unconnected" and alone["uses_unknown_count"] == 5
    # The edge is 900 s from a place that may hang on another way, 150 m from there: the snap cap.
    for border_m, is_known in ((1050.0, False), (1050.1, True)):
        home = around(EXAMPLE, border_m=border_m).homes["adult"].iloc[0]
        assert home[numbers].notna().all() == is_known and home["mix_edge_is"] == ("no" if is_known else "yes")
        assert home["use_sport_state"] == "reached", "what is reached stays so"


def test_a_list_that_is_not_loaded_takes_its_use_out_and_a_thin_one_does_not() -> None:
    without = around(EXAMPLE, lists={"clinic": "not loaded"}).homes["adult"].iloc[0]
    assert np.isnan(without["use_services_count"]) and without["use_commerce_count"] == 4
    assert np.isnan(without["mix_entropy_score"]) and np.isnan(without["hill_0_score"])
    counts = EXAMPLE | {"use_sport": [0]}
    thin = around(counts, lists={"sport": "not mapped"}).homes["adult"].iloc[0]
    assert (thin["use_sport_state"], thin["uses_count"], thin["uses_unknown_count"]) == ("not mapped", 4, 1)
    assert thin["mix_entropy_score"] > 0


def test_where_people_stand_on_a_grid_housing_is_not_mapped() -> None:
    counts = EXAMPLE | {"use_housing": [0]}
    home = around(counts, on_grid=True).homes["adult"].iloc[0]
    assert np.isnan(home["use_housing_count"]) and np.isnan(home["mix_entropy_score"])
    assert home["use_housing_state"] == "not mapped" and home["use_commerce_count"] == 4 and home["hill_0_score"] == 0


def test_what_is_told_of_no_home_is_named_with_its_reason() -> None:
    def absent(**home: Any) -> set[Absent]:
        return {one for one in around(EXAMPLE, **home).absent if one.measure == "mix_entropy_score"}

    assert absent() == set()
    assert absent(border_m=0.0) == {Absent("mix_entropy_score", "at_edge")}
    assert absent(lists=dict.fromkeys(KINDS, "not loaded")) == {Absent("mix_entropy_score", "no_places")}


def test_on_a_street() -> None:
    """A street of 2 km, walked at 1.3 m/s: 900 s are 1,170 m. Homes at 0 and 100 m; what lies where is in the sums."""
    at = {"shop": (1170.0, 0.0), "cafe": (1171.0, 0.0), "clinic": (500.0, 0.0), "bus": (50.0, 0.0), "hide": (50.0, 0.0)}
    what = {"shop": ["grocery", "eating"], "cafe": ["eating"], "clinic": ["clinic"], "bus": ["bus_stop"]}
    found, origins = places(at, what | {"hide": ["shelter"]}), homes([0.0, 100.0])
    listing = found.explode("categories").rename(columns={"categories": "category"})[["place_id", "category"]]
    walked_to = pd.concat([listing, uses.destinations(found, origins, STUDY.catalogue.categories)])
    doors = gpd.GeoDataFrame({"place_id": origins["building_id"]}, geometry=origins.geometry, crs=ISRAEL_TM)
    gates = pd.concat([found[["place_id", "geometry"]], doors], ignore_index=True)
    gates = gates.assign(gate_id=gates["place_id"]).sort_values("gate_id")
    line = [LineString([(-100, 0), (2000, 0)])]
    built = network.build(gpd.GeoDataFrame({"way": ["residential"]}, geometry=line, crs=ISRAEL_TM))
    slopes = network.slopes(built.lines, np.zeros(len(built.tail), bool), np.full(len(built.tail), NAN), None)
    ways = Ways(built, slopes, np.full(len(built.tail), ""))
    walks = Walks.between(origins, gates, walked_to, ways, 150.0, box(-FAR, -FAR, FAR, FAR))
    answers = walks.run(mixed_use.asks(STUDY), STUDY.catalogue.walkers, 3600.0)
    scores = mixed_use.measure(Tables(STUDY, origins), answers).homes["adult"]
    counted = scores[[f"use_{use}_count" for use in USES]].to_numpy().tolist()
    # The shop is of one use though of two categories, and just in reach of the first home; the cafe of the second only.
    assert counted == [[1, 2, 1, 0, 0], [2, 2, 1, 0, 0]]
    assert scores["hill_0_score"].tolist() == [4, 4]  # grocery, eating, clinic, bus stop: no shelter
    walk_m = {"grocery": 1170, "eating": 1170, "clinic": 500, "bus_stop": 50}
    near = sum(math.exp(-4 * metres / 1170) for metres in walk_m.values())
    assert scores["hill_0_weighted_score"].iloc[0] == pytest.approx(
        near, rel=1e-3
    )  # walks are in sixteenths of a second
    assert scores["mix_entropy_score"].tolist() == pytest.approx(
        [scipy_entropy([1, 2, 1], base=5), scipy_entropy([2, 2, 1], base=5)]
    )


# --- inside areas ----------------------------------------------------------------------------------------------------


def zone(*shapes: shapely.Geometry, of_home: Sequence[int] = ()) -> Zoning:
    """Units a, b, ... of these shapes."""
    units = gpd.GeoDataFrame({"zone_id": [*"abcdefg"[: len(shapes)]]}, geometry=[*shapes], crs=ISRAEL_TM)
    return Zoning("zone", Zoning.of_zones(units, homes([]).assign(zone_id="a")).units, np.array(of_home, int))


def inside(zoning: Zoning, origins: gpd.GeoDataFrame, **tables: Any) -> pd.DataFrame:
    """What is measured of units, by zone_id and measure."""
    nothing = {key: [NAN] * len(origins) for key in (*KINDS, *EXAMPLE)}
    answer = access(nothing, counts={900.0: pd.DataFrame(nothing, ids(len(origins)), dtype=float)})
    made = mixed_use.measure(Tables(STUDY, origins, zonings=(zoning,), **tables), Answers({("adult", "to"): answer}))
    return made.units.set_index(["zone_id", "measure"])


UNIT = box(0, 0, 500, 400)  # 20 ha
EIGHT = homes([10.0 * i for i in range(8)], people=125.0)
MAPPED = places({f"n{i}": (10 + 10 * i, 200) for i in range(9)}, {
    "n0": ["grocery"], "n1": ["eating"], "n2": ["grocery", "eating"], "n3": ["pharmacy"], "n4": ["clinic"],
    "n5": ["worship", "library"], "n6": ["school"], "n7": ["sport"], "n8": ["bus_stop"],
})  # fmt: skip


def test_places_and_homes_inside_a_unit_by_hand() -> None:
    far = places({"n9": (900, 200)}, {"n9": ["sport"]})
    found = inside(zone(UNIT, of_home=[0] * 8), EIGHT, places=pd.concat([MAPPED, far], ignore_index=True))
    assert found.loc[("a", "mix_zone_entropy_score"), ["value", "reason"]].tolist() == [entropy(SIXTEEN).item(), ""]
    assert found.loc[("a", "services_per_1000"), ["value", "reason"]].tolist() == [2, ""]


def test_a_unit_without_anything() -> None:
    empty = box(0, 1000, 100, 1100)
    found = inside(zone(UNIT, empty, of_home=[0] * 8), EIGHT, places=MAPPED)["value reason".split()].loc["b"]
    reasons = {
        "mix_zone_entropy_score": "none_of_the_uses", "services_per_1000": "unknown",
        "area_mix_score": "floor_area_unknown", "floor_area_known_share": "floor_area_unknown",
        "largest_use_share": "land_use_unknown", "mono_functional": "land_use_unknown",
    }  # fmt: skip
    for measure, reason in reasons.items():
        assert np.isnan(found.loc[measure, "value"]) and found.loc[measure, "reason"] == reason
    assert found.loc["land_known_share", "value"] == 0


@pytest.mark.parametrize(
    ("lists", "home", "extent", "value", "reason"),
    [
        ({"clinic": "not mapped"}, {}, box(-FAR, -FAR, FAR, FAR), True, "partly unknown"),
        ({"clinic": "not loaded"}, {}, box(-FAR, -FAR, FAR, FAR), False, "not loaded"),
        ({"bus_stop": "not loaded"}, {}, box(-FAR, -FAR, FAR, FAR), True, ""),
        ({}, {"on_grid": True}, box(-FAR, -FAR, FAR, FAR), False, "not mapped"),
        ({}, {}, box(0, 0, 470, 400), True, "partly unknown"),
        ({}, {}, box(0, 0, 476, 400), True, ""),
    ],
)
def test_what_a_unit_does_not_know(
    lists: Mapping[str, str], home: Mapping[str, bool], extent: shapely.Geometry, value: bool, reason: str
) -> None:
    listed = pd.DataFrame(dict.fromkeys(KINDS, "loaded") | dict(lists), index=["z"])
    zoning, origins = zone(UNIT, of_home=[0] * 8), EIGHT.assign(**home)
    found = inside(zoning, origins, places=MAPPED, lists=listed, extent=extent).loc[("a", "mix_zone_entropy_score")]
    assert (np.isfinite(found["value"]), found["reason"]) == (value, reason)


def test_a_point_where_units_overlap_is_in_the_first() -> None:
    both = zone(UNIT, UNIT, of_home=[0] * 8)
    found = inside(both, EIGHT, places=MAPPED)["value"]
    assert found["a", "services_per_1000"] == 2 and np.isnan(found["b", "mix_zone_entropy_score"])


def buildings(*rows: tuple[str, float, float]) -> gpd.GeoDataFrame:
    """Square buildings in a row: purpose, levels, footprint [m2]."""
    shapes = [box(50 * i, 100, 50 * i + m2**0.5, 100 + m2**0.5) for i, (*_, m2) in enumerate(rows)]
    frame = gpd.GeoDataFrame({"building_id": [f"w{i}" for i in range(len(rows))]}, geometry=shapes, crs=ISRAEL_TM)
    purpose, levels = [row[0] for row in rows], [row[1] for row in rows]
    return frame.assign(use="home", purpose=purpose, levels=levels, footprint_m2=frame.area)


def test_floor_area_by_hand() -> None:
    """The page's: 600 m2 of housing, 100 of a shop in a building of 300 that tells nothing, 900 of a school."""
    rows = buildings(("housing", 2, 300), ("", 3, 100), ("education", NAN, 300))
    shop = places({"n1": (55, 105)}, {"n1": ["grocery"]})
    found = inside(zone(UNIT, of_home=[0] * 8), EIGHT, places=shop, buildings=rows)
    assert found.loc[("a", "floor_area_known_share"), "value"] == pytest.approx(1600 / 1800)
    mix = found.loc[("a", "area_mix_score")]
    by_floor, by_ground = scipy_entropy([600, 100, 900], base=5), scipy_entropy([300, 100, 300], base=5)
    assert mix[["value", "low", "high"]].tolist() == pytest.approx([by_floor, by_floor, by_ground])
    assert (round(by_floor, 3), round(by_ground, 3), mix["reason"]) == (0.537, 0.624, "")


@pytest.mark.parametrize(("unknown_m2", "is_told"), [(300, True), (301, False)])
def test_the_mix_of_floors_needs_seven_tenths_of_them(unknown_m2: float, is_told: bool) -> None:
    rows = buildings(("housing", 1, 400), ("commerce", 1, 300), ("", 1, unknown_m2))
    found = inside(zone(UNIT, of_home=[0] * 8), EIGHT, buildings=rows).loc[("a", "area_mix_score")]
    assert (np.isfinite(found["value"]), found["reason"]) == (is_told, "" if is_told else "floor_area_unknown")


def test_industry_is_known_and_none_of_the_five() -> None:
    found = inside(zone(UNIT, of_home=[0] * 8), EIGHT, buildings=buildings(("industry", 1, 400)))
    assert found.loc[("a", "floor_area_known_share"), "value"] == 1
    assert found.loc[("a", "area_mix_score"), "reason"] == "none_of_the_uses"


# --- grounds ---------------------------------------------------------------------------------------------------------


def grounds(**rows: shapely.Geometry) -> gpd.GeoDataFrame:
    """Grounds by use."""
    columns = {"land_use_id": [*rows], "use": [use.rstrip("_") for use in rows]}
    return gpd.GeoDataFrame(columns, geometry=[*rows.values()], crs=ISRAEL_TM)


def on_ground(*shapes: shapely.Geometry, **rows: shapely.Geometry) -> tuple[pd.DataFrame, Measured]:
    origins, zoning = homes([0.0]), zone(*shapes, of_home=[0])
    nothing = {key: [NAN] for key in (*KINDS, *EXAMPLE)}
    answer = access(nothing, counts={900.0: pd.DataFrame(nothing, ids(1), dtype=float)})
    tables = Tables(STUDY, origins, zonings=(zoning,), land_uses=grounds(**rows))
    made = mixed_use.measure(tables, Answers({("adult", "to"): answer}))
    return made.units.set_index(["zone_id", "measure"]), made


def test_grounds_by_hand() -> None:
    """The page's: of 20 ha 16 are a housing quarter with a school on 1 of them, 2 a park."""
    quarter, school, park = box(0, 0, 400, 400), box(0, 0, 100, 100), box(400, 0, 500, 200)
    found, made = on_ground(UNIT, residential=quarter, education=school, open=park)
    value, reason = found["value"].loc["a"], found["reason"].loc["a"]
    assert value["land_known_share"] == pytest.approx(18 / 20)
    assert value["land_residential_share"] == pytest.approx(15 / 16) == value["largest_use_share"]
    assert value["land_education_share"] == pytest.approx(1 / 16) and value["land_industry_share"] == 0
    assert value["mono_functional"] == 1
    assert reason["mono_functional"] == reason["largest_use_share"] == "residential"
    layer = made.layers["mono_functional"]
    assert layer[["zoning", "zone_id", "use"]].to_numpy().tolist() == [["zone", "a", "residential"]]
    assert layer[["share", "area_m2"]].to_numpy()[0].tolist() == pytest.approx([15 / 16, 150_000])


@pytest.mark.parametrize(
    ("rows", "value", "reason"),
    [
        ({"industry": box(0, 0, 400, 400), "commerce": box(400, 0, 500, 400)}, 0, ""),  # just 0.8: not above it
        ({"industry": box(0, 0, 401, 400), "commerce": box(401, 0, 500, 400)}, 1, "industry"),
        ({"open": box(0, 0, 250, 400), "education": box(250, 0, 499, 400)}, 0, ""),  # 9.96 ha: a block
        ({"open": box(0, 0, 250, 400), "education": box(250, 0, 500, 400)}, 1, "education"),
        ({"residential": box(0, 0, 249, 400)}, NAN, "land_use_unknown"),
        ({"residential": box(0, 0, 250, 400)}, 1, "residential"),
        ({"open": UNIT}, 0, ""),  # a forest is no town of one use
    ],
)
def test_when_one_use_fills_a_unit(rows: Mapping[str, shapely.Geometry], value: float, reason: str) -> None:
    found, made = on_ground(UNIT, **rows)
    mono = found.loc[("a", "mono_functional")]
    assert mono["value"] == pytest.approx(value, nan_ok=True) and mono["reason"] == reason
    assert len(made.layers["mono_functional"]) == (value == 1)
    assert (Absent("mono_functional", "land_use_unknown") in made.absent) == np.isnan(value)


def test_a_ground_across_units_is_shared_by_its_area() -> None:
    west, east = box(0, 0, 100, 100), box(100, 0, 200, 100)
    found, _ = on_ground(west, east, sport=box(50, 0, 125, 100))
    assert found["value"].loc[["a", "b"], "land_known_share"].tolist() == pytest.approx([0.5, 0.25])


def test_a_study_of_nothing_is_measured_without_a_traceback() -> None:
    made = inside(zone(UNIT), homes([]))
    assert {*made["zoning"]} == {"zone"} and made["reason"].notna().all()
    nobody = access({key: [] for key in (*KINDS, *EXAMPLE)})
    empty = Tables(STUDY, homes([]))
    answers = Answers({("adult", "to"): nobody.__class__(**vars(nobody) | {"counts": {900.0: nobody.nearest_s}})})
    assert mixed_use.measure(empty, answers).units.empty


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.sampled_from(uses.BUILT)), max_size=6, unique=True))
def test_shares_of_built_land_sum_to_one(cells: list[tuple[int, int, str]]) -> None:
    rows = {f"{use}{'_' * i}": box(50 * x, 100 * y, 50 * x + 80, 100 * y + 80) for i, (x, y, use) in enumerate(cells)}
    found, _ = on_ground(UNIT, **rows)
    shares = found["value"].loc["a"][[f"land_{use}_share" for use in uses.BUILT]]
    assert shares.isna().all() if not cells else shares.sum() == pytest.approx(1)
    assert 0 <= found["value"]["a", "land_known_share"] <= 1 + 1e-9


def test_two_zonings_count_the_same_places() -> None:
    halves = zone(box(0, 0, 55, 400), box(55, 0, 500, 400), of_home=[0] * 6 + [1] * 2)
    served = inside(halves, EIGHT, places=MAPPED)["value"].loc[["a", "b"], "services_per_1000"].to_numpy()
    whole = inside(zone(UNIT, of_home=[0] * 8), EIGHT, places=MAPPED)["value"]["a", "services_per_1000"]
    assert served @ [750, 250] == pytest.approx(whole * 1000)
    assert Point(55, 0).intersects(halves.units.geometry.iloc[0])
