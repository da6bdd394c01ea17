"""What a file from outside may not do: run code, lead elsewhere, unpack without end, or choose a path."""

import ast
import bz2
import gzip
import json
import re
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import rasterio
import seed_files
from osm_xml import X, Y
from seed_files import load_graph, load_osm, load_places, load_zones
from shapely import box

from geokehila import reference
from geokehila.batch.order import named
from geokehila.catalogue import Catalogue
from geokehila.errors import GeoKehilaError, InputError
from geokehila.fetch import sources
from geokehila.fetch.clients import CLIENTS
from geokehila.ledger import Ledger
from geokehila.load import alerts, sheets, stops, terrain
from geokehila.load.municipal import corrections
from geokehila.load.osm import edited
from geokehila.load.timetable import feed
from geokehila.load.vector import read_layer
from geokehila.scenario import edits
from geokehila.schema import ISRAEL_TM, WGS84
from geokehila.store import kept
from geokehila.study import Study, slug

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted([*(ROOT / "geokehila").rglob("*.py"), *(ROOT / "cli").rglob("*.py")])
#: Modules that make code or objects of bytes, or ask a shell; and calls that do.
RUNS_CODE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "jsonpickle", "yaml", "code"}
CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "read_pickle", "to_pickle", "getstatusoutput"}


# --- the package itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_makes_code_of_data(path: Path) -> None:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            found += [name for name in names if name.partition(".")[0] in RUNS_CODE]
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in CALLS:
                found.append(called.id)
            if isinstance(called, ast.Attribute) and called.attr in CALLS - {"compile", "eval", "exec"}:
                found.append(called.attr)
            shells = [k for k in node.keywords if k.arg in ("shell", "allow_pickle")]
            found += [k.arg for k in shells if not (isinstance(k.value, ast.Constant) and k.value.value is False)]
    assert not found


def test_every_promise_names_a_test_that_is_there() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = {*re.findall(r"`(?:tests/)?(test_\w+)(?:\.py)?`", text)}
    tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py")]
    there = {name for source in tests for name in re.findall(r"^def (test_\w+)", source, re.MULTILINE)}
    assert len(named) > 15 and named <= there | {path.stem for path in (ROOT / "tests").glob("test_*.py")}


# --- names from outside ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/x", "a\0b", "C:\\CON", "..", "Beer/Sheva", "\u202eabc"])
def test_the_folder_of_a_city_is_one_plain_name(name: str) -> None:
    try:
        made = slug(name)
    except GeoKehilaError:
        return
    assert made.replace("-", "").isalnum() and made.isascii() and Path(made).name == made


@pytest.mark.parametrize("told", ["../../elsewhere", "/etc", "", "a/b", "..", "a\nb", "x" * 500])
def test_the_newest_run_lies_beside_its_mark(tmp_path: Path, told: str) -> None:
    (tmp_path / "latest").write_text(told, encoding="utf-8")
    with pytest.raises(InputError, match=r"latest: names no run: delete it"):
        kept.named(tmp_path / "latest")


@pytest.mark.parametrize(
    "told", ["", "[]", "{}", "[" * 100_000, "9" * 5_000, '{"run_id": "../x"}', '{"city": {"slug": "../x", "code": 1}}']
)
def test_a_record_that_no_run_wrote_is_one_line(tmp_path: Path, told: str) -> None:
    whole = {"run_id": "0123456789", "version": "1", "dates": {}, "city": {"slug": "dimona", "code": 2200}}
    (tmp_path / "run.json").write_text(json.dumps(whole), encoding="utf-8")
    assert kept.record(tmp_path) == whole
    said = json.dumps({**whole, **json.loads(told)}) if told.startswith('{"') else told
    (tmp_path / "run.json").write_text(said, encoding="utf-8")
    with pytest.raises(InputError, match=r"is not what a run writes of itself: name"):
        kept.record(tmp_path)


# --- a layer that leads elsewhere ------------------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and what it was asked."""
    questions: list[str] = []
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            questions.append(self.path)
            self.send_response(404)
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", questions
    server.shutdown()
    server.server_close()
    thread.join()


VRT = '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
RASTER = (
    '<VRTDataset rasterXSize="9" rasterYSize="9"><VRTRasterBand dataType="Float32" band="1"><SimpleSource>'
    "<SourceFilename>{}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
)


