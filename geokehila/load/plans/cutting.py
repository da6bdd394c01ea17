"""Cells that lie over one another: where they do, the first in an order stands and the others are cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geokehila.reach.arrays import Ints

#: [m2] A piece that cutting leaves of a cell and that is smaller is a border drawn twice.
SLIVER_M2 = 10.0


@dataclass(frozen=True, eq=False)
class Cut:
    """What is left of shapes that lay over one another.

    Attributes
    ----------
    shapes
        What is left of each, shape (N,); None where nothing is.
    lost_m2
        [m2] What each lost to shapes that go before it, shape (N,).
    slivers_count, slivers_m2
        Pieces below 10 m2 that cutting left and that are dropped, and their area [m2].
    first, other
        Pairs that share more than 10 m2: the row of the one that goes before, and of the one that is cut.
    """

    shapes: np.ndarray
    lost_m2: np.ndarray
    slivers_count: int
    slivers_m2: float
    first: Ints
    other: Ints


def cut(shapes: np.ndarray, place: Ints) -> Cut:
    """Cut from each shape the ground of those that go before it.

    Parameters
    ----------
    shapes
        Valid polygons [m], shape (N,).
    place
        Where each stands in the order, the first 0, no two alike, shape (N,).

    Examples
    --------
    >>> squares = shapely.box([0, 50], 0, [100, 150], 100)
    >>> found = cut(squares, np.array([1, 0]))
    >>> shapely.area(found.shapes).tolist(), found.lost_m2.tolist()
    ([5000.0, 10000.0], [5000.0, 0.0])
    """
    other, first = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    other, first = other[place[first] < place[other]], first[place[first] < place[other]]
    shared = shapely.area(shapely.intersection(shapes[other], shapes[first]))
    over = pd.Series(shapes[first[shared > 0]]).groupby(other[shared > 0]).agg(shapely.union_all)
    rows = over.index.to_numpy(np.int64)
    left = np.array(shapes, dtype=object)
    left[rows] = shapely.difference(shapes[rows], over.to_numpy(object))
    lost = shapely.area(shapes) - shapely.area(left)
    pieces, of_row = shapely.get_parts(shapely.make_valid(left[rows]), return_index=True)
    pieces, inner = shapely.get_parts(pieces, return_index=True)
    area = shapely.area(pieces)
    is_sliver = (area > 0) & (area < SLIVER_M2)
    left[rows] = _joined(pieces[area >= SLIVER_M2], of_row[inner][area >= SLIVER_M2], len(rows))
    real = shared > SLIVER_M2
    return Cut(left, lost, int(is_sliver.sum()), float(area[is_sliver].sum()), first[real], other[real])


def _joined(pieces: np.ndarray, of_row: Ints, count: int) -> np.ndarray:
    """Return the pieces of each row as one shape, None where it has none, shape (count,)."""
    joined = np.full(count, None, dtype=object)
    several = np.bincount(of_row, minlength=count)[of_row] > 1
    joined[of_row[~several]] = pieces[~several]
    rows, group = np.unique(of_row[several], return_inverse=True)
    joined[rows] = shapely.multipolygons(pieces[several], indices=group)
    return joined
