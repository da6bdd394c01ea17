"""The whole job on real files: nothing and nobody lost, and no claim where the data carry none."""

from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import plain_counts
import pytest
import shapely
from real_places import STUDIES, maps, write_study

from geokehila import Run, network, run
from geokehila.catalogue import Profile
from geokehila.load import osm
from geokehila.reach import Group, nearest

pytestmark = pytest.mark.shared
CRS = "EPSG:32628"
UNKNOWN_EVERYWHERE = (0.0, 1.0)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("raw")


@pytest.fixture(scope="module", params=STUDIES)
def place(
    request: pytest.FixtureRequest, shared: Path, raw: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Run]:
    write_study(request.param, shared, raw)
    return request.param, run(request.param, raw, tmp_path_factory.mktemp("out"))


def domains(made: Run) -> dict[str, tuple[float, float]]:
    return {row["key"]: (row["low"], row["high"]) for row in made.summary["domains"] if row["low"] is not None}


def test_read_is_used_and_rejected(place: tuple[str, Run]) -> None:
    _, made = place
    counts = [c for ledger in made.summary["ledgers"] for c in ledger["counts"].values()]
    assert len(counts) >= 3
    assert all(c["read"] == c["used"] + sum(c["rejected"].values()) for c in counts)


def test_the_map_holds_what_a_plain_count_finds_in_it(place: tuple[str, Run], shared: Path, raw: Path) -> None:
    """Streets, buildings and places read; of a graph its edges."""
    slug, made = place
    paths = maps(slug, shared, raw / slug)
    is_graph = paths[0].suffix == ".graphml"
    counted = {"street": plain_counts.edges(paths[0])} if is_graph else dict(plain_counts.objects(paths))
    source = paths[0].name if is_graph else "osm"
    (counts,) = (ledger["counts"] for ledger in made.summary["ledgers"] if ledger["source"] == source)
    assert {kind: counts.get(kind, {"read": 0})["read"] for kind in counted} == counted


def test_people_in_are_people_out(place: tuple[str, Run]) -> None:
    _, made = place
    facts, homes = made.summary["facts"], made.origins
    out = facts["people_on_buildings"] + facts["people_on_grid"] + facts["people_outside"]
    assert out + facts["people_in_no_area"] == pytest.approx(facts["people_source"], rel=1e-9)
    assert homes["people"].sum() == pytest.approx(facts["people_placed"], rel=1e-9)
    zones = pd.read_parquet(made.path / "zone_people.parquet")
    assert zones[zones.group == "total"]["people"].sum() == pytest.approx(
        facts["people_source"] - facts["people_in_no_area"], rel=1e-9
    )


def test_every_home_is_kept_in_the_denominator(place: tuple[str, Run]) -> None:
    _, made = place
    scores = pd.read_parquet(made.path / "scores_adult.parquet")
    assert scores["origin_id"].tolist() == made.origins["origin_id"].tolist()
    assert all(0 <= low <= high <= 1 for low, high in domains(made).values())


def test_what_each_place_is_known_for(place: tuple[str, Run]) -> None:
    slug, made = place
    facts, banners, weights = made.summary["facts"], {*made.summary["banners"]}, made.summary["weights"]
    shares = domains(made)
    if slug == "netanya-poleg":
        assert facts["buildings_in_no_zone_share"] == pytest.approx(435 / 889)
        assert facts["people_source"] == pytest.approx(220_491, abs=1)
        assert shares["health"] == UNKNOWN_EVERYWHERE
        assert made.summary["categories"]["clinic"]["believed_share"] == 0
        assert {"edge_affected", "buildings_in_no_zone", "partial_zones"} <= banners
    if slug == "eilat":
        assert facts["people_source"] == 55_230
        assert made.zones.loc[made.zones["zone_id"] == "2600-19", "people"].isna().all()
        assert {*shares.values()} == {UNKNOWN_EVERYWHERE}
        assert {"no_places", "on_grid"} <= banners
    if slug == "beer-sheva":
        assert facts["people_source"] == 210_587
        assert facts["share_unconnected"] > 0.5
        assert all(high == 1 for _, high in shares.values())
        # A list that is not said to be whole is believed as the map is, and of this city no places are mapped.
        assert made.summary["categories"]["shelter"]["believed_share"] == 0
        assert {"no_places", "unconnected"} <= banners
    if slug == "porto-alegre":
        assert facts["people_source"] == 812_935
        assert shares["health"] == UNKNOWN_EVERYWHERE
        assert "on_grid" in banners
        slopes, profiles = made.summary["network"]["slopes"], made.summary["profiles"]
        assert slopes["dem_cell_m"] == pytest.approx(30, abs=2)
        assert 0.1 < slopes["over_8_33_percent_share"] < 0.2, "a hilly town"
        assert profiles["wheelchair"]["network"]["street_km"] < 0.9 * profiles["adult"]["network"]["street_km"]
    if slug == "las-palmas":
        assert weights == "dwellings"
        assert "weights_dwellings" in banners
        assert made.summary["categories"]["shelter"]["believed_share"] == 0


