"""Units of a zoning in the order of the people whom a gap concerns; what cannot be believed has no place in it."""

from __future__ import annotations

import pandas as pd

from geokehila.gaps.belief import PARTIAL
from geokehila.gaps.beyond import SAME
from geokehila.gaps.groups import EVERYBODY
from geokehila.schema import MEASURED, THIN

#: What is ranked; all but `measured` with this flag beside it.
RANKED = (MEASURED, THIN, PARTIAL)


def ranked(frame: pd.DataFrame) -> pd.DataFrame:
    """Return table ``gaps`` with `rank` and `need_rank`, 1 first, within each zoning and category.

    By people surely beyond, then by those who may be, then by zone_id; the other by people times need before that. Only
    of everybody in a unit, where somebody is surely beyond and the count can be believed.

    Examples
    --------
    >>> rows = {"zoning": "zone", "zone_id": ["a", "b", "c"], "category": "clinic", "group_by": "",
    ...         "reliability": ["measured", "thin", "few people"], "beyond_low": [5.0, 9.0, 7.0],
    ...         "beyond_high": [5.0, 9.0, 7.0], "need_people": float("nan")}
    >>> ranked(pd.DataFrame(rows))["rank"].tolist()
    [2.0, 1.0, nan]
    """
    # Sums of the same people in another order are the same.
    sums = frame[["need_people", "beyond_low", "beyond_high"]].round(SAME)
    can_be = (frame["group_by"] == EVERYBODY) & frame["reliability"].isin(RANKED) & (sums["beyond_low"] > 0)
    keys = pd.concat([frame[["zoning", "category", "zone_id"]], -sums], axis=1)[can_be]
    rank = _places(keys, ["beyond_low", "beyond_high"])
    need_rank = _places(keys.dropna(subset="need_people"), ["need_people", "beyond_low", "beyond_high"])
    return frame.assign(rank=rank.reindex(frame.index), need_rank=need_rank.reindex(frame.index))


def _places(keys: pd.DataFrame, by: list[str]) -> pd.Series:
    """Number rows within each zoning and category."""
    ordered = keys.sort_values([*by, "zone_id"])
    places: pd.Series = ordered.groupby(["zoning", "category"]).cumcount() + 1.0
    return places
