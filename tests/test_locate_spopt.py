"""The four models on ten mid-size towns, against spopt: another library, with another way of writing each model."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.sparse import csr_array

from geokehila.locate import Problem, Terms, lscp, mclp, p_center, p_median

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pulp
    from spopt import locate as spopt

CUTOFF_S, UNSERVED_S, ADD = 600.0, 1500.0, 6
#: spopt makes its variables in a way that its own modeller will drop.
pytestmark = [pytest.mark.parametrize("seed", range(10)), pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def town(seed: int, homes: int = 200, sites: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """[s] Walks between homes and sites of a town of 3 km, 1 m/s as the crow flies; and people."""
    random = np.random.default_rng(seed)
    quarters = random.uniform(0, 3000, (8, 2))
    xy = quarters[random.integers(0, 8, homes + sites)] + random.normal(0, 250, (homes + sites, 2))
    walks_s = np.hypot(*(xy[:homes, None] - xy[None, homes:]).transpose(2, 0, 1))
    return np.round(walks_s), random.integers(1, 60, homes).astype(float)


def problem_of(walks_s: np.ndarray, people: np.ndarray) -> Problem:
    near = walks_s <= UNSERVED_S
    return Problem.of(csr_array((walks_s[near], np.nonzero(near)), shape=walks_s.shape), people)


def best(model: object) -> float:
    """Return the objective that spopt finds, proven."""
    return model.solve(pulp.HiGHS(msg=False, gapRel=0.0)).problem.objective.value()


def test_maximal_covering(seed: int) -> None:
    walks_s, people = town(seed)
    expected = best(spopt.MCLP.from_cost_matrix(walks_s, people, CUTOFF_S, p_facilities=ADD))
    assert mclp(problem_of(walks_s, people), CUTOFF_S, Terms(add=ADD)).objective == pytest.approx(expected)


def test_median(seed: int) -> None:
    walks_s, people = town(seed)
    # spopt knows no demand out of reach: each walk beyond counts as much as being unserved.
    expected = best(spopt.PMedian.from_cost_matrix(np.minimum(walks_s, UNSERVED_S), people, p_facilities=ADD))
    assert p_median(problem_of(walks_s, people), UNSERVED_S, Terms(add=ADD)).objective == pytest.approx(expected)


def test_set_covering(seed: int) -> None:
    walks_s, people = town(seed)
    reached = (walks_s <= CUTOFF_S).any(axis=1)
    expected = best(spopt.LSCP.from_cost_matrix(walks_s[reached], CUTOFF_S))
    assert lscp(problem_of(walks_s, people), CUTOFF_S).objective == pytest.approx(expected)


def test_centre(seed: int) -> None:
    walks_s, people = town(seed, homes=80, sites=20)
    expected = best(spopt.PCenter.from_cost_matrix(walks_s, p_facilities=ADD))
    assert p_center(Problem.of(csr_array(walks_s), people), Terms(add=ADD)).objective == pytest.approx(expected)
