"""A problem put in one order, whatever order it came in, and equal demand merged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import fsum

import numpy as np

from geokehila.locate.problem import Flags, Floats, Ints, Problem, Sites
from geokehila.locate.rows import Rows


@dataclass(frozen=True, eq=False)
class Pairs:
    """Walks of demand to the sites that it may go to, by row, the shortest first, equal ones by site, shape (K,)."""

    row: Ints
    site: Ints
    cost_s: Floats

    def take(self, kept: Flags) -> Pairs:
        """Return some of them, in that order."""
        return Pairs(self.row[kept], self.site[kept], self.cost_s[kept])

    @cached_property
    def first(self) -> Ints:
        """The first pair of each row that has any."""
        return np.flatnonzero(np.diff(self.row, prepend=-1))


@dataclass(frozen=True, eq=False)
class Prepared:
    """A problem whose sites stand by their keys.

    Attributes
    ----------
    problem
        As it came.
    order
        Column of the problem of each site, shape (M,).
    sites
        In that order.
    pairs
        To all sites that are not banned; of rows in the problem's order.
    """

    problem: Problem
    order: Ints
    sites: Sites
    pairs: Pairs

    @classmethod
    def of(cls, problem: Problem) -> Prepared:
        """Put a problem in order."""
        order = np.argsort(problem.sites.key, kind="stable")
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        walks = problem.cost_s.tocoo()
        row, site, cost_s = walks.row.astype(np.int64), place[walks.col], walks.data
        kept = np.lexsort((site, cost_s, row))
        kept = kept[~problem.sites.banned[order[site[kept]]]]
        return cls(problem, order, problem.sites.take(order), Pairs(row[kept], site[kept], cost_s[kept]))

    @cached_property
    def reached(self) -> Flags:
        """Rows that any site reaches, shape (N,)."""
        reached = np.zeros(len(self.problem.weight), bool)
        reached[self.pairs.row] = True
        return reached

    @cached_property
    def out_of_reach(self) -> float:
        """Demand that no site reaches."""
        return fsum(self.problem.weight[~self.reached])

    @cached_property
    def tiers(self) -> Ints:
        """Tier of each row, numbered from 0 without a gap, shape (N,); of rows without demand none counts."""
        asked = np.unique(self.problem.tier[self.problem.weight > 0])
        return np.minimum(np.searchsorted(asked, self.problem.tier), max(len(asked) - 1, 0))

    def columns(self, chosen: Flags) -> Ints:
        """Return the columns of the problem that a choice means, rising."""
        return np.sort(self.order[chosen])

    def column_of(self, site: Ints) -> Ints:
        """Return the columns of the problem of sites, -1 where there is none."""
        return np.where(site >= 0, self.order[site], -1) if len(self.order) else site

    def chosen(self, columns: Ints | None) -> Flags:
        """Return a choice of columns of the problem; None: none."""
        return np.isin(self.order, [] if columns is None else columns)


def usable(pairs: Pairs, sites: Sites, free: Flags, shared: bool) -> Pairs:
    """Return the pairs that some choice uses.

    Parameters
    ----------
    free
        Sites that may be new, shape (M,).
    shared
        A site may be full, so that a row goes farther than to the nearest. Else nobody goes past a locked site.
    """
    pairs = pairs.take(((free | sites.locked) & (sites.capacity > 0))[pairs.site])
    if shared or not len(pairs.row):
        return pairs
    locked = np.cumsum(sites.locked[pairs.site])
    before: Ints = locked - sites.locked[pairs.site]
    of_row = np.searchsorted(pairs.row[pairs.first], pairs.row)
    return pairs.take(before == before[pairs.first][of_row])


def merged(pairs: Pairs, cost: Floats, unserved: float, weight: Floats, tier: Ints) -> tuple[Rows, Ints, Ints]:
    """Return demand with equal rows made one, the tier of each, and where each row went.

    Rows are equal that have one tier and the same sites at the same costs. Rows without weight or pairs go nowhere.

    Parameters
    ----------
    cost
        What each pair costs a unit of demand, rising within each row, shape (K,).
    unserved
        What demand costs that no site serves.
    weight, tier
        Of each row, shape (N,).

    Returns
    -------
    tuple
        Rows, shape (n,); their tiers, shape (n,); the merged row of each row, -1 for none, shape (N,).
    """
    order = np.lexsort((pairs.site, cost, pairs.row))
    kept = order[weight[pairs.row[order]] > 0]
    # Adding 0 makes of a cost of minus 0 one of 0, so that its bits are those of the others.
    site, price = pairs.site[kept], cost[kept] + 0.0
    length = np.bincount(pairs.row[kept], minlength=len(weight))
    starts = np.cumsum(length) - length
    into, head = _alike(site, price, length, starts, tier)
    # Weights are added smallest first, so that the sum does not depend on the order in which rows came.
    rising = np.lexsort((weight, into))
    rising = rising[into[rising] >= 0]
    total = np.bincount(into[rising], weight[rising], minlength=len(head)).astype(float)
    indptr = np.concatenate([[0], np.cumsum(length[head])])
    taken = np.repeat(starts[head] - indptr[:-1], length[head]) + np.arange(indptr[-1])
    return Rows(indptr, site[taken].astype(np.int32), price[taken], total, unserved), tier[head], into


def _alike(site: Ints, price: Floats, length: Ints, starts: Ints, tier: Ints) -> tuple[Ints, Ints]:
    """Return a number for each row that equal rows share, -1 for one without pairs, and the first row of each number.

    Numbers rise with what a row holds: its count of pairs, then its tier, its sites and its prices.
    """
    into, heads = np.full(len(length), -1), [np.zeros(0, np.int64)]
    for size in np.unique(length[length > 0]):
        rows = np.flatnonzero(length == size)
        pairs = starts[rows][:, None] + np.arange(size)
        held = np.column_stack([tier[rows], site[pairs], price[pairs].view(np.int64)]).astype(">i8")
        _, first, number = np.unique(held.view(f"V{8 * held.shape[1]}").ravel(), True, True)
        into[rows] = number + sum(map(len, heads))
        heads.append(rows[first])
    return into, np.concatenate(heads)
