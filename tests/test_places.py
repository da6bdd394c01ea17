"""One place a facility whatever maps it twice, entered by its gates; and whether a list of places can be believed."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, Point, Polygon, box

from geokehila.catalogue import Category
from geokehila.places import Places, merge
from geokehila.schema import ISRAEL_TM

CATEGORIES = {
    key: Category(key, {"en": key}, "test", (), min_area_m2=m2, credible_residents=1000.0)
    for key, m2 in {"clinic": 0.0, "pharmacy": 0.0, "park": 400.0, "garden": 400.0}.items()
}


def sources(*rows: tuple[str, str | None, Any, str]) -> gpd.GeoDataFrame:
    """Places as the readers give them: id, Hebrew name, shape, categories as words."""
    ids, names, shapes, keys = zip(*rows, strict=True) if rows else ((), (), (), ())
    columns = {
        "place_id": pd.Series(ids, dtype="str"),
        "name_he": names,
        "name_ar": None,
        "name_en": None,
        "name_ru": None,
    }
    columns |= {"source": "osm", "source_id": pd.Series(ids, dtype="str"), "date": None}
    frame = pd.DataFrame(columns).astype({"source": "str"})
    return gpd.GeoDataFrame(
        frame.assign(categories=[tuple(k.split()) for k in keys]), geometry=list(shapes), crs=ISRAEL_TM
    )


def ways(*lines: LineString, bridge: Sequence[int] = (), tunnel: Sequence[int] = ()) -> gpd.GeoDataFrame:
    flags = {"bridge": [i in bridge for i in range(len(lines))], "tunnel": [i in tunnel for i in range(len(lines))]}
    return gpd.GeoDataFrame(pd.DataFrame(flags, dtype=bool), geometry=list(lines), crs=ISRAEL_TM)


def doors(*at: tuple[float, float, str]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame({"kind": pd.Series([kind for *_, kind in at], dtype="str")})
    return gpd.GeoDataFrame(frame, geometry=[Point(x, y) for x, y, _ in at], crs=ISRAEL_TM)


def merged(*rows: tuple[str, str | None, Any, str]) -> Places:
    return merge([sources(*rows)], ways(), doors(), CATEGORIES)


def ids(found: Places) -> list[str]:
    kept: list[str] = found.places["place_id"].tolist()
    return kept


HOUSE = box(0, 0, 40, 40)


@pytest.mark.parametrize(
    ("of_node", "of_area"), [("כללית", "כללית"), ('מרפאת "כללית"', "מרפאת כללית"), ("כללית", None), (None, "כללית")]
)
def test_a_node_in_an_area_of_the_same_name_or_none_is_one_place(of_node: str | None, of_area: str | None) -> None:
    found = merged(("n1", of_node, Point(20, 20), "clinic pharmacy"), ("w1", of_area, HOUSE, "clinic"))
    assert ids(found) == ["w1"] and found.places.geometry.iloc[0].equals(HOUSE)
    assert found.places["name_he"].tolist() == [of_area or of_node]
    assert sorted(found.categories["category"]) == ["clinic", "pharmacy"]
    assert found.ledger.counts()["place"] == {
        "read": 2,
        "used": 1,
        "rejected": {"duplicate of another place": 1},
    }


def test_a_named_node_beside_an_area_is_it_and_an_unnamed_one_is_not() -> None:
    beside = Point(60, 20)
    assert ids(merged(("n1", "כללית", beside, "clinic"), ("w1", "כללית", HOUSE, "clinic"))) == ["w1"]
    assert ids(merged(("n1", None, beside, "clinic"), ("w1", "כללית", HOUSE, "clinic"))) == ["n1", "w1"]


def test_different_names_or_categories_stay_apart() -> None:
    inside = Point(20, 20)
    assert ids(merged(("n1", "מכבי", inside, "clinic"), ("w1", "כללית", HOUSE, "clinic"))) == ["n1", "w1"]
    assert ids(merged(("n1", "כללית", inside, "pharmacy"), ("w1", "כללית", HOUSE, "clinic"))) == ["n1", "w1"]


def test_two_names_in_one_unnamed_area_are_two_places() -> None:
    rows = [("n1", "כללית", Point(10, 20), "clinic"), ("n2", "מכבי", Point(30, 20), "clinic")]
    assert len(ids(merged(*rows, ("w1", None, HOUSE, "clinic")))) == 2


def test_an_unnamed_row_of_shops_is_not_chained_into_one() -> None:
    row = [(f"n{i}", None, Point(25 * i, 0), "clinic") for i in range(6)]
    found = merged(*row)
    # Each may absorb its direct neighbour only: every shop stands within 30 m of a place that is kept.
    assert ids(found) == ["n0", "n2", "n4"]


def test_a_place_between_two_is_absorbed_by_one_of_them_only() -> None:
    rows = [("n0", "clinic"), ("n1", "clinic pharmacy"), ("n2", "clinic")]
    found = merged(*[(key, None, Point(25 * i, 0), kinds) for i, (key, kinds) in enumerate(rows)])
    pairs = found.categories[["place_id", "category"]].to_numpy().tolist()
    assert pairs == [["n0", "clinic"], ["n0", "pharmacy"], ["n2", "clinic"]]


def test_a_house_inside_the_ground_of_its_facility_is_one_place_with_it() -> None:
    ground, house, other = box(0, 0, 100, 100), box(10, 10, 40, 40), box(50, 50, 80, 80)
    rows = [("w1", None, house, "clinic"), ("w2", "א", ground, "clinic"), ("w3", "ב", other, "clinic")]
    assert ids(merged(*rows)) == ["w2", "w3"], "the nameless house is the facility of the ground, the named one its own"


def test_an_absorbed_place_does_not_absorb_in_its_turn() -> None:
    # n2 is n1 by name and place; n3 is near n2 only.
    rows = [
        ("n1", "א", Point(0, 0), "clinic"),
        ("n2", "א", Point(25, 0), "clinic"),
        ("n3", "א", Point(50, 0), "clinic"),
    ]
    assert ids(merged(*rows)) == ["n1", "n3"]


def test_two_stops_of_one_name_20_m_apart_are_one_and_31_m_apart_are_two() -> None:
    stop = ("n1", "תחנה", Point(0, 0), "clinic")
    assert ids(merged(stop, ("n2", "תחנה", Point(20, 0), "clinic"))) == ["n1"]
    assert ids(merged(stop, ("n2", "תחנה", Point(31, 0), "clinic"))) == ["n1", "n2"]


def test_the_order_of_the_sources_changes_nothing() -> None:
    rows = [(f"n{i}", name, Point(20 * i, 0), "clinic") for i, name in enumerate([None, "א", None, "ב", None])]
    one, other = merged(*rows), merged(*rows[::-1])
    assert ids(one) == ids(other)
    pd.testing.assert_frame_equal(pd.DataFrame(one.places), pd.DataFrame(other.places))


def test_areas_are_measured_points_are_not() -> None:
    small, large = box(0, 0, 20, 19), box(100, 0, 120, 20)
    found = merged(("w1", None, small, "park"), ("w2", None, large, "park"), ("n1", None, Point(900, 0), "park"))
    assert ids(found) == ["n1", "w2"]
    assert found.ledger.counts()["place"]["rejected"] == {"smaller than a park of 400 m2": 1}
    both = merged(("w1", None, small, "park clinic"))
    assert both.categories["category"].tolist() == ["clinic"]


# --- gates -----------------------------------------------------------------------------------------------------------

PARK = box(0, 0, 100, 100)
ACROSS = LineString([(-50, 50), (150, 50)])


def gates(streets: gpd.GeoDataFrame, entrances: gpd.GeoDataFrame, shape: Polygon = PARK) -> dict[str, set[Any]]:
    found = merge([sources(("w1", None, shape, "park"))], streets, entrances, CATEGORIES).gates
    assert set(found["place_id"]) == {"w1"} and found["gate_id"].is_unique
    return {kind: {(p.x, p.y) for p in rows} for kind, rows in found.groupby("kind")["geometry"]}


def test_a_mapped_entrance_beats_ways_and_ways_beat_the_outline() -> None:
    entrance = doors((100, 20, "entrance=main"))
    assert gates(ways(ACROSS), entrance) == {"entrance": {(100, 20)}}
    assert gates(ways(ACROSS), doors()) == {"way": {(0, 50), (100, 50)}}
    (kind, outline), *rest = gates(ways(), doors()).items()
    # 400 m of outline, a point every 40 m.
    assert (kind, len(outline), rest) == ("outline", 10, [])
    assert all(Point(p).distance(PARK.boundary) < 1e-9 for p in outline)


def test_an_entrance_belongs_to_the_outline_it_stands_on() -> None:
    inside_and_aside = doors((50, 50, "entrance=yes"), (101.01, 50, "entrance=yes"))
    assert gates(ways(ACROSS), inside_and_aside) == {"way": {(0, 50), (100, 50)}}
    assert gates(ways(ACROSS), doors((100.9, 50, "barrier=gate"))) == {"entrance": {(100.9, 50)}}


def test_a_bridge_over_a_park_and_a_tunnel_under_it_are_no_way_in() -> None:
    path = LineString([(20, -30), (20, 30)])
    other = LineString([(-50, 70), (150, 70)])
    assert gates(ways(ACROSS, other, path, bridge=[0], tunnel=[1]), doors()) == {"way": {(20, 0)}}
    assert set(gates(ways(ACROSS, bridge=[0]), doors())) == {"outline"}


def test_a_way_along_the_fence_is_no_way_in_nor_what_ends_at_it() -> None:
    along = LineString([(-20, 0), (30, 0), (70, 0), (120, 0)])
    side = LineString([(30, -50), (30, 0)])
    assert set(gates(ways(along, side), doors())) == {"outline"}
    into = LineString([(70, 0), (70, 60)])
    assert gates(ways(along, side, into), doors()) == {"way": {(70, 0)}}


def test_a_way_along_the_fence_opens_it_where_it_turns_in() -> None:
    turning = LineString([(-20, 0), (30, 0), (60, 0), (60, 50)])
    assert gates(ways(turning), doors()) == {"way": {(60, 0)}}


def test_a_way_beside_the_fence_that_sways_over_it_is_no_way_in() -> None:
    swaying = LineString([(-20, -0.3), (20, 0.3), (40, -0.3), (60, 0.3), (120, -0.3)])
    assert set(gates(ways(swaying), doors())) == {"outline"}


@pytest.mark.parametrize("end", [(50, 0), (50, 0.3)])
def test_a_way_that_ends_at_the_fence_is_a_way_in_from_either_side(end: tuple[float, float]) -> None:
    assert gates(ways(LineString([(50, -30), end])), doors()) == {"way": {(50, 0)}}
    assert gates(ways(LineString([(50, 30), (50, 0)])), doors()) == {"way": {(50, 0)}}


@pytest.mark.parametrize(
    "passing",
    [
        LineString([(-50, -50), (0, 0), (50, -50)]),  # a bend of the street touches the park's corner
        LineString([(50, -30), (50, -0.5)]),  # a closed gate has cut the way before it
        LineString([(20, 20), (80, 20), (80, 80), (20, 20)]),  # all inside
    ],
)
def test_a_way_that_only_touches_or_does_not_reach_the_outline_is_no_way_in(passing: LineString) -> None:
    assert set(gates(ways(passing), doors())) == {"outline"}


def test_where_a_ring_begins_is_no_end_of_it() -> None:
    ring = LineString([(50, 0), (80, -40), (20, -40), (50, 0)])
    assert set(gates(ways(ring), doors())) == {"outline"}
    through = LineString([(50, 0), (50, 40), (80, 40), (80, -40), (50, -40), (50, 0)])
    assert gates(ways(through), doors()) == {"way": {(50, 0), (80, 0)}}


def test_a_park_in_two_parts_with_a_hole_has_gates_on_every_ring() -> None:
    hole = box(40, 40, 60, 60)
    park = PARK.difference(hole).union(box(200, 0, 300, 100))
    outline = gates(ways(), doors(), park)["outline"]
    for ring in (PARK.boundary, hole.boundary, box(200, 0, 300, 100).boundary):
        assert sum(Point(p).distance(ring) < 1e-9 for p in outline) >= 4


def test_a_point_is_its_own_gate_and_no_place_makes_no_gate() -> None:
    found = merged(("n1", None, Point(3, 4), "clinic")).gates
    assert found[["place_id", "kind"]].to_numpy().tolist() == [["n1", "point"]]
    assert found.geometry.iloc[0].equals(Point(3, 4))
    empty = merge([sources()], ways(ACROSS), doors((0, 0, "entrance=yes")), CATEGORIES)
    assert empty.places.empty and empty.gates.empty and empty.categories.empty
