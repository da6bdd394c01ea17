"""Answers as Overpass gives them, made of a small map file: what its question bounds, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import osmium
from replay_server import Answerer, Asked, Reply

from geokehila import sample_town
from geokehila.pipeline import choose
from geokehila.study import Study

BASE = "2026-11-22T09:00:00Z"
_BOUNDS = re.compile(r"node\(([-\d.]+),([-\d.]+),([-\d.]+),([-\d.]+)\)")
TOWN = "generated-1600"


@dataclass
class Map:
    """The objects of a map as XML by id, where its nodes are, and what ways and relations name."""

    at: dict[int, tuple[float, float]] = field(default_factory=dict)
    xml: dict[str, dict[int, str]] = field(default_factory=lambda: {"node": {}, "way": {}, "relation": {}})
    nodes_of: dict[int, list[int]] = field(default_factory=dict)
    members: dict[int, list[tuple[str, int]]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Map:
        found = cls()
        thing: Any
        for thing in osmium.FileProcessor(str(path)):
            told = f'id="{thing.id}" version="3" timestamp="2025-01-01T00:00:00Z" user="somebody" uid="7" changeset="9"'
            tags = "".join(f"<tag k={quoteattr(tag.k)} v={quoteattr(tag.v)}/>" for tag in thing.tags)
            if thing.is_node():
                lon, lat = found.at[thing.id] = thing.location.lon, thing.location.lat
                found.xml["node"][thing.id] = f'<node {told} lat="{lat:.7f}" lon="{lon:.7f}">{tags}</node>'
            elif thing.is_way():
                refs = found.nodes_of[thing.id] = [node.ref for node in thing.nodes]
                named = "".join(f'<nd ref="{ref}"/>' for ref in refs)
                found.xml["way"][thing.id] = f"<way {told}>{named}{tags}</way>"
            else:
                members = [({"n": "node", "w": "way", "r": "relation"}[m.type], m.ref, m.role) for m in thing.members]
                found.members[thing.id] = [(kind, ref) for kind, ref, _ in members]
                named = "".join(f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members)
                found.xml["relation"][thing.id] = f"<relation {told}>{named}{tags}</relation>"
        return found

    def within(self, south: float, west: float, north: float, east: float) -> Mapping[str, set[int]]:
        """What lies in bounds: ways by any node of theirs, with all of them; relations with the ways they bound."""
        inside = {node for node, (lon, lat) in self.at.items() if west <= lon <= east and south <= lat <= north}
        ways = {way for way, refs in self.nodes_of.items() if inside.intersection(refs)}
        here = {("node", node) for node in inside} | {("way", way) for way in ways}
        relations = {relation for relation, members in self.members.items() if here.intersection(members)}
        ways |= {ref for relation in relations for kind, ref in self.members[relation] if kind == "way"}
        return {"node": inside.union(*(self.nodes_of[way] for way in ways)), "way": ways, "relation": relations}


def xml(parts: Sequence[str], base: str = BASE, after: str = "") -> bytes:
    """An answer of Overpass."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="Overpass API 0.7.62">\n'
    note = "<note>The data included in this document is from www.openstreetmap.org.</note>\n"
    return f'{head}{note}<meta osm_base="{base}"/>\n{"".join(parts)}{after}</osm>\n'.encode()


def overpass(of: Map, base: str = BASE) -> Answerer:
    """A server of Overpass that knows one map."""

    def answer(asked: Asked) -> Reply:
        found = _BOUNDS.search(asked.form["data"])
        assert found and asked.form["data"].startswith("[out:xml]") and "out meta;" in asked.form["data"]
        south, west, north, east = map(float, found.groups())
        within = of.within(south, west, north, east)
        parts = [of.xml[kind][number] for kind in ("node", "way", "relation") for number in sorted(within[kind])]
        return Reply(xml(parts, base), headers={"Content-Type": "application/osm3s+xml"})

    return answer


def drawn(folder: Path) -> tuple[Study, Path, Path]:
    """A fictional town of which the statistical areas are at hand and nothing else: its study, the raw folder, its map.

    The map lies outside of the raw folder.
    """
    whole, data = folder / "whole", folder / "raw"
    sample_town.generate(whole / TOWN, 1_600)
    (data / TOWN).mkdir(parents=True)
    for path in (whole / TOWN).iterdir():
        if path.name.startswith(("statistical_areas", "study")):
            (data / TOWN / path.name).write_bytes(path.read_bytes())
    return choose(TOWN, data), data, whole / TOWN / "osm.osm.pbf"
