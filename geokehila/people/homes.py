"""Which buildings are homes, how high they stand, and in which zone."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geokehila.schema import check

HOME, EMPTY = "home", "empty"
HOMES = frozenset("apartments house detached residential terrace dormitory semidetached_house bungalow".split())
#: Homes of villages without plans; elsewhere some are sheds or offices, so the ground that they stand on decides.
LIGHT_HOMES = frozenset("hut cabin tent static_caravan trailer".split())
SINGLE_HOMES = LIGHT_HOMES | {"house", "detached", "bungalow", "semidetached_house"}
#: [m2] A `building=yes` below this is a shed.
SHED_M2 = 30.0
#: [m2] Footprint from which a home without mapped levels counts as a block of flats.
BLOCK_M2 = 250.0
LEVELS_OF_HOUSE, LEVELS_OF_BLOCK = 1.0, 3.0
#: [m] Neighbours that may say how many levels a home has, and how many of them it takes.
NEIGHBOURS_M, NEIGHBOURS_NEEDED = 100.0, 3
#: [m2] Floor area of one dwelling, where dwellings stand in for people.
DWELLING_M2 = 100.0


def classify(buildings: gpd.GeoDataFrame, land: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Say which buildings are homes and how high they stand.

    Parameters
    ----------
    buildings
        building_id, building (tag), levels and flats (NaN: unknown), facility (is a place itself), purpose, geometry
        [m]; where a layer counts them `residents` (NaN: not counted).
    land
        Areas with `use` facility or industry.

    Returns
    -------
    GeoDataFrame
        Table ``buildings``: `use` is home, empty (a home of 0 residents), facility, industry, shed or other; `levels`
        are filled in for homes, `imputed` tells where (1 below 250 m2 of footprint, else 3, unless three neighbours of
        that size within 100 m say otherwise: then their median); NaN elsewhere means unknown. Further columns: flats,
        dwellings, residents.
    """
    footprint = buildings.geometry.area
    residents = buildings["residents"] if "residents" in buildings else pd.Series(np.nan, buildings.index)
    frame = buildings.assign(footprint_m2=footprint, residents=residents)
    frame["use"] = _use(frame, land)
    is_home = (frame["use"] == HOME).to_numpy()
    frame["imputed"] = is_home & frame["levels"].isna().to_numpy()
    frame.loc[is_home, "levels"] = _levels(frame[is_home])
    flats = np.maximum(1.0, frame["footprint_m2"] * frame["levels"] / DWELLING_M2).where(
        ~frame["building"].isin(SINGLE_HOMES), 1.0
    )
    frame["dwellings"] = frame["flats"].fillna(flats).where(is_home, 0.0)
    return check("buildings", frame.drop(columns=["building", "facility", "flats"]))


def in_zones(zones: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.Series:
    """Return the zone_id that holds a point inside each building, the first where zones overlap; missing in no zone."""
    at = buildings.geometry.representative_point().to_numpy()
    zone, building = shapely.STRtree(at).query(zones.geometry.to_numpy(), predicate="intersects")
    first = pd.Series(zone, index=building, dtype=int).groupby(level=0).min()
    ids = pd.Series(None, index=buildings.index, dtype=object)
    ids.iloc[first.index] = zones["zone_id"].to_numpy(object)[first]
    return ids


def _use(buildings: gpd.GeoDataFrame, land: gpd.GeoDataFrame) -> np.ndarray:
    at = buildings.geometry.representative_point().to_numpy()
    inside = {use: np.zeros(len(buildings), bool) for use in ("facility", "industry")}
    for use, mask in inside.items():
        grounds = land.geometry[land["use"] == use].to_numpy()
        mask[shapely.STRtree(grounds).query(at, predicate="intersects")[0]] = True
    tag, is_place, residents = buildings["building"], buildings["facility"].to_numpy(bool), buildings["residents"]
    stated, light, plain = tag.isin(HOMES).to_numpy(), tag.isin(LIGHT_HOMES).to_numpy(), (tag == "yes").to_numpy()
    rules = [
        (residents > 0).to_numpy() | stated,
        is_place | ((plain | light) & inside["facility"]),
        (plain | light) & inside["industry"],
        plain & (buildings["footprint_m2"] < SHED_M2).to_numpy(),
        plain | light,
    ]
    found = np.select(rules, [HOME, "facility", "industry", "shed", HOME], "other")
    return np.where((found == HOME) & (residents == 0).to_numpy(), EMPTY, found)


def _levels(homes: gpd.GeoDataFrame) -> np.ndarray:
    """Levels as mapped, else as the neighbours of the same size have, else by footprint."""
    levels, is_block = homes["levels"].to_numpy(float), (homes["footprint_m2"] >= BLOCK_M2).to_numpy()
    filled = np.where(np.isnan(levels), np.where(is_block, LEVELS_OF_BLOCK, LEVELS_OF_HOUSE), levels)
    at = shapely.get_coordinates(homes.geometry.centroid.to_numpy())
    for size in (True, False):
        known, unknown = (
            np.flatnonzero((is_block == size) & (np.isnan(levels) == missing)) for missing in (False, True)
        )
        if len(known) and len(unknown):
            near = cKDTree(at[known]).query_ball_point(at[unknown], NEIGHBOURS_M)
            filled[unknown] = [
                np.median(levels[known[n]]) if len(n) >= NEIGHBOURS_NEEDED else filled[u]
                for n, u in zip(near, unknown, strict=True)
            ]
    return filled
