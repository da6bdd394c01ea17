"""How much room a site has, as far as buildings and grounds tell."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.reach.arrays import Flags, Floats, Ints

#: A building for one of these has other uses beside the place in it: how much of it is the place's nobody tells.
SHARED = ("housing", "commerce", "industry")


def rooms(map_ids: pd.Series, shapes: np.ndarray, buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the room of sites: of a building its floors, of a ground the floors of what stands on it.

    Parameters
    ----------
    map_ids, shapes
        The building that each site is, or else the ground or point, shape (N,).
    buildings
        Table ``buildings``, classified.

    Returns
    -------
    DataFrame
        `room_m2`: footprint times levels, missing for a point, for a building that is shared with homes or trade, and
        for a ground without a building. `levels_imputed`: one level stands for those not known, so the room is at least
        that. `size_m2`: the footprints, of a bare ground its area.
    """
    site, building = _standing(map_ids, shapes, buildings)
    footprint, levels = buildings["footprint_m2"].to_numpy(float), buildings["levels"].to_numpy(float)
    floor = footprint * np.nan_to_num(levels, nan=1.0)
    count = len(shapes)
    is_built = np.bincount(site, minlength=count) > 0
    is_ground = ~map_ids.isin(buildings["building_id"]).to_numpy() & (shapely.area(shapes) > 0)
    built_m2 = np.bincount(site, footprint[building], count)
    return pd.DataFrame({
        "room_m2": np.where(is_built, np.bincount(site, floor[building], count), np.nan),
        "levels_imputed": np.bincount(site, np.isnan(levels[building]), count) > 0,
        "size_m2": np.select([is_built, is_ground], [built_m2, shapely.area(shapes)], np.nan),
    })  # fmt: skip


def free_m2(shapes: np.ndarray, buildings: np.ndarray) -> Floats:
    """[m2] Return the ground of each plot on which no building stands, shape (N,)."""
    plot, building = shapely.STRtree(buildings).query(shapes, "intersects")
    built = shapely.area(shapely.intersection(shapes[plot], buildings[building]))
    free: Floats = np.maximum(0.0, shapely.area(shapes) - np.bincount(plot, built, len(shapes)))
    return free


def _standing(map_ids: pd.Series, shapes: np.ndarray, buildings: gpd.GeoDataFrame) -> tuple[Ints, Ints]:
    """Return the pairs of sites and the buildings that are theirs: none on a ground that is a site of its own."""
    row = pd.Index(buildings["building_id"]).get_indexer(map_ids)
    whole = _whole(buildings)
    is_one = (row >= 0) & np.append(whole, False)[row]
    grounds = np.flatnonzero((row < 0) & (shapely.area(shapes) > 0))
    free = np.flatnonzero(whole & ~buildings["building_id"].isin(map_ids).to_numpy())
    at = shapely.STRtree(shapely.point_on_surface(buildings.geometry.to_numpy()[free]))
    ground, inside = at.query(shapes[grounds], "intersects")
    site = np.concatenate([np.flatnonzero(is_one), grounds[ground]])
    return site, np.concatenate([row[is_one], free[inside]])


def _whole(buildings: gpd.GeoDataFrame) -> Flags:
    """Tell which buildings are the place's alone, shape (B,)."""
    whole: Flags = ((buildings["use"] != "home") & ~buildings["purpose"].isin(SHARED)).to_numpy()
    return whole
