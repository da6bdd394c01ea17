"""Files that lie among a study's under a name that plays no role, and what they could be called."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from geokehila.load.forms import FORMS
from geokehila.study import ROLES

#: How the names of files end that could play a role of but few formats; other roles may be of any.
_ENDS: Mapping[str, tuple[str, ...]] = {
    "osm": (".osm", ".pbf", ".gz", ".bz2", ".graphml"),
    "gtfs": (".zip",),
    "dem": (".tif", ".tiff"),
    "census": (".xlsx", ".xls"),
    "reference": (".toml",),
    "statistical_areas": tuple(FORMS),
    "localities": tuple(FORMS),
}


def meant(name: str, taken: Collection[str] = ()) -> str:
    """Return what a file could be called to play the role that its name begins with; "" where that is none, or taken.

    Examples
    --------
    >>> meant("statistical_areas_2011_simplified.geojson"), meant("Census 2022 (CBS).xlsx"), meant("osm_parks.geojson")
    ('statistical_areas_2011.geojson', 'census.xlsx', '')
    """
    stem, dot, end = name.partition(".")
    words = re.sub(r"\W+", "_", stem.lower())
    roles = (role for role in ROLES if words == role or words.startswith(f"{role}_"))
    role = max(roles, key=len, default="")
    fits = name.lower().endswith(_ENDS.get(role, ""))
    return f"{role}{dot}{end}" if role and fits and role not in taken else ""
