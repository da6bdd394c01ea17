"""Generated towns: the same bytes every time, people who sum up, areas that tile, streets that hold together."""

import csv
import hashlib
import itertools
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import networkx as nx
import numpy as np
import openpyxl
import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, box
from typer.testing import CliRunner

from geokehila import Study, run, sample_town
from geokehila.catalogue import Catalogue, cities
from geokehila.errors import InputError, StudyError
from geokehila.load import osm
from geokehila.sample_town import generated
from geokehila.sample_town.generated import areas as partition
from geokehila.sample_town.generated import lattice, town
from geokehila_cli.app import app

ROOT = Path(__file__).resolve().parents[1]
SIZE = 20_000


class Map(NamedTuple):
    """An extract read back without any of our own code; ways as (nodes, tags)."""

    box: Any
    nodes: dict[int, tuple[float, float]]
    node_tags: dict[int, dict[str, str]]
    ways: list[tuple[list[int], dict[str, str]]]

    def line(self, nodes: list[int]) -> LineString:
        return LineString([self.nodes[node] for node in nodes])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw") / "עיר"
    sample_town.generate(folder, SIZE)
    return folder


@pytest.fixture(scope="module")
def smallest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = tmp_path_factory.mktemp("raw")
    sample_town.generate(raw / "generated-5000", 5_000)
    return raw


@pytest.fixture(scope="module")
def drawn(folder: Path) -> Map:
    reader = osmium.io.Reader(str(folder / "osm.osm.pbf"))
    found = Map(reader.header().box(), {}, {}, [])
    reader.close()
    for thing in osmium.FileProcessor(str(folder / "osm.osm.pbf")):
        tags = {tag.k: tag.v for tag in thing.tags}
        if thing.is_node():
            found.nodes[thing.id] = (thing.location.lon, thing.location.lat)
            found.node_tags[thing.id] = tags
        elif thing.is_way():
            found.ways.append(([node.ref for node in thing.nodes], tags))
    return found


@pytest.fixture(scope="module")
def areas(folder: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(folder / "statistical_areas.shp")


@pytest.fixture(scope="module")
def houses(drawn: Map) -> gpd.GeoDataFrame:
    rows = [(tags, Polygon([drawn.nodes[n] for n in nodes])) for nodes, tags in drawn.ways if "building" in tags]
    kinds = [tags["building"] for tags, _ in rows]
    return gpd.GeoDataFrame({"kind": kinds}, geometry=[shape for _, shape in rows], crs=4326).to_crs(2039)


def streets(drawn: Map, *, bridges: bool = True) -> nx.Graph:
    graph = nx.Graph()
    for nodes, tags in drawn.ways:
        if "highway" in tags and (bridges or "bridge" not in tags):
            nx.add_path(graph, nodes)
    return graph


def census_rows(folder: Path) -> list[dict[str, Any]]:
    _, header, *rows = openpyxl.load_workbook(folder / "census.xlsx").active.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def own_rows(folder: Path) -> list[dict[str, Any]]:
    return [row for row in census_rows(folder) if row["LocalityCode"] == generated.CODE]


# --- the files -------------------------------------------------------------------------------------------------------


def test_fresh_processes_write_the_same_bytes(tmp_path: Path) -> None:
    code = "import sys, pathlib, geokehila.sample_town as t; t.generate(pathlib.Path(sys.argv[1]), 6_000, seed=3)"
    sums = []
    for name, threads in (("1", "1"), ("77", "2")):
        extra = {
            "PYTHONHASHSEED": name,
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": threads,
            "OSMIUM_POOL_THREADS": threads,
        }
        subprocess.run([sys.executable, "-c", code, str(tmp_path / name)], env=os.environ | extra, check=True)
        sums.append({f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in (tmp_path / name).iterdir()})
    assert sums[0] == sums[1]
    assert {"osm.osm.pbf", "census.xlsx", "study.toml", "statistical_areas.shp"} < set(sums[0])


def test_another_seed_draws_another_town(smallest: Path, tmp_path: Path) -> None:
    sample_town.generate(tmp_path, 5_000, seed=1)
    for name in ("osm.osm.pbf", "statistical_areas.shp"):
        assert (tmp_path / name).read_bytes() != (smallest / "generated-5000" / name).read_bytes()


@pytest.mark.parametrize(("residents", "seed"), [(1_499, 0), (1_000_001, 0), (-1, 0), (5_000, -1)])
def test_what_cannot_be_drawn_is_one_line(tmp_path: Path, residents: int, seed: int) -> None:
    with pytest.raises(StudyError, match="give a") as error:
        sample_town.generate(tmp_path / "town", residents, seed)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "town").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError, match="taken"):
        sample_town.generate(tmp_path / "taken" / "town", 5_000)


def test_the_study_says_fictional_and_the_folder_is_its_slug(folder: Path) -> None:
    study = Study.read(folder / "study.toml")
    assert study.fictional
    assert (study.city.slug, study.city.code) == (f"generated-{SIZE}", generated.CODE)
    assert "FICTIONAL" in (folder / "study.toml").read_text(encoding="utf-8")


