"""Who reaches less: by hand, against slow oracles in fractions and loops, by property, and at the edges."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import box

from geokehila import equity, zones
from geokehila.analyses.tables import Tables
from geokehila.catalogue import Catalogue, Category, City, Domain
from geokehila.equity.gaps import Gap
from geokehila.equity.inequality import concentration, gini, palma, percentile, poverty, theil, theil_between
from geokehila.equity.mix import entropy, segregation
from geokehila.study import Study
from geokehila.zones import Homes, Zoning

NAN = float("nan")
NEEDED = ("grocery", "clinic", "bus_stop")


# --- a town by hand --------------------------------------------------------------------------------------------------


def study(kind_of_places: Sequence[str] = NEEDED) -> Study:
    """Every category is the one that its domain requires."""
    domains = {f"d_{key}": Domain(f"d_{key}", {"en": key}) for key in kind_of_places}
    kinds = {
        key: Category(key, {"en": key}, "test", (), domain=f"d_{key}", required=True, cutoff_min=10)
        for key in kind_of_places
    }
    catalogue = Catalogue(domains, kinds, standards=Catalogue.read().standards)
    return Study(City("toy", 7, {"en": "Toy"}), catalogue=catalogue)


def facts(of_zones: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    rows = [
        {"zone_id": zone, "fact": fact, "value": NAN, "text": None}
        | {"text" if isinstance(told, str) else "value": told}
        for zone, told_of in of_zones.items()
        for fact, told in told_of.items()
    ]
    columns = ["zone_id", "fact", "value", "text", "source", "date", "reason"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float, "text": object})


def town(
    homes: Sequence[Mapping[str, Any]], of_zones: Mapping[str, Mapping[str, Any]] | None = None
) -> tuple[Tables, dict[str, pd.DataFrame], pd.DataFrame]:
    """Tables, scores and zone scores of homes: zone, people, clinic (state), walk [s], young and old (people)."""
    home = {"zone": "7-1", "people": 100.0, "clinic": "reached", "walk": 300.0, "young": None, "old": None}
    frame = pd.DataFrame([home | dict(given) for given in homes], columns=[*home])
    ids = pd.Index([f"h{i:03d}" for i in range(len(frame))], name="origin_id", dtype="str")
    people = frame["people"].to_numpy(float)
    origins = gpd.GeoDataFrame(
        {"origin_id": ids, "zone_id": frame["zone"].astype("str"), "people": people, "people_by_footprint": people,
         "connected": True, "border_s": 1e9}, geometry=[None] * len(frame))  # fmt: skip
    groups = {"total": frame["people"], "0-19": frame["young"], "65+": frame["old"]}
    of_people = pd.concat(
        [pd.DataFrame({"origin_id": ids, "group": key, "people": count.astype(float)}) for key, count in groups.items()]
    ).dropna(ignore_index=True)
    state = frame["clinic"].astype(object).to_numpy()
    columns: dict[str, Any] = {"independent_state": state}
    for key in NEEDED:
        columns |= {f"domain_d_{key}_state": state, f"category_{key}_state": state}
        columns |= {f"category_{key}_s": frame["walk"].to_numpy(float)}
    columns["domains_reached_count"] = 3 * (state == "reached")
    columns["domains_unknown_count"] = 3 * ~np.isin(state, ("reached", "beyond"))
    scores = pd.DataFrame(columns, ids)
    names, of_home = np.unique(origins["zone_id"].to_numpy(str), return_inverse=True)
    units = gpd.GeoDataFrame(
        {"zone_id": names.astype(object)}, geometry=[box(i, 0, i + 1, 1) for i in range(len(names))]
    )
    city = gpd.GeoDataFrame({"zone_id": [""]}, geometry=[box(0, 0, len(names), 1)])
    zonings = (Zoning("zone", units, of_home), Zoning("city", city, np.zeros(len(frame), np.int64)))
    tables = Tables(study(), origins, origin_people=of_people, zonings=zonings, zone_facts=facts(of_zones or {}))
    scored = Homes(scores, origins["border_s"].to_numpy(float), 3600.0, "> 60 min")
    return tables, {"adult": scores}, zones.summarise({"adult": scored}, zonings, origins, of_people)


def measure(*args: Any) -> pd.DataFrame:
    found = equity.measure(*town(*args))
    return found.set_index(["zoning", "zone_id", "measure", "group_by", "statistic", "group"]).sort_index()


def of_city(found: pd.DataFrame, *key: str) -> pd.Series:
    row: pd.Series = found.loc[("city", "", *key)]
    return row


#: The example of docs/methods/equity.md: cluster 2 with 300 people, cluster 8 with 200.
GROUPS = (
    {"zone": "7-1", "people": 150, "walk": 300},
    {"zone": "7-1", "people": 120, "walk": 900, "clinic": "beyond"},
    {"zone": "7-1", "people": 30, "walk": 900, "clinic": "edge"},
    {"zone": "7-2", "people": 180, "walk": 300},
    {"zone": "7-2", "people": 20, "walk": 900, "clinic": "beyond"},
)
CLUSTERS = {"7-1": {"ses_cluster": 2.0}, "7-2": {"ses_cluster": 8.0}}
#: Its second: four people who walk 5, 5, 10 and 20 minutes where 10 are asked.
WALKS = (
    {"zone": "7-1", "people": 1, "walk": 600},
    {"zone": "7-1", "people": 1, "walk": 1200, "clinic": "beyond"},
    {"zone": "7-2", "people": 2, "walk": 300},
)


def test_the_gap_of_the_method_page() -> None:
    found = measure(GROUPS, CLUSTERS)
    for stem in ("domain_d_clinic", "category_clinic", "independent"):
        low, high = (of_city(found, stem, "ses_cluster", "share", group) for group in ("2", "8"))
        assert (low["low"], low["high"], low["reason"]) == (0.5, pytest.approx(0.6), "edge")
        assert high["low"] == high["high"] == pytest.approx(0.9)
        gap = of_city(found, stem, "ses_cluster", "gap_pp", "")
        assert (gap["low"], gap["high"], gap["groups_count"]) == (pytest.approx(30), pytest.approx(40), 2)
        assert of_city(found, stem, "ses_cluster", "best_share").index.tolist() == ["8"]
        assert of_city(found, stem, "ses_cluster", "worst_share").index.tolist() == ["2"], "cluster 1 is low"
    assert of_city(found, "people", "ses_cluster", "people", "2")["value"] == 300
    assert of_city(found, "category_clinic", "ses_cluster", "median_s", "2")["value"] == 300


def test_the_indices_of_the_method_page() -> None:
    found = measure(WALKS, CLUSTERS)
    key = "walk_clinic_min"
    value = {s: of_city(found, key, "", s, "")["value"] for s in ("gini", "p90_p10", "theil", "fgt0", "fgt1", "fgt2")}
    assert value == pytest.approx(
        {"gini": 0.3125, "p90_p10": 4, "theil": math.log(2) / 4, "fgt0": 0.25, "fgt1": 0.25, "fgt2": 0.25}
    )
    between = of_city(found, key, "zone", "theil_between", "")
    assert (round(between["value"], 4), between["groups_count"]) == (0.1308, 2)
    assert round(of_city(found, key, "zone", "theil_within", "")["value"], 4) == 0.0425
    locality = of_city(found, key, "locality", "theil_between", "")
    assert (locality["value"], locality["groups_count"]) == (0, 1), "one locality: all of it is within"
    assert of_city(found, key, "ses_cluster", "concentration", "")["value"] == pytest.approx(-0.25)
    assert of_city(found, key, "ses_cluster", "palma", "")["value"] == pytest.approx(1 / 3)
    assert of_city(found, key, "", "known_share", "")["value"] == 1


def test_domains_in_reach_turn_the_signs_round() -> None:
    found = measure(WALKS, CLUSTERS)
    # Of four people three reach all three domains: 1 of the 2 in the low cluster, both of the high one.
    assert of_city(found, "domains_reached", "", "gini", "")["value"] == pytest.approx(0.25)
    assert of_city(found, "domains_reached", "ses_cluster", "concentration", "")["value"] == pytest.approx(1 / 6)
    assert of_city(found, "domains_reached", "ses_cluster", "palma", "")["value"] == pytest.approx(2)
    row = of_city(found, "domains_reached", "", "p90_p10", "")
    assert math.isnan(row["value"]) and row["reason"] == "the lower one is 0"


def test_ages_of_the_method_page() -> None:
    found = measure([{"people": 1000, "young": 400, "old": 200}])
    for zoning, zone in (("city", ""), ("zone", "7-1")):
        row = found.loc[(zoning, zone, "population", "age", "entropy", "")]
        assert (round(row["value"], 3), row["groups_count"], row["reason"]) == (0.960, 3, "")
    apart = segregation(np.array([[60.0, 40.0], [20.0, 80.0]]))
    assert round(apart, 4) == 0.1282


def test_households_without_a_car_of_the_method_page() -> None:
    # 40 to 60 % of zone 1 reach the clinic, at most 30 % of zone 2.
    homes = [{"people": 40}, {"people": 20, "clinic": "edge"}, {"people": 40, "clinic": "beyond"}]
    homes += [{"zone": "7-2", "people": 30}, {"zone": "7-2", "people": 70, "clinic": "beyond"}]
    counted = {"households_count": 100.0, "households_without_car_share": 0.3}
    found = measure(homes, {"7-1": counted, "7-2": counted | {"households_count": 200.0}})
    count = "without_car_low_access_count"
    ends = {
        zone: found.loc[("zone", zone, "category_clinic", "", count, "")][["low", "high"]] for zone in ("7-1", "7-2")
    }
    assert [ends[zone].tolist() for zone in ends] == [[0, 30], [60, 60]]
    city = of_city(found, "category_clinic", "", count, "")
    assert (city["low"], city["high"], city["reason"]) == (60, 90, "")
    half = measure([{"people": 50}, {"people": 50, "clinic": "beyond"}], {"7-1": counted})
    assert of_city(half, "category_clinic", "", count, "")["high"] == 0, "half is not fewer than half"


def test_a_zone_where_cars_are_not_counted_is_left_out_and_said() -> None:
    homes = [{"people": 30, "clinic": "beyond"}, {"zone": "7-2", "people": 90, "clinic": "beyond"}]
    counted = {"households_count": 10.0, "households_without_car_share": 0.5}
    found = measure(homes, {"7-1": counted, "7-2": counted | {"households_without_car_share": NAN}})
    city = of_city(found, "category_bus_stop", "", "without_car_low_access_count", "")
    assert (city["low"], city["high"], city["reason"]) == (5, 5, "partly unknown")
    assert of_city(found, "category_bus_stop", "", "without_car_known_share", "")["value"] == 0.25
    zone = found.loc[("zone", "7-2", "category_bus_stop", "", "without_car_low_access_count", "")]
    assert math.isnan(zone["high"]) and zone["reason"] == "no source counts cars here"
    none = of_city(measure(homes), "category_bus_stop", "", "without_car_low_access_count", "")
    assert math.isnan(none["high"]) and none["reason"] == "no source counts cars here"


# --- what is not known, and who is too few ---------------------------------------------------------------------------


def test_a_small_group_is_listed_and_not_compared() -> None:
    homes = [*GROUPS, {"zone": "7-3", "people": 99, "clinic": "beyond"}]
    found = measure(homes, CLUSTERS | {"7-3": {"ses_cluster": 1.0}})
    small = of_city(found, "category_clinic", "ses_cluster", "share", "1")
    assert math.isnan(small["low"]) and small["reason"] == "fewer than 100 people"
    assert of_city(found, "people", "ses_cluster", "people", "1")["value"] == 99
    assert of_city(found, "category_clinic", "ses_cluster", "gap_pp", "")["high"] == pytest.approx(40)
    large = measure(
        [*GROUPS, {"zone": "7-3", "people": 100, "clinic": "beyond"}], CLUSTERS | {"7-3": {"ses_cluster": 1.0}}
    )
    assert of_city(large, "category_clinic", "ses_cluster", "gap_pp", "")["high"] == pytest.approx(90)


def test_of_one_group_or_of_none_there_is_no_gap() -> None:
    one = measure(GROUPS, {"7-1": {"ses_cluster": 2.0}, "7-2": {"ses_cluster": 2.0, "society": "mixed"}})
    row = of_city(one, "independent", "ses_cluster", "gap_pp", "")
    assert math.isnan(row["low"]) and (row["groups_count"], row["reason"]) == (1, "one group")
    assert of_city(one, "walk_clinic_min", "ses_cluster", "concentration", "")["reason"] == "one group"
    assert of_city(one, "people", "society", "known_share", "")["value"] == pytest.approx(0.4)
    none = measure(GROUPS)
    for by in ("ses_cluster", "society", "religion", "age"):
        assert of_city(none, "independent", by, "gap_pp", "")["reason"] == "no source tells the group"
    assert of_city(none, "walk_clinic_min", "ses_cluster", "palma", "")["reason"] == "no source tells the group"
    assert of_city(none, "population", "age", "entropy", "")["reason"] == "no source tells the group"
    assert of_city(none, "population", "age", "theil_h", "")["reason"] == "no source tells the group"


def test_nobody_is_named_where_intervals_overlap() -> None:
    found = measure([{"people": 100, "clinic": "edge"}, {"zone": "7-2", "people": 100}], CLUSTERS)
    gap = of_city(found, "independent", "ses_cluster", "gap_pp", "")
    assert (gap["low"], gap["high"], gap["reason"]) == (0, 100, "intervals overlap")
    assert not found.index.isin(["best_share", "worst_share"], level="statistic").any()


def test_age_groups_are_compared_where_the_source_counts_them() -> None:
    homes = [{"people": 400, "young": 200, "old": 100}, {"people": 400, "young": 0, "old": 300, "clinic": "beyond"}]
    gap = of_city(measure(homes), "category_clinic", "age", "gap_pp", "")
    assert (gap["low"], gap["high"], gap["groups_count"]) == (pytest.approx(75), pytest.approx(75), 2)
    assert of_city(measure(homes), "category_clinic", "age", "worst_share").index.tolist() == ["65+"]


def test_homes_of_which_it_is_not_known_are_left_out_and_their_share_is_said() -> None:
    found = measure([*WALKS, {"people": 4, "walk": NAN, "clinic": "not mapped"}], CLUSTERS)
    assert of_city(found, "walk_clinic_min", "", "known_share", "")["value"] == 0.5
    assert of_city(found, "walk_clinic_min", "", "gini", "")["value"] == pytest.approx(0.3125)
    assert of_city(found, "domains_reached", "", "known_share", "")["value"] == 0.5
    unknown = measure([{"clinic": "not loaded", "walk": NAN}], CLUSTERS)
    for by, statistic in (("", "gini"), ("", "fgt1"), ("zone", "theil_between"), ("ses_cluster", "palma")):
        row = of_city(unknown, "walk_clinic_min", by, statistic, "")
        assert math.isnan(row["value"]) and row["reason"] == "unknown", statistic


def test_walks_beyond_the_horizon_count_as_the_horizon() -> None:
    found = measure([{"people": 3, "walk": 300}, {"people": 1, "walk": NAN, "clinic": "beyond"}])
    assert of_city(found, "walk_clinic_min", "", "censored_share", "")["value"] == 0.25
    assert of_city(found, "walk_clinic_min", "", "p90_p10", "")["value"] == pytest.approx(60 / 5)
    assert of_city(found, "walk_clinic_min", "", "fgt1", "")["value"] == pytest.approx(0.25 * 5)


def test_entropy_is_told_of_enough_people_whose_age_is_counted() -> None:
    few = {"zone": "7-1", "people": 199, "young": 100, "old": 50}
    none = {"zone": "7-2", "people": 1000}
    found = measure([few, none])
    reason = {zone: found.loc[("zone", zone, "population", "age", "entropy", "")]["reason"] for zone in ("7-1", "7-2")}
    assert reason == {"7-1": "fewer than 200 people", "7-2": "no source tells the group"}
    more = measure([few | {"people": 200}, none])
    row = of_city(more, "population", "age", "entropy", "")
    shares = [100 / 200, 50 / 200, 50 / 200]
    assert row["value"] == pytest.approx(-sum(p * math.log(p) for p in shares) / math.log(3))
    assert row["reason"] == "partly unknown"


def test_religion_is_of_zones_so_that_it_mixes_only_in_what_holds_several() -> None:
    homes = [{"zone": "7-1", "people": 300}, {"zone": "7-2", "people": 300}]
    found = measure(homes, {"7-1": {"religion": "jewish"}, "7-2": {"religion": "muslim"}})
    row = of_city(found, "population", "religion", "entropy", "")
    assert (row["value"], row["groups_count"]) == (pytest.approx(math.log(2) / math.log(5)), 5)
    assert ("zone", "7-1", "population", "religion", "entropy", "") not in found.index
    alike = measure(homes, {"7-1": {"religion": "druze"}, "7-2": {"religion": "druze"}})
    assert not (
        (alike.index.get_level_values("statistic") == "entropy")
        & (alike.index.get_level_values("group_by") == "religion")
    ).any()


def test_a_town_of_nobody_has_its_rows() -> None:
    found = measure([])
    assert of_city(found, "walk_clinic_min", "", "gini", "")["reason"] == "no people"
    assert of_city(found, "population", "age", "entropy", "")["reason"] == "no people"
    assert found["value"].isna().all() and (found["reason"] != "").all()


def test_the_same_input_gives_the_same_rows_in_any_order_of_facts() -> None:
    tables, scores, summed = town(GROUPS, CLUSTERS)
    turned = replace(tables, zone_facts=tables.zone_facts[::-1])
    pd.testing.assert_frame_equal(equity.measure(tables, scores, summed), equity.measure(turned, scores, summed[::-1]))


# --- against oracles -------------------------------------------------------------------------------------------------

AMOUNT = st.integers(0, 60)
COUNT = st.integers(1, 50)
PERSONS = st.lists(st.tuples(AMOUNT, COUNT, st.integers(1, 4)), min_size=1, max_size=8)
INTERVALS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda pair: (min(pair) / 20, max(pair) / 20)),
    min_size=2,
    max_size=5,
)


def arrays(persons: Sequence[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, people, rank = np.array(persons, float).T
    return x, people, rank


@given(PERSONS)
def test_gini_is_half_the_mean_difference_of_all_pairs(persons: list[tuple[int, int, int]]) -> None:
    assume(any(x for x, _, _ in persons))
    pairs = sum(v * w * abs(x - y) for x, v, _ in persons for y, w, _ in persons)
    size, held = sum(w for _, w, _ in persons), sum(x * w for x, w, _ in persons)
    x, people, _ = arrays(persons)
    assert gini(x, people) == pytest.approx(float(Fraction(pairs, 2 * size * held)), abs=1e-12)


@given(PERSONS)
def test_concentration_is_twice_the_covariance_with_the_middle_of_the_rank(persons: list[tuple[int, int, int]]) -> None:
    assume(any(x for x, _, _ in persons))
    size, held = sum(w for _, w, _ in persons), sum(x * w for x, w, _ in persons)
    covariance = Fraction(0)
    for x, w, rank in persons:
        below = sum(v for _, v, r in persons if r < rank)
        alike = sum(v for _, v, r in persons if r == rank)
        middle = Fraction(2 * below + alike, 2 * size)
        covariance += Fraction(w, size) * (x - Fraction(held, size)) * (middle - Fraction(1, 2))
    found = concentration(*arrays(persons))
    assert found == pytest.approx(float(2 * covariance / Fraction(held, size)), abs=1e-12)
    assert abs(found) <= gini(*arrays(persons)[:2]) + 1e-12


@given(PERSONS)
def test_palma_of_people_one_by_one(persons: list[tuple[int, int, int]]) -> None:
    each: list[Fraction] = []
    for rank in sorted({r for _, _, r in persons}):
        own = [(x, w) for x, w, r in persons if r == rank]
        size = sum(w for _, w in own)
        each += [Fraction(sum(x * w for x, w in own), size)] * (10 * size)  # ten of each, so that a tenth is whole
    tenth = len(each) // 10
    poorest, richest = sum(each[: 4 * tenth]) / 4, sum(each[-tenth:])
    found = palma(*arrays(persons))
    assert math.isnan(found) if poorest == 0 else found == pytest.approx(float(richest / poorest))


@given(PERSONS)
def test_percentiles_of_people_one_by_one(persons: list[tuple[int, int, int]]) -> None:
    each = sorted(x for x, w, _ in persons for _ in range(w))
    x, people, _ = arrays(persons)
    for share in (Fraction(1, 10), Fraction(9, 10)):
        least = next(y for y in each if Fraction(sum(z <= y for z in each), len(each)) >= share)
        assert percentile(x, people, float(share)) == least


def slow_theil(persons: Sequence[tuple[int, int]]) -> float:
    size, held = sum(w for _, w in persons), sum(x * w for x, w in persons)
    ratios = [(w, x * size / held) for x, w in persons if x]
    return math.fsum(w * r * math.log(r) for w, r in ratios) / size


@given(PERSONS)
def test_theil_adds_up_from_within_and_between(persons: list[tuple[int, int, int]]) -> None:
    assume(any(x for x, _, _ in persons))
    x, people, group = arrays(persons)
    assert theil(x, people) == pytest.approx(slow_theil([(x, w) for x, w, _ in persons]), abs=1e-12)
    held, within = sum(x * w for x, w, _ in persons), 0.0
    for g in {g for _, _, g in persons}:
        own = [(x, w) for x, w, other in persons if other == g]
        if any(x for x, _ in own):
            within += sum(x * w for x, w in own) / held * slow_theil(own)
    between = theil_between(x, people, group.astype(np.int64))
    assert between + within == pytest.approx(theil(x, people), abs=1e-12)
    assert 0 <= between <= theil(x, people) + 1e-12


@given(PERSONS, st.integers(1, 40), st.sampled_from((0, 1, 2)))
def test_poverty_one_by_one(persons: list[tuple[int, int, int]], line: int, power: int) -> None:
    each = [Fraction(x - line, line) for x, w, _ in persons for _ in range(w) if x > line]
    whole = sum(w for _, w, _ in persons)
    x, people, _ = arrays(persons)
    assert poverty(x, people, line, power) == pytest.approx(float(sum(e**power for e in each) / whole), abs=1e-12)


@given(INTERVALS)
def test_a_gap_is_as_narrow_and_as_wide_as_any_choice_within_the_intervals(found: list[tuple[float, float]]) -> None:
    low, high = (np.array(ends)[:, None] for ends in zip(*found, strict=True))
    gap = Gap.between(low, high)
    corners = itertools.product(*found)
    assert gap.high[0] == pytest.approx(max(max(c) - min(c) for c in corners))
    # The narrowest choice draws every share as near to one level as it can; some end of an interval is such a level.
    levels = {end for pair in found for end in pair}
    drawn = [[min(max(level, a), b) for a, b in found] for level in levels]
    assert gap.low[0] == pytest.approx(min(max(d) - min(d) for d in drawn))
    if gap.low[0] > 0:
        assert found[gap.best[0]][0] - found[gap.worst[0]][1] == pytest.approx(gap.low[0])


@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=1, max_size=5))
def test_entropy_and_segregation_in_loops(counts: list[list[int]]) -> None:
    def mixed(row: Sequence[int]) -> float:
        return -sum(n / sum(row) * math.log(n / sum(row)) for n in row if n)

    table = np.array(counts, float)
    for row, found in zip(counts, entropy(table), strict=True):
        assert math.isnan(found) if sum(row) == 0 else found == pytest.approx(mixed(row), abs=1e-12)
    whole = [sum(column) for column in zip(*counts, strict=True)]
    if sum(n > 0 for n in whole) < 2:
        assert math.isnan(segregation(table))
        return
    total = sum(whole)
    apart = 1 - sum(sum(row) / total * mixed(row) for row in counts if sum(row)) / mixed(whole)
    assert segregation(table) == pytest.approx(apart, abs=1e-12)
    assert 0 <= segregation(table) <= 1 + 1e-12


# --- properties ------------------------------------------------------------------------------------------------------


@given(PERSONS, st.integers(2, 1000))
def test_units_and_numbers_of_people_change_nothing(persons: list[tuple[int, int, int]], factor: int) -> None:
    assume(any(x for x, _, _ in persons))
    x, people, rank = arrays(persons)
    twice = [np.concatenate([some, some]) for some in (x, people, rank)]
    for index in (
        concentration,
        palma,
        lambda x, people, rank: gini(x, people),
        lambda x, people, rank: theil(x, people),
    ):
        want = pytest.approx(index(x, people, rank), abs=1e-9, nan_ok=True)
        assert index(x * factor, people, rank) == want
        assert index(x, people * factor, rank) == want
        assert index(*twice) == want


@given(PERSONS, st.data())
def test_a_transfer_from_the_many_to_the_few_lowers_inequality(
    persons: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    x, _, _ = arrays(persons)
    assume(x.max() - x.min() >= 2)
    people = np.ones(len(x))
    given_to = x.copy()
    amount = data.draw(st.integers(1, int(x.max() - x.min()) // 2))
    given_to[x.argmax()] -= amount
    given_to[x.argmin()] += amount
    assert gini(given_to, people) < gini(x, people)
    assert theil(given_to, people) < theil(x, people)


@given(PERSONS)
def test_bounds(persons: list[tuple[int, int, int]]) -> None:
    x, people, rank = arrays(persons)
    assume(x.any())
    assert 0 <= gini(x, people) < 1 and -1 < concentration(x, people, rank) < 1
    assert 0 <= theil(x, people) <= math.log(people.sum()) + 1e-12
    alike = np.full(len(x), 7.0)
    assert gini(alike, people) == pytest.approx(0, abs=1e-12) and theil(alike, people) == pytest.approx(0, abs=1e-12)


@given(PERSONS)
def test_who_walks_more_for_their_low_cluster_is_told_by_the_sign(persons: list[tuple[int, int, int]]) -> None:
    _, people, rank = arrays(persons)
    assume(len({*rank}) > 1)
    more_for_low, more_for_high = 5.0 - rank, rank
    assert concentration(more_for_low, people, rank) < 0 < concentration(more_for_high, people, rank)
    assert palma(more_for_low, people, rank) < 1 < palma(more_for_high, people, rank)


@given(INTERVALS, st.data())
def test_to_know_more_never_widens_a_gap(found: list[tuple[float, float]], data: st.DataObject) -> None:
    known = [sorted(data.draw(st.tuples(st.floats(a, b), st.floats(a, b)))) for a, b in found]
    before, after = (
        Gap.between(*(np.array(ends)[:, None] for ends in zip(*pairs, strict=True))) for pairs in (found, known)
    )
    assert before.low[0] <= after.low[0] <= after.high[0] <= before.high[0]


@given(st.tuples(*[st.integers(0, 100)] * 3))
def test_to_reach_more_where_fewer_do_narrows_the_gap(shares: tuple[int, int, int]) -> None:
    worst, better, best = (share / 100 for share in sorted(shares))
    before, after = (Gap.between(*[np.array([[low], [best]])] * 2) for low in (worst, better))
    assert after.high[0] == after.low[0] <= before.low[0] == before.high[0]


def test_nothing_of_nobody() -> None:
    none, zero = np.empty(0), np.zeros(2)
    ranked = [index(none, none, none) for index in (concentration, palma)]
    plain = [gini(none, none), theil(none, none), percentile(none, none, 0.9), poverty(none, none, 10.0, 1)]
    for index in (*ranked, *plain, segregation(np.empty((0, 3)))):
        assert math.isnan(index)
    assert math.isnan(gini(zero, np.ones(2))) and math.isnan(theil(zero, np.ones(2)))
    assert poverty(np.array([10.0, 10.0]), np.ones(2), 10.0, 0) == 0, "the line itself is within"
