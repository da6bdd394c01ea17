"""Streets as built, crossings, trees, lamps, uses of grounds and buildings, open spaces: by hand, and counted anew."""

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import osm_xml
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from osm_xml import node, relation, square, way, write

from geokehila import merging
from geokehila.catalogue import Catalogue
from geokehila.ledger import Ledger
from geokehila.load import osm
from geokehila.load.osm import OsmData, fabric, grounds, uses
from geokehila.names import NAME_COLUMNS
from geokehila.people.homes import HOMES, LIGHT_HOMES, classify
from geokehila.schema import ISRAEL_TM, TABLES

CATALOGUE = Catalogue.read()
NEW = ("roads", "crossings", "trees", "lamps", "land_uses", "open_spaces")


def read(*paths: Path) -> OsmData:
    return osm.read([*paths], CATALOGUE.categories.values(), ISRAEL_TM, CATALOGUE.profiles.values())


def ways(tmp_path: Path, *tags: str) -> OsmData:
    """Read a file of ways of 100 m in one line, w1 with the first tags, and so on."""
    nodes = [node(i, 100 * i, 0) for i in range(len(tags) + 1)]
    return read(write(tmp_path / "ways.osm", *nodes, *(way(i, [i - 1, i], words) for i, words in enumerate(tags, 1))))


def points(tmp_path: Path, *tags: str) -> OsmData:
    return read(osm_xml.points(tmp_path, *tags))


def areas(tmp_path: Path, *tags: str) -> OsmData:
    return read(osm_xml.squares(tmp_path, *tags))


def rejected(data: OsmData, kind: str) -> dict[str, str]:
    rows = data.ledgers[0].rejected()
    rows = rows[rows["kind"] == kind]
    return dict(zip(rows["source_id"], rows["reason"], strict=True))


def column(frame: pd.DataFrame, name: str) -> dict[str, object]:
    return dict(zip(frame.iloc[:, 0], frame[name], strict=True))


# Streets as built ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("highway=trunk", "main"),
        ("highway=primary_link", "main"),
        ("highway=tertiary access=private", "main"),
        ("highway=residential", "street"),
        ("highway=residential access=private", "street"),
        ("highway=pedestrian", "street"),
        ("highway=busway", "street"),
        ("highway=service service=alley", "street"),
        ("highway=footway", "path"),
        ("highway=footway footway=alley", "path"),
        ("highway=steps", "path"),
        ("highway=track", "path"),
        ("highway=cycleway foot=designated", "path"),
        ("highway=footway footway=sidewalk", "pavement"),
        ("highway=footway footway=crossing", "pavement"),
        ("highway=path path=sidewalk", "pavement"),
        ("highway=cycleway cycleway=crossing segregated=yes", "pavement"),
        ("highway=footway footway=traffic_island", "pavement"),
    ],
)
def test_the_kinds_of_streets_and_ways(tmp_path: Path, tags: str, kind: str) -> None:
    roads = ways(tmp_path, tags).roads
    assert roads["kind"].tolist() == [kind]
    assert roads.geometry.length.tolist() == pytest.approx([100], abs=0.1)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ("highway=motorway", "highway=motorway"),
        ("highway=motorway_link foot=yes", "highway=motorway_link"),
        ("highway=service", "highway=service"),
        ("highway=service service=driveway", "highway=service"),
        ("highway=construction construction=primary", "not in use"),
        ("highway=residential disused=yes", "not in use"),
        ("highway=footway access=private", "access=private"),
        ("highway=footway footway=sidewalk foot=no", "foot=no"),
        ("highway=cycleway", "highway=cycleway without foot or sidewalk tag"),
        ("highway=raceway", "highway=raceway"),
    ],
)
def test_ways_that_are_no_part_of_it_and_why(tmp_path: Path, tags: str, reason: str) -> None:
    data = ways(tmp_path, tags)
    assert data.roads.empty
    assert rejected(data, "road") == {"w1": reason}


