"""One small valid file of every form that a loader takes, made by the code itself, and what reads it."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import rasterio
import seed_files
from osm_xml import X, Y, degrees
from rasterio import Affine
from seed_files import PLACES, load_areas, load_census, load_osm, load_places, squares, table, workbook
from shapely import Point, box

from geokehila import reference
from geokehila.batch.order import named
from geokehila.catalogue import Catalogue, city
from geokehila.compare import services
from geokehila.fetch import sources
from geokehila.fetch.clients import CLIENTS
from geokehila.ledger import Ledger
from geokehila.load import (
    alerts,
    buildings,
    candidate_list,
    dwellings,
    plans,
    provenance,
    readiness,
    stops,
    survey,
    terrain,
    zonings,
)
from geokehila.load.municipal import corrections
from geokehila.scenario import edits
from geokehila.schema import ISRAEL_TM, WGS84
from geokehila.store import kept
from geokehila.study import Study

AREA = box(X - 1_000, Y - 1_000, X + 1_000, Y + 1_000)
CATALOGUE = Catalogue.read()
DIMONA = Study.of("dimona")
UNITS = pd.DataFrame(
    {
        "zone_id": ["nb1", "nb2"],
        "name_he": ["העיר הוותיקה", "שכונת הגבעה"],
        "name_ar": [None, "حي التلة"],
        "name_en": ["Old Core", "Hill Quarter"],
        "name_ru": [None, None],
    }
)
Load = Callable[[Path], Iterable[Ledger]]


@dataclass(frozen=True)
class Seed:
    """A valid input: its files by name, the first of which is given to what reads it; the others lie beside it."""

    files: dict[str, bytes]
    load: Load

    @property
    def name(self) -> str:
        """Name of the file that is read."""
        return next(iter(self.files))


def every(folder: Path) -> dict[str, Seed]:
    """Make every seed, the same bytes each time; `folder` is where their writers write."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z"})
    shared = seed_files.every(folder)
    found = {name: _seed(seed.path, seed.load) for name, seed in shared.items()}
    own: dict[str, tuple[Path, Load]] = {
        **_maps(folder, shared["osm"].path),
        **_layers(folder, shared["areas shp"].path),
        **_tables(folder),
        **_choices(folder),
        "gtfs": (_feed(folder / "gtfs.zip"), _load_feed),
        "dem": (_tile(folder / "dem.tif"), _load_tile),
        "dem packed": (_tile(folder / "packed.tif", compress="deflate", tiled=True, blockxsize=16, blockysize=16),
                       _load_tile),
    }  # fmt: skip
    return found | {name: _seed(path, load) for name, (path, load) in own.items()}


def _seed(path: Path, load: Load) -> Seed:
    beside = sorted(path.parent.glob(f"{path.stem}.*")) if path.suffix == ".shp" else []
    files = {one.name: one.read_bytes() for one in (path, *(one for one in beside if one != path))}
    return Seed({name: _undated(name, content) for name, content in files.items()}, load)


