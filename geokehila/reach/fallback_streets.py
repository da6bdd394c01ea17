"""Streets in reach by NumPy, from the walks to all nodes: the compiled searches' arithmetic, edge by edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geokehila.reach.lengths import Lengths, pace
from geokehila.reach.stands import Stands, Walks, Ways
from geokehila.reach.ticks import CLOSED


def streets_in_reach(streets: Ways, starts: Stands, block: slice, node: Walks, limit: int, lengths: Lengths) -> Walks:
    """Length [mm] walked within the limit from each origin of a block, by the compiled searches' own arithmetic."""
    a, z = node[:, streets.tail], node[:, streets.head]
    f, b, mm = streets.forward, streets.backward, lengths.millimetres()
    left_a, left_z = np.maximum(limit - a, 0), np.maximum(limit - z, 0)
    whole = ((a <= limit) & (left_a >= f)) | ((z <= limit) & (left_z >= b))
    parts = [
        (left * scale * rate) >> 16
        for left, (scale, rate) in ((left_a, _pace(lengths, f)), (left_z, _pace(lengths, b)))
    ]
    length = np.where(whole, mm, np.minimum(parts[0] + parts[1], lengths.units) << lengths.size)
    total = length.sum(axis=1, dtype=np.int64)
    row, own = np.arange(len(node)), starts.edge[block]
    a, z, f, b, mm = a[row, own], z[row, own], f[own], b[own], mm[own]
    before, after, off = starts.ahead[block], starts.behind[block], starts.off[block]
    f_before, f_after = np.where(f < CLOSED, (before, f - before), CLOSED)
    b_before, b_after = np.where(b < CLOSED, (b - after, after), CLOSED)
    first, second = (
        np.where(f < CLOSED, x, 0) + np.where(b < CLOSED, y, 0) for x, y in ((f_before, b_before), (f_after, b_after))
    )
    every = np.maximum(first + second, 1)
    cut = _walked(a, off, limit, f_before, b_before, mm * (first / every))
    cut += _walked(off, z, limit, f_after, b_after, mm * (second / every))
    timeless = ((off <= limit) & ((f == 0) | (b == 0))) | ((a <= limit) & (f == 0)) | ((z <= limit) & (b == 0))
    cut = np.where(first + second == 0, mm * timeless, cut)
    walked: Walks = total - length[row, own] + (cut + 0.5).astype(np.int64)
    return walked


def _walked(
    a: Walks, z: Walks, limit: int, forward: Walks, backward: Walks, mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Length [mm] walked between two points of an edge, walks to which are `a` and `z`."""
    whole = ((a <= limit) & (limit - a >= forward)) | ((z <= limit) & (limit - z >= backward))
    walked = np.where(a <= limit, (limit - a) * np.where(forward < CLOSED, mm / np.maximum(forward, 1), 0.0), 0.0)
    walked = walked + np.where(
        z <= limit, (limit - z) * np.where(backward < CLOSED, mm / np.maximum(backward, 1), 0.0), 0.0
    )
    return np.where(whole, mm, np.minimum(walked, mm))


def _pace(lengths: Lengths, ticks: Walks) -> list[Walks]:
    return [part.astype(np.int64) for part in pace(lengths.units, ticks.astype(np.int32))]
