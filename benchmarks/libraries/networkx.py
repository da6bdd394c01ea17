"""networkx: `multi_source_dijkstra_path_length`, once a category."""

from __future__ import annotations

from typing import ClassVar

import networkx as nx
import numpy as np

from benchmarks.libraries import NONE, Library
from benchmarks.works import HORIZON, Work


class NetworkX(Library):
    """A directed graph, of parallel arcs the cheapest, turned round: walks lead to the places."""

    name: ClassVar[str] = "networkx multi_source_dijkstra"
    package: ClassVar[str] = "networkx"
    rounds = 3

    def __init__(self, work: Work) -> None:
        start, end, cost = work.arcs()
        self.graph = nx.DiGraph()
        self.graph.add_nodes_from(range(work.nodes))
        self.graph.add_weighted_edges_from(zip(end.tolist(), start.tolist(), cost.tolist(), strict=True))
        node = work.place_node()
        self.nodes, self.sources = (
            work.nodes,
            [{*node[work.category == c].tolist()} for c in range(work.categories)],
        )

    def nearest(self) -> list[dict[int, int]]:
        """Return a dictionary a category."""
        return [
            nx.multi_source_dijkstra_path_length(self.graph, sources, cutoff=HORIZON) if sources else {}
            for sources in self.sources
        ]

    def answer(self, task: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the answers from every origin."""
        found = np.full((self.nodes, len(self.sources)), NONE, np.int64)
        for category, walk in enumerate(self.nearest()):
            found[np.fromiter(walk, np.int64, len(walk)), category] = np.fromiter(walk.values(), np.int64, len(walk))
        return np.arange(self.nodes), found
