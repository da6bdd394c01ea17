"""A run's tables on disk: Parquet for programs, one GeoPackage for QGIS, JSON for who asks where a number is from."""

from __future__ import annotations

import errno
import json
import math
import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geokehila.catalogue import DISTANCE
from geokehila.schema import REFERENCE
from geokehila.store.dress import Dress, put_on

#: Of the GeoPackage standard: read without a warning by every QGIS since 3.4.
VERSION = "1.2"
#: What the columns of a measure end on, by the kind of number.
SUFFIX = {"value": "", "low": "_low", "high": "_high", "reason": "_reason"}
#: Why a unit has no measure of homes: none that is lived in stands there, or nobody counted who lives in them.
NO_PEOPLE, NOT_COUNTED = "no people", "people not counted"
#: What stands as the reason of these is no reason but a key.
NAMED = ("weakest_domain_reason",)


def write_parquet(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as ``<name>.parquet``; tuples become lists, indexes named columns."""
    for name, table in tables.items():
        flat = table.reset_index() if table.index.name else table
        flat.to_parquet(folder / f"{name}.parquet", index=False)


def write_geopackage(layers: Mapping[str, pd.DataFrame], path: Path, date: str, dress: Dress | None = None) -> None:
    """Write layers into one GeoPackage dated by the inputs, so that equal runs are equal files.

    Parameters
    ----------
    layers
        One CRS for all; columns of tuples are joined with ``;``. A layer without shapes is a table of attributes.
    date
        ISO date.
    dress
        Titles, meanings of columns, styles and metadata; None: layers alone.

    Raises
    ------
    OSError, DataSourceError, DataLayerError, sqlite3.Error
        The disk did not take all of it.
    """
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{date}T00:00:00.000Z"})
    try:
        for name, layer in layers.items():
            flat = layer.reset_index() if layer.index.name else layer
            pyogrio.write_dataframe(flat, path, layer=name, driver="GPKG", dataset_options={"VERSION": VERSION})
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    if dress:
        put_on(path, dress, date)
    _assert_whole(path, layers)


def _assert_whole(path: Path, layers: Mapping[str, pd.DataFrame]) -> None:
    """See that shapes have their extent and spatial index: GDAL writes them last and tells nobody if it cannot."""
    shapes = {name: layer for name, layer in layers.items() if isinstance(layer, gpd.GeoDataFrame)}
    with closing(sqlite3.connect(path)) as file:
        for name, layer in shapes.items():
            with_shape = int((~(layer.geometry.isna() | layer.geometry.is_empty)).sum())
            has_index = file.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (f"rtree_{name}_geom",)).fetchone()
            # The names of layers are the library's own.
            indexed = file.execute(f'SELECT count(*) FROM "rtree_{name}_geom"').fetchone()[0] if has_index else None  # noqa: S608
            west = file.execute("SELECT min_x FROM gpkg_contents WHERE table_name = ?", (name,)).fetchone()[0]
            if indexed != with_shape or (with_shape and west is None):
                raise OSError(errno.EIO, f"the disk took only a part of its layer {name}", str(path))


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Write JSON with sorted keys, readable and the same for equal content; a number that is missing is null."""
    text = json.dumps(_without_nan(content), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _without_nan(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {key: _without_nan(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_without_nan(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


def wide(
    zone_scores: pd.DataFrame, units: gpd.GeoDataFrame, zoning: str, uncounted: Collection[str] = ()
) -> gpd.GeoDataFrame:
    """Return one row per unit of a zoning with the measures of everybody in it, so that a map's number is a column.

    An adult's measures, and those in metres. A share or a number of people beyond is ``<measure>_low``, ``_high`` and
    ``_reason``; any other measure is ``<measure>`` and ``_reason``. The columns are the same in every city, empty ones
    too. Of a unit in which no home stands, or that is one of those `uncounted`, every measure of homes is missing, and
    the reason says which.
    """
    rows = zone_scores[(zone_scores["zoning"] == zoning) & (zone_scores["group"] == "total")]
    rows = rows[rows["profile"].isin((REFERENCE, DISTANCE))]
    is_interval = rows["measure"].str.endswith(("_share", "_people"))
    kinds = ((rows[is_interval], ("low", "high", "reason")), (rows[~is_interval], ("value", "reason")))
    parts = [
        part.pivot(index="zone_id", columns="measure", values=number).add_suffix(SUFFIX[number])
        for part, numbers in kinds
        for number in numbers
    ]
    columns = pd.concat(parts, axis=1).sort_index(axis=1)
    return _with_reasons(units.merge(columns, left_on="zone_id", right_index=True, how="left"), uncounted)


def _with_reasons(units: gpd.GeoDataFrame, uncounted: Collection[str]) -> gpd.GeoDataFrame:
    """Say of units of which nothing was summed why they have no measure of homes."""
    if "people_reason" not in units:
        return units
    nobody = (units["people"].isna() & units["people_reason"].isna()).to_numpy()
    not_counted = nobody & units["zone_id"].isin(uncounted).to_numpy()
    reasons = [column for column in units if column.endswith("_reason") and column not in NAMED]
    why = units[reasons].astype(object)
    for mine, reason in ((not_counted, NOT_COUNTED), (nobody, NO_PEOPLE)):
        why = why.mask(why.isna() & mine[:, None], reason)
    return units.assign(**why)
