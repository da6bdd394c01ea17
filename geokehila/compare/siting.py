"""Where two runs of a city put its hubs: which came, went and were built, who gains by each, what was asked otherwise.

A site is one in both runs where its id is and it stands within 30 m.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

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
    "stands_as",
    "listed",
    *NAME_COLUMNS,
    *(f"{name}{when}" for name in NUMBERS for when in ("_before", "")),
)
#: What the municipality's list tells of a site, or does not.
TOLD = ("price", "capacity", "choice")
CANDIDATES = ("site_id", "listed", *NAME_COLUMNS, *(f"{name}{when}" for name in TOLD for when in ("_before", "")))
CAME, STAYED, WENT, BUILT = "recommended", "still recommended", "not recommended", "built"
THERE, NOT_THERE = "there now", "not there now"


@dataclass(frozen=True, eq=False, repr=False)
class Siting(Brief):
    """What became of the hubs between two runs.

    Attributes
    ----------
    sites
        A row for every site that one of the runs recommends, and every hub that is there in only one: `site_id`,
        `change`, `stands_as` (the id of the new hub within 30 m of a site that was recommended, where it is another
        one), `listed` (what the municipality's list calls it, "" where it has none) and names as the newer run has
        them, and of both runs `rank`, `people_low` and `people_high` (who gains by the site; missing where it is not
        recommended) and `price` (missing: not known).
    candidates
        A row for every site of both runs of which something else is told: `price`, `capacity` and `choice` of both.
    asked
        What was asked otherwise, then and now, by its name in table ``[hubs]``; None is no limit, or not known.
    sums
        Of all hubs together, then and now: ``gain`` and ``left``, people who gain and who have none then, at least and
        at most, what the chosen sites take, ``spent``, what must be built beside them, ``must``, and ``both``; None is
        not known.

    Examples
    --------
    >>> from geokehila.compare import compare
    >>> compare("dimona", "dimona").siting.asked  # doctest: +SKIP
    {}
    """

    sites: pd.DataFrame
    candidates: pd.DataFrame
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
        return Siting(pd.DataFrame(columns=[*COLUMNS]), pd.DataFrame(columns=[*CANDIDATES]), {}, {})
    then, now = _keyed(before.tables["hubs"], after.tables["hubs"])
    built = _built(then, now)
    stands_as = pd.Series({key: now_id for (now_id, _), key in built.items()}, dtype=object)
    pairs = _joined(then, now.set_axis(now.index.map(lambda key: built.get(key, key))), "outer")
    status = pairs[["status_before", "status"]].fillna("").itertuples(index=False, name=None)
    table = pairs.assign(change=[_change(*stati) for stati in status])
    table = table.assign(stands_as=stands_as.reindex(table.index).fillna(""))
    table = table[table["change"] != ""].reset_index(names=["site_id", "turn"])
    table = table.sort_values(["rank", "rank_before", "site_id", "turn"], ignore_index=True)
    ends = [_sums(side) for side in (before, after)]
    sums = {name: (ends[0][name], ends[1][name]) for name in ends[0]}
    return Siting(table[[*COLUMNS]], _told_otherwise(before, after), _asked(before, after), sums)


def _keyed(before: pd.DataFrame, after: pd.DataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return tables of sites by their id and a turn, which is the same in both where the site is."""
    then, now = (gpd.GeoDataFrame(table).set_index("site_id") for table in (before, after))
    both = then.index.intersection(now.index)
    elsewhere = both[then.geometry[both].distance(now.geometry[both], align=False) > SAME_PLACE_M]
    one, other = (
        sites.set_index([sites.index, sites.index.isin(elsewhere) * turn]) for sites, turn in ((then, 1), (now, 2))
    )
    return one, other


def _joined(then: gpd.GeoDataFrame, now: gpd.GeoDataFrame, how: Literal["inner", "outer"]) -> pd.DataFrame:
    """Return what both runs tell of each site, called as the newer one calls it."""
    pairs: pd.DataFrame = now.drop(columns="geometry").join(
        then.drop(columns="geometry").add_suffix("_before"), how=how
    )
    return pairs.assign(**{name: pairs[name].fillna(pairs[f"{name}_before"]) for name in ("listed", *NAME_COLUMNS)})


def _built(then: gpd.GeoDataFrame, now: gpd.GeoDataFrame) -> dict[Any, Any]:
    """Return by the key of each new hub that of the site, recommended before, that it stands at: the nearest first."""
    sites = then[(then["status"] == RECOMMENDED) & ~then.index.isin(now.index)].geometry
    hubs = now[(now["status"] == EXISTING) & ~now.index.isin(then.index)].geometry
    one, other = hubs.sindex.query(sites, predicate="dwithin", distance=SAME_PLACE_M)
    away = shapely.distance(sites.to_numpy()[one], hubs.to_numpy()[other])
    found: dict[Any, Any] = {}
    for i in np.lexsort((other, one, away)):
        if hubs.index[other[i]] not in found and sites.index[one[i]] not in found.values():
            found[hubs.index[other[i]]] = sites.index[one[i]]
    return found


def _told_otherwise(before: Side, after: Side) -> pd.DataFrame:
    """Return the sites of both runs of which another price, capacity or choice is told."""
    if not ("candidates" in before.tables and "candidates" in after.tables):
        return pd.DataFrame(columns=[*CANDIDATES])
    pairs = _joined(*_keyed(before.tables["candidates"], after.tables["candidates"]), "inner")
    then, now = pairs[[f"{name}_before" for name in TOLD]].set_axis([*TOLD], axis=1), pairs[[*TOLD]]
    differs = (then.ne(now) & (then.notna() | now.notna())).any(axis=1)
    table = pairs[differs].reset_index(names=["site_id", "turn"])
    return table[[*CANDIDATES]].sort_values("site_id", ignore_index=True)


def _sums(side: Side) -> dict[str, Any]:
    """Return who gains by all hubs of a run together, what they take, and who has none then."""
    record, left = side.record["hubs"], side.tables["hub_left"]
    ends = left.loc[left["zoning"] == CITY, ["then_low", "then_high"]].iloc[0].tolist()
    spent, must = record["spent"], None if record.get("must_unpriced") else record.get("must_price")
    both = None if spent is None or must is None else spent + must
    return {"gain": record["people_gain"], "spent": spent, "must": must, "both": both, "left": ends}


def _change(then: str, now: str) -> str:
    """Return what became of a site, "" where it is a hub in both runs."""
    if now == RECOMMENDED:
        return STAYED if then == RECOMMENDED else CAME
    if now == EXISTING:
        return {EXISTING: "", RECOMMENDED: BUILT}.get(then, THERE)
    return WENT if then == RECOMMENDED else NOT_THERE


def _asked(before: Side, after: Side) -> dict[str, tuple[Any, Any]]:
    then, now = (side.record["parameters"]["hubs"] for side in (before, after))
    return {name: (then[name], now[name]) for name in now if name in then and then[name] != now[name]}
