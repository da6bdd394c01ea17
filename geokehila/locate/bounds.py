"""What no choice can cost less than: the Lagrangian bound, for any prices of rows, and prices that make it high.

Each row i is given a price u_i, no more than it costs if nobody serves it, and is free to go to every chosen site that
costs it less. Then no choice X costs less than

    L(u) = sum of u_i + least over choices X of the sum over X of r_j,  r_j = sum over i of min(0, w_i c_ij - u_i),

for whatever X costs row i, it is u_i or more, or it is w_i c_ij of a site j in X, and u_i + min(0, w_i c_ij - u_i) is
no more than either; the terms of other sites only lessen the sum. No prices are wrong: better ones give a higher bound.

The least over X is taken over all that keep to the number and, priced by a multiplier in the same way, to the budget;
that sites are apart is left out, which can only lessen it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geokehila.locate import kernels
from geokehila.locate.choice import ROUNDING, Choice
from geokehila.locate.problem import Floats, Ints
from geokehila.locate.rows import Rows

Over = Callable[[], bool]

#: Length of the first steps as a share of the way to the target, and at which nothing more is to be won.
FIRST, LAST = 1.5, 1e-4
#: Share of the last step that the next one keeps: what rows are pulled to by turns evens out.
KEPT = 0.95
#: So many steps without a better bound shorten the steps to this share.
PATIENCE, SHORTER = 30, 0.85
#: A bound better by less than this share of what is missing is none.
NOTABLE = 1e-4


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The choice that is best at given prices.

    Attributes
    ----------
    bound
        As it is computed, not yet safe.
    share
        How much of each site it holds, shape (M,).
    reduced
        What each site wins at these prices, 0 or less, shape (M,).
    """

    bound: float
    share: Floats
    reduced: Floats


@dataclass(frozen=True, eq=False)
class Relaxation:
    """Rows and terms, to be priced.

    Attributes
    ----------
    rows
        Shape (N,).
    ways
        The same for the kernels.
    choice
        Sites and terms.
    """

    rows: Rows
    ways: kernels.Ways
    choice: Choice

    @property
    def highest(self) -> Floats:
        """What each row costs if nobody serves it: the highest price, shape (N,)."""
        return self.rows.weight * self.rows.unserved

    def at(self, price: Floats) -> Relaxed:
        """Return the best choice at prices of rows, shape (N,)."""
        reduced = np.empty(len(self.choice.sites))
        kernels.reduced_costs(self.ways, price, reduced)
        locked = self.choice.sites.locked
        found = float(price.sum()) + float(reduced[locked].sum())
        least, taken = max((self._least(reduced, toll) for toll in self._tolls(reduced)), key=lambda one: one[0])
        share = locked.astype(float)
        share[taken] = 1.0
        return Relaxed(found + least, share, reduced)

    def safe(self, price: Floats) -> float:
        """Return the bound at prices of rows, shape (N,), less all that rounding can have added.

        A sum of k numbers is off by k roundings of the sum of their sizes at most. Every number here is part of a price
        or of what a row costs; each row's price enters once, and once for each of its pairs. Eight times that covers
        the products, the toll, and the rounding of this very line.
        """
        price = np.clip(price, 0.0, self.highest)
        sizes = float(price @ (1.0 + np.diff(self.rows.indptr)) + self.highest.sum())
        longest = len(self.rows) + len(self.choice.sites) + int(np.bincount(self.rows.site, minlength=1).max())
        return self.at(price).bound - 8 * np.finfo(float).eps * longest * sizes

    def _least(self, reduced: Floats, toll: float) -> tuple[float, Ints]:
        """Return the least that new sites win together if each unit of money costs a toll, and which they are."""
        free = np.flatnonzero(self.choice.free)
        price, terms = self.choice.sites.price[free], self.choice.terms
        total = reduced[free] + toll * price if toll else reduced[free]
        order = np.argsort(total, kind="stable")[: terms.add]
        order = order[total[order] < 0]
        spare = toll * terms.budget * (1 + ROUNDING) if toll else 0.0
        return float(total[order].sum()) - spare, free[order]

    def _tolls(self, reduced: Floats) -> list[float]:
        """Return tolls worth a trial: none, and the one at which the budget is just spent."""
        free, budget = self.choice.free, self.choice.terms.budget
        price, won = self.choice.sites.price[free], -reduced[free]
        if price.sum() <= budget:
            return [0.0]
        dear = price > budget * ROUNDING
        worth = won[dear] / price[dear]
        order = np.argsort(-worth, kind="stable")
        spent = int(np.searchsorted(np.cumsum(price[dear][order]), budget))
        return [0.0, float(worth[order[min(spent, len(order) - 1)]])]


@dataclass(frozen=True, eq=False)
class Raised:
    """A bound, as high as prices were found to make it.

    Attributes
    ----------
    bound
        Safe.
    reduced
        What each site wins at those prices, 0 or less, shape (M,).
    cut
        The clock ended the search.
    """

    bound: float
    reduced: Floats
    cut: bool


def raised(relaxation: Relaxation, price: Floats, target: tuple[float, float], rounds: int, over: Over) -> Raised:
    """Raise the bound by the subgradient method, each direction keeping most of the one before.

    Parameters
    ----------
    price
        Of each row, to begin with, shape (N,).
    target
        What some choice costs, and the bound that is good enough.
    rounds
        Steps at most; fewer if they no longer help.
    over
        Tells whether the time is up.

    Notes
    -----
    Source: Polyak (1969) for the length of the steps, Camerini, Fratta and Maffioli (1975) for what they keep.
    """
    (some_choice, enough), highest = target, relaxation.highest
    best = found = relaxation.at(price)
    kept, direction, length, waited, cut = price, np.zeros(len(price)), FIRST, 0, False
    for _ in range(rounds):
        cut = over()
        if cut or length < LAST or best.bound >= enough:
            break
        square = kernels.turn(relaxation.ways, price, highest, found.share, KEPT, direction)
        if square == 0:
            break
        stride = length * (some_choice - found.bound) / square
        price = np.clip(price + stride * direction, 0.0, highest)
        found = relaxation.at(price)
        notable = found.bound > best.bound + NOTABLE * (some_choice - best.bound)
        if found.bound > best.bound:
            best, kept = found, price
        waited = 0 if notable else waited + 1
        if waited > PATIENCE:
            length, waited, price, found = length * SHORTER, 0, kept, best
    return Raised(relaxation.safe(kept), best.reduced, cut)
