"""A study.toml to begin with: it changes nothing, names every option, and is never lost."""

import re
import subprocess
import sys
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest

from geokehila.begin import begin
from geokehila.catalogue import Catalogue, Category, City, Domain, Profile, Sector, Standard, cities
from geokehila.catalogue.areas import ZONE_KINDS, AlertChoice, AssumedPopulation, ZoneChoice, ZoningChoice
from geokehila.catalogue.lists import ListChoice
from geokehila.catalogue.programme import ProgrammeStandard
from geokehila.errors import InputError, RunError, StudyError
from geokehila.names import LANGUAGES
from geokehila.study import POPULATION_SOURCES, ROLES, TABLES, Study


def all_options(path: Path) -> str:
    """The file with every option taken up."""
    return re.sub(r"^#(?! )", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("slug", sorted(cities()))
def test_as_it_is_written_it_gives_every_default(slug: str, tmp_path: Path) -> None:
    assert Study.read(begin(slug, tmp_path).path) == Study.of(slug)


def test_a_city_is_known_by_its_name_in_any_language(tmp_path: Path) -> None:
    assert {begin(name, tmp_path / name).slug for name in ("beer-sheva", "באר שבע", "Беэр-Шева")} == {"beer-sheva"}


def test_an_unknown_name_gives_a_study_without_a_code(tmp_path: Path) -> None:
    begun = begin('New "Town"', tmp_path / "נתונים של העיר")
    assert begun.path == tmp_path / "נתונים של העיר" / "new-town" / "study.toml"
    assert Study.read(begun.path) == Study(city=City("new-town", 0, dict.fromkeys(LANGUAGES, 'New "Town"')))
    assert "#code = 0" in begun.path.read_text(encoding="utf-8")


def test_a_slip_of_the_pen_is_told(tmp_path: Path) -> None:
    assert begin("dimonna", tmp_path).nearest == ("dimona",)
    assert begin("Atlantis", tmp_path).nearest == ()


def test_a_name_without_latin_letters_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="write it in Latin letters"):
        begin("עיר חדשה", tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_every_option_taken_up_still_gives_the_defaults(tmp_path: Path) -> None:
    """What has no default is an example: files, who counts, an assumed population, columns of a list."""
    path = begin("dimona", tmp_path).path
    path.write_text(all_options(path), encoding="utf-8")
    read, default = Study.read(path), Study.of("dimona")
    assert (read.city, read.crs, read.fictional, read.zones) == (default.city, default.crs, False, default.zones)
    assert read.zonings == default.zonings
    assert {role: paths[0].stem.partition(".")[0] for role, paths in read.inputs.items()} == {
        role: role for role in (*ROLES, "places_clinic")
    } | {"previous": "run"}
    assert replace(read.lists["shelter"], columns={}) == ListChoice()
    mine, shipped = read.catalogue, default.catalogue
    assert {k: c.cutoff_min for k, c in mine.categories.items()} == {
        k: c.cutoff_min for k, c in shipped.categories.items()
    }
    own = {"cutoff_source": shipped.categories["clinic"].cutoff_source}
    assert replace(mine.categories["clinic"], **own) == shipped.categories["clinic"]
    assert (mine.domains, mine.profiles, mine.standards) == (shipped.domains, shipped.profiles, shipped.standards)
    assert mine.sectors == shipped.sectors


def test_every_option_there_is_stands_in_it(tmp_path: Path) -> None:
    path = begin("dimona", tmp_path).path
    tables = tomllib.loads(all_options(path))
    assert tables.keys() == {*TABLES}
    assert tables["study"].keys() == {
        "name",
        "code",
        "crs",
        "language",
        "fictional",
        *(f"name_{key}" for key in LANGUAGES),
    }
    assert tables["inputs"].keys() == {*ROLES, "places_clinic", "population"}
    assert tables["cutoff_min"].keys() == {"default", *Catalogue.read().categories}
    shown = {
        ListChoice: tables["lists"]["shelters"],
        ZoneChoice: tables["zones"],
        ZoningChoice: tables["zonings"],
        AlertChoice: tables["alerts"],
        AssumedPopulation: tables["population"],
        ProgrammeStandard: tables["programme"]["kindergarten"],
        Domain: tables["domains"]["health"],
        Category: tables["categories"]["clinic"],
        Sector: tables["sectors"]["muslim"],
        Profile: tables["profiles"]["adult"],
        Standard: tables["standards"]["snap_cap"],
    }
    for kind, table in shown.items():
        assert table.keys() == {field.name for field in fields(kind)} - {"key"}
    text = path.read_text(encoding="utf-8")
    assert all(word in text for word in (*POPULATION_SOURCES, *ZONE_KINDS, "complete", "replace", "veto"))


def test_the_files_at_hand_are_named(tmp_path: Path) -> None:
    for name in ("dimona/osm.osm.pbf", "dimona/רשימה.csv", "national/census.xlsx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    text = begin("dimona", tmp_path).path.read_text(encoding="utf-8")
    assert "census (census.xlsx); osm (osm.osm.pbf); without a role: רשימה.csv." in text
    (tmp_path / "dimona" / "osm.osm").touch()
    path = begin("dimona", tmp_path, force=True).path
    assert "# At the writing of this file: osm: two files, osm.osm and osm.osm.pbf" in path.read_text(encoding="utf-8")
    assert Study.read(path) == Study.of("dimona")


def test_a_study_that_is_there_is_not_lost(tmp_path: Path) -> None:
    path = begin("dimona", tmp_path).path
    path.write_text("[study]\nname = 'mine'\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"study\.toml: is there already: edit it, or write it anew with --force"):
        begin("dimona", tmp_path)
    assert "mine" in path.read_text(encoding="utf-8")
    assert Study.read(begin("dimona", tmp_path, force=True).path) == Study.of("dimona")


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match=r"dimona: cannot be written \(.*\): free space, .*, or name another --data"):
        begin("dimona", tmp_path / "file")


def test_the_command_says_what_comes_next(tmp_path: Path) -> None:
    def init(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "geokehila_cli", "init", *words]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=tmp_path)

    done = init("דימונה")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("study:   ") and lines[0].endswith("study.toml (Dimona, CBS code 2200)")
    assert [line for line in lines if line.startswith(("found:", "needed:", "helps:", "next:"))] == [
        "needed:  osm.osm.pbf (the map of OpenStreetMap: streets, buildings, places)",
        "helps:   census.xlsx (who lives in each area: the bureau's census of 2022)",
        f"next:    geokehila fetch dimona, or put the files into {Path('data/raw/dimona')}; then",
    ]
    assert any("statistical_areas.*" in line for line in lines) and any("gtfs.zip" in line for line in lines)
    assert lines[-1].strip() == "geokehila doctor dimona"
    again = init("dimona")
    assert (again.returncode, again.stdout) == (3, "")
    assert "is there already" in again.stderr
    elsewhere = init("arad", "--data", "my inputs").stdout.splitlines()
    assert "geokehila fetch arad --data 'my inputs', or" in elsewhere[-2]
    assert elsewhere[-1].strip() == "geokehila doctor arad --data 'my inputs'"
    slip = init("dimonna")
    assert "did you mean `geokehila init dimona`?" in slip.stderr and "without a CBS code" in slip.stdout


def test_what_is_there_is_found_and_what_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    for name in (
        "national/statistical_areas.gpkg",
        "national/census.xlsx",
        "arad/osm.pbf",
        "afula/osm.pbf",
        "afula/osm.osm",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    arad = begin("Arad", tmp_path)
    assert {*arad.found} == {"statistical_areas", "census", "osm"} and not any(one.is_needed for one in arad.absent)
    assert [one.file for one in arad.absent] == ["shelters.*", "gtfs.zip", "dem.tif"]
    assert "code = 2560  # CBS; Negev, " in arad.path.read_text(encoding="utf-8")
    assert begin("afula", tmp_path).fault.startswith("osm: two files")
