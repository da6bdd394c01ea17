"""What places, buildings and grounds are used for: commerce, housing, services, education, sport.

These five are the founding document's, always all five. A place is what its categories are (`use` in the catalogue); a
home is housing; a building is what its tags tell, or the places in it where they tell nothing; a ground likewise.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue import Category

#: Category of a use among what is walked to.
PREFIX = "use_"
HOUSING = "housing"
#: Uses of a ground that do not build a town up.
NOT_BUILT = ("open", "other")
#: Uses of built land, and so of buildings too: housing's ground is called residential.
BUILT = ("residential", "commerce", "services", "education", "sport", "industry")
#: [m2] A building without mapped levels has 3 from this footprint, else 1: as homes have, so that no use is favoured.
BLOCK_M2 = 250.0
LEVELS_OF_HOUSE, LEVELS_OF_BLOCK = 1.0, 3.0
#: Of a floor: what is left of one that is shared between three.
ROUNDING = 1e-9


def of_places(places: gpd.GeoDataFrame, categories: Mapping[str, Category]) -> gpd.GeoDataFrame:
    """Return the uses of places, one row a place and use: a place of two categories of one use is of it once.

    Parameters
    ----------
    places
        `place_id`, `categories` (tuple of keys) and geometry.
    categories
        The catalogue's; a key that it lacks has no use.

    Returns
    -------
    GeoDataFrame
        `place_id`, `use` and the place's geometry, sorted; places of no use have no row.

    Examples
    --------
    >>> from geokehila.catalogue import Catalogue
    >>> bakery = {"place_id": ["n1"], "categories": [("grocery", "eating", "bus_stop")]}
    >>> of_places(gpd.GeoDataFrame(bakery, geometry=[shapely.Point(0, 0)]), Catalogue.read().categories)["use"].tolist()
    ['commerce']
    """
    by_category = {key: category.use for key, category in categories.items() if category.use}
    long = places[["place_id", "categories"]].explode("categories")
    found = long.assign(use=long["categories"].map(by_category)).dropna(subset="use")[["place_id", "use"]]
    rows = found.drop_duplicates().sort_values(["place_id", "use"], ignore_index=True).astype("str")
    return _with_geometry(rows, "place_id", places)


def destinations(places: gpd.GeoDataFrame, homes: pd.DataFrame, categories: Mapping[str, Category]) -> pd.DataFrame:
    """Return what is walked to by use: categories ``use_commerce``, ``use_housing`` and so on.

    Parameters
    ----------
    places
        As of :func:`of_places`.
    homes
        Table ``origins``: each building with people is one place of housing. A point of the grid that stands in where
        no home is mapped is none.
    categories
        The catalogue's.

    Returns
    -------
    DataFrame
        `place_id` (of a home its building_id) and `category`, each pair once.
    """
    is_home = homes["building_id"].dropna().drop_duplicates()
    at_home = pd.DataFrame({"place_id": is_home, "use": HOUSING}, dtype="str")
    found = pd.concat([of_places(places, categories)[["place_id", "use"]], at_home], ignore_index=True)
    return pd.DataFrame({"place_id": found["place_id"], "category": PREFIX + found["use"]})


def floor_area(
    buildings: gpd.GeoDataFrame, places: gpd.GeoDataFrame, categories: Mapping[str, Category]
) -> gpd.GeoDataFrame:
    """Return the floor area of every building by its uses.

    Parameters
    ----------
    buildings
        Table ``buildings``. A `purpose` that is told is the use of the whole building.
    places
        Table ``places`` with `categories`. They speak where the building tells nothing: one whose ground a building
        stands on has all of it; those at points inside share one floor, and of the others nothing is known.
    categories
        The catalogue's.

    Returns
    -------
    GeoDataFrame
        `building_id`, `use` (one of the five, industry, or empty: not known), `floor_m2` [m2] footprint times levels
        (levels that nobody mapped: 3 from 250 m2 of footprint, else 1, as homes have), `ground_m2` [m2] the same
        with one level everywhere, `known`, and a point inside the building. A row for each use of a building, and one
        for what is not known of it.

    Notes
    -----
    ``building=yes`` that is taken for a home is not known to be one.
    """
    table = buildings.set_index("building_id")
    levels, footprint = _levels(table), table["footprint_m2"]
    inside = buildings.set_geometry(buildings.representative_point())
    told = _told(buildings, inside, of_places(places, categories))
    uses = told.groupby("building_id")["use"].transform("size")
    floors = np.where(told["one_floor"], 1.0, levels[told["building_id"]]) / uses
    told = told.assign(floors=floors, grounds=1 / uses)[["building_id", "use", "floors", "grounds"]]
    of_buildings = told.groupby("building_id")[["floors", "grounds"]].sum().reindex(table.index, fill_value=0.0)
    rest = pd.DataFrame({"floors": levels, "grounds": 1.0}) - of_buildings
    rest = rest[rest["floors"] > ROUNDING].reset_index().assign(use="")
    rows = pd.concat([told, rest], ignore_index=True).sort_values(["building_id", "use"], ignore_index=True)
    m2 = footprint[rows["building_id"]].to_numpy()
    rows = rows.assign(floor_m2=rows["floors"] * m2, ground_m2=rows["grounds"] * m2, known=rows["use"] != "")
    rows = rows[["building_id", "use", "floor_m2", "ground_m2", "known"]]
    return _with_geometry(rows, "building_id", inside)


def land(land_uses: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return grounds without overlaps: where two lie on one another the smaller tells, the school in the quarter.

    Parameters
    ----------
    land_uses
        `land_use_id`, `use` and geometry [m].

    Returns
    -------
    GeoDataFrame
        The same rows, less what lies under smaller ones; of two of one size the first by id tells.
    """
    by_size = land_uses.assign(area_m2=land_uses.area).sort_values(["area_m2", "land_use_id"], ignore_index=True)
    shapes = by_size.geometry.to_numpy()
    large, small = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    large, small = large[small < large], small[small < large]
    left = shapes.copy()
    for row, smaller in pd.Series(small, dtype=np.int64).groupby(large):
        left[row] = shapely.difference(shapes[row], shapely.union_all(shapes[smaller.to_numpy()]))
    return by_size.drop(columns="area_m2").set_geometry(gpd.GeoSeries(left, crs=land_uses.crs))


