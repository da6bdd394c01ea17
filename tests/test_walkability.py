"""Walkability around homes by hand and by slow loops; streets and density of areas; what could not be computed."""

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from given import STUDY, access, homes, ids, places, zonings
from shapely import LineString, Point, box

from geokehila import network
from geokehila.access import Answers, Walks, Ways
from geokehila.analyses import walkability
from geokehila.analyses.tables import Measured, Tables
from geokehila.analyses.walkability import AMENITIES
from geokehila.analyses.walkability.around import Around
from geokehila.analyses.walkability.density import Density
from geokehila.catalogue import Profile
from geokehila.schema import ISRAEL_TM

#: One metre a second: ten minutes are 600 m.
WALKER = Profile("adult", {"en": "adult"}, 1.0, "test", "test", slope="none")
CATALOGUE = replace(STUDY.catalogue, profiles={"adult": WALKER})
TOWN = replace(STUDY, catalogue=CATALOGUE)
KEYS = [*CATALOGUE.categories]
REQUIRED = [key for key, category in CATALOGUE.categories.items() if category.required]


def streets(lines: list[LineString]) -> gpd.GeoDataFrame:
    columns = {"street_id": [f"w{i}" for i in range(len(lines))], "part": 0, "way": "residential", "bridge": False}
    return gpd.GeoDataFrame(columns | {"tunnel": False, "incline": np.nan}, geometry=lines, crs=ISRAEL_TM)


