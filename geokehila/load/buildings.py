"""Building footprints of another source, for the ground on which nobody mapped them: a layer of polygons."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue.lists import ListChoice
from geokehila.ledger import Ledger
from geokehila.load import cells
from geokehila.load.municipal import DEFAULT, columns
from geokehila.load.osm import uses
from geokehila.load.population import headcount
from geokehila.load.vector import polygon_parts, read_layer
from geokehila.load.written import amounts

#: A footprint with more of its area under mapped buildings is one of them.
SAME_SHARE = 0.2
#: Outlines that have more of what they cover in common are drawn of one building.
ONE_BUILDING_SHARE = 0.5
#: [m2] A smaller footprint is an error of the machine that drew it.
SMALLEST_M2 = 4.0
MAPPED = "mapped already"
#: What a column is called.
WORDS: Mapping[str, tuple[str, ...]] = {
    "levels": ("levels", "building:levels", "building_levels", "floors", "num_floors", "מספר קומות", "קומות",
               "عدد الطوابق", "الطوابق"),
    "residents": columns.RESIDENTS,
    "kind": ("building", "building type", "class", *columns.KIND, "subtype"),
}  # fmt: skip
#: What homes are called beside the values of OpenStreetMap's building tag.
_HOMES = {
    "house": "בית, בית פרטי, בית צמוד קרקע, צמוד קרקע, בית מגורים, بيت, منزل, دار, بيت سكن",
    "apartments": "בניין מגורים, בית דירות, عمارة, عمارة سكنية, شقق",
    "residential": "מגורים, למגורים, سكن, سكني, مسكن",
    "hut": "צריף, פחון, פחונים, كوخ, براكية, زنك",
    "tent": "אוהל, מאהל, خيمة, بيت شعر",
    "static_caravan": "קרוון, קראוון, קרוואן, caravan, كرفان, كرافان, كارافان",
}
_NO_HOMES = "shed garage garages carport roof barn stable cowshed sty greenhouse ruins construction"
_KINDS = {columns.plain(word): word for words in (*uses.BUILDINGS.values(), _NO_HOMES) for word in words.split()} | {
    columns.plain(word): tag for tag, words in _HOMES.items() for word in words.split(", ")
}


def complete(
    mapped: gpd.GeoDataFrame, path: Path, extent: shapely.Geometry, choice: ListChoice = DEFAULT
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, Ledger]:
    """Return the mapped buildings, and after them those of a layer that stand where none is mapped.

    Parameters
    ----------
    mapped
        Buildings as :func:`geokehila.load.osm.read` returns them: building_id, building (tag), levels, flats,
        facility, purpose and geometry [m].
    path
        Any polygon layer with a stated CRS, such as Microsoft's or Google's footprints or a municipality's layer;
        columns of levels, of residents and of the kind of building are read, nothing else.
    extent
        What the OpenStreetMap data cover [m]: outside it there is no street to walk on.
    choice
        Columns that a study states.

    Returns
    -------
    buildings : GeoDataFrame
        Columns as in `mapped`, and `residents`: people counted in the building, missing where the layer counts none;
        where the map has a building already, it has them: that whose outline is most like the row's, each row and
        building once where outlines are of one building. Those of the layer have the id ``"<file>:<row>"`` and are
        ``building=yes`` where their kind is not told; levels are missing where the layer has none.
    counts : DataFrame
        A row of the layer each that counts residents: source (its file), row (its id), residents, and building_id of
        the building that has them, missing where the row is left out.
    ledger : Ledger
        Kind ``building``: rejected are rows without a polygon, below 4 m2, outside the data, and those of which more
        than a fifth lies under mapped buildings, unless a mapped one has their residents.

    Raises
    ------
    geokehila.errors.InputError
        Not a layer of polygons, no CRS, or a stated column that is absent or about persons.

    Examples
    --------
    >>> both, counts, ledger = complete(mapped.buildings, Path("buildings.gpkg"), mapped.extent)  # doctest: +SKIP
    """
    ledger = Ledger(path.name)
    layer = read_layer(path, str(mapped.crs), ledger)
    ledger.read("building", len(layer))
    rows = gpd.GeoDataFrame(_told(layer, ledger, choice), geometry=layer.geometry)
    parts = polygon_parts(rows, "building", ledger, "building_id")
    shapes = parts.dissolve("building_id", as_index=False, sort=False)
    shared = _shared(shapes.geometry.to_numpy(), mapped.geometry.to_numpy())
    reason = _why_not(shapes.geometry.to_numpy(), shared, extent)
    is_mapped = reason == MAPPED
    is_left_out = (reason != "") & ~(is_mapped & shapes["residents"].notna().to_numpy())
    for source_id, why in zip(shapes["building_id"][is_left_out], reason[is_left_out], strict=True):
        ledger.reject("building", source_id, why)
    ledger.use("building", int((~is_left_out).sum()))
    over = _matched(shared[shared["shape"].isin(np.flatnonzero(is_mapped))])
    residents = shapes["residents"].reindex(over.index).groupby(over.to_numpy()).sum(min_count=1)
    known = mapped.assign(residents=residents.reindex(range(len(mapped))).to_numpy(float))
    added = shapes[reason == ""].assign(flats=np.nan, facility=False)
    texts = mapped.dtypes[["building_id", "building", "purpose"]]
    both = pd.concat([known, added[known.columns]], ignore_index=True).astype(texts)
    building = dict(zip(added["building_id"], added["building_id"], strict=True))
    building |= dict(zip(shapes["building_id"][over.index], mapped["building_id"].iloc[over], strict=True))
    return both, _counted(rows, building, ledger.source), ledger.balance()


def _told(layer: gpd.GeoDataFrame, ledger: Ledger, choice: ListChoice) -> pd.DataFrame:
    """Return the columns of a layer's buildings, by its rows; residents are read where anybody is counted in one."""
    named = cells.choose(layer, WORDS, choice, ledger.source)
    floors = cells.told(layer, named.get("levels"))
    levels = floors.map(amounts(pd.Series(floors.unique(), floors.unique())))
    residents = pd.Series(np.nan, layer.index)
    if column := named.get("residents"):
        counts = headcount.counted(layer[[column]], ledger)[column]
        residents = counts if counts.sum() else residents
    kinds = cells.told(layer, named.get("kind"))
    tags = {text: _KINDS.get(columns.plain(text), "yes") for text in kinds.unique()}
    building = kinds.map(tags)
    told = {
        "building_id": [f"{ledger.source}:{row}" for row in range(1, len(layer) + 1)],
        "building": building,
        "levels": levels.where(levels > 0),
        "purpose": building.map(lambda tag: uses.purpose({"building": tag})),
        "residents": residents,
    }
    return pd.DataFrame(told, layer.index)


