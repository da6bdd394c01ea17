"""An older run whose homes are summed over the areas of a newer one, where the two are of different editions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geokehila.compare.sides import NEEDED, Side
from geokehila.zones import ELSEWHERE, ZONE, Homes, Zoning, summarise


def editions(side: Side) -> str:
    """Return the editions of a run's areas, ``2011`` or ``2022, outline``; "" where it does not tell."""
    zones = side.tables["zones"]
    return ", ".join(sorted(zones["vintage"].unique())) if "vintage" in zones else ""


def redrawn(before: Side, after: Side) -> Side:
    """Return the older run with the areas of the newer one, where theirs are of another edition; else as it is.

    Its homes stand where they stood, with their people and states, so nothing is estimated; homes in no area of the
    newer run are in its city alone.
    """
    if editions(before) == editions(after):
        return before
    zones, homes = after.tables["zones"], before.tables["origins"]
    zoning = Zoning.over(ZONE, zones, zones, homes)
    far = np.full(len(homes), np.inf)
    states = {
        profile: Homes(state.loc[homes["origin_id"]].reset_index(drop=True), far, 0.0, "")
        for profile, state in before.states().items()
    }
    rows = summarise(states, [zoning], homes, before.tables["origin_people"])
    told = {name: before.tables[name] for name in (*NEEDED, *(f"scores_{profile}" for profile in states))}
    units = after.tables["zonings"]
    told["zonings"] = pd.concat([_but_zones(told["zonings"]), units[units["zoning"] == ZONE]], ignore_index=True)
    told["zone_scores"] = pd.concat(
        [_but_zones(told["zone_scores"]), rows[rows["zone_id"] != ELSEWHERE]], ignore_index=True
    )
    return Side(before.record, told)


def _but_zones(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["zoning"] != ZONE]
