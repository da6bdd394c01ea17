"""Who lacks what in the whole study, and what every site and link could give them: the material of the units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geokehila.additions.problem import Problem, merged
from geokehila.additions.sites import Hosts
from geokehila.analyses.tables import Tables
from geokehila.catalogue import Category
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.schema import BEYOND, EDGE, REACHED, UNCONNECTED


@dataclass(frozen=True, eq=False)
class People:
    """Homes by what they reach of what is required, O of them and C categories.

    Attributes
    ----------
    people
        Shape (O,).
    states
        State of each category, shape (O, C).
    """

    people: Floats
    states: np.ndarray

    @classmethod
    def of(cls, tables: Tables, scores: pd.DataFrame, categories: Sequence[Category]) -> People:
        """Take the homes of a study and the scores of one profile, rows as in `tables.origins`."""
        states = scores[[f"category_{category.key}_state" for category in categories]]
        return cls(tables.origins["people"].to_numpy(float), states.to_numpy(object))

    @cached_property
    def is_open(self) -> Flags:
        """Homes of which it is not known: far from every way, at the edge of the data, or nothing is believed."""
        asked = np.any(np.isin(self.states, (REACHED, BEYOND)), axis=1)
        open_ended: Flags = np.any(np.isin(self.states, (EDGE, UNCONNECTED)), axis=1) | ~asked
        return open_ended

    @cached_property
    def lacks(self) -> Flags:
        """Which categories each home is surely beyond, where all else is known and somebody lives, shape (O, C)."""
        lacks: Flags = (self.states == BEYOND) & (~self.is_open & (self.people > 0))[:, None]
        return lacks

    @cached_property
    def is_served(self) -> Flags:
        """Homes that reach all that is asked there; what is not mapped is not asked."""
        served: Flags = ~self.is_open & ~np.any(self.states == BEYOND, axis=1)
        return served


@dataclass(frozen=True, eq=False)
class Named:
    """What the ids of homes and the keys of categories stand for: their rows in the study."""

    homes: pd.Index
    categories: Sequence[Category]


@dataclass(frozen=True, eq=False)
class Offers:
    """What could meet each need of the study: pairs of a need and an option, by need.

    Additions are numbered: links first, by their ids, then sites. A link is one option, a site one for each category.

    Attributes
    ----------
    need
        Home and category in one number, rising, shape (K,).
    option
        Shape (K,).
    hosts
        The sites.
    link_id
        Names of the links, L of them.
    width
        How many categories there are.
    """

    need: Ints
    option: Ints
    hosts: Hosts
    link_id: np.ndarray
    width: int

    @classmethod
    def of(
        cls, people: People, named: Named, hosts: Hosts, site_walks: pd.DataFrame, link_gains: pd.DataFrame
    ) -> Offers:
        """Take walks from homes to sites, and whom links bring to what; what nobody lacks is left out."""
        link_id, width = np.unique(link_gains["link_id"].to_numpy(str)).astype(object), len(named.categories)
        home, link = _numbers(link_gains["origin_id"], named.homes), _numbers(link_gains["link_id"], pd.Index(link_id))
        category = _numbers(link_gains["category"], pd.Index([one.key for one in named.categories]))
        known = (home >= 0) & (category >= 0)
        pairs = [(home[known] * width + category[known], link[known])]
        home, site = (
            _numbers(site_walks["origin_id"], named.homes),
            _numbers(site_walks["site_id"], pd.Index(hosts.site_id)),
        )
        walk_s = site_walks["walk_s"].to_numpy(float)
        for c, one in enumerate(named.categories):
            near = (home >= 0) & (site >= 0) & (walk_s <= one.cutoff_s)
            near[near] = people.lacks[home[near], c] & hosts.hosts[site[near], c]
            if one.hub:
                near &= _left_to_proposed(near, home, np.append(hosts.is_proposed, False)[site])
            pairs.append((home[near] * width + c, len(link_id) + site[near] * width + c))
        need, option = (np.concatenate(parts).astype(np.int64) for parts in zip(*pairs, strict=True))
        order = np.lexsort((option, need))
        order = order[people.lacks.ravel()[need[order]]]
        return cls(need[order], option[order], hosts, link_id, width)

    def addition(self, option: Ints) -> Ints:
        """Return the addition that each option is part of."""
        links = len(self.link_id)
        return np.where(option < links, option, links + (option - links) // self.width)

    def category(self, option: Ints) -> Ints:
        """Return the category of each option, -1 of a link."""
        return np.where(option < len(self.link_id), -1, (option - len(self.link_id)) % self.width)


@dataclass(frozen=True, eq=False)
class Lack:
    """What homes of a unit lack and what would meet it.

    Attributes
    ----------
    home, category
        Of each need, shape (N,), by home and then category.
    people
        Of each need's home, shape (N,).
    helps
        Which options meet each need, shape (N, V), sparse.
    option
        The study's number of each option, rising, shape (V,).
    """

    home: Ints
    category: Ints
    people: Floats
    helps: csr_array
    option: Ints

    @classmethod
    def of(cls, people: People, offers: Offers, homes: Ints) -> Lack:
        """Take some homes, rising: each category that they lack is a need."""
        row, category = np.nonzero(people.lacks[homes])
        asked = homes[row] * offers.width + category
        first, last = (np.searchsorted(offers.need, asked, side=side) for side in ("left", "right"))
        count = last - first
        pair = np.repeat(first, count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        option, column = np.unique(offers.option[pair], return_inverse=True)
        pairs = np.repeat(np.arange(len(asked)), count), column
        helps = csr_array((np.ones(len(column)), pairs), shape=(len(asked), len(option)))
        return cls(homes[row], category, people.people[homes[row]], helps, option)

    @property
    def has_help(self) -> Flags:
        """Needs that something would meet, shape (N,)."""
        met: Flags = np.diff(self.helps.indptr) > 0
        return met

    def helpless(self, which: Flags) -> Floats:
        """Return the people by category whose need, of those given, nothing meets."""
        lost = which & ~self.has_help
        return np.bincount(self.category[lost], self.people[lost], minlength=1).astype(float)

    def problem(self, offers: Offers, categories: Sequence[Category]) -> tuple[Problem, Ints]:
        """Return the problem of the unit, and which addition of the study each of its additions is."""
        _, first, number = np.unique(self.home, return_index=True, return_inverse=True)
        people, pattern, kept = merged(self.people[first], number, self.helps)
        built, addition = np.unique(offers.addition(self.option), return_inverse=True)
        floors, links = np.array([one.hosted_m2 for one in categories] + [0.0]), len(offers.link_id)
        category = offers.category(self.option)
        problem = Problem(
            people=people,
            pattern=pattern,
            helps=self.helps[kept],
            addition=addition,
            is_service=category >= 0,
            floor_m2=floors[category],
            room_m2=np.append(np.full(links, np.inf), offers.hosts.room_m2)[built],
        )
        return problem, built


def _left_to_proposed(near: Flags, home: Ints, is_proposed: Flags) -> Flags:
    """Tell which pairs of home and site stay: one place has one hub, so whom a proposed one serves no other is for."""
    return is_proposed | ~np.isin(home, home[near & is_proposed])


def _numbers(ids: pd.Series, names: pd.Index) -> Ints:
    """Return the number of each id among some names, -1 where it is none of them."""
    of = ids.astype("category").cat
    found: Ints = np.append(names.get_indexer(of.categories), -1)[of.codes]
    return found
