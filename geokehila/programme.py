"""The programme sheet (פרוגרמה): what a study's own standards ask to be there for the residents, and what is mapped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geokehila.analyses.tables import Tables
from geokehila.catalogue.programme import ProgrammeStandard
from geokehila.reach.arrays import Floats, Ints
from geokehila.schema import LOADED, NOT_KNOWN, UNKNOWN, check
from geokehila.zones import TOTAL
from geokehila.zones.inhabited import Inhabited

#: What a programme of public needs asks about, and the category whose places are there; empty: no category is the same.
TOPICS: Mapping[str, str] = {
    "kindergarten": "kindergarten",
    "primary_school": "",
    "secondary_school": "",
    "mother_and_child_clinic": "",
    "clinic": "clinic",
    "community_centre": "community_centre",
    "hub": "",
    "youth_club": "",
    "senior_club": "",
    "library": "library",
    "worship": "worship",
    "sport": "sport",
    "open_space": "park",
}
ASSESSED, NOT_ASSESSED = "assessed", "not assessed"
#: Why a topic is not assessed, or only in part.
NO_STANDARD, NO_GROUP, PARTLY_KNOWN = "no standard is given", "the source counts no such group", "partly unknown"
#: What a standard counts by; voters and dwellings are none.
RESIDENTS = "residents"
_ASSESSED = ("people", "required_count", "required_whole_count", "land_dunam", "floor_m2", "there_low", "there_high",
             "difference_low", "difference_high")  # fmt: skip


def sheet(tables: Tables, zone_people: pd.DataFrame, weights: str = RESIDENTS) -> pd.DataFrame:
    """Reckon what is asked to be there for the residents of every area where somebody lives, and of the city.

    Parameters
    ----------
    tables
        Its `study` holds the standards, `places` what is mapped, `lists` how far that is believed.
    zone_people
        Table ``zone_people``: every age group that the source counts.
    weights
        What the source counts: residents, voters or dwellings.

    Returns
    -------
    DataFrame
        Table ``programme``. `people` of the group; `required_count` units, exact, and `required_whole_count`, rounded
        up; `land_dunam` and `floor_m2` that the whole units take; `places_count` mapped inside; `there_low` and
        `there_high` [units] (missing `high`: the list is not believed; both: it is not told how many units a place
        has); `difference_*` = there - required, below 0 where units are missing. `state` is ``assessed`` or ``not
        assessed`` with the reason. No value stands in for a standard that the study does not give.

    Examples
    --------
    >>> found = sheet(tables, counted.people, counted.weights)  # doctest: +SKIP
    >>> found[found.state == "assessed"][["zone_id", "topic", "required_whole_count", "there_low"]]  # doctest: +SKIP
    """
    needs = _Needs(tables, zone_people, weights)
    topics = [needs.topic(key) for key in {**TOPICS, **tables.study.programme}]
    areas = [_Areas(tables, Inhabited(zoning)) for zoning in tables.zonings]
    return check("programme", pd.concat([_rows(area, topic) for area in areas for topic in topics], ignore_index=True))


@dataclass(frozen=True, eq=False)
class _Topic:
    """What is asked about one topic: by which standard, of how many people at each home (O,); or why it is not."""

    key: str
    category: str
    standard: ProgrammeStandard | None
    people: Floats
    why_not: str


@dataclass(frozen=True, eq=False)
class _Needs:
    """Who needs what."""

    tables: Tables
    zone_people: pd.DataFrame
    weights: str

    def topic(self, key: str) -> _Topic:
        """Return one topic, with the people whom the study's standard speaks of."""
        standard = self.tables.study.programme.get(key)
        category = standard.category if standard else TOPICS[key]
        mapped = category if category in self.tables.study.catalogue.categories else ""
        if standard is None:
            return _Topic(key, mapped, None, np.empty(0), NO_STANDARD)
        people = self._people(standard.group)
        why_not = "" if np.isfinite(people).any() else NO_GROUP
        if self.weights != RESIDENTS:
            why_not = f"counted in {self.weights}"
        return _Topic(key, mapped, standard, people, why_not)

    def _people(self, group: str) -> Floats:
        """People of a group at each home, spread as all of its zone are; missing where they are not counted, (O,)."""
        origins, of_homes = self.tables.origins, self.tables.origin_people
        placed = of_homes[of_homes["group"] == group].set_index("origin_id")["people"]
        if len(placed):
            return placed.reindex(origins["origin_id"]).to_numpy(float)
        counted = self.zone_people[self.zone_people["group"].isin((TOTAL, group))]
        by_zone = counted.pivot(index="zone_id", columns="group", values="people").reindex(columns=[TOTAL, group])
        total, some = by_zone.reindex(origins["zone_id"]).to_numpy(float).T
        share = np.divide(some, total, out=np.full(len(total), np.nan), where=total > 0)
        people: Floats = origins["people"].to_numpy(float) * share
        return people


