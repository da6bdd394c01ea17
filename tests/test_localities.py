"""Zones and people of one locality: every way to count it on files made here, in the order that the sources have."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from seed_files import REMEDY
from shapely import Polygon, box

from geokehila.catalogue import City, cities
from geokehila.errors import InputError, RunError, StudyError
from geokehila.load.population import localities
from geokehila.load.population.at_hand import AtHand, NotDrawnError
from geokehila.load.population.counts import Counted
from geokehila.load.population.flags import EVACUATED
from geokehila.load.population.localities import ZonePeople, resolve
from geokehila.load.population.opened import Shelf
from geokehila.load.roles import Inputs
from geokehila.schema import ISRAEL_TM
from geokehila.study import AssumedPopulation, Study

X, Y, SIDE = 180_000, 570_000, 300
CITY = City(slug="oz", code=777, name={"he": "עוז", "en": "Oz"}, population=1000, population_year=2021)
OZ = Study(city=CITY)


def square(column: int, wide: int = 1) -> Polygon:
    return box(X + SIDE * column, Y, X + SIDE * (column + wide), Y + SIDE)


class Files:
    """Files of a study, written one by one into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files = folder, {}

    def areas(self, *areas: int, code: int = 777, vintage: str = "2011", **columns: object) -> "Files":
        """A layer of areas 300 m wide, side by side from west to east in the order given."""
        key = {"2011": "STAT11", "2022": "STAT_2022"}[vintage]
        shapes = [square(column) for column in range(len(areas))]
        keys = {"SEMEL_YISHUV": code, key: areas}
        return self._layer("statistical_areas", gpd.GeoDataFrame(keys | columns, geometry=shapes, crs=ISRAEL_TM))

    def outline(self, wide: int, code: int = 777) -> "Files":
        frame = gpd.GeoDataFrame({"lms_code": [code, 5]}, geometry=[square(0, wide), square(-9)], crs=ISRAEL_TM)
        return self._layer("localities", frame)

    def census(self, *rows: tuple[object, object, object]) -> "Files":
        """Rows of StatArea, StatAreaCmb, pop_approx, below the header of the workbook."""
        header = ["LocalityCode", "StatArea", "StatAreaCmb", "pop_approx"]
        body = [[777, *row] for row in rows]
        path = self._path("census.xlsx")
        pd.DataFrame([header, *body, [5, None, None, 3]]).to_excel(path, header=False, index=False)
        return self

    def index(self, *rows: str) -> "Files":
        """Rows "area,people"; "" for the area is the locality's own."""
        text = "".join(f"777,{row}\n" for row in rows)
        self._path("socioeconomic.csv").write_text(f"town_code,STAT19,Pop2019\n{text}5,,3\n", encoding="utf-8")
        return self

    def _layer(self, role: str, frame: gpd.GeoDataFrame) -> "Files":
        frame.to_file(self._path(f"{role}.gpkg"))
        return self

    def _path(self, name: str) -> Path:
        path = self.folder / name
        self.files[path.stem] = (path,)
        return path

    def resolve(self, study: Study = OZ) -> ZonePeople:
        return resolve(study, Inputs(self.files, (), self.folder))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def totals(found: ZonePeople) -> dict[str, float]:
    """People by zone, of group total."""
    return found.people[found.people["group"] == "total"].set_index("zone_id")["people"].to_dict()


def note(found: ZonePeople, flag: str) -> str:
    """The sentence of one flag: there must be exactly one."""
    (text,) = [n.text for ledger in found.ledgers for n in ledger.notices if n.name == flag]
    return text


def balanced(found: ZonePeople) -> None:
    """Whatever was read was used or rejected, and nobody is lost between the source and the zones."""
    for ledger in found.ledgers:
        ledger.balance()
    counted = pd.Series(totals(found)).sum()
    assert counted + found.in_no_area == pytest.approx(found.totals["source"])
    assert set(found.people["zone_id"]) == set(found.zones["zone_id"])
    assert found.zones["zone_id"].is_unique and found.zones["zone_id"].is_monotonic_increasing
    assert found.flags == tuple(sorted(found.flags))
    for flag in found.flags:
        assert REMEDY.search(note(found, flag)), note(found, flag)


