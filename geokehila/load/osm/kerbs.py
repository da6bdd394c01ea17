"""Kerbs: the points where one is raised, and at how many crossings somebody told what it is like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely

from geokehila.load.osm.edited import identity

Tags = Mapping[str, str]
Row = dict[str, Any]

#: Columns of the points where a kerb is raised, and their types.
COLUMNS: Mapping[str, str] = {"kerb_id": "str"}
#: Tags that tell what a kerb is like; the sides are those of a road that is crossed.
KINDS = ("kerb", "kerb:both", "kerb:left", "kerb:right")
HEIGHT = "kerb:height"
#: Kinds that a wheelchair does not climb; of "yes" the height is not told, and a kerb is a barrier to wheelchairs.
RAISED = frozenset(("raised", "rolled", "yes"))
#: [m] What a wheelchair still climbs.
LOW_M = 0.03

_HEIGHT = re.compile(r"(\d+(?:\.\d+)?)\s*(cm|mm|m)?")
_UNITS = {"mm": 0.001, "cm": 0.01, "m": 1.0, None: 1.0}
#: The facts that are counted, each with its sentence.
RULES: Mapping[str, str] = {
    "kerb_raised": "At a raised kerb profiles that cannot climb it leave no pavement; roads are joined there as ever.",
    "kerb_told": "Crossings at which a kerb is mapped, raised or not.",
    "kerb_not_told": "Crossings at which none is mapped count as level: where these are many, wheels fare worse.",
}


def is_told(tags: Tags) -> bool:
    """Tell whether tags speak of a kerb at all."""
    return tags.get("barrier") == "kerb" or HEIGHT in tags or any(key in tags for key in KINDS)


def is_raised(tags: Tags) -> bool:
    """Tell whether a kerb stops a wheelchair: as stated or measured, else by its kind; one of no kind does.

    Examples
    --------
    >>> is_raised({"kerb": "lowered"}), is_raised({"kerb": "raised"}), is_raised({"barrier": "kerb"})
    (False, True, True)
    """
    if (stated := tags.get("wheelchair")) in ("yes", "designated", "no"):
        return stated == "no" and is_told(tags)
    height_m, kinds = _metres(tags.get(HEIGHT, "")), {tags[key] for key in KINDS if key in tags}
    if height_m is not None:
        return height_m > LOW_M
    return bool(kinds & RAISED) if kinds else tags.get("barrier") == "kerb"


def _metres(text: str) -> float | None:
    """[m] Read a height, in metres where no unit is given; None where it is none."""
    found = _HEIGHT.fullmatch(text.strip().replace(",", "."))
    return float(found[1]) * _UNITS[found[2]] if found else None


@dataclass
class Kerbs:
    """The kerbs of one pass, points before ways: a row for each that is raised, and the crossings.

    ``told`` are the points that speak of a kerb, ``crossings`` those where a road is crossed: by their number.
    """

    rows: list[Row] = field(default_factory=list)
    told: set[int] = field(default_factory=set)
    crossings: set[int] = field(default_factory=set)
    ways: Counter[str] = field(default_factory=Counter)

    def point(self, node: Any, tags: Tags) -> None:
        """Take a point that may be a kerb, a crossing, or both."""
        if is_told(tags):
            self.told.add(node.id)
            if is_raised(tags):
                row = {"kerb_id": identity("n", node.id), "geometry": shapely.Point(node.lon, node.lat)}
                self.rows.append(row)
        if tags.get("highway") == "crossing" and tags.get("crossing") != "no":
            self.crossings.add(node.id)

    def way(self, way: Any, tags: Tags) -> None:
        """Take a walked way; one that is a crossing speaks for the crossings that are points of it."""
        if "crossing" in (tags["highway"], tags.get(tags["highway"])):
            points = {node.ref for node in way.nodes}
            self.ways["kerb_told" if is_told(tags) or points & self.told else "kerb_not_told"] += 1
            self.crossings -= points

    def counts(self) -> dict[str, int]:
        """Return how often each of :data:`RULES` applied."""
        told = len(self.crossings & self.told)
        return {
            "kerb_raised": len(self.rows),
            "kerb_told": self.ways["kerb_told"] + told,
            "kerb_not_told": self.ways["kerb_not_told"] + len(self.crossings) - told,
        }
