"""What places, buildings and grounds are used for: by hand, against a raster, and by what must always hold."""

import dataclasses
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from given import homes, places
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from geokehila import uses
from geokehila.catalogue import USES, Catalogue
from geokehila.errors import StudyError
from geokehila.load.osm.tags import meaning
from geokehila.load.osm.uses import ACTIVITIES
from geokehila.people import homes as of_people
from geokehila.schema import ISRAEL_TM

CATEGORIES = Catalogue.read().categories
NAN = float("nan")


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_the_five_uses_are_the_founding_documents() -> None:
    assert USES == ("commerce", "housing", "services", "education", "sport")
    assert {c.use for c in CATEGORIES.values()} == {"", *USES} - {"housing"}
    assert {key for key, c in CATEGORIES.items() if not c.use} == {
        "bus_stop", "rail_station", "park", "playground", "community_garden", "shelter",
    }  # fmt: skip


def test_places_and_buildings_of_one_kind_are_of_one_use() -> None:
    """What the catalogue says of a place, the tags say of a building; but for kinds that hold several."""
    mixed = {"pharmacy", "workplace", "culture_venue"}
    for key, category in CATEGORIES.items():
        for rule in category.any_of:
            tags = dict(word.split("=") for word in str(rule).split())
            told = {
                meaning({rule_key: value}, ACTIVITIES) for rule_key, word in tags.items() for value in word.split("|")
            }
            assert key in mixed or told <= {"", category.use} or not category.use, (key, told)


def test_a_study_says_what_a_place_is_used_for() -> None:
    assert Catalogue.read({"categories": {"library": {"use": "education"}}}).categories["library"].use == "education"
    assert Catalogue.read({"categories": {"library": {"use": ""}}}).categories["library"].use == ""
    for wrong in ("shops", "housing"):
        with pytest.raises(StudyError, match=f"use of category 'library': '{wrong}'"):
            Catalogue.read({"categories": {"library": {"use": wrong}}})


# --- what is walked to -----------------------------------------------------------------------------------------------


def test_each_place_counts_once_a_use_and_each_building_with_people_is_housing() -> None:
    found = places({"n1": (0, 0), "n2": (1, 0), "n3": (2, 0)}, {
        "n1": ("grocery", "eating"), "n2": ("school", "community_centre", "sport"), "n3": ("bus_stop", "shelter"),
    })  # fmt: skip
    origins = homes([0.0, 1.0, 2.0]).assign(building_id=["w1", "w1", None])
    rows = uses.destinations(found, origins, CATEGORIES)
    assert sorted(map(tuple, rows.to_numpy().tolist())) == [
        ("n1", "use_commerce"), ("n2", "use_education"), ("n2", "use_services"), ("n2", "use_sport"),
        ("w1", "use_housing"),
    ]  # fmt: skip
    assert not rows.duplicated().any()


def test_no_places_and_no_homes_are_no_destinations() -> None:
    nowhere = places({}, {})
    assert uses.destinations(nowhere, homes([]), CATEGORIES).empty
    assert uses.destinations(nowhere, homes([5.0]), CATEGORIES)["category"].tolist() == ["use_housing"]


# --- floors ----------------------------------------------------------------------------------------------------------


def buildings(rows: Mapping[str, tuple[str, float, Polygon]]) -> gpd.GeoDataFrame:
    """Buildings by id: purpose, levels, shape."""
    frame = gpd.GeoDataFrame({"building_id": [*rows]}, geometry=[shape for *_, shape in rows.values()], crs=ISRAEL_TM)
    purpose, levels = ([row[i] for row in rows.values()] for i in (0, 1))
    return frame.assign(use="home", purpose=purpose, levels=levels, footprint_m2=frame.area)


def floors(rows: Mapping[str, tuple[str, float, Polygon]], *found: gpd.GeoDataFrame) -> dict[tuple[str, str], float]:
    """Floor area by building and use."""
    every = pd.concat([places({}, {}), *found], ignore_index=True)
    table = uses.floor_area(buildings(rows), gpd.GeoDataFrame(every, geometry="geometry", crs=ISRAEL_TM), CATEGORIES)
    assert (table["known"] == (table["use"] != "")).all()
    return {(row.building_id, row.use): row.floor_m2 for row in table.itertuples()}


