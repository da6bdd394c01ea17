"""Large demand: sites interchanged until no swap helps, by turns carelessly, beside a bound that tells how near it is.

First a choice by greed is made better swap by swap. From the prices of the bound (:mod:`geokehila.locate.bounds`) comes
which sites are worth a trial. Then sites are swapped at random, ever more carefully: a swap that loses is taken if it
loses no more than its lot allows (threshold accepting, Dueck and Scheuer 1990), and the bar sinks to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import fsum

import numpy as np

from geokehila.locate import kernels
from geokehila.locate.bounds import Over, Relaxation, raised
from geokehila.locate.choice import ROUNDING, Choice
from geokehila.locate.demand import greedy
from geokehila.locate.exact import Clock
from geokehila.locate.problem import Effort, Flags, Floats, Ints, Sites, Terms
from geokehila.locate.rows import Found, Rows

#: Share of all swaps that lose less than what one may lose at first.
WARM = 0.01
#: Swaps between two looks at the clock; then all is counted anew, so that rounding does not pile up.
BATCH = 1 << 16
#: Of all that can be lost: a swap that wins less wins nothing but rounding.
NOTHING = 1e-12


def search(rows: Rows, sites: Sites, terms: Terms, effort: Effort, start: Flags | None = None) -> Found:
    """Look for the choice of sites under which demand costs least.

    Parameters
    ----------
    rows
        Demand, shape (N,).
    sites
        Shape (M,); of their capacity nothing is asked.
    terms
        What a choice must keep to.
    effort
        Of its rounds as many steps are taken for the bound, and as many trials of each site.
    start
        A choice to begin with: of it what the terms allow, and the answer costs no more. None: one by greed.

    Returns
    -------
    Found
        No other site instead of a chosen one, or beside it where the terms leave room, makes it better. The bound holds
        for any distance between sites, and for budgets as if the last site could be bought in part.
    """
    choice = Choice(sites, terms)
    begun = greedy(rows, choice.within(sites.locked), choice.rest) if start is None else choice.within(start)
    least, value = rows.value(choice.usable), rows.value(begun)
    if least >= value:
        return Found(begun, value, value, False)
    return _Search(rows, choice, effort).run(begun, least)


@dataclass(frozen=True, eq=False)
class _Search:
    """Rows, terms and effort."""

    rows: Rows
    choice: Choice
    effort: Effort

    def run(self, begun: Flags, least: float) -> Found:
        """Search from a choice; `least` is what all sites together would cost."""
        whole, half = self._timer(1.0), self._timer(0.5)
        chosen, price = self._descended(begun)
        value = self.rows.value(chosen)
        enough = value - self.effort.gap * self._scale(value)
        relaxation = Relaxation(self.rows, self.ways, self.choice)
        bound = raised(relaxation, price, (value, enough), self.effort.rounds, half)
        known, cut = max(least, bound.bound), bound.cut
        if known < enough:
            wandered, late = self._wandered(chosen, bound.reduced, whole)
            chosen, cut = min(wandered, chosen, begun, key=self.rows.value), cut or late
            value = self.rows.value(chosen)
        return Found(chosen, value, min(known, value), cut)

    def _scale(self, value: float) -> float:
        """Return what a gap is a share of: demand served where that is what counts, else what the choice costs."""
        return value if self.rows.cost.any() else fsum(self.rows.weight) * self.rows.unserved - value

    def _timer(self, share: float) -> Over:
        """Start a clock that tells when a share of the seconds is over."""
        effort = replace(self.effort, seconds=self.effort.seconds * share)
        clock = Clock.of(effort)
        return lambda: clock.left(effort).seconds <= 0

    @cached_property
    def ways(self) -> kernels.Ways:
        """Pairs both ways."""
        rows, row = self.rows, self.rows.of_pairs()
        order = np.lexsort((row, rows.site))
        first_row = _starts(rows.site.astype(np.int64), len(self.choice.sites))
        site = rows.site.astype(np.int64)
        by_row = (rows.indptr.astype(np.int64), site, rows.cost, rows.weight)
        return kernels.Ways(*by_row, float(rows.unserved), first_row, row[order], rows.cost[order])

    @cached_property
    def keep(self) -> kernels.Keep:
        """The terms, but for the number."""
        rivals, sites = self.choice.rivals, self.choice.sites
        pairs = np.concatenate([rivals, rivals[:, ::-1]])
        pairs = pairs[np.lexsort(pairs.T[::-1])]
        # Half of what rounding is allowed: the other half is for sums in another order.
        budget = self.choice.terms.budget * (1 + ROUNDING / 2)
        tight = len(rivals) > 0 or sites.price[self.choice.free].sum() > budget
        return kernels.Keep(sites.price, budget, _starts(pairs[:, 0], len(sites)), pairs[:, 1].copy(), bool(tight))

    @cached_property
    def free(self) -> Ints:
        """Sites that may be new."""
        return np.flatnonzero(self.choice.free)

    @cached_property
    def places(self) -> int:
        """How many sites can be new together."""
        paid = np.cumsum(np.sort(self.choice.sites.price[self.free]))
        some = int(np.searchsorted(paid, self.keep.budget, side="right"))
        return some if self.choice.terms.add is None else min(some, self.choice.terms.add)

    @property
    def _least(self) -> float:
        """What a swap must win."""
        return NOTHING * fsum(self.rows.weight) * self.rows.unserved

    def _board(self, chosen: Flags) -> tuple[kernels.Board, float]:
        """Return a choice with all that changes would win, and what it costs."""
        rows, sites = len(self.rows), len(chosen)
        new = np.full(self.places, kernels.NONE)
        held = np.flatnonzero(chosen & ~self.choice.sites.locked)
        new[: len(held)] = held
        of_rows = (np.empty(rows, np.int64), np.empty(rows, np.int64), np.empty(rows), np.empty(rows))
        of_sites = (np.empty(sites), np.empty(sites), np.empty((self.places, sites)), np.empty(sites, np.int64))
        board = kernels.Board(chosen.copy(), new, np.empty(sites, np.int64), *of_rows, *of_sites, np.zeros(1))
        return board, kernels.build(self.ways, self.keep, board)

    def _descended(self, chosen: Flags) -> tuple[Flags, Floats]:
        """Make the swap that wins most until none does; return the choice, and what its rows might pay."""
        board, _ = self._board(chosen)
        while kernels.descend(self.ways, self.keep, board, self.free, self._least):
            kernels.build(self.ways, self.keep, board)
        return board.open, self.rows.weight * (board.near + board.next) / 2

    def _warmth(self, board: kernels.Board) -> float:
        """Return what a swap may lose at first."""
        taken, shut = np.flatnonzero(board.new != kernels.NONE), ~board.open
        lost = board.loss[board.new[taken]][:, None] - board.spared[np.ix_(taken, shut)] - board.gain[shut]
        return float(np.quantile(lost, WARM)) if lost.size else 0.0

    def _wandered(self, chosen: Flags, reduced: Floats, over: Over) -> tuple[Flags, bool]:
        """Swap at random, ever more carefully, then as in the beginning; tell whether the clock ended it."""
        board, value = self._board(chosen)
        best, found, cut = value, chosen.copy(), False
        warm = self._warmth(board)
        order = self.free[np.argsort(reduced[self.free], kind="stable")]
        random, trials = np.random.default_rng(0), self.effort.rounds * len(order)
        for done in range(0, trials, BATCH):
            count = min(BATCH, trials - done)
            left = 1 - (done + np.arange(count)) / trials
            site, place, luck = random.random((3, count))
            # Twice as many trials of the best half as of the rest.
            picked, at = order[(site**2 * len(order)).astype(np.int64)], (place * self.places).astype(np.int64)
            steps = (picked, at, warm * left**2 * luck)
            kernels.build(self.ways, self.keep, board)
            value, best = kernels.wander(self.ways, self.keep, board, steps, value, best, found)
            if cut := over():
                break
        return self._descended(found)[0], cut


def _starts(number: Ints, count: int) -> Ints:
    """Return where each number begins in a sorted list, and its end."""
    return np.concatenate([[0], np.cumsum(np.bincount(number, minlength=count))]).astype(np.int64)
