"""True intersections: where three streets or more meet, once what is one junction to people is drawn as several."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.fabric.carriageways import opposite
from geokehila.fabric.clusters import clusters, ring, turning_lane
from geokehila.fabric.drawing_together import contracted, dissolved, settled
from geokehila.fabric.footpaths import to_streets
from geokehila.fabric.graph import MAIN, PATH, PAVEMENT, STREET, Graph, cut, ids_at
from geokehila.fabric.trimming import without_blind_paths, without_stubs, without_turning_lanes
from geokehila.reach.arrays import Flags, Floats, Ints

#: [m] A street that ends this near the border of the data, or outside, goes on where nobody knows.
BORDER_M = 1.0
#: What a segment lies between: two intersections, or else a dead end, the border of the data, or nothing but itself.
SPACING, DEAD_END, BORDER, LOOP = "intersections", "dead end", "border", "loop"


@dataclass(frozen=True, eq=False)
class Fabric:
    """The streets as segments between true intersections.

    Attributes
    ----------
    intersections
        intersection_id, `legs` (three or more: the segments that leave it, a ring that comes back counting twice) and
        its point, inside the data.
    dead_ends
        dead_end_id and its point; where a street leaves the data it does not end.
    segments
        segment_id; `from_id` and `to_id`, the intersections at its start and end, empty where there is none; `between`,
        one of :data:`SPACING` and the others; `way`, `kind`, `name` and `tunnel` of the street that most of it is;
        `length_m` along the street and `straight_m` [m]; its line.
    extent
        What the data cover.
    """

    intersections: gpd.GeoDataFrame
    dead_ends: gpd.GeoDataFrame
    segments: gpd.GeoDataFrame
    extent: shapely.Geometry


def street_fabric(roads: gpd.GeoDataFrame, extent: shapely.Geometry, footpaths: bool = False) -> Fabric:
    """Reduce streets to true intersections and the segments between them.

    Turning lanes and ramps beside streets that go on, and driveways, are left out. A roundabout, a small ring driven
    one way, a traffic island and mouths of streets within 10 m (15 m on a dual carriageway) are one intersection; a
    dual carriageway is one line, down its middle. Then what has three legs or more is an intersection. Its point lies
    in the middle of what it is drawn of, and segments reach to that point.

    Parameters
    ----------
    roads
        street_id, part, way, kind, junction, oneway, bridge, tunnel, name and geometry, metres; ways share vertices
        where they meet. Streets are of the kinds ``main`` and ``street``.
    extent
        What the data cover, metres.
    footpaths
        Whether roads of the kind ``path`` count as streets too, unless they lead nowhere. One that ends on a pavement
        leads to the street beside it. Pavements never count.

    Returns
    -------
    Fabric
        Empty frames where there is no street.

    Notes
    -----
    True intersections of three legs or more: Frank et al. 2010, Br J Sports Med 44(13):924-933. Tolerances are ours.

    Examples
    --------
    Two streets that cross in the middle of the data, and go on beyond them:

    >>> lines = [shapely.LineString([(0, 50), (50, 50), (100, 50)]), shapely.LineString([(50, 0), (50, 50), (50, 100)])]
    >>> told = {"way": "residential", "kind": "street", "junction": "", "name": "", "oneway": False}
    >>> told |= {"bridge": False, "tunnel": False, "street_id": ["w1", "w2"], "part": 0}
    >>> made = street_fabric(gpd.GeoDataFrame(told, geometry=lines, crs=2039), shapely.box(0, 0, 100, 100))
    >>> made.intersections[["intersection_id", "legs"]].to_numpy().tolist(), made.segments["between"].unique().tolist()
    ([['i50_50', 4]], ['border'])
    """
    kinds = (MAIN, STREET, PATH) if footpaths else (MAIN, STREET)
    rows = roads[roads["kind"].isin(kinds)].sort_values(["street_id", "part"], ignore_index=True)
    graph = cut(rows)
    graph = without_turning_lanes(graph, leaving(graph.xy, extent))
    graph = without_stubs(graph, leaving(graph.xy, extent))
    found = [opposite(graph, _carriageways(graph)), to_streets(graph, roads[roads["kind"] == PAVEMENT])]
    node, edge, along_m = (np.concatenate(parts) for parts in zip(*found, strict=True))
    graph, node_now, foot = graph.cut_at(edge, along_m)
    node = node_now[node]
    stays = leaving(graph.xy, extent) | _kept(graph, node, foot)
    graph = dissolved(without_blind_paths(graph, stays), stays)
    graph = contracted(graph, *clusters(graph, node, foot))
    leaves = leaving(graph.xy, extent)
    return _fabric(settled(graph, leaves), leaves, extent)


def _carriageways(graph: Graph) -> Flags:
    carriageways: Flags = graph.oneway & ~ring(graph) & (graph.told("kind") != PATH) & ~turning_lane(graph)
    return carriageways


def _kept(graph: Graph, *nodes: Ints) -> Flags:
    """Tell which nodes are among those given, or of a roundabout, shape (N,)."""
    is_ring, kept = ring(graph), np.zeros(len(graph.xy), bool)
    kept[np.concatenate([*nodes, graph.tail[is_ring], graph.head[is_ring]])] = True
    return kept


def leaving(xy: Floats, extent: shapely.Geometry) -> Flags:
    """Tell which ends of streets leave the data: they lie outside, or within 1 m of the border, shape (N,)."""
    inner = shapely.buffer(extent, -BORDER_M)
    shapely.prepare(inner)
    leaves: Flags = ~shapely.intersects(inner, shapely.points(xy))
    return leaves


def _fabric(graph: Graph, leaves: Flags, extent: shapely.Geometry) -> Fabric:
    crs, degree = graph.roads.crs, graph.degree
    is_true, is_end = (degree > 2) & ~leaves, (degree == 1) & ~leaves
    ids = np.full(len(degree), "", object)
    ids[is_true], ids[is_end] = ids_at("i", graph.xy[is_true]), ids_at("d", graph.xy[is_end])
    crossed, ended = (
        gpd.GeoDataFrame({name: ids[which]}, geometry=shapely.points(graph.xy[which]), crs=crs)
        for name, which in (("intersection_id", is_true), ("dead_end_id", is_end))
    )
    crossed.insert(1, "legs", degree[is_true])
    return Fabric(
        crossed.sort_values("intersection_id", ignore_index=True),
        ended.sort_values("dead_end_id", ignore_index=True),
        _segments(graph, np.where(is_true, ids, ""), leaves, is_end),
        extent,
    )


def _segments(graph: Graph, ids: np.ndarray, leaves: Flags, is_end: Flags) -> gpd.GeoDataFrame:
    ends = graph.tail, graph.head
    of_ends = [np.logical_or(*(flags[end] for end in ends)) for flags in (leaves, is_end)]
    between = np.select([*of_ends, graph.tail == graph.head], [BORDER, DEAD_END, LOOP], SPACING)
    middles = shapely.get_coordinates(shapely.line_interpolate_point(graph.lines, 0.5, normalized=True))
    table = pd.DataFrame({
        "segment_id": ids_at("s", middles),
        "from_id": ids[graph.tail],
        "to_id": ids[graph.head],
        "between": between,
        **{column: graph.told(column) for column in ("way", "kind", "name", "tunnel")},
        "length_m": graph.length_m,
        "straight_m": np.hypot(*(graph.xy[graph.head] - graph.xy[graph.tail]).T),
    })  # fmt: skip
    frame = gpd.GeoDataFrame(table, geometry=graph.lines, crs=graph.roads.crs)
    return frame.sort_values("segment_id", ignore_index=True)
