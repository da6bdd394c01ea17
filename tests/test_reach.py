"""The engine's answers in whole ticks against a plain Dijkstra, compiled and by scipy, on random networks."""

import dataclasses
import os
import subprocess
import sys
from math import inf
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from walks import Problem, arcs_of, dijkstra, engine, oracle, problems, ticks

from geokehila.errors import RunError, StudyError
from geokehila.reach import (
    Decay,
    Group,
    Network,
    Points,
    counts,
    k_nearest,
    nearest,
    notice,
    od,
    path,
    pedshed,
    prepare,
    sweep,
)
from geokehila.reach.placed import ready

ENGINES = ("numba", "scipy")
CUTOFFS_S = (100.0, 0.0, 37.3, 600.0)
DIRECTIONS = st.sampled_from(["to", "from"])


@settings(max_examples=300)
@given(problems(), DIRECTIONS)
def test_nearest_equals_a_plain_dijkstra(problem: Problem, direction: str) -> None:
    to_facility, categories = facility_walks(problem, direction), problem.group.categories.shape[1]
    for name in ENGINES:
        with engine(name):
            found_s, facility = nearest(
                problem.network, problem.origins, problem.places, problem.group, 100.0, direction=direction
            )
        for category in range(categories):
            own = np.where(problem.group.categories[:, category], to_facility, inf)
            least = own.min(axis=1, initial=inf)
            within = least <= 1600
            np.testing.assert_array_equal(found_s[:, category], np.where(within, least / 16, np.nan), name)
            np.testing.assert_array_equal(facility[:, category], np.where(within, own.argmin(axis=1), -1), name)


@settings(max_examples=300)
@given(problems(), DIRECTIONS)
def test_counts_and_decayed_sums_equal_a_plain_dijkstra(problem: Problem, direction: str) -> None:
    to_facility = facility_walks(problem, direction)
    decays = (Decay("linear", (50,), 40.0), Decay("negative_exponential", (30,), 120.0))
    for name in ENGINES:
        with engine(name):
            found = sweep(
                problem.network,
                problem.origins,
                problem.places,
                problem.group,
                CUTOFFS_S,
                decays=decays,
                direction=direction,
            )
        for k, cutoff in enumerate(CUTOFFS_S):
            expected = (to_facility <= 16 * cutoff).astype(int) @ problem.group.categories
            np.testing.assert_array_equal(found.counts[:, k], expected, name)
        for d, decay in enumerate(decays):
            within = to_facility <= 16 * decay.limit_s
            weight = np.where(within, decay.at(np.where(within, to_facility, 0) / 16), 0.0)
            np.testing.assert_allclose(found.sums[:, d], weight @ problem.group.categories, atol=1e-5, err_msg=name)


@settings(max_examples=300)
@given(problems(), DIRECTIONS)
def test_streets_in_reach_equal_a_plain_dijkstra(problem: Problem, direction: str) -> None:
    network, origins = problem.network, problem.origins
    found = {}
    for name in ENGINES:
        with engine(name):
            found[name] = pedshed(network, origins, CUTOFFS_S, direction=direction)
    for field in dataclasses.fields(found["numba"]):
        np.testing.assert_array_equal(*(getattr(found[name], field.name) for name in ENGINES), field.name)
    degree = np.bincount(np.concatenate([network.tail, network.head]), minlength=network.nodes_count)
    for i in range(len(origins)):
        alone = Points(*(getattr(origins, f.name)[i : i + 1] for f in dataclasses.fields(origins)))
        pieces = arcs_of(network, direction, ("o", alone))
        walk = dijkstra(pieces, ("o", 0), ticks(alone.off_s[0])) if alone.edge[0] >= 0 else {}
        for k, cutoff in enumerate(CUTOFFS_S):
            within = [n for n, t in walk.items() if t <= 16 * cutoff and isinstance(n, int)]
            assert found["numba"].nodes[i, k] == len(within)
            assert found["numba"].intersections[i, k] == sum(degree[n] >= 3 for n in within)
            length = sum(_walked(*piece, walk, int(16 * cutoff)) for piece in pieces)
            assert found["numba"].length_m[i, k] == pytest.approx(
                length, abs=0.012 * (len(pieces) + 1)
            )  # units of 4 mm up to 131 m


