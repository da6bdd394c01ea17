"""What an analysis reads, and what it returns: the same nouns for every question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.access import Access, Ways
from geokehila.catalogue import Alert
from geokehila.schema import LOADED, NOT_MAPPED, REFERENCE, TABLES
from geokehila.study import Study
from geokehila.zones import Zoning

#: Columns of what is measured on areas: keys of table ``zone_scores`` but profile and group.
UNIT_COLUMNS = ("zoning", "zone_id", "measure", "value", "low", "high", "reason")


def _none() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[])


def _no_sectors() -> pd.DataFrame:
    return pd.DataFrame(columns=[*TABLES["place_sectors"].columns], dtype="str")


@dataclass(frozen=True, eq=False)
class Tables:
    """Everything a study holds before it is measured; a table that the files do not carry is empty.

    Attributes
    ----------
    origins, origin_people, zone_people
        Table ``origins`` with what an adult's ways add to it, and tables ``origin_people`` and ``zone_people``.
    weights
        What people are counted in: residents, voters or dwellings.
    zonings
        Areas that homes are summed over: ``zone`` (the study's own), others that the files carry, and ``city``.
    lists
        State of each category's list of places around each zone, by zone_id: loaded, not mapped, not loaded.
    places, gates
        Table ``places`` with `categories` (tuple of keys), and where they are entered.
    place_sectors
        Table ``place_sectors``: for whom places are, as far as told.
    roads, crossings, trees, lamps, land_uses
        The street fabric and the uses of land, as :class:`geokehila.load.osm.OsmData` holds them.
    stops
        Table ``stops`` of the timetable.
    zone_facts
        Table ``zone_facts``: what sources say of zones beside people.
    alert
        Seconds from alarm to impact, None where no dated source tells.
    extent
        What the data cover.
    """

    study: Study
    origins: gpd.GeoDataFrame
    origin_people: pd.DataFrame = field(default_factory=pd.DataFrame)
    zone_people: pd.DataFrame = field(default_factory=pd.DataFrame)
    weights: str = "residents"
    zonings: tuple[Zoning, ...] = ()
    lists: pd.DataFrame = field(default_factory=pd.DataFrame)
    places: gpd.GeoDataFrame = field(default_factory=_none)
    gates: gpd.GeoDataFrame = field(default_factory=_none)
    place_sectors: pd.DataFrame = field(default_factory=_no_sectors)
    buildings: gpd.GeoDataFrame = field(default_factory=_none)
    streets: gpd.GeoDataFrame = field(default_factory=_none)
    open_spaces: gpd.GeoDataFrame = field(default_factory=_none)
    roads: gpd.GeoDataFrame = field(default_factory=_none)
    crossings: gpd.GeoDataFrame = field(default_factory=_none)
    trees: gpd.GeoDataFrame = field(default_factory=_none)
    lamps: gpd.GeoDataFrame = field(default_factory=_none)
    land_uses: gpd.GeoDataFrame = field(default_factory=_none)
    stops: pd.DataFrame = field(default_factory=pd.DataFrame)
    zone_facts: pd.DataFrame = field(default_factory=pd.DataFrame)
    alert: Alert | None = None
    ways: Ways | None = None
    extent: shapely.Geometry = field(default_factory=shapely.Polygon)

    @cached_property
    def _lists(self) -> pd.DataFrame:
        """What each list is worth around each home."""
        return self.lists.astype(object).reindex(self.origins["zone_id"]).set_axis(self.origins.index)

    def listed(self, category: str) -> pd.Series:
        """Return what the list of a category is worth around each home, by the rows of `origins`."""
        if category not in self.lists:
            return pd.Series(LOADED, self.origins.index)
        state: pd.Series = self._lists[category]
        return state

    def listed_in(self, zone_ids: np.ndarray, category: str) -> np.ndarray:
        """Return what the list of a category is worth in zones; not mapped where that was not asked."""
        if category not in self.lists:
            return np.full(len(zone_ids), LOADED, object)
        state: np.ndarray = self.lists[category].astype(object).reindex(zone_ids, fill_value=NOT_MAPPED).to_numpy()
        return state

    def told(self, fact: str) -> pd.DataFrame:
        """Return `value` and `text` of a fact of each home's zone, by the rows of `origins`; missing: nobody tells."""
        facts = self.zone_facts.reindex(columns=["zone_id", "fact", "value", "text"])
        mine = facts[facts["fact"] == fact].set_index("zone_id")[["value", "text"]]
        mine = mine.astype({"value": float, "text": object})
        of_homes: pd.DataFrame = mine.reindex(self.origins["zone_id"]).set_axis(self.origins.index)
        return of_homes

    def label(self, fact: str) -> pd.Series:
        """Return what a fact says of each home's zone as text, a number too; missing where no source tells it."""
        told = self.told(fact)
        number = told["value"].map("{:g}".format, na_action="ignore").astype(object)
        text: pd.Series = number.where(number.notna(), told["text"])
        return text

    def border(self, access: Access) -> pd.Series:
        """[s] Return the fastest walk of a profile from each home to the edge of the data; of `distance` it is [m]."""
        walk: pd.Series = self.origins["border_m"] / access.fastest_m_s
        return walk


@dataclass(frozen=True)
class Absent:
    """A measure that could not be computed, and why: a key of [absent] in catalogue/text."""

    measure: str
    reason: str


@dataclass(frozen=True, eq=False)
class Measured:
    """What an analysis made.

    Attributes
    ----------
    homes
        By profile one row a home, by origin_id, and one column a measure; how it is summed over zones its suffix tells
        (:mod:`geokehila.zones`). What is of no profile in particular stands under ``adult``.
    units
        What is measured on areas instead of homes: :data:`UNIT_COLUMNS`.
    layers
        Layers of its own for QGIS, by name.
    absent
        What could not be computed, and why.
    """

    homes: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    units: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*UNIT_COLUMNS]))
    layers: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    absent: tuple[Absent, ...] = ()

    @classmethod
    def of_homes(cls, scores: pd.DataFrame, **more: Any) -> Measured:
        """Return measures of homes that are of no profile in particular."""
        return cls({REFERENCE: scores}, **more)
