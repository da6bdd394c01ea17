"""OpenStreetMap to tables: squares of known size, with tags as Israeli mappers write them."""

import bz2
import gzip
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import osm_xml
import osmium
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from osm_xml import X, Y, node, relation, square, way, write
from shapely import Point

from geokehila.catalogue import Catalogue
from geokehila.errors import InputError
from geokehila.load import osm
from geokehila.load.osm import OsmData
from geokehila.load.osm.objects import COLUMNS
from geokehila.schema import ISRAEL_TM

CATEGORIES = tuple(Catalogue.read().categories.values())
#: [m2] A side of 100 m, its ends rounded to the centimetre by OpenStreetMap.
SLACK = 2.0


def read(path: Path, *more: Path) -> OsmData:
    return osm.read([path, *more], CATEGORIES, ISRAEL_TM, ())


def points(tmp_path: Path, *tags: str) -> OsmData:
    return read(osm_xml.points(tmp_path, *tags))


def areas(tmp_path: Path, *tags: str) -> OsmData:
    return read(osm_xml.squares(tmp_path, *tags))


def rejected(data: OsmData) -> set[tuple[str, str, str]]:
    rows = data.ledgers[0].rejected()
    return {*zip(rows["kind"], rows["source_id"], rows["reason"], strict=True)}


def categories(data: OsmData) -> dict[str, tuple[str, ...]]:
    return dict(zip(data.places["place_id"], data.places["categories"], strict=True))


def names_of(data: OsmData) -> list[tuple[object, ...]]:
    frame = data.places.sort_values("place_id")[["name_he", "name_ar", "name_en"]]
    return [tuple(None if value != value else value for value in row) for row in frame.itertuples(index=False)]


# Areas ---------------------------------------------------------------------------------------------------------------


def test_a_building_with_a_courtyard_has_the_area_of_both_rings(tmp_path: Path) -> None:
    outer, inner = square(1, 0, 0, 100), square(11, 40, 40, 20)
    ways = [way(1, outer[1], ""), way(2, inner[1], "")]
    whole = relation(7, [(1, "outer"), (2, "inner")], "type=multipolygon building=apartments")
    data = read(write(tmp_path / "a.osm", outer[0], inner[0], *ways, whole))
    assert data.buildings["building_id"].tolist() == ["r7"]
    assert data.buildings.geometry.area.tolist() == [pytest.approx(100 * 100 - 20 * 20, abs=SLACK)]
    assert not data.buildings.geometry.iloc[0].contains(Point(X + 50, Y + 50))


def test_a_building_and_the_outline_of_it_are_one_and_its_courtyard_house_another(tmp_path: Path) -> None:
    outer, outer_ring = square(1, 0, 0, 30)
    inner, inner_ring = square(5, 10, 10, 10)
    ways = way(1, outer_ring, "building=yes"), way(2, inner_ring, "building=house")
    whole = relation(3, [(1, "outer"), (2, "inner")], "type=multipolygon building=yes")
    found = read(write(tmp_path / "a.osm", outer, inner, *ways, whole))
    areas = dict(zip(found.buildings["building_id"], found.buildings.geometry.area, strict=True))
    assert areas == {"r3": pytest.approx(800, abs=SLACK), "w2": pytest.approx(100, abs=SLACK)}
    assert rejected(found) == {("building", "w1", "outline of a building relation")}


def test_an_open_way_and_a_broken_relation_are_rejected_by_id_and_reason(tmp_path: Path) -> None:
    nodes, ring = square(1, 0, 0, 100)
    parts = [
        nodes,
        way(5, ring[:-1], "building=yes"),
        way(6, ring, "building=house area=no"),
        relation(7, [(5, "outer")], "type=multipolygon landuse=forest"),
        relation(8, [(99, "outer")], "type=multipolygon building=yes amenity=school"),
        relation(9, [(5, "")], "type=site amenity=school"),
    ]
    broken = "ring broken or cut by the extract"
    assert rejected(read(write(tmp_path / "a.osm", *parts))) == {
        ("building", "w5", "not closed"),
        ("building", "w6", "area=no"),
        ("land", "r7", broken),
        ("building", "r8", broken),
        ("place", "r8", broken),
        ("land", "r8", broken),
        ("place", "r9", "relation of type site"),
        ("land", "r9", "relation of type site"),
    }


