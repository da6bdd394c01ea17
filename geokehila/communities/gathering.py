"""Blocks gathered into groups by their strongest links, so that borders can keep to what links little."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np

from geokehila.communities.links import Links
from geokehila.reach.arrays import Ints


def gathered(links: Links, most: float) -> Ints:
    """Gather blocks into groups of no more mass than `most`, the most tightly linked first, shape (B,).

    The tie of two groups is what links them, as a share of all that links the one that has less. So a group grows
    across quiet streets before it grows across a main road.
    """
    near = [dict(some) for some in links.neighbours]
    all_m = [sum(some.values()) for some in near]
    mass, group = links.mass.tolist(), list(range(len(near)))

    def tie(one: int, other: int) -> tuple[float, float, int, int]:
        share = near[one][other] / min(all_m[one], all_m[other])
        return (-round(share, 9), mass[one] + mass[other], one, other)

    queue = [tie(one, other) for one, other in zip(links.one.tolist(), links.other.tolist(), strict=True)]
    heapify(queue)
    while queue:
        found = heappop(queue)
        one, other = found[2:]
        # What was queued before a group grew speaks of a group that is no more.
        if other not in near[one] or found != tie(one, other) or mass[one] + mass[other] > most:
            continue
        group[other] = one
        mass[one] += mass[other]
        del near[one][other], near[other][one]
        for third, metres in near[other].items():
            del near[third][other]
            near[one][third] = near[third][one] = near[one].get(third, 0.0) + metres
        near[other] = {}
        all_m[one] = sum(near[one].values())
        for third in near[one]:
            heappush(queue, tie(min(one, third), max(one, third)))
    for i in range(len(group)):
        # A group is named by its first block, so names point backwards only.
        group[i] = group[group[i]]
    return np.unique(group, return_inverse=True)[1].reshape(-1)
