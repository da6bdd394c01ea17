"""What a search from 64 origins says of streets: the length, the nodes and the junctions in reach, each lane its own.

A chain that all lanes walk whole, or none, is settled by the shortest and longest walk to its ends. The rest is
measured piece by piece: how far each end's walk leads into the piece, never more than the piece. Lanes stay 16 bits
wide: each adds units of one size in two halves, the upper one counting how often the lower ran over.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.facilities import add_within
from geokehila.reach.kernels.lanes import (
    added,
    every,
    high,
    least,
    lesser,
    load,
    low,
    minus,
    most,
    plus,
    store,
    where_less,
)
from geokehila.reach.kernels.search import LANES, NODE, UNREACHED, clear
from geokehila.reach.lengths import SIZES
from geokehila.reach.ticks import CLOSED

#: Rows counted in 16 bits, and millimetres added to two times 16, before they are added up.
CHUNK, FULL_MM = 60000, 1 << 31


@njit(cache=True, nogil=True)
def saturated(ticks):
    """Ticks in 16 bits, UNREACHED for all that is longer."""
    return np.uint16(min(ticks, np.int64(65535)))


@njit(cache=True, nogil=True)
def add_piece(start, end, limit, graph, p, total, at):
    """Add how much of piece `p` each lane walks, from both ends, to the halves of its size in `total` from row `at`."""
    units, lower = every(graph.piece_units[p]), at + 2 * np.int64(graph.piece_size[p])
    through = lesser(
        plus(start, every(saturated(graph.piece_forward[p]))), plus(end, every(saturated(graph.piece_backward[p])))
    )
    from_start = low(minus(every(limit), start), every(graph.forward_scale[p]))
    from_end = low(minus(every(limit), end), every(graph.backward_scale[p]))
    walked = plus(high(from_start, every(graph.forward_rate[p])), high(from_end, every(graph.backward_rate[p])))
    walked = where_less(every(limit), through, lesser(walked, units), units)
    summed = added(load(total, lower), walked)
    over = where_less(summed, walked, every(np.uint16(1)), every(np.uint16(0)))
    store(total, lower, summed)
    store(total, lower + 1, added(load(total, lower + 1), over))


@njit(cache=True, nogil=True)
def part_of(a, z, limit, graph, p):
    """Return what `add_piece` adds for one lane [mm]."""
    forward, backward = graph.piece_forward[p], graph.piece_backward[p]
    units, size = np.int64(graph.piece_units[p]), np.int64(graph.piece_size[p])
    if (a <= limit and limit - a >= forward) or (z <= limit and limit - z >= backward):
        return units << size
    from_a, from_z = (
        max(limit - a, 0) * np.int64(graph.forward_scale[p]),
        max(limit - z, 0) * np.int64(graph.backward_scale[p]),
    )
    walked = (from_a * np.int64(graph.forward_rate[p]) >> 16) + (from_z * np.int64(graph.backward_rate[p]) >> 16)
    return min(walked, units) << size


@njit(cache=True, nogil=True)
def cut_piece(a, z, off, limit, forward, backward, before, after, mm):
    """Length walked [mm] of the piece that an origin stands on: what its ends' walks lead to, and its own both ways.

    The origin is `before` ticks from the piece's start and `after` from its end; where on its length, both directions
    that are open tell together.
    """
    forward_before, backward_before, forward_after, backward_after = CLOSED, CLOSED, CLOSED, CLOSED
    first, second = 0, 0
    if forward < CLOSED:
        forward_before, forward_after = before, forward - before
        first, second = first + forward_before, second + forward_after
    if backward < CLOSED:
        backward_before, backward_after = backward - after, after
        first, second = first + backward_before, second + backward_after
    if first + second == 0:  # no time tells where on it the origin is: it is walked whole from anywhere, or not at all
        free = forward == 0 or backward == 0
        return (
            np.int64(mm)
            if (off <= limit and free) or (a <= limit and forward == 0) or (z <= limit and backward == 0)
            else np.int64(0)
        )
    first_mm, second_mm = mm * (first / (first + second)), mm * (second / (first + second))
    walked = _reached(a, off, limit, forward_before, backward_before, first_mm)
    walked += _reached(off, z, limit, forward_after, backward_after, second_mm)
    return np.int64(walked + 0.5)


@njit(cache=True, nogil=True)
def _reached(a, z, limit, forward, backward, mm):
    """Length walked [mm] between two points, walks to which are `a` and `z`."""
    walked = 0.0
    if a <= limit:
        if limit - a >= forward:
            return mm
        if forward < CLOSED:
            walked += (limit - a) * (mm / forward)
    if z <= limit:
        if limit - z >= backward:
            return mm
        if backward < CLOSED:
            walked += (limit - z) * (mm / backward)
    return min(walked, mm)


@njit(cache=True, nogil=True)
def measure(graph, origins, begin, end, limits, row_of, walks, links, rows, out_mm, out_nodes, out_junctions):
    """Add length [mm], nodes and junctions within each cutoff to the rows of each origin, shape (64, K)."""
    lanes, cutoffs = end - begin, len(limits)
    shortest, longest = np.empty(rows + 1, np.uint16), np.empty(rows + 1, np.uint16)
    nothing = rows
    clear(walks, nothing)
    shortest[nothing] = longest[nothing] = UNREACHED
    met = np.empty((2 * cutoffs, LANES), np.uint16)
    for start in range(0, rows, CHUNK):
        met[:] = 0
        for k in range(start, min(rows, start + CHUNK)):
            walk = load(walks, k)
            shortest[k], longest[k] = least(walk), most(walk)
            kind = cutoffs if graph.is_junction[links[k, NODE]] else 0
            for c in range(cutoffs):
                if shortest[k] <= limits[c]:
                    add_within(walk, limits[c], met, kind + c)
        for lane in range(lanes):
            for c in range(cutoffs):
                out_nodes[lane, c] += np.int64(met[c, lane]) + np.int64(met[cutoffs + c, lane])
                out_junctions[lane, c] += met[cutoffs + c, lane]
    total, inner_nodes = np.zeros((cutoffs * 2 * SIZES, LANES), np.uint16), np.zeros((cutoffs, LANES), np.uint16)
    base_mm, base_nodes = np.zeros(cutoffs, np.int64), np.zeros(cutoffs, np.int64)
    pending_mm, pending_nodes = np.int64(0), np.int64(0)
    parts = np.empty(cutoffs, np.int64)
    for k in range(rows):
        node = links[k, NODE]
        for arc in range(graph.first_arc[node], graph.first_arc[node + 1]):
            tail, head = np.int64(k), np.int64(row_of[graph.neighbour[arc]])
            if graph.from_head[arc]:
                if head >= 0:
                    continue  # seen from its tail
                tail, head = np.int64(nothing), np.int64(k)
            elif head < 0:
                head = np.int64(nothing)
            low_tail, low_head = shortest[tail], shortest[head]
            if min(low_tail, low_head) > limits[-1]:
                continue
            chain = graph.chain[arc]
            first, last = graph.first_piece[chain], graph.first_piece[chain + 1]
            mm, inner = np.int64(graph.chain_mm[chain]), last - first - 1
            if pending_mm + mm > FULL_MM or pending_nodes + inner > CHUNK:
                _empty(total, inner_nodes, lanes, out_mm, out_nodes)
                pending_mm, pending_nodes = 0, 0
            pending_mm, pending_nodes = pending_mm + mm, pending_nodes + inner
            through = min(
                np.int64(longest[tail]) + np.int64(graph.forward[chain]),
                np.int64(longest[head]) + np.int64(graph.backward[chain]),
            )
            partly = 0
            for c in range(cutoffs):
                if low_tail > limits[c] and low_head > limits[c]:
                    continue
                if through <= limits[c]:
                    base_mm[c] += mm
                    base_nodes[c] += inner
                else:
                    parts[partly] = c
                    partly += 1
            if not partly:
                continue
            at_tail, at_head = load(walks, tail), load(walks, head)
            start = at_tail
            for p in range(first, last):
                stop = at_head
                if p < last - 1:
                    ahead, behind = every(saturated(graph.ahead[p])), every(saturated(graph.behind[p]))
                    stop = lesser(plus(at_tail, ahead), plus(at_head, behind))
                    for n in range(partly):
                        add_within(stop, limits[parts[n]], inner_nodes, parts[n])
                for n in range(partly):
                    add_piece(start, stop, limits[parts[n]], graph, p, total, parts[n] * 2 * SIZES)
                if inner > CHUNK:
                    _empty(total, inner_nodes, lanes, out_mm, out_nodes)
                start = stop
    _empty(total, inner_nodes, lanes, out_mm, out_nodes)
    for lane in range(lanes):
        for c in range(cutoffs):
            out_mm[lane, c] += base_mm[c]
            out_nodes[lane, c] += base_nodes[c]
        chain = origins.chain[begin + lane]
        k, j = row_of[graph.tail[chain]], row_of[graph.head[chain]]
        at_tail = np.int64(walks[k, lane]) if k >= 0 else np.int64(UNREACHED)
        at_head = np.int64(walks[j, lane]) if j >= 0 else np.int64(UNREACHED)
        through = min(at_tail + graph.forward[chain], at_head + graph.backward[chain])
        for c in range(cutoffs):
            if through > limits[c]:  # else it is walked whole either way
                _own_chain(graph, origins, begin + lane, lane, limits[c], c, at_tail, at_head, out_mm, out_nodes)


@njit(cache=True, nogil=True)
def _empty(total, inner_nodes, lanes, out_mm, out_nodes):
    """Move what narrow lanes hold into the wide arrays."""
    for lane in range(lanes):
        for c in range(len(inner_nodes)):
            for size in range(SIZES):
                lower = 2 * (c * SIZES + size)
                units = (np.int64(total[lower + 1, lane]) << 16) + np.int64(total[lower, lane])
                out_mm[lane, c] += units << size
            out_nodes[lane, c] += inner_nodes[c, lane]
    total[:] = 0
    inner_nodes[:] = 0


@njit(cache=True, nogil=True)
def _own_chain(graph, origins, i, lane, limit, c, at_tail, at_head, out_mm, out_nodes):
    """Replace what the chain under an origin gave through its ends by what it gives with the origin standing on it."""
    chain, piece = origins.chain[i], origins.piece[i]
    off, ahead, behind = np.int64(origins.off[i]), np.int64(origins.ahead[i]), np.int64(origins.behind[i])
    first, last = graph.first_piece[chain], graph.first_piece[chain + 1]
    through = through_own = at_tail
    for p in range(first, last):
        forward, backward = np.int64(graph.piece_forward[p]), np.int64(graph.piece_backward[p])
        end = end_own = at_head
        if p < last - 1:
            end = min(at_tail + graph.ahead[p], at_head + graph.behind[p], np.int64(65535))
            own = graph.ahead[p] - ahead if p >= piece else graph.behind[p] - behind
            end_own = min(end, own + off)
            out_nodes[lane, c] += (1 if end_own <= limit else 0) - (1 if end <= limit else 0)
        out_mm[lane, c] -= part_of(through, end, limit, graph, p)
        if p == piece:
            before = ahead - (graph.ahead[p] - forward) if forward < CLOSED else np.int64(0)
            after = behind - graph.behind[p] if backward < CLOSED else np.int64(0)
            mm = np.int64(graph.piece_units[p]) << np.int64(graph.piece_size[p])
            out_mm[lane, c] += cut_piece(through_own, end_own, off, limit, forward, backward, before, after, mm)
        else:
            out_mm[lane, c] += part_of(through_own, end_own, limit, graph, p)
        through, through_own = end, end_own
