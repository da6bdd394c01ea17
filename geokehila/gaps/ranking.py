"""Units of a zoning in the order of the people whom a gap concerns; what cannot be believed has no place in it."""

from __future__ import annotations

import pandas as pd

from geokehila.gaps.belief import PARTIAL
from geokehila.gaps.groups import EVERYBODY
from geokehila.schema import MEASURED, THIN
from geokehila.zones.people import SAME
from geokehila.zones.standing import standing

#: What is ranked; all but `measured` with this flag beside it.
RANKED = (MEASURED, THIN, PARTIAL)


def ranked(frame: pd.DataFrame) -> pd.DataFrame:
    """Return table ``gaps`` with `rank` and `need_rank`, 1 first, within each zoning and category.

    By people surely beyond, then by those who may be, then by zone_id; the other by people times need before that. Only
    of everybody in a unit, where somebody is surely beyond and the count can be believed. `rank_first` and `rank_last`
    are the places between which it may stand: of a unit at least those are beyond who are by both its numbers, what the
    map shows and what two lists make likely, and at most those who may be.

    Examples
    --------
    >>> rows = {"zoning": "zone", "zone_id": ["a", "b", "c"], "category": "clinic", "group_by": "",
    ...         "reliability": ["measured", "thin", "few people"], "beyond_low": [5.0, 9.0, 7.0],
    ...         "beyond_high": [5.0, 9.0, 7.0], "likely_low": float("nan"), "need_people": float("nan")}
    >>> found = ranked(pd.DataFrame(rows))
    >>> found[["rank", "rank_first", "rank_last"]].to_numpy().tolist()
    [[2.0, 2.0, 3.0], [1.0, 1.0, 1.0], [nan, nan, nan]]
    """
    # Sums of the same people in another order are the same.
    sums = frame[["need_people", "beyond_low", "beyond_high", "likely_low"]].round(SAME)
    can_be = (frame["group_by"] == EVERYBODY) & frame["reliability"].isin(RANKED) & (sums["beyond_low"] > 0)
    keys = pd.concat([frame[["zoning", "category", "zone_id"]], -sums], axis=1)[can_be]
    is_rival = (frame["group_by"] == EVERYBODY) & ~can_be & (sums["beyond_high"] > 0)
    rank = _places(keys, ["beyond_low", "beyond_high"])
    need_rank = _places(keys.dropna(subset="need_people"), ["need_people", "beyond_low", "beyond_high"])
    placed = frame.assign(rank=rank.reindex(frame.index), need_rank=need_rank.reindex(frame.index))
    return placed.join(_between(frame.assign(**sums), can_be, is_rival))


def _between(frame: pd.DataFrame, can_be: pd.Series, is_rival: pd.Series) -> pd.DataFrame:
    """Return the first and the last place of the rows that have one; rivals have none and may stand before."""
    least = frame[["beyond_low", "likely_low"]].min(axis=1)
    found = pd.DataFrame(float("nan"), frame.index, ["rank_first", "rank_last"])
    for rows in frame.groupby(["zoning", "category"]).groups.values():
        mine, rivals = rows[can_be[rows]], rows[is_rival[rows]]
        high = frame["beyond_high"]
        first, last = standing(least[mine].to_numpy(), high[mine].to_numpy(), high[rivals].to_numpy())
        found.loc[mine, "rank_first"], found.loc[mine, "rank_last"] = first, last
    return found


def _places(keys: pd.DataFrame, by: list[str]) -> pd.Series:
    """Number rows within each zoning and category."""
    ordered = keys.sort_values([*by, "zone_id"])
    places: pd.Series = ordered.groupby(["zoning", "category"]).cumcount() + 1.0
    return places
