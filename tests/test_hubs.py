"""Hubs on toys: who gains is counted by hand, second-best sites by trying each, the rest by what must always hold."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from shapely import Point, box

from geokehila import hubs, locate
from geokehila.analyses.tables import Tables
from geokehila.candidates import KINDS
from geokehila.catalogue.choices import HubChoice
from geokehila.hubs import money, musts, services, steadiness, told, unpriced
from geokehila.hubs.alternatives import second_best
from geokehila.hubs.choosing import PREFERRED, Question, answer, steps
from geokehila.hubs.demand import Demand
from geokehila.hubs.gains import Gains
from geokehila.hubs.uncounted import Uncounted
from geokehila.names import NAME_COLUMNS
from geokehila.schema import BEYOND, ISRAEL_TM, NOT_MAPPED, REACHED
from geokehila.zones import Zoning
from tests import given

INF = np.inf
#: Five homes and four sites, the first of which is a hub already. Seconds; 0 is written for "out of reach".
WALKS = [
    [100, 300, 0, 0],
    [700, 200, 500, 0],
    [0, 900, 100, 800],
    [0, 0, 300, 200],
    [0, 0, 0, 100],
]
PEOPLE = [10.0, 20.0, 30.0, 40.0, 50.0]


def sites(**columns: Any) -> gpd.GeoDataFrame:
    ids = ["a", "b", "c", "d"]
    plain: dict[str, Any] = {
        "site_id": ids, "kind": "school", "kinds": "school", "status": ["existing", *["candidate"] * 3],
        "reason": "", "choice": "may", "extendable": False, "room_m2": np.nan, "capacity": np.nan,
        "price": np.nan, "source": "test", "source_id": ids,
        **dict.fromkeys((*NAME_COLUMNS, "plan_number", "designation", "gush", "helka")), "designation_change": "",
        "listed": "",
    }  # fmt: skip
    return gpd.GeoDataFrame(plain | columns, geometry=[Point(1000 * i, 0) for i in range(4)], crs=ISRAEL_TM)


def question(wishes: HubChoice | None = None, **columns: Any) -> Question:
    walks = csr_array(np.array(WALKS, float))
    now_s = np.where(walks.toarray()[:, 0] > 0, walks.toarray()[:, 0], INF)
    state = np.array([REACHED, BEYOND, BEYOND, NOT_MAPPED, BEYOND], object)
    people = np.array(PEOPLE)
    demand = Demand(given.ids(5), np.array(["z1", "z1", "z1", "z2", "z2"]), people, people, np.ones(5), now_s, state)
    return Question(demand, sites(**columns), walks, wishes or HubChoice(add=2, resamples=3), 600.0, 800.0)


def of_homes(gains: Gains) -> tuple[np.ndarray, np.ndarray]:
    """People of each home who gain, at least and at most."""
    count = len(gains.question.demand.people)
    return gains.summed(lambda people: np.bincount(gains.home, people, minlength=count))


def served(walks: np.ndarray, chosen: tuple[int, ...]) -> float:
    """People within 600 s of a chosen site, home by home."""
    return sum(
        people for row, people in zip(walks, PEOPLE, strict=True) if any(0 < row[site] <= 600 for site in chosen)
    )


def test_the_two_sites_are_those_that_serve_most() -> None:
    siting = answer(question(), 2, locate.Effort())
    best = max(combinations((1, 2, 3), 2), key=lambda pair: served(np.array(WALKS), (0, *pair)))
    assert siting.chosen.tolist() == [0, *best] == [0, 2, 3]
    assert siting.objective == siting.bound == 150


def test_who_gains_is_counted_home_by_home() -> None:
    gains = Gains(question(), answer(question(), 2, locate.Effort()))
    # The first home has a hub; of the fourth nobody knows, so it counts at most only.
    assert gains.home.tolist() == [1, 2, 3, 4] and gains.site.tolist() == [2, 2, 3, 3]
    surely, at_most = of_homes(gains)
    assert surely.tolist() == [0, 20, 30, 0, 50] and at_most.tolist() == [0, 20, 30, 40, 50]
    # Without d the fourth home still has c within 300 s; without c the second and third have nothing.
    assert gains.lost_without(3) == (50, 50) and gains.lost_without(2) == (50, 50)


def test_minutes_are_saved_only_against_a_walk_that_is_known() -> None:
    q, origins = question(), given.homes([0, 1, 2, 3, 4], PEOPLE)
    people = pd.DataFrame({"origin_id": given.ids(5), "group": "total", "people": PEOPLE})
    tables = Tables(given.STUDY, origins, people, zonings=given.zonings(origins))
    table = Gains(q, answer(q, 2, locate.Effort())).by_group(tables)
    city = table[(table["zoning"] == "city") & (table["group"] == "total")].set_index("site_id")
    # Home 1 walked 700 s to a and walks 500 s to c then; nobody else's walk of now is known.
    assert city.loc["c", "saved_s"] == 200 and np.isnan(city.loc["d", "saved_s"])
    assert city.loc["c", ["people_low", "people_high"]].tolist() == [50, 50]
    assert city.loc["d", ["people_low", "people_high"]].tolist() == [50, 90]


def test_people_placed_by_footprint_widen_who_gains_and_who_is_left() -> None:
    q, origins = question(), given.homes([0, 1, 2, 3, 4], PEOPLE)
    # As many in each zone, in other homes of it: z1 has 60, z2 has 90.
    q = replace(q, demand=replace(q.demand, people_by_footprint=np.array([14.0, 20.0, 26.0, 45.0, 45.0])))
    people = pd.DataFrame({"origin_id": given.ids(5), "group": "total", "people": PEOPLE})
    tables = Tables(given.STUDY, origins, people, zonings=given.zonings(origins))
    gains = Gains(q, answer(q, 2, locate.Effort()))
    table = gains.by_group(tables)
    city = table[(table["zoning"] == "city") & (table["group"] == "total")].set_index("site_id")
    # c: homes 1 and 2, by floor area 20 + 30, by footprint 20 + 26. d: surely home 4, and perhaps home 3.
    assert city.loc["c", ["people_low", "people_high"]].tolist() == [46, 50]
    assert city.loc["d", ["people_low", "people_high"]].tolist() == [45, 90]
    left = told.left(gains, tables).set_index(["zoning", "zone_id"]).loc[("city", "")]
    assert left[["people", "now_low", "now_high", "then_low", "then_high"]].tolist() == [150, 91, 140, 0, 0]


def test_a_unit_that_cuts_zones_has_as_many_people_by_either_placing() -> None:
    q, origins = question(), given.homes([0, 1, 2, 3, 4], PEOPLE)
    q = replace(q, demand=replace(q.demand, people_by_footprint=np.array([14.0, 20.0, 26.0, 45.0, 45.0])))
    people = pd.DataFrame({"origin_id": given.ids(5), "group": "total", "people": PEOPLE})
    units = gpd.GeoDataFrame({"zone_id": ["u", "v"]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs=ISRAEL_TM)
    cut = Zoning("hexagon", units, np.array([0, 0, 1, 1, 1]))
    tables = Tables(given.STUDY, origins, people, zonings=(*given.zonings(origins), cut))
    gains = Gains(q, answer(q, 2, locate.Effort()))
    # u holds homes 0 and 1: by floor area 10 + 20 people, by footprint 14 + 20. Home 1 is beyond: of the 30 people 20,
    # or 20 in 34.
    left = told.left(gains, tables).set_index(["zoning", "zone_id"]).loc[("hexagon", "u")]
    assert left[["people", "now_low", "now_high"]].tolist() == pytest.approx([30, 30 * 20 / 34, 20], abs=1e-6)
    gained = (
        gains.by_group(tables).set_index(["zoning", "zone_id", "group", "site_id"]).loc[("hexagon", "u", "total", "c")]
    )
    assert gained[["people_low", "people_high"]].tolist() == pytest.approx([30 * 20 / 34, 20])


def test_second_best_is_what_trying_each_other_site_gives() -> None:
    q = question(HubChoice(add=1, resamples=0))
    gains = Gains(q, answer(q, 1, locate.Effort()))
    assert gains.added.tolist() == [2]
    walks = np.array(WALKS)
    mine = served(walks, (0, 2)) - served(walks, (0,))
    lost = {site: mine - (served(walks, (0, column)) - served(walks, (0,))) for site, column in (("b", 1), ("d", 3))}
    table = second_best(gains)
    assert dict(zip(table["alternative_id"], table["people_lost"], strict=True)) == lost
    assert table["rank"].tolist() == [1, 2] and table["people_lost"].is_monotonic_increasing


def test_a_site_that_must_is_there_and_one_that_never_is_not() -> None:
    q = question(choice=["may", "must", "never", "may"])
    assert 1 in answer(q, 1, locate.Effort()).chosen and 2 not in answer(q, 3, locate.Effort()).chosen
    assert "c" not in second_best(Gains(q, answer(q, 1, locate.Effort())))["alternative_id"].tolist()


def test_the_budget_counts_new_sites_only() -> None:
    q = question(HubChoice(add=3, budget=10.0), price=[99.0, 6.0, 7.0, 4.0])
    chosen = answer(q, 3, locate.Effort()).chosen
    assert sum(q.sites["price"].iloc[c] for c in chosen if c) <= 10
    assert served(np.array(WALKS), tuple(chosen)) == max(
        served(np.array(WALKS), (0, *some))
        for count in range(4)
        for some in combinations((1, 2, 3), count)
        if q.sites["price"].iloc[[*some]].sum() <= 10
    )


@pytest.mark.parametrize(
    ("budget", "kinds", "prices", "taken"),
    [
        (10.0, ["school", "school"], [9.0, 4.0], "c"),
        (10.0, ["school", "school"], [np.nan, 4.0], "c"),
        (10.0, ["school", "school"], [np.nan, np.nan], "b"),
        (10.0, ["own", "school"], [9.0, 4.0], "b"),
        (INF, ["school", "school"], [9.0, 4.0], "b"),
    ],
    ids=["the cheaper", "at the study's price", "by id", "the municipality's own whatever it costs", "no budget"],
)
def test_of_sites_that_serve_equally_many(budget: float, kinds: list[str], prices: list[float], taken: str) -> None:
    walks = np.array(WALKS, float)
    walks[:, 2], walks[:, 3] = walks[:, 1], 0
    # Under a budget every price is known: what nobody told takes the study's 5.
    wishes = HubChoice(add=1, budget=budget, price=INF if budget == INF else 5.0)
    q = question(wishes, kind=["school", *kinds, "school"], price=[np.nan, *prices, np.nan])
    (new,) = {*answer(replace(q, walks=csr_array(walks)), 1, locate.Effort()).chosen} - {0}
    assert q.sites["site_id"].iloc[new] == taken


@settings(max_examples=40)
@examples(
    st.lists(st.one_of(st.just(np.nan), st.integers(0, 9)), min_size=3, max_size=3),
    st.integers(0, 20),
    st.one_of(st.just(INF), st.integers(0, 9)),
)
def test_what_has_no_price_is_not_bought(told: list[float], budget: int, usual: float) -> None:
    """Every choice of sites that have a price, in their file or in the study, is tried: the best is what is chosen."""
    q = question(HubChoice(add=3, budget=float(budget), price=float(usual)), price=[np.nan, *told])
    price = [usual if np.isnan(one) else one for one in told]
    assert q.without_price.tolist() == [False, *np.isinf(price)]
    chosen = answer(q, 3, locate.Effort()).chosen
    every = [some for count in range(4) for some in combinations((1, 2, 3), count)]
    paid = [some for some in every if sum(price[c - 1] for c in some) <= budget]
    assert tuple(chosen[1:]) in paid
    assert served(np.array(WALKS), tuple(chosen)) == max(served(np.array(WALKS), (0, *some)) for some in paid)


def test_sites_without_a_price_are_named_the_own_first_and_say_why() -> None:
    """Of b, c and d nobody tells the price; d is the municipality's own, on a plot of a plan."""
    q = question(HubChoice(add=1, budget=10.0), kinds=["school", "school", "square", "plan_public own"])
    (notice,) = unpriced.notices(q)
    assert "price not known: 3 sites left out under a budget: d, b, c: state `price`" in notice.text
    assert unpriced.with_reason(q.sites, q)["reason"].tolist() == ["", *["no price, under a budget"] * 3]
    priced = question(HubChoice(add=1, budget=10.0, price=5.0))
    assert not [*unpriced.notices(priced)] and not unpriced.with_reason(priced.sites, priced)["reason"].any()


