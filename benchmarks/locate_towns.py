"""Demand and sites for location-allocation: homes around centres, anywhere or on a grid of streets."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

#: A walk is so much longer than the straight line.
DETOUR = 1.3
CENTRES = 30


@dataclass(frozen=True, eq=False)
class Town:
    """What is asked.

    Attributes
    ----------
    name
        What the page calls it.
    cost
        Walk of each home to each site within the cutoff, shape (N, M), sparse.
    weight
        People of each home, shape (N,).
    add
        How many sites are chosen.
    unserved
        What a person counts whom no site reaches; infinite: serving people is all that counts.
    """

    name: str
    cost: csr_array
    weight: np.ndarray
    add: int
    unserved: float = inf

    @property
    def nodes(self) -> int:
        """How many homes."""
        return len(self.weight)

    @property
    def covers(self) -> bool:
        """Whether serving people is all that counts."""
        return self.unserved == inf

    def objective(self, chosen: np.ndarray) -> float:
        """Return people served, or people times walks, of the columns chosen: by plain numpy."""
        pairs = self.cost.tocoo()
        kept = np.isin(pairs.col, chosen)
        least = np.full(self.nodes, self.unserved)
        np.minimum.at(least, pairs.row[kept], pairs.data[kept])
        return float(self.weight[np.isfinite(least)].sum() if self.covers else (self.weight * least).sum())


def scattered(homes: int, sites: int, add: int, cutoff: float, median: bool) -> Town:
    """Make homes around centres, and sites beside some of them; walks in metres, hardly two alike."""
    rng, side = np.random.default_rng(3), 10_000 * np.sqrt(homes / 20_000)
    centre = rng.random((CENTRES, 2)) * side
    home = centre[rng.integers(0, CENTRES, homes)] + rng.normal(0, side * 0.06, (homes, 2))
    site = home[rng.choice(homes, sites, replace=False)] + rng.normal(0, 20, (sites, 2))
    weight = rng.integers(1, 60, homes).astype(float)
    near = cKDTree(home).sparse_distance_matrix(cKDTree(site), cutoff / DETOUR, output_type="coo_matrix")
    cost = csr_array((near.data * DETOUR, (near.row, near.col)), shape=near.shape)
    return Town(_name("scattered homes", cost, add, median), cost, weight, add, 1.5 * cutoff if median else inf)


def on_a_grid(homes: int, sites: int, add: int, cutoff: float, median: bool) -> Town:
    """Make homes and sites at corners of a grid of streets 50 m apart: many walks alike, many homes at one corner."""
    rng, side, step = np.random.default_rng(7), 10_000 * np.sqrt(homes / 20_000), 50.0
    centre = rng.random((CENTRES, 2)) * side
    home = np.round((centre[rng.integers(0, CENTRES, homes)] + rng.normal(0, side * 0.06, (homes, 2))) / step)
    corner = np.unique(home, axis=0)
    site = corner[rng.choice(len(corner), sites, replace=False)]
    weight = rng.integers(1, 60, homes).astype(float)
    walk = cKDTree(home).sparse_distance_matrix(cKDTree(site), cutoff / step, p=1, output_type="coo_matrix")
    # A site at one's own corner is a walk of nothing, which a sparse matrix would not hold.
    at_home = cKDTree(home).query_ball_tree(cKDTree(site), 0.0)
    row = np.repeat(np.arange(homes), [len(found) for found in at_home])
    column = np.concatenate([np.array(found, int) for found in at_home])
    away = walk.data > 0
    rows, columns = np.concatenate([walk.row[away], row]), np.concatenate([walk.col[away], column])
    data = np.concatenate([np.round(walk.data[away]) * step, np.zeros(len(row))])
    cost = csr_array((data, (rows, columns)), shape=(homes, sites))
    return Town(_name("homes on a grid", cost, add, median), cost, weight, add, 1.5 * cutoff if median else inf)


def _name(kind: str, cost: csr_array, add: int, median: bool) -> str:
    (homes, sites), model = cost.shape, "p-median" if median else "MCLP"
    return f"{model}, {kind}: {homes:,} x {sites:,}, {add} hubs, {cost.nnz:,} pairs"
