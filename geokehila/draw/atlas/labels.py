"""Names on a map, the most people first: each where it meets no other name and no mark, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geokehila.draw.plots import ink

#: [pt] Around the letters of a name, and between it and the mark that it stands beside.
PAD, GAP = 1.6, 0.5
#: Where a name is tried, in its own heights and widths from the middle of its area.
OFFSETS = ((0, 0), (0, 1.1), (0, -1.1), (0.35, 0), (-0.35, 0), (0.35, 1.1), (-0.35, 1.1), (0.35, -1.1), (-0.35, -1.1),
           (0, 2.2), (0, -2.2))  # fmt: skip
#: On which side of a mark a name is tried, right and up.
BESIDE = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))


@dataclass(frozen=True)
class Rect:
    """An upright rectangle [pt]: its middle and its size."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Rect) -> bool:
        """Tell whether two rectangles share more than an edge."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2
            and abs(self.y - other.y) < (self.height + other.height) / 2
        )

    def within(self, width: float, height: float) -> bool:
        """Tell whether it lies in a map of this size, whose middle is 0."""
        return abs(self.x) + self.width / 2 <= width / 2 and abs(self.y) + self.height / 2 <= height / 2


@dataclass(frozen=True)
class Room:
    """The size of a map [pt], whose middle is 0, and where marks and names stand on it."""

    width: float
    height: float
    taken: Sequence[Rect] = ()

    def has(self, rect: Rect) -> bool:
        """Tell whether a rectangle lies on the map and meets nothing there."""
        return rect.within(self.width, self.height) and not any(rect.meets(other) for other in self.taken)


@dataclass(frozen=True)
class Label:
    """A name where it is written, in one line or two."""

    lines: tuple[str, ...]
    place: Rect


def place(
    names: Sequence[str], middles: np.ndarray, room: Room, size: float, radii: np.ndarray | None = None
) -> list[Label]:
    """Return the names that find a place, in the order in which they are given.

    Parameters
    ----------
    names
        N names; an empty one is not written.
    middles
        Where each belongs, from the map's middle [pt], shape (N, 2).
    room
        Of the map.
    size
        Of the letters [pt].
    radii
        Of the marks [pt] that names stand beside, shape (N,); None: names stand on what they are of.

    Examples
    --------
    >>> import numpy as np
    >>> same = np.zeros((2, 2))
    >>> [label.lines for label in place(["one", "two"], same, Room(200, 20), 8)]
    [('one',)]
    """
    found: list[Label] = []
    around = np.full(len(names), np.nan) if radii is None else radii
    for name, middle, radius in zip(names, middles, around, strict=True):
        if name and np.isfinite(middle).all() and (label := _label(name, (*middle, radius), room, size)):
            found.append(label)
            room = replace(room, taken=[*room.taken, label.place])
    return found


def _label(name: str, mark: tuple[float, float, float], room: Room, size: float) -> Label | None:
    for lines in _ways_to_write(name):
        wide = max(ink.width(line, size) for line in lines) + 2 * PAD
        high = 1.2 * size * len(lines) + PAD
        for right, up in _shifts(wide, high, size, mark[2]):
            rect = Rect(float(mark[0]) + right, float(mark[1]) + up, wide, high)
            if room.has(rect):
                return Label(lines, rect)
    return None


def _shifts(wide: float, high: float, size: float, radius: float) -> list[tuple[float, float]]:
    """Return how far from a middle the middle of a name is tried [pt]: on it and near, or beside a mark."""
    if np.isnan(radius):
        return [(right * wide, up * 1.3 * size) for right, up in OFFSETS]
    away = radius + GAP
    return [(right * (away + wide / 2), up * (away + high / 2)) for right, up in BESIDE]


def _ways_to_write(name: str) -> list[tuple[str, ...]]:
    """Return a name in one line, and a long one of several words in two, as even as they can be."""
    words = name.split()
    if len(words) < 2 or len(name) < 12:
        return [(name,)]
    cuts = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    halves = min(cuts, key=lambda cut: max(map(len, cut)))
    return [halves, (name,)]
