"""Writes a drawing as an OpenStreetMap extract (.osm.pbf)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TypeVar

import osmium
import osmium.io
import osmium.osm

from geokehila import osm_file
from geokehila.sample_town.drawing import Drawing
from geokehila.sample_town.plan import Point, lonlat

Thing = TypeVar("Thing", bound=osmium.osm.mutable.OSMObject)
#: When the map was last edited: a fixed date, as for every file of the sample town.
EDITED = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


def write(sheet: Drawing, path: Path, bounds: tuple[Point, Point]) -> None:
    """Write nodes, ways and relations in order of type and id, with time and bounds in the header.

    ``bounds`` are the south-west and north-east corner of what the data cover, Israel TM Grid [m].
    """
    with osm_file.writing(path, _header(*bounds)) as out:
        for number, (lon, lat) in enumerate(lonlat(list(sheet.nodes)), start=1):
            out.add_node(
                _stamped(osmium.osm.mutable.Node(location=(lon, lat), tags=sheet.node_tags.get(number, {})), number)
            )
        for number, (nodes, tags) in enumerate(sheet.ways, start=1):
            out.add_way(_stamped(osmium.osm.mutable.Way(nodes=nodes, tags=dict(tags)), number))
        for number, (members, tags) in enumerate(sheet.relations, start=1):
            parts = [("w", way, role) for way, role in members]
            out.add_relation(_stamped(osmium.osm.mutable.Relation(members=parts, tags=dict(tags)), number))


def _header(low: Point, high: Point) -> osmium.io.Header:
    corners = lonlat([(x, y) for x in (low[0], high[0]) for y in (low[1], high[1])])
    (west, east), (south, north) = ((min(side), max(side)) for side in zip(*corners, strict=True))
    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(west, south, east, north))
    header.set("generator", "GeoKehila sample town (fictional)")
    header.set("osmosis_replication_timestamp", f"{EDITED:%Y-%m-%dT%H:%M:%SZ}")
    header.set("sorting", "Type_then_ID")
    return header


def _stamped(thing: Thing, number: int) -> Thing:
    thing.id, thing.version, thing.timestamp, thing.visible = number, 1, EDITED, True
    return thing
