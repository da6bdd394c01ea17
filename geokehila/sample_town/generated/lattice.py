"""The lattice that a generated town is drawn on: corners, bent edges, quarters, and what each block is used for."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geokehila.sample_town.generated.styles import (
    COMMERCE,
    HOMES,
    INDUSTRY,
    PARK,
    RIVER,
    SCHOOL,
    SHARED_BLOCKS,
    SPORT,
    STYLES,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Where the middle of the town lies, Israel TM Grid [m]: the empty Paran plateau, no locality within 25 km.
MIDDLE = (187_300.0, 471_200.0)
#: A block from corner to corner [m], and the blocks of a quarter.
BLOCK = (110.0, 84.0)
QUARTER = (6, 7)
#: Residents per block over a whole town, roughly: it only sets how large a lattice is laid before it is cut.
PER_BLOCK = 85.0
INDUSTRY_SHARE = 0.07
#: From this share of the radius on, to one side, a town is new; the share of its services that a new quarter has.
NEW_FROM, NEW_SERVED = 0.35, 0.1


@dataclass(frozen=True, eq=False)
class Lattice:
    """Blocks in columns (west to east) and rows (south to north), all arrays by [column, row].

    ``quarter``, ``style``, ``use``: of each block, style an index of `STYLES`. ``residents``: expected. ``inside``: the
    blocks of the town. ``south``, ``west``: the bent edges below and left of each block (one row, one column more),
    five points each, Israel TM Grid [m]. ``river``: the row of the wadi.
    ``middle``: column and row of the central block. ``served``: by quarter, the share of services built and mapped.
    """

    quarter: Ints
    style: Ints
    use: Ints
    residents: Floats
    inside: Flags
    south: Floats
    west: Floats
    river: int
    middle: tuple[int, int]
    served: Floats

    def moved(self, middle: tuple[float, float]) -> Lattice:
        """Return the lattice with its town's middle elsewhere, Israel TM Grid [m]."""
        shift = np.subtract(middle, MIDDLE)
        return replace(self, south=np.round(self.south + shift, 2), west=np.round(self.west + shift, 2))

    def blocks(self, use: int) -> Ints:
        """(column, row) of the town's blocks of one use, shape (n, 2)."""
        return np.argwhere(self.inside & (self.use == use))

    def at(self, blocks: Ints, u: Floats | float, v: Floats | float) -> Floats:
        """Points inside blocks, `u` from west to east and `v` from south to north, both 0 to 1; shape (n, 2)."""
        i, j = blocks.T
        low_west, low_east, high_west, high_east = (self.south[i, row, end] for row in (j, j + 1) for end in (0, -1))
        u, v = np.atleast_1d(u)[:, None], np.atleast_1d(v)[:, None]
        return np.asarray((low_west * (1 - u) + low_east * u) * (1 - v) + (high_west * (1 - u) + high_east * u) * v)

    def rings(self) -> tuple[Ints, Floats]:
        """The town's blocks (n, 2) and their outlines along the bent edges (n, 17, 2), closed."""
        blocks = np.argwhere(self.inside)
        i, j = blocks.T
        up, back = self.west[i + 1, j, 1:], self.south[i, j + 1, -2::-1]
        return blocks, np.concatenate([self.south[i, j], up, back, self.west[i, j, -2::-1]], axis=1)


def lay(residents: int, seed: int) -> Lattice:
    """Lay the lattice of a town of that many residents."""
    dice = np.random.default_rng([seed, 1])
    radius = math.sqrt((residents / PER_BLOCK + 25) * BLOCK[0] * BLOCK[1] / math.pi)
    half = [math.ceil(1.5 * radius / side) + 2 for side in BLOCK]
    column, row = np.meshgrid(*(np.arange(-n, n) for n in half), indexing="ij")
    river = half[1] - round(0.35 * radius / BLOCK[1]) - 1
    quarter = _quarters(column, row)
    style = _styles(quarter, half, dice)
    use = _uses(quarter, half, dice)
    new = _new(quarter, column, row, radius, dice)
    use[new[quarter] & (use == COMMERCE)] = HOMES
    use[:, river] = RIVER
    people = np.where(use == HOMES, np.array([style.residents for style in STYLES])[style], 0.0)
    south, west = _edges(_corners(half, dice), dice)
    inside = _inside(column, row, people, residents, dice)
    served = np.ones(len(new))
    served[quarter] = np.array([style.mapped for style in STYLES])[style] * np.where(new, NEW_SERVED, 1.0)[quarter]
    return Lattice(quarter, style, use, people, inside, south, west, river, (half[0], half[1]), served)


def _quarters(column: Ints, row: Ints) -> Ints:
    """Number the quarters; every second row of them is shifted, as bricks are."""
    up = row // QUARTER[1]
    along = (column + 2 * (up % 3)) // QUARTER[0]
    return np.unique((up * 10_000 + along).ravel(), return_inverse=True)[1].reshape(column.shape)


