"""Which sites: one model of location-allocation asked, for one number of new hubs after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geokehila import locate
from geokehila.catalogue.choices import HubChoice
from geokehila.hubs.demand import Demand
from geokehila.reach.arrays import Flags, Floats, Ints

EXISTING, CANDIDATE = "existing", "candidate"
MUST, NEVER, OWN = "must", "never", "own"
#: Of sites that serve as many, the municipality's own goes first, then what is public and meant for it.
PREFERRED = (
    *(OWN, "community_centre", "plan_public", "public_building", "library", "culture", "school", "square"),
    *("shelter", "worship", "plan_open", "centre"),
)
_PREFERENCE = {kind: f"{rank:02}" for rank, kind in enumerate(PREFERRED)}
#: Steps beyond those asked for, to show what one more hub would bring.
STEPS_MORE, STEPS_LEAST = 2, 5
#: Of the steps only the one asked for is searched to the end.
QUICK = locate.Effort(gap=0.01, nodes=200, rounds=200)


@dataclass(frozen=True, eq=False)
class Question:
    """Where to put hubs.

    Attributes
    ----------
    demand
        Homes, O of them.
    sites
        Rows of table ``candidates`` that are existing or candidates, by site_id, M of them.
    walks
        [s] From homes to sites, sparse, shape (O, M).
    choice
        Table [hubs] of the study.
    cutoff_s
        [s] The walk that counts as served.
    limit_s
        [s] The longest walk in `walks`.
    """

    demand: Demand
    sites: gpd.GeoDataFrame
    walks: csr_array
    choice: HubChoice
    cutoff_s: float
    limit_s: float

    @property
    def is_there(self) -> Flags:
        """Sites that are hubs already, shape (M,)."""
        found: Flags = (self.sites["status"] == EXISTING).to_numpy()
        return found

    @cached_property
    def problem(self) -> locate.Problem:
        """The same as arrays."""
        weight = self.demand.people * self.demand.weight
        tier = self.demand.tiers(self.cutoff_s) if self.choice.equity == "lexicographic" else None
        return locate.Problem.of(self.walks, weight, self._as_sites(), tier)

    @property
    def is_must(self) -> Flags:
        """Sites that are no hubs yet and must be built, shape (M,)."""
        found: Flags = (self.sites["choice"] == MUST).to_numpy() & ~self.is_there
        return found

    @property
    def without_price(self) -> Flags:
        """Sites that are left out, for a budget is stated and nobody tells what they take, shape (M,)."""
        open_sites = ~self.is_there & ~(self.sites["choice"].isin((MUST, NEVER))).to_numpy()
        found: Flags = open_sites & np.isinf(self.prices) & bool(self.choice.budget < inf)
        return found

    @property
    def is_price_assumed(self) -> Flags:
        """Sites that may be chosen at the price that the study states for those of which nobody tells one, (M,)."""
        is_free = ~self.is_there & ~self.is_must
        found: Flags = is_free & self.sites["price"].isna().to_numpy() & bool(self.choice.price < inf)
        return found

    @property
    def prices(self) -> Floats:
        """What each site takes, infinite where nobody tells, shape (M,)."""
        told: Floats = self.sites["price"].fillna(self.choice.price).to_numpy(float)
        return told

    def _by_price(self) -> pd.Series:
        """Return what keys of one kind are ordered by: under a budget the cheaper first, else nothing."""
        told = self.prices if self.choice.budget < inf else np.zeros(len(self.sites))
        rank = np.unique(told, return_inverse=True)[1]
        return pd.Series(rank, self.sites.index).astype("str").str.zfill(6)

    def terms(self, add: int | None) -> locate.Terms:
        """What an answer with so many new hubs must keep to."""
        return locate.Terms(add, self.choice.budget, self.choice.apart_m)

    def _as_sites(self) -> locate.Sites:
        is_there, is_must = self.is_there, self.is_must
        points = self.sites.geometry.representative_point()
        capacity = self.sites["capacity"].to_numpy(float)
        banned = ~is_there & (self.sites["choice"] == NEVER).to_numpy() | self.without_price
        price = np.where(is_there | is_must | banned, 0.0, self.prices)
        return locate.Sites(
            key=(self.sites["kind"].map(_PREFERENCE) + self._by_price() + self.sites["site_id"]).to_numpy(str),
            locked=is_there | is_must,
            banned=banned,
            # Without a budget prices choose between sites only where that of each is known.
            price=price if np.isfinite(price).all() else np.zeros(len(price)),
            # Who has a hub within the walk has one, here as everywhere: whether it is full is not asked.
            capacity=np.where(is_there, inf, np.where(np.isnan(capacity), self.choice.capacity, capacity)),
            xy=np.column_stack([points.x, points.y]),
        )


def is_own(sites: gpd.GeoDataFrame) -> Flags:
    """Tell which rows of table ``candidates`` the municipality handed over, whatever else they are, shape (N,)."""
    return np.fromiter((OWN in kinds.split() for kinds in sites["kinds"]), bool, len(sites))


def answer(question: Question, add: int, effort: locate.Effort, start: Ints | None = None) -> locate.Siting:
    """Ask the study's model for so many new hubs; `start`: the columns of an answer to begin with."""
    problem, terms, cutoff_s = question.problem, question.terms(add), question.cutoff_s
    match question.choice.objective:
        case "mclp":
            return locate.mclp(problem, cutoff_s, terms, effort, start)
        case "p_median":
            return locate.p_median(problem, question.limit_s, terms, effort, start)
        case "p_center":
            return locate.p_center(problem, terms, effort)
        case _:
            return locate.lscp(problem, cutoff_s, question.terms(None), effort)


def steps(question: Question, effort: locate.Effort) -> Mapping[int, locate.Siting]:
    """Return the answers by number of new hubs, each begun from the one before; the one asked for is searched fully."""
    asked = question.choice.add
    if question.choice.objective == "lscp":
        return {asked: answer(question, asked, effort)}
    most = min(max(asked + STEPS_MORE, STEPS_LEAST), int((~question.is_there).sum()))
    found: dict[int, locate.Siting] = {}
    start: Ints | None = None
    for add in sorted({*range(0 if question.is_must.any() else 1, most + 1), asked}):
        found[add] = answer(question, add, effort if add == asked else QUICK, start)
        start = found[add].chosen
    return found
