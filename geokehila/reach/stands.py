"""A network and points on it in ticks, as scipy and NumPy search them: edges as they are, nothing joined."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geokehila.reach.arrays import Ints, Network, Points
from geokehila.reach.graph import Prepared
from geokehila.reach.placed import assert_on_network
from geokehila.reach.ticks import CLOSED, Ticks, rounded

Walks = NDArray[np.int64]


class Ways(NamedTuple):
    """A network in ticks."""

    nodes: int
    tail: Ints
    head: Ints
    forward: Walks
    backward: Walks


class Stands(NamedTuple):
    """Points in ticks: along their edge from its tail, from its head, and off it; only those that are connected."""

    which: Ints
    edge: Ints
    ahead: Walks
    behind: Walks
    off: Walks

    def leaving(self, streets: Ways) -> tuple[Walks, Walks]:
        """Walk from each point to its edge's tail and head."""
        forward, backward = streets.forward[self.edge], streets.backward[self.edge]
        to_tail = np.where(backward < CLOSED, backward - self.behind + self.off, CLOSED)
        return to_tail, np.where(forward < CLOSED, forward - self.ahead + self.off, CLOSED)

    def reaching(self, streets: Ways) -> tuple[Walks, Walks]:
        """Walk from its edge's tail and head to each point."""
        from_tail = np.where(streets.forward[self.edge] < CLOSED, self.ahead + self.off, CLOSED)
        return from_tail, np.where(streets.backward[self.edge] < CLOSED, self.behind + self.off, CLOSED)


def taken(network: Network | Prepared, backwards: bool, *points: Points) -> tuple[Ways, list[Stands]]:
    """Round a network and points on it; backwards: as they are when every walk goes the other way."""
    whole = network.network if isinstance(network, Prepared) else network
    forward, backward = (rounded(s).astype(np.int64) for s in (whole.forward_s, whole.backward_s))
    stands = []
    for some in points:
        assert_on_network(some, len(forward))
        index = np.flatnonzero(some.edge >= 0)
        on = Points(some.edge[index], some.forward_s[index], some.backward_s[index], some.off_s[index])
        f, b = forward[on.edge], backward[on.edge]
        ahead, behind = within_edge(on, f.astype(np.int32), b.astype(np.int32))
        if backwards:
            ahead, behind = np.where(b < CLOSED, b - behind, 0), np.where(f < CLOSED, f - ahead, 0)
        stands.append(
            Stands(index, on.edge, ahead.astype(np.int64), behind.astype(np.int64), rounded(on.off_s).astype(np.int64))
        )
    if backwards:
        forward, backward = backward, forward
    return Ways(whole.nodes_count, whole.tail, whole.head, forward, backward), stands


def within_edge(points: Points, forward: Ticks, backward: Ticks) -> tuple[Ticks, Ticks]:
    """Ticks from the tail and from the head of its edge to each point, never more than the edge; 0 where closed."""
    on = points.edge >= 0
    along = np.minimum(rounded(np.where(on & (forward < CLOSED), points.forward_s, 0.0)), forward)
    against = np.minimum(rounded(np.where(on & (backward < CLOSED), points.backward_s, 0.0)), backward)
    return along, against
