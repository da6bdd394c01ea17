"""Raw Overpass replies and broken files: one reply, many, cut ones, and what is no reply at all."""

import json
from pathlib import Path
from typing import Any

import osmium
import pytest
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from osm_xml import degrees

from geokehila.catalogue import Catalogue
from geokehila.errors import InputError
from geokehila.load import osm
from geokehila.load.osm import OsmData
from geokehila.load.osm.objects import COLUMNS
from geokehila.schema import ISRAEL_TM

CATEGORIES = tuple(Catalogue.read().categories.values())
Element = dict[str, Any]


def node(number: int, x: float, y: float, **tags: str) -> Element:
    lon, lat = degrees(x, y)
    return {"type": "node", "id": number, "lat": lat, "lon": lon} | ({"tags": tags} if tags else {})


def way(number: int, nodes: list[int], **tags: str) -> Element:
    return {"type": "way", "id": number, "nodes": nodes, "tags": tags}


#: A street, a house of 20 m by 20 m whose first corner is its entrance, a school of 10 m by 10 m, a shop.
CORNERS = [node(1, 0, 0, entrance="main"), node(2, 20, 0), node(3, 20, 20), node(4, 0, 20),
           node(5, 40, 0), node(6, 50, 0), node(7, 50, 10), node(8, 40, 10)]  # fmt: skip
STREET, HOUSE = way(1, [1, 5], highway="footway"), way(2, [1, 2, 3, 4, 1], building="house")
SCHOOL, SHOP = way(3, [5, 6, 7, 8, 5], amenity="school"), node(9, 70, 0, shop="bakery")
TOWN = [*CORNERS, SHOP, STREET, HOUSE, SCHOOL]


def without_tags(nodes: list[Element]) -> list[Element]:
    return [{key: value for key, value in n.items() if key != "tags"} for n in nodes]


def reply(path: Path, elements: list[Element], **more: Any) -> Path:
    base = {"version": 0.6, "osm3s": {"timestamp_osm_base": "2025-03-04T05:06:07Z"}}
    path.write_text(json.dumps(base | {"elements": elements} | more), encoding="utf-8")
    return path


def read(*paths: Path) -> OsmData:
    return osm.read(paths, CATEGORIES, ISRAEL_TM, ())


def assert_same_tables(one: OsmData, other: OsmData) -> None:
    for table in COLUMNS:
        first, second = getattr(one, table), getattr(other, table)
        assert_geodataframe_equal(first, second, normalize=True, check_like=True)
    assert [x.counts() for x in one.ledgers] == [x.counts() for x in other.ledgers]


def test_a_reply_gives_tables_and_its_date(tmp_path: Path) -> None:
    data = read(reply(tmp_path / "map.json", TOWN))
    assert [len(getattr(data, t)) for t in ("streets", "buildings", "places", "entrances")] == [1, 1, 2, 1]
    assert data.buildings.geometry.area.tolist() == [pytest.approx(400, abs=1)]
    assert data.date == "2025-03-04" and not data.extent_stated
    # The hull of (0,0) (70,0) (50,10) (20,20) (0,20): trapezoids of 20 x 20, 30 x 15 and 20 x 5.
    assert data.extent.area == pytest.approx(400 + 450 + 100, abs=2)


@given(st.sets(st.sampled_from(range(3))), st.sets(st.sampled_from(range(3))))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_overlapping_replies_are_one(tmp_path: Path, here: set[int], there: set[int]) -> None:
    """Every way lies in one reply, the other or both, each with nodes of its own as ``out skel`` writes them."""
    ways, bare = [STREET, HOUSE, SCHOOL], without_tags(CORNERS)
    tagged = [CORNERS[0], SHOP]
    first = reply(tmp_path / "a.json", [*tagged, *(ways[i] for i in sorted(here | ({0, 1, 2} - there))), *bare])
    second = reply(tmp_path / "b.json", [*bare, *(ways[i] for i in sorted(there))])
    assert_same_tables(read(first, second), read(reply(tmp_path / "whole.json", TOWN)))
    assert_same_tables(read(second, first), read(first, second))


def test_nodes_repeated_without_their_tags_keep_them(tmp_path: Path) -> None:
    """The usual query, ``out body; >; out skel qt;``, gives the entrance once with tags and once without."""
    elements = [CORNERS[0], SHOP, STREET, HOUSE, SCHOOL, *without_tags(CORNERS)]
    data = read(reply(tmp_path / "map.json", elements))
    assert_same_tables(data, read(reply(tmp_path / "whole.json", TOWN)))
    assert data.entrances["gate_id"].tolist() == ["n1"]


