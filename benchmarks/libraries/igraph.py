"""igraph: `distances` from a node behind all places of a category; it knows no cutoff."""

from __future__ import annotations

from typing import ClassVar

import igraph
import numpy as np

from benchmarks.libraries import NONE, Library
from benchmarks.works import HORIZON, Work


class IGraph(Library):
    """A directed graph turned round, with a node a category from which arcs of no cost lead to its places."""

    name: ClassVar[str] = "igraph distances, a source a category"
    package: ClassVar[str] = "igraph"

    def __init__(self, work: Work) -> None:
        start, end, cost = work.arcs()
        self.nodes, self.categories = work.nodes, work.categories
        arcs = np.concatenate(
            [np.column_stack([end, start]), np.column_stack([work.nodes + work.category, work.place_node()])]
        )
        self.graph = igraph.Graph(work.nodes + work.categories, arcs, directed=True)
        self.cost = np.concatenate([cost, np.zeros(len(work.category))]).tolist()

    def nearest(self) -> list[list[float]]:
        """Return a list a category, to every node."""
        sources = list(range(self.nodes, self.nodes + self.categories))
        return self.graph.distances(source=sources, target=range(self.nodes), weights=self.cost)

    def answer(self, task: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the answers from every origin, those beyond the horizon taken out."""
        walk = np.array(self.nearest()).T
        return np.arange(self.nodes), np.where(walk <= HORIZON, walk, NONE).astype(np.int64)
