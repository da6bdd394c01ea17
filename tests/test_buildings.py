"""Footprints of another source complete the map where nothing is mapped, and nowhere else."""

from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from geokehila.catalogue.lists import ListChoice
from geokehila.errors import InputError
from geokehila.load import buildings
from geokehila.schema import ISRAEL_TM, WGS84

X, Y = 180_000, 570_000
EXTENT = box(X, Y, X + 1000, Y + 1000)


def square(x: float, y: float, side: float = 10.0) -> Polygon:
    return box(X + x, Y + y, X + x + side, Y + y + side)


def mapped(*shapes: Polygon) -> gpd.GeoDataFrame:
    n = len(shapes)
    columns = {"building_id": [f"w{i}" for i in range(n)], "building": ["house"] * n, "levels": [2.0] * n}
    frame = pd.DataFrame(columns).assign(flats=np.nan, facility=False, purpose="housing")
    texts = dict.fromkeys(("building_id", "building", "purpose"), "str")
    return gpd.GeoDataFrame(frame.astype(texts), geometry=[*shapes], crs=ISRAEL_TM)


def layer(path: Path, *shapes: object, crs: str = WGS84, **columns: object) -> Path:
    frame = gpd.GeoDataFrame({"id": range(len(shapes)), **columns}, geometry=[*shapes], crs=ISRAEL_TM)
    frame.to_crs(crs).to_file(path)
    return path


def test_a_footprint_where_none_is_mapped_is_added(tmp_path: Path) -> None:
    path = layer(tmp_path / "buildings.gpkg", square(100, 100), levels=[3])
    both, _, ledger = buildings.complete(mapped(square(0, 0)), path, EXTENT)
    assert both["building_id"].tolist() == ["w0", "buildings.gpkg:1"]
    assert both["building"].tolist() == ["house", "yes"] and both["levels"].tolist() == [2.0, 3.0]
    assert both["purpose"].tolist() == ["housing", ""], "the machine that drew it does not tell"
    assert both.geometry.area.iloc[1] == pytest.approx(100, rel=1e-4) and both.crs == ISRAEL_TM
    assert ledger.counts() == {"building": {"read": 1, "used": 1, "rejected": {}}}


def test_what_is_mapped_already_outside_tiny_or_no_polygon_is_not(tmp_path: Path) -> None:
    shapes = [
        square(12, 0),  # beside the mapped one, not over it
        square(7, 0),  # three tenths of it over the mapped one
        square(8.5, 20),  # over nothing
        square(2000, 0),  # beyond the data
        square(300, 300, 1.9),  # 3.6 m2
        Point(X + 5, Y + 5),
    ]
    path = layer(tmp_path / "b.gpkg", *shapes, crs=ISRAEL_TM)
    both, _, ledger = buildings.complete(mapped(square(0, 0)), path, EXTENT)
    assert both["building_id"].tolist() == ["w0", "b.gpkg:1", "b.gpkg:3"]
    assert both["levels"].isna().tolist() == [False, True, True]
    assert ledger.counts()["building"]["rejected"] == {
        "below 4 m2": 1,
        "mapped already": 1,
        "not polygonal": 1,
        "outside the data": 1,
    }


def test_residents_and_kinds_are_read_in_three_languages(tmp_path: Path) -> None:
    shapes = [square(100 * i, 100, 5) for i in range(1, 6)]
    kinds = {"النوع": ["خيمة", "בית", "School", "بركس", None], "عدد السكان": [9, 4, None, 7, None]}
    both, counts, _ = buildings.complete(mapped(), layer(tmp_path / "b.geojson", *shapes, **kinds), EXTENT)
    assert both["building"].tolist() == ["tent", "house", "school", "yes", "yes"]
    assert both["residents"].tolist() == pytest.approx([9, 4, np.nan, 7, np.nan], nan_ok=True)
    assert both["purpose"].tolist() == ["housing", "housing", "education", "", ""]
    assert counts["building_id"].tolist() == counts["row"].tolist() == [f"b.geojson:{row}" for row in (1, 2, 4)]
    assert both["levels"].isna().all(), "a column of another alphabet is no column of levels"


