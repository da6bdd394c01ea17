"""Blocks as a graph: how many people each holds, and how strongly two of them hang together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geokehila.reach.arrays import Floats, Ints


@dataclass(frozen=True)
class Band:
    """How many people a community has: from `least` to `most`, both included."""

    least: float
    most: float

    def parts(self, people: float) -> int:
        """Return into how many communities people are best parted: each about as far from either end of the band.

        Examples
        --------
        >>> Band(3000, 10000).parts(22_000), Band(3000, 10000).parts(11_000), Band(3000, 10000).parts(900)
        (4, 2, 1)
        """
        able = self.able(people)
        return min(max(round(people / (self.least * self.most) ** 0.5), able.start), able.stop - 1)

    def able(self, people: float) -> range:
        """Return into how many communities of the band people can be parted; one where there are too few for any.

        Examples
        --------
        >>> Band(3000, 10000).able(22_000), Band(3000, 10000).able(900)
        (range(3, 8), range(1, 2))
        """
        many = max(int(people // self.least), 1)
        return range(min(max(int(np.ceil(people / self.most)), 1), many), many + 1)

    def off(self, people: Floats) -> Floats:
        """Return by how many people each is outside the band; 0 inside."""
        outside: Floats = np.maximum(np.maximum(self.least - people, people - self.most), 0.0)
        return outside


@dataclass(frozen=True, eq=False)
class Links:
    """What is parted.

    Attributes
    ----------
    people
        Of each block, shape (B,).
    mass
        The same, its land counted as people too: what must lie close together, shape (B,).
    xy
        [m] The middle of its homes, of an empty block a point in it, shape (B, 2).
    one, other
        Two blocks that people walk between, each pair once, shape (K,).
    metres
        [m] What is lost where a pair is parted, in metres of street, shape (K,).
    """

    people: Floats
    mass: Floats
    xy: Floats
    one: Ints
    other: Ints
    metres: Floats

    @classmethod
    def of(cls, people: Floats, mass: Floats, xy: Floats, one: Ints, other: Ints, metres: Floats) -> Links:
        """Take links in any number and order; those of one pair are added, and a block has none to itself."""
        low, high = np.minimum(one, other), np.maximum(one, other)
        kept = (low != high) & (metres > 0)
        pair, at = np.unique(low[kept] * len(people) + high[kept], return_inverse=True)
        total = np.bincount(at.reshape(-1), metres[kept], len(pair))
        return cls(people, mass, xy, pair // max(len(people), 1), pair % max(len(people), 1), total)

    @cached_property
    def neighbours(self) -> Sequence[Sequence[tuple[int, float]]]:
        """The blocks linked to each block, and by how many metres."""
        found: list[list[tuple[int, float]]] = [[] for _ in self.people]
        for one, other, metres in zip(self.one.tolist(), self.other.tolist(), self.metres.tolist(), strict=True):
            found[one].append((other, metres))
            found[other].append((one, metres))
        return found

    def matrix(self, values: Floats) -> csr_array:
        """Return values of links as a symmetric matrix, shape (B, B)."""
        both = (np.append(self.one, self.other), np.append(self.other, self.one))
        return csr_array(coo_array((np.tile(values, 2), both), shape=(len(self.people),) * 2))

    def pieces(self, label: Ints | None = None) -> Ints:
        """Number what hangs together, links between blocks of different labels left out, shape (B,)."""
        kept = np.ones(len(self.one), bool) if label is None else label[self.one] == label[self.other]
        links = coo_array((np.ones(kept.sum()), (self.one[kept], self.other[kept])), shape=(len(self.people),) * 2)
        return np.asarray(connected_components(links, directed=False)[1], np.int64)

    def take(self, rows: Ints) -> Links:
        """Return the graph of some blocks."""
        row = np.full(len(self.people), -1)
        row[rows] = np.arange(len(rows))
        inside = (row[self.one] >= 0) & (row[self.other] >= 0)
        ends = row[self.one[inside]], row[self.other[inside]]
        return Links(self.people[rows], self.mass[rows], self.xy[rows], *ends, self.metres[inside])

    def merged(self, label: Ints) -> Links:
        """Return the graph whose blocks are the groups of one label, numbered from 0."""
        count = int(label.max(initial=-1)) + 1
        people, mass = (np.bincount(label, values, count) for values in (self.people, self.mass))
        xy = np.stack([np.bincount(label, self.xy[:, i] * self.mass, count) for i in (0, 1)], axis=1) / mass[:, None]
        return Links.of(people, mass, xy, label[self.one], label[self.other], self.metres)
