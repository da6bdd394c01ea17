"""What holds of location-allocation whatever is asked: order is nothing, more is never less, each no has its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geokehila.errors import RunError
from geokehila.locate import Effort, Problem, Sites, Siting, Terms, lscp, mclp, p_center, p_median
from tests.locate_brute import walks
from tests.test_locate import CUTOFF_S, UNSERVED_S, asked

Model = Callable[[Problem, Terms], Siting]
MODELS: dict[str, Model] = {
    "mclp": lambda problem, terms: mclp(problem, CUTOFF_S, terms),
    "p_median": lambda problem, terms: p_median(problem, UNSERVED_S, terms),
    "p_center": p_center,
    "lscp": lambda problem, terms: lscp(problem, CUTOFF_S, terms),
}
every_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
#: Three homes and three sites in a row, 100 m and 60 s apart; the last home is far from all.
ROW_S = csr_array(np.array([[1.0, 60.0, 120.0], [60.0, 1.0, 60.0], [0.0, 0.0, 0.0]]))
ROW = Problem.of(ROW_S, np.array([5.0, 3.0, 2.0]), replace(Sites.plain(3), xy=np.arange(3.0)[:, None] * [100.0, 0.0]))


def with_sites(**columns: object) -> Problem:
    return replace(ROW, sites=replace(ROW.sites, **{name: np.array(value) for name, value in columns.items()}))


@every_model
@settings(max_examples=60)
@given(ask=st.one_of(asked(), asked(sites=5, rows=5, shared=True)), random=st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_is_nothing(model: Model, ask: tuple[Problem, Terms], random: Random) -> None:
    problem, terms = ask
    rows, columns = (np.array(random.sample(range(size), size), np.int64) for size in problem.cost_s.shape)
    moved = Problem.of(
        csr_array(problem.cost_s[rows][:, columns]),
        problem.weight[rows],
        problem.sites.take(columns),
        problem.tier[rows],
    )
    one, other = model(problem, terms), model(moved, terms)
    assert sorted(problem.sites.key[one.chosen]) == sorted(moved.sites.key[other.chosen])
    for name in ("objective", "bound", "out_of_reach", "sentence"):
        assert repr(getattr(one, name)) == repr(getattr(other, name))
    assert (one.served[rows] == other.served).all()
    keys, moved_keys = (np.append(p.sites.key, -1)[found.site] for p, found in ((problem, one), (moved, other)))
    assert (keys[rows] == moved_keys).all()


@settings(max_examples=60)
@given(asked(), st.integers(0, 4))
def test_one_hub_more_never_serves_fewer(ask: tuple[Problem, Terms], add: int) -> None:
    problem, _ = ask
    fewer = mclp(problem, CUTOFF_S, Terms(add=add))
    more = mclp(problem, CUTOFF_S, Terms(add=add + 1), start=fewer.chosen)
    tiers = np.unique(problem.tier)
    by_tier = [[found.served[problem.tier == tier].sum() for tier in tiers] for found in (more, fewer)]
    assert by_tier[0] >= by_tier[1]


@settings(max_examples=60)
@given(asked(), st.randoms(use_true_random=False))
def test_an_answer_is_no_worse_than_its_start_however_short_the_search(ask: tuple, random: Random) -> None:
    problem, terms = ask
    start = np.flatnonzero(~problem.sites.locked & ~problem.sites.banned)
    start = start[: terms.add if terms.add is not None else random.randint(0, 3)]
    if problem.sites.price[start].sum() > terms.budget or terms.apart_m or len(np.unique(problem.tier)) > 1:
        return
    found = mclp(problem, CUTOFF_S, terms, Effort(nodes=0, gap=0.5), start)
    near_s = np.where(np.isin(np.arange(len(problem.sites)), start) | problem.sites.locked, walks(problem), np.inf)
    assert found.objective >= problem.weight[(near_s <= CUTOFF_S).any(axis=1)].sum() - 1e-9


@settings(max_examples=60)
@given(asked(sites=5, rows=6, shared=True))
def test_no_site_serves_more_than_it_has_room_for(ask: tuple[Problem, Terms]) -> None:
    problem, terms = ask
    # With one site in reach of each row, what a site serves is told by the rows.
    table = walks(problem)
    table[table > table.min(axis=1, keepdims=True, initial=np.inf)] = np.inf
    table[np.cumsum(np.isfinite(table), axis=1) > 1] = np.inf
    row, site = np.nonzero(np.isfinite(table))
    problem = replace(problem, cost_s=csr_array((table[row, site], (row, site)), shape=table.shape))
    for model in MODELS.values():
        found = model(problem, terms)
        for column, capacity in enumerate(problem.sites.capacity):
            assert found.served[found.site == column].sum() <= capacity * (1 + 1e-9)


def test_of_equally_good_sites_the_first_by_key_is_chosen() -> None:
    sites = replace(Sites.plain(3), key=np.array(["c", "a", "b"]))
    problem = Problem.of(csr_array(np.full((2, 3), 60.0)), np.array([1.0, 2.0]), sites)
    for model in MODELS.values():
        assert model(problem, Terms(add=1)).chosen.tolist() == [1]


@pytest.mark.parametrize("key", [["c", "a", "b"], ["a", "b", "c"], ["b", "c", "a"]])
def test_of_equally_good_sites_the_first_by_key_is_chosen_where_some_can_be_full(key: list[str]) -> None:
    """Of 8 people each site takes 3, 6 and 6 at most: the last two are as good, whatever they are called."""
    sites = replace(Sites.plain(3), key=np.array(key), capacity=np.array([3.0, 6.0, 6.0]))
    problem = Problem.of(csr_array(np.full((2, 3), 60.0)), np.array([5.0, 3.0]), sites)
    for found in (mclp(problem, 60.0, Terms(add=1)), p_median(problem, 600.0, Terms(add=1))):
        assert found.chosen.tolist() == [1 + int(np.argmin(key[1:]))]


def test_a_site_that_would_serve_nobody_more_is_not_opened() -> None:
    found = mclp(ROW, 60.0, Terms(add=3))
    assert found.chosen.tolist() == [0] and found.objective == 8.0
    chosen = "1 is chosen, under the terms no other would serve more"
    assert found.sentence == f"3 new sites may be added and there are 3 candidates: {chosen}."


def test_tiers_come_one_after_the_other() -> None:
    """One site of three: the 1 person of the first tier before the 5 and 3 of the second."""
    problem = replace(ROW, cost_s=csr_array(np.diag([60.0, 60.0, 60.0])), weight=np.array([5.0, 3.0, 1.0]))
    assert mclp(problem, 60.0, Terms(add=1)).chosen.tolist() == [0]
    first = replace(problem, tier=np.array([7, 7, 2]))
    found = mclp(first, 60.0, Terms(add=1))
    assert found.chosen.tolist() == [2] and found.objective == 1.0 and found.gap < 1e-5
    assert mclp(first, 60.0, Terms(add=2)).chosen.tolist() == [0, 2]


def test_demand_is_split_where_the_nearest_site_is_full() -> None:
    """Of 5 people the nearest site takes 3, the next the other 2, a minute farther."""
    problem = replace(with_sites(capacity=[3.0, 6.0, 1.0]), weight=np.array([5.0, 0.0, 0.0]))
    found = p_median(problem, 600.0, Terms(add=2))
    assert found.objective == pytest.approx(3 * 1.0 + 2 * 60.0)
    assert found.chosen.tolist() == [0, 1] and found.site[0] == 0 and found.served[0] == pytest.approx(5.0)
    # Where serving is all that counts, walks are as short as they can be beside it.
    served = mclp(replace(problem, weight=np.array([5.0, 3.0, 0.0])), 120.0, Terms(add=2))
    assert served.objective == pytest.approx(8.0) and served.site.tolist() == [0, 1, -1]


SAID = {
    "no sites": (Problem.of(csr_array((2, 0)), np.ones(2)), Terms(), "No site is given, so nothing can be chosen."),
    "no rows": (Problem.of(csr_array((0, 2)), np.zeros(0)), Terms(), "Nobody to serve is given: the weights sum to 0."),
    "no weight": (replace(ROW, weight=np.zeros(3)), Terms(), "Nobody to serve is given: the weights sum to 0."),
    "out of reach": (
        replace(ROW, cost_s=csr_array((3, 3))),
        Terms(add=1),
        "None of the 3 sites with room that may be chosen is within reach of anybody of the 10 to serve.",
    ),
    "no candidate": (
        with_sites(banned=[True, True, False], locked=[False, False, True]),
        Terms(add=1),
        "There is no candidate among the 3 sites (1 fixed, 2 ruled out): no site is added.",
    ),
    "budget": (
        with_sites(price=[90.0, 80.0, 120.5]),
        Terms(budget=50.0),
        "The budget of 50 is below 80, the price of the cheapest candidate: no site is added.",
    ),
    "crowded": (
        with_sites(locked=[False, True, False]),
        Terms(add=1, apart_m=150.0),
        "Each candidate (2) is nearer than 150 m to a fixed site: no site is added.",
    ),
    "crowded or dear": (
        with_sites(locked=[True, False, False], price=[0.0, 1.0, 80.0]),
        Terms(add=1, apart_m=150.0, budget=50.0),
        "No candidate is left (1 nearer than 150 m to a fixed site, 1 for more than 50): no site is added.",
    ),
    "all served": (
        with_sites(locked=[False, True, False]),
        Terms(add=1),
        "The fixed sites (1) already serve all within reach, 8: none is added.",
    ),
}


@pytest.mark.parametrize(("problem", "terms", "sentence"), SAID.values(), ids=SAID)
def test_what_cannot_be_is_told(problem: Problem, terms: Terms, sentence: str) -> None:
    found = mclp(problem, 60.0, terms)
    assert found.sentence == sentence
    assert found.chosen.tolist() == np.flatnonzero(problem.sites.locked).tolist()
    assert found.objective == problem.weight[found.site >= 0].sum()


@every_model
@pytest.mark.parametrize(("problem", "terms"), [ask[:2] for ask in SAID.values()], ids=SAID)
def test_no_model_stumbles_over_what_cannot_be(model: Model, problem: Problem, terms: Terms) -> None:
    found = model(problem, terms)
    assert np.isin(np.flatnonzero(problem.sites.locked), found.chosen).all()
    assert found.sentence or len(found.chosen) > problem.sites.locked.sum()


def test_more_sites_than_there_are() -> None:
    apart = replace(ROW, cost_s=csr_array(np.diag([60.0, 60.0, 60.0])))
    found = mclp(apart, 60.0, Terms(add=5))
    assert found.chosen.tolist() == [0, 1, 2]
    assert found.sentence == "5 new sites may be added and there are 3 candidates: all are chosen."


def test_what_serving_all_would_take_is_told() -> None:
    apart = replace(with_sites(price=[1.0, 2.0, 4.0]), cost_s=csr_array(np.diag([60.0, 60.0, 60.0])))
    takes = "Not all within reach can be served: that takes"
    few, dear = (lscp(apart, 60.0, terms) for terms in (Terms(add=2), Terms(budget=6.0)))
    assert np.isnan(few.objective) and few.sentence == f"{takes} at least 3 new sites (2 may be added)."
    assert np.isnan(dear.objective) and dear.sentence == f"{takes} a price of at least 7 (the budget is 6)."
    near = lscp(apart, 60.0, Terms(apart_m=150.0))
    assert near.sentence == "No choice is known whose sites are 150 m apart that serves all within reach."
    centre = p_center(apart, Terms(add=2))
    assert np.isnan(centre.objective) and np.isnan(centre.bound) and centre.sentence == few.sentence
    assert lscp(apart, 60.0).objective == 7.0 and p_center(apart).objective == 60.0


@pytest.mark.parametrize("seed", range(4))
def test_the_first_choice_that_is_enough_is_one_though_no_bound_is_known(seed: int) -> None:
    random = np.random.default_rng(seed)
    near = random.integers(1, 1200, (40, 20)) * (random.random((40, 20)) < 0.4)
    problem = Problem.of(csr_array(near.astype(float)), np.ones(40))
    found = lscp(problem, 600.0, effort=Effort(gap=np.inf, nodes=0, rounds=0))
    within = (near > 0) & (near <= 600)
    assert (within[:, found.chosen].any(axis=1) == within.any(axis=1)).all()
    assert 0 <= found.bound <= found.objective == len(found.chosen)


def test_sites_that_are_too_small_serve_what_they_can() -> None:
    found = lscp(with_sites(capacity=[1.0, 2.0, 0.5]), 120.0)
    assert found.objective == 3.0 and found.served.sum() == pytest.approx(3.5)
    assert found.sentence == "All sites together are too small by 4.5: 3.5 are served, all they can."


def test_two_locked_sites_may_be_near_each_other() -> None:
    found = mclp(with_sites(locked=[True, True, False]), 120.0, Terms(add=1, apart_m=100.0))
    assert found.chosen.tolist() == [0, 1]


def test_a_budget_that_the_solver_would_overlook_is_kept() -> None:
    """2 in a million over the budget: less than the solver's tolerance of what it adds up."""
    problem = replace(with_sites(price=[1.000001, 1.000001, 1.0]), cost_s=csr_array(np.diag([60.0, 60.0, 60.0])))
    assert mclp(problem, 60.0, Terms(budget=2.000001)).objective == 7.0
    assert mclp(problem, 60.0, Terms(budget=2.000002)).objective == 8.0


