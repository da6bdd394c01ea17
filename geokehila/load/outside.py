"""Where people live outside every recognised locality, as somebody who knows hands it over: no map shall lack them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.ledger import Ledger
from geokehila.load import cells, municipal, spots
from geokehila.load.municipal import columns
from geokehila.load.municipal import rows as list_rows
from geokehila.load.written import amounts
from geokehila.names import NAME_COLUMNS
from geokehila.schema import ISRAEL_TM

KIND = "settlement"
NO_NUMBER = "residents is {!r}: write a number, 0 or more, or leave it empty"
#: What the column of residents is called.
WORDS: Mapping[str, tuple[str, ...]] = {"residents": columns.RESIDENTS}
_COLUMNS = ["place_id", *NAME_COLUMNS, "source", "residents", "geometry"]


@dataclass(frozen=True, eq=False)
class Outside:
    """Settlements outside recognised localities, and what became of every row.

    Attributes
    ----------
    places
        `place_id` (``outside:<id>``), names, `source`, `residents` (missing: not told), geometry [m, EPSG:2039].
    ledger
        Kind ``settlement``, by rows of the file.
    """

    places: gpd.GeoDataFrame
    ledger: Ledger


def read(path: Path) -> Outside:
    """Read settlements outside recognised localities.

    Parameters
    ----------
    path
        A table with columns of coordinates, or a layer of points or outlines; names, and residents where known.

    Raises
    ------
    InputError
        No columns of coordinates, no CRS, no row with usable coordinates, or a file that cannot be read.

    Examples
    --------
    >>> read(Path("data/raw/national/outside.csv")).places.residents.sum()  # doctest: +SKIP
    1200.0
    """
    ledger = Ledger(path.name)
    found = spots.read(path, ISRAEL_TM, ledger)
    ledger.read(KIND, len(found.rows))
    told = cells.told(found.rows, cells.find(found.rows, WORDS, found.known).get("residents"))
    named = list_rows.places_of(found.rows, found.chosen, "outside", municipal.DEFAULT, municipal.NO_FACTS, path.name)
    places = gpd.GeoDataFrame(
        named.assign(residents=amounts(told)), geometry=found.shapes.to_numpy(), crs=found.shapes.crs
    )
    is_wrong = (told != "") & ~(places["residents"] >= 0)
    reasons = list_rows.first(found.reasons, np.where(is_wrong, told.map(NO_NUMBER.format), ""))
    reasons = list_rows.first(reasons, list_rows.id_repeats(places["source_id"], reasons))
    for place_id, reason in zip(places["place_id"], reasons, strict=True):
        if reason:
            ledger.reject(KIND, place_id, reason)
    kept, _ = list_rows.identified(places[reasons == ""].reset_index(drop=True), "outside")
    ledger.use(KIND, len(kept))
    found.warn_of_left_out(places["place_id"], reasons, ledger)
    ordered: pd.DataFrame = kept[_COLUMNS].sort_values("place_id", ignore_index=True)
    return Outside(gpd.GeoDataFrame(ordered), ledger.balance())
