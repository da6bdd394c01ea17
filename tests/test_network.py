"""Streets cut into edges by hand, their lengths kept whatever the streets, and points snapped to the nearest edge."""

from dataclasses import replace

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geokehila.catalogue import Profile
from geokehila.network import FRAGMENT_M, MAINLAND, Nearest, StreetNetwork, Walker, build, slopes, snap
from geokehila.schema import ISRAEL_TM

Way = list[tuple[float, float]]


def streets(*ways: Way, kinds: list[str] | str = "residential") -> gpd.GeoDataFrame:
    columns = {"street_id": [f"w{i}" for i in range(len(ways))], "part": 0, "way": kinds}
    frame = pd.DataFrame(columns).assign(bridge=False, tunnel=False)
    return gpd.GeoDataFrame(frame, geometry=[LineString(way) for way in ways], crs=ISRAEL_TM)


def points(*xy: tuple[float, float]) -> gpd.GeoSeries:
    return gpd.GeoSeries([Point(p) for p in xy], index=[f"n{i}" for i in range(len(xy))], crs=ISRAEL_TM)


def flat(network: StreetNetwork, speed_m_s: float) -> Walker:
    edges = len(network.tail)
    level = slopes(network.lines, np.zeros(edges, bool), np.full(edges, np.nan), None)
    who = Profile("someone", {"en": "someone"}, speed_m_s, "test", "test")
    return Walker.on(network, level, np.zeros(edges, bool), who)


def degrees(network: StreetNetwork) -> list[int]:
    return sorted(np.bincount(np.concatenate([network.tail, network.head]), minlength=network.nodes_count).tolist())


LONG = [(0.0, 0.0), (1000.0, 0.0)]
#: Long enough to be no fragment.
MAIN = [(0.0, 0.0), (6000.0, 0.0)]


