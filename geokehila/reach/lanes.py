"""Categories in lanes, so that one search finds the nearest of all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geokehila.reach.arrays import Ints
from geokehila.reach.graph import Index
from geokehila.reach.placed import Facilities

#: A facility is known by 16 bits in its lane; a category of more facilities takes several lanes.
BITS = 16


class Lanes(NamedTuple):
    """L lanes, those of a category next to each other, and what stands in them."""

    lane: Index  # (M,) of each facility in each of its categories, as `Facilities` lists them
    rank: Index  # (M,) among the lane's facilities
    category: Index  # (L,)
    first: Index  # (L + 1,) of each lane in `facility`
    facility: Index  # (M + 1,) by lane and rank; -1 behind the last


def in_lanes(listed: Facilities, categories: int) -> tuple[Lanes, Ints]:
    """Deal facilities out to lanes; returns with them the first lane of each category, shape (C + 1,)."""
    from geokehila.reach.kernels.chains import by_key

    begin, entry = by_key(listed.category, categories)
    rank = np.empty(len(entry), np.int64)
    rank[entry] = np.arange(len(entry)) - np.repeat(begin[:-1], np.diff(begin))
    many = np.maximum(1, -(-np.diff(begin) // (1 << BITS)))
    first_lane = np.concatenate([[0], np.cumsum(many)])
    lane = first_lane[listed.category] + (rank >> BITS)
    owner = np.repeat(np.arange(len(listed.first_category) - 1), np.diff(listed.first_category))
    sizes = np.bincount(lane, minlength=first_lane[-1])
    held = Lanes(
        lane.astype(np.int32),
        (rank & ((1 << BITS) - 1)).astype(np.int32),
        np.repeat(np.arange(categories, dtype=np.int32), many),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
        np.append(owner[entry], -1).astype(np.int32),
    )
    return held, first_lane
