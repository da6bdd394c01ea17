"""True intersections by hand: grids, dual carriageways, roundabouts, bridges, rings; lattices against networkx."""

from typing import Any

import networkx as nx
import numpy as np
import pytest
import shapely
import shapely.affinity
from drawn_streets import CRS, XY, X, Y, fabric, grid, oneway, road
from hypothesis import given, settings
from hypothesis import strategies as st

from geokehila.fabric import Fabric
from geokehila.fabric.intersections import BORDER, DEAD_END, LOOP, SPACING


def legs(made: Fabric) -> list[int]:
    return sorted(made.intersections["legs"])


def at(made: Fabric) -> list[tuple[float, float]]:
    """Where the intersections are, by the drawing."""
    return sorted((round(p.x - X, 3), round(p.y - Y, 3)) for p in made.intersections.geometry)


def lengths(made: Fabric, between: str = SPACING) -> list[float]:
    rows = made.segments[made.segments["between"] == between]
    return sorted(rows["length_m"].round(6))


@pytest.mark.parametrize("side", [25.0, 60.0, 150.0])
def test_a_square_grid_by_hand(side: float) -> None:
    """Four blocks by four: 25 crossings of four legs, 40 segments of one side each, 20 streets that end."""
    made = fabric(*grid(side, 4))
    assert legs(made) == [4] * 25 and len(made.dead_ends) == 20
    assert lengths(made) == [side] * 40 and lengths(made, DEAD_END) == [40.0] * 20
    assert (made.segments["straight_m"] - made.segments["length_m"]).abs().max() < 1e-6


def test_ways_that_meet_end_to_end_make_no_intersection_nor_do_bends() -> None:
    made = fabric(
        road([(0, 0), (100, 0)]), road([(100, 0), (200, 0)]), road([(200, 0), (200, 70)]),
        road([(0, 0), (0, 50)]), road([(0, 0), (-80, 0)]), road([(200, 70), (260, 70)]), road([(200, 70), (200, 150)]),
    )  # fmt: skip
    assert at(made) == [(0, 0), (200, 70)] and lengths(made) == [270.0]
    assert made.segments.set_index("between").loc[SPACING, "straight_m"] == pytest.approx(np.hypot(200, 70))


def test_a_way_in_several_parts_is_one_street() -> None:
    one = fabric(road([(0, 0), (60, 0), (120, 0)]), road([(60, -50), (60, 0), (60, 50)]))
    parts = fabric(
        {**road([(60, 0), (120, 0)]), "street_id": "w1", "part": 1}, {**road([(0, 0), (60, 0)]), "street_id": "w1"},
        {**road([(60, -50), (60, 0), (60, 50)]), "street_id": "w2"},
    )  # fmt: skip
    assert at(one) == at(parts) == [(60, 0)] and legs(parts) == [4]
    assert lengths(parts, DEAD_END) == [50, 50, 60, 60]


def test_a_bridge_over_a_street_is_no_intersection() -> None:
    over = fabric(road([(-90, 0), (90, 0)], bridge=True), road([(0, -90), (0, 90)]))
    assert over.intersections.empty and len(over.dead_ends) == 4 and len(over.segments) == 2


def crossing_of_dual_carriageways(gap: float = 20.0) -> list[dict[str, Any]]:
    """Two dual carriageways, each `gap` wide from middle to middle, that cross at the origin: four nodes on the map."""
    half, end = gap / 2, 300.0
    xs = [-end, -half, half, end]
    return [
        oneway([(x, -half) for x in xs]), oneway([(x, half) for x in xs[::-1]]),
        oneway([(half, y) for y in xs], name="Avenue"), oneway([(-half, y) for y in xs[::-1]], name="Avenue"),
    ]  # fmt: skip


@pytest.mark.parametrize("gap", [8.0, 20.0, 34.0])
def test_a_crossing_of_dual_carriageways_is_one_of_four_legs(gap: float) -> None:
    made = fabric(*crossing_of_dual_carriageways(gap))
    assert at(made) == [(0, 0)] and legs(made) == [4]
    assert len(made.dead_ends) == 4 and lengths(made, DEAD_END) == pytest.approx([300.0] * 4)


