"""The smallest set of additions: against all subsets, by hand on small tables, and where a passage beats a building."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from given import homes as on_a_line
from given import zonings
from hypothesis import given, settings
from hypothesis import strategies as st
from linked_town import category, hairpin, homes, linked, study, walks
from scipy.sparse import csr_array
from shapely import Point, box

from geokehila import additions, links
from geokehila.access import Ask, Walks
from geokehila.additions.problem import Problem, merged
from geokehila.additions.sites import Hosts, kinds_for
from geokehila.additions.smallest import in_order, most, smallest
from geokehila.analyses.tables import Tables
from geokehila.catalogue import Catalogue
from geokehila.schema import ISRAEL_TM
from geokehila.study import GapChoice, Study
from geokehila.zones import Zoning

CLINIC, KINDER, GROCERY, PARK = (
    category("clinic", hosted_m2=150.0),
    category("kindergarten", 10.0, hosted_m2=120.0),
    category("grocery"),
    category("park", 10.0),
)
TOY = replace(study(CLINIC, KINDER), gaps=GapChoice(least_people=5.0))


# The model against all subsets ---------------------------------------------------------------------------------------


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """A few patterns with needs of up to three categories, links, sites with a service of each, some small."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    patterns, categories = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    lacks = rng.random((patterns, categories)) < 0.6
    lacks[~lacks.any(axis=1), 0] = True
    pattern, of_need = np.nonzero(lacks)
    is_link = rng.random(draw(st.integers(1, 5))) < 0.4
    pairs = [(a, c) for a, link in enumerate(is_link) for c in range(1 if link else categories) if rng.random() < 0.8]
    addition, of_option = np.array(pairs or [(0, 0)]).T
    links_of = is_link[addition]
    helps = rng.random((len(pattern), len(addition))) < draw(st.floats(0.1, 0.8))
    helps[:, rng.integers(0, len(addition))] = helps[:, 0]  # two that are equal, where they are of one category
    helps &= (of_need[:, None] == of_option) | links_of
    room = np.where(is_link | (rng.random(len(is_link)) < 0.5), np.inf, rng.integers(1, 4, len(is_link)) * 100.0)
    floor = np.where(links_of, 0.0, rng.integers(0, 3, len(addition)) * 100.0)
    people = rng.integers(1, 6, patterns).astype(float)
    return Problem(people, pattern, csr_array(helps.astype(float)), addition, ~links_of, floor, room)


def by_all_subsets(problem: Problem, target: float) -> tuple[int, int, float] | None:
    """Fewest additions, then fewest services, then most people, over every set of options that has room."""
    helps, best = problem.helps.toarray() > 0, None
    for count in range(len(problem.addition) + 1):
        for chosen in combinations(range(len(problem.addition)), count):
            some = [*chosen]
            asked = np.bincount(problem.addition[some], problem.floor_m2[some], minlength=len(problem.room_m2))
            met = helps[:, some].any(axis=1)
            people = sum(size for p, size in enumerate(problem.people) if met[problem.pattern == p].all())
            if (asked > problem.room_m2).any() or people < target:
                continue
            key = (len({*problem.addition[some]}), int(problem.is_service[some].sum()), -people)
            best = key if best is None else min(best, key)
    return best


def told(problem: Problem, options: np.ndarray) -> tuple[int, int, float]:
    asked = np.bincount(problem.addition[options], problem.floor_m2[options], minlength=len(problem.room_m2))
    assert (asked <= problem.room_m2).all()
    people = float(problem.people @ problem.served(options))
    return len({*problem.addition[options]}), int(problem.is_service[options].sum()), -people


@settings(max_examples=200)
@given(problems(), st.floats(0.05, 1.0))
def test_the_set_found_is_the_best_of_all_subsets(problem: Problem, share: float) -> None:
    target = share * float(problem.people.sum())
    found, best = smallest(problem, target), by_all_subsets(problem, target)
    assert (found is None) == (best is None)
    if found and best:
        assert told(problem, found.options) == pytest.approx(best, abs=1e-4) and found.least == best[0]


