"""Areas of one edition carried to zones of another: by hand, by properties, against slow loops, and on real areas."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from osm_xml import X, Y
from shapely import Point, Polygon, box

from geokehila import gathered, vintages
from geokehila.catalogue import City
from geokehila.errors import InputError
from geokehila.load.population import editions, facts, statistical_areas
from geokehila.load.population.zone_people import ZonePeople
from geokehila.load.roles import Inputs
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study, ZoneChoice
from geokehila.vintages import Crosswalk, Edition, cross, errors, largest, means, sums, united

OZ = Study(city=City(slug="oz", code=777, name={"he": "עוז", "en": "Oz"}))
#: A home: its area ("" in none), its zone, its people.
Home = tuple[str, str, float]


def strip(ids: Sequence[str], **columns: object) -> gpd.GeoDataFrame:
    """Areas of 100 m by 100 m in a row."""
    shapes = [box(X + 100 * i, Y, X + 100 * i + 100, Y + 100) for i in range(len(ids))]
    return gpd.GeoDataFrame({"zone_id": [*ids], **columns}, geometry=shapes, crs=ISRAEL_TM)


def land(*shapes: Polygon, coverage: Sequence[float] = (1.0, 1.0)) -> gpd.GeoDataFrame:
    """Zones y, z with the land of each that the map covers."""
    columns = {"zone_id": [*"yz"][: len(shapes)], "coverage_share": [*coverage][: len(shapes)]}
    return gpd.GeoDataFrame(columns, geometry=[*shapes], crs=ISRAEL_TM)


def crossed(homes: Sequence[Home], counts: Mapping[str, float] | None = None, units: Sequence[str] = ()) -> Crosswalk:
    """The crosswalk of homes whose areas and zones are told, of areas that lie inside the map."""
    areas = sorted({area for area, _, _ in homes if area} | {*(counts or {})}) if not units else [*units]
    drawn = strip(areas)
    table = pd.DataFrame({"zone_id": [*(counts or {})], "people": [*(counts or {}).values()]})
    lived = pd.DataFrame({"zone_id": [z for _, z, _ in homes], "people": [p for *_, p in homes]})
    of_home = np.array([area or None for area, _, _ in homes], dtype=object)
    return cross(Edition("2011", drawn, drawn, table), lived, of_home, land(box(0, 0, 1e6, 1e6)))


#: Areas 1-7 and 1-8 of 2011; zone a has 30 people in 7; b 10 in 7 and 10 in 8; c 20, of whom 2 live in no area.
TOWN: tuple[Home, ...] = (
    ("1-7", "a", 30.0),
    ("1-7", "b", 4.0),
    ("1-7", "b", 6.0),
    ("1-8", "b", 10.0),
    ("1-8", "c", 18.0),
    ("", "c", 2.0),
)
ZONES = pd.Index(["a", "b", "c", "d"])


def told(series: pd.Series) -> dict[str, float | None]:
    return {str(key): None if pd.isna(value) else round(float(value), 9) for key, value in series.items()}


def test_the_example_of_the_method_page() -> None:
    found = crossed(TOWN)
    rows = found.cells[["from_area", "zone_id", "people", "of_area_share", "of_zone_share"]].to_numpy().tolist()
    assert rows == [
        ["1-7", "a", 30.0, 0.75, 1.0],
        ["1-7", "b", 10.0, 0.25, 0.5],
        ["1-8", "b", 10.0, 10 / 28, 0.5],
        ["1-8", "c", 18.0, 18 / 28, 0.9],
    ]
    assert found.in_no_area == 2.0 and told(found.covered) == {"a": 1.0, "b": 1.0, "c": 0.9}
    dwellings, index = pd.Series({"1-7": 400.0, "1-8": 280.0}), pd.Series({"1-7": 1.0, "1-8": -1.0})
    parted = sums(dwellings, found.cells, ZONES)
    assert told(parted.value) == {"a": 300.0, "b": 200.0, "c": None, "d": None}
    assert told(parted.covered) == {"a": 1.0, "b": 1.0, "c": 0.9, "d": 0.0}
    assert told(means(index, found.cells, ZONES).value) == {"a": 1.0, "b": 0.0, "c": None, "d": None}
    (notice,) = found.ledgers[-1].notices
    assert notice.name == "zones_not_in_2011" and "1 zones have less than 95% of their people" in notice.text
    assert "the least c (90.0 %)" in notice.text


def test_a_rank_is_that_of_the_most_people_and_never_a_mean() -> None:
    found = crossed([("1-1", "a", 2.0), ("1-2", "a", 3.0), ("1-3", "a", 4.0), ("1-4", "a", 1.0)])
    cluster = pd.Series({"1-1": 2.0, "1-2": 2.0, "1-3": 9.0, "1-4": 5.0})
    taken = largest(cluster, found.cells, pd.Index(["a"]))
    assert told(taken.value) == {"a": 2.0} and told(taken.share) == {"a": 0.5}
    even = largest(pd.Series({"1-1": 7.0, "1-2": 7.0, "1-3": 4.0, "1-4": 4.0}), found.cells, pd.Index(["a"]))
    assert told(even.value) == {"a": 4.0}, "five people each: the first in order"
    words = largest(pd.Series({"1-1": "b", "1-2": "b", "1-3": "a", "1-4": "c"}), found.cells, pd.Index(["a"]))
    assert words.value.tolist() == ["b"]


@pytest.mark.parametrize(("blank", "value"), [(4.0, 5.0), (6.0, None)])
def test_less_than_95_percent_of_the_people_say_nothing_of_a_zone(blank: float, value: float | None) -> None:
    found = crossed([("1-1", "a", 100 - blank), ("1-2", "a", blank)])
    index = pd.Series({"1-1": 5.0, "1-2": float("nan")})
    for carry in (means, largest):
        assert told(carry(index, found.cells, pd.Index(["a"])).value) == {"a": value}


def test_areas_counted_as_one_are_one() -> None:
    found = crossed(TOWN)
    both = united(found.cells, {"1-7": "7+8", "1-8": "7+8"})
    assert both[["zone_id", "people"]].to_numpy().tolist() == [["a", 30.0], ["b", 20.0], ["c", 18.0]]
    assert both["of_area_share"].tolist() == [30 / 68, 20 / 68, 18 / 68]
    assert both["of_zone_share"].tolist() == [1.0, 1.0, 0.9]
    assert united(found.cells, {"1-7": "7"})["zone_id"].tolist() == ["a", "b"], "an area of no unit is left out"


FEW = settings(max_examples=20)
PEOPLE = st.floats(0.01, 1e4)
HOMES = st.lists(st.tuples(st.sampled_from("pqrs"), st.sampled_from("abcd"), PEOPLE), min_size=1, max_size=25)


@FEW
@given(HOMES, st.lists(st.floats(0, 1e5), min_size=4, max_size=4))
def test_no_count_is_lost_or_made(homes: list[Home], counts: list[float]) -> None:
    cells = crossed(homes).cells
    values = pd.Series(dict(zip("pqrs", counts, strict=True)))
    parted = sums(values, cells, pd.Index([*"abcd"])).value
    lived_in = values[values.index.isin({area for area, _, _ in homes})]
    assert math.isclose(parted.sum(), lived_in.sum(), rel_tol=1e-9, abs_tol=1e-6)
    assert math.isclose(cells["people"].sum(), sum(people for *_, people in homes), rel_tol=1e-12)
    for of, share in (("from_area", "of_area_share"), ("zone_id", "of_zone_share")):
        assert np.allclose(cells.groupby(of)[share].sum(), 1.0)


@FEW
@given(HOMES)
def test_areas_that_are_the_zones_give_back_what_they_have(homes: list[Home]) -> None:
    cells = crossed([(zone, zone, people) for _, zone, people in homes]).cells
    zones = pd.Index(sorted({zone for _, zone, _ in homes}))
    values = pd.Series({zone: 10.0 + ord(zone) for zone in zones})
    for carry in (sums, means, largest):
        assert np.allclose(carry(values, cells, zones).value, values, rtol=1e-12)


@FEW
@given(HOMES)
def test_areas_that_lie_in_one_zone_each_are_exact(homes: list[Home]) -> None:
    """Four areas in two zones, p and q in a, r and s in b: a count is the sum of the areas', whoever lives where."""
    parent = {"p": "a", "q": "a", "r": "b", "s": "b"}
    cells = crossed([(area, parent[area], people) for area, _, people in homes]).cells
    counts = pd.Series({"p": 1.0, "q": 20.0, "r": 300.0, "s": 4000.0})
    there = counts[counts.index.isin({area for area, _, _ in homes})]
    expected = there.groupby(there.index.map(parent)).sum()
    assert np.allclose(sums(counts, cells, expected.index).value, expected, rtol=1e-12)


