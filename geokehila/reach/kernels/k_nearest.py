"""One search from all facilities of a category at once gives every origin its k nearest.

A node holds a row of numbers, keys: the walk in ticks, then the facility's rank among the category's. The lesser keys
win, so that of equally near facilities the first is taken, in whatever order nodes are visited.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.facilities import along_chain
from geokehila.reach.kernels.search import lengthened
from geokehila.reach.ticks import PER_S

#: Ticks to a bucket, as a power of two.
SHIFT = 10
BUCKETS = (65535 >> SHIFT) + 1
#: Bits of a key below its walk, all of them set, and the key of no facility.
WIDE, RANKS, NONE = 32, (1 << 32) - 1, 1 << 62


@njit(cache=True, nogil=True)
def insert(row, key, mask):
    """Put a key into its place in a sorted row, one key a rank; tell whether the row changed."""
    last = len(row) - 1
    if key >= row[last]:
        return False
    at = last
    for i in range(last + 1):
        if row[i] & mask == key & mask:
            if row[i] <= key:
                return False
            at = i
            break
    while at > 0 and row[at - 1] > key:
        row[at] = row[at - 1]
        at -= 1
    row[at] = key
    return True


@njit(cache=True, nogil=True)
def spread(graph, places, chosen, rank, limit, best):
    """Fill `best` (N, k), all `NONE` before, with the keys of the k nearest chosen places' facilities in rising order.

    `rank` (P,) is of each place's facility. Nodes wait in buckets by their walk; an entry whose key is no longer one of
    its node's is passed over.
    """
    first = np.full(BUCKETS, -1, np.int32)
    room = 2 * len(best) + 2 * len(chosen)
    following, waiting, keys = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int64)
    entries = 0
    for p in chosen:
        for side in range(2):
            ticks = np.int64(places.from_tail[p] if side == 0 else places.from_head[p])
            node = graph.tail[places.chain[p]] if side == 0 else graph.head[places.chain[p]]
            key = (ticks << WIDE) | rank[p]
            if ticks <= limit and insert(best[node], key, RANKS):
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
        node, key = waiting[entry], keys[entry]
        holds = False
        for i in range(best.shape[1]):
            holds |= best[node, i] == key
        if not holds:
            continue
        begin, end = graph.first_arc[node], graph.first_arc[node + 1]
        if entries + end - begin > room:
            room = 2 * room + end - begin
            following, waiting, keys = lengthened(following, room), lengthened(waiting, room), lengthened(keys, room)
        for a in range(begin, end):
            onward = key + (np.int64(graph.cost_back[a]) << WIDE)
            there = graph.neighbour[a]
            if onward >> WIDE <= limit and insert(best[there], onward, RANKS):
                bucket = (onward >> WIDE) >> SHIFT
                following[entries], waiting[entries], keys[entries] = first[bucket], there, onward
                first[bucket] = entries
                entries += 1


@njit(cache=True, nogil=True)
def collect(graph, origins, order, places, listed, rank, named, limit, best, walk_s, facility):
    """Write the walks [s] and the k facilities nearest to each origin: through an end of its chain, or along it."""
    few = best.shape[1]
    row = np.empty(few, np.int64)
    for i in range(len(order)):
        chain = origins.chain[i]
        row[:] = NONE
        for side in range(2):
            node = graph.tail[chain] if side == 0 else graph.head[chain]
            ticks = np.int64(origins.to_tail[i] if side == 0 else origins.to_head[i])
            for key in best[node]:
                if key < NONE:
                    insert(row, key + (ticks << WIDE), RANKS)
        for p in range(listed.first_on[chain], listed.first_on[chain + 1]):
            j = listed.on_place[p]
            if rank[j] < 0:
                continue
            insert(row, (along_chain(graph, origins, i, places, j) << WIDE) | rank[j], RANKS)
        for n in range(few):
            if row[n] >> WIDE <= limit:
                walk_s[order[i], n] = (row[n] >> WIDE) / PER_S
                facility[order[i], n] = named[row[n] & RANKS]
