"""What is asked of location-allocation and what comes of it: demand, sites, the terms of a choice, its answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from geokehila import memory
from geokehila.errors import RunError

#: [bytes] What a search takes for each stored walk: the most of any model with half a million of them, rounded up.
WALK_BYTES = 400
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sites:
    """Sites that can be chosen, shape (M,) each.

    Attributes
    ----------
    key
        What a site is called, each once; of equally good sites the first by key is chosen.
    locked
        Chosen in every answer, and counted neither against `add` nor the budget.
    banned
        Chosen in none.
    price
        Money that opening it takes, 0 or more; of a locked one nothing is asked.
    capacity
        Demand (in its weight) that it serves at most; infinite: any.
    xy
        Where it is [m], shape (M, 2), for the distance between sites.
    """

    key: np.ndarray
    locked: Flags
    banned: Flags
    price: Floats
    capacity: Floats
    xy: Floats

    @classmethod
    def plain(cls, count: int) -> Sites:
        """Return sites that cost nothing, serve anybody and may all be chosen.

        Examples
        --------
        >>> Sites.plain(2).capacity.tolist()
        [inf, inf]
        """
        none = np.zeros(count, bool)
        return cls(np.arange(count), none, none, np.zeros(count), np.full(count, inf), np.zeros((count, 2)))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.key)

    def take(self, rows: Ints) -> Sites:
        """Return some of them, in that order."""
        return Sites(*(column[rows] for column in self._columns()))

    def faults(self) -> list[str]:
        """Return in words what is wrong with them, an empty text where something is right."""
        count = len(self)
        if any(len(column) != count for column in self._columns()) or self.xy.shape != (count, 2):
            return ["a fact of the sites is not there for each of them"]
        return [
            "a key twice" * (len(np.unique(self.key)) != count),
            "a site both locked and banned" * bool((self.locked & self.banned).any()),
            "a price below 0 or none" * (not (np.isfinite(self.price) & (self.price >= 0)).all()),
            "a capacity below 0 or none" * (not (self.capacity >= 0).all()),
            "a site that is nowhere" * (not np.isfinite(self.xy).all()),
        ]

    def _columns(self) -> tuple[np.ndarray, ...]:
        return self.key, self.locked, self.banned, self.price, self.capacity, self.xy


@dataclass(frozen=True, eq=False)
class Problem:
    """Demand and the sites that it can walk to.

    Attributes
    ----------
    cost_s
        [s] Walk of each demand to each site, shape (N, M), sparse: what is not stored is out of reach. A stored 0 is a
        walk of no time.
    weight
        People, or whatever is served, of each demand, 0 or more, shape (N,).
    sites
        Shape (M,).
    tier
        Whom to serve first, 0 before 1 and so on, shape (N,); all 0: nobody before another.
    """

    cost_s: csr_array
    weight: Floats
    sites: Sites
    tier: Ints

    @classmethod
    def of(cls, cost_s: csr_array, weight: Floats, sites: Sites | None = None, tier: Ints | None = None) -> Problem:
        """Take origins, candidates and the walks between them; sites are plain and tiers equal where none are given.

        Raises
        ------
        RunError
            Walks that are not sparse, shapes that do not fit, or a weight, walk, price or capacity that is negative
            or no number; or so many walks that their search does not fit into memory.

        Examples
        --------
        >>> walks = csr_array(np.array([[60.0, 0.0], [0.0, 90.0]]))
        >>> len(Problem.of(walks, np.array([3.0, 5.0])).sites)
        2
        """
        if not issparse(cost_s):
            # A 0 of a dense table may be a walk of no time or none at all.
            raise RunError(f"location-allocation: walks are {type(cost_s).__name__}: give a scipy.sparse.csr_array")
        count, width = cost_s.shape
        remedy = "state a shorter walk, or fewer sites"
        memory.must_fit(f"location-allocation of {cost_s.nnz:,} walks", WALK_BYTES * cost_s.nnz, remedy)
        walks = csr_array(cost_s, dtype=np.float64, copy=True)
        walks.sort_indices()
        found = cls(
            walks,
            np.asarray(weight, np.float64),
            Sites.plain(width) if sites is None else sites,
            np.zeros(count, np.int64) if tier is None else np.asarray(tier, np.int64),
        )
        found._must_be_whole()
        return found

    def within(self, cutoff_s: float) -> Problem:
        """Return the same with walks up to a cutoff [s] only, inclusive."""
        kept = self.cost_s.tocoo()
        near = kept.data <= cutoff_s
        pairs = (kept.data[near], (kept.row[near], kept.col[near]))
        return replace(self, cost_s=csr_array(pairs, shape=kept.shape))

    def _must_be_whole(self) -> None:
        count, width = self.cost_s.shape
        faults = [
            f"{len(self.weight)} weights for {count} rows" * (len(self.weight) != count),
            f"{len(self.tier)} tiers for {count} rows" * (len(self.tier) != count),
            f"{len(self.sites)} sites for {width} columns" * (len(self.sites) != width),
            *self.sites.faults(),
            "a walk twice" * (not self.cost_s.has_canonical_format),
            "a walk below 0 or none" * (not (np.isfinite(self.cost_s.data) & (self.cost_s.data >= 0)).all()),
            "a weight below 0 or none" * (not (np.isfinite(self.weight) & (self.weight >= 0)).all()),
        ]
        if any(faults):
            raise RunError(f"location-allocation: {'; '.join(filter(None, faults))}: mend what is handed over")


@dataclass(frozen=True)
class Terms:
    """What an answer must keep to.

    Attributes
    ----------
    add
        New sites at most, beside the locked ones; None: any number.
    budget
        Prices of the new sites together, at most.
    apart_m
        [m] A new site is no nearer than this to any other chosen one, locked ones among them.

    Raises
    ------
    RunError
        One of them is below 0.

    Examples
    --------
    >>> Terms(add=3, budget=12e6, apart_m=400)
    Terms(add=3, budget=12000000.0, apart_m=400)
    """

    add: int | None = None
    budget: float = inf
    apart_m: float = 0.0

    def __post_init__(self) -> None:
        if not ((self.add is None or self.add >= 0) and self.budget >= 0 and self.apart_m >= 0):
            raise RunError(f"location-allocation: {self}: each is 0 or more, or not given")


@dataclass(frozen=True)
class Effort:
    """How long to look. Without `seconds` the same input gives the same answer, on any machine.

    Attributes
    ----------
    gap
        Relative gap between answer and bound at which the search ends, a share of what the model counts.
    nodes
        Of branch and bound, at most; the fewer the more pairs there are where sites can be full.
    rounds
        Of interchange and of the subgradient's steps, at most.
    seconds
        [s] Of the clock; an answer cut by it says so.

    Examples
    --------
    >>> Effort(seconds=60).gap
    1e-06
    """

    gap: float = 1e-6
    nodes: int = 20_000
    rounds: int = 4_000
    seconds: float = inf


#: Nothing asked but the best, and the effort that is usual.
FREELY, USUAL = Terms(), Effort()


@dataclass(frozen=True, eq=False)
class Siting:
    """An answer.

    Attributes
    ----------
    model
        ``mclp``, ``p_median``, ``p_center`` or ``lscp``.
    chosen
        Columns of the chosen sites, locked ones among them, rising.
    objective
        What the model counts: of mclp demand served, of p_median demand times seconds, of p_center seconds, of lscp new
        sites or, where any has a price, their prices.
    bound
        No answer under these terms is better than this; NaN: none is known.
    served
        Demand of each row that is served, shape (N,): up to its weight.
    site
        Column of the site that serves each row, or most of it, -1 where none does, shape (N,).
    out_of_reach
        Demand that not even all sites together reach.
    sentence
        In plain words why there is no answer, or what to mind of it; empty: nothing.
    cut
        The clock ended the search, so that another machine may find another answer.

    Examples
    --------
    >>> from geokehila import locate
    >>> walks_s = csr_array(np.array([[60.0, 0.0], [0.0, 90.0]]))
    >>> answer = locate.mclp(Problem.of(walks_s, np.array([3.0, 5.0])), 300.0, Terms(add=1))
    >>> answer.objective, answer.gap < 1e-5, answer.site.tolist()
    (5.0, True, [-1, 1])
    """

    model: str
    chosen: Ints
    objective: float
    bound: float
    served: Floats
    site: Ints
    out_of_reach: float
    sentence: str = ""
    cut: bool = False

    @property
    def gap(self) -> float:
        """Relative optimality gap, 0: the answer is the best there is; NaN: no bound is known."""
        return gap(self.objective, self.bound)


def gap(objective: float, bound: float) -> float:
    """Return how far an objective is from its bound, as a share of the greater; NaN where either is not known.

    Examples
    --------
    >>> gap(98.0, 100.0), gap(0.0, 0.0)
    (0.02, 0.0)
    """
    scale = np.maximum(abs(objective), abs(bound))
    return float(abs(bound - objective) / scale) if scale != 0 else 0.0
