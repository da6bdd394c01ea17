"""Shapes of communities: the union of their blocks, and empty ground that nothing links to homes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.communities.blocks import Blocks
from geokehila.reach.arrays import Flags, Ints


def shaped(made: Blocks, part: Ints) -> tuple[Ints, gpd.GeoDataFrame]:
    """Return the community of each block, shape (B,), and zone_id and geometry of each, from west to east c1, c2 ...

    Empty ground that nothing links to homes goes to the community that it borders on most.

    Parameters
    ----------
    part
        Part of each block, shape (B,).
    """
    whole = _with_the_rest(made.borders, part, np.bincount(part[made.of_home], minlength=part.max() + 1) > 0)
    names, row = np.unique(whole, return_inverse=True)
    shapes = np.array([shapely.coverage_union_all(made.shapes[whole == name]) for name in names], object)
    xy = shapely.get_coordinates(shapely.centroid(shapes)).round(3)
    place = np.lexsort((xy[:, 1], xy[:, 0])).argsort()
    units = gpd.GeoDataFrame({"zone_id": [f"c{i + 1}" for i in place]}, geometry=shapes).sort_values("zone_id")
    return units.index.argsort()[row.reshape(-1)], units.reset_index(drop=True)


def _with_the_rest(borders: gpd.GeoDataFrame, part: Ints, has_homes: Flags) -> Ints:
    """Give parts without homes to that on which they border most, until all that border on any are given.

    Parameters
    ----------
    part
        Of each block, shape (B,).
    has_homes
        Of each part, shape (P,).
    """
    between = borders[borders["other"] >= 0]
    ends, length_m = between[["one", "other"]].to_numpy(), between["length_m"].to_numpy()
    both = pd.DataFrame({"bare": ends.ravel(), "beside": ends[:, ::-1].ravel(), "length_m": np.repeat(length_m, 2)})
    while True:
        sides = both.assign(bare=part[both["bare"]], beside=part[both["beside"]])
        sides = sides[~has_homes[sides["bare"]] & has_homes[sides["beside"]]]
        if sides.empty:
            return part
        sums = sides.groupby(["bare", "beside"], as_index=False)["length_m"].sum()
        most = sums.sort_values(["length_m", "beside"], ascending=[False, True]).drop_duplicates("bare")
        goes_to = np.arange(len(has_homes))
        goes_to[most["bare"]] = most["beside"]
        part = goes_to[part]
