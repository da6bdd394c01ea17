"""What a search from 64 origins says of streets: the length, the nodes and the junctions in reach, each lane its own.

A chain that all lanes walk whole, or none, is settled by the shortest and longest walk to its ends. The rest is
measured piece by piece, in millimetres: how far each end's walk leads into the piece, never more than the piece.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.facilities import add_within
from geokehila.reach.kernels.search import LANES, UNREACHED
from geokehila.reach.ticks import CLOSED

#: Rows counted in 16 bits before they are added up; millimetres added to 32 bits before they are.
CHUNK, FULL_MM = 65535, 1 << 30


@njit(cache=True, nogil=True)
def span(row):  # type: ignore[no-untyped-def]
    """Return the shortest and the longest walk of a row."""
    low, high = UNREACHED, np.uint16(0)
    for q in range(LANES):
        low, high = min(low, row[q]), max(high, row[q])
    return low, high


@njit(cache=True, nogil=True)
def between(at_tail, at_head, ahead, behind, out):  # type: ignore[no-untyped-def]
    """Walks to a node within a chain: from its tail or its head, whichever is shorter."""
    for q in range(LANES):
        x = np.uint16(at_tail[q] + ahead)
        y = np.uint16(at_head[q] + behind)
        out[q] = min(UNREACHED if x < ahead else x, UNREACHED if y < behind else y)


@njit(cache=True, nogil=True)
def add_piece(at_start, at_end, limit, forward, backward, per_forward, per_backward, mm, total):  # type: ignore[no-untyped-def]
    """Add how much of a piece [mm] each lane walks, from both its ends."""
    for q in range(LANES):
        a, z = at_start[q], at_end[q]
        left_a, left_z = np.uint16(max(a, limit) - a), np.uint16(max(z, limit) - z)
        whole = ((a <= limit) & (left_a >= forward)) | ((z <= limit) & (left_z >= backward))
        part = np.float32(left_a) * per_forward + np.float32(left_z) * per_backward
        part = min(part, np.float32(mm)) + np.float32(0.5)
        total[q] = np.int32(total[q] + (mm if whole else np.int32(part)))


@njit(cache=True, nogil=True)
def add_whole(at_tail, at_head, limit, mm, inner, total, nodes):  # type: ignore[no-untyped-def]
    """Add a chain that each lane walks whole or not at all."""
    for q in range(LANES):
        reached = (at_tail[q] <= limit) | (at_head[q] <= limit)
        total[q] = np.int32(total[q] + (mm if reached else np.int32(0)))
        nodes[q] = np.int32(nodes[q] + (inner if reached else np.int32(0)))


@njit(cache=True, nogil=True)
def add_nodes(row, limit, nodes):  # type: ignore[no-untyped-def]
    """Count a node within a chain in the lanes that reach it."""
    for q in range(LANES):
        nodes[q] = np.int32(nodes[q] + (np.int32(1) if row[q] <= limit else np.int32(0)))


@njit(cache=True, nogil=True)
def all_or_nothing(at_tail, at_head, limit, forward, backward):  # type: ignore[no-untyped-def]
    """Tell whether every lane walks a chain whole or meets neither end."""
    parts = np.uint16(0)
    for q in range(LANES):
        a, z = at_tail[q], at_head[q]
        left_a, left_z = np.uint16(max(a, limit) - a), np.uint16(max(z, limit) - z)
        whole = ((a <= limit) & (left_a >= forward)) | ((z <= limit) & (left_z >= backward))
        parts |= np.uint16(0) if whole | ((a > limit) & (z > limit)) else np.uint16(1)
    return parts == 0


@njit(cache=True, nogil=True)
def saturated(ticks):  # type: ignore[no-untyped-def]
    """Ticks in 16 bits, UNREACHED for all that is longer."""
    return np.uint16(min(ticks, np.int64(65535)))


@njit(cache=True, nogil=True)
def per_tick(mm, ticks):  # type: ignore[no-untyped-def]
    """[mm] Walked in a tick; 0 where closed, and where there is nothing to walk part of."""
    return np.float32(mm / ticks) if 0 < ticks < CLOSED else np.float32(0)


@njit(cache=True, nogil=True)
def part_of(a, z, limit, forward, backward, mm):  # type: ignore[no-untyped-def]
    """Return what `add_piece` adds, for one lane."""
    if (a <= limit and limit - a >= min(forward, 65535)) or (z <= limit and limit - z >= min(backward, 65535)):
        return np.int64(mm)
    part = np.float32(max(limit - a, 0)) * per_tick(mm, forward) + np.float32(max(limit - z, 0)) * per_tick(mm, backward)
    return np.int64(np.int32(min(np.float32(part), np.float32(mm)) + np.float32(0.5)))


@njit(cache=True, nogil=True)
def cut_piece(a, z, off, limit, forward, backward, before, after, mm):  # type: ignore[no-untyped-def]
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
        return np.int64(mm) if (off <= limit and free) or (a <= limit and forward == 0) or (z <= limit and backward == 0) else np.int64(0)
    first_mm, second_mm = mm * (first / (first + second)), mm * (second / (first + second))
    walked = _reached(a, off, limit, forward_before, backward_before, first_mm)
    walked += _reached(off, z, limit, forward_after, backward_after, second_mm)
    return np.int64(walked + 0.5)


@njit(cache=True, nogil=True)
def _reached(a, z, limit, forward, backward, mm):  # type: ignore[no-untyped-def]
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
def measure(graph, origins, begin, end, limits, row_of, walks, node, rows, out_mm, out_nodes, out_junctions):  # type: ignore[no-untyped-def]
    """Add length [mm], nodes and junctions within each cutoff to the rows of each origin, shape (64, K)."""
    lanes, cutoffs = end - begin, len(limits)
    nothing = np.full(LANES, UNREACHED, np.uint16)
    low, high = np.empty(rows, np.uint16), np.empty(rows, np.uint16)
    met = np.empty((2, cutoffs, LANES), np.uint16)
    for start in range(0, rows, CHUNK):
        met[:] = 0
        for k in range(start, min(rows, start + CHUNK)):
            low[k], high[k] = span(walks[k])
            kind = 1 if graph.is_junction[node[k]] else 0
            for c in range(cutoffs):
                if low[k] <= limits[c]:
                    add_within(walks[k], limits[c], met[kind, c])
        for lane in range(lanes):
            for c in range(cutoffs):
                out_nodes[lane, c] += np.int64(met[0, c, lane]) + np.int64(met[1, c, lane])
                out_junctions[lane, c] += met[1, c, lane]
    total, inner_nodes = np.zeros((cutoffs, LANES), np.int32), np.zeros((cutoffs, LANES), np.int32)
    base_mm, base_nodes = np.zeros(cutoffs, np.int64), np.zeros(cutoffs, np.int64)
    here_row, there_row = np.empty(LANES, np.uint16), np.empty(LANES, np.uint16)
    pending_mm = np.int64(0)
    for k in range(rows):
        for arc in range(graph.first_arc[node[k]], graph.first_arc[node[k] + 1]):
            j = row_of[graph.neighbour[arc]]
            if graph.from_head[arc] and j >= 0:
                continue  # seen from its tail
            chain = graph.chain[arc]
            at_tail, low_tail, high_tail = nothing, UNREACHED, UNREACHED
            at_head, low_head, high_head = nothing, UNREACHED, UNREACHED
            if graph.from_head[arc]:
                at_head, low_head, high_head = walks[k], low[k], high[k]
            else:
                at_tail, low_tail, high_tail = walks[k], low[k], high[k]
                if j >= 0:
                    at_head, low_head, high_head = walks[j], low[j], high[j]
            if min(low_tail, low_head) > limits[-1]:
                continue
            first, last = graph.first_piece[chain], graph.first_piece[chain + 1]
            mm = np.int64(0)
            for p in range(first, last):
                mm += graph.piece_mm[p]
            if pending_mm + mm > FULL_MM:
                _empty(total, inner_nodes, lanes, out_mm, out_nodes)
                pending_mm = 0
            pending_mm += mm
            inner = last - first - 1
            whole_forward, whole_backward = np.int64(graph.forward[chain]), np.int64(graph.backward[chain])
            forward, backward = saturated(whole_forward), saturated(whole_backward)
            for c in range(cutoffs):
                limit = limits[c]
                if low_tail > limit and low_head > limit:
                    continue
                if high_tail + whole_forward <= limit or high_head + whole_backward <= limit:
                    base_mm[c] += mm
                    base_nodes[c] += inner
                elif mm <= FULL_MM and inner and all_or_nothing(at_tail, at_head, limit, forward, backward):
                    add_whole(at_tail, at_head, limit, np.int32(mm), np.int32(inner), total[c], inner_nodes[c])
                else:
                    begins = at_tail
                    for p in range(first, last):
                        ends = at_head
                        if p < last - 1:
                            ends = there_row if (p - first) % 2 else here_row
                            between(at_tail, at_head, saturated(graph.ahead[p]), saturated(graph.behind[p]), ends)
                            add_nodes(ends, limit, inner_nodes[c])
                        f, b = graph.piece_forward[p], graph.piece_backward[p]
                        length = graph.piece_mm[p]
                        add_piece(begins, ends, limit, saturated(f), saturated(b), per_tick(length, f), per_tick(length, b), length, total[c])
                        if mm > FULL_MM:
                            _empty(total, inner_nodes, lanes, out_mm, out_nodes)
                        begins = ends
    _empty(total, inner_nodes, lanes, out_mm, out_nodes)
    for lane in range(lanes):
        for c in range(cutoffs):
            out_mm[lane, c] += base_mm[c]
            out_nodes[lane, c] += base_nodes[c]
            _own_chain(graph, origins, begin + lane, lane, limits[c], c, row_of, walks, out_mm, out_nodes)


@njit(cache=True, nogil=True)
def _empty(total, inner_nodes, lanes, out_mm, out_nodes):  # type: ignore[no-untyped-def]
    """Move what narrow lanes hold into the wide arrays."""
    for lane in range(lanes):
        for c in range(len(total)):
            out_mm[lane, c] += total[c, lane]
            out_nodes[lane, c] += inner_nodes[c, lane]
    total[:] = 0
    inner_nodes[:] = 0


@njit(cache=True, nogil=True)
def _own_chain(graph, origins, i, lane, limit, c, row_of, walks, out_mm, out_nodes):  # type: ignore[no-untyped-def]
    """Replace what the chain under an origin gave through its ends by what it gives with the origin standing on it."""
    chain, piece = origins.chain[i], origins.piece[i]
    k, j = row_of[graph.tail[chain]], row_of[graph.head[chain]]
    at_tail = np.int64(walks[k, lane]) if k >= 0 else np.int64(65535)
    at_head = np.int64(walks[j, lane]) if j >= 0 else np.int64(65535)
    off, ahead, behind = np.int64(origins.off[i]), np.int64(origins.ahead[i]), np.int64(origins.behind[i])
    first, last = graph.first_piece[chain], graph.first_piece[chain + 1]
    through = through_own = at_tail
    for p in range(first, last):
        mm, forward, backward = graph.piece_mm[p], np.int64(graph.piece_forward[p]), np.int64(graph.piece_backward[p])
        end = end_own = at_head
        if p < last - 1:
            end = min(at_tail + graph.ahead[p], at_head + graph.behind[p], np.int64(65535))
            own = graph.ahead[p] - ahead if p >= piece else graph.behind[p] - behind
            end_own = min(end, own + off)
            out_nodes[lane, c] += (1 if end_own <= limit else 0) - (1 if end <= limit else 0)
        out_mm[lane, c] -= part_of(through, end, limit, forward, backward, mm)
        if p == piece:
            before = ahead - (graph.ahead[p] - forward) if forward < CLOSED else np.int64(0)
            after = behind - graph.behind[p] if backward < CLOSED else np.int64(0)
            out_mm[lane, c] += cut_piece(through_own, end_own, off, limit, forward, backward, before, after, mm)
        else:
            out_mm[lane, c] += part_of(through_own, end_own, limit, forward, backward, mm)
        through, through_own = end, end_own
