"""Streets cut into edges by hand, their lengths kept whatever the streets, and points snapped to the nearest edge."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geokehila.network import FRAGMENT_M, MAINLAND, StreetNetwork, build, snap
from geokehila.schema import ISRAEL_TM

Way = list[tuple[float, float]]


def streets(*ways: Way) -> gpd.GeoDataFrame:
    columns = {"street_id": [f"w{i}" for i in range(len(ways))], "part": 0, "way": "residential"}
    frame = pd.DataFrame(columns).assign(bridge=False, tunnel=False)
    return gpd.GeoDataFrame(frame, geometry=[LineString(way) for way in ways], crs=ISRAEL_TM)


def points(*xy: tuple[float, float]) -> gpd.GeoSeries:
    return gpd.GeoSeries([Point(p) for p in xy], index=[f"n{i}" for i in range(len(xy))], crs=ISRAEL_TM)


def degrees(network: StreetNetwork) -> list[int]:
    return sorted(np.bincount(np.concatenate([network.tail, network.head]), minlength=network.nodes_count).tolist())


LONG = [(0.0, 0.0), (1000.0, 0.0)]


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
    whole = StreetNetwork(network.lines, network.tail, network.head, network.length_m, np.zeros_like(network.component))
    nearest = [min((line.distance(Point(xy)) for line in whole.lines), default=np.nan) for xy in at]
    expected = [m if m <= 60 and whole.length_m.sum() >= 300 else np.nan for m in nearest]
    np.testing.assert_equal(snap(points(*at), "origin", whole, 60)["off_network_m"].tolist(), expected)


def test_a_snap_is_not_sure_where_a_nearer_way_may_lie_beyond_the_data() -> None:
    extent, network = box(-100, -50, 1100, 60), build(streets(LONG))
    found = snap(points((500, 40), (500, 30), (500, 20), (500, 70)), "origin", network, 150, extent)
    # The border is 20, 30 and 40 m away, the street 40, 30 and 20; the last point is outside.
    assert found["status"].tolist() == ["edge", "snapped", "snapped", "edge"]
    assert found["off_network_m"].tolist() == [40, 30, 20, 70], "it is snapped all the same"


@pytest.mark.parametrize(("end", "status"), [(50, "snapped"), (60, "edge"), (90, "edge")])
def test_an_island_that_leads_out_of_the_data_may_be_none(end: float, status: str) -> None:
    network = build(streets(LONG, [(500, 30), (500, 40)], [(500, 40), (500, end)]))
    # 17 m from the long street, 13 from the island's near street and 23 from the one that may lead out.
    found = snap(points((500, 17)), "gate", network, 150, box(-100, -50, 1100, 60))
    assert found["status"].tolist() == [status] and found["off_network_m"].tolist() == [17]


def test_costs_are_lengths_over_the_speed_in_both_directions() -> None:
    network = build(streets([(0, 0), (130, 0)], [(130, 0), (130, 390)]))
    walker = network.for_walker(1.3)
    assert walker.forward_s.tolist() == pytest.approx([100, 300]) == walker.backward_s.tolist()


def test_a_snapped_point_costs_its_share_of_the_edge_and_the_way_to_it() -> None:
    network = build(streets(LONG))
    taken = network.points(snap(points((250, 26), (0, 999)), "origin", network, 150), 1.25)
    assert taken.edge.tolist() == [0, -1]
    assert (taken.forward_s[0], taken.backward_s[0]) == pytest.approx((200, 600))
    assert taken.off_s.tolist() == [pytest.approx(26 / 1.25), np.inf]


def test_no_streets_make_an_empty_network_to_which_nothing_is_snapped() -> None:
    network = build(streets())
    assert network.nodes_count == 0 and network.facts()["street_km"] == 0
    found = snap(points((0, 0)), "origin", network, 150)
    assert found["status"].tolist() == ["unconnected"]
    assert network.points(found, 1.3).off_s.tolist() == [np.inf]


def test_a_street_that_stands_still_is_an_edge_of_no_length() -> None:
    network = build(streets(LONG, [(1000, 0), (1000, 0)]))
    assert sorted(network.length_m.tolist()) == [0, 1000]
    found = snap(points((1100, 0)), "origin", network, 150)
    taken = network.points(found, 1.0)
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
