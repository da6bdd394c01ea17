"""Points on edges made points on chains, one at a time: a dozen arrays are read for each, and ten written."""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.ticks import CLOSED, PER_S, UNREACHED


@njit(cache=True, nogil=True)
def stand(graph, piece_of, chain_of, flipped, edge, forward_s, backward_s, off_s):
    """Return the fields of `Placed`, and of the seconds that count the first that are not 0 or more, 0 if all are."""
    many, wrong_s = len(edge), 0.0
    chain, piece = np.full(many, -1, np.int32), np.zeros(many, np.int32)
    to_tail, to_head = np.full(many, UNREACHED, np.uint16), np.full(many, UNREACHED, np.uint16)
    from_tail, from_head = np.full(many, UNREACHED, np.uint16), np.full(many, UNREACHED, np.uint16)
    ahead, behind = np.zeros(many, np.int32), np.zeros(many, np.int32)
    off = np.full(many, CLOSED, np.int32)
    for i in range(many):
        if edge[i] < 0:
            continue
        p = piece[i] = piece_of[edge[i]]
        c = chain[i] = chain_of[p]
        off[i] = ticks(off_s[i])
        forward, backward = np.int64(graph.piece_forward[p]), np.int64(graph.piece_backward[p])
        along_s, against_s = (backward_s[i], forward_s[i]) if flipped[p] else (forward_s[i], backward_s[i])
        if not off_s[i] >= 0:
            wrong_s = off_s[i]
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
def ticks(seconds):
    """Seconds as ticks, as `rounded` has them."""
    return np.int64(np.rint(min(seconds * PER_S, float(CLOSED))))
