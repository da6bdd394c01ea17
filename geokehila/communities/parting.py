"""A graph of blocks parted into communities: contiguous, within a band of people, along what parts them anyway."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geokehila.communities.bisecting import bisected, halved
from geokehila.communities.gathering import gathered
from geokehila.communities.links import Band, Links
from geokehila.communities.moving import moved
from geokehila.reach.arrays import Ints

#: A group of blocks that is moved as one has no more mass than this share of the least people of a community.
GROUP_SHARE = 1 / 4
#: [people] A lesser gain is none.
LEAST_GAIN = 1e-3


def parted(links: Links, band: Band) -> Ints:
    """Part what hangs together into communities, and number these from 0, shape (B,).

    First groups of tightly linked blocks are parted in two, over and over, and moved over borders; then single blocks
    are moved; then communities outside the band are parted anew together with their neighbours.
    """
    piece = links.pieces()
    part = np.full(len(piece), -1)
    for i in range(piece.max(initial=-1) + 1):
        rows = np.flatnonzero(piece == i)
        part[rows] = part.max() + 1 + _parted(links.take(rows), band)
    return part


def _parted(links: Links, band: Band) -> Ints:
    count = int(band.best(links.people.sum(keepdims=True))[0])
    if count == 1:
        return np.zeros(len(links.people), np.int64)
    group = gathered(links, band.least * GROUP_SHARE)
    groups = links.merged(group)
    part = moved(groups, bisected(groups, band), band)[group]
    return _mended(links, moved(links, part, band), band)


def _mended(links: Links, part: Ints, band: Band) -> Ints:
    """Part communities outside the band anew, each together with a neighbour or two, as long as that helps."""
    while (better := next(_better(links, part, band), None)) is not None:
        part = better
    return part


def _better(links: Links, part: Ints, band: Band) -> Iterator[Ints]:
    """Yield partitions that leave fewer people outside the band."""
    off = band.off(links.people_of(part))
    for some in _unions(links, part, np.flatnonzero(off > 0)):
        rows = np.flatnonzero(np.isin(part, some))
        here = links.take(rows)
        for begun in (np.zeros(len(rows), np.int64), halved(here, band).astype(np.int64), bisected(here, band)):
            anew = moved(here, begun, band)
            if band.off(here.people_of(anew)).sum() < off[some].sum() - LEAST_GAIN:
                found = part.copy()
                found[rows] = part.max() + 1 + anew
                yield np.unique(found, return_inverse=True)[1].reshape(-1)


def _unions(links: Links, part: Ints, wrong: Ints) -> Iterator[list[int]]:
    """Yield each part that is wrong with one of its neighbours, then with two that hang together with it."""
    near = links.merged(part).neighbours
    beside = [[other for other, _ in sorted(some, key=lambda pair: (-round(pair[1], 6), pair[0]))] for some in near]
    for one in wrong.tolist():
        yield from ([one, other] for other in beside[one])
    for one in wrong.tolist():
        pairs = [(other, third) for other in beside[one] for third in [*beside[one], *beside[other]]]
        yield from ([one, other, third] for other, third in pairs if third not in (one, other))
