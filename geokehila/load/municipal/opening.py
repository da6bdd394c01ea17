"""The rows of a file that somebody hands over, and where each of them lies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.catalogue.lists import VETO, ListChoice
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import totals
from geokehila.load.municipal import columns, coordinates
from geokehila.load.tabular import SUFFIXES, read_table
from geokehila.load.vector import read_layer
from geokehila.schema import ISRAEL_TM, WGS84

PAIRS = (("lon", "lat"), ("x", "y"))
#: What is read of a list of which the study says nothing.
DEFAULT = ListChoice()


def rows_of(path: Path, ledger: Ledger) -> tuple[pd.DataFrame, list[int]]:
    """Return the rows of a file, from 0, and their numbers in it; of a layer with shapes in EPSG:4326."""
    if path.suffix.lower() in SUFFIXES:
        table = read_table(path, ledger)
        return table.reset_index(drop=True), table.index.tolist()
    layer: pd.DataFrame = read_layer(path, WGS84, ledger)
    return layer, [*range(1, len(layer) + 1)]


def locate(rows: pd.DataFrame, chosen: dict[str, str], choice: ListChoice, crs: str, file: str) -> coordinates.Located:
    """Locate the rows, and drop from the chosen columns the pair of coordinates that is not used.

    A row of totals or a heading that lies nowhere is told as such.
    """
    in_israel = crs == ISRAEL_TM
    if isinstance(rows, gpd.GeoDataFrame):
        for key in ("lon", "lat", "x", "y"):
            chosen.pop(key, None)
        return coordinates.of_layer(rows.geometry, in_israel)
    pairs = [pair for pair in PAIRS if {*pair} <= {*chosen}]
    if not pairs:
        if rows.empty or (choice.rule == VETO and "id" in chosen):
            return coordinates.nowhere(len(rows))
        seen = ", ".join(str(name) for name in rows.columns if not columns.is_personal(str(name)))
        raise InputError(
            f"{file}: no columns of coordinates among {seen}: name them lon and lat, or x and y; of a list of places "
            "`geokehila doctor` tells which they may be"
        )
    found = {
        pair: coordinates.of_columns(rows[chosen[pair[0]]], rows[chosen[pair[1]]], choice.crs, in_israel)
        for pair in pairs
    }
    best = max(pairs, key=lambda pair: int((found[pair].reasons == "").sum()))
    for key in {"lon", "lat", "x", "y"} - {*best}:
        chosen.pop(key, None)
    reasons = found[best].reasons
    none = np.select([totals.are(rows), totals.headings(rows)], [totals.TOTAL, totals.HEADING], reasons)
    return replace(found[best], reasons=np.where(reasons == coordinates.NOWHERE, none, reasons))
