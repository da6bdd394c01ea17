"""Who gains from the new hubs: people by site, area, age and group, and the minutes that they save."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from geokehila import locate
from geokehila.analyses.tables import Tables
from geokehila.hubs.choosing import Question
from geokehila.hubs.walked import nearest_s
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.zones import CITY, TOTAL, Zoning
from geokehila.zones.inhabited import Inhabited

#: Facts of zones by which those who gain are told apart.
FACTS = ("ses_cluster", "society")
#: Two numbers of each: at least and at most, or by each way of placing people in homes.
Ends = tuple[Floats, Floats]


@dataclass(frozen=True, eq=False)
class Gains:
    """Homes and what the new hubs of one answer change for them, O homes and M sites.

    A home gains where no hub is within the cutoff now, or nobody knows, and one that has room for it is then. Where a
    new site can be full, people of a home may go to several; everybody of whom it is not known counts as coming.
    """

    question: Question
    siting: locate.Siting

    @cached_property
    def added(self) -> Ints:
        """Columns of the new sites, rising."""
        chosen = self.siting.chosen
        return chosen[~self.question.is_there[chosen]]

    @cached_property
    def old_s(self) -> Floats:
        """[s] Walk to the nearest hub there is, infinite where there is none within the horizon."""
        there = nearest_s(self.question.walks, np.flatnonzero(self.question.is_there))
        least: Floats = np.minimum(there, self.question.demand.now_s)
        return least

    @cached_property
    def without(self) -> Flags:
        """Homes that have no hub now, or of which nobody knows, shape (O,)."""
        found: Flags = self.question.demand.may_be_beyond & (self.old_s > self.question.cutoff_s)
        return found

    @cached_property
    def problems(self) -> tuple[locate.Problem, ...]:
        """Those who have no hub, counted as people, by both ways of placing them in homes."""
        placings = self.question.demand.placings
        return tuple(replace(self.question.problem, weight=people * self.without) for people in placings)

    @cached_property
    def _sure_problems(self) -> tuple[locate.Problem, ...]:
        """Those of them who surely have none, by both ways of placing them in homes."""
        return tuple(replace(one, weight=one.weight * self.question.demand.is_beyond) for one in self.problems)

    @cached_property
    def _goes(self) -> pd.DataFrame:
        """Homes that gain and sites that they walk to then: which share of the home goes there, by both placings."""
        shares = []
        for problem in self.problems:
            share = locate.allocate(problem, self.question.cutoff_s, self.added).tocoo()
            is_told = self.without[share.row]
            cells = {"home": share.row[is_told], "site": share.col[is_told], "share": share.data[is_told]}
            shares.append(pd.DataFrame(cells).set_index(["home", "site"])["share"])
        return pd.concat(shares, axis=1, keys=[0, 1]).fillna(0.0).sort_index()

    @cached_property
    def home(self) -> Ints:
        """Row of the home of each pair of a home and a new site that it walks to, shape (F,)."""
        return self._goes.index.get_level_values("home").to_numpy(np.int64)

    @cached_property
    def site(self) -> Ints:
        """Column of the site of each pair, shape (F,)."""
        return self._goes.index.get_level_values("site").to_numpy(np.int64)

    @cached_property
    def people(self) -> Ends:
        """People of each pair who gain at most, by both ways of placing them, shape (F,) each."""
        by_floor, by_footprint = self.question.demand.placings
        return by_floor[self.home] * self._goes[0].to_numpy(), by_footprint[self.home] * self._goes[1].to_numpy()

    @cached_property
    def surely(self) -> Flags:
        """Pairs whose home surely has no hub now, shape (F,)."""
        found: Flags = self.question.demand.is_beyond[self.home]
        return found

    @cached_property
    def saved_s(self) -> Floats:
        """[s] By how much the walk of each pair is shorter than that of now, NaN where no walk is known, shape (F,)."""
        walks, now_s = self.question.problem.cost_s.tocoo(), self.old_s[self.home]
        width = walks.shape[1]
        # Walks of the problem stand by home and site.
        place = np.searchsorted(walks.row.astype(np.int64) * width + walks.col, self.home * width + self.site)
        saved: Floats = np.where(np.isfinite(now_s), now_s, np.nan) - walks.data[place]
        return saved

    def summed(self, sums: Callable[[Floats], Floats], counts: tuple[Floats, Floats] | None = None) -> Ends:
        """Sum the people who gain, at least and at most, whichever way of placing people in homes tells so.

        Parameters
        ----------
        sums
            Takes a number a pair, shape (F,), and returns a number a unit.
        counts
            What a person of each home counts by each way of placing them, shape (O,) each; None: 1.
        """
        both = [people * (counts[i][self.home] if counts else 1.0) for i, people in enumerate(self.people)]
        least: Floats = np.min([sums(people * self.surely) for people in both], axis=0)
        most: Floats = np.max([sums(people) for people in both], axis=0)
        return least, most

    def of_sites(self) -> Ends:
        """Return the people who gain from each site, at least and at most, shape (M,) each."""
        count = len(self.question.sites)
        return self.summed(lambda people: np.bincount(self.site, people, minlength=count).astype(float))

    def served(self) -> Ends:
        """Return the people of each home who gain at most, by both ways of placing them, shape (O,) each."""
        count = len(self.question.demand.people)
        by_floor: Floats = np.bincount(self.home, self.people[0], minlength=count).astype(float)
        by_footprint: Floats = np.bincount(self.home, self.people[1], minlength=count).astype(float)
        return by_floor, by_footprint

    def served_alone(self) -> Ends:
        """Return the people of each home who gain if only those come who surely have no hub, shape (O,) each."""
        by_floor, by_footprint = (
            one.weight * locate.allocate(one, self.question.cutoff_s, self.added).sum(axis=1)
            for one in self._sure_problems
        )
        return by_floor, by_footprint

    def more(self, sites: Ints, others: Ints) -> tuple[float, float]:
        """Return how many more people some new sites serve than others do, at least and at most.

        At least: only those come who surely have no hub. With more people to serve no site is worth less, so that
        whoever comes of those of whom it is not known, the number lies between the two.
        """
        cutoff_s = self.question.cutoff_s
        served = [
            [locate.servable(one, cutoff_s, np.sort(some)) for some in (sites, others)]
            for one in (*self._sure_problems, *self.problems)
        ]
        more = [many - few for many, few in served]
        return min(more), max(more)

    def lost_without(self, column: int) -> tuple[float, float]:
        """Return the people who gain and would not if one new site were left out, at least and at most."""
        return self.more(self.added, self.added[self.added != column])

    def by_group(self, tables: Tables) -> pd.DataFrame:
        """Return table ``hub_gains``: who gains from each new site, by area, age group, cluster and society."""
        parts = [self._rows(zoning.key, *cells) for zoning in tables.zonings for cells in self._areas(tables, zoning)]
        return pd.concat([*parts, *self._of_facts(tables)], ignore_index=True)

    def _areas(self, tables: Tables, zoning: Zoning) -> Iterator[tuple[str, str, np.ndarray, Ends]]:
        """Yield, for the whole and for each age group, the unit of every home and what each of its people counts."""
        areas = Inhabited(zoning)
        unit, scale = areas.ids[areas.unit], areas.scale(*self.question.demand.placings)
        yield "", TOTAL, unit, (np.ones(len(unit)), scale)
        for group, share in self._age_shares(tables).items():
            of_age = share.to_numpy(float)
            yield "age", str(group), unit, (of_age, of_age * scale)

    def _age_shares(self, tables: Tables) -> pd.DataFrame:
        """Return the share of each home's people in each age group; nothing where the source has no such bands."""
        if tables.origin_people.empty:
            return pd.DataFrame(index=self.question.demand.ids)
        counted = tables.origin_people.pivot(index="origin_id", columns="group", values="people")
        counted = counted.reindex(self.question.demand.ids).drop(columns=TOTAL, errors="ignore").astype(float)
        people = pd.Series(self.question.demand.people, self.question.demand.ids)
        return counted.div(people.where(people > 0), axis=0)

    def _of_facts(self, tables: Tables) -> Iterator[pd.DataFrame]:
        for fact in FACTS:
            label = tables.label(fact)
            for group in sorted(label.dropna().unique()):
                is_of = (label == group).to_numpy()
                counts = is_of * 1.0, is_of * 1.0
                yield self._rows(CITY, fact, str(group), np.full(len(is_of), "", object), counts)

    def _rows(self, zoning: str, group_by: str, group: str, unit: np.ndarray, counts: Ends) -> pd.DataFrame:
        """Sum those who gain over sites and units; a count NaN: the group of that home is not counted."""
        cells = pd.DataFrame({"site": self.site, "zone_id": unit[self.home]})
        of_cells = cells.groupby(["site", "zone_id"])
        cell, summed = of_cells.ngroup(), of_cells.size().reset_index()

        def sums(numbers: Floats) -> Floats:
            return np.asarray(pd.Series(numbers).groupby(cell).sum(), np.float64)

        low, high = self.summed(sums, counts)
        people = self.people[0] * counts[0][self.home]
        timed = sums(np.where(np.isnan(self.saved_s), 0.0, people))
        saved = sums(self.saved_s * people)
        site_ids = self.question.sites["site_id"].to_numpy(object)[summed["site"].to_numpy(np.int64)]
        return pd.DataFrame(
            {
                "site_id": site_ids,
                "zoning": zoning,
                "zone_id": summed["zone_id"],
                "group_by": group_by,
                "group": group,
                "people_low": low,
                "people_high": high,
                "saved_s": np.divide(saved, timed, out=np.full(len(timed), np.nan), where=timed > 0),
            }
        )
