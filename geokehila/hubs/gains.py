"""Who gains from the new hubs: people by site, area, age and group, and the minutes that they save."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from geokehila import locate
from geokehila.analyses.tables import Tables
from geokehila.hubs.choosing import Question
from geokehila.hubs.walked import nearest_s
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.zones import CITY, TOTAL
from geokehila.zones.inhabited import Inhabited

#: Facts of zones by which those who gain are told apart.
FACTS = ("ses_cluster", "society")


@dataclass(frozen=True, eq=False)
class Gains:
    """Homes and what the new hubs of one answer change for them, O homes and M sites.

    A home gains where no hub is within the cutoff now, or nobody knows, and one is then.
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
    def site(self) -> Ints:
        """Column of the new site that each home walks to, -1 where none is nearer than what there is."""
        near, column = self._nearest_new
        chosen: Ints = np.where(near < self.old_s, column, -1)
        return chosen

    @cached_property
    def new_s(self) -> Floats:
        """[s] Walk to the nearest hub then."""
        least: Floats = np.minimum(self.old_s, self._nearest_new[0])
        return least

    @cached_property
    def served(self) -> Floats:
        """Share of each home's people that its site has room for, 1 where capacities leave nobody out."""
        weight = self.question.demand.people * self.question.demand.weight
        if np.isinf(self.question.problem.sites.capacity[self.added]).all():
            return np.ones(len(weight))
        # The answer may be for planned dwellings, too, which stand behind the homes.
        return np.divide(self.siting.served[: len(weight)], weight, out=np.zeros(len(weight)), where=weight > 0)

    @cached_property
    def may_gain(self) -> Flags:
        """Homes that gain, or may: no hub is known to be within the cutoff now."""
        cutoff_s = self.question.cutoff_s
        found: Flags = self.question.demand.may_be_beyond & (self.new_s <= cutoff_s) & (self.site >= 0)
        return found

    @cached_property
    def gains(self) -> Flags:
        """Homes that surely gain."""
        found: Flags = self.may_gain & self.question.demand.is_beyond
        return found

    def summed(self, sums: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
        """Sum the people who gain, at least and at most, whichever way of placing people in homes tells so.

        Parameters
        ----------
        sums
            Takes a number a home, shape (O,), and returns a number a unit.
        """
        placings = [people * self.served for people in self.question.demand.placings]
        least: Floats = np.min([sums(people * self.gains) for people in placings], axis=0)
        most: Floats = np.max([sums(people * self.may_gain) for people in placings], axis=0)
        return least, most

    @cached_property
    def _nearest_new(self) -> tuple[Floats, Ints]:
        """[s] Walk to the nearest new site, and its column; of equally near ones the first."""
        count = len(self.question.demand.people)
        walk_s, column = np.full(count, np.inf), np.full(count, -1)
        for new in self.added:
            here = self.question.walks[:, [new]].tocoo()
            nearer = here.row[here.data < walk_s[here.row]]
            column[nearer] = new
            np.minimum.at(walk_s, here.row, here.data)
        return walk_s, column

    def lost_without(self, column: int) -> float:
        """Return the people who gain, at most, and would not if one new site were left out."""
        others = self.added[self.added != column]
        walk_s = np.minimum(self.old_s, nearest_s(self.question.walks, others))
        only_here = self.may_gain & (walk_s > self.question.cutoff_s)
        return float(self.summed(lambda people: people[only_here].sum())[1])

    def by_group(self, tables: Tables) -> pd.DataFrame:
        """Return table ``hub_gains``: who gains from each new site, by area, age group, cluster and society."""
        parts = [self._rows(zoning.key, *cells) for zoning in tables.zonings for cells in self._areas(tables, zoning)]
        return pd.concat([*parts, *self._of_facts(tables)], ignore_index=True)

    def _areas(self, tables: Tables, zoning: object) -> Iterator[tuple[str, str, np.ndarray, Floats]]:
        """Yield, for the whole and for each age group, the unit of every home and the share of its people counted."""
        areas = Inhabited(zoning)  # type: ignore[arg-type]
        unit = areas.ids[areas.unit]
        yield "", TOTAL, unit, np.ones(len(unit))
        for group, share in self._age_shares(tables).items():
            yield "age", str(group), unit, share.to_numpy(float)

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
                yield self._rows(CITY, fact, str(group), np.full(len(is_of), "", object), is_of * 1.0)

    def _rows(self, zoning: str, group_by: str, group: str, unit: np.ndarray, share: Floats) -> pd.DataFrame:
        """Sum those who gain over sites and units; share NaN: the group of that home is not counted."""
        cells = pd.DataFrame({"site": self.site, "zone_id": unit})[self.may_gain]
        of_cells = cells.groupby(["site", "zone_id"])

        def sums(numbers: Floats) -> Floats:
            return np.asarray(pd.Series(numbers * share)[self.may_gain].groupby(cell).sum(), np.float64)

        cell, summed = of_cells.ngroup(), of_cells.size().reset_index()
        low, high = self.summed(sums)
        people = self.question.demand.people * self.served
        saved_s = np.where(np.isfinite(self.old_s), self.old_s, np.nan) - self.new_s
        timed = sums(np.where(np.isnan(saved_s), 0.0, people))
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
                "saved_s": np.divide(sums(saved_s * people), timed, out=np.full(len(timed), np.nan), where=timed > 0),
            }
        )
