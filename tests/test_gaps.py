"""Gaps by hand, by a slow loop, by what must always hold, and in sentences of three languages."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from given import homes as placed
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geokehila import gaps, zones
from geokehila.access import TO, Access, Answers
from geokehila.analyses.tables import Tables
from geokehila.catalogue import SPOKEN, Catalogue, City, sentences
from geokehila.catalogue.choices import GapChoice
from geokehila.gaps.sentences import Sentences
from geokehila.names import NAME_COLUMNS
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study
from geokehila.zones import Homes, Zoning

NAN, INF = float("nan"), float("inf")
SHIPPED = Catalogue.read()
CATALOGUE = replace(SHIPPED, categories={key: SHIPPED.categories[key] for key in ("clinic", "park")})
CITY = City("neve-or", 0, {"he": "נווה אור", "ar": "نفيه أور", "en": "Neve Or"})
#: A home: `walk` [s] and `way` [m] to the nearest clinic; of the park each home has one at its door.
HOME = {"zone": "a", "hood": "n", "people": 100.0, "foot": None, "state": "reached", "walk": 60.0, "way": 78.0,
        "place": "p1", "border": 1e6, "young": 0.0, "old": 0.0}  # fmt: skip
STUDY = Study(CITY, catalogue=SHIPPED)
WORLD = box(-1e6, -1e6, 1e6, 1e6)


def study(**choice: Any) -> Study:
    return Study(CITY, catalogue=CATALOGUE, gaps=GapChoice(**choice))


def zoning(key: str, names: Sequence[str], shape: Any = WORLD) -> Zoning:
    ids, of_home = np.unique(np.array(names, str), return_inverse=True)
    columns = {"zone_id": ids.astype(object), **{c: [f"{c[-2:]} {i}" for i in ids] for c in NAME_COLUMNS}}
    return Zoning(key, gpd.GeoDataFrame(columns, geometry=[box(0, 0, 1, 1)] * len(ids), crs=ISRAEL_TM), of_home)


class Town:
    """Homes with what they have of a clinic, and all that gaps are made of."""

    def __init__(self, homes: Sequence[Mapping[str, Any]], facts: Mapping[str, Any] | None = None, **choice: Any):
        self.rows = pd.DataFrame([HOME | dict(home) for home in homes], columns=[*HOME])
        rows = self.rows.astype(dict.fromkeys(("people", "walk", "way", "border", "young", "old"), float))
        self.origins = placed([0.0] * len(rows), rows["people"].tolist(), border_m=rows["border"].tolist())
        foot = rows["foot"].astype(float).fillna(rows["people"])
        self.origins = self.origins.assign(zone_id=rows["zone"].tolist(), people_by_footprint=foot.tolist())
        ids = pd.Index(self.origins["origin_id"], name="origin_id")
        told = [("total", rows["people"]), ("0-19", rows["young"]), ("65+", rows["old"])]
        parts = [pd.DataFrame({"origin_id": ids, "group": group, "people": some.to_numpy()}) for group, some in told]
        groups = pd.concat(parts, ignore_index=True).dropna()
        self.tables = Tables(
            study(**choice),
            self.origins,
            origin_people=groups[(groups["group"] == "total") | (rows[["young", "old"]].sum().sum() > 0)],
            zonings=(zoning("zone", rows["zone"]), zoning("neighbourhood", rows["hood"]), self._city(len(rows))),
            zone_facts=_facts(facts or {}),
            extent=WORLD,
        )
        adult = pd.DataFrame(index=ids)
        adult["category_clinic_state"], adult["category_park_state"] = rows["state"].to_numpy(), "reached"
        adult["category_clinic_s"], adult["category_park_s"] = rows["walk"].to_numpy(), 1.0
        metres = pd.DataFrame({"category_clinic_m": rows["way"].to_numpy(), "category_park_m": 1.0}, ids)
        self.of_homes = {"adult": adult, "distance": metres}
        walks = adult[["category_clinic_s"]].set_axis(["clinic"], axis=1).assign(park=1.0)
        nearest = pd.DataFrame({"clinic": rows["place"].to_numpy(object), "park": "g"}, ids)
        self.answers = Answers({("adult", TO): Access(walks, nearest, walks, pd.Series("snapped", ids))})
        self.confidence = believed({})

    @staticmethod
    def _city(count: int) -> Zoning:
        return replace(zoning("city", [""]), of_home=np.zeros(count, np.int64))

    def measure(self, **states: Mapping[str, str]) -> pd.DataFrame:
        return gaps.measure(self.tables, self.answers, self.of_homes, believed(states))

    def row(self, zoning: str = "city", zone_id: str = "", group: str = "total", **states: Any) -> pd.Series:
        found = self.measure(**states)
        mine = found[(found["zoning"] == zoning) & (found["zone_id"] == zone_id) & (found["group"] == group)]
        one: pd.Series = mine[mine["category"] == "clinic"].iloc[0]
        return one


def _facts(facts: Mapping[str, Any]) -> pd.DataFrame:
    """Facts of zones as ``{"a": {"ses_cluster": 3}}``."""
    rows = [
        {"zone_id": zone, "fact": fact, "value": told if isinstance(told, int) else NAN,
         "text": told if isinstance(told, str) else None}
        for zone, some in facts.items() for fact, told in some.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def believed(states: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Table ``confidence`` of zones a, b, c: measured but where told otherwise."""
    subjects = ("clinic", "park", "population", "network", "mapping")
    return pd.DataFrame(
        {"zone_id": zone, "subject": subject, "state": states.get(zone, {}).get(subject, "measured")}
        for zone in "abc"
        for subject in subjects
    )


