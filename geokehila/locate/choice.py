"""Which sites may be chosen together: those that are free, how many, for how much, and how far apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import fsum

import numpy as np
from scipy.spatial import cKDTree

from geokehila.locate.problem import Flags, Floats, Ints, Sites, Terms

#: What adding floats leaves: 0.1 and 0.2 fit into 0.3.
ROUNDING = 1e-12


def fits(parts: Floats, limit: float) -> bool:
    """Tell whether parts come to no more than a limit, rounding aside.

    Examples
    --------
    >>> fits(np.array([0.1, 0.2]), 0.3), fits(np.array([0.1, 0.2]), 0.29)
    (True, False)
    """
    return fsum(parts) <= limit * (1 + ROUNDING)


@dataclass(frozen=True, eq=False)
class Choice:
    """Sites and the terms under which some are chosen.

    Attributes
    ----------
    sites
        Shape (M,).
    terms
        What a choice must keep to.
    """

    sites: Sites
    terms: Terms

    @cached_property
    def allowed(self) -> Flags:
        """Candidates: neither locked nor banned, shape (M,)."""
        return ~(self.sites.locked | self.sites.banned)

    @cached_property
    def free(self) -> Flags:
        """Candidates that the terms leave: each could be the one new site, shape (M,)."""
        none = self.terms.add == 0
        return self.allowed & (self.sites.price <= self.terms.budget) & ~self.crowded & (not none)

    @cached_property
    def usable(self) -> Flags:
        """Sites that some choice holds, locked ones among them, shape (M,)."""
        return self.free | self.sites.locked

    @cached_property
    def crowded(self) -> Flags:
        """Sites too near to a locked one to be new, shape (M,)."""
        first, second = self._near.T
        locked = self.sites.locked
        return np.isin(np.arange(len(locked)), np.concatenate([second[locked[first]], first[locked[second]]]))

    @cached_property
    def rivals(self) -> Ints:
        """Pairs of free sites too near to each other to be both chosen, shape (P, 2), in order."""
        found: Ints = self._near[self.free[self._near].all(axis=1)]
        return found

    @cached_property
    def _near(self) -> Ints:
        """Pairs of sites nearer to each other than the terms have it, the lower first, shape (P, 2), in order."""
        apart_m, xy = self.terms.apart_m, self.sites.xy
        if not apart_m or len(xy) < 2:
            return np.zeros((0, 2), np.int64)
        if np.isinf(apart_m):
            return np.column_stack(np.triu_indices(len(xy), 1))
        # The tree rounds in its own way: it looks a little farther than asked.
        pairs = cKDTree(xy).query_pairs(apart_m * (1 + 1e-9), output_type="ndarray").astype(np.int64)
        pairs = pairs[np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T) < apart_m]
        found: Ints = pairs[np.lexsort(pairs.T[::-1])]
        return found

    def paid(self, chosen: Flags) -> bool:
        """Tell whether the budget is enough for the new sites of a choice."""
        return fits(self.sites.price[chosen & ~self.sites.locked], self.terms.budget)

    def allows(self, chosen: Flags) -> bool:
        """Tell whether a choice keeps to the terms."""
        new = chosen & ~self.sites.locked
        kept = (
            bool(chosen[self.sites.locked].all()),
            not (new & ~self.free).any(),
            self.terms.add is None or new.sum() <= self.terms.add,
            self.paid(chosen),
            not new[self.rivals].all(axis=1).any(),
        )
        return all(kept)

    def too_dear(self, chosen: Flags) -> list[Ints]:
        """Return the new sites of a choice that have a price, in a list, if they are over the budget; else no list."""
        return [] if self.paid(chosen) else [np.flatnonzero(chosen & ~self.sites.locked & (self.sites.price > 0))]

    def rest(self, chosen: Flags) -> Flags:
        """Return the sites of which each could be added to an allowed choice, shape (M,)."""
        new = chosen & ~self.sites.locked
        if self.terms.add is not None and new.sum() >= self.terms.add:
            return np.zeros(len(new), bool)
        rest = self.free & ~chosen
        rest[self.rivals[new[self.rivals[:, 0]], 1]] = rest[self.rivals[new[self.rivals[:, 1]], 0]] = False
        prices = self.sites.price[new]
        dear = np.flatnonzero(rest & (prices.sum() + self.sites.price > self.terms.budget * (1 - 1e-9)))
        rest[dear] = [fits(np.append(prices, self.sites.price[site]), self.terms.budget) for site in dear]
        return rest

    def instead(self, chosen: Flags, site: int) -> Flags:
        """Return the sites of which each could be chosen in place of one, shape (M,)."""
        without = chosen.copy()
        without[site] = False
        rest = self.rest(without)
        rest[site] = False
        return rest

    def within(self, chosen: Flags) -> Flags:
        """Return as much of a choice as the terms allow, the first by key first, with all locked sites."""
        kept = self.sites.locked.copy()
        for site in np.flatnonzero(chosen & self.free):
            kept[site] = self.rest(kept)[site]
        return kept
