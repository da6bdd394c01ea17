"""Draws a generated town as OpenStreetMap objects."""

from __future__ import annotations

import numpy as np
import shapely

from geokehila.sample_town.drawing import Drawing
from geokehila.sample_town.generated import grounds, houses, services, streets
from geokehila.sample_town.generated.lattice import Floats, Lattice
from geokehila.sample_town.plan import Point

#: What the road through the town is called.
ROAD = grounds.named("כביש", "Road", 1)
#: The data reach this far beyond the town [m].
MARGIN = 1_500.0


def draw(lattice: Lattice, residents: int, seed: int) -> Drawing:
    """Draw streets, paths, the wadi, shared blocks, houses and services."""
    sheet = Drawing()
    edges = streets.build(lattice, seed)
    ways = [*streets.ways(edges), *_country(lattice)]
    paths = grounds.paths(lattice, seed)
    numbers = [sheet.way(points, tags) for points, tags in ways]
    # An extract without any relation is taken for one that was cut.
    sheet.relation([(number, "") for number in numbers[-2:]], {"type": "route", "route": "road"} | ROAD)
    for path in paths:
        sheet.way(path, {"highway": "footway"})
    sheet.way(_wadi(lattice), {"waterway": "stream", "intermittent": "yes"} | grounds.named("נחל", "Wadi", 1))
    for ground in grounds.build(lattice):
        sheet.way([*ground.outline, ground.outline[0]], ground.tags)
        for place, gate in ground.gates:
            sheet.node(place, gate)
    on_foot = [*paths, *(points for points, tags in ways if tags["highway"] == "footway")]
    driven = [points for points, tags in ways if tags["highway"] != "footway"]
    lines = [[shapely.LineString(points) for points in group] for group in (driven, on_foot)]
    for outline, tags in houses.build(lattice, lines[0], lines[1], seed):
        sheet.way(outline, tags)
    for place, tags in [*services.build(lattice, edges, residents, seed), *services.quarters(lattice)]:
        sheet.node(place, tags)
    return sheet


def bounds(lattice: Lattice) -> tuple[Point, Point]:
    """South-west and north-east corner of what the data cover, Israel TM Grid [m]."""
    _, rings = lattice.rings()
    (west, south), (east, north) = rings.min(axis=(0, 1)) - MARGIN, rings.max(axis=(0, 1)) + MARGIN
    return (float(west), float(south)), (float(east), float(north))


def _country(lattice: Lattice) -> list[streets.Way]:
    """The roads that leave the town at both ends of its middle row, on along that row."""
    row = lattice.middle[1]
    inside = np.flatnonzero(lattice.inside[:, row])
    corners = np.vstack([lattice.south[:, row, 0], lattice.south[-1:, row, -1]])
    road = {"highway": "secondary"} | ROAD
    return [(_kept(lattice, part), road) for part in (corners[inside[0] :: -1], corners[inside[-1] + 1 :])]


def _wadi(lattice: Lattice) -> list[Point]:
    """Winding along the row kept free for it, through the town and the country."""
    columns = np.arange(len(lattice.inside))
    blocks = np.stack([columns, np.full(len(columns), lattice.river)], axis=1)
    return _kept(lattice, lattice.at(blocks, 0.5, 0.5 + 0.25 * np.sin(1.1 * columns)))


def _kept(lattice: Lattice, line: Floats) -> list[Point]:
    """The points of a line that lie in what the data cover."""
    low, high = bounds(lattice)
    kept = line[((line > low) & (line < high)).all(axis=1)]
    return [(x, y) for x, y in np.round(kept, 2).tolist()]
