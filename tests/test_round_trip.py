"""The inventory there and back, by Excel and by QGIS: edits come back, and an untouched file changes nothing."""

import json
import shutil
import sqlite3
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import osm_xml as osm
import pandas as pd
import pyogrio
import pytest
import shapely
from openpyxl.worksheet.worksheet import Worksheet
from shapely import Point

from geokehila import pipeline, summary
from geokehila.corrections import GONE, NOTHING_NEW
from geokehila.gathered import Gathered, gather
from geokehila.inventory import taken
from geokehila.journal import Journal
from geokehila.load.roles import find
from geokehila.schema import ISRAEL_TM, WGS84

#: [m] East and north of the corner of the town.
CLINIC, SHOP = (200.0, 110.0), (420.0, 110.0)
NEW = osm.degrees(300, 120)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town of two streets with homes, a clinic, a shop, a school's grounds and three shelters; its inventory."""
    raw = tmp_path_factory.mktemp("there") / "raw"
    folder = raw / "town"
    folder.mkdir(parents=True)
    corners = [osm.degrees(x, y) for x, y in ((0, 0), (600, 0), (600, 600), (0, 600), (0, 0))]
    (w, s), (e, n) = osm.degrees(-10, -10), osm.degrees(610, 610)
    nodes = [osm.node(i, x, y) for i, (x, y) in enumerate([(0, 100), (580, 100), (300, 100), (300, 580)], 1)]
    rings = [osm.square(100 * i, 100 * i, 115, 15) for i in range(1, 5)]
    yard = osm.square(900, 310, 300, 80)
    parts = [
        *nodes,
        *(corner for corner, _ in rings),
        yard[0],
        osm.node(50, *CLINIC, "amenity=clinic name=מרפאת+הדר", timestamp="2024-05-01T00:00:00Z"),
        osm.node(51, *SHOP, "shop=supermarket name=סופר name:ar=سوبر", timestamp="2023-01-31T00:00:00Z"),
        osm.way(1, [1, 3, 2], "highway=residential"),
        osm.way(2, [3, 4], "highway=footway"),
        *(osm.way(10 + i, ring, "building=apartments building:levels=2") for i, (_, ring) in enumerate(rings)),
        osm.way(20, yard[1], "amenity=school name=אלון"),
    ]
    head = f'<bounds minlat="{s}" minlon="{w}" maxlat="{n}" maxlon="{e}"/>'
    osm.write(folder / "osm.osm", *parts, head=head)
    zone = {"type": "Feature", "properties": {"id": "a", "population": 100}}
    zone["geometry"] = {"type": "Polygon", "coordinates": [corners]}
    (folder / "zones.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [zone]}), "utf-8")
    (folder / "study.toml").write_text('[study]\nname = "Town"\n[zones]\nkind = "polygons"\n', "utf-8")
    spots = [osm.degrees(x, 90) for x in (150, 300, 450)]
    listed = [f"{number},מקלט {number},{lon},{lat}" for number, (lon, lat) in enumerate(spots, 7)]
    (folder / "shelters.csv").write_text("\n".join(["id,name,lon,lat", *listed]), "utf-8")
    for suffix in ("xlsx", "csv", "gpkg", "geojson"):
        pipeline.inventory("town", raw, raw.parent / f"inventory.{suffix}")
    return raw.parent


@pytest.fixture
def raw(exported: Path, tmp_path: Path) -> Path:
    """The folder of the town's data, for a test to lay corrections in."""
    shutil.copytree(exported / "raw", tmp_path / "raw")
    return tmp_path / "raw"


def found(raw: Path) -> Gathered:
    study = pipeline.choose("town", raw)
    return gather(study, find(study, raw / "town", raw / "national"), lambda stage: None)


@pytest.fixture(scope="module")
def before(exported: Path) -> Gathered:
    return found(exported / "raw")


def tables(made: Gathered) -> dict[str, pd.DataFrame]:
    places = made.places
    kept = {"places": places.places, "categories": places.categories, "sectors": places.sectors, "gates": places.gates}
    return {name: pd.DataFrame(table) for name, table in kept.items()}


def same(one: Gathered, other: Gathered, without: str = "") -> None:
    """Every table of places is equal, but for the rows of one place."""
    for (name, table), wanted in zip(tables(one).items(), tables(other).values(), strict=True):
        rows, others = (t[t["place_id"] != without].reset_index(drop=True) for t in (table, wanted))
        pd.testing.assert_frame_equal(rows, others, obj=name)


def books(made: Gathered) -> tuple[dict[str, Any], list[str]]:
    """What became of the rows of the corrections, and the notices of it."""
    (ledger,) = (one for one in made.ledgers if one.source.startswith("corrections."))
    return ledger.counts()["correction"], [notice.name for notice in ledger.notices]


def place(made: Gathered, place_id: str) -> pd.Series:
    return made.places.with_categories().set_index("place_id").loc[place_id]


# --- Excel -----------------------------------------------------------------------------------------------------------


def excel(exported: Path, raw: Path, change: Callable[[Worksheet], None]) -> Gathered:
    """Open the workbook, change its sheet, save it whole as the corrections."""
    book = openpyxl.load_workbook(exported / "inventory.xlsx")
    change(book["inventory"])
    book.save(raw / "town" / "corrections.xlsx")
    return found(raw)


def head(sheet: Worksheet) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[1]}