@FEW
@given(HOMES, st.randoms())
def test_the_order_of_homes_does_not_matter(homes: list[Home], random: st.DataObject) -> None:
    turned = random.sample(homes, len(homes))  # type: ignore[attr-defined]
    one, other = crossed(homes).cells, crossed(turned).cells
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)


@FEW
@given(st.lists(st.tuples(st.sampled_from(["", *"pqrs"]), st.sampled_from("abcd"), PEOPLE), min_size=1, max_size=25))
def test_against_slow_loops(homes: list[Home]) -> None:
    cells = crossed(homes).cells
    index = {"p": 1.5, "q": -2.0, "r": 0.25}
    zones = sorted({zone for _, zone, _ in homes})
    mean, most = (carry(pd.Series(index), cells, pd.Index(zones)) for carry in (means, largest))
    for zone in zones:
        inside = [(area, people) for area, at, people in homes if at == zone]
        known = [(index[area], people) for area, people in inside if area in index]
        covered = sum(people for _, people in known) / sum(people for _, people in inside)
        assert math.isclose(mean.covered[zone], covered, abs_tol=1e-8)
        if abs(covered - vintages.ENOUGH_SHARE) < 1e-6:
            continue
        assert pd.isna(mean.value[zone]) == pd.isna(most.value[zone]) == (covered < vintages.ENOUGH_SHARE)
        if covered > vintages.ENOUGH_SHARE:
            by_hand = sum(value * people for value, people in known) / sum(people for _, people in known)
            assert math.isclose(mean.value[zone], by_hand, rel_tol=1e-9, abs_tol=1e-9)
            held = {value: sum(p for v, p in known if v == value) for value in index.values()}
            assert held[most.value[zone]] >= max(held.values()) * (1 - 1e-6)