def _counted(rows: pd.DataFrame, building: Mapping[str, str], source: str) -> pd.DataFrame:
    """Return the rows that count residents, and the building that has them: that of the map, or their own."""
    told = rows[rows["residents"].notna()]
    columns = {"source": source, "row": told["building_id"], "building_id": told["building_id"].map(building)}
    return pd.DataFrame(columns | {"residents": told["residents"]}).reset_index(drop=True)


def _shared(shapes: np.ndarray, mapped: np.ndarray) -> pd.DataFrame:
    """Return which shape shares how much ground with which mapped building: shape, other, m2, likeness.

    Likeness, 0 to 1, is what both cover of what either covers: 1 of one outline.
    """
    shape, other = shapely.STRtree(mapped).query(shapes, predicate="intersects")
    m2 = shapely.area(shapely.intersection(shapes[shape], mapped[other]))
    likeness = m2 / (shapely.area(shapes)[shape] + shapely.area(mapped)[other] - m2)
    return pd.DataFrame({"shape": shape, "other": other, "m2": m2, "likeness": likeness})


def _matched(shared: pd.DataFrame) -> pd.Series:
    """Return the mapped building `other` of each shape, by shape: of a tower on a wider block the tower has its row.

    The likest pairs come first, and building and shape are then taken, as long as their outlines are of one building;
    a shape that is left, such as one flight of a row of houses mapped as one, goes to the building that is likest.
    """
    likest = shared.assign(likeness=shared["likeness"].round(9)).sort_values(
        ["likeness", "shape", "other"], ascending=[False, True, True]
    )
    found, taken = dict[int, int](), set[int]()
    same = likest[likest["likeness"] > ONE_BUILDING_SHARE]
    for shape, other in zip(same["shape"], same["other"], strict=True):
        if shape not in found and other not in taken:
            found[shape] = other
            taken.add(other)
    return pd.Series(likest.groupby("shape")["other"].first().to_dict() | found, dtype=int)


def _why_not(shapes: np.ndarray, shared: pd.DataFrame, extent: shapely.Geometry) -> np.ndarray:
    """Say of each shape why it is not added; empty where it is."""
    under = np.bincount(shared["shape"], shared["m2"], minlength=len(shapes))
    area = shapely.area(shapes)
    rules = {
        f"below {SMALLEST_M2:g} m2": area < SMALLEST_M2,
        "outside the data": ~shapely.intersects(shapes, extent),
        MAPPED: under > SAME_SHARE * area,
    }
    reason: np.ndarray = np.select([*rules.values()], [*rules], "")
    return reason
