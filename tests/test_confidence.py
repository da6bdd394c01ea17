"""How far a zone can be believed: towns of three square zones in a row, every number by hand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geokehila.catalogue import Category, text
from geokehila.confidence import Evidence, Lists, asked, assess, list_states, rules
from geokehila.schema import ISRAEL_TM

SIDE = 1000
ZONES = ("a", "b", "c")


def category(key: str, credible_residents: float) -> Category:
    return Category(key, {"en": key}, "test", (), credible_residents=credible_residents)


CLINIC, SCHOOL = category("clinic", 1000), category("school", 1000)
BOTH = {"clinic": CLINIC, "school": SCHOOL}


def points(at: Sequence[tuple[float, float]]) -> gpd.GeoSeries:
    return gpd.GeoSeries([Point(xy) for xy in at], crs=ISRAEL_TM)


def town(
    people: Sequence[float] = (1000, 1000, 1000),
    places: Sequence[tuple[str, int]] = (),
    floor_m2: float = 30.0,
    **over: object,
) -> Evidence:
    """Zones a, b, c with one home each in their middles; places (category, zone number); a street with a footway."""
    middles = [(SIDE * i + 500.0, 500.0) for i in range(3)]
    zones = gpd.GeoDataFrame(
        {"zone_id": ZONES, "coverage_share": 1.0},
        geometry=[box(SIDE * i, 0, SIDE * (i + 1), SIDE) for i in range(3)],
        crs=ISRAEL_TM,
    )
    homes = {"origin_id": [f"h{z}" for z in ZONES], "zone_id": ZONES, "building_id": [f"h{z}" for z in ZONES]}
    origins = gpd.GeoDataFrame(
        homes
        | {"people": np.array(people, float), "on_grid": False, "connected": True}
        | {"on_fragment": False, "off_network_m": 10.0},
        geometry=points(middles),
    )
    buildings = pd.DataFrame(
        {"building_id": homes["building_id"], "footprint_m2": floor_m2 * np.array(people, float), "levels": 1.0}
    )
    lines = [LineString([(SIDE * i + 10, y), (SIDE * i + 990, y)]) for i in range(3) for y in (100, 200)]
    streets = gpd.GeoDataFrame({"way": ["residential", "footway"] * 3}, geometry=lines, crs=ISRAEL_TM)
    at = points([(middles[i][0] + n, 500) for n, (_, i) in enumerate(places)])
    found = gpd.GeoDataFrame({"categories": [(key,) for key, _ in places], "source": "osm"}, geometry=at)
    counts = pd.DataFrame({"zone_id": ZONES, "group": "total", "people": np.array(people, float)})
    evidence = Evidence(
        zones=zones,
        zone_people=counts,
        origins=origins,
        buildings=buildings,
        streets=streets,
        places=found,
        mapped_stops=points([]),
        official_stops=points([]),
        weights="residents",
        residents_per=1.0,
    )
    return replace(evidence, **over)  # type: ignore[arg-type]


def states(
    evidence: Evidence,
    subject: str,
    categories: Mapping[str, Category] = BOTH,
    has_places: bool = True,
    lists: Lists | None = None,
) -> dict[str, str]:
    table = assess(evidence, categories, has_places, lists)
    return table[table["subject"] == subject].set_index("zone_id")["state"].to_dict()


def why(evidence: Evidence, subject: str) -> dict[str, str]:
    table = assess(evidence, BOTH, True)
    return table[table["subject"] == subject].set_index("zone_id")["reason"].to_dict()


ALL = [("clinic", 0), ("clinic", 1), ("clinic", 2), ("school", 0), ("school", 1), ("school", 2)]


def test_as_many_places_as_residents_lead_to_expect_is_measured_one_less_is_thin() -> None:
    # One clinic for 1,000 residents, three expected of the 3,000: the window is all three zones.
    assert set(states(town(places=ALL), "clinic").values()) == {"measured"}
    table = assess(town(places=ALL[1:]), BOTH, True)
    clinics = table[table["subject"] == "clinic"]
    assert clinics["state"].tolist() == ["thin"] * 3 and clinics["found"].tolist() == [2.0] * 3
    assert clinics["expected"].tolist() == [3.0] * 3
    assert set(clinics["reason"]) == {"few_places"}


def test_a_list_is_judged_by_the_nearest_zones_not_by_the_whole_extract() -> None:
    # 3,000 residents in a and in c: each is a window of its own; c has three clinics, a has none.
    evidence = town((3000, 0, 3000), [("clinic", 2)] * 3 + [("school", i) for i in (0, 0, 0, 2, 2, 2)])
    found = states(evidence, "clinic")
    assert (found["a"], found["c"]) == ("thin", "measured")


def test_none_in_the_data_is_unknown_everywhere() -> None:
    assert set(states(town(places=[p for p in ALL if p[0] == "school"] * 2), "clinic").values()) == {"unknown"}


def test_a_list_that_is_said_to_be_whole_is_believed_everywhere() -> None:
    lists = Lists(whole=frozenset({"clinic"}))
    for has_places in (True, False):
        assert set(states(town(), "clinic", has_places=has_places, lists=lists).values()) == {"measured"}


def test_a_whole_list_of_one_kind_makes_no_other_kind_believed() -> None:
    # 3,000 residents lead to expect three clinics and three schools; the map shows three clinics alone, 3 of 6.
    evidence = town(places=[p for p in ALL if p[0] == "clinic"])
    for lists in (Lists(), Lists(whole=frozenset({"school"}))):
        assert set(states(evidence, "mapping", lists=lists).values()) == {"thin"}
        assert set(states(evidence, "clinic", lists=lists).values()) == {"thin"}


def test_the_places_of_a_timetable_are_counted_too_but_need_no_mapped_quarter() -> None:
    # Three clinics for 3,000 residents and no school: nothing but the list is mapped.
    clinics = [p for p in ALL if p[0] == "clinic"]
    lists = Lists(official=frozenset({"clinic"}))
    assert set(states(town(places=clinics), "clinic", lists=lists).values()) == {"measured"}
    assert set(states(town(places=clinics), "clinic", has_places=False, lists=lists).values()) == {"measured"}
    assert set(states(town(places=clinics[:1]), "clinic", lists=lists).values()) == {"thin"}
    assert set(states(town(), "clinic", lists=lists).values()) == {"unknown"}


def test_a_list_that_is_not_said_to_be_whole_lifts_belief_nowhere_but_by_its_count() -> None:
    # 2,000 residents a zone: the window of a is a alone for mapping (2,000 residents lead to expect two places), a and
    # b for clinics (4,000 of 3,000, so 4 are expected: 2 are mapped, 5 with the list). Nothing is mapped in a, where
    # the list has no row, so nobody knows what is there.
    mapped = [(key, i) for key in BOTH for i in (1, 1, 2, 2)]
    people = (2000, 2000, 2000)
    by_map = town(people, mapped)
    before = states(by_map, "clinic")
    listed = town(people, [*mapped, *[("clinic", 1)] * 3])
    listed.places["source"] = ["osm"] * len(mapped) + ["places_clinic.csv"] * 3
    assert (before["a"], states(by_map, "mapping")["a"]) == ("thin", "unknown")
    of_a = table_of(listed, "clinic").set_index("zone_id").loc["a"]
    assert (of_a["state"], of_a["found"], of_a["expected"]) == ("thin", 5, 4)
    assert states(listed, "clinic", has_places=False)["a"] == "thin"
    # What a list shows tells nothing of what mappers did: a row of it in a leaves the mapping there what it was.
    row = town(people, [*mapped, ("clinic", 0)])
    row.places["source"] = ["osm"] * len(mapped) + ["places_clinic.csv"]
    pd.testing.assert_frame_equal(*(table_of(one, "mapping") for one in (by_map, row)))
    merged = replace(row, places=row.places.assign(source=["osm"] * len(mapped) + ["osm; places_clinic.csv"]))
    assert table_of(merged, "mapping")["found"].iloc[0] == 1.0


def table_of(evidence: Evidence, subject: str) -> pd.DataFrame:
    table = assess(evidence, BOTH, True)
    return table[table["subject"] == subject]


def test_without_a_layer_of_places_nothing_is_known() -> None:
    assert set(states(town(), "clinic", has_places=False).values()) == {"unknown"}
    assert set(states(town(), "mapping", has_places=False).values()) == {"unknown"}


def test_places_of_a_neighbour_in_no_zone_are_no_evidence() -> None:
    """A well-mapped town just over the border makes nobody's quarter mapped."""
    evidence = town()
    beyond = gpd.GeoDataFrame({"categories": [("clinic",)] * 9, "source": "osm"}, geometry=points([(500, -50)] * 9))
    assert set(states(replace(evidence, places=beyond), "clinic").values()) == {"unknown"}
    assert set(states(replace(evidence, places=beyond), "mapping").values()) == {"unknown"}


