"""Scores of homes summed over zones, against a slow oracle in plain Python; what is not known stays so."""

import math
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from geokehila import zones
from geokehila.names import NAME_COLUMNS
from geokehila.schema import ISRAEL_TM
from geokehila.zones import Homes, Zoning

STATES = ("reached", "beyond", "not loaded", "not mapped", "unconnected", "edge")
SCORED = ("health", "transport")
WEAKEST = {"weakest_domain": {key: f"domain_{key}" for key in SCORED}}


def town(rows: list[dict[str, object]]) -> dict[str, pd.DataFrame]:
    """Tables of homes given as rows: zone, people, by_footprint, old (None: not counted), health, transport, walk."""
    ids = pd.Index([f"w{i:03d}" for i in range(len(rows))], name="origin_id", dtype="str")
    frame = pd.DataFrame(rows, columns=["zone", "people", "by_footprint", "old", *SCORED, "walk"], index=ids)
    frame = frame.astype(dict.fromkeys(("people", "by_footprint", "old", "walk"), float))
    origins = pd.DataFrame({"zone_id": frame["zone"].astype("str"), "people": frame["people"]})
    origins = origins.assign(people_by_footprint=frame["by_footprint"], connected=True, border_s=1e9).reset_index()
    people = [frame[["people"]].assign(group="total"), frame[["old"]].set_axis(["people"], axis=1).assign(group="65+")]
    scores = {f"domain_{d}_state": frame[d].astype("str") for d in SCORED} | {"domain_housing_state": "described"}
    scores |= {"category_clinic_state": frame["health"].astype("str")}
    scores |= {"category_bus_state": frame["transport"].astype("str")}
    reached = sum((frame[d] == "reached").astype(int) for d in SCORED)
    beyond = sum((frame[d] == "beyond").astype(int) for d in SCORED)
    counts = {"domains_reached_count": reached, "domains_unknown_count": 2 - reached - beyond}
    walks = {"category_clinic_s": frame["walk"], "category_bus_s": frame["walk"]}
    return {
        "scores": pd.DataFrame(scores | counts | walks, index=ids),
        "origins": gpd.GeoDataFrame(origins),
        "origin_people": pd.concat(people).dropna().reset_index()[["origin_id", "group", "people"]],
    }


def summarise(rows: list[dict[str, object]]) -> pd.DataFrame:
    return summed(**town(rows))


def summed(scores: pd.DataFrame, origins: gpd.GeoDataFrame, origin_people: pd.DataFrame) -> pd.DataFrame:
    homes = Homes(scores, origins["border_s"].to_numpy(float), 3600.0, "> 60 min")
    found = zones.summarise({"adult": homes}, zonings(origins), origins, origin_people, WEAKEST)
    return found.set_index(["zone_id", "group", "measure"])


def zonings(origins: gpd.GeoDataFrame) -> tuple[Zoning, Zoning]:
    ids, of_home = np.unique(origins["zone_id"].to_numpy(str), return_inverse=True)
    here = np.zeros(len(origins), np.int64)
    return Zoning("zone", pd.DataFrame({"zone_id": ids}), of_home), Zoning(
        "city", pd.DataFrame({"zone_id": [""]}), here
    )


def home(
    zone: str = "a", people: float = 1.0, state: str = "reached", walk: float = 60.0, **more: object
) -> dict[str, object]:
    return {
        "zone": zone,
        "people": people,
        "by_footprint": people,
        "old": 0.0,
        "health": state,
        "transport": state,
        "walk": walk,
    } | more


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_a_share_is_at_least_and_at_most() -> None:
    found = summarise([home(people=5), home(people=2, state="beyond"), home(people=3, state="not mapped")])
    share = found.loc[("a", "total", "domain_health_share")]
    assert (share["low"], share["high"], share["reason"]) == (0.5, 0.8, "not mapped")
    beyond = found.loc[("a", "total", "domain_health_beyond_people")]
    assert (beyond["low"], beyond["high"]) == (pytest.approx(2), pytest.approx(5))


def test_rounding_does_not_turn_an_interval_round() -> None:
    # In floating point 0.5 / 0.7 is above 1 - 0.2 / 0.7.
    assert 0.5 / (0.5 + 0.2) > 1 - 0.2 / (0.5 + 0.2)
    share = summarise([home(people=0.5), home(people=0.2, state="beyond")]).loc[("a", "total", "domain_health_share")]
    assert share["low"] <= share["high"] == pytest.approx(5 / 7)