def _levels(buildings: gpd.GeoDataFrame) -> pd.Series:
    by_size = np.where(buildings["footprint_m2"] >= BLOCK_M2, LEVELS_OF_BLOCK, LEVELS_OF_HOUSE)
    levels: pd.Series = buildings["levels"].fillna(pd.Series(by_size, buildings.index)).clip(lower=1.0)
    return levels


def _told(buildings: gpd.GeoDataFrame, inside: gpd.GeoDataFrame, used: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the uses that are told of buildings, and whether they are told of one floor only.

    By `building_id` and `use`: of the building's own tags, else of the ground that a point inside it lies on, else of
    points in it; a point on the wall between two buildings is in the first by id.
    """
    told = buildings["purpose"].to_numpy() != ""
    tags = buildings[told][["building_id", "purpose"]].rename(columns={"purpose": "use"})
    is_ground = (used.area > 0).to_numpy()
    on_ground = _pairs(inside[~told], used[is_ground])
    mute = ~told & ~buildings["building_id"].isin(on_ground["building_id"]).to_numpy()
    in_it = _pairs(buildings[mute], used[~is_ground])
    in_it = in_it.sort_values(["place_id", "building_id"]).drop_duplicates(["place_id", "use"])
    parts = [tags.assign(one_floor=False), on_ground.assign(one_floor=False), in_it.assign(one_floor=True)]
    rows: pd.DataFrame = pd.concat(parts)[["building_id", "use", "one_floor"]].drop_duplicates(ignore_index=True)
    return rows


def _pairs(buildings: gpd.GeoDataFrame, used: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return `building_id`, `place_id` and `use` of buildings and places that meet."""
    tree = shapely.STRtree(buildings.geometry.to_numpy())
    place, building = tree.query(used.geometry.to_numpy(), predicate="intersects")
    found: pd.DataFrame = used[["place_id", "use"]].iloc[place]
    return found.assign(building_id=buildings["building_id"].to_numpy()[building])


def _with_geometry(rows: pd.DataFrame, key: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return rows with the geometry of a frame that has each key once."""
    shapes = frame.geometry.to_numpy()[pd.Index(frame[key]).get_indexer(pd.Index(rows[key]))]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=frame.crs)
