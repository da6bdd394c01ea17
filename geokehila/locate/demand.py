"""Demand by tiers: what each loses under a choice, what a site more would gain, and a first choice by greed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import frexp

import numpy as np

from geokehila.locate.problem import Flags, Floats, Ints
from geokehila.locate.rows import Rows

#: Losses are equal up to this share of all that can be lost: what is left of adding in another order.
EQUAL = 1e-9
#: How much more a unit of one tier weighs than one of the next where both are added up, and how much the first weighs
#: more than the last at most: so much a float can tell apart.
RANK, RANKS = 1e6, 1e12


@dataclass(frozen=True, eq=False)
class Demand:
    """Rows by tier.

    Attributes
    ----------
    rows
        Shape (N,).
    tier
        Of each row, from 0, shape (N,).
    tiers
        How many there are, 1 at least.
    """

    rows: Rows
    tier: Ints
    tiers: int = 1

    def sums(self, of_rows: Floats) -> Floats:
        """Return a number of each row times its weight, summed by tier, shape (T,)."""
        found: Floats = np.bincount(self.tier, self.rows.weight * of_rows, minlength=self.tiers).astype(float)
        return found

    def losses(self, chosen: Flags) -> Floats:
        """Return what each tier loses under a choice, shape (T,)."""
        return self.sums(self.rows.losses(chosen))

    @property
    def least(self) -> Floats:
        """What each tier loses if all sites are chosen, shape (T,)."""
        return self.sums(self.rows.cost[self.rows.indptr[:-1]])

    @property
    def most(self) -> Floats:
        """What each tier loses if no site is chosen, shape (T,)."""
        return self.sums(np.full(len(self.rows), self.rows.unserved))

    @property
    def covers(self) -> bool:
        """Whether serving demand is all that counts, not how far it walks."""
        return not self.rows.cost.any()

    @property
    def equal(self) -> float:
        """Losses nearer than this are equal."""
        return EQUAL * float(self.rows.weight.sum()) * self.rows.unserved

    def better(self, one: Floats, other: Floats) -> bool:
        """Tell whether the first tier that loses otherwise loses less."""
        apart = np.flatnonzero(np.abs(one - other) > self.equal)
        return len(apart) > 0 and bool(one[apart[0]] < other[apart[0]])

    def gains(self, chosen: Flags) -> Floats:
        """Return what each tier would win by each site more, shape (T, M)."""
        rows, row = self.rows, self.rows.of_pairs()
        won = rows.weight[row] * np.maximum(rows.losses(chosen)[row] - rows.cost, 0.0)
        count = len(chosen)
        found = np.bincount(self.tier[row] * count + rows.site, won, minlength=self.tiers * count)
        return found.astype(float).reshape(self.tiers, count)

    def ranked(self) -> Rows:
        """Return the rows as of one tier, each heavier by far than those of the tiers after its own."""
        factor = min(RANK, RANKS ** (1 / max(self.tiers - 1, 1)))
        return replace(self.rows, weight=self.rows.weight * factor ** (self.tiers - 1.0 - self.tier))

    def scaled(self) -> tuple[Demand, float, float]:
        """Return the same in units that suit a solver, and what one of the weights and of the losses is worth there.

        Both are powers of 2: nothing is rounded.
        """
        of_weight = 2.0 ** (frexp(self.rows.weight.max(initial=1.0))[1] - 10)
        of_cost = 2.0 ** frexp(self.rows.unserved)[1]
        rows = self.rows
        scaled = Rows(rows.indptr, rows.site, rows.cost / of_cost, rows.weight / of_weight, rows.unserved / of_cost)
        return replace(self, rows=scaled), of_weight, of_weight * of_cost


def greedy(rows: Rows, chosen: Flags, rest: Callable[[Flags], Flags]) -> Flags:
    """Add the site that gains most, the first by key of equal ones, as long as any gains.

    Parameters
    ----------
    rest
        Returns the sites of which each could be added to a choice.
    """
    alike = Demand(rows, np.zeros(len(rows), np.int64))
    chosen = chosen.copy()
    while len(rows):
        gains = np.where(rest(chosen), alike.gains(chosen)[0], 0.0)
        best = int(np.argmax(gains))
        if gains[best] <= 0:
            break
        chosen[best] = True
    return chosen
