"""The fabric of streets as planners read it: true intersections and their spacing, blocks, what lines the streets.

Pure functions over tables in metres. :func:`street_fabric` comes first; the others read what it makes, or the roads.
"""

from __future__ import annotations

from geokehila.fabric.blocks import Obstacles, blocks, long_blocks, shortening_links
from geokehila.fabric.crossings import MainRoads, crossing_measures, main_roads
from geokehila.fabric.intersections import Fabric, street_fabric
from geokehila.fabric.roadside import shade_share, steep_shares, told_shares
from geokehila.fabric.spacing import is_mapped, spacing
from geokehila.fabric.tracks import with_tracks

__all__ = [
    "Fabric",
    "MainRoads",
    "Obstacles",
    "blocks",
    "crossing_measures",
    "is_mapped",
    "long_blocks",
    "main_roads",
    "shade_share",
    "shortening_links",
    "spacing",
    "steep_shares",
    "street_fabric",
    "told_shares",
    "with_tracks",
]
