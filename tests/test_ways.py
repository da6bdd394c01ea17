"""Squares crossed, gates that cut, pavements beside big roads: toys in metres, their walks added up by hand."""

from itertools import combinations
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from osm_xml import X, Y, node, relation, square, way, write
from shapely import LineString, Point, box

from geokehila import network
from geokehila.catalogue import Catalogue
from geokehila.ledger import Ledger
from geokehila.load import osm
from geokehila.load.osm import OsmData, kerbs, plazas, walkable, ways, wheels
from geokehila.load.osm.gates import cut_at_gates
from geokehila.schema import ISRAEL_TM

PROFILES = tuple(Catalogue.read().profiles.values())
#: [m] Coordinates in the files are rounded to the centimetre.
CLOSE = {"abs": 0.1}
METHOD = Path(__file__).resolve().parents[1] / "docs" / "methods" / "network.md"


def read(tmp_path: Path, *parts: str) -> OsmData:
    return osm.read([write(tmp_path / "a.osm", *parts)], (), ISRAEL_TM, PROFILES)


def walk_m(streets: gpd.GeoDataFrame, start: tuple[float, float], end: tuple[float, float]) -> float:
    """Metres along the network between two of its nodes, given from the corner of the toy; infinite: no way."""
    built = network.build(streets)
    graph = nx.MultiGraph()
    graph.add_weighted_edges_from(zip(built.tail.tolist(), built.head.tolist(), built.length_m, strict=True))
    at = {
        n: Point(line.coords[i])
        for i, ends in ((0, built.tail), (-1, built.head))
        for n, line in zip(ends.tolist(), built.lines, strict=True)
    }
    first, last = (min(at, key=lambda n: at[n].distance(Point(X + x, Y + y))) for x, y in (start, end))
    for found, (x, y) in ((first, start), (last, end)):
        assert at[found].distance(Point(X + x, Y + y)) < 0.1
    try:
        return float(nx.dijkstra_path_length(graph, first, last))
    except nx.NetworkXNoPath:
        return np.inf


# Squares -------------------------------------------------------------------------------------------------------------


def corner_to_corner(tags: str, *more: str) -> list[str]:
    """A square of 30 m by 40, a way of 300 m to its south-west corner and one of 20 m from its north-east corner."""
    corners = [node(1, 0, 0), node(2, 30, 0), node(3, 30, 40), node(4, 0, 40), node(5, -300, 0), node(6, 30, 60)]
    paths = [way(2, [5, 1], "highway=footway"), way(3, [3, 6], "highway=footway")]
    return [*corners, way(1, [1, 2, 3, 4, 1], tags), *paths, *more]


@pytest.mark.parametrize(
    "tags", ["highway=pedestrian area=yes", "highway=footway area=yes", "highway=pedestrian place=square"]
)
def test_a_square_is_crossed_from_corner_to_corner(tmp_path: Path, tags: str) -> None:
    data = read(tmp_path, *corner_to_corner(tags))
    # 3, 4, 5: the diagonal is 50 m, the way round 70.
    assert walk_m(data.streets, (-300, 0), (30, 60)) == pytest.approx(300 + 50 + 20, **CLOSE)
    assert (data.rules["plaza"], data.rules["plaza_m"]) == (1, 50)
    assert set(data.streets.loc[data.streets["way"] == plazas.ACROSS, "street_id"]) == {"w1"}


def test_a_ring_that_is_no_area_is_walked_round(tmp_path: Path) -> None:
    data = read(tmp_path, *corner_to_corner("highway=pedestrian"))
    assert walk_m(data.streets, (-300, 0), (30, 60)) == pytest.approx(300 + 70 + 20, **CLOSE)
    assert data.rules["plaza"] == 0


def test_a_private_square_is_not_walked_at_all(tmp_path: Path) -> None:
    data = read(tmp_path, *corner_to_corner("highway=pedestrian area=yes access=private"))
    assert walk_m(data.streets, (-300, 0), (30, 60)) == np.inf
    assert data.rules["plaza"] == 0 and data.rules["private_way"] == 1 and data.rules["private_way_m"] == 140
    assert data.ledgers[0].counts()["plaza"]["rejected"] == {"access=private": 1}


