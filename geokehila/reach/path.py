"""One walk, street by street: to explain a number and to draw it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geokehila.reach.arrays import Floats, Ints, Network, Points
from geokehila.reach.fallback import NEVER, along_edge, arcs, same_edge
from geokehila.reach.graph import Prepared
from geokehila.reach.stands import Stands, Ways, taken
from geokehila.reach.ticks import CLOSED, PER_S, limit

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False)
class Path:
    """A walk from a point to the nearest of others.

    Attributes
    ----------
    walk_s
        [s] All of it: `off_start_s`, the edges and `off_end_s` add up to it.
    end
        Index of the point that it leads to.
    edge
        Edges in the order walked, shape (S,).
    from_share, to_share
        Where on the edge's length each is entered and left, 0 at its tail to 1 at its head; falling where it is walked
        backward.
    edge_s
        [s] Each edge's part of the walk.
    off_start_s, off_end_s
        [s] From the first point to its edge, and from the last edge to its point.
    """

    walk_s: float
    end: int
    edge: Ints
    from_share: Floats
    to_share: Floats
    edge_s: Floats
    off_start_s: float
    off_end_s: float


def path(network: Network | Prepared, start: Points, ends: Points, limit_s: float) -> Path | None:
    """Find the walk from a point to the nearest of others; for the way back change their parts.

    Parameters
    ----------
    network
        Costs of one profile.
    start
        One point.
    ends
        Where the walk may end: the gates of one facility, say.
    limit_s
        [s] The longest walk looked for; inclusive, up to 4,095.

    Returns
    -------
    Path or None
        None where there is no walk within the limit. Of equally short walks always the same.

    Examples
    --------
    >>> import numpy as np
    >>> street = Network(2, np.array([0]), np.array([1]), np.array([100.0]), np.array([100.0]))
    >>> home = Points(np.array([0]), np.array([75.0]), np.array([25.0]), np.array([0.0]))
    >>> shop = Points(np.array([0]), np.array([25.0]), np.array([75.0]), np.array([5.0]))
    >>> found = path(street, home, shop, 900)
    >>> found.walk_s, found.from_share.tolist(), found.to_share.tolist()
    (55.0, [0.75], [0.25])
    """
    from scipy.sparse.csgraph import dijkstra

    longest = limit(limit_s)
    ways, (begins, stops) = taken(network, False, start, ends)
    if not len(begins.which) or not len(stops.which):
        return None
    legs = _legs(ways, begins, stops)
    source, targets = ways.nodes, ways.nodes + 1 + np.arange(len(stops.which))
    graph, kept = arcs(legs.start, legs.end, np.where(legs.ticks < CLOSED, legs.ticks, NEVER), int(targets[-1]) + 1)
    walk, before = dijkstra(graph, indices=source, limit=float(longest + 1), return_predecessors=True)
    target = int(targets[np.argmin(walk[targets])])
    if walk[target] > longest:
        return None
    walked = kept[_steps(graph, before, source, target)]
    end = int(stops.which[target - ways.nodes - 1])
    from_share, to_share = legs.from_share[walked], legs.to_share[walked]
    from_share[0], to_share[-1] = _share(network, start, int(begins.which[0])), _share(network, ends, end)
    edge_s = legs.ticks[walked] / PER_S
    off_start, off_end = begins.off[0] / PER_S, stops.off[target - ways.nodes - 1] / PER_S
    edge_s[0] -= off_start
    edge_s[-1] -= off_end
    moved = (edge_s > 0) | (from_share != to_share)
    return Path(
        float(walk[target]) / PER_S,
        end,
        legs.edge[walked][moved],
        from_share[moved],
        to_share[moved],
        edge_s[moved],
        float(off_start),
        float(off_end),
    )


class _Legs(NamedTuple):
    """All that can be walked at a stretch, shape (L,) each: between nodes, from the start, to the ends."""

    start: Ints
    end: Ints
    ticks: Ints
    edge: Ints
    from_share: Floats
    to_share: Floats


def _legs(ways: Ways, begins: Stands, stops: Stands) -> _Legs:
    every, first, last = np.arange(len(ways.tail)), begins.edge[:1], stops.edge
    source, targets = np.full(1, ways.nodes), ways.nodes + 1 + np.arange(len(last))
    to_tail, to_head = (ticks[:1] for ticks in begins.leaving(ways))
    from_tail, from_head = stops.reaching(ways)
    _, there = same_edge(begins, stops, np.arange(len(last)))
    straight = along_edge(ways, begins, stops, np.zeros(len(there), np.int64), there)
    groups = [
        (ways.tail, ways.head, ways.forward, every, 0.0, 1.0),
        (ways.head, ways.tail, ways.backward, every, 1.0, 0.0),
        (source, ways.tail[first], to_tail, first, np.nan, 0.0),
        (source, ways.head[first], to_head, first, np.nan, 1.0),
        (ways.tail[last], targets, from_tail, last, 0.0, np.nan),
        (ways.head[last], targets, from_head, last, 1.0, np.nan),
        (np.full(len(there), ways.nodes), targets[there], straight, last[there], np.nan, np.nan),
    ]
    columns = zip(*[[np.broadcast_to(column, len(group[0])) for column in group] for group in groups], strict=True)
    return _Legs(*(np.concatenate(column) for column in columns))


def _steps(graph: csr_array, before: Ints, source: int, target: int) -> Ints:
    """Return the arcs of a walk, as places in the graph's data, from what came before each node."""
    steps, node = [], target
    while node != source:
        start = int(before[node])
        low, high = graph.indptr[start], graph.indptr[start + 1]
        steps.append(low + int(np.flatnonzero(graph.indices[low:high] == node)[0]))
        node = start
    return np.array(steps[::-1])


def _share(network: Network | Prepared, points: Points, point: int) -> float:
    """Where on the length of its edge a point is, 0 to 1."""
    whole, edge = network.network if isinstance(network, Prepared) else network, points.edge[point]
    if 0 < whole.forward_s[edge] < np.inf:
        return float(points.forward_s[point] / whole.forward_s[edge])
    if 0 < whole.backward_s[edge] < np.inf:
        return float(1 - points.backward_s[point] / whole.backward_s[edge])
    return 0.0
