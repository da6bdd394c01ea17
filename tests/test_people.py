"""Homes told from other buildings by hand, and people who are placed on them without one lost."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from geokehila.errors import RunError
from geokehila.names import NAME_COLUMNS
from geokehila.people import (
    People,
    classify,
    dwellings_as_people,
    filled,
    named_groups,
    place,
    uncounted_homes,
    with_coverage,
)
from geokehila.schema import ISRAEL_TM
from geokehila.study import AssumedPopulation

EVERYWHERE = box(-10_000, -10_000, 10_000, 10_000)
NO_LAND = gpd.GeoDataFrame({"use": pd.Series(dtype="str")}, geometry=[], crs=ISRAEL_TM)


def tagged(*rows: tuple[str, float, Polygon], facility: Sequence[int] = ()) -> gpd.GeoDataFrame:
    """Buildings as OpenStreetMap has them: tag, levels (NaN: not tagged), shape; `facility` by position."""
    tags, levels, shapes = zip(*rows, strict=True) if rows else ((), (), ())
    columns = {
        "building_id": [f"w{i:03d}" for i in range(len(rows))],
        "building": pd.Series(tags, dtype="str"),
        "levels": pd.Series(levels, dtype="float64"),
        "flats": np.nan,
        "facility": np.isin(np.arange(len(rows)), facility),
        "purpose": pd.Series("", index=range(len(rows)), dtype="str"),
    }
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=ISRAEL_TM)


def at(x: float, y: float = 0, side: float = 10) -> Polygon:
    return box(x, y, x + side, y + side)


def homes(*rows: tuple[Polygon, float]) -> gpd.GeoDataFrame:
    """Apartments with their levels, as `classify` returns them."""
    return classify(tagged(*[("apartments", levels, shape) for shape, levels in rows]), NO_LAND)


def zones(*shapes: Polygon, extent: shapely.Geometry = EVERYWHERE) -> gpd.GeoDataFrame:
    columns = {"zone_id": [f"1-{i:02d}" for i in range(len(shapes))], **dict.fromkeys(NAME_COLUMNS)}
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=ISRAEL_TM)
    return with_coverage(frame.assign(function=None, vintage="2022", land_m2=frame.area), extent)


def counted(*people: float, **groups: Sequence[float]) -> pd.DataFrame:
    """Table `zone_people` of zones 1-00, 1-01, …: totals, then bands written ``b0_9``."""
    columns = {"total": people} | {band[1:].replace("_", "-"): values for band, values in groups.items()}
    rows = [(f"1-{i:02d}", group, value) for group, values in columns.items() for i, value in enumerate(values)]
    return pd.DataFrame(rows, columns=["zone_id", "group", "people"]).assign(reason=None)


def along(*lines: LineString) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(lines), crs=ISRAEL_TM)


def put(areas: gpd.GeoDataFrame, people: pd.DataFrame, buildings: gpd.GeoDataFrame) -> People:
    return place(areas, people, buildings, along(), EVERYWHERE)


def by_building(found: People) -> dict[str, float]:
    return dict(zip(found.origins["building_id"], found.origins["people"], strict=True))


# --- which buildings are homes ---------------------------------------------------------------------------------------


def test_uses_by_hand() -> None:
    school, factory = box(0, 0, 100, 100), box(200, 0, 300, 100)
    land = gpd.GeoDataFrame({"use": ["facility", "industry"]}, geometry=[school, factory], crs=ISRAEL_TM)
    cases = {
        "yes, 100 m2, in no ground": (("yes", np.nan, at(500)), "home"),
        "yes in a school ground": (("yes", np.nan, at(50)), "facility"),
        "yes in industry": (("yes", np.nan, at(250)), "industry"),
        "yes of 25 m2": (("yes", np.nan, at(500, side=5)), "shed"),
        "yes of exactly 30 m2": (("yes", np.nan, box(500, 0, 505, 6)), "home"),
        "yes that is a place itself": (("yes", np.nan, at(500)), "facility"),
        "stated home in a school ground": (("house", np.nan, at(50)), "home"),
        "stated home in industry": (("apartments", np.nan, at(250)), "home"),
        "stated home of 16 m2": (("detached", np.nan, at(500, side=4)), "home"),
        "flats over a shop, a place itself": (("apartments", np.nan, at(500)), "home"),
        "dormitory": (("dormitory", np.nan, at(500)), "home"),
        "garage": (("garage", np.nan, at(500)), "other"),
        "school that is a place": (("school", np.nan, at(50)), "facility"),
        "commercial in industry": (("commercial", np.nan, at(250)), "other"),
    }
    rows, uses = zip(*cases.values(), strict=True)
    places = [i for i, name in enumerate(cases) if "place" in name]
    found = classify(tagged(*rows, facility=places), land)
    assert dict(zip(cases, found["use"], strict=True)) == dict(zip(cases, uses, strict=True))
    assert found.loc[found["use"] != "home", "levels"].isna().all(), "levels are imputed for homes only"
    assert found["imputed"].tolist() == [use == "home" for use in uses]


def test_huts_and_tents_are_homes_of_any_size_but_on_the_ground_of_a_facility() -> None:
    camp = gpd.GeoDataFrame({"use": ["facility"]}, geometry=[box(0, 0, 100, 100)], crs=ISRAEL_TM)
    kinds = ("hut", "cabin", "tent", "static_caravan", "trailer")
    outside = classify(tagged(*[(kind, np.nan, at(500, side=4)) for kind in kinds]), camp)
    assert outside["use"].tolist() == ["home"] * 5 and outside["dwellings"].tolist() == [1] * 5
    inside = classify(tagged(("tent", np.nan, at(50)), ("hut", np.nan, at(500)), facility=[1]), camp)
    assert inside["use"].tolist() == ["facility", "facility"], "a camp's tent; a hut that is a kiosk"


def test_who_is_counted_in_a_building_makes_it_a_home_and_nobody_an_empty_one() -> None:
    rows = tagged(("yes", np.nan, at(0, side=4)), ("shed", np.nan, at(50)), ("house", np.nan, at(90)))
    assert classify(rows.assign(residents=[7, 3, 0.0]), NO_LAND)["use"].tolist() == ["home", "home", "empty"]
    assert classify(rows.assign(residents=np.nan), NO_LAND)["use"].tolist() == ["shed", "other", "home"]


def test_levels_without_neighbours_are_one_for_a_house_and_three_for_a_block() -> None:
    found = classify(tagged(("yes", np.nan, box(0, 0, 10, 24.9)), ("yes", np.nan, box(900, 0, 910, 25))), NO_LAND)
    assert found["levels"].tolist() == [1, 3] and found["imputed"].all()


@pytest.mark.parametrize(
    ("known", "levels"),
    [
        ([2, 5, 9], 5),  # three of its size: their median
        ([2, 2, 5, 9], 3.5),
        ([2, 5], 1),  # two are not enough
    ],
)
def test_levels_of_neighbours(known: list[float], levels: float) -> None:
    neighbours = [("house", level, at(20 * i + 20)) for i, level in enumerate(known)]
    found = classify(tagged(("yes", np.nan, at(0)), *neighbours), NO_LAND)
    assert found["levels"].tolist() == [levels, *known]
    assert found["imputed"].tolist() == [True] + [False] * len(known)


def test_neighbours_of_another_size_beyond_100_m_or_imputed_themselves_say_nothing() -> None:
    blocks = [("apartments", 8.0, at(20 * i, 30, side=16)) for i in range(3)]
    far = [("house", 5.0, at(100.01, 20 * i)) for i in range(3)]
    found = classify(tagged(("yes", np.nan, at(0)), *blocks, *far, ("yes", np.nan, at(0, -30))), NO_LAND)
    assert found["levels"].iloc[0] == found["levels"].iloc[-1] == 1


# --- age groups ------------------------------------------------------------------------------------------------------


def groups_of(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    return dict(zip(zip(table["zone_id"], table["group"], strict=True), table["people"], strict=True))


def test_named_groups_are_sums_of_bands_that_tile_them() -> None:
    found = groups_of(named_groups(counted(50, b0_9=[10], b10_19=[5], **{"b65+": [7]})))
    assert found == {("1-00", "total"): 50, ("1-00", "0-19"): 15, ("1-00", "65+"): 7}


def test_no_group_is_made_of_bands_that_do_not_tile_it() -> None:
    decades = counted(50, b0_9=[10], b60_69=[5], b70_79=[3], **{"b80+": [2]})
    assert set(named_groups(decades)["group"]) == {"total", "80+"}


def test_a_zone_with_a_band_missing_has_no_count_of_the_group() -> None:
    found = groups_of(named_groups(counted(50, 60, b0_9=[10, 4], b10_19=[5, np.nan])))
    assert found["1-00", "0-19"] == 15 and np.isnan(found["1-01", "0-19"])


# --- placing ---------------------------------------------------------------------------------------------------------


def test_people_go_by_floor_area_and_again_by_footprint() -> None:
    # 100 m2 of one level and 200 m2 of 4 levels: 1/9 and 8/9 of the floor, 1/3 and 2/3 of the footprint.
    found = put(zones(box(0, 0, 100, 100)), counted(90), homes((at(0), 1), (box(50, 0, 70, 10), 4)))
    assert found.origins["people"].tolist() == pytest.approx([10, 80])
    assert found.origins["people_by_footprint"].tolist() == pytest.approx([30, 60])


@pytest.mark.parametrize(
    ("inside", "people", "by_footprint"), [(1.0, [30, 270], [75, 225]), (0.5, [15, 135], [37.5, 112.5])]
)
def test_the_example_of_the_page_of_method(inside: float, people: list[float], by_footprint: list[float]) -> None:
    """docs/methods/population.md: a house of 100 m2 on one level, a block of 300 m2 whose levels nobody mapped."""
    buildings = homes((at(0), 1), (box(50, 0, 80, 10), np.nan))
    found = put(zones(box(0, 0, 100, 100)).assign(coverage_share=inside), counted(300), buildings)
    assert found.origins["people"].tolist() == pytest.approx(people)
    assert found.origins["people_by_footprint"].tolist() == pytest.approx(by_footprint)


def test_an_inner_zone_of_95_percent_places_all_a_cut_one_only_its_share() -> None:
    extent = box(0, 0, 1000, 1000)
    areas = zones(box(-50, 0, 950, 100), box(500, 200, 1500, 300), box(-51, 400, 949, 500), extent=extent)
    assert areas["coverage_share"].tolist() == pytest.approx([0.95, 0.5, 0.949])
    buildings = homes((at(10, 10), 1), (at(600, 210), 1), (at(10, 410), 1))
    found = place(areas, counted(100, 80, 1000), buildings, along(), extent)
    assert found.origins["people"].tolist() == pytest.approx([100, 40, 949])
    assert dict(found.sums) == pytest.approx({"source": 1180, "on_buildings": 1089, "on_grid": 0, "outside": 91})


def test_people_without_a_mapped_home_go_on_a_flagged_grid_near_their_streets() -> None:
    areas = zones(box(0, 0, 1000, 1000), box(2000, 0, 2010, 10))
    shed = classify(tagged(("garage", np.nan, at(500, 500))), NO_LAND)
    found = place(areas, counted(60, 4), shed, along(LineString([(0, 0), (1000, 0)])), EVERYWHERE)
    grid = found.origins[found.origins["zone_id"] == "1-00"]
    assert grid["on_grid"].all() and grid["building_id"].isna().all() and len(grid) > 1
    assert grid.geometry.y.max() <= 150 and shapely.contains(box(0, 0, 1000, 1000), grid.geometry.to_numpy()).all()
    assert set(grid["people"]) == {60 / len(grid)}
    lone = found.origins[found.origins["zone_id"] == "1-01"]
    assert lone["people"].tolist() == [4], "a zone between the points of the grid still has one"
    assert found.sums["on_grid"] == pytest.approx(64) and found.sums["on_buildings"] == 0


def test_the_grid_of_a_cut_zone_keeps_inside_the_data() -> None:
    extent = box(0, 0, 450, 1000)
    found = place(zones(box(0, 0, 1000, 1000), extent=extent), counted(100), homes(), along(), extent)
    assert found.origins["people"].sum() == pytest.approx(45) and found.origins.geometry.x.max() <= 450


def test_a_missing_count_places_nobody_and_stays_missing() -> None:
    found = put(zones(at(0, side=99), at(100, side=99)), counted(np.nan, 7), homes((at(5), 1), (at(105), 1)))
    assert by_building(found) == {"w001": 7}
    assert found.sums["source"] == 7
    assert found.ledger.counts()["home"]["rejected"] == {"zone without people": 1}


def test_the_ledger_accounts_for_every_building() -> None:
    buildings = tagged(("house", 1, at(0)), ("house", 1, at(20)), ("garage", 1, at(40)), ("house", 1, at(5000)))
    found = put(
        zones(box(0, 0, 15, 15), box(15, 0, 35, 15), box(35, 0, 60, 15)),
        counted(3, 0, 0),
        classify(buildings, NO_LAND),
    )
    rejected = {"in no zone": 1, "not a home: other": 1, "zone without people": 1}
    assert found.ledger.counts() == {"home": {"read": 4, "used": 1, "rejected": rejected}}
    assert found.ledger.rejected().set_index("source_id")["reason"].to_dict() == {
        "w001": "zone without people",
        "w002": "not a home: other",
        "w003": "in no zone",
    }


def test_where_zones_overlap_a_home_is_placed_once_in_the_first() -> None:
    found = put(zones(at(0, side=60), at(40, side=60)), counted(10, 20), homes((at(45), 1), (at(80), 1)))
    assert by_building(found) == {"w000": 10, "w001": 20}


def test_a_home_on_the_line_between_two_zones_is_placed_once() -> None:
    found = put(zones(box(0, 0, 50, 50), box(50, 0, 100, 50)), counted(10, 20), homes((box(45, 5, 55, 15), 1)))
    assert found.origins.loc[~found.origins["on_grid"], "people"].tolist() == [10]
    assert found.origins["people"].sum() == pytest.approx(30)


def test_a_home_outside_the_data_has_no_distance_to_its_edge() -> None:
    # A building that straddles the extent is whole in the file; what is around it is not.
    extent = box(0, 0, 500, 500)
    areas = zones(box(100, 100, 900, 300), extent=extent)
    found = place(areas, counted(10), homes((at(300, 200), 1), (at(800, 200), 1)), along(), extent)
    assert found.origins["border_m"].tolist() == [195, 0]


def test_nobody_anywhere_makes_empty_tables_with_their_columns() -> None:
    found = put(zones(at(0, side=99)), counted(0), homes())
    assert found.origins.empty and {"people", "border_m", "on_grid"} <= {*found.origins.columns}
    assert found.origin_people.empty and set(found.sums.values()) == {0}


def test_people_who_fall_on_no_floor_are_not_lost_in_silence() -> None:
    flat = homes((at(0), 1)).assign(footprint_m2=0.0, levels=0.0)
    with pytest.raises(RunError, match="people has 1 missing"):
        put(zones(at(0, side=99)), counted(5), flat)


# --- dwellings -------------------------------------------------------------------------------------------------------


def test_dwellings_by_hand() -> None:
    buildings = tagged(
        ("house", 3, at(0)),  # one, whatever its floors
        ("apartments", 4, at(20)),  # 400 m2 of floor: four
        ("yes", 1, at(40, side=6)),  # 36 m2: still one
        ("apartments", 4, at(60)),  # tagged with seven flats
        ("garage", 1, at(80)),
        ("house", 1, at(500)),  # in the second zone
    )
    buildings.loc[3, "flats"] = 7.0
    areas = zones(box(0, 0, 100, 50), box(400, 0, 600, 50), box(700, 0, 800, 50))
    found = classify(buildings, NO_LAND)
    assert groups_of(dwellings_as_people(areas, found, None)) == {
        ("1-00", "total"): 13,
        ("1-01", "total"): 1,
        ("1-02", "total"): 0,
    }
    scaled = dwellings_as_people(areas, found, AssumedPopulation(7000, "a guess", "2023"))
    assert scaled["people"].tolist() == pytest.approx([6500, 500, 0])


# --- properties ------------------------------------------------------------------------------------------------------


@st.composite
def cities(draw: st.DrawFn) -> tuple[gpd.GeoDataFrame, pd.DataFrame, gpd.GeoDataFrame, shapely.Geometry]:
    """Zones (some overlap, some are cut), counts (some missing or zero) and homes (some in no zone) at random."""
    corner, side = st.integers(0, 1500), st.integers(60, 700)
    extent = box(0, 0, draw(st.integers(300, 2500)), 2500)
    shapes = [
        box(x, y, x + w, y + h)
        for x, y, w, h in draw(st.lists(st.tuples(corner, corner, side, side), min_size=1, max_size=4))
    ]
    count = st.one_of(st.just(float("nan")), st.just(0.0), st.floats(0.01, 1e6))
    known = draw(st.lists(count, min_size=len(shapes), max_size=len(shapes)))
    young = [n * draw(st.floats(0, 1)) for n in known]
    old = [n * draw(st.floats(0, 1)) if draw(st.booleans()) else float("nan") for n in known]
    built = st.tuples(corner, corner, st.integers(6, 30), st.sampled_from([1, 2, 7, np.nan]))
    buildings = homes(*[(box(x, y, x + s, y + s), levels) for x, y, s, levels in draw(st.lists(built, max_size=8))])
    return zones(*shapes, extent=extent), counted(*known, b0_19=young, **{"b65+": old}), buildings, extent


@settings(max_examples=60, deadline=None)
@given(cities())
def test_nobody_is_lost_or_made(city: tuple[gpd.GeoDataFrame, pd.DataFrame, gpd.GeoDataFrame, object]) -> None:
    areas, people, buildings, extent = city
    found = place(areas, named_groups(people), buildings, along(), extent)
    share = areas.set_index("zone_id")["coverage_share"].map(lambda s: 1.0 if s >= 0.95 else s)
    by_group = found.origin_people.merge(found.origins[["origin_id", "zone_id"]], on="origin_id")
    sums = by_group.groupby(["zone_id", "group"])["people"].sum()
    for (zone, group), count in groups_of(people).items():
        total = groups_of(people)[zone, "total"]
        expected = np.nan_to_num(count) * share[zone] if total > 0 else 0.0
        assert sums.get((zone, group), 0.0) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    for column in ("people", "people_by_footprint"):
        per_zone = found.origins.groupby("zone_id")[column].sum()
        for zone in areas["zone_id"]:
            expected = np.nan_to_num(groups_of(people)[zone, "total"]) * share[zone]
            assert per_zone.get(zone, 0.0) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    placed = found.sums["on_buildings"] + found.sums["on_grid"]
    assert placed + found.sums["outside"] == pytest.approx(found.sums["source"], rel=1e-6)
    assert placed == pytest.approx(found.origins["people"].sum())
    assert found.origins["building_id"].dropna().is_unique
    counts = found.ledger.counts().get("home", {"read": 0, "used": 0})
    assert counts["read"] == len(buildings) and counts["used"] == (~found.origins["on_grid"]).sum()


# --- people counted house by house -----------------------------------------------------------------------------------


def counted_homes(*rows: tuple[Polygon, float]) -> gpd.GeoDataFrame:
    """Houses on one level with the residents counted in each (NaN: nobody counted them)."""
    shapes, residents = zip(*rows, strict=True)
    return classify(tagged(*[("house", 1, shape) for shape in shapes]).assign(residents=residents), NO_LAND)


def test_people_follow_the_counts_of_houses_and_others_their_rate() -> None:
    # 12 people in 116 m2: the house of 58 m2 stands for 6; the 36 of the zone are twice these 18.
    rows = counted_homes((at(0), 4), (at(50, side=4), 8), (box(90, 0, 98, 7.25), np.nan))
    found = put(zones(box(0, 0, 100, 100)), counted(36), rows)
    assert by_building(found) == pytest.approx({"w000": 8, "w001": 16, "w002": 12})
    assert found.origins["people_by_footprint"].tolist() == pytest.approx([8, 16, 12])


def test_a_zone_without_a_count_has_the_people_of_its_houses_if_all_are_counted() -> None:
    areas = zones(box(0, 0, 100, 100), box(100, 0, 200, 100), box(200, 0, 300, 100), box(300, 0, 400, 100))
    rows = counted_homes((at(0), 4), (at(50), 8), (at(110), 5), (at(150), np.nan), (at(210), 7), (at(250), 0))
    table = counted(np.nan, np.nan, 50, np.nan).assign(reason=["none", "none", None, "none"])
    found = filled(table, areas, rows)
    assert found["people"].tolist() == pytest.approx([12, np.nan, 50, np.nan], nan_ok=True)
    assert found["reason"].isna().tolist() == [True, False, True, False]
    cut = zones(box(0, 0, 100, 100), extent=box(0, 0, 90, 100))
    assert filled(counted(np.nan), cut, rows)["people"].isna().all(), "what lies beyond the data may hold more"


def test_homes_without_a_count_are_those_of_zones_that_nobody_counted() -> None:
    areas = zones(box(0, 0, 100, 100), box(100, 0, 200, 100), box(200, 0, 300, 100))
    # In the first zone a home counted, one not and one of nobody; the second counts 0; the third is counted.
    rows = counted_homes((at(0), 4), (at(30), np.nan), (at(60), 0), (at(110), np.nan), (at(210), np.nan), (at(900), 1))
    found = uncounted_homes(areas, counted(np.nan, 0, 9), rows)
    assert found["zone_id"].unique().tolist() == areas["zone_id"].tolist()[:1]
    assert found["origin_id"].tolist() == ["w000", "w001"]
    assert found.geometry.within(areas.geometry.iloc[0]).all()
    assert uncounted_homes(areas, counted(1, 0, 9), rows).empty


@pytest.mark.parametrize(("houses", "told"), [(3, True), (4, False)])
def test_zones_with_many_buildings_that_are_not_known_as_homes_are_named(houses: int, told: bool) -> None:
    rows = [("house", 1.0, at(20 * i)) for i in range(houses)]
    notices = put(zones(box(0, 0, 100, 100)), counted(9), classify(tagged(*rows, ("yes", 1, at(90, side=4))), NO_LAND))
    assert [notice.name for notice in notices.ledger.notices] == ["not_homes"] * told
    shops = tagged(*rows[:3], ("retail", 1.0, at(90))).assign(purpose=["housing"] * 3 + ["commerce"])
    assert not put(zones(box(0, 0, 100, 100)), counted(9), classify(shops, NO_LAND)).ledger.notices
