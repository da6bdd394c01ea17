"""In plain words: why nothing can be chosen, or what to mind of an answer. Sites that are locked are called fixed."""

from __future__ import annotations

from math import fsum, inf

import numpy as np

from geokehila.locate.choice import Choice
from geokehila.locate.prepared import Prepared
from geokehila.locate.problem import Effort, Flags, Floats, Terms


def number(value: float) -> str:
    """Return a number as people write it: whole from 100 on.

    Examples
    --------
    >>> number(1234567.0), number(15682.57), number(0.25), number(3.0)
    ('1,234,567', '15,683', '0.25', '3')
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text if float(text.replace(",", "")) or not value else f"{value:g}"


def counted(count: int, thing: str) -> str:
    """Return a count of things.

    Examples
    --------
    >>> counted(1, "candidate"), counted(3, "candidate")
    ('1 candidate', '3 candidates')
    """
    return f"{number(count)} {thing}{'s' * (count != 1)}"


def nothing_to_serve(prepared: Prepared) -> str:
    """Say why no site could serve anything; empty: some could."""
    sites, weight = prepared.sites, prepared.problem.weight
    if not len(sites):
        return "No site is given, so nothing can be chosen."
    if not fsum(weight):
        return "Nobody to serve is given: the weights sum to 0."
    able = ~sites.banned & (sites.capacity > 0)
    if not weight[prepared.pairs.row[able[prepared.pairs.site]]].any():
        of = f"{counted(int(able.sum()), 'site')} with room that may be chosen"
        return f"None of the {of} is within reach of anybody of the {number(fsum(weight))} to serve."
    return ""


def none_is_free(choice: Choice) -> str:
    """Say why no candidate may be added; empty: one may, or none was asked for."""
    sites, terms, allowed = choice.sites, choice.terms, choice.allowed
    if choice.free.any() or terms.add == 0:
        return ""
    if not allowed.any():
        of = f"{number(sites.locked.sum())} fixed, {number(sites.banned.sum())} ruled out"
        return f"There is no candidate among the {counted(len(sites), 'site')} ({of}): no site is added."
    cheapest = sites.price[allowed].min()
    if cheapest > terms.budget:
        price = f"{number(cheapest)}, the price of the cheapest candidate"
        return f"The budget of {number(terms.budget)} is below {price}: no site is added."
    near = f"nearer than {number(terms.apart_m)} m to a fixed site"
    if choice.crowded[allowed].all():
        return f"Each candidate ({number(allowed.sum())}) is {near}: no site is added."
    dear = int((allowed & ~choice.crowded).sum())
    of = f"{number((choice.crowded & allowed).sum())} {near}, {number(dear)} for more than {number(terms.budget)}"
    return f"No candidate is left ({of}): no site is added."


def of_sites(prepared: Prepared, choice: Choice, chosen: Flags, served: Floats, more: str) -> str:
    """Say what to mind of sites chosen to serve much.

    Parameters
    ----------
    chosen
        Shape (M,).
    served
        Demand of each row that is served, shape (N,).
    more
        What a further site would do, such as ``serve more``.
    """
    new, locked = int((chosen & ~choice.sites.locked).sum()), int(choice.sites.locked.sum())
    within = fsum(prepared.problem.weight) - prepared.out_of_reach
    found = nothing_to_serve(prepared) or none_is_free(choice)
    if not found and not new and locked and np.isclose(fsum(served), within, rtol=1e-9):
        return _enough(locked, within)
    return found or of_new(choice, new, more)


def of_new(choice: Choice, new: int, more: str) -> str:
    """Say why fewer sites are new than might be; empty: as many are as were asked for.

    Parameters
    ----------
    more
        What a further site would do, such as ``serve more``.
    """
    add, candidates = choice.terms.add, int(choice.allowed.sum())
    if (add is None and new) or add in (0, new):
        return ""
    if not new:
        locked = number(choice.sites.locked.sum())
        return f"No candidate would {more} than the fixed sites ({locked}) do: none is added."
    are = "is" if new == 1 else "are"
    rest = (
        "all are chosen" if new == candidates else f"{number(new)} {are} chosen, under the terms no other would {more}"
    )
    return f"{counted(add or 0, 'new site')} may be added and there are {counted(candidates, 'candidate')}: {rest}."


def no_room(largest_m2: float, smallest_m2: float) -> str:
    """Say that no site has room for any service."""
    service = f"the smallest service asked for takes {number(smallest_m2)} m2"
    return f"No site that may be chosen has room: the largest room is {number(largest_m2)} m2, {service}."


def of_bound(bound: float, tiers: int) -> str:
    """Say why no bound is known; empty: one is."""
    if not np.isnan(bound):
        return ""
    if tiers > 1:
        return f"No bound is known: at this size the {number(tiers)} tiers are weighed, each far above the next."
    return "No bound is known."


def of_cover(locked: int, new: int, must: float, short: float) -> str:
    """Say what to mind of sites that serve all demand that can be served.

    Parameters
    ----------
    must, short
        Demand that is served, and demand that is not, for all sites together are too small.
    """
    if short:
        return f"All sites together are too small by {number(short)}: {number(must)} are served, all they can."
    return "" if new else _enough(locked, must)


def not_all(terms: Terms, count: float, price: float) -> str:
    """Say what it would take to serve all demand that can be served, where the terms leave no way.

    Parameters
    ----------
    count, price
        The fewest new sites and the lowest price that would be enough; NaN: none is known.
    """
    asked = []
    if terms.add is not None and not np.isnan(count):
        asked.append(f"at least {counted(int(count), 'new site')} ({number(terms.add)} may be added)")
    if terms.budget < inf and not np.isnan(price):
        asked.append(f"a price of at least {number(price)} (the budget is {number(terms.budget)})")
    if not asked:
        apart = f" whose sites are {number(terms.apart_m)} m apart" * bool(terms.apart_m)
        return f"No choice is known{apart} that serves all within reach."
    return f"Not all within reach can be served: that takes {' and '.join(asked)}."


def undecided(effort: Effort) -> str:
    """Say that the effort was not enough to find a choice, or to find that there is none."""
    nodes = counted(effort.nodes, "node")
    return f"Whether all within reach can be served is not decided within {nodes} of the search."


def _enough(locked: int, served: float) -> str:
    return f"The fixed sites ({number(locked)}) already serve all within reach, {number(served)}: none is added."