def test_the_error_is_told_by_hand() -> None:
    """By the zones 40, 28 and 0 people, counted 50, 35 and 10: a fifth too few in the first two, all of the third."""
    found = crossed(TOWN, {"1-7": 50.0, "1-8": 35.0, "1-9": 10.0})
    rows = found.areas[["from_area", "people_estimate", "people", "difference_share", "reason"]].to_numpy().tolist()
    assert rows == [
        ["1-7", 40.0, 50.0, pytest.approx(-0.2), ""],
        ["1-8", 28.0, 35.0, pytest.approx(-0.2), ""],
        ["1-9", 0.0, 10.0, -1.0, ""],
    ]
    said = found.facts
    assert (said["areas_compared_count"], said["people_estimate"], said["people_counted"]) == (3, 68.0, 95.0)
    assert said["difference_median_share"] == pytest.approx(0.2) and said["difference_p90_share"] == pytest.approx(1.0)
    # Had all grown alike, by 68/95: 40 / (68/95) = 55.88 where 50 are counted, 39.12 where 35 are.
    assert said["even_median_share"] == pytest.approx(95 / 68 * 0.8 - 1)


def test_areas_beyond_zones_and_map_are_told_and_not_compared() -> None:
    areas = strip(["1-1", "1-2", "1-3", "1-4"])
    counts = pd.DataFrame({"zone_id": ["1-1", "1-2", "1-3"], "people": [10.0, 10.0, 0.0]})
    zones = land(box(X, Y, X + 150, Y + 100), box(X + 200, Y, X + 400, Y + 100))
    homes = pd.DataFrame({"zone_id": ["a"], "people": [12.0]})
    found = cross(Edition("2011", areas, areas, counts), homes, np.array(["1-1"]), zones)
    assert found.areas[["inside_share", "reason"]].to_numpy().tolist() == [
        [1.0, ""],
        [0.5, "partly outside"],
        [1.0, "counts nobody"],
        [1.0, "no count"],
    ]
    assert found.areas["difference_share"].isna().tolist() == [False, True, True, True]
    (notice,) = found.ledgers[-1].notices
    assert notice.name == "areas_of_2011_outside" and "1 of 4 areas" in notice.text and "the first 1-2" in notice.text