NOTHING = {"chosen_count": 0, "spent": 0.0, "assumed": 0.0, "assumed_count": 0}
NO_MUST = {"must_count": 0, "must_price": 0.0, "must_unpriced": 0}


def money_of(add: int, wishes: HubChoice, **sites: Any) -> dict[str, Any]:
    q = question(wishes, **sites)
    return money.told(Gains(q, answer(q, add, locate.Effort())))


def test_of_what_is_spent_it_is_told_how_much_is_assumed_and_what_must_be_built_beside_it() -> None:
    wishes = HubChoice(add=2, budget=12.0, price=7.0, resamples=0)
    # c has no price and takes the study's 7, d its own 5; what must be built (b) is beside the budget.
    choice = ["may", "must", "may", "may"]
    spent = {"chosen_count": 2, "spent": 12.0, "assumed": 7.0, "assumed_count": 1}
    unknown = {"must_count": 1, "must_price": 0.0, "must_unpriced": 1}
    known = {"must_count": 1, "must_price": 90.0, "must_unpriced": 0}
    untold, told = [np.nan, np.nan, np.nan, 5.0], [np.nan, 90.0, np.nan, 5.0]
    assert money_of(2, wishes, price=untold, choice=choice) == spent | unknown
    assert money_of(2, wishes, price=told, choice=choice) == spent | known
    assert money_of(2, replace(wishes, budget=INF), price=told, choice=choice) == spent | known
    assert money_of(0, wishes, price=told, choice=choice) == NOTHING | known


