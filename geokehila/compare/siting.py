"""Where two runs of a city put its hubs: which sites came and went, who gains by each, and what was asked otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from geokehila.brief import Brief
from geokehila.compare.sides import Side
from geokehila.hubs.choosing import EXISTING
from geokehila.hubs.told import RECOMMENDED
from geokehila.merging import SAME_PLACE_M
from geokehila.names import NAME_COLUMNS
from geokehila.zones import CITY

NUMBERS = ("rank", "people_low", "people_high", "price")
COLUMNS = (
    "site_id",
    "change",
    "listed",
    *NAME_COLUMNS,
    *(f"{name}{when}" for name in NUMBERS for when in ("_before", "")),
)
CAME, STAYED, WENT = "recommended", "still recommended", "not recommended"
THERE, NOT_THERE = "there now", "not there now"


@dataclass(frozen=True, eq=False, repr=False)
class Siting(Brief):
    """What became of the hubs between two runs.

    Attributes
    ----------
    sites
        A row for every site that one of the runs recommends, and every hub that is there in only one: `site_id`,
        `change`, `listed` (what the municipality's list calls it, "" where it has none) and names as the newer run has
        them, and of both runs `rank`, `people_low` and `people_high` (who gains by the site; missing where it is not
        recommended) and `price` (missing: not known). A site is one in both runs where its id is and it stands within
        30 m.
    asked
        What was asked otherwise, then and now, by its name in table ``[hubs]``; None is no limit, or not known.
    sums
        Of all hubs together, then and now: ``gain`` and ``left``, people who gain and who have none then, at least and
        at most, and ``spent`` of a budget; None is not known.

    Examples
    --------
    >>> from geokehila.compare import compare
    >>> compare("dimona", "dimona").siting.asked  # doctest: +SKIP
    {}
    """

    sites: pd.DataFrame
    asked: Mapping[str, tuple[Any, Any]]
    sums: Mapping[str, tuple[Any, Any]]

    def _title(self) -> str:
        return f"Siting of {len(self.sites)} hubs, {len(self.asked)} wishes differ"


def siting(before: Side, after: Side) -> Siting:
    """Hold the hubs of two runs of one city against one another; of a run that looked for none nothing is told.

    Parameters
    ----------
    before, after
        The runs, the older first, as they were kept.

    Examples
    --------
    >>> side = Side.read("dimona")  # doctest: +SKIP
    >>> {*siting(side, side).sites["change"]} <= {STAYED}  # doctest: +SKIP
    True
    """
    if not ("hubs" in before.tables and "hubs" in after.tables):
        return Siting(pd.DataFrame(columns=[*COLUMNS]), {}, {})
    then, now = (gpd.GeoDataFrame(side.tables["hubs"]).set_index("site_id") for side in (before, after))
    both = then.index.intersection(now.index)
    elsewhere = both[then.geometry[both].distance(now.geometry[both], align=False) > SAME_PLACE_M]
    one, other = (
        hubs.drop(columns="geometry").set_index([hubs.index, hubs.index.isin(elsewhere) * turn])
        for hubs, turn in ((then, 1), (now, 2))
    )
    pairs = other.join(one.add_suffix("_before"), how="outer")
    status = pairs[["status_before", "status"]].fillna("").itertuples(index=False, name=None)
    named = {name: pairs[name].fillna(pairs[f"{name}_before"]) for name in ("listed", *NAME_COLUMNS)}
    table = pairs.assign(change=[_change(*stati) for stati in status], **named)
    table = table[table["change"] != ""].reset_index(names=["site_id", "turn"])
    table = table.sort_values(["rank", "rank_before", "site_id", "turn"], ignore_index=True)
    ends = [_sums(side) for side in (before, after)]
    return Siting(table[[*COLUMNS]], _asked(before, after), {name: (ends[0][name], ends[1][name]) for name in ends[0]})


def _sums(side: Side) -> dict[str, Any]:
    """Return who gains by all hubs of a run together, what is spent, and who has none then."""
    record, left = side.record["hubs"], side.tables["hub_left"]
    ends = left.loc[left["zoning"] == CITY, ["then_low", "then_high"]].iloc[0].tolist()
    return {"gain": record["people_gain"], "spent": record["spent"], "left": ends}


def _change(then: str, now: str) -> str:
    """Return what became of a site, "" where it is a hub in both runs."""
    if now == RECOMMENDED:
        return STAYED if then == RECOMMENDED else CAME
    if now == EXISTING:
        return "" if then == EXISTING else THERE
    return WENT if then == RECOMMENDED else NOT_THERE


def _asked(before: Side, after: Side) -> dict[str, tuple[Any, Any]]:
    then, now = (side.record["parameters"]["hubs"] for side in (before, after))
    return {name: (then[name], now[name]) for name in now if name in then and then[name] != now[name]}
