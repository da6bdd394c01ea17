"""Bad input, file by file: one line that says what, where, the value and the remedy, or a named notice with numbers.

The order is that of the issue: files, maps, coordinates, keys, counts, workbooks, zones, shapes, places, names, paths.
"""

import errno
import gzip
import json
import re
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import osmium
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from osm_xml import X, Y, degrees, node, way, write
from seed_files import (
    CATEGORIES,
    CELLS,
    CENSUS,
    CODE,
    INDEX,
    PLACES,
    REMEDY,
    Rows,
    load_areas,
    load_census,
    load_graph,
    load_osm,
    load_places,
    load_zones,
    osm_pbf,
    osm_town,
    squares,
    street_graph,
    table,
    workbook,
)
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from geokehila import Run, run
from geokehila.catalogue import City
from geokehila.errors import GeoKehilaError, InputError, StudyError
from geokehila.ledger import Ledger
from geokehila.load import osm
from geokehila.load.geometry import must_lie_near
from geokehila.load.population import census, socioeconomic, statistical_areas, user_zones, zone_people
from geokehila.load.roles import Inputs, find
from geokehila.names import CONTROLS, LONGEST_NAME
from geokehila.schema import ISRAEL_TM, WGS84
from geokehila.study import Study, ZoneChoice

# GDAL warns that it cuts the names of a Shapefile.
pytestmark = pytest.mark.filterwarnings("ignore:Normalized/laundered")

NEVE_OR = City(slug="neve-or", code=CODE, name={"he": "נווה אור", "en": "Neve Or"})
HEAD = f'[study]\nname = "Neve Or"\ncode = {CODE}\n'
Loader = Callable[[Path], list[Ledger]]


def refused(load: Loader, path: Path, message: str) -> str:
    """The one line with which a file is refused; it names the file."""
    with pytest.raises(GeoKehilaError, match=message) as fault:
        load(path)
    assert "\n" not in str(fault.value) and path.name in str(fault.value)
    assert re.search(r": [a-z]\w+ .*$", str(fault.value)), "no remedy at its end"
    return str(fault.value)


def notices(ledgers: list[Ledger]) -> dict[str, str]:
    """What the ledgers say of a file by name, its books balanced."""
    said = {n.name: n.text for ledger in ledgers for n in ledger.balance().notices}
    assert [text for text in said.values() if not REMEDY.search(text)] == [], "no remedy, or more than a line"
    return said


def layer(path: Path, frame: gpd.GeoDataFrame) -> Path:
    pyogrio.write_dataframe(frame, path, geometry_type="Unknown" if path.suffix == ".gpkg" else None)
    return path


def areas(count: int = 3, **columns: object) -> gpd.GeoDataFrame:
    """CBS areas of 100 m by 100 m side by side, 11 and on."""
    return squares(count, **{"SEMEL_YISHUV": CODE, "STAT11": [*range(11, 11 + count)]} | columns)


