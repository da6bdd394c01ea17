"""Sites that the map and the lists of places show: places, public buildings, squares; each of them once."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila import open_spaces
from geokehila.candidates import reasons
from geokehila.candidates.drafts import drafts, together
from geokehila.candidates.kinds import COMMUNITY_CENTRE, KINDS, OF_BUILDINGS, SHELTER, SQUARE, in_order, of_categories
from geokehila.candidates.material import Material
from geokehila.candidates.rooms import rooms
from geokehila.candidates.where import lying_in, standing_in
from geokehila.ledger import Ledger
from geokehila.names import NAME_COLUMNS
from geokehila.open_spaces.shapes import ranked
from geokehila.schema import NOT_KNOWN, YES
from geokehila.study import Study

ANOTHER = "one site with another"
#: Categories of places that leave a public building no room for neighbours.
OCCUPYING = "emergency_station"


def sites(study: Study, material: Material, ledger: Ledger) -> gpd.GeoDataFrame:
    """Return drafts of all sites of the map: what stands in one building is one site, and so is what a ground holds.

    Places in a building are one site with it, whatever else is in it; a public building on the ground of a place, a
    hall in a school's yard, is the place's. Two places on one ground, each in a building of its own, are two.
    """
    members = _members(study, material)
    ordered = members.sort_values(["map_id", "is_building", "rank", "member_id"], ignore_index=True)
    heads = ordered.drop_duplicates("map_id")
    for kind, some in ordered.groupby("of"):
        ledger.read(str(kind), len(some))
        ledger.use(str(kind), int(some.index.isin(heads.index).sum()))
    for row in ordered[~ordered.index.isin(heads.index)].itertuples():
        ledger.reject(row.of, row.member_id, ANOTHER)
    return together(_united(ordered, heads, material), _squares(material, ledger))


def _members(study: Study, material: Material) -> gpd.GeoDataFrame:
    """Return places and public buildings, each with the object of the map that its site is, `map_id`."""
    places = _places(study, material)
    grounds = places[(places["map_id"] == places["member_id"]) & (places.geometry.area > 0)]
    buildings = _public_buildings(material)
    held = standing_in(buildings.geometry.to_numpy(), grounds.geometry.to_numpy())
    is_held = (held >= 0) & ~buildings["map_id"].isin(places["map_id"]).to_numpy()
    buildings.loc[is_held, "map_id"] = grounds["map_id"].to_numpy()[held[is_held]]
    members = pd.concat([places, buildings], ignore_index=True)
    return members.assign(rank=[KINDS.index(kinds[0]) for kinds in members["kinds"]])


def _places(study: Study, material: Material) -> gpd.GeoDataFrame:
    every = material.places.with_categories()
    kinds = pd.Series([of_categories(keys, study.catalogue.categories) for keys in every["categories"]], every.index)
    rows = every.assign(kinds=kinds, member_id=every["place_id"], of="place", is_building=False)
    rows = rows[rows["kinds"].map(len) > 0].reset_index(drop=True)
    houses = material.buildings
    row = standing_in(rows.geometry.to_numpy(), houses.geometry.to_numpy())
    in_house = np.append(houses["building_id"].to_numpy(object), "")[row]
    is_shelter = np.array([SHELTER in some for some in rows["kinds"]], bool)
    m2, people = rows.geometry.area, rows.reindex(columns=["capacity"])["capacity"].astype("float64")
    return rows.assign(
        said="",
        map_id=np.where(row >= 0, in_house, rows["member_id"]),
        shelter_m2=m2.where(is_shelter & (m2 > 0)),
        shelter_people=people.where(is_shelter),
    )


def _public_buildings(material: Material) -> gpd.GeoDataFrame:
    """Return buildings by what they were built as; one that is a place too, of whatever category, has its names."""
    tags = material.mapped.buildings.set_index("building_id")["building"]
    told = tags.reindex(material.buildings["building_id"]).fillna("").astype("str")
    of = told.str.split(";").str[0].map(OF_BUILDINGS)
    rows = material.buildings[of.notna().to_numpy()].reset_index(drop=True)
    ids = rows["building_id"].to_numpy()
    names = material.places.places.set_index("place_id")[[*NAME_COLUMNS]].reindex(ids).reset_index(drop=True)
    kinds = pd.Series([(kind,) for kind in of.dropna()], rows.index, dtype="object")
    told = rows[["geometry"]].assign(**names, kinds=kinds, map_id=ids, member_id=ids, source_id=ids, source="osm")
    said = np.where(rows["building_id"].isin(_occupied(material)), reasons.IN_USE, "")
    return told.assign(of="building", is_building=True, shelter_m2=np.nan, shelter_people=np.nan, said=said)


def _occupied(material: Material) -> np.ndarray:
    """Return the ids of buildings with an emergency station."""
    found, houses = material.places, material.buildings
    stations = found.categories["place_id"][found.categories["category"] == OCCUPYING]
    shapes = found.places.geometry[found.places["place_id"].isin(stations)].to_numpy()
    row = standing_in(shapes, houses.geometry.to_numpy())
    ids: np.ndarray = houses["building_id"].to_numpy(object)[row[row >= 0]]
    return ids


def _united(ordered: gpd.GeoDataFrame, heads: gpd.GeoDataFrame, material: Material) -> gpd.GeoDataFrame:
    """Return a draft for each `map_id`: of its first member what only one can tell, of all of them the rest."""
    told = pd.DataFrame(ordered).groupby("map_id")
    map_ids = heads["map_id"].reset_index(drop=True)
    outlines = material.buildings.set_index("building_id").geometry.reindex(map_ids)
    shapes = np.where(outlines.notna(), outlines.to_numpy(), heads.geometry.to_numpy())
    kinds = pd.Series([in_order(kind for one in some for kind in one) for _, some in told["kinds"]], dtype="object")
    joined = {column: [_joined(some) for _, some in told[column]] for column in ("source", "source_id")}
    first = told[[*NAME_COLUMNS, "shelter_m2", "shelter_people"]].first().reset_index(drop=True)
    united = rooms(map_ids, shapes, material.buildings).assign(
        **joined,
        **first,
        said=told["said"].min().to_numpy(),
        kinds=kinds,
        site_id=heads["member_id"].to_numpy(),
        map_id=map_ids,
        is_there=[COMMUNITY_CENTRE in some for some in kinds],
    )
    return drafts(united, shapes, ordered.crs)


def _squares(material: Material, ledger: Ledger) -> gpd.GeoDataFrame:
    """Return drafts of squares and plazas; one that lies in a larger one that is as public is a part of it."""
    spaces = material.spaces
    every = spaces[spaces["kind"] == open_spaces.kinds.SQUARE].sort_values("place_id", ignore_index=True)
    is_small = every["why"].isin((open_spaces.reasons.SMALL, open_spaces.reasons.NARROW))
    said = every["public"].map({YES: "", NOT_KNOWN: reasons.MAYBE_PUBLIC}).fillna(reasons.NOT_PUBLIC)
    told = every.assign(said=said.mask(is_small, reasons.SMALL).astype("str"))
    is_part = _parts(told)
    ledger.read("square", len(told))
    ledger.use("square", int((~is_part).sum()))
    for place_id in told["place_id"][is_part]:
        ledger.reject("square", place_id, ANOTHER)
    squares = told[~is_part].reset_index(drop=True)
    ids, m2 = squares["place_id"], squares["area_m2"]
    made = squares[[*NAME_COLUMNS, "said"]].assign(
        site_id=ids, map_id=ids, source_id=ids, source="osm", room_m2=m2, size_m2=m2
    )
    made["kinds"] = pd.Series([(SQUARE,)] * len(made), dtype="object")
    return drafts(made, squares.geometry.to_numpy(), squares.crs)


def _parts(squares: gpd.GeoDataFrame) -> np.ndarray:
    """Tell which squares lie in a larger one of which the same is said, of equals in the first, shape (N,)."""
    shapes, said = squares.geometry.to_numpy(), squares["said"].to_numpy(str)
    rank = ranked(shapes)
    one, other = lying_in(shapes, shapes)
    is_part = np.zeros(len(shapes), bool)
    is_part[one[(rank[other] < rank[one]) & (said[one] == said[other])]] = True
    return is_part


def _joined(texts: pd.Series) -> str:
    """Return texts, each once, in their order."""
    return "; ".join(dict.fromkeys(text for one in texts for text in str(one).split("; ")))