def test_the_surface_of_a_square_joins_what_ends_at_it_and_has_no_outline_to_walk(tmp_path: Path) -> None:
    data = read(tmp_path, *corner_to_corner("area:highway=pedestrian"))
    assert walk_m(data.streets, (-300, 0), (30, 60)) == pytest.approx(370, **CLOSE)
    assert data.streets.geometry.length.sum() == pytest.approx(370, **CLOSE)


def from_side_to_side(tags: str, *more: str) -> list[str]:
    """A square of 100 m with a way of 300 m to the middle of its west side and one to the middle of its east side."""
    at = [(0, 0), (100, 0), (100, 50), (100, 100), (0, 100), (0, 50), (-300, 50), (110, 50)]
    paths = [way(2, [7, 6], "highway=footway"), way(3, [3, 8], "highway=footway")]
    nodes = [node(i, *xy) for i, xy in enumerate(at, 1)]
    return [*nodes, way(1, [1, 2, 3, 4, 5, 6, 1], tags), *paths, *more]


#: [m] Round a square of 20 m in the middle of one of 100: to its corner, along its side, and on.
ROUND_THE_MIDDLE = 2 * np.hypot(40, 10) + 20


def test_a_square_with_a_hole_is_crossed_round_the_hole(tmp_path: Path) -> None:
    inner, ring = square(20, 40, 40, 20)
    parts = from_side_to_side("", inner, way(4, ring, ""))
    whole = relation(5, [(1, "outer"), (4, "inner")], "type=multipolygon highway=pedestrian")
    data = read(tmp_path, *parts, whole)
    assert walk_m(data.streets, (-300, 50), (110, 50)) == pytest.approx(310 + ROUND_THE_MIDDLE, **CLOSE)
    # The relation's rings are walked though its ways say nothing: 400 m and 80.
    rings = data.streets[(data.streets["street_id"] == "r5") & (data.streets["way"] == "pedestrian")]
    assert sorted(rings.length) == [pytest.approx(80, **CLOSE), pytest.approx(400, **CLOSE)]
    assert data.rules["plaza"] == 1


def test_of_the_rims_in_a_square_those_of_blocks_are_joined_to_it_and_flower_beds_left_out(tmp_path: Path) -> None:
    block, bed = square(20, 20, 10, 20), square(30, 70, 70, 10)
    rings = way(4, block[1], ""), way(6, bed[1], "")
    whole = relation(5, [(1, "outer"), (4, "inner"), (6, "inner")], "type=multipolygon highway=pedestrian")
    data = read(tmp_path, *from_side_to_side("", block[0], bed[0], *rings, whole))
    rims = data.streets.loc[data.streets["way"] == "pedestrian"].length
    assert sorted(rims) == [pytest.approx(80, **CLOSE), pytest.approx(400, **CLOSE)]
    assert network.build(data.streets).facts()["components"] == 1


@pytest.mark.parametrize(("far", "is_drawn"), [(-250, False), (-310, True)])
def test_a_square_without_streets_around_hangs_in_the_air_and_is_left_out(
    tmp_path: Path, far: float, is_drawn: bool
) -> None:
    at = [(0, 0), (40, 0), (40, 40), (0, 40), (far, 0)]
    paths = way(1, [1, 2, 3, 4, 1], ""), way(2, [5, 1], "highway=footway")
    whole = relation(3, [(1, "outer")], "type=multipolygon highway=pedestrian")
    data = read(tmp_path, *(node(i, *xy) for i, xy in enumerate(at, 1)), *paths, whole)
    assert set(data.streets["street_id"]) == ({"w2", "r3"} if is_drawn else {"w2"})


