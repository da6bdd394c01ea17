"""Lists as municipalities save them: code pages, sheets and layers, and columns that only the doctor can guess."""

import re
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import ZipFile

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from osm_xml import X, Y, degrees
from shapely import Point, box
from test_municipal import notices, read, rejected, told

from geokehila.doctor import files as doctor
from geokehila.doctor.findings import Finding
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import dwellings, municipal
from geokehila.load.plans import rows as plan_rows
from geokehila.load.roles import Inputs
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study

SPOTS = [Point(X, Y), Point(X + 50, Y), Point(X + 90, Y + 9)]
NAMES = ["גן", "ג/2", "GYM כושר"]


def layer(**columns: Sequence[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns or {"שם": NAMES, "מספר": [1, 2, 3]}, geometry=SPOTS, crs=ISRAEL_TM)


def shapefile(folder: Path, page: str, declared: str | None, rows: gpd.GeoDataFrame | None = None) -> Path:
    """A Shapefile in a code page, and what its companion says of that; None: there is none."""
    path = folder / "places_school.shp"
    pyogrio.write_dataframe(layer() if rows is None else rows, path, encoding=page)
    path.with_suffix(".cpg").unlink()
    if declared is not None:
        path.with_suffix(".cpg").write_text(declared, encoding="ascii")
    return path


# --- code pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "declared", "is_told"),
    [
        ("cp1255", "CP1255", False),
        ("cp1255", "1255", False),
        ("cp1255", "windows-1255", False),
        ("cp1255", None, True),
        ("cp1255", "UTF-8", True),
        ("cp1255", "ANSI 1252", True),
        ("utf-8", "UTF-8", False),
        ("utf-8", None, True),
    ],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_hebrew_of_a_shapefile_is_whole_whatever_its_code_page(
    tmp_path: Path, page: str, declared: str | None, is_told: bool, is_packed: bool
) -> None:
    """GDAL drops the last letter of what is declared as 1255: of a column as of a name."""
    (tmp_path / "in").mkdir()
    path = shapefile(tmp_path / "in", page, declared)
    if is_packed:
        path = Path(shutil.make_archive(str(tmp_path / "places_school"), "zip", tmp_path / "in"))
    found = read(path)
    assert found.places["place_id"].tolist() == ["school:1", "school:2", "school:3"]
    assert [next(filter(None, row)) for row in found.places[["name_he", "name_en"]].to_numpy()] == NAMES
    assert notices(found) == ["text_repaired"] * is_told


def test_a_packed_shapefile_whose_code_page_is_damaged_is_refused(tmp_path: Path) -> None:
    """The header of the .cpg inside the archive is overwritten: what GDAL reads without it, it may read wrongly."""
    (tmp_path / "in").mkdir()
    shapefile(tmp_path / "in", "cp1255", "CP1255")
    path = Path(shutil.make_archive(str(tmp_path / "places_school"), "zip", tmp_path / "in"))
    with ZipFile(path) as archive:
        header = archive.getinfo("places_school.cpg").header_offset
    raw = bytearray(path.read_bytes())
    raw[header : header + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(raw)
    with pytest.raises(InputError, match=r"places_school\.zip: cannot be read as a map layer .*: export it as"):
        read(path)


def test_columns_that_a_shapefile_cuts_amid_a_letter_are_known(tmp_path: Path) -> None:
    """Ten bytes of UTF-8: five letters of "יחידות דיור"; of "שנת אכלוס" three, a blank, one, and half of one."""
    path = shapefile(tmp_path, "utf-8", "UTF-8", layer(a=[240, 100, 7], b=[2032, 2035, 2040], c=NAMES))
    raw = bytearray(path.with_suffix(".dbf").read_bytes())
    for field, name in enumerate(("יחידות דיור", "שנת אכלוס"), 1):  # told in 32 bytes each, the name in the first 11
        raw[32 * field : 32 * field + 11] = name.encode()[:10].ljust(11, b"\0")
    path.with_suffix(".dbf").write_bytes(raw)
    found = dwellings.read(path, ISRAEL_TM, box(X - 100, Y - 100, X + 200, Y + 100)).dwellings
    assert dict(zip(found["dwellings"], found["year"], strict=True)) == {240: 2032, 100: 2035, 7: 2040}


def test_columns_of_a_layer_are_known_in_every_code_page(tmp_path: Path) -> None:
    """Of the layers in a folder that is read which has a column of designations, in Hebrew of code page 1255."""
    shapes = SPOTS[0].buffer(9), SPOTS[1].buffer(9), SPOTS[2].buffer(9)
    cells = gpd.GeoDataFrame({"יעוד": ["מגורים"] * 3}, geometry=[*shapes], crs=ISRAEL_TM)
    for name, rows in (("a", cells.rename(columns={"יעוד": "other"})), ("plans", cells)):
        pyogrio.write_dataframe(rows, tmp_path / f"{name}.shp", encoding="cp1255")
    assert plan_rows.read(tmp_path, ISRAEL_TM, Ledger("plans"))["designation"].tolist() == ["מגורים"] * 3


def test_of_a_table_that_was_misread_short_words_are_mended_too(tmp_path: Path) -> None:
    """The names have one, two and four Hebrew letters; of a sound table a lone é stays."""
    at = [degrees(10 * i, 0) for i in range(3)]
    text = "שם,lon,lat\n" + "".join(f"{name},{lon},{lat}\n" for name, (lon, lat) in zip(NAMES, at, strict=True))
    path = tmp_path / "a.csv"
    path.write_text(text.replace("ג/2", "גנים").encode("cp1255").decode("cp1252"), encoding="utf-8")
    assert read(path).places["name_he"].fillna("").tolist()[:2] == ["גן", "גנים"]
    path.write_text(text.replace("ג/2", "גנים ₪").encode("cp1255").decode("cp1252"), encoding="utf-8")
    assert municipal.rows_of(path, Ledger("a"))[0]["שם"].tolist()[1] == "גנים ₪"
    path.write_text(text.replace("גן", "é"), encoding="utf-8")
    assert "text_repaired" not in notices(read(path))


def test_a_mark_of_order_that_was_encoded_twice_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    text = f"\ufeffשם,lon,lat\nגן הדס,{degrees(0, 0)[0]},{degrees(0, 0)[1]}\n"
    (tmp_path / "a.csv").write_text(text.encode().decode("latin-1"), encoding="utf-8")
    assert municipal.propose(tmp_path / "a.csv").columns["name"] == "שם"
    assert read(tmp_path / "a.csv").places["name_he"].tolist() == ["גן הדס"]


def test_the_doctor_survives_text_of_another_page_than_declared(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "cp1255", "UTF-8")
    found = [*doctor.examine(Study.of("dimona"), Inputs({"places_school": (path,)}, ()))]
    assert [one.subject for one in found] == ["file places_school", "layer", "list places_school"]


# --- sheets and layers -----------------------------------------------------------------------------------------------


def table() -> pd.DataFrame:
    return pd.DataFrame(layer().drop(columns="geometry")).assign(x=[p.x for p in SPOTS], y=[p.y for p in SPOTS])


def test_a_sheet_with_the_same_columns_that_is_not_read_is_told(tmp_path: Path) -> None:
    """A sheet for each quarter; the legend has other columns."""
    path = tmp_path / "a.xlsx"
    with pd.ExcelWriter(path) as book:
        table().iloc[:2].to_excel(book, sheet_name="צפון", index=False)
        table().iloc[2:].to_excel(book, sheet_name="דרום", index=False)
        pd.DataFrame({"סימן": ["א"], "פירוש": ["ב"]}).to_excel(book, sheet_name="מקרא", index=False)
    found = read(path)
    text = "a.xlsx: sheet 'צפון' is read; 'דרום' have the same columns and are not: put all rows into one sheet"
    assert len(found.places) == 2 and told(found)["sheets_not_read"] == text


@pytest.mark.parametrize(("suffix", "driver"), [("gpkg", "GPKG"), ("kml", "LIBKML")])
def test_a_layer_that_is_not_read_is_told(tmp_path: Path, suffix: str, driver: str) -> None:
    """A map that somebody drew on the web has a layer for each folder."""
    path = tmp_path / f"a.{suffix}"
    rows = layer(Name=NAMES).to_crs("EPSG:4326")
    pyogrio.write_dataframe(rows.iloc[:2], path, layer="north", driver=driver)
    pyogrio.write_dataframe(rows.iloc[2:], path, layer="south", append=True, driver=driver)
    found = read(path)
    text = f"a.{suffix}: layer 'north' is read, 'south' not: put all rows into one layer"
    assert len(found.places) == 2 and told(found)["layers_not_read"] == text


# --- what the doctor proposes ----------------------------------------------------------------------------------------

#: Column names that no word tells: name, id, kind, state, east, north.
FOREIGN: Mapping[str, Sequence[str]] = {
    "Hebrew": ("מסגרת", "אסמכתא", "סיווג", "שלב", "מיקום מזרחי", "מיקום צפוני"),
    "English": ("facility", "ref", "kind", "phase", "loc_e", "loc_n"),
    "Arabic": ("المرفق", "مرجع", "صنف", "مرحلة", "الإحداثي السيني", "الإحداثي الصادي"),
}
KINDS = {"Hebrew": ("גן ילדים", "בית ספר"), "English": ("Kindergarten", "School"), "Arabic": ("روضة أطفال", "مدرسة")}
STATES = {"Hebrew": ("קיים", "מתוכנן"), "English": ("built", "planned"), "Arabic": ("قائم", "مخطط")}


def foreign(path: Path, language: str, way: str) -> Path:
    """Three rows: a kindergarten and a school that stand, and a planned one."""
    (there, planned), (kindergarten, school), columns = STATES[language], KINDS[language], FOREIGN[language]
    spots = gpd.GeoSeries(SPOTS, crs=ISRAEL_TM)
    at = spots if way == "metres" else spots.to_crs("EPSG:4326")
    frame = pd.DataFrame(
        {
            columns[0]: ["א", "ב", "ג"],
            columns[1]: ["x7", "x8", "x9"],
            columns[2]: [kindergarten, school, school],
            columns[3]: [there, there, planned],
        }
    )
    if way == "both in one":
        frame[columns[4]] = [f"{y:.6f}, {x:.6f}" for x, y in zip(at.x, at.y, strict=True)]
    else:
        frame = frame.assign(**{columns[5]: at.y.to_numpy(), columns[4]: at.x.to_numpy()})
    frame.to_csv(path, index=False)
    return path


def proposed(study: Study, path: Path) -> Finding:
    (finding,) = (
        one for one in doctor.examine(study, Inputs({"places_school": (path,)}, ())) if one.subject.startswith("list ")
    )
    return finding


def studied(folder: Path, tables: str) -> Study:
    (folder / "study.toml").write_text(f'[study]\nname = "Dimona"\ncode = 2200\n{tables}\n', encoding="utf-8")
    return Study.read(folder / "study.toml")


@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.parametrize("way", ["metres", "degrees", "both in one"])
def test_what_the_doctor_proposes_can_be_pasted_and_makes_the_file_be_read(
    tmp_path: Path, language: str, way: str
) -> None:
    path = foreign(tmp_path / "places_school.csv", language, way)
    with pytest.raises(InputError, match=r"no columns of coordinates among .*`geokehila doctor` tells which"):
        municipal.read_all({"school": path}, studied(tmp_path, ""))
    finding = proposed(studied(tmp_path, ""), path)
    assert finding.state == "look" and finding.found.startswith("places_school.csv: no word tells its columns of coord")
    pasted = finding.next.partition("\n")[2]
    (found,) = municipal.read_all({"school": path}, studied(tmp_path, pasted))
    assert len(found.places) == 3 and rejected(found) == {}
    assert found.places.geometry.distance(gpd.GeoSeries(SPOTS, crs=ISRAEL_TM)).max() < 0.2
    assert proposed(studied(tmp_path, pasted), path).state == "ok"


@pytest.mark.parametrize("language", FOREIGN)
def test_it_states_the_kinds_and_its_comments_hold_the_rows_that_stand(tmp_path: Path, language: str) -> None:
    path = foreign(tmp_path / "places_school.csv", language, "metres")
    text = proposed(studied(tmp_path, ""), path).next.partition("\n")[2]
    name = FOREIGN[language][0]
    assert f'"{name}"' in re.findall("# with name = .*", text)[0]
    with_all = text.replace("# where", "where").replace("columns = { ", f'columns = {{ name = "{name}", ')
    assert tomllib.loads(with_all)["lists"]["places_school"]["where"] == {FOREIGN[language][3]: [STATES[language][0]]}
    (found,) = municipal.read_all({"school": path}, studied(tmp_path, with_all))
    assert found.places["categories"].tolist() == [("kindergarten",), ("school",)]
    assert found.places["name_he"].tolist() == ["א", "ב"] and notices(found) == []


def test_numbers_that_lie_nowhere_in_israel_are_no_coordinates(tmp_path: Path) -> None:
    """Years, floors and prices; and a place of which half of the rows tell nothing."""
    (tmp_path / "a.csv").write_text("year,floor,price\n2019,31,150000\n2020,3,600000\n2021,30,250000\n", "utf-8")
    (tmp_path / "b.csv").write_text("c,a,b\n1,34.8,31.2\n2,34.9,31.3\n3,,\n4,,\n", "utf-8")
    for name in ("a.csv", "b.csv"):
        with pytest.raises(InputError, match="no columns of coordinates among"):
            municipal.propose(tmp_path / name)


def test_a_column_about_persons_is_never_proposed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"איש קשר,נייד,e,n\nפלוני,{X},{X},{Y}\nאלמוני,{X + 9},{X + 9},{Y}\n", "utf-8")
    text = municipal.propose(tmp_path / "a.csv").as_toml("places_school")
    assert 'columns = { x = "e", y = "n" }' in text and "קשר" not in text and "נייד" not in text
