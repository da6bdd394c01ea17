"""Categories in lanes, so that one search finds the nearest of all."""

from __future__ import annotations

from typing import NamedTuple

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
    from geokehila.reach.kernels.deal import deal

    held, first_lane = deal(listed.first_category, listed.category, categories, BITS)
    return Lanes(*held), first_lane
