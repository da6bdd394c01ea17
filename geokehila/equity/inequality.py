"""How unevenly a number is spread over people: the indices, of plain arrays.

Everywhere `x` is the number of each home, 0 or more, and `people` how many live there, shape (O,). Every index stays
the same when all people are multiplied and, but for poverty, when all numbers are. Where nobody is counted, or all
numbers are 0, it is NaN.
"""

from __future__ import annotations

import numpy as np

from geokehila.reach.arrays import Floats, Ints

#: Palma: the shares of the people, from the top and from the bottom, whose means are compared.
RICHEST, POOREST = 0.1, 0.4


def gini(x: Floats, people: Floats) -> float:
    """Return the Gini index, 0 (all alike) to below 1: half the mean difference of two people, over the mean.

    Notes
    -----
    Source: Gini 1912; as twice the area between the Lorenz curve and the diagonal.

    Examples
    --------
    >>> gini(np.array([0.0, 10.0]), np.array([1.0, 1.0]))
    0.5
    """
    return max(concentration(x, people, x), 0.0)


def concentration(x: Floats, people: Floats, rank: Floats) -> float:
    """Return the concentration index, -1 to 1: above 0 those of high rank have more of `x`.

    Parameters
    ----------
    rank
        Socio-economic order of each home, low first; homes of one rank count as one group, each with the group's mean.

    Notes
    -----
    Source: Kakwani, Wagstaff and van Doorslaer 1997, J Econometrics 77:87-103, for grouped data.

    Examples
    --------
    >>> concentration(np.array([30.0, 10.0]), np.array([1.0, 1.0]), np.array([1.0, 9.0]))
    -0.25
    """
    if not (people * x).sum() > 0:
        return np.nan
    share, amount = _curve(x, people, rank)
    return float(1 - (np.diff(share) * (amount[1:] + amount[:-1])).sum())


def palma(x: Floats, people: Floats, rank: Floats) -> float:
    """Return the mean of the highest tenth of the people by rank over that of the lowest four tenths; NaN over 0.

    A rank that a border falls into is shared out: its people count there with the mean of the rank.

    Notes
    -----
    Source: Palma 2011; population-weighted and by socio-economic order as in ``accessibility`` of the Brazilian
    Institute for Applied Economic Research (IPEA).
    """
    if not (people * x).sum() > 0:
        return np.nan
    share, amount = _curve(x, people, rank)
    poorest, below_richest = np.interp([POOREST, 1 - RICHEST], share, amount)
    return float((1 - below_richest) / RICHEST / (poorest / POOREST)) if poorest > 0 else np.nan


def percentile(x: Floats, people: Floats, share: float) -> float:
    """Return the least number that this share of the people have at most."""
    if not people.sum() > 0:
        return np.nan
    order = np.argsort(x, kind="stable")
    below = np.cumsum(people[order])
    return float(x[order][np.searchsorted(below, below[-1] * share - 1e-9 * below[-1])])


def theil(x: Floats, people: Floats) -> float:
    """Return Theil's T, 0 (all alike) to ln(people): the mean of x/m ln(x/m), m the mean of x; 0 ln 0 is 0.

    Notes
    -----
    Source: Theil 1967, Economics and Information Theory.
    """
    total = people.sum()
    mean = (x * people).sum() / total if total > 0 else np.nan
    if not mean > 0:
        return np.nan
    ratio = x / mean
    return max(float((people * ratio * np.log(np.where(ratio > 0, ratio, 1.0))).sum() / total), 0.0)


def theil_between(x: Floats, people: Floats, group: Ints) -> float:
    """Return that part of Theil's T which is between groups, numbered from 0: T as if all of a group had its mean.

    The rest is within them: the mean of their own T, each weighted by its share of all of `x`.
    """
    size = np.bincount(group, people).astype(float)
    held = np.bincount(group, people * x)
    return theil(np.divide(held, size, out=np.zeros(len(size)), where=size > 0), size)


def poverty(cost: Floats, people: Floats, line: float, power: int) -> float:
    """Return poverty of access (FGT): the mean over people of ((cost - line) / line) ** power, 0 within the line.

    Parameters
    ----------
    power
        0: the share of people beyond the line; 1: by how much of it they exceed it, spread over everybody; 2: the same
        squared, so that the farthest count most.

    Notes
    -----
    Source: Foster, Greer and Thorbecke 1984, Econometrica 52:761-766, turned round for a cost: poor is who walks more.
    """
    total = people.sum()
    excess = np.where(cost > line, cost / line - 1, 0.0)
    return float((people * (cost > line) * excess**power).sum() / total) if total > 0 else np.nan


def _curve(x: Floats, people: Floats, rank: Floats) -> tuple[Floats, Floats]:
    """Return, by rank from low to high, the share of people so far and the share of `x` they have, from 0 to 1."""
    ranks, of_home = np.unique(rank, return_inverse=True)
    sums = [np.concatenate([[0.0], np.cumsum(np.bincount(of_home, w, len(ranks)))]) for w in (people, people * x)]
    share, amount = (some / some[-1] for some in sums)
    return share, amount