def test_levels_and_flats_are_numbers_or_missing(tmp_path: Path) -> None:
    tags = ["", "building:levels=4 building:flats=16", "building:levels=2.5 building:flats=3;4",
            "building:levels=-1 building:flats=0", "building:levels=ארבע", "building:levels=40 building:flats=320",
            "building:levels=4000 building:flats=16000"]  # fmt: skip
    data = areas(tmp_path, *(f"building=apartments {words}" for words in tags))
    found = data.buildings.set_index("building_id")[["levels", "flats"]].fillna(-9)
    assert [tuple(found.loc[f"w{i}"]) for i in range(1, 8)] == [
        (-9, -9), (4, 16), (2.5, -9), (-9, -9), (-9, -9), (40, 320), (-9, -9),
    ]  # fmt: skip


def test_a_building_that_is_itself_a_place_says_so(tmp_path: Path) -> None:
    data = areas(tmp_path, "building=yes", "building=yes amenity=school", "building=yes shop=bakery", "building=retail")
    assert data.buildings.set_index("building_id")["facility"].to_dict() == {
        "w1": False, "w2": True, "w3": True, "w4": False,
    }  # fmt: skip


def test_open_spaces_keep_their_access_and_land_its_use(tmp_path: Path) -> None:
    data = areas(tmp_path, "leisure=park", "leisure=garden access=private", "leisure=garden garden:type=residential",
                 "landuse=industrial", "amenity=school", "landuse=residential", "aeroway=aerodrome")  # fmt: skip
    spaces = data.open_spaces.set_index("place_id")
    assert spaces["access"].to_dict() == {"w1": "", "w2": "private", "w3": "private", "w5": ""}
    assert spaces["area_m2"].tolist() == pytest.approx([100] * 4, abs=SLACK)
    assert Counter(data.land["use"]) == {"industry": 2, "facility": 1}


# Streets -------------------------------------------------------------------------------------------------------------


def test_a_way_cut_by_the_extract_keeps_the_runs_that_are_there(tmp_path: Path) -> None:
    present = [node(i, 100 * i, 0) for i in (1, 2, 4, 5, 6, 8)]
    street = way(1, [1, 2, 3, 4, 5, 6, 7, 8], "highway=residential")
    data = read(write(tmp_path / "a.osm", *present, street, way(2, [3, 7], "highway=footway")))
    parts = data.streets[["street_id", "part"]].to_numpy().tolist()
    assert parts == [["w1", 0], ["w1", 1]]
    assert data.streets.geometry.length.tolist() == pytest.approx([100, 200], abs=0.1)
    outside = "nodes outside the extract"
    assert rejected(data) == {("street part", i, outside) for i in ("w1", "w2")} | {
        ("street", "w2", outside), ("road part", "w1", outside), ("road", "w2", outside),
    }  # fmt: skip


def test_a_plaza_is_walked_round_its_outline(tmp_path: Path) -> None:
    nodes, ring = square(1, 0, 0, 50)
    data = read(write(tmp_path / "a.osm", nodes, way(1, ring, "highway=pedestrian area=yes")))
    assert data.streets.geometry.length.tolist() == [pytest.approx(200, abs=0.1)]
    assert data.streets.geometry.iloc[0].is_ring
    assert data.layers == {"streets"}


