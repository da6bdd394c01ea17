"""What OpenStreetMap's ways, barriers and squares become on the way to the table of streets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from pyproj import Geod

from geokehila.catalogue import Profile
from geokehila.ledger import Ledger
from geokehila.load.osm import course, walkable, wheels
from geokehila.load.osm.edited import identity
from geokehila.load.osm.kerbs import Kerbs

Tags = Mapping[str, str]
Row = dict[str, Any]

EARTH = Geod(ellps="WGS84")

#: Columns of what :func:`geokehila.load.osm.ways.finish` makes streets of, and their types.
DRAFTS: Mapping[str, Mapping[str, str]] = {
    "streets": {"street_id": "str", "part": "int64", "way": "str", "bridge": "bool", "tunnel": "bool", "role": "str",
                "layer": "float64", **wheels.COLUMNS},
    "barriers": {"barrier_id": "str"},
    "plazas": {"plaza_id": "str", "way": "str", "outlined": "bool", "bridge": "bool", "tunnel": "bool",
               "layer": "float64", **wheels.COLUMNS},
    "obstacles": {"source_id": "str", "layer": "float64"},
}  # fmt: skip


@dataclass
class Streets:
    """The ways of one pass: rows for each draft; how often each rule over tags applied, and over how many metres."""

    ledger: Ledger
    profiles: Sequence[Profile]
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in DRAFTS})
    applied: Counter[str] = field(default_factory=Counter)
    kerbs: Kerbs = field(default_factory=Kerbs)

    def way(self, way: Any, tags: Tags) -> None:
        """Take a way with a highway tag: a street, or why not."""
        self.ledger.read("street")
        verdict = walkable.judge(tags)
        lonlat = course.lonlat(way)
        runs = course.runs(lonlat)
        self._count(verdict, runs)
        if verdict.reason:
            self.ledger.reject("street", identity("w", way.id), verdict.reason)
            return
        if None in lonlat:
            self.ledger.read("street part")
            self.ledger.reject("street part", identity("w", way.id), course.OUTSIDE)
        if not runs:
            self.ledger.reject("street", identity("w", way.id), course.OUTSIDE)
            return
        self.ledger.use("street")
        self.kerbs.way(way, tags)
        here = {
            "street_id": identity("w", way.id),
            "way": tags["highway"],
            "role": walkable.role(tags),
            **course.level(tags),
        }
        here |= wheels.told(tags, self.profiles)
        self.rows["streets"] += [{"part": i, **here, "geometry": shapely.LineString(run)} for i, run in enumerate(runs)]

    def barrier(self, node: Any, tags: Tags) -> None:
        """Take a point with a barrier tag where it lets nobody through."""
        if walkable.shut(tags):
            point = shapely.Point(node.lon, node.lat)
            self.rows["barriers"].append({"barrier_id": identity("n", node.id), "geometry": point})

    def barrier_way(self, way: Any, tags: Tags) -> None:
        """Take each node of a gate drawn as a line; a wall drawn so may have a gap where a way passes."""
        if tags.get("barrier") in walkable.FENCES:
            for run in course.runs(course.lonlat(way)):
                self.obstacle(identity("w", way.id), tags, shapely.LineString(run))
        if tags.get("barrier") in walkable.GATES and walkable.shut(tags):
            self.rows["barriers"] += [
                {"barrier_id": f"{identity('w', way.id)}/{i}", "geometry": shapely.Point(node.lon, node.lat)}
                for i, node in enumerate(way.nodes)
                if node.location.valid()
            ]

    def plaza(self, source_id: str, tags: Tags, shape: shapely.Geometry) -> None:
        """Take an area that is crossed in every direction, or reject it as a way of its tags would be."""
        kind = walkable.plaza(tags)
        if reason := walkable.judge({**tags, "highway": kind}).reason:
            self.ledger.reject("plaza", source_id, reason)
            return
        self.ledger.use("plaza")
        here = {"plaza_id": source_id, "way": kind, "outlined": "highway" in tags, **course.level(tags)}
        here |= wheels.told({**tags, "highway": kind}, self.profiles)
        self.rows["plazas"].append({**here, "geometry": shape})

    def house(self, source_id: str, tags: Tags, shape: shapely.Geometry) -> None:
        """Take a building that stands on the ground, not on pillars, and is no mere roof."""
        above = tags.get("building:min_level", "0")
        if tags["building"] not in walkable.ROOFS and above in ("", "0"):
            self.obstacle(source_id, tags, shape)

    def obstacle(self, source_id: str, tags: Tags, shape: shapely.Geometry) -> None:
        """Take what one walks round on a square: a building, water, or a fence (a line)."""
        layer = course.level(tags)["layer"]
        self.rows["obstacles"].append({"source_id": source_id, "layer": layer, "geometry": shape})

    def tear_down(self, building_ids: Collection[str]) -> None:
        """Forget buildings that are but the outline of others."""
        self.rows["obstacles"] = [row for row in self.rows["obstacles"] if row["source_id"] not in building_ids]

    def _count(self, verdict: walkable.Verdict, runs: Sequence[Sequence[tuple[float, float]]]) -> None:
        if verdict.rules:
            length_m = sum(EARTH.geometry_length(shapely.LineString(run)) for run in runs)
            for rule in verdict.rules:
                self.applied.update({rule: 1, f"{rule}_m": length_m})
