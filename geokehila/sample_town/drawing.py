"""The town drawn as OpenStreetMap objects: nodes, ways and relations with ids given in the order of drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from geokehila.sample_town.plan import Point, Tags, along, on_earth


@dataclass
class Drawing:
    """A growing sheet: one node per place on the ground, shared by all that meet there."""

    nodes: dict[Point, int] = field(default_factory=dict)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: list[tuple[list[int], Tags]] = field(default_factory=list)
    relations: list[tuple[list[tuple[int, str]], Tags]] = field(default_factory=list)

    def node(self, place: Point, tags: Tags | None = None) -> int:
        """The node at `place` (Israel TM Grid [m]), new or known; tags are added to it."""
        number = self.nodes.setdefault(place, len(self.nodes) + 1)
        if tags:
            self.node_tags.setdefault(number, {}).update(tags)
        return number

    def way(self, places: Sequence[Point], tags: Tags) -> int:
        """A way through `places` (Israel TM Grid [m]); its number."""
        self.ways.append(([self.node(place) for place in places], tags))
        return len(self.ways)

    def line(self, points: Sequence[Point], tags: Tags) -> int:
        """A way through plan points, led so that it bends with the land."""
        return self.way([on_earth(point) for point in along(points)], tags)

    def outline(self, points: Sequence[Point], tags: Tags) -> int:
        """A closed way around plan points; the first is not repeated by the caller."""
        return self.line([*points, points[0]], tags)

    def relation(self, members: Sequence[tuple[int, str]], tags: Tags) -> int:
        """A relation of (way number, role) members; its number."""
        self.relations.append((list(members), tags))
        return len(self.relations)