def test_bridges_tunnels_and_ways_without_walkers(tmp_path: Path) -> None:
    nodes = [node(i, 100 * i, 0) for i in range(6)]
    tags = ["highway=path bridge=yes", "highway=path bridge=no tunnel=culvert", "highway=motorway",
            "highway=service access=private", "highway=path tunnel=building_passage"]  # fmt: skip
    data = read(write(tmp_path / "a.osm", *nodes, *(way(i, [i, i - 1], t) for i, t in enumerate(tags, 1))))
    flags = data.streets.set_index("street_id")[["bridge", "tunnel"]].to_numpy().tolist()
    assert flags == [[True, False], [False, True], [False, False]]
    assert rejected(data) == {
        ("street", "w3", "motor road"), ("street", "w4", "access=private"),
        ("road", "w3", "highway=motorway"), ("road", "w4", "highway=service"),
    }  # fmt: skip


# Places --------------------------------------------------------------------------------------------------------------


def test_places_have_the_categories_of_their_tags(tmp_path: Path) -> None:
    data = points(tmp_path, "shop=supermarket", "shop=clothes;+bakery", "amenity=clinic healthcare=doctor",
                  "amenity=pharmacy shop=convenience", "public_transport=platform", "public_transport=platform bus=yes",
                  "railway=station usage=tourism", "shop=kiosk", "office=it amenity=library")  # fmt: skip
    assert categories(data) == {
        "n1": ("grocery",), "n2": ("grocery",), "n3": ("clinic",), "n4": ("pharmacy", "grocery"),
        "n6": ("bus_stop",), "n9": ("workplace", "library"),
    }  # fmt: skip
    assert rejected(data) == {("place", "n7", "excluded from rail_station by its tags")}


def test_a_bus_shelter_is_no_shelter(tmp_path: Path) -> None:
    data = points(tmp_path, "amenity=shelter", "amenity=shelter shelter_type=public_transport",
                  "amenity=shelter shelter_type=bomb_shelter", "military=bunker",
                  "military=bunker bunker_type=bomb_shelter", "military=bunker bunker_type=bomb_shelter access=private",
                  )  # fmt: skip
    assert categories(data) == {"n3": ("shelter",), "n5": ("shelter",)}


def test_private_gardens_are_left_out_and_counted(tmp_path: Path) -> None:
    data = areas(tmp_path, "leisure=garden", "leisure=garden access=private", "leisure=garden garden:type=residential",
                 "leisure=garden access=private garden:type=community", "leisure=pitch access=no")  # fmt: skip
    assert set(data.places["place_id"]) == {"w1"}
    assert {(i, reason) for kind, i, reason in rejected(data)} == {
        ("w2", "excluded from park by its tags"),
        ("w3", "excluded from park by its tags"),
        ("w4", "excluded from park by its tags"),
        ("w5", "excluded from sport by its tags"),
    }


def test_what_no_longer_stands_or_does_not_yet_is_left_out(tmp_path: Path) -> None:
    data = areas(tmp_path, "disused:shop=supermarket", "shop=supermarket abandoned=yes", "building=construction",
                 "amenity=clinic building=construction", "building=yes ruins=yes", "building=no",
                 "shop=bakery disused=no", "building=yes was:amenity=school")  # fmt: skip
    assert set(data.places["place_id"]) == {"w7"}
    assert set(data.buildings["building_id"]) == {"w8"}
    assert rejected(data) == {
        ("place", "w2", "abandoned=yes"),
        ("land", "w2", "abandoned=yes"),
        ("building", "w3", "building=construction"),
        ("place", "w4", "building=construction"),
        ("building", "w4", "building=construction"),
        ("land", "w4", "building=construction"),
        ("building", "w5", "ruins=yes"),
        ("building", "w6", "building=no"),
    }


def test_names_by_language_or_missing(tmp_path: Path) -> None:
    data = points(
        tmp_path, "shop=bakery name=מאפייה", "shop=bakery name=مخبز name:he=מאפייה name:en=Bakery", "shop=bakery"
    )
    assert names_of(data) == [("מאפייה", None, None), ("מאפייה", "مخبز", "Bakery"), (None, None, None)]


