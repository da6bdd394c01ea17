"""Where people on foot pass what parts a town: crossings of main roads, bridges and tunnels, ways over a barrier."""

from __future__ import annotations

from typing import Literal

import geopandas as gpd
import numpy as np
import shapely

from geokehila.fabric import Fabric, main_roads
from geokehila.fabric.crossings import MIDDLE_M
from geokehila.fabric.graph import MAIN, PAVEMENT

Predicate = Literal["intersects", "crosses"]
#: Fewer crossings to a kilometre of main road, and too many were not mapped to call a road closed.
CROSSINGS_PER_KM = 1.0


def over_main_roads(fabric: Fabric, roads: gpd.GeoDataFrame, crossings: gpd.GeoDataFrame) -> tuple[np.ndarray, bool]:
    """Return where main roads are crossed on foot, in the middle of the road, and whether crossings are mapped.

    That is at a crossing, at a pavement drawn over the road, and by a bridge or a tunnel of either. Where crossings are
    not mapped every intersection is a place to cross.
    """
    main = roads[(roads["kind"] == MAIN) & ~roads["tunnel"].astype(bool)]
    over = common_points(roads.geometry[roads["kind"] == PAVEMENT].to_numpy(), main.geometry.to_numpy())
    points = gpd.GeoSeries(np.concatenate([crossings.geometry.to_numpy(), over]), crs=roads.crs)
    found = main_roads(fabric, roads, points.to_frame("geometry"))
    middles, drawn = found.roads.to_numpy(), _above_or_below(roads, main)
    near, line = shapely.STRtree(middles).query_nearest(drawn, max_distance=MIDDLE_M, all_matches=False)
    along_m = shapely.line_locate_point(middles[line], drawn[near])
    at = [found.crossings.to_numpy(), shapely.line_interpolate_point(middles[line], along_m)]
    are_mapped = len(found.crossings) >= CROSSINGS_PER_KM * shapely.length(middles).sum() / 1000
    return np.concatenate([*at, fabric.intersections.geometry.to_numpy()[: 0 if are_mapped else None]]), are_mapped


def over_barriers(barriers: np.ndarray, ways: np.ndarray) -> np.ndarray:
    """Return where ways on foot meet barriers: on a bridge over it, through a tunnel below, or on its own level."""
    return common_points(barriers, ways)


def _above_or_below(roads: gpd.GeoDataFrame, main: gpd.GeoDataFrame) -> np.ndarray:
    """Return where ways on foot pass main roads on another level: they cross on the map and share no end there."""
    walked = roads[roads["walked"].astype(bool)]
    is_off_ground = walked["bridge"].astype(bool) | walked["tunnel"].astype(bool)
    bridges = main.geometry[main["bridge"].astype(bool)].to_numpy()
    pairs = (walked.geometry[is_off_ground].to_numpy(), main.geometry.to_numpy()), (walked.geometry.to_numpy(), bridges)
    return np.concatenate([common_points(*pair, "crosses") for pair in pairs])


def common_points(lines: np.ndarray, others: np.ndarray, predicate: Predicate = "intersects") -> np.ndarray:
    """Return the points, each once, that lines of one kind have in common with those of another."""
    line, other = shapely.STRtree(others).query(lines, predicate=predicate)
    shapes = shapely.get_parts(shapely.intersection(lines[line], others[other]))
    points = shapes[shapely.get_type_id(shapes) == 0]
    found: np.ndarray = shapely.points(np.unique(shapely.get_coordinates(points), axis=0))
    return found
