"""Crossings of main roads: how many to the kilometre, and the longest stretches that have none."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.fabric.clusters import TOLERANCE_M
from geokehila.fabric.graph import MAIN, Graph, components, cut, ids_at
from geokehila.fabric.intersections import Fabric, leaving
from geokehila.fabric.units import Pieces, Units, ratio
from geokehila.reach.arrays import Flags, Floats, Ints

#: [m] A crossing lies this near the road it is of.
ON_ROAD_M = 0.5
#: [m] The line that stands for both carriageways runs no farther from either.
MIDDLE_M = 40.0
#: [degrees] A road goes on, through a junction, into another main road that turns off by no more.
AHEAD_DEG = 60.0
#: [m] Where a road heads is taken over this much of it.
REACH_M = 20.0


@dataclass(frozen=True, eq=False)
class MainRoads:
    """Main roads as people cross them.

    Attributes
    ----------
    are_mapped
        Whether the data hold any crossing; where they hold none nothing is known of them, and there is no stretch.
    crossings
        Points in the middle of the road, those of its two carriageways being one.
    roads
        Lines; a dual carriageway is one.
    stretches
        stretch_id, `name` and `way` of most of it, `length_m`, `at_border` (it leaves the data: it may be longer), and
        the lines between two crossings, or a crossing and where the road ends; the longest first.
    """

    are_mapped: bool
    crossings: gpd.GeoSeries
    roads: gpd.GeoSeries
    stretches: gpd.GeoDataFrame


def main_roads(fabric: Fabric, roads: gpd.GeoDataFrame, crossings: gpd.GeoDataFrame) -> MainRoads:
    """Find the crossings of main roads and the stretches that have none.

    Main roads are the segments of the fabric that are mostly of that kind, tunnels left out; so the two carriageways of
    a road are one line and count once. A crossing lies on a vertex of a main road, within 0.5 m; those that come to
    within 15 m of each other along one segment are one, such as the two halves of a crossing over a median. A stretch
    goes on through a junction without a crossing: into the main road of the same name, else of the same class, else
    any other, the one that turns off least; by 60 degrees at most, unless it keeps its name.

    Parameters
    ----------
    fabric
        Of streets alone, without footpaths.
    roads
        As :func:`geokehila.fabric.street_fabric` takes them.
    crossings
        Points, metres: marked, unmarked or with signals.
    """
    main, drawn = _main(fabric.segments), _main(roads)
    graph = cut(main.assign(oneway=False))
    points = crossings.geometry.to_numpy()
    on_main, _ = shapely.STRtree(drawn.geometry.to_numpy()).query(points, predicate="dwithin", distance=ON_ROAD_M)
    edge, along_m = _placed(graph, points[np.unique(on_main)])
    middles = shapely.line_interpolate_point(graph.lines[edge], along_m)
    graph, _, node = graph.cut_at(edge, along_m)
    is_stop = np.isin(np.arange(len(graph.xy)), node)
    stretches = _stretches(graph, is_stop, leaving(graph.xy, fabric.extent))
    are_mapped = len(crossings) > 0
    return MainRoads(
        are_mapped, gpd.GeoSeries(middles, crs=main.crs), main.geometry, stretches.iloc[: len(stretches) * are_mapped]
    )


def crossing_measures(found: MainRoads, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure crossings of main roads by area.

    Returns
    -------
    DataFrame
        By zone_id: `main_road_km`, a dual carriageway counting once; `crossings_count` on it; `crossings_per_km`, NaN
        without a main road; `longest_stretch_m`, the whole length of the longest stretch without a crossing of which
        some runs in the unit, NaN where none does. All but the first are NaN where the data hold no crossing at all.
    """
    areas, pieces = Units.of(units), Pieces.of(found.roads.to_numpy())
    road_km = areas.sums(areas.unit_of(pieces.middles), pieces.length_m) / 1000
    unit = areas.unit_of(found.crossings.to_numpy())
    count = areas.sums(unit, np.ones(len(unit))) if found.are_mapped else np.full(len(areas), np.nan)
    at, stretch = shapely.STRtree(found.stretches.geometry.to_numpy()).query(areas.shapes, predicate="intersects")
    longest_m = np.full(len(areas), np.nan)
    np.fmax.at(longest_m, at, found.stretches["length_m"].to_numpy(float)[stretch])
    columns = {"main_road_km": road_km, "crossings_count": count, "crossings_per_km": ratio(count, road_km)}
    return pd.DataFrame(columns | {"longest_stretch_m": longest_m}, pd.Index(areas.zone_id, name="zone_id"))


