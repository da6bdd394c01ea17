"""Walks to the nearest places, walked anew by networkx over the published streets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import networkx as nx
import numpy as np
import pandas as pd

from benchmarks.validation.beside import Beside, of
from benchmarks.validation.drawn import METRES, SECONDS, Drawn
from benchmarks.validation.towns import Town
from geokehila.analyses.fifteen_minute import CHAIN, CHAIN_S
from geokehila.catalogue import DISTANCE
from geokehila.schema import EDGE, REFERENCE

ROUNDED = "rounded to sixteenths, an edge at a time"
#: [s, m] The most that this comes to over the edges of a walk: (n + 5) / 32 of n edges.
SLACK = 1.5


@dataclass(frozen=True, eq=False)
class Walked:
    """A run whose ground is level but where slopes are mapped, and its walks by networkx."""

    town: Town
    drawn: Drawn

    @property
    def horizon(self) -> float:
        """[s, m] Longer walks to the nearest place are not looked for."""
        return self.town.catalogue.standards["horizon"].value

    @cached_property
    def walks_s(self) -> dict[str, np.ndarray]:
        """[s] The walk from each home to the nearest place of each category, NaN beyond the horizon."""
        return self._nearest(self.drawn, SECONDS)

    @cached_property
    def certain_s(self) -> dict[str, np.ndarray]:
        """[s] The same without homes and gates that may hang on a nearer way beyond the data."""
        snaps = self.town.tables["snaps"]
        at_edge = snaps[(snaps["profile"] == REFERENCE) & (snaps["status"] == EDGE)]
        unsure = {*zip(at_edge["kind"].astype(str), at_edge["point_id"].astype(str), strict=True)}
        gates = {place: [gate for gate in some if gate not in unsure] for place, some in self.drawn.gates.items()}
        out = np.array([home in unsure for home in self.drawn.homes])
        found = self._nearest(replace(self.drawn, gates=gates), SECONDS)
        return {key: np.where(out, np.nan, walk_s) for key, walk_s in found.items()}

    def metres(self) -> Beside:
        """Compare the metres from every home to the nearest place of every category."""
        theirs = np.column_stack([*self._nearest(self.drawn, METRES).values()])
        ours = self.town.homes(DISTANCE)[[f"category_{key}_m" for key in self.town.catalogue.categories]]
        return self._beside("walk to the nearest place of each category", ours, theirs, self.horizon, "m")

    def seconds(self) -> Beside:
        """Compare the same of an adult, in seconds."""
        ours = self.town.homes()[[f"category_{key}_s" for key in self.walks_s]]
        return self._beside(
            "an adult's walk to the nearest", ours, np.column_stack([*self.walks_s.values()]), self.horizon, "s"
        )

    def walk_round(self) -> Beside:
        """Compare the walk round by grocery, post office, library and park: searched from its end, stop by stop."""
        member, graph, walks = self.town.tables["place_categories"], self.drawn.graph.reverse(), None
        for key in reversed(CHAIN):
            for place in member.loc[member["category"] == key, "place_id"]:
                gates = [gate for gate in self.drawn.gates.get(place, []) if gate in graph]
                # A place may be left by another gate than it was entered by.
                onward_s = 0.0 if walks is None else min((walks.get(gate, np.inf) for gate in gates), default=np.inf)
                graph.add_edges_from((key, gate, {SECONDS: onward_s}) for gate in gates if np.isfinite(onward_s))
            walks = nx.single_source_dijkstra_path_length(graph, key, weight=SECONDS) if key in graph else {}
        theirs = np.array([walks.get(home, np.nan) for home in self.drawn.homes])
        return self._beside("one walk round", self.town.homes()["chain_s"], theirs, CHAIN_S, "s")

    def _nearest(self, drawn: Drawn, weight: str) -> dict[str, np.ndarray]:
        member = self.town.tables["place_categories"]
        places = {key: member.loc[member["category"] == key, "place_id"] for key in self.town.catalogue.categories}
        return {key: drawn.nearest(some, self.horizon, weight) for key, some in places.items()}

    def _beside(self, what: str, told: pd.DataFrame | pd.Series, found: np.ndarray, limit: float, unit: str) -> Beside:
        """Compare walks but those beyond a limit, and those that end just before or behind it."""
        ours = told.to_numpy(float)
        far = (ours > limit - 2 * SLACK) | (found > limit - 2 * SLACK)
        both = (np.where(far, np.nan, some) for some in (ours, found))
        return Beside(what, self.town.name, of("networkx"), *both, SLACK, unit, ROUNDED)
