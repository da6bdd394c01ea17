"""The town's streets as they are built, walked or not, with what lines them: crossings, trees, lamps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely

from geokehila.ledger import Ledger
from geokehila.load.osm import course, walkable
from geokehila.load.osm.edited import identity
from geokehila.load.osm.tags import Tags, gone
from geokehila.names import clean

Row = dict[str, Any]

#: Columns of each table and their types, as of `objects.COLUMNS`.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "roads": {"street_id": "str", "part": "int64", "way": "str", "kind": "str", "junction": "str", "oneway": "bool",
              "walked": "bool", "bridge": "bool", "tunnel": "bool", "name": "str", "sidewalk": "str", "lit": "str"},
    "crossings": {"crossing_id": "str", "kind": "str"},
    "trees": {"tree_id": "str"},
    "lamps": {"lamp_id": "str"},
}  # fmt: skip
#: Every object of the fabric has one of these.
KEYS = ("highway", "crossing", "natural")
MAIN, STREET, PATH, PAVEMENT = "main", "street", "path", "pavement"
MAIN_ROADS = frozenset("trunk trunk_link primary primary_link secondary secondary_link tertiary tertiary_link".split())
STREETS = frozenset("unclassified residential living_street pedestrian road busway".split())
#: Ways of their own for people on foot; where nobody may walk on them they are none.
PATHS = frozenset("footway path steps cycleway bridleway track".split())
#: What a footway, path or cycleway is that belongs to a street.
PAVEMENTS = frozenset("sidewalk crossing traffic_island access_aisle".split())
ONE_WAY = frozenset("yes 1 true -1 reverse".split())
NOT_IN_USE, AN_AREA = "not in use", "an area"
LIT = frozenset("yes 24/7 automatic limited interval".split())
UNLIT = frozenset(("no", "disused"))
MARKED = frozenset("marked zebra uncontrolled".split())
UNMARKED = frozenset(("unmarked", "informal"))


def kind(tags: Tags) -> str:
    """Tell what a way is in the town's fabric, whether or not it is walked; "" where it is no part of it.

    Examples
    --------
    >>> kind({"highway": "primary"}), kind({"highway": "service", "service": "alley"}), kind({"highway": "service"})
    ('main', 'street', '')
    >>> kind({"highway": "footway"}), kind({"highway": "footway", "footway": "crossing"})
    ('path', 'pavement')
    """
    way = tags["highway"]
    if way in MAIN_ROADS:
        return MAIN
    if way in STREETS or (way == "service" and tags.get("service") == "alley"):
        return STREET
    if way in PATHS:
        return PAVEMENT if {tags.get("footway"), tags.get(way)} & PAVEMENTS else PATH
    return ""


def sidewalk(tags: Tags) -> str:
    """Tell whether a street has a pavement: yes (on one side or both), separate (a way of its own), no; "" not told.

    Examples
    --------
    >>> sidewalk({"sidewalk": "right"}), sidewalk({"sidewalk:left": "no", "sidewalk:right": "separate"})
    ('yes', 'separate')
    >>> sidewalk({"sidewalk": "none"}), sidewalk({"sidewalk:left": "no"}), sidewalk({})
    ('no', '', '')
    """
    sides = {side: tags.get(f"sidewalk:{side}", "") for side in ("both", "left", "right")}
    told = {tags.get("sidewalk", ""), *sides.values()}
    if told & walkable.PAVED:
        return "yes"
    if "separate" in told:
        return "separate"
    none = {"no", "none"}
    is_none = {tags.get("sidewalk"), sides["both"]} & none or {sides["left"], sides["right"]} <= none
    return "no" if is_none else ""


def lit(tags: Tags) -> str:
    """Tell whether a way is lit at night, all of it or part of it: yes, no; "" not told."""
    told = tags.get("lit")
    return "yes" if told in LIT else "no" if told in UNLIT else ""


def crossing(tags: Tags) -> str:
    """Tell what a crossing is: signals, marked, unmarked; "" not told.

    Examples
    --------
    >>> crossing({"highway": "crossing", "crossing": "traffic_signals"}), crossing({"crossing:markings": "no"})
    ('signals', 'unmarked')
    """
    told = {word.strip() for word in tags.get("crossing", "").split(";")}
    if "traffic_signals" in told or tags.get("crossing:signals", "no") != "no":
        return "signals"
    if markings := tags.get("crossing:markings"):
        return "unmarked" if markings == "no" else "marked"
    is_marked = told & MARKED or "crossing_ref" in tags
    return "marked" if is_marked else "unmarked" if told & UNMARKED else ""


def _is_crossing(tags: Tags) -> bool:
    return tags.get("highway") == "crossing" or ("crossing" in tags and "railway" not in tags)


#: What a point can be, and the table it goes into.
_POINTS: Mapping[str, tuple[str, Callable[[Tags], bool]]] = {
    "crossing": ("crossings", _is_crossing),
    "tree": ("trees", lambda tags: tags.get("natural") == "tree"),
    "lamp": ("lamps", lambda tags: tags.get("highway") == "street_lamp"),
}


@dataclass
class Fabric:
    """The fabric of one pass, ledger kinds ``road``, ``road part``, ``crossing``, ``tree``, ``lamp``."""

    ledger: Ledger
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def road(self, way: Any, tags: Tags) -> None:
        """Take a way with a highway tag, or say why it is no part of the fabric."""
        source_id, verdict = identity("w", way.id), walkable.judge(tags)
        self.ledger.read("road")
        if reason := _why_not(tags, verdict):
            self.ledger.reject("road", source_id, reason)
            return
        parts = self._runs("road", way)
        if parts:
            here = {"street_id": source_id, **_told(tags), "walked": verdict.reason is None}
            self.rows["roads"] += [{**here, "part": i, "geometry": line} for i, line in enumerate(parts)]

    def tree_row(self, way: Any) -> None:
        """Take a row of trees drawn as a line."""
        self.ledger.read("tree")
        if parts := self._runs("tree", way):
            shape = parts[0] if len(parts) == 1 else shapely.MultiLineString(parts)
            self.rows["trees"].append({"tree_id": identity("w", way.id), "geometry": shape})

    def point(self, source_id: str, tags: Tags, at: shapely.Point | None) -> None:
        """Take a point that may be a crossing, a tree or a lamp; None: it lies nowhere."""
        for what, (table, says) in _POINTS.items():
            if not says(tags):
                continue
            self.ledger.read(what)
            no_crossing = "crossing=no" if what == "crossing" and tags.get("crossing") == "no" else None
            if reason := "no usable coordinates" if at is None else gone(tags) or no_crossing:
                self.ledger.reject(what, source_id, reason)
                continue
            self.ledger.use(what)
            more = {"kind": crossing(tags)} if what == "crossing" else {}
            self.rows[table].append({f"{what}_id": source_id, **more, "geometry": at})

    def _runs(self, what: str, way: Any) -> list[shapely.LineString]:
        """Return the lines of a way that the file holds, and count it."""
        source_id, nodes = identity("w", way.id), course.lonlat(way)
        parts = [shapely.LineString(run) for run in course.runs(nodes)]
        if not parts:
            self.ledger.reject(what, source_id, course.OUTSIDE)
            return []
        self.ledger.use(what)
        if None in nodes:
            self.ledger.read(f"{what} part")
            self.ledger.reject(f"{what} part", source_id, course.OUTSIDE)
        return parts


def _why_not(tags: Tags, verdict: walkable.Verdict) -> str:
    """Tell why a way is no part of the fabric, or an empty string: a path must be walked, a street need not."""
    if "out_of_use" in verdict.rules:
        return NOT_IN_USE
    if tags.get("area") == "yes" or walkable.plaza(tags):
        return AN_AREA
    found = kind(tags)
    if not found:
        return f"highway={tags['highway']}"
    return verdict.reason or "" if found in (PATH, PAVEMENT) else ""


def _told(tags: Tags) -> Row:
    """Return what the tags of a way tell, by the columns of ``roads``."""
    junction, layer = tags.get("junction", ""), course.level(tags)
    return {
        "way": tags["highway"],
        "kind": kind(tags),
        "junction": junction if junction in ("roundabout", "circular") else "",
        "oneway": junction == "roundabout" or tags.get("oneway") in ONE_WAY,
        "bridge": layer["bridge"],
        "tunnel": layer["tunnel"],
        "name": clean(tags.get("name", "")),
        "sidewalk": sidewalk(tags),
        "lit": lit(tags),
    }