def test_entrances_and_gates_keep_the_tag_that_makes_them_one(tmp_path: Path) -> None:
    data = points(tmp_path, "entrance=main", "barrier=gate", "barrier=bollard", "barrier=gate entrance=yes", "door=yes")
    assert data.entrances.set_index("gate_id")["kind"].to_dict() == {
        "n1": "entrance=main", "n2": "barrier=gate", "n4": "entrance=yes",
    }  # fmt: skip


def test_exits_and_private_gates_are_no_entrances(tmp_path: Path) -> None:
    data = points(tmp_path, "entrance=main", "entrance=exit", "entrance=service", "barrier=gate access=private",
                  "entrance=yes access=private", "barrier=lift_gate", "barrier=gate access=no foot=yes")  # fmt: skip
    assert set(data.entrances["gate_id"]) == {"n1", "n6", "n7"}
    assert rejected(data) == {
        ("entrance", "n2", "entrance=exit"), ("entrance", "n3", "entrance=service"),
        ("entrance", "n4", "access=private"), ("entrance", "n5", "access=private"),
    }  # fmt: skip
    assert data.rules["complex_entrance"] == 4


def test_quarters_are_points_or_areas_with_a_point_inside(tmp_path: Path) -> None:
    nodes, ring = square(1, 0, 0, 100)
    bent = [
        node(10 + i, *xy) for i, xy in enumerate([(300, 0), (400, 0), (400, 20), (320, 20), (320, 100), (300, 100)])
    ]
    parts = [
        node(90, 500, 0, "place=suburb name=צפון"),
        nodes,
        way(1, ring, "place=neighbourhood name=מרכז name:en=Centre"),
        *bent,
        way(2, [10, 11, 12, 13, 14, 15, 10], ""),
        relation(3, [(2, "outer")], "type=boundary place=quarter name=דרום"),
        way(4, ring[:-1], "place=neighbourhood name=פתוח"),
        relation(5, [(99, "outer")], "type=multipolygon place=suburb name=שבור"),
        relation(6, [(2, "outer")], "type=multipolygon place=city name=העיר"),
    ]
    data = read(write(tmp_path / "a.osm", *parts))
    quarters = data.quarters.set_index("quarter_id")
    assert quarters["name_he"].to_dict() == {"n90": "צפון", "w1": "מרכז", "r3": "דרום"}
    assert quarters.loc["w1", "name_en"] == "Centre"
    assert shapely.box(X, Y, X + 100, Y + 100).contains(quarters.loc["w1"].geometry)
    ell = shapely.box(X + 300, Y, X + 400, Y + 20).union(shapely.box(X + 300, Y, X + 320, Y + 100))
    assert ell.contains(quarters.loc["r3"].geometry), "inside, also where the middle of its corners is not"
    broken = "ring broken or cut by the extract"
    assert data.ledgers[0].counts()["quarter"] == {"read": 5, "used": 3, "rejected": {"not closed": 1, broken: 1}}


# What the file is ----------------------------------------------------------------------------------------------------


def town() -> list[str]:
    """Return a street, a school with its ground, a shop, an entrance, a courtyard house, and refuse of each."""
    school, outer, inner = square(10, 200, 0, 60), square(20, 300, 0, 40), square(30, 310, 10, 10)
    return [
        node(1, 0, 0, timestamp="2024-05-06T07:08:09Z"),
        node(2, 100, 0, "entrance=yes"),
        node(3, 150, 20, "shop=bakery name=מאפייה", timestamp="2023-01-02T00:00:00Z"),
        node(4, 150, 40, "shop=bakery disused=yes"),
        school[0],
        outer[0],
        inner[0],
        way(1, [1, 2, 10], "highway=residential"),
        way(2, [1, 99], "highway=service"),
        way(3, [1, 3], "highway=motorway"),
        way(4, school[1], "amenity=school building=yes"),
        way(5, school[1][:3], "building=yes"),
        way(6, outer[1], ""),
        way(7, inner[1], ""),
        relation(8, [(6, "outer"), (7, "inner")], "type=multipolygon building=yes leisure=park"),
        relation(9, [(77, "outer")], "type=multipolygon amenity=clinic"),
    ]


