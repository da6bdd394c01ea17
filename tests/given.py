"""Small tables and answers for the tests of analyses: homes on a line, their walks given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point, box

from geokehila.access import Access
from geokehila.catalogue import Catalogue, City
from geokehila.names import NAME_COLUMNS
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study
from geokehila.zones import Zoning

NAN, FAR = float("nan"), 1e6
STUDY = Study(City("toy", 0, {"en": "Toy"}), catalogue=Catalogue.read())


def ids(count: int) -> pd.Index:
    """origin_id of homes h0, h1, ..."""
    return pd.Index([f"h{i}" for i in range(count)], name="origin_id")


def homes(x: Sequence[float], people: Sequence[float] | float = 1.0, **more: Any) -> gpd.GeoDataFrame:
    """Homes on a street along y = 0, in zone z, far from the edge of the data unless told."""
    columns = {"origin_id": ids(len(x)), "zone_id": "z", "building_id": ids(len(x)), "people": people}
    frame = gpd.GeoDataFrame(columns, geometry=[Point(at, 0) for at in x], crs=ISRAEL_TM)
    frame = frame.assign(
        people_by_footprint=frame["people"], on_grid=False, border_m=FAR, connected=True, at_edge=False
    )
    return frame.assign(**more)


def places(at: Mapping[str, tuple[float, float]], categories: Mapping[str, Sequence[str]]) -> gpd.GeoDataFrame:
    """Points by place_id, with their categories."""
    columns = {"place_id": [*at], "source": "test", "source_id": [*at], "date": None, **dict.fromkeys(NAME_COLUMNS)}
    frame = gpd.GeoDataFrame(columns, geometry=[Point(xy) for xy in at.values()], crs=ISRAEL_TM)
    keys = pd.Series([tuple(categories[key]) for key in at], frame.index, dtype=object)
    return frame.assign(categories=keys, capacity=np.nan)


def access(walks: Mapping[str, Sequence[float]], status: str = "snapped", **more: Any) -> Access:
    """What homes reach at 1 m/s: walks to the nearest place by category, all of them certain."""
    nearest = pd.DataFrame(walks, index=ids(len(next(iter(walks.values())))), dtype=float)
    return Access(nearest, nearest.astype("str"), nearest, pd.Series(status, nearest.index), **more)


def zonings(origins: gpd.GeoDataFrame) -> tuple[Zoning, Zoning]:
    """One zone z around everything, and the city."""
    zone = gpd.GeoDataFrame({"zone_id": ["z"]}, geometry=[box(-1e4, -1e4, 1e4, 1e4)], crs=ISRAEL_TM)
    return Zoning.of_zones(zone, origins), Zoning.of_city(zone, origins)
