"""What each OpenStreetMap object becomes, by its tags: street, building, place, entrance, land; or why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import osmium
import shapely

from geokehila.catalogue import Category, Profile
from geokehila.load.osm import walkable, wheels
from geokehila.load.osm.edited import identity
from geokehila.load.osm.streets import Streets
from geokehila.names import NAME_COLUMNS, names
from geokehila.schema import Ledger

Tags = Mapping[str, str]
Row = dict[str, Any]

BROKEN = "ring broken or cut by the extract"
#: A building tagged with more levels or flats than this is a slip of the mapper's hand.
MOST_LEVELS, MOST_FLATS = 150, 1500
GONE = ("disused", "abandoned", "demolished", "razed", "ruins", "removed")
#: Grounds and buildings in which `building=yes` is no home.
FACILITIES = {
    "amenity": "school kindergarten university college hospital clinic place_of_worship prison police fire_station "
    "community_centre library theatre fuel parking bus_station townhall",
    "landuse": "education religious cemetery",
    "leisure": "sports_centre stadium swimming_pool",
}
INDUSTRY = {
    "landuse": "industrial military quarry landfill railway port farmyard greenhouse_horticulture",
    "aeroway": "aerodrome",
}
OPEN_SPACES = {
    "leisure": "park garden playground pitch nature_reserve common recreation_ground dog_park",
    "landuse": "forest recreation_ground village_green allotments meadow",
    "natural": "wood heath beach scrub",
    "place": "square",
}
ENTRANCES = {"entrance": "*", "barrier": " ".join(sorted(walkable.GATES))}
#: Named parts of a town, mapped as points or areas: zones take their names from them.
QUARTERS = {"place": "neighbourhood suburb quarter"}
WATER = {
    "natural": "water",
    "amenity": "fountain",
    "leisure": "swimming_pool",
    "landuse": "basin reservoir",
}
AREA_KEYS = ("building", "highway", "area:highway", *sorted({*FACILITIES, *INDUSTRY, *OPEN_SPACES}))

#: Columns of each table and their types, which hold where there is no row to tell them; object may be missing.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "streets": {"street_id": "str", "part": "int64", "way": "str", "bridge": "bool", "tunnel": "bool",
                **wheels.COLUMNS},
    "buildings": {"building_id": "str", "building": "str", "levels": "float64", "flats": "float64", "facility": "bool"},
    "places": dict.fromkeys(("place_id", "source", "source_id"), "str")
    | dict.fromkeys((*NAME_COLUMNS, "date", "categories"), "object"),
    "entrances": {"gate_id": "str", "kind": "str"},
    "quarters": {"quarter_id": "str"} | dict.fromkeys(NAME_COLUMNS, "object"),
    "open_spaces": {"place_id": "str", "class": "str", "access": "str"},
    "land": {"use": "str"},
}  # fmt: skip


@dataclass
class Objects:
    """One pass over a stream of objects: the rows they become, and the areas still awaited.

    ``rules`` are the categories by the first key of their filters, ``profiles`` those whom a way may be closed to;
    ``point_places`` counts places mapped as points, ``closed_entrances`` entrances that the public does not come in by.
    """

    rules: Mapping[str, Sequence[Category]]
    profiles: Sequence[Profile]
    ledger: Ledger
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    awaited: dict[tuple[str, str], str] = field(default_factory=dict)
    made: set[tuple[str, str]] = field(default_factory=set)
    outlines: dict[str, set[str]] = field(default_factory=dict)
    point_places: int = 0
    closed_entrances: int = 0
    wkb: osmium.geom.WKBFactory = field(default_factory=osmium.geom.WKBFactory)

    def __post_init__(self) -> None:
        self.streets = Streets(self.ledger, self.profiles)

    def take(self, entity: Any) -> None:
        """Take the next object of the stream."""
        tags = dict(entity.tags)
        if entity.is_node():
            self._node(entity, tags)
        elif entity.is_way():
            self._way(entity, tags)
        elif entity.is_relation():
            is_area = tags.get("type") in ("multipolygon", "boundary")
            source_id = identity("r", entity.id)
            self._await(source_id, tags, BROKEN if is_area else f"relation of type {tags.get('type', 'unknown')}")
            self.outlines[source_id] = {
                identity("w", m.ref) for m in entity.members if m.type == "w" and m.role != "inner"
            }
        else:
            self._area(entity, tags)

    def close(self) -> None:
        """Reject the areas that never came, and buildings that are but the outline of a building relation."""
        for kind, source_id in self.awaited.keys() - self.made:
            self.ledger.reject(kind, source_id, self.awaited[kind, source_id])
        buildings = {row["building_id"]: row for row in self.rows["buildings"]}
        outlines = {way for relation in self.outlines.keys() & buildings.keys() for way in self.outlines[relation]}
        for source_id in buildings.keys() & outlines:
            self.ledger.reject("building", source_id, "outline of a building relation")
        self.streets.tear_down(buildings.keys() & outlines)
        self.rows["buildings"] = [row for source_id, row in buildings.items() if source_id not in outlines]
        if self.rows["buildings"]:
            self.ledger.use("building", len(self.rows["buildings"]))

    def _node(self, node: Any, tags: Tags) -> None:
        if not node.location.valid():
            self._nowhere(identity("n", node.id), tags)
            return
        point = shapely.Point(node.lon, node.lat)
        self.streets.kerbs.point(node, tags)
        if "barrier" in tags:
            self.streets.barrier(node, tags)
        if kind := _first(tags, ENTRANCES):
            self._entrance(identity("n", node.id), tags, kind, point)
        if _first(tags, QUARTERS):
            self.ledger.read("quarter")
            self._emit("quarters", "quarter", quarter_id=identity("n", node.id), **names(tags), geometry=point)
        if self._matches(tags):
            self.ledger.read("place")
            self.point_places += self._place(identity("n", node.id), tags, point, node.timestamp)

    def _entrance(self, source_id: str, tags: Tags, kind: str, point: shapely.Point) -> None:
        self.ledger.read("entrance")
        if reason := walkable.no_way_in(tags):
            self.ledger.reject("entrance", source_id, reason)
            self.closed_entrances += 1
        else:
            self._emit("entrances", "entrance", gate_id=source_id, kind=f"{kind}={tags[kind]}", geometry=point)

    def _nowhere(self, source_id: str, tags: Tags) -> None:
        wanted = {
            "entrance": _first(tags, ENTRANCES),
            "quarter": _first(tags, QUARTERS),
            "place": self._matches(tags),
        }
        for kind in [kind for kind, is_wanted in wanted.items() if is_wanted]:
            self.ledger.read(kind)
            self.ledger.reject(kind, source_id, "no usable coordinates")

    def _way(self, way: Any, tags: Tags) -> None:
        if "highway" in tags:
            self.streets.way(way, tags)
        elif "barrier" in tags:
            self.streets.barrier_way(way, tags)
        is_closed = len(way.nodes) > 0 and way.is_closed()
        reason = "area=no" if tags.get("area") == "no" else BROKEN
        self._await(identity("w", way.id), tags, reason if is_closed else "not closed")

    def _await(self, source_id: str, tags: Tags, reason: str) -> None:
        """Count an object that should become an area, and hold the reason ready in case it does not."""
        for kind in self._kinds(tags):
            self.ledger.read(kind)
            self.awaited[kind, source_id] = reason

    def _kinds(self, tags: Tags) -> list[str]:
        """What an area with these tags is: any of building, place, land, plaza, quarter and water."""
        wanted = {
            "building": "building" in tags,
            "place": bool(self._matches(tags)),
            "land": _is_land(tags),
            "plaza": bool(walkable.plaza(tags)),
            "quarter": bool(_first(tags, QUARTERS)),
            "water": bool(_first(tags, WATER)),
        }
        return [kind for kind, is_wanted in wanted.items() if is_wanted]

    def _area(self, area: Any, tags: Tags) -> None:
        source_id = identity("w" if area.from_way() else "r", area.orig_id())
        if not area.from_way():
            # The reader drops this tag of the relation when it makes the area.
            tags = {**tags, "type": "multipolygon"}
        kinds = self._kinds(tags)
        if not kinds or not area.num_rings()[0]:
            return
        shape = _polygonal(shapely.from_wkb(self.wkb.create_multipolygon(area)))
        for kind in kinds:
            self.made.add((kind, source_id))
            self._take_area(kind, source_id, tags, shape, area.timestamp)

    def _take_area(self, kind: str, source_id: str, tags: Tags, shape: shapely.Geometry, timestamp: Any) -> None:
        if kind == "place":
            self._place(source_id, tags, shape, timestamp)
        elif kind == "land":
            self._land(source_id, tags, shape)
        elif kind == "plaza":
            self.streets.plaza(source_id, tags, shape)
        elif kind == "quarter":
            at = shape.representative_point()
            self._emit("quarters", "quarter", quarter_id=source_id, **names(tags), geometry=at)
        elif kind == "water":
            self.ledger.use("water")
            self.streets.obstacle(source_id, tags, shape)
        elif reason := "building=no" if tags["building"] == "no" else _gone(tags):
            self.ledger.reject("building", source_id, reason)
        else:
            facility = bool(_first(tags, FACILITIES)) or any(
                key in tags for key in ("shop", "office", "craft", "healthcare")
            )
            here = {
                "building": tags["building"],
                "levels": _number(tags.get("building:levels"), MOST_LEVELS),
                "flats": _number(tags.get("building:flats"), MOST_FLATS),
            }
            self.rows["buildings"].append({"building_id": source_id, **here, "facility": facility, "geometry": shape})
            self.streets.house(source_id, tags, shape)

    def _land(self, source_id: str, tags: Tags, shape: shapely.Geometry) -> None:
        if reason := _gone(tags):
            self.ledger.reject("land", source_id, reason)
            return
        self.ledger.use("land")
        if key := _first(tags, OPEN_SPACES):
            access = tags.get("access", "private" if tags.get("garden:type") in ("private", "residential") else "")
            self.rows["open_spaces"].append(
                {"place_id": source_id, "class": tags[key], "access": access, "geometry": shape}
            )
        for use, keys in (("facility", FACILITIES), ("industry", INDUSTRY)):
            if _first(tags, keys):
                self.rows["land"].append({"use": use, "geometry": shape})

    def _place(self, source_id: str, tags: Tags, shape: shapely.Geometry, timestamp: Any) -> bool:
        """Make a place of an object that a category's filter names, or reject it; tell whether it became one."""
        candidates = self._matches(tags)
        kept = tuple(c.key for c in candidates if not any(f.matches(tags) for f in c.none_of))
        if reason := _gone(tags) or (None if kept else f"excluded from {candidates[0].key} by its tags"):
            self.ledger.reject("place", source_id, reason)
            return False
        date = timestamp.strftime("%Y-%m-%d") if timestamp.timestamp() > 0 else None
        here = {"place_id": source_id, "source": "osm", "source_id": source_id, "date": date, "categories": kept}
        self._emit("places", "place", **names(tags), **here, geometry=shape)
        return True

    def _emit(self, table: str, counted_as: str, **row: Any) -> None:
        self.ledger.use(counted_as)
        self.rows[table].append(row)

    def _matches(self, tags: Tags) -> list[Category]:
        """The categories whose filters name the object, each once, in the catalogue's order of keys."""
        found = {
            c.key: c
            for key in tags
            if key in self.rules
            for c in self.rules[key]
            if any(f.matches(tags) for f in c.any_of)
        }
        return list(found.values())


