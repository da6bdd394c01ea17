"""Neve Or: the same bytes every time, a town that holds together, and nothing in it that is real."""

import csv
import hashlib
import io
import itertools
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import geopandas as gpd
import networkx as nx
import numpy as np
import openpyxl
import osmium
import pyproj
import pytest
import rasterio
from scipy.ndimage import map_coordinates
from shapely.geometry import LineString, Point, Polygon, box

from geokehila import sample_town
from geokehila.catalogue import Catalogue
from geokehila.errors import InputError
from geokehila.load import municipal, osm
from geokehila.schema import ISRAEL_TM

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
    assert {"dem.tif", "gtfs.zip", "plans.geojson", "candidates.csv", "readiness.csv", "survey.csv"} < set(sums[0])
    assert not any(name.startswith("dwellings") for name in sums[0]), "nobody knows what is built later"
    assert {f"statistical_areas.{ending}" for ending in ("shp", "shx", "dbf", "prj", "cpg")} < set(sums[0])


def test_a_second_write_replaces_the_first(town: Path) -> None:
    before = {file.name: file.read_bytes() for file in town.iterdir()}
    sample_town.write(town)
    assert {file.name: file.read_bytes() for file in town.iterdir()} == before


def test_importing_the_town_loads_nothing_heavy() -> None:
    heavy = ("numpy", "shapely", "osmium", "rasterio")
    code = f"import sys, geokehila.sample_town; print([m for m in {heavy} if m in sys.modules])"
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
    expected = {"name": "Neve Or", "name_he": "נווה אור", "name_ar": "نفيه أور", "code": 9996, "fictional": True}
    assert tomllib.loads(words)["study"] == expected


def test_the_shelter_list_lies_in_the_town(town: Path, areas: gpd.GeoDataFrame) -> None:
    with (town / "shelters.csv").open(encoding="utf-8-sig", newline="") as file:
        *rows, unplaced = list(csv.DictReader(file))
    assert list(unplaced)[:3] == ["long", "lat", "שם"]
    assert (unplaced["long"], unplaced["lat"]) == ("", "")
    assert len({row["שם"] for row in rows}) == len(rows) == 25
    spots = gpd.points_from_xy([float(r["long"]) for r in rows], [float(r["lat"]) for r in rows], crs=4326)
    assert areas.union_all().covers(spots.to_crs(2039).union_all())


def test_the_loader_reads_the_shelter_list_and_rejects_the_one_without_a_place(town: Path) -> None:
    shelters = municipal.read(town / "shelters.csv", "shelter", "EPSG:2039")
    counts = shelters.ledger.counts()["place"]
    assert counts == {"read": 26, "used": 25, "rejected": {"no usable coordinates": 1}}
    assert shelters.places["name_he"].notna().all()


@pytest.mark.parametrize("name", ["candidates.csv", "readiness.csv", "survey.csv"])
def test_every_row_of_what_the_municipality_hands_over_says_that_it_is_fictional(town: Path, name: str) -> None:
    with (town / name).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows and {row["הערה"] for row in rows} == {"FICTIONAL, בדיוני"}


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
        # Three where a crossing is drawn as a way, seven that are but a point of the street.
        ("highway", "crossing", 3 + 7),
        ("crossing", "traffic_signals", 2 + 1),
        ("crossing", "unmarked", 1),
        ("natural", "tree", 17),
        ("natural", "tree_row", 8),
        # One every 10 degrees beside three terraces of the hill: over 300, 260 and 220 degrees, both ends counted.
        ("highway", "street_lamp", 31 + 27 + 23),
        ("landuse", "grass", 2),
        ("area:highway", "traffic_island", 1),
        ("landuse", "commercial", 1),
        ("footway", "sidewalk", 3),
        ("footway", "crossing", 3),
        ("kerb", "raised", 2),
        ("kerb", "lowered", 2),
        ("ramp:stroller", "yes", 2),
        ("surface", "paving_stones", 3),
        ("smoothness", "bad", 1),
        ("incline", "-19%", 1),
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


