"""Walks looked for anew where a scenario touches them, and the states that follow."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.access import TO, Access, Ask, Led, Walks, Ways
from geokehila.access.asks import united
from geokehila.access.search import Search
from geokehila.analyses import states
from geokehila.analyses.tables import Tables
from geokehila.catalogue import Profile
from geokehila.reach.arrays import Flags
from geokehila.scenario.base import Base
from geokehila.scenario.patch import Patched
from geokehila.scenario.words import numbered


@dataclass(frozen=True, eq=False)
class Anew:
    """Walks of a scenario's homes to places of the categories that it touches."""

    base: Base
    patched: Patched

    def of_all(self) -> dict[str, tuple[pd.DataFrame, Flags]]:
        """Return the scores of every profile; two profiles at a time, where there are processors."""
        profiles = self.patched.study.catalogue.profiles
        # What they share is made before they part.
        _ = self._tables, self._walks
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return dict(zip(profiles, pool.map(self.scores, profiles), strict=True))

    def scores(self, profile: str) -> tuple[pd.DataFrame, Flags]:
        """Return states and walks [s] of the touched categories, and which homes no way leads from.

        One row a home, by origin_id; columns as in the run's ``scores_<profile>``.
        """
        catalogue = self.patched.study.catalogue
        access, categories = self._access(catalogue.profiles[profile]), catalogue.categories
        found = {
            key: states.of_category(self._tables, access, key, categories[key].cutoff_s) for key in self.patched.touched
        }
        columns: dict[str, Any] = {f"category_{key}_state": numbered(state) for key, state in found.items()}
        columns |= {f"category_{key}_s": access.nearest_s[key].to_numpy() for key in found}
        return pd.DataFrame(columns, access.nearest_s.index), access.is_unconnected

    @cached_property
    def _tables(self) -> Tables:
        return Tables(self.patched.study, self.patched.origins, lists=self.base.lists)

    @cached_property
    def _ways(self) -> Ways:
        return self.base.ways(self.patched.streets)

    @cached_property
    def _walks(self) -> Walks:
        """What is not where the run brought it to the network."""
        patched, cap_m = self.patched, self.patched.study.catalogue.standards["snap_cap"].value
        homes, gates = (table[table["fresh"]] for table in (patched.origins, self._gates))
        return Walks.between(homes, gates, self._kinds, self._ways, cap_m, self.base.extent)

    @cached_property
    def _kinds(self) -> pd.DataFrame:
        table = self.patched.categories
        return table[table["category"].isin(self.patched.touched)]

    @cached_property
    def _gates(self) -> gpd.GeoDataFrame:
        gates = self.patched.gates
        return gates[gates["place_id"].isin(self._kinds["place_id"])]

    def _access(self, profile: Profile) -> Access:
        asked = united([Ask("nearest", profile.key, self.patched.touched)])[profile.key, TO]
        horizon_s = self.patched.study.catalogue.standards["horizon"].value
        gate_place = self._gates.set_index("gate_id")["place_id"]
        return Search(self._led(profile), TO, gate_place, self._walks.member, horizon_s).answer(asked)

    def _led(self, profile: Profile) -> Led:
        """Return homes and gates on the ways of a profile: those of the run as it led them, the others now."""
        fresh = self._walks.led(profile)
        if self.patched.rebuilt:
            return fresh
        homes = self._kept(profile, "origin", self.patched.origins.set_index("origin_id"), fresh)
        gates = self._kept(profile, "gate", self._gates.set_index("gate_id"), fresh)
        return Led(fresh.walker, _joined(homes, fresh.origins), _joined(gates, fresh.gates))

    def _kept(self, profile: Profile, kind: str, table: gpd.GeoDataFrame, fresh: Led) -> pd.DataFrame:
        """Return where the run brought points to the network, by the edges open to a profile."""
        kept = self.base.snaps(profile.key, kind, table.index[~table["fresh"]])
        edge = kept["edge"].to_numpy()
        return kept.assign(edge=np.where(edge < 0, -1, np.searchsorted(fresh.walker.edges, edge)))


def _joined(kept: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    some = [table for table in (kept, fresh) if len(table)]
    return pd.concat(some or [fresh]).sort_values("point_id", ignore_index=True)