def _main(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return lines[(lines["kind"] == MAIN) & ~lines["tunnel"].astype(bool)].reset_index(drop=True)


def _placed(graph: Graph, points: np.ndarray) -> tuple[Ints, Floats]:
    """Return the edge of each crossing and how far along it [m] it lies; near ones along an edge are one."""
    at, edge = shapely.STRtree(graph.lines).query_nearest(points, max_distance=MIDDLE_M, all_matches=False)
    along_m = shapely.line_locate_point(graph.lines[edge], points[at])
    order = np.lexsort((along_m, edge))
    edge, along_m = edge[order], along_m[order]
    is_new = np.ones(len(edge), bool)
    is_new[1:] = (edge[1:] != edge[:-1]) | (np.diff(along_m) > TOLERANCE_M)
    crossing = np.cumsum(is_new) - 1
    return edge[is_new], np.bincount(crossing, along_m) / np.maximum(np.bincount(crossing), 1)


def _stretches(graph: Graph, is_stop: Flags, leaves: Flags) -> gpd.GeoDataFrame:
    one, other = _continuations(graph, is_stop)
    chain = components(one, other, len(graph.lines))
    order = np.lexsort((-graph.length_m, chain))
    _, first = np.unique(chain[order], return_index=True)
    longest = graph.take(order[first])
    is_out = np.bincount(chain, leaves[graph.tail] | leaves[graph.head], len(first)) > 0
    parts = shapely.multilinestrings(graph.lines[order], indices=chain[order]) if len(order) else graph.lines
    table = pd.DataFrame({
        "stretch_id": ids_at("r", graph.xy[longest.tail]),
        "name": longest.told("name"),
        "way": longest.told("way"),
        "length_m": np.bincount(chain, graph.length_m, len(first)),
        "at_border": is_out,
    })  # fmt: skip
    frame = gpd.GeoDataFrame(table, geometry=shapely.line_merge(parts), crs=graph.roads.crs)
    return frame.sort_values(["length_m", "stretch_id"], ascending=[False, True], ignore_index=True)


def _continuations(graph: Graph, is_stop: Flags) -> tuple[Ints, Ints]:
    """Return the edges that go on into each other at nodes that are no stop, each end into one other at most."""
    ends = _ends(graph)
    ends = ends[~is_stop[ends["node"]]]
    pairs = ends.merge(ends, on="node", suffixes=("", "_on"))
    pairs = pairs[pairs["edge"] < pairs["edge_on"]]
    turn_cos = -(pairs["x"] * pairs["x_on"] + pairs["y"] * pairs["y_on"])
    is_named = (pairs["name"] == pairs["name_on"]) & (pairs["name"] != "")
    pairs = pairs.assign(
        rank=np.where(is_named, 0, np.where(pairs["way"] == pairs["way_on"], 1, 2)), turn=-turn_cos.round(6)
    )
    pairs = pairs[is_named | (turn_cos >= np.cos(np.radians(AHEAD_DEG)))]
    taken: set[int] = set()
    found = []
    for pair in pairs.sort_values(["rank", "turn", "end", "end_on"]).itertuples():
        if not taken & {pair.end, pair.end_on}:
            taken |= {pair.end, pair.end_on}
            found.append((pair.edge, pair.edge_on))
    one, other = np.array(found, np.int64).reshape(-1, 2).T
    return one, other


def _ends(graph: Graph) -> pd.DataFrame:
    """Return the ends of edges: number, edge, node, where the edge heads from it (x, y), name and way."""
    count, length_m = len(graph.lines), graph.length_m
    near_m = np.minimum(REACH_M, length_m)
    ahead = [shapely.line_interpolate_point(graph.lines, at_m) for at_m in (near_m, length_m - near_m)]
    node = np.concatenate([graph.tail, graph.head])
    way = shapely.get_coordinates(np.concatenate(ahead)) - graph.xy[node]
    way = np.divide(way, np.hypot(*way.T)[:, None], out=np.zeros_like(way), where=way.any(axis=1)[:, None])
    columns = {"end": np.arange(2 * count), "edge": np.tile(np.arange(count), 2), "node": node, "x": way[:, 0]}
    told = {name: np.tile(graph.told(name).astype(str), 2) for name in ("name", "way")}
    return pd.DataFrame(columns | {"y": way[:, 1]} | told)