def test_a_town_in_the_place_of_a_city_bears_its_name_and_code_and_stays_fictional(tmp_path: Path) -> None:
    metulla = cities()["metulla"]
    sample_town.generate(tmp_path, 1_700, city=metulla)
    study = Study.read(tmp_path / "study.toml")
    assert study.city == metulla and study.fictional
    west, south, east, north = gpd.read_file(tmp_path / "statistical_areas.shp").to_crs(4326).total_bounds
    assert west < metulla.lon < east and south < metulla.lat < north
    assert {row["LocalityCode"] for row in census_rows(tmp_path)} >= {metulla.code}


# --- people and areas ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("residents", [1_500, 5_000, 7_777])
def test_the_census_sums_to_the_residents_asked(tmp_path: Path, residents: int) -> None:
    sample_town.generate(tmp_path, residents)
    counts = [row["pop_approx"] for row in own_rows(tmp_path)]
    assert sum(counts) == round(residents, -1)
    assert all(count % 10 == 0 for count in counts)


def test_areas_hold_three_to_five_thousand(folder: Path, areas: gpd.GeoDataFrame) -> None:
    rows = own_rows(folder)
    assert sum(row["pop_approx"] for row in rows) == SIZE
    assert all(3_000 <= row["pop_approx"] <= 5_000 for row in rows)
    assert [row["StatArea"] for row in rows] == areas.loc[areas["COD_TIFKUD"] == 1, "STAT_2022"].tolist()


def test_ages_make_up_the_whole(folder: Path) -> None:
    for row in own_rows(folder):
        ages = [share for name, share in row.items() if "_age" in name and name.endswith("_pcnt")]
        assert len(ages) == 18
        assert sum(ages) == pytest.approx(100)


def test_areas_tile_the_town(areas: gpd.GeoDataFrame) -> None:
    assert areas.crs == "EPSG:2039"
    assert areas.is_valid.all()
    assert all(a.intersection(b).area == 0 for a, b in itertools.combinations(areas.geometry, 2))
    whole = areas.union_all()
    assert whole.area == pytest.approx(areas.area.sum(), rel=1e-12)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert (areas["YISHUV_STA"] == generated.CODE * 10_000 + areas["STAT_2022"]).all()