def _undated(name: str, content: bytes) -> bytes:
    """Return a workbook without the moment it was made, anything else as it is."""
    if not name.endswith(".xlsx"):
        return content
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as undated:
        for part in book.namelist():
            text = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-01-01T00:00:00Z", book.read(part))
            undated.writestr(zipfile.ZipInfo(part), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _maps(folder: Path, town: Path) -> dict[str, tuple[Path, Load]]:
    packed, drawn = folder / "packed.osm.bz2", folder / "edited.osm"
    packed.write_bytes(bz2.compress(town.read_bytes()))
    text = town.read_text(encoding="utf-8")
    drawn.write_text(re.sub(r'<node id="3"', '<node id="-3" action="modify"', text), encoding="utf-8")
    return {"osm.bz2": (packed, load_osm), "osm edited": (drawn, load_osm)}


def _layers(folder: Path, shp: Path) -> dict[str, tuple[Path, Load]]:
    rows = squares(2, pl_number=["999-1", "999-2"], mavat_code=[60, 60], station=[3010, 3010], num=["1", "2"])
    points = gpd.GeoDataFrame(
        {"id": [1, 2], "units": [240, 12]}, geometry=[Point(X, Y), Point(X + 9, Y)], crs=ISRAEL_TM
    )
    zipped = folder / "zipped.zip"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(shp.parent.glob("areas.*")):
            if part.suffix in (".shp", ".dbf", ".shx", ".prj", ".cpg"):
                archive.writestr(zipfile.ZipInfo(part.name), part.read_bytes(), zipfile.ZIP_DEFLATED)
    for name, layer in {
        "plans.geojson": rows.to_crs(WGS84),
        "plans.gpkg": rows,
        "dwellings.gpkg": points,
        "neighbourhoods.geojson": squares(2, name=["א", "ב"]).to_crs(WGS84),
        "buildings.fgb": squares(2, floors=[1, 2]),
        "places.gpkg": points.rename(columns={"units": "name"}),
    }.items():
        pyogrio.write_dataframe(layer, folder / name)
    return {
        "areas zip": (zipped, load_areas),
        "plans geojson": (folder / "plans.geojson", lambda path: [plans.read([path], ISRAEL_TM, AREA).ledger]),
        "plans gpkg": (folder / "plans.gpkg", lambda path: [plans.read([path], ISRAEL_TM, AREA).ledger]),
        "dwellings gpkg": (folder / "dwellings.gpkg", lambda path: [dwellings.read(path, ISRAEL_TM, AREA).ledger]),
        "neighbourhoods": (folder / "neighbourhoods.geojson",
                           lambda path: [zonings.neighbourhoods(path, DIMONA, AREA)[1]]),
        "buildings fgb": (folder / "buildings.fgb", _load_buildings),
        "places gpkg": (folder / "places.gpkg", load_places),
    }  # fmt: skip


def _load_buildings(path: Path) -> Iterable[Ledger]:
    mapped = squares(1).assign(
        building_id="w1", building="yes", levels=np.nan, flats=np.nan, facility=False, purpose=""
    )
    return [buildings.complete(mapped, path, AREA)[2]]


def _tables(folder: Path) -> dict[str, tuple[Path, Load]]:
    x, y = degrees(10, 10)
    rows = {
        "alerts.csv": [["name", "code", "seconds", "date"], ["דימונה", 2200, 60, "2026-05-31"]],
        "survey.csv": [["שכונה", "תחום", "מספר משיבים", "מספר מרוצים"], ["נווה", "education", 40, 30],
                       ["Old Core", "health", 20, 10]],
        "readiness.csv": [["neighbourhood", "activists", "groups"], ["Old Core", 5, 2], ["Hill Quarter", 3, 0]],
        "dwellings.csv": [["lon", "lat", "units", "year"], [x, y, 240, 2032]],
        "candidates.csv": [["name", "lon", "lat", "area_m2"], ["מתנס", x, y, 800]],
        "corrections.csv": [["place_id", "categories", "keep", "lon", "lat"], ["n1", "clinic", "yes", x, y],
                            ["n2", "clinic", "no", "", ""]],
        "marks.csv": [["place_id", "real", "note"], ["n1", "yes", ""], ["n2", "no", "closed"]],
    }  # fmt: skip
    for name, cells in rows.items():
        table(folder / name, cells)
    corrected = workbook(folder / "corrections.xlsx", rows["corrections.csv"])
    sheet = pd.DataFrame(PLACES[1:], columns=PLACES[0])
    _ods(folder / "places.ods", sheet)
    listed = [{"name": "דימונה", "code": 2200, "seconds": 60, "date": "2026-05-31", "lat": 31.07, "lon": 35.03}]
    (folder / "alerts.json").write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
    return {
        "alerts csv": (folder / "alerts.csv", lambda path: [alerts.of_file(path, city("dimona"))[1]]),
        "alerts json": (folder / "alerts.json", lambda path: [alerts.of_file(path, city("dimona"))[1]]),
        "survey csv": (folder / "survey.csv", lambda path: [survey.read(path, UNITS, CATALOGUE.domains).ledger]),
        "readiness csv": (folder / "readiness.csv", lambda path: [readiness.read(path, UNITS).ledger]),
        "dwellings csv": (folder / "dwellings.csv", lambda path: [dwellings.read(path, ISRAEL_TM, AREA).ledger]),
        "candidates csv": (folder / "candidates.csv", lambda path: [candidate_list.read(path, DIMONA, AREA).ledger]),
        "corrections csv": (folder / "corrections.csv", _load_corrections),
        "corrections xlsx": (corrected, _load_corrections),
        "marks csv": (folder / "marks.csv", lambda path: [*services.read_marks(path)][:0]),
        "places ods": (folder / "places.ods", load_places),
        "census ods": (_ods(folder / "census.ods", pd.DataFrame(seed_files.CENSUS), header=False), load_census),
    }


def _ods(path: Path, sheet: pd.DataFrame, header: bool = True) -> Path:
    """Write a table as an OpenDocument spreadsheet."""
    rows = [[*sheet.columns]] * header + [[*row] for row in sheet.itertuples(index=False)]
    told = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}:office:1.0" '
        f'xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="a">{told}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), kind, zipfile.ZIP_STORED)
        manifest = f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0"/>'
        archive.writestr(zipfile.ZipInfo("META-INF/manifest.xml"), manifest)
        archive.writestr(zipfile.ZipInfo("content.xml"), content, zipfile.ZIP_DEFLATED)
    return path


