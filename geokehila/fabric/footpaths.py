"""Footpaths that end on a pavement: the street beside it is what they lead to."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import KDTree

from geokehila.fabric.graph import NODE_M, PATH, Graph
from geokehila.reach.arrays import Floats, Ints

#: [m] A pavement this near a street's middle is the street's.
BESIDE_M = 25.0


def to_streets(graph: Graph, pavements: gpd.GeoDataFrame) -> tuple[Ints, Ints, Floats]:
    """Find, for the nodes where footpaths meet a pavement and no street, the nearest point of a street.

    Returns
    -------
    tuple
        The node, the street's edge, and how far along it the point lies [m], each of shape (K,).
    """
    is_street = graph.told("kind") != PATH
    streets = np.flatnonzero(is_street)
    off_street = np.setdiff1d(
        np.append(graph.tail[~is_street], graph.head[~is_street]), np.append(graph.tail[streets], graph.head[streets])
    )
    vertices = shapely.get_coordinates(pavements.geometry.to_numpy())
    if not len(vertices) or not len(streets):
        return off_street[:0], streets[:0], np.empty(0)
    nodes = off_street[KDTree(vertices).query(graph.xy[off_street])[0] <= NODE_M]
    points = shapely.points(graph.xy[nodes])
    at, found = shapely.STRtree(graph.lines[streets]).query_nearest(points, max_distance=BESIDE_M, all_matches=False)
    return nodes[at], streets[found], shapely.line_locate_point(graph.lines[streets[found]], points[at])
