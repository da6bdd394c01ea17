"""One search from each origin, read for counts, decays and streets in reach at once."""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.facilities import count, gather
from geokehila.reach.kernels.pedshed import measure
from geokehila.reach.kernels.search import DUE, LANES, NODE, search

#: Rows that a worker starts with; it takes more when a search needs them.
ROWS = 2048


@njit(cache=True, nogil=True)
def sweep(
    graph,
    hierarchy,
    origins,
    begin,
    end,
    order,
    places,
    on_chain,
    limit,
    limits,
    weights,
    streets,
    counted,
    summed,
    out_mm,
    out_nodes,
    out_junctions,
):
    """Answer origins `begin` to `end`, which stand in an order that keeps neighbours together.

    `order` (O,) is the row of the outputs that each origin writes: counted (., K, C), summed (., D, C), and where
    `streets` is true out_mm, out_nodes and out_junctions (., K). `limits` are sorted and no longer than
    `limit`, where the search ends.
    """
    cutoffs = len(limits)
    row_of = np.full(len(graph.first_arc) - 1, -1, np.int32)
    walks, links = np.empty((ROWS, LANES), np.uint16), np.empty((ROWS, DUE + 1), np.int32)
    facility_row = np.full(len(places.first_category) - 1, -1, np.int32)
    facility_walks, facility_of = np.empty((ROWS, LANES), np.uint16), np.empty(ROWS, np.int32)
    batch_counted = np.empty((LANES, *counted.shape[1:]), np.int64)
    batch_summed = np.empty((LANES, *summed.shape[1:]), np.int64)
    mm, nodes, junctions = (
        np.empty((LANES, cutoffs), np.int64),
        np.empty((LANES, cutoffs), np.int64),
        np.empty((LANES, cutoffs), np.int64),
    )
    asked = len(facility_row) > 0
    for start in range(begin, end, LANES):
        stop = min(start + LANES, end)
        walks, links, rows = search(graph, hierarchy, origins, start, stop, limit, row_of, walks, links)
        if asked:
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
            batch_counted[:] = 0
            batch_summed[:] = 0
            count(places, limits, weights, facility_walks, facility_of, met, batch_counted, batch_summed)
        if streets:
            mm[:] = 0
            nodes[:] = 0
            junctions[:] = 0
            measure(graph, origins, start, stop, limits, row_of, walks, links, rows, mm, nodes, junctions)
        for lane in range(stop - start):
            i = order[start + lane]
            if asked:
                counted[i] = batch_counted[lane]
                summed[i] = batch_summed[lane]
            if streets:
                out_mm[i], out_nodes[i], out_junctions[i] = mm[lane], nodes[lane], junctions[lane]
        for k in range(rows):
            row_of[links[k, NODE]] = -1