@pytest.mark.parametrize(("building", "across"), [("kiosk", ROUND_THE_MIDDLE), ("roof", 100.0)])
def test_one_walks_round_a_building_on_a_square_and_under_a_roof(tmp_path: Path, building: str, across: float) -> None:
    house, ring = square(20, 40, 40, 20)
    data = read(
        tmp_path, *from_side_to_side("highway=pedestrian area=yes", house, way(4, ring, f"building={building}"))
    )
    assert walk_m(data.streets, (-300, 50), (110, 50)) == pytest.approx(310 + across, **CLOSE)


def block(first: int, box_m: tuple[float, float, float, float], tags: str) -> str:
    """Return a rectangle (west, south, east, north) with its nodes."""
    west, south, east, north = box_m
    at = [(west, south), (east, south), (east, north), (west, north)]
    nodes = "".join(node(first + i, *xy) for i, xy in enumerate(at))
    return nodes + way(first, [first, first + 1, first + 2, first + 3, first], tags)


A_SQUARE = "highway=pedestrian area=yes"
#: [m] Round the south of a block that is 20 m wide and reaches 20 m south of the line from side to side.
ROUND_THE_SOUTH = 2 * np.hypot(40, 20) + 20


@pytest.mark.parametrize(
    ("tags", "across"),
    [
        # 200 m of its 270 lie off the square: it stands in the way all the same.
        ("building=yes", ROUND_THE_SOUTH),
        ("natural=water", ROUND_THE_SOUTH),
        ("amenity=fountain", ROUND_THE_SOUTH),
        ("building=yes layer=0", ROUND_THE_SOUTH),
        ("building=yes layer=1", 100),
        ("building=yes building:min_level=1", 100),
        ("building=roof", 100),
        ("natural=water layer=-1", 100),
    ],
)
def test_one_walks_round_what_reaches_into_a_square(tmp_path: Path, tags: str, across: float) -> None:
    data = read(tmp_path, *from_side_to_side(A_SQUARE, block(20, (40, 30, 60, 300), tags)))
    assert walk_m(data.streets, (-300, 50), (110, 50)) == pytest.approx(310 + across, **CLOSE)


@pytest.mark.parametrize(
    ("tags", "gate", "walk"),
    [
        # By the gate, whose south post is 29 m north of the line from side to side; else round half of the outline.
        ("barrier=fence", "barrier=gate", 2 * np.hypot(50, 29)),
        ("barrier=hedge", "entrance=yes", 2 * np.hypot(50, 29)),
        ("barrier=guard_rail", "barrier=gate access=private", 200),
        ("barrier=wall", "", 200),
        ("barrier=wall layer=-1", "", 100),
        ("barrier=kerb", "", 100),
    ],
)
def test_a_fence_right_across_a_square_is_passed_by_its_gate_only(
    tmp_path: Path, tags: str, gate: str, walk: float
) -> None:
    fence = [node(20, 50, -5), node(21, 50, 80, gate), node(22, 50, 105), way(20, [20, 21, 22], tags)]
    data = read(tmp_path, *from_side_to_side(A_SQUARE, *fence))
    assert walk_m(data.streets, (-300, 50), (110, 50)) == pytest.approx(310 + walk, **CLOSE)


def test_a_fence_along_a_square_is_open_where_a_way_comes_in(tmp_path: Path) -> None:
    fence = way(20, [4, 5, 6, 1], "barrier=fence")
    data = read(tmp_path, *from_side_to_side(A_SQUARE, fence))
    assert walk_m(data.streets, (-300, 50), (110, 50)) == pytest.approx(310 + 100, **CLOSE)


def test_a_square_on_the_roof_of_a_mall_is_crossed_and_so_is_an_arcade(tmp_path: Path) -> None:
    mall = block(20, (-10, -10, 110, 90), "building=retail")
    data = read(tmp_path, *from_side_to_side(A_SQUARE, mall))
    assert walk_m(data.streets, (-300, 50), (110, 50)) == pytest.approx(310 + 100, **CLOSE)
    arcade = block(20, (-60, 0, 5, 100), "building=retail")
    data = read(tmp_path, *from_side_to_side(A_SQUARE, arcade))
    assert walk_m(data.streets, (-300, 50), (110, 50)) == pytest.approx(310 + 100, **CLOSE)