def test_ways_with_their_geometry_need_no_nodes(tmp_path: Path) -> None:
    at = {n["id"]: {"lat": n["lat"], "lon": n["lon"]} for n in CORNERS}
    ways = [{**w, "geometry": [at[n] for n in w["nodes"]]} for w in (STREET, HOUSE, SCHOOL)]
    assert_same_tables(read(reply(tmp_path / "geom.json", [CORNERS[0], SHOP, *ways])),
                       read(reply(tmp_path / "whole.json", TOWN)))  # fmt: skip
    cut = {**way(7, [1, 2, 99], highway="footway"), "geometry": [at[1], at[2], None]}
    data = read(reply(tmp_path / "cut.json", [cut]))
    assert data.streets.geometry.length.tolist() == [pytest.approx(20, abs=0.1)]


def test_a_reply_and_a_file_are_one_source(tmp_path: Path) -> None:
    xml = tmp_path / "shop.osm"
    lon, lat = degrees(90, 0)
    xml.write_text(f'<osm version="0.6"><node id="77" lon="{lon}" lat="{lat}"><tag k="shop" v="deli"/></node></osm>')
    both = read(reply(tmp_path / "map.json", TOWN), xml)
    assert set(both.places["place_id"]) == {"n9", "n77", "w3"}


def test_other_elements_and_a_bom_do_no_harm(tmp_path: Path) -> None:
    path = reply(tmp_path / "map.json", [*TOWN, {"type": "count", "id": 0}, {"type": "area", "id": 5}])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert_same_tables(read(path), read(reply(tmp_path / "whole.json", TOWN)))


TIMED_OUT = 'runtime error: Query timed out in "query" at line 3 after 181 seconds.'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"elements": TOWN, "remark": TIMED_OUT}, r"Overpass gave up \(runtime error: Query timed out"),
        ({"elements": []}, "holds no node"),
        ({"elements": [way(1, [1, 2], highway="footway")]}, "holds no node"),
        ({"elements": {}}, "JSON without 'elements'"),
        ([], "JSON without 'elements'"),
        ({"type": "FeatureCollection", "features": []}, "JSON without 'elements'"),
        ({"elements": ["node"]}, "lacks its parts"),
        ({"elements": [{"type": "node", "id": 1}]}, "lacks its parts .*lon"),
        (
            {"elements": [SHOP, {"type": "way", "id": 1, "center": {"lat": 31, "lon": 34}}]},
            "lacks its parts .*nodes",
        ),
        ({"elements": [{**STREET, "geometry": []}]}, "lacks its parts"),
        ({"elements": [{"type": "node", "lat": 31, "lon": 34}]}, "lacks its parts .*id"),
    ],
)
def test_a_reply_that_is_not_whole_is_one_line(tmp_path: Path, content: Any, message: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=f"^osm bad.json: .*{message}") as fault:
        read(reply(tmp_path / "whole.json", [SHOP]), path)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("text", [" ", '{"elements": [{"type": "node", "id": 1, "la', "<html><body>429</body></html>"])
def test_cut_json_and_pages_are_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"^osm bad.json: not a whole Overpass reply \(.*\): fetch it again$"):
        read(path)


def pbf(path: Path, nodes: int) -> Path:
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for i in range(1, nodes + 1):
            writer.add_node(osmium.osm.mutable.Node(id=i, location=(34.8 + i * 1e-6, 31.2)))
    return path


@pytest.mark.parametrize("keep", [3, 30, 0.5, 0.9])
def test_a_pbf_cut_in_its_middle_is_one_line(tmp_path: Path, keep: float) -> None:
    whole = pbf(tmp_path / "whole.osm.pbf", 20_000)
    assert read(whole).extent.length > 1000
    content, cut = whole.read_bytes(), tmp_path / "cut.osm.pbf"
    cut.write_bytes(content[: int(keep if keep > 1 else keep * len(content))])
    for paths in ([cut], [whole, cut]):
        with pytest.raises(
            InputError, match=r"^osm cut.osm.pbf: cannot be read to its end .* fetch it again$"
        ) as fault:
            read(*paths)
        assert "\n" not in str(fault.value)


@pytest.mark.parametrize("name", ["map.zip", "map.osm.zst", "map", "map.geojson", "map.osm.7z"])
def test_an_unknown_suffix_is_named_with_the_known_ones(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK")
    with pytest.raises(
        InputError, match=rf"^osm {name}: not OpenStreetMap data .* give .osm, .osm.pbf or Overpass .json"
    ):
        read(tmp_path / name)