def assert_same(one: OsmData, other: OsmData) -> None:
    for table in COLUMNS:
        first, second = (getattr(data, table) for data in (one, other))
        key = [
            c for c in ("street_id", "part", "building_id", "place_id", "gate_id", "quarter_id", "use") if c in first
        ]
        first, second = (f.sort_values(key, ignore_index=True) for f in (first, second))
        assert_geodataframe_equal(first, second, normalize=True)
    assert [one.date, one.layers, one.extent_stated] == [other.date, other.layers, other.extent_stated]
    assert one.extent.equals(other.extent)
    assert [x.counts() for x in one.ledgers] == [x.counts() for x in other.ledgers]


def as_pbf(path: Path, target: Path, shuffled: bool = False) -> Path:
    with osmium.SimpleWriter(str(target), overwrite=True) as writer:
        for kind in (osmium.osm.RELATION, osmium.osm.WAY, osmium.osm.NODE) if shuffled else (osmium.osm.ALL,):
            for entity in osmium.FileProcessor(str(path), kind):
                writer.add(entity)
    return target


@pytest.mark.parametrize("form", ["map.osm.gz", "map.osm.bz2", "map.osm.pbf", "map.pbf", "MAP.OSM", "shuffled.osm.pbf",
                                  "shuffled.osm", "מפה של העיר.osm"])  # fmt: skip
def test_every_form_gives_the_same_tables(tmp_path: Path, form: str) -> None:
    plain, path = write(tmp_path / "plain.osm", *town()), tmp_path / form
    if path.suffix == ".pbf":
        as_pbf(plain, path, form.startswith("shuffled"))
    elif form == "shuffled.osm":
        write(path, *reversed(town()))
    else:
        content = plain.read_bytes()
        squeezed = {".gz": gzip.compress(content), ".bz2": bz2.compress(content)}
        path.write_bytes(squeezed.get(path.suffix, content))
    one, other = read(plain), read(path)
    assert len(one.streets) and len(one.buildings) and len(one.places) and len(one.entrances)
    assert_same(one, other)


def test_two_files_that_overlap_are_read_once(tmp_path: Path) -> None:
    plain = write(tmp_path / "plain.osm", *town())
    west = write(tmp_path / "west.osm", *town()[:9])
    assert_same(read(plain), read(plain, west))


def test_of_two_versions_the_newest_counts(tmp_path: Path) -> None:
    old = write(tmp_path / "old.osm", node(1, 0, 0, "shop=bakery", version="1"))
    new = write(tmp_path / "new.osm", node(1, 0, 0, "shop=deli name=חדש", version="2"))
    for paths in ((old, new), (new, old)):
        assert names_of(read(*paths)) == [("חדש", None, None)]


def test_read_is_used_plus_rejected_by_a_count_of_the_xml(tmp_path: Path) -> None:
    path = write(tmp_path / "a.osm", *town())
    counts = read(path).ledgers[0].counts()
    tags = [{t.attrib["k"]: t.attrib["v"] for t in o.iter("tag")} for o in ElementTree.parse(path).getroot()]
    assert counts["street"]["read"] == sum("highway" in t for t in tags) == 3
    assert counts["building"]["read"] == sum("building" in t for t in tags) == 3
    assert counts["entrance"]["read"] == sum("entrance" in t for t in tags) == 1
    assert counts["place"]["read"] == sum(bool({"shop", "amenity", "leisure"} & t.keys()) for t in tags) == 5
    used = {kind: row["used"] for kind, row in counts.items()}
    # Land is the school; the park that is tagged as a building is none.
    assert used == {"street": 1, "street part": 0, "road": 1, "building": 2, "entrance": 1, "place": 3, "land": 1,
                    "barrier": 1}  # fmt: skip
    data = read(path)
    for table, kind in {
        "streets": "street",
        "buildings": "building",
        "places": "place",
        "entrances": "entrance",
    }.items():
        ids = getattr(data, table).iloc[:, 0]
        assert ids.is_unique and len(ids) == used[kind]