def test_distances_equal_networkx_on_las_palmas(shared: Path) -> None:
    """400 random pairs, the first 100 of them on one edge, over the same snapped points.

    A walk over n edges is rounded by at most (n + 5) / 32 s; the engine's walk may take other edges, hence twice that
    where it is shorter.
    """
    path, speed = shared / "las_palmas" / "las_palmas_2023-02-21.osm.pbf", 4.0  # so that most are within 4,095 s
    streets = network.build(osm.read([path], (), CRS, ()).streets)
    rng = np.random.default_rng(15)
    edges = rng.integers(0, len(streets.tail), (2, 400))
    edges[1, :100] = edges[0, :100] = np.argsort(-streets.length_m)[:100]
    origins, places = (network.snap(near(streets, edge, rng), "origin", streets, 150) for edge in edges)
    assert (origins["edge"][:100] == places["edge"][:100]).sum() > 50
    pairs = Group(np.arange(400), np.eye(400, dtype=bool))
    level = network.slopes(streets.lines, np.zeros(len(streets.tail), bool), np.full(len(streets.tail), np.nan), None)
    who = Profile("runner", {"en": "runner"}, speed, "test", "test")
    walker = network.Walker.on(streets, level, np.zeros(len(streets.tail), bool), who)
    walk_s, _ = nearest(walker.network, walker.points(origins), walker.points(places), pairs, 4095)
    walked = [walk(streets, *pair) for pair in zip(origins.itertuples(), places.itertuples(), strict=True)]
    expected, slack = np.array([m / speed for m, _ in walked]), np.array([(edges + 5) / 32 for _, edges in walked])
    found = np.where(np.isnan(np.diag(walk_s)), np.inf, np.diag(walk_s))
    near_enough, far = expected + slack <= 4095, expected - 2 * slack > 4095
    assert near_enough.sum() > 320 and np.isinf(found[far]).all()
    off = found[near_enough] - expected[near_enough]
    assert (off <= slack[near_enough]).all() and (off >= -2 * slack[near_enough]).all()


def near(streets: network.StreetNetwork, edge: np.ndarray, rng: np.random.Generator) -> gpd.GeoSeries:
    """Points within 30 m of a random spot on each edge; on the first hundred right on it."""
    spot = shapely.get_coordinates(
        shapely.line_interpolate_point(streets.lines[edge], rng.random(len(edge)), normalized=True)
    )
    aside = rng.uniform(-30, 30, spot.shape)
    aside[:100] = 0
    return gpd.GeoSeries(shapely.points(spot + aside), index=[f"{i:04d}" for i in range(len(edge))], crs=CRS)


def walk(streets: network.StreetNetwork, origin: Any, place: Any) -> tuple[float, int]:
    """Metres, and edges, from a snapped point to another by networkx: each hangs on both ends of its edge."""
    if min(origin.edge, place.edge) < 0:
        return np.inf, 0
    graph = graph_of(streets)
    for name, point in (("origin", origin), ("place", place)):
        length = streets.length_m[point.edge]
        graph.add_edge(name, int(streets.tail[point.edge]), weight=length * point.offset_share)
        graph.add_edge(name, int(streets.head[point.edge]), weight=length * (1 - point.offset_share))
    if origin.edge == place.edge:
        apart = abs(origin.offset_share - place.offset_share) * streets.length_m[origin.edge]
        graph.add_edge("origin", "place", weight=apart)
    try:
        metres, nodes = nx.bidirectional_dijkstra(graph, "origin", "place")
    except nx.NetworkXNoPath:
        metres, nodes = np.inf, []
    graph.remove_nodes_from(["origin", "place"])
    return float(metres + origin.off_network_m + place.off_network_m), len(nodes)


@cache
def graph_of(streets: network.StreetNetwork) -> nx.MultiGraph:
    graph = nx.MultiGraph()
    graph.add_weighted_edges_from(zip(streets.tail.tolist(), streets.head.tolist(), streets.length_m, strict=True))
    return graph
