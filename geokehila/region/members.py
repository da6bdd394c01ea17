"""The localities of a region: those that were run and can be compared, and those that were not."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue import REGIONS, Catalogue, City, cities
from geokehila.catalogue.otherwise import Others, differing
from geokehila.journal import FAILED
from geokehila.names import LANGUAGES
from geokehila.schema import ISRAEL_TM, WGS84
from geokehila.store import kept

#: Why a locality has no numbers in its region's.
NOT_RUN, OTHER_WEIGHTS, OTHER_CHOICES = "not run", "counts others than residents", "other choices"
#: Of people who live outside every recognised locality; and their region's stand-in for a society.
OUTSIDE = "outside recognised localities"
#: Facts of a run: who is counted, and stands on no map.
NOT_PLACED = ("people_outside", "people_in_no_area", "people_in_no_number")
#: [m] Radius of the circle of a locality: at least, and for each root of a resident.
LEAST_M, PER_ROOT_M = 900.0, 11.0


@dataclass(frozen=True, eq=False)
class Member:
    """A locality of a region.

    Attributes
    ----------
    tables, record
        Of its last run; empty where there is none.
    reason
        Why it is not summed up: ``not run``, ``counts others than residents``, ``other choices``; "": it is.
    """

    city: City
    tables: Mapping[str, pd.DataFrame]
    record: Mapping[str, Any]
    reason: str

    @property
    def otherwise(self) -> Others:
        """Which choices of its run keep it from being summed up; none where nothing or another reason does."""
        return differing(self.record, Catalogue.read().told()) if self.reason == OTHER_CHOICES else {}

    @property
    def is_run(self) -> bool:
        """Whether there is a run of it."""
        return bool(self.record)

    @property
    def people(self) -> float:
        """Residents as its run has them on its map, else as registered; missing where nobody has counted them."""
        if not self.reason:
            return float(self.record["facts"]["people_placed"])
        return float(self.city.population) if self.city.population else math.nan

    @property
    def not_placed(self) -> float:
        """Residents whom the source of its run counts, but outside the data of its map, or where no area tells of them.

        They are beside :attr:`people`; of one that is not summed up 0, for all who are registered there are not known.
        """
        facts = self.record["facts"] if not self.reason else dict.fromkeys(NOT_PLACED, 0.0)
        return float(sum(facts[key] for key in NOT_PLACED))

    @property
    def symbol(self) -> shapely.Geometry:
        """A circle where it is [m], whose area grows with its residents: towns are too small to be seen in a region."""
        people = self.not_placed + (0.0 if math.isnan(self.people) else self.people)
        return shapely.Point(self.middle).buffer(LEAST_M + PER_ROOT_M * people**0.5)

    @cached_property
    def middle(self) -> tuple[float, float]:
        """Where it is, Israel TM Grid [m]: the middle of its zones, without a run as the catalogue has it."""
        if self.is_run:
            zones = gpd.GeoDataFrame(self.tables["zones"]).to_crs(ISRAEL_TM)
            at = shapely.union_all(zones.geometry.to_numpy()).centroid
        else:
            at = gpd.GeoSeries([shapely.Point(self.city.lon, self.city.lat)], crs=WGS84).to_crs(ISRAEL_TM).iloc[0]
        return float(at.x), float(at.y)

    @property
    def clusters(self) -> dict[str, str]:
        """By the key of an area the socio-economic cluster, 1 low to 10 high, of those of which a source tells it."""
        if self.reason:
            return {}
        facts = self.tables["zone_facts"]
        told = facts[facts["fact"] == "ses_cluster"].dropna(subset="value")
        return {
            f"{self.city.slug}/{key}": f"{value:.0f}" for key, value in zip(told["zone_id"], told["value"], strict=True)
        }

    def city_rows(self, table: str) -> pd.DataFrame:
        """Return the rows of a table that are of the whole locality; none where it is not summed up."""
        rows = self.tables[table] if not self.reason else pd.DataFrame(columns=["zoning"])
        return rows[rows["zoning"] == "city"]


def members(region: str, out: Path, outside: gpd.GeoDataFrame | None = None) -> list[Member]:
    """Return the localities of a programme region by slug, and who lives outside them; those for reference are in none.

    Parameters
    ----------
    outside
        Settlements of :func:`geokehila.load.outside.read`: each belongs to the region of the locality nearest to it.
    """
    listed = [city for city in cities().values() if city.programme_region in REGIONS]
    own = sorted((city for city in listed if city.programme_region == region), key=lambda city: city.slug)
    beyond = [] if outside is None else [_settlement(row, listed) for row in outside.to_crs(WGS84).itertuples()]
    apart = [Member(city, {}, {}, OUTSIDE) for city in beyond if city.programme_region == region]
    catalogue = Catalogue.read()
    return [*(_member(city, out, catalogue) for city in own), *apart]


def all_people(members: Sequence[Member]) -> float:
    """Return the residents of localities, those who stand on no map among them; who is not counted is none of them."""
    return float(np.nansum([[member.people, member.not_placed] for member in members]))


def _settlement(row: Any, listed: Sequence[City]) -> City:
    """Return a settlement as a locality without a code, in the region of the nearest one."""
    at = row.geometry.representative_point()
    nearest = min(
        listed, key=lambda city: ((city.lon - at.x) * math.cos(math.radians(at.y))) ** 2 + (city.lat - at.y) ** 2
    )
    names = {language: name for language in LANGUAGES if isinstance(name := getattr(row, f"name_{language}"), str)}
    people = 0 if math.isnan(row.residents) else round(row.residents)
    return City(row.place_id, 0, names, "", nearest.programme_region, OUTSIDE, people, lat=at.y, lon=at.x)


def _member(city: City, out: Path, catalogue: Catalogue) -> Member:
    place = out / "data" / "processed" / city.slug
    if not (place / "latest").is_file():
        return Member(city, {}, {}, NOT_RUN)
    folder = kept.newest(out, city.slug)
    record = kept.record(folder)
    return Member(city, kept.KeptTables(folder), record, _why_apart(record, catalogue))


def why_failed(out: Path, slug: str) -> str:
    """Return why the last try to run a locality failed; "" where none did, or was not told."""
    told = out / "data" / "processed" / slug / kept.UNFINISHED / kept.RECORD
    try:
        left = json.loads(told.read_text(encoding="utf-8"))
        return str(left["error"]) if left["state"] == FAILED else ""
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def _why_apart(record: Mapping[str, Any], catalogue: Catalogue) -> str:
    """Return why a run cannot be held beside others: it counts others, or chose otherwise what it tells of."""
    if record["weights"] != "residents":
        return OTHER_WEIGHTS
    return OTHER_CHOICES if differing(record, catalogue.told()) else ""
