"""All four models against every choice of up to 18 candidates, on random towns."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from geokehila.locate import Problem, Sites, Terms, lscp, mclp, p_center, p_median
from tests.locate_brute import choices, nearest_s, walks

CUTOFF_S, UNSERVED_S = 700.0, 1_500.0
#: What is told has rounding in it.
NEAR = 1e-6


def town(seed: int) -> tuple[Problem, Terms]:
    """20 to 40 homes and 12 to 18 sites on a plane, walks to a whole second within half an hour; some sites locked."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(20, 41)), int(rng.integers(12, 19))
    home, site = rng.random((n, 2)) * 3_000, rng.random((m, 2)) * 3_000
    walk = np.ceil(1.3 * np.hypot(*(home[:, None] - site[None]).transpose(2, 0, 1)) / 1.3)
    row, column = np.nonzero(walk <= 1_200)
    state = rng.choice(["free", "locked", "banned"], m, p=[0.8, 0.1, 0.1])
    sites = Sites(
        key=np.arange(m),
        locked=state == "locked",
        banned=state == "banned",
        price=rng.integers(1, 6, m).astype(float),
        capacity=np.full(m, np.inf),
        xy=site,
    )
    cost = csr_array((walk[row, column], (row, column)), shape=(n, m))
    problem = Problem.of(cost, rng.integers(1, 60, n).astype(float), sites, np.zeros(n, np.int64))
    add, budget = int(rng.integers(1, 7)), float(rng.choice([np.inf, np.inf, 8.0, 14.0]))
    return problem, Terms(add=add, budget=budget, apart_m=float(rng.choice([0.0, 0.0, 400.0])))


@pytest.mark.parametrize("seed", range(50))
def test_every_choice_tried(seed: int) -> None:
    problem, terms = town(seed)
    every, table, weight = choices(problem, terms), walks(problem), problem.weight
    nearest = nearest_s(table, every)

    served = ((nearest <= CUTOFF_S) @ weight).max()
    assert mclp(problem, CUTOFF_S, terms).objective == pytest.approx(served, rel=NEAR)

    together = (np.minimum(nearest, UNSERVED_S) @ weight).min()
    assert p_median(problem, UNSERVED_S, terms).objective == pytest.approx(together, rel=NEAR)

    must = np.isfinite(np.where(problem.sites.banned, np.inf, table)).any(axis=1)
    longest = nearest[:, must].max(axis=1).min()
    found = p_center(problem, terms)
    assert found.objective == pytest.approx(longest if np.isfinite(longest) else np.nan, rel=NEAR, nan_ok=True)

    near = problem.within(CUTOFF_S)
    must = np.isfinite(np.where(problem.sites.banned, np.inf, walks(near))).any(axis=1)
    free = Terms(apart_m=terms.apart_m)
    every = choices(problem, free)
    enough = every[(nearest_s(walks(near)[must], every) <= CUTOFF_S).all(axis=1)]
    found = lscp(problem, CUTOFF_S, free)
    cheapest = ((enough & ~problem.sites.locked) @ problem.sites.price).min() if len(enough) else np.nan
    assert found.objective == pytest.approx(cheapest, rel=NEAR, nan_ok=True)
