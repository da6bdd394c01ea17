"""The ground of Neve Or as a GeoTIFF in the layout of Copernicus GLO-30: degrees, one arc-second, float32 metres."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString

from geokehila.sample_town.grounds import WADI
from geokehila.sample_town.plan import CENTRE, REACH, TURN, lonlat, smooth, to_degrees
from geokehila.sample_town.streets import HILL

Floats = NDArray[np.float64]

#: One cell [degrees], the land beyond the data that is covered too [m], and what stands for no height.
CELL = 1 / 3600
MARGIN = 300.0
NODATA = -32767.0
#: The terraces are ellipses drawn out to the north by this much.
FLAT = 1.15
#: Height above the plain [m] at each distance from the hill top [m]: a shoulder, 20 % where the terraces lie, a foot.
HILL_AT = (0, 82, 150, 220, 290, 360, 430, 500, 580)
HILL_RISE = (70.0, 64.0, 50.0, 36.0, 22.0, 10.0, 3.5, 0.8, 0.0)
#: The wadi lies this far below its banks [m]; half as deep at about 0.8 of its width from the bed [m].
WADI_DEPTH, WADI_WIDTH = 8.0, 26.0


def height(x: Floats, y: Floats) -> Floats:
    """Height of the ground above the sea [m] at plan metres: a tilted plain, the hill, the wadi."""
    plain = 305.0 + 0.007 * x + 2.5 * np.sin(x / 420) * np.cos(y / 510)
    hill = np.interp(np.hypot(x - HILL[0], (y - HILL[1]) / FLAT), HILL_AT, HILL_RISE)
    from_bed = shapely.distance(LineString(smooth(WADI)), shapely.points(x, y))
    valley = 0.012 * np.minimum(from_bed, 1_500) - WADI_DEPTH * np.exp(-((from_bed / WADI_WIDTH) ** 2))
    return np.asarray(plain + hill + valley, dtype=np.float64)


def to_plan(east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Israel TM Grid metres to plan metres: `plan.on_earth` undone, to a millimetre."""
    dx, dy = east - CENTRE[0], north - CENTRE[1]
    turned_x = dx * math.cos(TURN) + dy * math.sin(TURN)
    turned_y = dy * math.cos(TURN) - dx * math.sin(TURN)
    x, y = turned_x, turned_y
    for _ in range(8):
        x, y = turned_x - 24.0 * np.sin(y / 330.0 + 0.7), turned_y - 20.0 * np.sin(x / 390.0 - 0.4)
    return x, y


def write(path: Path) -> None:
    """Write the heights of the data's reach and 300 m more."""
    import rasterio

    lon, lat = _cells()
    heights = np.round(height(*to_plan(*_on_grid(lon, lat))), 2).astype(np.float32)
    profile: dict[str, Any] = {
        "driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:4326", "nodata": NODATA,
        "height": len(lat), "width": len(lon), "compress": "deflate", "predictor": 3,
        "transform": rasterio.Affine(CELL, 0, lon[0] - CELL / 2, 0, -CELL, lat[0] + CELL / 2),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as out:
        out.write(heights, 1)


def _cells() -> tuple[Floats, Floats]:
    """Longitudes west to east and latitudes north to south of the cells' middles: whole arc-seconds."""
    reach = REACH + MARGIN
    corners = lonlat([(CENTRE[0] + i * reach, CENTRE[1] + j * reach) for i in (-1, 1) for j in (-1, 1)])
    (west, east), (south, north) = (
        (math.floor(min(side) * 3600), math.ceil(max(side) * 3600)) for side in zip(*corners, strict=True)
    )
    return np.arange(west, east + 1) * CELL, np.arange(north, south - 1, -1) * CELL


def _on_grid(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    east, north = to_degrees().transform(*np.meshgrid(lon, lat), direction="INVERSE")
    return east, north