@pytest.fixture(scope="module")
def read(town: Path) -> osm.OsmData:
    catalogue = Catalogue.read()
    return osm.read([town / "osm.osm.pbf"], catalogue.categories.values(), ISRAEL_TM, catalogue.profiles.values())


def test_every_kind_of_fact_about_streets_and_grounds_is_there(read: osm.OsmData) -> None:
    for frame in (read.roads, read.crossings, read.trees, read.lamps, read.land_uses, read.open_spaces):
        assert not frame.empty
    assert {*read.roads["sidewalk"]} == {"yes", "no", "separate", ""}
    assert {*read.roads["lit"]} == {"yes", "no", ""}
    assert {*read.crossings["kind"]} == {"signals", "marked", "unmarked", ""}
    assert {*read.land_uses["use"]} == {"residential", "commerce", "education", "sport", "industry", "open", "other"}
    assert {"", "housing", "commerce", "services", "education", "sport", "industry"} == {*read.buildings["purpose"]}
    assert {"school", "parking", "grass", "flowerbed", "traffic_island", "square", "park"} <= {
        *read.open_spaces["class"]
    }
    assert read.open_spaces["community"].sum() == read.places["capacity"].notna().sum() == 1


def test_crossings_lie_on_streets_and_trees_lamps_and_verges_beside_them(read: osm.OsmData) -> None:
    streets = read.roads[read.roads["kind"] != "pavement"].union_all()
    assert read.crossings.distance(streets).max() < 0.01
    assert read.lamps.distance(streets).between(2, 10).all()
    houses = read.buildings.union_all()
    verges = read.open_spaces[read.open_spaces["class"].isin(["grass", "flowerbed", "traffic_island"])]
    for frame in (read.trees, read.lamps, verges):
        assert not frame.intersects(houses).any()
    assert not verges.intersects(streets).any()


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
    local = [tags for tags in here if "name:he" in tags and "place" not in tags and "landuse" not in tags]
    assert local and all(tags["name"] == f"{tags['name:ar']} {tags['name:he']}" for tags in local)
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
        for key in ("name:he", "name:en"):
            assert tags.get(key, "") in planned


def test_every_name_is_told_in_arabic_letters_too(drawn: Map) -> None:
    named = [tags for tags in (*drawn.node_tags.values(), *(t for _, t in drawn.ways.values())) if "name:he" in tags]
    assert len(named) > 150
    for tags in named:
        assert re.fullmatch(r"[\u0600-\u06FF0-9 /()]+", tags.get("name:ar", "")), tags["name:he"]


# --- heights ---------------------------------------------------------------------------------------------------------