def test_the_two_ways_of_placing_people_widen_a_share() -> None:
    # Of 100 people 80 reach by floor area, but only 50 by footprint.
    found = summarise([home(people=80, by_footprint=50), home(people=20, by_footprint=50, state="beyond")])
    share = found.loc[("a", "total", "domain_health_share")]
    assert (share["low"], share["high"]) == (pytest.approx(0.5), pytest.approx(0.8))


def test_the_reason_is_what_leaves_most_people_open() -> None:
    rows = [home(people=1, state="edge"), home(people=1, state="edge"), home(people=3, state="unconnected")]
    assert summarise(rows).loc[("a", "total", "domain_health_share"), "reason"] == "unconnected"


def test_the_city_counts_people_not_zones() -> None:
    found = summarise([home("a", 90), home("b", 10, "beyond")])
    assert found.loc[("", "total", "domain_health_share"), ["low", "high"]].tolist() == [0.9, 0.9]
    assert found.loc[("", "total", "people"), "value"] == 100
    assert found.loc[("", "total", "domains_reached_count"), "value"] == pytest.approx(1.8)


def test_a_median_is_open_where_a_nearer_place_may_stand_behind_the_edge() -> None:
    # Half walk 200 s; the other half 900 s, but the data end 400 s from them.
    rows = town([home(people=4, walk=200.0), home(people=6, walk=900.0)])
    rows["origins"] = rows["origins"].assign(border_s=[1e9, 400.0])
    found = summed(**rows)
    median = found.loc[("a", "total", "category_clinic_median_s")]
    assert (median["low"], median["value"], median["reason"]) == (400, 900, "edge")


def test_a_median_is_of_people_and_missing_where_half_of_them_reach_none() -> None:
    far = summarise([home(people=1, walk=60), home(people=3, walk=600), home(people=2, walk=900)])
    assert far.loc[("a", "total", "category_clinic_median_s"), "value"] == 600
    none = summarise([home(people=1, walk=60), home(people=1.5, state="beyond", walk=math.nan)])
    row = none.loc[("a", "total", "category_clinic_median_s")]
    assert math.isnan(row["value"]) and row["reason"] == "> 60 min"
    # Nobody knows that none is within 60 min where the data end before.
    rows = town([home(state="beyond", walk=math.nan)])
    rows["origins"] = rows["origins"].assign(border_s=1200.0)
    row = summed(**rows).loc[("a", "total", "category_clinic_median_s")]
    assert (row["low"], row["reason"]) == (1200, "edge") and math.isnan(row["value"])
    nobody = summarise([home(people=0.0)]).loc[("a", "total", "category_clinic_median_s")]
    assert math.isnan(nobody["value"]) and nobody["reason"] == ""
    unknown = summarise([home(state="not mapped", walk=math.nan)])
    assert unknown.loc[("a", "total", "category_clinic_median_s"), "reason"] == "not mapped"


def test_what_is_not_scored_has_no_share() -> None:
    row = summarise([home()]).loc[("a", "total", "domain_housing_share")]
    assert row["reason"] == "described" and row[["value", "low", "high"]].isna().all()


def test_the_weakest_domain_of_a_zone_is_what_most_certainly_lack() -> None:
    rows = [home(people=2, transport="beyond"), home(people=1, health="beyond", transport="beyond"), home("b")]
    found = summarise(rows)
    weakest = found.loc[("a", "total", "weakest_domain")]
    assert weakest["reason"] == "transport" and weakest["value"] == 1
    assert found.loc[("b", "total", "weakest_domain"), "reason"] == ""
    assert found.loc[("", "total", "weakest_domain"), "value"] == pytest.approx(3 / 4)


def test_a_group_of_nobody_has_no_share_and_a_group_not_counted_has_no_number() -> None:
    found = summarise([home("a", old=0.0), home("b", old=None), home("c", old=1.0)])
    nobody, unknown = found.loc[("a", "65+")], found.loc[("b", "65+")]
    assert nobody.loc["people", "value"] == 0 and math.isnan(unknown.loc["people", "value"])
    for measure in ("domain_health_share", "category_clinic_share", "domain_health_beyond_people"):
        assert nobody.loc[measure, ["low", "high"]].isna().all(), measure
        assert unknown.loc[measure, ["low", "high"]].isna().all(), measure
    assert math.isnan(nobody.loc["domains_reached_count", "value"])
    assert math.isnan(nobody.loc["category_clinic_median_s", "value"])
    assert nobody.loc["weakest_domain", "reason"] == ""
    city = found.loc[("", "65+", "people")]
    assert (city["value"], city["reason"]) == (1, "unknown"), "the sum leaves a zone out and says so"
    assert found.loc[("", "total", "people"), "reason"] == ""


