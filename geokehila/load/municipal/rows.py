"""The rows of a list: the places they make, and why some of them make none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import sha256
from itertools import count

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue import Catalogue
from geokehila.catalogue.lists import ListChoice
from geokehila.catalogue.sectors import Telling
from geokehila.load.municipal import columns
from geokehila.load.municipal.dates import iso_date
from geokehila.load.written import amounts, tells_nothing
from geokehila.names import LANGUAGES, NAME_COLUMNS, clean, matching_key, names
from geokehila.schema import WGS84

#: [m] A row farther from the study's zones is not of its area: a slip of the coordinates, or another city's.
FAR_M = 50_000.0
#: No place holds more people.
MOST_PEOPLE = 200_000
FAR, AGAIN, ID_REPEATS = "far from the study area", "the same place as", "id repeats"


def places_of(
    rows: pd.DataFrame,
    chosen: Mapping[str, str],
    category: str,
    choice: ListChoice,
    catalogue: Catalogue,
    file: str,
) -> pd.DataFrame:
    """Return the columns of the table ``places`` but its geometry, `categories` and `sectors`, one row a row.

    A row without an id has an empty `source_id`; its `place_id` says which row of the file it is, see `identified`.
    """
    ids, dates = cells(rows, chosen.get("id")), cells(rows, chosen.get("date"))
    numbers = pd.Series([f"row {n}" for n in range(1, len(rows) + 1)], dtype="str")
    words = {"name": "name"} | {f"name_{language}": f"name:{language}" for language in LANGUAGES}
    tags = {tag: cells(rows, chosen.get(key)) for key, tag in words.items()}
    spoken = [dict(zip(tags, row, strict=True)) for row in zip(*tags.values(), strict=True)]
    keys = _categories(
        cells(rows, chosen.get("category")), category, choice, catalogue.categories, "category" in chosen
    )
    stated = cells(rows, chosen.get("sector")) + " " + cells(rows, chosen.get("stream"))
    telling = Telling(catalogue.sectors)
    # What a column states goes before what a name says.
    sectors = [
        telling.of_text(k, text) or telling.of_tags(k, n) for k, text, n in zip(keys, stated, spoken, strict=True)
    ]
    return pd.DataFrame(map(_named, spoken), columns=[*NAME_COLUMNS], dtype=object).assign(
        place_id=(f"{category}:" + ids.where(ids != "", numbers)).astype("str"),
        source=pd.Series(f"{choice.source} ({file})" if choice.source else file, rows.index, dtype="str"),
        source_id=ids,
        date=pd.Series([iso_date(cell) or choice.date or None for cell in dates], dtype=object),
        categories=keys,
        sectors=pd.Series(sectors, rows.index, dtype=object),
        capacity=capacities(cells(rows, chosen.get("capacity"))),
    )


def capacities(texts: pd.Series) -> pd.Series:
    """Return how many people each text says that a place holds; missing where it says nothing, or no such number."""
    people = amounts(texts)
    return people.where(people.between(1, MOST_PEOPLE))


def unclear(texts: pd.Series) -> int:
    """Return how many texts should say how many people a place holds, and do not."""
    return int((capacities(texts).isna() & ~texts.map(tells_nothing).astype(bool)).sum())


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


def identified(places: gpd.GeoDataFrame, category: str) -> tuple[gpd.GeoDataFrame, int]:
    """Give rows without an id one that outlives rows put in above them; return how many are alike but for a number.

    It is `h` and eight hex digits of the row's category, name and spot to about 10 m; of rows alike in all of these the
    second has `-2` behind it.
    """
    ids, alike = places["source_id"].astype(object), 0
    taken = {*ids}
    bare = places[ids == ""]
    spots = gpd.GeoSeries(shapely.point_on_surface(bare.geometry.to_numpy()), bare.index, places.crs).to_crs(WGS84)
    for at, row in bare.iterrows():
        name = next((key for column in NAME_COLUMNS if (key := matching_key(row[column]))), "")
        said = f"{row['categories']} {name} {spots[at].x:.4f} {spots[at].y:.4f}"
        first = f"h{sha256(said.encode()).hexdigest()[:8]}"
        ids[at] = first if first not in taken else next(i for n in count(2) if (i := f"{first}-{n}") not in taken)
        taken.add(ids[at])
        alike += ids[at] != first
    return places.assign(place_id=(f"{category}:" + ids).astype("str"), source_id=ids.astype("str")), alike


def beyond(places: gpd.GeoDataFrame, category: str, area: shapely.Geometry | None) -> frozenset[str]:
    """Return the categories that a list of `category` shows beyond the study's zones only: of these it says nothing.

    One row in them is enough for the category the list is handed over as; each other one needs a row of its own.
    """
    if area is None or area.is_empty or places.empty:
        return frozenset()
    inside = shapely.intersects(area, places.geometry.to_numpy())
    here = {key for keys in places.loc[inside, "categories"] for key in keys}
    return frozenset(key for keys in places["categories"] for key in keys) - here - ({category} if here else set())


def named(category: str, choice: ListChoice) -> frozenset[str]:
    """Return the categories that a list names: those of the study's `categories`, else the one it is handed over as."""
    return frozenset(choice.categories.values()) or frozenset({category})


def none_of(named: frozenset[str], places: gpd.GeoDataFrame, lost: pd.Series) -> frozenset[str]:
    """Return the named categories of which there is no place in a whole list, and no row that may be one.

    `lost` are the categories of rows that make no place though they stand somewhere; of an empty one nobody knows it.
    """
    if (lost == "").any():
        return frozenset()
    return named - {*lost} - {key for keys in places["categories"] for key in keys}


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


def id_repeats(ids: pd.Series, reasons: np.ndarray) -> np.ndarray:
    """Name the rows with the id of an earlier one, of those that no reason leaves out yet."""
    again = ids.where((ids != "") & (reasons == "")).dropna().duplicated()
    return np.where(ids.index.isin(again.index[again]), ID_REPEATS, "")


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