def _walked(a: object, z: object, there: float, back: float, metres: float, walk: dict, limit: float) -> float:
    """Length of a piece that is walked from its ends within the limit, were it open both ways as it is."""
    left_a, left_z = (limit - walk.get(n, inf) for n in (a, z))
    if (left_a >= 0 and left_a >= there) or (left_z >= 0 and left_z >= back):
        return metres
    from_a = metres * left_a / there if left_a > 0 and there < inf else 0.0
    return min(metres, from_a + (metres * left_z / back if left_z > 0 and back < inf else 0.0))


@settings(max_examples=200)
@given(problems(), DIRECTIONS, st.integers(1, 6))
def test_the_k_nearest_equal_a_plain_dijkstra(problem: Problem, direction: str, k: int) -> None:
    to_facility = facility_walks(problem, direction)
    for name in ENGINES:
        with engine(name):
            found_s, facility = k_nearest(
                problem.network, problem.origins, problem.places, problem.group, 100.0, k, direction=direction
            )
        for i, category in np.ndindex(found_s.shape[:2]):
            ranked = sorted((t, f) for f, t in enumerate(to_facility[i]) if problem.group.categories[f, category])
            expected = [(t / 16, f) for t, f in ranked if t <= 1600][:k]
            found = list(zip(found_s[i, category].tolist(), facility[i, category].tolist(), strict=True))
            assert found[: len(expected)] == expected
            assert all(np.isnan(s) and f == -1 for s, f in found[len(expected) :])


@settings(max_examples=200)
@given(problems(), DIRECTIONS, st.integers(1, 4))
def test_pairs_equal_a_plain_dijkstra(problem: Problem, direction: str, block: int) -> None:
    to_facility = facility_walks(problem, direction)
    expected = {(i, f): t / 16 for (i, f), t in np.ndenumerate(to_facility) if t <= 1600}
    for name in ENGINES:
        with engine(name):
            blocks = list(
                od(
                    problem.network,
                    problem.origins,
                    problem.places,
                    problem.group.facility,
                    100.0,
                    direction=direction,
                    block=block,
                )
            )
        found = [(i, f, s) for pairs in blocks for i, f, s in zip(*(x.tolist() for x in pairs), strict=True)]
        assert {(i, f): s for i, f, s in found} == expected
        assert len(found) == len(expected)


@settings(max_examples=200)
@given(problems())
def test_a_path_is_the_shortest_walk_and_hangs_together(problem: Problem) -> None:
    walk, network = oracle(problem), problem.network
    for i in range(len(problem.origins)):
        start = Points(*(getattr(problem.origins, f.name)[i : i + 1] for f in dataclasses.fields(Points)))
        found = path(network, start, problem.places, 100.0)
        if walk[i].min(initial=inf) > 1600:
            assert found is None
            continue
        assert found is not None and found.walk_s == walk[i].min() / 16 == walk[i, found.end] / 16
        assert found.edge_s.sum() + found.off_start_s + found.off_end_s == found.walk_s
        assert (found.edge_s >= 0).all()
        forward = found.to_share >= found.from_share
        ends = np.stack([network.tail[found.edge], network.head[found.edge]])
        enters, leaves = np.where(forward, ends, ends[::-1])
        assert (enters[1:] == leaves[:-1]).all()
        assert np.isin(found.from_share[1:], (0, 1)).all() and np.isin(found.to_share[:-1], (0, 1)).all()


