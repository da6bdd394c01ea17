"""The nouns of the engine, in NumPy: a network of edges, points on its edges, and which facilities points belong to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Network:
    """Walkable edges, each with what it costs one profile to walk it forward and backward.

    Attributes
    ----------
    nodes_count
        Nodes are 0 to nodes_count - 1.
    tail, head
        Node at the start and end of each edge, shape (E,). Loops and several edges between two nodes are allowed.
    forward_s, backward_s
        [s] Walk from tail to head, and from head to tail, shape (E,); 0 is allowed, infinite is closed that way.
    length_m
        [m] Length of each edge, which its walk is spread over evenly, shape (E,); only `pedshed` asks for it.

    Examples
    --------
    A street of 130 m that climbs: up it takes 120 s, down 100 s.

    >>> Network(2, np.array([0]), np.array([1]), np.array([120.0]), np.array([100.0]), np.array([130.0])).nodes_count
    2
    """

    nodes_count: int
    tail: Ints
    head: Ints
    forward_s: Floats
    backward_s: Floats
    length_m: Floats | None = None


@dataclass(frozen=True, eq=False)
class Points:
    """Points on edges: where a walk leaves or meets the network.

    Attributes
    ----------
    edge
        Index of the edge, shape (P,); -1 for a point that is unconnected.
    forward_s
        [s] Walk along the edge from its tail to the point; of no meaning where the edge is closed forward.
    backward_s
        [s] Walk along the edge from its head to the point; of no meaning where the edge is closed backward.
    off_s
        [s] Walk between the point and its edge.

    Examples
    --------
    A home in the middle of a street that takes 100 s, and one that no way comes near.

    >>> homes = Points(np.array([0, -1]), np.array([50.0, 0.0]), np.array([50.0, 0.0]), np.array([5.0, 0.0]))
    >>> len(homes)
    2
    """

    edge: Ints
    forward_s: Floats
    backward_s: Floats
    off_s: Floats

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, rows: NDArray[np.integer]) -> Points:
        """Return some of the points, by their numbers."""
        return Points(self.edge[rows], self.forward_s[rows], self.backward_s[rows], self.off_s[rows])

    def without(self, left_out: Flags) -> Points:
        """Return the points with some of them made unconnected, shape (P,)."""
        return replace(self, edge=np.where(left_out, -1, self.edge))


@dataclass(frozen=True, eq=False)
class Group:
    """Which facility each destination point is a gate of, and which categories each facility belongs to.

    Attributes
    ----------
    facility
        Index of the facility of each point, shape (P,), 0 to F - 1.
    categories
        True where a facility belongs to a category, shape (F, C).

    Examples
    --------
    Three gates: two of a park, one of a school.

    >>> Group(np.array([0, 0, 1]), np.array([[True, False], [False, True]])).categories.shape
    (2, 2)
    """

    facility: Ints
    categories: Flags
