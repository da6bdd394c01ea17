"""All that homes walk to: places by category, open spaces by kind, uses of buildings; and where each is entered."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geokehila import open_spaces, places, uses
from geokehila.load.osm import OsmData
from geokehila.schema import check
from geokehila.study import Study


@dataclass(frozen=True, eq=False)
class Destinations:
    """What is walked to.

    Attributes
    ----------
    kinds
        ``place_id`` and ``category``, each pair once: the catalogue's categories, ``open_<kind>``, ``use_<use>``.
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
    kinds = pd.concat([found.categories, of_spaces, of_uses]).drop_duplicates(ignore_index=True)
    gates = found.gates
    for more in (spaces[spaces["place_id"].isin(of_spaces["place_id"])], homes):
        new = more[~more["place_id"].isin(gates["place_id"])].drop_duplicates("place_id")[["place_id", "geometry"]]
        gates = pd.concat([gates, places.gates_of(new, mapped.streets, mapped.entrances)], ignore_index=True)
    return Destinations(kinds, check("gates", gates))