def _ods_cell(cell: object) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, str):
        return f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
    return (
        f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
    )


def _load_corrections(path: Path) -> Iterable[Ledger]:
    corrections.read(path, CATALOGUE.categories)
    return []


def _choices(folder: Path) -> dict[str, tuple[Path, Load]]:
    """Files in which a user chooses, and those in which GeoKehila itself writes what it did."""
    at, to = [[*degrees(east, 0)] for east in (0, 200)]
    features = [
        _feature({"edit": "place", "do": "add", "category": "clinic"}, "Point", at),
        _feature({"edit": "street", "do": "add", "name": "שביל"}, "LineString", [at, to]),
        _feature({"edit": "housing", "dwellings": 40}, "Polygon", [[at, to, [to[0], to[1] + 0.001], at]]),
        _feature({"edit": "cutoff_min", "category": "clinic", "minutes": 10}, "Point", at),
    ]
    texts = {
        "scenario.toml": f'[[place]]\ndo = "add"\ncategory = "clinic"\nat = {at}\nname = "מרפאה"\n'
        '[[street]]\ndo = "add"\n'
        f"line = [{at}, {to}]\n"
        f'[[housing]]\nat = {at}\nresidents = 500\n[[place]]\ndo = "close"\nid = "n1"\n[cutoff_min]\nclinic = 10\n',
        "scenario.geojson": json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False),
        "batch.toml": 'studies = ["dimona", "my-town/study.toml"]\n',
        "sources.toml": '[ours]\nrole = "places_clinic"\nclient = "file"\nholds = "clinics"\n'
        'file = "places_clinic.csv"\n'
        'urls = ["https://example.org/a.csv"]\nlicence = "own"\ndate = "2022"\n[cbs_localities]\nfresh_days = 30\n',
        "reference.toml": reference.as_toml(
            reference.Frozen(
                "2026", False, ("dimona 01",), dict.fromkeys(reference.COMPONENTS, reference.Component(1.5, 2.5, 9))
            )
        ),
        "run.json": json.dumps({"run_id": "0123456789", "version": "1", "city": {"slug": "dimona", "code": 2200},
                                "fictional": False, "dates": {"osm": "2026-01-01"}, "study": {}}),
        "sources.json": json.dumps({"files": {"osm.pbf": {
            "source": "geofabrik", "role": "osm", "how": "fetched", "url": "https://example.org", "fetched": "2026",
            "asked": "2026", "sha256": "0" * 64, "size": 7, "etag": "", "modified": "", "date": "2026", "licence": "",
            "credit": ""}}}),
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {
        "scenario toml": (folder / "scenario.toml", _load_scenario),
        "scenario geojson": (folder / "scenario.geojson", _load_scenario),
        "batch": (folder / "batch.toml", lambda path: [*named(file=path)][:0]),
        "sources": (folder / "sources.toml", _load_sources),
        "reference": (folder / "reference.toml", lambda path: [reference.read(path)][:0]),
        "run.json": (folder / "run.json", lambda path: [kept.record(path.parent)][:0]),
        "manifest": (folder / "sources.json", lambda path: [*provenance.read(path.parent)][:0]),
    }