def test_areas_of_2022_are_counted_by_the_census(files: Files) -> None:
    found = files.areas(1, 2, 3, vintage="2022").census((1, 1, 600), (2, "2+3", 410)).resolve()
    assert (found.source, found.year, found.weights) == ("census", "2022", "residents")
    assert totals(found) == {"777-1": 600, "777-2+3": 410}
    assert found.flags == ("merged_areas",) and "777-2+3" in note(found, "merged_areas")
    assert found.totals == {"source": 1010, "undrawn": 0, "census": 1010, "registry": 1000}
    balanced(found)


def test_a_census_row_partly_drawn_stands_on_what_is_drawn_and_says_so(files: Files) -> None:
    found = files.areas(1, 2, vintage="2022").census((1, 1, 600), (2, "2+9+8", 410)).resolve()
    assert totals(found) == {"777-1": 600, "777-2+9+8": 410}
    assert found.flags == ("merged_areas", "merged_partly")
    assert "410 people" in note(found, "merged_partly") and "without 9, 8" in note(found, "merged_partly")
    balanced(found)


def test_people_of_areas_that_the_layer_lacks_stand_on_the_rest_of_the_outline(files: Files) -> None:
    """Areas of 300 m by 300 m lie in an outline of 900 m by 300 m: the rest is a third of it, 0.09 km2."""
    found = files.areas(1, 2).index("1,400", "2,300", "7,200", "8,100", ",1000").outline(3).resolve()
    assert (found.source, found.year) == ("socioeconomic", "2019")
    assert totals(found) == {"777-1": 400, "777-2": 300, "777-rest": 300}
    assert found.flags == ("areas_missing", "index_2019")
    assert note(found, "areas_missing") == (
        "300 people (30 %) of 2 areas that the layer lacks stand on what its areas leave of the outline, 0.09 km2 "
        "(3,333 people per km2): give the whole layer"
    )
    assert (found.totals["undrawn"], found.in_no_area) == (300, 0)
    rest = found.zones.set_index("zone_id").loc["777-rest"]
    assert rest.geometry.equals(square(2)) and rest["land_m2"] == pytest.approx(SIDE * SIDE)
    assert rest["vintage"] == "outline"
    balanced(found)


def test_without_an_outline_they_stand_nowhere_and_are_counted(files: Files) -> None:
    found = files.areas(1, 2).index("1,400", "2,300", "7,200").resolve()
    assert totals(found) == {"777-1": 400, "777-2": 300}
    assert (found.totals["source"], found.totals["undrawn"], found.in_no_area) == (900, 200, 200)
    assert "give the whole layer" in note(found, "areas_missing")
    rejected = pd.concat([ledger.rejected() for ledger in found.ledgers])
    assert rejected[rejected["kind"] == "count without an area"]["source_id"].tolist() == ["777-7"]
    balanced(found)


def test_a_seam_between_two_drawings_is_no_ground(files: Files) -> None:
    """The outline is 40 m wider than the areas: less than the 50 m that make ground of its own."""
    files.areas(1, 2).index("1,400", "2,300", "7,200").outline(2)
    wider = gpd.GeoDataFrame({"lms_code": [777]}, geometry=[box(X, Y, X + 2 * SIDE + 40, Y + SIDE)], crs=ISRAEL_TM)
    found = files._layer("localities", wider).resolve()
    assert "777-rest" not in totals(found) and found.in_no_area == 200


@pytest.mark.parametrize(("people", "is_placed"), [(2700, True), (2701, False)])
def test_a_crowd_does_not_stand_on_a_leftover(files: Files, people: int, is_placed: bool) -> None:
    """On 0.09 km2 there is room for 2,700 people at 30,000 per km2."""
    found = files.areas(1, 2).index("1,400", "2,300", f"7,{people}").outline(3).resolve()
    assert ("777-rest" in totals(found)) == is_placed and found.in_no_area == (0 if is_placed else people)
    assert ("rest_too_small" in found.flags) != is_placed and "areas_missing" in found.flags
    assert found.totals["undrawn"] == people and found.totals["source"] == 700 + people
    balanced(found)


