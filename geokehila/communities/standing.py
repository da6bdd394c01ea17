"""Where communities stand in the band of people, and what keeps those outside it there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geokehila.communities.blocks import Blocks
from geokehila.communities.found import ABOVE, BELOW, WITHIN
from geokehila.communities.links import Band, Links
from geokehila.reach.arrays import Floats, Ints

#: Why a community is outside the band: its blocks cannot be shared out otherwise, or something parts it from others.
NO_BORDER, CUT_OFF, OPEN_LAND = "no border keeps the band", "cut off by", "open land"


def standing(made: Blocks, links: Links, unit: Ints, people: Floats, band: Band) -> pd.DataFrame:
    """Return `band` and `reason` of each community.

    One with too few people that is linked to no other is cut off: the reason names what nobody passes between it and
    the next, the longest first, or else open land.

    Parameters
    ----------
    unit
        Community of each block, shape (B,).
    people
        Of each community, shape (C,).
    """
    is_off = band.off(people) > 0
    where = np.select([is_off & (people < band.least), is_off], [BELOW, ABOVE], WITHIN)
    linked = [len(some) > 0 for some in links.merged(unit).neighbours]
    around = _closed_around(made, unit)
    cut_off = [f"{CUT_OFF} {', '.join(around.get(i, [OPEN_LAND]))}" for i in range(len(people))]
    reason = np.select([~is_off, linked | (where == ABOVE)], ["", NO_BORDER], cut_off)
    return pd.DataFrame({"band": where, "reason": reason})


def _closed_around(made: Blocks, unit: Ints) -> dict[int, list[str]]:
    """Return the kinds of lines that nobody passes between each community and others, the longest first."""
    facing = made.facing
    ends = unit[facing[["one", "other"]].to_numpy()]
    told = {name: facing[name].to_numpy().repeat(2) for name in ("kind", "length_m")}
    sides = pd.DataFrame({"unit": ends.ravel(), "beside": ends[:, ::-1].ravel()} | told)
    of_others = sides[sides["unit"] != sides["beside"]]
    sums = pd.DataFrame(of_others.groupby(["unit", "kind"])["length_m"].sum().reset_index())
    longest = sums.sort_values(["unit", "length_m", "kind"], ascending=[True, False, True])
    return {int(i): kinds.tolist() for i, kinds in longest.groupby("unit")["kind"]}
