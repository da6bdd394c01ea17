"""What sheets and plots say: numbers, ranges, names of measures, domains and groups, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from geokehila import names
from geokehila.catalogue.columns import Columns
from geokehila.catalogue.phrases import OWN_DIRECTION, POP, RIGHT_TO_LEFT, Phrases, whole
from geokehila.catalogue.themes import Shown
from geokehila.draw.town import Town
from geokehila.zones.telling import AREA, Units

#: Shares nearer to none or to all than this are said to be near, not to be it.
NEAR_SHARE = 0.005
OF_DOMAIN = re.compile("domain_([a-z0-9_]+?)_(share|beyond_people)")
LONGEST = 80


@dataclass(frozen=True, eq=False)
class Words:
    """The words for one town in one language.

    Attributes
    ----------
    town
        Whose catalogue and weights they speak of.
    language
        ``he``, ``ar`` or ``en``.
    """

    town: Town
    language: str

    @cached_property
    def phrases(self) -> Phrases:
        """The texts of the language."""
        return Phrases(self.language)

    @cached_property
    def _columns(self) -> Columns:
        return Columns(self.town.catalogue, self.town.weights)

    @cached_property
    def _units(self) -> Units:
        return Units.of(self.town.tables["zonings"], self.phrases, self.town.city)

    @property
    def from_right(self) -> bool:
        """Whether it is written from right to left."""
        return self.language in RIGHT_TO_LEFT

    def say(self, key: str, /, **words: str) -> str:
        """Return the text ``section.key``, told of what the run counts."""
        return self.phrases.say(key, **{"weights": self.weights, "the_weights": self.the_weights, **words})

    @property
    def weights(self) -> str:
        """What the numbers of people count."""
        return self.phrases.say(f"weights.{self.town.weights}")

    @property
    def the_weights(self) -> str:
        """The same with the article."""
        return self.phrases.say(f"the_weights.{self.town.weights}")

    def count(self, number: float) -> str:
        """Return a whole number."""
        return f"{whole(number):,}"

    def percent(self, share: float) -> str:
        """Return a share as per cent; one near none or all is not said to be it; the sign stands right of the number.

        Examples
        --------
        >>> words = Words(None, "en")
        >>> [words.percent(share) for share in (0.0, 0.001, 0.125, 0.999, 1.0)]
        ['0%', '<1%', '13%', '>99%', '100%']
        """
        shown = f"{whole(100 * share)}%"
        if 0 < share < NEAR_SHARE:
            shown = "<1%"
        elif 1 - NEAR_SHARE <= share < 1:
            shown = ">99%"
        return self.phrases.figure(shown)

    def range(self, low: str, high: str) -> str:
        """Return two numbers as a range in words; one where they are the same."""
        return low if low == high else self.say("sentence.range", low=low, high=high)

    def shares(self, low: float, high: float) -> str:
        """Return a share, at least and at most."""
        return self.range(self.percent(low), self.percent(high))

    def counts(self, low: float, high: float) -> str:
        """Return a number of people, at least and at most."""
        return self.range(self.count(low), self.count(high))

    def listed(self, words: Iterable[str]) -> str:
        """Return words one after the other."""
        return ("، " if self.language == "ar" else ", ").join(words)

    def reason(self, reason: str) -> str:
        """Return why something is not known; what no text has words for is said as it is."""
        parts = [part for part in re.split(r"[;,] *", names.clean(reason)) if part]
        return self.listed(self.phrases.texts["reasons"].get(part, part) for part in parts or ["unknown"])

    def why_absent(self, reason: str) -> str:
        """Return why a measure could not be computed."""
        return self.phrases.say(f"absent.{reason}") if self.phrases.has(f"absent.{reason}") else self.reason(reason)

    def name(self, row: pd.Series | Mapping[Any, Any]) -> str:
        """Return what a row with ``name_<language>`` is called; empty where no name is known."""
        known = {key: cell for key in names.LANGUAGES if isinstance(cell := row[f"name_{key}"], str)}
        return self.phrases.name({key: names.clean(name, LONGEST) for key, name in known.items()})

    def unit(self, row: pd.Series | Mapping[Any, Any]) -> str:
        """Return what an area is called: by its name, else by its number, else by its key."""
        zone_id = names.clean(str(row["zone_id"]), LONGEST)
        area = AREA.fullmatch(zone_id)
        return self.name(row) or (f"{self.say('page.area')} {area[1]}" if area else self.own(zone_id))

    def listed_unit(self, row: pd.Series | Mapping[Any, Any]) -> str:
        """Return what an area is called in a list: which it is where another of any kind has the same name."""
        return self._units.called(str(row.get("zoning", "zone")), str(row["zone_id"])) or self.unit(row)

    def own(self, words: object) -> str:
        """Return a value from outside, cleaned, that keeps its own direction."""
        return f"{OWN_DIRECTION}{names.clean(str(words), LONGEST)}{POP}"

    def domain(self, key: str) -> str:
        """Return the name of a domain of life."""
        return self.phrases.name(self.town.catalogue.domains[key].name)

    def category(self, key: str) -> str:
        """Return the name of a category."""
        return self.phrases.name(self.town.catalogue.categories[key].name)

    def measure(self, key: str) -> str:
        """Return what a measure is called."""
        if (found := OF_DOMAIN.fullmatch(key)) and found[1] in self.town.catalogue.domains:
            return self.domain(found[1])
        return self._columns.called(key)[self.language]

    def group(self, by: str, name: str) -> str:
        """Return what a group of people is called."""
        if by == "age" and self.phrases.has(f"groups.{name}"):
            return self.say(f"groups.{name}")
        if by == "ses_cluster":
            return self.say("hub.ses_cluster", name=name)
        if by == "walker":
            return self.say(f"profiles.{name}") if self.phrases.has(f"profiles.{name}") else self.own(name)
        return self.say(f"groups.{by}_{name}") if self.phrases.has(f"groups.{by}_{name}") else self.own(name)

    def value(self, shown: Shown, low: float, high: float) -> str:
        """Return what is measured, at least and at most, in the unit of the measure."""
        if shown.key.endswith("_share"):
            return self.shares(low, high)
        if shown.key.endswith("_people"):
            return self.counts(low, high)
        return self.in_unit(shown, self.range(self.phrases.figure(figure(low)), self.phrases.figure(figure(high))))

    def in_unit(self, shown: Shown, number: str) -> str:
        """Return a number with the unit of the measure; as it is where the measure's name tells it."""
        units = self.phrases.texts["units"]
        key = next((key for key in sorted(units, key=len, reverse=True) if shown.key.endswith(f"_{key}")), None)
        return str(units[key]).format(number=number) if key else number

    def unit_of(self, shown: Shown) -> str:
        """Return the unit of a measure alone; empty where its name tells it."""
        if shown.key.endswith("_share"):
            return "%"
        return self.weights if shown.key.endswith("_people") else self.in_unit(shown, "").strip()


def figure(number: float) -> str:
    """Return a number to two digits below 10, to whole ones above.

    Examples
    --------
    >>> figure(0.1379), figure(4.87), figure(132.9), figure(-3.0), figure(2)
    ('0.14', '4.9', '133', '-3', '2')
    """
    digits = 0 if abs(number) >= 10 else 1 if abs(number) >= 1 else 2
    shown = f"{round(number, digits) + 0.0:,.{digits}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
