"""Who is served by which chosen site: the nearest, or, where sites can be full, shared out over several."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from scipy.sparse import csr_array, diags_array

from geokehila.locate.demand import Demand
from geokehila.locate.exact import Model, Sum
from geokehila.locate.forms import Room, flows
from geokehila.locate.prepared import Pairs, merged
from geokehila.locate.problem import Flags, Floats, Ints
from geokehila.locate.rows import Rows
from geokehila.locate.search import in_turn


@dataclass(frozen=True, eq=False)
class Serving:
    """What becomes of each row of demand, shape (N,).

    Attributes
    ----------
    served
        Demand that is served.
    site
        Site that serves it, or most of it; -1: none.
    spent_s
        Demand served times its walk [s].
    share
        Share of it that each site serves, sparse, shape (N, M).
    """

    served: Floats
    site: Ints
    spent_s: Floats
    share: csr_array


@dataclass(frozen=True, eq=False)
class Asked:
    """What each row of demand asks for.

    Attributes
    ----------
    weight, tier
        Shape (N,).
    unserved_s
        [s] What a unit counts that no site serves; infinite: serving it is all that counts.
    """

    weight: Floats
    tier: Ints
    unserved_s: float = inf

    @property
    def covers(self) -> bool:
        """Whether serving demand is all that counts, not how far it walks."""
        return self.unserved_s == inf


def nearest(pairs: Pairs, chosen: Flags, weight: Floats) -> Serving:
    """Serve each row by the chosen site that is nearest, the first by key of equally near ones."""
    near = pairs.take(chosen[pairs.site])
    near = near.take(np.isin(np.arange(len(near.row)), near.first))
    site, spent_s = np.full(len(weight), -1), np.zeros(len(weight))
    site[near.row], spent_s[near.row] = near.site, near.cost_s * weight[near.row]
    share = csr_array((np.ones(len(near.row)), (near.row, near.site)), shape=(len(weight), len(chosen)))
    return Serving(np.where(site >= 0, weight, 0.0), site, spent_s, share)


def shared(pairs: Pairs, chosen: Flags, into: Ints, capacity: Floats, asked: Asked) -> Serving:
    """Serve demand by chosen sites that can be full.

    Where serving is all that counts, most of each tier in turn is served, with the shortest walks together.

    Parameters
    ----------
    into
        The site that each thing stands at that may be chosen, shape (M,).
    capacity
        Demand that each site serves at most, shape (R,).
    """
    near = pairs.take(chosen[pairs.site])
    # A unit more that is served sends others elsewhere, from each chosen site at most once.
    far_s = 4.0 * (chosen.sum() + 1.0) * (near.cost_s.max(initial=0.0) + 1.0)
    unserved_s = far_s if asked.covers else asked.unserved_s
    rows, tier, of_row = merged(near, near.cost_s, unserved_s, asked.weight, asked.tier)
    demand, of_weight, _ = Demand(rows, tier, int(tier.max(initial=0)) + 1).scaled()
    model = Model()
    column, one = model.columns(chosen.astype(float), chosen.astype(float)), np.ones(len(capacity))
    share, losses = flows(model, demand, column, Room(into, model.columns(one, one), capacity / of_weight))
    if asked.covers:
        losses = _most_first(demand, losses, share)
    found = in_turn(model, losses)[-1][share] if len(share) else np.zeros(0)
    return _of_rows(
        rows,
        _fitted(found, rows, into[rows.site], capacity),
        of_row,
        asked.weight,
        nearest(pairs, chosen, asked.weight),
    )


def _most_first(demand: Demand, losses: list[Sum], share: Ints) -> list[Sum]:
    """Return what is to be least in turn: demand of each tier that is not served, and at last the walks with it."""
    rows, row = demand.rows, demand.rows.of_pairs()
    of_tier = [demand.tier[row] == tier for tier in range(demand.tiers)]
    served = [Sum(share[own], -rows.weight[row][own]) for own in of_tier[:-1]]
    before = ~of_tier[-1]
    walks = Sum(share[before], (rows.weight[row] * rows.cost)[before])
    last = losses[-1]
    return [*served, Sum(np.append(last.columns, walks.columns), np.append(last.values, walks.values))]


def _fitted(share: Floats, rows: Rows, into: Ints, capacity: Floats) -> Floats:
    """Take from shares by how much the solver's rounding is over what a row has or a site holds."""
    row = rows.of_pairs()
    share = np.clip(np.round(share, 12), 0.0, 1.0)
    share = share / np.maximum(np.bincount(row, share, minlength=len(rows)), 1.0)[row]
    full = np.bincount(into, share * rows.weight[row], minlength=len(capacity))
    over = np.divide(full, capacity, out=np.ones(len(full)), where=capacity > 0)
    fitted: Floats = np.where(capacity[into] > 0, share / np.maximum(over, 1.0)[into], 0.0)
    return fitted


def _of_rows(rows: Rows, share: Floats, into: Ints, weight: Floats, near: Serving) -> Serving:
    """Give each row what its merged row has; rows without weight ask for nothing and go to the nearest."""
    row = rows.of_pairs()
    order = np.lexsort((-share, row))
    most = order[np.flatnonzero(np.diff(row, prepend=-1))] if len(row) else order
    site = np.where(share[most] > 0, rows.site[most], -1)
    served, walk_s = (np.bincount(row, part, minlength=len(rows)) for part in (share, share * rows.cost))
    merged_into = into >= 0
    number = into[merged_into]
    asks = np.flatnonzero(merged_into)
    of_row = csr_array((np.ones(len(asks)), (asks, number)), shape=(len(weight), len(rows)))
    of_rows = csr_array(
        (share[share > 0], (row[share > 0], rows.site[share > 0])), shape=(len(rows), near.share.shape[1])
    )
    shares = csr_array(of_row @ of_rows + diags_array(1.0 * (weight == 0)) @ near.share)
    found = Serving(np.zeros(len(weight)), np.where(weight > 0, -1, near.site), np.zeros(len(weight)), shares)
    found.served[merged_into] = np.minimum(served[number], 1.0) * weight[merged_into]
    found.site[merged_into] = site[number]
    found.spent_s[merged_into] = walk_s[number] * weight[merged_into]
    return found
