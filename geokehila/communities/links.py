"""Blocks as a graph: how many people each holds, and how strongly two of them hang together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geokehila.reach.arrays import Floats, Ints

#: People that are fewer than this are a rounding error.
_NOBODY = 1e-6


@dataclass(frozen=True)
class Band:
    """How many people a community has: from `least` to `most`, both included."""

    least: float
    most: float

    def best(self, people: Floats) -> Ints:
        """Return into how many communities people are best parted: each about as far from either end of the band.

        Examples
        --------
        >>> Band(3000, 10000).best(np.array([22_000.0, 11_000.0, 900.0])).tolist()
        [4, 2, 1]
        """
        many = np.maximum((people + _NOBODY) // self.least, 1.0)
        few = np.clip(np.ceil((people - _NOBODY) / self.most), 1.0, many)
        count = np.clip(np.rint(people / (self.least * self.most) ** 0.5), few, many)
        best: Ints = count.astype(np.int64)
        return best

    def off(self, people: Floats) -> Floats:
        """Return by how many people each is outside the band; 0 inside."""
        outside = np.maximum(self.least - people, people - self.most)
        off: Floats = np.where(outside > _NOBODY, outside, 0.0)
        return off


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
    def of(cls, people: Floats, mass: Floats, xy: Floats, pairs: Ints, metres: Floats) -> Links:
        """Take links in any number and order, shape (K, 2); those of one pair are added, those of 0 m are none."""
        low, high = np.sort(pairs, axis=1).T
        kept, count = (low != high) & (metres > 0), max(len(people), 1)
        pair, at = np.unique(low[kept] * count + high[kept], return_inverse=True)
        total = np.bincount(at.reshape(-1), metres[kept], len(pair)).astype(float)
        return cls(people, mass, xy, pair // count, pair % count, total)

    @cached_property
    def neighbours(self) -> Sequence[Sequence[tuple[int, float]]]:
        """The blocks linked to each block, and by how many metres."""
        found: list[list[tuple[int, float]]] = [[] for _ in self.people]
        for one, other, metres in zip(self.one.tolist(), self.other.tolist(), self.metres.tolist(), strict=True):
            found[one].append((other, metres))
            found[other].append((one, metres))
        return found

    @cached_property
    def apart_mm(self) -> csr_array:
        """[mm] How far linked blocks lie apart, in whole millimetres from 1, shape (B, B)."""
        apart_m = np.hypot(*(self.xy[self.one] - self.xy[self.other]).T)
        return self._matrix(np.maximum((apart_m * 1000).round(), 1.0))

    def people_of(self, label: Ints) -> Floats:
        """Return the people of each group of one label, numbered from 0."""
        people: Floats = np.bincount(label, self.people).astype(float)
        return people

    def pieces(self) -> Ints:
        """Number what hangs together, shape (B,)."""
        label = connected_components(self._matrix(self.metres), directed=False)[1]
        return np.asarray(label, np.int64)

    def take(self, rows: Ints) -> Links:
        """Return the graph of some blocks."""
        row = np.full(len(self.people), -1)
        row[rows] = np.arange(len(rows))
        inside = (row[self.one] >= 0) & (row[self.other] >= 0)
        of_blocks = self.people[rows], self.mass[rows], self.xy[rows]
        return Links(*of_blocks, row[self.one[inside]], row[self.other[inside]], self.metres[inside])

    def merged(self, label: Ints) -> Links:
        """Return the graph whose blocks are the groups of one label, numbered from 0 without a gap."""
        people, mass = (np.bincount(label, values).astype(float) for values in (self.people, self.mass))
        xy = np.stack([np.bincount(label, column * self.mass) / mass for column in self.xy.T], axis=1)
        return Links.of(people, mass, xy, np.stack([label[self.one], label[self.other]], axis=1), self.metres)

    def _matrix(self, values: Floats) -> csr_array:
        both = (np.append(self.one, self.other), np.append(self.other, self.one))
        return csr_array(coo_array((np.tile(values, 2), both), shape=(len(self.people),) * 2))
