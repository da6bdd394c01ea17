"""Second-best sites: what each other site would bring in the place of a chosen one, the others staying."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import inf

import numpy as np
import pandas as pd

from geokehila import locate
from geokehila.hubs.gains import Gains
from geokehila.reach.arrays import Flags, Floats, Ints

#: So many are told for each site.
TOLD = 3
#: A site is full with all but this share of its room taken; people below the other number are rounding.
FULL, NOBODY = 1e-6, 1e-6


def second_best(gains: Gains) -> pd.DataFrame:
    """Return table ``hub_alternatives``: for each new site the best others in its place, and the people that they cost.

    Told are others that keep the study's budget and distance. Counted are people who have no hub now, or of whom nobody
    knows, as far as sites have room for them. `people_lost` below 0: that one would serve
    more, but the municipality asks for the site, or the study does not choose by the number of people of now.
    """
    return pd.concat([_of_site(gains, column) for column in gains.added] or [_rows("", [])], ignore_index=True)


def _of_site(gains: Gains, column: int) -> pd.DataFrame:
    question, problem = gains.question, gains.problems[0]
    others = gains.added[gains.added != column]
    without = locate.servable(problem, question.cutoff_s, others)

    def brings(other: int) -> float:
        return locate.servable(problem, question.cutoff_s, np.append(others, other)) - without

    allowed, most = np.flatnonzero(_instead(gains, column)), _at_most(gains, others)
    site_id, ids = question.sites["site_id"].iloc[column], question.sites["site_id"].to_numpy(object)
    lost = brings(column)
    best = _best(allowed[most[allowed] > 0], most, ids, brings)
    # Rounding is neither fewer nor more.
    return _rows(site_id, [(ids[other], round(lost - brought, 6) + 0.0) for other, brought in best])


def _instead(gains: Gains, column: int) -> Flags:
    """Tell which sites may stand in the place of a new one, shape (M,).

    What must be built is paid for beside the budget, and so is what would stand in its place.
    """
    question, sites = gains.question, gains.question.problem.sites
    chosen = np.zeros(len(sites), bool)
    chosen[gains.siting.chosen] = True
    terms = question.terms(None)
    if question.is_must[column]:
        sites = replace(sites, locked=sites.locked & (np.arange(len(sites)) != column))
        terms = replace(terms, budget=inf)
    return locate.Choice(sites, terms).instead(chosen, column)


def _at_most(gains: Gains, others: Ints) -> Floats:
    """Return more people than each site could bring beside others, or as many, shape (M,)."""
    problem, cutoff_s = gains.problems[0], gains.question.cutoff_s
    share = locate.allocate(problem, cutoff_s, others)
    # Where nobody of them is full nobody whom they serve makes room by coming here.
    is_full = (share.T @ problem.weight)[others] >= problem.sites.capacity[others] * (1 - FULL)
    weight = problem.weight if is_full.any() else problem.weight * (1 - share.sum(axis=1))
    walks = problem.cost_s.tocoo()
    near = walks.data <= cutoff_s
    reached = np.bincount(walks.col[near], weight[walks.row[near]], minlength=len(problem.sites)).astype(float)
    most: Floats = np.minimum(reached, problem.sites.capacity)
    return most


def _best(some: Ints, most: Floats, ids: np.ndarray, brings: Callable[[int], float]) -> list[tuple[int, float]]:
    """Return the sites that bring most and what they bring; who could not be among them at most is not asked."""
    found: list[tuple[int, float]] = []
    for other in some[np.lexsort((ids[some].astype(str), -most[some]))].tolist():
        if len(found) >= TOLD and most[other] < found[TOLD - 1][1] - NOBODY:
            break
        found.append((other, brings(other)))
        found.sort(key=lambda one: (-round(one[1], 6), str(ids[one[0]])))
    return [one for one in found[:TOLD] if one[1] > NOBODY]


def _rows(site_id: str, found: list[tuple[str, float]]) -> pd.DataFrame:
    told: Iterator[tuple[str, str, int, float]] = (
        (site_id, other, rank, lost) for rank, (other, lost) in enumerate(found, 1)
    )
    columns = {"site_id": "str", "alternative_id": "str", "rank": "int64", "people_lost": "float64"}
    return pd.DataFrame(told, columns=[*columns]).astype(columns)
