"""Second-best sites: what each other site would bring in the place of a chosen one, the others staying."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from geokehila.hubs.gains import Gains
from geokehila.hubs.walked import nearest_s
from geokehila.reach.arrays import Floats

#: So many are told for each site.
TOLD = 3


def second_best(gains: Gains) -> pd.DataFrame:
    """Return table ``hub_alternatives``: for each new site the best others in its place, and the people that they cost.

    Counted are people within the cutoff of a hub, as far as it has room for them, those of whom it is not known now
    among them. `people_lost` below 0: that one would serve more, but an objective, price or distance that the study
    states stands against it.
    """
    return pd.concat([_of_site(gains, column) for column in gains.added] or [_rows("", [])], ignore_index=True)


def _of_site(gains: Gains, column: int) -> pd.DataFrame:
    question = gains.question
    others = gains.added[gains.added != column]
    here = np.minimum(gains.old_s, nearest_s(question.walks, others)) <= question.cutoff_s
    weight = np.where(here | ~question.demand.may_be_beyond, 0.0, question.demand.people)
    brings = np.minimum(_served(gains, weight), question.problem.sites.capacity)
    free = np.ones(len(brings), bool)
    free[gains.siting.chosen] = False
    free &= ~(question.is_there | (question.sites["choice"] == "never").to_numpy())
    order = np.lexsort((question.sites["site_id"].to_numpy(str), -brings.round(6)))
    best = [other for other in order if free[other] and brings[other] > 0][:TOLD]
    site_id, ids = question.sites["site_id"].iloc[column], question.sites["site_id"].to_numpy(object)
    return _rows(site_id, [(ids[other], brings[column] - brings[other]) for other in best])


def _served(gains: Gains, weight: Floats) -> Floats:
    """Return the people whom each site would bring within the cutoff of a hub, shape (M,)."""
    walks = gains.question.walks.tocoo()
    near = walks.data <= gains.question.cutoff_s
    served: Floats = np.bincount(walks.col[near], weight[walks.row[near]], minlength=walks.shape[1]).astype(float)
    return served


def _rows(site_id: str, found: list[tuple[str, float]]) -> pd.DataFrame:
    told: Iterator[tuple[str, str, int, float]] = (
        (site_id, other, rank, lost) for rank, (other, lost) in enumerate(found, 1)
    )
    columns = {"site_id": "str", "alternative_id": "str", "rank": "int64", "people_lost": "float64"}
    return pd.DataFrame(told, columns=[*columns]).astype(columns)
