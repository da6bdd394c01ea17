"""Points on edges made points on chains, one at a time, as a dozen arrays are read and written for each; and listed."""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.chains import by_key
from geokehila.reach.ticks import CLOSED, PER_S, UNREACHED


@njit(cache=True, nogil=True)
def in_order(piece_of, chain_of, edge, chains):
    """Return the points that are on an edge, by chain."""
    chain = np.full(len(edge), -1, np.int32)
    for i in range(len(edge)):
        if edge[i] >= 0:
            chain[i] = chain_of[piece_of[edge[i]]]
    return by_key(chain, chains)[1]


@njit(cache=True, nogil=True)
def stand(graph, piece_of, chain_of, flipped, chosen, of_edge, forwards_s, backwards_s, offs_s):
    """Return the fields of `Placed` of the chosen points, and of their seconds that count one below 0 or no number."""
    many, wrong_s = len(chosen), 0.0
    chain, piece = np.full(many, -1, np.int32), np.zeros(many, np.int32)
    to_tail, to_head = np.full(many, UNREACHED, np.uint16), np.full(many, UNREACHED, np.uint16)
    from_tail, from_head = np.full(many, UNREACHED, np.uint16), np.full(many, UNREACHED, np.uint16)
    ahead, behind = np.zeros(many, np.int32), np.zeros(many, np.int32)
    off = np.full(many, CLOSED, np.int32)
    for i in range(many):
        edge = of_edge[chosen[i]]
        if edge < 0:
            continue
        p = piece[i] = piece_of[edge]
        c = chain[i] = chain_of[p]
        forward_s, backward_s, off_s = forwards_s[chosen[i]], backwards_s[chosen[i]], offs_s[chosen[i]]
        off[i] = ticks(off_s)
        forward, backward = np.int64(graph.piece_forward[p]), np.int64(graph.piece_backward[p])
        along_s, against_s = (backward_s, forward_s) if flipped[p] else (forward_s, backward_s)
        if not off_s >= 0:
            wrong_s = off_s
        if forward < CLOSED:
            along = min(ticks(along_s), forward)
            if not along_s >= 0:
                wrong_s = along_s
        if backward < CLOSED:
            against = min(ticks(against_s), backward)
            if not against_s >= 0:
                wrong_s = against_s
        if graph.forward[c] < CLOSED:
            ahead[i] = graph.ahead[p] - forward + along
            from_tail[i] = min(ahead[i] + off[i], UNREACHED)
            to_head[i] = min(graph.forward[c] - ahead[i] + off[i], UNREACHED)
        if graph.backward[c] < CLOSED:
            behind[i] = graph.behind[p] + against
            from_head[i] = min(behind[i] + off[i], UNREACHED)
            to_tail[i] = min(graph.backward[c] - behind[i] + off[i], UNREACHED)
    return (chain, piece, to_tail, to_head, from_tail, from_head, ahead, behind, off), wrong_s


@njit(cache=True, nogil=True)
def listed(graph, placed, facility, members, facilities, categories):
    """Return the fields of `Facilities` of placed points.

    `members` are the numbers of what is true in the table of `facilities` rows and `categories` columns, rising.
    """
    many = len(placed.chain)
    node, walks = np.full(2 * many, -1, np.int32), np.empty(2 * many, np.uint16)
    for p in range(many):
        walks[p], walks[many + p] = placed.from_tail[p], placed.from_head[p]
        if placed.chain[p] >= 0:
            node[p] = graph.tail[placed.chain[p]] if walks[p] < UNREACHED else -1
            node[many + p] = graph.head[placed.chain[p]] if walks[many + p] < UNREACHED else -1
    first_at, entry = by_key(node, len(graph.first_arc) - 1)
    first_on, on_place = by_key(placed.chain, len(graph.tail))
    at_facility, at_ticks = np.empty(len(entry), np.int32), np.empty(len(entry), np.uint16)
    for e in range(len(entry)):
        at_facility[e], at_ticks[e] = facility[entry[e] % many], walks[entry[e]]
    first_category, category = np.zeros(facilities + 1, np.int32), np.empty(len(members), np.int32)
    for m in range(len(members)):
        first_category[members[m] // categories + 1] += 1
        category[m] = members[m] % categories
    for f in range(facilities):
        first_category[f + 1] += first_category[f]
    return first_at, at_facility, at_ticks, first_on, on_place, facility, first_category, category


@njit(cache=True, nogil=True)
def ticks(seconds):
    """Seconds as ticks, as `rounded` has them."""
    return np.int64(np.rint(min(seconds * PER_S, float(CLOSED))))
