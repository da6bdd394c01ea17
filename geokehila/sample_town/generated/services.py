"""The services of a generated town as points beside its streets, fewer in new and in thinly mapped quarters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geokehila.sample_town.generated.grounds import named
from geokehila.sample_town.generated.lattice import Floats, Ints, Lattice
from geokehila.sample_town.generated.streets import STREET, Edges
from geokehila.sample_town.generated.styles import SERVICES
from geokehila.sample_town.plan import tagged

#: From the middle of the street to the door [m].
ASIDE = 6.5


def build(
    lattice: Lattice, edges: Edges, residents: int, seed: int
) -> Iterator[tuple[tuple[float, float], dict[str, str]]]:
    """Places [m] and tags: one of each service at least, else one per so many residents."""
    dice = np.random.default_rng([seed, 5])
    spots = _spots(lattice, edges, dice)
    free = np.ones(len(spots), dtype=np.bool_)
    for words, he, en, each in SERVICES:
        left = np.flatnonzero(free)
        chosen = left[_spread(len(left), max(1, round(residents / each)), dice)]
        free[chosen] = False
        for number, (x, y) in enumerate(spots[chosen].tolist(), start=1):
            yield (x, y), tagged(words) | (named(he, en, number) if he else {})


def quarters(lattice: Lattice) -> Iterator[tuple[tuple[float, float], dict[str, str]]]:
    """The name of each quarter, at its middle."""
    blocks = np.argwhere(lattice.inside)
    of_block = lattice.quarter[tuple(blocks.T)]
    middles = lattice.at(blocks, 0.5, 0.5)
    for number, quarter in enumerate(np.unique(of_block), start=1):
        x, y = np.round(middles[of_block == quarter].mean(axis=0), 2).tolist()
        yield (x, y), {"place": "neighbourhood"} | named("אזור", "Area", number)


def _spots(lattice: Lattice, edges: Edges, dice: np.random.Generator) -> Floats:
    """Both sides of every street at a quarter of its length, in the order of quarters."""
    index = np.flatnonzero(edges.carry(STREET) & (lattice.served[edges.quarter] > dice.random(len(edges.fate))))
    index = index[np.argsort(edges.quarter[index], kind="stable")]
    at, ahead = edges.points[index, 1], edges.points[index, 2]
    aside = (ahead - at)[:, ::-1] * (-1, 1)
    aside *= ASIDE / np.hypot(*aside.T)[:, None]
    return np.round(np.stack([at + aside, at - aside], axis=1).reshape(-1, 2), 2)


def _spread(available: int, wanted: int, dice: np.random.Generator) -> Ints:
    """Evenly spread choices, one in each of `wanted` equal stretches."""
    return ((np.arange(wanted) + dice.random(wanted)) * available / wanted).astype(np.int64)
