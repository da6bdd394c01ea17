"""How often a site stays chosen when weights, cutoffs and data are others than we think."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.sparse import csr_array

from geokehila import locate
from geokehila.hubs.choosing import Question, answer
from geokehila.hubs.demand import Demand
from geokehila.reach.arrays import Floats, Ints
from geokehila.schema import BEYOND, REACHED

#: What is varied, our choice: people of a zone by a tenth (one standard deviation), the pace or the cutoff by a fifth
#: either way, one existing hub in twenty that is closed or wrongly mapped, and half of the zones whose list of hubs
#: cannot be believed having one already.
PEOPLE_SD, PACE, GONE_SHARE, THERE_SHARE = 0.1, 0.2, 0.05, 0.5
#: [m] Another site this near would be the same hub to those who walk there.
NEAR_M = 300.0
#: Tried are the sites that are there or were chosen, and so many of those that may be: within the walk of most people.
SITES_TRIED = 80
#: The search ends with the first good answer: a hundred of them tell more than one that is proved.
FIRST = locate.Effort(gap=np.inf, nodes=0, rounds=0)


@dataclass(frozen=True, eq=False)
class Steadiness:
    """Of how many tries a site was chosen, and it or another within 300 m, as shares, shape (M,) each; NaN: no try."""

    chosen: Floats
    near: Floats
    tries: int


def try_again(question: Question, answered: Ints, tries: int) -> Steadiness:
    """Ask again with other people, paces and lists; the number of a try is its seed, so that all get the same.

    `answered` are the columns of the answer that is held against these tries.
    """
    count, columns = len(question.sites), _likely(question, answered)
    some = replace(question, sites=question.sites.iloc[columns], walks=csr_array(question.walks[:, columns]))
    chosen = np.zeros((tries, count), bool)
    for seed in range(tries):
        rng = np.random.default_rng(seed)
        siting = answer(varied(some, rng), question.choice.add, FIRST)
        chosen[seed, columns[siting.chosen]] = True
    chosen[:, question.is_there] = False
    if not tries:
        return Steadiness(np.full(count, np.nan), np.full(count, np.nan), 0)
    near = (chosen @ _is_near(question)) > 0
    return Steadiness(chosen.mean(axis=0), near.mean(axis=0), tries)


def _likely(question: Question, answered: Ints) -> Ints:
    """Return the columns of the sites that are tried, rising."""
    within = question.walks.tocoo()
    near = within.data <= question.cutoff_s
    people = np.where(question.demand.may_be_beyond, question.demand.people, 0.0)
    served = np.bincount(within.col[near], people[within.row[near]], minlength=len(question.sites))
    free = np.flatnonzero(~question.problem.sites.banned)
    most = free[np.lexsort((question.sites["site_id"].to_numpy(str)[free], -served[free]))[:SITES_TRIED]]
    return np.union1d(np.union1d(most, answered), np.flatnonzero(question.is_there))


def varied(question: Question, rng: np.random.Generator) -> Question:
    """Return the question as it might be, too."""
    pace = rng.uniform(1 - PACE, 1 + PACE)
    there = question.is_there
    gone = there & (rng.random(len(there)) < GONE_SHARE)
    demand = _people(question.demand, rng)
    served = _has_one(question.demand, rng)
    weight = np.where(served, 0.0, demand.weight)
    status = question.sites["status"].mask(gone, "gone")
    choice = question.sites["choice"].mask(gone, "never")
    walks = csr_array((question.walks.data * pace, question.walks.indices, question.walks.indptr), question.walks.shape)
    return replace(
        question,
        demand=replace(demand, weight=weight),
        sites=question.sites.assign(status=status, choice=choice),
        walks=walks,
        limit_s=question.limit_s * pace,
    )


def _people(demand: Demand, rng: np.random.Generator) -> Demand:
    """Place people between floor area and footprint, and let each zone have more or fewer."""
    zones, zone = np.unique(demand.zones.astype(str), return_inverse=True)
    factor = np.exp(rng.normal(0.0, PEOPLE_SD, len(zones)))[zone]
    by_floor = rng.random()
    people = by_floor * demand.people + (1 - by_floor) * demand.people_by_footprint
    return replace(demand, people=people * factor)


def _has_one(demand: Demand, rng: np.random.Generator) -> np.ndarray:
    """Tell for the homes of whom it is not known whether a hub is there after all: the same all over a zone."""
    zones, zone = np.unique(demand.zones.astype(str), return_inverse=True)
    has = (rng.random(len(zones)) < THERE_SHARE)[zone]
    known = np.isin(demand.state, (REACHED, BEYOND))
    found: np.ndarray = has & ~known
    return found


def _is_near(question: Question) -> csr_array:
    """Tell which sites are within 300 m of each other, sparse, shape (M, M); every site is near itself."""
    points = question.sites.geometry.representative_point().to_numpy()
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=NEAR_M)
    return csr_array((np.ones(len(one), np.int64), (one, other)), shape=(len(points), len(points)))
