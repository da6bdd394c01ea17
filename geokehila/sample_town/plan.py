"""The words of the town plan: lines and grounds in plan metres, and where the plan lies on the earth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from geokehila.sample_town.arabic import in_arabic

if TYPE_CHECKING:
    import pyproj

Point = tuple[float, float]
Tags = Mapping[str, str]

#: Where plan (0, 0) lies, Israel TM Grid [m]: the empty Negev south of the Besor, no locality within 8 km.
CENTRE: Point = (163_600.0, 534_500.0)
#: The data reach this far from the centre, east, north, west and south [m].
REACH = 2_850.0
TURN = math.radians(8.0)
STEP = 40.0


@dataclass(frozen=True)
class Line:
    """A way on which things move, or a stream: points, tags and the style of the homes along it."""

    points: tuple[Point, ...]
    tags: Tags
    homes: str | None = None


@dataclass(frozen=True)
class Ground:
    """A closed outline (the first point is not repeated). `open` grounds may be built upon."""

    points: tuple[Point, ...]
    tags: Tags
    open: bool = False


def named(he: str, en: str, ar: str = "") -> dict[str, str]:
    """Name tags as mappers in Israel write them: the local name first, then by language; none without a Hebrew name.

    `ar`: the name where people there speak Arabic; elsewhere it is translated.
    """
    if not he:
        return {}
    names = {"name": f"{ar} {he}" if ar else he, "name:he": he, "name:en": en}
    translated = ar or in_arabic(he)
    return names | ({"name:ar": translated} if translated else {})


def tagged(words: str) -> dict[str, str]:
    """Tags from words: ``"amenity=clinic operator=x"``."""
    return dict(word.split("=", 1) for word in words.split())


def on_earth(point: Point) -> Point:
    """Plan metres to Israel TM Grid metres: a slight bend, a slight turn, a move; to the centimetre."""
    x = point[0] + 24.0 * math.sin(point[1] / 330.0 + 0.7)
    y = point[1] + 20.0 * math.sin(point[0] / 390.0 - 0.4)
    east = CENTRE[0] + x * math.cos(TURN) - y * math.sin(TURN)
    north = CENTRE[1] + x * math.sin(TURN) + y * math.cos(TURN)
    return round(east, 2), round(north, 2)


def along(points: Sequence[Point]) -> list[Point]:
    """The same polyline with no stretch longer than `STEP`, so that it bends with the land."""
    dense = [points[0]]
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        parts = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) / STEP))
        dense += [(x0 + (x1 - x0) * i / parts, y0 + (y1 - y0) * i / parts) for i in range(1, parts + 1)]
    return dense


def smooth(points: Sequence[Point]) -> tuple[Point, ...]:
    """The polyline as a soft curve through the same points (Catmull-Rom spline, four parts a stretch)."""
    if len(points) == 2:
        return tuple(points)
    closed = points[0] == points[-1]
    before, after = (points[-2], points[1]) if closed else (points[0], points[-1])
    padded = [before, *points, after]
    curve = [
        (_blend(x, part / 4), _blend(y, part / 4))
        for i in range(len(points) - 1)
        for x, y in [tuple(zip(*padded[i : i + 4], strict=True))]
        for part in range(4)
    ]
    return (*curve, points[-1])


def _blend(knots: Sequence[float], t: float) -> float:
    """Catmull-Rom between the second and third of four knots, `t` from 0 to 1."""
    a, b, c, d = knots
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def arc(centre: Point, radius: float, start: float, stop: float, flat: float = 1.15) -> tuple[Point, ...]:
    """An arc of an upright ellipse, `start` to `stop` [degrees, counter-clockwise], in steps of about 10 degrees."""
    parts = max(2, round(abs(stop - start) / 10))
    angles = [math.radians(start + (stop - start) * i / parts) for i in range(parts + 1)]
    return tuple((centre[0] + radius * math.cos(a), centre[1] + flat * radius * math.sin(a)) for a in angles)


def path(words: str) -> tuple[Point, ...]:
    """Points from words: ``"12,-520 90,-548"``."""
    pairs = (word.split(",") for word in words.split())
    return tuple((float(x), float(y)) for x, y in pairs)


def outline(words: str) -> tuple[Point, ...]:
    """Corners from words; two corners are the south-west and north-east of an upright rectangle."""
    corners = path(words)
    if len(corners) > 2:
        return corners
    (west, south), (east, north) = corners
    return (west, south), (east, south), (east, north), (west, north)


def lonlat(places: Sequence[Point]) -> list[Point]:
    """Israel TM Grid [m] to longitude and latitude [degrees, seven decimals: about a centimetre]."""
    lon, lat = to_degrees().transform([x for x, _ in places], [y for _, y in places])
    return [(round(x, 7), round(y, 7)) for x, y in zip(lon, lat, strict=True)]


def itm(lon: float, lat: float) -> Point:
    """Longitude and latitude [degrees] to Israel TM Grid, to the metre."""
    east, north = to_degrees().transform(lon, lat, direction="INVERSE")
    return float(round(east)), float(round(north))


@cache
def to_degrees() -> pyproj.Transformer:
    """The way from Israel TM Grid [m] to longitude and latitude: slow to make, so made once."""
    import pyproj

    return pyproj.Transformer.from_crs("EPSG:2039", "EPSG:4326", always_xy=True)
