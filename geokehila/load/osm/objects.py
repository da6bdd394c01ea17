"""What each OpenStreetMap object becomes, by its tags: street, building, place, entrance, land; or why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import osmium
import shapely

from geokehila.catalogue import Category, Profile
from geokehila.catalogue.sectors import Telling
from geokehila.ledger import Ledger
from geokehila.load.osm import barriers, fabric, grounds, walkable, wheels
from geokehila.load.osm.barriers import Barriers
from geokehila.load.osm.edited import identity
from geokehila.load.osm.fabric import Fabric
from geokehila.load.osm.grounds import KEYS, Grounds, is_ground
from geokehila.load.osm.streets import Streets
from geokehila.load.osm.tags import Tags, first, gone
from geokehila.load.osm.uses import FACILITIES, purpose
from geokehila.names import NAME_COLUMNS, names

Row = dict[str, Any]

BROKEN = "ring broken or cut by the extract"
#: A building tagged with more levels or flats than this is a slip of the mapper's hand.
MOST_LEVELS, MOST_FLATS = 150, 1500
#: No place holds more people than the largest stadiums.
MOST_PEOPLE = 200_000
ENTRANCES = {"entrance": "*", "barrier": " ".join(sorted(walkable.GATES))}
#: Named parts of a town, mapped as points or areas: zones take their names from them.
QUARTERS = {"place": "neighbourhood suburb quarter"}
WATER = {
    "natural": "water",
    "amenity": "fountain",
    "leisure": "swimming_pool",
    "landuse": "basin reservoir",
}
AREA_KEYS = ("building", "highway", "area:highway", *KEYS, *barriers.AREA_KEYS)

#: Columns of each table and their types, which hold where there is no row to tell them; object may be missing.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "streets": {"street_id": "str", "part": "int64", "way": "str", "bridge": "bool", "tunnel": "bool",
                **wheels.COLUMNS},
    "buildings": {"building_id": "str", "building": "str", "levels": "float64", "flats": "float64", "facility": "bool",
                  "purpose": "str"},
    "places": dict.fromkeys(("place_id", "source", "source_id"), "str")
    | dict.fromkeys((*NAME_COLUMNS, "date", "categories", "sectors"), "object")
    | {"capacity": "float64"},
    "entrances": {"gate_id": "str", "kind": "str"},
    "quarters": {"quarter_id": "str"} | dict.fromkeys(NAME_COLUMNS, "object"),
    **grounds.COLUMNS,
    **fabric.COLUMNS,
    **barriers.COLUMNS,
}  # fmt: skip


@dataclass
class Objects:
    """One pass over a stream of objects: the rows they become, and the areas still awaited.

    ``rules`` are the categories by the first key of their filters, ``profiles`` those whom a way may be closed to,
    ``telling`` reads the sectors of places;
    ``point_places`` counts places mapped as points, ``closed_entrances`` entrances that the public does not come in by.
    """

    rules: Mapping[str, Sequence[Category]]
    profiles: Sequence[Profile]
    ledger: Ledger
    telling: Telling = field(default_factory=lambda: Telling({}))
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    awaited: dict[tuple[str, str], str] = field(default_factory=dict)
    made: set[tuple[str, str]] = field(default_factory=set)
    outlines: dict[str, set[str]] = field(default_factory=dict)
    point_places: int = 0
    closed_entrances: int = 0
    wkb: osmium.geom.WKBFactory = field(default_factory=osmium.geom.WKBFactory)

    def __post_init__(self) -> None:
        self.streets = Streets(self.ledger, self.profiles)
        self.grounds = Grounds(self.ledger)
        self.fabric = Fabric(self.ledger)
        self.barriers = Barriers(self.ledger)
        self.rows |= self.grounds.rows | self.fabric.rows | self.barriers.rows

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
        point = shapely.Point(node.lon, node.lat) if node.location.valid() else None
        self.fabric.point(identity("n", node.id), tags, point)
        if point is None:
            self._nowhere(identity("n", node.id), tags)
            return
        self.streets.kerbs.point(node, tags)
        if "barrier" in tags:
            self.streets.barrier(node, tags)
        if kind := first(tags, ENTRANCES):
            self._entrance(identity("n", node.id), tags, kind, point)
        if first(tags, QUARTERS):
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
            "entrance": first(tags, ENTRANCES),
            "quarter": first(tags, QUARTERS),
            "place": self._matches(tags),
        }
        for kind in [kind for kind, is_wanted in wanted.items() if is_wanted]:
            self.ledger.read(kind)
            self.ledger.reject(kind, source_id, "no usable coordinates")

    def _way(self, way: Any, tags: Tags) -> None:
        if "highway" in tags:
            self.streets.way(way, tags)
            self.fabric.road(way, tags)
        elif "barrier" in tags:
            self.streets.barrier_way(way, tags)
        if tags.get("natural") == "tree_row":
            self.fabric.tree_row(way)
        self.barriers.way(way, tags)
        is_closed = len(way.nodes) > 0 and way.is_closed()
        reason = "area=no" if tags.get("area") == "no" else BROKEN
        self._await(identity("w", way.id), tags, reason if is_closed else "not closed")

    def _await(self, source_id: str, tags: Tags, reason: str) -> None:
        """Count an object that should become an area, and hold the reason ready in case it does not."""
        for kind in self._kinds(tags):
            self.ledger.read(kind)
            self.awaited[kind, source_id] = reason

    def _kinds(self, tags: Tags) -> list[str]:
        """What an area with these tags is: any of building, place, land, plaza, quarter, water and closed ground."""
        wanted = {
            "building": "building" in tags,
            "place": bool(self._matches(tags)),
            "land": is_ground(tags),
            "plaza": bool(walkable.plaza(tags)),
            "quarter": bool(first(tags, QUARTERS)),
            "water": bool(first(tags, WATER)),
            "closed ground": bool(barriers.ground(tags)),
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
        if not area.from_way():
            self.barriers.outline(source_id, tags, shape)
        for kind in kinds:
            self.made.add((kind, source_id))
            self._take_area(kind, source_id, tags, shape, area.timestamp)

    def _take_area(self, kind: str, source_id: str, tags: Tags, shape: shapely.Geometry, timestamp: Any) -> None:
        if kind == "place":
            self._place(source_id, tags, shape, timestamp)
        elif kind == "land":
            self.grounds.area(source_id, tags, shape)
        elif kind == "closed ground":
            self.barriers.area(source_id, tags, shape)
        elif kind == "plaza":
            self.streets.plaza(source_id, tags, shape)
        elif kind == "quarter":
            at = shape.representative_point()
            self._emit("quarters", "quarter", quarter_id=source_id, **names(tags), geometry=at)
        elif kind == "water":
            self.ledger.use("water")
            self.streets.obstacle(source_id, tags, shape)
        elif reason := "building=no" if tags["building"] == "no" else gone(tags):
            self.ledger.reject("building", source_id, reason)
        else:
            facility = bool(first(tags, FACILITIES)) or any(
                key in tags for key in ("shop", "office", "craft", "healthcare")
            )
            here = {
                "building": tags["building"],
                "levels": _number(tags.get("building:levels"), MOST_LEVELS),
                "flats": _number(tags.get("building:flats"), MOST_FLATS),
                "facility": facility,
                "purpose": purpose(tags),
            }
            self.rows["buildings"].append({"building_id": source_id, **here, "geometry": shape})
            self.streets.house(source_id, tags, shape)

    def _place(self, source_id: str, tags: Tags, shape: shapely.Geometry, timestamp: Any) -> bool:
        """Make a place of an object that a category's filter names, or reject it; tell whether it became one."""
        candidates = self._matches(tags)
        kept = tuple(c.key for c in candidates if not any(f.matches(tags) for f in c.none_of))
        if reason := gone(tags) or (None if kept else f"excluded from {candidates[0].key} by its tags"):
            self.ledger.reject("place", source_id, reason)
            return False
        date = timestamp.strftime("%Y-%m-%d") if timestamp.timestamp() > 0 else None
        here = {"place_id": source_id, "source": "osm", "source_id": source_id, "date": date, "categories": kept}
        told = {"sectors": self.telling.of_tags(kept, tags), "capacity": _number(tags.get("capacity"), MOST_PEOPLE)}
        self._emit("places", "place", **names(tags), **here, **told, geometry=shape)
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
