"""GeoKehila's engine."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from benchmarks.libraries import NONE, Library
from benchmarks.streets import at_nodes
from benchmarks.works import CUTOFFS_S, HORIZON_S, Work
from geokehila import reach
from geokehila.analyses.diversity import hill
from geokehila.analyses.mixed_use.around import ORDERS, WITHIN_S, nearness
from geokehila.reach.ticks import PER_S


class Engine(Library):
    """Places on edges, slopes, counts and streets in one sweep; NEAREST with the places at nodes, as all have it.

    Loading the compiled searches and preparing the network is the build.
    """

    name: ClassVar[str] = "GeoKehila"
    package: ClassVar[str] = "geokehila"
    hilly: ClassVar[bool] = True
    on_edges: ClassVar[bool] = True
    streets: ClassVar[bool] = True
    threads: int | None = None

    def __init__(self, work: Work) -> None:
        reach.compile_kernels(lambda line: None)
        self.network = network = work.network(self.hilly)
        self.prepared = self.prepare()
        self.starts, self.group = work.origins(network), work.group()
        self.at_nodes = at_nodes(network, work.place_node())
        self.places = work.places(network) if self.on_edges else self.at_nodes

    def prepare(self) -> reach.Prepared:
        """Prepare the network anew."""
        return reach.prepare(self.network)

    def edges(self) -> int:
        """Return how many edges the network has."""
        return len(self.network.tail)

    def use(self, threads: int) -> None:
        """Search in so many threads from now on."""
        self.threads = threads

    def nearest(self) -> tuple[np.ndarray, np.ndarray]:
        """Return seconds and facilities."""
        return reach.nearest(self.prepared, self.starts, self.at_nodes, self.group, HORIZON_S, threads=self.threads)

    def counts(self) -> reach.Swept:
        """Return counts, and streets in reach."""
        return reach.sweep(
            self.prepared,
            self.starts,
            self.places,
            self.group,
            CUTOFFS_S,
            streets=self.streets,
            threads=self.threads,
        )

    def answer(self, task: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the answers from every origin."""
        every = np.arange(len(self.starts))
        if task == "nearest":
            return every, np.nan_to_num(self.nearest()[0] * PER_S, nan=NONE).astype(np.int64)
        return every, self.counts().counts

    def fewest(self, slack: int) -> np.ndarray:
        """Return the counts of cutoffs that are some ticks shorter, to compare."""
        cutoffs = [cutoff - slack / PER_S for cutoff in CUTOFFS_S]
        return reach.counts(self.prepared, self.starts, self.places, self.group, cutoffs)

    def streets_in_reach(self) -> reach.Streets:
        """Return the streets in reach, to compare."""
        return reach.pedshed(self.prepared, self.starts, CUTOFFS_S)


class EngineCounts(Engine):
    """The counts alone."""

    name = "GeoKehila, counts only"
    streets = False


class EngineAtNodes(EngineCounts):
    """The counts alone, every place at the nearer end of its edge: what pandana answers."""

    name = "GeoKehila, counts only, places at nodes"
    on_edges = False


class EngineLevel(EngineAtNodes):
    """The same on the flat: what cityseer answers."""

    name = "GeoKehila, counts only, places at nodes, flat"
    hilly = False


class EngineMix(EngineLevel):
    """The variety of places in reach, by the product's own formulas: Hill numbers, and those by the nearest of each."""

    name = "GeoKehila, Hill numbers"

    def mix(self) -> np.ndarray:
        """Return the Hill numbers of each order, and the weighted ones, (O, 6)."""
        counts, weight = self._reached()
        return np.column_stack([hill(counts, order, some) for some in (None, weight) for order in ORDERS])

    def as_cityseer(self) -> np.ndarray:
        """Return the same with cityseer's weighted number of order 1: that of the parts once they are weighted."""
        counts, weight = self._reached()
        found = self.mix()
        found[:, 4] = hill(counts * weight, 1)
        return found

    def settled(self, slack: int) -> np.ndarray:
        """Tell from which origins no place lies just at the cutoff, so many ticks within, to compare."""
        limits = (WITHIN_S - slack / PER_S, WITHIN_S)
        shorter, whole = reach.counts(self.prepared, self.starts, self.places, self.group, limits).swapaxes(0, 1)
        return (shorter == whole).all(axis=1)

    def _reached(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the places of each category in reach, and how near the nearest is."""
        towards = (self.prepared, self.starts, self.places, self.group)
        counts = reach.counts(*towards, (WITHIN_S,), threads=self.threads)[:, 0]
        walk_s, _ = reach.nearest(*towards, WITHIN_S, threads=self.threads)
        return counts.astype(float), nearness(walk_s)
