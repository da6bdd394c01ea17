"""What lines the streets: pavements, light and shade, known, absent or not told; and how steep they are."""

from __future__ import annotations

from typing import Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.fabric.graph import MAIN, STREET
from geokehila.fabric.units import PIECE_M, Pieces, Units, ratio
from geokehila.reach.arrays import Flags, Floats, Ints

#: [m] A street lamp lights the street this far around it.
LAMP_M = 20.0
#: [m] A street is shaded where a tree's crown, or a row of trees, is this near its middle.
SHADE_M = 6.0
#: [m] Radius of the crown of a tree drawn as a point.
CROWN_M = 4.0
#: Rise over run above which a street is steep: where a path becomes a ramp, and the steepest ramp.
STEEP = {"over_5_percent": 0.05, "over_8_percent": 0.08}
#: Words by which `sidewalk` and `lit` tell yes and no; all else is not told.
_YES, _NO = ("yes", "separate"), ("no",)


class Inclined(Protocol):
    """Edges in pieces of even slope, such as :class:`geokehila.network.Slopes`."""

    @property
    def first(self) -> Ints:
        """The pieces of edge e are ``first[e]`` to ``first[e + 1] - 1``, shape (E + 1,)."""
        ...

    @property
    def length_m(self) -> Floats:
        """[m] Length of each piece, shape (S,)."""
        ...

    @property
    def slope(self) -> Floats:
        """Rise over run of each piece, shape (S,)."""
        ...


def told_shares(roads: gpd.GeoDataFrame, lamps: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure how much street has a pavement and light: yes, no and not told.

    Streets are roads of the kinds ``main`` and ``street``, every carriageway for itself, as its tags tell. A pavement
    mapped as a way of its own (``separate``) is one. What lies within 20 m of a mapped lamp is lit, whatever the tag.

    Parameters
    ----------
    roads
        kind, sidewalk, lit and geometry, metres.
    lamps
        Points, metres.
    units
        zone_id and geometry, metres.

    Returns
    -------
    DataFrame
        By zone_id: `sidewalk_yes_share`, `_no_share`, `_unknown_share` and `lit_yes_share`, `_no_share`,
        `_unknown_share` of the street's length; three of a kind sum to 1. NaN where there is no street.
    """
    areas, streets = Units.of(units), roads[roads["kind"].isin([MAIN, STREET])]
    pieces = Pieces.of(streets.geometry.to_numpy())
    unit = areas.unit_of(pieces.middles)
    told = {name: streets[name].to_numpy(str)[pieces.line] for name in ("sidewalk", "lit")}
    is_lamplit = _near(pieces.middles, lamps.geometry.to_numpy(), LAMP_M)
    columns = {}
    for name, more in (("sidewalk", False), ("lit", is_lamplit)):
        is_yes = np.isin(told[name], _YES) | more
        is_no = np.isin(told[name], _NO) & ~is_yes
        for answer, flags in (("yes", is_yes), ("no", is_no), ("unknown", ~is_yes & ~is_no)):
            columns[f"{name}_{answer}_share"] = _share(areas, unit, pieces.length_m, flags)
    return pd.DataFrame(columns, pd.Index(areas.zone_id, name="zone_id"))


def shade_share(roads: gpd.GeoDataFrame, trees: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> pd.Series:
    """Measure how much of the walked streets has a tree beside it.

    A walked street is shaded where a row of trees, or the crown of a tree (4 m around its point), is within 6 m of its
    middle.

    Parameters
    ----------
    roads
        `walked` and geometry, metres; of every kind.
    trees
        Points, and lines that are rows of trees, metres.

    Returns
    -------
    Series
        `shade_share` of the walked length by zone_id. NaN where nothing is walked, and everywhere where the data hold
        no tree at all: then trees are not mapped.
    """
    areas, walked = Units.of(units), roads[roads["walked"].astype(bool)]
    pieces = Pieces.of(walked.geometry.to_numpy())
    shapes = trees.geometry.to_numpy()
    is_point = shapely.get_dimensions(shapes) == 0
    is_shaded = _near(pieces.middles, shapes[is_point], CROWN_M + SHADE_M) | _near(
        pieces.middles, shapes[~is_point], SHADE_M
    )
    share = _share(areas, areas.unit_of(pieces.middles), pieces.length_m, is_shaded)
    return pd.Series(share if len(shapes) else np.nan, pd.Index(areas.zone_id, name="zone_id"), float, "shade_share")


def steep_shares(lines: np.ndarray, slopes: Inclined, known: Flags, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure how much street is steeper than 5 % and 8 %, up or down.

    Parameters
    ----------
    lines
        Edges of the network whose streets count, metres, shape (E,).
    slopes
        Along these edges.
    known
        Which pieces have a slope that is known, shape (S,): of the ground, mapped, or level on a bridge or in a tunnel.

    Returns
    -------
    DataFrame
        By zone_id: `steep_over_5_percent_share` and `steep_over_8_percent_share` of the length whose slope is known;
        `slope_known_share` of all of it. NaN where none is known, so everywhere without elevation.
    """
    areas = Units.of(units)
    piece, middles, length_m = _short(lines, slopes)
    unit, slope, is_known = areas.unit_of(middles), slopes.slope[piece], known[piece]
    total_m, known_m = areas.sums(unit, length_m), areas.sums(unit, length_m * is_known)
    columns = {
        f"steep_{name}_share": ratio(areas.sums(unit, length_m * (is_known & (np.abs(slope) > limit))), known_m)
        for name, limit in STEEP.items()
    }
    return pd.DataFrame(
        columns | {"slope_known_share": ratio(known_m, total_m)}, pd.Index(areas.zone_id, name="zone_id")
    )


def _short(lines: np.ndarray, slopes: Inclined) -> tuple[Ints, np.ndarray, Floats]:
    """Cut the pieces of even slope to 10 m at most: the piece each part is of, its middle, and its length [m]."""
    edge = np.repeat(np.arange(len(lines)), np.diff(slopes.first))
    before_m = np.cumsum(slopes.length_m) - slopes.length_m
    along_m = before_m - before_m[slopes.first[:-1]][edge]
    count = np.maximum(np.ceil(slopes.length_m / PIECE_M), 1).astype(np.int64)
    piece = np.repeat(np.arange(len(count)), count)
    number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    length_m = (slopes.length_m / count)[piece]
    return (
        piece,
        shapely.line_interpolate_point(lines[edge[piece]], along_m[piece] + (number + 0.5) * length_m),
        length_m,
    )


def _near(points: np.ndarray, shapes: np.ndarray, distance_m: float) -> Flags:
    """Tell which points have a shape within a distance, shape (P,)."""
    near = np.zeros(len(points), bool)
    near[shapely.STRtree(shapes).query(points, predicate="dwithin", distance=distance_m)[0]] = True
    return near


def _share(areas: Units, unit: Ints, length_m: Floats, flags: Flags) -> Floats:
    return ratio(areas.sums(unit, length_m * flags), areas.sums(unit, length_m))
