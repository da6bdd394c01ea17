"""Blocks between streets: their outlines, and the one footpath through a long one that would shorten it most."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from geokehila.fabric.clusters import ISLAND_RADIUS_M
from geokehila.fabric.graph import ids_at
from geokehila.fabric.intersections import Fabric
from geokehila.reach.arrays import Flags, Floats, Ints

#: [m] Outline of a square block of 150 m, the longest side that the founding document's street test has room for.
LONG_M = 600.0
#: [m] People are near a block who live in it or this near: along the streets around it.
NEAR_M = 50.0
#: No more long blocks are looked into.
MOST_BLOCKS = 200
#: [m] Ends of links are tried every so many metres of the outline; a link is no longer than this.
STEP_M, LONGEST_LINK_M = 20.0, 150.0
#: What a proposed link is worth until somebody has stood there.
ADVICE = "check on site"
#: [m] How far a link may leave its block: rounding, and the width of a street.
_ASTRAY_M = 0.5
#: Links that are tried at a time, the best first.
_BATCH = 256


@dataclass(frozen=True, eq=False)
class Obstacles:
    """What no link crosses: `buildings` (areas) and `walls` (lines), each a tree of shapes."""

    buildings: shapely.STRtree
    walls: shapely.STRtree = field(default_factory=lambda: shapely.STRtree([]))

    @classmethod
    def of(cls, buildings: gpd.GeoDataFrame, walls: gpd.GeoDataFrame | None = None) -> Obstacles:
        """Take buildings, and walls where they are known."""
        lines = walls.geometry.to_numpy() if walls is not None else np.empty(0, object)
        return cls(shapely.STRtree(buildings.geometry.to_numpy()), shapely.STRtree(lines))

    def stop(self, links: np.ndarray) -> Flags:
        """Tell which links cross a building or a wall, shape (K,)."""
        stopped = np.zeros(len(links), bool)
        for tree in (self.buildings, self.walls):
            stopped[tree.query(links, predicate="intersects")[0]] = True
        return stopped


def blocks(fabric: Fabric) -> gpd.GeoDataFrame:
    """Return the blocks: the faces between streets, dual carriageways being one line and cul-de-sacs no border.

    Where a bridge passes over a street the two part blocks as if they met. What streets do not close, at the border of
    the data or by the sea, is no block, nor is a traffic island.

    Returns
    -------
    GeoDataFrame
        block_id, `perimeter_m` (outer outline) and `area_m2`, the area.
    """
    lines = fabric.segments.geometry.to_numpy()
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines))))
    faces = faces[~shapely.is_empty(shapely.buffer(faces, -ISLAND_RADIUS_M))]
    frame = gpd.GeoDataFrame(
        {
            "block_id": ids_at("b", shapely.get_coordinates(shapely.point_on_surface(faces))),
            "perimeter_m": shapely.length(shapely.get_exterior_ring(faces)),
            "area_m2": shapely.area(faces),
        },
        geometry=faces,
        crs=fabric.segments.crs,
    )
    return frame.sort_values("block_id", ignore_index=True)


def long_blocks(found: gpd.GeoDataFrame, homes: gpd.GeoSeries, most: int = MOST_BLOCKS) -> gpd.GeoDataFrame:
    """Return the blocks with an outline above 600 m and people near, the longest first.

    Parameters
    ----------
    homes
        Points; a block counts where one lies in it or within 50 m of it.
    most
        No more blocks than this.
    """
    above = found[found["perimeter_m"] > LONG_M]
    near, _ = shapely.STRtree(homes.to_numpy()).query(above.geometry.to_numpy(), predicate="dwithin", distance=NEAR_M)
    peopled = above.iloc[np.unique(near)]
    ranked = peopled.sort_values(["perimeter_m", "block_id"], ascending=[False, True], ignore_index=True)
    return ranked.head(most)


def shortening_links(long: gpd.GeoDataFrame, obstacles: Obstacles) -> gpd.GeoDataFrame:
    """Find for each block the one footpath that would shorten it most.

    A link is straight, 150 m long at most, joins two points of the outline, every 20 m of which is tried, runs inside
    the block and crosses no building and no wall. It parts the block in two; the better link leaves the longer outline
    of the two shorter.

    Parameters
    ----------
    long
        Blocks as :func:`long_blocks` returns them.

    Returns
    -------
    GeoDataFrame
        One row for each block that a link can shorten, in their order: block_id, `perimeter_m` as it is and
        `perimeter_after_m`, the longer of the two parts; `link_m`; `advice`; the link.

    Notes
    -----
    Slopes, property and what else stands in the way are not known: every link says "check on site".

    Examples
    --------
    >>> square = gpd.GeoDataFrame({"block_id": ["b1"], "perimeter_m": [480.0]}, geometry=[shapely.box(0, 0, 120, 120)])
    >>> link = shortening_links(square, Obstacles.of(gpd.GeoDataFrame(geometry=[]))).iloc[0]
    >>> float(link["perimeter_after_m"]), float(link["link_m"])
    (360.0, 120.0)
    """
    columns = ["block_id", "perimeter_m", "perimeter_after_m", "link_m", "advice"]
    rows = []
    for block_id, perimeter_m, shape in zip(long["block_id"], long["perimeter_m"], long.geometry, strict=True):
        after_m, link = _best(shape, obstacles)
        if link is not None:
            rows.append((block_id, perimeter_m, after_m, link.length, ADVICE, link))
    table = pd.DataFrame(rows, columns=[*columns, "geometry"]).astype({"link_m": float, "perimeter_after_m": float})
    return gpd.GeoDataFrame(table, geometry="geometry", crs=long.crs)


def _best(block: shapely.Polygon, obstacles: Obstacles) -> tuple[float, shapely.LineString | None]:
    """Return the longer outline [m] that the best link leaves, and the link; None where there is none."""
    outline = shapely.get_exterior_ring(block)
    at_m = np.arange(0.0, outline.length, STEP_M)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(outline, at_m))
    pairs, after_m = _ranked(xy, at_m, outline.length)
    room = shapely.buffer(block, _ASTRAY_M)
    shapely.prepare(room)
    for start in range(0, len(pairs), _BATCH):
        batch = pairs[start : start + _BATCH]
        links = shapely.linestrings(xy[batch])
        free = np.flatnonzero(shapely.contains(room, links))
        free = free[~obstacles.stop(links[free])]
        if len(free):
            return float(after_m[start + free[0]]), links[free[0]]
    return np.nan, None


def _ranked(xy: Floats, at_m: Floats, around_m: float) -> tuple[Ints, Floats]:
    """Return the pairs of points of an outline that a link may join, the best first, and what outline it leaves."""
    pairs = np.sort(KDTree(xy).query_pairs(LONGEST_LINK_M, output_type="ndarray"), axis=1)
    one, other = pairs.T
    along_m = at_m[other] - at_m[one]
    after_m = np.maximum(along_m, around_m - along_m) + np.hypot(*(xy[one] - xy[other]).T)
    order = np.lexsort((other, one, after_m.round(6)))
    order = order[after_m[order] < around_m - _ASTRAY_M]
    return pairs[order], after_m[order]
