"""A network prepared for the searches: junctions, and the chains of edges between them.

Searches run over junctions only. The edges of a chain stay known as its pieces, so that points on edges, lengths and
the nodes between pieces are as exact as on the whole network.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geokehila.errors import RunError
from geokehila.reach.arrays import Network
from geokehila.reach.hierarchy import Hierarchy, hierarchy
from geokehila.reach.lengths import Lengths, Small, held, pace
from geokehila.reach.ticks import CLOSED, UNREACHED, Ticks, rounded

Index = NDArray[np.int32]


class Graph(NamedTuple):
    """What the compiled searches read; costs in ticks.

    Nodes are junctions, N of them; an arc is a chain seen from one of its ends, sorted by that end.
    """

    first_arc: Index  # (N + 1,)
    neighbour: Index  # (A,) the node at the arc's other end
    cost: NDArray[np.uint16]  # (A,) to the other end, UNREACHED where that is longer or closed
    cost_back: NDArray[np.uint16]  # (A,) from the other end
    chain: Index  # (A,)
    from_head: NDArray[np.bool_]  # (A,) the arc leaves its chain's head
    tail: Index  # (M,) the nodes at the ends of each chain
    head: Index
    forward: Ticks  # (M,) the whole chain, CLOSED where it may not be walked that way
    backward: Ticks
    first_piece: Index  # (M + 1,)
    piece_forward: Ticks  # (E,) one edge, in the direction of its chain
    piece_backward: Ticks
    ahead: Ticks  # (E,) from the chain's tail to the end of the piece
    behind: Ticks  # (E,) from the chain's head back to the end of the piece
    chain_mm: Index  # (M,) [mm]
    piece_units: Small  # (E,) length and what it is held in, as of `lengths`
    piece_size: NDArray[np.uint8]
    forward_scale: Small  # (E,) what turns ticks into units
    forward_rate: Small
    backward_scale: Small
    backward_rate: Small
    is_junction: NDArray[np.bool_]  # (N,) three street ends or more meet there

    def reversed(self) -> Graph:
        """Return the graph in which every walk goes the other way."""
        chain = np.repeat(np.arange(len(self.tail)), np.diff(self.first_piece))
        return self._replace(
            cost=self.cost_back,
            cost_back=self.cost,
            forward=self.backward,
            backward=self.forward,
            piece_forward=self.piece_backward,
            piece_backward=self.piece_forward,
            ahead=self.backward[chain] - self.behind,
            behind=self.forward[chain] - self.ahead,
            forward_scale=self.backward_scale,
            forward_rate=self.backward_rate,
            backward_scale=self.forward_scale,
            backward_rate=self.forward_rate,
        )


@dataclass(frozen=True, eq=False)
class Prepared:
    """A network prepared once for many searches.

    Attributes
    ----------
    network
        What was prepared.
    forward, backward
        Ticks of each edge, shape (E,).
    graph
        The chains between junctions.
    piece
        Piece of each edge, shape (E,).
    piece_chain, piece_flipped
        Chain of each piece, and whether it is walked from its edge's head, shape (E,).
    """

    network: Network
    forward: Ticks
    backward: Ticks
    graph: Graph
    piece: Index
    piece_chain: Index
    piece_flipped: NDArray[np.bool_]

    @cached_property
    def reversed_graph(self) -> Graph:
        """The graph for walks that end where they are asked from."""
        return self.graph.reversed()

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The order of the graph's nodes in which the nearest places are searched."""
        return hierarchy(self.graph)


