"""States of categories and domains by hand; and no claim that more data could take back (the design's rule 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from geokehila import network
from geokehila.access import Access, Answers, Walks, Ways
from geokehila.analyses import fifteen_minute
from geokehila.analyses.tables import Measured, Tables
from geokehila.catalogue import Catalogue, Category, City, Domain, Profile
from geokehila.schema import ISRAEL_TM, UNKNOWN
from geokehila.study import Study

NAN, FAR = float("nan"), 1e6
ADULT = Profile("adult", {"en": "adult"}, 1.3, "test", "test")


def study(categories: Mapping[str, tuple[str, bool]], cutoff_min: float = 15.0, described: str = "") -> Study:
    """A study of categories given as key: (domain, required)."""
    domains = {d: Domain(d, {"en": d}, d != described) for d, _ in categories.values() if d}
    kinds = {
        key: Category(key, {"en": key}, "test", (), domain=domain, required=required, cutoff_min=cutoff_min)
        for key, (domain, required) in categories.items()
    }
    town = City("toy", 0, {"en": "Toy"})
    return Study(town, catalogue=Catalogue(domains, kinds, profiles={"adult": ADULT}))


def measure(
    town: Study,
    walk_s: Mapping[str, Sequence[float]],
    lists: Mapping[str, str] | None = None,
    walk_to_edge_s: Sequence[float] = (),
    status: str = "snapped",
    **home: Any,
) -> pd.DataFrame:
    """Measure homes h0, h1, … whose walks are given by category, 1 m a second; all far from the edge unless told.

    Places `walk_to_edge_s` away lie at the edge.
    """
    ids = pd.Index([f"h{i}" for i in range(len(next(iter(walk_s.values()))))], name="origin_id")
    origins = pd.DataFrame({"origin_id": ids, "zone_id": "z", "border_m": FAR}).assign(**home)
    loaded = pd.DataFrame(dict.fromkeys(walk_s, "loaded") | dict(lists or {}), index=["z"])
    answers = Answers({("adult", "to"): access(ids, walk_s, walk_to_edge_s, status)})
    return fifteen_minute.measure(Tables(town, origins, lists=loaded), answers).homes["adult"]


def access(
    ids: pd.Index, walk_s: Mapping[str, Sequence[float]], walk_to_edge_s: Sequence[float] = (), status: str = "snapped"
) -> Access:
    nearest_s = pd.DataFrame(walk_s, index=ids, dtype=float)
    certain_s = nearest_s.mask(nearest_s.isin(list(walk_to_edge_s)))
    return Access(nearest_s, nearest_s.astype("str"), certain_s, pd.Series(status, ids))


CLINIC = study({"clinic": ("health", True)})


@pytest.mark.parametrize("listed", ["loaded", "not mapped", "not loaded"])
def test_a_place_within_the_cutoff_is_reached_whatever_the_list_is_worth(listed: str) -> None:
    found = measure(CLINIC, {"clinic": [0, 899, 900]}, {"clinic": listed}, border_m=1.0)
    assert set(found["category_clinic_state"]) == {"reached"}


@pytest.mark.parametrize("walk_s", [900.001, 3000, NAN])
@pytest.mark.parametrize(
    ("listed", "status", "border_m", "state"),
    [
        ("loaded", "snapped", FAR, "beyond"),
        ("not mapped", "snapped", FAR, "not mapped"),
        ("not loaded", "snapped", FAR, "not loaded"),
        ("loaded", "unconnected", FAR, "unconnected"),
        ("loaded", "snapped", 900.0, "edge"),  # just walked within the cutoff
        ("loaded", "snapped", 900.01, "beyond"),
        ("loaded", "snapped", 0.0, "edge"),
        # Of several reasons the plainest: no list, then no way, then the edge.
        ("not loaded", "unconnected", 0.0, "not loaded"),
        ("not mapped", "unconnected", 0.0, "not mapped"),
        ("loaded", "unconnected", 0.0, "unconnected"),
    ],
)
def test_a_home_that_does_not_reach(walk_s: float, listed: str, status: str, border_m: float, state: str) -> None:
    found = measure(CLINIC, {"clinic": [walk_s]}, {"clinic": listed}, status=status, border_m=border_m)
    assert found["category_clinic_state"].tolist() == [state] == found["domain_health_state"].tolist()


def test_a_home_or_a_place_whose_way_may_lie_beyond_the_data_settles_nothing() -> None:
    walks = {"clinic": [100, 2000, NAN]}
    assert measure(CLINIC, walks, status="edge")["category_clinic_state"].tolist() == ["edge"] * 3
    # The place at the edge may be entered by another way; that it is beyond a far home's cutoff stays true.
    found = measure(CLINIC, {"clinic": [100, 2000, 200]}, walk_to_edge_s=[100, 2000])
    assert found["category_clinic_state"].tolist() == ["edge", "beyond", "reached"]


def test_the_states_of_the_example_of_the_page_of_method() -> None:
    """docs/methods/fifteen_minute.md: a grocery 100, 500 and 900 m away, the data end far away, 600 and 200 m away."""
    town = study({"grocery": ("employment", True)}, cutoff_min=5.0)
    found = measure(town, {"grocery": [100 / 1.3, 500 / 1.3, 900 / 1.3]}, border_m=[FAR, 600.0, 200.0])
    assert found["category_grocery_state"].tolist() == ["reached", "beyond", "edge"]


EDUCATION = study({"kindergarten": ("education", True), "school": ("education", True), "library": ("education", False)})


@pytest.mark.parametrize(
    ("kindergarten", "school", "listed", "state"),
    [
        (100, 200, "loaded", "reached"),
        (100, 2000, "loaded", "beyond"),
        (2000, 2000, "loaded", "beyond"),
        (100, NAN, "not mapped", "not mapped"),
        (100, NAN, "not loaded", "not loaded"),
        (2000, NAN, "not loaded", "beyond"),  # one that is beyond settles it
        (100, 200, "not mapped", "reached"),
    ],
)
def test_a_domain_is_reached_when_all_it_requires_is(
    kindergarten: float, school: float, listed: str, state: str
) -> None:
    walks = {"kindergarten": [kindergarten], "school": [school], "library": [NAN]}
    assert measure(EDUCATION, walks, {"school": listed})["domain_education_state"].tolist() == [state]


def test_of_two_unknown_categories_the_domain_tells_the_plainer_reason() -> None:
    lists = {"kindergarten": "not mapped", "school": "not loaded"}
    found = measure(EDUCATION, {"kindergarten": [NAN], "school": [NAN], "library": [1]}, lists)
    assert found["domain_education_state"].tolist() == ["not loaded"]


def test_what_is_not_scored_or_requires_nothing_is_described_and_never_counted() -> None:
    town = study(
        {"clinic": ("health", True), "museum": ("culture", False), "shelter": ("security", True)}, described="security"
    )
    found = measure(town, {"clinic": [1], "museum": [1], "shelter": [1]}).iloc[0]
    assert (found["domain_culture_state"], found["domain_security_state"]) == ("described", "described")
    assert (found["domains_reached_count"], found["domains_unknown_count"]) == (1, 0)


THREE = study({"clinic": ("health", True), "bus": ("transport", True), "park": ("environment", True)})


def test_counts_of_domains_and_the_weakest_by_hand() -> None:
    walks = {"clinic": [950, 1000, 10, 950, NAN], "bus": [2000, 10, 10, NAN, NAN], "park": [10, 10, 10, NAN, NAN]}
    found = measure(THREE, walks, {"park": "not mapped"})
    # The last two: a walk beyond the horizon is the farthest; an unknown one is no walk at all.
    assert found["weakest_domain"].tolist()[:4] == ["transport", "health", "", "transport"]
    assert found["weakest_domain"].tolist()[4] in ("health", "transport")
    assert found["domains_reached_count"].tolist() == [1, 2, 3, 0, 0]
    assert found["domains_unknown_count"].tolist() == [0, 0, 0, 1, 1]


def test_what_is_not_known_never_makes_a_domain_the_weakest() -> None:
    town = study({"kindergarten": ("education", True), "school": ("education", True), "clinic": ("health", True)})
    walks = {"kindergarten": [1000], "school": [NAN], "clinic": [3000]}
    found = measure(town, walks, {"school": "not mapped"})
    assert found["domain_education_state"].tolist() == ["beyond"]
    assert found["weakest_domain"].tolist() == ["health"], "the school is not mapped, not infinitely far"


def test_nobody_is_measured_without_a_traceback() -> None:
    nobody: dict[str, list[float]] = {"clinic": [], "bus": [], "park": []}
    found = measure(THREE, nobody)
    assert found.empty and "domain_health_state" in found


# --- the design's rule 4 ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Town:
    """Streets over a lattice of 100 m, homes and clinics on and off them; `inner` is what a smaller extract covers."""

    ways: list[LineString]
    homes: list[Point]
    clinics: list[Point]
    inner: Polygon
    cutoff_min: float


SIDE = 20
OUTER = box(-400, -400, 100 * SIDE + 400, 100 * SIDE + 400)


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Random streets, homes, clinics and border; no walk equals a cutoff to the digit, so rounding decides none."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    ways = [_street(rng) for _ in range(draw(st.integers(1, 60)))]
    west, south = rng.integers(-100, 900, 2)
    inner = box(west, south, west + rng.integers(300, 1400), south + rng.integers(300, 1400))
    west, south, east, north = inner.bounds
    homes = [Point(rng.uniform((west, south), (east, north))) for _ in range(draw(st.integers(1, 9)))]
    clinics = [Point(rng.uniform(-150, 100 * SIDE + 150, 2)) for _ in range(draw(st.integers(0, 12)))]
    return Town(ways, homes, clinics, inner, draw(st.sampled_from([2.00371, 5.00371, 9.00371])))


def _street(rng: np.random.Generator) -> LineString:
    """A walk along the lattice with a vertex at each crossing, so that streets meet where they cross."""
    at, steps = rng.integers(0, SIDE, 2), [np.array([1, 0]), np.array([0, 1])]
    ahead = steps[rng.integers(2)] * rng.choice([-1, 1])
    path = [at]
    for _ in range(rng.integers(1, 12)):
        ahead = ahead if rng.random() < 0.8 else steps[int(ahead[0] != 0)] * rng.choice([-1, 1])
        path.append(path[-1] + ahead)
    return LineString(100.0 * np.array(path))


def states(town: Town, extent: Polygon, clip: bool, listed: str = "loaded") -> np.ndarray:
    """The homes' states from data cut to an extent: ways whole, as `osmium extract` leaves them, or clipped."""
    lines = [way for way in town.ways if way.intersects(extent)]
    if clip:
        parts = shapely.get_parts([way.intersection(extent) for way in lines])
        lines = [part for part in parts if part.geom_type == "LineString"]
    streets = gpd.GeoDataFrame({"way": "residential"}, geometry=lines, crs=ISRAEL_TM, index=range(len(lines)))
    inside = [clinic for clinic in town.clinics if clinic.within(extent)]
    ids = [f"n{i:02d}" for i in range(len(inside))]
    gates = gpd.GeoDataFrame({"gate_id": ids, "place_id": ids}, geometry=inside, crs=ISRAEL_TM)
    listing = pd.DataFrame({"place_id": ids, "category": "clinic"})
    names = [f"h{i}" for i in range(len(town.homes))]
    origins = gpd.GeoDataFrame({"origin_id": names, "zone_id": "z"}, geometry=town.homes, crs=ISRAEL_TM)
    origins["border_m"] = origins.distance(extent.boundary)
    built = network.build(streets)
    slopes = network.slopes(built.lines, np.zeros(len(built.tail), bool), np.full(len(built.tail), np.nan), None)
    walks = Walks.between(origins, gates, listing, Ways(built, slopes, np.full(len(built.tail), "")), 150.0, extent)
    choice = study({"clinic": ("health", True)}, town.cutoff_min)
    answers = walks.run(fifteen_minute.asks(choice), choice.catalogue.walkers, 3600.0)
    tables = Tables(choice, origins, lists=pd.DataFrame({"clinic": listed}, index=["z"]))
    return fifteen_minute.measure(tables, answers).homes["adult"]["category_clinic_state"].to_numpy(object)


