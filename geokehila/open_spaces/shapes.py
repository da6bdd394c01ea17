"""Shapes that lie in one another, touch and overlap: ground is counted once, and what is mapped in parts is one."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components


def ranked(shapes: np.ndarray) -> np.ndarray:
    """Return the place of each in the order of size, the largest first, of equals the first; shape (N,)."""
    rank = np.empty(len(shapes), int)
    rank[np.argsort(-shapely.area(shapes), kind="stable")] = np.arange(len(shapes))
    return rank


def less(shapes: np.ndarray, of: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return shapes (N,) without others (K,): the k-th is taken out of shape ``of[k]``."""
    left = shapes.copy()
    order = np.argsort(of, kind="stable")
    which, first = np.unique(of[order], return_index=True)
    for i, some in zip(which, np.split(others[order], first[1:]), strict=False):
        left[i] = shapely.difference(shapes[i], shapely.union_all(some))
    return left


def uncovered(shapes: np.ndarray) -> np.ndarray:
    """Return of each shape what no larger one covers, of equals the first; shape (N,)."""
    rank = ranked(shapes)
    one, other = overlapping(shapes, shapes)
    larger = rank[other] < rank[one]
    return less(shapes, one[larger], shapes[other[larger]])


def overlapping(some: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of shapes that meet: rows of the first and of the second."""
    one, other = shapely.STRtree(others).query(some, "intersects")
    return one, other


def joint(shapes: np.ndarray, near_m: float) -> np.ndarray:
    """Return a number for each shape, the same for those at most `near_m` [m] apart, also by way of others; (N,)."""
    if not len(shapes):
        return np.empty(0, int)
    pairs = shapely.STRtree(shapes).query(shapes, "dwithin", distance=near_m)
    links = csr_array((np.ones(pairs.shape[1]), tuple(pairs)), shape=(len(shapes), len(shapes)))
    label: np.ndarray = connected_components(links, directed=False)[1]
    return label


def joint_m2(shapes: np.ndarray, near_m: float) -> np.ndarray:
    """[m2] Return the ground of each shape together with those joint with it, none counted twice; shape (N,)."""
    label = joint(shapes, near_m)
    of_each: np.ndarray = np.bincount(label, shapely.area(uncovered(shapes)))[label]
    return of_each


def united(shapes: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Return the union of the shapes of each label from 0, shape (L,)."""
    first = np.unique(np.sort(label), return_index=True)[1]
    parts = np.split(shapes[np.argsort(label, kind="stable")], first[1:])
    return np.array([shapely.union_all(some) for some in parts], object)


def within(shapes: np.ndarray, grounds: np.ndarray) -> np.ndarray:
    """Tell which shapes lie in a ground larger than themselves, by a point inside them; shape (N,)."""
    shape, ground = shapely.STRtree(grounds).query(shapely.point_on_surface(shapes), "intersects")
    inside = np.zeros(len(shapes), bool)
    inside[shape[shapely.area(grounds)[ground] > shapely.area(shapes)[shape]]] = True
    return inside


def entered(shapes: np.ndarray, ways: np.ndarray) -> np.ndarray:
    """Tell into which shapes a way leads; one along the outline leads not into it; shape (N,)."""
    tree = shapely.STRtree(ways)
    found = [tree.query(shapes, predicate)[0] for predicate in ("crosses", "contains")]
    is_entered = np.zeros(len(shapes), bool)
    is_entered[np.concatenate(found)] = True
    return is_entered