#: The example of docs/methods/gaps.md.
PAGE = (
    {"people": 2750, "young": 1000, "old": 237.5},
    {"people": 500, "state": "beyond", "walk": 1020, "way": 1300, "place": "p2", "young": 225},
    {"people": 700, "state": "beyond", "walk": 1260, "way": 1584, "place": "p1", "young": 315},
    {"people": 150, "state": "edge", "walk": 1500, "young": 67.5},
)


def test_the_example_of_the_method_page() -> None:
    town = Town(PAGE, {"a": {"ses_cluster": 4}}, need=("cluster", "age", "deficit"))
    row = town.row()
    assert row[["people", "beyond_low", "beyond_high", "walk_s", "next_m", "cutoff_s"]].tolist() == [
        4100, pytest.approx(1200), pytest.approx(1350), 1260, 1584, 900,
    ]  # fmt: skip
    assert row[["next_place_id", "reliability", "doubt", "reason", "rank"]].tolist() == ["p1", "measured", "", "", 1]
    assert row["need_cluster"] == pytest.approx(1 + 6 / 9) and row["need_deficit"] == pytest.approx(1.4)
    assert row["need_age"] == pytest.approx(1 + (1000 + 237.5 + 225 + 315 + 67.5) / 4100) == pytest.approx(1.45)
    assert row["need_weight"] == pytest.approx(3.3833, abs=1e-4) and row["need_people"] == pytest.approx(4060)
    said = Sentences(town.tables.study, names(town), "residents", "en")
    assert said.of(row.to_dict()) == (
        "A gap of a clinic for 1,200 to 1,350 of the 4,100 residents of Neve Or: the nearest is a walk of 21 min (1.6 km)."
    )


def names(town: Town) -> pd.DataFrame:
    return pd.concat([one.table() for one in town.tables.zonings], ignore_index=True)


# --- whom gaps are told of --------------------------------------------------------------------------------------------


def test_categories_are_those_of_a_domain_or_required_but_no_shelters() -> None:
    keys = [c.key for c in gaps.asked(SHIPPED)]
    assert keys == [key for key in SHIPPED.categories if key not in ("shelter", "worship")], "in the catalogue's order"
    own = Catalogue.read({"categories": {"worship": {"required": True}}})
    assert "worship" in {c.key for c in gaps.asked(own)}


def test_every_unit_has_a_row_of_every_category_and_group() -> None:
    homes = [{"zone": "a", "young": 10, "old": 5}, {"zone": "b", "hood": "m", "young": 20, "old": 1}]
    found = Town(homes, {"a": {"ses_cluster": 3, "society": "mixed"}}).measure()
    told = found.groupby(["zoning", "group_by"])["zone_id"].count().to_dict()
    # Two categories; two zones and neighbourhoods; two age groups; two clusters, one of them not told, of the city.
    assert told == {
        ("zone", ""): 4, ("zone", "age"): 8, ("neighbourhood", ""): 4, ("neighbourhood", "age"): 8,
        ("city", ""): 2, ("city", "age"): 4, ("city", "ses_cluster"): 4, ("city", "society"): 4,
    }  # fmt: skip
    by_cluster = found[(found["group_by"] == "ses_cluster") & (found["category"] == "clinic")]
    assert dict(zip(by_cluster["group"], by_cluster["people"], strict=True)) == {"3": 100, "unknown": 100}
    assert found.loc[found["group_by"] != "", "rank"].isna().all()


def test_where_no_source_tells_of_zones_the_city_is_not_divided() -> None:
    assert {*Town([{}]).measure()["group_by"]} == {""}


def test_age_groups_are_counted_by_themselves() -> None:
    homes = [{"young": 40, "old": 0, "state": "beyond", "walk": 1000}, {"young": 10, "old": 20}]
    found = Town(homes)
    assert found.row(group="0-19")[["people", "beyond_low"]].tolist() == [50, pytest.approx(40)]
    assert found.row(group="65+")[["people", "beyond_low", "beyond_high"]].tolist() == [20, 0, 0]


def test_a_group_that_the_source_does_not_count_is_not_known() -> None:
    homes = [{"zone": "a", "young": NAN, "old": NAN, "state": "beyond"}, {"zone": "b", "young": 30, "old": 10}]
    town = Town(homes)
    row = town.row("zone", "a", "0-19")
    assert row[["people", "beyond_low", "beyond_high"]].isna().all() and row["reliability"] == "unknown"
    whole = town.row(group="0-19")
    assert whole["people"] == 30 and (whole["reliability"], whole["doubt"]) == ("few people", "population")
    assert Town(homes, least_people=0).row(group="0-19")["reliability"] == "thin"


# --- how far ----------------------------------------------------------------------------------------------------------


def test_walks_are_those_of_people_surely_beyond() -> None:
    homes = [
        {"people": 10, "walk": 5},
        {"people": 60, "state": "beyond", "walk": 1000, "way": 1100, "place": "p9"},
        {"people": 50, "state": "beyond", "walk": 2000, "way": 2500, "place": "p2"},
        {"people": 90, "state": "unconnected", "walk": 3000, "way": 3500, "place": "p3"},
    ]
    row = Town(homes).row()
    assert row[["walk_s", "next_m", "next_place_id", "reason"]].tolist() == [1000, 1100, "p9", ""]