@settings(max_examples=150, deadline=None)
@given(towns(), st.booleans())
def test_no_claim_from_a_smaller_extract_is_taken_back_by_a_larger_one(town: Town, clip: bool) -> None:
    small, large = states(town, town.inner, clip), states(town, OUTER, clip)
    for state in ("reached", "beyond"):
        assert (large[small == state] == state).all(), (small.tolist(), large.tolist())


@settings(max_examples=50, deadline=None)
@given(towns(), st.sampled_from(["loaded", "not mapped", "not loaded"]))
def test_more_time_never_reaches_less(town: Town, listed: str) -> None:
    short, long = (
        states(replace(town, cutoff_min=minutes), town.inner, clip=False, listed=listed)
        for minutes in (town.cutoff_min / 2, town.cutoff_min)
    )
    assert (long[short == "reached"] == "reached").all()
    assert (short[long == "beyond"] == "beyond").all()


@settings(max_examples=50, deadline=None)
@given(towns())
def test_a_list_that_is_not_believed_hides_no_place_and_claims_no_gap(town: Town) -> None:
    loaded, doubted = (states(town, town.inner, clip=False, listed=listed) for listed in ("loaded", "not mapped"))
    assert ((loaded == "reached") == (doubted == "reached")).all()
    assert np.isin(doubted, ["reached", *UNKNOWN]).all()


