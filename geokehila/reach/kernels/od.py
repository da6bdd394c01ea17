"""One search from each origin, read for the walk to every facility within the limit."""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.facilities import gather
from geokehila.reach.kernels.search import DUE, LANES, NODE, lengthened, search
from geokehila.reach.kernels.sweep import ROWS


@njit(cache=True, nogil=True)
def pairs(graph, hierarchy, origins, begin, end, order, places, on_chain, limit):
    """Pairs of origins `begin` to `end` and facilities within the limit: origin, facility, ticks; in no order."""
    row_of = np.full(len(graph.first_arc) - 1, -1, np.int32)
    walks, links = np.empty((ROWS, LANES), np.uint16), np.empty((ROWS, DUE + 1), np.int32)
    facility_row = np.full(len(places.first_category) - 1, -1, np.int32)
    facility_walks, facility_of = np.empty((ROWS, LANES), np.uint16), np.empty(ROWS, np.int32)
    room, found = ROWS * LANES, 0
    origin, facility, ticks = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.uint16)
    for start in range(begin, end, LANES):
        stop = min(start + LANES, end)
        walks, links, rows = search(graph, hierarchy, origins, start, stop, limit, row_of, walks, links)
        facility_walks, facility_of, met = gather(
            graph,
            origins,
            start,
            stop,
            places,
            on_chain,
            limit,
            links,
            rows,
            walks,
            facility_row,
            facility_walks,
            facility_of,
        )
        if found + met * LANES > room:
            room = 2 * room + met * LANES
            origin, facility, ticks = lengthened(origin, room), lengthened(facility, room), lengthened(ticks, room)
        for lane in range(stop - start):
            for r in range(met):
                if facility_walks[r, lane] <= limit:
                    origin[found], facility[found] = order[start + lane], facility_of[r]
                    ticks[found] = facility_walks[r, lane]
                    found += 1
        for k in range(rows):
            row_of[links[k, NODE]] = -1
    return origin[:found], facility[:found], ticks[:found]
