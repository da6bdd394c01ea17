"""Elevation models as GeoTIFF tiles of any CRS, read where the study lies."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.exceptions import ProjError

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.heights import REACH, SMOOTH_M, Elevation, Floats, Grid, cells_of, mean_of, moved
from geokehila.load.rights import must_be_allowed

#: [m] No ground of the earth lies lower or higher: what does stands for no height.
LOWEST_M, HIGHEST_M = -450.0, 9_000.0
#: [m] Finer cells are averaged into cells of about this: a city surveyed by half metres fits no memory.
FINEST_M = 10.0
#: Cells read at once in blocks that are averaged.
ROWS = 4_096
_REMEDY = "save it from a GIS as a GeoTIFF of heights [m] with its CRS"


def read(paths: Sequence[Path], crs: str, bounds: tuple[float, float, float, float]) -> tuple[Elevation, Ledger]:
    """Read the heights of a study's ground, and of 120 m or four cells around it.

    Parameters
    ----------
    paths
        GeoTIFFs of heights [m]: tiles of one lattice of cells are joined, the first that knows a cell deciding; of
        others the finer is asked first.
    crs, bounds
        The study's CRS [m], and west, south, east, north in it.

    Returns
    -------
    elevation : Elevation
        Not smoothed; without a grid where no tile lies at the study.
    ledger : Ledger
        Kind ``tile``: rejected are those outside the study. Notices tell of ground that no tile covers, cells without
        a height (nodata, NaN, below -450 m or above 9,000 m), and bands that are not read.

    Raises
    ------
    geokehila.errors.InputError
        Not a GeoTIFF, broken, without a CRS or a place in it, or in a CRS that nothing leads to.

    Examples
    --------
    >>> elevation, ledger = read([Path("dem.tif")], "EPSG:2039", (180e3, 570e3, 185e3, 575e3))  # doctest: +SKIP
    """
    import rasterio

    ledger = Ledger(paths[0].name if len(paths) == 1 else "dem")
    ledger.read("tile", len(paths))
    points, grids, cells = _lattice(bounds), list[Grid](), Counter[str]()
    covered = np.zeros(len(points), bool)
    # GDAL's own messages stay inside, and a companion of a tile leads to no address.
    with rasterio.Env(GDAL_HTTP_PROXY="127.0.0.1:9", CPL_VSIL_CURL_ALLOWED_EXTENSIONS=".none"):
        for path in paths:
            with _opened(path, ledger) as raster:
                move, to_cells = _placed(raster, path, crs)
                at = cells_of(points, move, to_cells)
                inside = ((at >= -0.5) & (at <= np.array(raster.shape[::-1]) - 0.5)).all(axis=1)
                covered |= inside
                grid = _grid(raster, move, to_cells, at, points.mean(axis=0), cells)
            if grid is None:
                ledger.reject("tile", path.name, "outside the study")
            else:
                ledger.use("tile")
                grids = _with(grids, grid)
    _tell(ledger, float(covered.mean()), cells)
    return Elevation(tuple(sorted(grids, key=lambda grid: max(grid.sides_m)))), ledger.balance()


@contextmanager
def _opened(path: Path, ledger: Ledger) -> Iterator[Any]:
    """Open a raster; whatever GDAL finds wrong with it, then or on reading, is one line."""
    import rasterio
    from rasterio.errors import RasterioError

    must_be_allowed(path)
    try:
        with warnings.catch_warnings(action="ignore"), rasterio.open(path, driver="GTiff") as raster:
            if raster.count > 1:
                text = f"{path.name} has {raster.count} bands: the first is read as heights [m]; check that"
                ledger.warn("dem_bands", text)
            yield raster
    except (RasterioError, OSError) as fault:
        why = str(fault.__cause__ or fault)[:300]
        raise InputError(f"{path.name}: cannot be read as a GeoTIFF ({why}): {_REMEDY}") from fault


def _placed(raster: Any, path: Path, crs: str) -> tuple[Transformer, Floats]:
    """Return the way from the study's CRS to the raster's, and from there to its cells."""
    to_crs = np.array(raster.transform, dtype=float).reshape(3, 3)
    if raster.crs is None or raster.transform.is_identity or not np.linalg.det(to_crs):
        lack = "CRS" if raster.crs is None else "place in its CRS"
        raise InputError(f"{path.name}: no {lack} stated: {_REMEDY}")
    try:
        move = Transformer.from_crs(crs, raster.crs.to_wkt(), always_xy=True)
    except ProjError as fault:
        name = raster.crs.to_string()[:100]
        raise InputError(f"{path.name}: nothing leads from its CRS {name} to {crs}: {_REMEDY}") from fault
    return move, moved(-0.5, -0.5) @ np.linalg.inv(to_crs)


def _grid(
    raster: Any, move: Transformer, to_cells: Floats, at: Floats, middle: Floats, cells: Counter[str]
) -> Grid | None:
    """Read what lies at the study, of which `at` are cells and `middle` is a point; None where nothing does."""
    if not np.isfinite(at).all():
        return None
    sides = _sides_m(middle, move, to_cells)
    each = max(1, int(FINEST_M // sides.max()))
    margin = np.ceil((REACH + 1) * np.maximum(1, SMOOTH_M / sides[::-1]))
    low = np.maximum(np.floor((at.min(axis=0) - margin) / each) * each, 0).astype(int)
    high = np.minimum(np.ceil((at.max(axis=0) + margin) / each) * each, raster.shape[::-1]).astype(int)
    if (low >= high).any():
        return None
    to_blocks = moved(-0.5, -0.5) @ np.diag([1 / each, 1 / each, 1]) @ moved(*(0.5 - low)) @ to_cells
    across, down = sides[::-1] * each
    return Grid(_heights(raster, low, high, each, cells), move, to_blocks, (float(down), float(across)))


def _heights(raster: Any, low: Any, high: Any, each: int, cells: Counter[str]) -> NDArray[np.float32]:
    """Read the heights [m] of a window in means of `each` by `each` cells; the counter receives what is not known."""
    strips = []
    step = max(ROWS // each, 1) * each
    for top in range(low[1], high[1], step):
        window = ((top, min(top + step, high[1])), (low[0], high[0]))
        strip = raster.read(1, window=window, masked=True).astype(np.float32).filled(np.nan)
        strip = strip * np.float32(raster.scales[0]) + np.float32(raster.offsets[0])
        impossible = (strip < LOWEST_M) | (strip > HIGHEST_M)
        cells.update(all=strip.size, nodata=int(np.isnan(strip).sum()), impossible=int(impossible.sum()))
        strips.append(_averaged(np.where(impossible, np.float32(np.nan), strip), each))
    return np.concatenate(strips)


def _averaged(heights: NDArray[np.float32], each: int) -> NDArray[np.float32]:
    """Return the means of what is known in blocks of `each` by `each` cells."""
    rows, columns = heights.shape
    whole = np.pad(heights, ((0, -rows % each), (0, -columns % each)), constant_values=np.nan)
    blocks = whole.reshape(whole.shape[0] // each, each, whole.shape[1] // each, each)
    known = np.isfinite(blocks)
    total, known = np.where(known, blocks, 0).sum(axis=(1, 3), dtype=np.float64), known.sum(axis=(1, 3))
    return mean_of(total, known, np.nan).astype(np.float32)


def _with(grids: list[Grid], added: Grid) -> list[Grid]:
    """Return the grids with one more, joined to the first of whose lattice it is."""
    for number, grid in enumerate(grids):
        if both := grid.joined(added):
            return [*grids[:number], both, *grids[number + 1 :]]
    return [*grids, added]


def _lattice(bounds: tuple[float, float, float, float]) -> Floats:
    """Return points spread evenly over the bounds, the border included, shape (10201, 2)."""
    west, south, east, north = bounds
    x, y = np.meshgrid(np.linspace(west, east, 101), np.linspace(south, north, 101))
    return np.column_stack([x.ravel(), y.ravel()])


def _sides_m(middle: Floats, move: Transformer, to_cells: Floats) -> Floats:
    """[m] Return how far apart rows and columns are at a point of the study's CRS, shape (2,)."""
    column, row = cells_of(middle[None], move, to_cells)[0]
    corners = np.array([[column, column, column + 1], [row, row + 1, row], [1, 1, 1]])
    x, y, _ = np.linalg.inv(to_cells) @ corners
    x, y = move.transform(x, y, direction="INVERSE")
    sides: Floats = np.hypot(x[1:] - x[0], y[1:] - y[0])
    return sides


def _tell(ledger: Ledger, covered: float, cells: Counter[str]) -> None:
    """Name the ground without heights."""
    if covered == 0:
        ledger.warn("dem_beyond", "no tile lies at the study: every street counts as level: check the tiles' place")
    elif covered < 1:
        text = f"tiles cover {math.floor(covered * 100)} % of the study's bounds: streets beyond count as level: "
        ledger.warn("dem_partial", f"{text}add the tiles beside them")
    if lacking := cells["nodata"] + cells["impossible"]:
        text = f"{lacking} of {cells['all']} cells at the study have no height ({cells['impossible']} of them "
        text += f"impossible, below {LOWEST_M:g} m or above {HIGHEST_M:g} m)"
        ledger.warn("dem_nodata", f"{text}: where no other tile knows it either, streets count as level")
