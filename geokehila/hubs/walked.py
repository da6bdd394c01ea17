"""The walks between homes and sites: one search of the engine for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geokehila.access import Ask, Led, Walks
from geokehila.catalogue import Profile
from geokehila.schema import UNCONNECTED

#: The one category of all sites in the search.
SITE = "site"


@dataclass(frozen=True, eq=False)
class SiteWalks:
    """Walks of one profile from homes to the sites that it can reach.

    Attributes
    ----------
    pairs
        origin_id, site_id, `walk_s` [s]: every home and site within `limit_s` of each other.
    limit_s
        [s] No longer walk was looked for.
    unconnected
        Sites that no way open to the profile comes near.
    """

    pairs: pd.DataFrame
    limit_s: float
    unconnected: frozenset[str]

    def matrix(self, origin_ids: pd.Index, site_ids: pd.Index) -> csr_array:
        """Return the walks [s] as a sparse matrix, shape (O, M); what is not stored is farther than `limit_s`."""
        row = origin_ids.get_indexer(self._ids("origin_id"))[self.pairs["origin_id"].cat.codes]
        column = site_ids.get_indexer(self._ids("site_id"))[self.pairs["site_id"].cat.codes]
        both = (row >= 0) & (column >= 0)
        walk_s = self.pairs["walk_s"].to_numpy(float)
        return csr_array((walk_s[both], (row[both], column[both])), shape=(len(origin_ids), len(site_ids)))

    def _ids(self, column: str) -> pd.Index:
        ids: pd.Index = self.pairs[column].cat.categories
        return ids


@dataclass(frozen=True, eq=False)
class SiteSearch:
    """Homes and sites before the engine.

    ``walks`` are those of the run: its homes, ways and the cap on what lies off them; ``gates`` is a table ``gates``
    whose place_id is the site_id.
    """

    walks: Walks
    gates: gpd.GeoDataFrame

    @cached_property
    def _sites(self) -> Walks:
        """The same homes and ways, the sites being what is walked to."""
        origins = self.walks.origins.rename("geometry").rename_axis("origin_id").reset_index()
        kinds = pd.DataFrame({"place_id": self.gates["place_id"].unique(), "category": SITE})
        run = self.walks
        return Walks.between(gpd.GeoDataFrame(origins), self.gates, kinds, run.ways, run.cap_m, run.extent)

    def within(self, limit_s: float, profile: Profile) -> SiteWalks:
        """Find every home and site within a walk of each other."""
        ask = Ask("pairs", profile.key, (SITE,), (limit_s,))
        access = self._sites.run([ask], {profile.key: profile}, limit_s).of(profile.key)
        pairs = access.pairs[SITE].rename(columns={"place_id": "site_id"})
        return SiteWalks(pairs, limit_s, self._unconnected(profile))

    def led(self, profile: Profile) -> Led:
        """Return the profile's network, with the sites' gates on it."""
        return self._sites.led(profile)

    def gates_of(self, profile: Profile, site_ids: Iterable[str]) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
        """Return the gates of some sites, and where they are snapped to: tables ``gates`` and ``snaps``."""
        gates = self.gates[self.gates["place_id"].isin([*site_ids])]
        snapped = self.led(profile).gates
        return gates, snapped[snapped["point_id"].isin(gates["gate_id"])]

    def _unconnected(self, profile: Profile) -> frozenset[str]:
        """Return the sites of which no gate is near a way open to a profile."""
        snapped = self.led(profile).gates
        place = self._sites.gate_place.reindex(snapped["point_id"]).to_numpy()
        reached = {*place[(snapped["status"] != UNCONNECTED).to_numpy()]}
        return frozenset({*self._sites.gate_place} - reached)


def nearest_s(walks: csr_array, columns: np.ndarray) -> np.ndarray:
    """[s] Return the walk of each home to the nearest of some sites, infinite where none is in reach, shape (O,)."""
    some = walks[:, columns].tocoo()
    least = np.full(walks.shape[0], np.inf)
    np.minimum.at(least, some.row, some.data)
    return least
