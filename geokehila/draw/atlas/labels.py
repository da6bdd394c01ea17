"""Names on a map, the most people first: each where it meets no other name and no mark, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geokehila.draw.plots import ink

#: [pt] Around the letters of a name.
PAD = 1.6
#: Where a name is tried, in its own heights and widths from the middle of its area.
OFFSETS = ((0, 0), (0, 1.1), (0, -1.1), (0.35, 0), (-0.35, 0), (0.35, 1.1), (-0.35, 1.1), (0.35, -1.1), (-0.35, -1.1),
           (0, 2.2), (0, -2.2))  # fmt: skip


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
class Label:
    """A name where it is written, in one line or two."""

    lines: tuple[str, ...]
    place: Rect


def place(
    names: Sequence[str], middles: np.ndarray, taken: Sequence[Rect], room: tuple[float, float], size: float
) -> list[Label]:
    """Return the names that find a place, in the order in which they are given.

    Parameters
    ----------
    names
        N names; an empty one is not written.
    middles
        Where each belongs, from the map's middle [pt], shape (N, 2).
    taken
        Where marks stand.
    room
        Width and height of the map [pt].
    size
        Of the letters [pt].

    Examples
    --------
    >>> import numpy as np
    >>> same = np.zeros((2, 2))
    >>> [label.lines for label in place(["one", "two"], same, [], (200, 20), 8)]
    [('one',)]
    """
    found: list[Label] = []
    busy = list(taken)
    for name, middle in zip(names, middles, strict=True):
        if name and np.isfinite(middle).all() and (label := _label(name, middle, busy, room, size)):
            found.append(label)
            busy.append(label.place)
    return found


def _label(name: str, middle: np.ndarray, busy: Sequence[Rect], room: tuple[float, float], size: float) -> Label | None:
    for lines in _ways_to_write(name):
        wide = max(ink.width(line, size) for line in lines) + 2 * PAD
        high = 1.2 * size * len(lines) + PAD
        for right, up in OFFSETS:
            rect = Rect(float(middle[0]) + right * wide, float(middle[1]) + up * 1.3 * size, wide, high)
            if rect.within(*room) and not any(rect.meets(other) for other in busy):
                return Label(lines, rect)
    return None


def _ways_to_write(name: str) -> list[tuple[str, ...]]:
    """Return a name in one line, and a long one of several words in two, as even as they can be."""
    words = name.split()
    if len(words) < 2 or len(name) < 12:
        return [(name,)]
    cuts = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    halves = min(cuts, key=lambda cut: max(map(len, cut)))
    return [halves, (name,)]
