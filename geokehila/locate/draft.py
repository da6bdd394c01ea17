"""A model with a column for each thing that may be chosen, and the terms that the solver alone does not keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np

from geokehila.locate.choice import Choice
from geokehila.locate.exact import Model, Solved, Sum
from geokehila.locate.problem import Effort, Flags, Ints


@dataclass(frozen=True, eq=False)
class Draft:
    """A model that is being written.

    Attributes
    ----------
    model
        To be written on.
    column
        Its column for each thing that may be chosen, 1 where it is, shape (M,).
    open
        Its column for each site, shape (R,).
    broken
        Returns what else must hold where columns that are 1 break the terms by less than the solver sees: sums, and how
        much they may be.
    """

    model: Model
    column: Ints
    open: Ints
    broken: Callable[[Flags], list[tuple[Sum, float]]]

    def minimise(self, total: Sum, effort: Effort, start: Flags | None) -> tuple[Flags | None, Solved]:
        """Make a sum as small as can be and return what is chosen, None where nothing was found.

        Parameters
        ----------
        start
            A choice to begin with, shape (M,).
        """
        begun = None if start is None else (self.column, start.astype(float))
        while (solved := self.model.minimise(total, effort, begun)).x is not None:
            on = solved.x > 0.5
            broken = self.broken(on)
            if not broken:
                return on[self.column], solved
            for held, limit in broken:
                self.model.at_most(held, limit)
        return None, solved


def drafted(choice: Choice) -> Draft:
    """Return a model with a column for each site, and the terms."""
    model = Model()
    column = opened(model, choice)
    return Draft(model, column, column, lambda on: [not_all(column[sites]) for sites in choice.too_dear(on[column])])


def not_all(columns: Ints) -> tuple[Sum, float]:
    """Return a sum and its limit: columns are not all 1."""
    return Sum(columns, np.ones(len(columns))), len(columns) - 1.0


def opened(model: Model, choice: Choice) -> Ints:
    """Add a column for each site, 1 where it is chosen, and the terms; return the columns, shape (M,)."""
    sites, terms = choice.sites, choice.terms
    column = model.columns(sites.locked.astype(float), choice.usable.astype(float), whole=True)
    free = column[choice.free]
    if terms.add is not None and terms.add < len(free):
        model.at_most(Sum(free, np.ones(len(free))), float(terms.add))
    if sites.price[choice.free].sum() > terms.budget:
        model.at_most(Sum(free, sites.price[choice.free] / terms.budget), 1.0)
    pair = np.repeat(np.arange(len(choice.rivals)), 2)
    count = len(choice.rivals)
    model.rows(pair, column[choice.rivals.ravel()], np.ones(2 * count), np.full(count, -inf), np.ones(count))
    return column