def geojson(path: Path, *features: tuple[dict[str, Any] | None, dict[str, Any]]) -> Path:
    rows = [{"type": "Feature", "geometry": shape, "properties": properties} for shape, properties in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return path


def ring(*corners: tuple[float, float]) -> dict[str, Any]:
    """A polygon of GeoJSON from points in metres."""
    return {"type": "Polygon", "coordinates": [[list(degrees(*at)) for at in (*corners, corners[0])]]}


UNIT = ((0, 0), (100, 0), (100, 100), (0, 100))
PROPERTIES = {"SEMEL_YISHUV": CODE, "STAT11": 11, "Pop_Total": 5}


# Files --------------------------------------------------------------------------------------------------------------

LOADERS: dict[str, Loader] = {
    "map.osm": load_osm, "map.osm.pbf": load_osm, "map.OSM.PBF": load_osm, "map.osm.gz": load_osm,
    "map.json": load_osm, "map.graphml": load_osm, "areas.gpkg": load_areas, "areas.shp": load_areas,
    "areas.geojson": load_areas, "census.xlsx": load_census, "zones.csv": load_zones, "zones.geojson": load_zones,
    "index.csv": lambda path: [socioeconomic.read(path, CODE)[1]], "places.csv": load_places,
    "places.xlsx": load_places, "places.geojson": load_places,
}  # fmt: skip


@pytest.mark.parametrize("name", LOADERS)
def test_a_missing_file(tmp_path: Path, name: str) -> None:
    refused(LOADERS[name], tmp_path / name, name)


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("kind", ["folder", "loop", "no byte", "one byte", "page"])
def test_what_is_no_such_file(tmp_path: Path, name: str, kind: str) -> None:
    """A folder in place of a file, a link to itself, an empty file, garbage, and the page of a server that gave up."""
    path = tmp_path / name
    if kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    else:
        path.write_bytes({"no byte": b"", "one byte": b"\x1f", "page": b"<html><body>429</body></html>"}[kind])
    refused(LOADERS[name], path, name)


def test_a_stated_file_that_is_missing_and_a_role_without_a_file(tmp_path: Path) -> None:
    study = Study.of("dimona")
    stated = replace(study, inputs={"census": (tmp_path / "gone.xlsx",)})
    with pytest.raises(InputError, match=r"^census: .*gone.xlsx does not exist: mend \[inputs\] in study.toml$"):
        find(stated, tmp_path, tmp_path)
    with pytest.raises(InputError, match=r"^osm: no file osm\.\* in .*, which holds no other file: give one$"):
        find(study, tmp_path, tmp_path / "national").every("osm", "give one")
    with pytest.raises(
        StudyError, match=r"absent.toml: cannot be read .*: check the path, or begin with `geokehila init`$"
    ):
        Study.read(tmp_path / "absent.toml")


def test_two_files_for_one_role(tmp_path: Path) -> None:
    for name in ("osm.osm", "osm.osm.pbf"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(InputError, match=r"^osm: two files, osm.osm and osm.osm.pbf: keep one or state it in study"):
        find(Study.of("dimona"), tmp_path, tmp_path / "national")


@pytest.mark.parametrize("name", LOADERS)
def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    monkeypatch.setattr(Path, "open", forbidden)
    monkeypatch.setattr(Path, "read_bytes", forbidden)
    refused(LOADERS[name], path, r"read \(Permission denied\): (get the right to|check the path and its rights)")


def forbidden(path: Path, *_: object, **__: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied", str(path))


def test_a_study_with_what_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are tried before any is read; a folder that may not be listed is named."""
    (tmp_path / "dimona").mkdir()
    osm_town(tmp_path / "dimona" / "osm.osm")
    studies = Study.of("dimona"), replace(Study.of("dimona"), inputs={"osm": (tmp_path / "dimona" / "osm.osm",)})
    monkeypatch.setattr(Path, "open", forbidden)
    for study in studies:
        with pytest.raises(InputError, match=r"^osm.osm: may not be read \(Permission denied\): get the right"):
            find(study, tmp_path / "dimona", tmp_path / "national")
    monkeypatch.setattr(Path, "iterdir", forbidden)
    with pytest.raises(InputError, match=r"dimona: may not be listed \(Permission denied\): get the right"):
        find(Study.of("dimona"), tmp_path / "dimona", tmp_path / "national")


# Maps ---------------------------------------------------------------------------------------------------------------


def cut_points(raw: bytes) -> list[int]:
    """Where each blob of a PBF ends: four bytes of its header's length, the header, which ends with the blob's size."""
    ends, at = [], 0
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 4], "big")
        header = raw[at + 4 : at + 4 + length]
        size = header[header[1] + 2 :]
        assert size[0] == 0x18
        at += 4 + length + sum((byte & 0x7F) << 7 * i for i, byte in enumerate(size[1:]))
        ends.append(at)
    return ends


def test_an_empty_pbf(tmp_path: Path) -> None:
    with osmium.SimpleWriter(str(tmp_path / "map.osm.pbf")):
        pass
    refused(load_osm, tmp_path / "map.osm.pbf", "holds no node: the file is empty, fetch it again")
    (tmp_path / "none.osm.pbf").write_bytes(b"")
    refused(load_osm, tmp_path / "none.osm.pbf", "holds no byte: the file is empty, fetch it again")


@pytest.mark.parametrize("packing", ["none", "zlib"])
def test_a_pbf_cut_in_mid_blob(tmp_path: Path, packing: str) -> None:
    whole = osm_pbf(tmp_path / "whole.osm.pbf", packing).read_bytes()
    ends, cut = cut_points(whole), tmp_path / "cut.osm.pbf"
    for end in ends:
        cut.write_bytes(whole[: end - 1])
        refused(load_osm, cut, "cannot be read to its end|holds no node")


def test_a_pbf_cut_at_a_blob_boundary(tmp_path: Path) -> None:
    """The town's blobs are its header, nodes, ways and relations: no reader shows an error, so the kinds must tell."""
    whole = osm_pbf(tmp_path / "whole.osm.pbf").read_bytes()
    header, nodes, ways, all_of_it = cut_points(whole)
    cut = tmp_path / "cut.osm.pbf"

    def said(length: int) -> dict[str, str]:
        cut.write_bytes(whole[:length])
        return notices(load_osm(cut))

    assert all_of_it == len(whole) and said(all_of_it) == {}
    assert said(ways) == {
        "no_relations": "holds lines and outlines but no relation, of which OpenStreetMap makes parks and schools of "
        "several parts: if it was not asked for so, it is cut: fetch it again"
    }
    assert said(nodes).keys() == {"no_ways"}
    cut.write_bytes(whole[:header])
    refused(load_osm, cut, "holds no node")


def test_streets_whose_nodes_lie_outside_the_extract(tmp_path: Path) -> None:
    ways = [way(1, [1, 2, 9], "highway=footway"), way(2, [1, 2], "highway=footway"), way(3, [8, 9], "highway=path")]
    path = write(tmp_path / "a.osm", node(1, 0, 0), node(2, 50, 0), *ways)
    ledgers = load_osm(path)
    assert ledgers[0].counts()["street"]["rejected"] == {"nodes outside the extract": 1}
    assert notices(ledgers)["ways_without_nodes"].startswith("2 of 3 streets have nodes that the files lack")


def test_ways_that_carry_their_places_themselves(tmp_path: Path) -> None:
    """`osmium add-locations-to-ways` drops the nodes: their streets are rejected, and that is said."""
    source, path = osm_town(tmp_path / "a.osm"), tmp_path / "located.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(path), "pbf,locations_on_ways=true")) as writer:
        for entity in osmium.FileProcessor(str(source)).with_locations():
            if not entity.is_node() or len(entity.tags):
                writer.add(entity)
    ledgers = load_osm(path)
    assert ledgers[0].counts()["street"]["used"] <= 1
    assert "1 of 1 streets" in notices(ledgers)["ways_without_nodes"]


def test_xml_with_an_unknown_entity(tmp_path: Path) -> None:
    shop = node(1, 0, 0, "shop=bakery").replace("bakery", "&bad;")
    refused(load_osm, write(tmp_path / "a.osm", shop), "undefined entity")
    bombs = '<!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    path = tmp_path / "bomb.osm"
    path.write_text(f'{bombs}<osm version="0.6">{shop.replace("&bad;", "&b;")}</osm>', encoding="utf-8")
    refused(load_osm, path, "cannot be read to its end")


@pytest.mark.parametrize("name", ["map.osm.pbf", "map.osm.gz", "map.osm.bz2"])
def test_a_wrong_suffix_and_garbage_in_an_archive(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x00\x01garbage" * 20)
    refused(load_osm, path, "cannot be read to its end .*fetch it again")
    if name != "map.osm.gz":  # osmium reads text that is not packed under the name of an archive
        path.write_bytes(osm_town(tmp_path / "a.osm").read_bytes())
        refused(load_osm, path, "cannot be read to its end")
    else:
        path.write_bytes(gzip.compress(osm_town(tmp_path / "a.osm").read_bytes())[:-30])
        refused(load_osm, path, "cannot be read to its end")


@pytest.mark.parametrize("name", ["map.o5m", "map.osc", "map.osm.zip", "map.opl", "map"])
def test_forms_of_maps_that_are_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xff\xe0\x04o5m2")
    refused(load_osm, tmp_path / name, "not OpenStreetMap data GeoKehila reads: give .osm, .osm.pbf or Overpass .json")


def shop_of(number: int, **attributes: str) -> str:
    return node(number, 10 * number, 0, "shop=bakery", **attributes)


def test_a_history_and_deleted_objects(tmp_path: Path) -> None:
    """n1 was deleted after it was made, n2 lives, n3 moved; of each the newest version counts."""
    old, gone = shop_of(1, version="1", visible="true"), shop_of(1, version="2", visible="false")
    moved = node(3, 30, 0, "shop=deli", version="1"), node(3, 35, 0, "shop=bakery", version="2")
    found = osm.read([write(tmp_path / "a.osm", old, gone, shop_of(2, version="1"), *moved)], CATEGORIES, ISRAEL_TM, ())
    assert sorted(found.places["place_id"]) == ["n2", "n3"]
    assert found.ledgers[0].counts()["deleted object"]["rejected"] == {"deleted in this file": 1}


def test_a_file_of_josm_with_new_and_deleted_objects(tmp_path: Path) -> None:
    path = write(tmp_path / "a.osm", shop_of(-4, action="modify"), shop_of(2, version="1", action="delete"))
    found = osm.read([path], CATEGORIES, ISRAEL_TM, ())
    assert found.places["place_id"].tolist() == ["n-4"]
    assert found.ledgers[0].counts()["deleted object"]["rejected"] == {"deleted in the editor": 1}
    assert notices([*found.ledgers])["edits_not_uploaded"].startswith("1 new, 0 changed and 1 deleted objects of")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"osm3s": {"timestamp_osm_base": "yesterday"}}, "timestamp_osm_base is 'yesterday', no date"),
        ({"osm3s": {"timestamp_osm_base": "2025-03-04T05:06:٠٧Z"}}, "timestamp_osm_base is '2025-03-04T05:06:٠٧Z', no"),
        ({"elements": [{"type": "node", "id": 1, "lat": "x", "lon": 34}]}, "node 1 lacks its parts"),
        ({"elements": [{"type": "node", "id": 10**30, "lat": 31, "lon": 34}]}, "node 1000.* lacks its parts"),
        ({"elements": [{"type": "node", "id": [], "lat": 31, "lon": 34}]}, "an element lacks its parts"),
        ({"elements": [{"type": "node", "id": 1, "lat": 31, "lon": 34, "tags": {"a": "b" * 5000}}]}, "value is too"),
        ({"elements": [{"type": "node", "id": 1, "lat": 31, "lon": 34, "tags": {"a": "\ud800"}}]}, "lacks its parts"),
        ({"elements": [{"type": "relation", "id": 1, "members": [{"type": "", "ref": 1, "role": ""}]}]}, "lacks its"),
    ],
)  # fmt: skip
def test_overpass_replies_with_odd_values(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    path = tmp_path / "reply.json"
    path.write_text(json.dumps({"elements": []} | change), encoding="utf-8")
    refused(load_osm, path, message)


def test_zero_bytes_in_texts(tmp_path: Path) -> None:
    """osmium ends a text at a zero byte and runs past it in memory: a .pbf is refused, a reply loses the byte."""
    whole = osm_pbf(tmp_path / "map.osm.pbf").read_bytes()
    (tmp_path / "map.osm.pbf").write_bytes(whole.replace(b"amenity", b"ameni\0y"))
    refused(load_osm, tmp_path / "map.osm.pbf", "holds a text with a zero byte in it: the file is broken")
    shop = {"type": "node", "id": 1, "lat": 31.2, "lon": 34.8, "tags": {"shop": "bakery", "name": "a\0b"}}
    (tmp_path / "reply.json").write_text(json.dumps({"elements": [shop]}), encoding="utf-8")
    assert osm.read([tmp_path / "reply.json"], CATEGORIES, ISRAEL_TM, ()).places["name_en"].tolist() == ["ab"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("LINESTRING (", "POLYGON ("), "not whole GraphML"),
        (("?xml ", '?xml encoding="klingon" '), "not whole GraphML"),
        (("epsg:4326", "local"), "not whole GraphML"),
        (('attr.name="x"', 'attr.name="y"'), "'x' is missing"),
    ],
)
def test_a_damaged_graph(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = street_graph(tmp_path / "a.graphml")
    path.write_text('<?xml version="1.0"?>' + path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    refused(load_graph, path, message)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ("POINT (34.8 31.2)", "no usable coordinates"),
        ("LINESTRING (34.8 31.2, NaN 31.3)", "no usable coordinates"),
        ("LINESTRING (34.8 31.2, 34.8 31.2)", "no length"),
        ("MULTILINESTRING ((34.8 31.2, 34.8 31.3))", "no usable coordinates"),
        ("POLYGON ((34.8 31.2, 34.8 31.3, 34.9 31.3, 34.8 31.2))", "no usable coordinates"),
    ],
)
def test_a_street_of_a_graph_without_a_course(tmp_path: Path, shape: str, reason: str) -> None:
    path = street_graph(tmp_path / "a.graphml")
    path.write_text(re.sub(r"LINESTRING \([^)]*\)", shape, path.read_text(encoding="utf-8")), encoding="utf-8")
    ledger = load_graph(path)[0]
    assert ledger.counts()["street"]["rejected"] == {reason: 1, "same street, other direction": 1}


