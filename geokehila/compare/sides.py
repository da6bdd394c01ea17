"""One run as it is compared: what it tells of itself, its people and areas, and the states of its homes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila import lines
from geokehila.access import TO
from geokehila.arguments import quoted
from geokehila.brief import Brief
from geokehila.changes import KEY
from geokehila.errors import InputError, StudyError
from geokehila.pipeline import Run
from geokehila.store import kept
from geokehila.zones import CITY, ELSEWHERE, ZONE, Homes, Zoning, summarise

#: What a comparison reads of every run.
NEEDED = ("zone_scores", "origins", "origin_people", "zones", "zonings", "places", "place_categories", "access_nearest")
PEOPLE = "people"
States = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False, repr=False)
class Side(Brief):
    """A run that is held against another.

    Attributes
    ----------
    record
        Content of its ``run.json``.
    tables
        Its tables by name.

    Examples
    --------
    >>> side = Side.read("dimona")  # doctest: +SKIP
    >>> side.date  # doctest: +SKIP
    '2025-01-01'
    """

    record: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]

    def _title(self) -> str:
        return f"run {self.record['run_id']} of {self.slug}, {self.date or 'no date'}"

    @classmethod
    def read(cls, run: Run | Path | str) -> Side:
        """Open a finished run.

        Parameters
        ----------
        run
            Itself, its folder, or a city's slug for its newest.

        Raises
        ------
        StudyError, InputError
            It is none of these, or the folder holds no whole run.

        Examples
        --------
        >>> Side.read("dimona").told["version"]  # doctest: +SKIP
        '0.1.0'
        """
        folder = folder_of(run)
        record, tables = kept.record(folder), kept.KeptTables(folder)
        scores = [f"scores_{profile}" for profile in record["profiles"]]
        if lost := [name for name in (*NEEDED, *scores) if name not in tables]:
            raise InputError(f"{folder}: holds no {lost[0]}.parquet: name the folder of a finished run")
        return cls(record, tables)

    @property
    def slug(self) -> str:
        """Slug of its city."""
        return str(self.record["city"]["slug"])

    @property
    def date(self) -> str:
        """Date of its map, else the newest of its other inputs; "" where none is known."""
        dates: Mapping[str, str] = self.record["dates"]
        return dates.get("osm") or max(dates.values(), default="")

    @property
    def order(self) -> tuple[str, str]:
        """What runs of a city are ordered by: the date of the map, then the newest of the other inputs."""
        return lines.dates(self.record)

    @property
    def told(self) -> dict[str, str]:
        """What names it: `city`, `run_id`, `version`, `date`."""
        known = self.record
        return {"city": self.slug, "run_id": known["run_id"], "version": known["version"], "date": self.date}

    @property
    def stems(self) -> list[str]:
        """What it tells of every home, ``category_<key>`` and ``domain_<key>``."""
        domains = [f"domain_{row['key']}" for row in self.record["domains"]]
        return [*(f"category_{key}" for key in self.record["categories"]), *domains]

    def indicators(self) -> pd.DataFrame:
        """Return the rows of table ``zone_scores`` that are compared: people, and shares of categories and domains.

        Examples
        --------
        >>> "people" in {*Side.read("dimona").indicators()["measure"]}  # doctest: +SKIP
        True
        """
        scores = self.tables["zone_scores"]
        wanted = [PEOPLE, *(f"{stem}_share" for stem in self.stems)]
        return scores[scores["measure"].isin(wanted)].reset_index(drop=True)

    def states(self) -> dict[str, pd.DataFrame]:
        """Return by profile the states of categories and domains, ``<stem>_state``, rows homes by origin_id.

        Examples
        --------
        >>> "domain_health_state" in Side.read("dimona").states()["adult"]  # doctest: +SKIP
        True
        """
        columns = [f"{stem}_state" for stem in self.stems]
        return {
            profile: self.tables[f"scores_{profile}"].set_index("origin_id")[columns].astype(object)
            for profile in self.record["profiles"]
        }

    def nearest(self, profile: str, category: str) -> pd.Series:
        """Return the place of a category nearest to each home, by origin_id; missing where there is none.

        Parameters
        ----------
        profile, category
            Who walks, and to what: keys of the catalogue.

        Examples
        --------
        >>> Side.read("dimona").nearest("adult", "clinic").notna().any()  # doctest: +SKIP
        np.True_
        """
        walks = self.tables["access_nearest"]
        rows = walks[(walks["profile"] == profile) & (walks["direction"] == TO)]
        return rows.set_index("origin_id")[f"{category}_place_id"].astype(object)

    def shares(self, states: States) -> pd.DataFrame:
        """Sum states of homes over this run's areas, weighted by its people; homes without states are left out.

        Parameters
        ----------
        states
            As of :meth:`states`, of the homes of any run: those that this one has too are summed.

        Returns
        -------
        DataFrame
            Rows of table ``zone_scores``: ``<stem>_share`` with `low` and `high`, 0 to 1.

        Examples
        --------
        >>> side = Side.read("dimona")  # doctest: +SKIP
        >>> bool(side.shares(side.states())["low"].dropna().between(0, 1).all())  # doctest: +SKIP
        True
        """
        known = pd.concat([pd.Series(0, state.index) for state in states.values()], axis=1, join="inner").index
        origins = self.tables["origins"]
        origins = origins[origins["origin_id"].isin(known)].reset_index(drop=True)
        people = self.tables["origin_people"]
        far = np.full(len(origins), np.inf)
        homes = {
            profile: Homes(state.loc[origins["origin_id"]].reset_index(drop=True), far, 0.0, "")
            for profile, state in states.items()
        }
        rows = summarise(homes, self._zonings(origins), origins, people[people["origin_id"].isin(known)])
        return rows[rows["measure"].isin([f"{stem}_share" for stem in self.stems])].reset_index(drop=True)

    def _zonings(self, origins: gpd.GeoDataFrame) -> tuple[Zoning, ...]:
        """Return every way in which the run divides the city, with some of its homes in them."""
        zones, table = self.tables["zones"], self.tables["zonings"]
        units = table[table["zone_id"] != ELSEWHERE]
        others = sorted({*table["zoning"]} - {ZONE, CITY})
        over = [Zoning.over(key, units[units["zoning"] == key], zones, origins) for key in others]
        return (Zoning.of_zones(zones, origins), *over, Zoning.of_city(zones, origins))


def folder_of(run: object) -> Path:
    """Return the folder of a run: of the run itself, as it is named, or of the newest of a city."""
    named = run.path if isinstance(run, Run) else run
    if not isinstance(named, str | Path):
        raise StudyError(f"run {quoted(run)}: give a Run, the folder of one, or the slug of a city")
    return kept.folder(named)


def ends(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the least and the most that each indicator can be, `low` and `high`; of an exact one both are the same."""
    rows = scores.set_index(KEY)
    value = rows["value"].astype(float)
    return pd.DataFrame({end: rows[end].astype(float).fillna(value) for end in ("low", "high")})
