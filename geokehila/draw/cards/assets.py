"""What there is: the places of each category in a zone, and the nearest outside it that a home there walks to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.catalogue import Category
from geokehila.draw.cards.stock import Ints, Stock, records
from geokehila.draw.cards.voice import NO_BREAK, Voice
from geokehila.names import NAME_COLUMNS
from geokehila.schema import REFERENCE

#: Categories whose places are named, beside hubs, and how many of each.
NAMED, MOST_NAMED = ("library", "school", "clinic", "park"), 3
#: The direction of walks that cutoffs are of.
TO = "to"
#: Why a zone has no places: no file carries any.
MAPPING, NO_LAYER = "mapping", "no_layer"

Found = Mapping[str, Mapping[str, list[int]]]


@dataclass(frozen=True, eq=False)
class Assets:
    """Places by zone; a place is told by its position in table ``places``."""

    stock: Stock

    @cached_property
    def rows(self) -> list[Mapping[str, Any]]:
        """Names of the places."""
        return records(self.stock.town.tables["places"], ["place_id", *NAME_COLUMNS])

    @cached_property
    def here(self) -> Found:
        """Places that stand in a zone, by zone and category."""
        zones, points = self.stock.town.zones, self.points
        place, zone = zones.sindex.query(points.to_crs(zones.crs), predicate="within")
        ids, found = zones["zone_id"].to_numpy(object), _nothing()
        of_place = self._categories
        for i, j in sorted(zip(zone.tolist(), place.tolist(), strict=True)):
            for category in of_place.get(j, ()):
                found[ids[i]][category].append(j)
        return found

    @cached_property
    def near(self) -> Found:
        """Places outside a zone that are the nearest of their category for a home in it, and within the cutoff."""
        walks, zones = self._walks, self._zone_of_home
        found, here = _nothing(), self.here
        for category in self.stock.town.catalogue.categories.values():
            within = (walks[f"{category.key}_s"] <= category.cutoff_s).to_numpy()
            place = self._ids.get_indexer(pd.Index(walks[f"{category.key}_place_id"][within]))
            pairs = np.unique(np.column_stack([zones[within], place])[place >= 0], axis=0)
            for i, j in pairs.tolist():
                zone_id = self._zone_ids[i]
                if j not in here.get(zone_id, {}).get(category.key, ()):
                    found[zone_id][category.key].append(j)
        return found

    @cached_property
    def points(self) -> gpd.GeoSeries:
        """A point inside each place."""
        return gpd.GeoDataFrame(self.stock.town.tables["places"]).geometry.representative_point()

    @cached_property
    def of_domains(self) -> Ints:
        """Positions of the places that belong to a domain and are no hub."""
        categories = self.stock.town.catalogue.categories
        belongs = [any(categories[key].domain and not categories[key].hub for key in some) for some in self._each]
        return np.flatnonzero(belongs)

    def said(self, voice: Voice, zone_id: str) -> dict[str, Any]:
        """Say it."""
        catalogue = self.stock.town.catalogue
        domains = [
            {"name": voice.called(domain), "list": voice.listed(self._counted(voice, zone_id, key))}
            for key, domain in catalogue.domains.items()
        ]
        named = [
            {"name": voice.called(category), "list": told}
            for category in catalogue.categories.values()
            if (category.hub or category.key in NAMED) and (told := self._named(voice, zone_id, category))
        ]
        row = self.stock.confidence.get(zone_id, {}).get(MAPPING, {})
        silence = f"belief.{row.get('reason')}" if row.get("reason") == NO_LAYER else "card.no_assets"
        return {
            "domains": [domain for domain in domains if domain["list"]],
            "named": named,
            "silence": voice.say(silence),
        }

    def _counted(self, voice: Voice, zone_id: str, domain: str) -> Iterator[str]:
        """Say how many places of each category of a domain there are; none is said where its list is believed."""
        for category in self.stock.town.catalogue.of_domain(domain):
            here, near = (len(found.get(zone_id, {}).get(category.key, ())) for found in (self.here, self.near))
            if here or near or self.stock.believes(zone_id, category.key):
                figures = {"here": voice.number(here), "near": voice.number(near)}
                told = voice.say("card.here_near", **figures) if near else figures["here"]
                yield f"{voice.called(category)} {told}".replace(" ", NO_BREAK)

    def _named(self, voice: Voice, zone_id: str, category: Category) -> str:
        found = [some.get(zone_id, {}).get(category.key, ()) for some in (self.here, self.near)]
        told = [*dict.fromkeys(name for some in found for i in some if (name := voice.name(self.rows[i], 40)))]
        more = len(told) - MOST_NAMED
        rest = [voice.say("card.and_more", count=voice.number(more))] if more > 0 else []
        return voice.listed([*told[:MOST_NAMED], *rest])

    @cached_property
    def _ids(self) -> pd.Index:
        ids: pd.Index = pd.Index(self.stock.town.tables["places"]["place_id"])
        return ids

    @cached_property
    def _categories(self) -> dict[int, list[str]]:
        table, found = self.stock.town.tables["place_categories"], defaultdict(list)
        known = self.stock.town.catalogue.categories
        for i, key in zip(
            self._ids.get_indexer(pd.Index(table["place_id"])).tolist(), table["category"].tolist(), strict=True
        ):
            if key in known:
                found[i].append(key)
        return found

    @cached_property
    def _each(self) -> list[list[str]]:
        return [self._categories.get(i, []) for i in range(len(self.rows))]

    @cached_property
    def _walks(self) -> pd.DataFrame:
        """An adult's walks to the nearest place of each category, of the homes of the zones."""
        table = self.stock.town.tables["access_nearest"]
        return table[(table["profile"] == REFERENCE) & (table["direction"] == TO)]

    @cached_property
    def _zone_ids(self) -> list[str]:
        return sorted({*self.stock.town.tables["origins"]["zone_id"]})

    @cached_property
    def _zone_of_home(self) -> Ints:
        """Position of the zone of each home of the walks."""
        zone = self.stock.town.tables["origins"].set_index("origin_id")["zone_id"].reindex(self._walks["origin_id"])
        return np.asarray(pd.Index(self._zone_ids).get_indexer(pd.Index(zone)))


def _nothing() -> dict[str, dict[str, list[int]]]:
    return defaultdict(lambda: defaultdict(list))
