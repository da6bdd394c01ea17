"""Gaps in sentences: Hebrew, Arabic and English, neutral, and without numbers of fewer than ten people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from geokehila.catalogue.phrases import Phrases, whole
from geokehila.confidence import NETWORK
from geokehila.gaps.belief import DOUBTS, LIST, PARTIAL
from geokehila.gaps.groups import AGE, CLUSTER, EVERYBODY
from geokehila.names import LANGUAGES
from geokehila.schema import EDGE, NOT_KNOWN, THIN
from geokehila.study import Study
from geokehila.zones.naming import NEAR
from geokehila.zones.telling import Units
from geokehila.zones.zoning import ELSEWHERE

#: Fewer people are not told by their number.
LEAST_TOLD = 10
#: Sentences of a gap that is certain, and where a doubt about its number is said.
_CERTAIN, _DOUBTED = ("range", "exact", "all", "at_least", "at_most", "few"), (THIN, NOT_KNOWN)
#: What a zone_id ends on that is what the areas of a layer leave of a locality.
REST = "-rest"


@dataclass(frozen=True, eq=False)
class Sentences:
    """Sentences of one study in one language.

    Attributes
    ----------
    zonings
        Table ``zonings``: the names of its units.
    weights
        What people are counted in: residents, voters or dwellings.

    Examples
    --------
    >>> Sentences(study, zonings, "residents", "en").of(row)  # doctest: +SKIP
    'A gap of a clinic for 900 of the 4,100 residents of Dan: for half of these the nearest is within 21 min (1.6 km).'
    """

    study: Study
    zonings: pd.DataFrame
    weights: str
    language: str

    @cached_property
    def phrases(self) -> Phrases:
        """What is said in the language."""
        return Phrases(self.language)

    @cached_property
    def units(self) -> Units:
        """Names of units; the city's are the study's."""
        return Units.of(self.zonings, self.phrases, self.study.city.name)

    def of(self, row: Mapping[str, Any]) -> str:
        """Return the sentence of one row of table ``gaps``."""
        said = self._gap(row) + self._likely(row) + self._doubt(row) + self._nearest(row) + "."
        return f"{said} {self.phrases.say('gaps.partial')}" if row["reliability"] == PARTIAL else said

    def of_small_areas(self, people: float, least: float) -> str:
        """Return how many live in areas of fewer than so many, and that the gap of the whole city follows."""
        phrases, counted = self.phrases, self.phrases.say(f"the_weights.{self.weights}")
        return phrases.say(
            "gaps.few_people", people=self._count(people), the_weights=counted, least=phrases.number(least)
        )

    def of_not_ranked(self, shown: int, of: int) -> str:
        """Return why gaps that are certain for somebody have no place, and how many of them follow."""
        phrases, counted = self.phrases, self.phrases.say(f"the_weights.{self.weights}")
        numbers = {"shown": phrases.number(shown), "number": phrases.number(of)}
        return phrases.say("gaps.not_ranked", the_weights=counted, **numbers)

    def name(self, row: Mapping[str, Any]) -> str:
        """Return what the unit of a row is called, and which it is of several; its zone_id where nobody named it."""
        return self.units.called(str(row["zoning"]), str(row["zone_id"])) or str(row["zone_id"])

    def _gap(self, row: Mapping[str, Any]) -> str:
        """Say for how many there is a gap."""
        phrases, kind = self.phrases, _kind(row)
        words = {end: self._count(row[f"beyond_{end}"]) for end in ("low", "high")}
        return phrases.say(
            f"gaps.{kind}",
            category=phrases.category(self.study.catalogue.categories[row["category"]]),
            people=self._people(row),
            cutoff=phrases.minutes(row["cutoff_s"]),
            few=self._count(0.0),
            **words,
        )

    def _count(self, people: float) -> str:
        """Return a number of people; a small one or one that is not known in words."""
        if pd.isna(people):
            return self.phrases.say("number.uncounted")
        if whole(people) < LEAST_TOLD:
            return self.phrases.say("number.few", least=self.phrases.number(LEAST_TOLD))
        return self.phrases.number(people)

    def _people(self, row: Mapping[str, Any]) -> str:
        """Return who is counted, how many, and where."""
        where, words = self._where(row), {"number": self._count(row["people"]), "group": self._group(row)}
        if where == "of":
            return self.phrases.say(f"{self.weights}.of", name=self.name(row), **words)
        return self.phrases.say(
            f"{self.weights}.at", where=self.phrases.say(f"where.{where}", name=self.name(row)), **words
        )

    def _where(self, row: Mapping[str, Any]) -> str:
        """Return how the place of a row is said: by its name, or as what has none."""
        names = self.units.names.get((row["zoning"], row["zone_id"]), {})
        if row["zone_id"] == ELSEWHERE:
            return "elsewhere"
        if str(row["zone_id"]).endswith(REST):
            return "rest"
        if not self.phrases.name(names):
            return "area"
        is_near = any((names.get(key) or "").startswith(NEAR[f"name_{key}"].format("")) for key in LANGUAGES)
        return "near" if is_near else "of"

    def _group(self, row: Mapping[str, Any]) -> str:
        """Return whom a row is of, with a blank before it; empty of everybody."""
        phrases, group = self.phrases, str(row["group"])
        if row["group_by"] == EVERYBODY:
            return ""
        if row["group_by"] == AGE:
            low, _, high = group.rstrip("+").partition("-")
            ages = {"low": phrases.figure(low), "high": phrases.figure(high)}
            return phrases.say("group.age" if high else "group.age_from", **ages)
        if phrases.has(f"group.{group}"):
            return phrases.say(f"group.{group}")
        return phrases.say(f"group.{CLUSTER if row['group_by'] == CLUSTER else 'other'}", name=phrases.figure(group))

    def _likely(self, row: Mapping[str, Any]) -> str:
        """Say for how many it is likely, where two lists tell how many places both miss."""
        if pd.isna(row["likely_low"]) or _kind(row) not in _CERTAIN or whole(row["likely_high"]) < LEAST_TOLD:
            return ""
        low, high = (self._count(row[f"likely_{end}"]) for end in ("low", "high"))
        people = low if low == high else self.phrases.say("sentence.range", low=low, high=high)
        return self.phrases.say("gaps.likely", people=people)

    def _doubt(self, row: Mapping[str, Any]) -> str:
        """Say what the number rests on, where that cannot be fully believed."""
        # Of a unit that is cut by the edge of the data it is said anyway whom the count leaves out.
        said_of = (LIST, NETWORK) if row["reliability"] == PARTIAL else DOUBTS if row["reliability"] in _DOUBTED else ()
        is_said = row["doubt"] in said_of and _kind(row) in _CERTAIN
        return self.phrases.say(f"gaps.{row['doubt']}") if is_said else ""

    def _nearest(self, row: Mapping[str, Any]) -> str:
        """Say how far those surely beyond walk."""
        if _kind(row) not in _CERTAIN:
            return ""
        phrases = self.phrases
        in_data = "_edge" if row["reason"] == EDGE else ""
        if pd.isna(row["walk_s"]):
            horizon = phrases.minutes(self.study.catalogue.standards["horizon"].value)
            return phrases.say(f"gaps.nearest_none{in_data}", minutes=horizon) if row["reason"] else ""
        key = f"gaps.nearest{in_data}"
        minutes = phrases.minutes(row["walk_s"])
        if pd.isna(row["next_m"]):
            return phrases.say(f"{key}_minutes", minutes=minutes)
        return phrases.say(key, minutes=minutes, distance=phrases.distance(row["next_m"]))


def _kind(row: Mapping[str, Any]) -> str:
    """Return what can be said of a row, by the whole numbers that a reader would see."""
    if pd.isna(row["people"]):
        return "uncounted"
    low, high, people = (whole(row[name]) for name in ("beyond_low", "beyond_high", "people"))
    if people < LEAST_TOLD:
        return "too_few"
    if high == 0:
        return "none"
    if low == 0:
        return "unknown" if high == people else "possible_few" if high < LEAST_TOLD else "possible"
    if high < LEAST_TOLD:
        return "few"
    if low < LEAST_TOLD:
        return "at_most"
    if low == high:
        return "all" if low == people else "exact"
    return "at_least" if high == people else "range"
