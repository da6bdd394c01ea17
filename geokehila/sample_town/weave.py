"""Joins streets where they meet: loose ends are tied, and crossing streets share a point."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.geometry import Point as Dot

from geokehila.sample_town.plan import Point

#: An end this near another street belongs to it [m]; nearer than TOUCH two points are one.
TIE = 14.0
TOUCH = 1.0


def tie_ends(lines: Sequence[Sequence[Point]]) -> list[list[Point]]:
    """Move each loose end within `TIE` of another line onto it."""
    tied = [list(line) for line in lines]
    shapes = [LineString(line) for line in tied]
    for i, line in enumerate(tied):
        if line[0] != line[-1]:
            others = np.array(shapes[:i] + shapes[i + 1 :])
            line[0], line[-1] = _onto(line[0], others), _onto(line[-1], others)
            shapes[i] = LineString(line)
    return tied


def _onto(end: Point, others: np.ndarray) -> Point:
    """The end itself, or where it belongs on its nearest neighbour: a corner of it, else its nearest point."""
    dot = Dot(end)
    away = shapely.distance(others, dot)
    if not TOUCH < away.min() <= TIE:
        return end
    other = others[int(away.argmin())]
    corner = min(other.coords, key=lambda place: math.dist(place, end))
    on = Dot(corner) if math.dist(corner, end) <= TIE else other.interpolate(other.project(dot))
    return on.x, on.y


def weave(lines: Sequence[Sequence[Point]]) -> list[list[Point]]:
    """Lead the lines through a shared point wherever two of them meet."""
    joints = _joints([LineString(line) for line in lines])
    return [_through(line, np.array(joints)) for line in lines]


def _joints(lines: Sequence[LineString]) -> list[Point]:
    """Where lines cross or end on one another; points within `TOUCH` of an earlier one are that one."""
    joints: list[Point] = []
    for i, j in sorted(shapely.STRtree(lines).query(lines, predicate="dwithin", distance=TOUCH).T.tolist()):
        for point in _meetings(lines[i], lines[j]) if i < j else ():
            if all(math.dist(point, known) > TOUCH for known in joints):
                joints.append(point)
    return joints


def _meetings(one: LineString, other: LineString) -> list[Point]:
    ends = [c for c in (one.coords[0], one.coords[-1]) if other.distance(Dot(c)) <= TOUCH]
    ends += [c for c in (other.coords[0], other.coords[-1]) if one.distance(Dot(c)) <= TOUCH]
    crossings = shapely.get_coordinates(one.intersection(other)).tolist()
    return [(x, y) for x, y in [*ends, *crossings]]


def _through(line: Sequence[Point], joints: np.ndarray) -> list[Point]:
    """Lead the line through every joint it passes; corners that near a joint give way to it."""
    shape, dots = LineString(line), shapely.points(joints)
    passed = shapely.distance(shape, dots) <= TOUCH
    stops = dict(zip(shapely.line_locate_point(shape, dots[passed]).tolist(), joints[passed].tolist(), strict=True))
    corners = {LineString(line[: i + 1]).length if i else 0.0: corner for i, corner in enumerate(line)}
    stops |= {at: c for at, c in corners.items() if all(math.dist(c, stop) > TOUCH for stop in stops.values())}
    points = [(stops[at][0], stops[at][1]) for at in sorted(stops)]
    closed = line[0] == line[-1] and points[0] != points[-1]
    return [*points, points[0]] if closed else points
