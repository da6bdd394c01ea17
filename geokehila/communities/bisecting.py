"""Blocks parted in two, over and over, each time between two poles, where the least is cut."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geokehila.communities.links import Band, Links
from geokehila.reach.arrays import Flags, Floats, Ints

#: Blocks far apart from each other that are tried as poles, two at a time.
POLES = 6
#: Of the smaller part this share of its people may be on the other side, where less is cut so.
SLACK = 0.25


def bisected(links: Links, band: Band, count: int) -> Ints:
    """Part what hangs together in two, and each part again, into about so many communities, shape (B,)."""
    part, able = np.zeros(len(links.people), np.int64), band.able(float(links.people.sum()))
    count = min(max(count, able.start), able.stop - 1, len(part))
    if count == 1:
        return part
    few = count // 2
    is_near = halved(links, band, float(links.people.sum()) * few / count)
    part[is_near] = bisected(links.take(np.flatnonzero(is_near)), band, few)
    part[~is_near] = bisected(links.take(np.flatnonzero(~is_near)), band, count - few) + part.max() + 1
    return part


def halved(links: Links, band: Band, aim: float) -> Flags:
    """Tell which blocks are on the one side of the best line between two poles, shape (B,).

    Blocks are ordered by how much nearer, along the links, they are to the one pole than to the other; wherever that
    order is cut both sides hang together. Of the cuts that leave the fewest people outside the band, and about `aim`
    people on the one side, :data:`SLACK` more or less, the one that loses the fewest metres is taken.
    """
    best: tuple[tuple[float, float, float], Flags] | None = None
    for nearer_m in _orders(links):
        for found, most_m in _cuts(links, band, nearer_m, aim):
            if best is None or found < best[0]:
                best = found, nearer_m <= most_m
    if best is None:
        # Two blocks in one place: the first stands alone.
        return np.arange(len(links.people)) == 0
    return best[1]


def _orders(links: Links) -> Iterator[Floats]:
    """Yield for pairs of poles how much nearer each block is to the first than to the second [m], shape (B,)."""
    apart_m = np.hypot(*(links.xy[links.one] - links.xy[links.other]).T)
    matrix = links.matrix(np.maximum(apart_m, 1.0))
    away_m = _poles(matrix, links)
    for one, other in combinations(range(len(away_m)), 2):
        yield (away_m[one] - away_m[other]).round(6)


def _poles(matrix: csr_array, links: Links) -> Floats:
    """Return how far every block is [m] from blocks that are far from each other, shape (P, B)."""
    middle = links.xy.mean(axis=0)
    start = int(np.argmin(np.hypot(*(links.xy - middle).T).round(6)))
    nearest_m, found = dijkstra(matrix, indices=start), []
    for _ in range(min(POLES, len(links.people))):
        pole = int(np.argmax(nearest_m.round(6)))
        found.append(dijkstra(matrix, indices=pole))
        nearest_m = found[0] if len(found) == 1 else np.minimum(nearest_m, found[-1])
    return np.array(found)


def _cuts(links: Links, band: Band, nearer_m: Floats, aim: float) -> Iterator[tuple[tuple[float, float, float], float]]:
    """Yield the best cut of one order and how good it is: people outside the band, people beyond the slack, metres."""
    levels, level = np.unique(nearer_m, return_inverse=True)
    level, count = level.reshape(-1), len(levels)
    if count < 2:
        return
    here = np.cumsum(np.bincount(level, links.people, count))[:-1]
    there = links.people.sum() - here
    ends = np.sort([level[links.one], level[links.other]], axis=0)
    passing = np.bincount(ends[0], links.metres, count) - np.bincount(ends[1], links.metres, count)
    cut_m = np.cumsum(passing)[:-1]
    off = _off(band, here) + _off(band, there)
    uneven = np.maximum(np.abs(here - aim) - SLACK * min(aim, links.people.sum() - aim), 0.0)
    best = np.lexsort((cut_m.round(6), uneven.round(6), off.round(6)))[0]
    yield (round(float(off[best]), 6), round(float(uneven[best]), 6), round(float(cut_m[best]), 6)), levels[best]


def _off(band: Band, people: Floats) -> Floats:
    """Return how many people would be outside the band if a side were parted as evenly as can be."""
    count = np.maximum(np.round(people / (band.least * band.most) ** 0.5), 1.0)
    count = np.clip(count, np.ceil(people / band.most), np.maximum(people // band.least, 1.0))
    off: Floats = count * band.off(people / count)
    return off
