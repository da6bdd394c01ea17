"""A map of localities as circles, in units of the page: plain, without a background that a host would be asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import Any

#: [px] The largest width and height of a map, and the space around its outermost locality.
WIDTH, HEIGHT, MARGIN = 460.0, 640.0, 46.0
#: [px] Radius of the smallest and the largest circle.
SMALLEST, LARGEST = 5.0, 15.0
#: [px] Height of a name, width of a letter of it, and the gap to its circle.
LINE, LETTER, GAP = 15.0, 7.4, 3.0
#: [km] Length of a degree of latitude, and of the scale.
DEGREE_KM, SCALE_KM = 111.2, 10


@dataclass(frozen=True)
class Mark:
    """A city on the map.

    Attributes
    ----------
    at
        [px] From the left and from above.
    page
        Where its page is; "" where there is none.
    """

    at: tuple[float, float]
    people: float
    name: str
    page: str
    is_fictional: bool


@dataclass(frozen=True)
class Frame:
    """What a map shows: degrees to the west and north, and how many pixels a degree of latitude has."""

    west: float
    north: float
    shrink: float
    scale: float
    width: float
    height: float

    @classmethod
    def around(cls, places: Sequence[tuple[float, float]]) -> Frame:
        """Return the frame of places, longitude and latitude [degrees]; at least one.

        Examples
        --------
        >>> frame = Frame.around([(35.0, 31.0), (35.0, 32.0)])
        >>> frame.at((35.0, 32.0)), frame.width
        ((46.0, 46.0), 92.0)
        """
        lon, lat = zip(*places, strict=True)
        shrink = cos(radians((min(lat) + max(lat)) / 2))
        wide, high = (max(lon) - min(lon)) * shrink, max(lat) - min(lat)
        room = (WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN)
        scale = min(room[0] / wide if wide else 1e9, room[1] / high if high else 1e9)
        size = (wide * scale + 2 * MARGIN, high * scale + 2 * MARGIN)
        return cls(min(lon), max(lat), shrink, scale, round(size[0], 1), round(size[1], 1))

    def at(self, place: tuple[float, float]) -> tuple[float, float]:
        """Return where a place is on the map."""
        x = (place[0] - self.west) * self.shrink * self.scale + MARGIN
        y = (self.north - place[1]) * self.scale + MARGIN
        return round(x, 1), round(y, 1)

    def has(self, place: tuple[float, float]) -> bool:
        """Tell whether a place is on the map."""
        x, y = self.at(place)
        return 0 <= x <= self.width and 0 <= y <= self.height

    def drawn(self, marks: Sequence[Mark], dots: Sequence[tuple[tuple[float, float], str]]) -> dict[str, Any]:
        """Return circles, names that do not cover each other, dots of what has no page, and the scale."""
        most = max((mark.people for mark in marks), default=0.0)
        ordered = sorted(marks, key=lambda mark: (-mark.people, mark.name))
        circles = [(mark, _radius(mark.people, most)) for mark in ordered]
        labels = _labels(circles, self.width, self.height)
        return {
            "width": self.width,
            "height": self.height,
            "circles": [
                {"x": mark.at[0], "y": mark.at[1], "r": r, "mark": mark, "label": label}
                for (mark, r), label in zip(circles, labels, strict=True)
            ],
            "dots": [{"x": x, "y": y, "name": name} for (x, y), name in sorted(dots)],
            "scale_px": round(SCALE_KM / DEGREE_KM * self.scale, 1),
            "scale_km": SCALE_KM,
        }


def _radius(people: float, most: float) -> float:
    """Return the radius of a circle whose area grows with the people."""
    return round(max(SMALLEST, LARGEST * sqrt(people / most)), 1) if most else SMALLEST


def _labels(
    circles: Iterable[tuple[Mark, float]], width: float, height: float
) -> list[tuple[float, float, str] | None]:
    """Return where each name stands and how it is anchored, the largest city's first; None where it has no room."""
    listed = [*circles]
    taken = [(m.at[0] - r, m.at[1] - r, m.at[0] + r, m.at[1] + r) for m, r in listed]
    found: list[tuple[float, float, str] | None] = []
    for mark, r in listed:
        long, (x, y) = LETTER * len(mark.name), mark.at
        tries = [
            ((x + r + GAP, y + LINE / 3, "start"), (x + r + GAP, y - LINE / 2, x + r + GAP + long, y + LINE / 2)),
            ((x - r - GAP, y + LINE / 3, "end"), (x - r - GAP - long, y - LINE / 2, x - r - GAP, y + LINE / 2)),
            ((x, y - r - GAP, "middle"), (x - long / 2, y - r - GAP - LINE, x + long / 2, y - r - GAP)),
            ((x, y + r + LINE, "middle"), (x - long / 2, y + r + GAP, x + long / 2, y + r + GAP + LINE)),
        ]
        free = next((place for place, box in tries if _is_free(box, taken, width, height)), None)
        found.append(free)
        taken += [box for place, box in tries if place == free]
    return found


def _is_free(
    box: tuple[float, float, float, float], taken: Iterable[tuple[float, ...]], width: float, height: float
) -> bool:
    inside = box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height
    return inside and not any(
        box[0] < one[2] and one[0] < box[2] and box[1] < one[3] and one[1] < box[3] for one in taken
    )
