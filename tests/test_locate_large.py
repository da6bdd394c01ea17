"""Interchange and its bound: against every choice tried, whatever the prices, and what holds of every answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geokehila.locate import Effort, Sites, Terms, bounds, interchange, kernels, warm
from geokehila.locate.choice import Choice
from geokehila.locate.demand import greedy
from geokehila.locate.rows import Found, Rows

#: Costs and weights are drawn from few values: many ties.
COSTS, WEIGHTS, UNSERVED = (0.0, 60.0, 60.0, 120.0, 200.5, 300.0), (0.5, 1.0, 2.0, 3.0, 7.25), 400.0
QUICK = Effort(rounds=40)


@st.composite
def asked(draw: st.DrawFn, sites: int = 7, rows: int = 9) -> tuple[Rows, Sites, Terms]:
    """Rows, sites and terms."""
    n, m, covers = draw(st.integers(0, rows)), draw(st.integers(1, sites)), draw(st.booleans())
    table = {}
    for row in range(n):
        reached = draw(st.lists(st.integers(0, m - 1), min_size=1, max_size=m, unique=True))
        table[row] = {site: 0.0 if covers else draw(st.sampled_from(COSTS)) for site in reached}
    weight = np.array([draw(st.sampled_from(WEIGHTS)) for _ in range(n)])
    state = np.array([draw(st.sampled_from(("free", "free", "free", "locked", "banned"))) for _ in range(m)])
    plain = Sites.plain(m)
    of_sites = replace(
        plain,
        locked=state == "locked",
        banned=state == "banned",
        price=np.array([draw(st.sampled_from((0.0, 0.1, 0.2, 1.0, 2.0))) for _ in range(m)]),
        xy=np.array([draw(st.sampled_from((0.0, 100.0, 200.0))) for _ in range(2 * m)]).reshape(m, 2),
    )
    terms = Terms(
        add=draw(st.sampled_from((None, 0, 1, 2, 3))),
        budget=draw(st.sampled_from((np.inf, np.inf, 0.3, 1.0, 2.5))),
        apart_m=draw(st.sampled_from((0.0, 0.0, 100.0, 150.0))),
    )
    return demand(table, weight, 1.0 if covers else UNSERVED), of_sites, terms


def demand(table: dict[int, dict[int, float]], weight: np.ndarray, unserved: float) -> Rows:
    """Rows of what each site costs them."""
    pairs = [
        (row, cost, site) for row in range(len(weight)) for cost, site in sorted((c, s) for s, c in table[row].items())
    ]
    row, cost, site = (np.array(part) for part in zip(*pairs, strict=True)) if pairs else np.zeros((3, 0))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(row.astype(int), minlength=len(weight)))])
    return Rows(indptr, site.astype(np.int32), cost.astype(float), weight, unserved)


def town(n: int, m: int, seed: int, step: float = 0.0) -> Rows:
    """Rows along a plane, many in few places; with a step costs are rounded up to it, so that many are equal."""
    rng = np.random.default_rng(seed)
    places = rng.random((6, 2)) * 2000
    homes = places[rng.integers(0, 6, n)] + rng.normal(0, 200, (n, 2))
    sites = homes[rng.choice(n, m, replace=False)] + rng.normal(0, 20, (m, 2))
    cost = 1.3 * np.hypot(*(homes[:, None] - sites[None, :]).transpose(2, 0, 1))
    cost = np.ceil(cost / step) * step if step else cost
    table = {i: {j: float(cost[i, j]) for j in np.flatnonzero(cost[i] <= 700)} for i in range(n)}
    kept = [i for i in range(n) if table[i]]
    return demand({k: table[i] for k, i in enumerate(kept)}, rng.integers(1, 60, n)[kept].astype(float), 1000.0)


def covering(rows: Rows) -> Rows:
    """The same where being served is all that counts."""
    order = np.lexsort((rows.site, rows.of_pairs()))
    return replace(rows, site=rows.site[order], cost=np.zeros(len(order)), unserved=1.0)


def cost_of(rows: Rows, chosen: np.ndarray) -> float:
    """What a choice costs, row by row and pair by pair."""
    total = 0.0
    for i in range(len(rows)):
        pairs = range(rows.indptr[i], rows.indptr[i + 1])
        costs = [rows.cost[k] for k in pairs if chosen[rows.site[k]]]
        total += rows.weight[i] * min([*costs, rows.unserved])
    return total


def keeps(sites: Sites, terms: Terms, chosen: np.ndarray) -> bool:
    """Whether a choice keeps to the terms; prices in cents, exactly."""
    new = np.flatnonzero(chosen & ~sites.locked)
    near = [
        np.hypot(*(sites.xy[a] - sites.xy[b])) < terms.apart_m for a in new for b in np.flatnonzero(chosen) if a != b
    ]
    return (
        bool(chosen[sites.locked].all())
        and not chosen[sites.banned].any()
        and (terms.add is None or len(new) <= terms.add)
        and np.round(sites.price[new] * 100).sum() <= np.round(terms.budget * 100)
        and not any(near)
    )


def choices(sites: Sites, terms: Terms) -> list[np.ndarray]:
    """Every choice that the terms allow."""
    return [c for one in product((False, True), repeat=len(sites)) if keeps(sites, terms, c := np.array(one))]


def near_equal(rows: Rows) -> float:
    """What rounding may amount to."""
    return 1e-9 * float(rows.weight.sum()) * rows.unserved


def better(rows: Rows, sites: Sites, terms: Terms, found: Found) -> list[np.ndarray]:
    """Choices that are better by one site more, or one instead of another."""
    shut, new = np.flatnonzero(~found.chosen), np.flatnonzero(found.chosen & ~sites.locked)
    tried = []
    for site, old in product(shut, [None, *new]):
        other = found.chosen.copy()
        other[site] = True
        if old is not None:
            other[old] = False
        tried.append(other)
    return [c for c in tried if keeps(sites, terms, c) and cost_of(rows, c) < found.value - near_equal(rows)]


@settings(max_examples=400, deadline=None)
@given(asked(), st.data())
def test_small_ones_keep_every_promise(given_: tuple[Rows, Sites, Terms], data: st.DataObject) -> None:
    rows, sites, terms = given_
    start = np.array([data.draw(st.booleans()) for _ in range(len(sites))]) if data.draw(st.booleans()) else None
    found = interchange.search(rows, sites, terms, QUICK, start)
    assert keeps(sites, terms, found.chosen)
    assert found.value == pytest.approx(cost_of(rows, found.chosen), abs=near_equal(rows))
    best = min(cost_of(rows, chosen) for chosen in choices(sites, terms))
    assert found.bound - near_equal(rows) <= best <= found.value + near_equal(rows)
    assert found.bound <= found.value and not found.cut
    if found.bound < found.value:
        assert not better(rows, sites, terms, found)
    choice = Choice(sites, terms)
    begun = greedy(rows, choice.within(sites.locked), choice.rest) if start is None else choice.within(start)
    assert found.value <= rows.value(begun)


@settings(max_examples=300, deadline=None)
@given(asked(), st.data())
def test_no_prices_give_a_bound_that_is_too_high(given_: tuple[Rows, Sites, Terms], data: st.DataObject) -> None:
    rows, sites, terms = given_
    prices = st.floats(-500.0, 5000.0) | st.sampled_from((0.0, 60.0, 120.0, 400.0, 435.0))
    price = np.array([data.draw(prices) for _ in range(len(rows))])
    bound = relaxation(rows, sites, terms).safe(price)
    assert bound <= min(cost_of(rows, chosen) for chosen in choices(sites, terms))


def relaxation(rows: Rows, sites: Sites, terms: Terms) -> bounds.Relaxation:
    choice = Choice(sites, terms)
    return bounds.Relaxation(rows, interchange._Search(rows, choice, QUICK).ways, choice)


def test_the_bound_by_hand() -> None:
    """Rows of 2 and 3 people, 10 and 40 s from site 0, 30 and 20 s from site 1, 100 s if nobody serves them; one site.

    Prices 50 and 90: site 0 wins min(0, 20 - 50) + min(0, 120 - 90) = -30, site 1 min(0, 60 - 50) + min(0, 60 - 90) =
    -30, so 140 - 30 = 110. The best is site 1: 2 x 30 + 3 x 20 = 120. At prices 60 and 80 the bound is 140 - 40 = 100;
    at 60 and 100, 160 - 40 = 120, which is met.
    """
    rows = demand({0: {0: 10.0, 1: 30.0}, 1: {0: 40.0, 1: 20.0}}, np.array([2.0, 3.0]), 100.0)
    found = relaxation(rows, Sites.plain(2), Terms(add=1))
    for price, bound in (((50.0, 90.0), 110.0), ((60.0, 80.0), 100.0), ((60.0, 100.0), 120.0)):
        assert found.safe(np.array(price)) == pytest.approx(bound, rel=1e-9)
        assert found.safe(np.array(price)) <= bound
    answer = interchange.search(rows, Sites.plain(2), Terms(add=1), QUICK)
    assert answer.value == 120 and answer.chosen.tolist() == [False, True]


def test_the_bound_under_a_budget_by_hand() -> None:
    """Three rows of 6, 4 and 2 people, each with a site of its own at prices 3, 2 and 2, and money for 4.

    Nobody served costs 12. At these prices the sites win 6, 4 and 2: 2 for each unit of money by the first two, 1 by
    the third. A toll of 2 leaves nothing to win, so no choice costs less than 12 - 2 x 4 = 4; the best is 12 - 6 = 6,
    by the first site alone or by the other two.
    """
    rows = demand({0: {0: 0.0}, 1: {1: 0.0}, 2: {2: 0.0}}, np.array([6.0, 4.0, 2.0]), 1.0)
    sites = replace(Sites.plain(3), price=np.array([3.0, 2.0, 2.0]))
    assert relaxation(rows, sites, Terms(budget=4.0)).safe(np.array([6.0, 4.0, 2.0])) == pytest.approx(4.0)
    found = interchange.search(rows, sites, Terms(budget=4.0), QUICK)
    assert found.value == 6.0 and found.bound == pytest.approx(4.0)


LARGE = (
    (town(700, 60, 1), Terms(add=7)),
    (town(700, 60, 2, step=50.0), Terms(add=7)),
    (covering(town(900, 70, 3)), Terms(add=6)),
    (town(600, 50, 4), Terms(add=8, apart_m=400.0)),
    (covering(town(600, 50, 5)), Terms(budget=9.0)),
)


def sites_of(rows: Rows, seed: int = 0) -> Sites:
    """Sites with prices, one locked and two banned, anywhere on the plane."""
    rng, m = np.random.default_rng(seed), int(rows.site.max()) + 1
    number, price, xy = np.arange(m), rng.integers(1, 5, m).astype(float), rng.random((m, 2)) * 2000
    return replace(Sites.plain(m), locked=number == 3, banned=number % 20 == 7, price=price, xy=xy)


@pytest.mark.parametrize(("rows", "terms"), LARGE)
def test_larger_ones_are_swap_optimal_and_the_same_every_time(rows: Rows, terms: Terms) -> None:
    sites = sites_of(rows)
    found = interchange.search(rows, sites, terms, Effort(rounds=200))
    assert keeps(sites, terms, found.chosen) and not found.cut
    assert found.value == pytest.approx(cost_of(rows, found.chosen))
    assert not better(rows, sites, terms, found)
    again = interchange.search(rows, sites, terms, Effort(rounds=200))
    assert found.chosen.tobytes() == again.chosen.tobytes()
    assert (found.value, found.bound) == (again.value, again.bound)


@pytest.mark.parametrize(("rows", "terms"), LARGE)
def test_one_more_from_the_same_start_is_never_worse(rows: Rows, terms: Terms) -> None:
    sites, values, chosen = sites_of(rows), [], None
    for add in range(1, 9):
        found = interchange.search(rows, sites, replace(terms, add=add), QUICK, chosen)
        values.append(found.value)
        chosen = found.chosen
    assert (np.diff(values) <= 0).all()


@pytest.mark.parametrize(("rows", "terms"), LARGE)
def test_what_is_counted_while_sites_change_is_what_a_count_anew_gives(rows: Rows, terms: Terms) -> None:
    """Random changes, one after another: the board stays true to what it says."""
    sites, rng = sites_of(rows), np.random.default_rng(5)
    search = interchange._Search(rows, Choice(sites, terms), QUICK)
    board, _ = search._board(Choice(sites, terms).within(sites.locked))
    for _ in range(60):
        site, q = int(rng.choice(search.free)), int(rng.integers(search.places))
        if not board.open[site] and kernels.fits(search.keep, board, q, site):
            kernels.put(search.ways, search.keep, board, q, site)
    counted = {name: np.array(part) for name, part in board._asdict().items()}
    kernels.build(search.ways, search.keep, board)
    # Of equally near sites any may be held as the nearest.
    for name in board._asdict().keys() - {"one", "two"}:
        assert counted[name] == pytest.approx(getattr(board, name), rel=1e-9, abs=1e-6), name
    value = cost_of(rows, board.open)
    for site, q in product(search.free[::7], range(search.places)):
        if not board.open[site]:
            other = board.open.copy()
            other[board.new[q] if board.new[q] >= 0 else site] = False
            other[site] = True
            assert kernels.win(board, q, site) == pytest.approx(value - cost_of(rows, other), abs=1e-6)


def test_a_search_cut_by_the_clock_says_so_and_gives_what_it_has() -> None:
    rows, terms = LARGE[0]
    sites = sites_of(rows)
    found = interchange.search(rows, sites, terms, Effort(seconds=0.0))
    assert found.cut and keeps(sites, terms, found.chosen)
    assert found.bound <= found.value == pytest.approx(cost_of(rows, found.chosen))


def test_without_anything_to_choose_the_answer_is_what_there_is() -> None:
    rows = LARGE[0][0]
    sites = sites_of(rows)
    found = interchange.search(rows, sites, Terms(add=0), QUICK)
    assert (found.chosen == sites.locked).all() and found.bound == found.value


ONE = """
import json, sys
from tests.test_locate_large import LARGE, QUICK, interchange, kernels, sites_of, town, covering, Effort, Terms
from geokehila.locate.problem import Sites
assert hasattr(kernels.build, "signatures") == (sys.argv[1] == "numba")
found = []
for rows, terms in ((town(90, 12, 1), Terms(add=3)), (covering(town(90, 12, 2)), Terms(budget=5.0, apart_m=300.0))):
    answer = interchange.search(rows, sites_of(rows), terms, Effort(rounds=30))
    found.append([answer.chosen.tolist(), answer.value.hex(), answer.bound.hex()])
print(json.dumps(found))
"""


def test_without_numba_the_answers_are_the_same_bytes() -> None:
    def found(engine: str) -> object:
        environment = {**os.environ, "GEOKEHILA_ENGINE": engine}
        run = subprocess.run(
            [sys.executable, "-c", ONE, engine], env=environment, check=True, capture_output=True, text=True
        )
        return json.loads(run.stdout)

    assert found("numba") == found("scipy")


def test_compiling_leaves_nothing_to_compile() -> None:
    told: list[str] = []
    warm.compile_kernels(told.append)
    assert len(told) == 1
    before = {name: len(one.signatures) for name, one in compiled().items()}
    interchange.search(LARGE[3][0], sites_of(LARGE[3][0]), LARGE[3][1], Effort(rounds=20))
    assert {name: len(one.signatures) for name, one in compiled().items()} == before


def compiled() -> dict:
    return {name: one for name, one in vars(kernels).items() if hasattr(one, "signatures")}
