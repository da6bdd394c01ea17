"""Building footprints of another source, for the ground on which nobody mapped them: a layer of polygons."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.ledger import Ledger
from geokehila.load.vector import number, polygon_parts, read_layer

#: A footprint with more of its area under mapped buildings is one of them.
SAME_SHARE = 0.2
#: [m2] A smaller footprint is an error of the machine that drew it.
SMALLEST_M2 = 4.0
#: Columns of levels as such layers call them.
LEVELS = ("levels", "building:levels", "building_levels", "floors", "num_floors", "מספר_קומות", "קומות")


def complete(mapped: gpd.GeoDataFrame, path: Path, extent: shapely.Geometry) -> tuple[gpd.GeoDataFrame, Ledger]:
    """Return the mapped buildings, and after them those of a layer that stand where none is mapped.

    Parameters
    ----------
    mapped
        Buildings as :func:`geokehila.load.osm.read` returns them: building_id, building (tag), levels, flats,
        facility, purpose and geometry [m].
    path
        Any polygon layer with a stated CRS, such as Microsoft's or Google's footprints or a municipality's layer; a
        column of levels is read, nothing else.
    extent
        What the OpenStreetMap data cover [m]: outside it there is no street to walk on.

    Returns
    -------
    buildings : GeoDataFrame
        Columns as in `mapped`. Those of the layer are ``building=yes`` with the id ``"<file>:<row>"``; levels are
        missing where the layer has none.
    ledger : Ledger
        Kind ``building``: rejected are rows without a polygon, below 4 m2, outside the data, and those of which more
        than a fifth lies under mapped buildings.

    Raises
    ------
    geokehila.errors.InputError
        Not a layer of polygons, or no CRS.

    Examples
    --------
    >>> both, ledger = complete(mapped.buildings, Path("buildings.gpkg"), mapped.extent)  # doctest: +SKIP
    """
    ledger = Ledger(path.name)
    layer = read_layer(path, str(mapped.crs), ledger)
    ledger.read("building", len(layer))
    ids = [f"{path.name}:{row}" for row in range(1, len(layer) + 1)]
    rows = gpd.GeoDataFrame({"building_id": ids, "levels": number(layer, *LEVELS)}, geometry=layer.geometry)
    parts = polygon_parts(rows, "building", ledger, "building_id")
    shapes = parts.dissolve("building_id", as_index=False, sort=False)
    reason = _why_not(shapes.geometry.to_numpy(), mapped.geometry.to_numpy(), extent)
    for source_id, why in zip(shapes["building_id"], reason, strict=True):
        if why:
            ledger.reject("building", source_id, why)
    kept = shapes[reason == ""]
    ledger.use("building", len(kept))
    added = gpd.GeoDataFrame(
        {
            "building_id": kept["building_id"].astype("str"),
            "building": "yes",
            "levels": kept["levels"].where(kept["levels"] > 0).astype("float64"),
            "flats": np.nan,
            "facility": False,
            "purpose": "",
        },
        geometry=kept.geometry,
        crs=mapped.crs,
    )
    texts = mapped.dtypes[["building_id", "building", "purpose"]]
    both = pd.concat([mapped, added], ignore_index=True).astype(texts)
    return both, ledger.balance()


def _why_not(shapes: np.ndarray, mapped: np.ndarray, extent: shapely.Geometry) -> np.ndarray:
    """Say of each shape why it is not added; empty where it is."""
    shape, other = shapely.STRtree(mapped).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[shape], mapped[other]))
    under = np.bincount(shape, shared, minlength=len(shapes))
    area = shapely.area(shapes)
    rules = {
        f"below {SMALLEST_M2:g} m2": area < SMALLEST_M2,
        "outside the data": ~shapely.intersects(shapes, extent),
        "mapped already": under > SAME_SHARE * area,
    }
    reason: np.ndarray = np.select([*rules.values()], [*rules], "")
    return reason