def test_a_crowd_that_stands_nowhere_is_said_with_its_density(files: Files) -> None:
    found = files.areas(1, 2).index("1,400", "2,300", "7,9000").outline(3).resolve()
    assert note(found, "areas_missing").startswith("9,000 people (93 %) of 1 areas that the layer lacks stand nowhere")
    assert "0.09 km2, would hold 100,000 people per km2, but" in note(found, "rest_too_small")
    assert "outline" not in set(found.zones["vintage"])


@pytest.mark.parametrize(("wide", "is_placed"), [(166, False), (167, True)])
def test_ground_smaller_than_an_area_of_a_city_is_a_leftover(files: Files, wide: int, is_placed: bool) -> None:
    """300 m by 166 m are 0.0498 km2, by 167 m 0.0501 km2."""
    files.areas(1, 2).index("1,400", "2,300", "7,20")
    outline = box(X, Y, X + 2 * SIDE + wide, Y + SIDE)
    found = files._layer(
        "localities", gpd.GeoDataFrame({"lms_code": [777]}, geometry=[outline], crs=ISRAEL_TM)
    ).resolve()
    assert ("777-rest" in totals(found)) == is_placed and ("rest_too_small" in found.flags) != is_placed
    balanced(found)


def without_ground(files: Files, lost: str) -> Files:
    """Areas 1 and 2 of 300 people each, and a row of 500 without a polygon or without an area number."""
    key, shape = {"geometry": (3, None), "number": (None, square(2))}[lost]
    columns = {"SEMEL_YISHUV": 777, "STAT11": [1, 2, key], "Pop_Total": [300, 300, 500]}
    return files._layer(
        "statistical_areas", gpd.GeoDataFrame(columns, geometry=[square(0), square(1), shape], crs=ISRAEL_TM)
    )


@pytest.mark.parametrize(("lost", "name"), [("geometry", "777-3"), ("number", "777-row 3")])
def test_people_of_a_row_without_ground_stand_nowhere_and_are_counted(files: Files, lost: str, name: str) -> None:
    found = without_ground(files, lost).resolve()
    assert totals(found) == {"777-1": 300, "777-2": 300}
    assert (found.totals["source"], found.totals["undrawn"], found.in_no_area) == (1100, 500, 500)
    assert note(found, "areas_missing").startswith("500 people (45 %) of 1 areas that the layer lacks stand nowhere")
    rejected = pd.concat([ledger.rejected() for ledger in found.ledgers])
    assert rejected[rejected["kind"] == "count without an area"]["source_id"].tolist() == [name]
    balanced(found)


@pytest.mark.parametrize("lost", ["geometry", "number"])
def test_with_an_outline_they_stand_on_the_rest_of_it(files: Files, lost: str) -> None:
    found = without_ground(files, lost).outline(3).resolve()
    assert totals(found) == {"777-1": 300, "777-2": 300, "777-rest": 500}
    assert (found.totals["source"], found.in_no_area) == (1100, 0)
    balanced(found)


def test_a_row_without_ground_and_people_is_no_lack(files: Files) -> None:
    columns = {"SEMEL_YISHUV": 777, "STAT11": [1, 2, None, None], "Pop_Total": [1000, 0, 0, None]}
    shapes = [square(0), None, square(2), square(3)]
    found = files._layer("statistical_areas", gpd.GeoDataFrame(columns, geometry=shapes, crs=ISRAEL_TM)).resolve()
    assert totals(found) == {"777-1": 1000} and found.flags == () and found.in_no_area == 0
    balanced(found)


UNITED = {"Stat11_Unite": ["1+2", None, None], "Stat11_Ref": [None, "1", None]}


@pytest.mark.parametrize("others", [None, 0, 600])
@pytest.mark.parametrize("united", [["1+2", None, None], ["1+2", "1+2", None]])
def test_areas_counted_together_have_the_count_of_the_one_that_carries_it(
    files: Files, others: float | None, united: list[str | None]
) -> None:
    """The other is blank, or 0 where a Shapefile has no blank, or repeats the count of the whole."""
    ages = {"age_0_4": [60, others and 60, 5]}
    found = files.areas(1, 2, 3, Pop_Total=[600, others, 400], Stat11_Unite=united, **ages).resolve()
    assert totals(found) == {"777-1+2": 600, "777-3": 400} and found.flags == ("merged_areas",)
    assert found.people.set_index(["zone_id", "group"])["people"]["777-1+2", "0-4"] == 60
    balanced(found)


