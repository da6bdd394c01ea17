"""Nodes in an order in which they can be left out one by one, shortcuts between their neighbours standing for them.

What is known of a node then spreads over the network in two passes, up the order and down again, each arc seen once:
no queue, and nothing twice (a contraction hierarchy; R. Geisberger et al. 2008, D. Delling et al. 2011). Nodes that
would leave too many shortcuts behind are not left out: they are the core, where walks are searched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from geokehila.reach.graph import Graph

#: Neighbours that a node which is left out may have: a square of it is what one more can cost, and streets have few.
NEIGHBOURS = 8


class Hierarchy(NamedTuple):
    """The order and the arcs between nodes in it; costs in ticks, UNREACHED where longer or closed."""

    order: NDArray[np.int32]  # (N,) nodes left out as they go, then those of the core
    level: NDArray[np.int32]  # (N,) of each node, above all below it; of the nodes of the core the greatest
    first_above: NDArray[np.int32]  # (N + 1,) of each node
    above: NDArray[np.int32]  # (B,) neighbours that are left out later, or never; in the core, those in the core
    climb: NDArray[np.uint16]  # (B,) to the neighbour
    descend: NDArray[np.uint16]  # (B,) from the neighbour
    first_below: NDArray[np.int32]  # (N + 1,) of each node
    below: NDArray[np.int32]  # neighbours that were left out earlier
    below_arc: NDArray[np.int32]  # their arcs to the node
    core: int  # how many nodes are left out
    top: int  # level of the core, above all levels even where it is empty

    def reversed(self) -> Hierarchy:
        """Return the hierarchy in which every walk goes the other way."""
        return self._replace(climb=self.descend, descend=self.climb)


def hierarchy(graph: Graph) -> Hierarchy:
    """Leave out the nodes of a graph, those of few neighbours first."""
    from geokehila.reach.kernels.chains import by_key
    from geokehila.reach.kernels.hierarchy import leave_out

    core, order, level, many, above, climb, descend = leave_out(
        graph.first_arc, graph.neighbour, graph.cost, graph.cost_back, NEIGHBOURS
    )
    # Arcs come in the order of their nodes in the order; they are kept by node.
    lower = np.repeat(order, many)
    first_above, arc = by_key(lower, len(order))
    lower, above = lower[arc], above[arc]
    in_core = np.zeros(len(order), np.bool_)
    in_core[order[core:]] = True
    first_below, below_arc = by_key(np.where(in_core[lower], -1, above).astype(np.int32), len(order))
    below = lower[below_arc]
    return Hierarchy(
        order,
        level,
        first_above,
        above,
        climb[arc],
        descend[arc],
        first_below,
        below,
        below_arc,
        core,
        int(level.max(initial=0)) + (core == len(order)),
    )
