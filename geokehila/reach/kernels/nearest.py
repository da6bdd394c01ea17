"""One search from all facilities of all categories at once gives every origin its nearest of each.

A lane holds a key for each category: the walk in ticks, and in the 16 bits below it the facility's rank in the lane.
The lesser key wins, so that of equally near facilities the first is taken, in whatever order walks are found. Rows of
keys lie one behind the other, each of `blocks` vectors. They spread up a hierarchy, through its core, and down again.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.facilities import along_chain
from geokehila.reach.kernels.lanes import WIDTH, every, least, lesser, load, plus, store, where_less
from geokehila.reach.lanes import BITS
from geokehila.reach.ticks import PER_S

#: The bits of a key below its walk, all of them set, and the key of no facility.
RANKS, NONE = (1 << BITS) - 1, np.uint32(0xFFFFFFFF)
#: Lanes of a vector.
EIGHT = WIDTH[32]
#: [s] A tick.
TICK_S = 1 / PER_S
#: [ticks] Walks so much longer than the least that waits are searched with it.
STEP = 4096


@njit(cache=True, nogil=True)
def nearest(graph, hierarchy, origins, order, places, listed, lanes, begin, end, limit, walk_s, facility):
    """Write the walk [s] and the facility nearest to each origin, of the categories in lanes `begin` to `end`."""
    blocks = (end - begin + EIGHT - 1) // EIGHT
    keys = np.full(len(hierarchy.order) * blocks * EIGHT, NONE, np.uint32)
    _enter(graph, places, listed, lanes, begin, end, limit, keys, blocks)
    for node in hierarchy.order[: hierarchy.core]:
        for a in range(hierarchy.first_above[node], hierarchy.first_above[node + 1]):
            _shorten(keys, node, hierarchy.above[a], hierarchy.descend[a], blocks)
    _settle(hierarchy, limit, keys, blocks)
    for node in hierarchy.order[: hierarchy.core][::-1]:
        for a in range(hierarchy.first_above[node], hierarchy.first_above[node + 1]):
            _shorten(keys, hierarchy.above[a], node, hierarchy.climb[a], blocks)
    _collect(graph, origins, order, places, listed, lanes, begin, end, limit, keys, blocks, walk_s, facility)


@njit(cache=True, nogil=True)
def _shorten(keys, here, there, cost, blocks):
    """Shorten the walks of one row by walks through another."""
    longer = every(np.uint32(np.uint32(cost) << np.uint32(BITS)))
    here, there = here * blocks, there * blocks
    for block in range(blocks):
        store(keys, there + block, lesser(load(keys, there + block), plus(load(keys, here + block), longer)))


@njit(cache=True, nogil=True)
def _enter(graph, places, listed, lanes, begin, end, limit, keys, blocks):
    """Enter the walks from the ends of chains to the places on them."""
    for p in range(len(places.chain)):
        if places.chain[p] < 0:
            continue
        for side in range(2):
            ticks = np.int64(places.from_tail[p] if side == 0 else places.from_head[p])
            node = graph.tail[places.chain[p]] if side == 0 else graph.head[places.chain[p]]
            if ticks > limit:
                continue
            row = node * blocks * EIGHT
            for m in range(listed.first_category[listed.facility[p]], listed.first_category[listed.facility[p] + 1]):
                lane = lanes.lane[m] - begin
                if 0 <= lane < end - begin:
                    keys[row + lane] = min(keys[row + lane], np.uint32((ticks << BITS) | lanes.rank[m]))


@njit(cache=True, nogil=True)
def _settle(hierarchy, limit, keys, blocks):
    """Search the core: forth and back over its nodes, those of the least walks first, until none is shortened.

    `due` is the least walk of a node that its neighbours have not seen.
    """
    due, nodes = np.full(len(hierarchy.order), RANKS, np.uint16), hierarchy.order[hierarchy.core :]
    for node in nodes:
        shortest = every(NONE)
        for block in range(blocks):
            shortest = lesser(shortest, load(keys, node * blocks + block))
        due[node] = least(shortest) >> np.uint32(BITS)
    first = np.int64(due.min()) if len(nodes) else limit + 1
    while first <= limit:
        last, going, forth = min(first + STEP, limit), True, True
        while going:
            going = False
            for i in range(len(nodes)):
                node = nodes[i if forth else len(nodes) - 1 - i]
                if due[node] <= last:
                    going = True
                    _visit(hierarchy, node, limit, keys, blocks, due)
            forth = not forth
        first = np.int64(due.min())


@njit(cache=True, nogil=True)
def _visit(hierarchy, node, limit, keys, blocks, due):
    """Shorten the walks of a node's neighbours."""
    waited, due[node] = np.int64(due[node]), RANKS
    for a in range(hierarchy.first_above[node], hierarchy.first_above[node + 1]):
        cost = np.int64(hierarchy.descend[a])
        if waited + cost > limit:
            continue
        there, longer = hierarchy.above[a], every(np.uint32(cost << BITS))
        changed = every(NONE)
        for block in range(blocks):
            old, key = load(keys, there * blocks + block), plus(load(keys, node * blocks + block), longer)
            store(keys, there * blocks + block, lesser(old, key))
            changed = lesser(changed, where_less(key, old, key, every(NONE)))
        due[there] = min(due[there], least(changed) >> np.uint32(BITS))


