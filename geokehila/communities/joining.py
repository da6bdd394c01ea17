"""Homes apart: people on two sides of open land are joined, those whom something closed parts are not."""

from __future__ import annotations

import numpy as np
import shapely

from geokehila.communities.blocks import Blocks, Homes
from geokehila.reach.arrays import Floats, Ints

#: [m] Over open land people are neighbours no farther than this, on the map: a walk of a quarter of an hour.
APART_M = 1_000.0
_NONE = np.empty((0, 2), np.int64)


def over_open_land(made: Blocks, homes: Homes, barriers: np.ndarray, least: float) -> Ints:
    """Return pairs of blocks that join pieces with too few people to others over open land, shape (J, 2).

    Two pieces are joined at the two homes that are nearest each other, within 1 km, with no other home and nothing that
    is closed between them; the nearest pieces first, as long as one of the two has fewer people than `least`. Pieces
    that face each other over something closed are never joined.

    Parameters
    ----------
    barriers
        Lines that nobody crosses on open land.
    """
    piece, facing, xy = made.links(_NONE).pieces(), made.facing, shapely.get_coordinates(homes.at)
    ends = _neighbours(xy)
    ends = ends[piece[made.of_home[ends[:, 0]]] != piece[made.of_home[ends[:, 1]]]]
    apart_m = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T).round(3)
    near = np.flatnonzero(apart_m <= APART_M)
    pairs = ends[near[np.lexsort((ends[near, 1], ends[near, 0], apart_m[near]))]]
    closed = shapely.STRtree(np.append(barriers, facing.geometry.to_numpy()))
    is_cut = np.zeros(len(pairs), bool)
    is_cut[closed.query(shapely.linestrings(xy[pairs]), predicate="intersects")[0]] = True
    block = made.of_home[pairs[~is_cut]]
    people = np.bincount(piece, made.people)
    return block[_joining(piece[block], piece[facing[["one", "other"]].to_numpy()], people, least)]


def _neighbours(xy: Floats) -> Ints:
    """Return the pairs of homes that no other lies between, by the triangles of Delaunay, shape (N, 2)."""
    sides = shapely.get_parts(shapely.delaunay_triangles(shapely.multipoints(xy), only_edges=True))
    every = np.concatenate([xy, shapely.get_coordinates(sides)])
    _, first, same = np.unique(every @ [1, 1j], return_index=True, return_inverse=True)
    return np.sort(first[same.reshape(-1)[len(xy) :]].reshape(-1, 2), axis=1)


def _joining(pairs: Ints, facing: Ints, people: Floats, least: float) -> list[int]:
    """Return which pairs of pieces, the nearest first, join one with too few people to one that it does not face."""
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
