"""Walks up and down hills: heights read anew by rasterio and scipy, walked by networkx."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import rasterio
from pyproj import Transformer
from scipy.interpolate import RegularGridInterpolator
from scipy.ndimage import gaussian_filter

from benchmarks.validation.beside import Beside, of
from benchmarks.validation.drawn import SECONDS, Drawn, walked, with_slopes
from benchmarks.validation.towns import Town
from geokehila.access import FROM, TO
from geokehila.schema import REFERENCE

#: [m] What the method says heights are smoothed over (docs/methods/walking.md).
SMOOTH_M = 30.0
KEYS = ("school", "clinic", "bus_stop", "park", "grocery")
WHY = "ours take slopes of pieces of 25 m, these of the stretches between corners of streets"


def hilly(town: Town, drawn: Drawn, dem: Path) -> Iterator[Beside]:
    """Set the walks of an adult there and back beside walks by Tobler's function over each stretch."""
    speed_m_s = town.catalogue.profiles[REFERENCE].speed_m_s
    streets = with_slopes(drawn.streets, _slopes(drawn, dem, town.study.crs), speed_m_s)
    graph = walked(streets, drawn.spurs, speed_m_s)
    table, member = town.tables["access_nearest"], town.tables["place_categories"]
    horizon = town.catalogue.standards["horizon"].value
    for direction, way in ((TO, graph), (FROM, graph.reverse())):
        hills = replace(drawn, graph=way)
        mine = table[(table["profile"] == REFERENCE) & (table["direction"] == direction)].set_index("origin_id")
        told = mine.loc[[name for _, name in drawn.homes], [f"{key}_s" for key in KEYS]].to_numpy(float)
        places = [member.loc[member["category"] == key, "place_id"] for key in KEYS]
        found = np.column_stack([hills.nearest(some, horizon, SECONDS) for some in places])
        far = ~(told < 0.95 * horizon) | ~(found < 0.95 * horizon)
        told, found = (np.where(far, np.nan, some) for some in (told, found))
        relative = np.nanmedian(np.abs(told / np.maximum(found, 1) - 1))
        yield Beside(f"an adult's walk in hills, {direction} the place", town.name, of("rasterio", "scipy", "networkx"),
                     told, found, np.inf, "s", f"median {relative:.1%} of the walk: {WHY}")  # fmt: skip


def _slopes(drawn: Drawn, dem: Path, crs: str) -> np.ndarray:
    """Return the slope of each stretch: as mapped, none on bridges and in tunnels, else that of the ground."""
    height_m = _heights(drawn.xy, dem, crs)
    a, b, m = (drawn.streets[column].to_numpy() for column in ("a", "b", "m"))
    rise = np.nan_to_num(height_m[b] - height_m[a])
    ground = np.where(drawn.streets["level"], 0.0, np.divide(rise, m, out=np.zeros(len(m)), where=m > 0))
    tagged = drawn.streets["incline"].to_numpy()
    return np.where(np.isnan(tagged), ground, tagged)


def _heights(xy: np.ndarray, dem: Path, crs: str) -> np.ndarray:
    """[m] Return the smoothed heights of points, bilinear between the middles of cells."""
    with rasterio.open(dem) as raster:
        heights, to_place, raster_crs = raster.read(1).astype(float), raster.transform, raster.crs
    move, back = (Transformer.from_crs(*pair, always_xy=True) for pair in ((crs, raster_crs), (raster_crs, crs)))
    rows, columns = (np.arange(size) + 0.5 for size in heights.shape)
    middle = len(columns) // 2, len(rows) // 2
    x, y = back.transform(*np.array([to_place * cell for cell in
                          (middle, (middle[0] + 1, middle[1]), (middle[0], middle[1] + 1))]).T)  # fmt: skip
    across, down = (np.hypot(x[i] - x[0], y[i] - y[0]) for i in (1, 2))
    smooth = gaussian_filter(heights, [max(SMOOTH_M, side) / np.sqrt(2) / side for side in (down, across)])
    at = RegularGridInterpolator((rows, columns), smooth, bounds_error=False)
    column, row = ~to_place * move.transform(*xy.T)
    return at(np.column_stack([row, column]))
