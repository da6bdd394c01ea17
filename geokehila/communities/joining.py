"""Homes apart: what open land lies between is joined, what a barrier parts is not."""

from __future__ import annotations

import numpy as np
import shapely

from geokehila.reach.arrays import Floats, Ints

#: [m] Over open land people are neighbours no farther than this, on the map.
APART_M = 1_000.0


def over_open_land(xy: Floats, block: Ints, piece: Ints, people: Floats, closed: np.ndarray, least: float) -> Ints:
    """Return pairs of blocks that join pieces with too few people to others over open land, shape (J, 2).

    Two pieces are joined at the two homes that are nearest each other, within 1 km, with no other home and nothing that
    is closed between; the nearest pieces first, as long as one of the two has fewer people than `least`.

    Parameters
    ----------
    xy, block
        [m] Where homes are, shape (O, 2), and the block of each, shape (O,).
    piece, people
        Of each block, shape (B,).
    closed
        Lines that nobody crosses.
    """
    ends = _neighbours(xy)
    ends = ends[piece[block[ends[:, 0]]] != piece[block[ends[:, 1]]]]
    apart_m = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T).round(3)
    near = np.flatnonzero(apart_m <= APART_M)
    pairs = ends[near[np.lexsort((ends[near, 1], ends[near, 0], apart_m[near]))]]
    is_cut = np.zeros(len(pairs), bool)
    is_cut[shapely.STRtree(closed).query(shapely.linestrings(xy[pairs]), predicate="intersects")[0]] = True
    return _joined(block[pairs[~is_cut]], piece, people, least)


def _neighbours(xy: Floats) -> Ints:
    """Return the pairs of homes that no other lies between, by the triangles of Delaunay, shape (N, 2)."""
    sides = shapely.get_parts(shapely.delaunay_triangles(shapely.multipoints(xy), only_edges=True))
    every = np.concatenate([xy, shapely.get_coordinates(sides)])
    _, first, same = np.unique(every, axis=0, return_index=True, return_inverse=True)
    ends = first[same.reshape(-1)[len(xy) :]].reshape(-1, 2)
    return np.sort(ends, axis=1)


def _joined(pairs: Ints, piece: Ints, people: Floats, least: float) -> Ints:
    """Return the pairs of blocks, of those given the nearest first, that join a piece with too few people to another."""
    group = np.arange(piece.max(initial=-1) + 1)
    total = np.bincount(piece, people)
    found = []
    for one, other in pairs:
        low, high = sorted((group[piece[one]], group[piece[other]]))
        if low != high and min(total[low], total[high]) < least:
            group[group == high] = low
            total[low] += total[high]
            found.append((one, other))
    return np.array(found, np.int64).reshape(-1, 2)
