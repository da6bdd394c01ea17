"""Large demand: sites interchanged until no swap helps, by turns carelessly, beside a bound that tells how near it is.

First a choice by greed is made better swap by swap. From the prices of the bound (:mod:`geokehila.locate.bounds`) comes
which sites are worth a trial. Then sites are swapped at random, ever more carefully: a swap that loses is taken if it
loses no more than its lot allows (threshold accepting, Dueck and Scheuer 1990), and the bar sinks to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
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

#: Coolings one after another, each from the best choice so far: how many of all trials it takes, and the share of swaps
#: that lose less than what one may lose at its beginning.
COOLINGS = ((1 / 2, 0.01), *[(1 / 16, 0.005)] * 8)
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
        relaxation = Relaxation(self.rows, self.ways, self.choice)
        bound = raised(relaxation, price, (value, value - self._close(value)), self.effort.rounds, half)
        known, cut = max(least, bound.bound), bound.cut
        if not self._near(chosen, known):
            wandered, late = self._wandered(chosen, bound.reduced, known, whole)
            chosen, cut = min(wandered, chosen, begun, key=self.rows.value), cut or late
        value = self.rows.value(chosen)
        return Found(chosen, value, min(known, value), cut)

    def _near(self, chosen: Flags, known: float) -> bool:
        """Tell whether a choice is as near to a bound as is asked."""
        value = self.rows.value(chosen)
        return value - known <= self._close(value)

    def _close(self, value: float) -> float:
        """Return how near a bound must be: to demand served where that is what counts, else to what a choice costs."""
        rows = self.rows
        return self.effort.gap * (value if rows.cost.any() else fsum(rows.weight) * rows.unserved - value)

    def _timer(self, share: float) -> Over:
        """Start a clock that tells when a share of the seconds is over."""
        effort = replace(self.effort, seconds=self.effort.seconds * share)
        clock = Clock.of(effort)
        return lambda: clock.left(effort).seconds <= 0

    @cached_property
    def ways(self) -> kernels.Ways:
        """Pairs both ways."""
        rows, row = self.rows, self.rows.of_pairs()
        site = rows.site.astype(np.int64)
        order = np.lexsort((row, site))
        by_site = (_starts(site, len(self.choice.sites)), row[order], rows.cost[order])
        by_row = (rows.indptr.astype(np.int64), site, rows.cost.astype(float), rows.weight.astype(float))
        return kernels.Ways(*by_row, float(rows.unserved), *by_site)

    @cached_property
    def keep(self) -> kernels.Keep:
        """The terms, but for the number."""
        rivals, sites = self.choice.rivals, self.choice.sites
        pairs = np.concatenate([rivals, rivals[:, ::-1]])
        pairs = pairs[np.lexsort(pairs.T[::-1])]
        # Half of what rounding is allowed: the other half is for sums in another order.
        budget = self.choice.terms.budget * (1 + ROUNDING / 2)
        tight = len(rivals) > 0 or sites.price[self.choice.free].sum() > budget
        first, rival = _starts(pairs[:, 0], len(sites)), pairs[:, 1].copy()
        return kernels.Keep(sites.price.astype(float), float(budget), first, rival, bool(tight))

    @cached_property
    def free(self) -> Ints:
        """Sites that may be new."""
        return np.flatnonzero(self.choice.free)

    @cached_property
    def places(self) -> int:
        """How many sites can be new together."""
        paid = np.cumsum(np.sort(self.choice.sites.price[self.free]))
        some = int(np.searchsorted(paid, self.choice.terms.budget * (1 + 2 * ROUNDING), side="right"))
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

    def _wandered(self, chosen: Flags, reduced: Floats, known: float, over: Over) -> tuple[Flags, bool]:
        """Swap at random, ever more carefully, until a bound is near; tell whether the clock ended it."""
        order = self.free[np.argsort(reduced[self.free], kind="stable")]
        random, late = np.random.default_rng(0), False
        for share, warm in COOLINGS:
            trials = int(share * self.effort.rounds * len(order))
            cooled, late = self._cooled(chosen, warm, _Lots(random, order, self.places, trials), over)
            chosen = min(chosen, self._descended(cooled)[0], key=self.rows.value)
            if late or self._near(chosen, known):
                break
        return chosen, late

    def _cooled(self, chosen: Flags, warm: float, lots: _Lots, over: Over) -> tuple[Flags, bool]:
        """Swap at random, ever more carefully; tell whether the clock ended it."""
        board, value = self._board(chosen)
        best, found, bar = value, chosen.copy(), _bar(board, warm)
        for site, place, bars in lots.batches():
            value, best = kernels.wander(self.ways, self.keep, board, (site, place, bar * bars), value, best, found)
            if over():
                return found, True
            value = kernels.build(self.ways, self.keep, board)
        return found, False


@dataclass(frozen=True, eq=False)
class _Lots:
    """Swaps drawn by lot.

    Attributes
    ----------
    random
        Where the lots come from.
    order
        Sites to be tried, the most promising first: of the first half there are more than twice as many trials as of
        the second.
    places
        How many places they are tried at.
    trials
        How many in all.
    """

    random: np.random.Generator
    order: Ints
    places: int
    trials: int

    def batches(self) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Return sites, places for them and bars from 1 at first to 0 at last, batch by batch."""
        for done in range(0, self.trials, BATCH):
            count = min(BATCH, self.trials - done)
            left = 1 - (done + np.arange(count)) / self.trials
            site, place, luck = self.random.random((3, count))
            tried = self.order[(site**2 * len(self.order)).astype(np.int64)]
            yield tried, (place * self.places).astype(np.int64), left**2 * luck


def _bar(board: kernels.Board, share: float) -> float:
    """Return what a share of all swaps loses less than, 0 at least."""
    taken, shut = np.flatnonzero(board.new != kernels.NONE), np.flatnonzero(~board.open)
    lost = board.loss[board.new[taken]][:, None] - board.spared[np.ix_(taken, shut)] - board.gain[shut]
    return max(float(np.quantile(lost, share)), 0.0) if lost.size else 0.0


def _starts(number: Ints, count: int) -> Ints:
    """Return where each number begins in a sorted list, and its end."""
    return np.concatenate([[0], np.cumsum(np.bincount(number, minlength=count))]).astype(np.int64)
