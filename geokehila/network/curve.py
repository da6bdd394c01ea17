"""A numbering of nodes in which near ones have near numbers, so that searches stay in the processor's cache."""

from __future__ import annotations

import numpy as np

from geokehila.reach.arrays import Floats, Ints

#: The curve has 2 ** CURVE_BITS steps to a side.
CURVE_BITS = 16


def ranks_along_curve(xy: Floats) -> Ints:
    """Number points, shape (N, 2), along a Hilbert curve through their square: rank of each, shape (N,)."""
    low, high = xy.min(axis=0, initial=np.inf), xy.max(axis=0, initial=-np.inf)
    side = (high - low).max() or 1.0
    x, y = ((xy - low) / side * (2**CURVE_BITS - 1)).astype(np.int64).T
    along = np.zeros(len(xy), np.int64)
    for bit in range(CURVE_BITS - 1, -1, -1):
        right, upper, rest = (x >> bit) & 1, (y >> bit) & 1, (1 << bit) - 1
        along = (along << 2) | ((3 * right) ^ upper)
        x, y = x & rest, y & rest
        turned = (right == 1) & (upper == 0)
        x, y = np.where(turned, rest - x, x), np.where(turned, rest - y, y)
        x, y = np.where(upper == 0, y, x), np.where(upper == 0, x, y)
    rank = np.empty(len(xy), np.int64)
    rank[np.argsort(along, kind="stable")] = np.arange(len(xy))
    return rank
