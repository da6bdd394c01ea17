"""The key of a map: classes with their bounds, what is not known, marks, scale and north."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.patches import Polygon

from geokehila.catalogue.themes import Shown
from geokehila.draw.atlas import flow, marks
from geokehila.draw.atlas.ground import Ground, View
from geokehila.draw.atlas.maps import EDGE, EMPTY, FRAMED, NOT_KNOWN, PARTIAL, ROUGHLY
from geokehila.draw.atlas.paper import POINTS, Box, Sheet
from geokehila.draw.atlas.values import Values
from geokehila.draw.palette import HATCH, INK, PAPER, PARK, RAMPS, STREET
from geokehila.draw.palette import UNKNOWN as UNKNOWN_COLOUR
from geokehila.draw.plots.words import Words, figure

#: The scale bar is at most so much of the room it has.
BAR_SHARE = 0.7


def filled(colour: str | None, hatch: str = "", **look: Any) -> Callable[[Sheet, Box], None]:
    """Return what draws a swatch of a colour and a hatch."""

    def draw(sheet: Sheet, box: Box) -> None:
        inner = box.inset(0.3)
        sheet.fill(inner, colour, **(EDGE | look))
        if hatch:
            sheet.fill(inner, None, edgecolor=HATCH, hatch=hatch, linewidth=0.35)

    return draw


def stroke(colour: str, points: float) -> Callable[[Sheet, Box], None]:
    """Return what draws a swatch of a line."""

    def draw(sheet: Sheet, box: Box) -> None:
        sheet.fill(Box(box.x, box.y + box.height / 2, box.width, points / POINTS), colour)

    return draw


def bounds(shown: Shown) -> list[str]:
    """Return the bounds of each class, in the measure's unit; they read from left to right.

    Examples
    --------
    >>> bounds(Shown("domain_health_share", (0.2, 0.4, 0.6, 0.8), "better"))
    ['0–20%', '20–40%', '40–60%', '60–80%', '80–100%']
    >>> bounds(Shown("weekday_per_h", (2, 4, 8, 16), "better"))
    ['< 2', '2–4', '4–8', '8–16', '≥ 16']
    """
    if shown.key.endswith("_share"):
        ends = [0.0, *shown.breaks, 1.0]
        return [f"{figure(100 * low)}–{figure(100 * high)}%" for low, high in zip(ends, ends[1:], strict=False)]
    ends = [*shown.breaks]
    between = [f"{figure(low)} – {figure(high)}" if low < 0 else f"{figure(low)}–{figure(high)}"
               for low, high in zip(ends, ends[1:], strict=False)]  # fmt: skip
    return [f"< {figure(ends[0])}", *between, f"≥ {figure(ends[-1])}"]


def classes(shown: Shown, words: Words) -> list[flow.Block]:
    """Return the key of the classes, one below the other, with unit and direction."""
    unit = words.unit_of(shown)
    is_least = shown.key.endswith(("_share", "_people")) and not shown.within
    title = words.say("atlas.low" if is_least else "atlas.classes")
    named = f"{title} ({unit})" if unit and unit != "%" else title
    colours = zip(RAMPS[shown.more], bounds(shown), strict=True)
    swatches = (flow.Key(bound, filled(colour)) for colour, bound in colours)
    return [flow.Together((flow.Words(f"{named}. {words.say(f'atlas.{shown.more}')}", size=8, gap=1.0), *swatches))]


def states(words: Words, values: Sequence[Values], has_partial: bool) -> list[flow.Block]:
    """Return the key of what is no class: not known, not sure of its class, nobody, at the edge; of what is drawn."""
    wide = any(value.table["wide"].any() for value in values)
    nobody = any((value.table["class"] == -2).any() for value in values)
    found: list[flow.Block] = [flow.Key(words.say("legend.unknown"), filled(UNKNOWN_COLOUR, NOT_KNOWN))]
    if wide:
        found.append(flow.Key(words.say("legend.wide"), filled(None, ROUGHLY)))
    if nobody:
        found.append(flow.Key(words.say("legend.no_people"), filled(None, **EMPTY)))
    if has_partial:
        found.append(flow.Key(words.say("legend.partial"), filled(None, **PARTIAL)))
    return found


def far(words: Words, ground: Ground) -> list[flow.Block]:
    """Return the key of what is drawn at the edge that it lies beyond; nothing where all is in its place."""
    return [flow.Key(words.say("region_atlas.far"), filled(None, **FRAMED))] if ground.has_far else []


def strip(sheet: Sheet, box: Box, shown: Shown) -> None:
    """Draw the classes side by side, for a map whose classes are its own; they rise from left to right."""
    wide, size = box.width / len(RAMPS[shown.more]), 5.8
    colours, labels = RAMPS[shown.more], bounds(shown)
    if sheet.words.from_right:
        colours, labels = colours[::-1], labels[::-1]
    for number, (colour, label) in enumerate(zip(colours, labels, strict=True)):
        cell = Box(box.x + number * wide, box.y, wide, 2.6)
        sheet.fill(cell, colour, **EDGE)
        sheet.write(label, cell.x + wide / 2, cell.y + 3.1, size, align="middle")


def hubs(words: Words, kinds: Sequence[str]) -> list[flow.Key]:
    """Return the key of marks of hubs."""

    def mark(kind: str) -> Callable[[Sheet, Box], None]:
        return lambda sheet, box: marks.swatch(kind, sheet, box)

    texts = {"existing": "legend.hub", "recommended": "atlas.recommended", "second": "atlas.second"}
    return [flow.Key(words.say(texts[kind]), mark(kind)) for kind in kinds]


def ways(words: Words) -> list[flow.Block]:
    """Return the key of the ground."""
    return [flow.Key(words.say("legend.streets"), stroke(STREET, 0.9)),
            flow.Key(words.say("atlas.parks"), filled(PARK, linewidth=0))]  # fmt: skip


def scale(words: Words, view: View) -> flow.Block:
    """Return the scale, as a bar in metres and as a ratio, and north."""

    def draw(sheet: Sheet, box: Box) -> None:
        _bar(sheet, Box(box.x, box.y + 1.0, box.width - 16.0, box.height), view, words)
        _north(sheet, Box(box.x + box.width - 12.0, box.y, 12.0, box.height), words)

    return flow.Drawing(15.0, draw)


def bar_metres(view: View, room_mm: float) -> float:
    """Return a round length on the ground [m] whose bar has room on paper: 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> bar_metres(View(10_000, 100, 100), 70)
    500.0
    """
    most = room_mm / 1000 * view.scale
    return max(step * 10.0**power for power in range(7) for step in (1, 2, 5) if step * 10.0**power <= max(most, 1.0))


def _bar(sheet: Sheet, box: Box, view: View, words: Words) -> None:
    metres = bar_metres(view, BAR_SHARE * box.width)
    long = metres / view.scale * 1000
    sheet.write(f"1 : {view.scale:,.0f} (A3)", box.x, box.y, 7.5)
    for half, colour in enumerate((INK, PAPER)):
        sheet.fill(Box(box.x + half * long / 2, box.y + 4.2, long / 2, 1.6), colour, edgecolor=INK, linewidth=0.6)
    unit, size = ("distance.km", metres / 1000) if metres >= 1000 else ("distance.m", metres)
    sheet.write("0", box.x, box.y + 7.0, 7)
    sheet.write(words.say(unit, number=figure(size)), box.x + long, box.y + 7.0, 7, align="middle")


def _north(sheet: Sheet, box: Box, words: Words) -> None:
    """Draw the arrow that points up the grid."""
    bounds = sheet.bounds(Box(box.x, box.y + 3.4, box.width, 7.5))
    middle = (bounds.x0 + bounds.x1) / 2
    for side, colour in ((-1, INK), (1, PAPER)):
        points = [(middle, bounds.y1), (middle + side * 5.5, bounds.y0), (middle, bounds.y0 + 4)]
        sheet.figure.add_artist(
            Polygon(points, closed=True, transform=sheet.points, facecolor=colour, edgecolor=INK, linewidth=0.6)
        )
    sheet.write(words.say("page.north"), box.x + box.width / 2, box.y, 6.5, align="middle")


def ramp(more: str) -> Callable[[Sheet, Box], None]:
    """Return what draws the five colours of a direction, rising from left to right."""

    def draw(sheet: Sheet, box: Box) -> None:
        colours = RAMPS[more][::-1] if sheet.words.from_right else RAMPS[more]
        for number, colour in enumerate(colours):
            sheet.fill(Box(box.x + 9.0 * number, box.y, 9.0, 3.0), colour, **EDGE)

    return draw
