"""The best choice of sites by trying every one: slow, and of nothing but the definitions."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import linprog

from geokehila.locate import Problem, Terms

#: Two numbers this near are equal, relative to what is counted.
NEAR = 1e-6


def walks(problem: Problem) -> np.ndarray:
    """[s] Every walk, shape (N, M), infinite where none is stored."""
    table = np.full(problem.cost_s.shape, np.inf)
    pairs = problem.cost_s.tocoo()
    table[pairs.row, pairs.col] = pairs.data
    return table


def choices(problem: Problem, terms: Terms) -> np.ndarray:
    """Every choice that the terms allow, shape (C, M)."""
    sites = problem.sites
    m = len(sites)
    every = (np.arange(2**m)[:, None] >> np.arange(m)) & 1 == 1
    every = every[every[:, sites.locked].all(axis=1) & ~every[:, sites.banned].any(axis=1)]
    new = every & ~sites.locked
    fits = np.ones(len(every), bool)
    if terms.add is not None:
        fits &= new.sum(axis=1) <= terms.add
    # In cents: exact.
    fits &= new @ np.round(sites.price * 100) <= np.round(terms.budget * 100)
    for a, b in combinations(range(m), 2):
        if np.hypot(*(sites.xy[a] - sites.xy[b])) < terms.apart_m:
            fits &= ~(every[:, a] & every[:, b] & (new[:, a] | new[:, b]))
    return every[fits]


def nearest_s(table: np.ndarray, every: np.ndarray) -> np.ndarray:
    """[s] The walk of each row to the nearest site of each choice, shape (C, N)."""
    found = np.full((len(every), len(table)), np.inf)
    for row, costs in enumerate(table):
        found[:, row] = np.where(every, costs, np.inf).min(axis=1, initial=np.inf)
    return found


def first_tier_first(values: np.ndarray) -> np.ndarray:
    """The least row of values, shape (C, T), by its first column, then its second, and so on."""
    left = values
    for column in range(values.shape[1]):
        least = left[:, column].min()
        left = left[left[:, column] <= least + NEAR * max(1.0, abs(least))]
    return left[0]


@dataclass(frozen=True)
class Lost:
    """What a unit of demand costs at each site, shape (N, M), infinite: out of reach; and where it is not served."""

    cost: np.ndarray
    unserved: float


def lost(problem: Problem, terms: Terms, of: Lost) -> np.ndarray:
    """What the tiers, in order, lose under the best choice, where any site serves anybody."""
    tiers = np.unique(problem.tier)
    each = np.minimum(nearest_s(of.cost, choices(problem, terms)), of.unserved) * problem.weight
    return first_tier_first(np.column_stack([each[:, problem.tier == tier].sum(axis=1) for tier in tiers]))


def lost_shared(problem: Problem, terms: Terms, of: Lost) -> np.ndarray:
    """The same where sites can be full: demand is shared out by linear programming under every choice."""
    found = [shared_out(problem, of, chosen) for chosen in maximal(choices(problem, terms))]
    return first_tier_first(np.array(found))


def maximal(every: np.ndarray) -> np.ndarray:
    """The choices that none of the others holds and more: a site more never loses anything."""
    inside = (every[:, None, :] <= every[None, :, :]).all(axis=2).sum(axis=1)
    return every[inside == 1]


def shared_out(problem: Problem, of: Lost, chosen: np.ndarray) -> list[float]:
    """What each tier in turn loses at least under a choice."""
    row, site = np.nonzero(np.isfinite(of.cost) & chosen)
    values = []
    held, limits = [*_at_most(row, len(of.cost)), *_at_most(site, len(chosen))], [*problem.weight]
    limits += [min(c, problem.weight.sum()) for c in problem.sites.capacity]
    for tier in np.unique(problem.tier):
        own = problem.tier[row] == tier
        gain = np.where(own, of.cost[row, site] - of.unserved, 0.0)
        least = linprog(gain, np.array(held), limits, method="highs").fun if len(row) else 0.0
        values.append(of.unserved * problem.weight[problem.tier == tier].sum() + least)
        held, limits = [*held, gain], [*limits, least + 1e-9]
    return values


def _at_most(of: np.ndarray, count: int) -> np.ndarray:
    return (of == np.arange(count)[:, None]).astype(float)
