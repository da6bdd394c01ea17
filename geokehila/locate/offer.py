"""Services, and the sites where they may be hosted together: demand, room and terms in one model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np

from geokehila.locate.choice import Choice, fits
from geokehila.locate.demand import Demand
from geokehila.locate.draft import Draft, not_all, opened
from geokehila.locate.exact import Model, Sum
from geokehila.locate.prepared import Pairs, Prepared, merged
from geokehila.locate.problem import Flags, Floats, Ints
from geokehila.locate.search import Task
from geokehila.locate.serving import Asked, Serving, nearest, shared


@dataclass(frozen=True, eq=False)
class Offer:
    """Services, and the sites where each may be hosted; a host is a site with a service.

    Attributes
    ----------
    of_services
        Demand of each service within its cutoff, over the same sites.
    choice
        The sites, by their keys, and the terms.
    floor_m2
        [m2] Of each service, shape (S,).
    room_m2
        [m2] Of each site, shape (M,).
    """

    of_services: tuple[Prepared, ...]
    choice: Choice
    floor_m2: Floats
    room_m2: Floats

    @cached_property
    def hosts(self) -> tuple[Ints, Ints]:
        """Site and service of each host that may be, shape (H,), by site."""
        fits = (self.room_m2[:, None] >= self.floor_m2) & (self.room_m2[:, None] > 0)
        useful = np.zeros_like(fits)
        for which, prepared in enumerate(self.of_services):
            useful[prepared.pairs.site, which] = True
        able = self.choice.usable & (self.choice.sites.capacity > 0)
        site, service = np.nonzero(fits & useful & able[:, None])
        return site, service

    @cached_property
    def first_row(self) -> Ints:
        """Where the demand of each service begins if all of it is put in one row after another, shape (S + 1,)."""
        return np.cumsum([0, *(len(prepared.problem.weight) for prepared in self.of_services)])

    @cached_property
    def pairs(self) -> Pairs:
        """Walks of all demand to hosts, in the order of its rows."""
        site, service = self.hosts
        number = np.full((len(self.choice.sites), len(self.of_services)), -1)
        number[site, service] = np.arange(len(site))
        found = [Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
        for which, first in enumerate(self.first_row[:-1]):
            pairs = self.of_services[which].pairs
            found.append(Pairs(pairs.row + first, number[pairs.site, which], pairs.cost_s))
        joined = Pairs(
            row=np.concatenate([part.row for part in found]),
            site=np.concatenate([part.site for part in found]),
            cost_s=np.concatenate([part.cost_s for part in found]),
        )
        return joined.take(joined.site >= 0)

    @cached_property
    def asked(self) -> Asked:
        """What all demand asks for."""
        weight = np.concatenate([np.zeros(0), *(prepared.problem.weight for prepared in self.of_services)])
        return Asked(weight, np.zeros(len(weight), np.int64))

    @cached_property
    def units(self) -> tuple[Demand, float, float]:
        """Demand in units that suit a solver, and what one of its weights and one of its losses is worth."""
        rows, tier, _ = merged(self.pairs, np.zeros(len(self.pairs.row)), 1.0, self.asked.weight, self.asked.tier)
        return Demand(rows, tier).scaled()

    @cached_property
    def task(self) -> Task:
        """What a solver is asked, in its units."""
        scaled, of_weight, _ = self.units
        return Task(scaled, self.hosts[0], self.choice.sites.capacity / of_weight)

    def open(self, hosting: Flags) -> Flags:
        """Return the sites that are open for hosts, locked ones among them, shape (M,)."""
        found = self.choice.sites.locked.copy()
        found[self.hosts[0][hosting]] = True
        return found

    def too_full(self, hosting: Flags) -> list[Ints]:
        """Return the hosts of each site whose services take more than its room."""
        site, service = self.hosts
        at_sites = (np.flatnonzero(hosting & (site == one)) for one in np.unique(site[hosting]))
        return [at for at in at_sites if not fits(self.floor_m2[service[at]], float(self.room_m2[site[at[0]]]))]

    def rest(self, hosting: Flags) -> Flags:
        """Return the hosts of which each could be added, shape (H,)."""
        site, service = self.hosts
        is_open = self.open(hosting)
        rest = (is_open | self.choice.rest(is_open))[site] & ~hosting
        for host in np.flatnonzero(rest):
            there = service[hosting & (site == site[host])]
            rest[host] = fits(self.floor_m2[[*there, service[host]]], float(self.room_m2[site[host]]))
        return rest

    def draft(self) -> Draft:
        """Return a model with a column for each host, the terms, and the room of each site."""
        model, (site, service) = Model(), self.hosts
        is_open, each = opened(model, self.choice), np.arange(len(site))
        host = model.columns(np.zeros(len(site)), np.ones(len(site)), whole=True)
        one, none = np.ones(len(site)), np.zeros(len(site))
        columns, values = np.concatenate([host, is_open[site]]), np.concatenate([one, -one])
        model.rows(np.concatenate([each, each]), columns, values, none - inf, none)
        at, number = np.unique(site, return_inverse=True)
        share = self.floor_m2[service] / self.room_m2[site]
        model.rows(number, host, share, np.full(len(at), -inf), np.ones(len(at)))

        def broken(on: Flags) -> list[tuple[Sum, float]]:
            too_dear = [is_open[sites] for sites in self.choice.too_dear(on[is_open])]
            return [not_all(columns) for columns in (*too_dear, *(host[at] for at in self.too_full(on[host])))]

        return Draft(model, host, is_open, broken)

    def serve(self, hosting: Flags) -> Serving:
        """Return who is served by which host."""
        if self.task.shared:
            return shared(self.pairs, hosting, self.hosts[0], self.choice.sites.capacity, self.asked)
        return nearest(self.pairs, hosting, self.asked.weight)