# --- every profile, further places, other cutoffs, one walk round ----------------------------------------------------

#: Two domains, one of which needs two categories.
TOWN = study({"clinic": ("health", True), "school": ("education", True), "nursery": ("education", True)})
CHAIR = Profile("wheelchair", {"en": "wheelchair"}, 0.9, "test", "test")
HOMES = pd.Index(["h0", "h1", "h2", "h3"], name="origin_id")


def profiles(town: Study, adult: Access, chair: Access, lists: Mapping[str, str] | None = None) -> Measured:
    both = replace(town, catalogue=replace(town.catalogue, profiles={"adult": ADULT, "wheelchair": CHAIR}))
    origins = pd.DataFrame({"origin_id": adult.nearest_s.index, "zone_id": "z", "border_m": FAR})
    loaded = pd.DataFrame(dict.fromkeys(town.catalogue.categories, "loaded") | dict(lists or {}), index=["z"])
    answers = Answers({("adult", "to"): adult, ("wheelchair", "to"): chair})
    return fifteen_minute.measure(Tables(both, origins, lists=loaded), answers)


def test_what_an_adult_reaches_and_a_wheelchair_does_not() -> None:
    near, far = 100.0, 2000.0
    adult = access(HOMES, {"clinic": [near, near, far, NAN], "school": [near] * 4, "nursery": [near] * 4})
    chair = access(HOMES, {"clinic": [near, far, far, NAN], "school": [near, far, near, NAN], "nursery": [near] * 4})
    lost = profiles(TOWN, adult, chair).homes["wheelchair"]
    assert lost["category_clinic_adult_only_is"].tolist() == ["no", "yes", "no", "no"]
    assert lost["domain_education_adult_only_is"].tolist() == ["no", "yes", "no", "yes"]
    # Where no list is believed, neither who reaches it nor who does not is known, but that one reaches it is.
    doubted = profiles(TOWN, adult, chair, {"clinic": "not mapped"}).homes["wheelchair"]
    assert doubted["category_clinic_adult_only_is"].tolist() == ["no", "not mapped", "not mapped", "not mapped"]
    assert not profiles(TOWN, adult, chair).homes["adult"].filter(like="adult_only").size