def facility_walks(problem: Problem, direction: str) -> np.ndarray:
    """Ticks between each origin and each facility, by its nearest gate."""
    walk = np.full((len(problem.origins), len(problem.group.categories)), inf)
    np.minimum.at(walk, (slice(None), problem.group.facility), oracle(problem, direction))
    return walk


@settings(max_examples=100)
@given(problems(), st.randoms(use_true_random=False))
def test_renumbering_the_nodes_changes_nothing(problem: Problem, random: object) -> None:
    new = np.arange(problem.network.nodes_count)
    random.shuffle(new)  # type: ignore[attr-defined]
    network = problem.network
    renumbered = dataclasses.replace(network, tail=new[network.tail], head=new[network.head])
    assert_same(problem, dataclasses.replace(problem, network=renumbered))


@settings(max_examples=100)
@given(problems())
def test_what_is_prepared_answers_as_what_is_not(problem: Problem) -> None:
    for contract in (True, False):
        prepared = prepare(problem.network, contract=contract)
        assert prepare(prepared) is prepared
        assert_same(problem, dataclasses.replace(problem, network=prepared))  # type: ignore[arg-type]


def everything(problem: Problem, threads: int | None = None) -> list[np.ndarray]:
    """Every answer of the engine but the decayed sums of no place."""
    asked = problem.network, problem.origins, problem.places, problem.group
    swept = sweep(*asked, CUTOFFS_S, decays=(Decay("gaussian", (60,), 120),), streets=True, threads=threads)
    assert swept.streets is not None
    streets = [getattr(swept.streets, field.name) for field in dataclasses.fields(swept.streets)]
    pairs = list(od(*asked[:3], asked[3].facility, 100.0, threads=threads))
    together = np.concatenate([np.stack(block) for block in pairs], axis=1) if pairs else np.empty((3, 0))
    together = together[:, np.lexsort(together[1::-1])]
    return [*nearest(*asked, 100.0, threads=threads), swept.counts, swept.sums, *streets, together]


def assert_same(one: Problem, other: Problem) -> None:
    for a, b in zip(everything(one), everything(other), strict=True):
        np.testing.assert_array_equal(a, b)


@settings(max_examples=200)
@given(problems(), st.integers(0, 3), DIRECTIONS)
def test_how_many_nodes_are_left_out_changes_nothing(problem: Problem, neighbours: int, direction: str) -> None:
    """Of networks as small as these no core is left when nodes of up to 8 neighbours are left out, as they are."""
    asked = problem.origins, problem.places, problem.group, 100.0
    expected = [*everything(problem), *nearest(problem.network, *asked, direction=direction)]
    with patch("geokehila.reach.hierarchy.NEIGHBOURS", neighbours):
        found = [*everything(problem), *nearest(problem.network, *asked, direction=direction)]
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)


@settings(max_examples=100)
@given(problems(), DIRECTIONS, st.sampled_from(ENGINES))
def test_more_time_never_reaches_less(problem: Problem, direction: str, name: str) -> None:
    cutoffs = (0.0, 5.0, 30.0, 30.1, 90.0, 900.0, 4095.0)
    with engine(name):
        found = sweep(
            problem.network, problem.origins, problem.places, problem.group, cutoffs, streets=True, direction=direction
        )
    assert found.streets is not None
    for grows in (found.counts, found.streets.length_m, found.streets.nodes, found.streets.intersections):
        assert (np.diff(grows, axis=1) >= 0).all()


@settings(max_examples=100)
@given(problems(), st.integers(0, 99), st.integers(0, 99), st.floats(0, 60), st.floats(0, 60))
def test_an_added_edge_never_lengthens_a_walk(problem: Problem, a: int, z: int, there: float, back: float) -> None:
    old = problem.network
    new = Network(
        old.nodes_count,
        np.append(old.tail, a % old.nodes_count),
        np.append(old.head, z % old.nodes_count),
        np.append(old.forward_s, there),
        np.append(old.backward_s, back),
    )
    before, after = (
        nearest(network, problem.origins, problem.places, problem.group, 900.0)[0] for network in (old, new)
    )
    assert (np.nan_to_num(after, nan=inf) <= np.nan_to_num(before, nan=inf)).all()