def test_a_hub_that_was_built_must_be_built_no_more_and_a_price_not_known_leaves_the_sum_open() -> None:
    prices = [8.0, np.nan, 6.0, 5.0]
    two = money_of(2, HubChoice(add=2, resamples=0), price=prices, choice=["must", "may", "may", "may"])
    assert two == {"chosen_count": 2, "spent": 11.0, "assumed": 0.0, "assumed_count": 0} | NO_MUST
    one = money_of(1, HubChoice(add=1, resamples=0), price=[8.0, 7.0, np.nan, 6.0])
    assert one == {"chosen_count": 1, "spent": None, "assumed": 0.0, "assumed_count": 0} | NO_MUST


def test_every_must_that_no_way_comes_near_or_that_cannot_be_is_named() -> None:
    """b has a name and no way, c is shut out before; a is a hub, d may."""
    some = sites(
        choice=["must", "must", "must", "may"], reason=["", "", "in water", ""], name_ar=[None, "ساحة", None, None]
    )
    shut = some.assign(status=["existing", "candidate", "excluded", "candidate"])
    (notice,) = musts.notices(hubs._with_ways(shut, frozenset("abd")))
    assert notice.name == "must_is_excluded"
    assert "2 sites that must be chosen are left out: b ساحة (no way within reach), c (in water):" in notice.text
    assert not [*musts.notices(some)]


