"""Lines that part the ground, noded: the faces between them, and which two faces each stretch of a line parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geokehila.reach.arrays import Ints

#: [m] Where lines are noded they move by less.
_NODED_M = 0.01


@dataclass(frozen=True, eq=False)
class Mesh:
    """Faces and edges of a drawing of lines, each in an order that is the drawing's own.

    Attributes
    ----------
    faces
        Areas, from west to east, shape (F,).
    edges
        Stretches of lines between their nodes, shape (E,).
    line
        Row of the line that each edge is of, the first of several, shape (E,).
    left, right
        Face on either side of each edge, -1 outside them all, shape (E,); -1 on both sides where an edge parts nothing.
    """

    faces: np.ndarray
    edges: np.ndarray
    line: Ints
    left: Ints
    right: Ints


def mesh(lines: np.ndarray) -> Mesh:
    """Node lines and find the faces between them.

    Parameters
    ----------
    lines
        Shape (L,), metres; of two that coincide edges are of the first.

    Examples
    --------
    A square parted by a line that goes on beyond it:

    >>> square, line = shapely.boundary(shapely.box(0, 0, 9, 9)), shapely.LineString([(4, -5), (4, 14)])
    >>> made = mesh(np.array([square, line]))
    >>> shapely.area(made.faces).tolist(), (made.line == 1).sum().item()
    ([36.0, 45.0], 3)
    """
    edges = shapely.get_parts(shapely.union_all(lines))
    middles = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    order = _from_the_west(middles)
    edges, middles = edges[order], middles[order]
    edge, line = shapely.STRtree(lines).query(middles, predicate="dwithin", distance=_NODED_M)
    first = np.full(len(edges), len(lines))
    np.minimum.at(first, edge, line)
    between = _between(edges)
    return Mesh(between, edges, first, *_sides(edges, between))


def faces(lines: np.ndarray) -> np.ndarray:
    """Return the faces between lines alone, from west to east.

    Examples
    --------
    >>> shapely.area(faces(np.array([shapely.boundary(shapely.box(0, 0, 9, 9))]))).tolist()
    [81.0]
    """
    return _between(shapely.get_parts(shapely.union_all(lines)))


def _between(edges: np.ndarray) -> np.ndarray:
    found: np.ndarray = shapely.get_parts(shapely.polygonize(edges))
    return found[_from_the_west(shapely.point_on_surface(found))]


def _from_the_west(points: np.ndarray) -> Ints:
    xy = shapely.get_coordinates(points).round(3)
    return np.lexsort((xy[:, 1], xy[:, 0]))


def _sides(edges: np.ndarray, faces: np.ndarray) -> tuple[Ints, Ints]:
    """Return the face to the left and to the right of each edge: rings of faces run along the very same points."""
    rings, face = shapely.get_rings(shapely.orient_polygons(faces), return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    ends, edge = shapely.get_coordinates(edges, return_index=True)
    first = np.searchsorted(edge, np.arange(len(edges)))
    _, node = np.unique(np.concatenate([xy, ends[first], ends[first + 1]]) @ [1, 1j], return_inverse=True)
    node, tail, head = np.split(node.astype(np.int64), [len(xy), len(xy) + len(edges)])
    # A ring that is turned counter-clockwise has its face to the left of each of its steps.
    inside, count = np.flatnonzero(ring[1:] == ring[:-1]), len(xy) + 2 * len(edges)
    steps = pd.Series(face[ring[inside]], node[inside] * count + node[inside + 1])
    left, right = (steps.reindex(one * count + other, fill_value=-1) for one, other in ((tail, head), (head, tail)))
    return left.to_numpy(), right.to_numpy()
