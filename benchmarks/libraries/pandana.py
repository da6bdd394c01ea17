"""pandana: `nearest_pois` and `aggregate`, on its contraction hierarchies. AGPL: only measured, never shipped."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandana
import pandas as pd

from benchmarks.libraries import NONE, Library
from benchmarks.works import CUTOFFS, HORIZON, Work

#: [ticks] One more than the horizon: pandana gives its limit itself for what is not within it.
BEYOND = HORIZON + 1


class Pandana(Library):
    """Directed arcs in whole ticks; places at nodes. Building the hierarchies and placing the places is the build."""

    name: ClassVar[str] = "pandana nearest_pois"
    package: ClassVar[str] = "pandana"
    rounds = 3

    def __init__(self, work: Work) -> None:
        start, end, cost = work.arcs()
        self.nodes, self.categories = work.nodes, work.categories
        self.present = np.unique(work.category).tolist()
        self.network = pandana.Network(
            pd.Series(work.x),
            pd.Series(work.y),
            pd.Series(start),
            pd.Series(end),
            pd.DataFrame({"ticks": cost.astype(float)}),
            twoway=False,
        )
        self._take(work)

    def _take(self, work: Work) -> None:
        for category in self.present:
            node = work.place_node()[work.category == category]
            self.network.set_pois(str(category), BEYOND, 1, pd.Series(work.x[node]), pd.Series(work.y[node]))

    def nearest(self) -> list[pd.DataFrame]:
        """Return a frame a category; one without places is not asked for."""
        return [self.network.nearest_pois(BEYOND, str(category), num_pois=1) for category in self.present]

    def answer(self, task: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the answers from every origin; pandana gives its limit where nothing is nearer."""
        found = np.full((self.nodes, self.categories), NONE, np.int64)
        for category, frame in zip(self.present, self.nearest(), strict=True):
            walk = frame[1].to_numpy()
            found[:, category] = np.where(walk < BEYOND, np.rint(walk), NONE)
        return np.arange(self.nodes), found


class PandanaCounts(Pandana):
    """The ranges of the longest cutoff precomputed in the build: what `aggregate` then takes is measured."""

    name = "pandana aggregate, ranges precomputed"
    twin = "GeoKehila, counts only, places at nodes"

    def _take(self, work: Work) -> None:
        for category in self.present:
            node = work.place_node()[work.category == category]
            self.network.set(pd.Series(node), name=str(category))
        self.network.precompute(float(CUTOFFS.max()))

    def counts(self) -> dict[tuple[int, int], pd.Series]:
        """Return a series a cutoff and category."""
        return {
            (k, category): self.network.aggregate(float(cutoff), type="sum", decay="flat", name=str(category))
            for category in self.present
            for k, cutoff in enumerate(CUTOFFS)
        }

    def answer(self, task: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the counts from every origin."""
        found = np.zeros((self.nodes, len(CUTOFFS), self.categories), np.int64)
        for (k, category), count in self.counts().items():
            found[:, k, category] = np.rint(count.to_numpy())
        return np.arange(self.nodes), found
