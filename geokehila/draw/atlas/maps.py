"""One map on a sheet: zones in their classes, parks, ways, units, hubs, homes, names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from geokehila.draw.atlas import labels, marks
from geokehila.draw.atlas.ground import Ground, View
from geokehila.draw.atlas.labels import Label, Rect
from geokehila.draw.atlas.paper import POINTS, Box, Sheet
from geokehila.draw.atlas.values import NOBODY, UNKNOWN, Values
from geokehila.draw.palette import HATCH, INK, PAPER, PARK, QUIET, RAMPS, STREET
from geokehila.draw.palette import UNKNOWN as UNKNOWN_COLOUR
from geokehila.draw.plots import ink
from geokehila.schema import WHOLE_ZONE_SHARE
from geokehila.zones.telling import Units

#: How what is not known is hatched, and how what is known too roughly.
NOT_KNOWN, ROUGHLY = "////", "\\\\\\\\"
EDGE: dict[str, Any] = {"edgecolor": "#555555", "linewidth": 0.35}
PARTIAL: dict[str, Any] = {"edgecolor": "#555555", "linewidth": 1.0, "linestyle": (0, (6, 3))}
FRAMED: dict[str, Any] = {"edgecolor": QUIET, "linewidth": 0.6, "linestyle": (0, (2, 1.5))}
EMPTY: dict[str, Any] = {"edgecolor": "#999999", "linewidth": 0.5, "linestyle": (0, (1, 2.5))}


@dataclass(frozen=True, eq=False)
class Map:
    """A map at a place of a sheet.

    Attributes
    ----------
    sheet, ground
        On which it is drawn, and what of.
    box
        Where it stands.
    """

    sheet: Sheet
    ground: Ground
    box: Box
    taken: list[Rect] = field(default_factory=list, repr=False)

    @cached_property
    def view(self) -> View:
        """What it shows."""
        return self.ground.view(self.box.width, self.box.height)

    @cached_property
    def _middle(self) -> np.ndarray:
        bounds = self.sheet.bounds(self.box)
        return np.array([(bounds.x0 + bounds.x1) / 2, (bounds.y0 + bounds.y1) / 2]).round(2)

    def add(self, path: Path, **look: Any) -> None:
        """Draw a path of points from the map's middle, cut at its edge."""
        if len(np.asarray(path.vertices)):
            shift = Affine2D().translate(*self._middle) + self.sheet.points
            patch = PathPatch(path, transform=shift, **{"linewidth": 0, "joinstyle": "round", **look})
            patch.set_clip_box(self.sheet.clip(self.box))
            self.sheet.figure.add_artist(patch)

    def paper(self) -> None:
        """Lay the ground that nothing is known of."""
        self.sheet.fill(self.box, PAPER)

    def edge(self) -> None:
        """Close the map with a line, and frame what is not in its place."""
        self.add(self.ground.frames(self.view).path(), facecolor="none", **FRAMED)
        self.sheet.fill(self.box, None, edgecolor=QUIET, linewidth=0.7)

    def classes(self, values: Values) -> None:
        """Colour every zone by its class; hatch what is not known, and what is not sure of its class."""
        zones = self.ground.zones(self.view)
        state, wide = values.table["class"].to_numpy(), values.table["wide"].to_numpy(bool)
        key = values.shown.key
        self.add(zones.path(state == NOBODY), facecolor="none", **EMPTY, gid=f"{key}:nobody")
        for number, colour in enumerate(RAMPS[values.shown.more]):
            self.add(zones.path(state == number), facecolor=colour, gid=f"{key}:{number}")
        self.add(zones.path(state == UNKNOWN), facecolor=UNKNOWN_COLOUR, gid=f"{key}:unknown")
        # Dark lines are lost on the darkest colour.
        dark = state == len(RAMPS[values.shown.more]) - 1
        hatches = ((state == UNKNOWN, NOT_KNOWN, HATCH), (wide & ~dark, ROUGHLY, HATCH), (wide & dark, ROUGHLY, PAPER))
        for chosen, hatch, ink_of_lines in hatches:
            self.add(zones.path(chosen), facecolor="none", edgecolor=ink_of_lines, hatch=hatch)
        self.outline(state != NOBODY)

    def states(self, kinds: Sequence[tuple[np.ndarray, str, str]]) -> None:
        """Colour zones by what they are chosen by: rows, colour, hatch."""
        zones = self.ground.zones(self.view)
        for chosen, colour, hatch in kinds:
            self.add(zones.path(chosen), facecolor=colour)
            if hatch:
                self.add(zones.path(chosen), facecolor="none", edgecolor=HATCH, hatch=hatch)
        self.outline(np.ones(len(self.ground.town.zones), bool))

    def outline(self, chosen: np.ndarray) -> None:
        """Draw the edges of zones; dashed where a part lies outside the data."""
        zones = self.ground.zones(self.view)
        partial = (self.ground.town.zones["coverage_share"] < WHOLE_ZONE_SHARE).to_numpy()
        self.add(zones.path(chosen & ~partial), facecolor="none", **EDGE)
        self.add(zones.path(chosen & partial), facecolor="none", **PARTIAL)

    def areas_named(self) -> None:
        """Draw the edges of what is named: zones, or of hexagons the units that are known best."""
        units = self.ground.units(self.view) if self.ground.by_units else self.ground.zones(self.view)
        self.add(units.path(), facecolor="none", edgecolor=INK, linewidth=0.75)

    def parks(self) -> None:
        """Draw public open space."""
        self.add(self.ground.parks(self.view).path(), facecolor=PARK, gid="parks")

    def streets(self, all_of_them: bool = True) -> None:
        """Draw the ways; of a small map the main ones."""
        look: dict[str, Any] = {"facecolor": "none", "edgecolor": STREET, "capstyle": "round"}
        if all_of_them:
            self.add(self.ground.streets(self.view, main=False).path(), **look, linewidth=0.3)
        self.add(self.ground.streets(self.view, main=True).path(), **look, linewidth=0.9 if all_of_them else 0.45)

    def areas(self, frame: gpd.GeoDataFrame, **look: Any) -> None:
        """Draw other areas."""
        self.add(self.ground.areas(frame, self.view).path(), **look)

    def dots(self, frame: pd.DataFrame, size: float, colour: str, gid: str) -> None:
        """Draw places as dots of a size [pt]."""
        at = self._inside(marks.middles(frame)) if len(frame) else np.empty((0, 2))
        circle = Path.circle(radius=size / 2)
        path = (
            Path.make_compound_path(*(Path(np.asarray(circle.vertices) + xy, circle.codes) for xy in at))
            if len(at)
            else None
        )
        if path:
            self.add(path, facecolor=colour, edgecolor=PAPER, linewidth=0.3, gid=gid)
        self.taken.extend(Rect(float(x), float(y), size, size) for x, y in at)

    def hubs(self, hubs: marks.Hubs, kinds: Sequence[str] = ("second", "existing", "recommended")) -> int:
        """Draw the hubs; return how many lie beyond the edge of the map."""
        beyond = 0
        for kind, frame in hubs.kinds():
            if kind not in kinds or frame.empty:
                continue
            at = self.ground.points(marks.middles(frame), self.view)
            on_map = marks.covered(at, (self.view.width, self.view.height))
            beyond += int((~on_map).sum())
            numbers = [n for n, is_on in zip(marks.numbers_of(kind, frame), on_map, strict=True) if is_on]
            covered = marks.draw(self.sheet, kind, at[on_map] + self._middle, numbers)
            self.taken.extend(
                Rect(rect.x - self._middle[0], rect.y - self._middle[1], rect.width, rect.height) for rect in covered
            )
        return beyond

    def names(self, size: float = 7.5) -> int:
        """Write the names of areas that find a place, the most people first; return how many find none."""
        units = self.ground.labelled.sort_values(["people", "zone_id"], ascending=[False, True], na_position="last")
        words = _names(units, self.sheet, self.ground.by_units)
        at, radii = self.ground.named_at(self.view)
        shown, radii = at[units.index], None if radii is None else radii[units.index]
        marked = [] if radii is None else [Rect(x, y, 2 * r, 2 * r) for (x, y), r in zip(shown, radii, strict=True)]
        room = labels.Room(self.view.width * POINTS, self.view.height * POINTS, [*self.taken, *marked])
        placed = labels.place(words, shown, room, size, radii)
        for label in placed:
            self._write(label, size)
        self.taken.extend(label.place for label in placed)
        return len([*filter(None, words)]) - len(placed)

    def _inside(self, at: np.ndarray) -> np.ndarray:
        found = self.ground.points(at, self.view)
        return np.asarray(found[marks.covered(found, (self.view.width, self.view.height))])

    def _write(self, label: Label, size: float) -> None:
        x, y = (self._middle + np.array([label.place.x, label.place.y])).round(2)
        wide, high = label.place.width, label.place.height
        corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (wide / 2, high / 2)
        self.add(
            Path(corners + np.array([label.place.x, label.place.y])), facecolor="#ffffff", alpha=0.72, gid="name box"
        )
        for number, line in enumerate(label.lines):
            middle = y + 1.2 * size * ((len(label.lines) - 1) / 2 - number)
            self.sheet.figure.text(
                x, middle - 0.36 * size, ink.line(line, self.sheet.words.language), fontsize=size, color=INK,
                ha="center", va="baseline", transform=self.sheet.points, parse_math=False, gid="name",
            )  # fmt: skip


def _names(units: gpd.GeoDataFrame, sheet: Sheet, by_units: bool) -> list[str]:
    """Return what units are called; zones of one name say which they are, units without a name are not named."""
    rows: list[dict[Any, Any]] = units.drop(columns="geometry").to_dict("records")
    words = sheet.words
    if by_units:
        return [words.name(row) for row in rows]
    told = Units.of(units.assign(zoning="zone"), words.phrases, {})
    return [told.called("zone", str(row["zone_id"])) or words.unit(row) for row in rows]
