"""Blocks too large to be one piece of a community: lines that part them between homes."""

from __future__ import annotations

import numpy as np
import shapely

from geokehila.reach.arrays import Floats

#: [m] Of a large block the land this near a home counts.
NEAR_M = 150.0
#: [m2] A block of 16 hectares, 400 m square, is large: much of it may be open land.
LARGE_M2 = 160_000.0
#: [m] Homes that near are one, where only the land around them matters.
_GRID_M = 50.0
#: A line leaves this share of the people on either side where some gap between homes does.
_LEAST_SHARE = 1 / 3
#: [m] A line is drawn so much beyond the block, that it parts it after all rounding.
_BEYOND_M = 0.05


def lived_in(block: shapely.Polygon, xy: Floats) -> tuple[np.ndarray, shapely.Geometry]:
    """Return the land of a block within about 150 m of its homes, in pieces, and the line that parts it from the rest.

    Gaps between homes that are no wider are filled.
    """
    homes = shapely.multipoints(np.unique((xy / _GRID_M).round(), axis=0) * _GRID_M)
    around = shapely.buffer(shapely.buffer(homes, 2 * NEAR_M, quad_segs=4), -NEAR_M, quad_segs=4)
    rim = shapely.intersection(shapely.boundary(around), shapely.buffer(block, _BEYOND_M))
    return shapely.get_parts(shapely.intersection(around, block)), rim


def halves(area: shapely.Polygon, xy: Floats, people: Floats, most: float) -> list[shapely.Geometry]:
    """Return lines that part an area between its homes, over and over, until no part has more people than `most`.

    A line runs across the longer way in which homes lie, in the widest gap that leaves a third of the people or more on
    either side, else in the one nearest the half.

    Parameters
    ----------
    area
        The block, metres.
    xy, people
        Of its homes, shapes (H, 2) and (H,).

    Examples
    --------
    >>> homes = np.array([[10.0, 5.0], [30.0, 5.0], [70.0, 5.0], [90.0, 5.0]])
    >>> lines = halves(shapely.box(0, 0, 100, 10), homes, np.ones(4), 2.0)
    >>> [round(line.centroid.x) for line in lines]
    [50]
    """
    if people.sum() <= most or len(np.unique(xy, axis=0)) < 2:
        return []
    line = _across(area, xy, people)
    parts = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all([shapely.boundary(area), line]))))
    if len(parts) < 2:
        return []
    part, home = shapely.STRtree(shapely.points(xy)).query(parts, predicate="intersects")
    more = [halves(parts[i], xy[home[part == i]], people[home[part == i]], most) for i in np.unique(part)]
    return [line, *(found for lines in more for found in lines)]


def _across(area: shapely.Polygon, xy: Floats, people: Floats) -> shapely.Geometry:
    """Return the line that parts an area, between homes, in two."""
    middle = xy.mean(axis=0)
    axis = np.linalg.eigh(np.cov((xy - middle).T))[1][:, -1]
    along_m = (xy - middle) @ axis
    order = np.argsort(along_m, kind="stable")
    at = middle + axis * _gap_m(along_m[order], people[order])
    reach = np.hypot(*np.ptp(shapely.get_coordinates(area), axis=0)) * np.array([-axis[1], axis[0]])
    return shapely.intersection(shapely.linestrings([at - reach, at + reach]), shapely.buffer(area, _BEYOND_M))


def _gap_m(along_m: Floats, people: Floats) -> float:
    """[m] Return the middle of the gap between homes, sorted along a line, at which they are parted best."""
    wide_m, share = np.diff(along_m), np.cumsum(people)[:-1] / people.sum()
    off = np.abs(share - 0.5)
    is_even = off <= 0.5 - _LEAST_SHARE
    best = np.lexsort((off, np.where(is_even & (wide_m > 0), -wide_m.round(3), 0), wide_m <= 0))[0]
    return float(along_m[best] + wide_m[best] / 2)
