"""Everything one run computed, as the tables and layers it is kept in."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geokehila.access import Answers, Walks
from geokehila.gathered import Gathered
from geokehila.load.roles import Inputs
from geokehila.schema import REFERENCE
from geokehila.store.tables import wide
from geokehila.study import Study


@dataclass(frozen=True, eq=False)
class Results:
    """What a run read and what it made of it.

    Attributes
    ----------
    gathered
        What the study's files hold.
    walks, origins
        The ways with homes and gates on them; table ``origins`` with what an adult's ways add to it.
    answers, scores
        What each home reaches, by profile and direction, and what the analyses make of it.
    confidence
        Table ``confidence``: how far each zone's people, streets and lists of places can be believed.
    zone_scores
        The scores summed over zones and the city.
    """

    study: Study
    inputs: Inputs
    gathered: Gathered
    walks: Walks
    origins: gpd.GeoDataFrame
    answers: Answers
    confidence: pd.DataFrame
    scores: pd.DataFrame
    zone_scores: pd.DataFrame

    @property
    def zones(self) -> gpd.GeoDataFrame:
        """Table ``zones``."""
        return self.gathered.counted.zones

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
            "zone_people": self.gathered.counted.people,
            "buildings": self.gathered.buildings,
            "streets": self.gathered.osm.streets,
            "open_spaces": self.gathered.osm.open_spaces,
            "places": self.gathered.places.places,
            "place_categories": self.gathered.places.categories,
            "gates": self.gathered.places.gates,
            "origins": self.origins,
            "origin_people": self.gathered.homes.origin_people,
            "snaps": self.walks.snaps(),
            **self.answers.tables(),
            "confidence": self.confidence,
            "scores": self.scores,
            "zone_scores": self.zone_scores,
            "rejected": pd.concat([ledger.rejected() for ledger in self.gathered.ledgers], ignore_index=True),
        }

    def layers(self) -> dict[str, gpd.GeoDataFrame]:
        """Return what a planner opens in QGIS: zones and homes with scores, places, gates, streets, open spaces."""
        places = self.gathered.places.with_categories()
        return {
            "zones": wide(self.zone_scores, self.zones),
            "homes": self.origins.merge(
                self.answers.of(REFERENCE).nearest_s.add_suffix("_s").join(self.scores).reset_index(), on="origin_id"
            ),
            "places": places.assign(categories=places["categories"].map(";".join)),
            "gates": self.gathered.places.gates,
            "streets": self.gathered.osm.streets,
            "open_spaces": self.gathered.osm.open_spaces,
        }
