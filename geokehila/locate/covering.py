"""All demand served: by the fewest or cheapest sites (set covering), or within the shortest walk (p-center)."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, fsum, inf, nan

import numpy as np

from geokehila.locate import sentences
from geokehila.locate.cover import Cover
from geokehila.locate.exact import Clock
from geokehila.locate.problem import FREELY, USUAL, Effort, Flags, Floats, Problem, Siting, Terms
from geokehila.locate.rows import Found
from geokehila.locate.search import first_by_key, pruned

#: Added to what the solver's rounding leaves of a whole number.
_WHOLE = 1e-9


def lscp(problem: Problem, cutoff_s: float, terms: Terms = FREELY, effort: Effort = USUAL) -> Siting:
    """Choose the fewest new sites, or where any has a price the cheapest, that serve all demand within a cutoff.

    All demand is what the sites that are not banned could serve together, were all of them chosen.

    Parameters
    ----------
    problem
        Demand, sites and the walks between them; tiers do not count.
    cutoff_s
        [s] Demand is served by a chosen site within this walk, inclusive.
    terms, effort
        As in :func:`geokehila.locate.mclp`.

    Returns
    -------
    Siting
        Its objective is missing (NaN) where the terms leave no such choice; the sentence tells what it would take.

    Notes
    -----
    Location set covering problem. Source: Toregas, Swain, ReVelle and Bergman (1971).

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> walks = csr_array(np.array([[60.0, 0.0], [300.0, 90.0], [0.0, 240.0]]))
    >>> found = lscp(Problem.of(walks, np.array([3.0, 5.0, 4.0])), 300.0)
    >>> found.chosen.tolist(), found.objective
    ([0, 1], 2.0)
    """
    cover, clock = Cover.of(problem.within(cutoff_s), terms), Clock.of(effort)
    found = _cheapest(cover, _prices(cover), clock.left(effort))
    return _siting("lscp", cover, found, _sentence(cover, found, clock.left(effort)))


def p_center(problem: Problem, terms: Terms = FREELY, effort: Effort = USUAL) -> Siting:
    """Choose the sites to which the longest walk is shortest (p-center).

    Parameters
    ----------
    problem
        Demand, sites and the walks between them. Demand that no site reaches that is not banned is left out; tiers do
        not count, weights only as far as they are above 0.
    terms, effort
        As in :func:`geokehila.locate.mclp`.

    Returns
    -------
    Siting
        Its objective [s] is missing (NaN) where the terms leave no choice that serves all other demand.

    Notes
    -----
    Source: Hakimi (1964); by covering within one walk after another, Minieka (1970).

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> walks = csr_array(np.array([[60.0, 400.0], [300.0, 90.0], [500.0, 240.0]]))
    >>> found = p_center(Problem.of(walks, np.array([3.0, 5.0, 4.0])), Terms(add=1))
    >>> found.chosen.tolist(), found.objective
    ([1], 400.0)
    """
    cover, clock = Cover.of(problem, terms), Clock.of(effort)
    found = _shortest(cover, effort, clock)
    near = cover if np.isnan(found.value) else cover.within(found.value)
    return _siting("p_center", near, found, _sentence(cover, found, clock.left(effort)))


def _prices(cover: Cover) -> Floats:
    """Return what is counted of each site, shape (M,): its price, or 1 where no candidate has any."""
    choice = cover.case.choice
    return np.where(choice.free, choice.sites.price if choice.sites.price[choice.allowed].any() else 1.0, 0.0)


def _cheapest(cover: Cover, prices: Floats, effort: Effort) -> Found:
    """Return the cheapest choice that is enough; locked sites alone and no value where none is known."""
    locked = cover.case.choice.sites.locked
    chosen, solved = cover.best(prices, effort)
    if chosen is None:
        return Found(locked, nan, solved.bound, solved.cut)
    chosen = _tidied(cover, chosen, prices)
    value = fsum(prices[chosen])
    counted = not (prices % 1).any()
    # Who takes the first answer may have it before any bound is known.
    bound = min(max(solved.bound, 0.0), value)
    return Found(chosen, value, float(ceil(bound - _WHOLE)) if counted else bound, solved.cut)


def _shortest(cover: Cover, effort: Effort, clock: Clock) -> Found:
    """Return a choice whose longest walk is shortest, by halving the walks that are left."""
    pairs, locked = cover.case.pairs, cover.case.choice.sites.locked
    walks_s = np.unique(pairs.cost_s[cover.rows[pairs.row]])
    none, best, cut = Found(locked, nan, inf, False), None, False
    # Below `proven` no walk is enough for sure; from `known` on the choice in hand is.
    proven, tried, known = 0, 0, len(walks_s)
    while tried < known:
        middle = (tried + known) // 2 if best is not None else known - 1
        chosen, solved = cover.within(walks_s[middle]).best(np.zeros(len(locked)), clock.left(effort))
        cut |= solved.cut
        if chosen is not None:
            best, known = chosen, middle
        elif best is None:
            return replace(none, bound=solved.bound, cut=cut)
        else:
            tried, proven = middle + 1, middle + 1 if solved.bound == inf else proven
    if best is None:
        return none
    chosen = _tidied(cover.within(walks_s[known]), best, np.zeros(len(locked)))
    return Found(chosen, float(walks_s[known]), float(walks_s[proven]), cut)


def _tidied(cover: Cover, chosen: Flags, prices: Floats) -> Flags:
    """Leave out what is not needed, and of equally good sites take the first by key."""
    choice = cover.case.choice
    chosen = pruned(chosen, choice.sites.locked, cover.met)
    if not cover.plain:
        return chosen
    first = first_by_key(cover.case.demand, choice, chosen, prices)
    return first if cover.met(first) else chosen


def _siting(model: str, cover: Cover, found: Found, sentence: str) -> Siting:
    serving, prepared = cover.case.serve(found.chosen), cover.case.prepared
    return Siting(
        model=model,
        chosen=prepared.columns(found.chosen),
        objective=found.value,
        bound=nan if np.isnan(found.value) else found.bound,
        served=serving.served,
        site=prepared.column_of(serving.site),
        out_of_reach=cover.out_of_reach,
        sentence=sentence,
        cut=found.cut,
    )


def _sentence(cover: Cover, found: Found, effort: Effort) -> str:
    choice, prepared = cover.case.choice, cover.case.prepared
    nothing = sentences.nothing_to_serve(prepared)
    if nothing or not np.isnan(found.value):
        new = int((found.chosen & ~choice.sites.locked).sum())
        return nothing or sentences.of_cover(int(choice.sites.locked.sum()), new, cover.must, cover.short)
    if found.bound < inf:
        return sentences.undecided(effort)
    return sentences.none_is_free(choice) or sentences.not_all(choice.terms, *_needed(cover, effort))


def _needed(cover: Cover, effort: Effort) -> tuple[float, float]:
    """Return how many new sites, and what price, would be enough if nothing else were asked but their distance."""
    terms, sites = cover.case.choice.terms, cover.case.choice.sites
    alone = cover.under(Terms(apart_m=terms.apart_m))
    free = alone.case.choice.free
    count = nan if terms.add is None else _cheapest(alone, free.astype(float), effort).value
    price = nan if terms.budget == inf else _cheapest(alone, np.where(free, sites.price, 0.0), effort).value
    return count, price
