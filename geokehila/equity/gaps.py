"""The gap between the best and the worst served group of people, in percentage points, at least and at most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.analyses.tables import Tables
from geokehila.catalogue import Catalogue
from geokehila.equity.groups import AGE, FACTS, NOBODY, NOT_TOLD, ONE_GROUP, rows
from geokehila.reach.arrays import Flags, Floats, Ints
from geokehila.schema import REFERENCE
from geokehila.zones import CITY, TOTAL, Homes, Zoning, summarise

#: No group is certain to be better served than another.
OVERLAP = "intervals overlap"
_SHARE, _MEDIAN, _PEOPLE = "share", "median_s", "people"


@dataclass(frozen=True, eq=False)
class Gap:
    """Gaps of M measures between the best and the worst served of G groups, as shares, shape (M,).

    Attributes
    ----------
    low, high
        The gap at least and at most, 0 to 1.
    best, worst
        Rows of the two groups that are `low` apart for certain; where that is 0 they tell nothing.
    """

    low: Floats
    high: Floats
    best: Ints
    worst: Ints

    @classmethod
    def between(cls, low: Floats, high: Floats) -> Gap:
        """Compare groups whose share is from `low` to `high`, shape (G, M) with two groups at least.

        The true shares may lie anywhere in their intervals. They are no closer together than the highest `low` is above
        the lowest `high`, and no farther apart than any `high` is above the `low` of another group; both can be so.

        Examples
        --------
        >>> gap = Gap.between(np.array([[0.5], [0.9]]), np.array([[0.6], [1.0]]))
        >>> gap.low.round(2).tolist(), gap.high.tolist(), gap.best.tolist(), gap.worst.tolist()
        ([0.3], [0.5], [1], [0])
        """
        best, worst, every = low.argmax(axis=0), high.argmin(axis=0), np.arange(len(low))
        least: Floats = np.maximum(low.max(axis=0) - high.min(axis=0), 0.0)
        apart = high[:, None, :] - low[None, :, :]
        apart[every, every] = -np.inf
        return cls(least, np.maximum(apart.max(axis=(0, 1)), least), best, worst)


def stems(catalogue: Catalogue) -> list[str]:
    """Return what gaps are told of: every scored domain, all of them together, and every required category."""
    scored = [key for key in catalogue.domains if catalogue.deciding(key)]
    required = [category.key for key in scored for category in catalogue.deciding(key)]
    return [*(f"domain_{key}" for key in scored), "independent", *(f"category_{key}" for key in required)]


def between_groups(tables: Tables, scores: pd.DataFrame, of_zones: pd.DataFrame) -> pd.DataFrame:
    """Return rows of table ``equity``: shares and median walks of every group, and the gaps between groups.

    Parameters
    ----------
    scores
        An adult's, rows as in `tables.origins`.
    of_zones
        Table ``zone_scores``: the city's rows by age group.
    """
    of_groups = {fact: _of_fact(tables, scores, fact) for fact in FACTS} | {AGE: _of_ages(of_zones)}
    least = tables.study.catalogue.standards["equity_group_people"].value
    parts = [part for key, summed in of_groups.items() for part in _rows(tables.study.catalogue, key, summed, least)]
    return rows(pd.concat([*parts, _known(tables)], ignore_index=True))


def _known(tables: Tables) -> pd.DataFrame:
    """Tell of how many of the people the group is known."""
    people = tables.origins["people"].to_numpy(float)
    total = people.sum()
    shares = {fact: people[tables.label(fact).notna()].sum() / total if total else np.nan for fact in FACTS}
    told: list[dict[str, Any]] = [
        {"measure": _PEOPLE, "group_by": fact, "statistic": "known_share", "value": share, "low": share, "high": share}
        for fact, share in shares.items()
    ]
    return rows({**row, "reason": "" if total else NOBODY} for row in told)


def _of_fact(tables: Tables, scores: pd.DataFrame, fact: str) -> pd.DataFrame:
    """Sum an adult's scores over the groups that a fact of zones makes: rows of table ``zone_scores``."""
    label = tables.label(fact)
    known: Flags = label.notna().to_numpy()
    catalogue, origins = tables.study.catalogue, tables.origins[known]
    wanted = [f"{stem}_state" for stem in stems(catalogue)]
    walks = [column.replace("_state", "_s") for column in wanted if column.startswith("category_")]
    groups, of_home = np.unique(label[known].to_numpy(str), return_inverse=True)
    units = gpd.GeoDataFrame({"zone_id": groups.astype(object)}, geometry=[None] * len(groups))
    total = tables.origin_people[tables.origin_people["group"] == TOTAL]
    horizon = catalogue.standards["horizon"].value
    homes = Homes(
        scores.loc[known, [*wanted, *walks]], origins["border_s"].to_numpy(float), horizon, f"> {horizon / 60:g} min"
    )
    summed = summarise({REFERENCE: homes}, (Zoning(fact, units, of_home),), origins, total)
    return summed.assign(group=summed["zone_id"])


