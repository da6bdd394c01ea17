"""The course of a way: the runs of it that a file holds, and on which level it lies."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Tags = Mapping[str, str]
LonLat = tuple[float, float]

#: Why a way, or a part of it, is not there.
OUTSIDE = "nodes outside the extract"


def lonlat(way: Any) -> list[LonLat | None]:
    """Return where the nodes of a way are [degrees]; None for those that the file lacks."""
    return [(n.lon, n.lat) if n.location.valid() else None for n in way.nodes]


def runs(course: Sequence[LonLat | None]) -> list[list[LonLat]]:
    """Split a way at the nodes the extract cut off; single points left over are no line.

    Examples
    --------
    >>> runs([(0, 0), (0, 1), None, (0, 3), None, (0, 5), (0, 6)])
    [[(0, 0), (0, 1)], [(0, 5), (0, 6)]]
    """
    breaks = [-1, *(i for i, at in enumerate(course) if at is None), len(course)]
    parts = [[at for at in course[a + 1 : b] if at] for a, b in zip(breaks, breaks[1:], strict=False)]
    return [part for part in parts if len(set(part)) > 1]


def level(tags: Tags) -> dict[str, Any]:
    """Tell whether a way or an area is a bridge or a tunnel, and its layer, else level; NaN: several, or none told.

    A passage through a building is a street with a roof, on the ground.
    """
    bridge, tunnel = tags.get("bridge", "no") != "no", tags.get("tunnel", "no") not in ("no", "building_passage")
    ground = "1" if bridge else "-1" if tunnel else "0"
    try:
        layer = float(tags.get("layer") or tags.get("level") or ground)
    except ValueError:
        layer = math.nan
    return {"bridge": bridge, "tunnel": tunnel, "layer": layer}
