"""Street networks of any size, made by rule: a bent lattice with gaps, bends, slopes and footpaths of many pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geokehila.reach import Group, Network, Points

SPEED_M_S = 1.3


@dataclass(frozen=True, eq=False)
class Town:
    """A network and where its nodes lie, [m]; shape (N,)."""

    x: np.ndarray
    y: np.ndarray
    network: Network


def town(nodes: int, seed: int = 1, slopes: bool = True) -> Town:
    """Make a network of about so many nodes, numbered along a Hilbert curve, about 500 to the square kilometre."""
    rng = np.random.default_rng(seed)
    x, y, ends = _lattice(nodes, rng)
    x, y, ends = _with_bends(x, y, _largest(ends, len(x)), rng)
    used, ends = np.unique(ends, return_inverse=True)
    x, y, ends = x[used], y[used], ends.reshape(-1, 2)
    order = np.argsort(hilbert(x, y), kind="stable")
    new = np.empty(len(x), np.int64)
    new[order] = np.arange(len(x))
    x, y, ends = x[order], y[order], new[ends]
    ends = ends[np.argsort(ends.min(axis=1), kind="stable")]
    length_m = np.hypot(x[ends[:, 0]] - x[ends[:, 1]], y[ends[:, 0]] - y[ends[:, 1]])
    slope = (lambda h: (h[ends[:, 1]] - h[ends[:, 0]]) / np.maximum(length_m, 5.0))(heights(x, y, rng))
    slope = np.clip(slope, -0.3, 0.3) if slopes else np.zeros(len(ends))
    flat_s = length_m / SPEED_M_S
    return Town(
        x, y, Network(len(x), ends[:, 0], ends[:, 1], flat_s / _tobler(slope), flat_s / _tobler(-slope), length_m)
    )


def at_nodes(network: Network, nodes: np.ndarray) -> Points:
    """Points at nodes, each on the first edge that ends there."""
    edges = len(network.tail)
    ends, first = np.unique(np.concatenate([network.tail, network.head]), return_index=True)
    found = first[np.searchsorted(ends, nodes)]
    edge, at_head = found % edges, found >= edges
    return Points(edge, network.forward_s[edge] * at_head, network.backward_s[edge] * ~at_head, np.zeros(len(nodes)))


def places(town: Town, categories: int = 20, seed: int = 7) -> tuple[Points, Group]:
    """Draw places at nodes: from 0.2 % of the nodes in the rarest category to 3 % in the commonest, one gate each."""
    rng = np.random.default_rng(seed)
    share = rng.permutation(np.geomspace(0.002, 0.03, categories))
    many = np.maximum(3, (share * len(town.x)).astype(int))
    category = np.repeat(np.arange(categories), many)
    node = rng.integers(0, len(town.x), many.sum())
    return at_nodes(town.network, node), Group(
        np.arange(len(node)), category[:, None] == np.arange(categories)[None, :]
    )


def heights(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """[m] Draw hills: heights between -40 and 40 m, about 1.5 km from one to the next."""
    return 40 * _waves(x, y, rng, 1500.0)


def hilbert(x: np.ndarray, y: np.ndarray, bits: int = 16) -> np.ndarray:
    """Place of each point along a Hilbert curve over their square."""
    side = max(np.ptp(x), np.ptp(y), 1e-9)
    column, row = (((v - v.min()) / side * (2**bits - 1)).astype(np.int64) for v in (x, y))
    along = np.zeros(len(x), np.int64)
    for bit in range(bits - 1, -1, -1):
        right, upper = (column >> bit) & 1, (row >> bit) & 1
        along = (along << 2) | ((3 * right) ^ upper)
        flip = (upper == 0) & (right == 1)
        mask = (1 << bit) - 1
        column, row = np.where(flip, mask - (column & mask), column), np.where(flip, mask - (row & mask), row)
        swap = upper == 0
        column, row = np.where(swap, row, column), np.where(swap, column, row)
    return along


def _lattice(nodes: int, rng: np.random.Generator, spacing: float = 58.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    side = max(2, int(np.sqrt(nodes / 1.97)))
    i, j = (v.ravel() for v in np.meshgrid(np.arange(side), np.arange(side), indexing="ij"))
    x, y = i * spacing, j * spacing
    x, y = (v + 540.0 * _waves(x, y, rng, 3000.0) + rng.normal(0, spacing * 0.16, len(v)) for v in (x * 1.0, y * 1.0))
    number = np.arange(side * side).reshape(side, side)
    streets = [(number[:-1], number[1:], 0.76), (number[:, :-1], number[:, 1:], 0.76)]
    streets += [(number[:-1, :-1], number[1:, 1:], 0.03)]
    pairs = [np.column_stack([a.ravel(), b.ravel()])[rng.random(a.size) < keep] for a, b, keep in streets]
    return x, y, np.concatenate(pairs)


def _largest(ends: np.ndarray, nodes: int) -> np.ndarray:
    _, label = connected_components(
        coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes)), directed=False
    )
    return ends[label[ends[:, 0]] == np.bincount(label).argmax()]


def _with_bends(
    x: np.ndarray, y: np.ndarray, ends: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut streets into one to four pieces along a bow."""
    bends = rng.choice(4, size=len(ends), p=[0.58, 0.252, 0.1176, 0.0504])
    street = np.repeat(np.arange(len(ends)), bends)
    number = np.arange(len(street)) - np.repeat(np.cumsum(bends) - bends, bends)
    at = (number + 1) / (bends[street] + 1)
    a, b = ends[street].T
    dx, dy = x[b] - x[a], y[b] - y[a]
    bow = rng.normal(0, 0.12, len(ends))[street] * np.sin(np.pi * at)
    bend = len(x) + np.arange(len(street))
    last = number == bends[street] - 1
    pieces = [
        np.column_stack([np.where(number == 0, a, bend - 1), bend]),
        np.column_stack([bend[last], b[last]]),
        ends[bends == 0],
    ]
    xs, ys = np.append(x, x[a] + at * dx - bow * dy), np.append(y, y[a] + at * dy + bow * dx)
    return xs, ys, np.concatenate(pieces)


def _waves(x: np.ndarray, y: np.ndarray, rng: np.random.Generator, length: float, count: int = 6) -> np.ndarray:
    total = np.zeros(len(x))
    for _ in range(count):
        angle, many, phase = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 2) / length, rng.uniform(0, 2 * np.pi)
        total += np.sin((x * np.cos(angle) + y * np.sin(angle)) * many * 2 * np.pi + phase)
    return total / count


def _tobler(slope: np.ndarray) -> np.ndarray:
    return np.exp(-3.5 * np.abs(slope + 0.05)) / np.exp(-3.5 * 0.05)
