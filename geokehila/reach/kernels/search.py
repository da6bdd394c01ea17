"""The search from 64 origins at once: each node holds a row of 64 ticks, one lane for each origin.

Near origins walk the same streets, so a row is settled for all of them together, and the processor relaxes it at a
stroke. Walks lead up a hierarchy, through its core, and down again: outside the core each row is settled once. In the
core rows wait in buckets by the walk of the middle lane, not by the shortest: by then most lanes have their final walk,
and few rows are visited twice. The order changes nothing but the pace.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.lanes import WIDTH, every, least, lesser, load, plus, store, where_less

LANES = WIDTH[16]
MIDDLE = LANES // 2
UNREACHED = np.uint16(65535)
#: Ticks to a bucket, as a power of two.
SHIFT = 7
BUCKETS = (65535 >> SHIFT) + 1
#: What is known of a row: its node, the next row of its level; in the core the bucket that it waits in, its neighbours
#: there, and the shortest walk that its neighbours have not seen.
NODE, ONWARD, BUCKET, FOLLOWING, PREVIOUS, DUE = range(6)
NEVER = np.int32(65535)
#: Rows behind the last that are left for whoever reads the search.
SPARE = 1


@njit(cache=True, nogil=True)
def relax(here, rows, k, cost):
    """Shorten row `k` by walks from here; return the shortest walk that changed."""
    walk, old = plus(here, every(cost)), load(rows, k)
    store(rows, k, lesser(walk, old))
    return least(where_less(walk, old, walk, every(UNREACHED)))


@njit(cache=True, nogil=True)
def clear(rows, k):
    """Fill a row with UNREACHED."""
    store(rows, k, every(UNREACHED))


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
def search(graph, hierarchy, origins, begin, end, limit, row_of, walks, links):
    """Search from origins `begin` to `end`, one a lane, as far as `limit`.

    `row_of` (N,) is -1 everywhere and is left with the row of each node met: whoever calls clears it. Rows hold every
    walk within the limit, and may hold longer ones. Returns walks (R, 64), `links`, where column `NODE` holds the node
    of each row, and the number of rows, behind which `SPARE` more have room.
    """
    top = hierarchy.top
    first, rows = np.full(top + 1, -1, np.int32), 0
    for lane in range(end - begin):
        chain = origins.chain[begin + lane]
        for side in range(2):
            node = graph.tail[chain] if side == 0 else graph.head[chain]
            ticks = origins.to_tail[begin + lane] if side == 0 else origins.to_head[begin + lane]
            if ticks <= limit:
                rows = _met(node, hierarchy.level, row_of, walks, links, first, rows)
                walks[row_of[node], lane] = min(walks[row_of[node], lane], ticks)
    for level in range(top):
        k = first[level]
        while k >= 0:
            node = links[k, NODE]
            walks, links = _with_room(
                walks, links, rows + hierarchy.first_above[node + 1] - hierarchy.first_above[node]
            )
            walk = load(walks, k)
            shortest = np.int64(least(walk))
            for a in range(hierarchy.first_above[node], hierarchy.first_above[node + 1]):
                if shortest + np.int64(hierarchy.climb[a]) <= limit:
                    there = hierarchy.above[a]
                    rows = _met(there, hierarchy.level, row_of, walks, links, first, rows)
                    relax(walk, walks, row_of[there], hierarchy.climb[a])
            k = links[k, ONWARD]
    walks, links, rows = _settle(hierarchy, limit, row_of, walks, links, first, rows)
    for level in range(top, -1, -1):
        k = first[level]
        while k >= 0:
            node, walk = links[k, NODE], load(walks, k)
            if level < top:
                for a in range(hierarchy.first_above[node], hierarchy.first_above[node + 1]):
                    j = row_of[hierarchy.above[a]]
                    if j >= 0:
                        walk = lesser(walk, plus(load(walks, j), every(hierarchy.descend[a])))
                store(walks, k, walk)
            shortest = np.int64(least(walk))
            walks, links = _with_room(
                walks, links, rows + hierarchy.first_below[node + 1] - hierarchy.first_below[node]
            )
            for b in range(hierarchy.first_below[node], hierarchy.first_below[node + 1]):
                if shortest + np.int64(hierarchy.descend[hierarchy.below_arc[b]]) <= limit:
                    rows = _met(hierarchy.below[b], hierarchy.level, row_of, walks, links, first, rows)
            k = links[k, ONWARD]
    return walks, links, rows


@njit(cache=True, nogil=True)
def _met(node, level, row_of, walks, links, first, rows):
    """Give a node a row if it has none, in the list of its level; return the number of rows."""
    if row_of[node] >= 0:
        return rows
    row_of[node] = rows
    links[rows, NODE], links[rows, ONWARD], links[rows, BUCKET] = node, first[level[node]], -1
    links[rows, DUE] = NEVER
    first[level[node]] = rows
    clear(walks, rows)
    return rows + 1


@njit(cache=True, nogil=True)
def _with_room(walks, links, rows):
    """Return arrays with room for so many rows and the spare ones, copied only if they had none."""
    if rows + SPARE > len(links):
        return grown(walks, 2 * rows + SPARE), grown(links, 2 * rows + SPARE)
    return walks, links


@njit(cache=True, nogil=True)
def _settle(hierarchy, limit, row_of, walks, links, first, rows):
    """Search the core from the nodes of it that have rows."""
    waiting, current = np.full(BUCKETS, -1, np.int32), 0
    k = first[hierarchy.top]
    while k >= 0:
        links[k, DUE] = np.int32(least(load(walks, k)))
        _wait(k, links[k, DUE] >> SHIFT, waiting, links)
        k = links[k, ONWARD]
    while current < BUCKETS:
        k = waiting[current]
        if k < 0:
            current += 1
            continue
        _leave(k, waiting, links)
        node, shortest, back, walk = links[k, NODE], np.int64(links[k, DUE]), current, load(walks, k)
        links[k, DUE] = NEVER
        begin, end = hierarchy.first_above[node], hierarchy.first_above[node + 1]
        walks, links = _with_room(walks, links, rows + end - begin)
        for a in range(begin, end):
            if shortest + np.int64(hierarchy.climb[a]) > limit:
                continue
            there = hierarchy.above[a]
            rows = _met(there, hierarchy.level, row_of, walks, links, first, rows)
            j = row_of[there]
            changed = np.int32(relax(walk, walks, j, hierarchy.climb[a]))
            if changed <= limit:
                links[j, DUE] = min(links[j, DUE], changed)
                middle = np.int32(walks[j, MIDDLE])
                bucket = (middle if middle < NEVER else links[j, DUE]) >> SHIFT
                if bucket != links[j, BUCKET]:
                    _leave(j, waiting, links)
                    _wait(j, bucket, waiting, links)
                back = min(back, bucket)
        current = back
    return walks, links, rows


@njit(cache=True, nogil=True)
def _wait(k, bucket, waiting, links):
    """Put row `k` into a bucket."""
    after = waiting[bucket]
    links[k, BUCKET], links[k, FOLLOWING], links[k, PREVIOUS] = bucket, after, -1
    if after >= 0:
        links[after, PREVIOUS] = k
    waiting[bucket] = k


@njit(cache=True, nogil=True)
def _leave(k, waiting, links):
    """Take row `k` out of the bucket that it waits in, if any."""
    if links[k, BUCKET] < 0:
        return
    before, after = links[k, PREVIOUS], links[k, FOLLOWING]
    if before >= 0:
        links[before, FOLLOWING] = after
    else:
        waiting[links[k, BUCKET]] = after
    if after >= 0:
        links[after, PREVIOUS] = before
    links[k, BUCKET] = -1
