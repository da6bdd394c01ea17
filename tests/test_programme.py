"""The programme sheet by hand; what the study does not state fills no column."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from geokehila import programme
from geokehila.analyses.tables import Tables
from geokehila.catalogue import Catalogue, Category, City
from geokehila.catalogue.programme import ProgrammeStandard, read_programme
from geokehila.errors import StudyError
from geokehila.study import Study
from geokehila.zones import Zoning

NAN = float("nan")
#: The standard of docs/methods/programme.md.
CLASS = ProgrammeStandard(
    "kindergarten", 35, "class", "city plan", "2024", group="0-9", share=0.3, category="kindergarten",
    units_per_place=2, dunam_per_unit=0.5, m2_per_unit=120,
)  # fmt: skip
HOME = {"zone": "a", "people": 100.0, "listed": "loaded"}


def study(*standards: ProgrammeStandard) -> Study:
    kinds = {key: Category(key, {"en": key}, "test", ()) for key in ("kindergarten", "clinic")}
    asked = {standard.key: standard for standard in standards}
    return Study(City("toy", 7, {"en": "Toy"}), programme=asked, catalogue=Catalogue(categories=kinds))


def sheet(
    homes: Sequence[Mapping[str, Any]],
    groups: Mapping[str, Mapping[str, float]],
    *standards: ProgrammeStandard,
    places: Sequence[tuple[Any, tuple[str, ...]]] = (),
    placed: Mapping[str, Sequence[float]] | None = None,
    weights: str = "residents",
) -> pd.DataFrame:
    """The sheet of homes in zones a, b, … of 1 km2, side by side; `groups` holds people by zone and group."""
    frame = pd.DataFrame([HOME | dict(home) for home in homes], columns=[*HOME])
    ids = pd.Index([f"h{i}" for i in range(len(frame))], dtype="str")
    origins = gpd.GeoDataFrame(
        {"origin_id": ids, "zone_id": frame["zone"].astype("str"), "people": frame["people"].astype(float)},
        geometry=[None] * len(frame),
    )
    of_people = {"total": frame["people"].astype(float)} | dict(placed or {})
    of_homes = pd.concat([pd.DataFrame({"origin_id": ids, "group": g, "people": n}) for g, n in of_people.items()])
    counted = [(zone, group, n, "") for zone, told in groups.items() for group, n in told.items()]
    zone_people = pd.DataFrame(counted, columns=["zone_id", "group", "people", "reason"])
    names, of_home = np.unique(frame["zone"].to_numpy(str), return_inverse=True)
    shapes = [box(1000 * i, 0, 1000 * i + 1000, 1000) for i in range(len(names))]
    city = gpd.GeoDataFrame({"zone_id": [""]}, geometry=[box(0, 0, 1000 * max(len(names), 1), 1000)])
    zonings = (
        Zoning("zone", gpd.GeoDataFrame({"zone_id": names.astype(object)}, geometry=shapes), of_home),
        Zoning("city", city, np.zeros(len(frame), np.int64)),
    )
    lists = pd.DataFrame({key: frame.groupby("zone")["listed"].first() for key in ("kindergarten", "clinic")})
    mapped = gpd.GeoDataFrame({"categories": [keys for _, keys in places]}, geometry=[shape for shape, _ in places])
    tables = Tables(
        study(*standards), origins, origin_people=of_homes.dropna(), zonings=zonings, lists=lists, places=mapped
    )
    return programme.sheet(tables, zone_people, weights)


def row(found: pd.DataFrame, zone: str = "a", topic: str = "kindergarten") -> pd.Series:
    mine: pd.Series = found.set_index(["zone_id", "topic"]).loc[(zone, topic)]
    return mine


def at(x: float, *categories: str) -> tuple[Point, tuple[str, ...]]:
    return Point(x, 500), categories


THREE = [at(100, "kindergarten"), at(200, "kindergarten", "clinic"), at(300, "kindergarten"), at(400, "clinic")]


def test_the_example_of_the_method_page() -> None:
    homes = [{"people": 3000}, {"people": 2000}]
    found = row(sheet(homes, {"a": {"total": 5000, "0-9": 1000}}, CLASS, places=THREE))
    assert (found["state"], found["people"], found["unit"]) == ("assessed", 1000, "class")
    assert found["required_count"] == pytest.approx(1000 * 0.3 / 35)
    assert (found["required_whole_count"], found["land_dunam"], found["floor_m2"]) == (9, 4.5, 1080)
    assert found[["places_count", "there_low", "there_high"]].tolist() == [3, 6, 6]
    assert round(found["difference_low"], 2) == round(found["difference_high"], 2) == -2.57
    assert found[["source", "date", "listed", "reason"]].tolist() == ["city plan", "2024", "loaded", ""]


def test_without_a_standard_a_topic_is_not_assessed() -> None:
    found = sheet([{}], {"a": {"total": 100}}, places=THREE)
    assert {*programme.TOPICS} == {*found["topic"]} and {*found["state"]} == {"not assessed"}
    assert {*found["reason"]} == {"no standard is given"}
    numbers = ["people", "required_count", "required_whole_count", "land_dunam", "floor_m2", "there_low", "there_high",
               "difference_low", "difference_high"]  # fmt: skip
    assert found[numbers].isna().all(axis=None) and (found[["source", "unit", "group"]] == "").all(axis=None)
    assert (row(found)["places_count"], row(found, topic="clinic")["places_count"]) == (3, 2), "what is there is told"
    assert math.isnan(row(found, topic="primary_school")["places_count"]), "no category is the same"


def test_a_topic_of_the_studys_own_stands_beside_the_others() -> None:
    spring = ProgrammeStandard("spring", 50, "tap", "by-law", "2020")
    found = sheet([{}], {"a": {"total": 100}}, spring)
    assert {*found["topic"]} == {*programme.TOPICS, "spring"}
    assert row(found, topic="spring")[["required_count", "category", "state"]].tolist() == [2, "", "assessed"]
    assert row(found, topic="spring")[["there_low", "land_dunam", "floor_m2"]].isna().all()


def test_a_group_that_the_source_does_not_count_is_not_assessed() -> None:
    found = row(sheet([{}], {"a": {"total": 100, "0-19": 40}}, CLASS))
    assert found[["state", "reason", "group"]].tolist() == ["not assessed", "the source counts no such group", "0-9"]
    assert math.isnan(found["people"])


@pytest.mark.parametrize("weights", ["voters", "dwellings"])
def test_voters_and_dwellings_are_no_residents(weights: str) -> None:
    found = row(sheet([{}], {"a": {"total": 100, "0-9": 40}}, CLASS, weights=weights))
    assert (found["state"], found["reason"]) == ("not assessed", f"counted in {weights}")
    assert math.isnan(found["required_count"])


def test_a_zone_whose_group_is_not_counted_leaves_the_city_partly_unknown() -> None:
    homes = [{"people": 100}, {"zone": "b", "people": 300}]
    found = sheet(homes, {"a": {"total": 100, "0-9": 35}, "b": {"total": 300, "0-9": NAN}}, CLASS, places=THREE)
    assert row(found, "b")[["state", "reason"]].tolist() == ["not assessed", "the source counts no such group"]
    city = row(found, "")
    assert city[["state", "reason", "people"]].tolist() == ["assessed", "partly unknown", 35]
    assert math.isnan(city["difference_low"]) and city["difference_high"] == pytest.approx(6 - 0.3)


def test_a_group_that_stands_at_homes_already_is_taken_from_there() -> None:
    old = ProgrammeStandard("senior_club", 50, "club", "by-law", "2020", group="65+")
    homes = [{"people": 100}, {"zone": "b", "people": 100}]
    found = sheet(homes, {"a": {"total": 200}}, old, placed={"65+": [10, 40]})
    assert [row(found, zone, "senior_club")["people"] for zone in ("a", "b", "")] == [10, 40, 50]


def test_a_list_that_is_not_believed_bounds_nothing_from_above() -> None:
    homes = [{"listed": "not mapped"}, {"zone": "b", "people": 700}]
    found = sheet(homes, {"a": {"total": 100, "0-9": 70}, "b": {"total": 700, "0-9": 70}}, CLASS, places=THREE)
    thin = row(found)
    assert (thin["listed"], thin["there_low"]) == ("not mapped", 6) and math.isnan(thin["there_high"])
    assert thin["difference_low"] == pytest.approx(6 - 0.6) and math.isnan(thin["difference_high"])
    assert row(found, "b")[["listed", "there_low", "there_high"]].tolist() == ["loaded", 0, 0]
    assert row(found, "")["listed"] == "not mapped", "one zone is enough"


def test_places_are_counted_and_not_compared_where_nobody_says_what_one_holds() -> None:
    plain = ProgrammeStandard("kindergarten", 35, "class", "city plan", "2024", category="kindergarten")
    found = row(sheet([{}], {"a": {"total": 100}}, plain, places=THREE))
    assert found["places_count"] == 3
    assert found[["there_low", "there_high", "difference_low", "difference_high"]].isna().all()


def test_a_place_stands_in_the_unit_that_holds_a_point_inside_it() -> None:
    lying_over = (Polygon([(900, 400), (1600, 400), (1600, 600), (900, 600)]), ("clinic",))
    outside = at(-50, "clinic")
    border = at(1000, "clinic")
    found = sheet([{}, {"zone": "b"}], {"a": {"total": 100}}, places=[lying_over, outside, border])
    assert [row(found, zone, "clinic")["places_count"] for zone in ("a", "b", "")] == [1, 1, 2]


def test_whole_units_are_not_rounded_up_by_a_rounding_error() -> None:
    tenth = ProgrammeStandard("hub", 0.1, "hub", "x", "2024", share=0.1)
    found = row(sheet([{"people": 3}], {"a": {"total": 3}}, tenth), topic="hub")
    assert 3 * 0.1 / 0.1 > 3 and found["required_whole_count"] == 3


def test_a_city_of_nobody() -> None:
    found = sheet([], {}, CLASS, places=[])
    assert {*found["zone_id"]} == {""} and {*found["state"]} == {"not assessed"}
    assert row(found, "")[["reason", "listed"]].tolist() == ["the source counts no such group", "unknown"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 999)), min_size=1, max_size=9), st.integers(1, 99))
def test_zones_sum_to_the_city(homes: list[tuple[str, int]], per: int) -> None:
    standard = ProgrammeStandard("hub", per, "hub", "x", "2024", dunam_per_unit=1)
    found = sheet([{"zone": z, "people": n} for z, n in homes], {"a": {"total": 1}}, standard)
    hub = found[found["topic"] == "hub"].set_index("zoning")
    zones, city = hub.loc[["zone"]], hub.loc["city"]
    for column in ("people", "required_count"):
        assert zones[column].sum() == pytest.approx(city[column])
    assert zones["required_whole_count"].sum() >= city["required_whole_count"] >= city["required_count"] - 1e-9
    assert city["land_dunam"] == city["required_whole_count"]


# --- what a study says -----------------------------------------------------------------------------------------------

TOML = """
[study]
name = "Dimona"
code = 2200
[programme.kindergarten]
name = { he = "כיתת גן", en = "Kindergarten class" }
group = "0-9"
share = 0.3
per = 35
unit = "class"
category = "kindergarten"
units_per_place = 2
dunam_per_unit = 0.5
m2_per_unit = 120
source = "city plan"
date = 2024-05-31
[programme.hub]
per = 12000
unit = "hub"
source = "council decision 12"
date = "2023"
"""


def test_standards_of_a_study(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(TOML, encoding="utf-8")
    found = Study.read(path).programme
    assert [*found] == ["kindergarten", "hub"]
    assert found["kindergarten"] == ProgrammeStandard(
        "kindergarten", 35.0, "class", "city plan", "2024-05-31", {"he": "כיתת גן", "en": "Kindergarten class"},
        "0-9", 0.3, "kindergarten", 2.0, 0.5, 120.0,
    )  # fmt: skip
    assert (found["hub"].group, found["hub"].share, found["hub"].category) == ("total", 1.0, "")
    assert Study.of("dimona").programme == {}, "nothing is assumed"


GIVEN = {"per": 35, "unit": "class", "source": "city plan", "date": "2024"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (5, r"\[programme.hub\] is 5: make it a table of its own"),
        ({"per": 35}, r"\[programme.hub\] lacks unit, source, date: add it"),
        (GIVEN | {"pre": 3}, r"key in \[programme.hub\] 'pre': did you mean 'per'"),
        (GIVEN | {"per": "35"}, "per is '35': give a float"),
        (GIVEN | {"per": 0}, "per is 0: give the people that one unit serves, above 0"),
        (GIVEN | {"per": math.inf}, "per is inf: give a number"),
        (GIVEN | {"share": 1.5}, "share is 1.5: give the share that needs it, above 0 to 1"),
        (GIVEN | {"m2_per_unit": -1}, "m2_per_unit is -1: give 0 or more"),
        (GIVEN | {"source": " "}, "source is empty: a standard needs it, add it"),
        (GIVEN | {"date": ""}, "date is empty: a standard needs it, add it"),
        (GIVEN | {"category": "clinik"}, r"category in \[programme.hub\] 'clinik': did you mean 'clinic'"),
        (GIVEN | {"key": "hub"}, "key: the topic is named by the table itself, take it away"),
        (GIVEN | {"name": "Hub"}, "name is 'Hub': give it in Hebrew and English"),
    ],
)
def test_a_wrong_standard_is_one_line(table: Any, message: str) -> None:
    with pytest.raises(StudyError, match=message) as fault:
        read_programme({"hub": table}, ["clinic"])
    assert "\n" not in str(fault.value)


def test_a_topic_is_named_by_small_letters() -> None:
    with pytest.raises(StudyError, match="'גן': name it by small letters, digits and _"):
        read_programme({"גן": GIVEN}, [])
