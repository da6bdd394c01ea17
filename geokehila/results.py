"""Everything one run computed, as the tables and layers it is kept in."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geokehila.access import Access, Walks
from geokehila.load.osm import OsmData
from geokehila.load.roles import Inputs
from geokehila.people import People
from geokehila.places import Places
from geokehila.schema import Ledger
from geokehila.store.tables import wide
from geokehila.study import Study


@dataclass(frozen=True, eq=False)
class Results:
    """What a run read and what it made of it.

    Attributes
    ----------
    weights
        What the counts of `zone_people` are: residents, voters or dwellings.
    in_no_area
        People whom the source counts in areas that the layer lacks.
    confidence
        Table ``confidence``: how far each zone's people, streets and lists of places can be believed.
    scores, zone_scores
        By home and by zone, as the analyses and `zones` return them.
    """

    study: Study
    inputs: Inputs
    osm: OsmData
    places: Places
    zones: gpd.GeoDataFrame
    zone_people: pd.DataFrame
    weights: str
    in_no_area: float
    buildings: gpd.GeoDataFrame
    people: People
    origins: gpd.GeoDataFrame
    walks: Walks
    access: Access
    confidence: pd.DataFrame
    scores: pd.DataFrame
    zone_scores: pd.DataFrame
    ledgers: tuple[Ledger, ...]

    def zones_to_show(self) -> gpd.GeoDataFrame:
        """Return the zones that a map shows: those the data reach; of hexagons those where somebody lives."""
        shown = self.zones["coverage_share"] > 0
        if self.study.zones.kind == "hexagons":
            shown &= self.zones["zone_id"].isin(self.origins["zone_id"])
        return self.zones[shown].reset_index(drop=True)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table of the run by name."""
        return {
            "zones": self.zones,
            "zone_people": self.zone_people,
            "buildings": self.buildings,
            "streets": self.osm.streets,
            "open_spaces": self.osm.open_spaces,
            "places": self.places.places,
            "place_categories": self.places.categories,
            "gates": self.places.gates,
            "origins": self.origins,
            "origin_people": self.people.origin_people,
            "snaps": pd.concat([self.walks.origin_snaps, self.walks.gate_snaps], ignore_index=True),
            "access_nearest": self.access.nearest(),
            "access_counts": self.access.within(),
            "confidence": self.confidence,
            "scores": self.scores,
            "zone_scores": self.zone_scores,
            "rejected": pd.concat([ledger.rejected() for ledger in self.ledgers], ignore_index=True),
        }

    def layers(self) -> dict[str, gpd.GeoDataFrame]:
        """Return what a planner opens in QGIS: zones and homes with scores, places, gates, streets, open spaces."""
        places = self.places.with_categories()
        return {
            "zones": wide(self.zone_scores, self.zones),
            "homes": self.origins.merge(
                self.access.nearest_s.add_suffix("_s").join(self.scores).reset_index(), on="origin_id"
            ),
            "places": places.assign(categories=places["categories"].map(";".join)),
            "gates": self.places.gates,
            "streets": self.osm.streets,
            "open_spaces": self.osm.open_spaces,
        }