def test_a_search_cut_by_the_clock_says_so() -> None:
    random = np.random.default_rng(0)
    problem = Problem.of(csr_array(random.uniform(1, 900, (300, 60))), random.uniform(1, 9, 300))
    found = p_median(problem, 900.0, Terms(add=8), Effort(seconds=0.0))
    assert found.cut and len(found.chosen) == 8
    assert 0 <= found.bound <= found.objective


def test_only_whole_problems_are_taken() -> None:
    with pytest.raises(RunError, match="2 weights for 3 rows; a walk below 0 or none"):
        Problem.of(csr_array(np.diag([1.0, -2.0, 1.0])), np.ones(2))
    with pytest.raises(RunError, match="a site both locked and banned"):
        Problem.of(ROW_S, np.ones(3), replace(Sites.plain(3), locked=np.ones(3, bool), banned=np.ones(3, bool)))
    with pytest.raises(RunError, match=r"walks are ndarray: give a scipy\.sparse\.csr_array"):
        Problem.of(np.ones((2, 2)), np.ones(2))
    with pytest.raises(RunError, match="a walk twice"):
        Problem.of(csr_array((np.ones(2), np.array([0, 0]), np.array([0, 2])), shape=(1, 1)), np.ones(1))
    with pytest.raises(RunError, match="a fact of the sites is not there for each of them"):
        Problem.of(ROW_S, np.ones(3), replace(Sites.plain(3), price=np.zeros(2)))
    with pytest.raises(RunError, match="each is 0 or more"):
        Terms(add=-1)
    with pytest.raises(RunError, match="100 s of demand that is not served, and a walk of 120 s"):
        p_median(ROW, 100.0)
