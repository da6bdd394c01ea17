"""Small valid files of every role, for tests that spoil them; the loader of each, and what it reads."""

import gzip
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import osmium
import pandas as pd
import pyogrio
import xlsxwriter
from osm_xml import X, Y, degrees, node, relation, square, way, write
from shapely import box

from geokehila.catalogue import Catalogue
from geokehila.ledger import Ledger
from geokehila.load import municipal, osm
from geokehila.load.osm import graphml
from geokehila.load.population import census, socioeconomic, statistical_areas, user_zones
from geokehila.schema import ISRAEL_TM, WGS84
from geokehila.study import Study

CODE = 9996
CATEGORIES = tuple(Catalogue.read().categories.values())
Rows = list[list[object]]
#: A notice on one line, of which a part says what to do.
REMEDY = re.compile(
    r"\A[^\n]*[:;,] (?:ask|check|compare|correct|export|fetch|get|give|keep|leave|look|mend|number|read|rename|save|"
    r"say|state|upload|write) [^\n]+\Z"
)


@dataclass(frozen=True)
class Seed:
    """A valid file by its name, what reads it, and its companions."""

    path: Path
    load: Callable[[Path], list[Ledger]]
    rows: Rows | None = None


def osm_town(path: Path) -> Path:
    """Write a street, a house with a court, a school, a clinic, and a park of two ways."""
    outer, inner = square(11, 0, 0, 60), square(21, 20, 20, 10)
    school, west, east = square(31, 80, 0, 30), [41, 42, 43], [43, 44, 41]
    corners = [node(n, *at) for n, at in zip((41, 42, 43, 44), ((120, 0), (150, 0), (150, 30), (120, 30)), strict=True)]
    return write(
        path,
        node(1, 0, -10, version="1", timestamp="2024-05-06T07:08:09Z"),
        node(2, 100, -10),
        node(3, 50, -10, "amenity=clinic name=מרפאה name:ar=عيادة"),
        node(4, 80, 10, "entrance=main"),
        node(5, 90, 90, "place=neighbourhood name=הדר"),
        *(shape[0] for shape in (outer, inner, school)),
        *corners,
        way(1, [1, 3, 2], "highway=residential name=הגפן"),
        way(2, outer[1], ""),
        way(3, inner[1], ""),
        way(4, school[1], "amenity=school building=school"),
        way(5, west, ""),
        way(6, east, ""),
        relation(1, [(2, "outer"), (3, "inner")], "type=multipolygon building=apartments building:levels=4"),
        relation(2, [(5, "outer"), (6, "outer")], "type=multipolygon leisure=park name=פארק"),
        head='<bounds minlat="30" minlon="34" maxlat="32" maxlon="35"/>',
    )


def osm_pbf(path: Path, packing: str = "none") -> Path:
    """Write the same town as .osm.pbf, its blobs unpacked, so that a spoiled byte reaches what they hold."""
    source = osm_town(path.with_name("town.osm"))
    header = osmium.io.Header()
    header.set("sorting", "Type_then_ID")
    file = osmium.io.File(str(path), f"pbf,pbf_compression={packing}")
    with osmium.SimpleWriter(file, header=header, overwrite=True) as writer:
        for entity in osmium.FileProcessor(str(source)):
            writer.add(entity)
    return path


def overpass_reply(path: Path) -> Path:
    """Write an Overpass reply with a street given by nodes, a house by geometry, a relation and a shop."""
    corners = [(0, 0), (20, 0), (20, 20), (0, 20), (0, 0)]
    at = [dict(zip(("lon", "lat"), degrees(*xy), strict=True)) for xy in corners]
    elements: list[dict[str, Any]] = [{"type": "node", "id": i, **at[i - 1]} for i in range(1, 5)]
    elements += [
        {"type": "node", "id": 9, **at[0], "tags": {"shop": "bakery", "name": "מאפייה"}},
        {"type": "way", "id": 1, "nodes": [1, 3], "tags": {"highway": "footway"}},
        {"type": "way", "id": 2, "nodes": [1, 2, 3, 4, 1], "geometry": at, "tags": {"building": "house"}},
        {"type": "relation", "id": 1, "members": [{"type": "way", "ref": 2, "role": "outer"}],
         "tags": {"type": "multipolygon", "amenity": "school"}},
    ]  # fmt: skip
    reply = {"version": 0.6, "osm3s": {"timestamp_osm_base": "2025-03-04T05:06:07Z"}, "elements": elements}
    path.write_text(json.dumps(reply, ensure_ascii=False), encoding="utf-8")
    return path