@settings(max_examples=100)
@given(problems())
def test_reversed_costs_swap_outbound_and_return(problem: Problem) -> None:
    whole = in_ticks(problem)
    old = whole.network
    back = dataclasses.replace(old, forward_s=old.backward_s, backward_s=old.forward_s)

    def turned(points: Points) -> Points:
        with np.errstate(invalid="ignore"):
            ahead, behind = (
                old.backward_s[points.edge] - points.backward_s,
                old.forward_s[points.edge] - points.forward_s,
            )
        return Points(points.edge, ahead, behind, points.off_s)

    for to, other in (("to", "from"), ("from", "to")):
        one = nearest(old, whole.origins, whole.places, whole.group, 300, direction=to)
        two = nearest(back, turned(whole.origins), turned(whole.places), whole.group, 300, direction=other)
        for a, b in zip(one, two, strict=True):
            np.testing.assert_array_equal(a, b)


def in_ticks(problem: Problem) -> Problem:
    """Return the problem with all times whole ticks, so that differences are too."""

    def whole(seconds: np.ndarray) -> np.ndarray:
        return np.rint(np.asarray(seconds) * 16) / 16

    def points(some: Points) -> Points:
        return Points(some.edge, whole(some.forward_s), whole(some.backward_s), whole(some.off_s))

    network = problem.network
    network = dataclasses.replace(network, forward_s=whole(network.forward_s), backward_s=whole(network.backward_s))
    return Problem(network, points(problem.origins), points(problem.places), problem.group)


