"""What units of several zonings are called side by side, so that no two are called alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from geokehila.catalogue.phrases import Phrases
from geokehila.names import LANGUAGES, NAME_COLUMNS, clean

#: A statistical area is known by its number in the locality: ``9000-114`` is area 114.
AREA = re.compile(r"\d+-([\d+]+)")
#: The zoning of one unit, the whole: nobody takes it for a part of itself that has its name.
CITY = "city"
Key = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Units:
    """Names of units in one language.

    Attributes
    ----------
    names
        By zoning and zone_id, by language; None where a unit has no name in it.

    Examples
    --------
    >>> hill, gate = {"en": "Hill Quarter"}, {"en": "Gate"}
    >>> units = Units({("zone", "9-3"): hill, ("community", "c4"): hill, ("zone", "9-1"): gate}, Phrases("en"))
    >>> units.called("zone", "9-3"), units.called("community", "c4"), units.called("zone", "9-1")
    ('Hill Quarter (area 3)', 'Hill Quarter (community c4)', 'Gate')
    """

    names: Mapping[Key, Mapping[str, str | None]]
    phrases: Phrases

    @classmethod
    def of(cls, zonings: pd.DataFrame, phrases: Phrases, city: Mapping[str, str | None]) -> Units:
        """Take table ``zonings``; the city has the name that the study gives it."""
        told = zonings[[*NAME_COLUMNS]].astype(object)
        keys = zip(zonings["zoning"], zonings["zone_id"], strict=True)
        names = told.where(told.notna(), None).itertuples(index=False, name=None)
        named = {key: dict(zip(LANGUAGES, some, strict=True)) for key, some in zip(keys, names, strict=True)}
        return cls({**named, (CITY, ""): city}, phrases)

    def called(self, zoning: str, zone_id: str) -> str:
        """Return the name of a unit, and which it is where another has the same name; empty where nobody named it."""
        name = self.phrases.name(self.names.get((zoning, zone_id), {}))
        is_shared = name and zoning != CITY and self._times[name] > 1
        return f"{name} ({self._which(zoning, zone_id)})" if is_shared else name

    def numbered(self, zoning: str, zone_id: str) -> str:
        """Return the name of a unit with its own number, by which it is found on a map; that alone without a name."""
        name, which = self.phrases.name(self.names.get((zoning, zone_id), {})), self._which(zoning, zone_id)
        return f"{name} ({which})" if name else which

    def _which(self, zoning: str, zone_id: str) -> str:
        own = self.phrases.figure(clean(number(zone_id)))
        key = f"which.{zoning}" if self.phrases.has(f"which.{zoning}") else "which.other"
        return self.phrases.say(key, number=own, zoning=clean(zoning))

    @cached_property
    def _times(self) -> Counter[str]:
        return Counter(self.phrases.name(names) for (zoning, _), names in self.names.items() if zoning != CITY)


def number(zone_id: str) -> str:
    """Return the number that a unit is known by in its city: of a statistical area without the locality's.

    Examples
    --------
    >>> number("9000-114"), number("9996-5+6"), number("h12_7")
    ('114', '5+6', 'h12_7')
    """
    area = AREA.fullmatch(zone_id)
    return area[1] if area else zone_id