def street_graph(path: Path) -> Path:
    """Write an OSMnx graph of three nodes and three edges, one with a geometry."""
    names = ("x", "y", "crs", "osmid", "highway", "geometry", "bridge")
    keys = "".join(f'<key id="{name}" for="all" attr.name="{name}" attr.type="string"/>' for name in names)
    at = {name: degrees(100 * i, 0) for i, name in enumerate("abc")}
    nodes = "".join(
        f'<node id="{n}"><data key="x">{x}</data><data key="y">{y}</data></node>' for n, (x, y) in at.items()
    )
    line = "LINESTRING ({} {}, {} {})".format(*at["b"], *at["c"])
    edges = (
        '<edge source="a" target="b"><data key="osmid">7</data><data key="highway">footway</data></edge>'
        '<edge source="b" target="a"><data key="osmid">7</data><data key="highway">footway</data></edge>'
        f'<edge source="b" target="c"><data key="osmid">[8, 9]</data><data key="geometry">{line}</data></edge>'
    )
    graph = f'<graph edgedefault="directed"><data key="crs">epsg:4326</data>{nodes}{edges}</graph>'
    path.write_text(f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}{graph}</graphml>', encoding="utf-8")
    return path


def squares(count: int, **columns: object) -> gpd.GeoDataFrame:
    """Squares of 100 m side by side in the Israel TM Grid, with the columns given."""
    shapes = [box(X + 100 * i, Y, X + 100 * i + 100, Y + 100) for i in range(count)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=ISRAEL_TM)


def areas(path: Path) -> Path:
    """Write three areas with their people; names have ten letters at most, so that every format keeps them."""
    columns = {"SEMEL_YISH": [CODE] * 3, "STAT11": [11, 12, 13], "Pop_Total": [10, 20, 30], "age_0_4": [1, 2, 3]}
    pyogrio.write_dataframe(squares(3, **columns).to_crs(WGS84 if path.suffix == ".geojson" else ISRAEL_TM), path)
    return path


def zones(path: Path) -> Path:
    """Write three zones of the user's own."""
    pyogrio.write_dataframe(squares(3, id=["a", "b", "c"], population=[5.0, 6.5, 7.0]).to_crs(WGS84), path)
    return path


BANDS = [f"{sex}_age{band}_pcnt" for sex in "mw" for band in (*(f"{a}_{a + 9}" for a in range(0, 80, 10)), "80")]
CENSUS: Rows = [
    ["יישוב", "סמל", "אזור", "אזורים", "אוכלוסייה", *BANDS],
    ["LocNameHeb", "LocalityCode", "StatArea", "StatAreaCmb", "pop_approx", *BANDS],
    ["נווה אור", CODE, 11, "11", 120, *[50 / 9] * 18],
    ["נווה אור", CODE, 12, "12+13", 80, *[50 / 9] * 18],
    ["אחר", 70, None, None, 40, *[50 / 9] * 18],
]
INDEX: Rows = [
    ["town_code", "STAT19", "Pop2019", "name"],
    [CODE, 11, 119.4, "נווה אור"],
    [CODE, 12, 80.25, "נווה אור"],
    [CODE, "", 199.65, "נווה אור"],
    [70, 1, 5.5, "אחר"],
]
CELLS: Rows = [["id", "population"], ["89a901291abffff", 5], ["89a9012a3cfffff", 7]]
PLACES: Rows = [
    ["name", "lon", "lat"],
    ["מרפאה", *degrees(0, 0)],
    ["עוד, אחת", *degrees(50, 0)],
    ["", *degrees(90, 40)],
]


