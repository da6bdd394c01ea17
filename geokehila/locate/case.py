"""A problem made ready for the searches: in order, under terms, equal demand merged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import fsum, inf

import numpy as np

from geokehila.locate.choice import Choice
from geokehila.locate.demand import Demand
from geokehila.locate.prepared import Pairs, Prepared, merged, usable
from geokehila.locate.problem import Flags, Problem, Terms
from geokehila.locate.search import Task
from geokehila.locate.serving import Asked, Serving, nearest, shared

#: What is searched until it is proven: rows times free sites of a covering, pairs of a median. Beyond is interchange.
CELLS, PAIRS = 400_000, 50_000


@dataclass(frozen=True, eq=False)
class Case:
    """A problem made ready.

    Attributes
    ----------
    prepared
        The problem in order.
    choice
        Its sites, and the terms.
    asked
        What each row asks for, shape (N,).
    """

    prepared: Prepared
    choice: Choice
    asked: Asked

    @classmethod
    def of(cls, problem: Problem, terms: Terms, unserved_s: float = inf) -> Case:
        """Make a problem ready; an infinite `unserved_s`: serving demand is all that counts."""
        prepared = Prepared.of(problem)
        return cls(prepared, Choice(prepared.sites, terms), Asked(problem.weight, prepared.tiers, unserved_s))

    @cached_property
    def full(self) -> bool:
        """Whether a site that may be chosen can be full."""
        pairs, sites = self.prepared.pairs, self.prepared.sites
        asked = np.bincount(pairs.site, self.asked.weight[pairs.row], minlength=len(sites))
        return bool((self.choice.usable & (asked > sites.capacity)).any())

    @cached_property
    def pairs(self) -> Pairs:
        """Walks to the sites that may be chosen."""
        return usable(self.prepared.pairs, self.prepared.sites, self.choice.free, self.full)

    @cached_property
    def demand(self) -> Demand:
        """What can be served, equal rows merged."""
        covers = self.asked.covers
        cost = np.zeros(len(self.pairs.row)) if covers else self.pairs.cost_s
        unserved = 1.0 if covers else self.asked.unserved_s
        rows, tier, _ = merged(self.pairs, cost, unserved, self.asked.weight, self.asked.tier)
        return Demand(rows, tier, int(self.asked.tier.max(initial=0)) + 1)

    @property
    def small(self) -> bool:
        """Whether the best choice can be searched until it is proven."""
        rows = self.demand.rows
        if self.asked.covers:
            return len(rows) * int(self.choice.free.sum()) <= CELLS
        return len(rows.site) <= PAIRS

    @cached_property
    def units(self) -> tuple[Demand, float, float]:
        """Demand in units that suit a solver, and what one of its weights and one of its losses is worth."""
        return self.demand.scaled()

    @cached_property
    def task(self) -> Task:
        """What a solver is asked, in its units."""
        scaled, of_weight, _ = self.units
        return Task(scaled, np.arange(len(self.prepared.sites)), self.prepared.sites.capacity / of_weight)

    def serve(self, chosen: Flags) -> Serving:
        """Return who is served by which site."""
        if self.full:
            return shared(self.pairs, chosen, np.arange(len(chosen)), self.prepared.sites.capacity, self.asked)
        return nearest(self.pairs, chosen, self.asked.weight)

    def objective(self, serving: Serving) -> float:
        """Return demand served, or demand times seconds."""
        if self.asked.covers:
            return fsum(serving.served)
        return fsum(serving.spent_s) + self.asked.unserved_s * fsum(self.asked.weight - serving.served)

    def objective_of(self, lost: float) -> float:
        """Return what the objective is if the merged rows lose so much."""
        inside = fsum(self.demand.rows.weight)
        if self.asked.covers:
            return inside - lost
        return lost + self.asked.unserved_s * (fsum(self.asked.weight) - inside)

    def servable(self, chosen: Flags) -> float:
        """Return how much demand a choice serves at most."""
        return self.objective_of(float(self.task.losses(chosen).sum()) * self.units[2])
