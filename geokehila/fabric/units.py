"""What stands or runs in the units that a measure is published for: points and pieces of lines, each in one unit."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geokehila.reach.arrays import Floats, Ints

#: [m] Lines are counted in pieces no longer than this, each where its middle lies.
PIECE_M = 10.0


@dataclass(frozen=True, eq=False)
class Units:
    """Areas that measures are published for.

    Attributes
    ----------
    zone_id
        Shape (U,).
    shapes
        Their areas, metres, shape (U,).
    """

    zone_id: np.ndarray
    shapes: np.ndarray

    @classmethod
    def of(cls, units: gpd.GeoDataFrame) -> Units:
        """Take the units of a zoning: zone_id and geometry."""
        return cls(units["zone_id"].to_numpy(), units.geometry.to_numpy())

    def __len__(self) -> int:
        return len(self.shapes)

    def unit_of(self, points: np.ndarray) -> Ints:
        """Return the unit that each point lies in, the first of several, -1 outside them all, shape (P,)."""
        unit, point = shapely.STRtree(points).query(self.shapes, predicate="intersects")
        first = np.full(len(points), len(self))
        np.minimum.at(first, point, unit)
        return np.where(first < len(self), first, -1)

    def sums(self, unit: Ints, values: Floats) -> Floats:
        """Sum values by unit; those of unit -1 are outside, shape (U,)."""
        inside = unit >= 0
        sums: Floats = np.bincount(unit[inside], values[inside], len(self)).astype(float)
        return sums

    def land_km2(self, extent: shapely.Geometry) -> Floats:
        """[km2] Return the area of each unit inside the data, shape (U,)."""
        area: Floats = shapely.area(shapely.intersection(self.shapes, extent)) / 1e6
        return area


@dataclass(frozen=True, eq=False)
class Pieces:
    """Lines in even pieces.

    Attributes
    ----------
    line
        Row of the line that each piece is of, shape (S,).
    middles
        Point in the middle of each piece, shape (S,).
    length_m
        [m] Length of each piece; those of a line sum to its length.
    """

    line: Ints
    middles: np.ndarray
    length_m: Floats

    @classmethod
    def of(cls, lines: np.ndarray) -> Pieces:
        """Cut lines into even pieces of 10 m at most.

        Examples
        --------
        >>> cut = Pieces.of(shapely.linestrings([[(0, 0), (25, 0)], [(0, 0), (0, 4)]]))
        >>> cut.line.tolist(), cut.length_m.round(2).tolist(), cut.middles[3]
        ([0, 0, 0, 1], [8.33, 8.33, 8.33, 4.0], <POINT (0 2)>)
        """
        whole_m = shapely.length(lines)
        count = np.maximum(np.ceil(whole_m / PIECE_M), 1).astype(np.int64)
        line = np.repeat(np.arange(len(lines)), count)
        number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        length_m = (whole_m / count)[line]
        return cls(line, shapely.line_interpolate_point(lines[line], (number + 0.5) * length_m), length_m)


def ratio(top: Floats, bottom: Floats) -> Floats:
    """Divide; NaN where there is nothing to divide by."""
    quotient: Floats = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
    return quotient
