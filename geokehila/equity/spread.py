"""How unevenly walks, and the number of domains in reach, are spread over the people of a city."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geokehila.analyses.tables import Tables
from geokehila.equity import inequality
from geokehila.equity.groups import CLUSTER, NOBODY, NOT_TOLD, ONE_GROUP, rows
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.schema import BEYOND, NOT_KNOWN, REACHED
from geokehila.zones import CITY

#: Reasons: everybody has none of it, so that no share of it can be told; the least that counts is none.
ALL_ZERO, ZERO_BELOW = "all are 0", "the lower one is 0"
LOCALITY = "locality"


@dataclass(frozen=True, eq=False)
class _Measure:
    """One number of each home.

    ``x``: domains in reach, or a walk [min] that counts as the horizon beyond it, shape (O,); ``known``: where it is;
    ``cutoff``: of a walk [min], 0 of what is no walk; ``censored``: walks beyond the horizon.
    """

    tables: Tables
    key: str
    x: Floats
    known: Flags
    cutoff: float
    censored: Flags

    @cached_property
    def people(self) -> Floats:
        """People of each home, 0 where the number is not known."""
        return np.where(self.known, self.tables.origins["people"].to_numpy(float), 0.0)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Tell every index of it."""
        counted = self.people.sum()
        yield self._row("known_share", self._of_all(counted), NOBODY)
        yield self._row("gini", inequality.gini(self.x, self.people))
        yield self._row("p90_p10", *self._p90_p10())
        if self.cutoff:
            yield self._row("censored_share", (self.people * self.censored).sum() / counted if counted else np.nan)
            for power in (0, 1, 2):
                yield self._row(f"fgt{power}", inequality.poverty(self.x, self.people, self.cutoff, power))
        yield from self._theil()
        yield from self._by_cluster()

    def _row(self, statistic: str, value: float, why: str = "", group_by: str = "", groups: int = 0) -> dict[str, Any]:
        """Return a row; a missing value has the reason that is given, else the plainest."""
        why = "" if np.isfinite(value) else why or self._why_none
        ends = {"low": value, "high": value} if statistic.endswith("_share") else {}
        told = {"statistic": statistic, "value": value, **ends, "reason": why}
        return {"measure": self.key, "group_by": group_by, "groups_count": groups, **told}

    @property
    def _why_none(self) -> str:
        if self.people.sum() > 0:
            return ALL_ZERO
        return NOT_KNOWN if self.tables.origins["people"].sum() > 0 else NOBODY

    def _p90_p10(self) -> tuple[float, str]:
        upper, lower = (inequality.percentile(self.x, self.people, share) for share in (0.9, 0.1))
        return (np.nan, ZERO_BELOW) if lower == 0 else (upper / lower, "")

    def _theil(self) -> Iterator[dict[str, Any]]:
        """Tell Theil's T and its parts between and within localities, and each way of dividing the city."""
        total = inequality.theil(self.x, self.people)
        yield self._row("theil", total)
        for key, group in _divisions(self.tables).items():
            between = inequality.theil_between(self.x, self.people, group)
            within = max(total - between, 0.0) if np.isfinite(total) else np.nan
            groups = len(np.unique(group[self.people > 0]))
            yield self._row("theil_between", between, group_by=key, groups=groups)
            yield self._row("theil_within", within, group_by=key, groups=groups)

    def _by_cluster(self) -> Iterator[dict[str, Any]]:
        """Tell what needs a socio-economic order, of the people whose cluster is known."""
        cluster = pd.to_numeric(self.tables.label(CLUSTER)).to_numpy(float)
        told = np.isfinite(cluster)
        x, people, rank = self.x[told], self.people[told], cluster[told]
        count = len(np.unique(rank[people > 0]))
        alone = "" if count > 1 else ONE_GROUP if count else self._why_none if told.any() else NOT_TOLD
        index, ratio = (np.nan if alone else of(x, people, rank) for of in (inequality.concentration, inequality.palma))
        yield self._row("known_share", self._of_all(people.sum()), NOBODY, CLUSTER, count)
        yield self._row("concentration", index, alone, CLUSTER, count)
        yield self._row("palma", ratio, alone or ZERO_BELOW, CLUSTER, count)

    def _of_all(self, people: float) -> float:
        """Return the share of all people of the city."""
        total = float(self.tables.origins["people"].sum())
        return people / total if total else np.nan


def over_people(tables: Tables, scores: pd.DataFrame) -> pd.DataFrame:
    """Return rows of table ``equity``: indices of the walk to each required category, and of the domains in reach.

    Parameters
    ----------
    scores
        An adult's, rows as in `tables.origins`.
    """
    return rows(row for measure in _measures(tables, scores) for row in measure.rows())


def _measures(tables: Tables, scores: pd.DataFrame) -> Iterator[_Measure]:
    """Return the domains in reach, where all are known, and the walks, where it is known whether they are too long."""
    catalogue, never = tables.study.catalogue, np.zeros(len(scores), bool)
    known = scores["domains_unknown_count"].to_numpy() == 0
    yield _Measure(tables, "domains_reached", scores["domains_reached_count"].to_numpy(float), known, 0.0, never)
    horizon = catalogue.standards["horizon"].value / 60
    for category in (c for key in catalogue.domains for c in catalogue.deciding(key)):
        walk = scores[f"category_{category.key}_s"].fillna(np.inf).to_numpy(float) / 60
        settled = scores[f"category_{category.key}_state"].isin((REACHED, BEYOND)).to_numpy()
        key = f"walk_{category.key}_min"
        yield _Measure(tables, key, np.minimum(walk, horizon), settled, category.cutoff_min, walk > horizon)


def _divisions(tables: Tables) -> dict[str, Ints]:
    """Return the group of each home, numbered from 0: its locality, and its unit of every zoning but the city."""
    zone = tables.origins["zone_id"]
    is_coded = tables.study.zones.kind == "statistical_areas"
    locality = zone.str.rpartition("-")[0] if is_coded and len(zone) else pd.Series("", zone.index)
    areas = {zoning.key: zoning.of_home for zoning in tables.zonings if zoning.key != CITY}
    return {LOCALITY: pd.factorize(locality, sort=True)[0], **areas}
