"""The street network and the town's fabric beside OSMnx and momepy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import pandas as pd
import shapely

from benchmarks.validation.beside import Beside, of
from benchmarks.validation.towns import Town
from geokehila import fabric
from geokehila.load import osm

#: Corners of streets between which walks are compared, each with each.
CORNERS = 300
#: Lengths on a sphere differ by less from those on the map.
ALIKE = 0.005
#: Ways that OSMnx walks on (its filter `walk`), as far as tags of ways tell.
NOT_WALKED = frozenset("abandoned bus_guideway construction cycleway motor no planned platform proposed raceway razed "
                       "motorway motorway_link trunk trunk_link busway corridor".split())  # fmt: skip


def network(town: Town, source: Path, folder: Path) -> Iterator[Beside]:
    """Compare walks over the published streets with walks over what OSMnx reads of the same file."""
    import osmnx as ox

    ox.settings.useful_tags_way = ["highway", "access", "foot", "area", "tunnel", "bridge", "indoor"]
    graph = ox.graph_from_xml(_as_xml(source, folder), bidirectional=True, simplify=False, retain_all=True)
    shut = [edge for edge in graph.edges(keys=True, data=True) if not _is_walked(edge[3])]
    graph.remove_edges_from([edge[:3] for edge in shut])
    graph = nx.Graph(ox.projection.project_graph(graph, to_crs=town.study.crs))
    ours = _published(town)
    theirs = {(round(data["x"], 1), round(data["y"], 1)): node for node, data in graph.nodes(data=True)}
    both = sorted(({*ours} & {*theirs}) - {at for at in theirs if graph.degree(theirs[at]) == 0})
    main = max(nx.connected_components(ours), key=len)
    at = [both[i] for i in np.linspace(0, len(both) - 1, CORNERS).astype(int)]
    at = [corner for corner in at if corner in main]
    rows = [(_walks(ours, corner, "m"), _walks(graph, theirs[corner], "length")) for corner in at]
    told = np.array([[one.get(corner, np.nan) for corner in at] for one, _ in rows])
    found = np.array([[other.get(theirs[corner], np.nan) for corner in at] for _, other in rows])
    known = np.isfinite(told) & np.isfinite(found) & (told > 0)
    ratio = told[known] / found[known]
    shorter, longer = (float(np.mean(some)) for some in (ratio < 1 - ALIKE, ratio > 1 + ALIKE))
    yield Beside("walks between corners of streets, as a ratio", town.name, of("osmnx"), ratio, np.ones(len(ratio)),
                 np.inf, "", f"ours shorter by more than {ALIKE:.1%} in {shorter:.1%}, longer in {longer:.1%} of them: "
                 "squares, and other rules; the rest is OSMnx's sphere")  # fmt: skip


def junctions(town: Town, source: Path) -> Iterator[Beside]:
    """Compare junctions of the reduced streets with momepy's, and their density with that of OSMnx's consolidation."""
    import momepy

    found = osm.read([source], town.catalogue.categories.values(), town.study.crs, ())
    made = fabric.street_fabric(found.roads, found.extent)
    graph = momepy.node_degree(momepy.gdf_to_nx(made.segments, approach="primal"))
    degree = {(round(x, 2), round(y, 2)): data["degree"] for (x, y), data in graph.nodes(data=True)}
    at = shapely.get_coordinates(made.intersections.geometry.to_numpy()).round(2)
    theirs = np.array([degree.get((x, y), np.nan) for x, y in at])
    yield Beside("streets that leave an intersection", town.name, f"node_degree, {of('momepy')}",
                 made.intersections["legs"].to_numpy(float), theirs)  # fmt: skip
    yield _consolidated(town, found, made)


def _consolidated(town: Town, found: osm.OsmData, made: fabric.Fabric) -> Beside:
    """Set intersections for each square kilometre beside OSMnx's: what lies within 10 m of another is one."""
    import osmnx as ox

    roads = found.roads[found.roads["kind"].isin(("main", "street"))]
    ends = Counter(point for line in _stretches(roads) for point in line)
    # OSMnx asks this of a network without bends.
    at = sorted(point for point, count in ends.items() if count > 2)
    graph = nx.MultiDiGraph(crs=roads.crs)
    graph.add_nodes_from((number, {"x": x, "y": y, "street_count": ends[x, y]}) for number, (x, y) in enumerate(at))
    points = ox.simplification.consolidate_intersections(graph, tolerance=10, rebuild_graph=False, dead_ends=False)
    zones = gpd.GeoDataFrame(town.tables["zones"])[["zone_id", "geometry"]]
    both = made.intersections[["geometry"]], gpd.GeoDataFrame(geometry=points, crs=roads.crs)
    joined = (gpd.sjoin(some.to_crs(zones.crs), zones, predicate="within").groupby("zone_id").size() for some in both)
    counts = [some.reindex(zones["zone_id"], fill_value=0) for some in joined]
    ours, theirs = (some.to_numpy(float) for some in counts)
    some = (ours > 0) | (theirs > 0)
    rank = pd.Series(ours[some]).corr(pd.Series(theirs[some]), method="spearman")
    why = "OSMnx keeps the corners of dual carriageways and the ends of turning lanes"
    sums = f"{ours.sum():,.0f} and {theirs.sum():,.0f} in all, rank correlation {rank:.2f}"
    return Beside("intersections of an area", town.name, f"consolidate_intersections, {of('osmnx')}", ours[some],
                  theirs[some], np.inf, "", f"{sums}: {why}")  # fmt: skip


