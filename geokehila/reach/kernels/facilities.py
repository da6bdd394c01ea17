"""What a search from 64 origins says of facilities: a row of walks for each facility met, a gate or many."""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.lanes import added, every, load, store, where_less
from geokehila.reach.kernels.search import LANES, NODE, clear, grown, lengthened, relax
from geokehila.reach.ticks import CLOSED

#: Facilities counted in narrow lanes before they are added up: 16 bits hold so many, 32 so many weights of 2 ** 20.
CHUNK = 4095


@njit(cache=True, nogil=True)
def along_chain(graph, origins, i, places, j):
    """Ticks of the walk along the chain from an origin to a place on it; not below CLOSED where no way leads there."""
    forward, backward = graph.forward[origins.chain[i]] < CLOSED, graph.backward[origins.chain[i]] < CLOSED
    ahead, behind = np.int64(places.ahead[j]) - origins.ahead[i], np.int64(places.behind[j]) - origins.behind[i]
    off = np.int64(origins.off[i]) + places.off[j]
    if forward and backward:
        return max(ahead, behind, 0) + off
    if forward and ahead >= 0:
        return ahead + off
    if backward and behind >= 0:
        return behind + off
    return CLOSED + off


@njit(cache=True, nogil=True)
def _row_for(facility, met, row_of, walks, facility_of):
    """Row of a facility, a new one of UNREACHED where it is met first; arrays may come back longer."""
    if row_of[facility] < 0:
        if met == len(facility_of):
            walks, facility_of = grown(walks, 2 * met), lengthened(facility_of, 2 * met)
        row_of[facility], facility_of[met] = met, facility
        clear(walks, met)
        met += 1
    return met, walks, facility_of


@njit(cache=True, nogil=True)
def gather(graph, origins, begin, end, places, on_chain, limit, links, rows, node_walks, row_of, walks, facility_of):
    """Find each lane's walk to every facility that the search met, over all its gates and along the origin's own chain.

    `row_of` (F,) is -1 everywhere and is left so. Returns walks (G, 64), the facility of each row, and their number.
    """
    met = 0
    for k in range(rows):
        here = load(node_walks, k)
        node = links[k, NODE]
        for p in range(places.first_at[node], places.first_at[node + 1]):
            met, walks, facility_of = _row_for(places.at_facility[p], met, row_of, walks, facility_of)
            relax(here, walks, row_of[places.at_facility[p]], places.at_ticks[p])
    for lane in range(end - begin):
        i = begin + lane
        chain = origins.chain[i]
        for p in range(places.first_on[chain], places.first_on[chain + 1]):
            j = places.on_place[p]
            walk = along_chain(graph, origins, i, on_chain, j)
            if walk > limit:
                continue
            facility = places.facility[j]
            met, walks, facility_of = _row_for(facility, met, row_of, walks, facility_of)
            if walk < walks[row_of[facility], lane]:
                walks[row_of[facility], lane] = walk
    for r in range(met):
        row_of[facility_of[r]] = -1
    return walks, facility_of, met


@njit(cache=True, nogil=True)
def add_within(walk, limit, count, i):
    """Count in each lane of row `i` of `count` whether its walk is within the limit."""
    within = where_less(every(limit), walk, every(np.uint16(0)), every(np.uint16(1)))
    store(count, i, added(load(count, i), within))


@njit(cache=True, nogil=True)
def add_weight(rows, k, limit, weights, d, total, i):
    """Add to each lane of row `i` of `total` the weight of its walk in row `k`, nothing beyond the limit."""
    for q in range(LANES):
        walk = rows[k, q]
        weight = weights[d, min(walk, limit)]
        total[i, q] = np.uint32(total[i, q] + (weight if walk <= limit else np.uint32(0)))


@njit(cache=True, nogil=True)
def count(places, limits, weights, walks, facility_of, met, counted, summed):
    """Add facilities by category to `counted` (64, K, C) and, weighted by their walk, to `summed` (64, D, C).

    Narrow lanes are emptied into the wide arrays before they can wrap.
    """
    cutoffs, categories, decays = len(limits), counted.shape[2], len(weights)
    within = np.empty((categories * cutoffs, LANES), np.uint16)
    weighted = np.empty((categories * decays, LANES), np.uint32)
    farthest = np.uint16(weights.shape[1] - 1)
    for start in range(0, met, CHUNK):
        within[:] = 0
        weighted[:] = 0
        for r in range(start, min(met, start + CHUNK)):
            facility, walk = facility_of[r], load(walks, r)
            for p in range(places.first_category[facility], places.first_category[facility + 1]):
                category = places.category[p]
                for k in range(cutoffs):
                    add_within(walk, limits[k], within, category * cutoffs + k)
                for d in range(decays):
                    add_weight(walks, r, farthest, weights, d, weighted, category * decays + d)
        for lane in range(len(counted)):
            for category in range(categories):
                for k in range(cutoffs):
                    counted[lane, k, category] += within[category * cutoffs + k, lane]
                for d in range(decays):
                    summed[lane, d, category] += weighted[category * decays + d, lane]
