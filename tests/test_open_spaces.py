"""Open spaces by hand on small drawings: what each is, whose it is, and ground that is counted once."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from geokehila import open_spaces
from geokehila.catalogue import Catalogue
from geokehila.load import osm
from geokehila.names import NAME_COLUMNS
from geokehila.open_spaces import Surroundings
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study

STUDY = Study.of("dimona")


def table(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    """Table ``open_spaces`` of rows that state their class, shape and whatever else is not plain; ids a, b, c, …."""
    plain = {"access": "", "operator": "", "garden_type": "", "fee": False, "community": False}
    plain |= dict.fromkeys(NAME_COLUMNS)
    made = [{"place_id": chr(97 + i), **plain, **row} for i, row in enumerate(rows)]
    columns = ["place_id", "class", *plain, "geometry"]
    frame = gpd.GeoDataFrame(pd.DataFrame(made, columns=columns), geometry="geometry", crs=ISRAEL_TM)
    text, flags = ["place_id", "class", "access", "operator", "garden_type"], ["fee", "community"]
    return frame.astype(dict.fromkeys(text, "str") | dict.fromkeys(flags, "bool")).assign(area_m2=frame.geometry.area)


def around(
    ways: list[LineString] | None = None, clubs: list[Polygon] | None = None, industry: list[Polygon] | None = None
) -> Surroundings:
    sports = {"land_use_id": [f"x{i}" for i in range(len(clubs or []))], "use": "sport"}
    return Surroundings(
        streets=gpd.GeoDataFrame(geometry=ways or [], crs=ISRAEL_TM),
        land_uses=gpd.GeoDataFrame(sports, geometry=clubs or [], crs=ISRAEL_TM),
        land=gpd.GeoDataFrame({"use": ["industry"] * len(industry or [])}, geometry=industry or [], crs=ISRAEL_TM),
    )


def space(kind: str, shape: Polygon, **tags: Any) -> dict[str, Any]:
    return {"class": kind, "geometry": shape, **tags}


def classify(*rows: dict[str, Any], near: Surroundings | None = None) -> gpd.GeoDataFrame:
    return open_spaces.classify(STUDY, table(*rows), near or around())


def square(side: float, west: float = 0.0, south: float = 0.0) -> Polygon:
    return box(west, south, west + side, south + side)


def the_one(*rows: dict[str, Any], near: Surroundings | None = None) -> tuple[str, str, str]:
    """Kind, public and why of the first row."""
    found = classify(*rows, near=near).iloc[0]
    return found["kind"], found["public"], found["why"]


# --- kinds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "side", "tags", "kind"),
    [
        ("playground", 10, {}, "playground"),
        ("square", 12, {}, "square"),
        ("park", 44, {}, "pocket_garden"),  # 1,936 m2
        ("park", 45, {}, "neighbourhood_garden"),  # 2,025 m2
        ("garden", 45, {"name_he": "הגן"}, "neighbourhood_garden"),
        ("park", 141, {}, "neighbourhood_garden"),  # 19,881 m2
        ("park", 142, {}, "city_park"),  # 20,164 m2
        ("village_green", 30, {}, "pocket_garden"),
        ("allotments", 15, {}, "community_garden"),
        ("garden", 15, {"community": True, "garden_type": "community"}, "community_garden"),
        ("beach", 100, {}, "nature"),
    ],
)
def test_kind_by_class_and_size(of: str, side: float, tags: dict[str, Any], kind: str) -> None:
    assert the_one(space(of, square(side), **tags)) == (kind, "yes", "")


PATH = around(ways=[LineString([(-50, 20), (50, 20)])])


@pytest.mark.parametrize(
    ("of", "side", "tags", "kind"),
    [
        ("forest", 71, {}, "community_forest"),  # 5,041 m2
        ("wood", 70, {}, "nature"),  # 4,900 m2
        ("forest", 30, {"operator": 'קק"ל'}, "community_forest"),
        ("forest", 30, {"operator": "KKL-JNF"}, "community_forest"),
        ("wood", 30, {"operator": "הקרן הקיימת"}, "nature"),
        ("wood", 30, {"operator": "קרן קיימת לישראל"}, "community_forest"),
        ("scrub", 300, {}, "nature"),
        ("nature_reserve", 300, {}, "nature"),
    ],
)
def test_a_wood_of_half_a_hectare_or_of_the_foresters_is_a_community_forest(
    of: str, side: float, tags: dict[str, Any], kind: str
) -> None:
    assert the_one(space(of, square(side), **tags), near=PATH) == (kind, "yes", "")


def test_a_park_mapped_in_parts_is_of_one_kind_and_one_size() -> None:
    # Three parts of 90 m x 90 m in a row, half a metre apart: 24,300 m2. The fourth is 2 m away.
    parts = [space("park", square(90, west=90.5 * i)) for i in range(3)]
    found = classify(*parts, space("park", square(90, west=273)))
    assert found["kind"].tolist() == ["city_park"] * 3 + ["neighbourhood_garden"]
    assert found["joint_m2"].tolist() == pytest.approx([24300] * 3 + [8100])
    assert found["counted_m2"].tolist() == pytest.approx([8100] * 4)
    walked = open_spaces.destinations(found)
    assert walked[walked["category"] == "open_2ha"]["place_id"].tolist() == ["a", "b", "c"]
    assert walked[walked["category"] == "open_0.5ha"]["place_id"].tolist() == ["a", "b", "c", "d"]


def test_a_garden_in_a_park_is_part_of_it_and_a_playground_there_is_one_of_its_own() -> None:
    found = classify(
        space("park", square(200)),
        space("garden", square(30), name_en="Rose garden"),
        space("playground", square(20, 100, 100)),
    )
    assert found["kind"].tolist() == ["city_park", "city_park", "playground"]
    assert found["counted_m2"].tolist() == [40000, 0, 0]
    assert found["joint_m2"].tolist() == [40000] * 3


def test_a_square_beside_a_park_makes_it_no_larger_and_is_of_no_size_itself() -> None:
    found = classify(space("park", square(70)), space("square", square(100, west=70)))
    assert found["joint_m2"].tolist() == [4900, 0]
    assert found["counted_m2"].tolist() == [4900, 10000]
    walked = open_spaces.destinations(found)
    assert walked["category"].tolist() == ["open_any", "open_neighbourhood_garden", "open_any", "open_square"]


# --- whose it is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "tags", "public", "why"),
    [
        ("school", {}, "no", "school yard"),
        ("schoolyard", {}, "no", "school yard"),
        ("parking", {}, "no", "car park"),
        ("grass", {}, "no", "verge"),
        ("flowerbed", {}, "no", "verge"),
        ("traffic_island", {}, "no", "traffic island"),
        ("dog_park", {}, "no", "dogs"),
        ("pitch", {}, "no", "sports pitch"),
        ("golf_course", {}, "no", "no open space"),
        ("park", {"access": "private"}, "no", "private"),
        ("park", {"access": "residents"}, "no", "private"),
        ("park", {"access": "customers"}, "no", "customers"),
        ("park", {"fee": True}, "no", "fee"),
        ("park", {"access": "unknown"}, "unknown", "access unclear"),
        ("park", {"access": "permissive"}, "yes", ""),
        ("park", {}, "yes", ""),
    ],
)
def test_public_or_not_and_why(of: str, tags: dict[str, Any], public: str, why: str) -> None:
    assert the_one(space(of, square(50), **tags))[1:] == (public, why)


@pytest.mark.parametrize(
    ("side", "tags", "why"),
    [
        (31, {}, "garden of a house"),  # 961 m2
        (32, {}, ""),  # 1,024 m2
        (31, {"name_ar": "حديقة"}, ""),
        (31, {"access": "yes"}, ""),
        (31, {"community": True}, ""),
    ],
)
def test_a_small_garden_without_a_name_may_be_that_of_a_house(side: float, tags: dict[str, Any], why: str) -> None:
    assert the_one(space("garden", square(side), **tags))[1:] == ("unknown" if why else "yes", why)


@pytest.mark.parametrize("of", ["forest", "wood", "heath", "scrub", "meadow", "nature_reserve"])
def test_nature_is_public_where_a_way_leads_in_or_the_map_says_so(of: str) -> None:
    along = around(ways=[LineString([(-50, 0), (150, 0)])])
    assert the_one(space(of, square(100)))[1:] == ("unknown", "no way in")
    assert the_one(space(of, square(100)), near=along)[1:] == ("unknown", "no way in")
    assert the_one(space(of, square(100)), near=PATH)[1:] == ("yes", "")
    assert the_one(space(of, square(100)), near=around(ways=[LineString([(10, 10), (90, 90)])]))[1:] == ("yes", "")
    assert the_one(space(of, square(100), access="yes"))[1:] == ("yes", "")


def test_what_covers_the_ground_of_industry_or_an_army_is_not_public_but_a_park_there_is() -> None:
    base = around(ways=[LineString([(-50, 20), (150, 20)])], industry=[square(500, -200, -200)])
    assert the_one(space("scrub", square(100)), near=base)[1:] == ("no", "industry")
    assert the_one(space("park", square(100)), near=base)[1:] == ("yes", "")
    assert the_one(space("nature_reserve", square(100)), near=base)[1:] == ("yes", "")


@pytest.mark.parametrize(
    ("outer", "why"),
    [
        (space("school", square(200, -50, -50)), "school yard"),
        (space("park", square(200, -50, -50), access="private"), "private"),
        (space("park", square(200, -50, -50), access="customers"), "customers"),
        (space("garden", square(200, -50, -50), fee=True), "fee"),
    ],
)
def test_what_lies_in_ground_that_is_shut_is_shut_with_it(outer: dict[str, Any], why: str) -> None:
    assert the_one(space("playground", square(20)), outer) == ("playground", "no", why)
    assert the_one(space("playground", square(20), access="yes"), outer) == ("playground", "yes", "")
    # The larger of two is not shut by the smaller one in it.
    assert the_one(space("park", square(300, -80, -80)), outer)[1:] == ("yes", "")


def test_a_pitch_on_the_ground_of_a_club_is_its_own_and_a_recreation_ground_is_no_club() -> None:
    club = around(clubs=[square(200, -50, -50)])
    assert the_one(space("pitch", square(50)), near=club)[1:] == ("no", "club")
    assert the_one(space("playground", square(50)), near=club)[1:] == ("no", "club")
    field = around(clubs=[square(200, -50, -50)])
    field = Surroundings(field.streets, field.land_uses.assign(land_use_id="b"), field.land)
    ground = space("recreation_ground", square(200, -50, -50))
    assert the_one(space("playground", square(50)), ground, near=field)[1:] == ("yes", "")


@pytest.mark.parametrize(
    ("of", "shape", "why"),
    [
        ("park", square(19.9), "too small"),
        ("park", square(20), ""),
        ("park", box(0, 0, 9.9, 200), "too narrow"),
        ("park", box(0, 0, 10.1, 200), ""),
        ("playground", square(5), ""),
        ("playground", box(0, 0, 3, 30), ""),
        ("square", square(11), ""),
        ("square", box(0, 0, 8, 300), "too narrow"),
        ("allotments", square(5), ""),
    ],
)
def test_too_small_and_too_narrow(of: str, shape: Polygon, why: str) -> None:
    assert the_one(space(of, shape))[1:] == ("no" if why else "yes", why)


def test_a_narrow_strip_of_a_park_is_part_of_the_park_and_a_planter_is_no_garden_of_a_house() -> None:
    assert the_one(space("park", box(-9, 0, 0, 100)), space("park", square(100)))[1:] == ("yes", "")
    assert the_one(space("park", box(-9, 0, 0, 100)), space("parking", square(100)))[1:] == ("no", "too narrow")
    assert the_one(space("garden", square(3)))[1:] == ("no", "too small")


# --- ground ----------------------------------------------------------------------------------------------------------


def test_car_parks_and_private_ground_in_a_park_are_taken_out_and_pitches_are_not() -> None:
    found = classify(
        space("park", square(100)),
        space("parking", square(20)),
        space("pitch", square(20, 50, 50)),
        space("garden", square(10, 80, 80), access="private"),
    )
    assert found["counted_m2"].tolist() == [10000 - 400 - 100, 0, 0, 0]


def test_what_is_uncertain_takes_no_ground_from_what_is_public() -> None:
    found = classify(space("scrub", square(100)), space("park", square(50)))
    assert found["public"].tolist() == ["unknown", "yes"]
    assert found["counted_m2"].tolist() == [0, 2500]
    assert shapely.area(open_spaces.ground(found, ("yes", "unknown"))).tolist() == [7500, 2500]


def test_of_two_of_one_size_the_first_counts() -> None:
    assert classify(space("park", square(50)), space("park", square(50)))["counted_m2"].tolist() == [2500, 0]


def test_school_yards_that_would_open_after_hours_by_hand() -> None:
    found = classify(
        space("school", square(100)),
        space("schoolyard", square(50)),
        space("pitch", square(20, 60, 60)),
        space("schoolyard", square(30, 400)),
        space("park", square(100, 200)),
    )
    buildings = gpd.GeoDataFrame(geometry=[box(0, 60, 40, 110)], crs=ISRAEL_TM)
    yards = open_spaces.after_hours(found, buildings)
    assert yards["place_id"].tolist() == ["a", "d"]
    assert yards["yard_m2"].tolist() == pytest.approx([10000 - 40 * 40, 900])


def test_nothing_is_dropped_and_nothing_at_all_is_no_fault() -> None:
    found = classify()
    assert {"kind", "public", "why", "counted_m2", "joint_m2"} <= {*found} and found.empty
    assert open_spaces.destinations(found).empty
    assert open_spaces.after_hours(found, gpd.GeoDataFrame(geometry=[], crs=ISRAEL_TM)).empty


def test_a_study_changes_what_is_asked() -> None:
    own = Study(STUDY.city, catalogue=Catalogue.read({"standards": {"open_min_area": {"value": 2600}}}))
    assert open_spaces.classify(own, table(space("park", square(50))), around())["why"].tolist() == ["too small"]


# --- properties, against a count of the cells of a board --------------------------------------------------------------

CELL, SIDE = 50, 8
CLASSES = st.sampled_from(
    [
        *(("park", access) for access in ("", "yes", "private")),
        *((of, "") for of in ("playground", "square", "parking", "school", "grass", "scrub")),
    ]
)


@st.composite
def boards(draw: st.DrawFn) -> list[tuple[str, str, tuple[int, int, int, int]]]:
    """Spaces that are blocks of cells: class, access, and west, south, east, north in cells."""
    corners = st.tuples(*[st.integers(0, SIDE - 1)] * 4)
    found = [(draw(CLASSES), draw(corners)) for _ in range(draw(st.integers(0, 9)))]
    return [(*c, (min(w, e), min(s, n), max(w, e) + 1, max(s, n) + 1)) for c, (w, s, e, n) in found]


def laid(board: list[tuple[str, str, tuple[int, int, int, int]]]) -> gpd.GeoDataFrame:
    return classify(*[space(c, box(*(CELL * np.array(at))), access=access) for c, access, at in board])


@settings(max_examples=40)
@given(boards())
def test_ground_is_the_cells_that_some_public_space_holds_for_itself(
    board: list[tuple[str, str, tuple[int, int, int, int]]],
) -> None:
    found = laid(board)
    assert len(found) == len(board) and (found["why"] == "").equals(found["public"] == "yes")
    size = [(-(e - w) * (n - s), i) for i, (_, _, (w, s, e, n)) in enumerate(board)]
    taken = found["why"].isin(["school yard", "car park", "private", "customers", "fee"]).tolist()
    cells = 0
    for x in range(SIDE):
        for y in range(SIDE):
            here = [i for i, (_, _, (w, s, e, n)) in enumerate(board) if w <= x < e and s <= y < n]
            held = [i for i in here if found["public"].iloc[i] == "yes"]
            cells += any(not any(taken[j] and size[j] > size[i] for j in here) for i in held)
    assert found["counted_m2"].sum() == pytest.approx(cells * CELL**2)
    ground = open_spaces.ground(found)
    assert shapely.area(shapely.union_all(ground)) == pytest.approx(cells * CELL**2)


@settings(max_examples=40)
@given(boards(), boards().filter(len))
def test_a_new_public_park_takes_nothing_from_anybody(
    board: list[tuple[str, str, tuple[int, int, int, int]]],
    more: list[tuple[str, str, tuple[int, int, int, int]]],
) -> None:
    before, after = laid(board), laid([*board, ("park", "yes", more[0][2])])
    had, has = ({tuple(row) for row in open_spaces.destinations(frame).to_numpy()} for frame in (before, after))
    sized = {row for row in had if row[1] == "open_any" or row[1] in open_spaces.OF_SIZES}
    assert sized <= has
    assert after["counted_m2"].sum() >= before["counted_m2"].sum() - 1e-6


@settings(max_examples=20)
@given(boards(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(
    board: list[tuple[str, str, tuple[int, int, int, int]]], random: Any
) -> None:
    frame = table(*[space(c, box(*(CELL * np.array(at))), access=access) for c, access, at in board])
    rows = [*range(len(frame))]
    random.shuffle(rows)
    ones, others = (open_spaces.classify(STUDY, f, around()) for f in (frame, frame.iloc[rows].reset_index(drop=True)))
    pd.testing.assert_frame_equal(pd.DataFrame(ones), pd.DataFrame(others))


# --- a real quarter --------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_netanya_poleg_keeps_every_space_and_its_verges_out(shared: Path) -> None:
    catalogue = STUDY.catalogue
    data = osm.read(
        [shared / "netanya_poleg" / "map.osm"],
        catalogue.categories.values(),
        ISRAEL_TM,
        catalogue.walkers.values(),
    )
    found = open_spaces.classify(STUDY, data.open_spaces, Surroundings(data.streets, data.land_uses, data.land))
    assert found["place_id"].tolist() == data.open_spaces["place_id"].tolist()
    by_id = found.set_index("place_id")
    assert by_id.loc["w603020808", ["kind", "public"]].tolist() == ["city_park", "yes"], "the Iris park"
    assert by_id.loc["w552387657", "why"] == "too narrow", "the middle of a road, mapped as a park"
    public = found[found["public"] == "yes"]
    whole = public.geometry.union_all()
    taken = found[found["why"].isin(["school yard", "car park"])].geometry.union_all()
    assert whole.difference(taken).area - 1 <= found["counted_m2"].sum() <= whole.area + 1
