"""What every drawing is made from: the tables of a run, its record, and the choices it was made with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar

import geopandas as gpd
import pandas as pd

from geokehila import names, people
from geokehila.catalogue import LANGUAGES, Catalogue
from geokehila.load.municipal.coordinates import NOWHERE
from geokehila.schema import ISRAEL_TM, OFFICIAL_LIST
from geokehila.study import Study

#: Kinds of rows of the lists that a municipality hands over: places, and sites for a hub.
PLACE, SITE = "place", "candidate"
#: What is opened in outside Israel.
ABROAD = "en"


@dataclass(frozen=True, eq=False)
class Town:
    """A town as a run found it, in memory or on disk.

    Attributes
    ----------
    study
        The choices, with the catalogue that they stand over.
    tables
        The tables of the run by name, as :data:`geokehila.schema.TABLES` promises them.
    record
        Content of ``run.json``.
    """

    study: Study
    tables: Mapping[str, pd.DataFrame]
    record: Mapping[str, Any]

    @property
    def catalogue(self) -> Catalogue:
        """Domains, categories, profiles, standards."""
        return self.study.catalogue

    #: Whether its zones are localities, with pages of their own.
    is_region: ClassVar[bool] = False

    def sheet(self, zone_id: str) -> str:
        """Return where the card of a zone is, from the page; "" where it has none."""
        return f"cards/{card_name(zone_id)}"

    @property
    def language(self) -> str:
        """What pages, cards and the workbook open in."""
        return language_of(self.study)

    @cached_property
    def city(self) -> dict[str, str]:
        """What the town is called, by language."""
        return {language: names.clean(names.shown(self.study.city.name, language)[0]) for language in LANGUAGES}

    @cached_property
    def zones(self) -> gpd.GeoDataFrame:
        """The zones to be shown: those the data reach; of hexagons those where somebody lives."""
        zones = self.tables["zones"]
        shown = zones["coverage_share"] > 0
        if self.study.zones.kind == "hexagons":
            shown &= zones["zone_id"].isin(self.tables["origins"]["zone_id"])
        return gpd.GeoDataFrame(zones[shown].reset_index(drop=True))

    @cached_property
    def uncounted(self) -> frozenset[str]:
        """Zones of which nobody tells how many people they have; one that is counted 0 is none of them."""
        table = self.tables.get("zone_people")
        return frozenset() if table is None else people.uncounted(table)

    @cached_property
    def hubs_listed(self) -> bool:
        """Whether lists that are said to be whole tell every hub that there is: where they show none there is none."""
        told, hubs = self.tables["confidence"], [key for key, one in self.catalogue.categories.items() if one.hub]
        reasons = told["reason"][told["subject"].isin(hubs)]
        return len(reasons) > 0 and bool((reasons == OFFICIAL_LIST).all())

    @property
    def is_fictional(self) -> bool:
        """Whether nothing of it is real."""
        return bool(self.record["fictional"])

    @property
    def weights(self) -> str:
        """What the numbers of people count: residents, voters or dwellings."""
        return str(self.record["weights"])

    @property
    def banners(self) -> tuple[str, ...]:
        """Keys of [banners] in the texts, the gravest first."""
        return tuple(self.record["banners"])

    @property
    def unplaced(self) -> dict[str, int]:
        """Rows of the municipality's lists of places and sites that have no place on the map, by file."""
        lost = {ledger["source"]: _nowhere(ledger["counts"]) for ledger in self.record.get("ledgers", ())}
        return {source: rows for source, rows in lost.items() if rows and source != "osm"}

    @property
    def walkers(self) -> tuple[str, ...]:
        """Keys of the profiles that walked."""
        return tuple(key for key in self.catalogue.profiles if f"scores_{key}" in self.tables)

    def homes(self, profile: str) -> pd.DataFrame:
        """Return what a profile reaches from each home: table ``scores_<profile>`` by origin_id."""
        table = self.tables[f"scores_{profile}"]
        return table if table.index.name == "origin_id" else table.set_index("origin_id")


def _nowhere(counts: Mapping[str, Any]) -> int:
    """Return how many places and sites of a source have no usable coordinates."""
    reasons = [counts.get(kind, {}).get("rejected", {}) for kind in (PLACE, SITE)]
    return sum(count for some in reasons for reason, count in some.items() if reason.startswith(NOWHERE))


def language_of(study: Study) -> str:
    """Return what everything that is written of a city opens in: its choice, else Hebrew, outside Israel English."""
    return study.language or (LANGUAGES[0] if study.crs == ISRAEL_TM else ABROAD)


def card_name(zone_id: str) -> str:
    """Return the name of an area's card, a file in ``cards/`` beside the page.

    Examples
    --------
    >>> card_name("9000-114"), card_name("9000-5+6")
    ('zone-9000-114.html', 'zone-74608e614c.html')
    """
    is_plain = re.fullmatch(r"[A-Za-z0-9_-]{1,40}", zone_id)
    return f"zone-{zone_id if is_plain else sha256(zone_id.encode()).hexdigest()[:10]}.html"