def test_a_square_in_the_courtyard_of_a_building_is_crossed(tmp_path: Path) -> None:
    """The outline of the building is tagged as a building too: it is but the outline of the relation."""
    at = [(-5, -5), (105, -5), (105, 105), (-5, 105)]
    nodes = [node(20 + i, *xy) for i, xy in enumerate(at)]
    outline = way(20, [20, 21, 22, 23, 20], "building=yes")
    whole = relation(5, [(20, "outer"), (1, "inner")], "type=multipolygon building=yes")
    kiosk = block(30, (40, 40, 60, 60), "building=kiosk")
    data = read(tmp_path, *from_side_to_side(A_SQUARE, *nodes, outline, whole, kiosk))
    assert walk_m(data.streets, (-300, 50), (110, 50)) == pytest.approx(310 + ROUND_THE_MIDDLE, **CLOSE)


@pytest.mark.parametrize(
    ("square_tags", "path_tags", "joined"),
    [
        ("", "", True),
        (" layer=0", " level=0", True),
        (" layer=1", "", False),
        (" bridge=yes", "", False),
        (" bridge=yes layer=1", " bridge=yes", True),
        (" tunnel=yes layer=-1", "", False),
        (" level=2", "", False),
        (" level=2", " level=0;2", True),
        ("", " tunnel=yes", False),
    ],
)
def test_a_path_that_ends_under_or_over_a_square_is_not_joined_to_it(
    tmp_path: Path, square_tags: str, path_tags: str, joined: bool
) -> None:
    path = node(20, 50, 50), node(21, 50, -300), way(20, [21, 20], f"highway=footway{path_tags}")
    # The ways from its sides share a node with it: they are joined to it whatever its layer.
    data = read(tmp_path, *from_side_to_side(A_SQUARE + square_tags, *path))
    assert walk_m(data.streets, (-300, 50), (110, 50)) == pytest.approx(410, **CLOSE)
    assert walk_m(data.streets, (50, -300), (110, 50)) == (pytest.approx(410, **CLOSE) if joined else np.inf)


def test_a_walk_bends_round_the_corner_of_a_square_with_an_angle(tmp_path: Path) -> None:
    at = [(0, 0), (60, 0), (60, 10), (60, 20), (20, 20), (20, 60), (10, 60), (0, 60), (360, 10), (10, 70)]
    ell = way(1, [1, 2, 3, 4, 5, 6, 7, 8, 1], "highway=pedestrian area=yes")
    paths = way(2, [9, 3], "highway=footway"), way(3, [7, 10], "highway=footway")
    data = read(tmp_path, *(node(i, *xy) for i, xy in enumerate(at, 1)), ell, *paths)
    assert walk_m(data.streets, (360, 10), (10, 70)) == pytest.approx(310 + 2 * np.hypot(40, 10), **CLOSE)


def test_entrances_and_ends_of_ways_on_a_square_are_joined_but_no_tunnel_under_it(tmp_path: Path) -> None:
    more = [
        node(20, 100, 20, "entrance=yes"),
        node(21, 30, 50),
        node(22, 30, 400),
        way(4, [21, 22], "highway=steps"),
        node(23, 60, 40),
        node(24, 60, -40),
        way(5, [23, 24], "highway=footway tunnel=yes"),
    ]
    at = [(0, 0), (100, 0), (100, 20), (100, 100), (0, 100)]
    nodes = [node(i, *xy) for i, xy in enumerate(at, 1) if i != 3]
    data = read(tmp_path, *nodes, *more, way(1, [1, 2, 20, 4, 5, 1], "highway=pedestrian area=yes"))
    assert walk_m(data.streets, (30, 400), (100, 20)) == pytest.approx(350 + np.hypot(70, 30), **CLOSE)
    assert walk_m(data.streets, (60, -40), (100, 20)) == np.inf