def test_layers_are_what_the_file_carries_at_all(tmp_path: Path) -> None:
    assert points(tmp_path, "entrance=yes").layers == frozenset()
    assert points(tmp_path, "shop=bakery disused=yes").layers == frozenset()
    assert points(tmp_path, "shop=bakery").layers == {"places"}
    # An extract of buildings holds some schools: no list of places for that.
    only_areas = areas(tmp_path, "building=yes", "building=school amenity=school")
    assert only_areas.layers == {"buildings"} and len(only_areas.places) == 1


def test_the_extent_is_stated_or_the_hull_of_the_nodes(tmp_path: Path) -> None:
    nodes, _ = square(1, 0, 0, 100)
    hull = read(write(tmp_path / "hull.osm", nodes))
    assert not hull.extent_stated
    assert hull.extent.symmetric_difference(shapely.box(X, Y, X + 100, Y + 100)).area < SLACK
    bounds = '<bounds minlon="34.78" minlat="31.2" maxlon="34.8" maxlat="31.24"/>'
    stated = read(write(tmp_path / "stated.osm", nodes, head=bounds))
    # A fiftieth of a degree by a twenty-fifth at 31 degrees north: about 1.91 by 4.44 km.
    assert stated.extent_stated and stated.extent.area == pytest.approx(1_906 * 4_435, rel=0.01)
    both = read(tmp_path / "stated.osm", tmp_path / "hull.osm")
    assert not both.extent_stated and both.extent.covers(hull.extent)


def test_the_date_is_the_newest_edit_or_unknown(tmp_path: Path) -> None:
    assert read(write(tmp_path / "dated.osm", *town())).date == "2024-05-06"
    assert points(tmp_path, "shop=bakery").date == ""
    dates = read(tmp_path / "dated.osm").places.set_index("place_id")["date"]
    assert dates["n3"] == "2023-01-02" and dates.isna()["w4"]


def test_a_point_without_usable_coordinates_is_rejected(tmp_path: Path) -> None:
    lost = '<node id="2" lon="190" lat="31"><tag k="shop" v="bakery"/></node>'
    data = read(write(tmp_path / "a.osm", node(1, 0, 0, "shop=bakery"), lost))
    assert set(data.places["place_id"]) == {"n1"}
    assert rejected(data) == {("place", "n2", "no usable coordinates")}


def test_no_object_gives_empty_tables_with_their_columns(tmp_path: Path) -> None:
    data = read(write(tmp_path / "a.osm", node(1, 0, 0)))
    for table, columns in COLUMNS.items():
        frame = getattr(data, table)
        assert frame.empty and {*columns} <= {*frame.columns} and frame.crs == ISRAEL_TM
    assert data.ledgers[0].counts() == {}


def test_errors_are_one_line(tmp_path: Path) -> None:
    whole, cut = write(tmp_path / "whole.osm", *town()), tmp_path / "cut.osm"
    cut.write_bytes(whole.read_bytes()[:700])
    dated = (
        '<osm version="0.6" timestamp="2024-01-01T00:00:00Z"><bounds minlon="34" minlat="31" maxlon="35" maxlat="32"/>'
    )
    (tmp_path / "dated.osm").write_text(f'{dated}<node id="1" lon="34.5" lat="31')
    (tmp_path / "page.osm").write_text("<html><body>Too many requests</body></html>")
    (tmp_path / "empty.osm").write_text("")
    write(tmp_path / "nothing.osm")
    write(tmp_path / "word.osm", '<node id="1" lon="east" lat="31"/>')
    for name in ("cut", "dated", "page", "empty", "nothing", "word", "absent"):
        for paths in ([tmp_path / f"{name}.osm"], [whole, tmp_path / f"{name}.osm"]):
            with pytest.raises(InputError, match=f"^osm {name}.osm: ") as fault:
                read(*paths)
            assert "\n" not in str(fault.value)