def test_a_centre_of_life_of_its_own_by_hand() -> None:
    walks = {"clinic": [100, 1200, 100, NAN], "school": [800, 100, NAN, NAN], "nursery": [100, 100, 100, 100]}
    every = measure(TOWN, walks)
    assert every["independent_state"].tolist() == ["reached", "beyond", "beyond", "beyond"]
    # The walk that brings the last domain into reach; none does where the school is farther than the horizon.
    assert (
        every["independent_s"].tolist()[:2] == [800, 1200] and every["independent_s"].isna().tolist()[2:] == [True] * 2
    )
    doubted = measure(TOWN, walks, {"school": "not mapped"})
    assert doubted["independent_state"].tolist() == ["reached", "beyond", "not mapped", "beyond"]
    # Of the domains that are known: education is not, where the school may be there or not.
    assert doubted["independent_known_share"].tolist() == [1, 0, 1, 0]
    assert doubted["independent_s"].tolist()[:3] == [800, 1200, 100]


def test_nothing_known_is_no_centre_and_no_walk() -> None:
    walks = {"clinic": [NAN], "school": [NAN], "nursery": [NAN]}
    found = measure(TOWN, walks, dict.fromkeys(walks, "not loaded"))
    assert found["independent_known_share"].isna().all() and found["independent_s"].isna().all()


