"""Linear models with whole numbers in them, built of arrays and solved by HiGHS: alike on every run."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from math import frexp, inf
from threading import Thread

import highspy
import numpy as np
from scipy.sparse import csr_array

from geokehila.errors import RunError
from geokehila.locate.problem import Effort, Floats, Ints

#: A bound is believed to this share only: more than the solver's tolerances amount to in models of our scale.
TOLERANCE = 1e-6
_KNOWN = {
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kSolutionLimit,
    highspy.HighsModelStatus.kIterationLimit,
    highspy.HighsModelStatus.kTimeLimit,
    highspy.HighsModelStatus.kInterrupt,
}


@dataclass(frozen=True)
class Clock:
    """Seconds that are left of an effort; without a limit no clock is read."""

    end_s: float

    @classmethod
    def of(cls, effort: Effort) -> Clock:
        """Start it."""
        return cls(inf if effort.seconds == inf else time.monotonic() + effort.seconds)

    def left(self, effort: Effort) -> Effort:
        """Return the effort with the seconds that are left of it."""
        return effort if self.end_s == inf else replace(effort, seconds=max(self.end_s - time.monotonic(), 0.0))


@dataclass(frozen=True, eq=False)
class Sum:
    """Columns of a model, each times a number, and a constant: something to minimise or to limit."""

    columns: Ints
    values: Floats
    constant: float = 0.0

    def of(self, x: Floats) -> float:
        """Return what it comes to."""
        return float(self.values @ x[self.columns]) + self.constant


@dataclass(frozen=True, eq=False)
class Solved:
    """What became of a model.

    Attributes
    ----------
    x
        Value of each column, None where no solution was found.
    bound
        No solution has less; infinite: there is none, minus infinite: nothing is known.
    cut
        The clock ended the search.
    """

    x: Floats | None
    bound: float
    cut: bool

    @property
    def solution(self) -> Floats:
        """The columns, of a model that must have some solution."""
        if self.x is None:
            raise RunError("location-allocation: HiGHS found no way to share out demand: report the input")
        return self.x


class Model:
    """Columns and rows, gathered block by block."""

    def __init__(self) -> None:
        self._columns: list[tuple[Floats, Floats, Ints]] = []
        self._entries: list[tuple[Ints, Ints, Floats]] = []
        self._limits: list[tuple[Floats, Floats]] = []
        self._size = [0, 0]

    def columns(self, lower: Floats, upper: Floats, whole: bool = False) -> Ints:
        """Add columns between limits and return their numbers."""
        first, count = self._size[1], len(lower)
        self._columns.append((lower, upper, np.full(count, int(whole))))
        self._size[1] += count
        return np.arange(first, first + count)

    def rows(self, row: Ints, column: Ints, value: Floats, lower: Floats, upper: Floats) -> None:
        """Add rows between limits; `row` counts from 0 within this block."""
        self._entries.append((self._size[0] + row, column, value))
        self._limits.append((lower, upper))
        self._size[0] += len(lower)

    def at_most(self, total: Sum, limit: float) -> None:
        """Add one row: a sum comes to no more than a limit."""
        row, upper = np.zeros(len(total.columns), np.int64), limit - total.constant
        self.rows(row, total.columns, total.values, np.array([-inf]), np.array([upper]))

    def minimise(self, total: Sum, effort: Effort, start: tuple[Ints, Floats] | None = None) -> Solved:
        """Make a sum as small as can be.

        Parameters
        ----------
        start
            Columns and their values in a solution that is known.
        """
        if not self._size[1]:
            return Solved(np.zeros(0), total.constant, False)
        solver = self._passed(total, effort)
        if start is not None:
            solver.setSolution(len(start[0]), start[0].astype(np.int32), start[1])
        _run(solver)
        if solver.getModelStatus() == highspy.HighsModelStatus.kSolveError:
            # What presolve leaves out may come back a hair beyond the tolerance, which the solver does not forgive.
            solver.setOptionValue("presolve", "off")
            _run(solver)
        return _read(solver, _unit(total), whole=any(whole.any() for _, _, whole in self._columns))

    def _passed(self, total: Sum, effort: Effort) -> highspy.Highs:
        height, width = self._size
        row, column, value = (np.concatenate(parts) for parts in zip(_NOTHING, *self._entries, strict=True))
        matrix = csr_array((value, (row.astype(np.int32), column.astype(np.int32))), shape=(height, width))
        lower, upper, whole = (np.concatenate(parts) for parts in zip(*self._columns, strict=True))
        below, above = (np.concatenate(parts) for parts in zip(_NO_LIMITS, *self._limits, strict=True))
        cost = np.bincount(total.columns, total.values / _unit(total), minlength=width).astype(float)
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, option in _options(effort).items():
            solver.setOptionValue(name, option)
        shape = (width, height, matrix.nnz, int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize))
        starts, indices = matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32)
        columns, rows = (cost, lower, upper), (below, above)
        solver.passModel(
            *shape, total.constant / _unit(total), *columns, *rows, starts, indices, matrix.data, whole.astype(np.int32)
        )
        return solver


_NOTHING = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
_NO_LIMITS = (np.zeros(0), np.zeros(0))


def _options(effort: Effort) -> dict[str, bool | int | float]:
    return {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "mip_rel_gap": effort.gap,
        "mip_max_nodes": effort.nodes,
        "time_limit": effort.seconds,
    }


def _run(solver: highspy.Highs) -> None:
    """Run the solver in a thread of its own: there it has its own scheduler, whatever else in this process uses it."""
    thread = Thread(target=solver.run, daemon=True)
    thread.start()
    thread.join()


def _unit(total: Sum) -> float:
    """Return the power of 2 in whose terms the largest number of a sum is near 1,000, as suits the tolerances."""
    return 2.0 ** (frexp(np.abs(total.values).max(initial=0.0))[1] - 10)


def _read(solver: highspy.Highs, unit: float, whole: bool) -> Solved:
    status, info = solver.getModelStatus(), solver.getInfo()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return Solved(None, inf, False)
    if status not in _KNOWN:
        raise RunError(f"location-allocation: HiGHS ended with {solver.modelStatusToString(status)}: report the input")
    done = status == highspy.HighsModelStatus.kOptimal
    bound = info.mip_dual_bound if whole else info.objective_function_value if done else -inf
    has_any = info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusNone
    x = np.asarray(solver.getSolution().col_value) if has_any else None
    safe = bound - TOLERANCE * max(abs(bound), 1.0)
    return Solved(x, safe * unit, status == highspy.HighsModelStatus.kTimeLimit)