def test_a_street_is_there_whether_or_not_it_is_walked(tmp_path: Path) -> None:
    data = ways(tmp_path, "highway=trunk", "highway=trunk sidewalk=both", "highway=residential access=private")
    assert column(data.roads, "walked") == {"w1": False, "w2": True, "w3": False}
    assert data.streets["street_id"].tolist() == ["w2"]


def test_a_gate_cuts_what_is_walked_and_not_what_is_built(tmp_path: Path) -> None:
    at = [node(1, 0, 0), node(2, 50, 0, "barrier=gate access=private"), node(3, 100, 0), node(4, 50, 300)]
    streets = way(1, [1, 2, 3], "highway=residential"), way(2, [1, 4, 3], "highway=residential")
    data = read(write(tmp_path / "a.osm", *at, *streets))
    assert data.streets["street_id"].tolist() == ["w1", "w1", "w2"]
    assert data.roads["street_id"].tolist() == ["w1", "w2"]


def test_a_square_drawn_as_an_area_is_no_street(tmp_path: Path) -> None:
    nodes, ring = square(1, 0, 0, 50)
    rim = way(1, ring, "highway=pedestrian area=yes"), way(2, ring, "highway=pedestrian")
    data = read(write(tmp_path / "a.osm", nodes, *rim))
    assert data.roads["street_id"].tolist() == ["w2"]
    assert rejected(data, "road") == {"w1": "an area"}


def test_roundabouts_one_way_streets_bridges_and_names(tmp_path: Path) -> None:
    tags = ["highway=tertiary junction=roundabout", "highway=tertiary junction=circular", "highway=tertiary oneway=-1",
            "highway=tertiary oneway=no bridge=yes name=דרך+המדבר", "highway=tertiary junction=jughandle tunnel=yes",
            "highway=living_street oneway=yes tunnel=building_passage"]  # fmt: skip
    roads = ways(tmp_path, *tags).roads.set_index("street_id")
    found = roads[["junction", "oneway", "bridge", "tunnel", "name"]].to_numpy().tolist()
    assert found == [
        ["roundabout", True, False, False, ""], ["circular", False, False, False, ""], ["", True, False, False, ""],
        ["", False, True, False, "דרך המדבר"], ["", False, False, True, ""], ["", True, False, False, ""],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tags", "says"),
    [
        ("", ""),
        ("sidewalk=both", "yes"),
        ("sidewalk=left", "yes"),
        ("sidewalk:right=yes sidewalk:left=no", "yes"),
        ("sidewalk:left=separate sidewalk:right=yes", "yes"),
        ("sidewalk=separate", "separate"),
        ("sidewalk:both=separate", "separate"),
        ("sidewalk=none", "no"),
        ("sidewalk=no", "no"),
        ("sidewalk:both=no", "no"),
        ("sidewalk:left=no sidewalk:right=no", "no"),
        ("sidewalk:left=no", ""),
        ("sidewalk=unknown", ""),
    ],
)
def test_pavements_as_told(tmp_path: Path, tags: str, says: str) -> None:
    assert ways(tmp_path, f"highway=residential {tags}").roads["sidewalk"].tolist() == [says]


def test_light_as_told(tmp_path: Path) -> None:
    told = {"yes": "yes", "24/7": "yes", "automatic": "yes", "limited": "yes", "interval": "yes", "no": "no",
            "disused": "no", "perhaps": ""}  # fmt: skip
    roads = ways(tmp_path, *(f"highway=residential lit={value}" for value in told), "highway=residential").roads
    assert roads["lit"].tolist() == [*told.values(), ""]


def test_a_street_cut_by_the_extract_keeps_the_runs_that_are_there(tmp_path: Path) -> None:
    at = [node(i, 100 * i, 0) for i in (1, 2, 4, 5, 6)]
    lines = way(1, [1, 2, 3, 4, 5, 6], "highway=primary"), way(2, [3, 7], "highway=primary")
    data = read(write(tmp_path / "a.osm", *at, *lines))
    assert data.roads[["street_id", "part"]].to_numpy().tolist() == [["w1", 0], ["w1", 1]]
    assert data.roads.geometry.length.tolist() == pytest.approx([100, 200], abs=0.1)
    outside = "nodes outside the extract"
    assert rejected(data, "road") == {"w2": outside} and rejected(data, "road part") == {"w1": outside}