def test_areas_in_a_zone_that_the_map_covers_in_part_are_not_compared() -> None:
    """Only a part of the people of z is placed: area 2 would seem to have lost the others."""
    areas = strip(["1-1", "1-2"])
    zones = land(box(X, Y, X + 100, Y + 100), box(X + 100, Y, X + 200, Y + 100), coverage=(0.95, 0.5))
    homes = pd.DataFrame({"zone_id": ["y", "z"], "people": [9.0, 5.0]})
    counts = pd.DataFrame({"zone_id": ["1-1", "1-2"], "people": [10.0, 10.0]})
    found = cross(Edition("2011", areas, areas, counts), homes, np.array(["1-1", "1-2"]), zones)
    assert found.areas["reason"].tolist() == ["", "outside"] and found.facts["people_counted"] == 10.0


def test_an_area_without_a_home_is_parted_by_land_and_weighs_nothing_in_a_mean() -> None:
    """Area 2 lies to three quarters in y, to a quarter in z, and to less than a hundredth in nothing that is told."""
    areas = strip(["1-1", "1-2", "1-3"])
    zones = land(box(X, Y, X + 175, Y + 100), box(X + 175, Y, X + 200.5, Y + 100))
    homes = pd.DataFrame({"zone_id": ["y", "z"], "people": [6.0, 2.0]})
    found = cross(Edition("2011", areas, areas, pd.DataFrame({"zone_id": [], "people": []})), homes,
                  np.array(["1-1", "1-1"]), zones)  # fmt: skip
    assert found.cells[["from_area", "zone_id", "people", "of_area_share", "of_zone_share"]].to_numpy().tolist() == [
        ["1-1", "y", 6.0, 0.75, 1.0],
        ["1-1", "z", 2.0, 0.25, 1.0],
        ["1-2", "y", 0.0, 0.75, 0.0],
        ["1-2", "z", 0.0, 0.25, 0.0],
    ]
    told_of, asked = pd.Series({"1-1": 4.0, "1-2": 8.0, "1-3": 16.0}), pd.Index(["y", "z"])
    assert told(sums(told_of, found.cells, asked).value) == {"y": 9.0, "z": 3.0}
    for carry in (means, largest):
        assert told(carry(told_of, found.cells, asked).value) == {"y": 4.0, "z": 4.0}
    assert (found.bare, found.facts["areas_without_homes_count"]) == (["1-2", "1-3"], 2)
    both = united(found.cells, {"1-1": "1+2", "1-2": "1+2", "1-3": "3"})
    assert both["of_area_share"].tolist() == [0.75, 0.25]
    assert united(found.cells, {"1-2": "2+3", "1-3": "2+3"})["of_area_share"].tolist() == [0.75, 0.25]


def test_where_nothing_is_compared_there_is_no_error() -> None:
    said = crossed(TOWN).facts
    assert said["areas_compared_count"] == 0 and math.isnan(said["difference_median_share"])  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.floats(1, 1e4), st.floats(1, 1e4)), min_size=1, max_size=30), st.integers(1, 40))
def test_the_error_is_a_quantile_of_persons(pairs: list[tuple[float, float]], copies: int) -> None:
    """A table that stands several times tells the same; half of the persons lie under the median or at it."""
    table = pd.DataFrame(pairs, columns=["people_estimate", "people"]).assign(reason="")
    one, again = errors(table), errors(pd.concat([table] * copies))
    assert again["difference_median_share"] == one["difference_median_share"]
    off = (table["people_estimate"] / table["people"] - 1).abs()
    for name, part in (("median", 0.5), ("p90", 0.9)):
        limit = one[f"difference_{name}_share"]
        assert table["people"][off <= limit * (1 + 1e-9)].sum() >= part * table["people"].sum() * (1 - 1e-9)
        assert table["people"][off < limit * (1 - 1e-9)].sum() <= part * table["people"].sum() * (1 + 1e-9)


@given(st.lists(st.floats(1, 1e4), min_size=1, max_size=20), st.floats(0.1, 10))
def test_even_growth_is_no_error_of_its_own(people: list[float], growth: float) -> None:
    counted = np.array(people)
    table = pd.DataFrame({"people_estimate": counted * growth, "people": counted, "reason": ""})
    assert errors(table)["even_p90_share"] == pytest.approx(0, abs=1e-9)


