"""What demand loses, written as columns and rows of a model: by levels, or by flows where sites can be full."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from geokehila.locate.demand import Demand
from geokehila.locate.exact import Model, Sum
from geokehila.locate.problem import Flags, Floats, Ints
from geokehila.locate.rows import Rows

#: Pairs up to which a model of flows is written so that its relaxation is close; beyond so that it is small.
CLOSE = 60_000


@dataclass(frozen=True, eq=False)
class Room:
    """What may be full.

    Attributes
    ----------
    of
        What each site of the rows takes its room from, shape (M,).
    open
        Column of the model that opens it, shape (R,).
    capacity
        Demand that it serves at most, infinite: any, shape (R,).
    """

    of: Ints
    open: Ints
    capacity: Floats


def levels(model: Model, demand: Demand, column: Ints) -> list[Sum]:
    """Write what demand loses where any site may serve all of it.

    For each row and each distinct cost in it one column tells that no nearer site is chosen; the step to the next cost
    is then lost. Columns that wait for the same sites are one, whatever rows they come from.

    Parameters
    ----------
    column
        Column of the model that opens each site.

    Returns
    -------
    list
        What each tier loses.

    Notes
    -----
    The radius formulation of the p-median (Cornuéjols, Nemhauser and Wolsey 1980; Elloumi 2010), its columns merged as
    by García, Labbé and Marín (2011). With one cost of 0 it is the usual model of maximal covering.
    """
    rows = demand.rows
    of_pair = rows.of_pairs()
    starts = np.concatenate([[True], (np.diff(of_pair) != 0) | (np.diff(rows.cost) != 0)])[: len(of_pair)]
    level, head = np.cumsum(starts) - 1, np.flatnonzero(starts)
    row, cost = of_pair[head], rows.cost[head]
    first = np.diff(row, prepend=-1) != 0
    last = np.diff(row, append=len(rows)) != 0
    step = np.where(last, rows.unserved, np.append(cost[1:], 0.0)) - cost
    waiting, one, merged = np.unique(_of_sites(rows, head, first), True, True)
    lacking = model.columns(np.zeros(len(waiting)), np.ones(len(waiting)))
    place = np.full(len(head), -1)
    place[one] = np.arange(len(one))
    inside, after = place[level] >= 0, np.flatnonzero(~first[one])
    model.rows(
        np.concatenate([np.arange(len(one)), after, place[level][inside]]),
        np.concatenate([lacking, lacking[merged[one[after] - 1]], column[rows.site[inside]]]),
        np.concatenate([np.ones(len(one)), -np.ones(len(after)), np.ones(inside.sum())]),
        first[one].astype(float),
        np.full(len(one), inf),
    )
    lost, tier = rows.weight[row] * step, demand.tier[row]
    least = demand.sums(cost[first])
    values = [
        np.bincount(merged[tier == t], lost[tier == t], minlength=len(one)).astype(float) for t in range(demand.tiers)
    ]
    return [Sum(lacking, value, constant) for value, constant in zip(values, least.tolist(), strict=True)]


def _of_sites(rows: Rows, head: Ints, first: Flags) -> np.ndarray:
    """Return a number of 128 bits for each level that tells which sites it and the levels before it hold, shape (L,).

    Random numbers of the sites added up, alike on each run: two sets of sites share one with a chance of 1 in 10^38.
    """
    numbers = np.random.default_rng(0).integers(0, 2**64, (int(rows.site.max(initial=-1)) + 1, 2), np.uint64)
    sums = np.cumsum(numbers[rows.site], axis=0)
    last = np.append(head[1:], len(rows.site))[: len(head)] - 1
    start = head[np.flatnonzero(first)][np.cumsum(first) - 1]
    found: np.ndarray = (sums[last] - sums[start] + numbers[rows.site[start]]).view("V16").ravel()
    return found


def flows(model: Model, demand: Demand, column: Ints, room: Room) -> tuple[Ints, list[Sum]]:
    """Write what demand loses where sites can be full, so that a row may be split over several.

    Parameters
    ----------
    column
        Column of the model that opens each site.
    room
        What may be full.

    Returns
    -------
    tuple
        Column of each pair, the share of its row that goes there, shape (K,); what each tier loses.
    """
    rows, row = demand.rows, demand.rows.of_pairs()
    share = model.columns(np.zeros(len(row)), np.ones(len(row)))
    model.rows(row, share, np.ones(len(row)), np.zeros(len(rows)), np.ones(len(rows)))
    if len(row) <= CLOSE:
        _only_to_open(model, row if demand.covers else np.arange(len(row)), share, column[rows.site])
    _fill(model, rows, (share, rows.site.astype(np.int64)), column, room.capacity[room.of])
    if len(room.of) > len(np.unique(room.of)):
        _fill(model, rows, (share, room.of[rows.site]), room.open, room.capacity)
    gain = rows.weight[row] * (rows.cost - rows.unserved)
    none = demand.sums(np.full(len(rows), rows.unserved))
    of_tier = [demand.tier[row] == tier for tier in range(demand.tiers)]
    sums = [Sum(share[own], gain[own], constant) for own, constant in zip(of_tier, none.tolist(), strict=True)]
    return share, sums


def _only_to_open(model: Model, group: Ints, share: Ints, opens: Ints) -> None:
    """Write that pairs together take no larger share of a row than there are open sites among them.

    That nothing goes to what is closed follows from its room too, but the relaxation is closer with this.

    Parameters
    ----------
    group
        Which pairs, from 0, shape (K,): those of a row where serving it is all that counts, else each by itself.
    """
    one, count = np.ones(len(group)), int(group.max(initial=-1)) + 1
    columns = np.concatenate([share, opens])
    model.rows(
        np.concatenate([group, group]), columns, np.concatenate([one, -one]), np.full(count, -inf), np.zeros(count)
    )


def _fill(model: Model, rows: Rows, pairs: tuple[Ints, Ints], opens: Ints, capacity: Floats) -> None:
    """Write that no more goes to anything than it has room for, and nothing to what is closed.

    Parameters
    ----------
    pairs
        Column of each pair, and what it goes to, shape (K,).
    opens, capacity
        Of each such thing: the column that opens it, and the demand that it serves at most, shape (R,).
    """
    (share, into), weight, each = pairs, rows.weight[rows.of_pairs()], np.arange(len(opens))
    most = np.minimum(np.bincount(into, weight, minlength=len(opens)), capacity)
    number, columns = np.concatenate([into, each]), np.concatenate([share, opens])
    model.rows(number, columns, np.concatenate([weight, -most]), np.full(len(opens), -inf), np.zeros(len(opens)))
