"""The engine's answers in whole ticks against a plain Dijkstra, compiled and by scipy, on random networks."""

import dataclasses
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from walks import Problem, arcs_of, dijkstra, engine, oracle, problems, ticks

from geokehila.errors import RunError, StudyError
from geokehila.reach import Decay, Group, Network, Points, counts, nearest, notice, pedshed, prepare, sweep

ENGINES = ("numba", "scipy")
CUTOFFS_S = (100.0, 0.0, 37.3, 600.0)
DIRECTIONS = st.sampled_from(["to", "from"])


@settings(max_examples=300)
@given(problems(), DIRECTIONS)
def test_nearest_equals_a_plain_dijkstra(problem: Problem, direction: str) -> None:
    walk = oracle(problem, direction)
    facilities, categories = problem.group.categories.shape
    to_facility = np.full((len(problem.origins), facilities), inf)
    np.minimum.at(to_facility, (slice(None), problem.group.facility), walk)
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
    walk = oracle(problem, direction)
    to_facility = np.full((len(problem.origins), len(problem.group.categories)), inf)
    np.minimum.at(to_facility, (slice(None), problem.group.facility), walk)
    decays = (Decay("linear", (50,)), Decay("negative_exponential", (30,)))
    for name in ENGINES:
        with engine(name):
            found = sweep(
                problem.network, problem.origins, problem.places, problem.group, CUTOFFS_S,
                decays=decays, decay_limit_s=120.0, direction=direction,
            )
        for k, cutoff in enumerate(CUTOFFS_S):
            expected = (to_facility <= 16 * cutoff).astype(int) @ problem.group.categories
            np.testing.assert_array_equal(found.counts[:, k], expected, name)
        for d, decay in enumerate(decays):
            weight = np.where(to_facility <= 16 * 120, decay.at(np.minimum(to_facility, 9999) / 16), 0.0)
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
        pieces = arcs_of(network, ("o", alone))
        if direction == "from":
            pieces = [(a, z, back, there, m) for a, z, there, back, m in pieces]
        walk = dijkstra(pieces, ("o", 0), ticks(alone.off_s[0])) if alone.edge[0] >= 0 else {}
        for k, cutoff in enumerate(CUTOFFS_S):
            within = [n for n, t in walk.items() if t <= 16 * cutoff and isinstance(n, int)]
            assert found["numba"].nodes[i, k] == len(within)
            assert found["numba"].intersections[i, k] == sum(degree[n] >= 3 for n in within)
            length = sum(_walked(*piece, walk, int(16 * cutoff)) for piece in pieces)
            assert found["numba"].length_m[i, k] == pytest.approx(length, abs=0.001 * (len(pieces) + 1))


def _walked(a: object, z: object, there: float, back: float, metres: float, walk: dict, limit: float) -> float:
    """Length of a piece that is walked from its ends within the limit, were it open both ways as it is."""
    left_a, left_z = (limit - walk.get(n, inf) for n in (a, z))
    if (left_a >= 0 and left_a >= there) or (left_z >= 0 and left_z >= back):
        return metres
    from_a = metres * left_a / there if left_a > 0 and there < inf else 0.0
    return min(metres, from_a + (metres * left_z / back if left_z > 0 and back < inf else 0.0))