def _feature(said: dict[str, object], kind: str, at: object) -> dict[str, object]:
    return {"type": "Feature", "properties": said, "geometry": {"type": kind, "coordinates": at}}


def _load_scenario(path: Path) -> Iterable[Ledger]:
    edits.read(path, DIMONA)
    return []


def _load_sources(path: Path) -> Iterable[Ledger]:
    sources.read(path.parent, CLIENTS, CATALOGUE.categories)
    return []


FEED = {
    "stops": ["stop_id,stop_name,stop_lat,stop_lon,location_type", "A,א,{a},0", "B,ב,{b},", "C,ג,{c},"],
    "routes": ["route_id,route_type", "bus,3", "train,2"],
    "calendar": ["service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date",
                 "work,1,1,1,1,0,0,1,20230101,20230128", "friday,0,0,0,0,1,0,0,20230101,20230128"],
    "calendar_dates": ["service_id,date,exception_type", "work,20230102,2", "friday,20230102,1"],
    "trips": ["trip_id,service_id,route_id", "w1,work,bus", "f1,friday,bus", "t1,work,train"],
    "stop_times": ["trip_id,stop_id,stop_sequence,departure_time", "w1,A,1,08:00:00", "w1,B,2,", "w1,C,3,08:10:00",
                   "f1,A,1,09:00:00", "f1,B,2,25:05:00", "t1,A,1,10:00:00", "t1,C,2,10:20:00"],
    "frequencies": ["trip_id,start_time,end_time,headway_secs", "w1,08:00:00,10:00:00,600"],
}  # fmt: skip


def _feed(path: Path) -> Path:
    at = {name: "{1},{0}".format(*degrees(east, 0)) for name, east in zip("abc", (0, 100, 200), strict=True)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in FEED.items():
            text = "\n".join(lines).format(**at) + "\n"
            archive.writestr(zipfile.ZipInfo(f"{name}.txt"), text.encode(), zipfile.ZIP_DEFLATED)
    return path


def _load_feed(path: Path) -> Iterable[Ledger]:
    return [stops.read([path], AREA, ISRAEL_TM, "2023-01-05").ledger]


def _tile(path: Path, **how: object) -> Path:
    place = Affine(30, 0, X - 300, 0, -30, Y + 600)
    heights = (100 + np.add.outer(np.arange(30), np.arange(32))).astype(np.int16)[None]
    profile = {
        "driver": "GTiff",
        "count": 1,
        "height": 30,
        "width": 32,
        "dtype": "int16",
        "crs": ISRAEL_TM,
        "nodata": -9,
    }
    with rasterio.open(path, "w", transform=place, **profile, **how) as out:
        out.write(heights)
    return path


def _load_tile(path: Path) -> Iterable[Ledger]:
    return [terrain.read([path], ISRAEL_TM, (X, Y, X + 300, Y + 200))[1]]


def packed(content: bytes) -> bytes:
    """Return bytes as gzip, the same each time."""
    return gzip.compress(content, mtime=0)
