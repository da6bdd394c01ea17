"""cityseer: what its `compute_accessibilities` and `compute_mixed_uses` call. AGPL: only measured, never shipped."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import shapely
from cityseer import rustalgos

from benchmarks.libraries import Library
from benchmarks.streets import SPEED_M_S
from benchmarks.works import CUTOFFS_S, Work
from geokehila.analyses.mixed_use.around import ORDERS, STEEPNESS, WITHIN_S
from geokehila.reach.ticks import PER_S, rounded

#: [m] Places lie at nodes.
NEAR_M = 1.0
#: [m] The walk of the mix of uses.
WITHIN_M = round(WITHIN_S * SPEED_M_S)


class Cityseer(Library):
    """Metres on the flat, as it has a rule of its own for slopes; bringing places to streets is its build.

    Places lie at nodes: on a bent street cityseer leads a place to only one end where the other is out of sight.
    Streets are as long as their ticks are, but a place just at a cutoff may be missed: it sums in metres.
    """

    name: ClassVar[str] = "cityseer accessibility, on the flat"
    package: ClassVar[str] = "cityseer"
    twin: ClassVar[str] = "GeoKehila, counts only, places at nodes, flat"
    slack: ClassVar[int] = 1
    rounds = 1

    def __init__(self, work: Work) -> None:
        self.nodes, self.categories = work.nodes, work.categories
        self.streets = rustalgos.graph.NetworkStructure()
        for node, (x, y) in enumerate(zip(work.x.tolist(), work.y.tolist(), strict=True)):
            self.streets.add_street_node(str(node), x, y, True, 1.0)
        tail, head = work.level.tail.tolist(), work.level.head.tolist()
        there, back = (shapely.to_wkt(lines, -1) for lines in (work.geometry(), shapely.reverse(work.geometry())))
        factor = rounded(work.level.forward_s) / PER_S * SPEED_M_S / np.maximum(work.level.length_m, 1e-9)
        for edge, (a, b, f) in enumerate(zip(tail, head, np.maximum(factor, 1e-6).tolist(), strict=True)):
            self.streets.add_street_edge(a, b, edge, str(a), str(b), there[edge], imp_factor=f)
            self.streets.add_street_edge(b, a, edge, str(b), str(a), back[edge], imp_factor=f)
        self.streets.validate()
        self.streets.build_edge_rtree()
        self.data = rustalgos.data.DataMap()
        node = work.place_node()
        for place, wkt in enumerate(shapely.to_wkt(shapely.points(work.x[node], work.y[node]), -1)):
            self.data.insert(place, wkt)
        self.data.assign_data_to_network(self.streets, NEAR_M, 50)
        self.category_of = dict(enumerate(map(str, work.category.tolist())))

    def counts(self) -> rustalgos.data.AccessibilityResult:
        """Return counts, and the nearest with them: it knows no way to leave that out."""
        (found,) = self.data.accessibility_decays(
            network_structure=self.streets,
            landuses_map=self.category_of,
            accessibility_keys=[str(c) for c in range(self.categories)],
            decay_fns=["1"],
            distances=[round(cutoff * SPEED_M_S) for cutoff in CUTOFFS_S],
            speed_m_s=SPEED_M_S,
            pbar_disabled=True,
        )
        return found

    def answer(self, task: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the counts from every origin."""
        found = self.counts()
        at = np.array([int(key) for key in found.node_keys_py])
        counted = [
            [found.result[str(c)].count[round(cutoff * SPEED_M_S)] for c in range(self.categories)]
            for cutoff in CUTOFFS_S
        ]
        return at, np.rint(np.array(counted)).astype(np.int64).transpose(2, 0, 1)


class CityseerMix(Cityseer):
    """Hill numbers, and those weighted by the walk to the nearest of each category, in one traversal."""

    name = "cityseer mixed uses, on the flat"
    twin = "GeoKehila, Hill numbers"

    def mix(self) -> list[rustalgos.data.MixedUsesResult]:
        """Return a result for each of the two decays: none, and exp(-4) at the end of the walk."""
        return self.data.mixed_uses_decays(
            network_structure=self.streets,
            landuses_map=self.category_of,
            decay_fns=["1", f"exp(-{STEEPNESS:g} * p)"],
            distances=[WITHIN_M],
            compute_hill=True,
            speed_m_s=SPEED_M_S,
            pbar_disabled=True,
        )

    def answer(self, task: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the Hill numbers of each order, and the weighted ones, (O, 6)."""
        found = self.mix()
        at = np.array([int(key) for key in found[0].node_keys_py])
        return at, np.column_stack([one.hill[order][WITHIN_M] for one in found for order in ORDERS])
