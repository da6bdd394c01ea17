"""Reads the tables of the plan: rows become lines and grounds, gates become corners and doorsteps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shapely.geometry import LineString, MultiLineString
from shapely.geometry import Point as Dot
from shapely.ops import nearest_points

from geokehila.sample_town import grounds, places, streets
from geokehila.sample_town.plan import Ground, Line, Point, arc, named, outline, path, smooth, tagged

Row = tuple[str, str, str, float, float, str, str | None]


def lines() -> list[Line]:
    """Every way of the plan, before the streets are joined."""
    found = [*_straight(streets.CORE_NORTHWARD, True), *_straight(streets.CORE_EASTWARD, False)]
    found += [_curve(words, way, he, en, homes=style) for he, en, words, way, style in streets.ROADS]
    found += [_curve(words, way, he, en) for he, en, words, way in streets.COUNTRY]
    found += [*_hill(), *_closes()]
    found += [_curve(words, way, he, en, ar, "family") for he, en, ar, words, way in streets.OLD_PATHS]
    found += [Line(path(way), tagged(words) | named(he, en), "hall") for he, en, words, way in streets.WORKS]
    found += [_curve(words, way) for words, way in streets.WALKS]
    return [*found, *_squares()]


def heads() -> list[Point]:
    """Where the closes end and cars turn."""
    return [_close(branch, at, length, bend)[-1] for branch, _, _, at, length, bend in streets.CLOSES]


def fields() -> Iterator[Ground]:
    """Every ground of the plan, with its gates as corners."""
    for words, he, en, rim in grounds.LAND_USE:
        yield Ground(outline(rim), tagged(words) | named(he, en), open=True)
    for words, he, en, rim in grounds.GREENS:
        yield Ground(_gated(rim), tagged(words) | named(he, en))
    for words, he, en, ar, rim, house in grounds.SCHOOLS:
        yield Ground(_gated(rim), tagged(words) | named(he, en, ar))
        yield Ground(outline(house), {"building": tagged(words)["amenity"]})
    for words, he, en, ar, rim in grounds.PUBLIC:
        yield Ground(_gated(rim), tagged(words) | named(he, en, ar))


def doorsteps(ways: Sequence[Line]) -> Iterator[Line]:
    """From each gate the shortest footway to a street."""
    walkable = MultiLineString([way.points for way in ways if way.tags["highway"] != "trunk"])
    for x, y, _ in places.GATES:
        near = nearest_points(walkable, Dot(x, y))[0]
        if near.distance(Dot(x, y)) > 1.0:
            yield Line(((x, y), (near.x, near.y)), tagged("highway=footway"))


def _curve(words: str, way: str, he: str = "", en: str = "", ar: str = "", homes: str | None = None) -> Line:
    return Line(smooth(path(way)), tagged(words) | named(he, en, ar), homes)


def _straight(rows: Sequence[Row], northward: bool) -> Iterator[Line]:
    """The nearly straight streets of the old core, one line per stretch."""
    low, high = (-200.0, 700.0) if northward else (-490.0, 421.0)
    for he, en, words, first, last, stretches, homes in rows:
        for stretch in path(stretches):
            ends = [(first + (last - first) * (at - low) / (high - low), at) for at in stretch]
            points = tuple((x, y) if northward else (y, x) for x, y in ends)
            yield Line(points, tagged(words) | named(he, en), homes)


def _hill() -> Iterator[Line]:
    for he, en, words, radius, start, stop, style in streets.TERRACES:
        yield Line(arc(streets.HILL, radius, start, stop), tagged(words) | named(he, en), style)
    for he, en, words, bends in streets.CLIMBS:
        points = [on_hill(radius, angle) for radius, angle in path(bends)]
        yield Line(smooth(points), tagged(words) | named(he, en))
    for angle, low, high in streets.STAIRS:
        ramp = " ramp=yes ramp:stroller=yes" if angle in streets.RAMPS else ""
        yield Line((on_hill(low, angle), on_hill(high, angle)), tagged(f"highway=steps incline=up{ramp}"))


def on_hill(radius: float, angle: float) -> Point:
    """The point of a terrace seen from the hill top at `angle` [degrees]."""
    return arc(streets.HILL, radius, angle, angle)[0]


def _closes() -> Iterator[Line]:
    for he, en, way in streets.BRANCHES.values():
        yield _curve("highway=residential", way, he, en, homes="villa")
    for branch, he, en, at, length, bend in streets.CLOSES:
        points = smooth(_close(branch, at, length, bend))
        yield Line(points, tagged("highway=residential") | named(he, en), "villa")


def _close(branch: str, at: float, length: float, bend: float) -> tuple[Point, ...]:
    """A short street off its branch, `at` metres from the branch's start; it bends a little half way."""
    base = LineString(smooth(path(streets.BRANCHES[branch][-1])))
    foot, ahead = base.interpolate(at), base.interpolate(at + 1)
    east, north = ahead.x - foot.x, ahead.y - foot.y
    steps = ((0.0, 0.0), (0.5 * length, 0.3 * bend), (length, bend))
    return tuple((foot.x - north * out + east * on, foot.y + east * out + north * on) for out, on in steps)


def _squares() -> Iterator[Line]:
    plaza = tagged("highway=pedestrian area=yes") | named(*grounds.PLAZA_NAME)
    yield Line((*grounds.PLAZA, grounds.PLAZA[0]), plaza)
    roundabout = tagged("highway=secondary junction=roundabout oneway=yes")
    yield Line(arc((-25, 840), 16, 0, 360, flat=1.0), roundabout)


def _gated(rim: str) -> tuple[Point, ...]:
    """The outline with its gates as corners."""
    corners = outline(rim)
    ring = LineString([*corners, corners[0]])
    gates = [(float(x), float(y)) for x, y, _ in places.GATES if ring.distance(Dot(x, y)) < 0.5]
    stops = {round(ring.project(Dot(point)), 2): point for point in (*corners, *gates)}
    return tuple(stops[at] for at in sorted(stops))
