"""Which nodes of the street graph are one intersection: roundabouts, dual carriageways, islands, near mouths."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from geokehila.fabric.graph import PATH, Graph, components
from geokehila.reach.arrays import Flags, Ints

#: [m] Junctions of a dual carriageway joined by a shorter edge are one.
TOLERANCE_M = 15.0
#: [m] The same on any other street, where the mouths of two streets so near lie in one another.
MOUTH_M = 10.0
#: [m] The same along the edge of a traffic island.
ISLAND_SIDE_M = 25.0
#: [m] The same where a street crosses a dual carriageway askew.
ASKEW_M = 40.0
#: [m] In a narrow island no circle of this radius fits.
ISLAND_RADIUS_M = 7.0
#: [m] No house stands where the outline, along the middle of streets, is no longer.
ISLAND_M = 125.0
#: [m] Around no longer an outline all is one junction: within turning lanes, or within a ring driven one way.
JUNCTION_M = 150.0
#: 4 pi area / perimeter squared of a ring: 0.79 is a square, 0.86 a pentagon, 1 a circle.
ROUND = 0.85
#: [m] A street that comes back to the same intersection in less is a turning circle.
TURNING_M = 100.0


def clusters(graph: Graph, node: Ints, other: Ints) -> tuple[Ints, Flags]:
    """Gather the nodes that are one intersection.

    Parameters
    ----------
    graph
        Without nodes of two legs, but those of `node` and `other` and of roundabouts.
    node, other
        Pairs of nodes that lie opposite each other on two carriageways, shape (K,).

    Returns
    -------
    tuple
        The cluster of each node, shape (N,), and which edges lie within a cluster, shape (E,).
    """
    is_divided, is_blind = np.zeros(len(graph.xy), bool), graph.degree == 1
    is_divided[node] = is_divided[other] = True
    along, around = islands(graph, node, other)
    whole = around | ring(graph)
    limit_m = np.where(is_divided[graph.tail] | is_divided[graph.head], TOLERANCE_M, MOUTH_M)
    limit_m[along], limit_m[_askew(graph, node, other)] = ISLAND_SIDE_M, ASKEW_M
    near = (graph.length_m <= limit_m) & ~is_blind[graph.tail] & ~is_blind[graph.head]
    one = whole | near
    label = components(np.append(graph.tail[one], node), np.append(graph.head[one], other), len(graph.xy))
    return label, whole | ((label[graph.tail] == label[graph.head]) & (graph.length_m < TURNING_M))


def ring(graph: Graph) -> Flags:
    """Tell which edges are of a roundabout, shape (E,)."""
    is_ring: Flags = graph.told("junction").astype(str) != ""
    return is_ring


def islands(graph: Graph, node: Ints, other: Ints) -> tuple[Flags, Flags]:
    """Find traffic islands: the small faces between streets, one side at least driven one way, that are no median.

    Returns
    -------
    tuple
        The edges along a narrow island, and those around one that is a junction as a whole, each of shape (E,): a
        triangle at whose corners nothing else meets but three streets, one beside a turning lane, or a ring.
    """
    is_flat = ~graph.told("bridge").astype(bool) & ~graph.told("tunnel").astype(bool) & (graph.told("kind") != PATH)
    flat = np.flatnonzero(is_flat)
    faces = shapely.get_parts(shapely.polygonize(graph.lines[flat]))
    middles = shapely.line_interpolate_point(graph.lines[flat], 0.5, normalized=True)
    edge, face = shapely.STRtree(shapely.boundary(faces)).query(middles, predicate="dwithin", distance=0.01)
    edge, around_m, count = flat[edge], shapely.length(faces), len(faces)
    corners = pd.DataFrame({"node": np.append(graph.tail[edge], graph.head[edge]), "face": np.tile(face, 2)})
    is_island = _any(graph.oneway[edge], face, count)
    is_island &= ~_medians(corners, pd.DataFrame({"node": node, "other": other}), count)
    is_narrow = is_island & shapely.is_empty(shapely.buffer(faces, -ISLAND_RADIUS_M))
    is_split = is_island & (around_m <= ISLAND_M) & _triangles(graph.degree, corners, count)
    is_turned = (around_m <= JUNCTION_M) & _any(turning_lane(graph)[edge], face, count)
    is_whole = is_split | is_turned | ((around_m <= JUNCTION_M) & _rings(graph, faces, edge, face))
    return _any(is_narrow[face], edge, len(graph.lines)), _any(is_whole[face], edge, len(graph.lines))


def turning_lane(graph: Graph) -> Flags:
    """Tell which edges are turning lanes or ramps, shape (E,)."""
    is_lane: Flags = np.char.endswith(graph.told("way").astype(str), "_link")
    return is_lane


def _rings(graph: Graph, faces: np.ndarray, edge: Ints, face: Ints) -> Flags:
    """Tell around which faces one drives in a ring, shape (F,): they are round, and every edge turns the same way."""
    xy, of = shapely.get_coordinates(graph.lines[edge], return_index=True)
    arm = xy - shapely.get_coordinates(shapely.centroid(faces))[face[of]]
    turn = (arm[:-1, 0] * arm[1:, 1] - arm[:-1, 1] * arm[1:, 0]) * (of[:-1] == of[1:])
    swept = np.bincount(of[:-1], turn, minlength=len(edge))
    is_round = 4 * np.pi * shapely.area(faces) >= ROUND * shapely.length(faces) ** 2
    mixed = [_any(~graph.oneway[edge] | (sign * swept <= 0), face, len(faces)) for sign in (1, -1)]
    rings: Flags = is_round & ~(mixed[0] & mixed[1])
    return rings


def _askew(graph: Graph, node: Ints, other: Ints) -> Flags:
    """Tell which edges lie where a street crosses a dual carriageway askew: a carriageway's on either side, and it."""
    facing, is_facing = components(node, other, len(graph.xy)), np.zeros(len(graph.xy), bool)
    is_facing[node] = is_facing[other] = True
    ends = np.sort([facing[graph.tail], facing[graph.head]], axis=0)
    joins = is_facing[graph.tail] & is_facing[graph.head] & (ends[0] != ends[1]) & (graph.told("kind") != PATH)
    _, pair = np.unique(ends, axis=1, return_inverse=True)
    askew: Flags = joins & (np.bincount(pair.reshape(-1), joins, len(joins))[pair.reshape(-1)] > 2)
    return askew


def _medians(corners: pd.DataFrame, opposite: pd.DataFrame, count: int) -> Flags:
    """Tell which faces lie between carriageways, shape (count,): two nodes opposite each other are corners of them."""
    both = corners.merge(opposite, on="node").merge(corners.rename(columns={"node": "other"}), on=["other", "face"])
    return _any(np.ones(len(both), bool), both["face"].to_numpy(), count)


def _triangles(degree: Ints, corners: pd.DataFrame, count: int) -> Flags:
    """Tell which faces have three corners that one other street each meets, shape (count,)."""
    each = corners.drop_duplicates()
    legs, face = degree[each["node"]], each["face"].to_numpy()
    triangles: Flags = (np.bincount(face[legs == 3], minlength=count) == 3) & ~_any(legs > 3, face, count)
    return triangles


def _any(flags: Flags, group: Ints, count: int) -> Flags:
    """Tell of each of `count` groups whether any of its members is flagged."""
    found = np.zeros(count, bool)
    found[group[flags]] = True
    return found
