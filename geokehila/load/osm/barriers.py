"""What parts a town: lines that people on foot do not cross but where a way leads over, and grounds closed to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely

from geokehila.ledger import Ledger
from geokehila.load.osm import course, walkable
from geokehila.load.osm.edited import identity
from geokehila.load.osm.tags import Tags, first, gone
from geokehila.load.osm.uses import is_indoors

Row = dict[str, Any]

#: Columns of each table and their types, as of `objects.COLUMNS`.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "barriers": {"barrier_id": "str", "kind": "str"},
    "closed_grounds": {"ground_id": "str", "kind": "str"},
}
#: What lines part, by kind. A ditch is stepped across, a tram runs in the street.
LINES: Mapping[str, Mapping[str, str]] = {
    "wall": {"barrier": "wall city_wall retaining_wall jersey_barrier"},
    "fence": {"barrier": "fence guard_rail cable_barrier handrail chain yes"},
    "hedge": {"barrier": "hedge"},
    "rail": {"railway": "rail light_rail subway narrow_gauge funicular"},
    "water": {"waterway": "river stream canal wadi drain tidal_channel"},
    "cliff": {"natural": "cliff"},
    "coast": {"natural": "coastline"},
}
#: Grounds under water, whatever else they are.
WATER = {"natural": "water bay strait", "landuse": "basin reservoir salt_pond", "waterway": "riverbank dock"}
#: Grounds that nobody crosses and nothing is built on for neighbours; their kind is the tag's own word.
WORKS = {
    "landuse": "quarry landfill construction railway port cemetery",
    "leisure": "golf_course marina",
    "aeroway": "aerodrome",
    "amenity": "prison",
    "man_made": "wastewater_plant water_works",
    "power": "plant substation",
}
#: Military objects that are shelters and relics among houses, no grounds.
SMALL = frozenset("bunker trench no".split())
#: A ground is private by the access of one of these.
OWNED = ("landuse", "leisure", "amenity", "natural", "place", "tourism")
AREA_KEYS = ("military", "waterway", "power")
KEYS = (*AREA_KEYS, "barrier", "railway", "natural", "highway")
ABOVE_OR_BELOW = "in a tunnel or on a bridge"


def line(tags: Tags) -> str:
    """Tell the kind of barrier that a line is; "" where it is none.

    Examples
    --------
    >>> line({"barrier": "fence"}), line({"waterway": "stream", "intermittent": "yes"}), line({"railway": "tram"})
    ('fence', 'water', '')
    >>> line({"highway": "motorway"}), line({"highway": "trunk", "motorroad": "yes"}), line({"highway": "trunk"})
    ('motorway', 'motorway', '')
    """
    if "highway" in tags and "motor_road" in walkable.judge(tags).rules:
        return "motorway"
    return next((kind for kind, words in LINES.items() if first(tags, words)), "")


def ground(tags: Tags) -> str:
    """Tell why nobody may just cross a ground: water, military, private, or the works on it; "" where one may.

    Buildings and ways are none: they have tables of their own.

    Examples
    --------
    >>> ground({"natural": "water"}), ground({"landuse": "quarry"}), ground({"leisure": "park"})
    ('water', 'quarry', '')
    >>> ground({"leisure": "garden", "access": "private"}), ground({"military": "bunker"})
    ('private', '')
    """
    if "highway" in tags or is_indoors(tags):
        return ""
    if first(tags, WATER):
        return "water"
    if tags.get("landuse") == "military" or tags.get("military", "no") not in SMALL:
        return "military"
    if key := first(tags, WORKS):
        return tags[key]
    is_own = tags.get("garden:type") in ("private", "residential") and "access" not in tags
    shut = tags.get("foot", tags.get("access")) in walkable.FORBIDDEN or is_own
    return "private" if shut and any(key in tags for key in OWNED) else ""


@dataclass
class Barriers:
    """The barriers and closed grounds of one pass, ledger kinds ``barrier``, ``barrier part`` and ``closed ground``."""

    ledger: Ledger
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def way(self, way: Any, tags: Tags) -> None:
        """Take a way that may be a barrier: as much of it as the file holds, on the ground."""
        kind, source_id = line(tags), identity("w", way.id)
        if not kind:
            return
        self.ledger.read("barrier")
        nodes, level = course.lonlat(way), course.level(tags)
        runs = [shapely.LineString(run) for run in course.runs(nodes)]
        above = ABOVE_OR_BELOW if level["bridge"] or level["tunnel"] else None
        if reason := gone(tags) or above or (None if runs else course.OUTSIDE):
            self.ledger.reject("barrier", source_id, reason)
            return
        if None in nodes:
            self.ledger.read("barrier part")
            self.ledger.reject("barrier part", source_id, course.OUTSIDE)
        self._emit(source_id, kind, runs[0] if len(runs) == 1 else shapely.MultiLineString(runs))

    def outline(self, source_id: str, tags: Tags, shape: shapely.Geometry) -> None:
        """Take the outline of an area of several ways that is fenced or walled."""
        if kind := line(tags):
            self.ledger.read("barrier")
            self._emit(source_id, kind, shapely.boundary(shape))

    def area(self, source_id: str, tags: Tags, shape: shapely.Geometry) -> None:
        """Take an area of which :func:`ground` tells a kind, or reject it where it is gone."""
        if reason := gone(tags):
            self.ledger.reject("closed ground", source_id, reason)
            return
        self.ledger.use("closed ground")
        self.rows["closed_grounds"].append({"ground_id": source_id, "kind": ground(tags), "geometry": shape})

    def _emit(self, source_id: str, kind: str, shape: shapely.Geometry) -> None:
        self.ledger.use("barrier")
        self.rows["barriers"].append({"barrier_id": source_id, "kind": kind, "geometry": shape})
