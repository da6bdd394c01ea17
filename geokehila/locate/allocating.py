"""Who is served by sites that are chosen already, whatever chose them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from geokehila.locate.case import Case
from geokehila.locate.problem import Ints, Problem, Terms


def allocate(problem: Problem, cutoff_s: float, chosen: Ints) -> csr_array:
    """Share demand out to chosen sites: most of it within a cutoff, tier by tier, then with the shortest walks.

    Parameters
    ----------
    problem
        Demand, sites and the walks between them; what it locks or bans does not count.
    cutoff_s
        [s] Demand is served by a chosen site within this walk, inclusive.
    chosen
        Columns of the chosen sites, each once.

    Returns
    -------
    csr_array
        Share of each row's demand that each site serves, shape (N, M): together 1 at most, and of a site no more than
        its capacity. A row without demand goes to the nearest.

    Examples
    --------
    One site has room for 4 of 8: the nearer 3 of them, and 1 of the others, who go on to the second site.

    >>> from dataclasses import replace
    >>> from geokehila.locate import Sites
    >>> walks = csr_array(np.array([[60.0, 0.0], [90.0, 300.0]]))
    >>> sites = replace(Sites.plain(2), capacity=np.array([4.0, 10.0]))
    >>> allocate(Problem.of(walks, np.array([3.0, 5.0]), sites), 300.0, np.array([0, 1])).toarray().round(6).tolist()
    [[1.0, 0.0], [0.2, 0.8]]
    """
    case = _of(problem, cutoff_s, chosen)
    share = case.serve(case.choice.sites.locked).share.tocoo()
    columns = chosen[case.prepared.order[share.col]]
    return csr_array((share.data, (share.row, columns)), shape=problem.cost_s.shape)


def servable(problem: Problem, cutoff_s: float, chosen: Ints) -> float:
    """Return how much demand within a cutoff chosen sites serve at most; as :func:`allocate` else.

    Examples
    --------
    >>> walks = csr_array(np.array([[60.0, 0.0], [0.0, 90.0]]))
    >>> servable(Problem.of(walks, np.array([3.0, 5.0])), 300.0, np.array([1]))
    5.0
    """
    case = _of(problem, cutoff_s, chosen)
    return case.servable(case.choice.sites.locked)


def _of(problem: Problem, cutoff_s: float, chosen: Ints) -> Case:
    """Return the problem of the chosen sites alone, all of them locked."""
    sites = problem.sites.take(chosen)
    yes = np.ones(len(chosen), bool)
    standing = Problem(
        csr_array(problem.cost_s[:, chosen]), problem.weight, replace(sites, locked=yes, banned=~yes), problem.tier
    )
    return Case.of(standing.within(cutoff_s), Terms(add=0))