def test_a_site_that_must_be_built_needs_no_price_and_without_a_budget_none_does() -> None:
    q = question(HubChoice(add=3, budget=0.0), choice=["may", "must", "may", "may"])
    assert q.without_price.tolist() == [False, False, True, True]
    assert answer(q, 3, locate.Effort()).chosen.tolist() == [0, 1]
    assert not question(HubChoice(add=3)).without_price.any()


def test_the_cheapest_sites_are_looked_for_only_where_all_prices_are_known() -> None:
    # Home 2 has c alone within the walk, home 4 d alone, and the two serve all others.
    wishes = HubChoice(objective="lscp")
    told = answer(question(wishes, price=[np.nan, 1.0, 90.0, 5.0]), 0, locate.Effort())
    assert told.objective == 95 and told.chosen.tolist() == [0, 2, 3]
    untold = answer(question(wishes, price=[np.nan, np.nan, 90.0, 5.0]), 0, locate.Effort())
    assert untold.objective == 2 and untold.chosen.tolist() == [0, 2, 3]


def test_each_further_hub_serves_no_fewer() -> None:
    table = told.further_hubs(question(), steps(question(), locate.Effort()))
    assert table["hubs_count"].tolist() == [1, 2] or table["hubs_count"].tolist() == [1, 2, 3]
    assert (table["people_gained_low"] >= 0).all()
    # d alone is worth most, of which the 40 may have a hub, and the first 10 people have one now.
    assert table[["people_gained_low", "people_gained_high"]].iloc[0].tolist() == [50, 90]
    assert table["people_served"].iloc[0] == 90 + 10


def test_what_must_be_built_is_in_every_step_and_is_the_first() -> None:
    """b must be built: home 1 has it within the walk and no hub now, so 20 people gain; d alone would bring 90."""
    q = question(choice=["may", "must", "may", "may"])
    table = told.further_hubs(q, steps(q, locate.Effort()))
    assert table["site_ids"].iloc[0] == "b" and all("b" in ids.split(";") for ids in table["site_ids"])
    assert table[["hubs_count", "people_gained_low", "people_gained_high"]].iloc[0].tolist() == [1, 20, 20]


def test_capacity_leaves_people_out() -> None:
    q = question(HubChoice(add=1), capacity=[np.nan, np.nan, 25.0, 60.0])
    gains = Gains(q, answer(q, 1, locate.Effort()))
    assert gains.summed(np.sum)[1] == pytest.approx(60)
    assert gains.added.tolist() == [3]


def most_served(people: np.ndarray, near: np.ndarray, room: np.ndarray, chosen: tuple[int, ...]) -> float:
    """The most people that chosen sites have room for: the least cut between them, of all there are."""
    cuts = []
    for count in range(len(chosen) + 1):
        for full in combinations(chosen, count):
            rest = [site for site in chosen if site not in full]
            cuts.append(sum(room[site] for site in full) + people[near[:, rest].any(axis=1)].sum())
    return float(min(cuts))


crowded = examples(
    st.lists(st.lists(st.integers(0, 1200), min_size=4, max_size=4), min_size=1, max_size=6),
    st.lists(st.integers(1, 30), min_size=4, max_size=4),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)