@pytest.mark.parametrize(
    ("ways", "edges", "ends_at_nodes"),
    [
        # A T: the long street is cut where the short one ends at one of its vertices.
        ([[(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 30)]], [30, 50, 50], [1, 1, 1, 3]),
        # A bend is no junction.
        ([[(0, 0), (50, 0), (50, 50)]], [100], [1, 1]),
        # A crossing of four legs.
        ([[(0, 0), (50, 0), (100, 0)], [(50, -20), (50, 0), (50, 30)]], [20, 30, 50, 50], [1, 1, 1, 1, 4]),
        # A bridge: lines that cross without a shared vertex do not meet.
        ([[(0, 0), (100, 0)], [(50, -20), (50, 30)]], [50, 100], [1, 1, 1, 1]),
        # An end that touches another street between its vertices does not meet it either.
        ([[(0, 0), (100, 0)], [(50, 0), (50, 30)]], [30, 100], [1, 1, 1, 1]),
        # A ring is one edge from a node to itself.
        ([[(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]], [40], [2]),
        # A way that comes back to a vertex of its own is cut there: stem and loop (a lasso).
        ([[(0, 0), (10, 0), (20, 0), (20, 10), (10, 10), (10, 0)]], [10, 40], [1, 3]),
        # A way drawn twice is two edges between its ends, cut at every shared vertex.
        ([[(0, 0), (50, 0), (100, 0)], [(0, 0), (50, 0), (100, 0)]], [50, 50, 50, 50], [2, 2, 4]),
        # Two ways that only share an end are joined there.
        ([[(0, 0), (50, 0)], [(50, 0), (120, 0)]], [50, 70], [1, 1, 2]),
    ],
)
def test_streets_are_cut_where_they_share_a_point(
    ways: list[Way], edges: list[float], ends_at_nodes: list[int]
) -> None:
    network = build(streets(*ways))
    assert sorted(network.length_m.tolist()) == edges
    assert degrees(network) == ends_at_nodes


@st.composite
def towns(draw: st.DrawFn) -> gpd.GeoDataFrame:
    """Streets over a small lattice, so that they share points, touch themselves, repeat and stand still."""
    at = st.tuples(st.integers(0, 3), st.integers(0, 3))
    ways = draw(st.lists(st.lists(at, min_size=2, max_size=6), max_size=6))
    return streets(*[[(100.0 * x, 100.0 * y) for x, y in way] for way in ways])


@given(towns())
def test_no_metre_is_lost_and_every_end_lies_where_its_edge_ends(town: gpd.GeoDataFrame) -> None:
    network = build(town)
    assert network.length_m.sum() == pytest.approx(town.length.sum())
    assert shapely.length(network.lines).sum() == pytest.approx(town.length.sum())
    where: dict[int, tuple[float, float]] = {}
    for line, tail, head in zip(network.lines, network.tail.tolist(), network.head.tolist(), strict=True):
        first, *_, last = line.coords
        assert where.setdefault(tail, first) == first and where.setdefault(head, last) == last
    assert len(set(where.values())) == len(where) == network.nodes_count


@given(towns())
def test_components_are_what_a_walker_can_reach(town: gpd.GeoDataFrame) -> None:
    network = build(town)
    ends = list(zip(network.tail.tolist(), network.head.tolist(), strict=True))
    label = list(range(network.nodes_count))
    for _ in label:
        for a, b in ends:
            label[a] = label[b] = min(label[a], label[b])
    for (a, _), mine in zip(ends, network.component.tolist(), strict=True):
        for (b, _), other in zip(ends, network.component.tolist(), strict=True):
            assert (label[a] == label[b]) == (mine == other)
    lengths = np.bincount(network.component, weights=network.length_m)
    assert (np.diff(lengths) <= 1e-9).all(), "component 0 is the longest"


def test_facts_of_a_street_and_an_island() -> None:
    facts = build(streets(LONG, [(0, 500), (200, 500)])).facts()
    assert facts == {
        "nodes": 4,
        "edges": 2,
        "street_km": 1.2,
        "components": 2,
        "islands": 1,
        "fragments": 0,
        "longest_component_share": pytest.approx(1000 / 1200, abs=1e-6),
    }


def test_points_go_to_the_nearest_edge_not_the_nearest_node() -> None:
    # 10 m from the middle of a street of 1 km, and 400 m from the nearest node, which is another street's.
    network = build(streets(LONG, [(500, 410), (900, 410)]))
    found = snap(points((500, 10)), "origin", network, 150).iloc[0]
    assert found["edge"] == 0 and found["offset_share"] == 0.5 and found["off_network_m"] == 10
    assert found["status"] == "snapped"


def test_nothing_is_snapped_to_an_island() -> None:
    network = build(streets([(0, 10), (299, 10)], LONG))
    found = snap(points((100, 20)), "origin", network, 150).iloc[0]
    assert network.length_m[found["edge"]] == 1000 and found["off_network_m"] == 20


def test_three_hundred_metres_of_street_are_no_island() -> None:
    network = build(streets([(0, 10), (200, 10), (200, 110)], LONG))
    assert snap(points((100, 20)), "origin", network, 150)["off_network_m"].tolist() == [10]


def test_the_cap_is_inclusive_and_beyond_it_a_point_is_unconnected() -> None:
    found = snap(points((500, 150), (500, 150.01)), "gate", build(streets(LONG)), 150)
    assert found["status"].tolist() == ["snapped", "unconnected"]
    assert found["edge"].tolist() == [0, -1]
    assert found.loc[1, ["offset_share", "off_network_m"]].isna().all()


@given(st.permutations([LONG, [(0.0, 100.0), (1000.0, 100.0)], [(0.0, 0.0), (0.0, 100.0)]]))
def test_of_equally_near_edges_the_first_is_taken(ways: list[Way]) -> None:
    network = build(streets(*ways))
    found = snap(points((50, 50)), "origin", network, 150).iloc[0]
    assert found["edge"] == min(np.flatnonzero(shapely.distance(network.lines, Point(50, 50)) == 50))


def town_of(rows: int) -> list[Way]:
    """Streets of 1 km, 100 m apart, joined at their west ends: rows km and rows - 1 times 100 m of street in all."""
    return [[(0, 100 * y), (1000, 100 * y)] for y in range(rows)] + [[(0, 100 * y) for y in range(rows)]]


@pytest.mark.parametrize(
    ("cap_m", "off_m", "status"),
    # With a cap of less than 25 m nothing but the pavement is at hand: it is kept.
    [(150, 25, "snapped"), (25, 25, "snapped"), (24.9, 10, "snapped"), (5, np.nan, "unconnected")],
)
def test_a_home_beside_a_detached_pavement_is_led_to_the_street(cap_m: float, off_m: float, status: str) -> None:
    # 6.5 km of street up to y = 500; the home is 25 m north of it, a pavement of 400 m another 10 m.
    network = build(streets([(100, 535), (500, 535)], *town_of(6)))
    assert network.facts()["fragments"] == 1 and network.facts()["islands"] == 0
    found = snap(points((300, 525)), "origin", network, cap_m)
    np.testing.assert_equal(found["off_network_m"].tolist(), [off_m])
    assert found["status"].tolist() == [status]


@pytest.mark.parametrize(("metres", "off_m"), [(430, 25), (431, 10)])
def test_a_component_is_a_fragment_beside_one_ten_times_as_long(metres: float, off_m: float) -> None:
    network = build(streets(*town_of(4), [(0, 335), (metres, 335)]))  # 4.3 km of street up to y = 300
    assert snap(points((300, 325)), "origin", network, 150)["off_network_m"].tolist() == [off_m]
    assert network.facts()["fragments"] == (metres == 430)


@pytest.mark.parametrize(("metres", "off_m"), [(FRAGMENT_M - 1, 25), (FRAGMENT_M, 10)])
def test_five_kilometres_of_street_are_no_fragment(metres: float, off_m: float) -> None:
    network = build(streets([(0, 0), (60_000, 0)], [(0, 35), (metres, 35)]))
    assert snap(points((300, 25)), "origin", network, 150)["off_network_m"].tolist() == [off_m]


def test_one_is_led_past_a_fragment_beside_a_longer_fragment() -> None:
    network = build(streets([(0, 0), (50_000, 0)], [(0, 30), (4000, 30)], [(0, 50), (400, 50)]))
    assert snap(points((200, 60)), "origin", network, 150)["off_network_m"].tolist() == pytest.approx([60])
    assert snap(points((200, 60)), "origin", network, 40)["off_network_m"].tolist() == pytest.approx([30])


def test_short_pieces_are_fragments_unless_they_are_the_longest_or_end_with_the_data() -> None:
    net = build(streets([(0, 0), (9000, 0)], [(0, 500), (5000, 500)], [(0, 900), (4999, 900)]))
    assert net.is_fragment(box(-1, -1, 9001, 1000)).tolist() == [False, False, True]
    assert not net.is_fragment(box(0, -1, 9001, 1000)).any(), "it leaves the data in the west, and may be longer there"
    assert not build(streets([(0, 0), (400, 0)])).is_fragment(box(-1, -1, 9001, 1000)).any()


def test_a_fragment_that_leads_out_of_the_data_may_be_none() -> None:
    network = build(streets([(100, 535), (600, 535)], *town_of(6)))
    found = snap(points((300, 525), (100, 525)), "gate", network, 150, box(-100, -100, 550, 900))
    assert found["off_network_m"].tolist() == [25, 25] and found["status"].tolist() == ["edge", "edge"]


@given(towns(), st.lists(st.tuples(st.integers(-20, 320), st.integers(-20, 320)), max_size=5))
def test_snaps_are_the_nearest_of_all_edges_tried_one_by_one(town: gpd.GeoDataFrame, at: list[tuple[int, int]]) -> None:
    network = build(town)
    length = np.bincount(network.component, weights=network.length_m)
    for i, found in snap(points(*at), "origin", network, 60).iterrows():
        here = Point(at[int(str(i))])
        metres = [length[k] for k in network.component]
        near = [(line.distance(here), e) for e, line in enumerate(network.lines) if metres[e] >= 300]
        best: tuple[float, int] = (np.nan, -1)
        allowed = [pair for pair in near if pair[0] <= 60]
        while allowed:
            best = min(allowed)
            here_m = metres[best[1]]
            allowed = [pair for pair in allowed if here_m < FRAGMENT_M and metres[pair[1]] >= MAINLAND * here_m]
        assert found["edge"] == best[1]
        np.testing.assert_equal(found["off_network_m"], best[0])


@given(towns(), st.lists(st.tuples(st.integers(-20, 320), st.integers(-20, 320)), max_size=5))
def test_where_all_streets_are_joined_the_nearest_is_always_taken(
    town: gpd.GeoDataFrame, at: list[tuple[int, int]]
) -> None:
    network = build(town)
    whole = replace(network, component=np.zeros_like(network.component))
    nearest = [min((line.distance(Point(xy)) for line in whole.lines), default=np.nan) for xy in at]
    expected = [m if m <= 60 and whole.length_m.sum() >= 300 else np.nan for m in nearest]
    np.testing.assert_equal(snap(points(*at), "origin", whole, 60)["off_network_m"].tolist(), expected)


@given(towns(), st.lists(st.tuples(st.integers(-20, 320), st.integers(-20, 320)), max_size=5), st.integers(0, 2**32))
def test_what_is_nearest_of_all_streets_need_not_be_looked_for_again(
    town: gpd.GeoDataFrame, at: list[tuple[int, int]], seed: int
) -> None:
    network = build(town)
    closed = np.random.default_rng(seed).random(len(network.lines)) < 0.3
    open_ways, known = network.open_to(closed, kerbs=False), Nearest.of(points(*at), network, 60)
    told = snap(points(*at), "origin", open_ways, 60, known=known.among(np.flatnonzero(~closed)))
    pd.testing.assert_frame_equal(told, snap(points(*at), "origin", open_ways, 60))


def test_a_snap_is_not_sure_where_a_nearer_way_may_lie_beyond_the_data() -> None:
    extent, network = box(-100, -50, 6100, 60), build(streets(MAIN))
    found = snap(points((500, 40), (500, 30), (500, 20), (500, 70)), "origin", network, 150, extent)
    # The border is 20, 30 and 40 m away, the street 40, 30 and 20; the last point is outside.
    assert found["status"].tolist() == ["edge", "snapped", "snapped", "edge"]
    assert found["off_network_m"].tolist() == [40, 30, 20, 70], "it is snapped all the same"


@pytest.mark.parametrize(("end", "status"), [(50, "snapped"), (60, "edge"), (90, "edge")])
def test_an_island_that_leads_out_of_the_data_may_be_none(end: float, status: str) -> None:
    network = build(streets(MAIN, [(500, 30), (500, 40)], [(500, 40), (500, end)]))
    # 17 m from the long street, 13 from the island's near street and 23 from the one that may lead out.
    found = snap(points((500, 17)), "gate", network, 150, box(-100, -50, 6100, 60))
    assert found["status"].tolist() == [status] and found["off_network_m"].tolist() == [17]


@pytest.mark.parametrize(
    ("end", "status"),
    [
        # Beside a pavement of 400 m a street of 900 m that runs out of the data: it may be ten times as long behind.
        (1000, "edge"),
        # One that ends inside is what it is, and stays passed by.
        (900, "snapped"),
    ],
)
def test_a_fragment_may_be_passed_by_where_a_street_beside_it_leads_out(end: float, status: str) -> None:
    network = build(streets([(300, 10), (700, 10)], [(100, -25), (end, -25)]))
    found = snap(points((500, 0)), "origin", network, 150, box(-1000, -1000, 1000, 1000))
    assert found["off_network_m"].tolist() == [10] and found["status"].tolist() == [status]


def test_costs_are_lengths_over_the_speed_in_both_directions() -> None:
    walker = flat(build(streets([(0, 0), (130, 0)], [(130, 0), (130, 390)])), 1.3).network
    assert walker.forward_s.tolist() == pytest.approx([100, 300]) == walker.backward_s.tolist()


def test_a_snapped_point_costs_its_share_of_the_edge_and_the_way_to_it() -> None:
    network = build(streets(LONG))
    taken = flat(network, 1.25).points(snap(points((250, 26), (0, 999)), "origin", network, 150))
    assert taken.edge.tolist() == [0, -1]
    assert (taken.forward_s[0], taken.backward_s[0]) == pytest.approx((200, 600))
    assert taken.off_s.tolist() == [pytest.approx(26 / 1.25), np.inf]


def test_no_streets_make_an_empty_network_to_which_nothing_is_snapped() -> None:
    network = build(streets())
    assert network.nodes_count == 0 and network.facts()["street_km"] == 0
    found = snap(points((0, 0)), "origin", network, 150)
    assert found["status"].tolist() == ["unconnected"]
    walker = flat(network, 1.3)
    assert walker.points(found).off_s.tolist() == [np.inf] and walker.network.nodes_count == 0


def test_a_street_that_stands_still_is_an_edge_of_no_length() -> None:
    network = build(streets(LONG, [(1000, 0), (1000, 0)]))
    assert sorted(network.length_m.tolist()) == [0, 1000]
    found = snap(points((1100, 0)), "origin", network, 150)
    taken = flat(network, 1.0).points(found)
    ahead = network.length_m[taken.edge] - taken.forward_s
    assert found["off_network_m"].tolist() == [100]
    assert ahead.tolist() == [0] or taken.forward_s.tolist() == [0], "the point is at the end that the streets share"


def test_near_nodes_have_near_numbers() -> None:
    # A lattice of 16 x 16 corners is numbered as the curve goes: always to a corner next to the last.
    line = [100.0 * i for i in range(16)]
    network = build(streets(*[[(x, y) for x in line] for y in line], *[[(x, y) for y in line] for x in line]))
    xy = np.empty((network.nodes_count, 2))
    for edge, (tail, head) in enumerate(zip(network.tail, network.head, strict=True)):
        xy[tail], xy[head] = network.lines[edge].coords[0], network.lines[edge].coords[-1]
    assert len(xy) == 256 and (np.abs(np.diff(xy, axis=0)).sum(axis=1) == 100).all()


# Who can use what ----------------------------------------------------------------------------------------------------


def kerbs(*xy: tuple[float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[Point(p) for p in xy], crs=ISRAEL_TM)


def walk_m(network: StreetNetwork, start: tuple[float, float], end: tuple[float, float]) -> float:
    """[m] Walk between two places where edges end, from whichever node there; infinite: no way."""
    graph, at = nx.MultiGraph(), dict[tuple[float, float], set[int]]()
    for line, tail, head, metres in zip(network.lines, network.tail, network.head, network.length_m, strict=True):
        graph.add_edge(int(tail), int(head), weight=metres)
        at.setdefault(line.coords[0], set()).add(int(tail))
        at.setdefault(line.coords[-1], set()).add(int(head))
    if not (start in at and end in at):
        return np.inf
    walks = nx.multi_source_dijkstra_path_length(graph, at[start])
    return min((walks[node] for node in at[end] if node in walks), default=np.inf)


def none_closed(network: StreetNetwork) -> np.ndarray:
    return np.zeros(len(network.tail), bool)


PAVEMENT = [(0.0, 0.0), (40.0, 0.0), (100.0, 0.0)]


def test_a_kerb_in_the_middle_of_a_pavement_cuts_it_and_stops_whom_kerbs_stop() -> None:
    network = build(streets(PAVEMENT, kinds="footway"), kerbs((40, 0)))
    assert sorted(network.length_m.tolist()) == [40, 60]
    assert network.kerb_at_head.tolist() == (network.length_m == 40).tolist()
    assert network.kerb_at_tail.tolist() == (network.length_m == 60).tolist()
    adult, wheels = (network.open_to(none_closed(network), stops) for stops in (False, True))
    assert (walk_m(adult, (0, 0), (100, 0)), walk_m(wheels, (0, 0), (100, 0))) == (100, np.inf)
    assert (walk_m(wheels, (0, 0), (40, 0)), walk_m(wheels, (40, 0), (100, 0))) == (40, 60)
    assert (adult.facts()["components"], wheels.facts()["components"]) == (1, 2)
    assert (adult.nodes_count, wheels.nodes_count) == (3, 4)
    assert wheels.length_m[wheels.component == 0].tolist() == [60]


def test_a_kerb_at_the_joint_of_two_pavements_stops_wheels_and_one_beside_it_nobody() -> None:
    halves = streets(PAVEMENT[:2], PAVEMENT[1:], kinds="path")
    for at, metres in (((40, 0), np.inf), ((40, 0.5), 100)):
        network = build(halves, kerbs(at))
        assert walk_m(network.open_to(none_closed(network), True), (0, 0), (100, 0)) == metres
        assert walk_m(network.open_to(none_closed(network), False), (0, 0), (100, 0)) == 100


def test_at_a_kerb_on_a_crossing_the_road_stays_joined_and_the_pavements_are_not() -> None:
    ways: list[Way] = [[(0, 50), (50, 50), (100, 50)], [(50, 0), (50, 50)], [(50, 50), (50, 100)]]
    network = build(streets(*ways, kinds=["residential", "footway", "footway"]), kerbs((50, 50)))
    wheels = network.open_to(none_closed(network), True)
    assert walk_m(wheels, (0, 50), (100, 50)) == 100
    assert walk_m(wheels, (50, 0), (50, 100)) == np.inf == walk_m(wheels, (50, 0), (100, 50))
    assert walk_m(network, (50, 0), (50, 100)) == 100 == walk_m(network, (50, 0), (100, 50))


def test_a_kerb_on_a_road_is_none() -> None:
    assert build(streets(PAVEMENT), kerbs((40, 0))).length_m.tolist() == [100]


def test_each_edge_knows_the_street_that_it_is_a_part_of_also_where_others_are_closed() -> None:
    ways: list[Way] = [[(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 30)], [(0, 0), (0, 9)]]
    network = build(streets(*ways))
    assert sorted(zip(network.street.tolist(), network.length_m.tolist(), strict=True)) == [
        (0, 50), (0, 50), (1, 30), (2, 9),
    ]  # fmt: skip
    rest = network.open_to(network.street == 0, False)
    assert sorted(zip(rest.street.tolist(), rest.length_m.tolist(), strict=True)) == [(1, 30), (2, 9)]
    assert shapely.length(rest.lines).tolist() == rest.length_m.tolist()
    assert rest.facts()["components"] == 2 and rest.nodes_count == 4


def test_who_can_use_nothing_has_an_empty_network() -> None:
    network = build(streets(LONG))
    nothing = network.open_to(np.ones(1, bool), True)
    assert nothing.nodes_count == 0 and len(nothing.lines) == 0 and nothing.facts()["street_km"] == 0


corner = st.tuples(st.integers(0, 3), st.integers(0, 3))


@st.composite
def towns_with_kerbs(draw: st.DrawFn) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    town = draw(towns())
    kinds = draw(st.lists(st.sampled_from(["footway", "residential"]), min_size=len(town), max_size=len(town)))
    return town.assign(way=kinds), kerbs(*((100.0 * x, 100.0 * y) for x, y in draw(st.sets(corner, max_size=4))))


@given(towns_with_kerbs())
def test_kerbs_change_no_walk_of_those_whom_they_do_not_stop(drawn: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]) -> None:
    town, raised = drawn
    plain, network = build(town), build(town, raised)
    open_to_all = network.open_to(none_closed(network), False)
    for name in ("tail", "head", "length_m", "component", "street", "kerb_at_tail", "kerb_at_head"):
        np.testing.assert_array_equal(getattr(open_to_all, name), getattr(network, name))
    assert network.length_m.sum() == pytest.approx(plain.length_m.sum())
    ends = {line.coords[i] for line in plain.lines for i in (0, -1)}
    for start in sorted(ends)[:3]:
        for end in sorted(ends):
            assert walk_m(network, start, end) == pytest.approx(walk_m(plain, start, end))


@given(towns_with_kerbs(), st.data())
def test_who_can_use_less_never_walks_less(
    drawn: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame], data: st.DataObject
) -> None:
    network = build(*drawn)
    edges = len(network.tail)
    closed, more = (np.array(data.draw(st.lists(st.booleans(), min_size=edges, max_size=edges)), bool) for _ in "ab")
    some, fewer = network.open_to(closed, False), network.open_to(closed | more, True)
    assert fewer.street.tolist() == network.street[~(closed | more)].tolist()
    places = sorted({line.coords[i] for line in network.lines for i in (0, -1)})[:5]
    for start in places:
        for end in places:
            assert walk_m(fewer, start, end) >= walk_m(some, start, end) - 1e-9
    every = {int(node) for ends in (fewer.tail, fewer.head) for node in ends}
    assert every == {*range(fewer.nodes_count)}
    assert (np.diff(np.bincount(fewer.component, weights=fewer.length_m)) <= 1e-9).all()