def test_a_way_along_the_outline_is_a_way_onto_the_square_only_where_it_leaves_it() -> None:
    area = box(0, 0, 100, 100)
    beside = LineString([(-50, 0), (0, 0), (30, 0), (60, 0), (100, 0), (100, -50)])
    frame = gpd.GeoDataFrame(geometry=[beside], crs=ISRAEL_TM)
    found = plazas.entries(area, frame, frame[:0])
    assert found.tolist() == [[0, 0], [100, 0]]


spots = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=12, unique=True)


@given(spots, st.booleans())
def test_lines_stay_on_the_square_and_make_no_walk_a_twentieth_longer(at: list[tuple[int, int]], has_rim: bool) -> None:
    """On a convex square the shortest walk is the straight one; with or without the rim to help."""
    area, points = box(0, 0, 20, 20), np.array(sorted(at), float)
    lines = plazas.across(area, points, shapely.get_rings(area) if has_rim else ())
    assert all(area.covers(line) for line in lines)
    graph = nx.Graph()
    graph.add_nodes_from(map(tuple, points.tolist()))
    for line in lines:
        graph.add_edge(*line.coords, weight=line.length)
    if has_rim:
        around = [(side, along) for side in range(4) for along in range(20)]
        turned = [[(along, 0), (20, along), (20 - along, 20), (0, 20 - along)][side] for side, along in around]
        nx.add_cycle(graph, [(float(x), float(y)) for x, y in turned], weight=1.0)
    for start, end in combinations(map(tuple, points.tolist()), 2):
        straight = Point(start).distance(Point(end))
        assert nx.dijkstra_path_length(graph, start, end) <= plazas.STRETCH * straight + 1e-9


def test_where_very_many_ways_meet_they_meet_in_the_middle() -> None:
    around = np.linspace(0, 2 * np.pi, plazas.MOST_ENTRIES + 10, endpoint=False)
    points = np.column_stack([50 * np.cos(around), 50 * np.sin(around)])
    lines = plazas.across(shapely.Polygon(points), points)
    assert len(lines) == len(points) and len({line.coords[1] for line in lines}) == 1


# Gates ---------------------------------------------------------------------------------------------------------------


def gate_and_way_round(barrier: str) -> list[str]:
    """A street of 200 m with a barrier in its middle, and a way round of 400 m."""
    at = [node(1, 0, 0), node(2, 100, 0, barrier), node(3, 200, 0), node(4, 0, 100), node(5, 200, 100)]
    return [*at, way(1, [1, 2, 3], "highway=service"), way(2, [1, 4, 5, 3], "highway=residential")]


@pytest.mark.parametrize(
    ("barrier", "metres"),
    [
        ("barrier=gate", 200),
        ("barrier=gate access=private", 400),
        ("barrier=lift_gate foot=no", 400),
        ("barrier=gate locked=yes", 400),
        ("barrier=gate access=private foot=yes", 200),
        ("barrier=kissing_gate", 200),
        ("barrier=bollard access=no", 200),
        ("barrier=wall", 400),
    ],
)
def test_a_closed_gate_sends_round(tmp_path: Path, barrier: str, metres: float) -> None:
    data = read(tmp_path, *gate_and_way_round(barrier))
    assert walk_m(data.streets, (0, 0), (200, 0)) == pytest.approx(metres, **CLOSE)
    assert data.rules["gate_closed"] == (metres == 400)
    assert data.streets.geometry.length.sum() == pytest.approx(600 - (metres == 400), **CLOSE)


def test_a_gate_that_is_the_only_way_out_stays_open(tmp_path: Path) -> None:
    at = [node(1, 0, 0), node(2, 100, 0, "barrier=gate access=private"), node(3, 200, 0)]
    data = read(tmp_path, *at, way(1, [1, 2, 3], "highway=residential"))
    assert walk_m(data.streets, (0, 0), (200, 0)) == pytest.approx(200, **CLOSE)
    assert (data.rules["gate_closed"], data.rules["gate_only_way_out"]) == (0, 1)
    assert data.rules["gate_only_way_out_m"] == 100