@pytest.mark.parametrize("x", ["nan", "inf", "1e300", "200"])
def test_nodes_of_a_graph_that_are_nowhere(tmp_path: Path, x: str) -> None:
    path = street_graph(tmp_path / "a.graphml")
    text = re.sub(r'<node id="a"><data key="x">[^<]*', f'<node id="a"><data key="x">{x}', path.read_text())
    path.write_text(text, encoding="utf-8")
    ledger = load_graph(path)[0]
    assert ledger.counts()["street"]["rejected"] == {"no usable coordinates": 2}


# Coordinates --------------------------------------------------------------------------------------------------------


def swapped(feature: dict[str, Any]) -> dict[str, Any]:
    return {**feature, "coordinates": [[[lat, lon] for lon, lat in line] for line in feature["coordinates"]]}


@pytest.mark.parametrize("load", [load_areas, load_zones])
def test_geojson_in_lat_lon(tmp_path: Path, load: Loader) -> None:
    path = geojson(tmp_path / "a.geojson", (swapped(ring(*UNIT)), {**PROPERTIES, "id": "a", "population": 5}))
    message = refused(load, path, r"its coordinates stand as \[latitude, longitude\]: swap them")
    assert "lies at 31.2 to 31.2 E, 34.8 to 34.8 N, outside of where EPSG:2039 holds (34.2 to 35.7 E" in message


def test_one_shape_in_lat_lon_among_sound_ones(tmp_path: Path) -> None:
    other = {**PROPERTIES, "STAT11": 12}
    path = geojson(tmp_path / "a.geojson", (ring(*UNIT), PROPERTIES), (swapped(ring(*UNIT)), other))
    assert "1 of 2 shapes reach outside of where EPSG:2039 holds" in notices(load_areas(path))["far_away"]
    assert "row 2, at 31.2 to 31.2 E" in notices(load_areas(path))["far_away"]


@pytest.mark.parametrize(
    ("really", "stated", "message"),
    [
        (ISRAEL_TM, WGS84, "coordinates .* do not fit its CRS WGS 84: state the true CRS"),
        (WGS84, ISRAEL_TM, "lies at 33.0 to 33.0 E, 26.1 to 26.1 N, outside of where .*: state the true CRS"),
        (ISRAEL_TM, "EPSG:32636", "outside of where EPSG:2039 holds"),
        ("EPSG:32636", ISRAEL_TM, "outside of where EPSG:2039 holds"),
    ],
)
def test_coordinates_outside_the_stated_crs(tmp_path: Path, really: str, stated: str, message: str) -> None:
    wrong = areas(Pop_Total=1).to_crs(really).set_crs(stated, allow_override=True)
    refused(load_areas, layer(tmp_path / "a.gpkg", wrong), message)


def test_a_study_whose_crs_is_of_another_country(tmp_path: Path) -> None:
    """Forgetting crs in a study outside Israel."""
    with pytest.raises(
        InputError, match=r"osm a.osm: lies at 34.0 .* outside of where EPSG:32628 holds .* under \[study\]"
    ):
        osm.read([osm_town(tmp_path / "a.osm")], CATEGORIES, "EPSG:32628", ())


