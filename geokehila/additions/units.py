"""One unit after the other: is enough reached, could it be, by which additions, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geokehila.additions.problem import Problem
from geokehila.additions.sites import is_hosted
from geokehila.additions.smallest import Smallest, in_order, most, smallest
from geokehila.additions.town import Lack, Offers, People
from geokehila.catalogue import Category
from geokehila.reach.arrays import Ints
from geokehila.schema import NOT_LOADED, NOT_MAPPED, UNKNOWN

#: Verdicts of a unit.
REACHED_ALREADY, FOUND, NOT_KNOWN, FEW = "reached already", "found", "not known", "few people"
NOT_POSSIBLE, NOT_BY_BUILDING = "not possible with these sites", "not by a building"
#: The search ended before the set was proven smallest.
NOT_PROVEN = "not proven smallest"
SERVICE, LINK = "service", "link"
#: Rounding of shares.
_SAME = 1e-9

Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class _Unit:
    """People of a unit: all, those who reach everything, those of whom it is not known; how many are enough."""

    homes: Ints
    people: float
    served: float
    open_ended: float
    enough: float

    @property
    def is_reached(self) -> bool:
        return self.served >= self.enough - _SAME * self.people

    @property
    def is_knowable(self) -> bool:
        return self.people - self.open_ended >= self.enough - _SAME * self.people


@dataclass(frozen=True, eq=False)
class Quest:
    """What homes lack and what could be given to them, over which units are looked into.

    ``categories`` are the required ones, C of them.
    """

    people: People
    offers: Offers
    categories: Sequence[Category]

    def rows(self, homes: Ints, share: float, least_people: float) -> Iterator[Row]:
        """Yield the rows of table ``additions`` of one unit, without its name.

        Parameters
        ----------
        homes
            Rows of its homes, rising.
        share
            Of its people that is enough.
        least_people
            Units with fewer are not looked into.
        """
        unit = self._unit(homes, share)
        if not unit.people:
            return
        head = {
            "people": unit.people,
            "people_open": unit.open_ended,
            "not_asked": self._not_asked(homes),
            "share_before": unit.served / unit.people,
        }
        if unit.people < least_people:
            yield _none(head, FEW)
        elif unit.is_reached:
            yield _none(head, REACHED_ALREADY, share_after=head["share_before"])
        elif not unit.is_knowable:
            yield _none(head, NOT_KNOWN, reason=self._why_open(homes))
        else:
            yield from self._sought(unit, head)

    def _unit(self, homes: Ints, share: float) -> _Unit:
        people = self.people.people[homes]
        served, open_ended = (people[which[homes]].sum() for which in (self.people.is_served, self.people.is_open))
        return _Unit(homes, float(people.sum()), float(served), float(open_ended), share * float(people.sum()))

    def _sought(self, unit: _Unit, head: Row) -> Iterator[Row]:
        lack = Lack.of(self.people, self.offers, unit.homes)
        problem, built = lack.problem(self.offers, self.categories)
        found = smallest(problem, unit.enough - unit.served) if len(problem.people) else None
        if found is None:
            yield self._not_found(unit, head, lack, problem)
            return
        served = unit.served
        steps = in_order(problem.with_options(found.options))
        reason = "" if found.least >= len(steps) else NOT_PROVEN
        for number, (addition, gained) in enumerate(steps, 1):
            before, served = served, unit.served + gained
            shares = {"share_before": before / unit.people, "share_after": served / unit.people}
            more = {"step": number, "people_gained": served - before, "verdict": FOUND, "reason": reason}
            yield head | shares | more | self._named(lack, problem, found, addition, int(built[addition]))

    def _named(self, lack: Lack, problem: Problem, found: Smallest, addition: int, built: int) -> Row:
        """Tell what is built, by its number in the unit and in the study."""
        taken = found.options & (problem.addition == addition)
        needs = lack.helps[:, np.flatnonzero(taken)].nonzero()[0]
        site, link = built - len(self.offers.link_id), built
        return {
            "kind": LINK if site < 0 else SERVICE,
            "categories": self._keys(np.unique(lack.category[needs])),
            "site_id": None if site < 0 else self.offers.hosts.site_id[site],
            "link_id": self.offers.link_id[link] if site < 0 else None,
        }

    def _not_found(self, unit: _Unit, head: Row, lack: Lack, problem: Problem) -> Row:
        """Say how far all sites and links together would come, and which categories nothing brings to some people."""
        share = (unit.served + most(problem)) / unit.people
        built_here = np.array([is_hosted(category) for category in self.categories])[lack.category]
        without = np.unique(lack.home[built_here & ~lack.has_help])
        helped = unit.people - unit.open_ended - self.people.people[without].sum()
        verdict = NOT_BY_BUILDING if helped >= unit.enough - _SAME * unit.people else NOT_POSSIBLE
        lost = lack.helpless(np.ones(len(lack.home), bool) if verdict == NOT_POSSIBLE else ~built_here)
        ranked = np.lexsort((np.arange(len(lost)), -lost))
        return _none(head, verdict, share_after=share, reason=self._keys(ranked[lost[ranked] > 0]))

    def _not_asked(self, homes: Ints) -> str:
        is_unknown = np.isin(self.people.states[homes], (NOT_LOADED, NOT_MAPPED)).any(axis=0)
        return self._keys(np.flatnonzero(is_unknown))

    def _why_open(self, homes: Ints) -> str:
        """Return the reason that holds for most of the people of whom it is not known."""
        states, people = self.people.states[homes], self.people.people[homes] * self.people.is_open[homes]
        sums = [people[(states == reason).any(axis=1)].sum() for reason in UNKNOWN]
        return UNKNOWN[int(np.argmax(sums))]

    def _keys(self, numbers: Ints) -> str:
        return ";".join(self.categories[number].key for number in numbers)


def _none(head: Row, verdict: str, **more: Any) -> Row:
    """Return the one row of a unit without additions."""
    nothing = {"step": 0, "kind": "", "categories": "", "site_id": None, "link_id": None, "people_gained": np.nan}
    return head | nothing | {"share_after": np.nan, "verdict": verdict, "reason": ""} | more
