"""What those who move in reach: people of new housing within a category's or domain's walk, beyond it, or not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.catalogue import Catalogue
from geokehila.reach.arrays import Flags
from geokehila.scenario.edits import HOUSING
from geokehila.scenario.gains import Turns
from geokehila.scenario.words import IS_BEYOND, IS_REACHED
from geokehila.schema import BEYOND, REACHED, TABLES, UNCONNECTED, check
from geokehila.zones import CITY, Zoning

NAME = "newcomers"
#: A domain, what is told of it, and how many of those who walk in each way, at least and at most.
Row = tuple[str, str, list[tuple[float, float]]]


def newcomers(
    turns: Sequence[Turns],
    unconnected: Mapping[str, Flags],
    zonings: Sequence[Zoning],
    origins: gpd.GeoDataFrame,
    is_new: Flags,
) -> pd.DataFrame:
    """Tell of the people of new housing what they reach, by area and by each housing.

    Parameters
    ----------
    turns
        By profile; rows as in `origins`.
    unconnected
        By profile: homes that no way of its leads from, shape (O,).
    zonings
        Of these homes.
    origins
        Table ``origins`` as edited.
    is_new
        Homes that were not there before, shape (O,).

    Returns
    -------
    DataFrame
        Table ``newcomers``: a row a unit, profile and measure; none where nobody moves in. Of zoning ``housing`` each
        unit is one edit. Of `people` those with ``reached_`` have it within their walk and those with ``beyond_`` do
        not, at least and at most: of who is in neither it is not known. `unconnected_people` is the same for every
        measure of a profile, and all of these are not known.
    """
    rows = np.flatnonzero(is_new)
    new = origins.iloc[rows]
    units = {HOUSING: new["origin_id"].to_numpy(object)}
    units |= {one.key: one.units["zone_id"].to_numpy(object)[one.of_home[rows]] for one in zonings}
    people = new["people"].to_numpy(float)
    parts = [
        part.assign(zoning=zoning)
        for zoning, ids in units.items()
        for one in turns
        for part in _of(ids, people, one, unconnected[one.profile], rows)
    ]
    return check(NAME, pd.concat(parts)) if parts else pd.DataFrame(columns=[*TABLES[NAME].columns])


def walkers(table: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    """Return the profiles of a table ``newcomers`` in the order of the catalogue."""
    return [key for key in catalogue.profiles if key in {*table["profile"]}]


def by_walker(table: pd.DataFrame, catalogue: Catalogue) -> Iterator[Row]:
    """Yield how many of all newcomers have each domain within their walk, and how many have it beyond.

    Yields
    ------
    tuple
        A domain, ``reached`` or ``beyond``, and for each of :func:`walkers` at least and at most how many. The last one
        is of no domain: who is ``unconnected``.
    """
    profiles = walkers(table, catalogue)
    of_city = table[table["zoning"] == CITY].set_index(["measure", "profile"])
    for domain in [key for key in catalogue.domains if f"domain_{key}" in of_city.index]:
        rows = of_city.loc[f"domain_{domain}"].loc[profiles]
        for what in (REACHED, BEYOND):
            ends = (rows[f"{what}_people_{end}"] for end in ("low", "high"))
            yield domain, what, list(zip(*ends, strict=True))
    lost = of_city["unconnected_people"].groupby("profile").first()[profiles]
    yield "", UNCONNECTED, list(zip(lost, lost, strict=True))


def _of(
    ids: np.ndarray, people: np.ndarray, turns: Turns, unconnected: Flags, rows: np.ndarray
) -> Iterator[pd.DataFrame]:
    """Yield a table a unit: what its newcomers reach, walking as one profile does."""
    now = turns.after[rows]
    for unit in np.unique(ids).tolist():
        here = people * (ids == unit)
        total, reached, beyond = here.sum(), here @ (now == IS_REACHED), here @ (now == IS_BEYOND)
        yield pd.DataFrame(
            {
                "zone_id": unit,
                "profile": turns.profile,
                "measure": turns.measures,
                "people": total,
                "reached_people_low": reached,
                "reached_people_high": total - beyond,
                "beyond_people_low": beyond,
                "beyond_people_high": total - reached,
                "unconnected_people": here @ unconnected[rows],
            }
        )