def test_a_city_of_nobody_has_its_rows_and_no_share() -> None:
    found = summarise([])
    assert found.loc[("", "total", "people"), "value"] == 0
    for key in SCORED:
        assert found.loc[("", "total", f"domain_{key}_share"), ["low", "high"]].isna().all()
    assert found.loc[("", "total", "domain_housing_share"), "reason"] == "described"
    assert found.loc[("", "total", "connected_share"), ["value"]].isna().all()


# --- against an oracle -----------------------------------------------------------------------------------------------


@st.composite
def homes(draw: st.DrawFn) -> list[dict[str, object]]:
    number = st.one_of(st.just(0.0), st.floats(0.001, 5000))
    state, walk = st.sampled_from(STATES), st.one_of(st.just(math.nan), st.integers(0, 3600).map(float))
    one = st.fixed_dictionaries(
        {
            "zone": st.sampled_from("abc"),
            "people": st.floats(0.001, 5000),
            "by_footprint": st.floats(0.001, 5000),
            "old": number,
            "health": state,
            "transport": state,
            "walk": walk,
        }
    )
    return draw(st.lists(one, min_size=1, max_size=12))


def exact_share(rows: list[dict[str, object]], weights: list[Fraction], states: set[str]) -> Fraction | None:
    whole = sum(weights, Fraction(0))
    part = sum((w for w, row in zip(weights, rows, strict=True) if row["health"] in states), Fraction(0))
    return part / whole if whole else None


def weights_of(rows: list[dict[str, object]], group: str) -> list[list[Fraction]]:
    """People of a group by floor area, and by footprint: the group is spread as everybody is."""
    floor = [Fraction(row["old" if group == "65+" else "people"]) for row in rows]  # type: ignore[arg-type]
    ratio = [Fraction(row["by_footprint"]) / Fraction(row["people"]) for row in rows]  # type: ignore[arg-type]
    return [floor, [f * r for f, r in zip(floor, ratio, strict=True)]]


