"""Neve Or: the same bytes every time, a town that holds together, and nothing in it that is real."""

import csv
import hashlib
import itertools
import os
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import networkx as nx
import openpyxl
import osmium
import pyproj
import pytest
from shapely.geometry import Point, Polygon, box

from geokehila import sample_town
from geokehila.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
HOMES = {"yes", "house", "detached", "apartments", "residential", "terrace"}
Way = tuple[list[int], dict[str, str]]


class Map(NamedTuple):
    """An extract read back without any of our own code."""

    box: Any
    places: dict[int, tuple[float, float]]
    node_tags: dict[int, dict[str, str]]
    ways: dict[int, Way]
    relations: dict[int, tuple[list[tuple[str, int, str]], dict[str, str]]]
    order: list[tuple[int, int]]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw") / "נווה אור"
    sample_town.write(folder)
    return folder


@pytest.fixture(scope="module")
def drawn(town: Path) -> Map:
    reader = osmium.io.Reader(str(town / "osm.osm.pbf"))
    found = Map(reader.header().box(), {}, {}, {}, {}, [])
    reader.close()
    for thing in osmium.FileProcessor(str(town / "osm.osm.pbf")):
        tags = {tag.k: tag.v for tag in thing.tags}
        found.order.append(("nwr".index(thing.type_str()), thing.id))
        if thing.is_node():
            found.places[thing.id] = (thing.location.lon, thing.location.lat)
            found.node_tags[thing.id] = tags
        elif thing.is_way():
            found.ways[thing.id] = ([node.ref for node in thing.nodes], tags)
        else:
            found.relations[thing.id] = ([(m.type, m.ref, m.role) for m in thing.members], tags)
    return found


@pytest.fixture(scope="module")
def areas(town: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(town / "statistical_areas.shp")


@pytest.fixture(scope="module")
def census(town: Path) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(town / "census.xlsx").active.iter_rows(values_only=True))


@pytest.fixture(scope="module")
def buildings(drawn: Map) -> gpd.GeoDataFrame:
    rows = [
        (tags, Polygon([drawn.places[n] for n in nodes])) for nodes, tags in drawn.ways.values() if "building" in tags
    ]
    frame = {
        "kind": [tags["building"] for tags, _ in rows],
        "levels": [tags.get("building:levels") for tags, _ in rows],
    }
    return gpd.GeoDataFrame(frame, geometry=[shape for _, shape in rows], crs=4326).to_crs(2039)


def streets(drawn: Map, *, bridges: bool = True) -> nx.Graph:
    graph = nx.Graph()
    for nodes, tags in drawn.ways.values():
        if tags.get("highway", "trunk") != "trunk" and (bridges or "bridge" not in tags):
            nx.add_path(graph, nodes)
    return graph


def tagged(drawn: Map, key: str, value: str) -> list[dict[str, str]]:
    """Tags of every node, way and relation that carry key=value."""
    everything = itertools.chain(
        drawn.node_tags.values(),
        (tags for _, tags in drawn.ways.values()),
        (tags for _, tags in drawn.relations.values()),
    )
    return [tags for tags in everything if tags.get(key) == value]


# --- the files -------------------------------------------------------------------------------------------------------


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    code = "import sys, pathlib, geokehila.sample_town as t; t.write(pathlib.Path(sys.argv[1]))"
    sums = []
    for seed in ("1", "77"):
        env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-c", code, str(tmp_path / seed)], env=env, check=True)
        sums.append({f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in (tmp_path / seed).iterdir()})
    assert sums[0] == sums[1]
    assert {"osm.osm.pbf", "census.xlsx", "shelters.csv", "study.toml"} < set(sums[0])
    assert {f"statistical_areas.{ending}" for ending in ("shp", "shx", "dbf", "prj", "cpg")} < set(sums[0])


def test_a_second_write_replaces_the_first(town: Path) -> None:
    before = {file.name: file.read_bytes() for file in town.iterdir()}
    sample_town.write(town)
    assert {file.name: file.read_bytes() for file in town.iterdir()} == before


def test_importing_the_town_loads_nothing_heavy() -> None:
    code = "import sys, geokehila.sample_town; print([m for m in ('numpy', 'shapely', 'osmium') if m in sys.modules])"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError, match="taken"):
        sample_town.write(tmp_path / "taken" / "town")