def test_zones_farther_than_two_kilometres_are_no_evidence() -> None:
    # The middles of a and c are 2,000 m apart: near. One metre more, and c's clinics tell nothing about a.
    evidence = town((1000, 0, 3000), [("clinic", 2)] * 9 + [("school", 0)] * 2)
    assert states(evidence, "clinic")["a"] == "measured"
    moved = evidence.origins.geometry.translate(xoff=1.0).where(
        evidence.origins["zone_id"] == "c", evidence.origins.geometry
    )
    assert states(replace(evidence, origins=evidence.origins.set_geometry(moved)), "clinic")["a"] == "thin"


@given(
    st.permutations(range(3)), st.lists(st.tuples(st.sampled_from(["clinic", "school"]), st.integers(0, 2)), max_size=9)
)
def test_the_order_of_zones_changes_nothing(order: list[int], places: list[tuple[str, int]]) -> None:
    evidence = town((900, 1200, 700), places)
    shuffled = replace(evidence, zones=evidence.zones.iloc[order].reset_index(drop=True))
    pd.testing.assert_frame_equal(*(assess(one, BOTH, True) for one in (evidence, shuffled)))


def test_a_quarter_that_nobody_mapped_is_thin_in_every_category() -> None:
    # Two places per 1,000 residents are expected, so every zone is judged by itself. c holds one place.
    mapped = [("clinic", i) for i in (0, 0, 1, 1)] + [("school", i) for i in (0, 1, 2)]
    evidence = town(places=mapped)
    assert states(evidence, "mapping") == {"a": "measured", "b": "measured", "c": "thin"}
    assert states(evidence, "school") == {"a": "measured", "b": "measured", "c": "thin"}
    assert why(evidence, "school")["c"] == "few_places"
    nothing = town(places=mapped[:-1])
    assert states(nothing, "mapping")["c"] == "unknown"
    assert why(nothing, "mapping")["c"] == "nothing_mapped"


