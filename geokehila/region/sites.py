"""The hubs of all localities of a region, those that there are and those that are recommended, and who gains."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.catalogue import LANGUAGES, Catalogue, text
from geokehila.names import NAME_COLUMNS
from geokehila.region.members import Member
from geokehila.schema import ISRAEL_TM, SHAPE, TABLES, check
from geokehila.zones import CITY, ZONE


def hubs(members: Sequence[Member]) -> dict[str, pd.DataFrame]:
    """Return the tables of the hubs of all localities, in the order of whom each adds, and who gains by locality."""
    joined = {name: _joined(members, name) for name in ("hubs", "hub_alternatives", "candidates", "hub_catchments")}
    both = gpd.GeoDataFrame(joined["hubs"])
    new = both["rank"].notna()
    order = both[new].sort_values(["people_low", "people_high", "site_id"], ascending=[False, False, True]).index
    both.loc[order, "rank"] = np.arange(1.0, len(order) + 1)
    named = set(joined["hub_alternatives"]["alternative_id"])
    candidates = joined["candidates"]
    return joined | {
        "hubs": _with_locality(both, members),
        "candidates": candidates[candidates["site_id"].isin(named)].reset_index(drop=True),
        "hub_gains": _gains(members),
        "hub_left": _left(members),
    }


def _with_locality(hubs: gpd.GeoDataFrame, members: Sequence[Member]) -> gpd.GeoDataFrame:
    """Return hubs whose name says their locality, for schools of many are called alike; without a name their kind."""
    slugs, unnamed = hubs["site_id"].str.split("/").str[0], hubs[[*NAME_COLUMNS]].isna().all(axis=1)
    names = {}
    for column in NAME_COLUMNS:
        language = column.removeprefix("name_")
        called = slugs.map({member.city.slug: member.city.name.get(language) for member in members})
        kinds = text(language)["hub_kinds"] if language in LANGUAGES else {}
        told = hubs[column].astype(object).where(~unnamed, hubs["kind"].map(kinds).astype(object))
        pairs = zip(called, told, strict=True)
        names[column] = [
            f"{at}: {name}" if isinstance(at, str) and isinstance(name, str) else None for at, name in pairs
        ]
    return gpd.GeoDataFrame(hubs.assign(**names))


def existing(members: Sequence[Member], catalogue: Catalogue) -> dict[str, pd.DataFrame]:
    """Return the tables of the community hubs that there are: places of their categories."""
    keys = [key for key, category in catalogue.categories.items() if category.hub]
    whole = {name: _joined(members, name) for name in ("places", "place_categories")}
    pairs = whole["place_categories"][whole["place_categories"]["category"].isin(keys)]
    places = whole["places"][whole["places"]["place_id"].isin(pairs["place_id"])]
    return {"places": places.reset_index(drop=True), "place_categories": pairs.reset_index(drop=True)}


def _joined(members: Sequence[Member], name: str) -> pd.DataFrame:
    """Return a table of sites or places of all localities, ids with the locality before them."""
    ids = [column for column in ("site_id", "alternative_id", "place_id") if column in TABLES[name].columns]
    parts = [
        member.tables[name].assign(**{key: member.city.slug + "/" + member.tables[name][key] for key in ids})
        for member in members
    ]
    whole = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return check(name, gpd.GeoDataFrame(whole, crs=ISRAEL_TM) if SHAPE in whole else whole)


def _gains(members: Sequence[Member]) -> pd.DataFrame:
    """Return who gains from each hub: in its locality, which is all of the region that does."""
    parts = []
    for member in members:
        rows = member.city_rows("hub_gains")
        rows = rows.assign(site_id=member.city.slug + "/" + rows["site_id"])
        parts += [rows, rows.assign(zoning=ZONE, zone_id=member.city.slug)]
    return check("hub_gains", pd.concat(parts, ignore_index=True))


def _left(members: Sequence[Member]) -> pd.DataFrame:
    """Return the people beyond every hub, now and then: of each locality, and of those that were run together."""
    rows = pd.concat(
        [m.city_rows("hub_left").assign(zoning=ZONE, zone_id=m.city.slug) for m in members], ignore_index=True
    )
    numbers = rows.drop(columns=["zoning", "zone_id"]).sum()
    whole = pd.DataFrame([{"zoning": CITY, "zone_id": "", **numbers}])
    return check("hub_left", pd.concat([rows, whole], ignore_index=True))
