"""Everything one run computed, as the tables and layers it is kept in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import pandas as pd

from geokehila import network, people
from geokehila.access import Answers, Walks
from geokehila.advising import Advice
from geokehila.analyses.tables import Tables
from geokehila.catalogue import DISTANCE
from geokehila.changes import Since
from geokehila.gathered import Gathered
from geokehila.ledger import Ledger
from geokehila.load.roles import Inputs
from geokehila.measuring import Scores
from geokehila.schema import REFERENCE, check
from geokehila.store.tables import wide
from geokehila.study import Study
from geokehila.zones import CITY, ZONE


@dataclass(frozen=True, eq=False)
class Results:
    """What a run read and what it made of it.

    Attributes
    ----------
    gathered, given
        What the study's files hold, and that laid out for the analyses, table ``origins`` among it.
    walks, answers
        The ways with homes and gates on them; what each home reaches, by profile and direction.
    confidence
        Table ``confidence``: how far each zone's people, streets and lists of places can be believed.
    scores
        What the analyses make of it, for homes and for areas.
    advice
        What these ask for: gaps, what it would take, hubs, waves.
    since
        What changed since an earlier run; None where the study names none.
    """

    study: Study
    inputs: Inputs
    gathered: Gathered
    walks: Walks
    given: Tables
    answers: Answers
    confidence: pd.DataFrame
    scores: Scores
    advice: Advice
    since: Since | None

    @cached_property
    def rolling(self) -> Mapping[str, float]:
        """[m] How long the ways near homes are, and those of them that wheels are not known to pass."""
        homes = self.given.origins
        return network.rolling(self.gathered.osm.streets, homes.geometry[homes["people"] > 0])

    @property
    def ledgers(self) -> tuple[Ledger, ...]:
        """What became of everything that was read."""
        compared = (self.since.ledger,) if self.since else ()
        return (*self.gathered.ledgers, *self.advice.ledgers, *compared)

    @property
    def zones(self) -> gpd.GeoDataFrame:
        """Table ``zones``."""
        return self.gathered.counted.zones

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table of the run by name."""
        return {
            "zones": self.zones,
            "zone_people": self.gathered.counted.people,
            "buildings": self.gathered.buildings,
            "streets": self.gathered.osm.streets,
            "map_marks": self._marks(),
            "open_spaces": self.gathered.spaces,
            "zone_facts": self.gathered.zone_facts,
            **({"stops": self.gathered.timetable.stops} if self.gathered.timetable else {}),
            "places": self.gathered.places.places,
            "place_categories": self.gathered.places.categories,
            "place_sectors": self.gathered.places.sectors,
            "gates": self.gathered.places.gates,
            "origins": self.given.origins,
            "origin_people": self.gathered.homes.origin_people,
            "snaps": self.walks.snaps(),
            **self.answers.tables(),
            "confidence": self.confidence,
            **{f"scores_{profile}": scores for profile, scores in self.scores.of_homes.items()},
            "zone_scores": self.scores.of_zones,
            **self.scores.sheets,
            **self.advice.tables,
            **({"changes": self.since.table} if self.since else {}),
            **self._crosswalks(),
            "hub_catchments": check("hub_catchments", self.advice.layers["hub_catchments"]),
            "links": check("links", self.advice.layers["links"]),
            "zonings": check("zonings", pd.concat([zoning.table() for zoning in self.given.zonings])),
            "rejected": pd.concat([ledger.rejected() for ledger in self.ledgers], ignore_index=True),
        }

    def layers(self) -> dict[str, gpd.GeoDataFrame]:
        """Return what a planner opens in QGIS: zones and homes with scores, places, gates, streets, open spaces."""
        places = self.gathered.places.with_categories()
        return {
            "zones": wide(self.scores.of_zones, self.zones, ZONE, people.uncounted(self.gathered.counted.people)),
            **{
                f"zones_{zoning.key}": wide(self.scores.of_zones, zoning.units, zoning.key)
                for zoning in self.given.zonings
                if zoning.key not in (ZONE, CITY)
            },
            "homes": self._homes(),
            "places": places.assign(categories=places["categories"].map(";".join)),
            "gates": self.gathered.places.gates,
            "streets": self.gathered.osm.streets,
            "open_spaces": self.gathered.spaces,
            **self.scores.layers,
            **self.advice.layers,
            **({"communities": self.gathered.communities.units} if self.gathered.communities else {}),
        }

    def _crosswalks(self) -> dict[str, pd.DataFrame]:
        """Return what areas of other editions are of the zones, where they are at hand."""
        found = self.gathered.crosswalks
        parts = {"crosswalk": [one.cells for one in found], "crosswalk_areas": [one.areas for one in found]}
        return {name: check(name, pd.concat(tables)) for name, tables in parts.items() if tables}

    def _marks(self) -> gpd.GeoDataFrame:
        """Return table ``map_marks``: with it and the others kept, walks can be looked for anew."""
        mapped = self.gathered.osm
        shapes = {"extent": [mapped.extent], "kerb": mapped.kerbs.geometry, "entrance": mapped.entrances.geometry}
        rows = [(kind, number, shape) for kind, some in shapes.items() for number, shape in enumerate(some)]
        marks = gpd.GeoDataFrame(rows, columns=["kind", "number", "geometry"], crs=self.zones.crs)
        return check("map_marks", marks)

    def _homes(self) -> gpd.GeoDataFrame:
        """Return homes with an adult's scores, and those in metres."""
        scores = [self.scores.of_homes[profile] for profile in (REFERENCE, DISTANCE) if profile in self.scores.of_homes]
        return with_scores(self.given.origins, scores)


def with_scores(origins: gpd.GeoDataFrame, scores: Sequence[pd.DataFrame]) -> gpd.GeoDataFrame:
    """Put scores, each by origin_id, beside their homes."""
    return origins.merge(pd.concat(scores, axis=1).reset_index(), on="origin_id")
