"""Places that two lists miss both, and what they may add to the people who reach one.

Where two lists of one category were made without looking at each other, those on both tell how many neither shows
(capture and recapture). If any place is as likely to be missed as any other, the share of people who reach a place can
be estimated without bias from what is seen, for of k places that are seen with probability p each the expectation of
((p - 1) / p) to the power of those seen is 0 to the power of k: one where there is none, else nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from geokehila.reach.arrays import Floats

#: Fewer places than these, on a list at least and on both, tell too little; nor is a list believed that half miss.
LEAST_SEEN, LEAST_BOTH, LEAST_DETECTION = 20, 7, 0.5
#: Of a hundred intervals ninety hold what is so: standard errors to either side.
NINETY = 1.6448536269514722
#: How far a rate is moved to see what it changes.
STEP = 1e-6


@dataclass(frozen=True)
class TwoLists:
    """How many places of a category one list shows alone, the other alone, and both.

    Examples
    --------
    Of 100 places each list shows 60, and 36 of them are on both:

    >>> lists = TwoLists(24, 24, 36)
    >>> round(lists.places), round(lists.detection, 2)
    (100, 0.84)
    """

    first: int
    second: int
    both: int

    @property
    def seen(self) -> int:
        """Places that a list at least shows."""
        return self.first + self.second + self.both

    @property
    def places(self) -> float:
        """Places that there are by Chapman's estimate (1951), those seen at least."""
        found = (self.first + self.both + 1) * (self.second + self.both + 1) / (self.both + 1) - 1
        return max(found, float(self.seen))

    @property
    def variance(self) -> float:
        """Of `places`, after Seber (1970)."""
        one, other, both = self.first + self.both, self.second + self.both, self.both
        return (one + 1) * (other + 1) * self.first * self.second / ((both + 1) ** 2 * (both + 2))

    @property
    def detection(self) -> float:
        """Share of all places that a list at least shows, 0 to 1."""
        return self.seen / self.places if self.seen else 0.0

    @property
    def tells(self) -> bool:
        """Whether they are enough to tell by."""
        return self.seen >= LEAST_SEEN and self.both >= LEAST_BOTH and self.detection >= LEAST_DETECTION


@dataclass(frozen=True)
class Likely:
    """A share, 0 to 1: as it is seen, as it is estimated, and from where to where it is in 90 cases of 100."""

    seen: float
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Reached:
    """Homes O, the places P that are seen, and who reaches which.

    Attributes
    ----------
    people
        Of each home, shape (O,); they sum to more than 0.
    reach
        Shape (O, P): 1 where a home reaches a place.
    """

    people: Floats
    reach: csr_array

    def likely(self, lists: TwoLists) -> Likely:
        """Return the share of people who reach a place, those that no list shows among them.

        Notes
        -----
        The error has two parts: which places happen to be seen (by what each alone adds, after Efron and Stein, and one
        more like the loneliest, which may be among those missed), and how well the rate is known.
        """
        rate = lists.detection
        own = self._added(rate) ** 2
        of_rate = (self._estimate(rate) - self._estimate(rate + STEP)) / STEP
        rate_variance = (rate / lists.places) ** 2 * lists.variance
        error = np.sqrt((1 - rate) * (own.sum() + own.max(initial=0.0)) + of_rate**2 * rate_variance)
        seen, estimate = self._estimate(1.0), self._estimate(rate)
        low, high = np.clip([estimate - NINETY * error, estimate + NINETY * error], seen, 1.0)
        return Likely(seen, float(np.clip(estimate, seen, 1.0)), float(low), float(high))

    def if_seen(self, rate: float) -> float:
        """Return the share of people who reach a place if such a share of the places were seen, whatever lists say."""
        return float(np.clip(self._estimate(rate), self._estimate(1.0), 1.0))

    @cached_property
    def _many(self) -> Floats:
        """Places that each home reaches, shape (O,)."""
        many: Floats = np.asarray(self.reach.sum(axis=1)).ravel()
        return many

    def _estimate(self, rate: float) -> float:
        return float(1 - (self.people * _none(rate) ** self._many).sum() / self.people.sum())

    def _added(self, rate: float) -> Floats:
        """Share of people that each place adds to the estimate, shape (P,)."""
        of_home = np.where(self._many > 0, _none(rate) ** np.maximum(self._many - 1, 0) * (1 - _none(rate)), 0.0)
        added: Floats = self.reach.T @ (self.people * of_home) / self.people.sum()
        return added


def _none(rate: float) -> float:
    """Return what a seen place counts for in the estimate of the homes that have none."""
    return (rate - 1) / rate