def test_beyond_the_horizon_there_is_no_median_and_a_reason() -> None:
    far = {"state": "beyond", "walk": NAN, "way": NAN, "place": None}
    row = Town([far | {"people": 60}, {"people": 40, "state": "beyond", "walk": 1000, "way": 1300}]).row()
    assert math.isnan(row["walk_s"]) and math.isnan(row["next_m"]) and row["reason"] == "> 60 min"
    assert row["next_place_id"] == "p1", "where those go who find one"
    row = Town([{"state": "beyond", "walk": 3000, "way": NAN}]).row()
    assert row["walk_s"] == 3000 and math.isnan(row["next_m"]) and row["reason"] == "> 3600 m"


def test_a_nearer_place_may_stand_behind_the_edge_of_the_data() -> None:
    # At 1 m/s the border is 950 s away, the nearest place 1,500 s.
    row = Town([{"state": "beyond", "walk": 1500, "border": 950}]).row()
    assert (row["walk_s"], row["reason"], row["beyond_low"]) == (1500, "edge", 100)
    assert Town([{"state": "beyond", "walk": 1500, "border": 1600}]).row()["reason"] == ""


def test_most_go_to_the_first_of_equally_used_places() -> None:
    homes = [{"state": "beyond", "place": p, "people": n} for p, n in (("q", 0.1), ("q", 0.2), ("p", 0.3))]
    assert Town(homes).row()["next_place_id"] == "p"


def test_where_nobody_is_surely_beyond_nobody_walks() -> None:
    row = Town([{"state": "edge", "walk": 1000}], need=("deficit",)).row()
    assert row[["walk_s", "next_m", "next_place_id", "rank"]].isna().all() and row["reason"] == ""
    assert (row["need_deficit"], row["need_people"]) == (1, 0)


# --- who lives there, and how sure it is ------------------------------------------------------------------------------


def test_nobody() -> None:
    row = Town([{"people": 0, "state": "beyond"}]).row("zone", "a")
    assert row[["people", "beyond_low", "beyond_high"]].tolist() == [0, 0, 0]
    assert (row["reliability"], row["reason"]) == ("few people", "") and math.isnan(row["rank"])


def test_no_homes_at_all() -> None:
    found = Town([]).measure()
    assert {*found["zoning"]} == {"city"} and (found["people"] == 0).all(), "the city is always one"
    assert Town([]).tables.origins.empty and gaps.layer(Town([]).tables, Town([]).of_homes).empty


@pytest.mark.parametrize("state", ["not loaded", "not mapped", "unconnected", "edge"])
def test_what_is_not_known_is_at_most(state: str) -> None:
    row = Town([{"state": state}, {"state": "beyond"}]).row()
    assert (row["beyond_low"], row["beyond_high"]) == (100, 200)
    every = Town([{"state": state}]).row()
    assert (every["beyond_low"], every["beyond_high"]) == (0, 100) and math.isnan(every["rank"])


@pytest.mark.parametrize(
    ("states", "people", "said"),
    [
        ({}, (600, 400), ("measured", "")),
        ({"a": {"clinic": "thin"}}, (600, 400), ("thin", "list")),
        ({"a": {"clinic": "thin"}}, (50, 950), ("measured", "")),
        ({"a": {"clinic": "thin"}}, (51, 949), ("thin", "list")),
        ({"a": {"clinic": "unknown"}}, (499, 501), ("thin", "list")),
        ({"a": {"clinic": "unknown"}}, (500, 500), ("unknown", "list")),
        ({"a": {"network": "unknown"}}, (600, 400), ("unknown", "network")),
        ({"a": {"population": "thin", "clinic": "thin"}}, (600, 400), ("thin", "list")),
        ({"a": {"clinic": "thin"}, "b": {"population": "thin"}}, (400, 600), ("thin", "population")),
        ({"a": {"mapping": "unknown", "park": "unknown"}}, (600, 400), ("measured", "")),
        ({"a": {"clinic": "unknown"}}, (50, 40), ("unknown", "list")),
        ({}, (50, 49.9), ("few people", "")),
    ],
)
def test_how_far_a_row_can_be_believed(
    states: dict[str, dict[str, str]], people: tuple[float, float], said: tuple[str, str]
) -> None:
    homes = [{"zone": zone, "people": n, "state": "beyond"} for zone, n in zip("ab", people, strict=True)]
    row = Town(homes).row(**states)
    assert (row["reliability"], row["doubt"]) == said
    assert math.isnan(row["rank"]) is (said[0] in ("unknown", "few people"))


def test_the_list_does_not_matter_to_who_reaches_a_place() -> None:
    row = Town([{}]).row(a={"clinic": "unknown"})
    assert (row["reliability"], row["doubt"], row["beyond_high"]) == ("measured", "", 0)
    assert Town([{}]).row(a={"population": "thin"})["doubt"] == "population"


@pytest.mark.parametrize(("inside", "said"), [(0.94, "partial"), (0.96, "measured")])
def test_a_unit_that_is_cut_by_the_edge_of_the_data_is_partial(inside: float, said: str) -> None:
    town = Town([{"state": "beyond"}])
    town.tables = replace(town.tables, extent=box(0, 0, inside, 1))
    assert town.row("zone", "a")["reliability"] == said and town.row("zone", "a")["rank"] == 1


