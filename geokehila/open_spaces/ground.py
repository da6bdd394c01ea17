"""The ground that open spaces add: none of it twice, and none that the public does not have."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely

from geokehila.names import NAME_COLUMNS
from geokehila.open_spaces import reasons, shapes
from geokehila.schema import YES


def ground(classified: gpd.GeoDataFrame, public: Sequence[str] = (YES,)) -> np.ndarray:
    """Return the ground that each space adds, shape (N,).

    It is the space less the car parks, school grounds and private grounds in it, and less what the ground of a larger
    one that counts covers, those that are public first. What does not count has no ground.

    Parameters
    ----------
    classified
        As :func:`geokehila.open_spaces.classify` leaves it.
    public
        What a space that counts is said to be: yes, or also unknown.
    """
    outlines = classified.geometry.to_numpy()
    counts, taken = classified["public"].isin(public), classified["why"].isin(reasons.TAKEN)
    size = shapes.ranked(outlines)
    rank = size + len(size) * (classified["public"] != YES).to_numpy()
    one, other = shapes.overlapping(outlines, outlines)
    falls_out = counts.to_numpy()[one] & taken.to_numpy()[other] & (size[other] > size[one])
    covers = counts.to_numpy()[one] & counts.to_numpy()[other] & (rank[other] < rank[one])
    own = shapes.less(outlines, one[falls_out], outlines[other[falls_out]])
    return np.where(counts, shapes.less(own, one[covers], own[other[covers]]), shapely.Polygon())


def after_hours(classified: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the yards that would be open space if schools opened them after hours.

    Parameters
    ----------
    classified
        As :func:`geokehila.open_spaces.classify` leaves it.
    buildings
        What stands on the grounds.

    Returns
    -------
    GeoDataFrame
        place_id, class, names and `yard_m2` [m2] of the school grounds less their buildings. A pitch or a playground
        in a yard is part of it and no row of its own.
    """
    grounds = classified[classified["why"] == reasons.SCHOOL_YARD]
    yards = shapes.uncovered(grounds.geometry.to_numpy())
    yard, house = shapes.overlapping(yards, buildings.geometry.to_numpy())
    yards = shapes.less(yards, yard, buildings.geometry.to_numpy()[house])
    named = grounds[["place_id", "class", *NAME_COLUMNS]].assign(yard_m2=shapely.area(yards))
    found = gpd.GeoDataFrame(named, geometry=yards, crs=classified.crs)
    return found[found["yard_m2"] > 0].reset_index(drop=True)
