"""Barriers and closed grounds of the map: what parts people on foot, by tags as mappers write them."""

from pathlib import Path

import osm_xml
import pytest
import shapely
from osm_xml import X, Y, node, relation, square, way, write

from geokehila import sample_town
from geokehila.catalogue import Catalogue
from geokehila.load import osm
from geokehila.load.osm import OsmData
from geokehila.load.osm.barriers import ABOVE_OR_BELOW
from geokehila.schema import ISRAEL_TM

CATEGORIES = tuple(Catalogue.read().categories.values())


def read(path: Path) -> OsmData:
    return osm.read([path], CATEGORIES, ISRAEL_TM, ())


def lines(tmp_path: Path, *tags: str) -> OsmData:
    """Read a file of lines of 100 m, w1 with the first tags, and so on."""
    nodes = [node(2 * i + end, 100 * end, 10 * i) for i in range(len(tags)) for end in (0, 1)]
    ways = [way(i + 1, [2 * i, 2 * i + 1], words) for i, words in enumerate(tags)]
    return read(write(tmp_path / "lines.osm", *nodes, *ways))


def areas(tmp_path: Path, *tags: str) -> OsmData:
    return read(osm_xml.squares(tmp_path, *tags))


def rejected(data: OsmData, kind: str) -> dict[str, str]:
    rows = data.ledgers[0].rejected()
    rows = rows[rows["kind"] == kind]
    return dict(zip(rows["source_id"], rows["reason"], strict=True))


def kinds(data: OsmData) -> dict[str, str]:
    return dict(zip(data.barriers["barrier_id"], data.barriers["kind"], strict=True))


def grounds(data: OsmData) -> dict[str, str]:
    return dict(zip(data.closed_grounds["ground_id"], data.closed_grounds["kind"], strict=True))


def test_lines_that_part_are_told_by_kind(tmp_path: Path) -> None:
    tags = {
        "barrier=city_wall": "wall", "barrier=retaining_wall": "wall", "barrier=fence fence_type=chain_link": "fence",
        "barrier=guard_rail": "fence", "barrier=hedge": "hedge", "railway=rail": "rail", "railway=light_rail": "rail",
        "waterway=stream intermittent=yes": "water", "waterway=wadi": "water", "waterway=canal": "water",
        "highway=motorway": "motorway", "highway=motorway_link": "motorway",
        "highway=primary motorroad=yes": "motorway", "natural=cliff": "cliff", "natural=coastline": "coast",
    }  # fmt: skip
    data = lines(tmp_path, *tags)
    assert kinds(data) == {f"w{i}": kind for i, kind in enumerate(tags.values(), 1)}
    assert data.barriers["barrier_id"].is_monotonic_increasing and data.barriers.crs == ISRAEL_TM
    west = data.barriers.set_index("barrier_id").geometry["w1"]
    assert west.hausdorff_distance(shapely.LineString([(X, Y), (X + 100, Y)])) < 0.02


def test_what_people_step_over_pass_under_or_that_is_gone_parts_nobody(tmp_path: Path) -> None:
    none = ["barrier=gate", "barrier=bollard", "barrier=kerb", "railway=tram", "waterway=ditch", "highway=trunk",
            "railway=disused", "highway=construction construction=motorway"]  # fmt: skip
    data = lines(tmp_path, *none, "railway=rail tunnel=yes", "waterway=stream tunnel=culvert",
                 "highway=motorway bridge=viaduct", "barrier=wall demolished=yes")  # fmt: skip
    assert data.barriers.empty
    assert rejected(data, "barrier") == {
        "w9": ABOVE_OR_BELOW, "w10": ABOVE_OR_BELOW, "w11": ABOVE_OR_BELOW, "w12": "demolished=yes",
    }  # fmt: skip


def test_a_barrier_cut_by_the_extract_keeps_its_runs(tmp_path: Path) -> None:
    nodes = [node(i, 10 * i, 0) for i in (1, 2, 4, 5)]
    data = read(
        write(tmp_path / "a.osm", *nodes, way(1, [1, 2, 3, 4, 5], "railway=rail"), way(2, [7, 8], "natural=cliff"))
    )
    assert data.barriers.set_index("barrier_id").geometry["w1"].length == pytest.approx(20, abs=0.05)
    counts = data.ledgers[0].balance().counts()
    assert counts["barrier"] == {"read": 2, "used": 1, "rejected": {"nodes outside the extract": 1}}
    assert counts["barrier part"]["read"] == 1


def test_a_fenced_area_is_a_barrier_by_its_outline_of_one_way_or_of_several(tmp_path: Path) -> None:
    park, ring = square(1, 0, 0, 20)
    corners, yard = square(11, 50, 0, 30)
    halves = [way(2, yard[:3], ""), way(3, yard[2:], "")]
    school = relation(4, [(2, "outer"), (3, "outer")], "type=multipolygon amenity=school barrier=wall")
    data = read(write(tmp_path / "a.osm", park, corners, way(1, ring, "leisure=park barrier=fence"), *halves, school))
    assert kinds(data) == {"r4": "wall", "w1": "fence"}
    assert data.barriers.geometry.length.round().tolist() == [120, 80]
    assert data.closed_grounds.empty


def test_closed_grounds_are_told_by_kind(tmp_path: Path) -> None:
    tags = {
        "natural=water water=lake": "water", "landuse=reservoir": "water", "waterway=riverbank": "water",
        "landuse=military": "military", "military=danger_area": "military",
        "leisure=garden access=private": "private", "leisure=garden garden:type=residential": "private",
        "landuse=residential access=private": "private", "landuse=industrial access=no": "private",
        "landuse=quarry": "quarry", "landuse=railway": "railway", "leisure=golf_course": "golf_course",
        "aeroway=aerodrome": "aerodrome", "power=substation": "substation", "landuse=cemetery": "cemetery",
    }  # fmt: skip
    data = areas(tmp_path, *tags)
    assert grounds(data) == {f"w{i}": kind for i, kind in enumerate(tags.values(), 1)}
    assert data.closed_grounds.geometry.area.round().tolist() == [100] * len(tags)


def test_open_grounds_buildings_and_shelters_are_not_closed(tmp_path: Path) -> None:
    none = ["leisure=park", "landuse=residential", "leisure=park access=private foot=yes", "amenity=parking access=yes",
            "military=bunker bunker_type=bomb_shelter", "building=yes access=private amenity=school",
            "building=yes power=substation", "highway=pedestrian area=yes access=private",
            "landuse=quarry disused=yes"]  # fmt: skip
    data = areas(tmp_path, *none)
    assert data.closed_grounds.empty
    assert rejected(data, "closed ground") == {"w9": "disused=yes"}


def test_a_ground_that_is_not_closed_as_a_ring_is_rejected(tmp_path: Path) -> None:
    assert rejected(lines(tmp_path, "landuse=military"), "closed ground") == {"w1": "not closed"}


def test_the_sample_town_has_its_wadi_its_fences_and_its_private_garden(tmp_path: Path) -> None:
    sample_town.write(tmp_path / "town")
    data = read(tmp_path / "town" / "osm.osm.pbf")
    counts = data.barriers["kind"].value_counts().to_dict()
    # The wadi runs through the town; the park with two gates and the gated garden are fenced.
    assert counts["water"] >= 1 and counts["fence"] >= 2
    assert "private" in set(data.closed_grounds["kind"])
    wadi = data.barriers[data.barriers["kind"] == "water"].union_all()
    crossing = data.streets[data.streets.intersects(wadi)]
    assert len(crossing) and crossing["bridge"].any()
