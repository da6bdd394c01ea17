"""Location-allocation against every choice tried, on random problems full of ties; and what holds of every answer."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geokehila import locate
from geokehila.locate import Problem, Sites, Siting, Terms, lscp, mclp, p_center, p_median
from tests.locate_brute import Lost, choices, lost, lost_shared, maximal, nearest_s, shared_out, walks

#: Walks [s], prices and weights are drawn from few values: many ties.
WALKS_S = (None, None, 0.0, 60.0, 60.0, 120.0, 200.5, 300.0)
CUTOFF_S, UNSERVED_S = 120.0, 400.0


def test_the_example_of_the_page_of_method() -> None:
    """docs/methods/location_allocation.md: 3 and 5 people, a site 60 s from the first, one 90 s from the second."""
    problem = Problem.of(csr_array(np.array([[60.0, 0.0], [0.0, 90.0]])), np.array([3.0, 5.0]))
    most, least = mclp(problem, 300.0, Terms(add=1)), p_median(problem, 600.0, Terms(add=1))
    assert (most.chosen.tolist(), most.objective) == ([1], 5.0)
    assert most.bound == pytest.approx(5.0, rel=2e-6)
    assert (least.chosen.tolist(), least.objective) == ([1], 3 * 600 + 5 * 90)


@st.composite
def asked(draw: st.DrawFn, sites: int = 8, rows: int = 8, shared: bool = False) -> tuple[Problem, Terms]:
    """A problem and its terms."""
    n, m = draw(st.integers(0, rows)), draw(st.integers(0, sites))

    def each(count: int, *values: object) -> list:
        return draw(st.lists(st.sampled_from(values), min_size=count, max_size=count))

    drawn = each(n * m, *WALKS_S)
    stored = [(walk, *divmod(number, m)) for number, walk in enumerate(drawn) if walk is not None]
    cost, row, column = (np.array(part) for part in (zip(*stored, strict=True) if stored else ([], [], [])))
    state = np.array(each(m, "free", "free", "free", "locked", "banned"), str)
    of_sites = Sites(
        key=np.array(draw(st.permutations(range(m))), np.int64),
        locked=state == "locked",
        banned=state == "banned",
        price=np.array(each(m, 0.0, 0.1, 0.2, 1.0, 2.0, 5.0) if draw(st.booleans()) else [0.0] * m),
        capacity=np.array(each(m, np.inf, 0.0, 1.0, 2.5, 4.0) if shared else [np.inf] * m),
        xy=np.array(each(2 * m, 0.0, 100.0, 200.0), float).reshape(m, 2),
    )
    problem = Problem.of(
        csr_array((cost.astype(float), (row.astype(int), column.astype(int))), shape=(n, m)),
        np.array(each(n, 0.0, 0.5, 1.0, 2.0, 3.0, 7.25), float),
        of_sites,
        np.array(each(n, 0, 0, 1, 4) if draw(st.booleans()) else [0] * n, np.int64),
    )
    terms = Terms(
        add=draw(st.sampled_from((None, 0, 1, 2, 3, m + 2))),
        budget=draw(st.sampled_from((np.inf, np.inf, 0.0, 0.3, 2.0, 6.1))),
        apart_m=draw(st.sampled_from((0.0, 0.0, 100.0, 150.0))),
    )
    return problem, terms


def keeps_its_promises(problem: Problem, terms: Terms, found: Siting) -> None:
    """What holds of every answer, whatever the model."""
    chosen = np.zeros(len(problem.sites), bool)
    chosen[found.chosen] = True
    assert (choices(problem, terms) == chosen).all(axis=1).any()
    assert (found.chosen == np.flatnonzero(chosen)).all()
    assert (found.served <= problem.weight).all() and (found.served >= 0).all()
    table = walks(problem)
    for row, site in enumerate(found.site):
        assert site == -1 or (chosen[site] and np.isfinite(table[row, site]))
        assert (site >= 0) == (found.served[row] > 0) or problem.weight[row] == 0
    unreached = ~np.isfinite(np.where(problem.sites.banned, np.inf, table)).any(axis=1)
    assert found.out_of_reach == pytest.approx(problem.weight[unreached].sum())
    assert found.sentence.count("\n") == 0


def fits(found: Siting, objective: float, most: bool) -> None:
    """The objective is the best there is, and the bound no better than true, and near: each tier adds its own slack."""
    assert found.objective == pytest.approx(objective, rel=1e-6, abs=1e-6)
    assert found.bound >= objective - 1e-9 if most else found.bound <= objective + 1e-9
    assert found.gap <= 1e-5


def covers(problem: Problem) -> Lost:
    return Lost(np.where(walks(problem) <= CUTOFF_S, 0.0, np.inf), 1.0)


@settings(max_examples=200)
@given(asked())
def test_most_is_served(ask: tuple[Problem, Terms]) -> None:
    problem, terms = ask
    found = mclp(problem, CUTOFF_S, terms)
    keeps_its_promises(replace(problem, cost_s=problem.within(CUTOFF_S).cost_s), terms, found)
    best = lost(problem, terms, covers(problem)) if len(problem.weight) else np.zeros(0)
    tiers = np.unique(problem.tier)
    served = [found.served[problem.tier == tier].sum() for tier in tiers]
    assert served == pytest.approx([problem.weight[problem.tier == t].sum() for t in tiers] - best)
    fits(found, problem.weight.sum() - best.sum(), most=True)


@settings(max_examples=200)
@given(asked())
def test_walks_together_are_shortest(ask: tuple[Problem, Terms]) -> None:
    problem, terms = ask
    found = p_median(problem, UNSERVED_S, terms)
    keeps_its_promises(problem, terms, found)
    best = lost(problem, terms, Lost(walks(problem), UNSERVED_S)) if len(problem.weight) else np.zeros(0)
    fits(found, best.sum(), most=False)


@settings(max_examples=200)
@given(asked())
def test_the_longest_walk_is_shortest(ask: tuple[Problem, Terms]) -> None:
    problem, terms = ask
    found = p_center(problem, terms)
    keeps_its_promises(problem, terms, found)
    rows = must_rows(problem)
    longest_s = nearest_s(walks(problem)[rows], choices(problem, terms)).max(axis=1, initial=0.0)
    if rows.any() and np.isfinite(longest_s.min()):
        fits(found, longest_s.min(), most=False)
    else:
        assert np.isnan(found.objective) and found.sentence


@settings(max_examples=200)
@given(asked())
def test_fewest_sites_serve_all(ask: tuple[Problem, Terms]) -> None:
    problem, terms = ask
    problem = problem.within(CUTOFF_S)
    found = lscp(problem, CUTOFF_S, terms)
    keeps_its_promises(problem, terms, found)
    every = choices(problem, terms)
    enough = np.isfinite(nearest_s(walks(problem)[must_rows(problem)], every)).all(axis=1)
    least_that_serves_all(problem, found, every[enough])


@settings(max_examples=70)
@given(asked(sites=5, rows=5, shared=True))
def test_most_is_served_by_sites_with_room(ask: tuple[Problem, Terms]) -> None:
    problem, terms = ask
    found = mclp(problem, CUTOFF_S, terms)
    keeps_its_promises(problem.within(CUTOFF_S), terms, found)
    best = lost_shared(problem, terms, covers(problem)) if len(problem.weight) else np.zeros(0)
    tiers = np.unique(problem.tier)
    served = [found.served[problem.tier == tier].sum() for tier in tiers]
    assert served == pytest.approx([problem.weight[problem.tier == t].sum() for t in tiers] - best, abs=1e-5)
    fits(found, problem.weight.sum() - best.sum(), most=True)


@settings(max_examples=70)
@given(asked(sites=5, rows=5, shared=True))
def test_walks_together_are_shortest_to_sites_with_room(ask: tuple[Problem, Terms]) -> None:
    problem, terms = ask
    found = p_median(problem, UNSERVED_S, terms)
    keeps_its_promises(problem, terms, found)
    best = lost_shared(problem, terms, Lost(walks(problem), UNSERVED_S)) if len(problem.weight) else np.zeros(0)
    fits(found, best.sum(), most=False)


@settings(max_examples=70)
@given(asked(sites=5, rows=5, shared=True))
def test_the_longest_walk_is_shortest_to_sites_with_room(ask: tuple[Problem, Terms]) -> None:
    problem, terms = ask
    problem = replace(problem, tier=np.zeros_like(problem.tier))
    found = p_center(problem, terms)
    keeps_its_promises(problem, terms, found)
    every, must = maximal(choices(problem, terms)), servable(problem)
    radii = np.unique(problem.cost_s[must_rows(problem)].data) if must_rows(problem).any() else []
    for radius_s in radii:
        near = problem.within(radius_s)
        if 0 < must <= max(served_by(near, chosen) for chosen in every) + 1e-6:
            fits(found, radius_s, most=False)
            break
    else:
        assert np.isnan(found.objective) and found.sentence


@settings(max_examples=70)
@given(asked(sites=5, rows=5, shared=True))
def test_fewest_sites_with_room_serve_all(ask: tuple[Problem, Terms]) -> None:
    problem, terms = ask
    problem = replace(problem.within(CUTOFF_S), tier=np.zeros_like(problem.tier))
    found = lscp(problem, CUTOFF_S, terms)
    keeps_its_promises(problem, terms, found)
    every, must = choices(problem, terms), servable(problem)
    enough = [served_by(problem, chosen) >= must - 1e-6 for chosen in every]
    least_that_serves_all(problem, found, every[enough])


def must_rows(problem: Problem) -> np.ndarray:
    """Rows with demand that a site reaches which is not banned."""
    reached = np.isfinite(walks(problem)[:, ~problem.sites.banned]).any(axis=1)
    return reached & (problem.weight > 0)


def served_by(problem: Problem, chosen: np.ndarray) -> float:
    """Demand that a choice serves at most, however far it walks."""
    any_walk = Lost(np.where(np.isfinite(walks(problem)), 0.0, np.inf), 1.0)
    return float(problem.weight.sum() - sum(shared_out(problem, any_walk, chosen)))


def servable(problem: Problem) -> float:
    return served_by(problem, ~problem.sites.banned)


def least_that_serves_all(problem: Problem, found: Siting, every: np.ndarray) -> None:
    sites = problem.sites
    priced = sites.price[~sites.locked & ~sites.banned].any()
    paid = (every & ~sites.locked) @ (sites.price if priced else np.ones(len(sites)))
    if len(every):
        fits(found, paid.min(), most=False)
    else:
        assert np.isnan(found.objective) and found.sentence


@settings(max_examples=100)
@given(asked(sites=5, rows=5, shared=True), st.randoms(use_true_random=False))
def test_demand_is_shared_out_to_sites_that_stand(ask: tuple[Problem, Terms], random: Random) -> None:
    problem, _ = ask
    count = len(problem.sites)
    chosen = np.array(sorted(random.sample(range(count), random.randint(0, count))), np.int64)
    stands = np.isin(np.arange(count), chosen)
    share = locate.allocate(problem, CUTOFF_S, chosen).toarray()
    to_sites, of_rows = problem.weight @ share, share.sum(axis=1)
    assert not share[:, ~stands].any() and (walks(problem)[share > 0] <= CUTOFF_S).all()
    assert (to_sites <= problem.sites.capacity + 1e-6).all() and (of_rows <= 1 + 1e-9).all()
    best = shared_out(problem, covers(problem), stands) if len(problem.weight) else []
    left = [(problem.weight * (1 - of_rows))[problem.tier == tier].sum() for tier in np.unique(problem.tier)]
    assert left == pytest.approx(best, abs=1e-5)
    assert locate.servable(problem, CUTOFF_S, chosen) == pytest.approx(problem.weight.sum() - sum(best), abs=1e-5)