def test_columns_that_a_study_states_are_read_over_those_that_are_found(tmp_path: Path) -> None:
    path = layer(tmp_path / "b.geojson", square(100, 100), residents=[3], נספרו=[8], floors=[2])
    stated = ListChoice(columns={"residents": "נספרו", "levels": ""})
    both, _, _ = buildings.complete(mapped(), path, EXTENT, stated)
    assert both["residents"].tolist() == [8.0] and both["levels"].isna().all()
    with pytest.raises(InputError, match=r"^b\.geojson: no column 'counted'"):
        buildings.complete(mapped(), path, EXTENT, ListChoice(columns={"residents": "counted"}))


def test_a_column_in_which_nobody_is_counted_tells_nothing(tmp_path: Path) -> None:
    both, _, _ = buildings.complete(mapped(), layer(tmp_path / "b.gpkg", square(100, 100), residents=[0]), EXTENT)
    assert both["residents"].isna().all()


def test_residents_are_amounts_in_any_script(tmp_path: Path) -> None:
    shapes = [square(100 * i, 100, 5) for i in range(1, 7)]
    told = {"عدد السكان": ["١٢", "۵", "4 נפשות", "6 نفوس", "many", "9"], "الطوابق": ["٢", "1", "۳", "", "", ""]}
    both, _, ledger = buildings.complete(mapped(), layer(tmp_path / "b.geojson", *shapes, **told), EXTENT)
    assert both["residents"].tolist() == pytest.approx([12, 5, 4, 6, np.nan, 9], nan_ok=True)
    assert both["levels"].fillna(0).tolist() == [2, 1, 3, 0, 0, 0]
    (said,) = (notice.text for notice in ledger.notices if notice.name == "people_not_a_number")
    assert said.startswith("1 counts are no numbers, the first in row 5: ") and "'many'" in said


def test_residents_of_a_house_that_is_mapped_already_stand_in_the_mapped_one(tmp_path: Path) -> None:
    shapes = [square(1, 1), square(2000, 0)]
    both, counts, ledger = buildings.complete(
        mapped(square(0, 0), square(50, 0)), layer(tmp_path / "b.gpkg", *shapes, residents=[6, 5]), EXTENT
    )
    assert both["residents"].tolist() == pytest.approx([6, np.nan], nan_ok=True)
    assert ledger.counts()["building"] == {"read": 2, "used": 1, "rejected": {"outside the data": 1}}
    assert counts[["source", "row", "residents"]].to_numpy().tolist() == [
        ["b.gpkg", f"b.gpkg:{n}", 7 - n] for n in (1, 2)
    ]
    assert counts["building_id"].iloc[0] == "w0" and pd.isna(counts["building_id"].iloc[1])


def test_a_tower_on_a_block_has_the_residents_of_its_own_row(tmp_path: Path) -> None:
    tower, block = square(20, 20), square(0, 0, 60)
    path = layer(tmp_path / "b.gpkg", tower, block, residents=[116, 0], crs=ISRAEL_TM)
    for shapes, residents in (((block, tower), [0, 116]), ((tower, block), [116, 0])):
        both, _, _ = buildings.complete(mapped(*shapes), path, EXTENT)
        assert both["residents"].tolist() == residents


def test_flights_of_a_row_of_houses_mapped_as_one_are_summed_in_it(tmp_path: Path) -> None:
    """Nor has the neighbour's, of whom nobody told, the last one for the metre that reaches over."""
    flights = [square(10 * i, 0) for i in range(3)] + [box(X + 30, Y, X + 41, Y + 10)]
    path = layer(tmp_path / "b.gpkg", *flights, residents=[1, 2, 3, 4], crs=ISRAEL_TM)
    both, _, _ = buildings.complete(mapped(square(40, 0), box(X, Y, X + 40, Y + 10)), path, EXTENT)
    assert both["residents"].tolist() == pytest.approx([np.nan, 10], nan_ok=True)


