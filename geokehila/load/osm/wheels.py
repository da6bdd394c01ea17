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
COLUMNS: Mapping[str, str] = {"closed_to": "str", "surface": "str", "incline": "float64", "rough": "bool"}
#: What is known of it: each counted in ways and metres of table ``streets``, with its sentence.
RULES: Mapping[str, str] = {
    "steps": "Walked by who can; closed to the profiles that name them, but for flights with a ramp that they can use.",
    "surface_tagged": "Ways with a surface tag: of the others nothing is known, and they stay open to all.",
    "rough": "Unpaved ways, and tracks of which nobody tells: whether wheels pass is not known, and they stay open.",
    "incline_tagged": "Ways whose slope is told in numbers; up and down alone, as on most steps, tell none.",
}
#: Surfaces and grades of tracks on which it is not known that wheels pass.
UNPAVED = frozenset("unpaved ground dirt earth mud sand gravel pebblestone rock stone grass woodchips salt".split())
SOFT = frozenset(("grade3", "grade4", "grade5"))
#: Who told one of these was there: wheels pass, whatever the surface.
SMOOTH = {"smoothness": ("excellent", "good", "intermediate"), "wheelchair": ("yes", "designated")}
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
    {'closed_to': '', 'surface': 'sett', 'incline': 0.05, 'rough': False}
    """
    closed_to = " ".join(sorted(profile.key for profile in profiles if not profile.can_use(tags)))
    slope = incline(tags.get("incline", ""))
    return {"closed_to": closed_to, "surface": tags.get("surface", ""), "incline": slope, "rough": rough(tags)}


def rough(tags: Tags) -> bool:
    """Tell whether it is not known that wheels pass: by the surface, else by the grade of a track, else it is a track.

    Examples
    --------
    >>> rough({"highway": "track"}), rough({"highway": "track", "tracktype": "grade1"}), rough({"highway": "path"})
    (True, False, False)
    >>> rough({"highway": "residential", "surface": "dirt"})
    True
    """
    if any(tags.get(key) in values for key, values in SMOOTH.items()):
        return False
    surfaces, grades = ({*filter(None, tags.get(key, "").split(";"))} for key in ("surface", "tracktype"))
    if surfaces:
        return not surfaces.isdisjoint(UNPAVED)
    return not grades.isdisjoint(SOFT) if grades else tags.get("highway") == "track"


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
        "rough": streets["rough"].astype(bool),
        "incline_tagged": streets["incline"].notna(),
    }
    counts: dict[str, float] = {}
    for rule, rows in spoken_of.items():
        found = streets[rows]
        counts |= {rule: found["street_id"].nunique(), f"{rule}_m": float(found.length.sum())}
    return counts
