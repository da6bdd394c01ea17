"""The ground that every plot stands on: axes with units, series told apart without colour, each named where it ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import Bbox

from geokehila.draw.palette import QUIET, SERIES
from geokehila.draw.plots import ink
from geokehila.draw.plots.words import Words

Side = Literal["left", "right"]
Place = Literal["upper left", "upper center"]
#: [inch] Of a plot by itself.
SIZE = (7.2, 4.6)
#: One for each series in turn, beside its colour: their number and that of the colours share no factor.
DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 2)),
    (0, (1, 1.2)),
    (0, (7, 2, 1.5, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (9, 3)),
    (0, (2, 3)),
)
MARKS = ("o", "s", "^", "D", "v", "P", "X")


@dataclass(frozen=True, eq=False)
class Canvas:
    """Axes, with the words that are written on them.

    Attributes
    ----------
    axes
        Where it is drawn.
    words
        Of the town, in the reader's language.
    size
        [pt] Of the letters.
    """

    axes: Axes
    words: Words
    size: float = 8.0

    @classmethod
    def alone(cls, words: Words) -> Canvas:
        """Return a canvas on a figure of its own."""
        return cls(Figure(figsize=SIZE, layout="constrained").add_subplot(), words)

    @property
    def figure(self) -> Figure:
        """The figure that it is part of."""
        figure = self.axes.get_figure(root=True)
        assert isinstance(figure, Figure)  # noqa: S101
        return figure

    def line(self, words: str) -> str:
        """Return one line of text as it is drawn."""
        return ink.line(words, self.words.language)

    def titles(self, title: str, across: str, up: str) -> None:
        """Name the plot and its axes, with their units."""
        side: Side = "right" if self.words.from_right else "left"
        self.axes.set_title(self.line(title), loc=side, fontsize=self.size + 1, fontweight="bold", parse_math=False)
        self.axes.set_xlabel(self.line(across), fontsize=self.size, parse_math=False)
        self.axes.set_ylabel(self.line(up), fontsize=self.size, parse_math=False)
        self.axes.tick_params(labelsize=self.size - 0.5, width=0.5, length=2.5)

    def per_cent(self, axis: str) -> None:
        """Tell shares as per cent on an axis, ``x`` or ``y``, from none to all."""
        of_axis = getattr(self.axes, f"{axis}axis")
        of_axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f}%"))
        getattr(self.axes, f"set_{axis}lim")(-0.02, 1.02)

    def says(self, title: str, words: str) -> None:
        """Say in words why nothing is drawn."""
        self.axes.set_axis_off()
        side: Side = "right" if self.words.from_right else "left"
        self.axes.set_title(self.line(title), loc=side, fontsize=self.size + 1, fontweight="bold", parse_math=False)
        lines = [self.line(line) for line in ink.wrapped(words, self.size, self._room())]
        self.axes.text(
            0.5, 0.5, "\n".join(lines), transform=self.axes.transAxes, ha="center", va="center",
            fontsize=self.size, color=QUIET, parse_math=False,
        )  # fmt: skip

    def key(self, handles: Sequence[Any], place: Place, columns: int) -> None:
        """Say what dashes and marks stand for."""
        legend = self.axes.legend(
            handles=handles, fontsize=self.size - 0.5, frameon=False, loc=place, ncols=columns, handlelength=3
        )
        for text in legend.get_texts():
            text.set_parse_math(False)

    def name_ends(self, ends: Sequence[tuple[float, str, Line2D, str]]) -> None:
        """Write the name of each series beside its end, with its dash and mark; kept apart where they would meet.

        Parameters
        ----------
        ends
            How high each ends, its name, its line, and its mark.
        """
        heights = apart([height for height, *_ in ends], self._line_height(), self.axes.get_ylim()[1])
        beside = self.axes.get_yaxis_transform()
        for (_, name, drawn, mark), height in zip(ends, heights, strict=True):
            sample = Line2D([1.015, 1.05, 1.085], [height] * 3)
            sample.update_from(drawn)
            sample.set(transform=beside, clip_on=False, gid=None, marker=mark, markersize=4, markevery=[1])
            self.axes.add_artist(sample)
            self.axes.text(1.1, height, self.line(name), transform=beside, fontsize=self.size, va="center",
                           ha="left", parse_math=False)  # fmt: skip

    def fit(self, box: Bbox) -> None:
        """Draw the axes in until all that is written around them lies within a place of the figure."""
        figure = self.figure
        written = self.axes.get_tightbbox(FigureCanvasAgg(figure).get_renderer())  # type: ignore[no-untyped-call]
        if written is None:
            return
        around = written.transformed(figure.transFigure.inverted())
        at = self.axes.get_position()
        over = [max(0.0, box.x0 - around.x0), max(0.0, box.y0 - around.y0)]
        beyond = [max(0.0, around.x1 - box.x1), max(0.0, around.y1 - box.y1)]
        self.axes.set_position(
            (at.x0 + over[0], at.y0 + over[1], at.width - over[0] - beyond[0], at.height - over[1] - beyond[1])
        )

    def _room(self) -> float:
        """[pt] The width of the axes."""
        return float(self.axes.get_position().width * self.figure.get_figwidth() * 72 * 0.95)

    def _line_height(self) -> float:
        """Return how much of the upright axis a line of letters takes."""
        low, high = self.axes.get_ylim()
        inches = self.axes.get_position().height * self.figure.get_figheight()
        return float((high - low) * 1.55 * self.size / 72 / inches)


def colour(number: int) -> str:
    """Return the colour of a series by its number from 0."""
    return SERIES[number % len(SERIES)]


def apart(heights: Sequence[float], least: float, top: float = math.inf) -> list[float]:
    """Return heights moved as little as may be until neighbours are `least` apart in their order, none above `top`.

    Examples
    --------
    >>> [round(height, 6) for height in apart([1.0, 1.0, 0.0], 0.25)]
    [0.875, 1.125, 0.0]
    >>> [round(height, 6) for height in apart([1.0, 1.0], 0.25, 1.0)]
    [0.75, 1.0]
    """
    order = np.argsort(heights, kind="stable")
    room = least * np.arange(len(heights))
    # Without the room that each needs above those below it, heights may meet but not cross: isotonic regression.
    blocks: list[list[float]] = []
    for height in np.asarray(heights, float)[order] - room:
        blocks.append([height])
        while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    moved = np.empty(len(heights))
    moved[order] = np.concatenate([np.full(len(block), np.mean(block)) for block in blocks] or [room]) + room
    for place in order[::-1]:
        moved[place] = min(moved[place], top)
        top = moved[place] - least
    return [float(height) for height in moved]
