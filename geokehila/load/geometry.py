"""Shapes that lie elsewhere, overlap or cross themselves: refused, or named in the ledger with numbers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geokehila.catalogue import City
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.schema import WGS84

#: [degrees] How far beyond the land that a CRS is made for its shapes may reach.
MARGIN = 1.0
#: [m] Zones that all lie farther than this from their city are another city's; no locality is half as wide.
FAR_CITY_M = 100_000.0
#: Two zones that share more than this of the smaller one overlap; less is a border drawn twice.
OVERLAP_SHARE = 0.001
#: An extent that leaves nothing out [m].
EVERYWHERE = shapely.box(-1e9, -1e9, 1e9, 1e9)


def must_lie_in(layer: gpd.GeoDataFrame, crs: str, ledger: Ledger) -> None:
    """Refuse a layer of which nothing lies where ``crs`` holds; the ledger says where some shapes do not.

    Raises
    ------
    InputError
        With the remedy: coordinates in the order [latitude, longitude], or a CRS that is not the true one.
    """
    area, bounds = CRS.from_user_input(crs).area_of_use, layer.to_crs(WGS84).bounds.to_numpy()
    rows = layer.index.to_numpy()[np.isfinite(bounds).all(axis=1)]
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if area is None or not len(bounds):
        return
    within = np.array([area.west - MARGIN, area.south - MARGIN, area.east + MARGIN, area.north + MARGIN])
    holds = f"outside of where {crs} holds ({_words(np.array(area.bounds))})"
    if _meets(bounds, within).any():
        beyond = (bounds[:, :2] < within[:2]).any(axis=1) | (bounds[:, 2:] > within[2:]).any(axis=1)
        if beyond.any():
            first = f"the first, row {rows[beyond][0] + 1}, at {_words(bounds[beyond][0])}"
            ledger.warn("far_away", f"{beyond.sum()} of {len(beyond)} shapes reach {holds}, {first}: mend coordinates")
        return
    if _meets(bounds[:, [1, 0, 3, 2]], within).all():
        remedy = "its coordinates stand as [latitude, longitude]: swap them, longitude comes first"
    else:
        remedy = "state the true CRS of its coordinates, or the study's own as crs under [study]"
    west_south, east_north = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    raise InputError(f"{ledger.source}: lies at {_words(np.r_[west_south, east_north])}, {holds}: {remedy}")


def must_lie_near(zones: gpd.GeoDataFrame, city: City) -> None:
    """Refuse zones all of which lie more than 100 km from where the catalogue has their city, if it does.

    Raises
    ------
    InputError
        With both positions: the files are another city's, or their CRS is not the true one.
    """
    if not (city.lat or city.lon):
        return
    at = gpd.GeoSeries([shapely.Point(city.lon, city.lat)], crs=WGS84).to_crs(zones.crs).iloc[0]
    apart_m = float(zones.distance(at).min())
    # A city that the zones' CRS cannot hold is at no number of metres.
    if apart_m <= FAR_CITY_M:
        return
    middle = shapely.box(*zones.to_crs(WGS84).total_bounds).centroid
    raise InputError(
        f"zones: lie at {middle.x:.2f} E, {middle.y:.2f} N, {apart_m / 1000:.0f} km from {city.name['en']} "
        f"({city.code}), which the catalogue has at {city.lon:.2f} E, {city.lat:.2f} N: "
        "give the files of that city, or a name and code of its own under [study]"
    )


def warn_of_overlaps(zones: gpd.GeoDataFrame, ledger: Ledger) -> None:
    """Say which zones share land [m2]; a home there counts once, in the first zone by id."""
    shapes, ids = zones.geometry.to_numpy(), zones["zone_id"].to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    seen = shared > OVERLAP_SHARE * np.minimum(shapely.area(shapes[one]), shapely.area(shapes[other]))
    if not seen.any():
        return
    most = np.flatnonzero(seen)[shared[seen].argmax()]
    pair = f"{ids[one[most]]} and {ids[other[most]]} by {shared[most]:.0f} m2"
    ledger.warn(
        "zones_overlap",
        f"{seen.sum()} pairs of zones share {shared[seen].sum():.0f} m2, most {pair}: "
        "a home there counts once, in the first by id; mend the borders",
    )


def warn_of_repairs(rows: gpd.GeoDataFrame, ledger: Ledger, key: str = "zone_id") -> None:
    """Say how many shapes cross themselves; the caller repairs them."""
    crossed = rows[~rows.is_valid & ~rows.geometry.isna()]
    if len(crossed):
        first = f"{len(crossed)} shapes cross themselves, the first {crossed[key].iloc[0]}"
        ledger.warn("geometry_repaired", f"{first}: they are repaired; compare them with the source")


def _meets(bounds: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Tell which bounds (west, south, east, north) meet a box."""
    return np.asarray((bounds[:, :2] <= within[2:]).all(axis=1) & (bounds[:, 2:] >= within[:2]).all(axis=1))


def _words(bounds: np.ndarray) -> str:
    west, south, east, north = bounds.round(1).tolist()
    return f"{west} to {east} E, {south} to {north} N"
