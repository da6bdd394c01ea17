"""Streets joined through the nodes where nothing but two of them meet."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def by_key(key: NDArray[np.int32], keys: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Group items by key: pointers of shape (keys + 1,) into the items' indices, which stay in their order.

    Items with a negative key belong to no group.
    """
    pointer = np.zeros(keys + 1, np.int32)
    for i in range(len(key)):
        if key[i] >= 0:
            pointer[key[i] + 1] += 1
    for k in range(keys):
        pointer[k + 1] += pointer[k]
    item = np.empty(pointer[keys], np.int32)
    place = pointer[:-1].copy()
    for i in range(len(key)):
        if key[i] >= 0:
            item[place[key[i]]] = i
            place[key[i]] += 1
    return pointer, item


@njit(cache=True, nogil=True)
def walk_chains(
    pointer: NDArray[np.int32],
    incident: NDArray[np.int32],
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    keep: NDArray[np.bool_],
) -> tuple[
    NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_], NDArray[np.bool_]
]:
    """Walk from every kept node along every edge to the next kept node.

    Returns the nodes at the start and end of each chain, where each chain's pieces start (and end), each piece's edge,
    whether that edge is walked from its head, and the kept nodes: of a ring without any, the first has been added.
    """
    edges = len(tail)
    used = np.zeros(edges, np.bool_)
    start, end, first = np.empty(edges, np.int32), np.empty(edges, np.int32), np.zeros(edges + 1, np.int32)
    piece_edge, piece_flipped = np.empty(edges, np.int32), np.empty(edges, np.bool_)
    kept = keep.copy()
    chains = pieces = 0
    for rings in (False, True):
        for node in range(len(pointer) - 1):
            if not (rings or kept[node]):
                continue
            for a in range(pointer[node], pointer[node + 1]):
                edge = incident[a]
                if used[edge]:
                    continue
                kept[node] = True
                start[chains] = here = node
                while True:
                    used[edge] = True
                    flipped = tail[edge] != here
                    piece_edge[pieces], piece_flipped[pieces] = edge, flipped
                    pieces += 1
                    here = tail[edge] if flipped else head[edge]
                    if kept[here]:
                        break
                    onward = incident[pointer[here]]
                    edge = incident[pointer[here] + 1] if onward == edge else onward
                end[chains] = here
                chains += 1
                first[chains] = pieces
    return start[:chains], end[:chains], first[: chains + 1], piece_edge, piece_flipped, kept
