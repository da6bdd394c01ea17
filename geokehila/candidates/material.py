"""What sites are found in, and what is found: nouns of the room."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from geokehila.ledger import Ledger
from geokehila.load.osm import OsmData
from geokehila.places import Places
from geokehila.zones import Zoning


@dataclass(frozen=True, eq=False)
class Material:
    """What sites are found in.

    Attributes
    ----------
    mapped
        The map: `buildings` for their tags, `land`, `closed_grounds`, `barriers` and `roads` for what lies around a
        site, `streets` and `entrances` for its gates, `roads` for centres, and `extent`.
    places
        Places of all sources, merged; those near a site are told by their categories.
    buildings
        Table ``buildings``, classified.
    spaces
        Table ``open_spaces``, classified.
    zones
        Table ``zones`` of the study.
    zoning
        Units each of which is to have a site: where it has none, its centre is searched for one.
    origins
        Table ``origins``.
    plans
        Table ``plans``; empty: none is given.
    own
        What the municipality hands over, table ``candidates``; empty: nothing.
    """

    mapped: OsmData
    places: Places
    buildings: gpd.GeoDataFrame
    spaces: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    zoning: Zoning
    origins: gpd.GeoDataFrame
    plans: pd.DataFrame = field(default_factory=pd.DataFrame)
    own: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def homes(self) -> gpd.GeoDataFrame:
        """Origins where somebody lives."""
        return self.origins[self.origins["people"] > 0]


@dataclass(frozen=True, eq=False)
class Found:
    """Sites where a hub could stand, and hubs that there are.

    Attributes
    ----------
    sites
        Table ``candidates``, the excluded among them, with `kinds` (all that apply, joined by blanks) and
        `levels_imputed` (true: one level is taken for buildings whose levels are not known, so `room_m2` is at least
        that).
    gates
        Table ``gates`` of those that are not excluded; place_id is their site_id.
    ledger
        Kinds place, building, square, own site, plan cell and unit: read = used + rejected.
    """

    sites: gpd.GeoDataFrame
    gates: gpd.GeoDataFrame
    ledger: Ledger