def test_everybody_passes_through_a_gated_village_that_alone_joins_two_towns(tmp_path: Path) -> None:
    """A limit, told in the method: towns of 400 m and 500 m, 200 m of street between their gates."""
    at = [node(i, 100 * i, 0, "barrier=gate access=private" if i in (1, 3) else "") for i in range(5)]
    towns = node(5, 0, 300), node(6, 400, 400), way(2, [0, 5], "highway=service"), way(3, [4, 6], "highway=service")
    data = read(tmp_path, *at, *towns, way(1, [0, 1, 2, 3, 4], "highway=residential"))
    assert walk_m(data.streets, (0, 300), (400, 400)) == pytest.approx(300 + 400 + 400, **CLOSE)
    # Nothing but closed gates joins 200 m and 400 m of street to the longest part.
    assert (data.rules["gate_only_way_out"], data.rules["gate_only_way_out_m"]) == (2, 600)


def test_nobody_passes_through_a_gated_quarter_but_who_lives_there_gets_out(tmp_path: Path) -> None:
    """Two gates in the street through it: one stays open, the other does not, and the way round is 400 m."""
    at = [
        node(i, x, 0, "barrier=gate access=private" if i in (2, 4) else "") for i, x in enumerate(range(0, 201, 50), 1)
    ]
    aside = node(6, 0, 100), node(7, 200, 100), node(8, 100, 20)
    paths = way(1, [1, 2, 3, 4, 5], "highway=residential"), way(2, [1, 6, 7, 5], "highway=residential")
    data = read(tmp_path, *at, *aside, *paths, way(3, [3, 8], "highway=footway"))
    assert walk_m(data.streets, (0, 0), (200, 0)) == pytest.approx(400, **CLOSE)
    assert walk_m(data.streets, (100, 20), (0, 0)) == pytest.approx(120, **CLOSE)
    assert (data.rules["gate_closed"], data.rules["gate_only_way_out"]) == (1, 1)
    assert data.rules["gate_only_way_out_m"] == 100 + 20


def test_a_gate_at_a_junction_closes_the_way_that_ends_there_not_the_street_that_passes(tmp_path: Path) -> None:
    parts = gate_and_way_round("barrier=gate access=private")
    side = node(9, 100, 100), way(3, [2, 9], "highway=service"), way(4, [9, 5], "highway=service")
    data = read(tmp_path, *parts, *side)
    assert walk_m(data.streets, (0, 0), (200, 0)) == pytest.approx(200, **CLOSE)
    assert walk_m(data.streets, (0, 0), (100, 100)) == pytest.approx(200 + 100 + 100, **CLOSE)
    assert data.rules["gate_closed"] == 1


@pytest.mark.parametrize(
    "more",
    [
        (node(6, 100, 5), node(7, 100, -5), way(9, [6, 2, 7], "barrier=gate access=private")),
        (node(6, 100, 5), node(7, 100, -5), way(9, [6, 2, 7], "barrier=gate locked=yes")),
    ],
)
def test_a_gate_drawn_as_a_line_closes_the_way_that_shares_its_node(tmp_path: Path, more: tuple[str, ...]) -> None:
    data = read(tmp_path, *gate_and_way_round(""), *more)
    assert walk_m(data.streets, (0, 0), (200, 0)) == pytest.approx(400, **CLOSE)
    assert data.ledgers[1].counts()["closed gate"] == {"read": 3, "used": 1, "rejected": {"on no walked way": 2}}


def test_a_wall_drawn_as_a_line_closes_nothing(tmp_path: Path) -> None:
    data = read(tmp_path, *gate_and_way_round(""), node(6, 100, 5), way(9, [6, 2], "barrier=wall"))
    assert walk_m(data.streets, (0, 0), (200, 0)) == pytest.approx(200, **CLOSE)


