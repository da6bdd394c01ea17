"""Where communities stand in the band of people, and what keeps those outside it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geokehila.communities.found import ABOVE, BELOW, WITHIN
from geokehila.communities.links import Band, Links
from geokehila.reach.arrays import Ints

#: Why a community is outside the band: its blocks cannot be shared out otherwise, or something parts it from others.
NO_BORDER, CUT_OFF, OPEN_LAND = "no border keeps the band", "cut off by", "open land"


def standing(links: Links, unit: Ints, parted_by: Mapping[int, Sequence[str]], band: Band) -> pd.DataFrame:
    """Return `people`, `band` and `reason` of each community.

    One with too few people that is linked to no other is cut off: the reason names what nobody passes between its homes
    and those of others, or else open land.

    Parameters
    ----------
    unit
        Community of each block, shape (B,).
    parted_by
        What is closed between a community and others, the most frequent first.
    """
    units = links.merged(unit)
    is_off = band.off(units.people) > 0
    where = np.select([is_off & (units.people < band.least), is_off], [BELOW, ABOVE], WITHIN)
    linked = [len(some) > 0 for some in units.neighbours]
    cut_off = [f"{CUT_OFF} {', '.join(parted_by.get(i, [OPEN_LAND]))}" for i in range(len(where))]
    reason = np.select([~is_off, linked | (where == ABOVE)], ["", NO_BORDER], cut_off)
    return pd.DataFrame({"people": units.people, "band": where, "reason": reason})
