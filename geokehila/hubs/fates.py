"""What became of each site that the municipality handed over, and what one that is not chosen would add to the plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila import locate
from geokehila.hubs.choosing import EXISTING, NEVER, is_own
from geokehila.hubs.gains import Gains
from geokehila.hubs.told import RECOMMENDED
from geokehila.hubs.uncounted import Uncounted
from geokehila.hubs.unpriced import NO_PRICE

#: Why a site at which a hub could stand is not proposed; one whose ground or kind speaks against it is excluded.
EXCLUDED, ADDS_NOBODY, NOT_ASKED = "excluded", "adds nobody", "no more hubs asked for"
#: Of those who are counted it adds nobody; homes that it would bring a hub to are not.
NOT_COUNTED = "homes not counted"
OVER_BUDGET, TOO_NEAR, OTHER_AIM = "over the budget", "too near another hub", "serves the aim no better"
COLUMNS = ("fate", "people_added_low", "people_added_high", "homes_not_counted")
#: Of a site that is not open, or proposed.
NOTHING = (np.nan, np.nan, np.nan)
Told = tuple[str, float, float, float]


def with_fates(candidates: gpd.GeoDataFrame, gains: Gains, uncounted: Uncounted) -> gpd.GeoDataFrame:
    """Return table ``candidates`` with what became of the municipality's own sites.

    Returns
    -------
    GeoDataFrame
        With `fate`, empty for sites of the map alone, and `people_added_low` and `people_added_high`: of an own site
        that is open and not proposed, the people for whom it is the first hub within the walk when all that are
        proposed stand, at least and at most; else missing. `homes_not_counted` are such homes without a count, and
        where they are all that it would add, nobody knows how many people: both numbers are missing.
    """
    own = candidates[is_own(candidates)]
    rows = zip(own["site_id"], own["status"], own["reason"], strict=True)
    closed = {site_id: _closed(status, why) for site_id, status, why in rows}
    found = closed | {site_id: tuple(one) for site_id, *one in _of_open(gains, frozenset(closed), uncounted)}
    told = pd.DataFrame.from_dict(found, orient="index", columns=[*COLUMNS])
    aligned = told.reindex(candidates["site_id"]).set_axis(candidates.index)
    numbers = {column: aligned[column].astype("float64") for column in COLUMNS[1:]}
    return candidates.assign(fate=aligned["fate"].fillna("").astype("str"), **numbers)


def _closed(status: str, why: str) -> Told:
    """Return what became of a site at which a hub stands, or can never."""
    fate = {EXISTING: EXISTING, EXCLUDED: NEVER if why == NEVER else EXCLUDED}
    return fate.get(status, ""), *NOTHING


def _of_open(gains: Gains, own: frozenset[str], uncounted: Uncounted) -> Iterator[tuple[str, *Told]]:
    """Yield what became of each own site that could be chosen, and whom it would add."""
    question = gains.question
    terms, homes = _terms(gains), uncounted.more(gains.siting.chosen)
    for column, site_id in enumerate(question.sites["site_id"]):
        if site_id not in own or question.is_there[column]:
            continue
        if column in gains.added:
            yield site_id, RECOMMENDED, *NOTHING
            continue
        # Of people who gain nobody is lost by one more site: below 0 is rounding.
        low, high = (max(0.0, round(end, 6)) for end in gains.more(np.append(gains.added, column), gains.added))
        fate = next((why for why, allowed in terms if allowed[column]), TOO_NEAR)
        fate = NO_PRICE if question.without_price[column] else fate
        if not round(high):
            fate, low, high = (NOT_COUNTED, np.nan, np.nan) if homes[column] else (ADDS_NOBODY, low, high)
        yield site_id, fate, low, high, homes[column]


def _terms(gains: Gains) -> list[tuple[str, np.ndarray]]:
    """Return why a site is not chosen, and which ones may be for all that was asked but that, the plainest last."""
    question = gains.question
    chosen = np.zeros(len(question.sites), bool)
    chosen[gains.siting.chosen] = True
    any_number = question.terms(None)
    asked = any_number if question.choice.objective == "lscp" else question.terms(question.choice.add)
    without = {OTHER_AIM: asked, NOT_ASKED: any_number, OVER_BUDGET: replace(any_number, budget=inf)}
    return [(why, locate.Choice(question.problem.sites, terms).rest(chosen)) for why, terms in without.items()]