def test_a_gate_between_two_ways_parts_them(tmp_path: Path) -> None:
    at = [node(1, 0, 0), node(2, 100, 0, "barrier=gate access=no"), node(3, 200, 0), node(4, 0, 100), node(5, 200, 100)]
    halves = way(1, [1, 2], "highway=service"), way(3, [2, 3], "highway=service")
    data = read(tmp_path, *at, *halves, way(2, [1, 4, 5, 3], "highway=residential"))
    assert walk_m(data.streets, (0, 0), (200, 0)) == pytest.approx(400, **CLOSE)


lattice = st.tuples(st.integers(0, 3), st.integers(0, 3))


@given(st.lists(st.lists(lattice, min_size=2, max_size=5), min_size=1, max_size=6), st.sets(lattice, max_size=5))
def test_gates_part_nothing_that_was_joined(paths: list[list[tuple[int, int]]], gates: set[tuple[int, int]]) -> None:
    lines = [LineString([(100 * x, 100 * y) for x, y in path]) for path in paths]
    columns = {"street_id": [f"w{i}" for i in range(len(paths))], "part": 0, "way": "service"}
    streets = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=lines, crs=ISRAEL_TM)
    at = [Point(100 * x, 100 * y) for x, y in sorted(gates)]
    barriers = gpd.GeoDataFrame({"barrier_id": [f"n{i}" for i in range(len(at))]}, geometry=at, crs=ISRAEL_TM)
    ledger = Ledger("test")
    cut, found = cut_at_gates(streets, barriers, ledger)
    ledger.balance()
    assert joined(cut, gates) == joined(streets, gates)
    assert found.cut <= len(gates) and cut.length.sum() <= streets.length.sum()


def joined(streets: gpd.GeoDataFrame, gates: set[tuple[int, int]]) -> set[frozenset[tuple[float, float]]]:
    """Which corners of the lattice, but for the gates, can be walked between."""
    graph = nx.Graph()
    for line in streets.geometry:
        nx.add_path(graph, [(round(x, 6), round(y, 6)) for x, y in line.coords])
    corners = {(100.0 * x, 100.0 * y) for x in range(4) for y in range(4) if (x, y) not in gates}
    parts = (frozenset(corners & part) for part in nx.connected_components(graph))
    return {part for part in parts if part}


# Pavements beside big roads ------------------------------------------------------------------------------------------


def big_road(tags: str, pavement: list[int], y: float = 10.0, *more: str) -> list[str]:
    """A road of 300 m, two side streets of 100 m at 100 and 200 m, a pavement from 0 to 300 m, y metres beside it.

    The pavement runs through the nodes named; 12 and 13 are those that it shares with the side streets.
    """
    nodes = [node(i, 100 * i, 0) for i in range(4)]
    beside = [node(10, 0, y), node(12, 100, y), node(13, 200, y), node(11, 300, y), node(14, 150, y)]
    sides = [node(22, 100, 100), node(23, 200, 100)]
    streets = [way(2, [1, 12, 22], "highway=residential"), way(3, [2, 13, 23], "highway=residential")]
    walk = way(4, pavement, "highway=footway footway=sidewalk")
    return [*nodes, *beside, *sides, way(1, [0, 1, 2, 3], tags), *streets, walk, *more]


SEPARATE = "highway=primary sidewalk=separate"
WHOLE, HALF, NOT_JOINED = [10, 12, 13, 11], [10, 12, 14], [10, 11]


