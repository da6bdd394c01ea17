"""Maximal covering and the p-median: most demand served, or the shortest walks together."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np

from geokehila.errors import RunError
from geokehila.locate import sentences
from geokehila.locate.case import Case
from geokehila.locate.demand import greedy
from geokehila.locate.draft import drafted
from geokehila.locate.exact import Clock
from geokehila.locate.problem import FREELY, USUAL, Effort, Flags, Ints, Problem, Siting, Terms
from geokehila.locate.rows import Found
from geokehila.locate.search import first_by_key, pruned, search
from geokehila.locate.serving import Serving


def mclp(
    problem: Problem, cutoff_s: float, terms: Terms = FREELY, effort: Effort = USUAL, start: Ints | None = None
) -> Siting:
    """Choose the sites that serve most demand within a cutoff (maximal covering location problem).

    Parameters
    ----------
    problem
        Demand, sites and the walks between them.
    cutoff_s
        [s] Demand is served by a chosen site within this walk, inclusive.
    terms
        How many sites, for how much, how far apart; all sites if nothing is asked.
    effort
        How long to look.
    start
        Columns of a choice to begin with; the answer is no worse than what the terms allow of it.

    Returns
    -------
    Siting
        New sites without which as much would be served are left out. With tiers the first is served as well as can be,
        the second as well as can be without loss to the first, and so on.

    Notes
    -----
    Source: Church and ReVelle (1974).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> walks = csr_array(np.array([[60.0, 0.0], [300.0, 90.0], [0.0, 240.0]]))
    >>> found = mclp(Problem.of(walks, np.array([3.0, 5.0, 4.0])), 300.0, Terms(add=1))
    >>> found.chosen.tolist(), found.objective, found.served.tolist()
    ([1], 9.0, [0.0, 5.0, 4.0])
    """
    return _sited("mclp", Case.of(problem.within(cutoff_s), terms), effort, start)


def p_median(
    problem: Problem, unserved_s: float, terms: Terms = FREELY, effort: Effort = USUAL, start: Ints | None = None
) -> Siting:
    """Choose the sites to which all demand together walks least (p-median).

    Parameters
    ----------
    problem
        Demand, sites and the walks between them.
    unserved_s
        [s] What demand counts that no chosen site reaches, no less than the longest walk.
    terms, effort, start
        As in :func:`mclp`.

    Returns
    -------
    Siting
        Its objective holds demand out of reach too, at `unserved_s`.

    Raises
    ------
    RunError
        `unserved_s` is below the longest walk, or no number.

    Notes
    -----
    Source: Hakimi (1964), ReVelle and Swain (1970).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> walks = csr_array(np.array([[60.0, 0.0], [300.0, 90.0], [0.0, 240.0]]))
    >>> found = p_median(Problem.of(walks, np.array([3.0, 5.0, 4.0])), 900.0, Terms(add=1))
    >>> found.chosen.tolist(), found.objective
    ([1], 4110.0)
    """
    longest_s = problem.cost_s.data.max(initial=0.0)
    if not longest_s <= unserved_s < inf:
        text = f"{unserved_s:g} s of demand that is not served, and a walk of {longest_s:g} s: give that or more"
        raise RunError(f"location-allocation: {text}")
    return _sited("p_median", Case.of(problem, terms, unserved_s), effort, start)


def _sited(model: str, case: Case, effort: Effort, start: Ints | None) -> Siting:
    found = _found(case, case.prepared.chosen(start), effort)
    serving = case.serve(found.chosen)
    objective, bound = case.objective(serving), case.objective_of(found.bound)
    # What was found is itself no better than the best.
    best = np.maximum if case.asked.covers else np.minimum
    return Siting(
        model=model,
        chosen=case.prepared.columns(found.chosen),
        objective=objective,
        bound=float(best(objective, bound)),
        served=serving.served,
        site=case.prepared.column_of(serving.site),
        out_of_reach=case.prepared.out_of_reach,
        sentence=_sentence(case, found, serving),
        cut=found.cut,
    )


def _sentence(case: Case, found: Found, serving: Serving) -> str:
    more = "serve more" if case.asked.covers else "make walks shorter"
    sentence = sentences.of_sites(case.prepared, case.choice, found.chosen, serving.served, more)
    return sentence or sentences.of_bound(found.bound, case.demand.tiers)


def _found(case: Case, start: Flags, effort: Effort) -> Found:
    """Search, as if no site could be full, then as they can; leave out what is not needed."""
    clock, choice = Clock.of(effort), case.choice
    (scaled, _, of_loss), task = case.units, case.task
    begun = _begun(case, start)
    if case.small:
        plain = replace(task, capacity=np.full(len(start), inf))
        found = _in_units(search(plain, drafted(choice), begun, effort, clock), of_loss)
    else:
        found = _interchanged(case, begun, clock.left(effort))
    if task.shared:
        best = begun if scaled.better(task.losses(begun), task.losses(found.chosen)) else found.chosen
        found = _in_units(search(task, drafted(choice), best, effort, clock), of_loss)
    least = task.losses(found.chosen)
    chosen = pruned(found.chosen, choice.sites.locked, lambda fewer: not scaled.better(least, task.losses(fewer)))
    losses = task.losses if task.shared else None
    return replace(found, chosen=first_by_key(scaled, choice, chosen, losses=losses))


def _in_units(found: Found, of_loss: float) -> Found:
    return replace(found, value=found.value * of_loss, bound=found.bound * of_loss)


def _begun(case: Case, start: Flags) -> Flags:
    """Return the better of what greed makes of a start, and of none."""
    choice, rows = case.choice, case.demand.ranked()
    with_start, without = (greedy(rows, choice.within(flags), choice.rest) for flags in (start, start & False))
    return without if case.demand.better(case.demand.losses(without), case.demand.losses(with_start)) else with_start


def _interchanged(case: Case, start: Flags, effort: Effort) -> Found:
    """Search large demand by interchange; with tiers no bound is known."""
    from geokehila.locate.interchange import search as interchanged

    found = interchanged(case.demand.ranked(), case.choice.sites, case.choice.terms, effort, start)
    return replace(found, bound=np.nan) if case.demand.tiers > 1 else found
