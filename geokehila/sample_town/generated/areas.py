"""Statistical areas of a generated town: about 4,000 residents each, tiling its blocks, and their census rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geokehila.sample_town.cbs import Area
from geokehila.sample_town.census import Row
from geokehila.sample_town.generated.lattice import BLOCK, Floats, Ints, Lattice
from geokehila.sample_town.generated.styles import INDUSTRY, STYLES

#: Residents of an area, and how far from it one may be.
PER_AREA, UNEVEN = 4_000, 0.12
#: CBS counts are rounded to this.
ROUNDED_TO = 10
HOUSING, WORKS = 1, 2
#: Median age, main religion and its share, household size, households with people of 65+, with a car, by ages.
CUSTOMS = {
    "mixed": (31, "יהודים", 93.0, 3.1, 27.0, 71.0),
    "old": (38, "יהודים", 91.0, 2.6, 37.0, 60.0),
    "family": (29, "יהודים", 96.0, 3.9, 19.0, 93.0),
    "young": (22, "מוסלמים", 99.0, 4.8, 12.0, 79.0),
}


@dataclass(frozen=True)
class Areas:
    """The areas' shapes, and one census row for each that people live in."""

    shapes: tuple[Area, ...]
    rows: tuple[Row, ...]


def build(lattice: Lattice, residents: int, name: str, code: int, seed: int) -> Areas:
    """Part the town; the rows sum to the residents, to the rounding of the census."""
    blocks, rings = lattice.rings()
    weight, at = lattice.residents[tuple(blocks.T)], np.asarray(blocks * BLOCK, dtype=np.float64)
    works = lattice.use[tuple(blocks.T)] == INDUSTRY
    shares = np.random.default_rng([seed, 6]).uniform(1 - UNEVEN, 1 + UNEVEN, max(1, round(residents / PER_AREA)))
    label = np.zeros(len(blocks), dtype=np.int64)
    homes = np.flatnonzero(~works)
    label[homes] = _parts(at[homes], weight[homes], shares)
    label[works] = len(shares) + np.unique(lattice.quarter[tuple(blocks[works].T)], return_inverse=True)[1]
    cells = shapely.polygons(rings)
    shapes = [shapely.coverage_union_all(cells[label == number]) for number in range(int(label.max()) + 1)]
    people = _rounded(np.bincount(label[homes], weight[homes]).astype(np.float64), residents)
    styles = lattice.style[tuple(blocks.T)]
    rows = [
        _row(name, code, number, count, STYLES[np.bincount(styles[label == number - 1]).argmax()].ages)
        for number, count in enumerate(people.tolist(), start=1)
    ]
    functions = [HOUSING] * len(shares) + [WORKS] * (len(shapes) - len(shares))
    return Areas(tuple(map(Area, range(1, len(shapes) + 1), functions, shapes)), tuple(rows))


def _parts(at: Floats, weight: Floats, shares: Floats) -> Ints:
    """Halve the blocks across their longer side, by weight, until there is a part for each share."""
    part = np.zeros(len(at), dtype=np.int64)
    heap = [(np.arange(len(at)), 0, len(shares))]
    while heap:
        members, first, last = heap.pop()
        if last - first == 1:
            part[members] = first
            continue
        middle = (first + last) // 2
        across = int(np.argmax(np.ptp(at[members], axis=0)))
        members = members[np.lexsort((at[members, 1 - across], at[members, across]))]
        run = np.cumsum(weight[members])
        cut = int(np.searchsorted(run, run[-1] * shares[first:middle].sum() / shares[first:last].sum()))
        heap += [(members[:cut], first, middle), (members[cut:], middle, last)]
    return part


def _rounded(weight: Floats, total: int) -> Ints:
    """Whole tens in proportion to the weights, summing to the total's; the largest remainders are rounded up."""
    tens = round(total / ROUNDED_TO)
    exact = weight * tens / weight.sum()
    whole = np.floor(exact).astype(np.int64)
    most = np.argsort(whole - exact, kind="stable")[: tens - int(whole.sum())]
    whole[most] += 1
    return np.asarray(whole * ROUNDED_TO)


def _row(name: str, code: int, number: int, people: int, ages: str) -> Row:
    median, religion, share, household, over65, cars = CUSTOMS[ages]
    return Row(name, code, number, number, people, ages, median, religion, share, household, over65, cars)