@settings(max_examples=40, deadline=None)
@given(homes(), st.sampled_from(["total", "65+"]))
def test_shares_equal_exact_fractions(rows: list[dict[str, object]], group: str) -> None:
    found = summarise(rows)
    for zone in {row["zone"] for row in rows} | {""}:
        mine = [row for row in rows if zone in ("", row["zone"])]
        both = weights_of(mine, group)
        row = found.loc[(zone, group, "domain_health_share")]
        if not sum(both[0]):
            assert math.isnan(row["low"]) and math.isnan(row["high"])
            continue
        low = min(exact_share(mine, w, {"reached"}) or 0 for w in both)
        high = max(exact_share(mine, w, {*STATES} - {"beyond"}) or 0 for w in both)
        assert row["low"] == pytest.approx(float(low), abs=1e-9)
        assert row["high"] == pytest.approx(float(high), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(homes(), st.sampled_from(["total", "65+"]))
def test_medians_equal_a_count_of_heads(rows: list[dict[str, object]], group: str) -> None:
    found = summarise(rows)
    for zone in {row["zone"] for row in rows} | {""}:
        mine = [row for row in rows if zone in ("", row["zone"])]
        weights = weights_of(mine, group)[0]
        median = found.loc[(zone, group, "category_clinic_median_s"), "value"]
        walks = [math.inf if math.isnan(float(str(r["walk"]))) else float(str(r["walk"])) for r in mine]
        if math.isnan(median):
            median = math.inf
        whole = sum(weights)
        if not whole:
            assert median == math.inf
            continue
        tolerance = Fraction(1, 10**6)
        assert sum(w for w, s in zip(weights, walks, strict=True) if s <= median) >= whole / 2 - tolerance
        assert sum(w for w, s in zip(weights, walks, strict=True) if s < median) <= whole / 2 + tolerance


@settings(max_examples=40, deadline=None)
@given(homes())
def test_no_share_leaves_its_bounds_however_numbers_are_rounded(rows: list[dict[str, object]]) -> None:
    found = summarise(rows)
    shares = found[found.index.get_level_values("measure").str.endswith("_share")][["low", "high"]].dropna()
    assert (shares["low"] <= shares["high"]).all()
    assert ((shares >= 0) & (shares <= 1)).all(axis=None)
    beyond = found[found.index.get_level_values("measure").str.endswith("_beyond_people")][["low", "high"]].dropna()
    assert (beyond["low"] <= beyond["high"]).all() and (beyond >= 0).all(axis=None)


@settings(max_examples=40, deadline=None)
@given(homes())
def test_people_of_zones_make_the_city_and_shares_of_zones_bound_it(rows: list[dict[str, object]]) -> None:
    found = summarise(rows).reset_index()
    for group in ("total", "65+"):
        here = found[(found["group"] == group) & (found["measure"] == "people")]
        assert here.loc[here["zone_id"] != "", "value"].sum() == pytest.approx(
            here.loc[here["zone_id"] == "", "value"].item()
        )
    walks = np.array([row["walk"] for row in rows], float)
    city = found[(found["zone_id"] == "") & (found["measure"] == "category_clinic_median_s")]["value"]
    assert city.isna().any() or city.isin(walks).all(), "a median is some home's walk, never a mean"


def test_the_rest_of_a_locality_has_a_name_of_its_own() -> None:
    frame = gpd.GeoDataFrame(
        {"zone_id": ["9000-1", "9000-rest"], **dict.fromkeys(NAME_COLUMNS)},
        geometry=[box(0, 0, 10, 10), box(20, 0, 30, 10)],
        crs=ISRAEL_TM,
    )
    quarters = gpd.GeoDataFrame(
        {"quarter_id": ["n1", "n2"], **dict.fromkeys(NAME_COLUMNS, "רמות")},
        geometry=[Point(5, 5), Point(25, 5)],
        crs=ISRAEL_TM,
    )
    named = zones.named(frame, quarters)
    assert named["name_he"].tolist() == ["רמות", "שאר היישוב"]
    assert named["name_en"].tolist()[1] == "Rest of the locality"


# --- two zonings -----------------------------------------------------------------------------------------------------


def divided() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, list[Zoning]]:
    """Three homes in two zones; neighbourhoods that part them another way and leave the last out."""
    columns = {"origin_id": ["h0", "h1", "h2"], "zone_id": ["a", "a", "b"], "people": [1.0, 2.0, 5.0]}
    origins = gpd.GeoDataFrame(columns, geometry=[Point(1, 1), Point(3, 1), Point(9, 1)], crs=ISRAEL_TM)
    areas = gpd.GeoDataFrame({"zone_id": ["a", "b"]}, geometry=[box(0, 0, 5, 5), box(5, 0, 10, 5)], crs=ISRAEL_TM)
    own = gpd.GeoDataFrame({"zone_id": ["y", "x"]}, geometry=[box(2, 0, 4, 5), box(0, 0, 3, 5)], crs=ISRAEL_TM)
    zonings = [Zoning.of_zones(areas, origins), Zoning.over("neighbourhood", own, areas, origins)]
    return origins, areas, [*zonings, Zoning.of_city(areas, origins)]


def test_every_home_stands_in_one_unit_of_every_zoning() -> None:
    origins, _, (own, neighbourhoods, city) = divided()
    assert own.units["zone_id"].tolist() == ["a", "b"] and own.of_home.tolist() == [0, 0, 1]
    # h1 stands on the border of x and inside y: the first by zone_id takes it. h2 stands in none.
    assert neighbourhoods.units["zone_id"].tolist() == ["x", "y", "elsewhere"]
    assert neighbourhoods.of_home.tolist() == [0, 0, 2] and city.of_home.tolist() == [0, 0, 0]
    assert neighbourhoods.units.geometry.iloc[2].area == pytest.approx(50 - 20)
    for zoning in (own, neighbourhoods, city):
        assert np.bincount(zoning.of_home, origins["people"]).sum() == 8


def test_a_zoning_that_holds_every_home_has_no_elsewhere() -> None:
    origins, areas, _ = divided()
    whole = Zoning.over("quarter", areas.assign(zone_id=["q1", "q2"]), areas, origins)
    assert whole.units["zone_id"].tolist() == ["q1", "q2"]


def test_how_much_the_division_matters_by_hand() -> None:
    origins, _, zonings = divided()
    shares = {("zone", "a"): 0.2, ("zone", "b"): 0.6, ("neighbourhood", "x"): 0.5, ("neighbourhood", "elsewhere"): 0.6}
    rows = [(*key, "adult", "total", "domain_health_share", low) for key, low in shares.items()]
    table = pd.DataFrame(rows, columns=["zoning", "zone_id", "profile", "group", "measure", "low"])
    found = zones.sensitivity(table, zonings, origins, ["domain_health_share"])
    # Three people live where the share is 0.2 by areas and 0.5 by neighbourhoods, five where it is 0.6 by both.
    assert found.to_numpy().tolist() == [["zone", "neighbourhood", "domain_health_share", pytest.approx(3 * 0.3 / 8)]]
    assert zones.sensitivity(table, zonings[:1], origins, ["domain_health_share"]).empty