class Folder:
    """Files of a town: two zones of 2022 side by side, three areas of 2011 of two thirds of a zone each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.zones = strip(["777-1", "777-2"], vintage="2022", coverage_share=1.0)
        shapes = [box(X + 200 * i / 3, Y, X + 200 * (i + 1) / 3, Y + 100) for i in range(3)]
        self.areas = gpd.GeoDataFrame({"SEMEL_YISHUV": 777, "STAT11": [1, 2, 3]}, geometry=shapes, crs=ISRAEL_TM)
        self.files: dict[str, tuple[Path, ...]] = {}

    def layer(self, role: str = "statistical_areas_2011", **columns: object) -> "Folder":
        self.files[role] = (self.folder / f"{role}.gpkg",)
        pyogrio.write_dataframe(self.areas.assign(**columns), self.files[role][0])
        return self

    def index(self, *rows: str) -> "Folder":
        self.files["socioeconomic"] = (self.folder / "socioeconomic.csv",)
        lines = "".join(f"777,{row}\n" for row in rows)
        self.files["socioeconomic"][0].write_text(f"town_code,STAT19,Pop2019,Eshkol19,SocioIndex19\n{lines}")
        return self

    @property
    def inputs(self) -> Inputs:
        return Inputs(self.files, (), self.folder)

    def crosswalks(self, study: Study = OZ, weights: str = "residents") -> tuple[Crosswalk, ...]:
        """Six homes of 10 people, at the middle of each third of a zone."""
        at = [X + 100 * (i + 0.5) / 3 for i in range(6)]
        homes = gpd.GeoDataFrame(
            {"zone_id": ["777-1"] * 3 + ["777-2"] * 3, "people": 10.0}, geometry=[Point(x, Y + 50) for x in at]
        )
        counted = ZonePeople(self.zones, pd.DataFrame(), weights, ())
        return gathered.cross(study, self.inputs, counted, homes, box(X, Y, X + 200, Y + 100))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_areas_of_2011_beside_zones_of_2022(folder: Folder) -> None:
    """Area 2 is half in one zone and half in the other."""
    (found,) = folder.layer().index("1,15,2,-1.0", "2,25,6,0.5", "3,20,8,1.0").crosswalks()
    assert found.cells[["from_area", "zone_id", "people"]].to_numpy().tolist() == [
        ["777-1", "777-1", 20.0],
        ["777-2", "777-1", 10.0],
        ["777-2", "777-2", 10.0],
        ["777-3", "777-2", 20.0],
    ]
    assert found.areas[["people_estimate", "people"]].to_numpy().tolist() == [[20, 15], [20, 25], [20, 20]]
    assert (found.facts["counted_by"], found.facts["year"]) == ("socioeconomic", "2019")
    table, ledgers = facts.read(OZ, folder.inputs, folder.zones, {"2011": found.cells})
    rows = table[["zone_id", "fact", "value", "source", "date", "reason"]].to_numpy().tolist()
    assert rows == [
        ["777-1", "ses_cluster", 2.0, "socioeconomic.csv", "2019", "areas of 2011, 66.7 % of people"],
        ["777-1", "ses_index", pytest.approx((2 * -1.0 + 0.5) / 3), "socioeconomic.csv", "2019", "areas of 2011"],
        ["777-2", "ses_cluster", 8.0, "socioeconomic.csv", "2019", "areas of 2011, 66.7 % of people"],
        ["777-2", "ses_index", pytest.approx((2 * 1.0 + 0.5) / 3), "socioeconomic.csv", "2019", "areas of 2011"],
    ]
    assert ledgers[0].counts() == {"row of facts": {"read": 3, "used": 3, "rejected": {}}}


def test_a_zone_whose_areas_are_not_told_has_nothing_and_says_so(folder: Folder) -> None:
    """The locality's own cluster, 5, is not given to a zone that its areas do not cover."""
    (found,) = folder.layer().index("1,15,2,-1.0", "2,25,6,0.5", ",60,5,0.1").crosswalks()
    table, ledgers = facts.read(OZ, folder.inputs, folder.zones, {"2011": found.cells})
    cluster = table[table["fact"] == "ses_cluster"].set_index("zone_id")
    assert told(cluster["value"]) == {"777-1": 2.0, "777-2": None}
    assert cluster["reason"]["777-2"] == "areas of 2011 tell it of 33.3 % of people"
    rejected = ledgers[0].counts()["row of facts"]
    assert rejected == {"read": 3, "used": 2, "rejected": {"no zone that it speaks of": 1}}