# Crossings, trees, lamps ---------------------------------------------------------------------------------------------


def test_crossings_and_what_is_known_of_them(tmp_path: Path) -> None:
    told = {
        "highway=crossing": "",
        "highway=crossing crossing=traffic_signals": "signals",
        "highway=crossing crossing=marked crossing:signals=yes": "signals",
        "highway=traffic_signals crossing=traffic_signals": "signals",
        "highway=crossing crossing=zebra": "marked",
        "highway=crossing crossing=uncontrolled": "marked",
        "highway=crossing crossing:markings=lines": "marked",
        "crossing=marked": "marked",
        "highway=crossing crossing=unmarked": "unmarked",
        "highway=crossing crossing=uncontrolled crossing:markings=no": "unmarked",
        "highway=crossing crossing=island": "",
    }
    data = points(tmp_path, *told)
    expected = {f"n{i}": kind for i, kind in enumerate(told.values(), 1)}
    assert column(data.crossings, "kind") == {key: expected[key] for key in sorted(expected)}


def test_railways_are_crossed_elsewhere_and_crossing_no_is_none(tmp_path: Path) -> None:
    tags = "railway=level_crossing crossing=uncontrolled", "highway=crossing crossing=no", "railway=crossing"
    data = points(tmp_path, *tags, "highway=crossing railway=tram_crossing")
    assert data.crossings["crossing_id"].tolist() == ["n4"]
    assert rejected(data, "crossing") == {"n2": "crossing=no"}


def test_trees_are_points_and_rows_are_lines_of_what_is_there(tmp_path: Path) -> None:
    at = [node(1, 0, 0, "natural=tree"), node(2, 100, 0), node(3, 100, 50), node(5, 100, 90), node(6, 100, 100)]
    rows = (
        way(1, [2, 3], "natural=tree_row"),
        way(2, [2, 3, 4, 5, 6], "natural=tree_row"),
        way(3, [4, 9], "natural=tree_row"),
    )
    more = node(7, 0, 9, "natural=tree removed=yes"), node(8, 0, 20, "natural=peak")
    data = read(write(tmp_path / "a.osm", *at, *more, *rows))
    assert data.trees["tree_id"].tolist() == ["n1", "w1", "w2"]
    assert data.trees.geom_type.tolist() == ["Point", "LineString", "MultiLineString"]
    assert data.trees.geometry.length.tolist() == pytest.approx([0, 50, 60], abs=0.1)
    assert rejected(data, "tree") == {"n7": "removed=yes", "w3": "nodes outside the extract"}


def test_lamps_are_points(tmp_path: Path) -> None:
    data = points(tmp_path, "highway=street_lamp", "highway=bus_stop")
    assert data.lamps["lamp_id"].tolist() == ["n1"]
    assert data.lamps.crs == ISRAEL_TM


def test_a_point_that_lies_nowhere_is_rejected(tmp_path: Path) -> None:
    tags = "highway=crossing", "natural=tree", "highway=street_lamp"
    lost = [re.sub('lon="[0-9.]+"', 'lon="190"', node(i, 0, 0, words)) for i, words in enumerate(tags, 2)]
    data = read(write(tmp_path / "a.osm", node(1, 0, 0, "natural=tree"), *lost))
    nowhere = "no usable coordinates"
    found = {kind: rejected(data, kind) for kind in ("crossing", "tree", "lamp")}
    assert found == {"crossing": {"n2": nowhere}, "tree": {"n3": nowhere}, "lamp": {"n4": nowhere}}


