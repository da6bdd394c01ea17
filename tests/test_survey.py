"""What the files at hand hold of many localities: on files made here, then on the real ones for all 71."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from geokehila.catalogue import City, cities
from geokehila.load.population.localities import ZonePeople, resolve
from geokehila.load.population.opened import Shelf
from geokehila.load.population.survey import survey
from geokehila.load.roles import find
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study

NATIONAL = {
    "statistical_areas": "national/statistical_areas_2011_simplified.geojson",
    "census": "national/census_2022_by_statistical_area.xlsx",
    "socioeconomic": "national/socioeconomic_2019/Socio-Economical 2019.csv",
    "localities": "national/locality_polygons.geojson",
}
NEGEV, EILAT = "negev/statistical_areas_2011_demography.geojson", "eilat/statistical_areas_2022"
ABSENT = {"metulla", "kabul", "deir-hanna", "majdal-shams"}
ONE_ROW = {
    "alsayid", "bir-hadaj", "umm-batin", "lehavim", "omer", "mitzpe-ramon", "rosh-pina", "katzrin", "shlomi",
}  # fmt: skip


def check(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "geokehila_cli", "cities", "--check", *words]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Outlines of Omer for every city, areas with residents for Arad by its study, nothing else."""
    national, arad = tmp_path / "national", tmp_path / "arad"
    national.mkdir()
    arad.mkdir()
    square = box(180_000, 570_000, 181_000, 571_000)
    omer = gpd.GeoDataFrame({"lms_code": [666]}, geometry=[square], crs=ISRAEL_TM)
    omer.to_file(national / "localities.geojson", driver="GeoJSON")
    keys = {"SEMEL_YISHUV": 2560, "STAT11": [1, 2], "Pop_Total": [20_000, 7_000]}
    areas = gpd.GeoDataFrame(keys, geometry=[square, square.buffer(-100)], crs=ISRAEL_TM)
    areas.to_file(arad / "mine.gpkg")
    text = '[study]\nname = "Arad"\ncode = 2560\n[inputs]\nstatistical_areas = "mine.gpkg"\n'
    (arad / "study.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_survey_has_a_row_for_every_city(raw: Path) -> None:
    known = cities()
    found = survey([known["arad"], known["dimona"], known["omer"]], raw)
    arad, dimona, omer = found.rows
    assert (arad.source, arad.zones, arad.people, arad.registry) == ("areas", 2, 27_000, 27_582)
    assert arad.difference_share == pytest.approx((27_000 - 27_582) / 27_582)
    assert (omer.source, omer.vintage, omer.people) == ("registry", "outline", omer.registry)
    assert (dimona.flags, dimona.people, dimona.zones) == (("not_drawn",), None, 0)
    assert "no layer at hand draws locality 2200" in dimona.notes[0]
    assert found.absent == ("statistical_areas", "census", "socioeconomic")
    assert all(len(row.flags) == len(row.notes) for row in found.rows)


def test_without_any_file_no_city_is_drawn(tmp_path: Path) -> None:
    found = survey(cities().values(), tmp_path)
    assert {row.flags for row in found.rows} == {("not_drawn",)} and len(found.rows) == 71
    assert len(found.absent) == 4


def test_the_command_prints_a_row_for_every_city_and_what_is_lacking(raw: Path) -> None:
    done = check("--region", "negev", "--data", str(raw))
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and len(lines) == 22 + 3
    assert next(line.split() for line in lines if line.startswith("omer"))[:4] == ["omer", "1", "outline", "7,656"]
    assert lines[-2].startswith("22 cities; people by areas 1, nobody 20, registry 1; flags: ")
    (lacking,) = done.stderr.splitlines()
    assert "/national: put there" in lacking and "census.xlsx" in lacking and "localities.*" not in lacking


def test_the_command_speaks_json(raw: Path) -> None:
    done = check("--region", "negev", "--json", "--data", str(raw))
    rows = {row["slug"]: row for row in json.loads(done.stdout)}
    assert rows["omer"]["flags"] == ["locality_only", "outline", "registry"] and len(rows["omer"]["notes"]) == 3
    assert rows["dimona"]["people"] is None


def test_a_broken_file_is_one_line_and_exit_3(raw: Path) -> None:
    (raw / "national" / "census.xlsx").write_text("no workbook", encoding="utf-8")
    done = check("--region", "negev", "--data", str(raw))
    assert done.returncode == 3 and done.stdout == ""
    assert "census.xlsx: cannot be read as a workbook" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real files as a user lays them out; towns of the Negev and Eilat have layers of their own."""
    folder = tmp_path_factory.mktemp("raw")
    (folder / "national").mkdir()
    for role, path in NATIONAL.items():
        shutil.copyfile(shared / path, folder / "national" / f"{role}{(shared / path).suffix}")
    codes = {*gpd.read_file(shared / NEGEV, ignore_geometry=True)["SEMEL_YISHUV"]}
    own = {slug: NEGEV for slug, city in cities().items() if city.code in codes} | {"eilat": EILAT}
    for slug, path in own.items():
        (folder / slug).mkdir()
        file = shared / path if slug != "eilat" else shared / path / "statistical_areas_2022.shp"
        text = (
            f'[study]\nname = "{slug}"\ncode = {cities()[slug].code}\n[inputs]\nstatistical_areas = "{file.as_posix()}"'
        )
        (folder / slug / "study.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def found(real: Path) -> dict[str, ZonePeople]:
    """The zones and people of all 71, by the files that a run would read."""
    shelf = Shelf()
    inputs = {slug: find(study, real / slug, real / "national") for slug, study in studies(real)}
    return {slug: resolve(study, replace(inputs[slug], shelf=shelf)) for slug, study in studies(real)}


def studies(folder: Path) -> list[tuple[str, Study]]:
    paths = {slug: folder / slug / "study.toml" for slug in cities()}
    return [(slug, Study.read(path) if path.is_file() else Study.of(slug)) for slug, path in paths.items()]


@pytest.fixture(scope="module")
def book(shared: Path) -> pd.DataFrame:
    """The census as pandas alone reads it: total of every locality, over its areas where it has any."""
    rows = pd.read_excel(shared / NATIONAL["census"], header=1, engine="calamine")
    rows = rows.dropna(subset="LocalityCode")
    is_area = rows["StatArea"].notna()
    return pd.DataFrame(
        {
            "areas": rows[is_area].groupby("LocalityCode")["pop_approx"].sum(),
            "whole": rows[~is_area].groupby("LocalityCode")["pop_approx"].sum(),
        }
    )


@pytest.fixture(scope="module")
def index(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / NATIONAL["socioeconomic"])


@pytest.mark.shared
def test_all_71_have_zones_and_people_and_no_person_is_lost(found: dict[str, ZonePeople]) -> None:
    assert len(found) == 71
    for slug, one in found.items():
        for ledger in one.ledgers:
            ledger.balance()
        counts = one.people[one.people["group"] == "total"]
        assert one.weights == "residents" and counts["people"].sum() > 0, slug
        assert counts["people"].sum() + one.in_no_area == pytest.approx(one.totals["source"]), slug
        assert set(counts["zone_id"]) == set(one.zones["zone_id"]), slug
        assert one.zones.geometry.is_valid.all() and not one.zones.geometry.is_empty.any(), slug
        assert {n.name for ledger in one.ledgers for n in ledger.notices if ledger.source == "population"} == {
            *one.flags
        }


@pytest.mark.shared
def test_every_source_counts_as_its_file_does(
    found: dict[str, ZonePeople], book: pd.DataFrame, index: pd.DataFrame, shared: Path
) -> None:
    layer = gpd.read_file(shared / NEGEV, ignore_geometry=True).groupby("SEMEL_YISHUV")["Pop_Total"].sum()
    by_area = index.dropna(subset="STAT19").groupby("town_code")["Pop2019"].sum()
    expected = {
        "census": book["areas"].fillna(book["whole"]),
        "areas": layer,
        "socioeconomic": by_area,
        "registry": pd.Series({city.code: city.population for city in cities().values()}),
    }
    for slug, one in found.items():
        assert one.totals["source"] == pytest.approx(expected[one.source][cities()[slug].code]), slug


@pytest.mark.shared
def test_who_counts_whom(found: dict[str, ZonePeople], shared: Path) -> None:
    assert {slug for slug, one in found.items() if one.source == "registry"} == ABSENT
    assert {slug for slug, one in found.items() if "registry" in one.flags} == ABSENT
    assert {slug for slug, one in found.items() if "census" not in one.totals} == ABSENT
    evacuated = {slug for slug, one in found.items() if "pre_evacuation" in one.flags}
    assert evacuated == {"sderot", "kiryat-shmona", "metulla", "shlomi"}
    assert {found[slug].source for slug in ONE_ROW & {"rosh-pina", "katzrin", "shlomi"}} == {"census"}
    eilat, beer_sheva = found["eilat"], found["beer-sheva"]
    assert (eilat.source, eilat.totals["source"], set(eilat.zones["vintage"])) == ("census", 55_230, {"2022"})
    assert len(eilat.zones) == 17 + 1 and "2600-14+13+18" in set(eilat.zones["zone_id"])
    assert (beer_sheva.source, beer_sheva.totals["source"]) == ("areas", 210_587)
    assert set(beer_sheva.zones["vintage"]) == {"2011"}


@pytest.mark.shared
def test_where_census_and_registry_differ_both_are_said(found: dict[str, ZonePeople], book: pd.DataFrame) -> None:
    registry = pd.Series({city.code: city.population for city in cities().values()})
    ratio = book["areas"].fillna(book["whole"]).reindex(registry.index) / registry
    apart = {*ratio.index[(ratio < 0.8) | (ratio > 1.2)]}
    assert {cities()[slug].code for slug, one in found.items() if "census_differs" in one.flags} == apart
    (note,) = [n.text for n in found["bir-hadaj"].ledgers[-1].notices if n.name == "census_differs"]
    assert "2,580" in note and "6,167" in note


@pytest.mark.shared
def test_people_of_areas_that_the_layer_lacks_are_known_and_placed(
    found: dict[str, ZonePeople], index: pd.DataFrame, shared: Path
) -> None:
    layer = gpd.read_file(shared / NATIONAL["statistical_areas"], ignore_geometry=True)["YISHUV_STAT11"]
    areas = index.dropna(subset="STAT19")
    lacking = areas[~(areas["town_code"] * 10_000 + areas["STAT19"]).isin(layer)].groupby("town_code")["Pop2019"].sum()
    for slug, one in found.items():
        if one.source == "socioeconomic":
            assert one.totals["undrawn"] == pytest.approx(lacking.get(cities()[slug].code, 0)), slug
            assert one.in_no_area == 0 and ("areas_missing" in one.flags) == (one.totals["undrawn"] > 0)
    jerusalem = found["jerusalem"].zones.set_index("zone_id").geometry
    rest = jerusalem["3000-rest"]
    assert jerusalem.drop("3000-rest").intersection(rest).area.sum() < 1


@pytest.mark.shared
def test_what_areas_leave_of_an_outline_is_ground_alone(real: Path) -> None:
    """Of Netanya the outline and the areas meet in points, too; a table of zones holds polygons."""
    netanya = City(slug="netanya", code=7400, name={"he": "נתניה", "en": "Netanya"}, population=0, population_year=2021)
    study = Study(city=netanya, population_source="socioeconomic")
    zones = resolve(study, find(study, real / "none", real / "national")).zones.set_index("zone_id")
    assert zones.geom_type["7400-rest"] == "MultiPolygon" and {*zones.geom_type} <= {"Polygon", "MultiPolygon"}
    assert zones.area["7400-rest"] == pytest.approx(zones["land_m2"]["7400-rest"])


@pytest.mark.shared
def test_by_national_files_alone_one_row_localities_are_one_zone(real: Path, shared: Path, book: pd.DataFrame) -> None:
    shelf, national = Shelf(), real / "national"
    for slug in sorted(ONE_ROW):
        study = Study.of(slug)
        one = resolve(study, replace(find(study, national / "none", national), shelf=shelf))
        assert (one.source, one.zones["zone_id"].tolist()) == ("census", [f"{study.city.code}-all"]), slug
        assert one.totals["source"] == book["whole"][study.city.code] and "locality_only" in one.flags
    assert {"census_differs", "source_differs"} <= {*_bir_hadaj(national, shelf).flags}


def _bir_hadaj(national: Path, shelf: Shelf) -> ZonePeople:
    study = Study.of("bir-hadaj")
    return resolve(study, replace(find(study, national / "none", national), shelf=shelf))


@pytest.mark.shared
def test_the_survey_says_of_a_city_what_a_run_finds(real: Path, found: dict[str, ZonePeople]) -> None:
    slugs = ("bir-hadaj", "eilat", "metulla", "safed", "shlomi")
    table = survey([cities()[slug] for slug in slugs], real)
    assert table.absent == ()
    for slug, row in zip(slugs, table.rows, strict=True):
        one = found[slug]
        assert (row.source, row.year, row.flags) == (one.source, one.year, one.flags)
        assert (row.people, row.undrawn, row.zones) == (one.totals["source"], one.totals["undrawn"], len(one.zones))
        assert row.difference_share == pytest.approx(row.people / row.registry - 1)