TEN = box(0, 0, 10, 10)  # 100 m2


def test_what_the_tags_tell_is_the_whole_building() -> None:
    shop = places({"n1": (5, 5)}, {"n1": ("grocery",)})
    assert floors({"w1": ("housing", 4, TEN)}, shop) == {("w1", "housing"): 400}
    assert floors({"w1": ("industry", 2, TEN)}) == {("w1", "industry"): 200}


def test_places_in_a_building_that_tells_nothing_share_one_floor() -> None:
    shop, clinic = places({"n1": (5, 5)}, {"n1": ("grocery",)}), places({"n2": (6, 5)}, {"n2": ("clinic", "worship")})
    assert floors({"w1": ("", 3, TEN)}) == {("w1", ""): 300}
    assert floors({"w1": ("", 3, TEN)}, shop) == {("w1", "commerce"): 100, ("w1", ""): 200}
    assert floors({"w1": ("", 3, TEN)}, shop, clinic) == {
        ("w1", "commerce"): 50,
        ("w1", "services"): 50,
        ("w1", ""): 200,
    }
    assert floors({"w1": ("", 1, TEN)}, shop) == {("w1", "commerce"): 100}
    bus = places({"n3": (5, 5)}, {"n3": ("bus_stop",)})
    assert floors({"w1": ("", 1, TEN)}, bus) == {("w1", ""): 100}


def test_a_building_on_the_ground_of_a_place_is_of_its_use() -> None:
    school = places({"w9": (0, 0)}, {"w9": ("school",)}).set_geometry([box(-50, -50, 50, 50)])
    shop = places({"n1": (5, 5)}, {"n1": ("grocery",)})
    rows = {"w1": ("", 3, TEN), "w2": ("", 1, box(100, 0, 110, 10))}
    assert floors(rows, school, shop) == {("w1", "education"): 300, ("w2", ""): 100}


def test_a_place_on_the_wall_between_two_buildings_is_in_one() -> None:
    shop = places({"n1": (10, 5)}, {"n1": ("grocery",)})
    rows = {"w2": ("", 1, TEN), "w1": ("", 1, box(10, 0, 20, 10))}
    assert floors(rows, shop) == {("w1", "commerce"): 100, ("w2", ""): 100}


def test_levels_that_nobody_mapped_are_those_of_homes_of_that_size() -> None:
    rows = {
        "w1": ("sport", NAN, box(0, 0, 25, 10)),
        "w2": ("sport", NAN, box(0, 0, 24.9, 10)),
        "w3": ("sport", 0.5, TEN),
    }
    assert floors(rows) == pytest.approx({("w1", "sport"): 750, ("w2", "sport"): 249, ("w3", "sport"): 100})
    assert (uses.BLOCK_M2, uses.LEVELS_OF_HOUSE, uses.LEVELS_OF_BLOCK) == (
        of_people.BLOCK_M2, of_people.LEVELS_OF_HOUSE, of_people.LEVELS_OF_BLOCK,
    )  # fmt: skip


def test_by_footprint_every_building_has_one_floor() -> None:
    shop = places(
        {"n1": (5, 5), "n2": (6, 6), "n3": (7, 7)}, {"n1": ("grocery",), "n2": ("clinic",), "n3": ("school",)}
    )
    rows = buildings({"w1": ("", 3, TEN), "w2": ("housing", 7, box(50, 0, 60, 10)), "w3": ("", 2, box(90, 0, 100, 10))})
    table = uses.floor_area(rows, shop, CATEGORIES).set_index(["building_id", "use"])["ground_m2"]
    third = pytest.approx(100 / 3)
    assert table.to_dict() == {
        ("w1", "commerce"): third, ("w1", "services"): third, ("w1", "education"): third,
        ("w1", ""): pytest.approx(0), ("w2", "housing"): 100, ("w3", ""): 100,
    }  # fmt: skip