def test_many_places_of_one_kind_do_not_make_a_quarter_mapped() -> None:
    # 1,000 residents and five kinds: five places are expected, and no kind counts for more than 1 + 1 of them.
    kinds = {k: category(k, 1000) for k in ("clinic", "school", "park", "shop", "stop")}
    one = [("stop", 0)] * 40
    assert states(town((1000, 0, 0), one), "mapping", kinds)["a"] == "thin"
    assert states(town((1000, 0, 0), one + [("shop", 0)] * 40), "mapping", kinds)["a"] == "thin"
    three = one + [("shop", 0)] * 2 + [("park", 0)]
    assert states(town((1000, 0, 0), three), "mapping", kinds)["a"] == "measured"


@pytest.mark.parametrize(("mapped", "state"), [(1, "thin"), (2, "measured"), (4, "measured")])
def test_official_stops_tell_how_much_is_mapped(mapped: int, state: str) -> None:
    official = [(100.0 * i, 300.0) for i in range(1, 5)]
    evidence = town(places=ALL * 2, official_stops=points(official), mapped_stops=points(official[:mapped]))
    assert states(evidence, "mapping") == {"a": state, "b": "measured", "c": "measured"}
    table = assess(evidence, BOTH, True).set_index(["subject", "zone_id"])
    if state == "thin":
        assert table.loc[("mapping", "a"), ["found", "expected"]].tolist() == [1.0, 4.0]


def test_a_stop_60_m_off_is_the_same_and_one_61_m_off_is_not() -> None:
    official = [(200.0 * i, 300.0) for i in range(1, 4)]
    for off, state in ((60.0, "measured"), (61.0, "thin")):
        near = points([(x, 300.0 + off) for x, _ in official])
        evidence = town(places=ALL * 2, official_stops=points(official), mapped_stops=near)
        assert states(evidence, "mapping")["a"] == state


