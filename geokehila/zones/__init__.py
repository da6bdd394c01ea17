"""Areas that homes are summed over, and the sums: statistical areas, neighbourhoods, quarters, hexagons, the city."""

from __future__ import annotations

from geokehila.zones.lacking import NOTHING_KNOWN_SHARE, by_lack
from geokehila.zones.naming import named
from geokehila.zones.people import TOTAL, ratio
from geokehila.zones.sensitivity import sensitivity
from geokehila.zones.sums import INTERVALS, Homes, summarise
from geokehila.zones.zoning import CITY, ELSEWHERE, ZONE, Zoning, best_known, standing_in

__all__ = [
    "CITY",
    "ELSEWHERE",
    "INTERVALS",
    "NOTHING_KNOWN_SHARE",
    "TOTAL",
    "ZONE",
    "Homes",
    "Zoning",
    "best_known",
    "by_lack",
    "named",
    "ratio",
    "sensitivity",
    "standing_in",
    "summarise",
]