def test_streets_that_cross_a_dual_carriageway_lie_as_far_apart_as_they_do() -> None:
    """At 0 m and 150 m; the one at 60 m meets one carriageway only, and is carried over to the other."""
    made = fabric(
        oneway([(-100, -10), (0, -10), (60, -10), (150, -10), (250, -10)]),
        oneway([(250, 10), (150, 10), (0, 10), (-100, 10)]),
        road([(0, -80), (0, -10), (0, 10), (0, 80)]), road([(150, -80), (150, -10), (150, 10), (150, 80)]),
        road([(60, -10), (60, -80)]),
    )  # fmt: skip
    assert at(made) == [(0, 0), (60, 0), (150, 0)] and legs(made) == [3, 4, 4]
    assert lengths(made) == pytest.approx([60, 90])
    assert lengths(made, DEAD_END) == pytest.approx([80] * 5 + [100] * 2)


def test_where_a_street_becomes_a_dual_carriageway_nothing_meets() -> None:
    made = fabric(
        road([(-200, 0), (0, 0)], name="Boulevard"),
        oneway([(0, 0), (30, -8), (200, -8)]), oneway([(200, 8), (30, 8), (0, 0)]),
        road([(-200, -60), (-200, 0), (-200, 60)]), road([(200, -60), (200, -8), (200, 8), (200, 60)]),
    )  # fmt: skip
    assert legs(made) == [3, 3] and lengths(made) == pytest.approx([400], abs=2)


def test_a_turn_between_the_carriageways_is_no_intersection() -> None:
    made = fabric(
        oneway([(0, -8), (100, -8), (200, -8)]), oneway([(200, 8), (100, 8), (0, 8)]), road([(100, -8), (100, 8)]),
        road([(0, -60), (0, -8), (0, 8), (0, 60)]), road([(200, -60), (200, -8), (200, 8), (200, 60)]),
    )  # fmt: skip
    assert at(made) == [(0, 0), (200, 0)] and lengths(made) == pytest.approx([200])


def test_a_street_that_crosses_askew_is_one_intersection() -> None:
    """At 45 degrees over a median of 20 m: the two nodes on the map are 28 m apart."""
    made = fabric(
        oneway([(-200, -10), (-10, -10), (200, -10)]), oneway([(200, 10), (10, 10), (-200, 10)]),
        road([(-80, -80), (-10, -10), (10, 10), (80, 80)]),
    )  # fmt: skip
    assert at(made) == [(0, 0)] and legs(made) == [4]


def test_ways_that_meet_in_the_median_cross_like_one() -> None:
    """The street across is two ways that meet in the very middle, where a bay of 12 m on the median ends too."""
    rows = [
        oneway([(-200, -8), (0, -8), (12, -8), (200, -8)]), oneway([(200, 8), (0, 8), (-200, 8)]),
        road([(0, -80), (0, -8), (0, 0)]), road([(0, 0), (0, 8), (0, 80)]),
    ]  # fmt: skip
    made = fabric(*rows)
    assert at(made) == [(0, 0)] and legs(made) == [4] and len(made.dead_ends) == 4
    assert lengths(made, DEAD_END) == pytest.approx([80, 80, 200, 200])
    bay = fabric(rows[0], rows[1], road([(0, -80), (0, -8), (0, 8), (0, 80)]), road([(12, -8), (0, 0)]))
    assert at(bay) == [(0, 0)] and legs(bay) == [4] and len(bay.dead_ends) == 4


def test_two_crossings_of_a_dual_carriageway_30_m_apart_stay_two() -> None:
    made = fabric(
        oneway([(-200, -6), (0, -6), (30, -6), (200, -6)]), oneway([(200, 6), (30, 6), (0, 6), (-200, 6)]),
        *(road([(x, -80), (x, -6), (x, 6), (x, 80)]) for x in (0, 30)),
    )  # fmt: skip
    assert at(made) == [(0, 0), (30, 0)] and legs(made) == [4, 4] and lengths(made) == pytest.approx([30])


def test_parallel_streets_of_other_names_are_two_streets() -> None:
    made = fabric(
        oneway([(-90, 0), (0, 0), (90, 0)], name="First"), oneway([(90, 24), (0, 24), (-90, 24)], name="Second"),
        road([(0, -60), (0, 0), (0, 24), (0, 80)]),
    )  # fmt: skip
    assert at(made) == [(0, 0), (0, 24)] and lengths(made) == [24]


def ring(radius: float, **told: Any) -> dict[str, Any]:
    """A circle of 24 points, driven anticlockwise."""
    turn = np.linspace(0, 2 * np.pi, 25)[[*range(24), 0]]
    return oneway([(radius * np.cos(a), radius * np.sin(a)) for a in turn], name="", **told)


