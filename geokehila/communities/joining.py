"""Homes apart: what open land lies between is joined, what a barrier parts is not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geokehila.reach.arrays import Floats, Ints

#: [m] Over open land people are neighbours no farther than this, on the map.
APART_M = 1_000.0


@dataclass(frozen=True, eq=False)
class Apart:
    """Where homes are, `xy` [m], shape (O, 2), and the `block` of each, shape (O,)."""

    xy: Floats
    block: Ints


def over_open_land(homes: Apart, piece: Ints, people: Floats, facing: Ints, closed: np.ndarray, least: float) -> Ints:
    """Return pairs of blocks that join pieces with too few people to others over open land, shape (J, 2).

    Two pieces are joined at the two homes that are nearest each other, within 1 km, with no other home and nothing
    closed between them; the nearest pieces first, as long as one of the two has fewer people than `least`. Pieces that
    face each other over something closed are never joined.

    Parameters
    ----------
    piece, people
        Of each block, shape (B,).
    facing
        Pairs of blocks that something closed parts, shape (F, 2).
    closed
        Lines that nobody crosses.
    """
    ends = _neighbours(homes.xy)
    ends = ends[piece[homes.block[ends[:, 0]]] != piece[homes.block[ends[:, 1]]]]
    apart_m = np.hypot(*(homes.xy[ends[:, 0]] - homes.xy[ends[:, 1]]).T).round(3)
    near = np.flatnonzero(apart_m <= APART_M)
    pairs = ends[near[np.lexsort((ends[near, 1], ends[near, 0], apart_m[near]))]]
    is_cut = np.zeros(len(pairs), bool)
    is_cut[shapely.STRtree(closed).query(shapely.linestrings(homes.xy[pairs]), predicate="intersects")[0]] = True
    blocks = homes.block[pairs[~is_cut]]
    return blocks[_joining(piece[blocks], piece[facing], np.bincount(piece, people), least)]


def _neighbours(xy: Floats) -> Ints:
    """Return the pairs of homes that no other lies between, by the triangles of Delaunay, shape (N, 2)."""
    sides = shapely.get_parts(shapely.delaunay_triangles(shapely.multipoints(xy), only_edges=True))
    every = np.concatenate([xy, shapely.get_coordinates(sides)])
    _, first, same = np.unique(every, axis=0, return_index=True, return_inverse=True)
    ends = first[same.reshape(-1)[len(xy) :]].reshape(-1, 2)
    return np.sort(ends, axis=1)


def _joining(pairs: Ints, facing: Ints, people: Floats, least: float) -> list[int]:
    """Return which pairs of pieces, the nearest first, join one with too few people to another that it does not face."""
    group, total, faces = np.arange(len(people)), people.copy(), np.zeros((len(people),) * 2, bool)
    faces[facing[:, 0], facing[:, 1]] = faces[facing[:, 1], facing[:, 0]] = True
    found = []
    for i, ends in enumerate(pairs):
        low, high = sorted(group[ends].tolist())
        if low != high and min(total[low], total[high]) < least and not faces[low, high]:
            group[group == high] = low
            total[low] += total[high]
            faces[low] |= faces[high]
            faces[:, low] |= faces[:, high]
            found.append(i)
    return found
