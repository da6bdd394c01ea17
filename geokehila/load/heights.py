"""Heights of the ground as grids of cells in any CRS, asked at points of the study's."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.ndimage import gaussian_filter, map_coordinates

from geokehila.brief import Brief

Floats = NDArray[np.float64]

#: [m] Heights are smoothed over this, and over a cell at least: what an elevation model is off by differs from one cell
#: to the next.
SMOOTH_M = 30.0
#: Cells smoothed together reach this many times the smoothing, so as much ground around the study is read too.
REACH = 3.0
#: Tiles whose cells lie this near to one lattice [cells] are one.
ALIGNED = 0.05


@dataclass(frozen=True, eq=False)
class Grid:
    """Heights [m] at the middles of cells, shape (rows, columns), NaN where not known.

    Attributes
    ----------
    move
        From the study's CRS to the grid's.
    to_cells
        From the grid's CRS to (column, row, 1), whole numbers in the middles of cells, shape (3, 3).
    sides_m
        [m] From one row to the next and from one column to the next.
    """

    heights_m: NDArray[np.float32]
    move: Transformer
    to_cells: Floats
    sides_m: tuple[float, float]

    def at(self, xy: Floats) -> tuple[Floats, Floats]:
        """Return the heights around each point, summed by their bilinear weights [m], and the sum of these weights."""
        known = np.isfinite(self.heights_m)
        cells = cells_of(xy, self.move, self.to_cells)[:, ::-1].T
        # Beyond the grid every cell is unknown, and so it is for a point that its CRS cannot hold.
        where = np.nan_to_num(cells, nan=-9.0, posinf=-9.0, neginf=-9.0)
        how: dict[str, Any] = {"order": 1, "mode": "grid-constant", "output": np.float64}
        return map_coordinates(np.where(known, self.heights_m, 0), where, **how), map_coordinates(known, where, **how)

    def corners(self) -> Floats:
        """Return the middles of its four outermost cells in the study's CRS, shape (4, 2)."""
        rows, columns = self.heights_m.shape
        return self._places(np.array([0, columns - 1, 0, columns - 1]), np.array([0, 0, rows - 1, rows - 1]))

    def middles(self) -> Floats:
        """Return the middle of each cell in the study's CRS, row by row, shape (rows x columns, 2)."""
        row, column = np.indices(self.heights_m.shape).reshape(2, -1)
        return self._places(column, row)

    def _places(self, column: NDArray[np.int64], row: NDArray[np.int64]) -> Floats:
        x, y, _ = np.linalg.inv(self.to_cells) @ np.stack([column, row, np.ones(len(row))])
        return np.column_stack(self.move.transform(x, y, direction="INVERSE"))

    def smoothed(self, window_m: float) -> Grid:
        """Return means weighted by a bell over the known cells around; what is not known stays so."""
        known = np.isfinite(self.heights_m)
        sigma = [max(window_m, side) / math.sqrt(2) / side for side in self.sides_m]
        how: dict[str, Any] = {"sigma": sigma, "truncate": REACH, "mode": "constant", "output": np.float64}
        total = gaussian_filter(np.where(known, self.heights_m, np.float32(0)), **how)
        weight = gaussian_filter(known.astype(np.float32), **how)
        return replace(self, heights_m=mean_of(total, np.where(known, weight, 0), np.nan).astype(np.float32))

    def joined(self, other: Grid) -> Grid | None:
        """Return both as one grid, this one's heights first; None where their cells do not lie on one lattice."""
        between = self.to_cells @ np.linalg.inv(other.to_cells)
        column, row = between[:2, 2].round().astype(int).tolist()
        straight = np.array([[1.0, 0.0, column], [0.0, 1.0, row], [0.0, 0.0, 1.0]])
        off = np.abs(between - straight) * [*other.heights_m.shape[::-1], 1.0]
        if self.move.target_crs != other.move.target_crs or off.max() > ALIGNED:
            return None
        left, top = min(column, 0), min(row, 0)
        parts = [(other.heights_m, row - top, column - left), (self.heights_m, -top, -left)]
        shape = [max(part.shape[axis] + start[axis] for part, *start in parts) for axis in (0, 1)]
        heights = np.full(shape, np.nan, np.float32)
        for part, down, right in parts:
            under = heights[down : down + part.shape[0], right : right + part.shape[1]]
            np.copyto(under, part, where=np.isfinite(part))
        return replace(self, heights_m=heights, to_cells=moved(-left, -top) @ self.to_cells)


@dataclass(frozen=True, eq=False, repr=False)
class Elevation(Brief):
    """The ground of a study: grids of heights, the finest first.

    Between the middles of cells heights are bilinear. What a grid lacks of the four cells around a point is made up by
    the next grid, and else by the cells that are known, so that there is no cliff where tiles meet; a point a cell away
    from every known one has no height.

    Examples
    --------
    >>> Elevation(()).at(np.array([[180_000.0, 570_000.0]]))
    array([nan])
    """

    grids: tuple[Grid, ...]

    @property
    def cell_m(self) -> float:
        """[m] Longer side of the coarsest grid's cells; NaN without a grid."""
        return max((max(grid.sides_m) for grid in self.grids), default=math.nan)

    def at(self, xy: Floats) -> Floats:
        """[m] Return the heights of points, shape (N, 2) in the study's CRS; NaN where no tile knows, shape (N,)."""
        total, weight = np.zeros(len(xy)), np.zeros(len(xy))
        for grid in self.grids:
            lacking = np.flatnonzero(weight < 1)
            summed, known = grid.at(xy[lacking])
            share = np.minimum(known, 1 - weight[lacking])
            total[lacking] += share * mean_of(summed, known, 0.0)
            weight[lacking] += share
        return mean_of(total, weight, np.nan)

    def smoothed(self, window_m: float = SMOOTH_M) -> Elevation:
        """Return it smoothed by a bell over `window_m`, a cell at least: its standard deviation is 0.71 of that [m]."""
        return Elevation(tuple(grid.smoothed(window_m) for grid in self._on_one_lattice().grids))

    def _on_one_lattice(self) -> Elevation:
        """Return the heights on the finest grid's lattice: smoothed one by one, grids would part where they meet."""
        if len(self.grids) < 2:
            return self
        finest = self.grids[0]
        corners = np.concatenate([cells_of(grid.corners(), finest.move, finest.to_cells) for grid in self.grids])
        low, high = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
        empty = np.empty((high[1] - low[1] + 1, high[0] - low[0] + 1), np.float32)
        whole = replace(finest, heights_m=empty, to_cells=moved(*-low) @ finest.to_cells)
        return Elevation((replace(whole, heights_m=self.at(whole.middles()).reshape(empty.shape).astype(np.float32)),))


def cells_of(xy: Floats, move: Transformer, to_cells: Floats) -> Floats:
    """Return the (column, row) of points of the study's CRS, infinite where the raster's CRS cannot hold them."""
    x, y = move.transform(xy[:, 0], xy[:, 1])
    cells: Floats = np.column_stack([to_cells[i, 0] * x + to_cells[i, 1] * y + to_cells[i, 2] for i in (0, 1)])
    return cells


def moved(right: float, down: float) -> Floats:
    """Return the shift of cells as a matrix, shape (3, 3)."""
    return np.array([[1.0, 0.0, right], [0.0, 1.0, down], [0.0, 0.0, 1.0]])


def mean_of(total: Floats, weight: NDArray[Any], otherwise: float) -> Floats:
    """Return means of what has a weight."""
    ratio: Floats = np.divide(total, weight, out=np.full(total.shape, otherwise), where=weight > 0)
    return ratio
