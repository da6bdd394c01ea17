"""Hubs of several services against every choice of hosts tried."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geokehila.errors import RunError
from geokehila.locate import Bundling, Problem, Service, Sites, Terms, bundles
from tests.locate_brute import Lost, choices, shared_out

CUTOFF_S = 120.0


@st.composite
def asked(draw: st.DrawFn, shared: bool = False) -> tuple[list[Service], Sites, np.ndarray, Terms]:
    """Services, sites, their room and the terms: twelve hosts at most."""
    m, services = draw(st.sampled_from([(0, 2), (1, 3), (3, 2), (4, 2), (3, 3), (4, 3), (6, 2), (4, 0)]))
    m, services = (min(m, 3), min(services, 2)) if shared else (m, services)

    def each(count: int, *values: object) -> list:
        return draw(st.lists(st.sampled_from(values), min_size=count, max_size=count))

    def service() -> Service:
        n = draw(st.integers(0, 5))
        cost = np.array(each(n * m, -1.0, -1.0, 0.0, 60.0, 120.0, 180.0), float).reshape(n, m)
        row, site = np.nonzero(cost >= 0)
        stored = csr_array((cost[row, site], (row, site)), shape=(n, m))
        weight = np.array(each(n, 0.0, 1.0, 2.0, 4.5), float)
        return Service(stored, weight, CUTOFF_S, draw(st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.5])))

    state = np.array(each(m, "free", "free", "free", "locked", "banned"), str)
    sites = Sites(
        key=np.array(draw(st.permutations(range(m))), np.int64),
        locked=state == "locked",
        banned=state == "banned",
        price=np.array(each(m, 0.0, 0.1, 0.2, 1.0), float),
        capacity=np.array(each(m, 0.0, 1.0, 2.5, np.inf), float) if shared else np.full(m, np.inf),
        xy=np.array(each(2 * m, 0.0, 100.0), float).reshape(m, 2),
    )
    terms = Terms(
        add=draw(st.sampled_from((None, 0, 1, 2))),
        budget=draw(st.sampled_from((np.inf, 0.3, 1.1))),
        apart_m=draw(st.sampled_from((0.0, 0.0, 100.0, 120.0))),
    )
    room_m2 = np.array(each(m, 0.0, 0.2, 0.3, 0.6, 1.0), float)
    return [service() for _ in range(services)], sites, room_m2, terms


def every_hosting(services: list[Service], sites: Sites, room_m2: np.ndarray, terms: Terms) -> np.ndarray:
    """Every way to host services that the terms and the rooms allow, shape (C, M, S)."""
    m, s = len(sites), len(services)
    every = ((np.arange(2 ** (m * s))[:, None] >> np.arange(m * s)) & 1 == 1).reshape(2 ** (m * s), m, s)
    # In tenths: exact.
    floor, room = (np.round(np.asarray(m2) * 10) for m2 in ([one.floor_m2 for one in services], room_m2))
    fits = (every @ floor <= room).all(axis=1) & ~every[:, room_m2 == 0].any(axis=(1, 2))
    every = every[fits]
    base = Problem.of(csr_array((0, m)), np.zeros(0), sites)
    allowed = {chosen.tobytes() for chosen in choices(base, terms)}
    is_open = every.any(axis=2) | sites.locked
    return every[[chosen.tobytes() in allowed for chosen in is_open]]


def keeps_its_promises(ask: tuple[list[Service], Sites, np.ndarray, Terms], found: Bundling) -> None:
    services, sites, _, _ = ask
    assert (every_hosting(*ask) == found.hosted).all(axis=(1, 2)).any()
    is_open = np.flatnonzero(found.hosted.any(axis=1) | sites.locked)
    assert found.chosen.tolist() == is_open.tolist()
    for number, service in enumerate(services):
        assert (found.served[number] <= service.weight).all()
        for row, site in enumerate(found.site[number]):
            assert site == -1 or (found.hosted[site, number] and reach(service)[row, site])
    assert found.objective == pytest.approx(sum(served.sum() for served in found.served))


def reach(service: Service) -> np.ndarray:
    table = np.zeros(service.cost_s.shape, bool)
    pairs = service.cost_s.tocoo()
    table[pairs.row, pairs.col] = pairs.data <= service.cutoff_s
    return table


@settings(max_examples=200)
@given(asked())
def test_most_is_served(ask: tuple[list[Service], Sites, np.ndarray, Terms]) -> None:
    found = bundles(*ask)
    keeps_its_promises(ask, found)
    every = every_hosting(*ask)
    served = np.zeros(len(every))
    for number, service in enumerate(ask[0]):
        served += ((every[:, :, number] @ reach(service).T) > 0) @ service.weight
    assert found.objective == pytest.approx(served.max())
    assert found.bound >= served.max() - 1e-9 and found.gap <= 3e-6


@settings(max_examples=60)
@given(asked(shared=True))
def test_most_is_served_where_sites_can_be_full(ask: tuple[list[Service], Sites, np.ndarray, Terms]) -> None:
    services, sites, _, _ = ask
    found = bundles(*ask)
    keeps_its_promises(ask, found)
    best = max(served_at_most(services, sites, hosted) for hosted in every_hosting(*ask))
    assert found.objective == pytest.approx(best, abs=1e-6)
    assert found.bound >= best - 1e-9 and found.gap <= 3e-6


def served_at_most(services: list[Service], sites: Sites, hosted: np.ndarray) -> float:
    """All demand as one problem in which each row may go where its service is hosted."""
    if not services:
        return 0.0
    table = np.vstack([reach(service) & hosted[:, number] for number, service in enumerate(services)])
    weight = np.concatenate([service.weight for service in services])
    problem = Problem.of(csr_array(table.shape), weight, sites)
    return float(
        weight.sum() - sum(shared_out(problem, Lost(np.where(table, 0.0, np.inf), 1.0), np.ones(len(sites), bool)))
    )


@settings(max_examples=60)
@given(asked(), st.randoms(use_true_random=False))
def test_the_order_of_sites_and_rows_is_nothing(ask: tuple, random: object) -> None:
    services, sites, room_m2, terms = ask
    order = np.array(random.sample(range(len(sites)), len(sites)), np.int64)
    rows = [np.array(random.sample(range(len(s.weight)), len(s.weight)), np.int64) for s in services]
    moved = [
        replace(service, cost_s=csr_array(service.cost_s[own][:, order]), weight=service.weight[own])
        for service, own in zip(services, rows, strict=True)
    ]
    found, again = bundles(*ask), bundles(moved, sites.take(order), room_m2[order], terms)
    assert (again.hosted == found.hosted[order]).all()
    assert (again.objective, again.bound) == (found.objective, found.bound)
    for own, one, other in zip(rows, found.served, again.served, strict=True):
        assert (one[own] == other).all()


def test_two_services_that_do_not_fit_together_go_to_two_sites() -> None:
    """The library takes the larger hall, where the clinic's 5 are served too: not both fit into 150 m2."""
    walks_s = csr_array(np.array([[60.0, 90.0], [0.0, 90.0]]))
    clinic = Service(walks_s, np.array([5.0, 0.0]), 300.0, 100.0)
    library = Service(walks_s, np.array([2.0, 9.0]), 300.0, 60.0)
    found = bundles([clinic, library], Sites.plain(2), np.array([100.0, 150.0]))
    assert found.hosted.tolist() == [[True, False], [False, True]]
    assert found.objective == 16.0 and found.gap <= 3e-6
    one = bundles([clinic, library], Sites.plain(2), np.array([100.0, 150.0]), Terms(add=1))
    assert one.hosted.tolist() == [[False, False], [False, True]] and one.objective == 11.0


@pytest.mark.parametrize(
    ("room_m2", "terms", "words"),
    [
        ([50.0, 20.0], Terms(), "No site that may be chosen has room: the largest room is 50 m2"),
        ([200.0, 200.0], Terms(budget=5.0), "The budget of 5 is below 8, the price of the cheapest candidate"),
    ],
)
def test_what_cannot_be_is_told(room_m2: list[float], terms: Terms, words: str) -> None:
    service = Service(csr_array(np.array([[60.0, 90.0]])), np.array([5.0]), 300.0, 100.0)
    sites = replace(Sites.plain(2), price=np.array([8.0, 9.0]))
    found = bundles([service], sites, np.array(room_m2), terms)
    assert found.objective == 0.0 and not found.hosted.any() and found.sentence.startswith(words)


def test_rooms_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RunError, match="room of 1 for 2 sites; a floor area below 0"):
        bundles([Service(csr_array((0, 2)), np.zeros(0), 60.0, -1.0)], Sites.plain(2), np.array([1.0]))