def test_the_count_may_stand_at_any_of_them(files: Files) -> None:
    found = files.areas(1, 2, 3, Pop_Total=[0, 600, 400], Stat11_Unite=["1+2", None, None]).resolve()
    assert totals(found) == {"777-1+2": 600, "777-3": 400}


def test_a_count_of_areas_of_which_one_is_drawn_stands_on_that_one(files: Files) -> None:
    """The one that carries it has no polygon."""
    columns = {"SEMEL_YISHUV": 777, "STAT11": [1, 2], "Pop_Total": [900, None], "Stat11_Unite": ["1+2", None]}
    frame = gpd.GeoDataFrame(columns, geometry=[None, square(1)], crs=ISRAEL_TM)
    found = files._layer("statistical_areas", frame).resolve()
    assert totals(found) == {"777-1+2": 900} and found.flags == ("merged_areas", "merged_partly")
    assert found.zones["land_m2"].tolist() == [SIDE * SIDE]
    balanced(found)


def test_different_counts_of_areas_counted_together_are_refused(files: Files) -> None:
    with pytest.raises(InputError, match=r"777-1\+2 is counted as one zone, but group total has") as fault:
        files.areas(1, 2, 3, Pop_Total=[4000, 2500, 5], **UNITED).resolve()
    assert "4,000 at 777-1 and 2,500 at 777-2: keep the count of the whole at one of them" in str(fault.value)


def test_a_census_with_an_area_in_two_rows_is_refused(files: Files) -> None:
    files.areas(1, 2, 3, vintage="2022").census((1, 1, 600), (2, "2+3", 410), (3, 3, 200))
    with pytest.raises(
        InputError, match=r"area '3' of locality 777 has two rows, 3 \('2\+3'\) and 4 \('3'\): keep one"
    ):
        files.resolve()


def test_a_census_of_other_areas_than_those_of_the_layer_does_not_serve(files: Files) -> None:
    """None of its areas is drawn: its people would all stand on the rest, and every area would lack a count."""
    files.areas(1, 2, vintage="2022", Pop_Total=[500, 450]).census((11, 11, 600), (12, 12, 400)).outline(3)
    found = files.resolve()
    assert found.source == "areas" and totals(found) == {"777-1": 500, "777-2": 450} and found.flags == ()
    assert found.totals["census"] == 1000
    with pytest.raises(InputError, match=r"has none of the areas that census\.xlsx counts: give the whole"):
        files.resolve(with_source("census"))


def test_areas_of_2022_are_not_whole_where_the_census_counts_others(files: Files) -> None:
    """One area is drawn: the outline is the zone, and without one the area, with the flag that says so."""
    files.areas(1, vintage="2022").census((11, 11, 600), (12, 12, 400))
    bare = files.resolve()
    assert totals(bare) == {"777-all": 1000} and bare.flags == ("areas_summed", "no_outline")
    found = files.outline(3).resolve()
    assert totals(found) == {"777-all": 1000} and found.flags == ("areas_summed", "outline")
    assert found.zones["land_m2"].tolist() == [3 * SIDE * SIDE]
    balanced(found)


def test_a_layer_without_one_polygon_draws_nothing(files: Files) -> None:
    columns = {"SEMEL_YISHUV": [777, 5], "STAT11": 1, "Pop_Total": 900}
    frame = gpd.GeoDataFrame(columns, geometry=[None, square(1)], crs=ISRAEL_TM)
    with pytest.raises(NotDrawnError):
        files._layer("statistical_areas", frame).resolve()
    assert totals(files.outline(1).resolve()) == {"777-all": 1000}


