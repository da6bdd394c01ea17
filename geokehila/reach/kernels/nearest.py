"""One search from all facilities of a category at once gives every origin its nearest.

A node holds one number, its key: the walk in ticks, then the facility's rank among the category's. The lesser key wins,
so that of equally near facilities the first is taken, in whatever order nodes are visited.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.facilities import along_chain
from geokehila.reach.kernels.search import lengthened
from geokehila.reach.ticks import PER_S

#: Ticks to a bucket, as a power of two.
SHIFT = 8
BUCKETS = (65535 >> SHIFT) + 1


@njit(cache=True, nogil=True)
def spread(graph, places, chosen, rank, limit, bits, best):  # type: ignore[no-untyped-def]
    """Fill `best` (N,), all ones before, with the key of the nearest chosen place, walking from the node to it.

    `rank` (P,) is of each place's facility; `bits` are those of a key below its walk. Nodes wait in buckets by their
    walk; an entry that was overtaken by a shorter walk is passed over.
    """
    first = np.full(BUCKETS, -1, np.int32)
    room = 2 * len(best) + 2 * len(chosen)
    following, waiting, keys = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, best.dtype)
    entries = 0
    for p in chosen:
        for side in range(2):
            ticks = np.int64(places.from_tail[p] if side == 0 else places.from_head[p])
            node = graph.tail[places.chain[p]] if side == 0 else graph.head[places.chain[p]]
            key = (ticks << bits) | rank[p]
            if ticks <= limit and key < np.int64(best[node]):
                best[node] = key
                bucket = ticks >> SHIFT
                following[entries], waiting[entries], keys[entries] = first[bucket], node, key
                first[bucket] = entries
                entries += 1
    current = 0
    while current < BUCKETS:
        entry = first[current]
        if entry < 0:
            current += 1
            continue
        first[current] = following[entry]
        node = waiting[entry]
        if keys[entry] != best[node]:
            continue
        key = np.int64(best[node])
        begin, end = graph.first_arc[node], graph.first_arc[node + 1]
        if entries + end - begin > room:
            room = 2 * room + end - begin
            following, waiting, keys = lengthened(following, room), lengthened(waiting, room), lengthened(keys, room)
        for a in range(begin, end):
            onward = key + (np.int64(graph.cost_back[a]) << bits)
            there = graph.neighbour[a]
            if onward < np.int64(best[there]) and onward >> bits <= limit:
                best[there] = onward
                if graph.first_arc[there + 1] - graph.first_arc[there] == 1:
                    continue  # a dead end leads nowhere
                bucket = (onward >> bits) >> SHIFT
                following[entries], waiting[entries], keys[entries] = first[bucket], there, onward
                first[bucket] = entries
                entries += 1


@njit(cache=True, nogil=True)
def collect(graph, origins, order, places, listed, rank, named, limit, bits, best, walk_s, facility):  # type: ignore[no-untyped-def]
    """Write the walk [s] and the facility nearest to each origin: through either end of its chain, or along the chain.

    Keys of nodes without a walk, and walks that are closed, are longer than any limit, and so are sums with them.
    """
    mask = (np.int64(1) << bits) - 1
    for i in range(len(order)):
        chain = origins.chain[i]
        by_tail = np.int64(best[graph.tail[chain]]) + (np.int64(origins.to_tail[i]) << bits)
        by_head = np.int64(best[graph.head[chain]]) + (np.int64(origins.to_head[i]) << bits)
        least = min(by_tail, by_head)
        for p in range(listed.first_on[chain], listed.first_on[chain + 1]):
            j = listed.on_place[p]
            if rank[j] < 0:
                continue
            ticks = along_chain(
                np.int64(places.ahead[j]) - origins.ahead[i],
                np.int64(places.behind[j]) - origins.behind[i],
                graph.forward[chain],
                graph.backward[chain],
            )
            ticks += np.int64(origins.off[i]) + places.off[j]
            least = min(least, (ticks << bits) | rank[j])
        if least >> bits <= limit:
            walk_s[order[i]] = (least >> bits) / PER_S
            facility[order[i]] = named[least & mask]
