"""One page of scenarios side by side: homes that gain and lose on maps, numbers in tables, in three languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from jinja2 import Environment, PackageLoader, StrictUndefined

from geokehila.catalogue import LANGUAGES
from geokehila.draw import palette
from geokehila.draw.cards.sketch import HEIGHT, WIDTH, Frame
from geokehila.draw.town import language_of
from geokehila.names import clean
from geokehila.scenario.found import Found
from geokehila.scenario.gains import Turns
from geokehila.scenario.layers import layers
from geokehila.scenario.view import View
from geokehila.schema import REFERENCE
from geokehila.zones import ZONE
from geokehila.zones.telling import number

#: [m] So much ground is drawn around what changes; half the width of a mark.
AROUND_M, HALF = 150.0, 5
#: [drawing units] Lines are simplified by this much; an area's number stands where a circle of this radius is its own.
FINE, ROOM = 1.5, 18
#: No more letters of an area's number are drawn.
LETTERS = 12
#: Shape and colours of a home that changes: round marks gain, square ones lose, hollow ones may.
ROUND = f"m-{HALF},0a{HALF},{HALF} 0 1 0 {2 * HALF},0a{HALF},{HALF} 0 1 0 -{2 * HALF},0z"
SQUARE = f"m-{HALF},-{HALF}h{2 * HALF}v{2 * HALF}h-{2 * HALF}z"
DIAMOND = f"m0,-{HALF + 3}l{HALF + 3},{HALF + 3}l-{HALF + 3},{HALF + 3}l-{HALF + 3},-{HALF + 3}z"
GAIN, LOSE, BOTH, HOLLOW = palette.RAMPS["better"][3], palette.RAMPS["worse"][3], palette.RAMPS["neither"][4], "#ffffff"
MARKS = {
    "may_gain": (ROUND, HOLLOW, GAIN),
    "may_lose": (SQUARE, HOLLOW, LOSE),
    "gains": (ROUND, GAIN, GAIN),
    "loses": (SQUARE, LOSE, LOSE),
    "both": (DIAMOND, BOTH, BOTH),
}
EDITED, OUTLINE = "edited", "outline"
BOX = f"M-{HALF + 3},-{HALF + 3}h{2 * HALF + 6}v{2 * HALF + 6}h-{2 * HALF + 6}z"
Layers = Mapping[str, gpd.GeoDataFrame]


def html(every: Sequence[Found], drawn: Sequence[Layers] = (), profile: str = REFERENCE) -> str:
    """Return a page that asks no host for anything and runs no script; the same scenarios give the same text.

    Parameters
    ----------
    every
        Scenarios of one run, side by side in this order.
    drawn
        Their layers, where they are made already.
    profile
        Whose gains are shown.
    """
    made = Environment(loader=PackageLoader("geokehila.scenario", "."), autoescape=True, undefined=StrictUndefined)
    drawn = drawn or [layers(one) for one in every]
    frame = _frame(every, drawn, profile)
    first = language_of(every[0].base.study)
    colours = {"ink": palette.INK, "paper": palette.PAPER, "line": palette.LINE, "street": palette.STREET}
    return made.get_template("page.html.j2").render(
        views=[
            View(language, every, profile).told([*_legend()])
            for language in sorted(LANGUAGES, key=lambda one: one != first)
        ],
        maps=[_map(one, some, frame, profile) for one, some in zip(every, drawn, strict=True)],
        width=WIDTH,
        height=HEIGHT,
        accent=palette.ACCENT,
        **colours,
    )


def _frame(every: Sequence[Found], drawn: Sequence[Layers], profile: str) -> Frame:
    """Return the ground on which anything is edited or changes for a profile in any scenario."""
    homes = [layer["homes"].geometry[layer["homes"]["profile"] == profile] for layer in drawn]
    shapes = pd.concat([*homes, *(layer[name].geometry for layer in drawn for name in ("places", "streets"))])
    west, south, east, north = shapes.total_bounds if len(shapes) else every[0].base.extent.bounds
    return Frame.around((west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M))


def _map(found: Found, drawn: Layers, frame: Frame, profile: str) -> dict[str, Any]:
    """Return the paths of one map."""
    at = shapely.get_coordinates(found.patched.origins.geometry.to_numpy())
    kinds = _kinds(found.turns[profile])
    marks = [
        {"path": _at(frame, at[rows], path), "fill": fill, "stroke": stroke}
        for kind, (path, fill, stroke) in MARKS.items()
        if len(rows := kinds[kind])
    ]
    points, areas = shapely.get_coordinates(drawn["places"].geometry.to_numpy()), _areas(found)
    return {
        "streets": _lines(frame, found.patched.streets.geometry.to_numpy()),
        "areas": _lines(frame, shapely.boundary(areas.geometry.to_numpy())),
        "numbers": [*_numbers(frame, areas)],
        "marks": marks,
        "lines": _lines(frame, drawn["streets"].geometry.to_numpy()),
        "edits": _at(frame, points, DIAMOND),
    }


def _areas(found: Found) -> gpd.GeoDataFrame:
    """Return the study's zones that anybody lives in: the areas of the city's page and its cards."""
    units = found.base.tables["zonings"]
    return units[(units["zoning"] == ZONE) & units["zone_id"].isin(found.patched.origins["zone_id"])]


def _numbers(frame: Frame, areas: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    """Yield the number of each area where most of what is drawn of it lies around, if there is room for it."""
    parts = shapely.clip_by_rect(areas.geometry.to_numpy(), *frame.box)
    for zone_id, part in zip(areas["zone_id"], parts, strict=True):
        circle = shapely.maximum_inscribed_circle(part) if part.area else part
        if circle.length * frame.per_m >= ROOM:
            x, y = frame.units(shapely.get_coordinates(circle))[0].tolist()
            yield {"x": x, "y": y, "text": clean(number(zone_id), LETTERS)}


def _kinds(turns: Turns) -> dict[str, np.ndarray]:
    """Return the rows of homes by what they do: surely, else perhaps; what is both stands alone."""
    gains, loses, may_gain, may_lose = (
        flag.any(axis=1) for flag in (turns.gains, turns.loses, turns.may_gain, turns.may_lose)
    )
    perhaps = ~gains & ~loses
    kinds = {
        "may_gain": may_gain & perhaps,
        "may_lose": may_lose & ~may_gain & perhaps,
        "gains": gains & ~loses,
        "loses": loses & ~gains,
        "both": gains & loses,
    }
    return {kind: np.flatnonzero(flag) for kind, flag in kinds.items()}


def _at(frame: Frame, at: np.ndarray, path: str) -> str:
    """Return a mark at each point that is drawn; what falls on one spot is one."""
    units = frame.units(at[:, :2]) if len(at) else np.empty((0, 2), np.int64)
    inside = units[((units > 0) & (units < (WIDTH, HEIGHT))).all(axis=1)]
    return "".join(f"M{x},{y}{path}" for x, y in np.unique(inside, axis=0).tolist())


def _lines(frame: Frame, lines: np.ndarray) -> str:
    """Return the part of lines that is drawn as a path."""
    parts = shapely.get_parts(shapely.clip_by_rect(lines, *frame.box))
    fine = shapely.simplify(parts[shapely.length(parts) > 0], FINE / frame.per_m, preserve_topology=False)
    corners, line = shapely.get_coordinates(fine, return_index=True)
    letters = np.where(np.diff(line, prepend=-1) != 0, "M", "L").tolist()
    return "".join(f"{a}{x} {y}" for a, (x, y) in zip(letters, frame.units(corners).tolist(), strict=True))


def _legend() -> Iterator[tuple[tuple[str, str, str], str]]:
    """Yield how each thing on a map looks, path, fill and stroke, and the key of what it is called."""
    yield from ((mark, kind) for kind, mark in MARKS.items())
    yield (DIAMOND, palette.ACCENT, HOLLOW), EDITED
    yield (BOX, "none", palette.INK), OUTLINE