ROWS = st.tuples(st.sampled_from(["", "housing", "sport"]), st.sampled_from([NAN, 1.0, 2.0, 5.0]))
SHOPS = st.tuples(st.integers(0, 80), st.sampled_from(["grocery", "clinic", "bus_stop"]))


@given(st.lists(ROWS, max_size=8), st.lists(SHOPS, max_size=8))
def test_floors_sum_to_footprint_times_levels(rows: list[tuple[str, float]], shops: list[tuple[int, str]]) -> None:
    side_by_side = {f"w{i}": (*row, box(10 * i, 0, 10 * i + 10, 10)) for i, row in enumerate(rows)}
    found = places(
        {f"n{i}": (x, 5) for i, (x, _) in enumerate(shops)}, {f"n{i}": (c,) for i, (_, c) in enumerate(shops)}
    )
    table = uses.floor_area(buildings(side_by_side), found, CATEGORIES)
    expected = {key: 100 * np.nan_to_num(levels, nan=1.0) for key, (_, levels, _) in side_by_side.items()}
    assert table.groupby("building_id")["floor_m2"].sum().to_dict() == pytest.approx(expected)
    assert table.groupby("building_id")["ground_m2"].sum().to_dict() == pytest.approx(dict.fromkeys(expected, 100.0))
    assert not table.duplicated(["building_id", "use"]).any()


# --- grounds ---------------------------------------------------------------------------------------------------------


def grounds(rows: Mapping[str, tuple[str, shapely.Geometry]]) -> gpd.GeoDataFrame:
    """Grounds by id: use, shape."""
    use, shapes = [use for use, _ in rows.values()], [shape for _, shape in rows.values()]
    return gpd.GeoDataFrame({"land_use_id": [*rows], "use": use}, geometry=shapes, crs=ISRAEL_TM)


def test_of_two_grounds_the_smaller_tells() -> None:
    quarter, school = ("residential", box(0, 0, 100, 100)), ("education", box(10, 10, 30, 30))
    found = uses.land(grounds({"w1": quarter, "w2": school})).set_index("use").area
    assert found.to_dict() == {"education": 400, "residential": 9600}


def test_of_two_grounds_of_one_size_the_first_tells() -> None:
    twins = {"w2": ("sport", box(0, 0, 10, 10)), "w1": ("commerce", box(0, 0, 10, 10))}
    found = uses.land(grounds(twins)).set_index("use").area
    assert found.to_dict() == {"commerce": 100, "sport": 0}


def test_grounds_side_by_side_and_no_grounds_stay_as_they_are() -> None:
    beside = grounds({"w1": ("sport", box(0, 0, 10, 10)), "w2": ("commerce", box(10, 0, 20, 10))})
    assert uses.land(beside).area.tolist() == [100, 100]
    assert uses.land(grounds({})).empty


@given(st.lists(st.tuples(*[st.integers(0, 9)] * 2, *[st.integers(1, 6)] * 2, st.sampled_from(uses.BUILT)), max_size=7))
def test_grounds_against_a_raster(boxes: list[tuple[int, int, int, int, str]]) -> None:
    """The smallest of the grounds over each cell, the first by id of equal ones, cell by cell in plain Python."""
    rows = {f"w{i}": (use, box(x, y, x + dx, y + dy)) for i, (x, y, dx, dy, use) in enumerate(boxes)}
    expected = dict.fromkeys(uses.BUILT, 0)
    for x in range(16):
        for y in range(16):
            over = [(shape.area, key) for key, (_, shape) in rows.items() if shape.covers(Point(x + 0.5, y + 0.5))]
            if over:
                expected[rows[min(over)[1]][0]] += 1
    found = uses.land(grounds(rows))
    assert found.area.groupby(found["use"]).sum().reindex(uses.BUILT, fill_value=0).to_dict() == pytest.approx(expected)


def test_a_category_without_a_use_adds_none() -> None:
    bare = {"grocery": dataclasses.replace(CATEGORIES["grocery"], use="")}
    assert uses.of_places(places({"n1": (0, 0)}, {"n1": ("grocery", "unheard")}), bare).empty
