"""Plain GeoDataFrames in and out: walks between homes and places of one's own, on streets of one's own, no study."""

from __future__ import annotations

from geokehila.frames.between import OwnWalks, walks
from geokehila.frames.graph import to_networkx
from geokehila.frames.maps import read_map

__all__ = ["OwnWalks", "read_map", "to_networkx", "walks"]
