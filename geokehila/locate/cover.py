"""Whether, and how cheaply, a choice of sites serves as much demand as can be served at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum, inf

import numpy as np

from geokehila.locate.case import Case
from geokehila.locate.choice import Choice
from geokehila.locate.demand import EQUAL, greedy
from geokehila.locate.draft import Draft, drafted
from geokehila.locate.exact import Model, Solved, Sum
from geokehila.locate.forms import Room, flows
from geokehila.locate.problem import Effort, Flags, Floats, Ints, Problem, Terms
from geokehila.locate.search import SLACK


@dataclass(frozen=True, eq=False)
class Cover:
    """Demand of which a choice is to serve so much.

    Attributes
    ----------
    case
        Demand, sites and terms.
    rows
        Rows that some site reaches and that have weight, shape (N,).
    must
        Demand of theirs to serve: all of it, unless sites are too small.
    out_of_reach
        Demand that no site reaches.
    """

    case: Case
    rows: Flags
    must: float
    out_of_reach: float

    @classmethod
    def of(cls, problem: Problem, terms: Terms) -> Cover:
        """Ask to serve as much as all sites could together that are not banned, whatever the terms."""
        case = Case.of(replace(problem, tier=np.zeros_like(problem.tier)), Terms())
        rows = case.prepared.reached & (problem.weight > 0)
        must, none = case.servable(case.choice.usable), case.prepared.out_of_reach
        return cls(case, rows, must, none).under(terms)

    @property
    def short(self) -> float:
        """Demand within reach that no choice can serve, for all sites together are too small."""
        within = fsum(self.case.asked.weight[self.rows])
        return within - self.must if self.must < within * (1 - EQUAL) else 0.0

    @property
    def plain(self) -> bool:
        """Whether a row is served as soon as a site in its reach is chosen, and all are to be."""
        return not self.short and not self.case.full

    def under(self, terms: Terms) -> Cover:
        """Ask for the same under other terms."""
        return replace(self, case=replace(self.case, choice=Choice(self.case.prepared.sites, terms)))

    def within(self, walk_s: float) -> Cover:
        """Ask for the same within a walk [s], inclusive."""
        prepared = self.case.prepared
        near = prepared.pairs.take(prepared.pairs.cost_s <= walk_s)
        return replace(self, case=replace(self.case, prepared=replace(prepared, pairs=near)))

    def met(self, chosen: Flags) -> bool:
        """Tell whether a choice serves what must be."""
        if not self.plain:
            return self.case.servable(chosen) >= self.must * (1 - EQUAL)
        all_in_reach = np.isin(np.flatnonzero(self.rows), self.case.pairs.row).all()
        return bool(all_in_reach) and not self.case.demand.rows.losses(chosen).any()

    def best(self, prices: Floats, effort: Effort) -> tuple[Flags | None, Solved]:
        """Return the choice that is enough and whose sites take least, None where none was found.

        Parameters
        ----------
        prices
            Of each site, shape (M,).
        """
        choice = self.case.choice
        if not self.met(choice.usable):
            return None, Solved(None, inf, False)
        by_greed = greedy(self.case.demand.rows, choice.sites.locked, choice.rest)
        enough = self.met(by_greed)
        if enough and not prices.any():
            return by_greed, Solved(None, 0.0, False)
        draft = drafted(choice)
        self._write(draft.model, draft.column)
        return self._enough(draft).minimise(Sum(draft.column, prices), effort, by_greed if enough else None)

    def _enough(self, draft: Draft) -> Draft:
        """Return a draft that asks for a site more where a choice is not quite enough."""

        def broken(on: Flags) -> list[tuple[Sum, float]]:
            others = draft.column[~on[draft.column]]
            more = [] if self.met(on[draft.column]) else [(Sum(others, -np.ones(len(others))), -1.0)]
            return draft.broken(on) or more

        return replace(draft, broken=broken)

    def _write(self, model: Model, column: Ints) -> None:
        """Write into a model that enough is served."""
        rows = self.case.demand.rows
        if self.plain:
            pairs, count = np.ones(len(rows.site)), len(rows)
            model.rows(rows.of_pairs(), column[rows.site], pairs, np.ones(count), np.full(count, inf))
            return
        task, (demand, of_weight, _) = self.case.task, self.case.units
        share, _ = flows(model, demand, column, Room(np.arange(len(column)), column, task.capacity))
        served = -demand.rows.weight[demand.rows.of_pairs()]
        model.at_most(Sum(share, served), SLACK - self.must / of_weight)
