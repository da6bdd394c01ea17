"""Outlines of whole localities: the ground of a count that no area divides."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.population.opened import Opened
from geokehila.load.population.statistical_areas import as_zones, no_locality
from geokehila.load.vector import column, number, polygon_parts, read_layer

#: Vintage of a zone that is no statistical area: an outline, or what the areas leave of it.
OUTLINE = "outline"
#: Columns that hold the CBS code of a locality, in the layers that circulate.
CODES = ("SEMEL_YISHUV", "lms_code", "muni_id", "locality_code", "LocalityCode", "code")


def opened(path: Path, crs: str) -> Opened:
    """Open a layer of outlines once for every locality, in ``crs`` [m].

    Raises
    ------
    InputError
        Unreadable, without a CRS, or without a column of locality codes.
    """
    ledger = Ledger(path.name)
    layer = read_layer(path, crs, ledger)
    if column(layer, *CODES) is None:
        seen = ", ".join(map(str, layer.columns))
        raise InputError(f"{path.name}: no column of CBS codes among {seen}: call it SEMEL_YISHUV")
    return Opened(path.name, layer, tuple(ledger.notices))


def localities(layer: Opened) -> pd.Series:
    """Return the code of the locality that each row outlines."""
    return number(layer.frame, *CODES)


def outline(layer: Opened, code: int) -> tuple[gpd.GeoDataFrame, Ledger]:
    """Return one locality as one zone, ``"<code>-all"``, and the ledger (kind ``outline``) of its rows.

    Raises
    ------
    InputError
        The layer does not hold the locality, or no polygon of it.

    Examples
    --------
    >>> zones, ledger = outline(opened(Path("localities.geojson"), "EPSG:2039"), 531)  # doctest: +SKIP
    >>> zones.zone_id.tolist()  # doctest: +SKIP
    ['531-all']
    """
    rows = layer.frame[localities(layer) == code]
    if rows.empty:
        raise no_locality(layer.name, code, localities(layer))
    ledger = layer.ledger()
    ledger.read("outline", len(rows))
    parts = polygon_parts(rows.assign(zone_id=f"{code}-all", function=None), "outline", ledger)
    ledger.use("outline", parts.index.nunique())
    if parts.empty:
        raise InputError(f"{layer.name}: the outline of locality {code} is no polygon: mend it, or give another layer")
    return as_zones(parts.dissolve("zone_id", as_index=False), OUTLINE), ledger.balance()