def prepare(network: Network | Prepared, contract: bool = True) -> Prepared:
    """Prepare a network for many searches: join the edges that merely continue each other.

    Parameters
    ----------
    network
        Costs of one profile; the searches are fastest when near nodes have near numbers. What is prepared is returned
        as it is.
    contract
        False keeps every node (for measuring what joining gains).

    Raises
    ------
    RunError
        An edge of negative cost or length.

    Examples
    --------
    Three edges in a row are one chain of 6 s.

    >>> import numpy as np
    >>> row = Network(4, np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([1.0, 2, 3]), np.array([1.0, 2, 3]))
    >>> prepare(row).graph.forward.tolist()
    [96]
    """
    if isinstance(network, Prepared):
        return network
    from geokehila.reach.kernels.chains import by_key, walk_chains

    tail, head = network.tail.astype(np.int32), network.head.astype(np.int32)
    forward, backward = rounded(network.forward_s), rounded(network.backward_s)
    ends = np.concatenate([tail, head])
    degree = np.bincount(ends, minlength=network.nodes_count)
    pointer, end = by_key(ends, network.nodes_count)
    keep = _kept(tail, head, forward, backward, degree) if contract else degree > 0
    start, stop, first, edge, flipped, keep = walk_chains(pointer, end % max(len(tail), 1), tail, head, keep)
    node = (np.cumsum(keep) - 1).astype(np.int32)
    arcs = np.concatenate([node[start], node[stop]])
    first_arc, arc = by_key(arcs, int(keep.sum()))
    chain = np.repeat(np.arange(len(start), dtype=np.int32), np.diff(first))
    piece_forward = np.where(flipped, backward[edge], forward[edge])
    piece_backward = np.where(flipped, forward[edge], backward[edge])
    ahead, to_tail = _along(piece_forward, first, chain), _along(piece_backward, first, chain)
    whole_forward, whole_backward = ahead[first[1:] - 1], to_tail[first[1:] - 1]
    costs = np.minimum(np.concatenate([whole_forward, whole_backward]), UNREACHED).astype(np.uint16)
    other = np.roll(np.arange(2 * len(start)), len(start))
    lengths = held(network).take(edge)
    forward_scale, forward_rate = pace(lengths.units, piece_forward)
    backward_scale, backward_rate = pace(lengths.units, piece_backward)
    graph = Graph(
        first_arc=first_arc,
        neighbour=arcs[other[arc]],
        cost=costs[arc],
        cost_back=costs[other[arc]],
        chain=(arc % max(len(start), 1)).astype(np.int32),
        from_head=arc >= len(start),
        tail=node[start],
        head=node[stop],
        forward=whole_forward,
        backward=whole_backward,
        first_piece=first,
        piece_forward=piece_forward,
        piece_backward=piece_backward,
        ahead=ahead,
        behind=whole_backward[chain] - to_tail,
        chain_mm=_chain_mm(lengths, first),
        piece_units=lengths.units,
        piece_size=lengths.size,
        forward_scale=forward_scale,
        forward_rate=forward_rate,
        backward_scale=backward_scale,
        backward_rate=backward_rate,
        is_junction=degree[keep] >= 3,
    )
    piece = np.empty(len(edge), np.int32)
    piece[edge] = np.arange(len(edge), dtype=np.int32)
    return Prepared(network, forward, backward, graph, piece, chain, flipped)


def is_backwards(direction: str) -> bool:
    """Tell whether walks are asked for from places to origins; raise `RunError` for a direction that is none."""
    if direction not in ("to", "from"):
        raise RunError(f"reach: direction {direction!r}: choose 'to' (to the places) or 'from' (the way back)")
    return direction == "from"


def _kept(tail: Index, head: Index, forward: Ticks, backward: Ticks, degree: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Nodes where streets do not merely continue, and the ends of loops and of edges closed or too long one way."""
    keep: NDArray[np.bool_] = (degree != 2) & (degree > 0)
    alone = (np.maximum(forward, backward) >= UNREACHED) | (tail == head)
    keep[tail[alone]] = keep[head[alone]] = True
    return keep


def _along(ticks: Ticks, first: Index, chain: Index) -> Ticks:
    """Sum ticks from the start of each chain to the end of each piece."""
    total = np.concatenate([[0], np.cumsum(ticks, dtype=np.int64)])
    along = total[1:] - total[first[:-1]][chain]
    if along.max(initial=0) > CLOSED:
        raise RunError(f"reach: a street without a junction takes {along.max() / 16:.0f} s: split it")
    summed: Ticks = along.astype(np.int32)
    return summed


def _chain_mm(lengths: Lengths, first: Index) -> Index:
    """Sum the lengths of each chain's pieces [mm]."""
    total = np.concatenate([[0], np.cumsum(lengths.millimetres(), dtype=np.int64)])
    mm = np.diff(total[first])
    if mm.max(initial=0) >= 1 << 31:
        raise RunError(f"reach: a street without a junction is {mm.max() / 1e6:.0f} km long: split it")
    summed: Index = mm.astype(np.int32)
    return summed
