"""A sheet of A3 paper: a matplotlib Figure on which lengths are millimetres from the side where reading begins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D, Bbox, Transform, TransformedBbox

from geokehila.draw.palette import INK
from geokehila.draw.plots import ink
from geokehila.draw.plots.words import Words

#: [mm] Short and long side of A3.
A3_MM = (297.0, 420.0)
MARGIN_MM = 12.0
#: [points per mm]
POINTS = 72 / 25.4
#: Of a line of letters, as shares of their size: how high they stand above its foot, and how far lines are apart.
ASCENT, LEADING = 0.78, 1.32
#: What a piece of a line may begin and end with.
BLANKS = f" {ink.FROM_RIGHT}"


@dataclass(frozen=True)
class Box:
    """A place on a sheet [mm]: its corner, from the side where reading begins and from the top, and its size."""

    x: float
    y: float
    width: float
    height: float

    def inset(self, mm: float) -> Box:
        """Return what is left within a margin."""
        return Box(self.x + mm, self.y + mm, self.width - 2 * mm, self.height - 2 * mm)

    def cut(self, top: float = 0.0, bottom: float = 0.0) -> Box:
        """Return what is left below and above strips."""
        return Box(self.x, self.y + top, self.width, self.height - top - bottom)


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet, drawn in millimetres from its top and from the side where reading begins.

    Attributes
    ----------
    figure
        What is drawn on.
    width_mm, height_mm
        Of the paper.
    words
        Of the town, in the reader's language.
    """

    figure: Figure
    width_mm: float
    height_mm: float
    words: Words

    @classmethod
    def blank(cls, words: Words, landscape: bool) -> Sheet:
        """Return an empty sheet of A3."""
        width, height = A3_MM[::-1] if landscape else A3_MM
        return cls(Figure(figsize=(width / 25.4, height / 25.4), dpi=72), width, height, words)

    @property
    def inner(self) -> Box:
        """The sheet within its margins."""
        return Box(0.0, 0.0, self.width_mm, self.height_mm).inset(MARGIN_MM)

    @property
    def points(self) -> Transform:
        """From points, from the lower left corner, to the figure."""
        return Affine2D().scale(1 / 72) + self.figure.dpi_scale_trans

    def bounds(self, box: Box) -> Bbox:
        """Return a place in points from the lower left corner."""
        left = self.width_mm - box.x - box.width if self.words.from_right else box.x
        return Bbox.from_bounds(
            left * POINTS, (self.height_mm - box.y - box.height) * POINTS, box.width * POINTS, box.height * POINTS
        )

    def clip(self, box: Box) -> TransformedBbox:
        """Return what cuts a drawing off at a place's edge."""
        return TransformedBbox(self.bounds(box), self.points)

    def fill(self, box: Box, colour: str | None, **look: Any) -> Rectangle:
        """Fill a place."""
        bounds = self.bounds(box)
        patch = Rectangle(bounds.p0, bounds.width, bounds.height, transform=self.points, facecolor=colour or "none",
                          **{"linewidth": 0, **look})  # fmt: skip
        self.figure.add_artist(patch)
        return patch

    def axes(self, box: Box) -> Axes:
        """Return axes at a place; room for their labels must be within it."""
        bounds = self.bounds(box)
        wide, high = self.width_mm * POINTS, self.height_mm * POINTS
        return self.figure.add_axes((bounds.x0 / wide, bounds.y0 / high, bounds.width / wide, bounds.height / high))

    def write(
        self, words: str, x: float, y: float, size: float, *, bold: bool = False, colour: str = INK,
        align: str = "start", room: float = math.inf
    ) -> None:  # fmt: skip
        """Write one line whose letters' top is at `y`.

        Parameters
        ----------
        align
            Whether its ``start``, its ``middle`` or its ``end`` is at `x`.
        room
            [mm] A longer line is written smaller, until it fits.
        """
        size *= min(1.0, room / max(width_mm(words, size, bold), 1e-9))
        parts = ink.pieces(words, self.words.language)
        widths = [width_mm(part, size, bold) for part in parts]
        at = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[align] * sum(widths)
        look = {"fontsize": size, "fontweight": "bold" if bold else "normal", "color": colour}
        for part, wide in zip(parts, widths, strict=True):
            blanks = len(part) - len(part.lstrip(BLANKS)) - part.count(ink.FROM_RIGHT)
            self._set(part, at + blanks * width_mm(" ", size, bold), y, look)
            at += wide

    def _set(self, part: str, x: float, y: float, look: dict[str, Any]) -> None:
        """Set letters of one direction."""
        side = self.width_mm - x if self.words.from_right else x
        foot = (self.height_mm - y) * POINTS - ASCENT * look["fontsize"]
        bare = ink.FROM_RIGHT * part.startswith(ink.FROM_RIGHT) + part.strip(BLANKS)
        self.figure.text(
            round(side * POINTS, 2), round(foot, 2), bare, **look, ha="right" if self.words.from_right else "left",
            va="baseline", transform=self.points, parse_math=False,
        )  # fmt: skip

    def write_lines(self, lines: Sequence[str], x: float, y: float, size: float, **look: Any) -> float:
        """Write lines below each other; return where the next one would begin [mm]."""
        for number, line in enumerate(lines):
            self.write(line, x, y + number * self.line_mm(size), size, **look)
        return y + len(lines) * self.line_mm(size)

    def lines(self, words: str, size: float, room_mm: float, bold: bool = False) -> list[str]:
        """Return a text in lines that fit."""
        return ink.wrapped(words, size, room_mm * POINTS, bold)

    @staticmethod
    def line_mm(size: float) -> float:
        """Return how far lines are apart [mm]."""
        return LEADING * size / POINTS


def width_mm(words: str, size: float, bold: bool = False) -> float:
    """Return how wide a line is."""
    return ink.width(words, size, bold) / POINTS