def arms(radius: float, *degrees: float) -> list[dict[str, Any]]:
    turns = [(np.cos(np.radians(d)), np.sin(np.radians(d))) for d in degrees]
    return [road([(radius * x, radius * y), (200 * x, 200 * y)]) for x, y in turns]


@pytest.mark.parametrize(("radius", "junction"), [(20.0, "roundabout"), (50.0, "circular"), (20.0, "")])
def test_a_roundabout_is_one_intersection_in_its_middle(radius: float, junction: str) -> None:
    made = fabric(ring(radius, junction=junction), *arms(radius, 0, 90, 180, 270))
    assert at(made) == [(0, 0)] and legs(made) == [4]
    assert lengths(made, DEAD_END) == pytest.approx([200] * 4)


def test_a_roundabout_of_two_arms_is_a_bend_and_of_one_a_dead_end() -> None:
    bend, end = (fabric(ring(15, junction="roundabout"), *arms(15, *d)) for d in ((0, 90), (0,)))
    assert bend.intersections.empty and lengths(bend, DEAD_END) == pytest.approx([400])
    assert end.intersections.empty and len(end.dead_ends) == 2 and lengths(end, DEAD_END) == pytest.approx([200])


def test_an_approach_that_splits_round_a_splitter_island_is_one_leg() -> None:
    """The west arm of a roundabout parts 40 m before it and meets it at two nodes."""
    a = np.radians(165)
    up, down = (20 * np.cos(a), 20 * np.sin(a)), (20 * np.cos(a), -20 * np.sin(a))
    made = fabric(
        ring(20, junction="roundabout"), *arms(20, 0, 90, 270), road([(-200, 0), (-60, 0)]),
        oneway([(-60, 0), down], name=""), oneway([up, (-60, 0)], name=""),
    )  # fmt: skip
    assert legs(made) == [4] and at(made)[0] == pytest.approx((0, 0), abs=0.5)


def test_a_side_street_that_parts_round_an_island_meets_the_road_once() -> None:
    """Its lanes meet the road 30 m apart: a triangle on the map, one intersection of three legs to people."""
    made = fabric(
        road([(-200, 0), (-15, 0), (15, 0), (200, 0)]), road([(0, 30), (0, 200)]),
        oneway([(0, 30), (-15, 0)], name=""), oneway([(15, 0), (0, 30)], name=""),
    )  # fmt: skip
    assert legs(made) == [3]


def test_turning_lanes_make_no_intersections() -> None:
    """A crossing with a lane for right turns in each corner, 30 m long on either street."""
    corners = [(30, 0, 0, 30), (0, 30, -30, 0), (-30, 0, 0, -30), (0, -30, 30, 0)]
    lanes = [oneway([(a, b), (c, d)], way="secondary_link", name="") for a, b, c, d in corners]
    stops = [-200, -30, 0, 30, 200]
    made = fabric(road([(x, 0) for x in stops]), road([(0, y) for y in stops]), *lanes)
    assert at(made) == [(0, 0)] and legs(made) == [4] and lengths(made, DEAD_END) == [200] * 4


def test_a_street_that_only_turning_lanes_reach_is_kept() -> None:
    made = fabric(
        oneway([(-200, 0), (-15, 0), (15, 0), (200, 0)]), road([(0, 30), (0, 200)]),
        *(oneway(lane, way="secondary_link", name="") for lane in ([(0, 30), (15, 0)], [(-15, 0), (0, 30)])),
    )  # fmt: skip
    assert legs(made) == [3] and len(made.dead_ends) == 3


@pytest.mark.parametrize(("apart", "count"), [(8.0, 1), (14.0, 2), (40.0, 2)])
def test_mouths_across_a_street_are_one_intersection_where_they_lie_in_one_another(apart: float, count: int) -> None:
    made = fabric(
        road([(-200, 0), (0, 0), (apart, 0), (200, 0)]), road([(0, 0), (0, 90)]), road([(apart, 0), (apart, -90)])
    )
    assert legs(made) == ([4] if count == 1 else [3, 3])


