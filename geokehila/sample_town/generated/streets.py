"""The streets of a generated town: which edges of its lattice carry one, of what kind, and how they join into ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from geokehila.sample_town.generated.lattice import Flags, Floats, Ints, Lattice
from geokehila.sample_town.generated.styles import INDUSTRY, PARK, SCHOOL, STYLES, WORKS

#: What lies on an edge of the lattice.
STREET, PATH, CLOSE, NOTHING, BRIDGE = range(5)
#: How much traffic a street carries.
LOCAL, COLLECTOR, AVENUE = range(3)
HIGHWAYS = ("residential", "tertiary", "secondary")
#: Avenues run from south to north, this many blocks apart; they alone cross the wadi.
AVENUE_EVERY = 12
#: No way runs over more edges than this.
LONGEST = 8

Way = tuple[list[tuple[float, float]], dict[str, str]]


@dataclass(frozen=True, eq=False)
class Edges:
    """The edges around the town's blocks, arrays by edge.

    ``points``: five each [m]. ``start``, ``end``: numbers of the corners. ``eastward``: along a row. ``line``,
    ``place``: the row (or column) it lies on and how far along. ``quarter``: of a block beside it. ``class_``: traffic.
    ``fate``: what lies on it.
    """

    points: Floats
    start: Ints
    end: Ints
    eastward: Flags
    line: Ints
    place: Ints
    quarter: Ints
    class_: Ints
    fate: Ints

    def carry(self, *fates: int) -> Flags:
        """Which edges have one of these fates."""
        return np.isin(self.fate, fates)


def build(lattice: Lattice, seed: int) -> Edges:
    """Decide what lies on each edge: every corner is reached, the rest is as the quarters are."""
    dice = np.random.default_rng([seed, 2])
    eastward, northward = (_side(lattice, along) for along in (True, False))
    edge = {key: np.concatenate([eastward[key], northward[key]]) for key in eastward}
    column, row = edge["column"], edge["row"]
    corners = lattice.south.shape[1]
    start = column * corners + row
    end = np.where(edge["eastward"], start + corners, start + 1)
    on_avenue = ~edge["eastward"] & ((column - lattice.middle[0]) % AVENUE_EVERY == 0)
    class_ = np.where(on_avenue, AVENUE, np.where(edge["between"], COLLECTOR, LOCAL))
    crossing = ~edge["eastward"] & (row == lattice.river)
    bridge = crossing & on_avenue & edge["both"]
    needed = (class_ > LOCAL) | edge["gated"] | _tree(start, end, class_, ~crossing | bridge, dice)
    fate = np.where(needed, STREET, _drawn(edge["style"], dice))
    fate = np.where(crossing, np.where(bridge, BRIDGE, NOTHING), fate)
    line, place = np.where(edge["eastward"], (row, column), (column, row))
    return Edges(edge["points"], start, end, edge["eastward"], line, place, edge["quarter"], class_, fate)


def _side(lattice: Lattice, eastward: bool) -> dict[str, NDArray[Any]]:
    """The edges of one direction that bound a block of the town, with what the blocks on their two sides say."""
    points = lattice.south if eastward else lattice.west

    def beside(of_blocks: NDArray[Any], outside: int) -> tuple[NDArray[Any], NDArray[Any]]:
        padded = np.pad(of_blocks, 1, constant_values=outside)
        return (padded[1:-1, :-1], padded[1:-1, 1:]) if eastward else (padded[:-1, 1:-1], padded[1:, 1:-1])

    inside, quarter = beside(lattice.inside, 0), beside(lattice.quarter, -1)
    use = beside(lattice.use, -1)
    style = beside(np.where(lattice.use == INDUSTRY, len(STYLES), lattice.style), -1)
    keep = inside[0] | inside[1]
    column, row = np.nonzero(keep)
    gated = np.isin(use[0], (PARK, SCHOOL)) | np.isin(use[1], (PARK, SCHOOL))
    arrays = {
        "both": inside[0] & inside[1],
        "between": quarter[0] != quarter[1],
        "gated": gated & eastward,
        "quarter": np.where(inside[1], quarter[1], quarter[0]),
        "style": np.where(inside[1], style[1], style[0]),
    }
    found = {key: values[keep] for key, values in arrays.items()}
    return found | {"points": points[keep], "column": column, "row": row, "eastward": np.full(len(row), eastward)}


def _tree(start: Ints, end: Ints, class_: Ints, allowed: Flags, dice: np.random.Generator) -> Flags:
    """Edges that tie all corners together, the large streets first: their spanning tree."""
    weight = dice.uniform(1, 2, len(start)) / (1 + 10 * class_)
    size = int(end.max()) + 1
    graph = csr_matrix((weight[allowed], (start[allowed], end[allowed])), shape=(size, size))
    tree = minimum_spanning_tree(graph).tocoo()
    return np.isin(start * size + end, tree.row.astype(np.int64) * size + tree.col) & allowed


def _drawn(style: Ints, dice: np.random.Generator) -> Ints:
    """Lots for the edges that nobody needs."""
    kinds = (*STYLES, WORKS)
    shares = np.cumsum([(kind.streets, kind.paths, kind.closes) for kind in kinds], axis=1)[style]
    return np.asarray((dice.random((len(style), 1)) > shares).sum(axis=1))


def ways(edges: Edges) -> Iterator[Way]:
    """Ways as mappers draw them: along a line of the lattice for as long as it keeps its kind and its quarter."""
    keys = (edges.place, edges.fate, edges.class_, edges.quarter, edges.line, edges.eastward)
    order = np.lexsort(keys)
    order = order[edges.fate[order] != NOTHING]
    kind = np.stack([key[order] for key in keys[1:]])
    gap = (np.diff(kind, axis=1) != 0).any(axis=0) | (np.diff(edges.place[order]) != 1)
    gap |= (edges.fate[order][1:] == CLOSE) | (np.diff(edges.place[order] // LONGEST) != 0)
    names = np.cumsum(np.concatenate([[1], (np.diff(kind[2:], axis=1) != 0).any(axis=0)]))
    for run in np.split(np.arange(len(order)), np.flatnonzero(gap) + 1):
        first = order[run[0]]
        yield _points(edges, order[run]), _tags(int(edges.fate[first]), int(edges.class_[first]), int(names[run[0]]))


def _points(edges: Edges, run: Ints) -> list[tuple[float, float]]:
    if edges.fate[run[0]] == CLOSE:
        line = edges.points[run[0], :3]
    else:
        line = np.vstack([edges.points[run, :4].reshape(-1, 2), edges.points[run[-1], 4:]])
    return [(x, y) for x, y in line.tolist()]


def _tags(fate: int, class_: int, number: int) -> dict[str, str]:
    if fate == PATH:
        return {"highway": "footway"}
    he, en = ("רחוב", "Street") if class_ == LOCAL else ("שדרה", "Avenue")
    name = {"name": f"{he} {number}", "name:he": f"{he} {number}", "name:en": f"{en} {number}"}
    extra = {"bridge": "yes", "layer": "1"} if fate == BRIDGE else {}
    pavement = {"sidewalk": "both"} if class_ == AVENUE else {}
    return {"highway": HIGHWAYS[class_]} | extra | pavement | name
