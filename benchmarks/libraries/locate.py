"""Location-allocation by GeoKehila, by a plain model for HiGHS, and by spopt."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import ClassVar

import highspy
import numpy as np
from scipy.sparse import block_array, csr_array, eye_array

from benchmarks.locate_towns import Town
from benchmarks.measure import Took
from geokehila.locate import Effort, Problem, Terms, mclp, p_median, warm

#: [s] What HiGHS and spopt are given of the clock, models not counted.
LIMIT_S = 60.0


@dataclass(frozen=True, eq=False)
class Answer:
    """What a library found.

    Attributes
    ----------
    chosen
        Columns of the sites; None where it found nothing.
    objective, bound
        As the library says; NaN where it says nothing.
    took
        From the town to the answer, models included.
    """

    chosen: np.ndarray | None
    objective: float
    bound: float
    took: Took


class Locating(ABC):
    """A library to be asked where to put hubs; of its kind as those of walks are."""

    name: ClassVar[str]
    twin: ClassVar[str] = ""
    slack: ClassVar[int] = 0
    rounds: ClassVar[int] = 1
    origins: ClassVar[int | None] = None

    def __init__(self, town: Town) -> None:
        self.town = town

    def answer(self) -> Answer:
        """Ask, and measure."""
        cpu, wall = process_time(), perf_counter()
        chosen, objective, bound = self.located()
        return Answer(chosen, objective, bound, Took(process_time() - cpu, perf_counter() - wall))

    @abstractmethod
    def located(self) -> tuple[np.ndarray | None, float, float]:
        """Return columns chosen, objective and bound."""


class Ours(Locating):
    """The function that users call, with its usual effort."""

    name: ClassVar[str] = "GeoKehila"
    effort: ClassVar[Effort] = Effort()

    def __init__(self, town: Town) -> None:
        super().__init__(town)
        warm.compile_kernels(lambda line: None)

    def located(self) -> tuple[np.ndarray | None, float, float]:
        """Search from nothing."""
        town = self.town
        problem, terms = Problem.of(town.cost, town.weight), Terms(add=town.add)
        asked = (mclp, town.cost.data.max()) if town.covers else (p_median, town.unserved)
        found = asked[0](problem, asked[1], terms, self.effort)
        return found.chosen, found.objective, found.bound


class Longer(Ours):
    """The same with four times the rounds."""

    name: ClassVar[str] = "GeoKehila, 16,000 rounds"
    effort: ClassVar[Effort] = Effort(rounds=16_000)


class Plain(Locating):
    """The model of the textbook, sparse, for HiGHS as it comes; demand is not merged."""

    name: ClassVar[str] = "plain model, HiGHS"

    def located(self) -> tuple[np.ndarray | None, float, float]:
        """Pass the model and let it run."""
        solver = highspy.Highs()
        for option, value in (("output_flag", False), ("time_limit", LIMIT_S)):
            solver.setOptionValue(option, value)
        solver.passModel(self._model())
        solver.run()
        info = solver.getInfo()
        sign = -1 if self.town.covers else 1
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusNone:
            return None, np.nan, sign * info.mip_dual_bound
        chosen = np.flatnonzero(np.array(solver.getSolution().col_value)[: self.town.cost.shape[1]] > 0.5)
        return chosen, sign * info.objective_function_value, sign * info.mip_dual_bound

    def _model(self) -> highspy.HighsLp:
        town, (homes, sites) = self.town, self.town.cost.shape
        pairs = town.cost.tocoo()
        at_site = csr_array((np.ones(pairs.nnz), (np.arange(pairs.nnz), pairs.col)), shape=(pairs.nnz, sites))
        at_home = csr_array((np.ones(pairs.nnz), (pairs.row, np.arange(pairs.nnz))), shape=(homes, pairs.nnz))
        number = csr_array(np.ones((1, sites)))
        if town.covers:
            matrix = block_array([[number, None], [-(at_home @ at_site), eye_array(homes)]])
            cost, upper = -town.weight, np.concatenate([[town.add], np.zeros(homes)])
            lower = np.full(homes + 1, -np.inf)
        else:
            matrix = block_array(
                [[number, None, None], [-at_site, eye_array(pairs.nnz), None], [None, at_home, eye_array(homes)]]
            )
            cost = np.concatenate([pairs.data * town.weight[pairs.row], town.weight * town.unserved])
            upper = np.concatenate([[town.add], np.zeros(pairs.nnz), np.ones(homes)])
            lower = np.concatenate([np.full(pairs.nnz + 1, -np.inf), np.ones(homes)])
        model, columns = highspy.HighsLp(), matrix.tocsc()
        model.num_row_, model.num_col_ = columns.shape
        model.col_cost_ = np.concatenate([np.zeros(sites), cost])
        model.col_lower_, model.col_upper_ = np.zeros(columns.shape[1]), np.ones(columns.shape[1])
        model.row_lower_, model.row_upper_ = lower, upper
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = (
            columns.indptr,
            columns.indices,
            columns.data,
        )
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger] * sites + [kinds.kContinuous] * len(cost)
        return model


class Spopt(Locating):
    """spopt's models, solved by HiGHS through PuLP; a variable for every home and site."""

    name: ClassVar[str] = "spopt, HiGHS"

    def __init__(self, town: Town) -> None:
        super().__init__(town)
        importlib.import_module("spopt.locate")

    def located(self) -> tuple[np.ndarray | None, float, float]:
        """Make the whole matrix and let it run; spopt tells no bound, so it is its objective where it is proven."""
        import pulp
        from spopt.locate import MCLP, PMedian

        town = self.town
        far = 2 * town.cost.data.max() if town.covers else town.unserved
        whole = np.full(town.cost.shape, far)
        pairs = town.cost.tocoo()
        whole[pairs.row, pairs.col] = pairs.data
        if town.covers:
            model = MCLP.from_cost_matrix(whole, town.weight, town.cost.data.max(), town.add)
        else:
            model = PMedian.from_cost_matrix(whole, town.weight, town.add)
        model.problem.solve(pulp.HiGHS(msg=False, timeLimit=LIMIT_S))
        value = [variable.value() for variable in model.fac_vars]
        if None in value:
            return None, np.nan, np.nan
        chosen = np.flatnonzero(np.array(value) > 0.5)
        objective = float(model.problem.objective.value())
        proven = model.problem.sol_status == pulp.LpSolutionOptimal
        return chosen, objective, objective if proven else np.nan
