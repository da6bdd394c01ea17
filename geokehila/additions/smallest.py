"""The smallest set of additions that serves enough people, by an exact model; and the order in which they add most."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from geokehila.additions.problem import Problem
from geokehila.locate.exact import Model, Solved, Sum
from geokehila.locate.problem import Effort
from geokehila.reach.arrays import Flags, Floats, Ints

#: Branch and bound of one unit ends here: what was found then may not be the smallest, and says so.
EFFORT = Effort(gap=0.0, nodes=1_000)
#: What rounding may take from a sum that an earlier aim has fixed.
_SLACK = 1e-6


@dataclass(frozen=True, eq=False)
class Smallest:
    """A set of additions.

    Attributes
    ----------
    options
        Which options are taken, shape (V,).
    least
        No set of fewer additions serves enough: where it equals their number, the set is proven smallest.
    """

    options: Flags
    least: int


def smallest(problem: Problem, target: float, effort: Effort = EFFORT) -> Smallest | None:
    """Find the fewest additions that serve so many people; None where none do.

    Of equally few additions those with the fewest services, then the most people served are taken; then of additions
    that no other betters (:meth:`Problem.undominated`) the first, by the sum of their numbers.

    Parameters
    ----------
    target
        People to be served, above 0.

    Examples
    --------
    Ten people need what either of two sites could host, four of them also what only the second could: it is the better.

    >>> from scipy.sparse import csr_array
    >>> helps = csr_array(np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    >>> services, room = np.ones(3, bool), np.full(2, np.inf)
    >>> two = Problem(np.array([6.0, 4.0]), np.array([0, 1, 1]), helps, np.array([0, 1, 1]), services, room[[0, 1, 1]],
    ...               room)
    >>> smallest(two, 6.0).options.tolist(), smallest(two, 10.0).options.tolist()
    ([False, True, False], [False, True, True])
    """
    kept = problem.undominated()
    some = problem.with_options(kept)
    if float(some.people @ some.served(np.ones(kept.sum(), bool))) < target - _SLACK:
        return None
    found = _Search(some, target).found(effort)
    if found is None:
        return None
    options = np.zeros(len(kept), bool)
    options[np.flatnonzero(kept)[found.options]] = True
    return Smallest(options, found.least)


def most(problem: Problem, effort: Effort = EFFORT) -> float:
    """Return how many people all additions together could serve; with too little room somewhere, at most."""
    whole = float(problem.people @ problem.served(np.ones(len(problem.addition), bool)))
    if not problem.is_tight.any() or not whole:
        return whole
    search = _Search(problem, 0.0)
    return min(whole, -search.model.minimise(search.aims()[2], effort).bound * float(problem.people.sum()))


def in_order(problem: Problem, until: float = np.inf) -> list[tuple[int, float]]:
    """Take additions with all their options, each time the one that serves most people more.

    Of equal ones that which meets most needs of people who are not served yet, then the first.

    Returns
    -------
    list
        Additions and the people served then, until enough are or nothing more is to be gained.
    """
    cover, unmet, taken, served = problem.cover, np.ones(len(problem.pattern), bool), list[tuple[int, float]](), 0.0
    while served < until - _SLACK:
        new = cover & unmet
        meets = _by_pattern(problem, new)
        is_whole = (meets == np.bincount(problem.pattern[unmet], minlength=len(problem.people))) & (meets > 0)
        gain, needs = is_whole @ problem.people, meets @ problem.people
        best = int(np.lexsort((np.arange(len(gain)), -needs.round(6), -gain.round(6)))[0]) if len(gain) else 0
        if not len(gain) or not needs[best]:
            break
        unmet &= ~cover[best]
        served += float(gain[best])
        taken.append((best, served))
    return taken


def _by_pattern(problem: Problem, flags: Flags) -> Ints:
    """Count the needs of each pattern that a row has, shape (A, P)."""
    rows, needs = np.nonzero(flags)
    width = len(problem.people)
    counted = np.bincount(rows * width + problem.pattern[needs], minlength=len(flags) * width)
    return counted.reshape(len(flags), width)


class _Search:
    """The model: `y` additions built, `x` options taken, `r` patterns served."""

    def __init__(self, problem: Problem, target: float) -> None:
        self.problem, self.target, self.model = problem, target, Model()
        self.y, self.x = (self._columns(size, whole=True) for size in (len(problem.room_m2), len(problem.addition)))
        self.r = self._columns(len(problem.people), whole=False)
        self._only_built()
        self._only_met()
        self._only_where_room()
        self.model.at_most(Sum(self.r, -problem.people), -target)

    def aims(self) -> tuple[Sum, ...]:
        """What is made small in turn: additions, services, people left unserved, numbers of additions."""
        people, count = self.problem.people, len(self.y)
        return (
            Sum(self.y, np.ones(count)),
            Sum(self.x, self.problem.is_service.astype(float)),
            Sum(self.r, -people / people.sum()),
            Sum(self.y, np.arange(count) / count),
        )

    def found(self, effort: Effort) -> Smallest | None:
        """Solve for one aim after the other, each fixed for the next; None where there is no set."""
        fewest, *others = self.aims()
        solution, least = self._start(), 1
        if solution is None or fewest.of(solution) > 1 + _SLACK:
            solved = self._solved(fewest, solution, effort)
            if solved.x is None:
                return None
            solution, least = solved.x, int(np.ceil(solved.bound - _SLACK))
        for fixed, aim in pairwise((fewest, *others)):
            self.model.at_most(fixed, fixed.of(solution) + _SLACK)
            better = self._solved(aim, solution, effort).x
            solution = solution if better is None else better
        return Smallest(solution[self.x] > 0.5, least)

    def _solved(self, aim: Sum, solution: Floats | None, effort: Effort) -> Solved:
        start = None if solution is None else (np.arange(len(solution)), solution)
        return self.model.minimise(aim, effort, start)

    def _start(self) -> Floats | None:
        """A set that is enough, found greedily; None where room is too little to be sure."""
        if self.problem.is_tight.any():
            return None
        built = [addition for addition, _ in in_order(self.problem, self.target)]
        options = np.isin(self.problem.addition, built)
        y = np.isin(np.arange(len(self.y)), built)
        return np.concatenate([y, options, self.problem.served(options)]).astype(float)

    def _columns(self, count: int, whole: bool) -> Ints:
        return self.model.columns(np.zeros(count), np.ones(count), whole)

    def _only_built(self) -> None:
        """An option is there where its addition is."""
        count = len(self.x)
        row, value = np.tile(np.arange(count), 2), np.repeat([1.0, -1.0], count)
        column = np.concatenate([self.x, self.y[self.problem.addition]])
        self.model.rows(row, column, value, np.full(count, -np.inf), np.zeros(count))

    def _only_met(self) -> None:
        """A pattern is served where each of its needs is met."""
        need, option = self.problem.helps.nonzero()
        count = len(self.problem.pattern)
        row = np.concatenate([need, np.arange(count)])
        column = np.concatenate([self.x[option], self.r[self.problem.pattern]])
        value = np.concatenate([-np.ones(len(need)), np.ones(count)])
        self.model.rows(row, column, value, np.full(count, -np.inf), np.zeros(count))

    def _only_where_room(self) -> None:
        """Options of an addition fit in it."""
        for addition in np.flatnonzero(self.problem.is_tight):
            options = np.flatnonzero(self.problem.addition == addition)
            total = Sum(self.x[options], self.problem.floor_m2[options])
            self.model.at_most(total, float(self.problem.room_m2[addition]))
