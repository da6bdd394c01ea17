"""Blocks gathered into groups by their strongest links, so that borders can keep to what links little."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np

from geokehila.communities.links import Links
from geokehila.reach.arrays import Ints

Tie = tuple[float, float, int, int]


def gathered(links: Links, most: float) -> Ints:
    """Gather blocks into groups of no more mass than `most`, the most tightly linked first, shape (B,).

    The tie of two groups is what links them, as a share of all that links the one that has less. So a group grows
    across quiet streets before it grows across a main road.

    Examples
    --------
    Four blocks in a row, of which the second and the third have least between them:

    >>> pairs, metres = np.array([[0, 1], [1, 2], [2, 3]]), np.array([50.0, 20.0, 50.0])
    >>> gathered(Links.of(np.ones(4), np.ones(4), np.zeros((4, 2)), pairs, metres), 2.0).tolist()
    [0, 0, 1, 1]
    """
    groups = _Groups(links)
    queue = [groups.tie(one, other) for one, other in zip(links.one.tolist(), links.other.tolist(), strict=True)]
    heapify(queue)
    while queue:
        found = heappop(queue)
        one, other = found[2:]
        if groups.is_now(found) and groups.mass[one] + groups.mass[other] <= most:
            groups.join(one, other)
            for third in groups.near[one]:
                heappush(queue, groups.tie(min(one, third), max(one, third)))
    return groups.of_block()


class _Groups:
    """Groups while they grow, each named by its first block: mass, metres to each other group and to all."""

    def __init__(self, links: Links) -> None:
        self.near = [dict(some) for some in links.neighbours]
        self.all_m = [sum(some.values()) for some in self.near]
        self.mass = links.mass.tolist()
        self.first = [*range(len(self.near))]

    def tie(self, one: int, other: int) -> Tie:
        """Return how tightly two groups are linked, the tightest being the least, and which they are."""
        share = self.near[one][other] / min(self.all_m[one], self.all_m[other])
        return -round(share, 9), self.mass[one] + self.mass[other], one, other

    def is_now(self, tie: Tie) -> bool:
        """Tell whether a tie still holds: what was queued before a group grew speaks of one that is no more."""
        one, other = tie[2:]
        return other in self.near[one] and tie == self.tie(one, other)

    def join(self, one: int, other: int) -> None:
        """Make the second group part of the first, which is named by an earlier block."""
        self.first[other] = one
        self.mass[one] += self.mass[other]
        del self.near[one][other], self.near[other][one]
        for third, metres in self.near[other].items():
            del self.near[third][other]
            self.near[one][third] = self.near[third][one] = self.near[one].get(third, 0.0) + metres
        self.near[other] = {}
        self.all_m[one] = sum(self.near[one].values())

    def of_block(self) -> Ints:
        """Return the group of each block, numbered from 0, shape (B,)."""
        for block, first in enumerate(self.first):
            self.first[block] = self.first[first]
        return np.unique(self.first, return_inverse=True)[1].reshape(-1)
