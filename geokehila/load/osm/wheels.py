"""What tags say of ways for people on wheels: who cannot use them, what they are made of, how steep they are."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd

from geokehila.catalogue import Profile

Tags = Mapping[str, str]

#: Columns of table ``streets`` that tell it, and their types.
COLUMNS: Mapping[str, str] = {"closed_to": "str", "surface": "str", "incline": "float64"}
#: What is known of it: each counted in ways and metres of table ``streets``, with its sentence.
RULES: Mapping[str, str] = {
    "steps": "Walked by who can; closed to the profiles that name them, but for flights with a ramp that they can use.",
    "surface_tagged": "Ways with a surface tag: of the others nothing is known, and they stay open to all.",
    "incline_tagged": "Ways whose slope is told in numbers; up and down alone, as on most steps, tell none.",
}
#: A slope beyond this is a slip of the mapper's hand.
STEEPEST = 1.0

_NUMBER = r"([+-]?\d+(?:\.\d+)?)"
_IN_UNITS = re.compile(rf"{_NUMBER}\s*(%|°)")
_AS_RATIO = re.compile(rf"{_NUMBER}\s*:\s*(\d+(?:\.\d+)?)")


def told(tags: Tags, profiles: Iterable[Profile]) -> dict[str, Any]:
    """Return what a way's tags tell, by :data:`COLUMNS`; surface "" and incline NaN where they do not.

    Examples
    --------
    >>> told({"highway": "footway", "surface": "sett", "incline": "5%"}, ())
    {'closed_to': '', 'surface': 'sett', 'incline': 0.05}
    """
    closed_to = " ".join(sorted(profile.key for profile in profiles if not profile.can_use(tags)))
    return {"closed_to": closed_to, "surface": tags.get("surface", ""), "incline": incline(tags.get("incline", ""))}


def incline(text: str) -> float:
    """Read a slope as rise over run in the direction of the way; NaN where it tells no number, or an impossible one.

    A number without a unit is not understood, unless it is 0.

    Examples
    --------
    >>> incline("-5 %"), incline("1:20"), incline("up")
    (-0.05, 0.05, nan)
    """
    plain = text.strip().replace("−", "-").replace(",", ".")
    if found := _IN_UNITS.fullmatch(plain):
        value = float(found[1])
        slope = value / 100 if found[2] == "%" else math.tan(math.radians(value)) if abs(value) <= 45 else math.inf
    elif found := _AS_RATIO.fullmatch(plain):
        slope = float(found[1]) / float(found[2]) if float(found[2]) else math.inf
    else:
        slope = 0.0 if plain == "0" else math.inf
    return slope if abs(slope) <= STEEPEST else math.nan


def known(streets: gpd.GeoDataFrame) -> dict[str, float]:
    """Count the ways of table ``streets`` that each of :data:`RULES` speaks of, and their metres (``_m``)."""
    spoken_of = {
        "steps": streets["way"] == "steps",
        "surface_tagged": streets["surface"] != "",
        "incline_tagged": streets["incline"].notna(),
    }
    counts: dict[str, float] = {}
    for rule, rows in spoken_of.items():
        found = streets[rows]
        counts |= {rule: found["street_id"].nunique(), f"{rule}_m": float(found.length.sum())}
    return counts
