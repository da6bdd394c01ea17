"""Rows of a table or a layer that somebody hands over, with the spot or outline where each lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.catalogue.lists import OF_SPOTS, ListChoice
from geokehila.errors import InputError
from geokehila.ledger import Ledger, some
from geokehila.load import municipal, totals
from geokehila.load.municipal import columns
from geokehila.schema import WGS84

#: Why what stands in a row is no row of the list.
NO_ROWS = (totals.HEADING, totals.TOTAL)


@dataclass(frozen=True, eq=False)
class Spots:
    """Rows and where they lie.

    Attributes
    ----------
    rows, numbers
        Cells as they stand, and the number of each row in its file.
    chosen
        Columns of id, names, coordinates and date, by what they hold, as lists of places have them.
    known
        Every column that is one of these, also a second pair of coordinates, which is not read.
    shapes
        Points and outlines [m]; missing where a row has none.
    reasons
        Why a row has none, shape (N,); empty where it has.
    """

    rows: pd.DataFrame
    numbers: list[int]
    chosen: dict[str, str]
    known: frozenset[str]
    shapes: gpd.GeoSeries
    reasons: np.ndarray

    def warn_of_left_out(self, ids: pd.Series, reasons: np.ndarray, ledger: Ledger) -> None:
        """Say how many rows are left out for a reason, and name some of them, in the file and in `rejected`.

        Headings and totals are counted, not named: no more of them spoils a list.
        """
        none = np.isin(reasons, NO_ROWS)
        left = np.flatnonzero((reasons != "") & ~none).tolist()
        beside = f"; beside them {none.sum()} headings and totals" if none.any() else ""
        if left:
            named = some([f"{self.called(row, ids)}: {reasons[row]}" for row in left], mark="; ")
            ledger.warn("rows_left_out", f"{len(left)} of {len(self.numbers)} rows are left out: {named}{beside}")

    def called(self, row: int, ids: pd.Series) -> str:
        """Return what a row is called in the file and in `rejected`."""
        return f"row {self.numbers[row]} ({ids[row]})"


def read(path: Path, crs: str, ledger: Ledger, choice: ListChoice = municipal.DEFAULT) -> Spots:
    """Read the rows of a file and place them; the ledger is told what was guessed of their coordinates.

    Parameters
    ----------
    path
        A table with columns of coordinates, or a vector layer with a stated CRS.
    crs
        The projected CRS of the study [m]; in Israel's, rows outside Israel have no usable coordinates.
    choice
        Which columns the study states, and the CRS of the coordinates in them; all else is found in the file.

    Raises
    ------
    InputError
        A stated column that is absent or about persons, no columns of coordinates, no CRS, no row with usable
        coordinates, or a file that cannot be read.
    """
    rows, numbers = municipal.rows_of(path, ledger)
    chosen = {key: c for key, c in columns.choose(rows, choice.columns, path.name).items() if key in OF_SPOTS}
    known = {*chosen.values()}
    located = municipal.locate(rows, chosen, choice, crs, path.name)
    if not (located.reasons == "").any():
        remedy = "give lon and lat in degrees, or a layer of points or outlines"
        raise InputError(f"{path.name}: none of its {len(rows)} rows has usable coordinates: {remedy}")
    if located.is_swapped:
        text = "x and y, or longitude and latitude, are swapped in every row: read turned; mend them"
        ledger.warn("coordinates_swapped", text)
    if located.crs != WGS84 and not choice.crs:
        ledger.warn("coordinates_guessed", f"coordinates fit {located.crs}: read so; look at them on the map")
    shapes = gpd.GeoSeries(located.shapes, crs=WGS84).to_crs(crs)
    return Spots(rows, numbers, chosen, frozenset(known), shapes, located.reasons)
