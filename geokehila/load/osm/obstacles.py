"""What stands on a square: buildings, water and fences, and the gaps by which one gets through them."""

from __future__ import annotations

import numpy as np
import shapely

#: [m] Half of what a fence takes up, which is more than a line may stray.
FENCE_M = 0.15
#: [m] Where a way, a gate or an entrance leads in, what stands on the square is open so far to each side.
GAP_M = 1.0


def free_of(part: shapely.Polygon, obstacles: np.ndarray, ways_in: np.ndarray, doors: np.ndarray) -> shapely.Geometry:
    """Return where one can walk on a square: not where a building, water or a fence is, but for the gaps in them.

    Parameters
    ----------
    obstacles
        Buildings and waters (polygons) and fences (lines) that touch it, shape (O,), metres.
    ways_in
        Points by which ways come onto it: a gap in whatever is drawn there.
    doors
        Entrances, and gates that are not closed: a gap in fences only.

    Examples
    --------
    >>> points = np.empty(0, object)
    >>> free_of(shapely.box(0, 0, 10, 10), np.array([shapely.box(4, 4, 6, 6)]), points, points).area
    96.0
    """
    is_fence = shapely.get_dimensions(obstacles) == 1
    fences = shapely.buffer(obstacles[is_fence], FENCE_M, cap_style="flat", join_style="mitre")
    gates = shapely.buffer(np.concatenate([ways_in, doors]), GAP_M, cap_style="square")
    solid = _standing(part, obstacles[~is_fence], ways_in)
    gaps = shapely.buffer(ways_in, GAP_M, cap_style="square")
    closed = [shapely.difference(shapely.union_all(solid), shapely.union_all(gaps))]
    closed.append(shapely.difference(shapely.union_all(fences), shapely.union_all(gates)))
    return shapely.difference(part, shapely.union_all(closed))


def _standing(part: shapely.Polygon, solid: np.ndarray, ways_in: np.ndarray) -> np.ndarray:
    """Return the buildings and waters that stand on a square, not those that it lies on or by which one comes in.

    A square of which most lies in a building is on its roof; a building that only reaches into a square, and in which a
    way begins to cross it, is an arcade.
    """
    on_it_m2, own_m2 = shapely.area(shapely.intersection(solid, part)), shapely.area(solid)
    inner = shapely.buffer(solid, -GAP_M)
    leads_in = np.array([shapely.intersects(shape, ways_in).any() for shape in inner], bool)
    is_open = (on_it_m2 > part.area / 2) | (leads_in & (on_it_m2 < own_m2 / 2))
    standing: np.ndarray = solid[~is_open]
    return standing
