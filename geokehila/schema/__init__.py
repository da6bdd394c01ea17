"""The tables and asks that pass between rooms: columns, units, CRS, and the check that names every fault at once."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import pandas as pd

from geokehila.errors import RunError
from geokehila.schema.promises import COUNT, FLAG, NUMBER, SHAPE, TABLES, TEXT, Table

__all__ = ["COUNT", "FLAG", "NUMBER", "SHAPE", "TABLES", "TEXT", "Table", "check"]

#: Israel TM Grid, metres. A study outside Israel states its own projected CRS.
ISRAEL_TM = "EPSG:2039"
WGS84 = "EPSG:4326"

#: State of a category or domain at a home. Only the first two settle the question.
REACHED, BEYOND = "reached", "beyond"
#: Why it is not known, the plainest reason first: no file carries places; the list is empty or not credible; the home
#: is far from every way; the walk could leave the data.
UNKNOWN = NOT_LOADED, NOT_MAPPED, UNCONNECTED, EDGE = "not loaded", "not mapped", "unconnected", "edge"
#: Answer to what is neither better nor worse.
YES, NO = "yes", "no"
#: State of a domain that is not scored.
DESCRIBED = "described"
#: What a list of places is worth in a zone; the other two are reasons why a category is not known.
LOADED = "loaded"
#: How far a zone's places, people and streets can be believed.
MEASURED, THIN, NOT_KNOWN = "measured", "thin", "unknown"
#: Why a list is measured everywhere: it is said to be whole.
OFFICIAL_LIST = "official_list"
#: A zone with less of its area inside the data is partial: only that share of its people is placed.
WHOLE_ZONE_SHARE = 0.95

#: What a run's homes may be summed over; which of them a city has, its files and its size tell.
ZONINGS = ("zone", "neighbourhood", "community", "quarter", "sub_quarter", "hexagon", "city")
#: The profile that scores and pages speak of where they name no other.
REFERENCE = "adult"


def check(name: str, frame: pd.DataFrame, crs: str | None = None) -> pd.DataFrame:
    """Hold a table to its promise and return it sorted by its key, columns in order.

    Parameters
    ----------
    name
        A key of :data:`TABLES`.
    frame
        The table; columns beyond the promised ones are kept, after them.
    crs
        The CRS its geometry must be in, where that is known.

    Raises
    ------
    RunError
        One line with every fault found: absent columns, missing or repeated keys, missing values
        where none are allowed, numbers that are not, geometry in another CRS.

    Examples
    --------
    >>> import pandas as pd
    >>> unsorted = pd.DataFrame({"place_id": ["n2", "n1"], "category": ["grocery", "grocery"]})
    >>> check("place_categories", unsorted).place_id.tolist()
    ['n1', 'n2']
    """
    table = TABLES[name]
    absent = [c for c in table.columns if c not in frame.columns]
    faults = [f"columns absent: {', '.join(absent)}"] if absent else []
    present = {c: kind for c, kind in table.columns.items() if c not in absent}
    faults += [f for c, kind in present.items() for f in _column_faults(frame[c], kind, c in table.nullable)]
    if not faults and table.key and frame.duplicated(list(table.key)).any():
        first = frame.loc[frame.duplicated(list(table.key)), list(table.key)].iloc[0].tolist()
        faults.append(f"key {table.key} repeats, first {first}")
    if crs and isinstance(frame, gpd.GeoDataFrame) and frame.crs != crs:
        faults.append(f"CRS is {frame.crs}, not {crs}")
    if faults:
        raise RunError(f"table {name}: {'; '.join(faults)}: this is a fault of GeoKehila, please report it")
    ordered = frame[[*table.columns, *(c for c in frame.columns if c not in table.columns)]]
    return ordered.sort_values(list(table.key), ignore_index=True) if table.key else ordered.reset_index(drop=True)


def _column_faults(column: pd.Series, kind: str, nullable: bool) -> Iterable[str]:
    if not nullable and column.isna().any():
        yield f"{column.name} has {int(column.isna().sum())} missing values"
    if kind in (NUMBER, COUNT) and not pd.api.types.is_numeric_dtype(column):
        yield f"{column.name} is {column.dtype}, not numeric"
    if kind == FLAG and not pd.api.types.is_bool_dtype(column):
        yield f"{column.name} is {column.dtype}, not true/false"
    if kind == SHAPE and not isinstance(column, gpd.GeoSeries):
        yield f"{column.name} holds no geometry"
