"""What lies in what: sites in buildings, grounds and water; on which side of the coast; near homes and zones."""

from __future__ import annotations

import numpy as np
import shapely

from geokehila.reach.arrays import Flags, Floats, Ints

#: A shape drawn so much larger than a ground may still be the same thing, drawn twice.
SAME_SIZE = 1.1
#: A site with more of its area in a ground lies in it.
MOST_OF_IT = 0.5


def standing_in(shapes: np.ndarray, grounds: np.ndarray) -> Ints:
    """Return the smallest ground around each shape, -1 where there is none, shape (N,).

    A point inside the shape lies in the ground, which is about as large or larger; of equals the first counts.

    Examples
    --------
    >>> school, hall, room = shapely.box(0, 0, 100, 100), shapely.box(0, 0, 20, 20), shapely.Point(5, 5)
    >>> standing_in(np.array([room, hall, school]), np.array([school, hall])).tolist()
    [1, 1, 0]
    """
    shape, ground = shapely.STRtree(grounds).query(shapely.point_on_surface(shapes), "intersects")
    m2 = shapely.area(grounds)
    holds = shapely.area(shapes)[shape] <= SAME_SIZE * m2[ground]
    shape, ground = shape[holds], ground[holds]
    order = np.lexsort((ground, m2[ground], shape))
    found, first = np.unique(shape[order], return_index=True)
    standing = np.full(len(shapes), -1)
    standing[found] = ground[order[first]]
    return standing


def lying_in(shapes: np.ndarray, grounds: np.ndarray) -> tuple[Ints, Ints]:
    """Return the pairs of shapes and grounds in which a shape lies, with more than half of its area; rows of both."""
    shape, ground = shapely.STRtree(grounds).query(shapes, "intersects")
    common_m2 = shapely.area(shapely.intersection(shapes[shape], grounds[ground]))
    lies = common_m2 >= MOST_OF_IT * shapely.area(shapes)[shape]
    return shape[lies], ground[lies]


def near(points: np.ndarray, shapes: np.ndarray, distance_m: float) -> Flags:
    """Tell which points have a shape within a distance [m], shape (N,)."""
    found = np.zeros(len(points), bool)
    found[shapely.STRtree(shapes).query(points, "dwithin", distance=distance_m)[0]] = True
    return found


def at_sea(points: np.ndarray, coast: np.ndarray) -> Flags:
    """Tell which points lie to the right of the coast, where the sea is, shape (N,); of no coast none.

    Where two stretches of the coast are equally near, at a corner of it, that one tells from whose endless line the
    point is farther.

    Parameters
    ----------
    coast
        Lines with land to their left, as OpenStreetMap draws them.

    Examples
    --------
    >>> shore = np.array([shapely.LineString([(0, 0), (0, 100)])])
    >>> at_sea(shapely.points([[-5.0, 50.0], [5.0, 50.0]]), shore).tolist()
    [False, True]
    """
    start, end = _stretches(coast)
    point, stretch = shapely.STRtree(shapely.linestrings(np.stack([start, end], 1))).query_nearest(points)
    along, to = end[stretch] - start[stretch], shapely.get_coordinates(points)[point] - start[stretch]
    left_m = (along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0]) / np.hypot(*along.T)
    order = np.lexsort((-np.abs(left_m), point))
    found, first = np.unique(point[order], return_index=True)
    sea = np.zeros(len(points), bool)
    sea[found] = left_m[order[first]] < 0
    return sea


def _stretches(lines: np.ndarray) -> tuple[Floats, Floats]:
    """Return the straight stretches of lines: where each begins and ends, shape (S, 2)."""
    xy, line = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    goes_on = (line[1:] == line[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    return xy[:-1][goes_on], xy[1:][goes_on]
