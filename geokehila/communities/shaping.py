"""Shapes of communities: the union of their blocks, and of empty ground that nothing links to homes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.communities.blocks import Blocks
from geokehila.reach.arrays import Flags, Ints


def shaped(made: Blocks, part: Ints) -> tuple[Ints, gpd.GeoDataFrame]:
    """Return the community of each block, shape (B,), and zone_id and geometry of each by zone_id.

    They are called c1, c2 ... from west to east. Empty ground that nothing links to homes goes to the community that it
    borders on most.

    Parameters
    ----------
    part
        Part of each block, numbered from 0, shape (B,).
    """
    has_homes = np.bincount(part[made.of_home], minlength=part.max(initial=-1) + 1) > 0
    names, row = np.unique(_with_the_rest(made.between, part, has_homes), return_inverse=True)
    unit = row.reshape(-1)
    shapes = np.array([shapely.coverage_union_all(made.shapes[unit == i]) for i in range(len(names))], object)
    xy = shapely.get_coordinates(shapely.centroid(shapes)).round(3)
    place = np.lexsort((xy[:, 1], xy[:, 0])).argsort()
    units = gpd.GeoDataFrame({"zone_id": [f"c{i + 1}" for i in place]}, geometry=shapes).sort_values("zone_id")
    return units.index.argsort()[unit], units.reset_index(drop=True)


def _with_the_rest(between: gpd.GeoDataFrame, part: Ints, has_homes: Flags) -> Ints:
    """Give parts without homes to that on which they border most, until all that border on any are given.

    Parameters
    ----------
    part
        Of each block, shape (B,).
    has_homes
        Of each part, shape (P,).
    """
    ends, length_m = between[["one", "other"]].to_numpy(), between["length_m"].to_numpy().repeat(2)
    while True:
        sides = pd.DataFrame({"bare": part[ends].ravel(), "beside": part[ends[:, ::-1]].ravel(), "length_m": length_m})
        open_ended = sides[~has_homes[sides["bare"]] & has_homes[sides["beside"]]]
        if open_ended.empty:
            return part
        sums = pd.DataFrame(open_ended.groupby(["bare", "beside"])["length_m"].sum().reset_index())
        most = sums.sort_values(["length_m", "beside"], ascending=[False, True]).drop_duplicates("bare")
        goes_to = np.arange(len(has_homes))
        goes_to[most["bare"]] = most["beside"]
        part = goes_to[part]