def row_of(sheet: Worksheet, place_id: str) -> int:
    column = head(sheet)["place_id"]
    return next(n for n in range(2, sheet.max_row + 1) if sheet.cell(n, column).value == place_id)


def put(sheet: Worksheet, row: int, **cells: object) -> None:
    for name, value in cells.items():
        sheet.cell(row, head(sheet)[name]).value = value


# --- QGIS ------------------------------------------------------------------------------------------------------------


def blob(lon: float, lat: float) -> bytes:
    """A point as GeoPackage stores it: a header of eight bytes without a box, and its WKB."""
    return b"GP" + struct.pack("<BBi", 0, 1, 4326) + shapely.to_wkb(Point(lon, lat))


def at(value: bytes) -> shapely.Geometry:
    return shapely.from_wkb(value[8:])


@contextmanager
def geopackage(path: Path) -> Iterator[sqlite3.Connection]:
    """The file opened for edits in place, as QGIS has it; its triggers ask for functions of shapes."""
    with closing(sqlite3.connect(path)) as base:
        base.create_function("ST_IsEmpty", 1, lambda value: value is None or at(value).is_empty)
        for i, name in enumerate(("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")):
            base.create_function(name, 1, lambda value, i=i: at(value).bounds[i])
        yield base
        base.commit()


def qgis(exported: Path, raw: Path, change: Callable[[sqlite3.Connection], None]) -> Gathered:
    """Change the layer in place, and save the edits."""
    path = shutil.copy(exported / "inventory.gpkg", raw / "town" / "corrections.gpkg")
    with geopackage(path) as base:
        change(base)
    return found(raw)


# --- nobody edited ---------------------------------------------------------------------------------------------------


def as_it_is(path: Path, to: Path) -> None:
    shutil.copy(path, to)


def saved_by_excel(path: Path, to: Path) -> None:
    openpyxl.load_workbook(path).save(to)


def saved_by_a_gis(crs: str) -> Callable[[Path, Path], None]:
    return lambda path, to: pyogrio.write_dataframe(pyogrio.read_dataframe(path).to_crs(crs), to)


@pytest.mark.parametrize(
    ("suffix", "to", "way"),
    [
        *((suffix, suffix, as_it_is) for suffix in ("xlsx", "csv", "gpkg", "geojson")),
        ("xlsx", "xlsx", saved_by_excel),
        ("gpkg", "gpkg", saved_by_a_gis(ISRAEL_TM)),
        ("gpkg", "geojson", saved_by_a_gis(WGS84)),
        ("gpkg", "shp", saved_by_a_gis(WGS84)),
    ],
)
def test_an_untouched_inventory_leaves_no_trace(
    exported: Path, raw: Path, before: Gathered, suffix: str, to: str, way: Callable[[Path, Path], None]
) -> None:
    way(exported / f"inventory.{suffix}", raw / "town" / f"corrections.{to}")
    made = found(raw)
    same(made, before)
    assert books(made) == ({"read": 6, "used": 0, "rejected": {NOTHING_NEW: 6}}, [])