def by_key(categories: Iterable[Category]) -> dict[str, list[Category]]:
    """Index categories by the first key of each filter, so that few filters are tried on each object."""
    index: dict[str, list[Category]] = {}
    for category in categories:
        for key in dict.fromkeys(f.key for f in category.any_of):
            index.setdefault(key, []).append(category)
    return index


def _first(tags: Tags, table: Mapping[str, str]) -> str | None:
    """The first key of the table under which the tags hold one of its words (``*``: any)."""
    return next(
        (key for key, words in table.items() if key in tags and (words == "*" or tags[key] in words.split())), None
    )


def _is_land(tags: Tags) -> bool:
    return any(_first(tags, table) for table in (FACILITIES, INDUSTRY, OPEN_SPACES))


def _gone(tags: Tags) -> str | None:
    """Why an object no longer stands, or does not yet."""
    if tags.get("building") in ("construction", "ruins", "proposed", "demolished", "collapsed"):
        return f"building={tags['building']}"
    return next((f"{key}={tags[key]}" for key in GONE if tags.get(key, "no") != "no"), None)


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    """Mend an invalid ring and keep what has area."""
    if shape.is_valid:
        return shape
    parts = shapely.get_parts(shapely.make_valid(shape))
    return shapely.union_all([p for p in parts if p.geom_type in ("Polygon", "MultiPolygon")])


def _number(text: str | None, most: float) -> float:
    """Read a count from a tag; NaN where there is none or it is not a plain positive number up to `most`."""
    try:
        value = float(text) if text else np.nan
    except ValueError:
        return np.nan
    return value if 0 < value <= most else np.nan
