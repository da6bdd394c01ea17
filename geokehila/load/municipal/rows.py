"""The rows of a list: the places they make, and why some of them make none."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue.lists import ListChoice
from geokehila.load.municipal import columns
from geokehila.load.municipal.dates import iso_date
from geokehila.names import LANGUAGES, NAME_COLUMNS, clean, matching_key, names

#: [m] A row farther from the study's zones is not of its area: a slip of the coordinates, or another city's.
FAR_M = 50_000.0
FAR, AGAIN = "far from the study area", "the same place as"


def places_of(
    rows: pd.DataFrame,
    chosen: Mapping[str, str],
    category: str,
    choice: ListChoice,
    categories: Collection[str],
    file: str,
) -> pd.DataFrame:
    """Return the columns of the table ``places`` but its geometry, and `categories`, one row a row of the list."""
    ids, dates = cells(rows, chosen.get("id")), cells(rows, chosen.get("date"))
    taken = {*ids}
    numbers = [str(n) if str(n) not in taken else f"row {n}" for n in range(1, len(rows) + 1)]
    own = ids.where(ids != "", pd.Series(numbers, dtype="str"))
    words = {"name": "name"} | {f"name_{language}": f"name:{language}" for language in LANGUAGES}
    tags = {tag: cells(rows, chosen.get(key)) for key, tag in words.items()}
    named = [_named(dict(zip(tags, row, strict=True))) for row in zip(*tags.values(), strict=True)]
    return pd.DataFrame(named, columns=[*NAME_COLUMNS], dtype=object).assign(
        place_id=(f"{category}:" + own).astype("str"),
        source=pd.Series(f"{choice.source} ({file})" if choice.source else file, rows.index, dtype="str"),
        source_id=own.astype("str"),
        date=pd.Series([iso_date(cell) or choice.date or None for cell in dates], dtype=object),
        categories=_categories(cells(rows, chosen.get("category")), category, choice, categories, "category" in chosen),
    )


def _named(tags: Mapping[str, str]) -> dict[str, str | None]:
    """Return the names of a row; a bare number, as shelters have, is in no language: it stands with the Hebrew ones."""
    known = names(tags)
    return known if any(known.values()) else known | {"name_he": tags["name"] or None}


def _categories(
    words: pd.Series, category: str, choice: ListChoice, categories: Collection[str], is_column: bool
) -> pd.Series:
    """Return the category of each row; an empty one where its word stands for none."""
    if not is_column:
        return pd.Series([(category,)] * len(words), words.index, dtype=object)
    keys = {matching_key(word): key for word, key in ({key: key for key in categories} | {**choice.categories}).items()}
    return pd.Series([(keys.get(matching_key(word), ""),) for word in words], words.index, dtype=object)


def cells(rows: pd.DataFrame, column: str | None) -> pd.Series:
    """Return a column as text without controls, empty where it is blank or there is no such column."""
    if column is None:
        return pd.Series("", rows.index, dtype="str")
    return rows[column].map(columns.as_text).map(clean).astype("str")


def first(*reasons: np.ndarray) -> np.ndarray:
    """Return each row's first reason."""
    first = np.full(len(reasons[0]), "", dtype=object)
    for more in reasons:
        first = np.where(first == "", more, first)
    return first


def not_kept(rows: pd.DataFrame, choice: ListChoice, file: str) -> np.ndarray:
    """Return ``status=planned`` for rows that the study's `where` leaves out."""
    reasons = np.full(len(rows), "", dtype=object)
    for stated, words in choice.where.items():
        column = columns.existing(rows, stated, file)
        wanted = {matching_key(word) for word in words}
        left_out = [f"{column}={cell}" if matching_key(cell) not in wanted else "" for cell in cells(rows, column)]
        reasons = first(reasons, np.array(left_out, dtype=object))
    return reasons


def far(shapes: gpd.GeoSeries, area: shapely.Geometry | None) -> np.ndarray:
    """Name the rows that lie more than 50 km from the study's zones."""
    if area is None or area.is_empty:
        return np.full(len(shapes), "", dtype=object)
    shapely.prepare(area)
    near = shapely.dwithin(area, shapes.to_numpy(), FAR_M)
    return np.where(near | shapes.isna().to_numpy(), "", FAR)


def again(places: gpd.GeoDataFrame, reasons: np.ndarray) -> np.ndarray:
    """Name the row that a later one repeats: the same spot, name and category."""
    first: dict[tuple[object, ...], str] = {}
    found = np.full(len(places), "", dtype=object)
    spots = shapely.to_wkb(shapely.normalize(places.geometry.to_numpy()))
    listed = zip(places["place_id"], spots, places["categories"], places[[*NAME_COLUMNS]].to_numpy(), strict=True)
    for i, (place_id, spot, keys, named) in enumerate(listed):
        if reasons[i] == "" and spot is not None:
            key = spot, keys, *(matching_key(name) for name in named)
            if (earlier := first.setdefault(key, place_id)) != place_id:
                found[i] = f"{AGAIN} {earlier}"
    return found