@dataclass(frozen=True, eq=False)
class _Areas:
    """The units of one zoning where somebody lives, and what is mapped in them."""

    tables: Tables
    lived_in: Inhabited

    @cached_property
    def unit(self) -> Ints:
        """Unit in which each place stands, -1 in none."""
        return self.lived_in.standing(self.tables.places.geometry.representative_point().to_numpy())

    def places(self, category: str) -> Floats:
        """Count the places of a category in each unit; missing of no category."""
        if not category:
            return np.full(len(self.lived_in.ids), np.nan)
        is_one = np.array([category in keys for keys in self.tables.places["categories"]], bool) & (self.unit >= 0)
        return np.bincount(self.unit[is_one], minlength=len(self.lived_in.ids)).astype(float)

    def listed(self, category: str) -> np.ndarray:
        """Return what the list of a category is worth in each unit: loaded where it is around every home."""
        if not category:
            return np.full(len(self.lived_in.ids), "", object)
        state = self.tables.listed(category).to_numpy(object)
        nobody = self.lived_in.sums(np.ones(len(state))) == 0
        found = [self.lived_in.sums(1.0 * (state == reason)) > 0 for reason in UNKNOWN]
        return np.select([nobody, *found], [NOT_KNOWN, *UNKNOWN], LOADED).astype(object)


def _rows(areas: _Areas, topic: _Topic) -> pd.DataFrame:
    """Tell of one topic in the units of one zoning."""
    columns: dict[str, Any] = {
        "zoning": areas.lived_in.zoning.key,
        "zone_id": areas.lived_in.ids,
        "topic": topic.key,
        **{name: getattr(topic.standard, name, "") for name in ("group", "unit", "source", "date")},
        "category": topic.category,
        "listed": areas.listed(topic.category),
        "places_count": areas.places(topic.category),
    }
    if topic.standard is None or topic.why_not:
        nothing = dict.fromkeys(_ASSESSED, np.nan)
        return pd.DataFrame({**columns, **nothing, "state": NOT_ASSESSED, "reason": topic.why_not})
    return pd.DataFrame({**columns, **_assessed(areas.lived_in, topic.standard, topic.people, columns)})


def _assessed(
    lived_in: Inhabited, standard: ProgrammeStandard, people: Floats, mapped: Mapping[str, Any]
) -> dict[str, Any]:
    """Hold what is mapped against what is asked for; of people who are not counted more may be asked."""
    uncounted, homes = lived_in.sums(1.0 * np.isnan(people)), lived_in.sums(np.ones(len(people)))
    none, partly = (uncounted > 0) & (uncounted == homes), (uncounted > 0) & (uncounted < homes)
    counted = np.where(none, np.nan, lived_in.sums(np.nan_to_num(people)))
    required = counted * standard.share / standard.per
    whole = np.ceil(required.round(9))
    there = mapped["places_count"] * (standard.units_per_place or np.nan)
    at_most = np.where(mapped["listed"] == LOADED, there, np.nan)
    return {
        "state": np.where(none, NOT_ASSESSED, ASSESSED),
        "people": counted,
        "required_count": required,
        "required_whole_count": whole,
        "land_dunam": whole * (standard.dunam_per_unit or np.nan),
        "floor_m2": whole * (standard.m2_per_unit or np.nan),
        "there_low": there,
        "there_high": at_most,
        "difference_low": np.where(partly, np.nan, there - required),
        "difference_high": at_most - required,
        "reason": np.select([none, partly], [NO_GROUP, PARTLY_KNOWN], ""),
    }