def test_ranks_go_by_people_surely_beyond_then_by_those_who_may_be_then_by_id() -> None:
    homes = [{"zone": zone, "people": n, "state": state}
             for zone, *some in (("a", (200, "beyond")), ("b", (200, "beyond"), (100, "edge")), ("c", (300, "beyond")),
                                 ("d", (200, "beyond")), ("e", (900, "edge")), ("f", (900, "reached")),
                                 ("g", (99, "beyond")))
             for n, state in some]  # fmt: skip
    found = Town(homes).measure()
    mine = found[(found["zoning"] == "zone") & (found["category"] == "clinic")].set_index("zone_id")["rank"]
    assert mine.dropna().to_dict() == {"c": 1, "b": 2, "a": 3, "d": 4}
    parks = found[(found["zoning"] == "zone") & (found["category"] == "park")]
    assert parks["rank"].isna().all(), "where nobody is surely beyond there is no gap to rank"


# --- need -------------------------------------------------------------------------------------------------------------


def test_need_is_told_only_where_it_is_asked_for() -> None:
    columns = ["need_cluster", "need_age", "need_deficit", "need_weight", "need_people", "need_rank"]
    assert Town(PAGE, {"a": {"ses_cluster": 4}}).measure()[columns].isna().all().all()
    some = Town(PAGE, {"a": {"ses_cluster": 4}}, need=("deficit",)).measure()
    everybody = some[some["group_by"] == ""]
    assert everybody[["need_cluster", "need_age"]].isna().all().all()
    assert (everybody["need_weight"] == everybody["need_deficit"]).all()
    assert some.loc[some["group_by"] != "", columns].isna().all().all()


def test_need_can_turn_the_order() -> None:
    homes = [{"zone": "a", "people": 300, "state": "beyond"}, {"zone": "b", "people": 200, "state": "beyond"}]
    found = Town(homes, {"a": {"ses_cluster": 10}, "b": {"ses_cluster": 1}}, need=("cluster",)).measure()
    mine = found[(found["zoning"] == "zone") & (found["category"] == "clinic")].set_index("zone_id")
    assert mine["need_people"].to_dict() == {"a": 300, "b": 400}
    assert (mine["rank"].to_dict(), mine["need_rank"].to_dict()) == ({"a": 1, "b": 2}, {"a": 2, "b": 1})


def test_a_part_that_no_source_tells_is_missing_and_so_is_the_product() -> None:
    row = Town([{"state": "beyond"}], need=("cluster", "age", "deficit")).row()
    assert row[["need_cluster", "need_age", "need_weight", "need_people", "need_rank"]].isna().all()
    assert row["rank"] == 1 and row["need_deficit"] == 1


def test_the_cluster_of_a_unit_is_that_of_its_people_whose_cluster_is_told() -> None:
    homes = [{"zone": "a", "people": 100}, {"zone": "b", "people": 300}, {"zone": "c", "people": 600}]
    facts = {"a": {"ses_cluster": 1}, "b": {"ses_cluster": 10}}
    assert Town(homes, facts, need=("cluster",)).row()["need_cluster"] == pytest.approx((100 * 2 + 300 * 1) / 400)


@pytest.mark.parametrize(("walk", "weight"), [(901, 901 / 900), (1800, 2), (3599, 2), (NAN, 2)])
def test_the_deficit_weighs_twice_at_most(walk: float, weight: float) -> None:
    row = Town([{"state": "beyond", "walk": walk}], need=("deficit",)).row()
    assert row["need_deficit"] == pytest.approx(weight)


# --- what must always hold --------------------------------------------------------------------------------------------

STATES = ("reached", "beyond", "not mapped", "edge", "unconnected")
HOMES = st.lists(
    st.fixed_dictionaries(
        {
            "zone": st.sampled_from("abc"),
            "hood": st.sampled_from("mn"),
            "people": st.integers(0, 60).map(lambda n: n / 4),
            "foot": st.none() | st.integers(1, 60).map(lambda n: n / 4),
            "state": st.sampled_from(STATES),
            "walk": st.sampled_from([100.0, 950.0, 1000.0, 2000.0, NAN]),
            "way": st.sampled_from([80.0, 900.0, 1500.0, NAN]),
            "place": st.sampled_from(["p1", "p2", "p3", None]),
            "border": st.sampled_from([500.0, 1200.0, 1e6]),
            "young": st.sampled_from([0.0, 0.25, 0.5]),
            "old": st.sampled_from([0.0, 0.25, 0.5]),
        }
    ),
    min_size=1,
    max_size=12,
)


def living(homes: list[dict[str, Any]], agree: bool) -> list[dict[str, Any]]:
    """Homes whose footprints hold the people of their zone too, each as many as its floors where both ways agree.

    Ages are drawn as shares of a home's people.
    """
    frame = pd.DataFrame(homes).astype(dict.fromkeys(("people", "foot", "walk", "way"), float))
    frame["foot"] = frame["people"] if agree else frame["foot"].fillna(1.0).where(frame["people"] > 0, 0.0)
    for column in ("young", "old"):
        frame[column] *= frame["people"]
    of_zone = frame.groupby("zone")[["people", "foot"]].transform("sum")
    frame["foot"] *= (of_zone["people"] / of_zone["foot"]).fillna(0.0)
    return frame.assign(place=frame["place"].where(frame["place"].notna(), None)).to_dict("records")


def everybody(found: pd.DataFrame, zoning: str) -> pd.DataFrame:
    return found[(found["zoning"] == zoning) & (found["group_by"] == "") & (found["category"] == "clinic")]


