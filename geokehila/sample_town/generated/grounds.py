"""The shared blocks of a generated town: parks with gates, schools, shopping centres, pitches, paths through blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geokehila.sample_town.generated.lattice import Floats, Ints, Lattice
from geokehila.sample_town.generated.styles import COMMERCE, HOMES, PARK, SCHOOL, SPORT

Point = tuple[float, float]

#: Shares of the blocks of homes that a path leads through, and whose courtyard has a path that meets no street.
PASSAGES, COURTYARDS = 0.15, 0.01
#: The fence of a park or a school as shares of its block.
WEST, EAST, SOUTH, NORTH = 0.12, 0.88, 0.16, 0.84


@dataclass(frozen=True)
class Ground:
    """A closed outline with tags, and the corners of it that are gates."""

    outline: tuple[Point, ...]
    tags: dict[str, str]
    gates: tuple[tuple[Point, dict[str, str]], ...] = ()


def build(lattice: Lattice) -> Iterator[Ground]:
    """Every ground of the shared blocks."""
    for number, block in enumerate(lattice.blocks(PARK), start=1):
        gates = {1: {"barrier": "gate"}, 4: {"barrier": "gate"}}
        yield _fenced(lattice, block, {"leisure": "park"} | named("פארק", "Park", number), gates)
        yield Ground(_box(lattice, block, 0.6, 0.35, 0.76, 0.55), {"leisure": "playground"})
    for number, block in enumerate(lattice.blocks(SCHOOL), start=1):
        gates = {1: {"barrier": "gate", "entrance": "main"}}
        yield _fenced(lattice, block, {"amenity": "school"} | named("בית ספר", "School", number), gates)
        yield Ground(_box(lattice, block, 0.25, 0.45, 0.75, 0.7), {"building": "school"})
    for number, block in enumerate(lattice.blocks(COMMERCE), start=1):
        yield from _centre(lattice, block, number)
    for number, block in enumerate(lattice.blocks(SPORT), start=1):
        yield Ground(_box(lattice, block, 0.15, 0.2, 0.6, 0.8), {"leisure": "pitch", "sport": "soccer"})
        hall = {"building": "yes", "leisure": "sports_centre"} | named("אולם ספורט", "Sports hall", number)
        yield Ground(_box(lattice, block, 0.68, 0.3, 0.86, 0.7), hall)


def paths(lattice: Lattice, seed: int) -> list[list[Point]]:
    """Footways: through parks by their gates, to schools, through blocks of homes, and in lonely courtyards."""
    dice = np.random.default_rng([seed, 4])
    parks, schools, homes = (lattice.blocks(use) for use in (PARK, SCHOOL, HOMES))
    lot = dice.random(len(homes))
    # The blocks nearest the corner of the lattice hold the one courtyard that every town has.
    lot[0] = PASSAGES
    through, lonely = homes[lot < PASSAGES], homes[(lot >= PASSAGES) & (lot < PASSAGES + COURTYARDS)]
    across = [lattice.at(parks, 0.5, v) for v in (SOUTH, 0.5, NORTH)]
    lines = [
        (_below(lattice, parks), *across, _above(lattice, parks)),
        (_below(lattice, schools), lattice.at(schools, 0.5, SOUTH)),
        (_below(lattice, through), lattice.at(through, 0.5, 0.5), _above(lattice, through)),
        tuple(lattice.at(lonely, u, v) for u, v in ((0.35, 0.5), (0.5, 0.52), (0.65, 0.5))),
    ]
    return [_points(line) for group in lines for line in np.stack(group, axis=1)]


def named(he: str, en: str, number: int) -> dict[str, str]:
    """Numbered names; nothing of the town is called after anyone."""
    return {"name": f"{he} {number}", "name:he": f"{he} {number}", "name:en": f"{en} {number}"}


def _centre(lattice: Lattice, block: Ints, number: int) -> Iterator[Ground]:
    """A supermarket and, in every third centre, a community centre, each entered by a door."""
    market = _box(lattice, block, 0.15, 0.25, 0.5, 0.7)
    door = ((market[0], {"entrance": "main"}),)
    yield Ground(market, {"building": "retail", "shop": "supermarket"} | named("סופר", "Supermarket", number), door)
    if number % 3 == 1:
        house = _box(lattice, block, 0.6, 0.3, 0.82, 0.6)
        tags = {"building": "public", "amenity": "community_centre"} | named('מתנ"ס', "Community house", number)
        yield Ground(house, tags, ((house[0], {"entrance": "main"}),))
    else:
        yield Ground(_box(lattice, block, 0.6, 0.3, 0.82, 0.6), {"building": "retail"})


def _fenced(lattice: Lattice, block: Ints, tags: dict[str, str], gates: dict[int, dict[str, str]]) -> Ground:
    shares = [(WEST, SOUTH), (0.5, SOUTH), (EAST, SOUTH), (EAST, NORTH), (0.5, NORTH), (WEST, NORTH)]
    corners = _points(_at(lattice, block, shares))
    return Ground(tuple(corners), tags, tuple((corners[i], gate) for i, gate in gates.items()))


def _box(lattice: Lattice, block: Ints, west: float, south: float, east: float, north: float) -> tuple[Point, ...]:
    return tuple(_points(_at(lattice, block, [(west, south), (east, south), (east, north), (west, north)])))


def _at(lattice: Lattice, block: Ints, shares: list[tuple[float, float]]) -> Floats:
    u, v = np.array(shares).T
    return lattice.at(np.repeat(block[None], len(shares), axis=0), u, v)


def _points(line: Floats) -> list[Point]:
    return [(x, y) for x, y in np.round(line, 2).tolist()]


def _below(lattice: Lattice, blocks: Ints) -> Floats:
    """The middle of the edge south of each block."""
    return np.asarray(lattice.south[blocks[:, 0], blocks[:, 1], 2])


def _above(lattice: Lattice, blocks: Ints) -> Floats:
    return np.asarray(lattice.south[blocks[:, 0], blocks[:, 1] + 1, 2])
