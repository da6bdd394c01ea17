"""Dwellings that are planned: where, how many, and by which year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue.lists import ListChoice
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import cells, municipal, spots
from geokehila.load.municipal import columns
from geokehila.load.municipal import rows as list_rows
from geokehila.load.municipal.dates import iso_date
from geokehila.load.spots import Spots
from geokehila.load.written import amounts

KIND = "planned dwellings"
OUTSIDE, NOT_TOLD, NO_NUMBER = "outside the data", "dwellings not told", "dwellings is {!r}: write a number, 0 or more"
#: What the columns are called.
WORDS: Mapping[str, tuple[str, ...]] = {
    "dwellings": ("dwellings", "planned dwellings", "housing units", "dwelling units", "units", "יח\"ד", "מספר יח\"ד",
                  "יחידות דיור", "מספר יחידות דיור", "יח\"ד מתוכננות", "דירות", "وحدات سكنية", "عدد الوحدات السكنية"),
    "year": ("year", "target year", "occupied by", "שנה", "שנת יעד", "שנת אכלוס", "שנת איכלוס", "السنة", "سنة"),
    "plan_number": ("plan_number", "pl_number", "plan no", "plan", "מספר תכנית", "מספר תוכנית", "תכנית", "תוכנית",
                    "תב\"ע", "رقم الخارطة"),
}  # fmt: skip
_COLUMNS = ["dwellings_id", "dwellings", "year", "plan_number", "geometry"]


@dataclass(frozen=True, eq=False)
class Planned:
    """Dwellings that are planned, and what became of every row.

    Attributes
    ----------
    dwellings
        `dwellings_id` (``dwellings:<id>``), `dwellings` (0: none), `year` by which they stand and `plan_number`
        (missing: not told), geometry [m]: a point or an outline.
    ledger
        Kind ``planned dwellings``, by rows of the file.
    """

    dwellings: gpd.GeoDataFrame
    ledger: Ledger


def read(path: Path, crs: str, extent: shapely.Geometry, choice: ListChoice = municipal.DEFAULT) -> Planned:
    """Read planned dwellings in the data.

    Parameters
    ----------
    path
        A vector layer of points or outlines with a stated CRS, or a table with columns of coordinates; a column of
        numbers of dwellings, found by its name in Hebrew, Arabic or English.
    crs
        The projected CRS of the study [m].
    extent
        What the OpenStreetMap data cover, in `crs`: rows beyond it are rejected.

    Raises
    ------
    InputError
        No column of dwellings or of coordinates, no CRS, no row with usable coordinates, or an unreadable file.

    Examples
    --------
    >>> read(Path("dwellings.geojson"), "EPSG:2039", mapped.extent).dwellings.dwellings.sum()  # doctest: +SKIP
    4800.0
    """
    ledger = Ledger(path.name)
    found = spots.read(path, crs, ledger, choice)
    ledger.read(KIND, len(found.rows))
    named = cells.choose(found.rows, WORDS, choice, path.name, found.known)
    if "dwellings" not in named:
        seen = ", ".join(columns.unread(found.rows, ())) or "none"
        raise InputError(f"{path.name}: no column of dwellings among {seen}: call it dwellings or יחידות דיור")
    said = pd.DataFrame({key: cells.told(found.rows, named.get(key)) for key in WORDS})
    planned = _planned(found, said, path.name)
    reasons = _reasons(found, said["dwellings"], planned, extent)
    for place_id, reason in zip(planned["place_id"], reasons, strict=True):
        if reason:
            ledger.reject(KIND, place_id, reason)
    kept, _ = list_rows.identified(planned[reasons == ""].reset_index(drop=True), "dwellings")
    ledger.use(KIND, len(kept))
    if lost := int(((said["year"] != "") & planned["year"].isna()).sum()):
        ledger.warn("years_not_read", f"{lost} years are none that can be read and are not known: write them as 2035")
    columns.warn_of_unread(found.rows, {*found.known, *named.values()}, "dwellings", ledger)
    found.warn_of_left_out(planned["place_id"], reasons, ledger)
    ordered = kept.rename(columns={"place_id": "dwellings_id"})[_COLUMNS].sort_values("dwellings_id", ignore_index=True)
    return Planned(ordered, ledger.balance())


def _planned(found: Spots, said: pd.DataFrame, file: str) -> gpd.GeoDataFrame:
    """Return what the rows say, beside the columns of places that give them an id."""
    places = list_rows.places_of(found.rows, found.chosen, "dwellings", municipal.DEFAULT, municipal.NO_FACTS, file)
    years = [float(iso[:4]) if (iso := iso_date(text)) else np.nan for text in said["year"]]
    more = {
        "dwellings": amounts(said["dwellings"]),
        "year": pd.Series(years, said.index, dtype="float64"),
        "plan_number": said["plan_number"].astype(object).where(said["plan_number"] != "", None),
    }
    return gpd.GeoDataFrame(places.assign(**more), geometry=found.shapes.to_numpy(), crs=found.shapes.crs)


def _reasons(found: Spots, said: pd.Series, planned: gpd.GeoDataFrame, extent: shapely.Geometry) -> np.ndarray:
    """Return why a row is left out; empty where it is read."""
    shapely.prepare(extent)
    is_elsewhere = ~shapely.intersects(extent, planned.geometry.to_numpy())
    reasons = list_rows.first(
        found.reasons,
        np.where(is_elsewhere, OUTSIDE, ""),
        np.where(said == "", NOT_TOLD, ""),
        np.where(planned["dwellings"] >= 0, "", said.map(NO_NUMBER.format)),
    )
    return list_rows.first(reasons, list_rows.id_repeats(planned["source_id"], reasons))