def _styles(quarter: Ints, half: list[int], dice: np.random.Generator) -> Ints:
    shares = np.cumsum([style.frequency for style in STYLES])
    of_quarter = np.searchsorted(shares, dice.random(quarter.max() + 1) * shares[-1])
    of_quarter[quarter[half[0], half[1]]] = 0
    return np.asarray(of_quarter[quarter])


def _uses(quarter: Ints, half: list[int], dice: np.random.Generator) -> Ints:
    """Draw lots in each quarter for its school, parks, shops and pitches; some quarters are for industry alone."""
    flat = quarter.ravel()
    order = np.lexsort((dice.random(flat.size), flat))
    rank = np.empty(flat.size, dtype=np.int64)
    rank[order] = np.arange(flat.size) - np.searchsorted(flat[order], flat[order])
    by_rank = np.full(int(rank.max()) + 1, HOMES)
    by_rank[: len(SHARED_BLOCKS)] = SHARED_BLOCKS
    use = by_rank[rank].reshape(quarter.shape)
    column, row = half
    works = dice.random(quarter.max() + 1) < INDUSTRY_SHARE
    works[np.unique(quarter[column - 5 : column + 5, row - 5 : row + 5])] = False
    use[works[quarter]] = INDUSTRY
    # The smallest town has one of each by its middle.
    for shift, wanted in (((0, 0), COMMERCE), ((-1, 1), PARK), ((1, 1), SCHOOL), ((-2, 0), SPORT)):
        use[column + shift[0], row + shift[1]] = wanted
    return use


def _new(quarter: Ints, column: Ints, row: Ints, radius: float, dice: np.random.Generator) -> Flags:
    """The quarters on one side of the town are new: few services have come yet, and no shopping centre."""
    angle = dice.uniform(0, 2 * math.pi)
    ahead = column * BLOCK[0] * math.cos(angle) + row * BLOCK[1] * math.sin(angle)
    mean = np.bincount(quarter.ravel(), ahead.ravel()) / np.bincount(quarter.ravel())
    return np.asarray(mean > NEW_FROM * radius)


def _corners(half: list[int], dice: np.random.Generator) -> Floats:
    """Where streets meet: a grid shaken, bent, turned and set down on the earth."""
    grid = np.stack(np.meshgrid(*(np.arange(-n, n + 1) for n in half), indexing="ij"), axis=-1) * BLOCK
    x, y = np.moveaxis(grid + np.clip(dice.normal(0, 4.5, grid.shape), -9, 9), -1, 0)
    a, b, c, d, turn = dice.uniform(0, 2 * math.pi, 5)
    x = x + 60 * np.sin(y / 900 + a) + 22 * np.sin(y / 350 + b)
    y = y + 55 * np.sin(x / 1100 + c) + 18 * np.sin(x / 410 + d)
    turned = [x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)]
    return np.round(np.stack(turned, axis=-1) + MIDDLE, 2)


def _edges(corners: Floats, dice: np.random.Generator) -> tuple[Floats, Floats]:
    """The edges south and west of the blocks, each with three bends between its corners."""
    return _bent(corners[:-1], corners[1:], dice), _bent(corners[:, :-1], corners[:, 1:], dice)


def _bent(start: Floats, end: Floats, dice: np.random.Generator) -> Floats:
    at = np.linspace(0, 1, 5)[:, None]
    along = (end - start)[:, :, None]
    aside = along[..., ::-1] * (-1, 1) / np.hypot(along[..., :1], along[..., 1:])
    bulge = np.clip(dice.normal(0, 3, (*start.shape[:2], 1, 1)), -6, 6) + dice.uniform(
        -0.7, 0.7, (*start.shape[:2], 5, 1)
    )
    return np.round(start[:, :, None] + along * at + aside * bulge * np.sin(math.pi * at), 2)


def _inside(column: Ints, row: Ints, people: Floats, residents: int, dice: np.random.Generator) -> Flags:
    """The blocks nearest the middle that house the residents, by a distance that gives the town lobes."""
    x, y = (column + 0.5) * BLOCK[0], (row + 0.5) * BLOCK[1]
    angle, phases = np.arctan2(y, x), dice.uniform(0, 2 * math.pi, 3)
    lobes = 1 + sum(
        part * np.sin(n * angle + phase) for n, part, phase in zip((2, 3, 5), (0.12, 0.08, 0.05), phases, strict=True)
    )
    order = np.argsort((np.hypot(x, y) / lobes).ravel(), kind="stable")
    enough = int(np.searchsorted(np.cumsum(people.ravel()[order]), residents)) + 1
    inside = np.zeros(people.size, dtype=np.bool_)
    inside[order[:enough]] = True
    return inside.reshape(people.shape)
