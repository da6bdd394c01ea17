"""Lines, points and numbers as compressed typed arrays: small, exact to 1e-6 degree, quick to unpack in the browser."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geokehila.errors import RunError
from geokehila.schema import WGS84

#: Units per degree of the integers: 1e-6 degree is about 0.1 m.
UNITS_PER_DEGREE = 1_000_000
LARGEST_STEP = np.iinfo(np.int16).max


def lines(frame: gpd.GeoDataFrame, name: str) -> dict[str, Any]:
    """Pack every line and every ring of a frame.

    Parameters
    ----------
    frame
        Lines or polygons in any CRS; empty and missing geometry is left out.
    name
        The table's name, for the error.

    Returns
    -------
    ``owner`` (int32, the row each part belongs to), ``lengths`` (int32, vertices of each part), ``starts`` (int32,
    first vertex of each part as x, y in units of 1e-6 degree), ``steps`` (int16, each further vertex less the one
    before it); each as :func:`pack` has it.

    Raises
    ------
    RunError
        The frame states no CRS.

    Examples
    --------
    >>> from shapely import LineString
    >>> packed = lines(gpd.GeoDataFrame(geometry=[LineString([(35, 32), (35, 32.001)])], crs=4326), "streets")
    >>> unpack(packed["steps"]).tolist()
    [0, 1000]
    """
    geometry = _in_degrees(frame, name)
    parts, owner = _parts(geometry)
    corners, part = shapely.get_coordinates(parts, return_index=True)
    corners, part = _without_repeats(_units(corners), part.astype(np.int64))
    corners, part = _with_short_steps(corners, part)
    first = _starts_part(part)
    steps = np.diff(corners, axis=0, prepend=corners[:1])[~first]
    return {
        "owner": pack(owner, "i4"),
        "lengths": pack(np.diff(np.append(np.flatnonzero(first), len(part))), "i4"),
        "starts": pack(corners[first], "i4"),
        "steps": pack(steps, "i2"),
    }


def points(frame: gpd.GeoDataFrame, name: str) -> dict[str, str]:
    """Pack one point inside each row's geometry: int32 x, y in units of 1e-6 degree."""
    inside = shapely.point_on_surface(np.asarray(frame.geometry.array))
    moved = _in_degrees(gpd.GeoDataFrame(geometry=inside, crs=frame.crs), name)
    return pack(_units(shapely.get_coordinates(moved)), "i4")


def pack(numbers: NDArray[Any], kind: str) -> dict[str, str]:
    """Return numbers as ``packed`` (base64 of zlib) of a little-endian ``kind``: i4, i2, f4 or u1.

    First come the first bytes of all numbers, then the second ones, and so on: so they press smaller.

    Examples
    --------
    >>> unpack(pack(np.array([1.5, np.nan]), "f4")).tolist()
    [1.5, nan]
    """
    plain = np.ascontiguousarray(numbers, dtype=f"<{kind}")
    planes = plain.reshape(-1).view(np.uint8).reshape(-1, plain.itemsize).T
    return {"packed": base64.b64encode(zlib.compress(planes.tobytes())).decode("ascii"), "kind": kind}


def unpack(packed: dict[str, str]) -> NDArray[Any]:
    """Return the numbers that :func:`pack` packed, in one row."""
    kind = np.dtype(f"<{packed['kind']}")
    planes = np.frombuffer(zlib.decompress(base64.b64decode(packed["packed"])), np.uint8)
    return np.ascontiguousarray(planes.reshape(kind.itemsize, -1).T).view(kind).reshape(-1)


def _in_degrees(frame: gpd.GeoDataFrame, name: str) -> NDArray[np.object_]:
    if frame.crs is None:
        raise RunError(f"city page: {name} states no CRS: set it before drawing")
    return np.asarray(frame.geometry.to_crs(WGS84).array)


def _parts(geometry: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the lines and rings that geometries are made of, and the row of each."""
    rows = np.flatnonzero(~(shapely.is_missing(geometry) | shapely.is_empty(geometry)))
    single, of_row = shapely.get_parts(geometry[rows], return_index=True)
    solid = shapely.get_type_id(single) == shapely.GeometryType.POLYGON
    rings, of_solid = shapely.get_rings(single[solid], return_index=True)
    parts = np.concatenate([single[~solid], rings])
    owner = np.concatenate([rows[of_row[~solid]], rows[of_row[solid][of_solid]]]).astype(np.int64)
    order = np.argsort(owner, kind="stable")
    return parts[order], owner[order]


def _units(degrees: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(degrees * UNITS_PER_DEGREE).astype(np.int64)


def _starts_part(part: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray(np.diff(part, prepend=-1), dtype=bool)


def _without_repeats(
    corners: NDArray[np.int64], part: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    moved = (np.diff(corners, axis=0, prepend=corners[:1]) != 0).any(axis=1)
    kept = moved | _starts_part(part)
    return corners[kept], part[kept]


def _with_short_steps(
    corners: NDArray[np.int64], part: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Break steps that an int16 cannot hold (about 3 km) into equal shorter ones."""
    before = np.vstack([corners[:1], corners[:-1]])
    before[_starts_part(part)] = corners[_starts_part(part)]
    step = corners - before
    pieces = np.maximum(1, -(-np.abs(step).max(axis=1, initial=0) // LARGEST_STEP))
    row = np.repeat(np.arange(len(corners)), pieces)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + 1
    return before[row] + step[row] * nth[:, None] // pieces[row][:, None], part[row]