@pytest.fixture(scope="module")
def lattice() -> Problem:
    """A town of 90 x 90 corners, 30 s apart: more rows and facilities than a worker starts with."""
    side, rng = 90, np.random.default_rng(4)
    corner = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([corner[:-1].ravel(), corner[:, :-1].ravel()])
    head = np.concatenate([corner[1:].ravel(), corner[:, 1:].ravel()])
    cost = rng.uniform(20, 40, (2, len(tail)))
    network = Network(side * side, tail, head, *cost, rng.uniform(20, 60, len(tail)))
    share, edge = rng.random(9000), rng.integers(0, len(tail), 9000)
    places = Points(edge, cost[0, edge] * share, cost[1, edge] * (1 - share), rng.uniform(0, 20, 9000))
    group = Group(np.arange(9000) // 2, rng.random((4500, 3)) < (0.999, 0.1, 0.01))
    origins = Points(*(getattr(places, f.name)[:5000:25] for f in dataclasses.fields(Points)))
    return Problem(network, origins, places, group)


def test_large_searches_equal_scipy_and_one_thread_equals_many(lattice: Problem) -> None:
    cutoffs = (300.0, 4095.0)
    found = {}
    for name in ENGINES:
        with engine(name):
            asked = lattice.network, lattice.origins, lattice.places, lattice.group
            swept = sweep(*asked, cutoffs, decays=(Decay("linear", (4000,), 4095),), streets=True)
            assert swept.streets is not None
            near = *nearest(*asked, 4095.0), *k_nearest(*asked, 4095.0, 3)
            found[name] = [swept.counts, swept.sums, swept.streets.length_m, swept.streets.nodes, *near]
    for a, b in zip(found["numba"], found["scipy"], strict=True):
        np.testing.assert_array_equal(a, b)
    assert swept.counts[:, 1, 0].max() > 4095 and swept.streets.nodes[:, 1].max() > 4096
    assert [a.tobytes() for a in everything(lattice, 1)] == [a.tobytes() for a in everything(lattice, 3)]


def test_counters_do_not_wrap() -> None:
    many = 70_000
    star = Network(many + 1, np.zeros(many, int), np.arange(1, many + 1), *np.full((2, many), 1.0), np.full(many, 1e5))
    tips = Points(np.arange(many), np.ones(many), np.zeros(many), np.zeros(many))
    home = Points(*(getattr(tips, f.name)[:1] for f in dataclasses.fields(Points)))
    group = Group(np.arange(many), np.ones((many, 1), bool))
    found = sweep(star, home, tips, group, (2.0,), decays=(Decay("step", (2,), 2),), streets=True)
    assert found.streets is not None
    assert found.counts.item() == many and found.sums.item() == many
    assert found.streets.nodes.item() == many + 1 and found.streets.intersections.item() == 1
    assert found.streets.length_m.item() == pytest.approx(many * 1e5, rel=2**-16)
    walk_s, facility = nearest(star, home, tips.without(np.arange(many) < many - 1), group, 60)
    assert (walk_s.item(), facility.item()) == (2, many - 1)


def street(seconds: float) -> Network:
    return Network(2, np.array([0]), np.array([1]), *np.full((2, 1), seconds), np.full(1, 1.3 * seconds))


def at(*seconds: float, of: float = 100.0) -> Points:
    forward = np.array(seconds)
    return Points(np.zeros(len(forward), int), forward, of - forward, np.zeros(len(forward)))


ONE = Group(np.array([0]), np.array([[True]]))


def test_uphill_and_downhill_differ_on_one_edge() -> None:
    slope = Network(2, np.array([0]), np.array([1]), np.array([100.0]), np.array([60.0]))
    low, high = (
        Points(np.array([0]), np.array([f]), np.array([b]), np.zeros(1)) for f, b in ((25.0, 45.0), (75.0, 15.0))
    )
    assert nearest(slope, low, high, ONE, 900)[0].item() == 50
    assert nearest(slope, high, low, ONE, 900)[0].item() == 30
    assert nearest(slope, low, high, ONE, 900, direction="from")[0].item() == 30


def test_there_and_back_are_searched_by_the_same_compiled_code() -> None:
    """Arrays of another kind would be compiled for anew, in the midst of a run."""
    kinds = []
    for backwards in (False, True):
        on = ready(prepare(street(100)), at(20), at(80), ONE, backwards)
        arrays = [array for part in on for array in (part if isinstance(part, tuple) else (part,))]
        kinds.append([(array.dtype, array.flags.c_contiguous) for array in arrays if isinstance(array, np.ndarray)])
    assert kinds[0] == kinds[1]


def test_a_street_closed_one_way_is_walked_the_other() -> None:
    one_way = Network(2, np.array([0]), np.array([1]), np.array([np.inf]), np.array([60.0]))
    low, high = (Points(np.array([0]), np.array([np.nan]), np.array([b]), np.zeros(1)) for b in (45.0, 15.0))
    assert np.isnan(nearest(one_way, low, high, ONE, 900)[0].item())
    assert nearest(one_way, high, low, ONE, 900)[0].item() == 30


def test_cutoff_is_inclusive_and_many_gates_count_once() -> None:
    group = Group(np.array([0, 0, 1]), np.array([[True], [True]]))
    found = counts(street(100), at(0), at(30, 60, 90), group, (29.9, 30.0, 90.0))
    assert found[0, :, 0].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("decay", "at_60_s"),
    [
        (Decay("step", (60,), 900), 1.0),
        (Decay("step", (59,), 900), 0.0),
        (Decay("linear", (80,), 900), 0.25),
        (Decay("negative_exponential", (60,), 900), 0.36788),
        (Decay("gaussian", (30,), 900), 0.13534),
        (Decay("logistic", (60, 0.5), 900), 0.5),
        (Decay("gaussian", (30,), 60), 0.13534),  # the limit is inclusive
        (Decay("gaussian", (30,), 59), 0.0),
    ],
)
def test_a_decay_weighs_one_place_by_hand(decay: Decay, at_60_s: float) -> None:
    found = sweep(street(100), at(20), at(80), ONE, (), decays=(decay,))
    assert found.sums.item() == pytest.approx(at_60_s, abs=1e-5)