@settings(max_examples=25)
@given(HOMES)
def test_units_sum_to_the_city(homes: list[dict[str, Any]]) -> None:
    found = Town(living(homes, agree=True)).measure()
    city = everybody(found, "city").iloc[0]
    for key in ("zone", "neighbourhood"):
        for column in ("people", "beyond_low", "beyond_high"):
            assert everybody(found, key)[column].sum() == pytest.approx(city[column], abs=1e-9)


@settings(max_examples=25)
@given(HOMES)
def test_intervals_are_ordered_and_those_of_units_hold_the_citys(homes: list[dict[str, Any]]) -> None:
    found = Town(living(homes, agree=False)).measure()
    assert (found["beyond_low"] >= 0).all() and (found["beyond_low"] <= found["beyond_high"] + 1e-9).all()
    assert (found["beyond_high"] <= found["people"] + 1e-9).all()
    zones, city = everybody(found, "zone"), everybody(found, "city").iloc[0]
    assert zones["beyond_low"].sum() <= city["beyond_low"] + 1e-9
    assert zones["beyond_high"].sum() >= city["beyond_high"] - 1e-9


@settings(max_examples=25)
@given(HOMES, st.randoms(use_true_random=False))
def test_the_order_of_homes_does_not_matter(homes: list[dict[str, Any]], chance: Any) -> None:
    homes = living(homes, agree=False)
    shuffled = chance.sample(homes, len(homes))
    first, second = (
        Town(some, {"a": {"ses_cluster": 2}}, need=("age", "deficit")).measure() for some in (homes, shuffled)
    )
    pd.testing.assert_frame_equal(first, second, rtol=1e-9, atol=1e-9)


@settings(max_examples=25)
@given(HOMES)
def test_it_agrees_with_the_scores_of_zones(homes: list[dict[str, Any]]) -> None:
    town = Town(living(homes, agree=False))
    scores = {"adult": Homes(town.of_homes["adult"], np.full(len(homes), INF), 3600.0, "> 60 min")}
    summed = zones.summarise(scores, town.tables.zonings, town.origins, town.tables.origin_people)
    summed = summed[summed["measure"] == "category_clinic_beyond_people"].set_index(["zoning", "zone_id", "group"])
    found = town.measure()
    found = found[found["category"] == "clinic"].set_index(["zoning", "zone_id", "group"])
    for mine, theirs in (("beyond_low", "low"), ("beyond_high", "high")):
        known = summed[theirs].dropna()
        assert found.loc[known.index, mine].to_numpy() == pytest.approx(known.to_numpy(), abs=1e-9)
        assert found[mine].drop(known.index).eq(0).all(), "nobody lives there"


# --- a slow loop ------------------------------------------------------------------------------------------------------