# What grounds and buildings are for ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("use", "tags"),
    [
        ("residential", ("landuse=residential",)),
        ("commerce", ("landuse=retail", "landuse=commercial", "amenity=marketplace", "tourism=hotel")),
        ("education", ("amenity=school", "amenity=university", "landuse=education", "leisure=schoolyard")),
        ("education", ("landuse=residential amenity=school",)),
        ("sport", ("leisure=pitch", "leisure=stadium", "landuse=recreation_ground", "leisure=swimming_pool")),
        ("services", ("amenity=hospital", "landuse=religious", "amenity=fire_station", "healthcare=centre")),
        ("industry", ("landuse=industrial", "landuse=quarry")),
        ("open", ("leisure=park", "landuse=forest", "natural=scrub", "place=square", "landuse=residential leisure=park",
                  "landuse=grass")),
        ("other", ("landuse=farmland", "landuse=cemetery", "landuse=railway", "landuse=military", "aeroway=aerodrome")),
        ("residential", ("landuse=residential natural=scrub",)),
        ("", ("building=yes amenity=school", "amenity=parking", "leisure=swimming_pool access=private")),
        ("", ("natural=water",)),
    ],
)  # fmt: skip
def test_uses_of_grounds(tmp_path: Path, use: str, tags: tuple[str, ...]) -> None:
    found = areas(tmp_path, *tags).land_uses
    expected = [use] * len(tags) if use else []
    assert found["use"].tolist() == expected


def test_grounds_that_are_relations_gone_or_broken(tmp_path: Path) -> None:
    outer, inner, lost = square(1, 0, 0, 100), square(11, 40, 40, 20), square(21, 200, 0, 10)
    parts = [way(1, outer[1], ""), way(2, inner[1], ""), way(3, lost[1], "landuse=retail demolished=yes"),
             way(4, lost[1][:3], "landuse=residential")]  # fmt: skip
    quarter = relation(7, [(1, "outer"), (2, "inner")], "type=multipolygon landuse=residential")
    data = read(write(tmp_path / "a.osm", outer[0], inner[0], lost[0], *parts, quarter))
    assert data.land_uses["land_use_id"].tolist() == ["r7"]
    assert data.land_uses.geometry.area.tolist() == [pytest.approx(100 * 100 - 20 * 20, abs=2)]
    assert rejected(data, "land") == {"w3": "demolished=yes", "w4": "not closed"}


@pytest.mark.parametrize(
    ("purpose", "tags"),
    [
        ("housing", ("apartments", "house", "apartments shop=bakery", "residential office=company", "house;yes")),
        ("commerce", ("retail", "commercial", "hotel", "yes shop=bakery", "yes amenity=cafe")),
        ("commerce", ("roof shop=kiosk;tobacco",)),
        ("services", ("office", "mosque", "civic", "train_station", "yes office=company", "yes amenity=clinic")),
        ("education", ("school", "kindergarten", "yes amenity=kindergarten", "yes amenity=college")),
        ("sport", ("sports_hall", "grandstand", "yes leisure=sports_centre")),
        ("industry", ("industrial", "warehouse", "yes man_made=works")),
        ("", ("yes", "garage", "roof", "yes amenity=parking", "yes shop=vacant", "yes office=no")),
    ],
)  # fmt: skip
def test_purposes_of_buildings(tmp_path: Path, purpose: str, tags: tuple[str, ...]) -> None:
    found = areas(tmp_path, *(f"building={words}" for words in tags)).buildings
    assert found["purpose"].tolist() == [purpose] * len(tags)


def test_no_building_tag_has_two_purposes_and_every_home_is_housing() -> None:
    words = [word for text in uses.BUILDINGS.values() for word in text.split()]
    assert len(words) == len({*words})
    assert {*uses.BUILDINGS["housing"].split()} >= HOMES | LIGHT_HOMES


def test_the_purpose_comes_through_to_the_table_of_buildings(tmp_path: Path) -> None:
    data = areas(tmp_path, "building=yes", "building=apartments", "building=yes shop=bakery")
    table = classify(data.buildings, data.land)
    assert column(table, "purpose") == {"w1": "", "w2": "housing", "w3": "commerce"}
    assert table["use"].tolist() == ["home", "home", "facility"]
    assert {*TABLES["buildings"].columns} <= {*table.columns}


