"""Of many links that are much the same a few: none near a better one, none that a better one makes needless."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from geokehila.reach.arrays import Flags, Floats, Ints


def apart(links: np.ndarray, order: Ints, near_m: float, most: int) -> Ints:
    """Return the links, in their order, of which none begins and ends near a better one.

    Parameters
    ----------
    links
        Straight lines, shape (K,).
    order
        Their numbers, the best first, shape (K,).
    near_m
        [m] Near are ends of which neither easting nor northing differs more, whichever is the beginning.
    most
        No more than this.

    Examples
    --------
    >>> links = shapely.linestrings([[(0, 0), (60, 0)], [(60, 9), (0, 9)], [(0, 99), (60, 99)]])
    >>> apart(links, np.array([1, 2, 0]), 50.0, 9).tolist()
    [1, 2]
    """
    ends = shapely.get_coordinates(links).reshape(-1, 4)
    tree, left = KDTree(ends), np.ones(len(ends), bool)
    kept: list[int] = []
    for number in order.tolist():
        if left[number] and len(kept) < most:
            kept.append(number)
            for either_way in (ends[number], np.roll(ends[number], 2)):
                left[tree.query_ball_point(either_way, near_m, p=np.inf)] = False
    return np.array(kept, np.int64)


def needed(link: np.ndarray, given: np.ndarray, length_m: Floats, walked_s: Floats) -> Flags:
    """Tell which links give what no other does that is no longer, to the metre, shape (K,).

    Parameters
    ----------
    link, given
        What each link gives, as pairs of numbers; a link that gives nothing is not needed.
    length_m, walked_s
        Of each link; of those that give the same the shortest is needed, else that of the shorter walks.
    """
    count = len(length_m)
    table = csr_array((np.ones(len(link)), (link, given)), shape=(count, int(given.max(initial=-1)) + 1))
    gives = np.bincount(link, minlength=count)
    rank = np.empty(count, np.int64)
    rank[np.lexsort((np.arange(count), walked_s.round(), -gives, length_m.round()))] = np.arange(count)
    is_within = (table @ table.T).toarray() >= gives[:, None]
    needless: Flags = (is_within & (rank[None, :] < rank[:, None])).any(axis=1)
    return (gives > 0) & ~needless