def test_near_streets_that_do_not_meet_are_not_joined() -> None:
    """Two crossings 6 m apart on parallel streets that nothing joins."""
    made = fabric(
        road([(-90, 0), (0, 0), (90, 0)]), road([(0, -90), (0, 0)]),
        road([(-90, 6), (0, 6), (90, 6)]), road([(0, 6), (0, 90)]),
    )  # fmt: skip
    assert at(made) == [(0, 0), (0, 6)] and legs(made) == [3, 3]


def test_a_ring_street_counts_twice_where_it_comes_back() -> None:
    around = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    made = fabric(road(around), road([(0, 0), (-90, 0)]))
    assert at(made) == [(0, 0)] and legs(made) == [3]
    assert lengths(made, LOOP) == [400] and lengths(made, DEAD_END) == [90] and lengths(made) == []


def test_a_ring_street_alone_has_no_intersection_and_no_end() -> None:
    made = fabric(road([(0, 0), (100, 0), (100, 100)]), road([(100, 100), (0, 100), (0, 0)]))
    assert made.intersections.empty and made.dead_ends.empty
    assert lengths(made, LOOP) == [400] and made.segments[["from_id", "to_id"]].to_numpy().tolist() == [["", ""]]


def test_a_turning_circle_is_the_end_of_a_cul_de_sac() -> None:
    made = fabric(
        *grid(100, 1),
        road([(0, 0), (-30, -30), (-60, -60)]),
        road([(-60, -60), (-80, -60), (-80, -80), (-60, -80), (-60, -60)]),
    )
    assert (-60, -60) not in at(made) and len(made.dead_ends) == 9


def test_a_cul_de_sac_is_a_dead_end_and_a_driveway_is_none() -> None:
    rows = [road([(-90, 0), (0, 0), (50, 0), (90, 0)]), road([(0, 0), (0, 40)]), road([(50, 0), (50, 12)])]
    made = fabric(*rows)
    assert at(made) == [(0, 0)] and len(made.dead_ends) == 3


def test_streets_that_leave_the_data_neither_end_nor_space() -> None:
    """The crossing at 0 counts with all its legs, that at 300 m lies outside."""
    rows = [
        road([(-200, 0), (0, 0), (300, 0), (400, 0)]),
        road([(0, -100), (0, 0), (0, 99.5)]),
        road([(300, 0), (300, 50)]),
    ]
    made = fabric(*rows, extent=shapely.box(X - 150, Y - 300, X + 150, Y + 100))
    assert at(made) == [(0, 0)] and legs(made) == [4]
    assert len(made.dead_ends) == 1 and lengths(made, DEAD_END) == [100]
    assert set(made.segments["between"]) == {DEAD_END, BORDER}


def path(line: XY, **told: Any) -> dict[str, Any]:
    return road(line, **{"kind": "path", "way": "footway", **told})


def test_footpaths_count_where_they_lead_through_and_only_when_asked() -> None:
    """Between two streets 200 m apart a path in the middle; another leads nowhere, a third is a pavement."""
    rows = [
        road([(-100, 0), (0, 0), (50, 0), (100, 0)]), road([(-100, 200), (0, 200), (50, 200), (100, 200)]),
        path([(0, 0), (0, 100), (0, 200)]), path([(0, 100), (40, 100)]), path([(40, 100), (60, 120)]),
        path([(50, 0), (50, 200)], kind="pavement"),
    ]  # fmt: skip
    assert fabric(*rows).intersections.empty
    made = fabric(*rows, footpaths=True)
    assert at(made) == [(0, 0), (0, 200)] and legs(made) == [3, 3] and lengths(made) == [200]
    assert made.segments.set_index("between").loc[SPACING, "kind"] == "path"


def test_a_footpath_that_ends_on_a_pavement_leads_to_its_street() -> None:
    rows = [
        road([(-100, 0), (100, 0)]), road([(-100, 200), (100, 200)]),
        path([(-100, 8), (0, 8), (100, 8)], kind="pavement"), path([(0, 8), (0, 192)]),
        path([(-100, 192), (0, 192), (100, 192)], kind="pavement"),
    ]  # fmt: skip
    made = fabric(*rows, footpaths=True)
    assert legs(made) == [3, 3] and lengths(made) == pytest.approx([192])
    assert fabric(*rows[:2], *rows[3:4], footpaths=True).intersections.empty


def test_a_street_ends_where_it_ends_though_a_long_path_goes_on_to_nowhere() -> None:
    rows = [road([(-100, 0), (0, 0), (100, 0)]), road([(0, 0), (0, 50)]), path([(0, 50), (0, 300)])]
    made = fabric(*rows, footpaths=True)
    assert legs(made) == [3] and lengths(made, DEAD_END) == [50, 100, 100]


