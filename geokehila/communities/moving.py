"""Borders moved: blocks pass from one community to the next where that makes the two more of a piece."""

from __future__ import annotations

from math import sqrt

import numpy as np

from geokehila.communities.links import Band, Links
from geokehila.reach.arrays import Ints

#: A metre that people and land lie farther from the middle of theirs (root mean square) is worth so many metres of
#: street cut.
SPREAD_WEIGHT = 5.0
#: Rounds over all blocks at most; most often nothing is left to gain after ten.
ROUNDS = 40
#: [m] A lesser gain is none.
LEAST_GAIN_M = 1e-3

Moments = tuple[float, float, float, float, float]


def moved(links: Links, part: Ints, band: Band) -> Ints:
    """Move blocks over borders, one at a time, as long as that gains something, and return their parts, shape (B,).

    A move gains where fewer people are outside the band; where as many are, what is cut and how far people and land lie
    from their middle decide. No part is torn apart or left without a block.
    """
    state = _State(links, part, band)
    for _ in range(ROUNDS):
        if not sum(state.improve(block) for block in range(len(part))):
            break
    return np.array(state.part, np.int64)


class _State:
    """Parts while blocks move: by part the people, the moments of the mass (mass, x, y, square), the number of blocks."""

    def __init__(self, links: Links, part: Ints, band: Band) -> None:
        count = int(part.max(initial=-1)) + 1
        middle = links.xy.mean(axis=0) if len(links.xy) else np.zeros(2)
        x, y = (links.xy - middle).T
        mass = links.mass
        terms = (links.people, mass, mass * x, mass * y, mass * (x * x + y * y))
        self.neighbours, self.band, self.part = links.neighbours, band, part.tolist()
        self.own: list[Moments] = [*zip(*(term.tolist() for term in terms), strict=True)]  # type: ignore[list-item]
        sums = [np.bincount(part, term, count).tolist() for term in terms]
        self.moments: list[Moments] = [*zip(*sums, strict=True)]  # type: ignore[list-item]
        self.even = float(mass.sum()) / max(count, 1)
        self.blocks = np.bincount(part, minlength=count).tolist()

    def improve(self, block: int) -> bool:
        """Move a block to the part where most is gained; tell whether one was found."""
        here = self.part[block]
        metres: dict[int, float] = {}
        for other, links_m in self.neighbours[block]:
            metres[self.part[other]] = metres.get(self.part[other], 0.0) + links_m
        stay_m = metres.pop(here, 0.0)
        if not metres or self.blocks[here] == 1:
            return False
        gains = [(*self._gain(block, there, to_m - stay_m), -there) for there, to_m in metres.items()]
        people, gain_m, there = max(gains)
        is_gain = people > LEAST_GAIN_M or (people > -LEAST_GAIN_M and gain_m > LEAST_GAIN_M)
        if not is_gain or not self._can_leave(block):
            return False
        self._move(block, -there)
        return True

    def _gain(self, block: int, there: int, metres: float) -> tuple[float, float]:
        """Return how many people fewer are outside the band after a move, and what is gained [m]."""
        here = self.part[block]
        own, old, new = self.own[block], self.moments[here], self.moments[there]
        left = tuple(a - b for a, b in zip(old, own, strict=True))
        come = tuple(a + b for a, b in zip(new, own, strict=True))
        people = self._off(old[0]) + self._off(new[0]) - self._off(left[0]) - self._off(come[0])
        spread_m = _spread_m(old) + _spread_m(new) - _spread_m(left) - _spread_m(come)
        return round(people, 6), metres + SPREAD_WEIGHT * spread_m / self.even

    def _off(self, people: float) -> float:
        return max(self.band.least - people, people - self.band.most, 0.0)

    def _can_leave(self, block: int) -> bool:
        """Tell whether a part still hangs together without a block."""
        here = self.part[block]
        ends = {other for other, _ in self.neighbours[block] if self.part[other] == here}
        if len(ends) < 2:
            return True
        seen, queue = {block}, [ends.pop()]
        seen.update(queue)
        while queue:
            for other, _ in self.neighbours[queue.pop()]:
                if other not in seen and self.part[other] == here:
                    seen.add(other)
                    queue.append(other)
                    ends.discard(other)
            if not ends:
                return True
        return False

    def _move(self, block: int, there: int) -> None:
        here, own = self.part[block], self.own[block]
        self.moments[here] = tuple(a - b for a, b in zip(self.moments[here], own, strict=True))  # type: ignore[assignment]
        self.moments[there] = tuple(a + b for a, b in zip(self.moments[there], own, strict=True))  # type: ignore[assignment]
        self.blocks[here] -= 1
        self.blocks[there] += 1
        self.part[block] = there


def _spread_m(moments: tuple[float, ...]) -> float:
    """Return how far the mass lies from its middle, root mean square [m], times how much it is."""
    _, mass, x, y, square = moments
    return sqrt(max(square * mass - x * x - y * y, 0.0))