def test_no_crs(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="crs"):
        path = layer(tmp_path / "a.gpkg", areas().set_crs(None, allow_override=True))
    refused(load_areas, path, "no CRS stated: save it from a GIS as a GeoPackage with its CRS")
    shapefile = layer(tmp_path / "b.shp", areas())
    shapefile.with_suffix(".prj").unlink()
    refused(load_areas, shapefile, "no CRS stated")


@pytest.mark.parametrize("value", [float("inf"), 1e200])
def test_coordinates_that_are_no_numbers(tmp_path: Path, value: float) -> None:
    frame = areas(2, Pop_Total=[1, 2])
    frame.loc[0, "geometry"] = Polygon([(value, Y), (X + 9, Y), (X, Y + 9)])
    _, ledger = statistical_areas.read(layer(tmp_path / "a.gpkg", frame), CODE, ISRAEL_TM)
    assert ledger.counts()["area"] == {"read": 2, "used": 1, "rejected": {"empty geometry": 1}}


def test_longitudes_beyond_180(tmp_path: Path) -> None:
    corners = [[200.0, 31.0], [200.1, 31.0], [200.1, 31.1], [200.0, 31.0]]
    path = geojson(tmp_path / "a.geojson", ({"type": "Polygon", "coordinates": [corners]}, PROPERTIES))
    refused(load_areas, path, "outside of where EPSG:2039 holds|do not fit its CRS")


def test_layers_without_shapes(tmp_path: Path) -> None:
    """An empty collection, shapes of null, and empty ones."""
    refused(load_areas, geojson(tmp_path / "none.geojson"), "none.geojson")
    refused(load_zones, geojson(tmp_path / "none.geojson"), "none.geojson")
    path = geojson(tmp_path / "a.geojson", (None, {"id": "a", "population": 1}))
    refused(load_zones, path, "no layer with shapes|none of its 1 rows is a polygon with an id: give polygons")
    mixed = geojson(tmp_path / "b.geojson", (None, {"id": "a", "population": 1}), (ring(*UNIT), {"id": "b"}))
    assert load_zones(mixed)[0].counts()["zone"]["rejected"] == {"empty geometry": 1}


def test_collections_and_heights(tmp_path: Path) -> None:
    """Of a collection the polygons count; heights are dropped."""
    shapes = [GeometryCollection([Point(X, Y), LineString([(X, Y), (X + 1, Y)]), box(X, Y, X + 50, Y + 100)]),
              shapely.force_3d(box(X + 100, Y, X + 200, Y + 100), 7.0), LineString([(X, Y), (X + 9, Y)])]  # fmt: skip
    path = layer(tmp_path / "a.gpkg", areas(Pop_Total=1).set_geometry(gpd.GeoSeries(shapes, crs=ISRAEL_TM)))
    zones, ledger = statistical_areas.read(path, CODE, ISRAEL_TM)
    assert zones["land_m2"].tolist() == [5000, 10_000] and not zones.has_z.any()
    assert ledger.counts()["area"]["rejected"] == {"not polygonal": 1}


def test_rings_left_open(tmp_path: Path) -> None:
    opened = ring(*UNIT)
    opened["coordinates"][0].pop()
    path = geojson(tmp_path / "a.geojson", (opened, PROPERTIES))
    zones, ledger = statistical_areas.read(path, CODE, ISRAEL_TM)
    assert zones["land_m2"].tolist() == [pytest.approx(10_000, rel=1e-3)]
    assert notices([ledger])["rings_closed"] == "1 shapes with open rings are closed, 0 have no shape: mend them"


