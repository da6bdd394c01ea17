"""Points placed on a prepared network: what they are from both ends of their chain, in ticks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geokehila.errors import RunError
from geokehila.reach.arrays import Flags, Group, Points
from geokehila.reach.graph import Graph, Index, Prepared
from geokehila.reach.hierarchy import Hierarchy
from geokehila.reach.ticks import CLOSED, Ticks, rounded


class Placed(NamedTuple):
    """Points as the compiled searches read them, shape (P,) each; walks include the way between point and edge."""

    chain: Index  # -1: unconnected
    piece: Index
    to_tail: NDArray[np.uint16]  # UNREACHED where closed
    to_head: NDArray[np.uint16]
    from_tail: NDArray[np.uint16]
    from_head: NDArray[np.uint16]
    ahead: Ticks  # from the chain's tail along it
    behind: Ticks  # from the chain's head along it
    off: Ticks  # between the point and its edge

    def reversed(self, graph: Graph) -> Placed:
        """Return the points as they are when every walk goes the other way: `graph` is the one they are placed on."""
        # The last stands for the chain of who is unconnected, also where there is no other.
        forward, backward = (np.append(ticks, np.int32(0))[self.chain] for ticks in (graph.forward, graph.backward))
        return self._replace(
            to_tail=self.from_tail,
            to_head=self.from_head,
            from_tail=self.to_tail,
            from_head=self.to_head,
            ahead=np.where(backward < CLOSED, backward - self.behind, 0),
            behind=np.where(forward < CLOSED, forward - self.ahead, 0),
        )


def place(points: Points, prepared: Prepared, chosen: Index | None = None) -> Placed:
    """Place points on a prepared network: all, or some in the order given.

    Raises
    ------
    RunError
        A point on an edge that the network does not have, or whose walk is below 0 s or no number.
    """
    from geokehila.reach.kernels.stand import stand

    assert_on_network(points, len(prepared.forward))
    # Copies, for what pandas hands out may be read only: another kind of array, to be compiled for anew.
    seconds = (np.array(s, np.float64) for s in (points.forward_s, points.backward_s, points.off_s))
    on = prepared.graph, prepared.piece, prepared.piece_chain, prepared.piece_flipped
    some = np.arange(len(points), dtype=np.int32) if chosen is None else chosen
    placed, wrong_s = stand(*on, some, np.array(points.edge, np.int64), *seconds)
    rounded(np.array([wrong_s]))
    return Placed(*placed)


def assert_on_network(points: Points, edges: int) -> None:
    """Raise where a point is on an edge that the network does not have."""
    last = int(points.edge.max(initial=-1))
    if last >= edges:
        raise RunError(f"reach: a point on edge {last} of {edges}: snap it to this network")


def in_order(points: Points, prepared: Prepared) -> Index:
    """Connected points, those on one chain and on near chains together, as the searches like to have them."""
    from geokehila.reach.kernels.stand import in_order as by_chain

    assert_on_network(points, len(prepared.forward))
    edge = np.array(points.edge, np.int64)
    order: Index = by_chain(prepared.piece, prepared.piece_chain, edge, len(prepared.graph.tail))
    return order


class Facilities(NamedTuple):
    """Places by where a search meets them, and the categories of the facilities that they are gates of."""

    first_at: Index  # (N + 1,) of each node
    at_facility: Index  # (2 P,)
    at_ticks: NDArray[np.uint16]  # (2 P,) from the node to the place
    first_on: Index  # (M + 1,) of each chain
    on_place: Index  # (P,)
    facility: Index  # (P,)
    first_category: Index  # (F + 1,)
    category: Index


def facilities(placed: Placed, group: Group, prepared: Prepared) -> Facilities:
    """List places by the nodes and chains from which they are entered."""
    from geokehila.reach.kernels.stand import listed

    facility, members = group.facility.astype(np.int32), np.flatnonzero(group.categories)
    return Facilities(*listed(prepared.graph, placed, facility, members, *group.categories.shape))


class Ready(NamedTuple):
    """What every compiled search reads."""

    graph: Graph
    hierarchy: Hierarchy
    starts: Placed  # origins that are connected, those on near chains together
    order: Index  # which those are
    ends: Placed
    listed: Facilities


def ready(prepared: Prepared, origins: Points, places: Points, group: Group, backwards: bool) -> Ready:
    """Place origins and places on a network; backwards: as they are when every walk goes the other way."""
    order = in_order(origins, prepared)
    starts, ends = place(origins, prepared, order), place(places, prepared)
    graph, hierarchy = prepared.graph, prepared.hierarchy
    if backwards:
        starts, ends, graph = starts.reversed(graph), ends.reversed(graph), prepared.reversed_graph
        hierarchy = hierarchy.reversed()
    return Ready(graph, hierarchy, starts, order, ends, facilities(ends, group, prepared))


def without_category(group: Group) -> Flags:
    """Destination points whose facility belongs to no category: nobody asks for them, shape (P,)."""
    unwanted: Flags = ~np.any(group.categories, axis=1)
    return unwanted[group.facility]
