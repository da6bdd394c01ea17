"""Dual carriageways: which point of one carriageway lies opposite a junction of the other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from geokehila.fabric.graph import MAIN, Graph
from geokehila.reach.arrays import Flags, Floats, Ints

#: [m] Two carriageways of one street lie this near, from middle to middle; farther apart houses may stand between.
APART_M = 25.0
#: [m] The same of a main road: a median of 25 m, and half of each carriageway.
MAIN_APART_M = 35.0
#: [degrees] Their directions differ by no more.
PARALLEL_DEG = 30.0
#: [m] A direction is taken over this much of a line to either side.
REACH_M = 10.0


def opposite(graph: Graph, carriageway: Flags) -> tuple[Ints, Ints, Floats]:
    """Find, for the junctions on each carriageway, the points opposite on the other carriageways of the same road.

    Another carriageway is a one-way line of another way beside this one, square across, that runs the same way or
    against it and has its name; or, where neither has a name, that runs against it and is of its class.

    Parameters
    ----------
    carriageway
        Which edges can be one, shape (E,).

    Returns
    -------
    tuple
        The junction (a node), the edge opposite, and how far along it the point opposite lies [m], each of shape (K,).
    """
    edges = np.flatnonzero(carriageway)
    own = _ends(graph, edges)
    own = own[graph.degree[own["node"]] != 2]
    junctions = np.unique(own["node"])
    tree, points = shapely.STRtree(graph.lines[edges]), shapely.points(graph.xy[junctions])
    near, found = tree.query(points, predicate="dwithin", distance=MAIN_APART_M)
    pairs = pd.DataFrame({"node": junctions[near], "other": edges[found]}).merge(own, on="node")
    node, other, edge = (pairs[column].to_numpy() for column in ("node", "other", "edge"))
    along_m = shapely.line_locate_point(graph.lines[other], shapely.points(graph.xy[node]))
    is_met = (graph.tail[other] == node) | (graph.head[other] == node)
    beside = _beside(graph, pairs, along_m) & ~is_met & (graph.road[other] != graph.road[edge])
    kept = pd.DataFrame({"node": node, "edge": other, "along_m": along_m})[beside].drop_duplicates(["node", "edge"])
    return kept["node"].to_numpy(), kept["edge"].to_numpy(), kept["along_m"].to_numpy()


def apart_m(graph: Graph, edge: Ints, other: Ints) -> Floats:
    """[m] Return how far apart edges lie at most if they are carriageways of one road, shape (K,).

    These have one name, or none and are of one class; 0 where they cannot be.
    """
    name, way, kind = (graph.told(column).astype(str) for column in ("name", "way", "kind"))
    may_be = (name[edge] == name[other]) & ((name[edge] != "") | (way[edge] == way[other]))
    is_main = (kind[edge] == MAIN) & (kind[other] == MAIN)
    limit_m: Floats = np.select([~may_be, is_main], [0.0, MAIN_APART_M], APART_M)
    return limit_m


def _beside(graph: Graph, pairs: pd.DataFrame, along_m: Floats) -> Flags:
    """Tell whether the line `other` runs beside `edge` where the latter, heading (x, y), meets `node`."""
    other, edge, ahead = pairs["other"].to_numpy(), pairs["edge"].to_numpy(), pairs[["x", "y"]].to_numpy()
    lines = graph.lines[other]
    to = shapely.get_coordinates(shapely.line_interpolate_point(lines, along_m)) - graph.xy[pairs["node"].to_numpy()]
    to_m, turn = np.hypot(*to.T), (ahead * _direction(lines, along_m)).sum(axis=1)
    is_named = graph.told("name").astype(str)[edge] != ""
    is_parallel = np.where(is_named, np.abs(turn), -turn) >= np.cos(np.radians(PARALLEL_DEG))
    is_square = np.abs((ahead * to).sum(axis=1)) <= to_m * np.sin(np.radians(PARALLEL_DEG))
    beside: Flags = (to_m <= apart_m(graph, edge, other)) & is_parallel & is_square
    return beside


def _ends(graph: Graph, edges: Ints) -> pd.DataFrame:
    """Return both ends of edges: the node, the edge, and where it heads there (x, y)."""
    lines = graph.lines[edges]
    heading = (_direction(lines, np.zeros(len(edges))), _direction(lines, shapely.length(lines)))
    both = [
        pd.DataFrame({"node": node[edges], "edge": edges, "x": way[:, 0], "y": way[:, 1]})
        for node, way in zip((graph.tail, graph.head), heading, strict=True)
    ]
    return pd.concat(both, ignore_index=True)


def _direction(lines: np.ndarray, along_m: Floats) -> Floats:
    """Return where each line heads at a place along it, of length 1, shape (K, 2)."""
    low, high = np.maximum(along_m - REACH_M, 0.0), np.minimum(along_m + REACH_M, shapely.length(lines))
    back, ahead = (shapely.get_coordinates(shapely.line_interpolate_point(lines, at_m)) for at_m in (low, high))
    length = np.hypot(*(ahead - back).T)[:, None]
    direction: Floats = np.divide(ahead - back, length, out=np.zeros_like(back), where=length > 0)
    return direction