def crowd(walks: list[list[int]], room: list[int], add: int, random: Any) -> tuple[Gains, np.ndarray, np.ndarray]:
    """Homes of 1 to 20 people whose sites can be full; who of them has no hub, and which sites are near."""
    rows, count = np.array(walks, float), len(walks)
    near = (rows > 0) & (rows <= 600)
    floor, footprint = (np.array([random.randint(1, 20) for _ in walks], float) for _ in range(2))
    state = np.where(near[:, 0], REACHED, [random.choice([BEYOND, NOT_MAPPED]) for _ in walks]).astype(object)
    now_s = np.where(rows[:, 0] > 0, rows[:, 0], INF)
    demand = Demand(given.ids(count), np.full(count, "z"), floor, footprint, np.ones(count), now_s, state)
    wishes = HubChoice(add=add, resamples=0)
    q = Question(demand, sites(capacity=np.array(room, float)), csr_array(rows), wishes, 600.0, 1200.0)
    return Gains(q, answer(q, add, locate.Effort())), ~near[:, 0], near


@settings(max_examples=80, deadline=None)
@crowded
def test_no_more_gain_than_there_is_room_for(walks: list[list[int]], room: list[int], add: int, random: Any) -> None:
    gains, without, near = crowd(walks, room, add, random)
    demand, chosen = gains.question.demand, tuple(gains.added.tolist())
    for people, goes in zip(demand.placings, gains.people, strict=True):
        to_sites, of_home = (np.bincount(at, goes, minlength=6) for at in (gains.site, gains.home))
        assert (to_sites[:4] <= np.array(room) + 1e-6).all()
        assert (of_home[: len(people)] <= people + 1e-6).all()
        assert goes.sum() == pytest.approx(most_served(people * without, near, np.array(room), chosen), abs=1e-5)
    assert near[gains.home, gains.site].all() and without[gains.home].all()
    assert gains.siting.objective == pytest.approx(gains.people[0].sum() + demand.people[~without].sum(), abs=1e-5), (
        "as many as the solver says"
    )
    low, high = gains.summed(np.sum)
    assert low <= high + 1e-9


@settings(max_examples=80, deadline=None)
@crowded
def test_second_best_keeps_the_room_of_every_site(
    walks: list[list[int]], room: list[int], add: int, random: Any
) -> None:
    gains, without, near = crowd(walks, room, add, random)
    people, table = gains.question.demand.people * without, second_best(gains)
    for column in gains.added.tolist():
        others = tuple(c for c in gains.added.tolist() if c != column)
        with_it, bare = (most_served(people, near, np.array(room), some) for some in ((*others, column), others))
        instead = {c: most_served(people, near, np.array(room), (*others, c)) for c in {1, 2, 3} - {*others, column}}
        lost = sorted(with_it - brought for brought in instead.values() if brought > bare + 1e-5)
        told = table[table["site_id"] == "abcd"[column]]
        assert told["people_lost"].tolist() == pytest.approx(lost, abs=1e-5)
        assert gains.lost_without(column)[1] >= with_it - bare - 1e-5
    assert (table["people_lost"] >= -1e-5).all(), "the best choice is the best"


@settings(max_examples=60, deadline=None)
@crowded
def test_what_a_site_adds_lies_between_its_ends_whoever_has_no_hub(
    walks: list[list[int]], room: list[int], add: int, random: Any
) -> None:
    gains, without, near = crowd(walks, room, add, random)
    unsure = without & ~gains.question.demand.is_beyond
    has_one = np.array([random.random() < 0.5 for _ in walks])
    without = without & ~(unsure & has_one)
    for column in gains.added.tolist():
        others = tuple(c for c in gains.added.tolist() if c != column)
        low, high = gains.lost_without(column)
        for people in gains.question.demand.placings:
            some = ((*others, column), others)
            with_it, bare = (most_served(people * without, near, np.array(room), sites) for sites in some)
            assert low - 1e-5 <= with_it - bare <= high + 1e-5


def test_second_best_keeps_the_budget_and_the_distance() -> None:
    q = question(HubChoice(add=1, budget=10.0), price=[np.nan, 11.0, 7.0, 4.0])
    gains = Gains(q, answer(q, 1, locate.Effort()))
    # c and d serve 90 each, d takes less; b is beyond the budget.
    assert gains.added.tolist() == [3] and second_best(gains)["alternative_id"].tolist() == ["c"]
    # Sites stand 1,000 m from each other in the order a, b, c, d: b is too near to a.
    q = question(HubChoice(add=1, apart_m=1500.0))
    gains = Gains(q, answer(q, 1, locate.Effort()))
    assert gains.added.tolist() == [2] and second_best(gains)["alternative_id"].tolist() == ["d"]