def test_without_the_outlines_of_2011_the_locality_speaks_for_its_zones(folder: Folder) -> None:
    folder.index("1,15,2,-1.0", ",60,5,0.1")
    assert folder.crosswalks() == ()
    table, _ = facts.read(OZ, folder.inputs, folder.zones)
    assert {*table.loc[table["fact"] == "ses_cluster", "reason"]} == {"locality"}


def test_a_zone_without_homes_says_so(folder: Folder) -> None:
    (found,) = folder.layer().index("1,15,2,-1.0").crosswalks()
    more = strip(["777-1", "777-2", "777-9"], vintage="2022")
    table, _ = facts.read(OZ, folder.inputs, more, {"2011": found.cells})
    assert {*table.loc[table["zone_id"] == "777-9", "reason"]} == {"no home to carry it by"}


def test_households_of_2022_are_parted_to_zones_of_2011(folder: Folder) -> None:
    """The census counts areas 1 and 2 of 2022 as one: 90 households of 30 people each; shares are averaged."""
    folder.zones = folder.zones.assign(vintage="2011")
    folder.areas = folder.areas.rename(columns={"STAT11": "STAT_2022"})
    header = ["LocalityCode", "StatArea", "StatAreaCmb", "pop_approx", "hh_total_approx", "own_pcnt", "religion"]
    rows = [[777, 1, "1+2", 40, 80, 50, 2], [777, 3, 3, 20, 30, 80, 3]]
    folder.files["census"] = (folder.folder / "census.xlsx",)
    pd.DataFrame([header, *rows]).to_excel(folder.files["census"][0], header=False, index=False)
    (found,) = folder.layer("statistical_areas_2022").crosswalks()
    assert found.vintage == "2022" and found.areas["from_area"].tolist() == ["777-1+2", "777-3"]
    assert found.areas[["people_estimate", "people"]].to_numpy().tolist() == [[40, 40], [20, 20]]
    table, _ = facts.read(OZ, folder.inputs, folder.zones, {"2022": found.cells})
    said = table.set_index(["fact", "zone_id"])
    # Zone 2 has 10 of the 40 people of 1+2 and all of 3: 80/4 + 30; (10 x 50 % + 20 x 80 %) / 30.
    assert told(said.loc["households_count"]["value"]) == {"777-1": 60.0, "777-2": 50.0}
    assert told(said.loc["own_share"]["value"]) == {"777-1": 0.5, "777-2": 0.7}
    assert said.loc["religion"]["text"].to_dict() == {"777-1": "muslim", "777-2": "christian"}
    assert said.loc["religion"]["reason"].to_dict() == {
        "777-1": "areas of 2022, 100.0 % of people",
        "777-2": "areas of 2022, 66.7 % of people",
    }


def test_who_is_counted_by_the_layer_itself(folder: Folder) -> None:
    (found,) = folder.layer(Pop_Total=[20, 40, 0]).crosswalks()
    assert found.facts["counted_by"] == "areas" and found.areas["reason"].tolist() == ["", "", "counts nobody"]
    assert found.facts["difference_p90_share"] == pytest.approx(0.5)


def test_homes_of_dwellings_are_no_estimate_of_residents(folder: Folder) -> None:
    (found,) = folder.layer(Pop_Total=[20, 40, 60]).crosswalks(weights="dwellings")
    assert found.areas["reason"].tolist() == ["no count"] * 3 and found.facts["counted_by"] == ""
    assert found.cells["people"].sum() == 60.0


def test_an_edition_is_read_where_some_zone_is_of_another(folder: Folder) -> None:
    folder.layer()
    own = folder.zones.assign(vintage="2011")
    assert editions.read(OZ, folder.inputs, own) == ()
    assert [one.vintage for one in editions.read(OZ, folder.inputs, folder.zones)] == ["2011"]
    mine = folder.zones.assign(vintage="user")
    assert [one.vintage for one in editions.read(OZ, folder.inputs, mine)] == ["2011"]
    assert editions.read(replace(OZ, zones=ZoneChoice(kind="hexagons")), folder.inputs, folder.zones) == ()
    elsewhere = replace(OZ, city=replace(OZ.city, code=778))
    assert editions.read(elsewhere, folder.inputs, folder.zones) == ()