def computed(raw: Path) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Every table of a run, and what run.json says of it."""
    study = pipeline.choose("town", raw)
    inputs = find(study, raw / "town", raw / "national")
    results = pipeline.compute(study, inputs, Journal(lambda stage: None))
    return results.tables(), summary.record(results, pipeline.id_of(study, inputs))


def test_a_run_with_it_is_the_run_without_but_for_the_name_of_the_file(exported: Path, raw: Path) -> None:
    """Every table, and what run.json says but for the input where it is named, its books, and the id of its hash."""
    without, said_without = computed(raw)
    shutil.copy(exported / "inventory.xlsx", raw / "town" / "corrections.xlsx")
    with_it, said = computed(raw)
    assert without.keys() == with_it.keys() and {"gaps", "hubs", "places", "zone_scores"} <= without.keys()
    for name, table in without.items():
        found = with_it[name]
        if name == "rejected":
            assert found.loc[found["source"] == "corrections.xlsx", "reason"].tolist() == [NOTHING_NEW] * 6
            found = found[found["source"] != "corrections.xlsx"]
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(found), obj=name)
    apart = {key for key in said if said[key] != said_without[key]}
    assert apart == {"inputs", "ledgers", "line", "run_id"}
    added = [ledger["source"] for ledger in said["ledgers"] if ledger not in said_without["ledgers"]]
    assert added == ["corrections.xlsx"]


# --- edits, and nothing else -----------------------------------------------------------------------------------------

MOVED = osm.degrees(230, 130)
#: By place: what is typed, and what the place then is.
EDITS: Mapping[str, tuple[dict[str, object], dict[str, object]]] = {
    "n50": ({"name_he": "מרפאת הדס", "name_ar": "عيادة الآس"}, {"name_he": "מרפאת הדס", "name_ar": "عيادة الآس"}),
    "n51": ({"categories": "בית מרקחת; eating"}, {"categories": ("eating", "pharmacy")}),
    "shelter:7": ({"date": "2026-03"}, {"date": "2026-03"}),
    "shelter:8": ({"keep": "no"}, {}),
    "w20": ({"lon": MOVED[0], "lat": MOVED[1]}, {"geometry": (230, 130)}),
}
ADDED = {"categories": "library", "name_he": "ספרייה"}


def by_excel(sheet: Worksheet) -> None:
    for place_id, (typed, _) in EDITS.items():
        put(sheet, row_of(sheet, place_id), **typed)
    put(sheet, sheet.max_row + 1, **ADDED, lon=NEW[0], lat=NEW[1])


def by_qgis(base: sqlite3.Connection) -> None:
    """Points are moved on the map; of a new one what is not typed is NULL, its columns of coordinates among that."""
    for place_id, (typed, _) in EDITS.items():
        for column, value in ({"geom": blob(*MOVED)} if "lon" in typed else typed).items():
            base.execute(f"UPDATE inventory SET {column} = ? WHERE place_id = ?", (value, place_id))
    base.execute("INSERT INTO inventory (geom, categories, name_he) VALUES (?, ?, ?)", (blob(*NEW), *ADDED.values()))


@pytest.mark.parametrize("program", ["Excel", "QGIS"])
def test_what_is_moved_renamed_closed_added_or_of_another_category_comes_back(
    exported: Path, raw: Path, before: Gathered, program: str
) -> None:
    made = excel(exported, raw, by_excel) if program == "Excel" else qgis(exported, raw, by_qgis)
    file = "corrections.xlsx" if program == "Excel" else "corrections.gpkg"
    was, now = (one.places.with_categories().set_index("place_id") for one in (before, made))
    assert {*now.index} == {*was.index} - {"shelter:8"} | {"corrections:1"}
    for place_id, row in was.drop(index="shelter:8").iterrows():
        changes = dict(EDITS.get(str(place_id), ({}, {}))[1])
        if changes:
            changes["source"] = f"{row['source']}; {file}"
        if spot := changes.pop("geometry", None):
            east, north = spot
            assert now.at[place_id, "geometry"].distance(Point(osm.X + east, osm.Y + north)) < 0.02
            row["geometry"] = now.at[place_id, "geometry"]
        pd.testing.assert_series_equal(now.loc[place_id], pd.Series({**row, **changes}), check_names=False)
    new = now.loc["corrections:1"]
    assert new[["name_he", "categories", "source"]].tolist() == ["ספרייה", ("library",), file]
    assert new["geometry"].distance(Point(osm.X + 300, osm.Y + 120)) < 0.02
    assert books(made) == ({"read": 7, "used": 6, "rejected": {NOTHING_NEW: 1}}, [])
    (told,) = (said for ledger in made.ledgers if (said := taken(ledger.counts())))
    assert told == "7 rows, 6 edited: 1 removed, 1 moved, 1 renamed, 1 of another kind, 1 redated, 1 new"


# --- what Excel and people do ----------------------------------------------------------------------------------------


def test_sorted_rows_reordered_and_added_columns_and_a_filter_change_nothing(
    exported: Path, raw: Path, before: Gathered
) -> None:
    """The filter hides every row but one: whoever edits that one does not close the others."""

    def change(sheet: Worksheet) -> None:
        cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
        names, *rows = [[row[-1], "checked", *row[:-1]] for row in cells]
        names[1] = "נבדק"
        for number, row in enumerate([names, *rows[::-1]], 1):
            for column, value in enumerate(row, 1):
                sheet.cell(number, column).value = value
        for number in range(2, sheet.max_row + 1):
            sheet.row_dimensions[number].hidden = sheet.cell(number, head(sheet)["place_id"]).value != "n50"
        put(sheet, row_of(sheet, "n50"), name_he="מרפאת הדס")

    made = excel(exported, raw, change)
    same(made, before, without="n50")
    assert place(made, "n50")["name_he"] == "מרפאת הדס"
    assert books(made) == ({"read": 6, "used": 1, "rejected": {NOTHING_NEW: 5}}, [])


def test_numbers_as_text_and_dates_as_excel_has_them(exported: Path, raw: Path, before: Gathered) -> None:
    """Coordinates typed as text are the same ones; 31 May 2024 is day 45,443 of Excel, in a cell marked as text too."""

    def change(sheet: Worksheet) -> None:
        for number in range(2, sheet.max_row + 1):
            for name in ("lon", "lat"):
                put(sheet, number, **{name: str(sheet.cell(number, head(sheet)[name]).value)})
        put(sheet, row_of(sheet, "n50"), date=datetime(2024, 5, 31))
        put(sheet, row_of(sheet, "n51"), date=45443)
        put(sheet, row_of(sheet, "shelter:7"), date="45443")
        put(sheet, row_of(sheet, "shelter:8"), date=2025)

    made = excel(exported, raw, change)
    dates = {key: place(made, key)["date"] for key in ("n50", "n51", "shelter:7", "shelter:8")}
    assert dates == {"n50": "2024-05-31", "n51": "2024-05-31", "shelter:7": "2024-05-31", "shelter:8": "2025"}
    assert made.places.places.geometry.equals(before.places.places.geometry)
    assert books(made) == ({"read": 6, "used": 4, "rejected": {NOTHING_NEW: 2}}, [])


def test_a_row_that_is_copied_is_told_and_one_that_vanished_leaves_its_place(
    exported: Path, raw: Path, before: Gathered
) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.delete_rows(row_of(sheet, "n51"))
        copied = [cell.value for cell in sheet[row_of(sheet, "n50")]]
        sheet.append(copied)
        put(sheet, sheet.max_row, name_he="העתק")

    made = excel(exported, raw, change)
    same(made, before)
    assert books(made) == (
        {"read": 6, "used": 0, "rejected": {NOTHING_NEW: 5, "id repeats": 1}},
        ["corrections_repeat"],
    )


def test_of_places_that_are_no_more_only_edited_rows_are_told(exported: Path, raw: Path) -> None:
    """The map lost a clinic that nobody edited and a shop whose name somebody mended."""
    path = raw / "town" / "osm.osm"
    text = path.read_text("utf-8")
    path.write_text(text.replace('amenity" v="clinic', 'amenity" v="bench').replace("supermarket", "vacant"), "utf-8")
    made = excel(exported, raw, lambda sheet: put(sheet, row_of(sheet, "n51"), name_he="סופר הדר"))
    counts, notices = books(made)
    assert counts["rejected"] == {"no such place now": 1, GONE: 1, NOTHING_NEW: 4}
    assert notices == ["corrections_unmatched"]
    (ledger,) = (one for one in made.ledgers if one.source == "corrections.xlsx")
    assert ledger.notices[0].text.startswith("1 of 6 rows, in the file row 3,")


# --- what QGIS does --------------------------------------------------------------------------------------------------


def test_the_inventory_is_found_among_other_layers(exported: Path, raw: Path, before: Gathered) -> None:
    path = raw / "town" / "corrections.gpkg"
    pyogrio.write_dataframe(gpd.GeoDataFrame({"text": ["a"]}, geometry=[Point(34.8, 31.2)], crs=WGS84), path, layer="a")
    pyogrio.write_dataframe(pyogrio.read_dataframe(exported / "inventory.gpkg"), path, layer="b", append=True)
    made = found(raw)
    same(made, before)
    assert books(made)[0]["rejected"] == {NOTHING_NEW: 6}


def test_edits_of_a_file_that_is_open_in_qgis_are_read_and_give_another_run(exported: Path, raw: Path) -> None:
    """Until QGIS closes the layer its edits stand in a journal beside the file."""
    path = shutil.copy(exported / "inventory.gpkg", raw / "town" / "corrections.gpkg")
    study = pipeline.choose("town", raw)
    with geopackage(path) as base:
        base.execute("PRAGMA journal_mode = WAL")
        first, held = pipeline.id_of(study, find(study, raw / "town", raw / "national")), path.read_bytes()
        base.execute("UPDATE inventory SET name_he = 'מרפאת הדס' WHERE place_id = 'n50'")
        base.commit()
        assert path.read_bytes() == held and Path(f"{path}-wal").stat().st_size > 0
        assert place(found(raw), "n50")["name_he"] == "מרפאת הדס"
        assert pipeline.id_of(study, find(study, raw / "town", raw / "national")) != first


def test_points_made_multipoints_and_a_column_more(exported: Path, raw: Path, before: Gathered) -> None:
    layer = pyogrio.read_dataframe(exported / "inventory.gpkg").assign(checked_on="x")
    pyogrio.write_dataframe(layer, raw / "town" / "corrections.gpkg", promote_to_multi=True)
    made = found(raw)
    same(made, before)
    assert books(made) == ({"read": 6, "used": 0, "rejected": {NOTHING_NEW: 6}}, [])