def test_what_must_be_built_is_not_chosen_and_another_may_serve_more() -> None:
    # b must: it brings home 1, 20 people; c in its place 20 + 30 + 40, d 40 + 50.
    q = question(HubChoice(add=0, resamples=5), choice=["may", "must", "may", "may"])
    gains = Gains(q, answer(q, 0, locate.Effort()))
    table = second_best(gains)
    assert dict(zip(table["alternative_id"], table["people_lost"], strict=True)) == {"c": 20 - 90, "d": 20 - 90}
    steady = steadiness.try_again(q, gains.siting.chosen, 5)
    hosted = pd.DataFrame({"site_id": [], "category": [], "hosted": np.zeros(0, bool)})
    # Of two homes without a count that b is within the walk of, one has the hub a.
    homes = Uncounted.of(np.array(["y", "y"], object), csr_array([[90.0, 90, 0, 0], [0, 90, 90, 0]]), 600.0)
    table = told.hubs(gains, steady, hosted, homes).set_index("site_id")
    row = table.loc["b"]
    assert row["homes_not_counted"] == 1 and np.isnan(table.loc["a", "homes_not_counted"])
    assert steady.chosen[1] == 1 and np.isnan(row["chosen_share"]) and np.isnan(row["near_share"])
    assert row[["people_low", "people_high", "people_only_low", "people_only_high"]].tolist() == [20] * 4


def test_a_hub_that_there_is_has_room_for_all_who_have_it() -> None:
    q = question(HubChoice(add=1), capacity=[1.0, np.nan, np.nan, np.nan])
    assert answer(q, 1, locate.Effort()).served.tolist() == [10, 20, 30, 40, 0]


def test_trying_again_is_the_same_every_time_and_tells_shares() -> None:
    first, again = (steadiness.try_again(question(), np.array([0, 2, 3]), 20) for _ in range(2))
    assert first.chosen.tolist() == again.chosen.tolist() and first.tries == 20
    assert ((first.chosen >= 0) & (first.chosen <= 1)).all() and (first.near >= first.chosen).all()
    assert first.chosen[0] == 0  # a hub that is there is not proposed
    assert np.isnan(steadiness.try_again(question(), np.array([0]), 0).chosen).all()


def test_what_may_not_be_chosen_takes_the_place_of_no_site_that_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """One site is tried beside the answer: c, within the walk of most people; under a budget d, for c has no price."""
    monkeypatch.setattr(steadiness, "SITES_TRIED", 1)
    q = question(HubChoice(add=1, budget=5.0), price=[np.nan, 4.0, np.nan, 4.0])
    assert steadiness._likely(q, np.array([1])).tolist() == [0, 1, 3]
    assert steadiness._likely(replace(q, choice=HubChoice(add=1)), np.array([1])).tolist() == [0, 1, 2]


def test_sites_near_each_other_are_one_hub_to_those_who_walk_there() -> None:
    q = question(HubChoice(add=1))
    side_by_side = q.sites.set_geometry(
        gpd.GeoSeries([Point(0, 0), Point(1000, 0), Point(1200, 0), Point(9000, 0)], crs=ISRAEL_TM)
    )
    steady = steadiness.try_again(replace(q, sites=side_by_side), np.array([0, 2]), 20)
    assert steady.near[1] == steady.near[2] >= max(steady.chosen[1], steady.chosen[2])


@settings(max_examples=60)
@examples(
    st.lists(st.lists(st.integers(0, 1200), min_size=4, max_size=4), min_size=1, max_size=8),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)
def test_the_order_of_rows_changes_nothing(walks: list[list[int]], add: int, random: Any) -> None:
    rows = np.array(walks, float)
    count = len(rows)
    people = np.arange(1.0, count + 1)
    state = np.where((rows[:, 0] > 0) & (rows[:, 0] <= 600), REACHED, BEYOND).astype(object)
    now_s = np.where(rows[:, 0] > 0, rows[:, 0], INF)
    order = random.sample(range(count), count)

    def asked(of: list[int]) -> Question:
        zones = np.full(count, "z")
        demand = Demand(given.ids(count)[of], zones, people[of], people[of], np.ones(count), now_s[of], state[of])
        return Question(demand, sites(), csr_array(rows[of]), HubChoice(add=add), 600.0, 1200.0)

    here, there = (Gains(q, answer(q, add, locate.Effort())) for q in (asked([*range(count)]), asked(order)))
    assert here.siting.chosen.tolist() == there.siting.chosen.tolist()
    mine, theirs = (of_homes(gains)[1] for gains in (here, there))
    assert mine[order].tolist() == theirs.tolist()


def test_worst_served_first() -> None:
    # By people alone d with 90; by those who walk farthest now too, as homes 2 to 4 have no hub within the horizon:
    # c serves 30 + 40 of them, d 40 + 50, b nobody.
    q = question(HubChoice(add=1, equity="lexicographic"))
    assert q.demand.tiers(600.0).tolist() == [2, 1, 0, 0, 0]
    assert answer(q, 1, locate.Effort()).chosen.tolist() == [0, 3]


