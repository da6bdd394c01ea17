"""How good communities are: how compact, which streets they cut, what they straddle."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.communities.ground import PARTING, Lines
from geokehila.fabric.graph import MAIN, STREET
from geokehila.reach.arrays import Floats, Ints

#: [m] Around a passage a line is open so far to each side; what a line cuts is as wide as this.
GAP_M, CUT_M = 1.0, 0.05


def compactness(shapes: np.ndarray) -> Floats:
    """Return the ratio of Polsby and Popper of areas, 4 pi area / outline squared: 1 a circle, 0.79 a square.

    Examples
    --------
    >>> compactness(np.array([shapely.box(0, 0, 10, 10), shapely.box(0, 0, 40, 10)])).round(3).tolist()
    [0.785, 0.503]
    """
    ratio: Floats = (4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2).round(6)
    return ratio


def cut_streets(between: gpd.GeoDataFrame, unit: Ints) -> pd.DataFrame:
    """Return the streets that are cut: those whose two sides are in different communities.

    A main road or a barrier is none: it parts people anyway.

    Parameters
    ----------
    between
        As of :class:`~geokehila.communities.blocks.Blocks`.
    unit
        Community of each block, shape (B,).

    Returns
    -------
    DataFrame
        `one` and `other` (communities), `line` (the street, from one intersection to the next) and `length_m`; a row
        for each stretch of it.
    """
    streets = between[between["kind"] == STREET]
    sides = pd.DataFrame({name: unit[streets[name]] for name in ("one", "other")})
    cut = sides.assign(line=streets["line"].to_numpy(), length_m=streets["length_m"].to_numpy())
    return cut[cut["one"] != cut["other"]].reset_index(drop=True)


def by_unit(cut: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return `cut_streets_count` and `cut_streets_m` of each community; a street counts in both that it parts."""
    sides = pd.concat([cut.assign(unit=cut["one"]), cut.assign(unit=cut["other"])])
    grouped = sides.groupby("unit")
    sums = {"cut_streets_count": grouped["line"].nunique(), "cut_streets_m": grouped["length_m"].sum()}
    return pd.DataFrame(sums).reindex(range(count), fill_value=0)


def straddles(shapes: np.ndarray, lines: Lines, homes: np.ndarray, unit: Ints) -> Ints:
    """Count how often communities lie on both sides of a main road or barrier that nobody passes within them.

    Each is cut along these lines, which are open at every passage. Of its pieces with homes all but one are counted,
    less those that lay apart before.

    Parameters
    ----------
    shapes
        Of communities, shape (C,).
    homes, unit
        Points, and the community of each, shape (O,).
    """
    main, barriers = (lines.shapes[np.isin(lines.kind, kinds)] for kinds in ((MAIN,), PARTING))
    stops = np.append(_open_at(main, lines.over_main), _open_at(barriers, lines.over_barriers))
    tree, walls, found = shapely.STRtree(stops), shapely.buffer(stops, CUT_M, cap_style="flat"), []
    for i, shape in enumerate(shapes):
        within = walls[np.sort(tree.query(shape, predicate="intersects"))]
        own, rest = homes[unit == i], shapely.difference(shape, shapely.union_all(within))
        found.append(_pieces(rest, own) - _pieces(shape, own))
    return np.array(found, np.int64)


def _open_at(stops: np.ndarray, passages: np.ndarray) -> np.ndarray:
    """Return lines with a gap at each passage."""
    gaps = shapely.buffer(passages, GAP_M)
    line, gap = shapely.STRtree(gaps).query(stops, predicate="intersects")
    passed, row = np.unique(line, return_inverse=True)
    of_line = [shapely.union_all(gaps[gap[row == i]]) for i in range(len(passed))]
    opened = stops.copy()
    opened[passed] = shapely.difference(stops[passed], np.array(of_line, object))
    return opened


def _pieces(shape: shapely.Geometry, homes: np.ndarray) -> int:
    parts = shapely.get_parts(shape)
    return len(np.unique(shapely.STRtree(parts).query(homes, predicate="intersects")[1]))
