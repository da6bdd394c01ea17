"""Sites before they are judged: one layout for those of the map, of plans and of the municipality."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.candidates.kinds import MAY
from geokehila.names import NAME_COLUMNS

#: Columns of a draft beside its geometry, each with what stands there where nothing is told. map_id: the object of the
#: map that it is. size_m2: what is asked to be large enough. shelter_m2, shelter_people: of the shelter in it.
#: is_there: a hub already. said: what its own source says against it. listed: what the municipality's list calls it.
COLUMNS: Mapping[str, Any] = {
    "site_id": "", "map_id": "", "kinds": (), **dict.fromkeys(NAME_COLUMNS), "source": "", "source_id": "",
    "room_m2": np.nan, "levels_imputed": False, "size_m2": np.nan, "shelter_m2": np.nan, "shelter_people": np.nan,
    "is_there": False, "extendable": False, "choice": MAY, "capacity": np.nan, "price": np.nan,
    **dict.fromkeys(("plan_number", "designation", "gush", "helka")), "said": "", "listed": "",
}  # fmt: skip
TYPES: Mapping[type, str] = {str: "str", float: "float64", bool: "bool", tuple: "object", type(None): "object"}


def drafts(told: pd.DataFrame, geometry: Any, crs: Any) -> gpd.GeoDataFrame:
    """Return drafts of what is told of them, by the rows of `told`; what is not told stands as in :data:`COLUMNS`."""
    plain = {column: pd.Series([value] * len(told), dtype="object") for column, value in COLUMNS.items()}
    frame = pd.DataFrame(plain | {column: told[column].to_numpy() for column in COLUMNS if column in told})
    frame = frame.astype({column: TYPES[type(value)] for column, value in COLUMNS.items()})
    return gpd.GeoDataFrame(frame, geometry=np.asarray(geometry, object), crs=crs)


def together(*parts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return drafts under one another."""
    united: gpd.GeoDataFrame = pd.concat(parts, ignore_index=True)
    return united


def is_of(sites: gpd.GeoDataFrame, kind: str) -> np.ndarray:
    """Tell which drafts are of a kind, whatever else they are, shape (N,)."""
    return np.fromiter((kind in kinds for kinds in sites["kinds"]), bool, len(sites))
