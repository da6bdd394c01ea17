"""The search from 64 origins at once: each node holds a row of 64 ticks, one lane for each origin.

Near origins walk the same streets, so a row is settled for all of them by few visits, and the processor relaxes a row
at a stroke. Nodes wait in buckets by the walk of the middle lane, not by the shortest: by then most lanes have their
final walk, and few nodes are visited twice. The order changes nothing but the pace: whatever shortens a walk is
visited again, until nothing does.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.lanes import plus

LANES = 64
MIDDLE = LANES // 2
UNREACHED = np.uint16(65535)
#: Ticks to a bucket, as a power of two.
SHIFT = 7
BUCKETS = (65535 >> SHIFT) + 1
#: Rows behind the last that are left for whoever reads the search.
SPARE = 3


@njit(cache=True, nogil=True)
def relax(here, k, there, j, cost):
    """Shorten row `j` of `there` by walks through row `k` of `here`; return the shortest walk that changed.

    Rows are named by number here and below: a view of each would be counted in and out, at more than the row costs.
    """
    shortest = UNREACHED
    for q in range(LANES):
        walk, old = plus(here[k, q], cost), there[j, q]
        there[j, q] = min(walk, old)
        shortest = min(shortest, walk if walk < old else UNREACHED)
    return shortest


@njit(cache=True, nogil=True)
def clear(rows, k):
    """Fill a row with UNREACHED."""
    for q in range(LANES):
        rows[k, q] = UNREACHED


@njit(cache=True, nogil=True)
def grown(rows, capacity):
    """Copy rows to an array with room for more."""
    wider = np.empty((capacity, rows.shape[1]), rows.dtype)
    wider[: len(rows)] = rows
    return wider


@njit(cache=True, nogil=True)
def lengthened(values, capacity):
    """Copy values to an array with room for more."""
    longer = np.empty(capacity, values.dtype)
    longer[: len(values)] = values
    return longer


@njit(cache=True, nogil=True)
def enqueue(k, bucket, first, following, previous, waits):
    """Put row `k` into a bucket, out of the one it waits in."""
    was = waits[k]
    if was == bucket:
        return
    if was >= 0:
        before, after = previous[k], following[k]
        if before >= 0:
            following[before] = after
        else:
            first[was] = after
        if after >= 0:
            previous[after] = before
    waits[k], following[k], previous[k] = bucket, first[bucket], -1
    if first[bucket] >= 0:
        previous[first[bucket]] = k
    first[bucket] = k


@njit(cache=True, nogil=True)
def search(graph, origins, begin, end, limit, row_of, walks, node):
    """Search from origins `begin` to `end`, one a lane, as far as `limit`.

    `row_of` (N,) is -1 everywhere and is left with the row of each node met: whoever calls clears it. Rows hold every
    walk within the limit, and may hold longer ones. Returns walks (R, 64), the node of each row, and the number of
    rows, behind which `SPARE` more have room.
    """
    capacity, rows = len(node), 0
    following, previous = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
    waits, due = np.empty(capacity, np.int32), np.empty(capacity, np.uint16)
    first = np.full(BUCKETS, -1, np.int32)
    lowest = BUCKETS
    for lane in range(end - begin):
        chain = origins.chain[begin + lane]
        for side in range(2):
            start = graph.tail[chain] if side == 0 else graph.head[chain]
            walk = origins.to_tail[begin + lane] if side == 0 else origins.to_head[begin + lane]
            if walk > limit:
                continue
            k = row_of[start]
            if k < 0:
                k = rows
                rows += 1
                row_of[start], node[k], waits[k], due[k] = k, start, -1, UNREACHED
                clear(walks, k)
            if walk < walks[k, lane]:
                walks[k, lane] = walk
                due[k] = min(due[k], walk)
                bucket = np.int64(due[k]) >> SHIFT
                lowest = min(lowest, bucket)
                enqueue(k, bucket, first, following, previous, waits)
    current = lowest
    while current < BUCKETS:
        k = first[current]
        if k < 0:
            current += 1
            continue
        first[current] = following[k]
        if following[k] >= 0:
            previous[following[k]] = -1
        waits[k] = -1
        shortest = due[k]
        due[k] = UNREACHED
        here = node[k]
        if rows + graph.first_arc[here + 1] - graph.first_arc[here] > capacity - SPARE:
            capacity = 2 * capacity + graph.first_arc[here + 1] - graph.first_arc[here]
            walks, node = grown(walks, capacity), lengthened(node, capacity)
            following, previous = lengthened(following, capacity), lengthened(previous, capacity)
            waits, due = lengthened(waits, capacity), lengthened(due, capacity)
        back = current
        for a in range(graph.first_arc[here], graph.first_arc[here + 1]):
            cost = graph.cost[a]
            if np.int64(shortest) + np.int64(cost) > limit:
                continue
            there = graph.neighbour[a]
            j = row_of[there]
            if j < 0:
                j = rows
                rows += 1
                row_of[there], node[j], waits[j], due[j] = j, there, -1, UNREACHED
                clear(walks, j)
            changed = relax(walks, k, walks, j, cost)
            if changed <= limit and graph.first_arc[there + 1] - graph.first_arc[there] > 1:  # a dead end leads nowhere
                due[j] = min(due[j], changed)
                key = walks[j, MIDDLE]
                bucket = np.int64(key if key < UNREACHED else due[j]) >> SHIFT
                enqueue(j, bucket, first, following, previous, waits)
                back = min(back, bucket)
        current = back
    return walks, node, rows
