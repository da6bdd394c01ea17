"""Many shapes as one path: a sheet with ten thousand streets draws as fast as one with ten, and stays small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from matplotlib.path import Path

#: [pt] Points of a path are told to a hundredth.
DIGITS = 2


@dataclass(frozen=True, eq=False)
class Shapes:
    """The points of many lines or rings [pt], the code of each, and the number of the shape that it is of."""

    points: np.ndarray
    codes: np.ndarray
    owner: np.ndarray

    @classmethod
    def of(cls, geometries: np.ndarray) -> Shapes:
        """Take lines and polygons apart; other geometries and empty ones have no points."""
        parts, owner = shapely.get_parts(geometries, return_index=True)
        kind = shapely.get_type_id(parts)
        is_area = kind == shapely.GeometryType.POLYGON
        rings, of_part = shapely.get_rings(shapely.orient_polygons(parts[is_area]), return_index=True)
        is_line = (kind == shapely.GeometryType.LINESTRING) & ~shapely.is_empty(parts)
        lines = np.concatenate([rings, parts[is_line]])
        owners = np.concatenate([owner[is_area][of_part], owner[is_line]])
        points, line = shapely.get_coordinates(lines, return_index=True)
        codes = np.full(len(points), Path.LINETO, Path.code_type)
        starts = np.flatnonzero(np.diff(line, prepend=-1))
        codes[starts] = Path.MOVETO
        ends = np.append(starts[1:], len(points)) - 1 if len(starts) else starts
        codes[ends[line[ends] < len(rings)] if len(ends) else ends] = Path.CLOSEPOLY
        return cls(points.round(DIGITS), codes, owners[line])

    def path(self, chosen: np.ndarray | None = None) -> Path:
        """Return one path of the shapes that are chosen, by their number; None: of all."""
        if chosen is None:
            return Path(self.points, self.codes) if len(self.points) else Path(np.empty((0, 2)))
        keep = np.isin(self.owner, np.flatnonzero(chosen))
        return Path(self.points[keep], self.codes[keep]) if keep.any() else Path(np.empty((0, 2)))