def _of_ages(of_zones: pd.DataFrame) -> pd.DataFrame:
    """Return the city's rows by age group."""
    city = (of_zones["zoning"] == CITY) & (of_zones["profile"] == REFERENCE) & (of_zones["group"] != TOTAL)
    return of_zones[city]


def _rows(catalogue: Catalogue, group_by: str, summed: pd.DataFrame, least: float) -> Iterator[pd.DataFrame]:
    """Tell of every group, and of the gaps between those that are large enough."""
    wanted = stems(catalogue)
    names = {f"{stem}_share": (stem, _SHARE) for stem in wanted} | {
        f"{stem}_median_s": (stem, _MEDIAN) for stem in wanted
    }
    names |= {_PEOPLE: (_PEOPLE, _PEOPLE)}
    told = summed[summed["measure"].isin(names)]
    people = told[told["measure"] == _PEOPLE].set_index("group")["value"]
    small = ~told["group"].map(people).ge(least)
    measure, statistic = (told["measure"].map({name: pair[i] for name, pair in names.items()}) for i in (0, 1))
    too_few = small & (statistic != _PEOPLE)
    groups = told.assign(measure=measure, statistic=statistic, group_by=group_by, zoning=CITY, zone_id="")
    groups[["value", "low", "high"]] = groups[["value", "low", "high"]].mask(too_few)
    yield rows(groups.assign(reason=told["reason"].fillna("").mask(too_few, f"fewer than {least:g} people")))
    shares = groups[~small & (statistic == _SHARE)].pivot(index="group", columns="measure", values=["low", "high"])
    yield _gaps(group_by, wanted, shares)


def _gaps(group_by: str, wanted: list[str], shares: pd.DataFrame) -> pd.DataFrame:
    """Tell the gaps between groups: their shares by group and (low or high, measure)."""
    count = len(shares)
    both = [{"measure": stem, "group_by": group_by, "groups_count": count} for stem in wanted]
    if count < 2:
        return rows({**row, "statistic": "gap_pp", "reason": ONE_GROUP if count else NOT_TOLD} for row in both)
    low, high = (shares[[(end, stem) for stem in wanted]].to_numpy(float) for end in ("low", "high"))
    gap, told = Gap.between(low, high), []
    for m, row in enumerate(both):
        reason = "" if gap.low[m] > 0 else OVERLAP
        told.append(
            {**row, "statistic": "gap_pp", "low": 100 * gap.low[m], "high": 100 * gap.high[m], "reason": reason}
        )
        for statistic, group in (("best_share", gap.best[m]), ("worst_share", gap.worst[m])) if not reason else ():
            ends = {"group": str(shares.index[group]), "low": low[group, m], "high": high[group, m]}
            told.append({**row, "statistic": statistic, **ends})
    return rows(told)
