"""The engine: shortest walks from points on edges to points on edges. NumPy in, NumPy out.

The searches are scipy's Dijkstra on the reversed network, from every destination at once or each by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geokehila.errors import RunError
from geokehila.reach.arrays import Floats, Group, Ints, Network, Points

__all__ = ["Group", "Network", "Points", "counts", "nearest"]

#: Destination points searched at once: bounds memory to this many rows of nodes and of origins.
BLOCK = 128


def nearest(network: Network, origins: Points, places: Points, group: Group, limit_s: float) -> tuple[Floats, Ints]:
    """Find the walk from every origin to the nearest facility of each category.

    Parameters
    ----------
    network
        Costs of one profile.
    origins, places
        Where walks start and end; the walks to and from the edges are part of the walk.
    group
        Facilities of the destination points and their categories.
    limit_s
        [s] Walks longer than this are not found; inclusive.

    Returns
    -------
    walk_s : array of shape (O, C)
        [s] NaN where no facility is within the limit or the origin is unconnected; 0 is a facility at the door.
    facility : array of shape (O, C)
        Index of the nearest facility, -1 where there is none; of equally near ones always the same.

    Examples
    --------
    One street of 100 s: a home in its middle, a shop at its end.

    >>> import numpy as np
    >>> street = Network(2, np.array([0]), np.array([1]), np.array([100.0]), np.array([100.0]))
    >>> home = Points(np.array([0]), np.array([50.0]), np.array([50.0]), np.array([0.0]))
    >>> shop = Points(np.array([0]), np.array([100.0]), np.array([0.0]), np.array([5.0]))
    >>> nearest(street, home, shop, Group(np.array([0]), np.array([[True]])), 900)[0].tolist()
    [[55.0]]
    """
    _assert_sound(network, origins, places)
    shape = (len(origins), group.categories.shape[1])
    walk_s, facility = np.full(shape, np.nan), np.full(shape, -1)
    if not len(network.tail):
        return walk_s, facility
    graph = _reversed_with_destinations(network, places)
    for category in range(shape[1]):
        chosen = np.flatnonzero(group.categories[group.facility, category] & (places.edge >= 0))
        if len(chosen):
            found_s, found = _nearest_of(network, graph, origins, places, chosen, group.facility, limit_s)
            within = found_s <= limit_s
            walk_s[within, category], facility[within, category] = found_s[within], found[within]
    return walk_s, facility


def counts(network: Network, origins: Points, places: Points, group: Group, cutoffs_s: Sequence[float]) -> Ints:
    """Count the facilities of each category within each cutoff, a facility with many gates once.

    Parameters
    ----------
    network, origins, places, group
        As for :func:`nearest`.
    cutoffs_s
        [s] Inclusive, shape (K,).

    Returns
    -------
    array of shape (O, K, C)
        0 means none within the cutoff; an unconnected origin has 0 everywhere.
    """
    _assert_sound(network, origins, places)
    found = np.zeros((len(origins), len(cutoffs_s), group.categories.shape[1]), np.int64)
    if not len(network.tail):
        return found
    graph, longest = _reversed_with_destinations(network, places), max(cutoffs_s, default=0.0)
    points = np.flatnonzero(group.categories[group.facility].any(axis=1) & (places.edge >= 0))
    points = points[np.argsort(group.facility[points], kind="stable")]
    for block in _blocks_of_whole_facilities(points, group.facility):
        walk_s = _from_each(network, graph, origins, places, block, longest)
        facilities, first = np.unique(group.facility[block], return_index=True)
        walk_s = np.minimum.reduceat(walk_s, first, axis=0)
        members = group.categories[facilities].astype(np.float64)
        for k, cutoff in enumerate(cutoffs_s):
            found[:, k] += ((walk_s <= cutoff).T.astype(np.float64) @ members).astype(np.int64)
    return found


def _assert_sound(network: Network, *points: Points) -> None:
    edges = len(network.tail)
    if any(len(p) and p.edge.max(initial=-1) >= edges for p in points):
        raise RunError(
            f"reach: a point on edge {max(p.edge.max(initial=-1) for p in points)} of {edges}: snap it to this network"
        )
    if min(network.forward_s.min(initial=0), network.backward_s.min(initial=0)) < 0:
        raise RunError("reach: an edge costs less than 0 s: walking time cannot be negative")


def _reversed_with_destinations(network: Network, places: Points) -> csr_array:
    """Return the network with every arc turned round and a node for each destination, with arcs to its edge's ends.

    A search from a destination's node gives, at every node, the walk from there to the destination.
    """
    edge = np.maximum(places.edge, 0)
    on = places.edge >= 0
    own = network.nodes_count + np.arange(len(places))
    start = np.concatenate([network.head, network.tail, own[on], own[on]])
    end = np.concatenate([network.tail, network.head, network.tail[edge][on], network.head[edge][on]])
    cost = np.concatenate(
        [
            network.forward_s,
            network.backward_s,
            (places.forward_s + places.off_s)[on],
            (places.backward_s + places.off_s)[on],
        ]
    )
    return _cheapest_arcs(start, end, cost, network.nodes_count + len(places))


def _cheapest_arcs(start: Ints, end: Ints, cost: Floats, nodes: int) -> csr_array:
    """Build a sparse graph that keeps the cheapest of parallel arcs (scipy would add them up) and arcs of 0 s."""
    order = np.lexsort((cost, end, start))
    start, end, cost = start[order], end[order], cost[order]
    first = (
        np.concatenate([[True], (start[1:] != start[:-1]) | (end[1:] != end[:-1])]) & np.isfinite(cost) & (start != end)
    )
    pointers = np.concatenate([[0], np.cumsum(np.bincount(start[first], minlength=nodes))])
    # Older scipy searches only graphs of 32-bit numbers.
    return csr_array((cost[first], end[first].astype(np.int32), pointers.astype(np.int32)), shape=(nodes, nodes))


def _nearest_of(
    network: Network, graph: csr_array, origins: Points, places: Points, chosen: Ints, facility: Ints, limit_s: float
) -> tuple[Floats, Ints]:
    """Walk [s] from each origin to the nearest chosen destination, infinite where there is none, and its facility."""
    indices = network.nodes_count + chosen
    node_s, _, source = dijkstra(graph, indices=indices, min_only=True, return_predecessors=True, limit=limit_s)
    owner = np.full(len(node_s), -1)
    owner[source >= 0] = facility[source[source >= 0] - network.nodes_count]
    by_tail, by_head = _leaving(network, origins)
    edge, everyone = np.maximum(origins.edge, 0), np.arange(len(origins))
    origin, place, direct_s = _same_edge(network, origins, places, chosen)
    origin = np.concatenate([everyone, everyone, origin])
    walk_s = np.concatenate([by_tail + node_s[network.tail[edge]], by_head + node_s[network.head[edge]], direct_s])
    found = np.concatenate([owner[network.tail[edge]], owner[network.head[edge]], facility[place]])
    order = np.lexsort((found, walk_s, origin))
    best = order[np.searchsorted(origin[order], everyone)]
    return walk_s[best], found[best]


def _leaving(network: Network, origins: Points) -> tuple[Floats, Floats]:
    """Walk [s] from each origin to its edge's tail and head, infinite for unconnected ones."""
    edge = np.maximum(origins.edge, 0)
    off_s = np.where(origins.edge >= 0, origins.off_s, np.inf)
    return off_s + network.backward_s[edge] - origins.backward_s, off_s + network.forward_s[edge] - origins.forward_s