def grid(side: int, step: float) -> list[LineString]:
    """A square grid around (0, 0), cut at its crossings."""
    at = [step * (i - side // 2) for i in range(side + 1)]
    ends = list(zip(at[:-1], at[1:], strict=True))
    return [LineString([(a, y), (b, y)]) for y in at for a, b in ends] + [
        LineString([(x, a), (x, b)]) for x in at for a, b in ends
    ]


def walked(lines: list[LineString], origins: gpd.GeoDataFrame, at: gpd.GeoDataFrame) -> tuple[Tables, Answers]:
    """Everything that the engine answers on some streets."""
    ways = streets(lines)
    built = network.build(ways)
    flat = np.zeros(len(built.tail), bool), np.full(len(built.tail), np.nan)
    on = Ways(built, network.slopes(built.lines, *flat, None), np.full(len(built.tail), ""))
    gates = at.assign(gate_id=at["place_id"])
    kinds = at[["place_id", "categories"]].explode("categories").set_axis(["place_id", "category"], axis=1)
    walks = Walks.between(origins, gates, kinds, on, 150.0, box(-1e5, -1e5, 1e5, 1e5))
    answers = walks.run(walkability.asks(TOWN), CATALOGUE.walkers, 3600.0)
    return Tables(TOWN, origins, zonings=zonings(origins), places=at, streets=ways, ways=on), answers


NOTHING = places({}, {})


def test_on_a_grid_one_reaches_the_streets_of_the_diamond_in_the_circle() -> None:
    """Within 600 m on a square grid lies a diamond: 2 r2 of a circle of pi r2, so 2/pi of its streets."""
    tables, answers = walked(grid(32, 50.0), homes([0.0]), NOTHING)
    found = Around(tables, answers).scores().iloc[0]
    assert found["pedshed_share"] == pytest.approx(2 / np.pi, abs=0.02)
    # Along each of the streets that lie d from the middle 2 (600 - d) m are in reach, both ways of the grid.
    assert found["pedshed_km"] == pytest.approx(
        2 * sum(2 * (600 - 50 * abs(i)) for i in range(-12, 13)) / 1000, rel=1e-3
    )
    # Junctions in a diamond of 12 steps: 2 n2 + 2 n + 1.
    assert found["pedshed_intersections_count"] == 2 * 12**2 + 2 * 12 + 1


def test_a_wall_between_streets_lowers_the_share_and_a_passage_lifts_it() -> None:
    low, high = LineString([(-600, 0), (600, 0)]), LineString([(-600, 100), (600, 100)])
    passage = LineString([(0, 0), (0, 100)])
    cut = [LineString([(a, y), (b, y)]) for y in (0, 100) for a, b in ((-600, 0), (0, 600))]
    parted, joined = (
        Around(*walked(lines, homes([0.0]), NOTHING)).scores()["pedshed_share"].iloc[0]
        for lines in ([low, high], [*cut, passage])
    )
    assert parted < joined <= 1
    assert parted == pytest.approx(1200 / (1200 + 2 * np.sqrt(600**2 - 100**2)), abs=0.02)


def test_a_home_without_a_way_has_no_measure() -> None:
    tables, answers = walked([LineString([(0, 0), (400, 0)])], homes([0.0, 9000.0]), NOTHING)
    found = Around(tables, answers).scores()
    assert found.loc["h1"].drop("amenity_score").isna().all() and found.loc["h0", "pedshed_share"] == pytest.approx(1.0)


def test_nobody_and_no_streets_are_measured_without_a_traceback() -> None:
    nobody = Around(*walked([LineString([(0, 0), (400, 0)])], homes([]), NOTHING)).scores()
    assert nobody.empty


def test_directness_by_hand() -> None:
    # From 0 along the street to 300, and 400 up: a shop 500 m away by 700 m of walk; a clinic straight on, 300 m.
    lines = [LineString([(0, 0), (300, 0)]), LineString([(300, 0), (300, 400)])]
    at = places({"shop": (300, 400), "clinic": (300, 0)}, {"shop": ["grocery"], "clinic": ["clinic"]})
    found = Around(*walked(lines, homes([0.0]), at)).scores()["directness_ratio"]
    assert found.iloc[0] == pytest.approx((500 / 700 + 1) / 2, abs=1e-3)
    near = places({"shop": (40, 0)}, {"shop": ["grocery"]})
    assert np.isnan(Around(*walked(lines, homes([0.0]), near)).scores()["directness_ratio"].iloc[0]), "too near to tell"


def test_the_amenity_score_by_a_slow_loop() -> None:
    lines = [LineString([(-3000, 0), (3000, 0)])]
    rng = np.random.default_rng(5)
    keys = rng.choice(KEYS, 60)
    x = rng.integers(-2500, 2500, 60)
    at = places({f"p{i}": (x[i], 0) for i in range(60)}, {f"p{i}": [keys[i]] for i in range(60)})
    tables, answers = walked(lines, homes([0.0, 1000.0, -2900.0]), at)
    found = Around(tables, answers).scores()["amenity_score"]
    scored = [k for k in KEYS if CATALOGUE.categories[k].domain not in ("", "security")]
    for home, where in enumerate((0.0, 1000.0, -2900.0)):
        by_hand = []
        for key in scored:
            walk = [abs(x[i] - where) for i in range(60) if keys[i] == key]
            by_hand.append(min(1.0, sum(np.exp(-0.5 * (s / 450) ** 2) for s in walk if s <= 900)))
        assert found.iloc[home] == pytest.approx(np.mean(by_hand), abs=1e-3)


def test_a_list_that_is_not_believed_is_left_out_of_the_score_and_a_place_more_never_lowers_it() -> None:
    lines, at = [LineString([(0, 0), (2000, 0)])], places({"s": (0, 0)}, {"s": ["grocery"]})
    tables, answers = walked(lines, homes([0.0]), at)
    scored = [k for k in KEYS if CATALOGUE.categories[k].domain not in ("", "security")]
    assert Around(tables, answers).scores()["amenity_score"].iloc[0] == pytest.approx(1 / len(scored))
    lists = pd.DataFrame(dict.fromkeys(KEYS, "not mapped") | {"grocery": "loaded"}, index=["z"])
    assert Around(replace(tables, lists=lists), answers).scores()["amenity_score"].iloc[0] == 1
    none = Around(replace(tables, lists=lists.assign(grocery="not loaded")), answers).scores()["amenity_score"]
    assert none.isna().all()
    more = places({"s": (0, 0), "c": (500, 0)}, {"s": ["grocery"], "c": ["clinic"]})
    assert Around(*walked(lines, homes([0.0]), more)).scores()["amenity_score"].iloc[0] > 1 / len(scored)


# --- areas -----------------------------------------------------------------------------------------------------------


def roads(lines: list[LineString], **columns: object) -> gpd.GeoDataFrame:
    told = {"street_id": [f"w{i}" for i in range(len(lines))], "part": 0, "way": "residential", "kind": "street"}
    told |= {"junction": "", "oneway": False, "walked": True, "bridge": False, "tunnel": False, "name": ""}
    return gpd.GeoDataFrame(told | {"sidewalk": "", "lit": ""} | columns, geometry=lines, crs=ISRAEL_TM)


def measured(lines: list[LineString], **more: object) -> Measured:
    tables, answers = walked(lines, homes([0.0]), NOTHING)
    points = gpd.GeoDataFrame({"crossing_id": [], "kind": []}, geometry=[], crs=ISRAEL_TM)
    land = gpd.GeoDataFrame({"land_use_id": [], "use": []}, geometry=[], crs=ISRAEL_TM)
    blocks = {"building_id": ["b"], "dwellings": [4.0]}
    empty = {"roads": roads(lines), "crossings": points, "trees": points, "lamps": points, "land_uses": land}
    empty |= {"buildings": gpd.GeoDataFrame(blocks, geometry=[box(10, 10, 20, 20)], crs=ISRAEL_TM)}
    return walkability.measure(replace(tables, **(empty | {"extent": box(-2e4, -2e4, 2e4, 2e4)} | more)), answers)


def test_the_street_test_reaches_the_rows_of_every_zoning() -> None:
    found = measured(grid(8, 100.0))
    rows = found.units.set_index(["zoning", "zone_id", "measure"])["value"]
    for unit in (("zone", "z"), ("city", "")):
        # 144 stretches of 100 m, of which the four corners, no intersections, join two each.
        assert rows[(*unit, "spacing_mean_m")] == pytest.approx(14_400 / 140)
        assert rows[(*unit, "spacing_60_to_150_length_share")] == pytest.approx(13_600 / 14_400)
        assert rows[(*unit, "paths_spacing_mean_m")] == pytest.approx(14_400 / 140)
        assert rows[(*unit, "sidewalk_unknown_share")] == pytest.approx(1.0)
    assert {(one.measure, one.reason) for one in found.absent} == {
        ("crossings_per_km", "no_crossings"), ("shade_share", "no_trees"), ("steep_over_8_percent_share", "no_dem")
    }  # fmt: skip
    assert {*found.layers} == {"intersections", "long_blocks", "block_links", "main_road_stretches"}
    assert found.units.loc[found.units["measure"] == "shade_share", "reason"].tolist() == ["unknown"] * 2


def test_what_is_not_told_of_pavements_and_light_may_be_either() -> None:
    """Four stretches of 300 m: two with a pavement, one without, one of which nothing is told; no light is told."""
    lines = [LineString([(0, 100 * i), (300, 100 * i)]) for i in range(4)]
    told = roads(lines, sidewalk=["yes", "separate", "no", ""])
    rows = measured(lines, roads=told).units.set_index(["zoning", "measure"]).loc["city"]
    assert rows.loc["sidewalk_yes_share", ["low", "high"]].tolist() == pytest.approx([0.5, 0.75])
    assert rows.loc["sidewalk_no_share", ["low", "high"]].tolist() == pytest.approx([0.25, 0.5])
    assert rows.loc["sidewalk_unknown_share", "value"] == pytest.approx(0.25)
    assert rows.loc["lit_yes_share", ["low", "high"]].tolist() == pytest.approx([0.0, 1.0])
    of_both = ["sidewalk_yes_share", "sidewalk_no_share", "lit_yes_share"]
    assert rows.loc[of_both, "reason"].tolist() == ["partly unknown", "partly unknown", "unknown"]
    assert rows.loc[of_both, "value"].isna().all()
    every = measured(lines, roads=roads(lines, sidewalk="yes")).units.set_index(["zoning", "measure"]).loc["city"]
    assert every.loc["sidewalk_yes_share", ["value", "low", "high"]].tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert every.loc["sidewalk_yes_share", "reason"] == ""


def test_of_an_area_that_the_data_cut_all_is_partly_known() -> None:
    """The data reach 200 m beyond the grid; the zone is 20 km wide."""
    whole, cut = (measured(grid(8, 100.0), **more) for more in ({}, {"extent": box(-600, -600, 600, 600)}))
    of_streets = [
        "spacing_mean_m",
        "intersections_count",
        "dead_end_share",
        "land_inside_m2",
        "retail_intensity_per_km2",
    ]
    for found, reason in ((whole, ""), (cut, "partly unknown")):
        rows = found.units[found.units["zoning"] == "zone"].set_index("measure").loc[of_streets]
        assert rows["reason"].tolist() == [reason] * 5 and rows["value"].notna().all()


def test_no_streets_at_all_is_said() -> None:
    found = measured([LineString([(0, 0), (400, 0)])], roads=roads([]))
    assert "no_streets" in {one.reason for one in found.absent}
    assert found.units.loc[found.units["measure"] == "spacing_mean_m", "value"].isna().all()


def test_a_street_without_a_junction_has_none_and_where_no_way_is_mapped_nobody_knows() -> None:
    street = [LineString([(0, 0), (400, 0)])]
    for drawn, value, reason in ((street, 0.0, ""), ([], np.nan, "unknown")):
        rows = measured(street, roads=roads(drawn)).units.set_index(["zoning", "measure"])
        for name in ("intersections_per_km2", "intersections_count", "paths_intersections_per_km2"):
            found = rows.loc[("zone", name)]
            assert found["value"] == pytest.approx(value, nan_ok=True) and found["reason"] == reason


def density(land: dict[str, tuple[str, object]], dwellings: dict[tuple[float, float], float], **more: Any) -> pd.Series:
    at = places({"s1": (5, 5), "s2": (9, 9), "c": (5, 9)}, {"s1": ["grocery"], "s2": ["eating"], "c": ["clinic"]})
    built = [Point(xy).buffer(2) for xy in dwellings]
    tables = Tables(
        TOWN,
        homes([0.0]),
        zonings=zonings(homes([0.0]))[:1],
        places=at,
        buildings=gpd.GeoDataFrame({"dwellings": [*dwellings.values()]}, geometry=built, crs=ISRAEL_TM),
        land_uses=gpd.GeoDataFrame(
            {"land_use_id": [*land], "use": [use for use, _ in land.values()]},
            geometry=[shape for _, shape in land.values()],
            crs=ISRAEL_TM,
        ),
        **more,
    )
    rows = pd.concat(list(Density(tables).rows(tables.zonings[0])))
    return rows.set_index("measure")["value"]


def test_densities_by_hand() -> None:
    """The zone has 400 km2: two shops, a hectare of homes with 30 dwellings on it, two hectares of shops."""
    land = {"r": ("residential", box(0, 0, 100, 100)), "k": ("commerce", box(200, 0, 400, 100))}
    found = density(land, {(50, 50): 10.0, (20, 20): 20.0, (900, 900): 5.0})
    assert found["land_inside_m2"] == 4e8 and found["retail_intensity_per_km2"] == pytest.approx(2 / 400)
    assert found["net_dwellings_per_ha"] == pytest.approx(30.0)
    assert found["commercial_area_share"] == pytest.approx(2e4 / 4e8)


def test_of_an_area_that_the_data_cut_densities_are_of_the_part_inside() -> None:
    """Data of 10 by 8 m: in them one of two shops, 6 by 8 m of the homes' land, and none of the commercial land."""
    land = {"r": ("residential", box(0, 0, 10, 10)), "k": ("commerce", box(6, 0, 400, 8))}
    found = density(land, {(2, 5): 10.0, (900, 900): 5.0}, extent=box(-4, 0, 6, 8))
    assert found["land_inside_m2"] == 80 and found["retail_intensity_per_km2"] == pytest.approx(1e6 / 80)
    assert found["net_dwellings_per_ha"] == pytest.approx(10 * 1e4 / 48)
    assert found["commercial_area_share"] == 0


def test_where_most_homes_stand_on_no_residential_land_the_density_is_not_known() -> None:
    land = {"r": ("residential", box(0, 0, 100, 100))}
    assert np.isnan(density(land, {(50, 50): 10.0, (900, 900): 11.0})["net_dwellings_per_ha"])
    assert density(land, {(50, 50): 10.0, (900, 900): 10.0})["net_dwellings_per_ha"] == pytest.approx(10.0)
    # A school in the quarter is no residential land: a quarter of the hectare is less to stand on.
    school = land | {"s": ("education", box(0, 0, 50, 50))}
    assert density(school, {(80, 80): 30.0})["net_dwellings_per_ha"] == pytest.approx(40.0)


def test_more_homes_and_shops_never_lower_the_densities() -> None:
    land = {"r": ("residential", box(0, 0, 100, 100))}
    few, many = (density(land, {(50, 50): count}) for count in (10.0, 20.0))
    assert many["net_dwellings_per_ha"] > few["net_dwellings_per_ha"]


def test_amenities_count_by_the_decay_that_is_stated() -> None:
    assert AMENITIES.at(np.array([0.0, 450.0, 900.0, 901.0])).round(4).tolist() == [1, 0.6065, 0.1353, 0]


def test_homes_are_measured_in_their_order() -> None:
    assert access({"grocery": [1.0, 2.0]}).nearest_s.index.tolist() == ids(2).tolist()


def test_a_home_whose_walk_could_leave_the_data_has_no_number() -> None:
    lines, at = [LineString([(-2000, 0), (2000, 0)])], places({"s": (500, 0)}, {"s": ["grocery"]})
    tables, answers = walked(lines, homes([0.0, 0.0, 0.0], border_m=[750.0, 751.0, 1051.0]), at)
    found = Around(tables, answers).scores()
    assert found["pedshed_share"].isna().tolist() == [True, False, False]
    assert found["amenity_score"].isna().tolist() == [True, True, False]
    near = replace(tables, origins=tables.origins.assign(border_m=[499.0, 500.0, 501.0]))
    assert Around(near, answers).scores()["directness_ratio"].isna().tolist() == [True, False, False]