def test_people_who_are_in_no_zone_and_not_named_stop_the_run(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a fault of a source would leave them: its count has a zone that is not drawn."""
    right = localities.choose

    def wrong(hand: AtHand) -> Counted:
        counted = right(hand)
        return replace(counted, zones=counted.zones[counted.zones["zone_id"] != "777-2"])

    monkeypatch.setattr(localities, "choose", wrong)
    with pytest.raises(RunError, match=r"counts 1,000.0 people, of whom 600.0 are in zones and 0.0 stand nowhere"):
        files.areas(1, 2, Pop_Total=[600, 400]).resolve()


def test_the_residents_of_the_layer_go_before_census_and_index_of_other_areas(files: Files) -> None:
    files.areas(1, 2, Pop_Total=[700, None]).census((11, 11, 600), (12, 12, 500)).index("1,400", "2,300").outline(2)
    found = files.resolve()
    assert (found.source, found.year, found.weights) == ("areas", "", "residents")
    assert totals(found)["777-1"] == 700 and pd.isna(totals(found)["777-2"])
    assert found.flags == ("no_count", "source_differs") and "777-2" in note(found, "no_count")
    assert found.totals["census"] == 1100
    balanced(found)


def test_the_one_row_of_the_census_counts_the_whole_on_its_outline(files: Files) -> None:
    """A layer of 2011 may lack areas: a town on one of them would stand there too densely."""
    found = files.areas(1, eligible_voters_2022=[9]).census((None, None, 1010)).index(",999").outline(3).resolve()
    assert (found.source, found.year) == ("census", "2022")
    assert totals(found) == {"777-all": 1010}
    assert found.zones["land_m2"].tolist() == [3 * SIDE * SIDE] and found.zones["vintage"].tolist() == ["outline"]
    assert found.flags == ("locality_only", "outline")
    rejected = pd.concat([ledger.rejected() for ledger in found.ledgers])
    assert rejected["reason"].tolist() == ["the outline stands for the whole locality"]
    balanced(found)


def test_without_an_outline_its_areas_are_the_whole(files: Files) -> None:
    found = files.areas(1, 2, eligible_voters_2022=[9, 9]).census((None, None, 1010)).resolve()
    assert totals(found) == {"777-all": 1010} and found.zones["land_m2"].tolist() == [2 * SIDE * SIDE]
    assert found.flags == ("locality_only", "no_outline")
    balanced(found)


def test_areas_of_2022_are_whole_without_their_outline(files: Files) -> None:
    found = files.areas(1, 2, vintage="2022").census((None, None, 1010)).outline(3).resolve()
    assert found.zones["land_m2"].tolist() == [2 * SIDE * SIDE] and found.flags == ("locality_only",)


def test_the_areas_of_a_census_that_no_layer_draws_are_summed(files: Files) -> None:
    found = files.census((1, 1, 600), (2, "2+3", 410)).outline(3).resolve()
    assert (found.source, totals(found)) == ("census", {"777-all": 1010})
    assert found.flags == ("areas_summed", "outline") and "2 areas of 2022" in note(found, "areas_summed")
    balanced(found)


def test_a_locality_that_the_census_leaves_out_is_counted_by_the_registry(files: Files) -> None:
    found = files.areas(1, code=5).census().index().outline(2).resolve()
    assert (found.source, found.year, totals(found)) == ("registry", "2021", {"777-all": 1000})
    assert found.flags == ("locality_only", "outline", "registry") and "1,000" in note(found, "registry")
    assert "census" not in found.totals
    balanced(found)


def test_so_is_one_with_an_area_that_the_census_leaves_blank(files: Files) -> None:
    """A sum without one of its areas would be too small."""
    found = files.census((1, 1, 600), (2, 2, None)).outline(2).resolve()
    assert (found.source, totals(found)) == ("registry", {"777-all": 1000})


UNKNOWN = replace(OZ, city=replace(CITY, population=0))


@pytest.mark.parametrize(("rows", "people"), [((",900.5",), 900.5), (("1,400", "2,300", ",700"), 700.0)])
def test_where_the_registry_is_not_known_the_index_counts_the_whole(
    files: Files, rows: tuple[str, ...], people: float
) -> None:
    found = files.index(*rows).outline(2).resolve(UNKNOWN)
    assert (found.source, totals(found)) == ("socioeconomic", {"777-all": people})
    assert found.flags == ("index_2019", "locality_only", "outline")
    assert found.totals == {"source": people, "undrawn": 0}
    balanced(found)


def test_several_areas_keep_their_voters_rather_than_one_number_for_all(files: Files) -> None:
    found = files.areas(1, 2, eligible_voters_2022=[300, 200]).census((11, 11, 600), (12, 12, 500)).outline(3).resolve()
    assert (found.source, found.year, found.weights) == ("voters", "2022", "voters")
    assert totals(found) == {"777-1": 300, "777-2": 200}
    assert found.flags == ("voters",)
    reason = "census.xlsx counts by areas of 2022 and statistical_areas are of 2011: give the layer of 2022"
    assert note(found, "voters").endswith(f"; {reason}")
    balanced(found)


def test_what_would_make_a_census_count_is_said_as_it_is(files: Files) -> None:
    """Without one the workbook; with the older layer its areas, too; with a choice of the study's own, that choice."""
    files.areas(1, 2, eligible_voters_2022=[300, 200])
    assert note(files.resolve(), "voters").endswith(
        "; give residents as census.xlsx, and the areas of 2022 that it counts by"
    )
    files.areas(1, 2, vintage="2022", eligible_voters_2022=[300, 200])
    assert note(files.resolve(), "voters").endswith("; give residents as census.xlsx")
    files.census((1, 1, 600), (2, 2, 400))
    stated = note(files.resolve(with_source("areas")), "voters")
    assert stated.endswith('; take population = "areas" out of study.toml to count by census.xlsx')


def test_where_nobody_counts_several_areas_their_dwellings_are_counted(files: Files) -> None:
    found = files.areas(1, 2, vintage="2022").resolve()
    assert (found.source, found.weights, found.people.empty) == ("dwellings", "dwellings", True)
    assert found.flags == ("dwellings",)


def test_a_total_that_the_study_states_goes_before_the_registry(files: Files) -> None:
    stated = replace(OZ, assumed=AssumedPopulation(total=4.0, source="a letter", date="2024"))
    found = files.areas(1, code=5).outline(2).resolve(stated)
    assert found.source == "dwellings" and "total_unused" not in found.flags


def test_a_total_that_nobody_needs_is_told(files: Files) -> None:
    stated = replace(OZ, assumed=AssumedPopulation(total=4.0, source="a letter", date="2024"))
    found = files.census((None, None, 1000)).outline(1).resolve(stated)
    assert totals(found) == {"777-all": 1000}
    assert "[population] total 4 is not used: census counts 1,000; delete it" in note(found, "total_unused")


@pytest.mark.parametrize(
    ("people", "flags"),
    [(800, ()), (1200, ()), (790, ("census_differs", "source_differs")), (1210, ("census_differs", "source_differs"))],
)
def test_more_than_a_fifth_from_the_registry_is_said_with_both_numbers(
    files: Files, people: int, flags: tuple[str, ...]
) -> None:
    found = files.census((None, None, people)).outline(1).resolve()
    assert {*found.flags} - {"locality_only", "outline"} == {*flags}
    for flag in flags:
        assert f"{people:,}" in note(found, flag) and "1,000" in note(found, flag) and "21 %" in note(found, flag)
    assert totals(found) == {"777-all": people}


def test_the_census_is_compared_also_where_another_source_counts(files: Files) -> None:
    found = files.areas(1, Pop_Total=[1000]).census((1, 1, 400)).resolve()
    assert found.source == "areas" and found.flags == ("census_differs",)
    assert "400" in note(found, "census_differs") and "-60 %" in note(found, "census_differs")


def with_source(source: str, study: Study = OZ) -> Study:
    return replace(study, population_source=source)


def test_the_study_chooses_another_source(files: Files) -> None:
    files.areas(1, 2, Pop_Total=[700, 300]).index("1,400", "2,300").outline(3)
    by_source = {source: files.resolve(with_source(source)) for source in ("areas", "socioeconomic", "registry")}
    assert {source: found.source for source, found in by_source.items()} == {s: s for s in by_source}
    assert totals(by_source["socioeconomic"]) == {"777-1": 400, "777-2": 300}
    assert totals(by_source["registry"]) == {"777-all": 1000}
    assert files.resolve(with_source("dwellings")).weights == "dwellings"


@pytest.mark.parametrize(
    ("source", "prepare", "message"),
    [
        ("areas", lambda f: f.areas(1, 2), "counts no people"),
        (
            "census",
            lambda f: f.areas(1, 2).census((11, 11, 6), (12, 12, 5)),
            "areas of 2022 and statistical_areas are of 2011: give",
        ),
        ("census", lambda f: f.areas(1, 2), "no census counts locality 777"),
        ("socioeconomic", lambda f: f.areas(1, 2, vintage="2022").index("1,4", "2,3"), "give the areas of 2011"),
        ("socioeconomic", lambda f: f.areas(1, 2), "no index counts locality 777"),
        ("zones", lambda f: f.areas(1, 2), 'set \\[zones\\] kind = "polygons"'),
    ],
)
def test_a_source_that_does_not_serve_is_refused_with_a_remedy(
    files: Files, source: str, prepare: Callable[[Files], Files], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        prepare(files).resolve(with_source(source))


def test_the_registry_of_a_town_outside_the_catalogue_is_not_known(files: Files) -> None:
    with pytest.raises(InputError, match=r"the catalogue has no population of Oz \(777\)"):
        files.areas(1, 2).resolve(with_source("registry", UNKNOWN))


def test_what_no_file_draws_is_an_error_with_a_remedy(files: Files) -> None:
    with pytest.raises(InputError, match=r"statistical_areas: no file statistical_areas\.\* in .*: give the CBS layer"):
        files.census((1, 1, 600)).resolve()
    with pytest.raises(NotDrawnError, match="Oz: no layer at hand draws locality 777: check the code, give the areas"):
        files.areas(1, code=5).outline(1, code=6).resolve()
    with pytest.raises(StudyError, match=r"add code = a CBS code"):
        files.resolve(replace(OZ, city=replace(CITY, code=0)))


def test_a_layer_of_outlines_names_its_codes(files: Files) -> None:
    frame = gpd.GeoDataFrame({"nom": ["a"]}, geometry=[square(0)], crs=ISRAEL_TM)
    with pytest.raises(InputError, match="no column of CBS codes among nom, geometry: call it SEMEL_YISHUV"):
        files._layer("localities", frame).resolve()
    bare = gpd.GeoDataFrame({"muni_id": ["777"]}, geometry=[square(0).centroid], crs=ISRAEL_TM)
    with pytest.raises(InputError, match="outline of locality 777 is no polygon"):
        files._layer("localities", bare).resolve()


def test_towns_evacuated_in_2023_are_flagged(files: Files) -> None:
    assert {c.slug for c in cities().values() if c.code in EVACUATED} == {
        "sderot", "kiryat-shmona", "metulla", "shlomi",
    }  # fmt: skip
    found = files.outline(1, code=1031).resolve(Study.of("sderot"))
    assert found.flags == ("locality_only", "outline", "pre_evacuation", "registry")
    assert "October 2023" in note(found, "pre_evacuation") and "2021" in note(found, "pre_evacuation")


def test_a_shelf_reads_a_file_once_for_all(tmp_path: Path) -> None:
    read: list[Path] = []

    def opened(path: Path, crs: str) -> str:
        read.append(path)
        return f"{path.name} in {crs}"

    shelf = Shelf()
    asked = [shelf.take(opened, tmp_path / name, crs) for name, crs in (("a", "x"), ("a", "x"), ("a", "y"), ("b", "x"))]
    assert asked == ["a in x", "a in x", "a in y", "b in x"]
    assert read == [tmp_path / "a", tmp_path / "a", tmp_path / "b"]


def test_a_study_without_a_code_is_told_the_localities_that_its_map_touches(files: Files) -> None:
    """No area of a name that it has: those in the map, most ground first; without a layer, that it comes first."""
    unnamed = replace(OZ, city=replace(CITY, code=0, name={"he": "אין", "en": "Nowhere"}))
    with pytest.raises(StudyError, match=r"give the CBS layer as statistical_areas\.\* first"):
        files.resolve(unnamed)
    files.areas(1, 2, 3, SHEM_YISHUV_ENGLISH=["OZ", "FAR", "BIG"], SEMEL_YISHUV=[777, 778, 779])
    inputs = Inputs(files.files, (), files.folder)
    with pytest.raises(StudyError, match=r"add code = one that the map touches, 779 Big, 778 Far$"):
        resolve(unnamed, inputs, box(X + 1.5 * SIDE, Y, X + 9 * SIDE, Y + SIDE))
    with pytest.raises(StudyError, match=r"add code = a CBS code$"):
        resolve(unnamed, inputs)