@pytest.mark.parametrize(
    ("floor_m2", "state"), [(7.9, "thin"), (8.0, "measured"), (200.0, "measured"), (201.0, "thin")]
)
def test_floor_per_resident(floor_m2: float, state: str) -> None:
    assert set(states(town(places=ALL, floor_m2=floor_m2), "population").values()) == {state}
    assert set(states(town(places=ALL * 2, floor_m2=floor_m2), "mapping").values()) == {
        "thin" if floor_m2 < 8 else "measured"
    }


def test_an_extract_without_buildings_says_nothing_about_places() -> None:
    evidence = town(places=ALL * 2)
    bare = replace(
        evidence,
        buildings=evidence.buildings[:0],
        origins=evidence.origins.assign(on_grid=True, building_id=None),
    )
    assert set(states(bare, "mapping").values()) == {"measured"}
    assert set(states(bare, "population").values()) == {"thin"}


def test_reasons_of_population() -> None:
    evidence = town(places=ALL)
    counts = evidence.zone_people.assign(people=[1000, np.nan, 1000])
    zones = evidence.zones.assign(coverage_share=[1.0, 1.0, 0.94])
    missing = replace(evidence, zone_people=counts, zones=zones)
    assert states(missing, "population") == {"a": "measured", "b": "unknown", "c": "thin"}
    assert why(missing, "population")["b"] == "no_count"
    assert why(missing, "population")["c"] == "partly_outside"
    voters = replace(evidence, weights="voters", residents_per=1.5)
    assert set(why(voters, "population").values()) == {"counted_in_voters"}
    on_grid = evidence.origins.assign(on_grid=[True, False, False], building_id=[None, "hb", "hc"])
    gridded = replace(evidence, origins=on_grid)
    assert why(gridded, "population")["a"] == "no_homes_mapped"


def of_subject(evidence: Evidence, subject: str) -> pd.DataFrame:
    table = assess(evidence, BOTH, True).set_index("subject").loc[subject].set_index("zone_id")
    return table[["state", "reason", "found", "expected"]]


def test_a_number_that_the_source_keeps_back_is_not_one_that_it_lacks() -> None:
    evidence = town(places=ALL)
    told = {
        "people": [np.nan, np.nan, 1000],
        "reason": ['no count in the source, marked ".."', "no count in the source", None],
    }
    kept = replace(evidence, zone_people=evidence.zone_people.assign(**told))
    assert why(kept, "population") == {"a": "suppressed", "b": "no_count", "c": ""}
    assert states(kept, "population") == {"a": "unknown", "b": "unknown", "c": "measured"}


def test_towns_counted_before_their_evacuation_are_thin() -> None:
    evidence = replace(town(places=ALL), flags=frozenset({"pre_evacuation", "registry"}))
    assert set(why(evidence, "population").values()) == {"pre_evacuation"}


def test_areas_that_a_source_counts_together_are_thin() -> None:
    evidence, named = town(places=ALL), {"a": "7-1+2+3", "b": "7-all", "c": "7-4"}
    again = {name: getattr(evidence, name) for name in ("zones", "origins", "zone_people")}
    told = of_subject(
        replace(evidence, **{key: one.assign(zone_id=one["zone_id"].map(named)) for key, one in again.items()}),
        "population",
    )
    assert told["reason"].to_dict() == {"7-1+2+3": "counted_together", "7-all": "counted_together", "7-4": ""}
    assert told.loc["7-1+2+3", "found"] == 3 and set(told["state"]) == {"thin", "measured"}


def test_a_sample_that_heard_from_too_few_households_is_thin() -> None:
    """Seven of a hundred households are asked; of Jews and others 86, of Arabs 60 of a hundred of these answer."""
    households = pd.Series({"a": 499.0, "b": 498.0, "c": np.nan})
    heard = asked(households, "jewish_majority")
    assert heard["a"] == pytest.approx(499 * 0.07 * 0.86)
    told = of_subject(replace(town(places=ALL), asked=heard), "population")
    assert told["reason"].to_dict() == {"a": "", "b": "few_asked", "c": ""}
    assert told.loc["b", ["found", "expected"]].tolist() == pytest.approx([29.98, 30], abs=1e-3)
    assert asked(households, "bedouin")["a"] < asked(households, "mixed")["a"] < heard["a"]


