"""Facilities dealt out to the lanes of their categories."""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.chains import by_key


@njit(cache=True, nogil=True)
def deal(first_category, category, categories, bits):
    """Return the fields of `Lanes`, of 2 ** `bits` facilities each at most, and the first lane of each category."""
    begin, entry = by_key(category, categories)
    first_lane = np.zeros(categories + 1, np.int64)
    for c in range(categories):
        first_lane[c + 1] = first_lane[c] + max(1, (begin[c + 1] - begin[c] + (1 << bits) - 1) >> bits)
    lane, rank = np.empty(len(category), np.int32), np.empty(len(category), np.int32)
    of_lane, first = np.empty(first_lane[-1], np.int32), np.empty(first_lane[-1] + 1, np.int32)
    owner, facility = np.empty(len(category), np.int32), np.empty(len(category) + 1, np.int32)
    for f in range(len(first_category) - 1):
        owner[first_category[f] : first_category[f + 1]] = f
    for c in range(categories):
        for r in range(begin[c + 1] - begin[c]):
            e = entry[begin[c] + r]
            lane[e], rank[e] = first_lane[c] + (r >> bits), r & ((1 << bits) - 1)
            facility[begin[c] + r] = owner[e]
        for one in range(first_lane[c], first_lane[c + 1]):
            of_lane[one], first[one] = c, begin[c] + ((one - first_lane[c]) << bits)
    first[-1], facility[-1] = len(category), -1
    return (lane, rank, of_lane, first, facility), first_lane
