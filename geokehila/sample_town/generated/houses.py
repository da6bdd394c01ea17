"""The houses of a generated town: along both long sides of every block, clear of streets and of each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geokehila.sample_town.generated.lattice import BLOCK, Flags, Floats, Ints, Lattice
from geokehila.sample_town.generated.styles import HOMES, INDUSTRY, STYLES, WORKS, Style

Shapes = NDArray[np.object_]

#: Kept free at the ends of a block side, and on each side of its middle, where a path may run [m].
END, PASSAGE = 12.0, 7.0
#: No house stands nearer to another, to the middle of a street, or to that of a footway [m].
GAP, FROM_STREET, FROM_PATH = 2.5, 5.0, 2.0
#: Shares of the lots that are built upon, of L-shapes, and of houses whose levels are mapped.
BUILT, L_SHAPES, LEVELS_MAPPED = 0.95, 0.3, 0.12


def build(
    lattice: Lattice, streets: Sequence[shapely.LineString], paths: Sequence[shapely.LineString], seed: int
) -> Iterator[tuple[list[tuple[float, float]], dict[str, str]]]:
    """Closed outlines [m] and tags of all houses."""
    dice = np.random.default_rng([seed, 3])
    kinds = [(style, (lattice.use == HOMES) & (lattice.style == i)) for i, style in enumerate(STYLES)]
    kinds.append((WORKS, lattice.use == INDUSTRY))
    shapes, tags = [], []
    for style, of_style in kinds:
        found = _shapes(lattice, np.argwhere(lattice.inside & of_style), style, dice)
        shapes.append(found)
        tags += _tags(style, len(found), dice)
    everything = np.concatenate(shapes)
    for i in np.flatnonzero(_clear(everything, streets, paths)).tolist():
        yield [(x, y) for x, y in shapely.get_coordinates(everything[i]).tolist()], tags[i]


def _shapes(lattice: Lattice, blocks: Ints, style: Style, dice: np.random.Generator) -> Shapes:
    """Houses of one style: each block has two long sides, each side two halves, each half its lots."""
    lots = np.array([(top, right, k) for top in (0, 1) for right in (0, 1) for k in range(style.houses)])
    blocks = np.repeat(blocks, len(lots), axis=0)
    top, right, k = np.tile(lots, (len(blocks) // len(lots), 1)).T
    kept = dice.random(len(blocks)) < BUILT
    blocks, top, right, k = blocks[kept], top[kept], right[kept], k[kept]
    count = len(blocks)
    width, depth, setback = (dice.uniform(*span, count) for span in (style.width, style.depth, style.setback))
    lot = (BLOCK[0] / 2 - END - PASSAGE) / style.houses
    u, v = (END + (k + 0.5) * lot) / BLOCK[0], (setback + depth / 2) / BLOCK[1]
    middle = lattice.at(blocks, np.where(right, 1 - u, u), np.where(top, 1 - v, v))
    along = lattice.at(blocks, 1.0, top.astype(float)) - lattice.at(blocks, 0.0, top.astype(float))
    heading = np.arctan2(along[:, 1], along[:, 0]) + np.radians(dice.normal(0, style.turn, count))
    return _polygons(middle, heading, np.stack([width, depth], axis=1), dice)


def _polygons(middle: Floats, heading: Floats, size: Floats, dice: np.random.Generator) -> Shapes:
    """Rectangles, and L-shapes with one corner taken out."""
    bite = dice.uniform(0.25, 0.5, len(size))
    inner = 1 - 2 * bite
    one, none = np.ones_like(bite), -np.ones_like(bite)
    corners = [(none, none), (one, none), (one, inner), (inner, inner), (inner, one), (none, one)]
    unit = np.stack([np.stack(pair, axis=1) for pair in corners], axis=1)
    is_l = dice.random(len(size)) < L_SHAPES
    rim = unit * size[:, None] / 2
    rim[~is_l, 2:5] = rim[~is_l, None, 1] * (1, -1)
    cos, sin = np.cos(heading)[:, None], np.sin(heading)[:, None]
    turned = np.stack([rim[..., 0] * cos - rim[..., 1] * sin, rim[..., 0] * sin + rim[..., 1] * cos], axis=-1)
    places = np.round(turned + middle[:, None], 2)
    shapes = np.empty(len(size), dtype=object)
    shapes[is_l] = shapely.polygons(places[is_l])
    shapes[~is_l] = shapely.polygons(places[~is_l][:, [0, 1, 2, 5]])
    return shapes


def _tags(style: Style, count: int, dice: np.random.Generator) -> list[dict[str, str]]:
    kinds = dice.integers(len(style.kinds), size=count).tolist()
    levels = dice.integers(len(style.levels), size=count).tolist()
    mapped = (dice.random(count) < LEVELS_MAPPED).tolist()
    return [
        {"building": style.kinds[kind]} | ({"building:levels": str(style.levels[level])} if known else {})
        for kind, level, known in zip(kinds, levels, mapped, strict=True)
    ]


def _clear(shapes: Shapes, streets: Sequence[shapely.LineString], paths: Sequence[shapely.LineString]) -> Flags:
    """Which houses stand clear; of two too near each other the later goes."""
    tree = shapely.STRtree(shapes)
    clear = np.ones(len(shapes), dtype=np.bool_)
    for lines, distance in ((streets, FROM_STREET), (paths, FROM_PATH)):
        clear[tree.query(np.array(lines), predicate="dwithin", distance=distance)[1]] = False
    one, other = tree.query(shapes, predicate="dwithin", distance=GAP)
    clear[other[one < other]] = False
    return clear