@given(problems())
def test_no_set_serves_more_than_is_said_of_all_together(problem: Problem) -> None:
    every = [by_all_subsets(problem, people) for people in np.arange(0, problem.people.sum() + 1)]
    best = max(-found[2] for found in every if found)
    assert most(problem) == pytest.approx(best, abs=1e-3 * problem.people.sum())


@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_patterns_and_needs_does_not_matter(problem: Problem, chance: "random.Random") -> None:  # noqa: F821
    turned = [*range(len(problem.pattern))]
    chance.shuffle(turned)
    numbers = np.array(turned, np.int64)
    other = replace(problem, pattern=problem.pattern[numbers], helps=csr_array(problem.helps[numbers]))
    target = 0.8 * float(problem.people.sum())
    one, two = smallest(problem, target), smallest(other, target)
    assert (one is None) == (two is None)
    if one and two:
        assert told(problem, one.options) == pytest.approx(told(problem, two.options), abs=1e-4)


@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_merged_homes_are_served_by_what_serves_the_homes(options: int, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    home = np.sort(np.concatenate([np.arange(count), rng.integers(0, count, count)]))
    helps, people = rng.random((len(home), options)) < 0.5, rng.integers(1, 9, count).astype(float)
    size, pattern, kept = merged(people, home, csr_array(helps.astype(float)))
    for chosen in (rng.random(options) < 0.6, np.ones(options, bool), np.zeros(options, bool)):
        met = (helps & chosen).any(axis=1)
        served = sum(people[h] for h in range(count) if met[home == h].all())
        of_merged = (helps[kept] & chosen).any(axis=1)
        assert sum(size[p] for p in range(len(size)) if of_merged[pattern == p].all()) == served


def test_additions_are_taken_in_the_order_of_what_they_add() -> None:
    # Three patterns of 5, 3 and 2 people; the last needs both. The first serves 5, then the second 3 + 2.
    helps = csr_array(np.array([[1.0, 0], [0, 1], [1, 0], [0, 1]]))
    one = np.ones(2)
    problem = Problem(np.array([5.0, 3, 2]), np.array([0, 1, 2, 2]), helps, np.arange(2), one > 0, one, one * np.inf)
    assert in_order(problem) == [(0, 5.0), (1, 10.0)]


# By hand -------------------------------------------------------------------------------------------------------------


def tables(people: Sequence[float], town: Study = TOY) -> Tables:
    """Homes h0, h1, … 100 m apart in one zone z."""
    origins = on_a_line([100.0 * i for i in range(len(people))], people)
    return Tables(study=town, origins=origins, zonings=zonings(origins))


def states(**by_category: str) -> pd.DataFrame:
    """A letter for each home: r reached, b beyond, m not mapped, u unconnected, e edge."""
    words = {"r": "reached", "b": "beyond", "m": "not mapped", "u": "unconnected", "e": "edge"}
    return pd.DataFrame({f"category_{key}_state": [words[c] for c in text] for key, text in by_category.items()})


def sites(**kinds: str) -> gpd.GeoDataFrame:
    told = {"site_id": [*kinds], "kind": [*kinds.values()], "status": "candidate", "choice": "may"}
    at = [Point(0, 0)] * len(kinds)
    return gpd.GeoDataFrame(told | {"extendable": False, "room_m2": np.nan}, geometry=at, crs=ISRAEL_TM)


def site_walks(walk_s: Mapping[str, Mapping[int, float]]) -> pd.DataFrame:
    rows = [(f"h{home}", site, seconds) for site, some in walk_s.items() for home, seconds in some.items()]
    return pd.DataFrame(rows, columns=["origin_id", "site_id", "walk_s"])


def link_gains(**given_by: Mapping[str, Sequence[int]]) -> pd.DataFrame:
    rows = [
        (link, f"h{h}", key) for link, some in given_by.items() for key, some_homes in some.items() for h in some_homes
    ]
    return pd.DataFrame(rows, columns=["link_id", "origin_id", "category"])


NO_WALKS, NO_LINKS = site_walks({}), link_gains()


def steps(found: pd.DataFrame) -> list[tuple[object, ...]]:
    columns = ["step", "kind", "categories", "site_id", "link_id", "share_before", "share_after", "people_gained"]
    return [tuple(None if value != value else value for value in row) for row in found[columns].itertuples(index=False)]


def test_the_example_of_the_method_page() -> None:
    """docs/methods/additions.md: five homes of 20 people; the library hosts both services, and one link is left."""
    town = tables([20.0] * 5)
    told = states(clinic="rbbbr", kindergarten="rbbrb")
    walked = site_walks({"library": {1: 400.0, 2: 500.0, 3: 901.0}, "school": {3: 901.0, 4: 500.0}})
    found = additions.measure(town, told, sites(library="library", school="school"), walked,
                              link_gains(passage={"clinic": [3]}))  # fmt: skip
    # Now 1 of 5 homes has both. The library with clinic and kindergarten serves h1 and h2; the passage h3: 4 of 5. So
    # would a kindergarten in the school, for h4, but as a third service.
    assert steps(found) == [
        (1, "service", "clinic;kindergarten", "library", None, 0.2, pytest.approx(0.6), pytest.approx(40)),
        (2, "link", "clinic", None, "passage", pytest.approx(0.6), pytest.approx(0.8), pytest.approx(20)),
    ]
    assert {*found["verdict"]} == {additions.FOUND} and {*found["reason"]} == {""}
    assert {*found["people"]} == {100.0} and {*found["zoning"]} == {"zone"}, "the city is not looked into"


def test_a_kindergarten_is_asked_within_its_own_cutoff() -> None:
    walked = site_walks({"library": {0: 600.0, 1: 601.0}})
    found = additions.measure(tables([8.0, 2.0]), states(clinic="rr", kindergarten="bb"), sites(library="library"),
                              walked, NO_LINKS)  # fmt: skip
    assert steps(found) == [(1, "service", "kindergarten", "library", None, 0.0, 0.8, 8.0)]


def test_a_link_is_taken_before_a_site_that_does_as_much() -> None:
    walked = site_walks({"library": {0: 10.0, 1: 10.0}})
    found = additions.measure(tables([5.0, 5.0]), states(clinic="bb", kindergarten="rr"), sites(library="library"),
                              walked, link_gains(passage={"clinic": [0, 1]}))  # fmt: skip
    assert steps(found) == [(1, "link", "clinic", None, "passage", 0.0, 1.0, 10.0)]


def test_little_room_in_a_building_makes_it_two() -> None:
    small = sites(a="library", b="library").assign(room_m2=200.0)
    walked = site_walks({"a": {0: 10.0}, "b": {0: 10.0}})
    found = additions.measure(tables([10.0]), states(clinic="b", kindergarten="b"), small, walked, NO_LINKS)
    # A clinic takes 150 m2 and a kindergarten 120: not both in 200.
    assert sorted(found["categories"]) == ["clinic", "kindergarten"] and sorted(found["site_id"]) == ["a", "b"]
    plots = small.assign(kind="plan_public")
    assert len(additions.measure(tables([10.0]), states(clinic="b", kindergarten="b"), plots, walked, NO_LINKS)) == 1


@pytest.mark.parametrize(
    ("change", "is_used"),
    [
        ({"status": "excluded"}, False),
        ({"choice": "never"}, False),
        ({"status": "existing"}, False),
        ({"status": "existing", "extendable": True}, True),
    ],
)
def test_only_what_may_be_opened_or_extended_hosts_anything(change: dict[str, object], is_used: bool) -> None:
    walked = site_walks({"a": {0: 10.0}})
    found = additions.measure(tables([10.0]), states(clinic="b", kindergarten="r"), sites(a="library").assign(**change),
                              walked, NO_LINKS)  # fmt: skip
    assert (found["verdict"].item() == additions.FOUND) == is_used


@pytest.mark.parametrize(
    ("told", "people", "verdict", "reason", "before", "after"),
    [
        (states(clinic="rrrrb", kindergarten="rrrrr"), [20.0] * 5, additions.REACHED_ALREADY, "", 0.8, 0.8),
        (states(clinic="rb", kindergarten="rr"), [2.0, 2.0], additions.FEW, "", 0.5, None),
        (states(clinic="rb", kindergarten="bb"), [5.0, 5.0], additions.NOT_POSSIBLE, "kindergarten;clinic", 0.0, 0.0),
        (states(clinic="ru", kindergarten="ru"), [5.0, 5.0], additions.NOT_KNOWN, "unconnected", 0.5, None),
        (states(clinic="re", kindergarten="rr"), [5.0, 5.0], additions.NOT_KNOWN, "edge", 0.5, None),
        (states(clinic="mm", kindergarten="mm"), [5.0, 5.0], additions.NOT_KNOWN, "not mapped", 0.0, None),
        (states(clinic="mm", kindergarten="rr"), [5.0, 5.0], additions.REACHED_ALREADY, "", 1.0, 1.0),
    ],
)
def test_what_is_said_where_nothing_is_added(
    told: pd.DataFrame, people: list[float], verdict: str, reason: str, before: float, after: float | None
) -> None:
    found = additions.measure(tables(people), told, sites(), NO_WALKS, NO_LINKS)
    row = found.iloc[0]
    assert len(found) == 1 and (row["step"], row["verdict"], row["reason"]) == (0, verdict, reason)
    assert row["share_before"] == pytest.approx(before)
    assert np.isnan(row["share_after"]) if after is None else row["share_after"] == pytest.approx(after)


def test_the_unconnected_and_the_edge_stay_in_the_denominator_and_what_is_not_mapped_is_not_asked() -> None:
    told = states(clinic="bbbbu", kindergarten="rrrme")
    walked = site_walks({"library": dict.fromkeys(range(5), 60.0)})
    found = additions.measure(tables([20.0] * 5), told, sites(library="library"), walked, NO_LINKS)
    row = found.iloc[0]
    assert (row["people"], row["people_open"], row["not_asked"]) == (100.0, 20.0, "kindergarten")
    assert (row["share_before"], row["share_after"], row["people_gained"]) == (0.0, 0.8, 80.0)


def test_the_best_share_that_all_sites_together_reach() -> None:
    walked = site_walks({"library": {0: 60.0, 1: 60.0, 2: 901.0}})
    found = additions.measure(tables([30.0, 30.0, 40.0]), states(clinic="bbb", kindergarten="rrr"),
                              sites(library="library"), walked, NO_LINKS)  # fmt: skip
    row = found.iloc[0]
    assert (row["verdict"], row["reason"]) == (additions.NOT_POSSIBLE, "clinic")
    assert row["share_after"] == pytest.approx(0.6)


def test_a_park_is_not_a_matter_of_buildings() -> None:
    town = tables([10.0], replace(study(CLINIC, PARK), gaps=GapChoice(least_people=5.0)))
    told, walked = states(clinic="b", park="b"), site_walks({"a": {0: 10.0}, "plot": {0: 500.0}})
    found = additions.measure(town, told, sites(a="library"), walked, NO_LINKS)
    assert (found["verdict"].item(), found["reason"].item()) == (additions.NOT_BY_BUILDING, "park")
    assert found["share_after"].item() == 0.0
    with_plot = additions.measure(town, told, sites(a="library", plot="plan_open"), walked, NO_LINKS)
    assert steps(with_plot)[-1][6] == 1.0 and {*with_plot["site_id"]} == {"a", "plot"}
    by_link = additions.measure(town, told, sites(a="library"), walked, link_gains(passage={"park": [0]}))
    assert {*by_link["kind"]} == {"service", "link"}


def test_rows_in_any_order_give_the_same_table() -> None:
    rng = np.random.default_rng(7)
    names = {f"s{i}": "library" for i in range(8)}
    walked = site_walks(
        {name: {int(h): float(rng.integers(10, 1000)) for h in rng.permutation(12)[:6]} for name in names}
    )
    passages = link_gains(l1={"clinic": [0, 3]}, l2={"kindergarten": [1, 2], "clinic": [5]})
    told = states(clinic="bbbbbbbbbbbb", kindergarten="bbrrbbbbrrbb")
    made = [
        additions.measure(tables([float(i + 1) for i in range(12)]), told, every.sample(frac=1, random_state=seed),
                          walked.sample(frac=1, random_state=seed), passages.sample(frac=1, random_state=seed))
        for seed, every in enumerate([sites(**names)] * 3)
    ]  # fmt: skip
    for other in made[1:]:
        pd.testing.assert_frame_equal(made[0], other)


def test_units_are_looked_into_by_zonings_of_300_at_most_else_by_the_zones() -> None:
    origins = on_a_line([float(i) for i in range(301)])
    apart = gpd.GeoDataFrame({"zone_id": [f"z{i:03d}" for i in range(301)]},
                             geometry=[box(i - 0.5, -1, i + 0.5, 1) for i in range(301)], crs=ISRAEL_TM)  # fmt: skip
    zones = Zoning.of_zones(apart, origins.assign(zone_id=apart["zone_id"]))
    halves = gpd.GeoDataFrame(
        {"zone_id": ["a", "b"]}, geometry=[box(-1, -1, 150, 1), box(150, -1, 999, 1)], crs=ISRAEL_TM
    )
    quarters = Zoning.over("neighbourhood", halves, apart, origins)
    city = Zoning.of_city(apart, origins)
    assert [zoning.key for zoning in additions.asked_of((zones, quarters, city))] == ["neighbourhood"]
    assert [zoning.key for zoning in additions.asked_of((zones, city))] == ["zone"]
    hexagons = replace(quarters, key="hexagon")
    assert [zoning.key for zoning in additions.asked_of((quarters, hexagons, city))] == ["neighbourhood"]


# Sites ---------------------------------------------------------------------------------------------------------------


def test_what_sites_host() -> None:
    of = Catalogue.read().categories
    assert "plan_open" not in kinds_for(of["clinic"]) and "school" in kinds_for(of["community_centre"])
    assert kinds_for(of["bus_stop"]) == {"street"} and kinds_for(of["school"]) == {"plan_public"}
    assert kinds_for(of["sport"]) == {"plan_open", "plan_public"} and not kinds_for(of["rail_station"])
    hosts = Hosts.of(sites(b="street", a="library"), [CLINIC, GROCERY], 400.0)
    assert hosts.site_id.tolist() == ["a", "b"] and hosts.hosts.tolist() == [[True, False], [False, True]]
    assert hosts.room_m2.tolist() == [400.0, np.inf]


def test_a_shop_stands_in_the_middle_of_those_who_lack_it() -> None:
    # Of homes at 0, 100, … 400 m the last three lack a shop: 10, 10 and 40 people, whose middle is at 350 m.
    town = tables([10.0, 10.0, 10.0, 10.0, 40.0], replace(TOY, catalogue=study(CLINIC, GROCERY).catalogue))
    found = additions.streets(town, states(clinic="bbbbb", grocery="rrbbb"))
    assert found["site_id"].tolist() == ["street:h3"] and found["kind"].tolist() == ["street"]
    # 15 minutes are 1,170 m of walk, 900 m on the map: homes 1 km apart have a point each, three at most.
    far = replace(town, origins=on_a_line([0.0, 1000.0, 2000.0, 3000.0, 4000.0], [10.0, 20.0, 30.0, 40.0, 60.0]))
    spread = additions.streets(far, states(clinic="rrrrr", grocery="bbbbb"))
    # Middles: 440 / 160 = 2.75 km, h3; of the others 320 / 120 = 2.67 km, h2; of h0, h1 and h4 260 / 90 = 2.89 km, h4.
    assert spread["site_id"].tolist() == ["street:h2", "street:h3", "street:h4"]
    assert additions.streets(town, states(clinic="bbbbb", grocery="rrrrr")).empty


# The 60-metre passage that beats a building --------------------------------------------------------------------------


def test_the_passage_of_60_m_beats_a_building(tmp_path: Path) -> None:
    mapped = hairpin(tmp_path)
    people = homes({"near": (0.0, 100.0), "far": (0.0, 500.0), "beside": (60.0, 300.0)}, [10.0, 40.0, 7.0])
    walked = walks(mapped, people, {"k": ("clinic", 60.0, 100.0)})
    found = linked(mapped, walked, [CLINIC])
    shown = links.layer(found.found, found.gained, people)
    gained = found.gained[found.gained["link_id"].isin(shown["link_id"])]
    at = gpd.GeoDataFrame({"zone_id": ["z"]}, geometry=[people.union_all().envelope.buffer(99)], crs=ISRAEL_TM)
    town = replace(study(CLINIC), gaps=GapChoice(least_people=5.0))
    given = Tables(study=town, origins=people, zonings=(Zoning.of_zones(at, people),))
    # A library stands at the door of "far", 400 m from "near": a clinic in it would serve both of them too.
    library = sites(library="library").set_geometry([people.geometry[1]], crs=ISRAEL_TM)
    told = found.scores.reindex(people["origin_id"])
    made = additions.measure(given, told, library, walk_to(walked, people, library), gained)
    assert len(shown) == 1 and steps(made) == [
        (1, "link", "clinic", None, shown["link_id"][0], pytest.approx(7 / 57), 1.0, pytest.approx(50))
    ]
    without = additions.measure(given, told, library, walk_to(walked, people, library), NO_LINKS)
    assert without["site_id"].tolist() == ["library"] and without["share_after"].tolist() == [1.0]


def walk_to(walked: Walks, people: gpd.GeoDataFrame, some: gpd.GeoDataFrame) -> pd.DataFrame:
    """Walks of 15 minutes at most from homes to sites, by the engine."""
    gates = gpd.GeoDataFrame({"gate_id": some["site_id"], "place_id": some["site_id"]}, geometry=some.geometry)
    kinds = pd.DataFrame({"place_id": some["site_id"], "category": "site"})
    to = Walks.between(people, gates, kinds, walked.ways, 150.0, walked.extent)
    adult = study(CLINIC).catalogue.profiles["adult"]
    pairs = to.run([Ask("pairs", "adult", ("site",), (900.0,))], {"adult": adult}, 900.0).of("adult").pairs["site"]
    return pairs.rename(columns={"place_id": "site_id"})


def test_whom_a_proposed_hub_serves_no_other_is_added_for() -> None:
    """The school would serve both homes; the hub goes to the plot, which serves one: the other is the school's."""
    hub = replace(category("hub"), hub=True)
    town = tables([10.0, 10.0], replace(study(hub), gaps=GapChoice(least_people=5.0)))
    walked = site_walks({"plot": {0: 10.0}, "school": {0: 10.0, 1: 10.0}})
    told, both = states(hub="bb"), sites(plot="plan_public", school="school")
    free = additions.measure(town, told, both, walked, NO_LINKS)
    assert free["site_id"].tolist() == ["school"]
    settled = additions.measure(town, told, both.assign(is_proposed=[True, False]), walked, NO_LINKS)
    assert sorted(settled["site_id"]) == ["plot", "school"]
    near = site_walks({"plot": {0: 10.0, 1: 10.0}, "school": {0: 10.0, 1: 10.0}})
    assert additions.measure(town, told, both.assign(is_proposed=[True, False]), near, NO_LINKS)[
        "site_id"
    ].tolist() == ["plot"]
