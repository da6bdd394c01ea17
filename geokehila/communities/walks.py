"""Walks between homes and to the middle of their community, along the ways of the whole town."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geokehila.network import StreetNetwork
from geokehila.reach.arrays import Floats, Ints

#: Pairs of homes whose walks are looked for at a time.
_BATCH = 100


@dataclass(frozen=True, eq=False)
class Doors:
    """Homes on the ways of a town.

    Attributes
    ----------
    network
        The ways that are open to who walks.
    edge
        Of each home, -1 for one on no street, shape (O,).
    to_end_m
        [m] From each home to the tail and the head of its edge, shape (O, 2); NaN on no street.
    """

    network: StreetNetwork
    edge: Ints
    to_end_m: Floats

    @classmethod
    def of(cls, network: StreetNetwork, snaps: pd.DataFrame) -> Doors:
        """Take snapped homes: edge (missing or -1: on no street), offset_share and off_network_m."""
        edge = np.asarray(snaps["edge"].fillna(-1), np.int64)
        length_m = np.append(network.length_m, np.nan)[edge]
        along_m = snaps["offset_share"].to_numpy(float) * length_m
        off_m = snaps["off_network_m"].to_numpy(float)
        return cls(network, edge, np.stack([off_m + along_m, off_m + length_m - along_m], axis=1))

    def mean_to_middle_m(self, xy: Floats, people: Floats, unit: Ints, count: int) -> Floats:
        """[m] Return the mean walk of people to the middle of their community, shape (count,).

        The middle is the junction nearest to where its people live on average, of those at the ends of their own
        streets. NaN where no home is on a street; homes from which no way leads to the middle count for nothing.

        Parameters
        ----------
        xy, people, unit
            Where homes are [m], who lives there, and their community, shapes (O, 2), (O,) and (O,).
        """
        on = self.edge >= 0
        units, row = np.unique(unit[on], return_inverse=True)
        if not len(units):
            return np.full(count, np.nan)
        each = [np.flatnonzero(on & (unit == i)) for i in units]
        middles = [self._middle(own, xy[own], people[own]) for own in each]
        away_m = dijkstra(self._lengths, indices=middles)
        ends = self._ends[self.edge[on]]
        walk_m = (away_m[row.reshape(-1)[:, None], ends] + self.to_end_m[on]).min(axis=1)
        there = np.flatnonzero(on)[np.isfinite(walk_m)]
        total = np.bincount(unit[there], people[there], count)
        sums = np.bincount(unit[there], people[there] * walk_m[np.isfinite(walk_m)], count)
        mean: Floats = np.divide(sums, total, out=np.full(count, np.nan), where=total > 0).round(3)
        return mean

    def between_m(self, pairs: Ints, most: float) -> Floats:
        """[m] Return the walk between two homes of each pair, shape (N,); infinite beyond `most`, or on no street."""
        found = [self._between_m(pairs[i : i + _BATCH], most) for i in range(0, len(pairs), _BATCH)]
        return np.concatenate([np.empty(0), *found])

    def _between_m(self, pairs: Ints, most: float) -> Floats:
        one, other = pairs.T
        edge = self.edge[pairs]
        nodes, row = np.unique(self._ends[edge[:, 0]], return_inverse=True)
        away_m = dijkstra(self._lengths, indices=nodes, limit=most)
        ways_m = away_m[row.reshape(-1, 2, 1), self._ends[edge[:, 1]][:, None, :]]
        ways_m = ways_m + self.to_end_m[one][:, :, None] + self.to_end_m[other][:, None, :]
        walk_m = ways_m.min(axis=(1, 2))
        beyond = (edge < 0).any(axis=1) | ~(walk_m <= most)
        return np.where(beyond, np.inf, walk_m)

    def _middle(self, own: Ints, xy: Floats, people: Floats) -> int:
        mean = np.average(xy, axis=0, weights=people if people.any() else None)
        edge = self.edge[own]
        ends = np.stack([shapely.get_point(self.network.lines[edge], end) for end in (0, -1)], axis=1)
        off_m, node = shapely.distance(ends, shapely.Point(mean)).round(6).ravel(), self._ends[edge].ravel()
        return int(node[np.lexsort((node, off_m))[0]])

    @cached_property
    def _ends(self) -> Ints:
        """Nodes at the tail and the head of each edge, shape (E, 2)."""
        return np.stack([self.network.tail, self.network.head], axis=1)

    @cached_property
    def _lengths(self) -> csr_array:
        """[m] The length of the shortest edge between any two nodes, a millimetre at least."""
        low, high = np.sort(self._ends, axis=1).T
        edges = pd.DataFrame({"low": low, "high": high, "m": np.maximum(self.network.length_m, 1e-3)})
        least = edges.sort_values(["low", "high", "m"]).drop_duplicates(["low", "high"])
        ends = least[["low", "high"]].to_numpy().T
        both = np.concatenate([ends, ends[::-1]], axis=1)
        return csr_array((np.tile(least["m"].to_numpy(), 2), tuple(both)), shape=(self.network.nodes_count,) * 2)
