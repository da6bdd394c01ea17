"""Demand in the form that the searches take: rows of what each chosen site would cost it, nearest first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geokehila.locate.problem import Flags, Floats, Ints


@dataclass(frozen=True, eq=False)
class Rows:
    """Demand, equal ones merged, in an order that depends on their content alone.

    A row goes to the chosen site that costs it least. Maximal covering is the case in which every cost is 0 and
    `unserved` is 1: what is lost then is the demand that no chosen site serves.

    Attributes
    ----------
    indptr
        The pairs of row i are ``indptr[i]`` to ``indptr[i + 1] - 1``, one at least, shape (N + 1,).
    site
        Site of each pair, shape (K,).
    cost
        What that site costs a unit of demand, rising within each row, equal ones by site; 0 or more, shape (K,).
    weight
        Demand of each row, above 0, shape (N,).
    unserved
        What a unit of demand costs that no chosen site serves; no less than any of `cost`.
    """

    indptr: Ints
    site: NDArray[np.int32]
    cost: Floats
    weight: Floats
    unserved: float

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.weight)

    def of_pairs(self) -> Ints:
        """Return the row of each pair, shape (K,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.indptr))

    def losses(self, chosen: Flags) -> Floats:
        """Return what a unit of each row's demand costs under a choice, shape (N,)."""
        open_pairs = np.flatnonzero(chosen[self.site])
        row, first = np.unique(np.searchsorted(self.indptr, open_pairs, side="right") - 1, return_index=True)
        found = np.full(len(self), self.unserved)
        found[row] = self.cost[open_pairs[first]]
        return found

    def value(self, chosen: Flags) -> float:
        """Return what a choice costs all rows together: to be made as small as can be."""
        return float(self.weight @ self.losses(chosen))


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found.

    Attributes
    ----------
    chosen
        Locked sites among them, shape (M,).
    value
        As :meth:`Rows.value` has it.
    bound
        No choice under the terms has less; NaN: none is known.
    cut
        The clock ended the search.
    """

    chosen: Flags
    value: float
    bound: float
    cut: bool
