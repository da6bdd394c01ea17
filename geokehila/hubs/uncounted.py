"""Homes in zones without a count: nobody knows how many live there, but by which hubs they are the walk tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geokehila.reach.arrays import Flags, Floats, Ints


@dataclass(frozen=True, eq=False)
class Uncounted:
    """Homes without a count, H of them, and the sites within their walk.

    Attributes
    ----------
    zones
        zone_id of each.
    near
        1 where a site is within the cutoff, sparse, shape (H, M).

    Examples
    --------
    >>> homes = Uncounted.of(np.array(["a", "a", "b"], object), csr_array([[60.0, 0], [0, 90], [900, 0]]), 600.0)
    >>> homes.more(np.array([0])).tolist(), homes.told(np.array([0]), np.array([0, 1]))["a"]
    ([0, 1], {'homes': 2, 'now': 1, 'then': 0})
    """

    zones: np.ndarray
    near: csr_array

    @classmethod
    def of(cls, zones: np.ndarray, walks: csr_array, cutoff_s: float) -> Uncounted:
        """Take the walks [s] from homes to sites, sparse; what is not stored is out of reach."""
        found = walks.tocoo()
        within = found.data <= cutoff_s
        cells = np.ones(within.sum(), np.int64), (found.row[within], found.col[within])
        return cls(zones, csr_array(cells, shape=walks.shape))

    def without(self, sites: Ints) -> Flags:
        """Tell which homes have none of some sites within the walk, shape (H,)."""
        beyond: Flags = self.near[:, sites].sum(axis=1) == 0
        return beyond

    def more(self, sites: Ints) -> Floats:
        """Return to how many homes that have none of some sites each site would be within the walk, shape (M,)."""
        homes: Floats = self.near[self.without(sites)].sum(axis=0)
        return homes

    def told(self, now: Ints, then: Ints) -> Mapping[str, Mapping[str, int]]:
        """Return by zone how many homes there are, and how many without the hubs of now, and those that stand then."""
        beyond = {"homes": np.ones(len(self.zones), bool), "now": self.without(now), "then": self.without(then)}
        return {
            str(zone): {key: int(some[self.zones == zone].sum()) for key, some in beyond.items()}
            for zone in np.unique(self.zones)
        }
