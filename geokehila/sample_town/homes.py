"""Houses along the streets: rectangles and L-shapes that keep clear of streets, grounds and each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geokehila.sample_town.plan import Tags, tagged

#: No two houses stand nearer than this [m].
GAP = 3.0


@dataclass(frozen=True)
class Style:
    """How houses stand along a street: sizes and setback from its middle [m], turn [degrees], tags by share."""

    width: tuple[float, float]
    depth: tuple[float, float]
    gap: tuple[float, float]
    setback: tuple[float, float]
    turn: float
    kinds: tuple[tuple[float, str], ...]


STYLES = {
    "core": Style(
        (13, 24), (10.5, 14), (6, 13), (9.5, 13), 2,
        ((0.80, "building=yes"), (0.07, "building=apartments building:levels=3"), (0.06, "building=residential"),
         (0.04, "building=yes building:levels=2"), (0.03, "building=apartments")),
    ),
    "slab": Style(
        (22, 40), (12, 15), (9, 16), (15, 17), 0,
        ((0.55, "building=yes"), (0.30, "building=apartments building:levels=4"),
         (0.15, "building=apartments building:levels=6")),
    ),
    "terrace": Style(
        (16, 28), (10.5, 13), (7, 15), (9.5, 12), 2,
        ((0.82, "building=yes"), (0.10, "building=apartments building:levels=4"),
         (0.08, "building=terrace building:levels=2")),
    ),
    "villa": Style(
        (11, 15), (10, 13), (7, 11), (10.5, 14), 5,
        ((0.70, "building=yes"), (0.17, "building=house"), (0.13, "building=detached building:levels=2")),
    ),
    "family": Style(
        (12, 18), (11, 15), (5, 14), (9, 16), 12,
        ((0.97, "building=yes"), (0.03, "building=house")),
    ),
    "hall": Style(
        (28, 60), (22, 38), (12, 26), (15, 18), 0,
        ((0.45, "building=yes"), (0.40, "building=industrial"), (0.15, "building=warehouse")),
    ),
}  # fmt: skip


def build(
    streets: Sequence[tuple[LineString, str]], taken: Sequence[BaseGeometry], seed: int
) -> list[tuple[Polygon, Tags]]:
    """Houses on both sides of each (street, style), in order; none touches what is taken."""
    dice = np.random.default_rng(seed)
    wished = [
        (house, _kind(STYLES[style], dice.random()))
        for street, style in streets
        for house in _frontage(street, STYLES[style], dice)
    ]
    free = ~_touches([house for house, _ in wished], taken)
    return _apart([pair for pair, keep in zip(wished, free, strict=True) if keep])


def _kind(style: Style, roll: float) -> Tags:
    for share, words in style.kinds:
        roll -= share
        if roll < 0:
            return tagged(words)
    return tagged(style.kinds[0][1])


def _frontage(street: LineString, style: Style, dice: np.random.Generator) -> list[Polygon]:
    houses = []
    for side in (1, -1):
        at = float(dice.uniform(*style.gap))
        while at < street.length:
            width, depth = dice.uniform(*style.width), dice.uniform(*style.depth)
            if at + width < street.length:
                back = side * (dice.uniform(*style.setback) + depth / 2)
                middle, heading = _beside(street, at + width / 2, back)
                houses.append(
                    _house(middle, heading + np.radians(dice.normal(0, style.turn)), width, depth, dice.random())
                )
            at += width + dice.uniform(*style.gap)
    return houses


def _beside(street: LineString, at: float, back: float) -> tuple[tuple[float, float], float]:
    before, after = street.interpolate(max(at - 6, 0)), street.interpolate(min(at + 6, street.length))
    heading = float(np.arctan2(after.y - before.y, after.x - before.x))
    here = street.interpolate(at)
    return (here.x - back * np.sin(heading), here.y + back * np.cos(heading)), heading


def _house(middle: tuple[float, float], heading: float, width: float, depth: float, roll: float) -> Polygon:
    """A rectangle, or for one in three an L with a corner taken out."""
    w, d, bite = width / 2, depth / 2, 0.2 + roll
    corners = [(-w, -d), (w, -d), (w, d), (-w, d)]
    if roll < 1 / 3:
        corners[2:3] = [(w, d - depth * bite / 2), (w - width * bite, d - depth * bite / 2), (w - width * bite, d)]
    cos, sin = np.cos(heading), np.sin(heading)
    return Polygon(
        [(round(middle[0] + x * cos - y * sin, 2), round(middle[1] + x * sin + y * cos, 2)) for x, y in corners]
    )


def _touches(houses: Sequence[Polygon], taken: Sequence[BaseGeometry]) -> np.ndarray:
    hit = np.zeros(len(houses), dtype=bool)
    hit[shapely.STRtree(taken).query(np.array(houses), predicate="intersects")[0]] = True
    return hit


def _apart(wished: Sequence[tuple[Polygon, Tags]]) -> list[tuple[Polygon, Tags]]:
    """Keep each house unless it comes too near an earlier one that stays."""
    shapes = np.array([house for house, _ in wished])
    near: dict[int, list[int]] = {}
    for later, earlier in shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=GAP).T:
        if earlier < later:
            near.setdefault(int(later), []).append(int(earlier))
    stays: set[int] = set()
    for i in range(len(wished)):
        if stays.isdisjoint(near.get(i, ())):
            stays.add(i)
    return [pair for i, pair in enumerate(wished) if i in stays]
