"""Borders moved: blocks pass from one community to the next where that makes the two more of a piece."""

from __future__ import annotations

from math import sqrt

import numpy as np

from geokehila.communities.links import Band, Links
from geokehila.reach.arrays import Ints

#: A metre that people and land lie farther from the middle of theirs (root mean square) is worth so many metres of
#: street that is cut.
SPREAD_WEIGHT = 5.0
#: Rounds over all blocks at most; most often nothing is left to gain after ten.
ROUNDS = 40
#: [m] A lesser gain is none; of people too.
LEAST_GAIN = 1e-3

#: People, mass, mass times x, times y, and times the square of both.
Sums = tuple[float, float, float, float, float]


def moved(links: Links, part: Ints, band: Band) -> Ints:
    """Move blocks over borders, one at a time, as long as that gains something, and return their parts, shape (B,).

    A move gains where fewer people are outside the band; where as many are, what is cut and how far people and land lie
    from their middle decide. No part is torn apart or left without a block.

    Parameters
    ----------
    part
        Of each block, numbered from 0 without a gap, each part in one piece, shape (B,).
    """
    parts = _Parts(links, part, band)
    for _ in range(ROUNDS):
        if not sum(parts.improve(block) for block in range(len(part))):
            break
    return np.array(parts.part, np.int64)


class _Parts:
    """Parts while blocks move: what each sums up to, and of how many blocks it is."""

    def __init__(self, links: Links, part: Ints, band: Band) -> None:
        x, y = (links.xy - links.xy.mean(axis=0)).T
        columns = (links.people, links.mass, links.mass * x, links.mass * y, links.mass * (x * x + y * y))
        self.neighbours, self.band, self.part = links.neighbours, band, part.tolist()
        self.own: list[Sums] = np.stack(columns, axis=1).tolist()
        self.sums: list[Sums] = np.stack([np.bincount(part, column) for column in columns], axis=1).tolist()
        self.blocks = np.bincount(part).tolist()
        self.even = float(links.mass.sum()) / len(self.sums)

    def improve(self, block: int) -> bool:
        """Move a block to the part where most is gained; tell whether there was one."""
        here, metres = self.part[block], dict[int, float]()
        for other, between_m in self.neighbours[block]:
            metres[self.part[other]] = metres.get(self.part[other], 0.0) + between_m
        stay_m = metres.pop(here, 0.0)
        if not metres or self.blocks[here] == 1:
            return False
        people, gain_m, there = max((*self._gain(block, to, to_m - stay_m), -to) for to, to_m in metres.items())
        is_gain = people > LEAST_GAIN or (people > -LEAST_GAIN and gain_m > LEAST_GAIN)
        if not is_gain or not self._can_leave(block):
            return False
        self._move(block, -there)
        return True

    def _gain(self, block: int, there: int, metres: float) -> tuple[float, float]:
        """Return how many people fewer are outside the band after a move, and what else is gained [m]."""
        own, old, new = self.own[block], self.sums[self.part[block]], self.sums[there]
        left, grown = _less(old, own), _more(new, own)
        people = self._off(old) + self._off(new) - self._off(left) - self._off(grown)
        spread = _spread(old) + _spread(new) - _spread(left) - _spread(grown)
        return round(people, 6), metres + SPREAD_WEIGHT * spread / self.even

    def _off(self, sums: Sums) -> float:
        return max(self.band.least - sums[0], sums[0] - self.band.most, 0.0)

    def _can_leave(self, block: int) -> bool:
        """Tell whether a part still hangs together without a block: all its neighbours there find one another."""
        here = self.part[block]
        ends = {other for other, _ in self.neighbours[block] if self.part[other] == here}
        queue = [min(ends)] if ends else []
        seen = {block, *queue}
        ends -= seen
        while queue and ends:
            for other, _ in self.neighbours[queue.pop()]:
                if other not in seen and self.part[other] == here:
                    seen.add(other)
                    queue.append(other)
                    ends.discard(other)
        return not ends

    def _move(self, block: int, there: int) -> None:
        here, own = self.part[block], self.own[block]
        self.sums[here], self.sums[there] = _less(self.sums[here], own), _more(self.sums[there], own)
        self.blocks[here] -= 1
        self.blocks[there] += 1
        self.part[block] = there


def _more(one: Sums, other: Sums) -> Sums:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3], one[4] + other[4]


def _less(one: Sums, other: Sums) -> Sums:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2], one[3] - other[3], one[4] - other[4]


def _spread(sums: Sums) -> float:
    """Return how far the mass lies from its middle, root mean square [m], times how much it is."""
    _, mass, x, y, square = sums
    return sqrt(max(square * mass - x * x - y * y, 0.0))