@pytest.mark.parametrize(
    ("tags", "pavement", "y", "metres"),
    [
        # Up the side street, 100 m along the pavement, and up the other: 90 + 100 + 90.
        (SEPARATE, WHOLE, 10, 280),
        ("highway=trunk sidewalk=separate", WHOLE, 10, 280),
        ("highway=secondary sidewalk:both=separate", WHOLE, 24, 252),
        # Not big, not separate, no pavement near, along half of the road only: the road is walked too, 280 is shorter.
        ("highway=residential sidewalk=separate", WHOLE, 10, 280),
        ("highway=primary", WHOLE, 10, 280),
        (SEPARATE, WHOLE, 26, 248),
        (SEPARATE, HALF, 10, 300),
        # The pavement is there, but nothing joins it to the side streets: without the road they would be parted.
        (SEPARATE, NOT_JOINED, 10, 300),
    ],
)
def test_a_big_road_beside_its_pavement(
    tmp_path: Path, tags: str, pavement: list[int], y: float, metres: float
) -> None:
    data = read(tmp_path, *big_road(tags, pavement, y))
    assert walk_m(data.streets, (100, 100), (200, 100)) == pytest.approx(metres, **CLOSE)
    left_out = "residential" not in tags and "separate" in tags and pavement == WHOLE and y < 25
    assert (data.rules["sidewalk_separate"], data.rules["sidewalk_separate_m"]) == ((1, 300) if left_out else (0, 0))
    assert ("w1" in set(data.streets["street_id"])) is not left_out
    assert data.ledgers[1].counts()["street part"]["used"] == len(data.streets)


def test_a_trunk_road_whose_pavement_is_not_mapped_is_walked(tmp_path: Path) -> None:
    data = read(tmp_path, *big_road("highway=trunk sidewalk=separate", HALF, 60))
    assert walk_m(data.streets, (100, 100), (200, 100)) == pytest.approx(300, **CLOSE)


def test_crossings_of_a_road_are_no_pavement_of_it(tmp_path: Path) -> None:
    across = [
        f"{node(30 + 2 * i, 10 * i, 20)}{node(31 + 2 * i, 10 * i, -20)}"
        f"{way(30 + i, [30 + 2 * i, 31 + 2 * i], 'highway=footway')}"
        for i in range(31)
    ]
    data = read(tmp_path, *big_road(SEPARATE, HALF, 60.0, *across))
    assert data.rules["sidewalk_separate"] == 0


@pytest.mark.parametrize(("back_m", "left_out"), [(45, True), (55, False)])
def test_a_road_is_kept_where_the_walk_without_it_is_more_than_50_m_longer(
    tmp_path: Path, back_m: float, left_out: bool
) -> None:
    """The pavement runs past both side streets, 10 m off; only the ends of the side streets, aside, are joined.

    Up one side street by half of `back_m`, across by 100 m and down the other: `back_m` more than on the road.
    """
    up = back_m / 2
    link = node(40, 100, up), node(41, 200, up), way(5, [40, 41], "highway=footway")
    parts = big_road(SEPARATE, NOT_JOINED, 10.0, *link)
    parts = [p for p in parts if not p.startswith(('<way id="2"', '<way id="3"'))]
    sides = way(2, [1, 40, 22], "highway=residential"), way(3, [2, 41, 23], "highway=residential")
    data = read(tmp_path, *parts, *sides)
    assert (data.rules["sidewalk_separate"] == 1) is left_out


# Counts --------------------------------------------------------------------------------------------------------------


def test_every_rule_is_counted_zero_where_it_applied_nowhere_and_told_of_in_the_method(tmp_path: Path) -> None:
    names = [*(rule.name for rule in walkable.RULES), *ways.RULES, *wheels.RULES, *kerbs.RULES]
    rules = read(tmp_path, node(1, 0, 0)).rules
    assert {*names} <= {*rules} and set(rules.values()) == {0}
    told = METHOD.read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in told] == []


def test_ways_are_counted_by_the_rule_that_decided_and_by_their_length(tmp_path: Path) -> None:
    at = [node(i, 100 * i, 0) for i in range(5)]
    tags = ["highway=service access=private", "highway=cycleway foot=yes", "highway=steps conveying=forward",
            "highway=footway access=private"]  # fmt: skip
    rules = read(tmp_path, *at, *(way(i, [i, i - 1], words) for i, words in enumerate(tags, 1))).rules
    applied = {name: count for name, count in rules.items() if count}
    assert applied == {
        "private_way": 2, "private_way_m": 200, "foot_over_cycleway": 1, "foot_over_cycleway_m": 100,
        "oneway_foot": 1, "oneway_foot_m": 100, "steps": 1, "steps_m": 100,
    }  # fmt: skip
