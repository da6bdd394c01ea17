"""What lists that both of two runs read no longer tell, newly tell or call otherwise; none of it says what opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.compare.services import COLUMNS, LIST, Mark
from geokehila.compare.sides import Side
from geokehila.compare.standing import lists, name, near, parts, placed, roles, rows, told
from geokehila.names import NAME_COLUMNS, matching_key

GONE, NEW, RENAMED = "no longer in the list", "newly in the list", "renamed"


def listed(before: Side, after: Side, settled: pd.DataFrame, marks: Sequence[Mark] = ()) -> pd.DataFrame:
    """Return how the lists that both runs read differ, as far as nothing says what of it is real.

    Parameters
    ----------
    before, after
        Two runs of a city, the older first.
    settled
        What really opened or closed, as :func:`geokehila.compare.services.services` tells: no row of these.
    marks
        Of what a planner speaks, yes or no, nothing is told either.

    Returns
    -------
    DataFrame
        Columns as of `settled`. `change` is ``no longer in the list``, ``newly in the list`` (neither known to have
        closed or opened) or ``renamed``, with `name_before`; `note` names what stands within 30 m in the other run, or
        the id before where it is another.
    """
    of_then, of_now = lists(before), lists(after)
    both = {*of_then.values()} & {*of_now.values()}
    then, now = (_told_by(side, files, both) for side, files in ((before, of_then), (after, of_now)))
    old, new = _pairs(then, now)
    gone, came = then.drop(index=old), now.drop(index=new)
    known = {*zip(settled["category"], settled["place_id"], strict=True)}
    found = [*_apart(gone, GONE, placed(after)), *_apart(came, NEW, placed(before))]
    for mark in marks:
        known |= {(row["category"], row["place_id"]) for side in (gone, came) for row in rows(side[mark.means(side)])}
    found = [row for row in found if (row["category"], row["place_id"]) not in known]
    found += _renamed(then.loc[old], now.loc[new])
    table = pd.DataFrame(found, columns=[*COLUMNS]).assign(by=LIST)
    return table.sort_values(["category", "place_id", "change"], ignore_index=True)


def _told_by(side: Side, of_files: dict[str, str], wanted: set[str]) -> gpd.GeoDataFrame:
    """Return the places, a row a category, that one of the wanted lists tells of; numbered."""
    places = placed(side)
    is_told = [bool(roles(source, of_files) & wanted) for source in places["source"]]
    return places[is_told].reset_index(drop=True)


def _pairs(then: gpd.GeoDataFrame, now: gpd.GeoDataFrame) -> tuple[list[int], list[int]]:
    """Return which rows are one place: by its id, else the nearest within 30 m of those that are left."""
    numbered = {(row["category"], key): at for at, row in enumerate(rows(then)) for key in parts(row["source_id"])}
    pairs: dict[int, int] = {}
    for at, row in enumerate(rows(now)):
        for key in parts(row["source_id"]):
            pairs.setdefault(numbered.pop((row["category"], key), -1), at)
    pairs.pop(-1, None)
    taken = {*pairs.values()}
    old, new = near(then, now)
    apart = then.geometry.to_numpy()[old], now.geometry.to_numpy()[new]
    for i in np.argsort(gpd.GeoSeries(apart[0]).distance(gpd.GeoSeries(apart[1])).to_numpy(), kind="stable").tolist():
        one, other = int(old[i]), int(new[i])
        if one not in pairs and other not in taken:
            pairs[one] = other
            taken.add(other)
    return [*pairs], [*pairs.values()]


def _apart(places: gpd.GeoDataFrame, change: str, others: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    """Yield places that only one run's list has, with what of their category stands there in the other run."""
    beside: dict[int, list[str]] = {}
    for one, other in near(places, others).T.tolist():
        beside.setdefault(one, []).append(str(others["place_id"].iloc[other]))
    for at, row in enumerate(rows(places)):
        note = f"within 30 m stands {', '.join(sorted(beside[at]))}" if at in beside else ""
        yield {**told(row, change), "note": note}


def _renamed(then: gpd.GeoDataFrame, now: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    """Yield places that both lists have under names of which none is the same."""
    for old, new in zip(rows(then), rows(now), strict=True):
        names, were = ({matching_key(row[c]) for c in NAME_COLUMNS if isinstance(row[c], str)} for row in (new, old))
        if names and were and not names & were:
            note = "" if new["place_id"] == old["place_id"] else f"{old['place_id']} before"
            yield {**told(new, RENAMED), "name_before": name(old), "note": note}
