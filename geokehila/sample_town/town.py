"""Draws the town: streets that meet, grounds with gates, places, and homes in between."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geokehila.sample_town import furniture, grounds, homes, layout, places, streets
from geokehila.sample_town.drawing import Drawing
from geokehila.sample_town.plan import (
    CENTRE,
    REACH,
    Ground,
    Line,
    Point,
    along,
    arc,
    named,
    on_earth,
    outline,
    path,
    smooth,
    tagged,
)
from geokehila.sample_town.weave import tie_ends, weave

SEED = 9996
#: Half the width kept free of homes along a way [m]; 6 where not named.
CLEARANCE = {"secondary": 8, "tertiary": 7, "pedestrian": 7, "footway": 2, "path": 2.5, "steps": 3, "cycleway": 3}
#: The banks of the wadi kept free of homes [m].
BANK = 28.0


def draw() -> Drawing:
    """Draw the whole town as OpenStreetMap objects; the same on every call."""
    sheet = Drawing()
    fields = list(layout.fields())
    ways = _led(layout.lines(), tie_ends)
    ways = _led([*ways, *layout.doorsteps(ways)], weave)
    _draw_ways(sheet, ways)
    for field in fields:
        sheet.outline(field.points, field.tags)
    _draw_relations(sheet)
    for house, tags in homes.build(_frontages(ways), _taken(ways, fields), seed=SEED):
        sheet.way(house.exterior.coords[:], tags)
    _draw_spots(sheet)
    _draw_furniture(sheet)
    return sheet


def bounds() -> tuple[Point, Point]:
    """South-west and north-east corner of what the data cover, Israel TM Grid [m]."""
    x, y = CENTRE
    return (x - REACH, y - REACH), (x + REACH, y + REACH)


def _led(ways: Sequence[Line], lead: Callable[[Sequence[Sequence[Point]]], list[list[Point]]]) -> list[Line]:
    paths = lead([way.points for way in ways])
    return [replace(way, points=tuple(path)) for way, path in zip(ways, paths, strict=True)]


def _draw_ways(sheet: Drawing, ways: Sequence[Line]) -> None:
    crossed = iter(streets.CROSSED)
    for way in ways:
        if way.tags.get("footway") == "crossing":
            _draw_crossing(sheet, way, *next(crossed))
        else:
            sheet.line(way.points, way.tags)
    for head in map(on_earth, layout.heads()):
        if head in sheet.nodes:
            sheet.node(head, tagged("highway=turning_circle"))
    sheet.line(smooth(grounds.WADI), tagged("waterway=stream intermittent=yes") | named(*grounds.WADI_NAME))


def _draw_crossing(sheet: Drawing, way: Line, crossing: str, kerb: str) -> None:
    """Draw a crossing with a kerb on each side, half way from the pavement to the middle of the road."""
    start, road, end = way.points
    kerbs = [((x + road[0]) / 2, (y + road[1]) / 2) for x, y in (start, end)]
    sheet.line([start, kerbs[0], road, kerbs[1], end], way.tags)
    sheet.node(on_earth(road), tagged(f"highway=crossing {crossing}"))
    for point in kerbs:
        sheet.node(on_earth(point), tagged(kerb))


def _draw_relations(sheet: Drawing) -> None:
    """Draw the large park with its pond, and the one relation that does not close."""
    park = tagged("type=multipolygon leisure=park")
    north, south = sheet.line(grounds.PARK_NORTH, {}), sheet.line(grounds.PARK_SOUTH, {})
    pond = sheet.outline(grounds.POND, tagged("natural=water water=pond"))
    sheet.relation([(north, "outer"), (south, "outer"), (pond, "inner")], park | named(*grounds.PARK_NAME))
    sheet.relation([(sheet.line(grounds.BROKEN, {}), "outer")], park | named(*grounds.BROKEN_NAME))


def _draw_spots(sheet: Drawing) -> None:
    stop = "highway=bus_stop public_transport=platform bus=yes"
    spots = [(words, he, en, "", x, y) for words, he, en, x, y in places.SPOTS + places.QUARTERS]
    spots += [(words, "", "", "", x, y) for x, y, words in places.GATES]
    spots += [(stop, he, en, "", x, y) for he, en, x, y in places.BUS_STOPS]
    spots += [(stop, *row) for row in places.BUS_STOPS_THIN]
    for words, he, en, ar, x, y in [*spots, *places.THIN]:
        sheet.node(on_earth((x, y)), tagged(words) | named(he, en, ar))


def _draw_furniture(sheet: Drawing) -> None:
    """Draw what stands along the streets; a crossing is the node of a street that is nearest to its spot."""
    on_streets = {number for nodes, tags in sheet.ways if "highway" in tags for number in nodes}
    corners = [place for place, number in sheet.nodes.items() if number in on_streets]
    for words, x, y in furniture.CROSSINGS:
        nearest = min(corners, key=partial(math.dist, on_earth((x, y))))
        sheet.node(nearest, tagged(f"highway=crossing {words}"))
    for row in furniture.TREE_ROWS:
        sheet.line(path(row), tagged("natural=tree_row"))
    for words, rim in furniture.VERGES:
        sheet.outline(outline(rim), tagged(words))
    lamps = [point for ring in furniture.LAMPS for point in arc(streets.HILL, *ring)]
    for kind, points in (("natural=tree", furniture.TREES), ("highway=street_lamp", lamps)):
        for point in points:
            sheet.node(on_earth(point), tagged(kind))


def _frontages(ways: Sequence[Line]) -> list[tuple[LineString, str]]:
    """The streets that carry homes, on the earth, with the style of the homes."""
    return [(_bent(way.points), way.homes) for way in ways if way.homes]


def _taken(ways: Sequence[Line], fields: Sequence[Ground]) -> list[BaseGeometry]:
    """All that homes keep clear of, on the earth."""
    taken: list[BaseGeometry] = [_bent(way.points).buffer(CLEARANCE.get(way.tags["highway"], 6)) for way in ways]
    park = (*grounds.PARK_NORTH, *grounds.PARK_SOUTH[1:-1])
    taken += [_filled(points) for points in (park, *(field.points for field in fields if not field.open))]
    taken += [_bent(border).buffer(1.0) for border in grounds.borders()]
    return [*taken, _bent(smooth(grounds.WADI)).buffer(BANK)]


def _bent(points: Sequence[Point]) -> LineString:
    return LineString([on_earth(point) for point in along(points)])


def _filled(points: Sequence[Point]) -> Polygon:
    return Polygon(_bent([*points, points[0]]).coords)