def test_a_hub_hosts_what_most_people_lack_as_far_as_its_room_goes() -> None:
    # Sites c and d are chosen. A clinic takes 150 m2, a library 150, a post office 40: 200 m2 have room for one of the
    # large ones and the small one. Home 3 (40 people, c 300 s, d 200 s) lacks a clinic, home 4 (50, d 100 s) a library
    # and a post office, home 2 (30, c 100 s, d 800 s) a library.
    q = question(HubChoice(add=2, room_m2=200, services=("clinic", "library", "post_office"), resamples=0))
    gains = Gains(q, answer(q, 2, locate.Effort()))
    lacks = {"clinic": [3], "library": [2, 4], "post_office": [4]}
    scores = pd.DataFrame(
        {f"category_{key}_state": [BEYOND if i in homes else REACHED for i in range(5)] for key, homes in lacks.items()}
    )
    table = services.host(given.STUDY.catalogue.categories, scores, gains)
    hosted = table[table["hosted"]].set_index(["site_id", "category"])["people_gained"]
    # One takes the clinic, the other the library; 40 + 80 + 50 is most: the clinic at c, library and post at d.
    assert hosted.to_dict() == {("c", "clinic"): 40, ("d", "library"): 80, ("d", "post_office"): 50}
    would = table[~table["hosted"]].set_index(["site_id", "category"])["people_gained"]
    assert would.to_dict() == {("c", "library"): 30, ("d", "clinic"): 40}


def test_every_kind_of_site_has_its_rank() -> None:
    assert {*PREFERRED} == {*KINDS}


def test_people_of_planned_dwellings_draw_a_hub_and_gain_nothing_of_now() -> None:
    q = question(HubChoice(add=1, resamples=0))
    more = q.demand.and_also(pd.Index(["plan"]), np.array([500.0]), np.array([INF]), 600.0)
    walks = csr_array(np.vstack([q.walks.toarray(), [0, 100, 0, 0]]))
    siting = answer(replace(q, demand=more, walks=walks), 1, locate.Effort())
    assert siting.chosen.tolist() == [0, 1]
    assert of_homes(Gains(q, siting))[1].tolist() == [0, 20, 0, 0, 0]


def test_the_example_of_the_method_page() -> None:
    walks = np.array([[60, 60, 0, 0], [0, 0, 60, 0], [0, 0, 300, 60], [0, 0, 0, 60]], float)
    people, state = np.array([10.0, 20.0, 30.0, 40.0]), np.array([REACHED, BEYOND, BEYOND, BEYOND], object)
    demand = Demand(given.ids(4), np.full(4, "z"), people, people, np.ones(4), np.array([60, INF, INF, INF]), state)

    def asked(add: int, **columns: Any) -> Gains:
        wishes = HubChoice(add=add, budget=columns.pop("budget", INF), price=columns.pop("usual", INF))
        q = Question(demand, sites(**columns), csr_array(walks), wishes, 900.0, 900.0)
        return Gains(q, answer(q, add, locate.Effort()))

    one, two = asked(1), asked(2)
    assert one.added.tolist() == [3] and one.summed(np.sum)[0] == 70
    table = second_best(one)
    assert table[["alternative_id", "people_lost"]].to_numpy().tolist() == [["c", 20.0]]
    assert two.added.tolist() == [2, 3] and two.summed(np.sum)[0] == 90 and two.site.tolist() == [2, 3, 3]
    small = [np.nan, np.nan, np.nan, 45.0]
    assert asked(1, capacity=small).added.tolist() == [2]
    full = asked(2, capacity=small)
    assert dict(zip(zip(full.home, full.site, strict=True), full.people[0].round(6), strict=True)) == {
        (1, 2): 20, (2, 2): 25, (2, 3): 5, (3, 3): 40,
    }  # fmt: skip
    priced = {"price": [np.nan, np.nan, 4.0, np.nan], "budget": 5.0}
    assert asked(1, **priced).added.tolist() == [2] and asked(1, **priced, usual=5.0).added.tolist() == [3]


def beside(people: list[float], states: list[str], near: list[list[int]], **columns: Any) -> Gains:
    """Homes, each farther than the one before from the sites b, c and d near it, all of them built; none has a hub."""
    count = len(people)
    walks = np.array([[0.0, *((9.0 + row) * (site in some) for site in (1, 2, 3))] for row, some in enumerate(near)])
    here, zones = np.array(people), np.full(count, "z")
    demand = Demand(given.ids(count), zones, here, here, np.ones(count), np.full(count, INF), np.array(states, object))
    q = Question(demand, sites(**columns), csr_array(walks), HubChoice(add=3), 600.0, 800.0)
    return Gains(q, answer(q, 3, locate.Effort()))


