"""Vector layers of any format, with a stated CRS and coordinates that fit it."""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj.exceptions import ProjError
from shapely import GEOSException

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import code_pages
from geokehila.load.forms import must_be_a_layer
from geokehila.load.geometry import must_lie_in, warn_of_repairs
from geokehila.load.rights import must_be_allowed
from geokehila.load.tabular import mended

#: What readers of layers raise.
FAULTS = (
    *(RuntimeError, ValueError, OSError, ArithmeticError, UnboundLocalError, IndexError, ProjError, GEOSException),
    *(BadZipFile, EOFError, zlib.error),
)
#: [degrees; m] No coordinate on earth is larger in any CRS; geometry with larger ones overflows.
FARTHEST = 1e9
#: A layer may name an address, for its CRS or its rows: GDAL is led nowhere.
OFFLINE = {"GDAL_HTTP_PROXY": "127.0.0.1:9", "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none"}
_REMEDY = "save it from a GIS as a GeoPackage with its CRS (Israel: EPSG:2039)"


def read_layer(
    path: Path, crs: str | None, ledger: Ledger, is_wanted: Callable[[Iterable[str]], object] = bool
) -> gpd.GeoDataFrame:
    """Read a vector layer, reprojected to ``crs`` [m]; without one, its table alone.

    Of several layers in a file the first is read whose field names `is_wanted` finds true, else the first. The ledger
    receives a notice where others of these are not read, text had to be mended, rings were left open, or GDAL had a
    doubt. Heights are dropped; a
    shape with a coordinate that is no number, or none on earth, is missing.

    Raises
    ------
    InputError
        Unreadable, not what its name says, without a layer of shapes, without a CRS, with coordinates that its CRS
        cannot hold, or far from where ``crs`` holds.
    """
    must_be_allowed(path)
    must_be_a_layer(path)
    pyogrio.set_gdal_config_options(OFFLINE)
    try:
        with warnings.catch_warnings(record=True) as doubts:
            warnings.simplefilter("always")
            names = [name for name, shape in pyogrio.list_layers(path) if shape is not None]
            wanted = [name for name in names if is_wanted(_fields(path, name))]
            layer = _rows(path, (wanted or names or [None])[0], crs is not None, ledger)
            _warn_of_others(wanted, ledger)
    # pyogrio stumbles over a CRS that is no text (UnboundLocalError), and over a file without a layer (IndexError).
    except FAULTS as fault:
        raise InputError(
            f"{path.name}: cannot be read as a map layer ({str(fault)[:300]}): export it as GeoJSON or GeoPackage"
        ) from fault
    for text in sorted({" ".join(str(doubt.message).split())[:300] for doubt in doubts}):
        ledger.warn("reader_doubts", f"{text}: look whether what it says is missing matters here")
    layer = mended(layer, ledger)
    if crs is None:
        return layer
    if not names or layer.crs is None:
        lack = "no CRS stated" if names else "no layer with shapes"
        raise InputError(f"{path.name}: {lack}: {_REMEDY}")
    try:
        moved = layer.to_crs(crs)
    except ProjError as fault:
        raise InputError(f"{path.name}: nothing leads from its CRS {layer.crs.name} to {crs}: {_REMEDY}") from fault
    if np.isinf(moved.total_bounds).any():
        bounds = layer.total_bounds.round(1).tolist()
        raise InputError(f"{path.name}: coordinates {bounds} do not fit its CRS {layer.crs.name}: state the true CRS")
    must_lie_in(moved, crs, ledger)
    return moved


def _warn_of_others(wanted: list[str], ledger: Ledger) -> None:
    """Name the layers of a file that could have been read as well as the one that was."""
    if len(wanted) > 1:
        rest = ", ".join(map(repr, wanted[1:]))
        ledger.warn("layers_not_read", f"layer {wanted[0]!r} is read, {rest} not: put all rows into one layer")


def _fields(path: Path, name: str) -> list[str]:
    """Return the names of a layer's columns, as they are once its text is mended."""
    info, page = code_pages.asked(pyogrio.read_info, path, name)
    table = code_pages.decoded(pd.DataFrame(columns=info["fields"].tolist()), page)
    return mended(table, Ledger(path.name)).columns.tolist()


def _rows(path: Path, name: str | None, with_shapes: bool, ledger: Ledger) -> gpd.GeoDataFrame:
    """Read one layer; where a ring is left open it is closed, and the ledger says how often."""
    how: dict[str, Any] = {"read_geometry": with_shapes, "force_2d": True}
    try:
        layer, page = code_pages.asked(pyogrio.read_dataframe, path, name, **how)
    except GEOSException:
        (layer, page), (sound, _) = (
            code_pages.asked(pyogrio.read_dataframe, path, name, on_invalid=then, **how) for then in ("fix", "ignore")
        )
        closed = int((sound.geometry.isna() & ~layer.geometry.isna()).sum())
        broken = int(layer.geometry.isna().sum())
        ledger.warn("rings_closed", f"{closed} shapes with open rings are closed, {broken} have no shape: mend them")
    if with_shapes and isinstance(layer, gpd.GeoDataFrame):
        at, row = shapely.get_coordinates(layer.geometry.to_numpy(), return_index=True)
        nowhere = np.unique(row[~(np.abs(at) < FARTHEST).all(axis=1)])
        layer = layer.set_geometry(layer.geometry.mask(np.isin(np.arange(len(layer)), nowhere)))
    return code_pages.decoded(layer, page)


def polygon_parts(rows: gpd.GeoDataFrame, kind: str, ledger: Ledger, key: str = "zone_id") -> gpd.GeoDataFrame:
    """Return the valid polygons in ``rows``, one a row, index kept; rows with none are rejected by their key."""
    warn_of_repairs(rows, ledger, key)
    valid = rows.set_geometry(rows.make_valid())
    # A repaired shape may be a collection that holds multipolygons: two levels to open.
    parts = valid.explode().explode()
    parts = parts[parts.geom_type == "Polygon"]
    bare = rows.geometry.isna() | rows.is_empty
    for label in rows.index.difference(parts.index):
        ledger.reject(kind, str(rows.at[label, key]), "empty geometry" if bare[label] else "not polygonal")
    return parts


def number(frame: pd.DataFrame, *names: str) -> pd.Series:
    """Return the first column called by one of the names as numbers; a blank, a word and no such column are missing."""
    name = column(frame, *names)
    values = pd.Series(np.nan, frame.index) if name is None else frame[name]
    found = pd.to_numeric(values, errors="coerce").astype("float64")
    return found.where(np.isfinite(found))


def column(frame: pd.DataFrame, *names: str) -> str | None:
    """Return the first column called by one of the names, whole or cut to a Shapefile's ten letters."""
    columns = {plain(str(name)): str(name) for name in frame.columns}
    wanted = (plain(name[:width]) for width in (None, 10) for name in names)
    return next((columns[name] for name in wanted if name and name in columns), None)


def plain(name: str) -> str:
    """Return a column's name without case and punctuation: layers circulate with each name in several spellings."""
    return re.sub("[^a-z0-9]", "", name.lower())