def workbook(path: Path, rows: Rows) -> Path:
    """Write rows as the one sheet of a workbook."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "nan_inf_to_errors": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def table(path: Path, rows: Rows) -> Path:
    """Write rows as a CSV."""
    text = io.StringIO()
    pd.DataFrame(rows).to_csv(text, header=False, index=False, lineterminator="\n")
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def places_layer(path: Path) -> Path:
    """Write a list of places as a layer."""
    shapes = gpd.points_from_xy(*zip(*(row[1:] for row in PLACES[1:]), strict=True))
    pyogrio.write_dataframe(gpd.GeoDataFrame({"name": ["א", "ב", "ג"]}, geometry=shapes, crs=WGS84), path)
    return path


STUDY = """
[study]
name = "Neve Or"
name_he = "נווה אור"
code = 9996
crs = "EPSG:2039"
fictional = true
[inputs]
osm = "map.osm"
population = "census"
[zones]
kind = "hexagons"
edge_m = 250
[population]
total = 20000
source = "made up"
date = "2022"
[cutoff_min]
default = 15
grocery = 10
[categories.clinic]
any_of = ["amenity=clinic|doctors"]
required = true
credible_residents = 5000
[profiles.adult]
speed_m_s = 1.2
[standards.snap_cap]
value = 150
"""


def load_index(path: Path) -> list[Ledger]:
    return [socioeconomic.read(path, CODE)[1]]


def load_census(path: Path) -> list[Ledger]:
    return [census.read(path, CODE)[1]]


def load_graph(path: Path) -> list[Ledger]:
    return [graphml.read(path, ISRAEL_TM)[1]]


def load_osm(path: Path) -> list[Ledger]:
    return [*osm.read([path], CATEGORIES, ISRAEL_TM, ()).ledgers]


def load_areas(path: Path) -> list[Ledger]:
    return [statistical_areas.read(path, CODE, ISRAEL_TM)[1], statistical_areas.people(path, CODE)[1]]


def load_zones(path: Path) -> list[Ledger]:
    return [user_zones.polygons(path, ISRAEL_TM, "id", "population")[2]]


def load_cells(path: Path) -> list[Ledger]:
    return [user_zones.polygons(path, "EPSG:31982", "id", "population")[2]]


def load_places(path: Path) -> list[Ledger]:
    return [municipal.read(path, "clinic", ISRAEL_TM).ledger]


def load_study(path: Path) -> list[Ledger]:
    Study.read(path)
    return []


def every(folder: Path) -> dict[str, Seed]:
    """Write every seed into `folder` and return them by name."""
    town = osm_town(folder / "plain.osm")
    packed = folder / "packed.osm.gz"
    packed.write_bytes(gzip.compress(town.read_bytes(), mtime=0))
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return {
        "osm": Seed(town, load_osm),
        "osm.gz": Seed(packed, load_osm),
        "pbf": Seed(osm_pbf(folder / "town.osm.pbf"), load_osm),
        "pbf packed": Seed(osm_pbf(folder / "packed.osm.pbf", "zlib"), load_osm),
        "overpass": Seed(overpass_reply(folder / "reply.json"), load_osm),
        "graphml": Seed(street_graph(folder / "streets.graphml"), load_graph),
        "areas geojson": Seed(areas(folder / "areas.geojson"), load_areas),
        "areas shp": Seed(areas(folder / "areas.shp"), load_areas),
        "areas gpkg": Seed(areas(folder / "areas.gpkg"), load_areas),
        "zones geojson": Seed(zones(folder / "zones.geojson"), load_zones),
        "zones csv": Seed(table(folder / "cells.csv", CELLS), load_cells, CELLS),
        "index csv": Seed(table(folder / "socioeconomic.csv", INDEX), load_index, INDEX),
        "census xlsx": Seed(workbook(folder / "census.xlsx", CENSUS), load_census, CENSUS),
        "places csv": Seed(table(folder / "places.csv", PLACES), load_places, PLACES),
        "places xlsx": Seed(workbook(folder / "places.xlsx", PLACES), load_places, PLACES),
        "places geojson": Seed(places_layer(folder / "places.geojson"), load_places),
        "study": Seed(folder / "study.toml", load_study),
    }
