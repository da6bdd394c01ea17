"""Stops of public transport from a timetable (GTFS): the official list of where buses stop."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import geopandas as gpd
import pandas as pd
import shapely

from geokehila.errors import InputError
from geokehila.load.rights import must_be_allowed
from geokehila.names import NAME_COLUMNS, names, repaired
from geokehila.schema import WGS84, Ledger

STOPS = "stops.txt"
CATEGORY = "bus_stop"
_COLUMNS = ("stop_id", "stop_lat", "stop_lon")


def read(paths: Sequence[Path], extent: shapely.Geometry, crs: str) -> tuple[gpd.GeoDataFrame, Ledger]:
    """Read the stops of a timetable that lie inside the data.

    Parameters
    ----------
    paths
        A GTFS ``.zip``, or the text files of an unpacked one, ``stops.txt`` among them.
    extent
        What the OpenStreetMap data cover, in `crs`: stops outside it are rejected, a feed is of the whole country.
    crs
        The projected CRS of the study [m].

    Returns
    -------
    tuple
        Places as :mod:`geokehila.places` takes them, of the category ``bus_stop``, and the ledger, kind ``stop``.
        Stations and entrances (``location_type`` other than 0) are no stops. Stops of trains are among them: the
        list of stops alone does not tell them apart.

    Raises
    ------
    InputError
        No ``stops.txt``, not a zip, or columns absent.

    Notes
    -----
    Source: General Transit Feed Specification, as the Ministry of Transport publishes it.
    """
    path = paths[0]
    ledger = Ledger("gtfs")
    table = _table(paths)
    ledger.read("stop", len(table))
    x, y = (pd.to_numeric(table[name], errors="coerce") for name in ("stop_lon", "stop_lat"))
    usable = x.between(-180, 180) & y.between(-90, 90) & ~((x == 0) & (y == 0))
    points = gpd.GeoSeries(gpd.points_from_xy(x.where(usable), y.where(usable)), table.index, crs=WGS84).to_crs(crs)
    kind = table.get("location_type", pd.Series("", table.index)).fillna("")
    reasons = {
        "no usable coordinates": ~usable,
        "a station or an entrance": ~kind.isin(("", "0")),
        "outside the data": ~points.intersects(extent),
        "its id repeats": table["stop_id"].isna() | table["stop_id"].duplicated(),
    }
    left = pd.Series("", table.index)
    for reason, is_so in reasons.items():
        left = left.mask((left == "") & is_so, reason)
    for stop_id, reason in zip(table["stop_id"], left, strict=True):
        if reason:
            ledger.reject("stop", str(stop_id), reason)
    kept = table[left == ""]
    ledger.use("stop", len(kept))
    named = [
        names({"name": repaired(name)} if isinstance(name, str) else {})
        for name in kept.get("stop_name", kept["stop_id"])
    ]
    frame = pd.DataFrame(named, kept.index, [*NAME_COLUMNS])
    frame["place_id"], frame["source"], frame["source_id"] = "gtfs:" + kept["stop_id"], path.name, kept["stop_id"]
    frame["date"], frame["categories"] = None, pd.Series([(CATEGORY,)] * len(kept), kept.index, dtype=object)
    found = gpd.GeoDataFrame(frame, geometry=points[left == ""], crs=crs).reset_index(drop=True)
    return found, ledger.balance()


def none(crs: str) -> gpd.GeoDataFrame:
    """Return the places of a study without a timetable."""
    columns = [*NAME_COLUMNS, "place_id", "source", "source_id", "date", "categories"]
    return gpd.GeoDataFrame(pd.DataFrame(columns=columns, dtype=object), geometry=[], crs=crs)


def _table(paths: Sequence[Path]) -> pd.DataFrame:
    path = paths[0]
    must_be_allowed(path)
    try:
        raw = _zipped(path) if path.suffix.lower() == ".zip" else _unpacked(paths)
        table = pd.read_csv(io.BytesIO(raw), dtype=str, encoding="utf-8-sig", skipinitialspace=True)
    except (OSError, KeyError, ValueError, BadZipFile) as fault:
        raise InputError(f"gtfs {path.name}: no readable {STOPS} ({fault}): give the feed as gtfs.zip") from None
    table.columns = table.columns.str.strip()
    if absent := [name for name in _COLUMNS if name not in table]:
        raise InputError(f"gtfs {path.name}: {STOPS} lacks {', '.join(absent)}: give a whole feed")
    return table


def _zipped(path: Path) -> bytes:
    with ZipFile(path) as archive:
        return archive.read(STOPS)


def _unpacked(paths: Sequence[Path]) -> bytes:
    found = next((path for path in paths if path.name == STOPS), None)
    if found is None:
        raise KeyError(f"no {STOPS} among {len(paths)} files")
    return found.read_bytes()
