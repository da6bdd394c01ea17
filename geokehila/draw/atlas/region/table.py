"""A table on a sheet: a line a locality, its numbers in the classes that maps are coloured by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from geokehila.draw.atlas.maps import NOT_KNOWN
from geokehila.draw.atlas.paper import POINTS, Box, Sheet, width_mm
from geokehila.draw.palette import HATCH, INK, LINE, PAPER, RAMPS, UNKNOWN

#: [mm] The head of a table, and the highest line.
HEAD_MM, HIGHEST_MM = 17.0, 10.5
#: [pt] Letters of the head, and the largest of a line.
HEAD_SIZE, LARGEST = 8.0, 9.0
#: [mm] Left free on both sides of words in a cell.
PAD_MM = 1.0
#: Colours on which letters are white.
DARK = {colour for ramp in RAMPS.values() for colour in ramp[3:]}


@dataclass(frozen=True)
class Column:
    """What stands above a column, and how wide it is in parts of the others."""

    title: str
    parts: float = 1.0


@dataclass(frozen=True)
class Cell:
    """A place in a line.

    Attributes
    ----------
    columns
        How many it takes.
    """

    text: str = ""
    colour: str | None = None
    hatch: str = ""
    align: str = "middle"
    columns: int = 1


def unknown(text: str, columns: int = 1) -> Cell:
    """Return a cell of what is not known: hatched as on every map, never blank."""
    return Cell(text, UNKNOWN, NOT_KNOWN, columns=columns)


@dataclass(frozen=True)
class Line:
    """The cells of a line; a bold one is of the whole region."""

    cells: Sequence[Cell]
    bold: bool = False


def draw(sheet: Sheet, box: Box, columns: Sequence[Column], lines: Sequence[Line]) -> None:
    """Draw a table as high as its place, but no line higher than is easy to read along."""
    edges = _edges(box, columns)
    for number, column in enumerate(columns):
        _head(sheet, Box(edges[number], box.y, edges[number + 1] - edges[number], HEAD_MM), column, number)
    high = min(HIGHEST_MM, (box.height - HEAD_MM) / max(1, len(lines)))
    size = min(LARGEST, 0.6 * high * POINTS)
    for number, line in enumerate(lines):
        top, at = box.y + HEAD_MM + number * high, 0
        sheet.fill(Box(box.x, top + high - 0.1, box.width, 0.15), LINE)
        for cell in line.cells:
            place = Box(edges[at], top, edges[at + cell.columns] - edges[at], high)
            _cell(sheet, place, cell, size, line.bold)
            at += cell.columns


def _edges(box: Box, columns: Sequence[Column]) -> list[float]:
    part = box.width / sum(column.parts for column in columns)
    return [box.x + part * sum(column.parts for column in columns[:n]) for n in range(len(columns) + 1)]


def _head(sheet: Sheet, box: Box, column: Column, number: int) -> None:
    room = box.width - 2 * PAD_MM
    lines = sheet.lines(column.title, HEAD_SIZE, room, bold=True)[:4]
    top = box.y + box.height - 1.5 - len(lines) * sheet.line_mm(HEAD_SIZE)
    for row, words in enumerate(lines):
        middle = number > 0
        x = box.x + (box.width / 2 if middle else 0.0)
        sheet.write(words, x, top + row * sheet.line_mm(HEAD_SIZE), HEAD_SIZE, bold=True,
                    align="middle" if middle else "start", room=room)  # fmt: skip


def _cell(sheet: Sheet, box: Box, cell: Cell, size: float, bold: bool) -> None:
    inner = box.inset(0.25)
    if cell.colour:
        sheet.fill(inner, cell.colour)
    if cell.hatch:
        sheet.fill(inner, None, edgecolor=HATCH, hatch=cell.hatch)
    if not cell.text:
        return
    room = box.width - 2 * PAD_MM
    down = box.y + (box.height - 0.75 * size / POINTS) / 2
    if cell.hatch:
        _underlay(sheet, box, cell, size, room)
    x = {"start": box.x, "middle": box.x + box.width / 2, "end": box.x + box.width - PAD_MM}[cell.align]
    colour = "#ffffff" if cell.colour in DARK else INK
    sheet.write(cell.text, x, down, size, bold=bold, colour=colour, align=cell.align, room=room)


def _underlay(sheet: Sheet, box: Box, cell: Cell, size: float, room: float) -> None:
    """Keep letters off the hatching behind them."""
    wide = min(room, width_mm(cell.text, size)) + 2 * PAD_MM
    high = min(box.height - 0.6, 1.25 * size / POINTS)
    place = Box(box.x + (box.width - wide) / 2, box.y + (box.height - high) / 2, wide, high)
    sheet.fill(place, PAPER if cell.colour == UNKNOWN else cell.colour)


def span(low: float, high: float, unit: str = "") -> str:
    """Return whole numbers, at least and at most, as short as they can be.

    Examples
    --------
    >>> span(12.2, 12.4), span(1200.0, 3400.0), span(0.0, float("nan"))
    ('12', '1,200–3,400', '')
    """
    if math.isnan(low) or math.isnan(high):
        return ""
    least, most = (f"{math.floor(number + 0.5):,}" for number in (low, high))
    return f"{least}{unit}" if least == most else f"{least}–{most}{unit}"
