"""Which file plays which role."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from geokehila.errors import InputError, StudyError
from geokehila.load import folders
from geokehila.load.roles import Inputs, find
from geokehila.study import Study

DIMONA = Study.of("dimona")


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def search(folder: Path, study: Study = DIMONA) -> Inputs:
    return find(study, folder, folder.parent / "national")


def roles(inputs: Inputs) -> dict[str, list[str]]:
    return {role: [path.name for path in paths] for role, paths in inputs.files.items()}


@pytest.mark.parametrize("name", ["osm.osm", "osm.osm.pbf", "osm.pbf", "osm.osm.gz", "osm.json", "osm.graphml"])
def test_a_role_is_a_stem(tmp_path: Path, name: str) -> None:
    touch(tmp_path / "dimona", name, "census.xlsx", "places_clinic.csv", "study.toml", "README.md", ".DS_Store")
    inputs = search(tmp_path / "dimona")
    assert roles(inputs) == {"census": ["census.xlsx"], "osm": [name], "places_clinic": ["places_clinic.csv"]}
    assert inputs.unread == ()
    assert inputs.must("osm", "").name == name
    assert {key: path.name for key, path in inputs.lists().items()} == {"clinic": "places_clinic.csv"}


@pytest.mark.parametrize("ends", ["shp dbf shx prj cpg shp.xml", "SHP DBF SHX PRJ sbn", "gpkg gpkg-wal gpkg-shm"])
def test_companions_are_part_of_their_file(tmp_path: Path, ends: str) -> None:
    names = [f"statistical_areas.{end}" for end in ends.split()]
    inputs = search(touch(tmp_path / "dimona", *names))
    assert roles(inputs) == {"statistical_areas": names[:1]} and inputs.unread == ()


@pytest.mark.parametrize("beside", ["dem.tif.aux.xml", "dem.tif.ovr", "dem.tif.msk", "dem.tfw", "dem.prj"])
def test_companions_of_a_raster_are_part_of_it(tmp_path: Path, beside: str) -> None:
    for name in ("dem.tif", beside):
        (tmp_path / name).write_text(name)
    inputs = find(Study.of("dimona"), tmp_path, tmp_path / "national")
    assert [path.name for path in inputs.files["dem"]] == ["dem.tif"] and inputs.unread == ()


def test_a_table_alone_is_no_companion(tmp_path: Path) -> None:
    assert roles(search(touch(tmp_path / "dimona", "census.dbf"))) == {"census": ["census.dbf"]}


def test_two_files_for_a_role(tmp_path: Path) -> None:
    folder = touch(tmp_path / "dimona", "osm.pbf", "osm.osm")
    with pytest.raises(InputError, match=r"^osm: two files, osm.osm and osm.pbf: keep one or state it in study.toml$"):
        search(folder)
    stated = search(folder, replace(DIMONA, inputs={"osm": (folder / "osm.pbf",)}))
    assert roles(stated) == {"osm": ["osm.pbf"]} and stated.unread == ("osm.osm",)


def test_all_that_is_wrong_with_the_files_is_told_at_once(tmp_path: Path) -> None:
    folder = touch(tmp_path / "dimona", "osm.osm", "osm.pbf", "shelters.csv", "shelters.xlsx")
    both = "osm: two files, osm.osm and osm.pbf; shelters: two files, shelters.csv and shelters.xlsx: keep one"
    with pytest.raises(InputError, match=both):
        search(folder)
    stated = replace(DIMONA, inputs={"osm": (folder / "a.pbf",), "gtfs": (folder / "b.zip",)})
    with pytest.raises(InputError, match=r"osm: .*a\.pbf; gtfs: .*b\.zip do not exist: mend \[inputs\]"):
        search(folder, stated)


def test_two_lists_for_shelters(tmp_path: Path) -> None:
    inputs = search(touch(tmp_path / "dimona", "shelters.csv", "places_shelter.csv"))
    with pytest.raises(InputError, match=r"^shelter: two lists, shelters and places_shelter: keep one$"):
        inputs.lists()
    (tmp_path / "dimona" / "places_shelter.csv").unlink()
    assert {key: path.name for key, path in search(tmp_path / "dimona").lists().items()} == {"shelter": "shelters.csv"}


def test_a_subfolder_holds_the_parts_of_a_role(tmp_path: Path) -> None:
    names = ["osm/b.json", "osm/a.json", "osm/.hidden", "osm/README.md", "statistical_areas/x.shp",
             "statistical_areas/x.dbf", "statistical_areas/x.cpg", "census/a.xlsx", "census/b.xlsx"]  # fmt: skip
    (touch(tmp_path / "dimona", *names) / "zones").mkdir()
    inputs = search(tmp_path / "dimona")
    assert [path.name for path in inputs.every("osm", "")] == ["a.json", "b.json"]
    assert inputs.must("statistical_areas", "").name == "x.shp"
    with pytest.raises(InputError, match=r"^census: 2 files, the first a.xlsx, where one is read: keep one$"):
        inputs.must("census", "")
    assert inputs.unread == ("zones",)
    stated = search(tmp_path / "dimona", replace(DIMONA, inputs={"osm": (tmp_path / "dimona" / "osm",)}))
    assert roles(stated)["osm"] == ["a.json", "b.json"]


def test_an_unknown_file_is_named(tmp_path: Path) -> None:
    names = ["map.osm", "dizengoff.csv", "osm_old.pbf", "osm.pbf"]
    inputs = search(touch(tmp_path / "dimona", *names))
    assert inputs.unread == ("dizengoff.csv", "map.osm", "osm_old.pbf")
    stated = replace(DIMONA, inputs={"zones": (tmp_path / "dimona" / "dizengoff.csv",)})
    assert search(tmp_path / "dimona", stated).unread == ("map.osm", "osm_old.pbf")


def test_national_serves_where_the_city_has_none(tmp_path: Path) -> None:
    touch(tmp_path / "national", "census.xlsx", "socioeconomic.csv")
    inputs = search(touch(tmp_path / "dimona", "census.csv"))
    assert roles(inputs) == {"census": ["census.csv"], "socioeconomic": ["socioeconomic.csv"]}
    stated = search(tmp_path / "dimona", replace(DIMONA, inputs={"census": (tmp_path / "national" / "census.xlsx",)}))
    assert roles(stated)["census"] == ["census.xlsx"]


def test_areas_named_by_their_edition_are_the_zones_where_no_others_are_given(tmp_path: Path) -> None:
    folder = touch(tmp_path / "dimona", "statistical_areas_2011.geojson")
    assert roles(search(folder)) == {"statistical_areas": ["statistical_areas_2011.geojson"]}
    touch(folder, "statistical_areas_2022.shp")
    assert roles(search(folder)) == {
        "statistical_areas": ["statistical_areas_2022.shp"],
        "statistical_areas_2011": ["statistical_areas_2011.geojson"],
    }  # fmt: skip
    touch(folder, "statistical_areas.gpkg")
    assert roles(search(folder))["statistical_areas"] == ["statistical_areas.gpkg"]


def test_what_a_folder_holds_is_named_where_a_file_is_missing(tmp_path: Path) -> None:
    folder = touch(tmp_path / "dimona", "census.xlsx", "notes.txt")
    with pytest.raises(InputError, match=r"no file osm\.\* in .*, which holds census\.xlsx, notes\.txt: give one$"):
        search(folder).every("osm", "give one")


def test_no_folder_is_no_file(tmp_path: Path) -> None:
    inputs = search(tmp_path / "absent")
    assert inputs.files == {} and inputs.unread == () and inputs.lists() == {}
    with pytest.raises(
        InputError, match=r"^osm: no file osm\.\* in .*absent, which holds no other file: give an extract$"
    ):
        inputs.every("osm", "give an extract")


def test_a_stated_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^osm: .*gone.osm does not exist: mend \[inputs\] in study.toml$"):
        search(tmp_path, replace(DIMONA, inputs={"osm": (tmp_path / "gone.osm",)}))


def test_a_list_of_an_unknown_category_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"places_clinics.csv: 'clinics': did you mean 'clinic'"):
        search(touch(tmp_path / "dimona", "places_clinics.csv"))


def test_fingerprints_cover_what_lies_beside_a_raster(tmp_path: Path) -> None:
    """Its world file and its metadata say where it lies, and in which scale."""
    prints = search(touch(tmp_path / "dimona", "dem.tfw", "dem.tif", "dem.tif.aux.xml")).fingerprints()
    assert sorted(row["file"] for row in prints) == ["dem.tfw", "dem.tif", "dem.tif.aux.xml"]


def test_fingerprints_cover_companions_and_folders(tmp_path: Path) -> None:
    """The hash of a file is of its content; here the content is its name."""
    names = ["census.xlsx", "statistical_areas.dbf", "statistical_areas.shp", "zones.gdb/a", "zones.gdb/b"]
    prints = search(touch(tmp_path / "dimona [2]", *names)).fingerprints()
    assert [(row["file"], row["sha256"]) for row in prints] == [
        (Path(name).name, sha256(name.encode()).hexdigest()) for name in names
    ]


def test_a_study_in_the_data_goes_by_its_folder_whatever_its_name(tmp_path: Path) -> None:
    touch(tmp_path / "old-town", "osm.pbf")
    (tmp_path / "old-town" / "study.toml").write_text('[study]\nname = "Quite Another"\n')
    study = Study.read(tmp_path / "old-town").lying_in(tmp_path)
    assert (study.city.slug, study.city.name["en"]) == ("old-town", "Quite Another")
    assert roles(folders.opened(study, tmp_path)) == {"osm": ["osm.pbf"]}
    assert "folder" not in study.told()["parameters"] and study == replace(study, folder=None)


def test_a_study_elsewhere_finds_the_files_beside_it_where_its_city_has_none(tmp_path: Path) -> None:
    """Of what else lies beside it only that is told which looks like an input."""
    touch(tmp_path / "my", "osm.pbf", "gtfs_2019.zip", "letter.pdf", "maps/x.txt")
    (tmp_path / "my" / "study.toml").write_text('[study]\nname = "Oz"\n')
    study, data = Study.read(tmp_path / "my" / "study.toml"), tmp_path / "raw"
    beside = folders.opened(study.lying_in(data), data)
    assert (beside.folder, roles(beside), beside.unread) == (tmp_path / "my", {"osm": ["osm.pbf"]}, ("gtfs_2019.zip",))
    touch(data / "oz", "osm.osm")
    assert roles(folders.opened(study, data)) == {"osm": ["osm.osm"]}


def test_a_missing_role_names_the_file_that_was_meant_for_it(tmp_path: Path) -> None:
    touch(tmp_path / "national", "statistical_areas_2011_simplified.geojson", "osm_parks.geojson")
    found = search(touch(tmp_path / "dimona", "gtfs.zip"))
    assert [path.name for path in found.aside] == ["osm_parks.geojson", "statistical_areas_2011_simplified.geojson"]
    text = "national/ holds statistical_areas_2011_simplified.geojson: name it statistical_areas_2011.geojson"
    with pytest.raises(InputError, match=text):
        found.must("statistical_areas", "give the layer")
    with pytest.raises(InputError, match="no file osm"):
        found.must("osm", "give a map")


def test_what_is_stated_is_not_astray(tmp_path: Path) -> None:
    touch(tmp_path / "national", "my_areas.gpkg")
    stated = replace(DIMONA, inputs={"statistical_areas": (tmp_path / "national" / "my_areas.gpkg",)})
    assert search(touch(tmp_path / "dimona", "osm.pbf"), stated).aside == ()
