"""Places of a run with what tells of each, and which of them another run has too."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.compare.sides import Side
from geokehila.merging import SAME_PLACE_M
from geokehila.names import NAME_COLUMNS


def placed(side: Side) -> gpd.GeoDataFrame:
    """Return a row for each place and category of a run."""
    return side.tables["places"].merge(side.tables["place_categories"], on="place_id")


def had(places: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> pd.Series:
    """Tell which places are among others: of the same category, under an id of the same source or at the same spot."""
    known = {
        (category, one)
        for category, ids in zip(others["category"], others["source_id"], strict=True)
        for one in parts(ids)
    }
    same_id = [
        any((category, one) in known for one in parts(ids))
        for category, ids in zip(places["category"], places["source_id"], strict=True)
    ]
    return pd.Series(same_id, places.index, dtype=bool) | pd.Series(range(len(places)), places.index).isin(
        near(places, others)[0]
    )


def near(places: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> np.ndarray:
    """Return (2, n) positions of places and others of one category that stand within 30 m of one another."""
    pairs = shapely.STRtree(others.geometry.to_numpy()).query(
        places.geometry.to_numpy(), predicate="dwithin", distance=SAME_PLACE_M
    )
    alike = places["category"].to_numpy(object)[pairs[0]] == others["category"].to_numpy(object)[pairs[1]]
    return np.asarray(pairs[:, alike])


def lists(side: Side) -> dict[str, str]:
    """Return the roles of the lists of places that a run read, by file."""
    rows = side.record["sources"]
    return {row["file"]: row["role"] for row in rows if row["role"] == "shelters" or row["role"].startswith("places_")}


def roles(source: object, of_files: dict[str, str]) -> frozenset[str]:
    """Return the roles of the lists that tell of a place, by its source and the roles by file."""
    told = parts(source)
    return frozenset(
        role for part in told for file, role in of_files.items() if part == file or part.endswith(f"({file})")
    )


def parts(text: object) -> list[str]:
    """Return the sources, or the ids, of a place that several tell of.

    Examples
    --------
    >>> parts("osm; places_clinic.csv")
    ['osm', 'places_clinic.csv']
    """
    return [part for part in str(text).split("; ") if part]


def rows(places: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each place with its category as a dictionary."""
    return [{str(column): cell for column, cell in row.items()} for row in places.to_dict("records")]


def name(row: dict[str, Any]) -> str:
    """Return the first name that a place has, "" where it has none."""
    return next((row[column] for column in NAME_COLUMNS if isinstance(row[column], str)), "")


def told(row: dict[str, Any], change: str) -> dict[str, Any]:
    """Return what table ``compare_services`` tells of a place, but who says so."""
    return {
        "category": row["category"],
        "place_id": row["place_id"],
        "change": change,
        "date": row["date"] if isinstance(row["date"], str) else "",
        "name": name(row),
        "name_before": "",
        "note": "",
    }
