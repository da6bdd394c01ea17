"""Blocks parted in two, over and over, each time between two poles, where the least is cut."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from scipy.sparse.csgraph import dijkstra

from geokehila.communities.links import Band, Links
from geokehila.reach.arrays import Flags, Floats, Ints

#: Blocks far apart from each other that are tried as poles, two at a time.
POLES = 6

#: How bad a cut is: people outside the band; metres cut for each person on the smaller side; people off the half.
Loss = tuple[float, float, float]


def bisected(links: Links, band: Band) -> Ints:
    """Part what hangs together in two, and each part again, until every part is best left whole, shape (B,)."""
    part = np.zeros(len(links.people), np.int64)
    if len(part) == 1 or band.best(links.people.sum(keepdims=True))[0] == 1:
        return part
    is_near = halved(links, band)
    part[is_near] = bisected(links.take(np.flatnonzero(is_near)), band)
    part[~is_near] = bisected(links.take(np.flatnonzero(~is_near)), band) + part.max() + 1
    return part


def halved(links: Links, band: Band) -> Flags:
    """Tell which blocks are on the one side of the best line between two poles, shape (B,).

    Blocks are ordered by how much nearer, along the links, they are to the one pole than to the other; wherever that
    order is cut both sides hang together: on the shortest way to its own pole no block is nearer to the other one. Of
    the cuts that leave the fewest people outside the band that one is taken which loses the fewest metres for each
    person on its smaller side.

    Examples
    --------
    Four blocks in a row, of which the second and the third have least between them:

    >>> row, pairs = np.array([[0, 0], [9, 0], [18, 0], [27, 0]]), np.array([[0, 1], [1, 2], [2, 3]])
    >>> links = Links.of(np.ones(4), np.ones(4), row, pairs, np.array([50.0, 20.0, 50.0]))
    >>> halved(links, Band(1, 2)).tolist()
    [False, False, True, True]
    """
    cuts = [(*_best(links, band, nearer_mm), nearer_mm) for nearer_mm in _orders(links)]
    _, most_mm, nearer_mm = min(cuts, key=lambda cut: cut[0])
    is_near: Flags = nearer_mm <= most_mm
    return is_near


def _orders(links: Links) -> Iterator[Floats]:
    """Yield for pairs of poles how much nearer each block is to the first than to the second [mm], shape (B,)."""
    middle = links.xy.mean(axis=0)
    start = int(np.argmin(np.hypot(*(links.xy - middle).T).round(6)))
    nearest_mm, poles = dijkstra(links.apart_mm, indices=start), []
    for _ in range(min(POLES, len(links.people))):
        poles.append(dijkstra(links.apart_mm, indices=int(np.argmax(nearest_mm))))
        nearest_mm = np.min(poles, axis=0)
    for one, other in combinations(poles, 2):
        yield one - other


def _best(links: Links, band: Band, nearer_mm: Floats) -> tuple[Loss, float]:
    """Return how bad the best cut of one order is, and how much nearer those on the one side are at most [mm]."""
    levels, level = np.unique(nearer_mm, return_inverse=True)
    level, count, people = level.reshape(-1), len(levels), float(links.people.sum())
    here = np.cumsum(links.people_of(level))[:-1]
    low, high = np.sort([level[links.one], level[links.other]], axis=0)
    cut_m = np.cumsum(np.bincount(low, links.metres, count) - np.bincount(high, links.metres, count))[:-1]
    off = _off(band, here) + _off(band, people - here)
    each_m = cut_m / np.maximum(np.minimum(here, people - here), 1.0)
    losses = np.stack([off, each_m, np.abs(here - people / 2)]).round(6)
    best = np.lexsort(losses[::-1])[0]
    one, two, three = losses[:, best].tolist()
    return (one, two, three), float(levels[best])


def _off(band: Band, people: Floats) -> Floats:
    """Return how many people would be outside the band if a side were parted as evenly as can be, shape (C,)."""
    count = band.best(people)
    off: Floats = count * band.off(people / count)
    return off