def test_every_house_stands_in_exactly_one_area(houses: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> None:
    found = gpd.sjoin(houses, areas[["STAT_2022", "geometry"]], predicate="within")
    assert len(found) == len(houses)
    assert found.index.is_unique


@given(st.lists(st.floats(0.01, 1e4), min_size=1, max_size=60), st.integers(5_000, 1_000_000))
def test_rounding_loses_nobody(weights: list[float], total: int) -> None:
    parts = partition._rounded(np.array(weights), total)
    assert parts.sum() == round(total / 10) * 10
    exact = np.array(weights) / sum(weights) * total
    assert np.abs(parts - exact).max() <= 20


@given(st.integers(1, 12), st.integers(20, 60), st.integers(0, 10**6))
def test_parts_are_as_heavy_as_asked(count: int, side: int, seed: int) -> None:
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    at, shares = (
        np.stack([x.ravel(), y.ravel()], axis=1).astype(float),
        np.random.default_rng(seed).uniform(1, 2, count),
    )
    part = partition._parts(at, np.ones(side * side), shares)
    sizes = np.bincount(part, minlength=count)
    # Each halving misses its mark by less than one block, and there are at most four of them.
    assert np.abs(sizes - shares / shares.sum() * side * side).max() <= 4


# --- the map ---------------------------------------------------------------------------------------------------------


def test_one_main_network_and_a_few_islands(drawn: Map) -> None:
    sizes = sorted(map(len, nx.connected_components(streets(drawn))), reverse=True)
    assert len(sizes) > 1
    assert sizes[0] > 0.95 * sum(sizes)


def test_the_wadi_is_crossed_on_bridges_alone(drawn: Map) -> None:
    (wadi,) = [drawn.line(nodes) for nodes, tags in drawn.ways if "waterway" in tags]
    crossing = [tags for nodes, tags in drawn.ways if "highway" in tags and drawn.line(nodes).crosses(wadi)]
    assert crossing
    assert all(tags.get("bridge") == "yes" for tags in crossing)
    banks = sorted(map(len, nx.connected_components(streets(drawn, bridges=False))))[-2:]
    assert min(banks) > 100


def test_streets_bend_end_and_meet_as_streets_do(drawn: Map) -> None:
    legs = Counter(dict(streets(drawn).degree()).values())
    ways = Counter(tags.get("highway") for _, tags in drawn.ways)
    assert legs[2] > legs[3] + legs[4]
    assert min(legs[1], legs[3], legs[4]) > 10
    assert min(ways["residential"], ways["footway"]) > 20
    assert min(ways["tertiary"], ways["secondary"]) > 0


def test_houses_stand_apart_and_clear_of_streets(drawn: Map, houses: gpd.GeoDataFrame) -> None:
    assert houses.is_valid.all()
    assert houses.area.between(60, 4_000).all()
    assert gpd.sjoin(houses, houses, predicate="overlaps").empty
    lines = [drawn.line(nodes) for nodes, tags in drawn.ways if "highway" in tags]
    ways = gpd.GeoDataFrame(geometry=lines, crs=4326).to_crs(2039)
    assert gpd.sjoin(ways, houses, predicate="crosses").empty


def test_a_small_house_holds_about_ten(houses: gpd.GeoDataFrame) -> None:
    per_house = SIZE / len(houses)
    assert 8 < per_house < 25


def test_parks_are_entered_at_gates_that_paths_reach(drawn: Map) -> None:
    graph = streets(drawn)
    parks = [nodes for nodes, tags in drawn.ways if tags.get("leisure") == "park"]
    assert parks
    for nodes in parks:
        gates = [node for node in set(nodes) if drawn.node_tags[node].get("barrier") == "gate"]
        assert len(gates) == 2
        assert nx.has_path(graph, *gates)


def test_every_node_is_used(drawn: Map) -> None:
    on_ways = {node for nodes, _ in drawn.ways for node in nodes}
    assert [node for node in drawn.nodes if node not in on_ways and not drawn.node_tags[node]] == []


def test_all_names_are_numbers(drawn: Map) -> None:
    everything = [*drawn.node_tags.values(), *(tags for _, tags in drawn.ways)]
    named = [tags for tags in everything if "name" in tags]
    assert named
    assert all(tags["name:en"].split()[-1].isdigit() and tags["name:he"].split()[-1].isdigit() for tags in named)
    assert {"Area 1", "Area 2"} <= {tags["name:en"] for tags in named if tags.get("place") == "neighbourhood"}


def test_the_data_reach_beyond_the_town(drawn: Map, areas: gpd.GeoDataFrame) -> None:
    low, high = drawn.box.bottom_left, drawn.box.top_right
    extent = gpd.GeoSeries([box(low.lon, low.lat, high.lon, high.lat)], crs=4326).to_crs(2039)[0]
    assert areas.union_all().buffer(1_300).within(extent)
    assert all(low.lon <= lon <= high.lon and low.lat <= lat <= high.lat for lon, lat in drawn.nodes.values())


# --- through the real loaders ----------------------------------------------------------------------------------------


def test_every_category_has_a_place_even_in_the_smallest_town(smallest: Path) -> None:
    categories = Catalogue.read().categories
    mapped = osm.read([smallest / "generated-5000" / "osm.osm.pbf"], categories.values(), "EPSG:2039", ())
    assert [notice.name for ledger in mapped.ledgers for notice in ledger.notices] == [], (
        "it is no extract that was cut"
    )
    assert {key for keys in mapped.places["categories"] for key in keys} == set(categories)
    assert mapped.layers == {"streets", "buildings", "places"}


def test_the_main_job_runs_on_the_smallest_town(smallest: Path, tmp_path: Path) -> None:
    made = run("generated-5000", smallest, tmp_path)
    facts = made.summary["facts"]
    assert facts["people_source"] == 5_000
    assert facts["people_on_buildings"] == pytest.approx(5_000)
    for ledger in made.summary["ledgers"]:
        for kind, count in ledger["counts"].items():
            assert count["read"] == count["used"] + sum(count["rejected"].values()), (ledger["source"], kind)
    assert "FICTIONAL" in made.page.read_text(encoding="utf-8")


def test_demo_draws_a_town_of_the_size_asked_and_runs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def note(slug: str, raw: Path, *_: object) -> None:
        asked.append((raw / slug / "study.toml").is_file())
        raise StudyError(slug)

    monkeypatch.setattr("geokehila.steps.run", note)
    command = ["demo", "--out", str(tmp_path), "--quiet", "--residents"]
    refused = CliRunner().invoke(app, [*command, "1499"]).exception
    assert isinstance(refused, StudyError)
    assert asked == []
    assert str(CliRunner().invoke(app, [*command, "5500"]).exception) == "generated-5500"
    assert asked == [True]


# --- and nothing of it is real ---------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize("file", ["locality_polygons", "neighbourhoods", "city_boundaries", "town_boundaries"])
def test_the_largest_town_lies_outside_every_real_locality(shared: Path, file: str) -> None:
    real = gpd.read_file(shared / "national" / f"{file}.geojson").to_crs(2039)
    extent = box(*itertools.chain(*town.bounds(lattice.lay(1_000_000, seed=0))))
    assert not real.make_valid().intersects(extent).any()


@pytest.mark.shared
def test_no_real_locality_has_its_code(shared: Path) -> None:
    with (shared / "national" / "localities_2021.csv").open(encoding="utf-8-sig", newline="") as file:
        assert str(generated.CODE) not in {row[0] for row in csv.reader(file)}


@pytest.mark.shared
def test_the_columns_are_those_of_the_real_areas(shared: Path, areas: gpd.GeoDataFrame) -> None:
    assert list(areas.columns) == list(gpd.read_file(shared / "eilat" / "statistical_areas_2022").columns)
