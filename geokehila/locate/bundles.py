"""Hubs of several services: which sites, and which services each of them hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum

import numpy as np
from scipy.sparse import csr_array

from geokehila.errors import RunError
from geokehila.locate import sentences
from geokehila.locate.choice import Choice
from geokehila.locate.demand import greedy
from geokehila.locate.exact import Clock
from geokehila.locate.offer import Offer
from geokehila.locate.prepared import Prepared
from geokehila.locate.problem import FREELY, USUAL, Effort, Flags, Floats, Ints, Problem, Sites, Terms, gap
from geokehila.locate.rows import Found
from geokehila.locate.search import pruned, search


@dataclass(frozen=True, eq=False)
class Service:
    """A service that hubs may host, and who asks for it.

    Attributes
    ----------
    cost_s
        [s] Walk of its demand to each site, shape (N, M), sparse: what is not stored is out of reach.
    weight
        Demand of each row, 0 or more, shape (N,).
    cutoff_s
        [s] Demand is served by a host within this walk, inclusive.
    floor_m2
        [m2] Floor area that it takes at a site.
    """

    cost_s: csr_array
    weight: Floats
    cutoff_s: float
    floor_m2: float


@dataclass(frozen=True, eq=False)
class Bundling:
    """Which sites host which services.

    Attributes
    ----------
    hosted
        Whether a site hosts a service, shape (M, S).
    chosen
        Columns of the chosen sites, locked ones among them, rising.
    objective
        Demand served, of all services together: a person counts once for each service.
    bound
        No answer under these terms serves more.
    served
        Demand of each row that is served, shape (N,), for each service.
    site
        Column of the site that serves each row, or most of it, -1 where none does, shape (N,), for each service.
    out_of_reach
        Demand of each service that no site reaches that is not banned, shape (S,).
    sentence
        In plain words why there is no answer, or what to mind of it; empty: nothing.
    cut
        The clock ended the search, so that another machine may find another answer.
    """

    hosted: Flags
    chosen: Ints
    objective: float
    bound: float
    served: tuple[Floats, ...]
    site: tuple[Ints, ...]
    out_of_reach: Floats
    sentence: str = ""
    cut: bool = False

    @property
    def gap(self) -> float:
        """Relative optimality gap, 0: the answer is the best there is."""
        return gap(self.objective, self.bound)


def bundles(
    services: Sequence[Service], sites: Sites, room_m2: Floats, terms: Terms = FREELY, effort: Effort = USUAL
) -> Bundling:
    """Choose sites and the services that each hosts, so that most demand is served.

    Parameters
    ----------
    services
        Shape (S,).
    sites
        Shape (M,). Locked ones are open and may host too; a site's capacity is that of all its services together.
    room_m2
        [m2] Floor area that each site has for services, shape (M,); 0: it hosts none.
    terms, effort
        As in :func:`geokehila.locate.mclp`.

    Returns
    -------
    Bundling
        New sites and hosts without which as much would be served are left out.

    Raises
    ------
    RunError
        Shapes that do not fit, or a room or floor area that is negative or no number.

    Notes
    -----
    Maximal covering with a choice of services at each site under a limit of size: our own formulation.

    Examples
    --------
    >>> walks = csr_array(np.array([[60.0, 0.0], [0.0, 90.0]]))
    >>> clinic, library = Service(walks, np.array([5.0, 4.0]), 300, 100), Service(walks, np.array([5.0, 9.0]), 300, 60)
    >>> found = bundles([clinic, library], Sites.plain(2), np.array([200.0, 120.0]), Terms(add=2))
    >>> found.hosted.tolist(), found.objective
    ([[True, True], [False, True]], 19.0)
    """
    base = Prepared.of(Problem.of(csr_array((0, len(sites))), np.zeros(0), sites))
    offer = _offered(services, base, np.asarray(room_m2, np.float64), terms)
    none = np.zeros(len(offer.hosts[0]), bool)
    start = greedy(offer.units[0].rows, none, offer.rest)
    found = search(offer.task, offer.draft(), start, effort, Clock.of(effort))
    least, better = offer.task.losses(found.chosen), offer.units[0].better
    hosting = pruned(found.chosen, none, lambda fewer: not better(least, offer.task.losses(fewer)))
    return _answer(base, offer, replace(found, chosen=hosting, bound=found.bound * offer.units[2]))


def _offered(services: Sequence[Service], base: Prepared, room_m2: Floats, terms: Terms) -> Offer:
    sites, floor_m2 = base.problem.sites, np.array([service.floor_m2 for service in services], np.float64)
    faults = [
        f"room of {len(room_m2)} for {len(sites)} sites" * (len(room_m2) != len(sites)),
        "a room below 0 or none" * (not (room_m2 >= 0).all()),
        "a floor area below 0 or none" * (not (np.isfinite(floor_m2) & (floor_m2 >= 0)).all()),
    ]
    if any(faults):
        raise RunError(f"location-allocation: {'; '.join(filter(None, faults))}: mend what is handed over")
    problems = [Problem.of(service.cost_s, service.weight, sites).within(service.cutoff_s) for service in services]
    return Offer(tuple(map(Prepared.of, problems)), Choice(base.sites, terms), floor_m2, room_m2[base.order])


def _answer(base: Prepared, offer: Offer, found: Found) -> Bundling:
    serving, (site, service) = offer.serve(found.chosen), offer.hosts
    hosted = np.zeros((len(base.sites), len(offer.floor_m2)), bool)
    hosted[base.order[site[found.chosen]], service[found.chosen]] = True
    objective, parts = fsum(serving.served), offer.first_row[1:-1]
    # A row is served by a host, and that stands at a site.
    at = np.where(serving.site >= 0, np.append(site, -1)[serving.site], -1)
    return Bundling(
        hosted=hosted,
        chosen=base.columns(offer.open(found.chosen)),
        objective=objective,
        bound=max(objective, fsum(offer.units[0].rows.weight) * offer.units[1] - found.bound),
        served=tuple(np.split(serving.served, parts)) if len(hosted.T) else (),
        site=tuple(np.split(base.column_of(at), parts)) if len(hosted.T) else (),
        out_of_reach=np.array([prepared.out_of_reach for prepared in offer.of_services]),
        sentence=_sentence(offer, found.chosen),
        cut=found.cut,
    )


def _sentence(offer: Offer, hosting: Flags) -> str:
    choice, why = offer.choice, [sentences.nothing_to_serve(prepared) for prepared in offer.of_services]
    if all(why):
        return why[0] if why else "No service is given, so nothing can be hosted."
    largest_m2, smallest_m2 = offer.room_m2[choice.usable].max(initial=0.0), offer.floor_m2.min()
    if choice.usable.any() and largest_m2 < max(smallest_m2, np.finfo(float).tiny):
        return sentences.no_room(float(largest_m2), float(smallest_m2))
    new = int((offer.open(hosting) & ~choice.sites.locked).sum())
    return sentences.none_is_free(choice) or sentences.of_new(choice, new, "serve more")