def test_sites_are_numbered_by_who_surely_gains_then_by_who_may() -> None:
    """Of 100 people beside b nobody knows if they have a hub; c brings one to 60 who have none."""
    gains = beside([100.0, 60.0, 50.0], [NOT_MAPPED, BEYOND, NOT_MAPPED], [[1], [2], [3]])
    assert told._by_people_added(gains).tolist() == [2, 1, 3]


def test_who_finds_a_site_full_is_left_to_the_next() -> None:
    """Of 100 people beside b and c the first takes 40 and the other 30; d brings a hub to 20 others."""
    gains = beside([100.0, 20.0], [BEYOND, BEYOND], [[1, 2], [3]], capacity=[np.nan, 40.0, 30.0, 90.0])
    order = told._by_people_added(gains)
    assert order.tolist() == [1, 2, 3]
    assert told._added(gains, order) == [(40, 40), (30, 30), (20, 20)]


def test_who_may_have_a_hub_may_leave_the_room_to_those_who_have_none() -> None:
    """A site for 50 is nearest to 50 people of whom nobody knows, and serves 50 others if these have a hub."""
    gains = beside([50.0, 50.0], [NOT_MAPPED, BEYOND], [[1], [1]], capacity=[np.nan, 50.0, 50.0, 50.0])
    origins = given.homes([0, 1], [50.0, 50.0])
    people = pd.DataFrame({"origin_id": given.ids(2), "group": "total", "people": 50.0})
    tables = Tables(given.STUDY, origins, people, zonings=given.zonings(origins))
    left = told.left(gains, tables).set_index(["zoning", "zone_id"]).loc[("city", "")]
    assert left[["now_low", "now_high", "then_low", "then_high"]].tolist() == [50, 100, 0, 50]


def of_a_hub_there(states: list[str], cut_off: float = 500.0, **not_counted: Any) -> tuple[str, str]:
    """What is said of 30 people within the walk of the hub there is and of 40 at `cut_off` of it.

    `not_counted`: homes without a count, by zone.
    """
    walks = csr_array(np.array([[100.0, 0, 0, 900.0], [cut_off, 0, 0, 900.0]]))
    here, now_s = np.array([30.0, 40.0]), np.array([100.0, cut_off])
    demand = Demand(given.ids(2), np.array(["z", "z"]), here, here, np.ones(2), now_s, np.array(states, object))
    q = Question(demand, sites(), walks, HubChoice(add=2), 600.0, 950.0)
    gains, origins = Gains(q, answer(q, 2, locate.Effort())), given.homes([0, 1], [30.0, 40.0])
    people = pd.DataFrame({"origin_id": given.ids(2), "group": "total", "people": here})
    left = told.left(gains, Tables(given.STUDY, origins, people, zonings=given.zonings(origins)))
    return told.sentence(gains, left, {"not_counted": not_counted}), gains.siting.sentence


def test_where_nobody_surely_lacks_a_hub_it_is_said_of_how_many_it_is_not_known() -> None:
    """A walk of 500 s to a hub in a list that is not believed is no sure one."""
    none, nobody = "No site for a new hub is proposed.", "Nobody is surely without a hub within the walk"
    assert of_a_hub_there([REACHED, NOT_MAPPED])[0] == f"{none} {nobody}; of at most 40 it is not known."
    assert of_a_hub_there([REACHED, REACHED])[0] == f"{none} Nobody is without a hub within the walk."
    homes = {"homes": 5, "now": 4, "then": 4}
    assert re.fullmatch(
        rf"{none} Of those who are counted nobody is .* within the walk\. Homes .* a count: 8\. .* now: 7; then: 5\.",
        of_a_hub_there([REACHED, REACHED], y=homes, z={"homes": 3, "now": 3, "then": 1})[0],
    )
    surely = of_a_hub_there([REACHED, BEYOND], cut_off=700.0)
    assert surely[0] == "The fixed sites (1) already serve all within reach, 30: none is added.", (
        "nobody reaches the 40"
    )


def test_what_a_site_adds_is_counted_home_by_home_in_the_order_of_the_ranks() -> None:
    """Of sites d, c and b, in this order, the first brings 40 + 50 people, the next 20 + 30, the last nobody more.

    Of the 40 nobody knows whether they have a hub.
    """
    asked = question(HubChoice(add=3))
    added = told._added(Gains(asked, answer(asked, 3, locate.Effort())), np.array([3, 2, 1]))
    walks, before = np.array(WALKS), served(np.array(WALKS), (0,))
    by_hand = [served(walks, (0, 3)), served(walks, (0, 3, 2)), served(walks, (0, 3, 2, 1))]
    assert by_hand == [before + 90, before + 140, before + 140]
    assert added == [(50, 90), (50, 50), (0, 0)]
    told_of = told._of_new(added, 4)
    assert told_of[:, 1].tolist()[:3] == [90, 50, 0] and np.isnan(told_of[3]).all()