# Open spaces ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("leisure=park landuse=grass", "park"),
        ("leisure=schoolyard", "schoolyard"),
        ("amenity=school", "school"),
        ("amenity=kindergarten landuse=grass", "school"),
        ("amenity=school leisure=playground", "playground"),
        ("amenity=parking", "parking"),
        ("amenity=parking parking=street_side", "parking"),
        ("landuse=grass", "grass"),
        ("landuse=flowerbed", "flowerbed"),
        ("area:highway=traffic_island", "traffic_island"),
        ("landuse=traffic_island", "traffic_island"),
        ("highway=pedestrian area=yes", "square"),
        ("area:highway=pedestrian", "square"),
        ("place=square", "square"),
        ("building=roof leisure=pitch", "pitch"),
    ],
)
def test_classes_of_open_spaces(tmp_path: Path, tags: str, kind: str) -> None:
    data = areas(tmp_path, tags)
    assert column(data.open_spaces, "class") == {"w1": kind}
    assert data.open_spaces["area_m2"].tolist() == [pytest.approx(100, abs=1)]


@pytest.mark.parametrize(
    "tags",
    ["building=school amenity=school", "building=yes leisure=pitch", "amenity=parking parking=underground",
     "building=parking amenity=parking", "highway=pedestrian", "landuse=residential", "natural=water"],
)  # fmt: skip
def test_what_is_no_open_space(tmp_path: Path, tags: str) -> None:
    assert areas(tmp_path, tags).open_spaces.empty


def test_what_is_told_of_an_open_space(tmp_path: Path) -> None:
    data = areas(
        tmp_path, "leisure=garden garden:type=community name=التين name:he=התאנה operator=קק״ל", "landuse=allotments",
        "leisure=garden name=גינה+קהילתית+הרימון", "leisure=park name:en=Fig+Community+Garden fee=yes access=customers",
        "leisure=garden garden:type=residential fee=no",
    )  # fmt: skip
    spaces = data.open_spaces.set_index("place_id")
    assert spaces["community"].tolist() == [True, True, True, True, False]
    assert spaces["fee"].tolist() == [False, False, False, True, False]
    assert spaces["access"].tolist() == ["", "", "", "customers", "private"]
    assert spaces["garden_type"].tolist() == ["community", "", "", "", "residential"]
    assert spaces["operator"].tolist() == ["קק״ל", "", "", "", ""]
    assert spaces.loc["w1", [*NAME_COLUMNS]].fillna("-").tolist() == ["התאנה", "التين", "-", "-"]


def test_car_parks_verges_and_school_grounds_make_neither_homes_nor_places_nor_land(tmp_path: Path) -> None:
    data = areas(tmp_path, "amenity=parking", "landuse=grass", "highway=pedestrian area=yes", "landuse=residential",
                 "leisure=schoolyard", "landuse=traffic_island")  # fmt: skip
    assert data.places.empty and data.buildings.empty and data.entrances.empty
    assert data.land["use"].tolist() == ["facility"], "a car park was one already: no home stands in it"


# Places that say how many they hold ----------------------------------------------------------------------------------


def test_a_capacity_is_a_number_or_missing(tmp_path: Path) -> None:
    shelter = "amenity=shelter shelter_type=bomb_shelter"
    tags = [f"{shelter} capacity=120", shelter, f"{shelter} capacity=many", f"{shelter} capacity=-5"]
    assert points(tmp_path, *tags).places["capacity"].fillna(-1).tolist() == [120, -1, -1, -1]


@pytest.mark.parametrize(
    ("tags", "capacity"), [(("capacity=40", "capacity=90"), 90), (("", "capacity=40"), 40), (("", ""), np.nan)]
)
def test_of_two_that_are_one_place_the_larger_capacity_counts(
    tmp_path: Path, tags: tuple[str, ...], capacity: float
) -> None:
    shelters = [node(i, i, 0, f"amenity=shelter shelter_type=bomb_shelter {more}") for i, more in enumerate(tags)]
    mapped = read(write(tmp_path / "a.osm", *shelters)).places
    ledger = Ledger("places")
    (found,) = merging.without_duplicates(merging.unite([mapped], [], None, ledger), ledger)["capacity"]
    assert found == capacity or (np.isnan(found) and np.isnan(capacity))


# Books that balance, in any order, by another count -------------------------------------------------------------------