@njit(cache=True, nogil=True)
def _collect(graph, origins, order, places, listed, lanes, begin, end, limit, keys, blocks, walk_s, facility):
    """Take the lesser key through either end of an origin's chain, or along the chain; closed walks are the longest."""
    row = np.empty(blocks * EIGHT, np.uint32)
    for i in range(len(order)):
        chain = origins.chain[i]
        tail, head = graph.tail[chain] * blocks, graph.head[chain] * blocks
        to_tail = every(np.uint32(np.uint32(origins.to_tail[i]) << np.uint32(BITS)))
        to_head = every(np.uint32(np.uint32(origins.to_head[i]) << np.uint32(BITS)))
        for block in range(blocks):
            by_tail, by_head = plus(load(keys, tail + block), to_tail), plus(load(keys, head + block), to_head)
            store(row, block, lesser(by_tail, by_head))
        for p in range(listed.first_on[chain], listed.first_on[chain + 1]):
            _along(graph, origins, i, places, listed, lanes, begin, end, limit, listed.on_place[p], row)
        if len(lanes.category) == walk_s.shape[1]:
            _write_alone(lanes, begin, end, limit, row, walk_s, facility, order[i])
        else:
            _write(lanes, begin, end, limit, row, walk_s, facility, order[i])


@njit(cache=True, nogil=True)
def _write_alone(lanes, begin, end, limit, row, walk_s, facility, i):
    """Write what the lanes hold to row `i`, each being a category of its own.

    Every origin comes by here for every category: indices without a sign are spared the question whether they count
    from the end, a fourth of the time.
    """
    i, begin, nobody = np.uintp(i), np.uintp(begin), np.uintp(len(lanes.facility) - 1)
    for lane in range(begin, np.uintp(end)):
        key = row[lane - begin]
        ticks = key >> np.uint32(BITS)
        is_near = ticks <= np.uint32(limit)
        walk_s[i, lane] = ticks * TICK_S if is_near else np.nan
        found = np.uintp(lanes.first[lane]) + np.uintp(key & np.uint32(RANKS)) if is_near else nobody
        facility[i, lane] = lanes.facility[found]


@njit(cache=True, nogil=True)
def _write(lanes, begin, end, limit, row, walk_s, facility, i):
    """Write what the lanes hold to row `i`: of a category of many lanes the least, of equal ones the first."""
    before, nobody = -1, len(lanes.facility) - 1
    for lane in range(begin, end):
        key, category = np.int64(row[lane - begin]), lanes.category[lane]
        walk = (key >> BITS) * TICK_S if key >> BITS <= limit else np.nan
        found = lanes.first[lane] + (key & RANKS) if key >> BITS <= limit else nobody
        if category != before or walk < walk_s[i, category] or np.isnan(walk_s[i, category]):
            walk_s[i, category], facility[i, category] = walk, lanes.facility[found]
        before = category


@njit(cache=True, nogil=True)
def _along(graph, origins, i, places, listed, lanes, begin, end, limit, j, row):
    """Enter the walk along the chain from an origin to a place on it."""
    ticks = along_chain(graph, origins, i, places, j)
    if ticks > limit:
        return
    for m in range(listed.first_category[listed.facility[j]], listed.first_category[listed.facility[j] + 1]):
        lane = lanes.lane[m] - begin
        if 0 <= lane < end - begin:
            row[lane] = min(row[lane], np.uint32((ticks << BITS) | lanes.rank[m]))
