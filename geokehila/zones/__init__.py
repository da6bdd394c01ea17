"""Areas that homes are summed over, and the sums: statistical areas, neighbourhoods, quarters, hexagons, the city."""

from __future__ import annotations

from geokehila.zones.naming import named
from geokehila.zones.sums import INTERVALS, TOTAL, Homes, summarise
from geokehila.zones.zoning import CITY, ZONE, Zoning

__all__ = ["CITY", "INTERVALS", "TOTAL", "ZONE", "Homes", "Zoning", "named", "summarise"]