def test_a_cell_of_a_grid_is_near_the_quarter_whose_point_lies_in_it() -> None:
    """Two quarters lie in the first cell, whose first by id names it; none in the second; nobody knows the third."""
    frame = gpd.GeoDataFrame(
        {"zone_id": ["h0_0", "h1_0", "h9_0"], **dict.fromkeys(NAME_COLUMNS)},
        geometry=[box(0, 0, 10, 10), box(10, 0, 20, 10), box(2000, 0, 2010, 10)],
        crs=ISRAEL_TM,
    )
    columns = {"quarter_id": ["n2", "n1"], "name_he": ["רמות", "המערבית"], "name_ar": ["راموت", "الغربية"]}
    quarters = gpd.GeoDataFrame(
        {**columns, "name_en": [None, "al-Gharbiya"], "name_ru": None},
        geometry=[Point(9, 5), Point(5, 5)],
        crs=ISRAEL_TM,
    )
    found = zones.named(frame, quarters, is_grid=True)
    assert found["name_ar"].fillna("").tolist() == ["قرب الغربية", "قرب راموت", ""]
    assert found["name_he"].fillna("").tolist() == ["ליד המערבית", "ליד רמות", ""]
    # Who reads English or Russian is shown the Hebrew name where theirs is not known, and that it is near in their own.
    assert found["name_en"].fillna("").tolist() == ["near al-Gharbiya", "near רמות", ""]
    assert found["name_ru"].fillna("").tolist() == ["рядом с al-Gharbiya", "рядом с רמות", ""]
    assert zones.named(frame, quarters)["name_ar"].tolist()[:2] == ["الغربية · راموت", "قرب راموت"], "an area is theirs"


def test_a_name_of_ones_own_is_translated_by_the_quarter_of_that_name_alone() -> None:
    """The municipality parts "Sea Town" in two: neither half is called in English as the quarter mapped inside it."""
    frame = gpd.GeoDataFrame(
        {"zone_id": ["a", "b", "c"], **dict.fromkeys(NAME_COLUMNS)},
        geometry=[box(0, 0, 10, 10), box(10, 0, 20, 10), box(20, 0, 30, 10)],
        crs=ISRAEL_TM,
    ).assign(name_he=["עיר ימים מזרח", 'רמת הגב"ע', None])
    quarters = gpd.GeoDataFrame(
        {"quarter_id": ["n1", "n2", "n3", "n4"], **dict.fromkeys(NAME_COLUMNS)},
        geometry=[Point(5, 5), Point(14, 5), Point(16, 5), Point(25, 5)],
        crs=ISRAEL_TM,
    ).assign(name_he=["עיר ימים", "רמת הגב״ע", "נאות", "מרכז"], name_en=["Sea Town", "Ramat HaGeva", "Neot", "Centre"])
    named = zones.named(frame, quarters)
    assert named["name_he"].tolist() == ["עיר ימים מזרח", 'רמת הגב"ע', "מרכז"]
    assert named["name_en"].fillna("").tolist() == ["", "Ramat HaGeva", "Centre"]


def test_an_area_without_a_name_is_told_by_the_nearest() -> None:
    frame = gpd.GeoDataFrame(
        {"zone_id": ["a", "b", "c", "d"], **dict.fromkeys(NAME_COLUMNS)},
        geometry=[box(0, 0, 10, 10), box(10, 0, 20, 10), box(900, 0, 910, 10), box(2000, 0, 2010, 10)],
        crs=ISRAEL_TM,
    ).assign(name_he=[None, None, None, "שלי"])
    quarters = gpd.GeoDataFrame(
        {"quarter_id": ["n1"], **dict.fromkeys(NAME_COLUMNS)}, geometry=[Point(5, 5)], crs=ISRAEL_TM
    )
    named = zones.named(frame, quarters.assign(name_he="רמות", name_en="Ramot"))
    assert named["name_he"].tolist() == ["רמות", "ליד רמות", "ליד רמות", "שלי"]
    assert named["name_en"].fillna("").tolist() == ["Ramot", "near Ramot", "near Ramot", ""], "none is made up"
    far = zones.named(frame, quarters.assign(name_he="רמות", geometry=[Point(-991, 5)]))
    assert far["name_he"].fillna("").tolist() == ["ליד רמות", "", "", "שלי"]
