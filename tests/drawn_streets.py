"""Streets drawn by hand in metres, as the table ``roads`` promises them."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geokehila.fabric import Fabric, street_fabric

XY = Sequence[tuple[float, float]]
CRS = "EPSG:2039"
#: Where the drawings stand, so that coordinates are those of Israel.
X, Y = 180_000.0, 570_000.0
FAR = shapely.box(X - 5_000, Y - 5_000, X + 5_000, Y + 5_000)
COLUMNS = [
    "street_id", "part", "way", "kind", "junction", "oneway", "walked", "bridge", "tunnel", "name", "sidewalk", "lit",
]  # fmt: skip


def road(line: XY, **told: Any) -> dict[str, Any]:
    """A two-way residential street without a name, unless told otherwise."""
    usual = {"way": "residential", "kind": "street", "junction": "", "oneway": False, "bridge": False, "tunnel": False}
    usual |= {"part": 0, "name": "", "walked": True, "sidewalk": "", "lit": ""}
    return {**usual, **told, "geometry": shapely.LineString([(X + x, Y + y) for x, y in line])}


def oneway(line: XY, **told: Any) -> dict[str, Any]:
    return road(line, **{"oneway": True, "way": "secondary", "kind": "main", "name": "Boulevard", **told})


def frame(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    numbered = [{"street_id": f"w{i:04d}", **row} for i, row in enumerate(rows)]
    if not numbered:
        return gpd.GeoDataFrame({name: [] for name in COLUMNS}, geometry=[], crs=CRS)
    return gpd.GeoDataFrame(numbered, crs=CRS)


def fabric(*rows: dict[str, Any], extent: shapely.Geometry = FAR, footpaths: bool = False) -> Fabric:
    return street_fabric(frame(*rows), extent, footpaths)


def grid(side: float, blocks: int, stub: float = 40.0) -> list[dict[str, Any]]:
    """Streets of a square grid, `blocks` to a side, that end beyond its outermost crossings."""
    ends = [-stub, *(i * side for i in range(blocks + 1)), blocks * side + stub]
    rows = [road([(x, i * side) for x in ends]) for i in range(blocks + 1)]
    return rows + [road([(i * side, y) for y in ends]) for i in range(blocks + 1)]


def area(x: float, y: float, x_to: float, y_to: float) -> shapely.Polygon:
    return shapely.box(X + x, Y + y, X + x_to, Y + y_to)


def units(**shapes: shapely.Polygon) -> gpd.GeoDataFrame:
    """Areas by their zone_id."""
    return gpd.GeoDataFrame({"zone_id": [*shapes]}, geometry=[*shapes.values()], crs=CRS)


def shapes(*drawn: shapely.Geometry, **told: Any) -> gpd.GeoDataFrame:
    """Points, lines or areas, moved from the drawing to where it stands."""
    moved = [shapely.transform(shape, lambda xy: np.add(xy, (X, Y))) for shape in drawn]
    return gpd.GeoDataFrame(told, geometry=moved, crs=CRS)