@pytest.mark.parametrize("name", ["a.geojson", "a.json", "a.gpkg", "a.shp", "a.kml", "a.fgb", "a.zip", "a.vrt", "a"])
@pytest.mark.parametrize("text", [VRT, "<!-- <kml --> " + VRT, '{{"type": "gdal_streamed_alg", "command_line": "{}"}}'])
def test_a_list_of_other_files_is_no_layer(tmp_path: Path, asked: tuple[str, list[str]], name: str, text: str) -> None:
    address, questions = asked
    for source in (f"/vsicurl/{address}/a.geojson", str(seed_files.zones(tmp_path / "zones.geojson"))):
        (tmp_path / name).write_text(text.format(source), encoding="utf-8")
        with pytest.raises(InputError, match=r"^a\S* cannot be read as a map layer .*: export it as"):
            read_layer(tmp_path / name, WGS84, Ledger(name))
        (tmp_path / "zones.geojson").unlink(missing_ok=True)
    assert not questions


def test_an_address_is_no_layer(asked: tuple[str, list[str]]) -> None:
    address, questions = asked
    for path in (f"/vsicurl/{address}/a.geojson", f"{address}/a.geojson", f"WFS:{address}", f"GeoJSON:{address}/a"):
        with pytest.raises(InputError, match="no such file"):
            read_layer(Path(path), WGS84, Ledger("a"))
    assert not questions


def test_a_crs_that_is_an_address_is_not_fetched(tmp_path: Path, asked: tuple[str, list[str]]) -> None:
    address, questions = asked
    path = seed_files.places_layer(tmp_path / "places.geojson")
    layer = json.loads(path.read_text(encoding="utf-8"))
    layer["crs"] = {"type": "link", "properties": {"href": f"{address}/crs", "type": "proj4"}}
    path.write_text(json.dumps(layer), encoding="utf-8")
    load_places(path)
    assert not questions


def test_a_tile_that_is_a_list_of_others_is_none(tmp_path: Path, asked: tuple[str, list[str]]) -> None:
    address, questions = asked
    path = tmp_path / "dem.tif"
    path.write_text(RASTER.format(f"/vsicurl/{address}/a.tif"), encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as a GeoTIFF"):
        terrain.read([path], ISRAEL_TM, (X, Y, X + 300, Y + 300))
    assert not questions


def test_the_mask_beside_a_tile_leads_nowhere(tmp_path: Path, asked: tuple[str, list[str]]) -> None:
    address, questions = asked
    path = tmp_path / "dem.tif"
    place = rasterio.Affine(30, 0, X - 300, 0, -30, Y + 600)
    profile = {"driver": "GTiff", "count": 1, "height": 30, "width": 30, "dtype": "int16", "crs": ISRAEL_TM}
    with rasterio.open(path, "w", transform=place, **profile):
        pass
    (tmp_path / "dem.tif.msk").write_text(RASTER.format(f"/vsicurl/{address}/a.tif"), encoding="utf-8")
    terrain.read([path], ISRAEL_TM, (X, Y, X + 300, Y + 200))
    assert not questions


# --- what has no end -------------------------------------------------------------------------------------------------


def test_a_view_without_end_in_a_geopackage_is_refused(tmp_path: Path) -> None:
    path = seed_files.zones(tmp_path / "zones.gpkg")
    base = sqlite3.connect(path)
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute(f'DROP TRIGGER "{name}"')
    base.executescript(
        "ALTER TABLE zones RENAME TO old; CREATE VIEW zones AS WITH RECURSIVE n(i) AS "
        "(SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid, old.geom, id, population FROM n, old"
    )
    base.commit()
    base.close()
    with pytest.raises(InputError, match="'zones' is a view, export it as a table"):
        load_zones(path)


LAUGHS = "<!DOCTYPE a [<!ENTITY a 'haha'>" + "".join(
    f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 20}'>" for i in range(9)
) + "]>"  # fmt: skip
OUTSIDE = "<!DOCTYPE a [<!ENTITY j SYSTEM 'file:///etc/passwd'>]>"


@pytest.mark.parametrize("entities", [LAUGHS, OUTSIDE])
@pytest.mark.parametrize("form", ["osm", "osm.gz", "graphml"])
def test_entities_of_xml_are_not_unfolded(tmp_path: Path, entities: str, form: str) -> None:
    path = tmp_path / f"map.{form}"
    write = seed_files.street_graph if form == "graphml" else seed_files.osm_town
    text = write(tmp_path / "plain").read_text(encoding="utf-8").partition("?>")
    body = (text[2] or text[0]).replace("footway", "&j;").replace("הגפן", "&j;")
    raw = (entities + body).encode()
    path.write_bytes(gzip.compress(raw) if form == "osm.gz" else raw)
    with pytest.raises(InputError, match=path.name):
        (load_graph if form == "graphml" else load_osm)(path)