def test_a_shelter_is_no_term_of_the_centre_of_life() -> None:
    town = study({"clinic": ("health", True), "shelter": ("security", True)}, described="security")
    found = measure(town, {"clinic": [100], "shelter": [NAN]})
    assert found["independent_state"].tolist() == ["reached"] and found["independent_s"].tolist() == [100]


def test_farther_places_and_other_cutoffs() -> None:
    town = study({"clinic": ("health", True)})
    adult = access(HOMES, {"clinic": [100, 300, 900, 1500]})
    further = {2: pd.DataFrame({"clinic": [200, NAN, 950, NAN]}, HOMES), 3: pd.DataFrame({"clinic": [NAN] * 4}, HOMES)}
    found = profiles(town, replace(adult, further_s=further), adult).homes["adult"]
    assert found["category_clinic_s"].tolist() == [100, 300, 900, 1500]
    assert (
        found["category_clinic_2nd_s"].dropna().tolist() == [200, 950] and found["category_clinic_3rd_s"].isna().all()
    )
    shares = {minutes: found[f"category_clinic_{minutes}min_state"] == "reached" for minutes in (5, 10, 15, 20)}
    assert {minutes: int(is_in.sum()) for minutes, is_in in shares.items()} == {5: 2, 10: 2, 15: 3, 20: 3}


def test_domains_if_one_cutoff_held_for_all_that_they_require() -> None:
    """Own cutoffs play no part: at 10 minutes (inclusive) the domain needs both its places within 600 s."""
    town = study({"clinic": ("health", True), "pharmacy": ("health", True), "gym": ("health", False)}, cutoff_min=1)
    found = measure(town, {"clinic": [100, 600, 700], "pharmacy": [300, 500, 100], "gym": [FAR] * 3})
    reached = {m: (found[f"domain_health_{m}min_state"] == "reached").tolist() for m in (5, 10, 15, 20)}
    assert reached == {5: [True, False, False], 10: [True, True, False], 15: [True] * 3, 20: [True] * 3}
    assert (found["domain_health_5min_state"] == ["reached", "beyond", "beyond"]).all()
    thin = measure(town, {"clinic": [100], "pharmacy": [700], "gym": [1]}, {"pharmacy": "not mapped"})
    assert thin["domain_health_10min_state"].tolist() == ["not mapped"]
    assert thin["domain_health_15min_state"].tolist() == ["reached"]


def test_one_walk_round_is_reached_within_half_an_hour_where_all_its_lists_are_believed() -> None:
    town = study(dict.fromkeys(fifteen_minute.CHAIN, ("employment", False)) | {"clinic": ("health", True)})
    assert ("chain", "adult", fifteen_minute.CHAIN) in {
        (ask.measure, ask.profile, ask.categories) for ask in fifteen_minute.asks(town)
    }
    adult = access(HOMES, dict.fromkeys(town.catalogue.categories, [100.0] * 4))
    chain = pd.DataFrame({"walk_s": [1800, 1801, NAN, 900], "certain_s": [1800, 1801, NAN, 2000.0]}, HOMES)
    walked = replace(adult, chains={fifteen_minute.CHAIN: chain})
    assert profiles(town, walked, adult).homes["adult"]["chain_state"].tolist() == [
        "reached",
        "beyond",
        "beyond",
        "edge",
    ]
    doubted = profiles(town, walked, adult, {"library": "not mapped"}).homes["adult"]
    assert doubted["chain_state"].tolist() == ["reached", *["not mapped"] * 3]
    assert "chain_state" not in profiles(town, adult, adult).homes["adult"], "nobody walked it"


def test_asks_leave_the_walk_round_out_where_a_category_of_it_is_gone() -> None:
    assert "chain" not in {ask.measure for ask in fifteen_minute.asks(TOWN)}
