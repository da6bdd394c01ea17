"""The same answers by scipy and NumPy, on the network as it is: slower, for machines without numba, and to test by.

Every origin and every place is a node of its own, with arcs to the ends of its edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geokehila.reach.arrays import Floats, Group, Ints, Network, Points
from geokehila.reach.fallback_streets import streets_in_reach
from geokehila.reach.graph import Index, Prepared
from geokehila.reach.lengths import held
from geokehila.reach.stands import Stands, Walks, Ways, taken
from geokehila.reach.ticks import CLOSED, UNREACHED, to_seconds

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: Origins searched at once: bounds memory to this many rows of nodes and of places.
BLOCK = 128

#: Longer than any walk, and than any walk times a number of facilities.
NEVER = 1 << 52


def nearest(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    limit: int,
    backwards: bool,
    threads: int | None,
) -> tuple[Floats, Index]:
    """Answer by one search a category, from a node behind all its places; walks [s] and facilities, shape (O, C).

    Arcs cost ticks times the number of facilities, and the first arc the facility's index more: so the least sum tells
    both, and of equally near facilities the first wins.
    """
    streets, (starts, ends) = taken(network, backwards, origins, places)
    shape = (group.categories.shape[1], len(origins))
    walk, found = np.full(shape, UNREACHED, np.int64), np.full(shape, -1, np.int32)
    many = max(len(group.categories), 1)
    facility, (from_tail, from_head) = group.facility[ends.which], ends.reaching(streets)
    to_tail, to_head = starts.leaving(streets)
    for category in range(shape[0]):
        chosen = np.flatnonzero(group.categories[facility, category]) if len(facility) else np.empty(0, np.int64)
        if not len(chosen) or not len(starts.which):
            continue
        source = np.full(2 * len(chosen), streets.nodes)
        graph, _ = arcs(
            np.concatenate([streets.head, streets.tail, source]),
            np.concatenate(
                [streets.tail, streets.head, streets.tail[ends.edge[chosen]], streets.head[ends.edge[chosen]]]
            ),
            np.concatenate(
                [_or_never(c, many) for c in (streets.forward, streets.backward)]
                + [_or_never(c[chosen], many) + facility[chosen] for c in (from_tail, from_head)]
            ),
            streets.nodes + 1,
        )
        key = searched(graph, np.full(1, streets.nodes), (limit + 1) * many)[0]
        origin, place = same_edge(starts, ends, chosen)
        own = along_edge(streets, starts, ends, origin, place) * many + facility[place]
        least = np.minimum(
            key[streets.tail[starts.edge]] + to_tail * many, key[streets.head[starts.edge]] + to_head * many
        )
        np.minimum.at(least, origin, own)
        within = least // many <= limit
        walk[category, starts.which[within]] = least[within] // many
        found[category, starts.which[within]] = least[within] % many
    return to_seconds(walk.T), found.T


def k_nearest(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    limit: int,
    k: int,
    backwards: bool,
    threads: int | None,
) -> tuple[Floats, Index]:
    """Answer by a search from every origin; walks [s] and facilities, shape (O, C, k)."""
    streets, (starts, ends) = taken(network, backwards, origins, places)
    shape, facilities = (group.categories.shape[1], len(origins), k), len(group.categories)
    walk, found = np.full(shape, UNREACHED, np.int64), np.full(shape, -1, np.int32)
    for block, _, place in walks(streets, starts, ends, limit):
        to_facility = to_facilities(place, group.facility[ends.which], facilities)
        for category in range(shape[0]):
            own = np.where(group.categories[:, category], to_facility, CLOSED)
            nearest_first = np.argsort(own, axis=1, kind="stable")[:, : shape[2]]
            least = np.take_along_axis(own, nearest_first, axis=1)
            rows, some = starts.which[block], least.shape[1]
            walk[category, rows, :some] = np.where(least <= limit, least, UNREACHED)
            found[category, rows, :some] = np.where(least <= limit, nearest_first, -1)
    return to_seconds(walk.transpose(1, 0, 2)), found.transpose(1, 0, 2)


def to_facilities(place: Walks, facility: Ints, facilities: int) -> Walks:
    """Walk to each facility by its nearest gate (B, F)."""
    walk = np.full((len(place), facilities), CLOSED, np.int64)
    np.minimum.at(walk.T, facility, place.T)
    return walk


def walks(streets: Ways, starts: Stands, ends: Stands, limit: int) -> Iterator[tuple[slice, Walks, Walks]]:
    """Search from blocks of origins: the walk to every node (B, N) and place (B, P), any number beyond the limit."""
    to_tail, to_head = starts.leaving(streets)
    from_tail, from_head = ends.reaching(streets)
    for begin in range(0, len(starts.which), BLOCK):
        block = slice(begin, min(begin + BLOCK, len(starts.which)))
        edge, own = starts.edge[block], streets.nodes + np.arange(block.stop - begin)
        graph, _ = arcs(
            np.concatenate([streets.tail, streets.head, own, own]),
            np.concatenate([streets.head, streets.tail, streets.tail[edge], streets.head[edge]]),
            _or_never(np.concatenate([streets.forward, streets.backward, to_tail[block], to_head[block]])),
            streets.nodes + len(own),
        )
        node = searched(graph, own, limit + 1)[:, : streets.nodes]
        place = np.minimum(node[:, streets.tail[ends.edge]] + from_tail, node[:, streets.head[ends.edge]] + from_head)
        origin, there = same_edge(starts, ends, np.arange(len(ends.which)))
        mine = (origin >= begin) & (origin < block.stop)
        np.minimum.at(
            place, (origin[mine] - begin, there[mine]), along_edge(streets, starts, ends, origin[mine], there[mine])
        )
        yield block, node, place


def sweep(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    cutoffs: Ints,
    weights: NDArray[np.uint32],
    measured: bool,
    backwards: bool,
    threads: int | None,
) -> tuple[NDArray[np.int32], Walks, Walks, NDArray[np.int32], NDArray[np.int32]]:
    """Answer as the compiled sweep does: counts, sums of weights, and length [mm], nodes and junctions in reach."""
    streets, (starts, ends) = taken(network, backwards, origins, places)
    whole = network.network if isinstance(network, Prepared) else network
    shape, categories = (len(origins), len(cutoffs)), group.categories.astype(np.int64)
    counted = np.zeros((*shape, categories.shape[1]), np.int32)
    summed = np.zeros((len(origins), len(weights), categories.shape[1]), np.int64)
    mm, nodes, junctions = np.zeros(shape, np.int64), np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    degree = np.bincount(np.concatenate([streets.tail, streets.head]), minlength=streets.nodes)
    farthest = weights.shape[1] - 1
    limit = int(max(cutoffs.max(initial=0), farthest if len(weights) else 0))
    facility, lengths = group.facility[ends.which], held(whole)
    for block, node, place in walks(streets, starts, ends, limit):
        walk = to_facilities(place, facility, len(categories))
        rows = starts.which[block]
        for k, cutoff in enumerate(cutoffs):
            counted[rows, k] = (walk <= cutoff) @ categories
            if measured:
                within = node <= cutoff
                nodes[rows, k], junctions[rows, k] = within.sum(axis=1), within[:, degree >= 3].sum(axis=1)
                mm[rows, k] = streets_in_reach(streets, starts, block, node, int(cutoff), lengths)
        for d, weight in enumerate(weights):
            summed[rows, d] = (
                np.where(walk <= farthest, weight[np.minimum(walk, farthest)].astype(np.int64), 0) @ categories
            )
    return counted, summed, mm, nodes, junctions


def pairs(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    limit: int,
    backwards: bool,
    threads: int | None,
    block: int,
) -> Iterator[tuple[Ints, Ints, Walks]]:
    """Answer by a search from every origin: origins, facilities and ticks of every pair within the limit."""
    streets, (starts, ends) = taken(network, backwards, origins, places)
    for part, _, place in walks(streets, starts, ends, limit):
        walk = to_facilities(place, group.facility[ends.which], len(group.categories))
        origin, facility = np.nonzero(walk <= limit)
        yield starts.which[part][origin].astype(np.int32), facility.astype(np.int32), walk[origin, facility]


def _or_never(ticks: Walks, many: int = 1) -> Walks:
    """Return ticks times a number, `NEVER` where closed."""
    return np.where(ticks < CLOSED, ticks * many, NEVER)


def arcs(start: Ints, end: Ints, cost: Walks, nodes: int) -> tuple[csr_array, Ints]:
    """Build a sparse graph that keeps the cheapest of parallel arcs (scipy would add them up) and arcs of no cost.

    Returns with it the index of each arc that it kept.
    """
    from scipy.sparse import csr_array  # where it is needed: it takes as long to load as all compiled searches

    usable = np.flatnonzero((cost < NEVER) & (start != end))
    start, end, cost = start[usable], end[usable], cost[usable]
    order = np.lexsort((cost, end, start))
    start, end, cost = start[order], end[order], cost[order]
    first = np.concatenate([[True], (start[1:] != start[:-1]) | (end[1:] != end[:-1])])[: len(start)]
    pointers = np.concatenate([[0], np.cumsum(np.bincount(start[first], minlength=nodes))])
    # Older scipy searches only graphs of 32-bit numbers.
    parts = cost[first].astype(np.float64), end[first].astype(np.int32), pointers.astype(np.int32)
    return csr_array(parts, shape=(nodes, nodes)), usable[order[first]]


def searched(graph: csr_array, sources: Ints, limit: int) -> Walks:
    """Walk from each source to each node, in whole numbers, far beyond any limit where there is none."""
    from scipy.sparse.csgraph import dijkstra

    walk = dijkstra(graph, indices=sources, limit=float(limit))
    return np.where(np.isfinite(walk), walk, float(NEVER)).astype(np.int64)


def same_edge(starts: Stands, ends: Stands, chosen: Ints) -> tuple[Ints, Ints]:
    """Pairs of origins and chosen places on one edge."""
    by_edge = chosen[np.argsort(ends.edge[chosen], kind="stable")]
    edges = ends.edge[by_edge]
    low, high = np.searchsorted(edges, starts.edge, "left"), np.searchsorted(edges, starts.edge, "right")
    width = high - low
    origin = np.repeat(np.arange(len(starts.edge)), width)
    return origin, by_edge[np.repeat(low, width) + np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width)]


def along_edge(streets: Ways, starts: Stands, ends: Stands, origin: Ints, place: Ints) -> Walks:
    """Walk straight along the edge that both stand on, CLOSED where that way is."""
    ahead, behind = ends.ahead[place] - starts.ahead[origin], ends.behind[place] - starts.behind[origin]
    edge = starts.edge[origin]
    forward, backward = streets.forward[edge] < CLOSED, streets.backward[edge] < CLOSED
    both = np.maximum(np.maximum(ahead, behind), 0)
    one_way = np.where(forward & (ahead >= 0), ahead, np.where(backward & (behind >= 0), behind, CLOSED))
    return np.where(forward & backward, both, one_way) + starts.off[origin] + ends.off[place]