def _same_edge(network: Network, origins: Points, places: Points, chosen: Ints) -> tuple[Ints, Ints, Floats]:
    """Pairs of origins and chosen destinations on one edge, and the walk [s] straight along it."""
    by_edge = chosen[np.argsort(places.edge[chosen], kind="stable")]
    edges = places.edge[by_edge]
    low, high = np.searchsorted(edges, origins.edge, "left"), np.searchsorted(edges, origins.edge, "right")
    width = np.where(origins.edge >= 0, high - low, 0)
    origin = np.repeat(np.arange(len(origins)), width)
    place = by_edge[np.repeat(low, width) + np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width)]
    ahead = places.forward_s[place] - origins.forward_s[origin]
    behind = places.backward_s[place] - origins.backward_s[origin]
    return origin, place, np.maximum(ahead, behind) + origins.off_s[origin] + places.off_s[place]


def _from_each(
    network: Network, graph: csr_array, origins: Points, places: Points, block: Ints, limit_s: float
) -> Floats:
    """Walk [s] from every origin to each destination point of a block, shape (B, O), infinite beyond the limit."""
    node_s = dijkstra(graph, indices=network.nodes_count + block, limit=limit_s)
    by_tail, by_head = _leaving(network, origins)
    edge = np.maximum(origins.edge, 0)
    walk_s: Floats = np.minimum(node_s[:, network.tail[edge]] + by_tail, node_s[:, network.head[edge]] + by_head)
    origin, place, direct_s = _same_edge(network, origins, places, block)
    row = np.argsort(block)[np.searchsorted(np.sort(block), place)]
    np.minimum.at(walk_s, (row, origin), direct_s)
    return walk_s


def _blocks_of_whole_facilities(points: Ints, facility: Ints) -> list[Ints]:
    """Cut points, sorted by facility, into blocks of about `BLOCK` that never part a facility from its gates."""
    if not len(points):
        return []
    starts = np.flatnonzero(np.concatenate([[True], np.diff(facility[points]) != 0]))
    cuts = starts[np.unique(np.searchsorted(starts, np.arange(0, len(points), BLOCK)).clip(max=len(starts) - 1))]
    return [block for block in np.split(points, cuts[1:]) if len(block)]