def shapes(town: Town) -> Iterator[Beside]:
    """Compare how compact communities are with momepy, which sets them against a square."""
    import momepy

    found = town.layer("communities")
    theirs = momepy.square_compactness(found) * np.pi / 4
    yield Beside("`compactness_ratio` of a community", town.name, f"square_compactness, {of('momepy')}",
                 found["compactness_ratio"].to_numpy(float), theirs.to_numpy(float), 1e-6, "",
                 "published with six digits")  # fmt: skip


def _as_xml(source: Path, folder: Path) -> Path:
    """Return streets and their nodes as OSM XML, the only form that OSMnx reads."""
    if source.suffix == ".osm":
        return source
    path = folder / f"{source.name}.osm"
    there = {node.id for node in osmium.FileProcessor(str(source), osmium.osm.NODE)}
    ways, kept = [], osmium.IdTracker()
    with_streets = osmium.FileProcessor(str(source), osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway"))
    for way in with_streets:
        # OSMnx reads no street that the border of the extract cuts.
        if there.issuperset(node.ref for node in way.nodes):
            ways.append(way.id)
            kept.add_references(way)
    wanted = {*ways}
    with osmium.SimpleWriter(str(path), overwrite=True) as out:
        for node in osmium.FileProcessor(str(source), osmium.osm.NODE).with_filter(kept.id_filter()):
            out.add_node(node)
        for way in osmium.FileProcessor(str(source), osmium.osm.WAY):
            if way.id in wanted:
                out.add_way(way)
    return path


def _is_walked(tags: dict[str, object]) -> bool:
    return (
        tags.get("highway", "no") not in NOT_WALKED
        and tags.get("foot") not in ("no", "private")
        and tags.get("access") not in ("no", "private")
        and tags.get("area") != "yes"
    )


def _published(town: Town) -> nx.Graph:
    graph = nx.Graph()
    for a, b in _stretches(gpd.GeoDataFrame(town.tables["streets"]), 1):
        graph.add_edge(a, b, m=float(np.hypot(a[0] - b[0], a[1] - b[1])))
    return graph


def _stretches(lines: gpd.GeoDataFrame, digits: int = 2) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the ends of all stretches between corners of lines."""
    xy, line = shapely.get_coordinates(lines.geometry.to_numpy(), return_index=True)
    points = [*map(tuple, xy.round(digits).tolist())]
    return [(points[i], points[i + 1]) for i in np.flatnonzero(line[1:] == line[:-1]) if points[i] != points[i + 1]]


def _walks(graph: nx.Graph, corner: object, weight: str) -> dict[object, float]:
    found: dict[object, float] = nx.single_source_dijkstra_path_length(graph, corner, 3_000, weight)
    return found
