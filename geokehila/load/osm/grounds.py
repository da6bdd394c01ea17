"""Areas that tell what the ground is: its use, the facility or industry on it, and open space of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely

from geokehila.ledger import Ledger
from geokehila.load.osm import walkable
from geokehila.load.osm.tags import Tags, first, gone
from geokehila.load.osm.uses import ACTIVITIES, LAND, OPEN_SPACES, is_indoors, land_use, settled
from geokehila.names import NAME_COLUMNS, names

Row = dict[str, Any]

#: Open to the sky, but no public green: what is often counted as such, or would be if it were opened. By class.
SCHOOLS = frozenset(("school", "kindergarten"))
VERGES = frozenset(("grass", "flowerbed"))
#: Car parks that are no ground: under it, or one above the other.
STACKED = frozenset("underground multi-storey rooftop sheds carports garage_boxes".split())
COMMUNITY_GARDEN = ("גינה קהילתית", "community garden")

#: Columns of each table and their types, as of `objects.COLUMNS`.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "land": {"use": "str"},
    "land_uses": {"land_use_id": "str", "use": "str"},
    "open_spaces": dict.fromkeys(("place_id", "class", "access"), "str")
    | dict.fromkeys(NAME_COLUMNS, "object")
    | {"operator": "str", "garden_type": "str", "fee": "bool", "community": "bool"},
}
KEYS = tuple(sorted({*OPEN_SPACES, *(key for key, _, _ in (*ACTIVITIES, *LAND))}))


def is_ground(tags: Tags) -> bool:
    """Tell whether an area with these tags says what the ground is."""
    return bool(settled(tags) or land_use(tags) or space(tags))


def space(tags: Tags) -> str:
    """Return the class of an open space, or an empty string.

    Examples
    --------
    >>> space({"leisure": "park"}), space({"amenity": "school"}), space({"amenity": "school", "building": "yes"})
    ('park', 'school', '')
    """
    if is_indoors(tags):
        return ""
    if key := first(tags, OPEN_SPACES):
        return tags[key]
    if tags.get("amenity") in SCHOOLS:
        return "school"
    if tags.get("amenity") == "parking":
        return "" if tags.get("parking") in STACKED else "parking"
    if walkable.plaza(tags) == "pedestrian":
        return "square"
    if "traffic_island" in (tags.get("area:highway"), tags.get("landuse")):
        return "traffic_island"
    return tags["landuse"] if tags.get("landuse") in VERGES else ""


@dataclass
class Grounds:
    """The grounds of one pass, ledger kind ``land``: rows of :data:`COLUMNS`."""

    ledger: Ledger
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def area(self, source_id: str, tags: Tags, shape: shapely.Geometry) -> None:
        """Take an area of which :func:`is_ground` is true, or reject it where it is gone."""
        if reason := gone(tags):
            self.ledger.reject("land", source_id, reason)
            return
        self.ledger.use("land")
        self.rows["land"] += [{"use": use, "geometry": shape} for use in settled(tags)]
        if use := land_use(tags):
            self.rows["land_uses"].append({"land_use_id": source_id, "use": use, "geometry": shape})
        if kind := space(tags):
            here = {"place_id": source_id, "class": kind, "geometry": shape}
            self.rows["open_spaces"].append(here | told(tags))


def told(tags: Tags) -> Row:
    """Return what tags tell of an open space besides its class.

    `access`, `operator` and `garden_type` are empty where not tagged; `fee` is true where one is asked, `community`
    where neighbours tend the garden, by tag or by name.
    """
    garden = tags.get("garden:type", "")
    called = " ".join(text for key, text in tags.items() if key.partition(":")[0] == "name").lower()
    tended = garden == "community" or tags.get("landuse") == "allotments"
    return names(tags) | {
        "access": tags.get("access", "private" if garden in ("private", "residential") else ""),
        "operator": tags.get("operator", ""),
        "garden_type": garden,
        "fee": tags.get("fee") == "yes",
        "community": tended or any(words in called for words in COMMUNITY_GARDEN),
    }