def test_a_street_longer_than_the_cutoff_is_walked_in_part() -> None:
    found = pedshed(street(9000), at(4500, of=9000), (10.0, 4000.0))
    assert found.length_m[0] == pytest.approx([26.0, 10400.0], rel=2**-15)
    assert found.nodes.tolist() == [[0, 0]]


def test_without_places_or_origins_or_streets_nothing_is_found() -> None:
    group = Group(np.empty(0, int), np.zeros((1, 2), bool))
    nowhere = Network(0, *np.empty((2, 0), int), *np.empty((3, 0)))
    lost = Points(np.array([-1]), *np.full((2, 1), np.nan), np.array([np.inf]))
    for name in ENGINES:
        with engine(name):
            for network, origin in ((street(100), at(50)), (nowhere, lost), (street(100), lost)):
                for direction in ("to", "from"):
                    walk_s, facility = nearest(network, origin, at(), group, 900, direction=direction)
                    assert np.isnan(walk_s).all() and (facility == -1).all()
            assert counts(street(100), at(), at(), group, (60.0,)).shape == (0, 1, 2)
            assert not counts(nowhere, lost, at(), group, (60.0,)).any()
            assert not pedshed(street(100), lost, (60.0,)).length_m.any()
            assert list(od(nowhere, lost, at(), np.empty(0, int), 60)) == []
    assert path(nowhere, lost, lost, 60) is None


def test_what_cannot_be_searched_is_refused() -> None:
    with pytest.raises(RunError, match="edge 7 of 1"):
        nearest(street(1), Points(np.array([7]), *np.zeros((3, 1))), at(), Group(np.empty(0, int), ONE.categories), 9)
    with pytest.raises(RunError, match="cutoff of 4096 s"):
        counts(street(1), at(0), at(0), ONE, (4096,))
    with pytest.raises(RunError, match="costs -1 s"):
        nearest(street(-1), at(0), at(0), ONE, 60)
    with pytest.raises(RunError, match="length_m"):
        pedshed(dataclasses.replace(street(1), length_m=None), at(0), (60,))
    with pytest.raises(RunError, match="direction 'back'"):
        nearest(street(1), at(0), at(0), ONE, 60, direction="back")
    with pytest.raises(RunError, match="decay linear: takes 1"):
        Decay("linear", (1, 2), 3)


def test_the_engine_is_named_where_it_is_slow_and_refused_where_it_is_unknown() -> None:
    with engine("scipy"):
        found = notice()
        assert found is not None and "scipy" in str(found)
    with engine("numba"):
        assert notice() is None
    with engine("gpu"), pytest.raises(StudyError, match="GEOKEHILA_ENGINE=gpu"):
        nearest(street(1), at(0), at(0), ONE, 60)


def test_who_has_walked_before_waits_for_no_compiler(tmp_path: Path) -> None:
    """What a search leaves behind is what is looked for; in a folder where nothing was compiled it is not there."""
    street = Network(2, np.array([0]), np.array([1]), np.array([60.0]), np.array([60.0]))
    point = Points(np.array([0]), np.array([30.0]), np.array([30.0]), np.array([0.0]))
    nearest(street, point, point, Group(np.array([0]), np.ones((1, 1), bool)), 60.0, threads=1)
    told = {}
    for name, own in (
        ("here", {}),
        ("cold", {"NUMBA_CACHE_DIR": f"{tmp_path}"}),
        ("scipy", {"GEOKEHILA_ENGINE": "scipy"}),
    ):
        command = [sys.executable, "-c", "from geokehila.reach.warm import is_warm; print(is_warm())"]
        told[name] = subprocess.run(
            command, check=True, capture_output=True, text=True, env={**os.environ, **own}
        ).stdout
    assert {name: word.strip() for name, word in told.items()} == {"here": "True", "cold": "False", "scipy": "True"}