class Ground(NamedTuple):
    """The GeoTIFF as read back: heights [m] and what the file says of itself."""

    heights: np.ndarray
    profile: dict[str, Any]

    def cell(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        """Row and column, counted from the corner of the first cell."""
        to_earth = self.profile["transform"]
        return (lat - to_earth.f) / to_earth.e, (lon - to_earth.c) / to_earth.a

    def at(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Height between the middles of the four nearest cells."""
        row, column = self.cell(lon, lat)
        return map_coordinates(self.heights, [row - 0.5, column - 0.5], order=1)

    def along(self, drawn: Map, nodes: list[int]) -> np.ndarray:
        lon, lat = np.array([drawn.places[node] for node in nodes]).T
        return self.at(lon, lat)


@pytest.fixture(scope="module")
def ground(town: Path) -> Ground:
    with rasterio.open(town / "dem.tif") as file:
        return Ground(file.read(1), dict(file.profile))


@pytest.fixture(scope="module")
def metres() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(4326, 2039, always_xy=True)


def on_grid(drawn: Map, metres: pyproj.Transformer, nodes: list[int]) -> np.ndarray:
    """Israel TM Grid metres of nodes, shape (n, 2)."""
    return np.stack(metres.transform(*np.array([drawn.places[node] for node in nodes]).T), axis=1)


def test_heights_are_laid_out_as_those_of_copernicus(ground: Ground, drawn: Map) -> None:
    assert (ground.profile["dtype"], ground.profile["crs"].to_epsg()) == ("float32", 4326)
    assert ground.profile["transform"].a == pytest.approx(1 / 3600)
    assert ground.profile["transform"].e == pytest.approx(-1 / 3600)
    # The middles of the cells lie on whole arc-seconds.
    assert (ground.profile["transform"].c * 3600) % 1 == pytest.approx(0.5, abs=1e-6)
    assert not (ground.heights == ground.profile["nodata"]).any()
    low, high = drawn.box.bottom_left, drawn.box.top_right
    rows, columns = ground.heights.shape
    for lon, lat in ((low.lon, low.lat), (high.lon, high.lat)):
        row, column = ground.cell(lon, lat)
        assert 1 < column < columns - 1
        assert 1 < row < rows - 1


def test_the_hill_is_the_highest_ground_of_the_town(ground: Ground, drawn: Map, metres: pyproj.Transformer) -> None:
    (tower,) = [node for node, tags in drawn.node_tags.items() if tags.get("man_made") == "water_tower"]
    nodes = sorted({node for way, tags in drawn.ways.values() if "building" in tags for node in way} | {tower})
    heights = ground.along(drawn, nodes)
    highest = on_grid(drawn, metres, [nodes[int(heights.argmax())], tower])
    assert np.hypot(*(highest[0] - highest[1])) < 160
    assert heights.max() - np.median(heights) > 30


def test_stairs_climb_the_hill_and_are_steeper_than_its_streets(
    ground: Ground, drawn: Map, metres: pyproj.Transformer
) -> None:
    slopes: dict[str, list[float]] = {"steps": [], "climb": []}
    for nodes, tags in drawn.ways.values():
        kind = "steps" if tags.get("highway") == "steps" else "climb" if "Ma'ale" in tags.get("name:en", "") else ""
        if kind:
            at, heights = on_grid(drawn, metres, nodes), ground.along(drawn, nodes)
            length = np.hypot(*np.diff(at, axis=0).T).sum()
            slopes[kind].append((heights[-1] - heights[0]) / length)
            assert tags.get("incline", "up") == "up"
    assert len(slopes["steps"]) == 11
    assert all(0.15 < slope < 0.4 for slope in slopes["steps"])
    assert all(0.05 < slope < 0.15 for slope in slopes["climb"])


def test_no_street_is_steeper_than_streets_are(ground: Ground, drawn: Map, metres: pyproj.Transformer) -> None:
    for nodes, tags in drawn.ways.values():
        if tags.get("highway") in ("residential", "tertiary", "secondary", "pedestrian") and "bridge" not in tags:
            at, heights = on_grid(drawn, metres, nodes), ground.along(drawn, nodes)
            length = np.hypot(*np.diff(at, axis=0).T).sum()
            assert abs(heights[-1] - heights[0]) <= 0.15 * length + 1.0, tags.get("name:en")


def test_the_wadi_lies_below_its_banks(ground: Ground, drawn: Map, metres: pyproj.Transformer) -> None:
    (bed,) = [nodes for nodes, tags in drawn.ways.values() if tags.get("waterway") == "stream"]
    at = on_grid(drawn, metres, bed)
    ahead = np.gradient(at, axis=0)
    aside = ahead[:, ::-1] * (-1, 1) / np.hypot(*ahead.T)[:, None]
    inside = slice(5, -5)
    for bank in (at + 60 * aside, at - 60 * aside):
        lon, lat = metres.transform(*bank.T, direction="INVERSE")
        assert (ground.at(lon, lat) - ground.along(drawn, bed))[inside].min() > 2.0


def test_the_bridge_is_above_the_bed_of_the_wadi(ground: Ground, drawn: Map) -> None:
    (bridge,) = [nodes for nodes, tags in drawn.ways.values() if "bridge" in tags]
    (bed,) = [nodes for nodes, tags in drawn.ways.values() if tags.get("waterway") == "stream"]
    lines = [LineString([drawn.places[node] for node in nodes]) for nodes in (bridge, bed)]
    crossing = lines[0].intersection(lines[1])
    (below,) = ground.at(np.array([crossing.x]), np.array([crossing.y]))
    assert ground.along(drawn, [bridge[0], bridge[-1]]).min() - below > 3.0


# --- buses -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def feed(town: Path) -> dict[str, list[dict[str, str]]]:
    with ZipFile(town / "gtfs.zip") as file:
        texts = {name.removesuffix(".txt"): file.read(name) for name in file.namelist()}
    assert all(text.startswith(b"\xef\xbb\xbf") for text in texts.values())
    return {name: list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")))) for name, text in texts.items()}


def clock_s(text: str) -> int:
    hours, minutes, seconds = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def starts(feed: dict[str, list[dict[str, str]]], day: str) -> dict[str, list[int]]:
    """First departures [s after midnight] of each route on one weekday, sorted."""
    services = {row["service_id"] for row in feed["calendar"] if row[day] == "1"}
    trips = {row["trip_id"]: row["route_id"] for row in feed["trips"] if row["service_id"] in services}
    found: dict[str, list[int]] = {}
    for row in feed["stop_times"]:
        if row["stop_sequence"] == "1" and row["trip_id"] in trips:
            found.setdefault(trips[row["trip_id"]], []).append(clock_s(row["departure_time"]))
    return {route: sorted(times) for route, times in found.items()}


@pytest.mark.parametrize(
    ("table", "column", "other"),
    [
        ("routes", "agency_id", "agency"),
        ("trips", "route_id", "routes"),
        ("trips", "service_id", "calendar"),
        ("trips", "shape_id", "shapes"),
        ("stop_times", "trip_id", "trips"),
        ("stop_times", "stop_id", "stops"),
    ],
)
def test_what_the_feed_refers_to_is_there(
    feed: dict[str, list[dict[str, str]]], table: str, column: str, other: str
) -> None:
    assert {row[column] for row in feed[table]} == {
        row[column] for row in feed[other] if row.get("location_type") != "1"
    }


def test_the_feed_has_one_station_and_every_name_is_translated(feed: dict[str, list[dict[str, str]]]) -> None:
    (station,) = [row for row in feed["stops"] if row["location_type"] == "1"]
    assert {row["parent_station"] for row in feed["stops"]} == {"", station["stop_id"]}
    ids = [row["stop_id"] for row in feed["stops"]]
    assert len(ids) == len(set(ids))
    translated = {row["trans_id"] for row in feed["translations"]}
    assert {row["stop_name"] for row in feed["stops"] if row["location_type"] == "0"} == translated


def test_times_run_forward(feed: dict[str, list[dict[str, str]]]) -> None:
    for _, rows in itertools.groupby(feed["stop_times"], key=lambda row: row["trip_id"]):
        calls = list(rows)
        assert [int(row["stop_sequence"]) for row in calls] == list(range(1, len(calls) + 1))
        times = [clock_s(row[column]) for row in calls for column in ("arrival_time", "departure_time")]
        assert times == sorted(times)
        assert times[0] < times[-1]


def test_the_week_is_that_of_israel(feed: dict[str, list[dict[str, str]]]) -> None:
    week = [starts(feed, day) for day in ("sunday", "monday", "tuesday", "wednesday", "thursday")]
    assert all(day == week[0] for day in week)
    friday, saturday = starts(feed, "friday"), starts(feed, "saturday")
    assert all(len(friday[route]) < len(week[0][route]) / 2 for route in week[0])
    assert max(map(max, friday.values())) < 16 * 3600
    assert min(map(min, saturday.values())) >= 19 * 3600


def test_lines_run_as_often_as_their_tables_say(feed: dict[str, list[dict[str, str]]]) -> None:
    sunday = starts(feed, "sunday")
    lines = {row["route_id"]: row["route_short_name"] for row in feed["routes"]}
    at_noon = {lines[route]: sum(9 * 3600 <= time < 15 * 3600 for time in times) for route, times in sunday.items()}
    # Every 15, 30 and 60 minutes for six hours; line 3 rests until 15:00 but for its last trips of the morning.
    assert (at_noon["1"], at_noon["2"], at_noon["4"]) == (24, 12, 6)
    assert at_noon["3"] < 3


def test_the_feed_knows_the_mapped_stops_and_more_in_the_thin_quarter(
    feed: dict[str, list[dict[str, str]]], drawn: Map, areas: gpd.GeoDataFrame
) -> None:
    mapped = [drawn.places[node] for node, tags in drawn.node_tags.items() if tags.get("highway") == "bus_stop"]
    listed = [(float(row["stop_lon"]), float(row["stop_lat"])) for row in feed["stops"] if row["location_type"] == "0"]
    assert set(mapped) < set(listed)
    thin = areas[areas["STAT_2022"].isin([7, 8])].to_crs(4326).union_all()
    more = set(listed) - set(mapped)
    assert all(thin.covers(Point(place)) for place in more)
    assert len(more) == 5
    assert sum(thin.covers(Point(place)) for place in mapped) == 2


# --- plans -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plans(town: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(town / "plans.geojson").to_crs(2039)


def test_one_newer_plan_lies_over_an_older_one(plans: gpd.GeoDataFrame) -> None:
    assert plans.is_valid.all()
    pairs = itertools.combinations(plans.itertuples(), 2)
    ((older, newer),) = [(a, b) for a, b in pairs if a.geometry.intersection(b.geometry).area > 1]
    assert older.pl_number != newer.pl_number
    assert older.last_update_date < newer.last_update_date
    assert older.station == newer.station == 3010
    assert (older.mavat_code, newer.mavat_code) == (60, 400)


def test_plans_are_for_homes_public_buildings_and_open_space_and_made_up(
    plans: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> None:
    assert {60, 140, 230, 400, 410, 670, 1000} == set(plans["mavat_code"])
    assert plans["pl_number"].str.startswith("999-").all()
    assert plans["pl_name"].str.contains("גוש 999", regex=False).all()
    assert plans["pl_name"].str.contains("בדיוני", regex=False).all()
    assert plans["shape_area"].to_numpy() == pytest.approx(plans.area.to_numpy(), rel=1e-3)
    assert areas.union_all().buffer(1).covers(plans.union_all())


def test_plans_keep_the_grounds_that_are_there(plans: gpd.GeoDataFrame, drawn: Map) -> None:
    public = plans[plans["mavat_code"].isin([400, 410])].to_crs(4326).union_all()
    gardens = plans[plans["mavat_code"] == 670].to_crs(4326).union_all()
    grounds = {tags["name:en"]: Polygon([drawn.places[n] for n in nodes]).centroid
               for nodes, tags in drawn.ways.values() if "name:en" in tags and nodes[0] == nodes[-1]}  # fmt: skip
    assert all(public.covers(grounds[name]) for name in ("HaBrosh Primary School", "Az-Zaytun School"))
    assert all(gardens.covers(grounds[name]) for name in ("HaDekel Garden", "Lookout Garden"))


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


@pytest.mark.shared
def test_the_columns_are_those_of_the_real_feed(shared: Path, feed: dict[str, list[dict[str, str]]]) -> None:
    with ZipFile(shared / "national" / "gtfs_sample_2019.zip") as real:
        for name in sorted({f"{table}.txt" for table in feed} & set(real.namelist())):
            header = real.read(name).decode("utf-8-sig").splitlines()[0]
            assert list(feed[name.removesuffix(".txt")][0]) == header.split(",")


@pytest.mark.shared
def test_the_properties_and_codes_are_those_of_real_plans(shared: Path, town: Path) -> None:
    files = (shared / "national" / "xplan_landuse_jerusalem_sample.geojson", town / "plans.geojson")
    real, ours = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    assert list(ours["features"][0]["properties"]) == list(real["features"][0]["properties"])
    for keys in (("mavat_code", "mavat_name"), ("station", "station_desc")):
        known, used = ({tuple(f["properties"][k] for k in keys) for f in layer["features"]} for layer in (real, ours))
        assert used <= known
    numbers, own = ({f["properties"]["pl_number"] for f in layer["features"]} for layer in (real, ours))
    assert numbers.isdisjoint(own)
