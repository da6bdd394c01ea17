"""scipy's `dijkstra`, on the network as it is and with its chains joined."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.libraries import NONE, Library, some
from benchmarks.streets import at_nodes
from benchmarks.works import CUTOFFS, HORIZON, Work
from geokehila.reach import prepare
from geokehila.reach.placed import Placed, place

#: Origins searched in one call: a row of all nodes for each.
BLOCK = 64
#: More ticks than any walk here.
FAR = 1e12


class ScipyWhole(Library):
    """Every node of the network a node of the search."""

    name: ClassVar[str] = "scipy dijkstra, whole network"
    package: ClassVar[str] = "scipy"
    contract: ClassVar[bool] = False

    def __init__(self, work: Work) -> None:
        self.work, network = work, work.network()
        prepared = prepare(network, contract=self.contract)
        self.tail, self.head = prepared.graph.tail, prepared.graph.head
        self.forward, self.backward = prepared.graph.forward, prepared.graph.backward
        self.nodes = len(prepared.graph.first_arc) - 1
        self.starts = place(work.origins(network), prepared)
        self.ends = place(work.places(network), prepared)
        self.gates = place(at_nodes(network, work.place_node()), prepared)
        # Nodes inside joined chains have no number in the search: each is a row of two arcs behind the others, written
        # for a block of origins at a time. NEAREST starts from places, on the arcs turned round.
        self.start_node, self.gate_node = self._node(self.starts), self._node(self.gates)
        self.together = self._on_one_chain()
        self.out = self._arcs(self.tail, self.head, BLOCK)
        inside = np.flatnonzero(self.gate_node < 0)
        self.back = self._arcs(self.head, self.tail, len(inside))
        self.gate_node[inside] = self.nodes + np.arange(len(inside))
        self._write(self.back, np.arange(len(inside)), self.gates, inside, self.gates.from_tail, self.gates.from_head)

    def nearest(self) -> list[np.ndarray]:
        """Search once a category, from all its places, and lead the walks on to origins inside chains."""
        return [self._to_origins(c) for c in range(self.work.categories)]

    def counts(self) -> None:
        """Search from every origin up to the longest cutoff, and keep nothing."""
        for begin in range(0, self.origins or self.work.nodes, BLOCK):
            self._searched(self._spread(begin))

    def answer(self, task: str) -> tuple[np.ndarray, np.ndarray]:
        """Return what was found; COUNTS from some origins by plain numpy after the search."""
        if task == "nearest":
            found = np.stack(self.nearest(), axis=1)
            return np.arange(self.work.nodes), np.where(found <= HORIZON, found, NONE).astype(np.int64)
        at, member = some(self.work.nodes), self.work.group().categories.astype(np.int64)
        walk = np.concatenate([self._to_places(at[i : i + BLOCK]) for i in range(0, len(at), BLOCK)])
        return at, np.stack([(walk <= cutoff) @ member for cutoff in CUTOFFS], axis=1)

    def walks(self, at: np.ndarray) -> np.ndarray:
        """[ticks] Walk from some origins to every node of the search, infinite beyond the cutoffs, (len(at), N)."""
        return np.concatenate([self._searched(at[i : i + BLOCK]) for i in range(0, len(at), BLOCK)])

    def _to_origins(self, category: int) -> np.ndarray:
        """[ticks] Walk from every origin to the nearest place of a category, infinite where there is none."""
        sources = np.unique(self.gate_node[self.work.category == category])
        if not len(sources):
            return np.full(self.work.nodes, np.inf)
        walk = dijkstra(self.back, indices=sources, min_only=True, limit=HORIZON)
        if not self.contract:
            return walk[self.start_node]
        starts, (origin, gate, along) = self.starts, self.together
        through = np.minimum(
            walk[self.tail[starts.chain]] + starts.to_tail, walk[self.head[starts.chain]] + starts.to_head
        )
        mine = self.work.category[gate] == category
        np.minimum.at(through, origin[mine], along[mine])
        return through

    def _on_one_chain(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return origins inside chains, places on the same chain, and the walks straight along it [ticks]."""
        order, inside = np.argsort(self.gates.chain, kind="stable"), np.flatnonzero(self.start_node < 0)
        chain = self.starts.chain[inside]
        low, high = (np.searchsorted(self.gates.chain[order], chain, side) for side in ("left", "right"))
        many = high - low
        origin = np.repeat(inside, many)
        gate = order[np.repeat(low - np.cumsum(many) + many, many) + np.arange(many.sum())]
        ahead = self.gates.ahead[gate] - self.starts.ahead[origin]
        return origin, gate, np.where(ahead >= 0, ahead, self.gates.behind[gate] - self.starts.behind[origin])

    def _spread(self, begin: int) -> np.ndarray:
        """Return a block of origins: neighbours where all are asked for, else from everywhere."""
        at = np.arange(begin, min(begin + BLOCK, self.origins or self.work.nodes))
        return at if self.origins is None else at * (self.work.nodes // self.origins)

    def _searched(self, at: np.ndarray) -> np.ndarray:
        node = self.start_node[at].copy()
        inside = np.flatnonzero(node < 0)
        self._write(self.out, inside, self.starts, at[inside], self.starts.to_tail, self.starts.to_head)
        node[inside] = self.nodes + inside
        return dijkstra(self.out, indices=node, limit=float(CUTOFFS.max()))[:, : self.nodes]

    def _to_places(self, at: np.ndarray) -> np.ndarray:
        """[ticks] Walk from some origins to every place on its edge, (len(at), P)."""
        ends, walk = self.ends, self._searched(at)
        through = np.minimum(
            walk[:, self.tail[ends.chain]] + ends.from_tail, walk[:, self.head[ends.chain]] + ends.from_head
        )
        chain, ahead, behind = (f[at][:, None] for f in (self.starts.chain, self.starts.ahead, self.starts.behind))
        along = np.where(ends.ahead >= ahead, ends.ahead - ahead, ends.behind - behind)
        return np.where(chain == ends.chain, np.minimum(through, along), through)

    def _node(self, points: Placed) -> np.ndarray:
        """Return the node of the search at which each point is, -1 inside a chain."""
        at_tail = (points.ahead == 0) & (points.to_tail == 0) & (points.from_tail == 0)
        at_head = (points.behind == 0) & (points.to_head == 0) & (points.from_head == 0)
        inside = np.where(at_head, self.head[points.chain], -1)
        return np.where(at_tail, self.tail[points.chain], inside)

    def _arcs(self, start: np.ndarray, end: np.ndarray, more: int) -> csr_array:
        """Build the graph of one direction, with rows of two arcs more; scipy adds up parallel arcs, so none stay."""
        start, end = np.concatenate([start, end]), np.concatenate([end, start])
        cost = np.concatenate([self.forward, self.backward])
        order = np.lexsort((cost, end, start))
        start, end, cost = start[order], end[order], cost[order]
        kept = np.concatenate([[True], (np.diff(start) != 0) | (np.diff(end) != 0)]) & (start != end)
        rows = np.concatenate([start[kept], np.repeat(self.nodes + np.arange(more), 2)])
        pointers = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=self.nodes + more))]).astype(np.int32)
        ends = np.concatenate([end[kept], np.zeros(2 * more)]).astype(np.int32)
        costs = np.concatenate([cost[kept], np.full(2 * more, FAR)]).astype(np.float64)
        return csr_array((costs, ends, pointers), shape=2 * (self.nodes + more,))

    def _write(
        self,
        graph: csr_array,
        row: np.ndarray,
        points: Placed,
        which: np.ndarray,
        to_tail: np.ndarray,
        to_head: np.ndarray,
    ) -> None:
        """Write the two arcs of points inside chains."""
        at = graph.indptr[self.nodes + row]
        graph.indices[at], graph.indices[at + 1] = self.tail[points.chain[which]], self.head[points.chain[which]]
        graph.data[at], graph.data[at + 1] = to_tail[which], to_head[which]


class ScipyContracted(ScipyWhole):
    """Only junctions are nodes of the search."""

    name = "scipy dijkstra, chains joined"
    contract = True
