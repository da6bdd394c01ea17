"""How much of the ways near homes wheels are known to pass: what a share on wheels rests on."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import KDTree

#: [m] Ways this near to a home are near it; homes are led no farther to a way.
NEAR_M = 150.0
#: [m] Ways are measured in pieces no longer than this, each where its middle lies.
PIECE_M = 10.0
#: From this share of rough ways on it is told that what is said of wheels is optimistic.
ROUGH_SHARE = 0.05


def rolling(streets: gpd.GeoDataFrame, homes: gpd.GeoSeries) -> dict[str, float]:
    """Measure the walked ways within 150 m of homes, and those of them that wheels are not known to pass.

    Parameters
    ----------
    streets
        `rough` (not known that wheels pass) and lines, metres.
    homes
        Points where somebody lives, metres.

    Returns
    -------
    dict
        ``near_homes_m`` and ``rough_near_homes_m`` [m]; 0 where no way is near any home.

    Examples
    --------
    A track of 100 m to the door, and one of a kilometre off:

    >>> lines = [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(0, 1000), (100, 1000)])]
    >>> streets = gpd.GeoDataFrame({"rough": [True, True]}, geometry=lines, crs=2039)
    >>> rolling(streets, gpd.GeoSeries([shapely.Point(50, 10)], crs=2039))
    {'near_homes_m': 100.0, 'rough_near_homes_m': 100.0}
    """
    xy, line = shapely.get_coordinates(shapely.segmentize(streets.geometry.to_numpy(), PIECE_M), return_index=True)
    goes_on = line[1:] == line[:-1]
    begin, end, of = xy[:-1][goes_on], xy[1:][goes_on], line[1:][goes_on]
    length_m = np.hypot(*(end - begin).T)
    away_m = KDTree(shapely.get_coordinates(homes.to_numpy())).query((begin + end) / 2)[0] if len(homes) else np.inf
    near_m = np.where(away_m <= NEAR_M, length_m, 0.0)
    rough_m = near_m[streets["rough"].to_numpy(bool)[of]]
    return {"near_homes_m": float(near_m.sum()), "rough_near_homes_m": float(rough_m.sum())}


def is_rough(found: Mapping[str, float]) -> bool:
    """Tell whether so much of the ways near homes is rough that shares on wheels are optimistic.

    Examples
    --------
    >>> [is_rough({"near_homes_m": 1000.0, "rough_near_homes_m": rough_m}) for rough_m in (49.0, 50.0)]
    [False, True]
    """
    return found["rough_near_homes_m"] >= ROUGH_SHARE * found["near_homes_m"] > 0
