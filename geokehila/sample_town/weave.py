"""Joins streets where they meet: loose ends are tied, and crossing streets share a point."""

from __future__ import annotations

import math
from collections.abc import Sequence

import shapely
from shapely.geometry import LineString
from shapely.geometry import Point as Dot

from geokehila.sample_town.plan import Point

#: An end this near another street belongs to it [m]; nearer than TOUCH two points are one.
TIE = 14.0
TOUCH = 1.0


def weave(lines: Sequence[Sequence[Point]]) -> list[list[Point]]:
    """The same lines with a shared point wherever two of them meet."""
    joints = _joints([LineString(line) for line in lines])
    return [_through(line, joints) for line in lines]


def tie_ends(lines: Sequence[Sequence[Point]]) -> list[list[Point]]:
    """Move each loose end within `TIE` of another line onto it."""
    tied = [list(line) for line in lines]
    for i, line in enumerate(tied):
        if line[0] != line[-1]:
            others = [LineString(other) for j, other in enumerate(tied) if j != i]
            tree = shapely.STRtree(others)
            line[0], line[-1] = _onto(line[0], others, tree), _onto(line[-1], others, tree)
    return tied


def _onto(end: Point, others: Sequence[LineString], tree: shapely.STRtree) -> Point:
    dot = Dot(end)
    other = others[int(tree.nearest(dot))]
    if not TOUCH < other.distance(dot) <= TIE:
        return end
    corner = min(other.coords, key=lambda c: math.dist(c, end))
    if math.dist(corner, end) <= TIE:
        return corner[0], corner[1]
    on = other.interpolate(other.project(dot))
    return on.x, on.y


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


def _through(line: Sequence[Point], joints: Sequence[Point]) -> list[Point]:
    """The line led through every joint it passes."""
    shape = LineString(line)
    stops = {shape.project(Dot(p)): p for p in joints if shape.distance(Dot(p)) <= TOUCH}
    bends = {_mark(line, i): p for i, p in enumerate(line)}
    kept = {at: p for at, p in bends.items() if all(math.dist(p, stop) > TOUCH for stop in stops.values())}
    points = [point for _, point in sorted((kept | stops).items())]
    closed = line[0] == line[-1] and points[0] != points[-1]
    return [*points, points[0]] if closed else points


def _mark(line: Sequence[Point], index: int) -> float:
    return sum(math.dist(line[i], line[i + 1]) for i in range(index))