def test_two_rows_of_one_outline_go_to_two_buildings_of_one_outline(tmp_path: Path) -> None:
    path = layer(tmp_path / "b.gpkg", square(0, 0), square(0, 0), residents=[3, 4], crs=ISRAEL_TM)
    both, _, _ = buildings.complete(mapped(square(0, 0), square(0, 0)), path, EXTENT)
    assert both["residents"].tolist() == [3, 4]


#: Sides [m] of squares about one corner, of some of the mapped ones a row each, in any order.
NESTS = st.lists(st.integers(3, 40), min_size=1, max_size=6, unique=True).flatmap(
    lambda sides: st.tuples(st.permutations(sides), st.lists(st.sampled_from(sides), min_size=1, unique=True))
)


@settings(max_examples=25, deadline=None)
@given(nest=NESTS)
def test_of_nested_squares_each_row_goes_to_its_own(
    nest: tuple[list[int], list[int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An oracle that compares corners, not ground: a row has the residents of its own side, and all else has none."""
    sides, rows = nest
    path = layer(
        tmp_path_factory.mktemp("nest") / "b.gpkg",
        *[square(0, 0, side) for side in rows],
        residents=[1000 + side for side in rows],
        crs=ISRAEL_TM,
    )
    both, _, _ = buildings.complete(mapped(*[square(0, 0, side) for side in sides]), path, EXTENT)
    told = [1000 + side if side in rows else np.nan for side in sides]
    assert both["residents"].tolist() == pytest.approx(told, nan_ok=True)


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.integers(3, 40), min_size=1, max_size=4),
    sides=st.lists(st.integers(3, 40), min_size=1, max_size=4),
)
def test_squares_about_one_corner_are_matched_as_a_slow_search_does(rows: list[int], sides: list[int]) -> None:
    """Of two nested squares the likeness is the smaller side squared over the larger: fractions, and no shapes."""
    likeness = {(r, s): Fraction(min(a, b), max(a, b)) ** 2 for r, a in enumerate(rows) for s, b in enumerate(sides)}
    expected: dict[int, int] = {}
    while free := [
        pair
        for pair, value in likeness.items()
        if value > Fraction(1, 2) and pair[0] not in expected and pair[1] not in expected.values()
    ]:
        row, side = min(free, key=lambda pair: (-likeness[pair], pair))
        expected[row] = side
    for row in {*range(len(rows))} - {*expected}:
        expected[row] = min(range(len(sides)), key=lambda side: (-likeness[row, side], side))
    squares = [np.array([square(0, 0, side) for side in some]) for some in (rows, sides)]
    assert buildings._matched(buildings._shared(*squares)).to_dict() == expected


@pytest.mark.parametrize(("overlap_m", "added"), [(2.0, True), (2.1, False)])
def test_a_fifth_under_mapped_buildings_is_the_limit(tmp_path: Path, overlap_m: float, added: bool) -> None:
    path = layer(tmp_path / "b.gpkg", square(10 - overlap_m, 0), crs=ISRAEL_TM)
    both, _, _ = buildings.complete(mapped(square(0, 0)), path, EXTENT)
    assert (len(both) == 2) == added


def test_a_building_of_two_parts_is_one(tmp_path: Path) -> None:
    path = layer(tmp_path / "b.gpkg", MultiPolygon([square(100, 0), square(200, 0)]), crs=ISRAEL_TM)
    both, _, ledger = buildings.complete(mapped(), path, EXTENT)
    assert len(both) == 1 and both.geometry.area.item() == pytest.approx(200)
    assert ledger.counts()["building"]["used"] == 1


def test_a_layer_of_nothing_adds_nothing_and_none_is_an_error(tmp_path: Path) -> None:
    empty = gpd.GeoDataFrame({"id": []}, geometry=[], crs=ISRAEL_TM)
    empty.to_file(tmp_path / "b.gpkg")
    both, _, _ = buildings.complete(mapped(square(0, 0)), tmp_path / "b.gpkg", EXTENT)
    assert both["building_id"].tolist() == ["w0"]
    (tmp_path / "c.gpkg").write_bytes(b"no layer")
    with pytest.raises(InputError, match=r"^c\.gpkg: cannot be read as a map layer"):
        buildings.complete(mapped(), tmp_path / "c.gpkg", EXTENT)
