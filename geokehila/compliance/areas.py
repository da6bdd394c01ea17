"""What is measured in areas, and held against a rule."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.analyses.tables import Tables
from geokehila.compliance.rules import (
    AREA,
    DWELLINGS,
    FALLS_SHORT,
    HUBS,
    NOT_JUDGED,
    OPEN,
    PEOPLE,
    ROUNDING,
    Found,
    Rule,
    verdict,
)
from geokehila.reach.arrays import Floats
from geokehila.schema import BEYOND, REACHED
from geokehila.zones import CITY
from geokehila.zones.inhabited import Inhabited
from geokehila.zones.people import People
from geokehila.zones.sums import PARTLY_KNOWN
from geokehila.zones.zoning import ELSEWHERE

#: Why an area is not judged by a rule, or what the rule asks for is not known.
FROM_MEMORY, OF_NEIGHBOURHOODS, SMALL = "value from memory", "asked of neighbourhoods only", "too small for the rule"
NOT_COMPUTED, LAND_UNKNOWN = "not_computed", "land_use_unknown"
#: Where the hub is that an area without one is served by.
OUTSIDE = "outside the area"
#: [m2] of a dunam.
DUNAM_M2 = 1000.0


@dataclass(frozen=True, eq=False)
class Areas:
    """The units of one zoning where somebody lives, and what is measured there."""

    tables: Tables
    lived_in: Inhabited
    scores: pd.DataFrame
    of_zones: pd.DataFrame

    @cached_property
    def people(self) -> tuple[Floats, Floats]:
        """People of homes by floor area, and by footprint alone, shape (O,)."""
        by_floor, by_footprint = (self.tables.origins[c].to_numpy(float) for c in ("people", "people_by_footprint"))
        return by_floor, by_footprint

    @cached_property
    def dwellings(self) -> tuple[Floats, Floats]:
        """Dwellings of homes in the same two ways; where none is mapped, as many as so many people have elsewhere."""
        by_floor, by_footprint = self.people
        of_building = self.tables.buildings.set_index("building_id")["dwellings"]
        counted = of_building.reindex(self.tables.origins["building_id"]).fillna(0.0).to_numpy(float)
        people = by_floor[counted > 0].sum()
        dwellings = np.where(counted > 0, counted, by_floor * (counted.sum() / people if people else 0.0))
        levels = np.divide(by_footprint, by_floor, out=np.ones(len(by_floor)), where=by_floor > 0)
        return dwellings, dwellings * levels

    def rows(self, rule: Rule) -> pd.DataFrame:
        """Judge these areas by one rule."""
        standards = self.tables.study.catalogue.standards
        least, most = standards[rule.least], standards.get(rule.most)
        found, silent = self._found(rule), self._silent(rule)
        verdicts = np.where(silent == "", verdict(found, least, most), NOT_JUDGED)
        low, high = self._concerned(rule, verdicts)
        return pd.DataFrame(
            {
                "zoning": self.lived_in.zoning.key,
                "zone_id": self.lived_in.ids,
                "standard": rule.key,
                "verdict": verdicts,
                "confidence": least.confidence,
                "measure": rule.measure,
                "basis": rule.basis,
                "unit": least.unit,
                "value": np.where(found.high - found.low <= ROUNDING, found.low, np.nan),
                "low": found.low,
                "high": found.high,
                "required_low": least.value,
                "required_high": most.value if most else np.nan,
                "people": self.lived_in.sums(self.people[0]),
                "people_concerned_low": low,
                "people_concerned_high": high,
                "source": least.source,
                "date": least.date,
                "reason": np.where(silent == "", found.reason, silent),
            }
        )

    def _found(self, rule: Rule) -> Found:
        if rule.basis == AREA:
            return self._of_area(rule)
        if rule.basis == HUBS:
            return self._served()
        return self._within(rule.measure, rule.basis)

    def _within(self, measure: str, basis: str = PEOPLE) -> Found:
        """Return the share of people or dwellings that is within a walk, by the wider of two ways to count them."""
        if f"{measure}_state" not in self.scores:
            return self._unknown(NOT_COMPUTED)
        weights = self.dwellings if basis == DWELLINGS else self.people
        counted = People(self.lived_in, basis, *weights, missing=np.zeros(len(weights[0])))
        words = self.scores[f"{measure}_state"].to_numpy(object)
        low, beyond = (counted.share((words == word)[:, None])[:, 0] for word in (REACHED, BEYOND))
        why = np.where(np.isnan(low), f"no {basis}", self._why_open(words, weights[0]))
        return Found(low, np.maximum(low, 1 - beyond), why)

    def _why_open(self, words: np.ndarray, weight: Floats) -> np.ndarray:
        """Return what leaves the answer open for most; "" where nothing does."""
        reasons = sorted({*words} - {REACHED, BEYOND})
        if not reasons:
            return np.full(len(self.lived_in.ids), "", object)
        sums = np.stack([self.lived_in.sums((words == reason) * weight) for reason in reasons])
        return np.where(sums.max(axis=0) > 0, np.array(reasons, object)[sums.argmax(axis=0)], "")

    def _unknown(self, reason: str) -> Found:
        nothing = np.full(len(self.lived_in.ids), np.nan)
        return Found(nothing, nothing, np.full(len(nothing), reason, object))

    def _measured(self, measure: str) -> Found:
        """Return a measure of these areas, which may be an interval; missing with the reason where there is none."""
        is_mine = (self.of_zones["zoning"] == self.lived_in.zoning.key) & (self.of_zones["measure"] == measure)
        told = self.of_zones[is_mine].set_index("zone_id")
        found = told.reindex(self.lived_in.ids)
        low, high = (found[end].fillna(found["value"]).to_numpy(float) for end in ("low", "high"))
        reason = found["reason"].fillna("").astype(object).where(found.index.isin(told.index), NOT_COMPUTED)
        return Found(low, high, reason.to_numpy(object))

    def _of_area(self, rule: Rule) -> Found:
        """Return a measure of whole areas; not known where it is not known whether they are large enough for it."""
        found = _of_the_whole(self._measured(rule.measure))
        if rule.known:
            found = _with_the_unknown(found, self._measured(rule.known))
        if not rule.from_dunam:
            return found
        land = self._measured("land_inside_m2")
        bare = np.isnan(land.low)
        low, high = (np.where(bare, np.nan, end) for end in (found.low, found.high))
        return Found(low, high, np.where(bare, land.reason, found.reason))

    def _served(self) -> Found:
        """Count the hubs inside, and where there is none, one that most people walk to; missing `high`: maybe one."""
        if f"{HUBS}_state" not in self.scores:
            return self._unknown(NOT_COMPUTED)
        within = self._within(HUBS)
        most = self.tables.study.catalogue.standards["hub_people_share"].value - ROUNDING
        places = self.tables.places
        keys = {*hubs(self.tables)}
        inside = self._inside(places[np.array([not keys.isdisjoint(own) for own in places["categories"]], bool)])
        is_walked_to = (inside == 0) & (within.low >= most)
        low = inside + is_walked_to
        is_settled = (low > 0) | (within.high < most)
        why = np.select([is_walked_to, is_settled], [OUTSIDE, ""], within.reason).astype(object)
        return Found(low, np.where(is_settled, low, np.nan), why)

    def _inside(self, places: gpd.GeoDataFrame) -> Floats:
        unit = self.lived_in.standing(places.geometry.representative_point().to_numpy())
        return np.bincount(unit[unit >= 0], minlength=len(self.lived_in.ids)).astype(float)

    def _silent(self, rule: Rule) -> np.ndarray:
        """Return why a rule says nothing of these areas; "" where it does."""
        standards, ids = self.tables.study.catalogue.standards, self.lived_in.ids
        from_memory = any(
            standards[key].confidence == "memory" for key in (rule.least, rule.most, rule.from_dunam) if key
        )
        is_rest = (ids == ELSEWHERE) | (self.lived_in.zoning.key == CITY)
        limit = standards[rule.from_dunam].value * DUNAM_M2 if rule.from_dunam else 0.0
        small = _of_the_whole(self._measured("land_inside_m2")).high <= limit if limit else np.zeros(len(ids), bool)
        rules = [np.full(len(ids), from_memory), is_rest & rule.of_neighbourhoods, small]
        return np.select(rules, [FROM_MEMORY, OF_NEIGHBOURHOODS, SMALL], "").astype(object)

    def _concerned(self, rule: Rule, verdicts: np.ndarray) -> tuple[Floats, Floats]:
        """Return the people whom it concerns, at least and at most; missing where the rule says nothing."""
        people = self.lived_in.sums(self.people[0])
        if rule.basis == AREA:
            low, high = people * (verdicts == FALLS_SHORT), people * np.isin(verdicts, (FALLS_SHORT, OPEN))
        else:
            within = self._within(HUBS if rule.basis == HUBS else rule.measure)
            low, high = people * (1 - within.high), people * (1 - within.low)
        said = verdicts != NOT_JUDGED
        return np.where(said, low, np.nan), np.where(said, high, np.nan)


def _of_the_whole(found: Found) -> Found:
    """Leave out what is measured of a part of an area only: in the rest it may be otherwise."""
    low, high = (np.where(found.reason == PARTLY_KNOWN, np.nan, end) for end in (found.low, found.high))
    return Found(low, high, found.reason)


def _with_the_unknown(found: Found, known: Found) -> Found:
    """Let a share of the land be as high as if all of it were so whose use is not known."""
    high = np.minimum(found.high + 1 - known.low, 1.0)
    why = np.where(np.isnan(known.low), known.reason, np.where(known.low < 1 - ROUNDING, LAND_UNKNOWN, ""))
    return Found(found.low, high, np.where(found.reason == "", why, found.reason))


def hubs(tables: Tables) -> list[str]:
    """Return the categories whose places are hubs."""
    return [key for key, category in tables.study.catalogue.categories.items() if category.hub]