def slow(homes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a row tells of some homes, one home at a time."""
    people = sum(home["people"] for home in homes)
    shares = {state: [1.0, 1.0] for state in ("reached", "beyond")}
    for state, both in shares.items():
        for i, column in enumerate(("people", "foot")):
            whole = sum(home[column] for home in homes)
            some = sum(home[column] for home in homes if home["state"] == state)
            both[i] = some / whole if whole else 0.0
    beyond = [home for home in homes if home["state"] == "beyond" and home["people"]]
    votes: dict[str, float] = {}
    for home in beyond:
        if home["place"]:
            votes[home["place"]] = votes.get(home["place"], 0.0) + home["people"]
    most = [place for place, count in votes.items() if count == max(votes.values())]
    walk, way = (half_of(beyond, lambda home, name=name: home[name]) for name in ("walk", "way"))
    ended = half_of(beyond, lambda home: min(number(home["walk"]), home["border"] if home["border"] < 3600 else INF))
    reason = "" if walk is None else "> 60 min" if walk == INF else "edge" if ended < walk else ""
    return {
        "people": people,
        "beyond_low": people * min(*shares["beyond"], 1 - min(shares["reached"])),
        "beyond_high": people * (1 - min(shares["reached"])) if people else 0.0,
        "walk_s": NAN if walk in (None, INF) else walk,
        "next_m": NAN if way in (None, INF) else way,
        "next_place_id": min(most) if most else None,
        "reason": "> 3600 m" if reason == "" and way == INF else reason,
    }


def number(walk: float) -> float:
    return INF if math.isnan(walk) else walk


def half_of(homes: Sequence[Mapping[str, Any]], way: Any) -> float | None:
    """The way of the person in the middle; None of nobody."""
    passed, whole = 0.0, sum(home["people"] for home in homes)
    for home in sorted(homes, key=lambda home: number(way(home))):
        passed += home["people"]
        if passed >= whole / 2 - 1e-9:
            return number(way(home))
    return None


@settings(max_examples=25)
@given(HOMES)
def test_a_slow_loop_finds_the_same(homes: list[dict[str, Any]]) -> None:
    homes = living(homes, agree=False)
    found = Town(homes).measure()
    for key, column in (("zone", "zone"), ("neighbourhood", "hood"), ("city", None)):
        for row in everybody(found, key).to_dict("records"):
            own = slow([home for home in homes if column is None or home[column] == row["zone_id"]])
            for name, expected in own.items():
                same = row[name] == expected or (pd.isna(row[name]) and pd.isna(expected))
                assert same or row[name] == pytest.approx(expected, abs=1e-9), (key, name)


# --- at each home -----------------------------------------------------------------------------------------------------


def test_a_zone_served_by_half_shows_its_half() -> None:
    homes = [
        {"people": 3},
        {"state": "beyond", "walk": 1200.0},
        {"state": "beyond", "walk": NAN},
        {"state": "not mapped", "walk": NAN},
    ]
    town = Town(homes)
    town.of_homes["adult"]["category_park_state"] = ["reached", "beyond", "reached", "edge"]
    town.of_homes["adult"]["category_park_s"] = [1.0, 900.0, 1.0, 1.0]
    found = gaps.layer(town.tables, town.of_homes)
    assert found["missing"].tolist() == ["", "clinic;park", "clinic", ""]
    assert found["missing_count"].tolist() == [0, 2, 1, 0]
    assert found["unknown"].tolist() == ["", "", "", "clinic;park"] and found["unknown_count"].tolist() == [0, 0, 0, 2]
    # 1,200 of 900 s is 1.33 times the cutoff of a clinic, 900 of 600 s is 1.5 times that of a park.
    assert found["worst"].tolist() == ["", "park", "clinic", ""]
    assert found["worst_excess_s"].isna().tolist() == [True, False, True, True] and found["worst_excess_s"][1] == 300
    assert found["reason"].tolist() == ["", "", "> 60 min", ""]
    assert found.crs == ISRAEL_TM and found.geometry.geom_type.eq("Point").all() and found["people"][0] == 3


def test_the_layer_holds_required_categories_of_scored_domains_only() -> None:
    catalogue = replace(
        SHIPPED,
        categories={
            "clinic": replace(SHIPPED.categories["clinic"], required=False),
            "park": SHIPPED.categories["park"],
            "emergency_station": replace(SHIPPED.categories["emergency_station"], required=True),
        },
    )
    town = Town([{"state": "beyond"}])
    town.tables = replace(town.tables, study=Study(CITY, catalogue=catalogue))
    assert gaps.layer(town.tables, town.of_homes)["missing"].tolist() == [""]


# --- sentences --------------------------------------------------------------------------------------------------------

ROW = {"zoning": "zone", "zone_id": "a", "category": "clinic", "group_by": "", "group": "total", "people": 4100.0,
       "cutoff_s": 900.0, "beyond_low": 1200.0, "beyond_high": 1350.0, "walk_s": 1260.0, "next_m": 1584.0,
       "reliability": "measured", "doubt": "", "reason": ""}  # fmt: skip
UNITS = {
    "a": ("נווה אור", "نفيه أور", "Neve Or"),
    "b": ("ליד רמות", "قرب راموت", "near Ramot"),
    "c": (None, None, None),
    "d": (None, None, "Old Core"),
    "e": ("העיר העתיקה", None, None),
}


def say(language: str, weights: str = "residents", **told: Any) -> str:
    columns = {"name_he": 0, "name_ar": 1, "name_en": 2}
    frame = pd.DataFrame({"zoning": "zone", "zone_id": [*UNITS], "name_ru": None})
    frame = frame.assign(**{name: [unit[i] for unit in UNITS.values()] for name, i in columns.items()})
    return Sentences(STUDY, frame, weights, language).of(ROW | told)


def plain(text: str) -> str:
    """Return a text without the marks that keep its figures together."""
    return text.translate(dict.fromkeys((0x2066, 0x2068, 0x2069)))


EXACT = {"beyond_high": 1200.0}
POSSIBLE = {"beyond_low": 0.0, "walk_s": NAN, "next_m": NAN}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "A gap of a clinic for 1,200 to 1,350 of the 4,100 residents of Neve Or: the nearest is a walk of 21 min (1.6 km)."),
        (EXACT, "A gap of a clinic for 1,200 of the 4,100 residents of Neve Or: the nearest is a walk of 21 min (1.6 km)."),
        ({"beyond_low": 1200.2, "beyond_high": 1199.8, "next_m": NAN},
         "A gap of a clinic for 1,200 of the 4,100 residents of Neve Or: the nearest is a walk of 21 min."),
        ({"beyond_high": 4100.0, "walk_s": NAN, "next_m": NAN, "reason": "> 60 min"},
         "A gap of a clinic for at least 1,200 of the 4,100 residents of Neve Or: none is within a walk of 60 min."),
        ({"beyond_low": 4100.0, "beyond_high": 4100.0, "walk_s": 900.4, "next_m": 996.0},
         "A gap of a clinic for all 4,100 residents of Neve Or: the nearest is a walk of 16 min (1.0 km)."),
        ({"beyond_low": 4.0, "next_m": 994.0, "reason": "edge"},
         "A gap of a clinic for at most 1,350 of the 4,100 residents of Neve Or: the nearest in the data is a walk of 21 min "
         "(990 m)."),
        ({"beyond_low": 3.0, "beyond_high": 9.4, "reason": "edge", "next_m": NAN},
         "A gap of a clinic for fewer than 10 of the 4,100 residents of Neve Or: the nearest in the data is a walk of 21 min."),
        (POSSIBLE, "A possible gap of a clinic for at most 1,350 of the 4,100 residents of Neve Or; the map shows no certain "
                   "one."),
        (POSSIBLE | {"beyond_high": 9.0}, "A possible gap of a clinic for fewer than 10 of the 4,100 residents of Neve Or; "
                                          "the map shows no certain one."),
        (POSSIBLE | {"beyond_high": 4100.0, "reliability": "unknown", "doubt": "list"},
         "It is not known for how many of the 4,100 residents of Neve Or there is a gap of a clinic."),
        (POSSIBLE | {"beyond_high": 0.0}, "No gap of a clinic: within a walk of 15 min for all 4,100 residents of Neve Or."),
        ({"people": 9.4, "beyond_low": 9.4, "beyond_high": 9.4, "reliability": "few people"},
         "No number is told of a gap of a clinic for fewer than 10 residents of Neve Or."),
        ({"people": NAN, "beyond_low": NAN, "beyond_high": NAN, "group_by": "age", "group": "65+"},
         "It is not known whether there is a gap of a clinic for an unknown number of residents of Neve Or aged 65 and over."),
        (EXACT | {"reliability": "thin", "doubt": "list"},
         "A gap of a clinic for 1,200 of the 4,100 residents of Neve Or, as far as the lists of places can be believed: the "
         "nearest is a walk of 21 min (1.6 km)."),
        (EXACT | {"reliability": "unknown", "doubt": "network", "walk_s": NAN, "reason": ""},
         "A gap of a clinic for 1,200 of the 4,100 residents of Neve Or, as far as the map of ways can be believed."),
        (EXACT | {"reliability": "partial", "doubt": "population"},
         "A gap of a clinic for 1,200 of the 4,100 residents of Neve Or: the nearest is a walk of 21 min (1.6 km). Only those "
         "inside the data are counted."),
        (EXACT | {"zone_id": "b"},
         "A gap of a clinic for 1,200 of the 4,100 residents near Ramot: the nearest is a walk of 21 min (1.6 km)."),
        (EXACT | {"zone_id": "c"},
         "A gap of a clinic for 1,200 of the 4,100 residents of area c: the nearest is a walk of 21 min (1.6 km)."),
        (EXACT | {"zone_id": "7-rest"}, "A gap of a clinic for 1,200 of the 4,100 residents in the rest of the locality: the "
                                        "nearest is a walk of 21 min (1.6 km)."),
        (EXACT | {"zone_id": "elsewhere"}, "A gap of a clinic for 1,200 of the 4,100 residents outside the outlined areas: the "
                                           "nearest is a walk of 21 min (1.6 km)."),
        (EXACT | {"zoning": "city", "zone_id": "", "group_by": "ses_cluster", "group": "3"},
         "A gap of a clinic for 1,200 of the 4,100 residents of Neve Or in areas of socio-economic cluster 3: the nearest is a "
         "walk of 21 min (1.6 km)."),
        (EXACT | {"zoning": "city", "zone_id": "", "group_by": "society", "group": "bedouin", "category": "worship"},
         "A gap of a place of worship for 1,200 of the 4,100 residents of Neve Or in Bedouin localities: the nearest is a walk "
         "of 21 min (1.6 km)."),
        (EXACT | {"zone_id": "e", "group_by": "age", "group": "0-19"},
         "A gap of a clinic for 1,200 of the 4,100 residents of \u2068העיר העתיקה\u2069 aged 0 to 19: the nearest is a walk of "
         "21 min (1.6 km)."),
    ],
)  # fmt: skip
def test_sentences_in_english(told: dict[str, Any], said: str) -> None:
    assert say("en", **told) == said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, 'מרפאה: פער ל-1,200 עד 1,350 מתוך 4,100 תושבי נווה אור; ההליכה אל המקום הקרוב ביותר: 21 דקות (1.6 ק"מ).'),
        (EXACT, 'מרפאה: פער ל-1,200 מתוך 4,100 תושבי נווה אור; ההליכה אל המקום הקרוב ביותר: 21 דקות (1.6 ק"מ).'),
        ({"beyond_high": 4100.0, "walk_s": NAN, "reason": "> 60 min"},
         "מרפאה: פער לכל הפחות ל-1,200 מתוך 4,100 תושבי נווה אור; אין מקום כזה במרחק 60 דקות הליכה."),
        ({"beyond_low": 2.0, "beyond_high": 5.0, "next_m": 850.0},
         "מרפאה: פער למספר קטן מ-10 מתוך 4,100 תושבי נווה אור; ההליכה אל המקום הקרוב ביותר: 21 דקות (850 מ')."),
        (POSSIBLE, "מרפאה: פער אפשרי לכל היותר ל-1,350 מתוך 4,100 תושבי נווה אור; המפה אינה מראה פער ודאי."),
        (POSSIBLE | {"beyond_high": 4100.0}, "מרפאה: לא ידוע לכמה מתוך 4,100 תושבי נווה אור יש פער."),
        (POSSIBLE | {"beyond_high": 0.0, "zone_id": "b", "category": "bus_stop", "cutoff_s": 600.0},
         "תחנת אוטובוס: במרחק הליכה של 10 דקות לכל 4,100 תושבים ליד רמות, ללא פער."),
        ({"people": 8.0, "beyond_low": 8.0, "beyond_high": 8.0}, "מרפאה: לא נמסר מספר עבור פחות מ-10 תושבי נווה אור."),
        (EXACT | {"reliability": "thin", "doubt": "list", "walk_s": 60.0, "next_m": NAN},
         "מרפאה: פער ל-1,200 מתוך 4,100 תושבי נווה אור, ככל שאפשר לסמוך על רשימות המקומות; ההליכה אל המקום הקרוב ביותר: "
         "דקה אחת."),
        (EXACT | {"group_by": "age", "group": "80+", "walk_s": 120.0, "next_m": NAN, "reason": "edge"},
         "מרפאה: פער ל-1,200 מתוך 4,100 תושבי נווה אור בני 80 ומעלה; ההליכה אל המקום הקרוב ביותר שבנתונים: שתי דקות."),
    ],
)  # fmt: skip
def test_sentences_in_hebrew(told: dict[str, Any], said: str) -> None:
    assert plain(say("he", **told)) == said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "عيادة: فجوة لدى ما بين 1,200 و1,350 من سكان نفيه أور (عددهم: 4,100)؛ أقرب مكان على مسافة 21 دقيقة مشيًا (1.6 كم)."),
        (EXACT, "عيادة: فجوة لدى 1,200 من سكان نفيه أور (عددهم: 4,100)؛ أقرب مكان على مسافة 21 دقيقة مشيًا (1.6 كم)."),
        ({"beyond_high": 4100.0, "walk_s": 600.0, "next_m": 850.0},
         "عيادة: فجوة لدى 1,200 على الأقل من سكان نفيه أور (عددهم: 4,100)؛ أقرب مكان على مسافة 10 دقائق مشيًا (850 م)."),
        (EXACT | {"walk_s": 120.0, "next_m": NAN},
         "عيادة: فجوة لدى 1,200 من سكان نفيه أور (عددهم: 4,100)؛ أقرب مكان على مسافة دقيقتين مشيًا."),
        (POSSIBLE, "عيادة: فجوة محتملة لدى 1,350 على الأكثر من سكان نفيه أور (عددهم: 4,100)؛ لا تُظهر الخريطة فجوة مؤكدة."),
        (POSSIBLE | {"beyond_high": 4100.0}, "عيادة: لا يُعرف كم من سكان نفيه أور (عددهم: 4,100) لديهم فجوة."),
        (POSSIBLE | {"beyond_high": 0.0}, "عيادة: على مسافة 15 دقيقة مشيًا لجميع سكان نفيه أور (عددهم: 4,100)، بلا فجوة."),
        ({"people": 8.0, "beyond_low": 8.0, "beyond_high": 8.0}, "عيادة: لا يُذكر عدد عن سكان نفيه أور (عددهم: أقل من 10)."),
        ({"reliability": "thin", "doubt": "population", "walk_s": NAN, "group_by": "age", "group": "65+"},
         "عيادة: فجوة لدى ما بين 1,200 و1,350 من سكان نفيه أور في سن 65 فأكثر (عددهم: 4,100)، بقدر ما يمكن الاعتماد على التعداد."),
    ],
)  # fmt: skip
def test_sentences_in_arabic(told: dict[str, Any], said: str) -> None:
    assert plain(say("ar", **told)) == said


def test_figures_are_set_apart_where_text_runs_from_right_to_left() -> None:
    assert "ל-\u20661,200\u2069 עד \u20661,350\u2069 מתוך \u20664,100\u2069 תושבי" in say("he")
    assert "بين \u20661,200\u2069 و\u20661,350\u2069 من" in say("ar")
    assert "\u2066" not in say("en")
    assert "תושבי \u2068Old Core\u2069;" in say("he", zone_id="d"), "so are names of another direction"
    assert "\u2068" not in say("en", zone_id="d") and "\u2068" not in say("ar", zone_id="e")


def test_what_is_counted_may_be_voters_or_dwellings() -> None:
    assert "of the 4,100 eligible voters of Neve Or:" in say("en", "voters")
    assert "of the 4,100 dwellings near Ramot:" in say("en", "dwellings", zone_id="b")
    assert "مساكن نفيه أور (عددها: 4,100)" in plain(say("ar", "dwellings"))
    assert "4,100 בעלי זכות הבחירה של נווה אור" in plain(say("he", "voters"))


def test_a_category_of_ones_own_is_called_by_its_name() -> None:
    name = {"he": "מקווה", "en": "Mikveh"}
    own = Catalogue.read({"categories": {"mikveh": {"name": name, "any_of": "amenity=bath", "domain": "culture"}}})
    frame = pd.DataFrame({"zoning": ["zone"], "zone_id": ["a"], **dict.fromkeys(NAME_COLUMNS)})
    for language, said in (("en", "A gap of Mikveh for"), ("he", "מקווה: פער"), ("ar", "מקווה: فجوة")):
        speaker = Sentences(Study(CITY, catalogue=own), frame, "residents", language)
        assert speaker.of(ROW | {"category": "mikveh"}).startswith(said)


@given(st.floats(0, 30), st.floats(0, 30), st.floats(0, 30), st.sampled_from(SPOKEN))
def test_no_number_of_fewer_than_ten_people_is_told(a: float, b: float, c: float, language: str) -> None:
    low, high, people = sorted((a, b, c))
    told = say(language, beyond_low=low, beyond_high=high, people=people, walk_s=NAN, zone_id="c")
    small = {str(n) for n in range(1, 10)}
    assert small.isdisjoint("".join(c if c.isdigit() else " " for c in plain(told)).split())


def test_the_three_languages_say_the_same_things() -> None:
    texts = [sentences(language) for language in SPOKEN]
    for section in texts[0]:
        if section != "category":
            assert all(text[section].keys() == texts[0][section].keys() for text in texts), section
    assert all([*text] == [*texts[0]] for text in texts)


def test_every_shipped_name_is_told_in_arabic() -> None:
    for facts in (SHIPPED.domains, SHIPPED.categories):
        assert all(any("\u0600" <= c <= "\u06ff" for c in fact.name["ar"]) for fact in facts.values())
    assert {*sentences("en")["category"]} == {*SHIPPED.categories}
