"""Lists of places that a municipality hands over: points or areas of one category, CSV or any vector format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geokehila.errors import InputError
from geokehila.load.tabular import SUFFIXES, read_table
from geokehila.load.vector import read_layer
from geokehila.names import NAME_COLUMNS, names
from geokehila.schema import WGS84, Ledger

LONGITUDES = ("lon", "long", "longitude", "lng", "x")
LATITUDES = ("lat", "latitude", "y")
NAMES = ("name", "שם")


def read(path: Path, category: str, crs: str) -> tuple[gpd.GeoDataFrame, Ledger]:
    """Read one list of places.

    Parameters
    ----------
    path
        A CSV with columns of longitude and latitude in degrees, or a vector layer with a stated CRS; a column `name` is
        optional. No other column is kept: lists may hold people's names and telephones.
    category
        The category every row belongs to.
    crs
        The projected CRS of the study.

    Returns
    -------
    tuple
        Places as :mod:`geokehila.places` takes them, and the ledger: read = rows.

    Raises
    ------
    InputError
        No columns of coordinates, no CRS, no row with usable coordinates, or a file that cannot be read.
    """
    ledger = Ledger(path.name)
    rows = _table(path, ledger) if path.suffix.lower() in SUFFIXES else read_layer(path, crs, ledger)
    ledger.read("place", len(rows))
    ids = pd.Series([f"{category}:{i}" for i in range(1, len(rows) + 1)], dtype="str")
    good = rows.geometry.notna() & ~rows.geometry.is_empty & rows.geometry.is_valid
    if not good.any():
        raise InputError(
            f"{path.name}: none of its {len(rows)} rows has usable coordinates: give lon and lat in degrees"
        )
    for place_id in ids[~good.to_numpy()]:
        ledger.reject("place", place_id, "no usable coordinates")
    ledger.use("place", int(good.sum()))
    column = next((c for c in rows.columns if str(c).strip().lower() in NAMES), None)
    named = [names({"name": str(n)} if pd.notna(n) else {}) for n in (rows[column] if column else [None] * len(rows))]
    frame = gpd.GeoDataFrame(
        pd.DataFrame(named, columns=[*NAME_COLUMNS]), geometry=rows.geometry.to_numpy(), crs=rows.crs
    )
    frame = frame.assign(place_id=ids, source=path.name, source_id=ids, date=None, categories=[(category,)] * len(rows))
    return frame[good.to_numpy()].to_crs(crs).reset_index(drop=True), ledger.balance()


def read_all(lists: Mapping[str, Path], crs: str) -> tuple[list[gpd.GeoDataFrame], list[Ledger]]:
    """Read every list handed over, by category."""
    found = [read(path, category, crs) for category, path in lists.items()]
    return [frame for frame, _ in found], [ledger for _, ledger in found]


def _table(path: Path, ledger: Ledger) -> gpd.GeoDataFrame:
    rows = read_table(path, ledger)
    columns = {str(c).strip().lower(): c for c in rows.columns}
    lon, lat = (next((columns[n] for n in wanted if n in columns), None) for wanted in (LONGITUDES, LATITUDES))
    if lon is None or lat is None:
        raise InputError(f"{path.name}: no columns of coordinates among {', '.join(columns)}: name them lon and lat")
    x, y = (pd.to_numeric(rows[c], errors="coerce") for c in (lon, lat))
    usable = x.between(-180, 180) & y.between(-90, 90) & ~((x == 0) & (y == 0))
    return gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(x.where(usable), y.where(usable)), crs=WGS84)
