"""Tracks that are the streets of those who live on them: in villages where no other street is mapped."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geokehila.fabric.graph import MAIN, PATH, STREET

#: Ways that may be the only streets of a village.
TRACKS = ("track", "path")
#: [m] A home with a street this near has one; so far are homes led to a way by themselves.
STREET_NEAR_M = 150.0


def with_tracks(roads: gpd.GeoDataFrame, homes: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Count tracks and paths as streets where homes stand on them that have no other street.

    A home within 150 m of a track or path and of no street has these tracks and paths for its streets, as a whole.

    Parameters
    ----------
    roads
        way, kind and geometry, metres.
    homes
        Points where somebody lives, metres.

    Returns
    -------
    GeoDataFrame
        The roads with `kind` = ``street`` for these ways; every other row as it was.

    Notes
    -----
    Which ways, and how near, is our choice.

    Examples
    --------
    A track with a home beside it, and no street for kilometres:

    >>> told = {"way": ["track", "residential"], "kind": ["path", "street"]}
    >>> lines = [shapely.LineString([(0, 0), (200, 0)]), shapely.LineString([(5000, 0), (5200, 0)])]
    >>> roads = gpd.GeoDataFrame(told, geometry=lines, crs=2039)
    >>> with_tracks(roads, gpd.GeoSeries([shapely.Point(100, 20)], crs=2039))["kind"].tolist()
    ['street', 'street']
    >>> with_tracks(roads, gpd.GeoSeries([shapely.Point(5100, 20)], crs=2039))["kind"].tolist()
    ['path', 'street']
    """
    tracks = np.flatnonzero(((roads["kind"] == PATH) & roads["way"].isin(TRACKS)).to_numpy())
    streets = roads.geometry[roads["kind"].isin([MAIN, STREET])].to_numpy()
    points = homes.to_numpy()
    has_street = shapely.STRtree(streets).query(points, "dwithin", distance=STREET_NEAR_M)[0]
    alone = np.delete(points, np.unique(has_street))
    found = shapely.STRtree(roads.geometry.to_numpy()[tracks]).query(alone, "dwithin", distance=STREET_NEAR_M)[1]
    kind = roads["kind"].to_numpy(object, copy=True)
    kind[tracks[np.unique(found)]] = STREET
    return roads.assign(kind=kind.astype(str))