def test_a_street_that_goes_on_as_a_path_ends_for_cars_only() -> None:
    rows = [*grid(100, 1), road([(100, 50), (60, 50)]), path([(60, 50), (0, 50)])]
    rows[1] = road([(-40, 100), (0, 100), (100, 100), (140, 100)])
    rows[2:4] = [road([(x, -40), (x, 0), (x, 50), (x, 100), (x, 140)]) for x in (0, 100)]
    assert len(fabric(*rows).dead_ends) == 9 and len(fabric(*rows, footpaths=True).dead_ends) == 8
    assert legs(fabric(*rows, footpaths=True)) == [3, 3, 4, 4, 4, 4]


@pytest.mark.parametrize("footpaths", [False, True])
def test_nothing_makes_nothing(footpaths: bool) -> None:
    made = fabric(footpaths=footpaths)
    assert made.intersections.empty and made.dead_ends.empty and made.segments.empty
    assert [*made.segments] == [*fabric(road([(0, 0), (90, 0)])).segments] and made.segments.crs == CRS


def test_one_street_alone() -> None:
    made = fabric(road([(0, 0), (90, 0)]))
    assert made.intersections.empty and len(made.dead_ends) == 2 and lengths(made, DEAD_END) == [90]


def test_the_order_of_the_streets_does_not_matter() -> None:
    rows = [{"street_id": f"w{i}", **row} for i, row in enumerate([*grid(60, 3), *crossing_of_dual_carriageways()])]
    one, other = fabric(*rows), fabric(*rows[::-1])
    for name in ("intersections", "dead_ends", "segments"):
        assert getattr(one, name).equals(getattr(other, name))
        ids = getattr(one, name).iloc[:, 0]
        assert ids.is_unique and ids.is_monotonic_increasing


lattice = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), min_size=1, max_size=50)


@given(lattice)
def test_random_lattices_against_networkx(edges: set[tuple[int, int, bool]]) -> None:
    """Streets of 50 m: legs are degrees, segments what is left once nodes of degree two are dissolved, one by one."""
    graph = nx.MultiGraph()
    rows = []
    for x, y, is_east in sorted(edges):
        ends = (x, y), (x + is_east, y + (not is_east))
        graph.add_edge(*ends, length=50.0)
        rows.append(road([(50 * a, 50 * b) for a, b in ends]))
    made = fabric(*rows)
    expected = {node: degree for node, degree in graph.degree if degree > 2}
    assert at(made) == sorted((50.0 * x, 50.0 * y) for x, y in expected) and legs(made) == sorted(expected.values())
    assert len(made.dead_ends) == sum(degree == 1 for _, degree in graph.degree)
    for node in [n for n, degree in graph.degree if degree == 2]:
        if len(set(graph.edges(node, keys=True))) == 1:
            continue
        (_, a, one), (_, b, other) = ((node, *e[1:]) for e in graph.edges(node, data="length"))
        graph.remove_node(node)
        graph.add_edge(a, b, length=one + other)
    assert sorted(made.segments["length_m"].round(6)) == sorted(length for *_, length in graph.edges(data="length"))
    loops = [length for a, b, length in graph.edges(data="length") if a == b]
    assert lengths(made, LOOP) == sorted(loops)
    assert made.segments["length_m"].sum() == pytest.approx(50 * len(edges))


@settings(max_examples=20)
@given(st.floats(0, 360))
def test_the_same_town_turned_by_any_angle(degrees: float) -> None:
    """A grid with a crossing of dual carriageways, and a roundabout beside it."""
    roundabout = [ring(20, junction="roundabout"), *arms(20, 0, 120, 240)]
    rows = [
        *crossing_of_dual_carriageways(), *grid(80, 2, stub=30),
        *({**row, "geometry": shapely.affinity.translate(row["geometry"], 800, 0)} for row in roundabout),
    ]  # fmt: skip
    turned = [{**row, "geometry": shapely.affinity.rotate(row["geometry"], degrees, origin=(X, Y))} for row in rows]
    one, other = fabric(*rows), fabric(*turned)
    assert legs(one) == legs(other) and len(one.dead_ends) == len(other.dead_ends)
    assert lengths(one) == pytest.approx(lengths(other), abs=0.2)
