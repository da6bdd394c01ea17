"""Vector layers of any format, with a stated CRS and coordinates that fit it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio

from geokehila.errors import InputError
from geokehila.load.tabular import mended
from geokehila.schema import Ledger


def read_layer(
    path: Path, crs: str | None, ledger: Ledger, is_wanted: Callable[[Iterable[str]], object] = bool
) -> gpd.GeoDataFrame:
    """Read a vector layer, reprojected to ``crs`` [m]; without one, its table alone.

    Of several layers in a file the first is read whose field names `is_wanted` finds true, else the first. The ledger
    receives a notice where text had to be mended.

    Raises
    ------
    InputError
        Unreadable, without a layer of shapes, without a CRS, or with coordinates that its CRS cannot hold.
    """
    try:
        names = [name for name, shape in pyogrio.list_layers(path) if shape is not None]
        wanted = [name for name in names if is_wanted(pyogrio.read_info(path, layer=name)["fields"].tolist())]
        layer = pyogrio.read_dataframe(path, layer=(wanted or names or [None])[0], read_geometry=crs is not None)
    except (RuntimeError, ValueError, OSError) as fault:
        raise InputError(
            f"{path.name}: cannot be read as a map layer ({fault}): export it as GeoJSON or GeoPackage"
        ) from fault
    layer = mended(layer, ledger)
    if crs is None:
        return layer
    if not names or layer.crs is None:
        lack = "no CRS stated" if names else "no layer with shapes"
        raise InputError(f"{path.name}: {lack}: save it from a GIS as a GeoPackage with its CRS (Israel: EPSG:2039)")
    moved = layer.to_crs(crs)
    if np.isinf(moved.total_bounds).any():
        bounds = layer.total_bounds.round(1).tolist()
        raise InputError(f"{path.name}: coordinates {bounds} do not fit its CRS {layer.crs.name}: state the true CRS")
    return moved


def polygon_parts(rows: gpd.GeoDataFrame, kind: str, ledger: Ledger) -> gpd.GeoDataFrame:
    """Return the valid polygons in ``rows``, one a row, index kept; rows with none are rejected, the rest used."""
    valid = rows.set_geometry(rows.make_valid())
    # A repaired shape may be a collection that holds multipolygons: two levels to open.
    parts = valid.explode().explode()
    parts = parts[parts.geom_type == "Polygon"]
    bare = rows.geometry.isna() | rows.is_empty
    for label in rows.index.difference(parts.index):
        ledger.reject(kind, str(rows.zone_id[label]), "empty geometry" if bare[label] else "not polygonal")
    ledger.use(kind, parts.index.nunique())
    return parts
