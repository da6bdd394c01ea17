"""The best choice of sites for demand by tiers, proven by HiGHS, and what of a choice is not needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from geokehila.locate.choice import Choice
from geokehila.locate.demand import Demand
from geokehila.locate.draft import Draft
from geokehila.locate.exact import Clock, Model, Sum
from geokehila.locate.forms import Room, flows, levels
from geokehila.locate.problem import USUAL, Effort, Flags, Floats, Ints
from geokehila.locate.rows import Found

#: By how much a sum that is held may grow: thrice what the solver does not see.
SLACK = 3e-6
#: Of a model of flows with more pairs than this fewer nodes are searched, so that it takes no longer.
NODE_PAIRS = 500


@dataclass(frozen=True, eq=False)
class Task:
    """Demand that a choice is to serve.

    Attributes
    ----------
    demand
        In units that suit a solver.
    into
        The site that each thing stands at that may be chosen, shape (M,).
    capacity
        Demand that each site serves at most, in the same units, shape (R,).
    """

    demand: Demand
    into: Ints
    capacity: Floats

    @cached_property
    def shared(self) -> bool:
        """Whether a site can be full."""
        rows = self.demand.rows
        asked = np.bincount(self.into[rows.site], rows.weight[rows.of_pairs()], minlength=len(self.capacity))
        return bool((asked > self.capacity).any())

    def losses(self, chosen: Flags) -> Floats:
        """Return what each tier loses under a choice, shape (T,)."""
        if not self.shared:
            return self.demand.losses(chosen)
        model, one = Model(), np.ones(len(self.capacity))
        column, is_open = model.columns(chosen.astype(float), chosen.astype(float)), model.columns(one, one)
        loss = self.written(model, column, is_open)
        return np.array([one.of(x) for one, x in zip(loss, in_turn(model, loss), strict=True)])

    def written(self, model: Model, column: Ints, is_open: Ints) -> list[Sum]:
        """Write what each tier loses into a model.

        Parameters
        ----------
        column, is_open
            Columns of what may be chosen, shape (M,), and of the sites, shape (R,).
        """
        if not self.shared:
            return levels(model, self.demand, column)
        return flows(model, self.demand, column, Room(self.into, is_open, self.capacity))[1]


def in_turn(model: Model, sums: list[Sum]) -> list[Floats]:
    """Return the columns of a model without whole numbers as each sum is least, while those before it stay so."""
    found = []
    for one in sums:
        found.append(model.minimise(one, USUAL).solution)
        model.at_most(one, one.of(found[-1]) + SLACK)
    return found


def search(task: Task, draft: Draft, start: Flags, effort: Effort, clock: Clock) -> Found:
    """Find the choice that loses least, tier by tier, as HiGHS proves it.

    Parameters
    ----------
    start
        A choice that the terms allow.
    """
    # Where a row may go to several sites a node takes as long as there are pairs.
    pairs = max(len(task.demand.rows.site), NODE_PAIRS) if task.shared else NODE_PAIRS
    work = replace(effort, nodes=effort.nodes * NODE_PAIRS // pairs)
    best, least, bounds, cut = start, task.losses(start), [], False
    for tier, loss in enumerate(task.written(draft.model, draft.column, draft.open)):
        # The solver's gap is a share of what it minimises: of demand served, where that is what counts.
        served = task.demand.most[tier] if task.demand.covers else 0.0
        total = replace(loss, constant=loss.constant - served)
        chosen, solved = draft.minimise(total, clock.left(work), best)
        found = least if chosen is None else task.losses(chosen)
        if chosen is not None and task.demand.better(found, least):
            best, least = chosen, found
        bounds.append(min(max(solved.bound + served, task.demand.least[tier]), least[tier]))
        draft.model.at_most(loss, least[tier] + task.demand.equal)
        cut |= solved.cut
    return Found(best, float(least.sum()), float(sum(bounds)), cut)


def pruned(chosen: Flags, locked: Flags, as_good: Callable[[Flags], bool]) -> Flags:
    """Drop new sites, the last by key first, that a choice is as good without."""
    for site in np.flatnonzero(chosen & ~locked)[::-1]:
        without = chosen.copy()
        without[site] = False
        if as_good(without):
            chosen = without
    return chosen


def first_by_key(
    demand: Demand,
    choice: Choice,
    chosen: Flags,
    price: Floats | None = None,
    losses: Callable[[Flags], Floats] | None = None,
) -> Flags:
    """Put the first by key in the place of each new site that is no better; where prices count, nor cheaper.

    `losses` are those of a choice where sites can be full: never less than without that, so only what seems as good
    then is asked.
    """
    site, price = len(chosen), np.zeros(len(chosen)) if price is None else price
    while (new := np.flatnonzero((chosen & ~choice.sites.locked)[:site])).size:
        site = int(new[-1])
        least = (losses or demand.losses)(chosen)
        without = chosen & (np.arange(len(chosen)) != site)
        left = demand.losses(without)[:, None] - demand.gains(without)
        as_good = (left <= least[:, None] + demand.equal).all(axis=0)
        for other in np.flatnonzero((as_good & choice.rest(without) & (price <= price[site]))[:site]):
            instead = without | (np.arange(len(chosen)) == other)
            if losses is None or not demand.better(least, losses(instead)):
                chosen, site = instead, len(chosen)
                break
    return chosen