def test_the_study_says_fictional(town: Path) -> None:
    words = (town / "study.toml").read_text(encoding="utf-8")
    assert "FICTIONAL" in words
    expected = {"name": "Neve Or", "name_he": "נווה אור", "code": 9996, "fictional": True}
    assert tomllib.loads(words)["study"] == expected


def test_the_shelter_list_lies_in_the_town(town: Path, areas: gpd.GeoDataFrame) -> None:
    with (town / "shelters.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["lon", "lat", "name"]
    assert len(rows) == 25
    assert len({row["name"] for row in rows}) == 25
    spots = gpd.points_from_xy([float(r["lon"]) for r in rows], [float(r["lat"]) for r in rows], crs=4326).to_crs(2039)
    assert areas.union_all().covers(spots.union_all())


# --- areas and people ------------------------------------------------------------------------------------------------


def test_nine_areas_that_do_not_overlap(areas: gpd.GeoDataFrame) -> None:
    assert sorted(areas["STAT_2022"]) == list(range(1, 10))
    assert (areas["YISHUV_STA"] == 99_960_000 + areas["STAT_2022"]).all()
    assert (areas["SEMEL_YISH"] == 9996).all()
    assert set(areas["SHEM_YISHU"]) == {"נווה אור"}
    assert areas.crs == "EPSG:2039"
    assert areas.is_valid.all()
    assert all(a.intersection(b).area == 0 for a, b in itertools.combinations(areas.geometry, 2))
    assert areas.loc[areas["COD_TIFKUD"] == 2, "STAT_2022"].tolist() == [9]


def test_twenty_thousand_people_in_the_rows_of_the_town(census: list[tuple[Any, ...]]) -> None:
    header = list(census[1])
    rows = [dict(zip(header, row, strict=True)) for row in census[2:]]
    town = [row for row in rows if row["LocalityCode"] == 9996]
    assert sum(row["pop_approx"] for row in town) == pytest.approx(20_000, abs=500)
    members = itertools.chain.from_iterable(str(row["StatAreaCmb"]).split("+") for row in town)
    assert sorted(members) == list("12345678")
    assert [row["StatAreaCmb"] for row in town if row["StatArea"] == 5] == ["5+6"]
    assert rows[0]["LocNameHeb"] == "כלל ארצי"
    assert rows[0]["LocalityCode"] is None
    assert len({row["LocalityCode"] for row in rows[1:]}) == 4


def test_ages_make_up_the_whole(census: list[tuple[Any, ...]]) -> None:
    ages = [i for i, name in enumerate(census[1]) if "_age" in name and name.endswith("_pcnt")]
    assert len(ages) == 18
    sums = [sum(row[i] for i in ages) for row in census[2:] if row[ages[0]] is not None]
    assert sums == pytest.approx([100.0] * len(sums))
    assert any(row[1] == 9996 and row[-1] is None for row in census), "one figure of the town is withheld"


def test_every_home_lies_in_an_area_with_people(buildings: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> None:
    at_home = buildings[buildings["kind"].isin(HOMES)]
    peopled = areas[areas["COD_TIFKUD"] == 1].union_all()
    industry = areas[areas["COD_TIFKUD"] == 2].union_all()
    inside = at_home.within(peopled)
    assert at_home[~inside].within(industry).all()
    per_area = gpd.sjoin(at_home[inside], areas[["STAT_2022", "geometry"]], predicate="within")[
        "STAT_2022"
    ].value_counts()
    assert per_area.min() >= 80
    assert per_area.sum() == inside.sum()


# --- the map ---------------------------------------------------------------------------------------------------------


def test_the_extract_is_sorted_and_whole(drawn: Map) -> None:
    assert drawn.order == sorted(drawn.order)
    assert min(number for _, number in drawn.order) > 0
    assert all(node in drawn.places for nodes, _ in drawn.ways.values() for node in nodes)
    assert all(ref in drawn.ways for members, _ in drawn.relations.values() for _, ref, _ in members)
    assert all(a != b for nodes, _ in drawn.ways.values() for a, b in itertools.pairwise(nodes))


def test_every_node_is_used(drawn: Map) -> None:
    on_ways = {node for nodes, _ in drawn.ways.values() for node in nodes}
    assert [node for node in drawn.places if node not in on_ways and not drawn.node_tags[node]] == []


def test_the_bounds_hold_the_town_and_its_buffer(drawn: Map, areas: gpd.GeoDataFrame) -> None:
    low, high = drawn.box.bottom_left, drawn.box.top_right
    assert all(low.lon <= lon <= high.lon and low.lat <= lat <= high.lat for lon, lat in drawn.places.values())
    turn = pyproj.Transformer.from_crs(4326, 2039, always_xy=True)
    extract = box(*turn.transform(low.lon, low.lat), *turn.transform(high.lon, high.lat))
    assert areas.union_all().buffer(1_300).within(extract)
    homes_and_works = areas.to_crs(4326).total_bounds
    assert homes_and_works == pytest.approx([34.605, 30.885, 34.640, 30.912], abs=0.006)


def test_one_can_walk_everywhere_and_the_bridge_is_the_only_crossing(drawn: Map) -> None:
    assert nx.number_connected_components(streets(drawn)) == 1
    assert sum("bridge" in tags for _, tags in drawn.ways.values()) == 1
    halves = [part for part in nx.connected_components(streets(drawn, bridges=False)) if len(part) > 1]
    assert len(halves) == 2
    assert min(len(half) for half in halves) > 500


def test_blocks_and_buildings_are_those_of_a_town(drawn: Map, buildings: gpd.GeoDataFrame) -> None:
    assert 1_500 <= len(buildings) <= 2_500
    assert buildings.is_valid.all()
    assert buildings["levels"].isna().mean() > 0.85
    assert (buildings["kind"] == "yes").mean() > 0.6
    assert buildings.area.between(30, 4_000).all()
    overlaps = gpd.sjoin(buildings, buildings, predicate="overlaps")
    assert overlaps.empty
    legs = Counter(dict(streets(drawn).degree()).values())
    assert legs[3] > 200
    assert legs[4] > 50


def test_no_street_runs_through_a_house(drawn: Map, buildings: gpd.GeoDataFrame) -> None:
    from shapely.geometry import LineString

    lines = [LineString([drawn.places[n] for n in nodes]) for nodes, tags in drawn.ways.values() if "highway" in tags]
    ways = gpd.GeoDataFrame(geometry=lines, crs=4326).to_crs(2039)
    assert gpd.sjoin(ways, buildings, predicate="crosses").empty


@pytest.mark.parametrize(
    ("key", "value", "count"),
    [
        ("amenity", "community_centre", 2),
        ("amenity", "clinic", 2),
        ("amenity", "library", 1),
        ("amenity", "police", 1),
        ("amenity", "post_office", 1),
        ("amenity", "school", 4),
        ("amenity", "kindergarten", 7),
        ("highway", "steps", 11),
        ("highway", "bus_stop", 20),
        ("highway", "trunk", 1),
        ("highway", "crossing", 3),
        ("footway", "sidewalk", 3),
        ("footway", "crossing", 3),
        ("foot", "designated", 1),
        ("area", "yes", 1),
        ("landuse", "industrial", 1),
        ("shelter_type", "bomb_shelter", 2),
        ("disused:shop", "supermarket", 1),
        ("type", "multipolygon", 2),
    ],
)
def test_the_town_holds_each_case(drawn: Map, key: str, value: str, count: int) -> None:
    assert len(tagged(drawn, key, value)) == count


def test_plain_shelters_outnumber_bomb_shelters(drawn: Map) -> None:
    kinds = Counter(tags.get("shelter_type") for tags in tagged(drawn, "amenity", "shelter"))
    assert kinds == {"bomb_shelter": 2, "public_transport": 2, "picnic_shelter": 1, None: 1}


def test_the_pharmacy_is_mapped_twice(drawn: Map) -> None:
    names = Counter(tags["name"] for tags in tagged(drawn, "amenity", "pharmacy"))
    assert names == {"בית מרקחת האור": 2, "בית מרקחת המדבר": 1}


def test_the_fenced_park_has_two_gates_that_streets_reach(drawn: Map) -> None:
    parks = [
        nodes for nodes, tags in drawn.ways.values() if tags.get("barrier") == "fence" and tags["leisure"] == "park"
    ]
    (rim,) = parks
    gates = [node for node in set(rim) if drawn.node_tags[node].get("barrier") == "gate"]
    graph = streets(drawn)
    assert len(gates) == 2
    assert all(gate in graph for gate in gates)
    assert {node for node in rim if node in graph} == set(gates)


def test_the_garden_behind_the_gate_is_private(drawn: Map) -> None:
    (rim, _), *others = [(n, t) for n, t in drawn.ways.values() if t.get("leisure") == "garden" and "access" in t]
    assert others == []
    assert [drawn.node_tags[n] for n in set(rim) if drawn.node_tags[n]] == [{"barrier": "gate", "access": "private"}]


def test_schools_are_entered_at_gates(drawn: Map) -> None:
    graph = streets(drawn)
    for nodes, tags in drawn.ways.values():
        if tags.get("amenity") == "school":
            gates = [n for n in nodes if drawn.node_tags[n].get("entrance") == "main"]
            assert gates, tags["name"]
            assert all(gate in graph for gate in gates)


def test_the_large_park_has_a_pond_and_one_relation_is_broken(drawn: Map) -> None:
    (good, _), (bad, _) = (drawn.relations[number] for number in sorted(drawn.relations))
    outer = Counter(
        end for _, ref, role in good if role == "outer" for end in (drawn.ways[ref][0][0], drawn.ways[ref][0][-1])
    )
    assert [role for _, _, role in good] == ["outer", "outer", "inner"]
    assert set(outer.values()) == {2}
    (_, ref, _) = bad[0]
    assert drawn.ways[ref][0][0] != drawn.ways[ref][0][-1]


def test_the_arabic_speaking_quarter_is_bilingual_and_thinly_mapped(drawn: Map, areas: gpd.GeoDataFrame) -> None:
    quarter = areas[areas["STAT_2022"].isin([7, 8])].to_crs(4326).union_all()
    here = [tags for node, tags in drawn.node_tags.items() if tags and Point(drawn.places[node]).within(quarter)]
    here += [tags for nodes, tags in drawn.ways.values() if Point(drawn.places[nodes[0]]).within(quarter)]
    services = Counter(tags.get("amenity") for tags in here)
    assert services["clinic"] == services["doctors"] == services["kindergarten"] == 0
    assert services["community_centre"] == services["place_of_worship"] == services["school"] == 1
    assert all(
        "name:ar" in tags for tags in here if "name:he" in tags and "place" not in tags and "landuse" not in tags
    )
    assert sum("building" in tags for tags in here) > 350


def test_every_name_is_in_the_tables_of_the_plan(drawn: Map) -> None:
    from geokehila.sample_town import grounds, places, streets

    planned = "\n".join(Path(module.__file__).read_text(encoding="utf-8") for module in (grounds, places, streets))
    planned = planned.replace('\\"', '"')
    everything = [
        *drawn.node_tags.values(),
        *(t for _, t in drawn.ways.values()),
        *(t for _, t in drawn.relations.values()),
    ]
    for tags in everything:
        for key in ("name:he", "name:en", "name:ar"):
            assert tags.get(key, "") in planned


# --- and nothing of it is real ---------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize("file", ["locality_polygons", "neighbourhoods", "city_boundaries", "town_boundaries"])
def test_the_town_lies_outside_every_real_locality(shared: Path, drawn: Map, file: str) -> None:
    real = gpd.read_file(shared / "national" / f"{file}.geojson")
    low, high = drawn.box.bottom_left, drawn.box.top_right
    extract = box(low.lon, low.lat, high.lon, high.lat)
    assert not real.make_valid().intersects(extract).any()


@pytest.mark.shared
def test_the_headers_are_those_of_the_real_census(shared: Path, census: list[tuple[Any, ...]]) -> None:
    book = openpyxl.load_workbook(shared / "national" / "census_2022_by_statistical_area.xlsx", read_only=True)
    real = list(book.active.iter_rows(max_row=2, values_only=True))
    assert set(zip(*census[:2], strict=True)) <= set(zip(*real, strict=False))


@pytest.mark.shared
def test_the_columns_are_those_of_the_real_areas(shared: Path, areas: gpd.GeoDataFrame) -> None:
    real = gpd.read_file(shared / "eilat" / "statistical_areas_2022")
    assert list(areas.columns) == list(real.columns)


@pytest.mark.shared
def test_no_real_locality_has_its_code(shared: Path, census: list[tuple[Any, ...]]) -> None:
    with (shared / "national" / "localities_2021.csv").open(encoding="utf-8-sig", newline="") as file:
        real = {row[0] for row in csv.reader(file)}
    assert real.isdisjoint({str(row[1]) for row in census[3:]})
