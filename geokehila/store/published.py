"""What of a kept run goes into a database: its layers as QGIS opens them, its results, and what tells of the run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geokehila.errors import InputError
from geokehila.names import NAME_COLUMNS
from geokehila.schema import COUNT, FLAG, NUMBER, SHAPE, TABLES, TEXT
from geokehila.store import kept

#: Tables of a run that are published where it has them, beside every layer of its GeoPackage.
RESULTS = (
    "zone_scores", "zonings", "zone_people", "zone_facts", "crosswalk", "crosswalk_areas", "confidence",
    "place_categories", "place_sectors", "gaps", "compliance", "equity", "programme", "hub_gains", "hub_services",
    "hub_left", "hub_steps", "hub_alternatives", "hub_demand", "additions", "rollout", "rollout_coverage", "readiness",
    "survey", "changes",
)  # fmt: skip
#: Whose promise a layer is held to that has no own: homes are the table of origins.
PROMISED = {"homes": "origins", "gap_homes": "origins", "communities": "zones"}
#: The table of runs, and what every table begins with.
RUNS, CITY, RUN = "runs", "city", "run_id"
#: The number of a shape in its layer: the key of a layer whose table is not promised.
FID = "fid"


@dataclass(frozen=True, eq=False)
class Part:
    """One table of one city.

    Attributes
    ----------
    name
        Of the table.
    rows
        With ``city`` and ``run_id``; shapes in a column ``geometry``.
    key
        Columns that no two rows of any city have in common.
    kinds
        By column text, number, count, flag or geometry: the same in every city.
    """

    name: str
    rows: pd.DataFrame
    key: tuple[str, ...]
    kinds: Mapping[str, str]


def parts(folder: Path) -> Iterator[Part]:
    """Yield the tables of a run that go into a database, the one that tells of the run first.

    Parameters
    ----------
    folder
        ``data/processed/<slug>/<run_id>``.

    Raises
    ------
    InputError
        The folder holds no whole run.
    """
    record = kept.record(folder)
    own = {CITY: record["city"]["slug"], RUN: record["run_id"]}
    yield _part(RUNS, _about(folder), own)
    geopackage = folder / f"{own[CITY]}.gpkg"
    if not geopackage.is_file():
        raise InputError(f"{geopackage}: is not there: run the city again")
    for layer, shape in pyogrio.list_layers(geopackage):
        if shape is not None:
            rows = pyogrio.read_dataframe(geopackage, layer=layer, fid_as_index=True).reset_index(names=FID)
            yield _part(str(layer), rows, own)
    tables = kept.KeptTables(folder)
    for name in RESULTS:
        if name in tables:
            yield _part(name, tables[name], own)


def _about(folder: Path) -> pd.DataFrame:
    """Return the one row that tells of a run: ``record`` is the whole of run.json."""
    record = kept.record(folder)
    told = {column: record["city"]["name"].get(column.removeprefix("name_")) for column in NAME_COLUMNS}
    told |= {key: record[key] for key in ("version", "crs", "fictional", "weights")}
    told |= {"date": record["dates"].get("osm", ""), "record": json.dumps(record, ensure_ascii=False, sort_keys=True)}
    return pd.DataFrame([told])


def _part(name: str, rows: pd.DataFrame, own: dict[str, str]) -> Part:
    """Return a table with its city and run; one that is not promised is known by the numbers of its shapes."""
    base = name.removesuffix("_areas")
    base = "zones" if base.startswith("zones_") else PROMISED.get(base, base)
    promised = TABLES.get(base)
    key = promised.key if promised else (FID,) if FID in rows else ()
    if isinstance(rows, gpd.GeoDataFrame) and rows.geometry.name != SHAPE:
        rows = rows.rename_geometry(SHAPE)
    kept_columns = [column for column in rows if column not in own and (column != FID or column in key)]
    told = rows[kept_columns].assign(**own)
    told_of = promised.columns if promised else {}
    kinds = {str(column): _kind(told[column], told_of.get(str(column))) for column in told}
    return Part(name, told, (CITY, *(column for column in key if column != CITY)), kinds)


def _kind(values: pd.Series, promised: str | None) -> str:
    """Return the kind of a column: as promised, else by its values; a number is not whole by chance of one city."""
    if promised in (COUNT, SHAPE, FLAG):
        return promised
    if isinstance(values, gpd.GeoSeries):
        return SHAPE
    if values.name == FID:
        return COUNT
    if pd.api.types.is_bool_dtype(values.dtype):
        return FLAG
    return NUMBER if pd.api.types.is_numeric_dtype(values.dtype) else TEXT