def test_homes_on_ways_that_lead_nowhere_and_far_from_their_way_make_ways_thin() -> None:
    evidence = town(places=ALL)
    for column, values, reason in (
        ("on_fragment", [True, False, False], "on_fragments"),
        ("off_network_m", [75.1, 75.0, 0.0], "long_to_ways"),
    ):
        told = of_subject(replace(evidence, origins=evidence.origins.assign(**{column: values})), "network")
        assert told["reason"].to_dict() == {"a": reason, "b": "", "c": ""}
        assert told.loc["a", ["state", "found"]].tolist() == ["thin", 1.0]


def test_a_pavement_that_is_told_stands_for_a_footway() -> None:
    evidence = town(places=ALL)
    roads = evidence.streets[evidence.streets["way"] == "residential"]
    for sidewalk, reason in (("yes", ""), ("separate", ""), ("no", "no_footways"), ("", "no_footways")):
        mapped = replace(evidence, streets=roads, roads=roads.assign(sidewalk=sidewalk))
        assert set(why(mapped, "network").values()) == {reason}


def test_reasons_of_network() -> None:
    evidence = town(places=ALL)
    assert set(states(evidence, "network").values()) == {"measured"}
    far = replace(evidence, origins=evidence.origins.assign(connected=[False, True, True]))
    assert states(far, "network") == {"a": "unknown", "b": "measured", "c": "measured"}
    roads = replace(evidence, streets=evidence.streets[evidence.streets["way"] == "residential"])
    assert set(states(roads, "network").values()) == {"thin"}
    none = replace(evidence, streets=evidence.streets.iloc[:2])
    assert states(none, "network") == {"a": "measured", "b": "unknown", "c": "unknown"}


def test_list_states_of_an_analysis() -> None:
    table = assess(town(places=ALL[1:]), BOTH, True, Lists(official=frozenset({"school"})))
    lists = list_states(table, has_places=True)
    assert lists.index.tolist() == [*ZONES] and sorted(lists.columns) == ["clinic", "school"]
    assert set(lists["school"]) == {"loaded"} and set(lists["clinic"]) == {"not mapped"}
    assert set(list_states(assess(town(), BOTH, False), False).to_numpy().ravel()) == {"not loaded"}


def test_nobody_and_nothing() -> None:
    nobody = town((0, 0, 0))
    table = assess(nobody, BOTH, True)
    assert set(table.loc[table["subject"] == "clinic", "state"]) == {"unknown"}
    assert table.loc[table["subject"] == "mapping", "state"].eq("measured").all()  # nothing is expected of nobody


@given(st.lists(st.tuples(st.sampled_from(["clinic", "school"]), st.integers(0, 2)), max_size=12), st.integers(0, 2))
def test_one_more_place_never_lowers_belief(places: list[tuple[str, int]], zone: int) -> None:
    rank = {"unknown": 0, "thin": 1, "measured": 2}
    before, after = (
        assess(town(places=some), BOTH, True).set_index(["subject", "zone_id"])["state"].map(rank)
        for some in (places, [*places, ("clinic", zone)])
    )
    assert (after >= before)[["clinic", "mapping"]].all()


@given(st.lists(st.tuples(st.sampled_from(["clinic", "school"]), st.integers(0, 2)), max_size=12))
def test_a_larger_extract_does_not_change_what_is_near(places: list[tuple[str, int]]) -> None:
    """Zones beyond the window of 3,000 residents, with or without places, leave the answer as it is."""
    near = states(town((3000, 3000, 3000), places), "clinic")["a"]
    without = [p for p in places if p[1] == 0]
    alone = states(town((3000, 0, 0), without), "clinic")["a"]
    assert near == alone or not any(key == "clinic" for key, _ in without)


def test_every_reason_of_a_zone_has_words_on_the_page() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(rules.__file__).parent.glob("*.py"))
    reasons = {*re.findall(r'^        f?"(\w+)":', source, re.MULTILINE)} | {"no_layer", "counted_in_dwellings"}
    assert {"few_places", "no_count", "suppressed", "no_footways", "on_fragments"} <= reasons
    for language in ("he", "ar", "en"):
        assert reasons - {*text(language)["belief"]} == set()