# Keys ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[zones]\nedge_m = 100\nedge_m = 200\n", "not TOML .*: mend that line"),
        ("[zones]\n[zones]\n", "not TOML .*: mend that line"),
        ("[zonez]\n", "unknown table .*'zonez': did you mean 'zones'"),
        ("[zones]\nedgem = 100\n", "'edgem': did you mean 'edge_m'"),
        ('[inputs]\nosn = "a"\n', "'osn': did you mean 'osm'"),
        ("[profiles.adult]\nspeed_m_s = 0.1\n", r"\[profiles.adult\] speed_m_s is 0.1: give a number from 0.2 to 3"),
        ("[profiles.adult]\nspeed_m_s = 4.7\n", r"speed_m_s is 4.7: give a number from 0.2 to 3"),
        ("[profiles.adult]\nspeed_m_s = nan\n", r"speed_m_s is nan: give"),
        ("[standards.snap_cap]\nvalue = 0\n", r"\[standards.snap_cap\] value is 0: give a number from 1 to 1000"),
        ("[standards.snap_cap]\nvalue = inf\n", r"value is inf: give"),
        ("[standards.horizon]\nvalue = -5\n", r"\[standards.horizon\] value is -5: give a number from 60 to 4095"),
        ("[categories.clinic]\ncredible_residents = 0\n", "credible_residents is 0: give a number from 1"),
        ("[categories.clinic]\nmin_area_m2 = -1\n", "min_area_m2 is -1: give a number from 0"),
        ("[zones]\nedge_m = nan\n", "edge_m is nan: give a number"),
        ("[zones]\nedge_m = inf\n", "edge_m is inf: give a number"),
        ('[population]\ntotal = 0\nsource = "a"\ndate = "b"\n', r"\[population\] total is 0: give a number from 1"),
        ('[population]\ntotal = -7\nsource = "a"\ndate = "b"\n', "total is -7"),
        ('[population]\ntotal = nan\nsource = "a"\ndate = "b"\n', "total is nan"),
    ],
)
def test_wrong_and_duplicate_keys_and_values_of_a_study(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(StudyError, match=message) as fault:
        Study.read(path)
    assert "\n" not in str(fault.value)


def test_wrong_keys_of_areas(tmp_path: Path) -> None:
    """No keys, keys of both editions; blank, worded, fractional and infinite ones are rejected by row."""
    refused(
        load_areas, layer(tmp_path / "a.gpkg", areas().drop(columns="STAT11")), "no CBS keys .* give one CBS edition"
    )
    refused(load_areas, layer(tmp_path / "b.gpkg", areas(STAT_2022=1)), "both 2011 and 2022 keys")
    odd = areas(6, STAT11=["11", None, "north", "12.5", "1e999", "-3"])
    _, ledger = statistical_areas.read(layer(tmp_path / "c.gpkg", odd), CODE, ISRAEL_TM)
    assert ledger.counts()["area"] == {"read": 6, "used": 1, "rejected": {"null key": 5}}


def test_two_keys_of_one_area_that_disagree(tmp_path: Path) -> None:
    path = layer(tmp_path / "a.gpkg", areas(YISHUV_STAT11=[CODE * 10_000 + n for n in (11, 21, 13)]))
    zones, ledger = statistical_areas.read(path, CODE, ISRAEL_TM)
    assert zones["zone_id"].tolist() == [f"{CODE}-{n}" for n in (11, 12, 13)]
    assert notices([ledger])["keys_disagree"] == (
        "1 rows carry two keys, the first row 2: 9996-12 and 99960021: YISHUV_STAT is not read; mend it"
    )


def test_duplicate_keys_of_areas(tmp_path: Path) -> None:
    path = layer(tmp_path / "a.gpkg", areas(STAT11=[11, 12, 12], Pop_Total=[5, 6, 6]))
    _, ledger = statistical_areas.read(path, CODE, ISRAEL_TM)
    assert "1 rows repeat an area, the first 9996-12: taken for pieces of it" in notices([ledger])["areas_in_pieces"]
    clash = layer(tmp_path / "b.gpkg", areas(STAT11=[11, 12, 12], Pop_Total=[5, 6, 7]))
    refused(load_areas, clash, "area 9996-12 has two different counts: keep one row per area")


def test_duplicate_keys_of_tables_and_zones(tmp_path: Path) -> None:
    twice = workbook(tmp_path / "a.xlsx", [*CENSUS, CENSUS[2]])
    refused(load_census, twice, r"area '11' of locality 9996 has two rows, 3 \('11'\) and 6 \('11'\): keep one")
    columns = workbook(tmp_path / "b.xlsx", [[*row, 1 if i != 1 else "pop_approx"] for i, row in enumerate(CENSUS)])
    refused(load_census, columns, "two columns are called pop_approx: keep one")
    index = table(tmp_path / "c.csv", [*INDEX, INDEX[1]])
    refused(LOADERS["index.csv"], index, "area 9996-11 has two rows: keep one")
    zones = layer(tmp_path / "d.geojson", squares(2, id=["a", "a"], population=1).to_crs(WGS84))
    refused(load_zones, zones, "id 'a' stands in two rows: merge them or number them apart")
    absent = layer(tmp_path / "e.geojson", squares(2, ID=["a", "b"], population=1).to_crs(WGS84))
    refused(load_zones, absent, "column 'id' absent among ID, population, geometry: name it in study.toml")


# Counts -------------------------------------------------------------------------------------------------------------


def counts_of(tmp_path: Path, people: list[object], name: str = "a.gpkg") -> tuple[pd.DataFrame, Ledger]:
    return statistical_areas.people(layer(tmp_path / name, areas(len(people), Pop_Total=people)), CODE)


def census_of(path: Path, *people: object) -> Path:
    rows = [[*CENSUS[2][:2], 11 + i, str(11 + i), count, *CENSUS[2][5:]] for i, count in enumerate(people)]
    return workbook(path, [*CENSUS[:2], *rows])


def test_a_fractional_count_in_a_table_of_whole_persons(tmp_path: Path) -> None:
    people, ledger = counts_of(tmp_path, [10, 12.5, 13.25])
    assert people["people"].tolist() == [10, 12.5, 13.25]
    assert notices([ledger])["fractional_people"] == (
        "2 counts of persons are fractions, the first in row 2: Pop_Total is '12.5': check that it is the right column"
    )
    said = notices(load_census(census_of(tmp_path / "a.xlsx", 120, 13.7)))["fractional_people"]
    assert said.startswith("1 counts of persons are fractions, the first in row 4: pop_approx is '13.7'")
    assert "fractional_people" not in notices(LOADERS["index.csv"](table(tmp_path / "index.csv", INDEX)))


@pytest.mark.parametrize("wrong", [-1, -0.5, 1e30])
def test_a_negative_or_impossible_population(tmp_path: Path, wrong: float) -> None:
    remedy = "write a number from 0 to 20000000, or nothing where it is not known"
    path = layer(tmp_path / "a.gpkg", areas(3, Pop_Total=[5.0, wrong, 7.0]))
    refused(load_areas, path, f"row 2: Pop_Total is '{re.escape(str(float(wrong)))}': {remedy}")
    refused(load_census, census_of(tmp_path / "a.xlsx", 120, wrong), f"row 4: pop_approx is '.*': {remedy}")
    zones = layer(tmp_path / "a.geojson", squares(2, id=["a", "b"], population=[5.0, wrong]).to_crs(WGS84))
    refused(load_zones, zones, "row 2: population is .*: write a number of residents from 0 to 20000000, or nothing")
    cells = table(tmp_path / "cells.csv", [*CELLS[:2], [CELLS[2][0], wrong]])
    refused(lambda p: [user_zones.polygons(p, "EPSG:31982", "id", "population")[2]], cells, "row 3: population is")


def test_the_population_behind_the_index(tmp_path: Path) -> None:
    """Fractions are right there; a word and a mark are missing with their reason; below 0 there is nobody."""
    rows: Rows = [INDEX[0], *([CODE, 11 + i, cell, ""] for i, cell in enumerate(("1,250.5", "many", "..", "", 0)))]
    people, ledger = socioeconomic.read(table(tmp_path / "index.csv", rows), CODE)
    assert people["people"].fillna(-1).tolist() == [1250.5, -1, -1, -1, 0]
    assert people["reason"].fillna("").tolist() == [
        "", 'no count in the source, marked "many"', 'no count in the source, marked ".."', "no count in the source",
        "",
    ]  # fmt: skip
    assert notices([ledger]) == {
        "people_not_a_number": "1 counts are no numbers, the first in row 3: Pop2019 is 'many': missing; correct them"
    }
    remedy = "write a number from 0 to 20000000, or nothing where it is not known"
    below = table(tmp_path / "below.csv", [INDEX[0], INDEX[-1], INDEX[1], [CODE, 12, -3.5, ""]])
    refused(LOADERS["index.csv"], below, f"row 4: Pop2019 is '-3.5': {remedy}")


def test_a_percentage_above_a_hundred(tmp_path: Path) -> None:
    row = [*CENSUS[2][:5], 250.0, *CENSUS[2][6:]]
    path = workbook(tmp_path / "a.xlsx", [*CENSUS[:2], row])
    refused(load_census, path, "row 3: m_age0_9_pcnt is '250': write a number from 0 to 100")


def test_text_where_people_are_counted(tmp_path: Path) -> None:
    """A word is missing with its reason and named; a mark of the office is missing with its reason."""
    people, ledger = counts_of(tmp_path, ["1,250", "many", "..", None])
    assert people["people"].fillna(-1).tolist() == [1250, -1, -1, -1]
    assert people["reason"].fillna("").tolist() == [
        "", 'no count in the source, marked "many"', 'no count in the source, marked ".."', "no count in the source",
    ]  # fmt: skip
    assert notices([ledger])["people_not_a_number"] == (
        "1 counts are no numbers, the first in row 2: Pop_Total is 'many': missing; correct them"
    )
    table_, ledger = census.read(census_of(tmp_path / "a.xlsx", 120, "many", ".."), CODE)
    total = table_[table_["group"] == "total"]
    assert total["people"].fillna(-1).tolist() == [120, -1, -1]
    assert total["reason"].iloc[1] == 'no count in the source, marked "many"'
    assert "row 4: pop_approx is 'many'" in notices([ledger])["people_not_a_number"]
    zones = layer(tmp_path / "a.geojson", squares(2, id=["a", "b"], population=["5", "many"]).to_crs(WGS84))
    refused(load_zones, zones, "row 2: population is 'many': write a number of residents")


def test_blank_populations(tmp_path: Path) -> None:
    people, ledger = counts_of(tmp_path, [10.0, None, 0.0])
    assert people["people"].fillna(-1).tolist() == [10, -1, 0]
    assert people["reason"].fillna("").tolist() == ["", "no count in the source", ""]
    assert notices([ledger]) == {}


# Workbooks ----------------------------------------------------------------------------------------------------------


def test_a_workbook_without_the_header(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [CENSUS[0], *CENSUS[2:]])
    refused(load_census, path, "no row holds LocalityCode, .*: give the census workbook with its English header")


def test_a_workbook_with_shifted_columns(tmp_path: Path) -> None:
    """A column too many before the data puts names where codes stand; one too few puts area numbers there."""
    right = workbook(tmp_path / "right.xlsx", [*CENSUS[:2], *([None, *row] for row in CENSUS[2:])])
    refused(load_census, right, "no row holds the code of a locality where it should: have its columns moved?")
    left = workbook(tmp_path / "left.xlsx", [*CENSUS[:2], *(row[1:] for row in CENSUS[2:])])
    refused(load_census, left, r"locality 9996 is not among its 2 \(nearest: 12, 11\)")
    moved: Rows = [[CENSUS[2][0], CODE, "נווה אור", "מרכז", 11, *CENSUS[2][5:]]]
    names = workbook(tmp_path / "names.xlsx", [*CENSUS[:2], *moved])
    refused(load_census, names, "row 3: StatArea is 'נווה אור': give area numbers such as 14 or 14[+]13")


def test_a_workbook_with_a_merged_title_row(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("מפקד")
        sheet.merge_range(0, 0, 1, 10, "מפקד האוכלוסין 2022, LocalityCode")
        for number, row in enumerate(CENSUS, 3):
            sheet.write_row(number, 0, row)
    found, _ = census.read(path, CODE)
    assert found.loc[found["group"] == "total", "people"].tolist() == [120, 80]


def test_an_encrypted_workbook(tmp_path: Path) -> None:
    """A container of the old kind, in whose directory a stream is called EncryptedPackage."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    )
    refused(load_census, path, "is under a password: save a copy without one")
    refused(load_places, path, "is under a password: save a copy without one")


def test_a_workbook_that_is_cut_or_another_file(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx", CENSUS).read_bytes()
    for name, content in {
        "cut.xlsx": whole[: len(whole) // 2],
        "csv.xlsx": b"LocalityCode,StatArea\n9996,11\n",
    }.items():
        (tmp_path / name).write_bytes(content)
        refused(load_census, tmp_path / name, "cannot be read as a workbook .*: save it as .xlsx")


def test_a_workbook_with_two_sheets_of_one_header(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("notes", "2022", "old"):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(CENSUS if name != "notes" else []):
                sheet.write_row(number, 0, row)
    said = notices(load_census(path))["sheets_not_read"]
    assert said == "sheet '2022' is read; 'old' have the same header and are not: keep one of them"


def test_keys_of_a_workbook_as_text_and_as_numbers(tmp_path: Path) -> None:
    rows: Rows = [[*CENSUS[2][:1], str(CODE), "11.0", 11.0, 120, *CENSUS[2][5:]],
                  [*CENSUS[2][:1], float(CODE), 12, " 12 + 13 ", "80", *CENSUS[2][5:]]]  # fmt: skip
    found, _ = census.read(workbook(tmp_path / "a.xlsx", [*CENSUS[:2], *rows]), CODE)
    assert found["area"].unique().tolist() == ["11", "12+13"]


@pytest.mark.parametrize("cell", ["north", "12.5", "11;12", "1.2.3", "1e999", "-4"])
def test_area_numbers_of_a_workbook_that_are_none(tmp_path: Path, cell: str) -> None:
    """Taken as blank, such a row would stand for the whole locality."""
    rows: Rows = [[*CENSUS[2][:3], cell, *CENSUS[2][4:]]]
    path = workbook(tmp_path / "a.xlsx", [*CENSUS[:2], *rows])
    refused(load_census, path, f"row 3: StatAreaCmb is '{re.escape(cell)}': give area numbers")


def test_a_locality_not_in_the_file(tmp_path: Path) -> None:
    files: dict[str, tuple[Path, Callable[[Path], object]]] = {
        "workbook": (workbook(tmp_path / "a.xlsx", CENSUS), lambda path: census.read(path, 9999)),
        "index": (table(tmp_path / "a.csv", INDEX), lambda path: socioeconomic.read(path, 9999)),
        "layer": (layer(tmp_path / "a.gpkg", areas()), lambda path: statistical_areas.read(path, 9999, ISRAEL_TM)),
    }
    for path, read in files.values():
        with pytest.raises(
            InputError, match=rf"^{path.name}: locality 9999 is not among its \d \(nearest: 9996.*: check"
        ):
            read(path)


# Zones --------------------------------------------------------------------------------------------------------------


def test_zones_with_no_people(tmp_path: Path) -> None:
    """Whichever source counts: those without a count and those that count 0 are told apart, and told once."""
    remedy = "no share is computed there; where people live, give a source that counts them"
    own = squares(4, id=["a", "b", "c", "d"], population=[5.0, 0.0, None, None]).to_crs(WGS84)
    layers = {
        "zones": (layer(tmp_path / "zones.geojson", own), "c", "b"),
        "areas": (layer(tmp_path / "a.gpkg", areas(4, Pop_Total=[5.0, 0.0, None, None])), "9996-13", "9996-12"),
        "socioeconomic": (layer(tmp_path / "b.gpkg", areas(4)), "9996-13", "9996-12"),
        "census": (layer(tmp_path / "c.gpkg", areas(4).rename(columns={"STAT11": "STAT_2022"})), "9996-13", "9996-12"),
    }
    index = [INDEX[0], *([CODE, 11 + i, people] for i, people in enumerate((5.5, 0, "", "..")))]
    tables = {
        "socioeconomic": table(tmp_path / "index.csv", [[*row[:3]] for row in index]),
        "census": census_of(tmp_path / "census.xlsx", 5, 0, "", ".."),
    }
    for source, (path, unknown, none) in layers.items():
        role = "zones" if source == "zones" else "statistical_areas"
        files = {role: (path,)} | ({source: (tables[source],)} if source in tables else {})
        for homes, more in (({none: 1}, f"; 1 count nobody (0) and 1 homes on the map, the first {none}"), ({}, "")):
            found = counted_by(source, files, homes=homes)
            said = [n for x in found.ledgers for n in x.notices if n.name == "zones_without_people"]
            assert [(n.where, n.text) for n in said] == [
                ("population", f"of 4 zones 2 have no count, the first {unknown}{more}: {remedy}")
            ], "where nobody is counted and no home stands there is nothing to mend"
        with_homes = counted_by(source, files, homes={unknown: 15, none: 0})
        assert "2 have no count and 15 homes on the map, the first" in with_homes.ledgers[0].notices[0].text
        every = [notice.text for x in counted_by(source, files).ledgers for notice in x.notices]
        assert sum("have no count" in text for text in every) == 1, "once, whatever the flags say"


def counted_by(
    source: str,
    files: dict[str, tuple[Path, ...]],
    city: City = NEVE_OR,
    homes: Mapping[str, int] = MappingProxyType({}),
) -> zone_people.ZonePeople:
    """Zones and people of a study outside the catalogue, by one source; `homes` on the map by zone."""
    kind = "polygons" if source == "zones" else "statistical_areas"
    study = Study(city=city, population_source=source, zones=ZoneChoice(kind=kind))
    found = zone_people.read(study, Inputs(files, ()), box(X, Y, X + 1, Y + 1))
    return zone_people.told(found, pd.Series(homes, dtype=float))


def test_zones_of_which_all_count_somebody_are_not_named(tmp_path: Path) -> None:
    """So are areas that are counted with another one: they lack no people."""
    frame = areas(2, Pop_Total=[9.0, None], Stat11_Unite=["11+12", None], Stat11_Ref=[None, "11"])
    path = layer(tmp_path / "a.gpkg", frame)
    people, ledger = statistical_areas.people(path, CODE)
    assert people["reason"].iloc[1] == "counted in area 11" and notices([ledger]) == {}
    found = counted_by("areas", {"statistical_areas": (path,)})
    assert found.people["people"].tolist() == [9] and notices([*found.ledgers]).keys() == {"merged_areas"}


@pytest.mark.parametrize("source", ["areas", "zones"])
def test_zones_far_from_where_the_catalogue_has_their_city(tmp_path: Path, source: str) -> None:
    """The zones lie round 34.79 E, 31.22 N: 10 km from Beer Sheva, 209 km from Kiryat Shmona at 33.21 N."""
    frame = areas(2, id=["a", "b"], population=1.0, Pop_Total=1)
    files = {"zones" if source == "zones" else "statistical_areas": (layer(tmp_path / "a.gpkg", frame),)}
    north, beer_sheva = replace(NEVE_OR, lon=35.57, lat=33.21), replace(NEVE_OR, lon=34.79, lat=31.25)
    with pytest.raises(InputError, match=r"^zones: lie at 34.79 E, 31.22 N, 2\d\d km from Neve Or") as fault:
        counted_by(source, files, north)
    assert "which the catalogue has at 35.57 E, 33.21 N: give the files of that city, or a name" in str(fault.value)
    assert len(counted_by(source, files, beer_sheva).zones) == len(counted_by(source, files).zones) == 2


@pytest.mark.parametrize(("km", "is_near"), [(99.9, True), (100.2, False)])
def test_a_hundred_kilometres_from_the_nearest_zone(km: float, is_near: bool) -> None:
    """A point due north of the north edge of squares 100 m high, in metres of the Israel TM Grid."""
    at = gpd.GeoSeries([Point(X + 50, Y + 100 + 1000 * km)], crs=ISRAEL_TM).to_crs(WGS84).iloc[0]
    city = replace(NEVE_OR, lon=at.x, lat=at.y)
    with nullcontext() if is_near else pytest.raises(InputError, match="100 km from"):
        must_lie_near(squares(3), city)


@pytest.mark.parametrize("load", [load_areas, load_zones])
def test_zones_that_overlap(tmp_path: Path, load: Loader) -> None:
    """Three squares of 100 m; the second reaches 20 m into the third, and 5 cm into the first, which is no overlap."""
    shapes = [box(X, Y, X + 100, Y + 100), box(X + 99.95, Y, X + 220, Y + 100), box(X + 200, Y, X + 300, Y + 100)]
    columns = {"id": ["a", "b", "c"], "population": 1.0, "Pop_Total": 1}
    path = layer(tmp_path / "a.gpkg", areas(**columns).set_geometry(gpd.GeoSeries(shapes, crs=ISRAEL_TM)))
    pair = "9996-12 and 9996-13" if load is load_areas else "b and c"
    assert notices(load(path))["zones_overlap"] == (
        f"1 pairs of zones share 2000 m2, most {pair} by 2000 m2: "
        "a home there counts once, in the first by id; mend the borders"
    )


# Shapes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("load", [load_areas, load_zones])
def test_a_polygon_that_crosses_itself(tmp_path: Path, load: Loader) -> None:
    """A bow tie of two triangles of 100 m by 50 m is repaired to both, 2 x 2,500 m2."""
    bow = Polygon([(X, Y), (X + 100, Y + 100), (X + 100, Y), (X, Y + 100)])
    frame = areas(2, id=["a", "b"], population=1.0, Pop_Total=1)
    frame.loc[0, "geometry"] = bow
    path = layer(tmp_path / "a.gpkg", frame)
    first = "9996-11" if load is load_areas else "a"
    assert notices(load(path))["geometry_repaired"] == (
        f"1 shapes cross themselves, the first {first}: they are repaired; compare them with the source"
    )
    assert statistical_areas.read(path, CODE, ISRAEL_TM)[0]["land_m2"].tolist() == [5000, 10_000]


def test_a_hole_outside_and_pieces_that_touch(tmp_path: Path) -> None:
    odd = [Polygon(box(X, Y, X + 10, Y + 10).exterior, [box(X + 20, Y, X + 25, Y + 5).exterior]),
           MultiPolygon([box(X + 100, Y, X + 150, Y + 50), box(X + 120, Y, X + 160, Y + 50)])]  # fmt: skip
    path = layer(tmp_path / "a.gpkg", areas(2, Pop_Total=1).set_geometry(gpd.GeoSeries(odd, crs=ISRAEL_TM)))
    zones, ledger = statistical_areas.read(path, CODE, ISRAEL_TM)
    assert zones.is_valid.all() and zones["land_m2"].iloc[1] == pytest.approx(3000)
    assert notices([ledger])["geometry_repaired"].startswith("2 shapes cross themselves")


# Places and names ---------------------------------------------------------------------------------------------------


def test_two_places_on_one_spot(tmp_path: Path) -> None:
    """OpenStreetMap keeps both; a list that repeats a row keeps one, and says so."""
    shops = node(1, 0, 0, "shop=bakery"), node(2, 0, 0, "shop=deli"), node(3, 0, 0, "amenity=clinic")
    found = osm.read([write(tmp_path / "a.osm", *shops)], CATEGORIES, ISRAEL_TM, ())
    assert sorted(found.places["place_id"]) == ["n1", "n2", "n3"]
    ledger = load_places(table(tmp_path / "places.csv", [*PLACES, PLACES[1]]))[0]
    counts = ledger.balance().counts()["place"]
    assert counts["read"] == 4 and counts["used"] == 3


NASTY = st.text(
    st.one_of(
        st.sampled_from("\u202e\u2066\u200f\u200e\u061c\ufeff\u200b\x85\"'<>&`\\/;{}$"),
        st.characters(exclude_categories=("Cs", "Cc")),
        st.sampled_from("אבגםןابت"),
    ),
    max_size=60,
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NASTY, NASTY)
def test_names_with_markup_quotes_and_direction_marks(tmp_path: Path, name: str, name_he: str) -> None:
    """A name goes in as any text and comes out without controls, blanks to spare, or more than 200 letters."""
    tags = {"shop": "bakery", "name": name, "name:he": name_he}
    element = {"type": "node", "id": 1, "lat": 31.2, "lon": 34.8, "tags": {k: v for k, v in tags.items() if v}}
    path = tmp_path / "reply.json"
    path.write_text(json.dumps({"elements": [element]}), encoding="utf-8")
    row = osm.read([path], CATEGORIES, ISRAEL_TM, ()).places.iloc[0]
    for shown in (row["name_he"], row["name_ar"], row["name_en"]):
        assert shown is None or pd.isna(shown) or (shown == " ".join(shown.split()) and not CONTROLS.search(shown))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ('Mama\'s "Deli" & Co', 'Mama\'s "Deli" & Co'),
        ("\u202eevil\u202c shop", "evil shop"),
        ("A" * 900, "A" * (LONGEST_NAME - 1) + "…"),
    ],
)
def test_names_that_a_map_may_hold(tmp_path: Path, name: str, shown: str) -> None:
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    shop = node(1, 0, 0, "shop=bakery name=NAME").replace("NAME", escaped)
    found = osm.read([write(tmp_path / "a.osm", shop)], CATEGORIES, ISRAEL_TM, ())
    assert found.places["name_en"].tolist() == [shown]


def test_names_of_ten_thousand_letters(tmp_path: Path) -> None:
    """OpenStreetMap itself has none longer than 255: a map that does is refused; a list's is cut."""
    shop = node(1, 0, 0, "shop=bakery name=NAME").replace("NAME", "א" * 10_000)
    refused(load_osm, write(tmp_path / "a.osm", shop), "too long")
    rows: Rows = [PLACES[0], ["א" * 10_000, *PLACES[1][1:]]]
    assert load_places(table(tmp_path / "places.csv", rows))[0].counts()["place"]["used"] == 1


# The whole way, in a folder with Hebrew and blanks ------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A tiny study in `נווה אור 2`: every reader opens a path with Hebrew and blanks, and every fault is in it."""
    folder = tmp_path_factory.mktemp("raw") / "נווה אור 2"
    folder.mkdir()
    osm_pbf(folder / "מפה שלי.osm.pbf")
    shapes = squares(3, SEMEL_YISH=CODE, STAT_2022=[11, 12, 13])
    shapes.loc[2, "geometry"] = box(X + 180, Y, X + 300, Y + 100)
    pyogrio.write_dataframe(shapes, folder / "אזורים של הלמס.shp")
    elsewhere = ["נווה אור", CODE, 99, "99", 40, *CENSUS[2][5:]]
    workbook(folder / "מפקד 2022.xlsx", [*CENSUS, elsewhere])
    names = ["</script><script>alert(1)</script>", "\u202eהפוך", 'מתנ"ס & <b>']
    table(folder / "מקלטים.csv", [PLACES[0], *([name, *row[1:]] for name, row in zip(names, PLACES[1:], strict=True))])
    (folder / "study.toml").write_text(
        '[study]\nname = "Neve Or 2"\ncode = 9996\nfictional = true\n[inputs]\nosm = "מפה שלי.osm.pbf"\n'
        'statistical_areas = "אזורים של הלמס.shp"\ncensus = "מפקד 2022.xlsx"\nshelters = "מקלטים.csv"\n',
        encoding="utf-8",
    )
    return run(folder / "study.toml", folder, folder / "יציאה ראשונה")


def test_nothing_is_written_beside_the_inputs(made: Run) -> None:
    """So a folder that may only be read serves as well."""
    raw = made.path.parents[3].parent
    assert {path.name for path in raw.iterdir()} == {
        "town.osm", "מפה שלי.osm.pbf", "מפקד 2022.xlsx", "מקלטים.csv", "study.toml", "יציאה ראשונה",
        *(f"אזורים של הלמס.{end}" for end in ("shp", "shx", "dbf", "prj", "cpg")),
    }  # fmt: skip


def test_every_warning_of_a_run_has_a_remedy(made: Run) -> None:
    said = [row["text"] for row in made.summary["warnings"]]
    assert len(said) > 3 and [text for text in said if not REMEDY.search(text)] == []


def test_a_path_with_hebrew_and_blanks(made: Run) -> None:
    assert "נווה אור 2" in str(made.path) and made.page.is_file()
    layers = {name for name, _ in pyogrio.list_layers(made.path / "neve-or-2.gpkg")}
    assert {"homes", "zones", "places"} <= layers
    assert gpd.read_parquet(made.path / "zones.parquet")["zone_id"].tolist() == ["9996-11", "9996-12+13"]
    assert made.summary["facts"]["people_placed"] > 0


def test_what_the_loaders_say_stands_in_run_json(made: Run) -> None:
    warnings = json.loads((made.path / "run.json").read_text(encoding="utf-8"))["warnings"]
    said = {(row["name"], row["where"]): row["text"] for row in warnings}
    assert "share 2000 m2, most 9996-12 and 9996-13" in said["zones_overlap", "אזורים של הלמס.shp"]


def test_people_with_no_zone(made: Run) -> None:
    """The census counts 40 people in area 99, which the layer lacks: they are named and stay in the sum."""
    assert made.summary["facts"]["people_in_no_area"] == 40
    assert made.summary["facts"]["people_source"] == 120 + 80 + 40
    assert {"population_areas_missing", "people_in_no_area"} <= {*made.summary["banners"]}
    assert any("40 people" in row["text"] for row in made.summary["warnings"])


def test_a_category_without_places(made: Run) -> None:
    row = next(row for row in made.summary["warnings"] if row["name"] == "list_not_credible")
    assert "library" in row["text"] and "give places_<category>.csv" in row["text"]


def test_names_cannot_end_the_script_of_the_page(made: Run) -> None:
    page = made.page.read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page and "\u202e" not in page
