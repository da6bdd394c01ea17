"""The engine against networkx, on random networks with loops, parallel edges, islands and points on one edge."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geokehila.errors import RunError
from geokehila.reach import Group, Network, Points, counts, nearest


@st.composite
def problems(draw: st.DrawFn) -> tuple[Network, Points, Points, Group]:
    """Small directed networks whose costs are whole quarter seconds, so that sums are exact."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes, edges = draw(st.integers(1, 8)), draw(st.integers(1, 14))
    ends = rng.integers(0, nodes, (2, edges))
    network = Network(nodes, ends[0], ends[1], *(rng.integers(0, 40, (2, edges)) * 4.0))
    gates, facilities, categories = draw(st.integers(0, 7)), draw(st.integers(1, 4)), 2
    group = Group(rng.integers(0, facilities, gates), rng.random((facilities, categories)) < 0.6)
    return network, points(rng, network, draw(st.integers(0, 6))), points(rng, network, gates), group


def points(rng: np.random.Generator, network: Network, count: int) -> Points:
    edge = rng.integers(-1, len(network.tail), count)
    share = rng.integers(0, 5, count) / 4
    forward, backward = network.forward_s[edge] * share, network.backward_s[edge] * (1 - share)
    return Points(edge, forward, backward, rng.integers(0, 3, count) * 1.0)


def oracle(network: Network, origins: Points, places: Points) -> np.ndarray:
    """Walk [s] from each origin to each place by networkx: every point becomes a node that cuts its edge."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.nodes_count))
    everyone = [("o", origins, i) for i in range(len(origins))] + [("p", places, i) for i in range(len(places))]
    for edge in range(len(network.tail)):
        on = [(ps.forward_s[i], ps.backward_s[i], (kind, i)) for kind, ps, i in everyone if ps.edge[i] == edge]
        ends = [
            (0.0, network.backward_s[edge], int(network.tail[edge])),
            (network.forward_s[edge], 0.0, int(network.head[edge])),
        ]
        chain = [ends[0], *sorted(on, key=lambda p: (p[0], -p[1], str(p[2]))), ends[1]]
        for (f1, b1, a), (f2, b2, b) in zip(chain, chain[1:], strict=False):
            graph.add_edge(a, b, s=f2 - f1)
            graph.add_edge(b, a, s=b1 - b2)
    walk = np.full((len(origins), len(places)), np.inf)
    for i in np.flatnonzero(origins.edge >= 0):
        from_here = nx.single_source_dijkstra_path_length(graph, ("o", int(i)), weight="s")
        for j in np.flatnonzero(places.edge >= 0):
            walk[i, j] = from_here.get(("p", int(j)), np.inf) + origins.off_s[i] + places.off_s[j]
    return walk


@settings(max_examples=300, deadline=None)
@given(problems())
def test_nearest_equals_networkx(problem: tuple[Network, Points, Points, Group]) -> None:
    network, origins, places, group = problem
    walk = oracle(network, origins, places)
    found_s, facility = nearest(network, origins, places, group, limit_s=100.0)
    for category in range(group.categories.shape[1]):
        members = group.categories[group.facility, category]
        expected = walk[:, members].min(axis=1, initial=np.inf)
        expected = np.where(expected <= 100, expected, np.nan)
        np.testing.assert_array_equal(found_s[:, category], expected)
        for o in np.flatnonzero(~np.isnan(expected)):
            own = walk[o, members & (group.facility == facility[o, category])]
            assert own.min() == expected[o]


@settings(max_examples=300, deadline=None)
@given(problems())
def test_counts_equal_networkx(problem: tuple[Network, Points, Points, Group]) -> None:
    network, origins, places, group = problem
    walk = oracle(network, origins, places)
    cutoffs = (0.0, 40.0, 100.0)
    found = counts(network, origins, places, group, cutoffs)
    for f in range(len(group.categories)):
        own = walk[:, group.facility == f].min(axis=1, initial=np.inf)
        for k, cutoff in enumerate(cutoffs):
            found[:, k] -= (own <= cutoff)[:, None] & group.categories[f]
    assert not found.any()


@settings(max_examples=50, deadline=None)
@given(problems(), st.randoms())
def test_renumbering_the_nodes_changes_nothing(problem: tuple[Network, Points, Points, Group], random: object) -> None:
    network, origins, places, group = problem
    new = np.arange(network.nodes_count)
    random.shuffle(new)  # type: ignore[attr-defined]
    renumbered = Network(
        network.nodes_count, new[network.tail], new[network.head], network.forward_s, network.backward_s
    )
    before, after = (nearest(n, origins, places, group, 900)[0] for n in (network, renumbered))
    np.testing.assert_array_equal(before, after)


def street(seconds: float) -> Network:
    return Network(2, np.array([0]), np.array([1]), np.array([seconds]), np.array([seconds]))


def at(*seconds: float, of: float = 100.0) -> Points:
    forward = np.array(seconds)
    return Points(np.zeros(len(forward), int), forward, of - forward, np.zeros(len(forward)))


def test_uphill_and_downhill_differ_on_one_edge() -> None:
    slope = Network(2, np.array([0]), np.array([1]), np.array([100.0]), np.array([60.0]))
    low, high = (
        Points(np.array([0]), np.array([f]), np.array([b]), np.zeros(1)) for f, b in ((25.0, 45.0), (75.0, 15.0))
    )
    group = Group(np.array([0]), np.array([[True]]))
    assert nearest(slope, low, high, group, 900)[0].item() == 50
    assert nearest(slope, high, low, group, 900)[0].item() == 30


def test_cutoff_is_inclusive_and_many_gates_count_once() -> None:
    group = Group(np.array([0, 0, 1]), np.array([[True], [True]]))
    found = counts(street(100), at(0), at(30, 60, 90), group, (29.0, 30.0, 90.0))
    assert found[0, :, 0].tolist() == [0, 1, 2]


def test_without_places_or_origins_nothing_is_found() -> None:
    group = Group(np.empty(0, int), np.zeros((1, 2), bool))
    walk_s, facility = nearest(street(100), at(50), at(), group, 900)
    assert np.isnan(walk_s).all() and (facility == -1).all()
    assert counts(street(100), at(), at(), group, (60.0,)).shape == (0, 1, 2)


def test_a_point_off_the_network_is_refused() -> None:
    with pytest.raises(RunError, match="edge 7 of 1"):
        nearest(
            street(1),
            Points(np.array([7]), *np.zeros((3, 1))),
            at(),
            Group(np.empty(0, int), np.zeros((0, 1), bool)),
            9,
        )
