"""Where hubs go: sites of a finished run, chosen by spopt over the walks of networkx."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array

from benchmarks.validation.beside import Beside, of
from benchmarks.validation.drawn import SECONDS, Drawn
from benchmarks.validation.towns import Town
from geokehila import locate

#: spopt makes a variable for every home and site.
HOMES, SITES, ADD = 400, 40, 4
#: [s] Homes within this of one in the middle of the list; a hub within ten minutes; what counts for whom none reaches.
AROUND_S, WITHIN_S, UNSERVED_S = 1500.0, 600.0, 3600.0


def models(town: Town, drawn: Drawn) -> Iterator[Beside]:
    """Compare the objectives of four models over homes that also serve as sites."""
    import pulp
    from spopt.locate import LSCP, MCLP, PCenter, PMedian

    walk_s, people = _walks(town, drawn)
    known = walk_s <= UNSERVED_S
    problem = locate.Problem.of(csr_array((walk_s[known], known.nonzero()), shape=walk_s.shape), people)
    whole, terms = np.where(known, walk_s, UNSERVED_S), locate.Terms(add=ADD)
    solver = pulp.HiGHS(msg=False)
    served = locate.mclp(problem, WITHIN_S, terms)
    mclp = MCLP.from_cost_matrix(whole, people, WITHIN_S, ADD).solve(solver)
    yield _beside("most people served (MCLP)", town, served.objective, mclp.problem.objective.value(), "people")
    near = locate.p_median(problem, UNSERVED_S, terms)
    median = PMedian.from_cost_matrix(whole, people, ADD).solve(solver)
    yield _beside("least walking (p-median)", town, near.objective, median.problem.objective.value(), "person s")
    reached = whole[(whole < WITHIN_S).any(axis=1)]
    fewest = locate.lscp(locate.Problem.of(csr_array(reached), np.ones(len(reached))), WITHIN_S, locate.Terms())
    cover = LSCP.from_cost_matrix(reached, WITHIN_S).solve(solver)
    yield _beside("fewest sites for all (LSCP)", town, len(fewest.chosen), cover.problem.objective.value(), "sites")
    dense = locate.Problem.of(csr_array(whole), people)
    centre = locate.p_center(dense, terms)
    centred = PCenter.from_cost_matrix(whole, ADD).solve(solver)
    yield _beside("shortest longest walk (p-center)", town, centre.objective, centred.problem.objective.value(), "s")


def _beside(what: str, town: Town, ours: float, theirs: float, unit: str) -> Beside:
    name = f"{town.name}, {HOMES} homes, {SITES} sites"
    return Beside(what, name, f"{of('spopt')}, HiGHS", np.array([ours]), np.array([theirs]), 1e-4 * abs(theirs), unit,
                  "HiGHS calls proven what is within 0.01 %")  # fmt: skip


def _walks(town: Town, drawn: Drawn) -> tuple[np.ndarray, np.ndarray]:
    """[s] Return walks between homes around one and those that serve as sites; and the people of the homes."""
    people = town.tables["origins"].set_index("origin_id")["people"]
    led = [home for home in drawn.homes if home in drawn.graph and people[home[1]] > 0]
    near = drawn.around(led[len(led) // 2], AROUND_S, SECONDS)
    here = [home for home in led if home in near]
    homes = [here[i] for i in np.linspace(0, len(here) - 1, HOMES).astype(int)]
    found = [drawn.around(site, UNSERVED_S, SECONDS) for site in homes[:: HOMES // SITES][:SITES]]
    walk_s = np.array([[walks.get(home, np.inf) for walks in found] for home in homes])
    # A walk of nothing would not be held by a sparse matrix.
    return np.maximum(walk_s, 1.0), people[[name for _, name in homes]].to_numpy(float)