def bomb(path: Path, member: str, size: int) -> Path:
    """Add a part of nothing but blanks to an archive."""
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(member, "w", force_zip64=True) as part,
    ):
        for _ in range(size >> 20):
            part.write(b" " * (1 << 20))
    return path


def test_a_packed_shapefile_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "areas.zip"
    shp = seed_files.areas(tmp_path / "areas.shp")
    with zipfile.ZipFile(path, "w") as archive:
        for part in shp.parent.glob("areas.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    assert len(read_layer(path, ISRAEL_TM, Ledger("a"))) == 3
    with pytest.raises(InputError, match="unpacks to more than 1 GB"):
        read_layer(bomb(path, "areas.sbn", (1 << 30) + (1 << 20)), ISRAEL_TM, Ledger("a"))


def respelled(path: Path, member: str, old: str, new: str) -> Path:
    """Change the text of one part of an archive."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[member]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part.replace(old.encode(), new.encode(), 1) if name == member else part)
    return path


@pytest.mark.parametrize(
    ("place", "cells"),
    [
        ("XFD1048576", r"17,179,869,184"),
        # Of more digits than any reader keeps: where it then falls nobody knows.
        ("B" + 40 * "9", r"[\d,]{40,}"),
        (40 * "Z" + "2", r"[\d,]{40,}"),
    ],
)
def test_a_cell_far_from_the_table_of_a_workbook_is_refused(tmp_path: Path, place: str, cells: str) -> None:
    path = seed_files.workbook(tmp_path / "places.xlsx", seed_files.PLACES)
    far = f'<c r="{place}"><v>1</v></c></row></sheetData>'
    respelled(path, "xl/worksheets/sheet1.xml", "</row></sheetData>", far)
    with pytest.raises(InputError, match=rf"its cells span {cells}, 3,000,000 are read: delete"):
        load_places(path)


def test_a_blank_cell_in_the_last_corner_is_none(tmp_path: Path) -> None:
    path = seed_files.workbook(tmp_path / "places.xlsx", seed_files.PLACES)
    blank = '<c r="XFD1048576" s="1"/></row></sheetData>'
    respelled(path, "xl/worksheets/sheet1.xml", "</row></sheetData>", blank)
    assert load_places(path)[0].counts()["place"]["used"] == 3


ODS = (
    "<office:document-content xmlns:office='o' xmlns:table='t' xmlns:text='x'><office:body><office:spreadsheet>"
    "<table:table>{}</table:table></office:spreadsheet></office:body></office:document-content>"
)
CELL = "<table:table-cell table:number-columns-repeated='{}' office:value-type='float' office:value='1'/>"
ONE = CELL.format(1)
BLANKS = "<table:table-cell table:number-columns-repeated='{}'/>"
ROWS = "<table:table-row table:number-rows-repeated='{}'>{}</table:table-row>"


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        (ROWS.format(1, ONE) * 2, 2),
        # Blanks after and below are none.
        (ROWS.format(1, ONE + BLANKS.format(16_383)) + ROWS.format(1_048_575, BLANKS.format(1)), 1),
        # Blanks between count: three columns of one and four rows.
        (ROWS.format(1, BLANKS.format(2) + ONE) + ROWS.format(4, ONE), 15),
        (ROWS.format(1, CELL.format(10**9)), 10**9),
    ],
)
def test_cells_of_a_spreadsheet_by_hand(tmp_path: Path, rows: str, cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "places.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", ODS.format(rows))
    monkeypatch.setattr(sheets, "MOST_CELLS", cells)
    sheets.must_fit(path)
    monkeypatch.setattr(sheets, "MOST_CELLS", cells - 1)
    with pytest.raises(InputError, match="its cells span"):
        sheets.must_fit(path)


def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bomb(seed_files.workbook(tmp_path / "places.xlsx", seed_files.PLACES), "xl/sharedStrings2.xml", 2 << 20)
    assert load_places(path)
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 1 << 20)
    with pytest.raises(InputError, match=r"unpacks to \d+ MB, 1 are read: keep one table"):
        load_places(path)


DEEP = {"toml": "a = " + "[" * 3_000, "digits": "a = " + "9" * 5_000}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_what_a_user_chooses_is_not_nested_without_end(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    study = Study.of("dimona")
    for read in (
        Study.read,
        reference.read,
        lambda path: edits.read(path, study),
        lambda path: named(file=path),
        lambda path: sources.read(path.parent, CLIENTS, study.catalogue.categories),
    ):
        with pytest.raises(GeoKehilaError, match=r"\A[^\n]*sources\.toml[^\n]*\Z"):
            read(path)


@pytest.mark.parametrize(
    ("old", "new"), [("mean = 1.5", 'mean = "x"'), ("sd = 2.5", "sd = nan"), ("fictional = false", "fictional = 0"),
                     ('["dimona 01"]', "7"), ('["dimona 01"]', "[7]"), ("[components.", "[components.x.")]
)  # fmt: skip
def test_a_reference_of_wrong_types_is_one_line(tmp_path: Path, old: str, new: str) -> None:
    components = dict.fromkeys(reference.COMPONENTS, reference.Component(1.5, 2.5, 9))
    text = reference.as_toml(reference.Frozen("2026", False, ("dimona 01",), components))
    (tmp_path / "reference.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=r"reference reference\.toml: is none .*: build one"):
        reference.read(tmp_path / "reference.toml")


def test_a_message_is_one_short_line_whatever_a_file_puts_into_it() -> None:
    said = str(InputError(f"a.csv: {'x' * 50_000}\x1b[2J\u202e\nb: mend it"))
    assert said.startswith("a.csv: xxx") and said.endswith("b: mend it")
    assert len(said) < 1_500 and said.isprintable()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_map_that_unpacks_without_end_is_refused(
    tmp_path: Path, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"map.osm.{'gz' if pack is gzip.compress else 'bz2'}"
    path.write_bytes(pack(seed_files.osm_town(tmp_path / "town.osm").read_bytes() + b" " * (4 << 20)))
    assert load_osm(path)
    monkeypatch.setattr(edited, "MUCH_BYTES", 1 << 20)
    with pytest.raises(InputError, match=r"map\.osm\.\w+: unpacks to 50 times its size, as no map does: fetch"):
        load_osm(path)


def test_a_timetable_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gtfs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stops.txt", "stop_id,stop_lat,stop_lon\nA,31,34\n")
    bomb(path, "shapes.txt", 4 << 20)
    area = box(X, Y, X + 1, Y + 1)
    assert stops.read([path], area, ISRAEL_TM)
    monkeypatch.setattr(feed, "MUCH_BYTES", 1 << 20)
    with pytest.raises(InputError, match=r"shapes\.txt unpacks to 4 MB, as no table does"):
        stops.read([path], area, ISRAEL_TM)


def test_a_do_that_is_no_word_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('[[place]]\ndo = ["add"]\ncategory = "clinic"\nat = [34.8, 31.2]\n', encoding="utf-8")
    with pytest.raises(GeoKehilaError, match=r"unknown do in a\.toml: \[\[place\]\] 1: a list: did you mean 'add'"):
        edits.read(path, Study.of("dimona"))


def test_degrees_beyond_every_number_are_none(tmp_path: Path) -> None:
    path = seed_files.table(tmp_path / "corrections.csv", [["place_id", "lon", "lat"], ["n1", "1e308", "31.2"]])
    rows = corrections.read(path, Catalogue.read().categories).rows
    assert rows["lon"].isna().all() and rows["lat"].tolist() == [31.2]


@pytest.mark.parametrize("said", ["text", [1], 7])
def test_properties_of_a_scenario_that_are_none_are_one_line(tmp_path: Path, said: object) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"features": [{"type": "Feature", "properties": said}]}), encoding="utf-8")
    with pytest.raises(GeoKehilaError, match=r"the properties of feature 1 are .*: save it from a GIS again"):
        edits.read(path, Study.of("dimona"))


def test_half_a_letter_in_json_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "alerts.json"
    path.write_text('[{"name": "\\ud800", "seconds": 60, "date": "2026"}]', encoding="utf-8")
    with pytest.raises(InputError, match=r"alerts\.json: not readable as JSON .*: save the list again"):
        alerts.of_file(path, Study.of("dimona").city)
    feature = {"properties": {"edit": "place", "do": "close", "id": "@"}}
    path.write_text(json.dumps({"features": [feature]}).replace("@", "\\ud800"), encoding="utf-8")
    with pytest.raises(GeoKehilaError, match=r"alerts\.json: not JSON .*: save it from a GIS"):
        edits.read(path, Study.of("dimona"))
