"""The people of areas that a layer lacks, on what its areas leave of the outline of their locality."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from geokehila.load.population.at_hand import AtHand
from geokehila.load.population.counts import Counted

#: [m] Half the width of a strip that is a seam between two drawings and no ground of its own.
SEAM_M = 25.0
#: [people per km2] Denser than any whole locality of Israel within its outline: Bnei Brak, the densest, has 27,500.
#: Single areas of Jerusalem and Tel Aviv reach 45,000, but what areas leave of an outline holds open land too.
MOST_PER_KM2 = 30_000.0
#: [km2] Of 568 areas of the cities of the catalogue two are smaller: a leftover of two drawings, not an area.
LEAST_KM2 = 0.05


def with_rest(hand: AtHand, counted: Counted) -> Counted:
    """Give the people of areas that the layer lacks a zone of their own: what its areas leave of the outline.

    The zone is called ``"<code>-rest"``. Strips narrower than 50 m, where the outline and the areas are drawn
    differently, are no part of it. Without an outline, or where too little is left of it for so many, these people
    stand nowhere.
    """
    people = float(counted.undrawn["people"].sum())
    if hand.outline is None or hand.areas is None or not people:
        return counted
    left = _without_seams(hand.outline[0].difference(counted.zones.union_all()))
    found = replace(counted, left_m2=float(left.area.sum()))
    if not _holds(found.left_m2 / 1e6, people):
        return found
    rest = hand.outline[0].set_geometry(left).assign(zone_id=f"{hand.code}-rest", land_m2=left.area)
    row = {"zone_id": f"{hand.code}-rest", "group": "total", "people": people, "reason": None}
    return replace(
        found,
        zones=pd.concat([counted.zones, rest], ignore_index=True).sort_values("zone_id", ignore_index=True),
        people=pd.concat([counted.people, pd.DataFrame([row])], ignore_index=True),
        ledgers=(*counted.ledgers, hand.outline[1]),
        on_rest=True,
    )


def _holds(area_km2: float, people: float) -> bool:
    """Whether so many people may live on so much ground."""
    return area_km2 >= LEAST_KM2 and people <= MOST_PER_KM2 * area_km2


def _without_seams(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Take off strips narrower than twice the seam; what is left keeps its corners."""
    cores = shapes.buffer(-SEAM_M, join_style="mitre")
    kept = cores.buffer(SEAM_M, join_style="mitre").intersection(shapes)
    # Where the two only touch they meet in points and lines, which are no ground: of width 0 they leave none.
    return kept.buffer(0)
