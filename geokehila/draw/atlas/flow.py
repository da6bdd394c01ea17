"""Text, keys and small drawings that flow down one column after the other, set smaller where they would not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from geokehila.draw.atlas.paper import ASCENT, POINTS, Box, Sheet
from geokehila.draw.palette import INK, QUIET

#: Sizes that are tried, in parts of those asked for.
SMALLER = (1.0, 0.93, 0.86, 0.8, 0.74)
#: The same for a sheet of words alone, which are set as large as it holds.
LARGEST = (1.5, 1.4, 1.3, 1.2, 1.1, *SMALLER)
MORE = "…"
#: [mm] A swatch of a key.
SWATCH_MM = (8.0, 4.6)


@dataclass(frozen=True)
class Words:
    """A paragraph; `gap` [mm] is left below it, `indent` [mm] before it; `mark` stands in the indent."""

    text: str
    size: float = 8.5
    bold: bool = False
    colour: str = INK
    gap: float = 1.8
    indent: float = 0.0
    mark: str = ""

    def height(self, sheet: Sheet, width: float, scale: float) -> float:
        """Return how high it is [mm]."""
        return len(self._lines(sheet, width, scale)) * sheet.line_mm(self.size * scale) + self.gap * scale

    def draw(self, sheet: Sheet, box: Box, scale: float) -> None:
        """Write it at the top of a place."""
        look: dict[str, Any] = {"bold": self.bold, "colour": self.colour}
        size = self.size * scale
        if self.mark:
            sheet.write(self.mark, box.x, box.y, size, **{**look, "bold": True})
        sheet.write_lines(self._lines(sheet, box.width, scale), box.x + self.indent, box.y, size, **look)

    def _lines(self, sheet: Sheet, width: float, scale: float) -> list[str]:
        return sheet.lines(self.text, self.size * scale, width - self.indent, self.bold)


def heading(text: str) -> Words:
    """Return the heading of a part."""
    return Words(text, size=10.5, bold=True, gap=1.4)


def small(text: str) -> Words:
    """Return a remark."""
    return Words(text, size=7, colour=QUIET, gap=1.2)


def space(mm: float = 3.0) -> Words:
    """Return an empty strip."""
    return Words("", gap=mm)


@dataclass(frozen=True)
class Key:
    """A swatch with what it stands for; `draw_swatch` is given the sheet and the place."""

    text: str
    draw_swatch: Callable[[Sheet, Box], Any]
    size: float = 8.0

    def height(self, sheet: Sheet, width: float, scale: float) -> float:
        """Return how high it is [mm]."""
        text = len(self._lines(sheet, width, scale)) * sheet.line_mm(self.size * scale)
        return max(text, SWATCH_MM[1] * scale) + 1.0 * scale

    def draw(self, sheet: Sheet, box: Box, scale: float) -> None:
        """Draw it at the top of a place."""
        lines, size = self._lines(sheet, box.width, scale), self.size * scale
        wide, high = (scale * mm for mm in SWATCH_MM)
        self.draw_swatch(sheet, Box(box.x, box.y, wide, high))
        down = max(0.0, (high - ASCENT * size / POINTS) / 2)
        sheet.write_lines(lines, box.x + wide + 2.0, box.y + (down if len(lines) == 1 else 0.0), size)

    def _lines(self, sheet: Sheet, width: float, scale: float) -> list[str]:
        return sheet.lines(self.text, self.size * scale, width - SWATCH_MM[0] * scale - 2.0)


@dataclass(frozen=True)
class Drawing:
    """Something that draws itself into a place of a height [mm]."""

    mm: float
    draw_in: Callable[[Sheet, Box], Any]

    def height(self, sheet: Sheet, width: float, scale: float) -> float:
        """Return how high it is [mm]."""
        return self.mm * scale

    def draw(self, sheet: Sheet, box: Box, scale: float) -> None:
        """Draw it at the top of a place."""
        self.draw_in(sheet, Box(box.x, box.y, box.width, self.mm * scale))


Single = Words | Key | Drawing


@dataclass(frozen=True)
class Together:
    """Blocks that stay in one column."""

    blocks: tuple[Single, ...]

    def height(self, sheet: Sheet, width: float, scale: float) -> float:
        """Return how high they are [mm]."""
        return sum(block.height(sheet, width, scale) for block in self.blocks)

    def draw(self, sheet: Sheet, box: Box, scale: float) -> None:
        """Draw them below each other."""
        at = box.y
        for block in self.blocks:
            high = block.height(sheet, box.width, scale)
            block.draw(sheet, Box(box.x, at, box.width, high), scale)
            at += high


Block = Single | Together


def pour(sheet: Sheet, columns: Sequence[Box], blocks: Sequence[Block], sizes: Sequence[float] = SMALLER) -> bool:
    """Draw blocks down the columns as large as they fit; where they fit at no size an ellipsis ends what does.

    Parameters
    ----------
    sizes
        That are tried, in parts of those asked for.

    Returns
    -------
    bool
        Whether all of them are drawn.
    """
    for scale in sizes:
        places = _places(sheet, columns, blocks, scale)
        if len(places) == len(blocks):
            places = _even(sheet, columns, blocks, scale)
            break
    for block, place in zip(blocks, places, strict=False):
        block.draw(sheet, place, scale)
    if len(places) < len(blocks):
        last = columns[-1]
        sheet.write(MORE, last.x, last.y + last.height - 2.0, 9, bold=True)
    return len(places) == len(blocks)


def _even(sheet: Sheet, columns: Sequence[Box], blocks: Sequence[Block], scale: float) -> list[Box]:
    """Return places of blocks that fit, in columns no longer than they must be."""
    too_short, enough = 0.0, columns[0].height
    while enough - too_short > 1.0 and len(columns) > 1:
        tried = (too_short + enough) / 2
        fits = len(_places(sheet, [_shorter(box, tried) for box in columns], blocks, scale)) == len(blocks)
        too_short, enough = (too_short, tried) if fits else (tried, enough)
    return _places(sheet, [_shorter(box, enough) for box in columns], blocks, scale)


def _shorter(box: Box, height: float) -> Box:
    return Box(box.x, box.y, box.width, height)


def _places(sheet: Sheet, columns: Sequence[Box], blocks: Sequence[Block], scale: float) -> list[Box]:
    """Return where each block goes, as many as find room; a heading stays with what follows it."""
    places: list[Box] = []
    left, at = list(columns), columns[0].y
    for number, block in enumerate(blocks):
        high = block.height(sheet, left[0].width, scale)
        following = blocks[number + 1 : number + 2] if isinstance(block, Words) and block.bold else []
        needed = high + sum(after.height(sheet, left[0].width, scale) for after in following)
        while at + needed > left[0].y + left[0].height + 1e-6:
            left = left[1:]
            if not left:
                return places
            at = left[0].y
        places.append(Box(left[0].x, at, left[0].width, high))
        at += high
    return places
