"""Whom each wave reaches: residents by wave and by society, and how many so far."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geokehila.catalogue.choices import RolloutChoice
from geokehila.rollout.order import ID
from geokehila.schema import check
from geokehila.zones import Zoning

#: Everybody, and those of whom no source tells the society.
EVERYBODY, NOT_TOLD = "", "not told"


def by_society(city: str, zoning: Zoning, people: pd.Series, society: pd.Series) -> pd.DataFrame:
    """Return the people of each neighbourhood of one city by society.

    Parameters
    ----------
    city
        Its slug.
    people, society
        Of each home, shape (O,); society missing: no source tells it.

    Returns
    -------
    DataFrame
        city, zoning, zone_id, society (``not told`` where nobody tells), people.
    """
    told = society.fillna(NOT_TOLD).to_numpy(object)
    zone_id = zoning.units["zone_id"].to_numpy(object)[zoning.of_home]
    homes = {"city": city, "zoning": zoning.key, "zone_id": zone_id, "society": told, "people": people.to_numpy(float)}
    return pd.DataFrame(homes).groupby([*ID, "society"])["people"].sum().reset_index()


def coverage(rollout: pd.DataFrame, people: pd.DataFrame, choice: RolloutChoice) -> pd.DataFrame:
    """Count the residents whose neighbourhood is reached, by wave and by society.

    Parameters
    ----------
    rollout
        Table ``rollout``.
    people
        Of :func:`by_society`, of the same neighbourhoods.
    choice
        That made the waves; a wave without neighbourhoods adds nobody.

    Returns
    -------
    DataFrame
        Table ``rollout_coverage``: of each society, and of ``""`` for everybody, the neighbourhoods and people of the
        wave and the people so far. `people_total` counts those in no wave too; `so_far_share` is missing of nobody.
    """
    placed = people.merge(rollout[[*ID, "wave"]], on=[*ID], how="left")
    everybody = placed.groupby([*ID, "wave"], as_index=False, dropna=False)["people"].sum().assign(society=EVERYBODY)
    lived_in = pd.concat([placed, everybody], ignore_index=True)
    lived_in = lived_in[lived_in["people"] > 0]
    societies = pd.Index(sorted({EVERYBODY, *lived_in["society"]}), name="society")
    total = lived_in.groupby("society")["people"].sum().reindex(societies, fill_value=0.0)
    cells = pd.MultiIndex.from_product([societies, range(1, len(choice.sizes) + 1)], names=["society", "wave"])
    in_waves = lived_in.dropna(subset="wave").astype({"wave": "int64"}).groupby(["society", "wave"])["people"]
    found = in_waves.agg(neighbourhoods_count="count", people="sum").reindex(cells, fill_value=0).reset_index()
    so_far = found.groupby("society")["people"].cumsum()
    whole = found["society"].map(total)
    share = np.divide(so_far, whole, out=np.full(len(found), np.nan), where=(whole > 0).to_numpy())
    year = np.array(choice.years)[found["wave"] - 1]
    return check(
        "rollout_coverage", found.assign(year=year, people_so_far=so_far, people_total=whole, so_far_share=share)
    )
