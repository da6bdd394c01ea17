"""Clusters drawn together into one node, lines that run side by side made one, and nodes of two legs dissolved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from geokehila.fabric.carriageways import apart_m
from geokehila.fabric.clusters import TOLERANCE_M
from geokehila.fabric.graph import MAIN, PATH, STREET, Graph, components
from geokehila.reach.arrays import Flags, Ints

#: Points at which lines that run side by side are averaged.
SAMPLES = 33
#: [m] A line made of them is thinned to this.
THINNED_M = 0.05
#: [m] Points this near are the same after sums of floats.
SAME_M = 1e-6


def contracted(graph: Graph, label: Ints, within: Flags) -> Graph:
    """Draw each cluster of nodes together into one node, in the middle of what lies within it."""
    xy, of = shapely.get_coordinates(graph.lines[within], return_index=True)
    group = np.concatenate([label, label[graph.tail[within]][of]])
    order = np.argsort(group, kind="stable")
    points = np.concatenate([graph.xy, xy])[order]
    middles = shapely.centroid(shapely.convex_hull(shapely.multipoints(points, indices=group[order])))
    made = replace(graph, xy=shapely.get_coordinates(middles), tail=label[graph.tail], head=label[graph.head])
    return made.take(~within)


def settled(graph: Graph, stays: Flags) -> Graph:
    """Make lines that run side by side one and dissolve nodes of two legs, until there are none.

    Parameters
    ----------
    stays
        Nodes that are not dissolved, shape (N,).
    """
    before = -1
    while len(graph.lines) != before:
        before = len(graph.lines)
        graph = dissolved(extended(side_by_side(graph)), stays)
    return graph


def side_by_side(graph: Graph) -> Graph:
    """Make edges between the same two nodes one where they run side by side, along their middle.

    Carriageways of one road do as far apart as they may lie, and askew by the tolerance; all others within 15 m. Of a
    street and a footpath beside it the street stays as it is.
    """
    one, other = _between_the_same(graph)
    pair_m = np.hypot(apart_m(graph, one, other), TOLERANCE_M)
    limit_m = np.where(graph.oneway[one] & graph.oneway[other], pair_m, TOLERANCE_M)
    near = shapely.hausdorff_distance(graph.lines[one], graph.lines[other]) <= limit_m
    group = components(one[near], other[near], len(graph.lines))
    leads = _leads(graph, group)
    graph, group = graph.take(leads), group[leads]
    _, first, size = np.unique(group, return_index=True, return_counts=True)
    made = graph.take(first)
    several = np.flatnonzero(size > 1)
    lines = made.lines.copy()
    lines[several] = _middles(graph, np.flatnonzero(size[group] > 1), group, first)
    return replace(made, lines=lines, oneway=made.oneway & (size == 1))


def extended(graph: Graph) -> Graph:
    """Draw the ends of edges out to the nodes that they end at."""
    xy, of = shapely.get_coordinates(graph.lines, return_index=True)
    edges = np.arange(len(graph.lines))
    points = np.concatenate([graph.xy[graph.tail], xy, graph.xy[graph.head]])
    edge, place = np.concatenate([edges, of, edges]), np.repeat([0, 1, 2], [len(edges), len(xy), len(edges)])
    order = np.lexsort((place, edge))
    points, edge, is_own = points[order], edge[order], place[order] == 1
    again = (edge[1:] == edge[:-1]) & (np.abs(np.diff(points, axis=0)).max(axis=1) < SAME_M)
    kept = np.ones(len(edge), bool)
    kept[1:] &= ~(again & is_own[1:])
    kept[:-1] &= ~(again & is_own[:-1])
    return replace(graph, lines=shapely.linestrings(points[kept], indices=edge[kept])) if len(edges) else graph


def dissolved(graph: Graph, stays: Flags) -> Graph:
    """Make the edges that meet at nodes of two legs one, unless the node stays, shape (N,).

    A ring without a junction starts at one of its nodes.
    """
    group, is_through = graph.chains(stays)
    order = np.lexsort((-graph.length_m, group))
    size = np.bincount(group)
    made = graph.take(order[np.cumsum(size) - size])
    lines, tail, head = made.lines.copy(), made.tail.copy(), made.head.copy()
    chains = np.flatnonzero(size > 1)
    parts = order[size[group[order]] > 1]
    of = np.searchsorted(chains, group[parts])
    merged = shapely.line_merge(shapely.multilinestrings(graph.lines[parts], indices=of))
    low, high = (node[chains] for node in _ends(graph, is_through, group))
    lines[chains], tail[chains], head[chains] = _directed(graph, merged, low, high)
    oneway = np.logical_and.reduceat(graph.oneway[order], np.cumsum(size) - size) if len(order) else made.oneway
    return replace(made, tail=tail, head=head, lines=lines, oneway=oneway)


def _leads(graph: Graph, group: Ints) -> Flags:
    """Tell which edges are of the kind that leads farthest of their group, shape (E,)."""
    rank = pd.Index((MAIN, STREET, PATH)).get_indexer(pd.Index(graph.told("kind")))
    first = np.full(len(group), len(group))
    np.minimum.at(first, group, rank)
    leads: Flags = rank == first[group]
    return leads


def _between_the_same(graph: Graph) -> tuple[Ints, Ints]:
    """Return every two edges that join the same two nodes."""
    low, high = np.minimum(graph.tail, graph.head), np.maximum(graph.tail, graph.head)
    order = np.lexsort((high, low))
    order = order[(low != high)[order]]
    low, high, pairs = low[order], high[order], [np.empty((2, 0), np.int64)]
    for step in range(1, len(order)):
        same = (low[step:] == low[:-step]) & (high[step:] == high[:-step])
        if not same.any():
            break
        pairs.append(np.stack([order[:-step][same], order[step:][same]]))
    one, other = np.concatenate(pairs, axis=1)
    return one, other


def _middles(graph: Graph, edges: Ints, group: Ints, first: Ints) -> np.ndarray:
    """Return the middle of the lines of each group, in the direction of its first edge."""
    edges = edges[np.argsort(group[edges], kind="stable")]
    forward = np.linspace(0, 1, SAMPLES)
    is_turned = graph.tail[edges] != graph.tail[first[group[edges]]]
    share = np.where(is_turned[:, None], 1 - forward, forward)
    points = shapely.line_interpolate_point(graph.lines[edges, None], share, normalized=True)
    _, start, size = np.unique(group[edges], return_index=True, return_counts=True)
    xy = shapely.get_coordinates(points).reshape(len(edges), SAMPLES, 2)
    middle = np.add.reduceat(xy, start) / size[:, None, None] if len(edges) else xy
    middles: np.ndarray = shapely.simplify(shapely.linestrings(middle), THINNED_M)
    return middles


def _ends(graph: Graph, is_through: Flags, group: Ints) -> tuple[Ints, Ints]:
    """Return the two nodes at which each group of edges ends, the lower first; of a ring its lowest node, twice."""
    ends, of = np.concatenate([graph.tail, graph.head]), np.tile(group, 2)
    stays, none = ~is_through[ends], len(graph.xy)
    low, high, lowest = np.full(len(group), none), np.full(len(group), -1), np.full(len(group), none)
    np.minimum.at(low, of[stays], ends[stays])
    np.maximum.at(high, of[stays], ends[stays])
    np.minimum.at(lowest, of, ends)
    is_ring = high < 0
    return np.where(is_ring, lowest, low), np.where(is_ring, lowest, high)


def _directed(graph: Graph, lines: np.ndarray, low: Ints, high: Ints) -> tuple[np.ndarray, Ints, Ints]:
    """Return lines that join two nodes, and the nodes at their start and end; those that join one start there."""
    lines, is_loop = lines.copy(), low == high
    for i in np.flatnonzero(is_loop):
        ring = shapely.get_coordinates(lines[i])[:-1]
        start = np.abs(ring - graph.xy[low[i]]).sum(axis=1).argmin()
        lines[i] = shapely.linestrings(np.roll(ring, -start, axis=0)[[*range(len(ring)), 0]])
    start = shapely.get_point(lines, 0)
    away_m = [shapely.distance(start, shapely.points(graph.xy[node])) for node in (low, high)]
    is_turned = away_m[1] < away_m[0]
    return lines, np.where(is_turned, high, low), np.where(is_turned, low, high)
