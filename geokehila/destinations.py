"""All that homes walk to: places by category, open spaces by kind, uses of buildings; and where each is entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geokehila import open_spaces, places, uses
from geokehila.catalogue import Sector
from geokehila.catalogue.sectors import UNTOLD, walked_to
from geokehila.load.osm import OsmData
from geokehila.schema import check
from geokehila.study import Study


@dataclass(frozen=True, eq=False)
class Destinations:
    """What is walked to.

    Attributes
    ----------
    kinds
        ``place_id`` and ``category``, each pair once: the catalogue's categories, ``<category>_<sector>`` of places
        told to be of a sector and ``<category>_sector_untold`` of the others, ``open_<kind>``, ``use_<use>``.
    gates
        Table ``gates`` of all of them.
    """

    kinds: pd.DataFrame
    gates: gpd.GeoDataFrame


def gather(
    study: Study, found: places.Places, spaces: gpd.GeoDataFrame, origins: gpd.GeoDataFrame, mapped: OsmData
) -> Destinations:
    """Put everything that is walked to together.

    Parameters
    ----------
    found
        Places of all sources, merged.
    spaces
        Open spaces, classified.
    origins
        Table ``origins``: a home is entered where walks from it start.
    mapped
        Its streets and entrances lead into open spaces that are no places.
    """
    homes = origins.dropna(subset="building_id").assign(place_id=lambda home: home["building_id"])
    of_spaces = open_spaces.destinations(spaces)
    of_uses = uses.destinations(found.with_categories(), homes, study.catalogue.categories)
    of_sectors = _of_sectors(found, study.catalogue.sectors)
    kinds = pd.concat([found.categories, of_sectors, of_spaces, of_uses]).drop_duplicates(ignore_index=True)
    gates = found.gates
    for more in (spaces[spaces["place_id"].isin(of_spaces["place_id"])], homes):
        new = more[~more["place_id"].isin(gates["place_id"])].drop_duplicates("place_id")[["place_id", "geometry"]]
        gates = pd.concat([gates, places.gates_of(new, mapped.streets, mapped.entrances)], ignore_index=True)
    return Destinations(kinds, check("gates", gates))


def _of_sectors(found: places.Places, sectors: Mapping[str, Sector]) -> pd.DataFrame:
    """Return what is walked to by sector: of a category that has sectors every place by those told, or as untold."""
    divided = {category for sector in sectors.values() for category in sector.categories}
    rows = found.categories[found.categories["category"].isin(divided)].merge(found.sectors, how="left")
    names = map(walked_to, rows["category"], rows["sector"].fillna(UNTOLD))
    return pd.DataFrame({"place_id": rows["place_id"], "category": pd.Series([*names], rows.index, dtype="str")})