SOME = ["highway=primary", "highway=footway", "highway=motorway", "highway=service", "natural=tree_row",
        "landuse=residential", "landuse=grass", "leisure=park", "amenity=school", "amenity=parking",
        "building=yes amenity=school", "landuse=retail disused=yes", ""]  # fmt: skip
SPOTS = ["highway=crossing", "highway=crossing crossing=no", "natural=tree", "highway=street_lamp", ""]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(SOME), st.booleans()), max_size=8), st.lists(st.sampled_from(SPOTS)))
def test_read_is_used_plus_rejected_and_what_is_used_is_a_row(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, bool]], spots: list[str]
) -> None:
    parts = [node(1000 + i, i, 90, words) for i, words in enumerate(spots)]
    for i, (words, is_closed) in enumerate(lines, 1):
        nodes, ring = square(10 * i, 100 * i, 0, 10)
        parts += [nodes, way(i, ring if is_closed else ring[:-1], words)]
    path = tmp_path_factory.mktemp("any") / "a.osm"
    data = read(write(path, node(1, 0, 0), *parts))
    counts = data.ledgers[0].balance().counts()
    for kind, table in {"road": "roads", "crossing": "crossings", "tree": "trees", "lamp": "lamps"}.items():
        assert counts.get(kind, {}).get("used", 0) == len(getattr(data, table)), table
    ids = [getattr(data, table).iloc[:, 0] for table in NEW]
    assert all(column.is_unique and column.is_monotonic_increasing for column in ids)
    backwards = read(write(path, node(1, 0, 0), *parts[::-1]))
    assert all(getattr(data, table).equals(getattr(backwards, table)) for table in NEW)


def test_nothing_gives_empty_frames_with_their_columns(tmp_path: Path) -> None:
    data = read(write(tmp_path / "a.osm", node(1, 0, 0)))
    for table in NEW:
        frame, columns = getattr(data, table), {**fabric.COLUMNS, **grounds.COLUMNS}[table]
        assert frame.empty and {*columns} <= {*frame.columns} and frame.crs == ISRAEL_TM
    assert data.places["capacity"].dtype == "float64"


@pytest.mark.shared
@pytest.mark.parametrize("name", ["netanya_poleg/map.osm", "negev/mefalsim_2016.osm"])
def test_real_maps_by_a_count_of_the_xml(shared: Path, name: str) -> None:
    """Objects counted by their tags in the text itself: no osmium, and none of our own rules."""
    data = read(shared / name)
    found = [
        (
            thing.tag,
            {t.attrib["k"]: t.attrib["v"] for t in thing.iter("tag")},
            [n.attrib["ref"] for n in thing.iter("nd")],
        )
        for thing in ElementTree.parse(shared / name).getroot()
    ]
    points_of = [tags for kind, tags, _ in found if kind == "node"]
    ways_of = [(tags, refs) for kind, tags, refs in found if kind == "way"]
    assert len(data.crossings) == sum(tags.get("highway") == "crossing" for tags in points_of)
    assert len(data.lamps) == sum(tags.get("highway") == "street_lamp" for tags in points_of)
    trees = sum(tags.get("natural") == "tree" for tags in points_of)
    assert len(data.trees) == trees + sum(tags.get("natural") == "tree_row" for tags, _ in ways_of)
    main = [tags for tags, _ in ways_of if tags.get("highway") in ("primary", "secondary", "tertiary", "trunk")]
    is_main = data.roads["way"].isin(["primary", "secondary", "tertiary", "trunk"])
    assert data.roads.loc[is_main, "street_id"].nunique() == len(main)
    told = Counter("yes" for tags in main if tags.get("sidewalk") in ("both", "left", "right"))
    sidewalks = data.roads[is_main].drop_duplicates("street_id")["sidewalk"]
    assert sum(sidewalks == "yes") == told["yes"]
    homes = [refs for tags, refs in ways_of if tags.get("landuse") == "residential" and refs[0] == refs[-1]]
    is_way = data.land_uses["land_use_id"].str.startswith("w")
    assert sum(is_way & (data.land_uses["use"] == "residential")) == len(homes)