def test_areas_that_are_the_zones_already_are_no_other_edition_for_what_they_leave(folder: Folder) -> None:
    """One file serves as the zones and by its name as those of 2011; the last zone is the rest of the outline."""
    folder.layer()
    folder.zones = folder.zones.assign(zone_id=["777-1", "777-rest"], vintage=["2011", "outline"])
    assert [one.vintage for one in editions.read(OZ, folder.inputs, folder.zones)] == ["2011"]
    folder.files["statistical_areas"] = folder.files["statistical_areas_2011"]
    assert editions.read(OZ, folder.inputs, folder.zones) == ()


def test_a_zone_that_no_area_of_the_other_edition_meets_is_told_nothing(folder: Folder) -> None:
    """As the rest of an outline, of which the areas are no part."""
    (found,) = folder.layer().index("1,15,2,-1.0", ",60,5,0.1").crosswalks()
    table, ledgers = facts.read(OZ, folder.inputs, folder.zones, {"2011": found.cells.iloc[:0]})
    assert {*table["reason"]} == {"no home to carry it by"} and table["value"].isna().all()
    assert ledgers[0].counts()["row of facts"]["used"] == 0


def test_a_file_of_another_edition_than_its_name_is_refused(folder: Folder) -> None:
    folder.areas = folder.areas.rename(columns={"STAT11": "STAT_2022"})
    message = r"^statistical_areas_2011.gpkg: holds areas of 2022: name it statistical_areas_2022.\*$"
    with pytest.raises(InputError, match=message):
        folder.layer().crosswalks()


@pytest.mark.shared
def test_eilat_of_2022_over_its_areas_of_2011(shared: Path) -> None:
    """Points strewn over the real areas of 2022, counted by a join of geopandas: the cells of the crosswalk."""
    files = {
        "statistical_areas_2011": shared / "national" / "statistical_areas_2011_simplified.geojson",
        "socioeconomic": shared / "national" / "socioeconomic_2019" / "Socio-Economical 2019.csv",
    }
    inputs = Inputs({role: (path,) for role, path in files.items()}, ())
    path = shared / "eilat" / "statistical_areas_2022" / "statistical_areas_2022.shp"
    zones = statistical_areas.read(path, 2600, ISRAEL_TM)[0].assign(coverage_share=1.0)
    points = zones.sample_points(40, rng=1).explode()
    homes = gpd.GeoDataFrame({"zone_id": zones.loc[points.index, "zone_id"], "people": 1.0}, geometry=points)
    homes = homes.reset_index(drop=True)
    counted = ZonePeople(zones, pd.DataFrame(), "residents", ())
    (found,) = gathered.cross(Study.of("eilat"), inputs, counted, homes, zones.union_all())
    joined = gpd.sjoin(homes, found.edition.areas[["zone_id", "geometry"]], how="left", predicate="intersects")
    first = joined.sort_values("zone_id_right").groupby(level=0).first()
    table = first.groupby(["zone_id_right", "zone_id_left"]).size()
    cells = found.cells[found.cells["people"] > 0].set_index(["from_area", "zone_id"])["people"]
    assert cells.to_dict() == table.astype(float).to_dict() and len(found.edition.areas) == 13
    assert found.in_no_area == first["zone_id_right"].isna().sum() > 0
    index = pd.read_csv(files["socioeconomic"])
    index = index[(index.town_code == 2600) & index.STAT19.notna()].set_index("STAT19").Eshkol19
    said, _ = facts.read(Study.of("eilat"), inputs, zones, {"2011": found.cells})
    for zone_id, cluster in said[said["fact"] == "ses_cluster"].set_index("zone_id")["value"].dropna().items():
        held = cells.xs(zone_id, level="zone_id")
        by_cluster = held.groupby(held.index.str[5:].astype(float).map(index)).sum()
        assert held.sum() >= 0.95 * 40 and by_cluster[cluster] == by_cluster.max()
