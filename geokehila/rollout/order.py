"""Neighbourhoods in the order in which they get their hub: by the residents who have none, and by who is ready."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geokehila.catalogue.choices import RolloutChoice
from geokehila.reach.arrays import Floats
from geokehila.rollout.signs import SIGNS
from geokehila.schema import check
from geokehila.zones.standing import larger, standing
from geokehila.zones.zoning import ELSEWHERE

#: Who a row is, of one city or of many.
ID = ("city", "zoning", "zone_id")
#: Why a neighbourhood has no place, no wave, or a place by need alone.
OUTSIDE, UNCOUNTED, NOBODY = "outside the neighbourhoods", "people not counted", "no people"
LATER = "after the last wave"
NOT_TOLD, PARTLY_TOLD = "readiness not told", "readiness partly told"
#: People are alike below this: what is left of adding in another order is no difference.
_DECIMALS = 6


def neighbourhoods(city: str, gaps: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Return the neighbourhoods of one city as :func:`waves` takes them; those of several cities go under one another.

    Parameters
    ----------
    city
        Its slug.
    gaps
        Rows of table ``gaps``, one a neighbourhood: of the hubs' category, one profile, and everybody.
    told
        zone_id, `readiness` and `readiness_known` of :func:`geokehila.rollout.readiness`; may lack neighbourhoods.
    """
    of_zone = told.set_index("zone_id")[["readiness", "readiness_known"]].reindex(gaps["zone_id"])
    known = of_zone["readiness_known"].fillna(0.0)
    kept = gaps[["zoning", "zone_id", "people", "beyond_low", "beyond_high"]].reset_index(drop=True)
    return kept.assign(city=city, readiness=of_zone["readiness"].to_numpy(), readiness_known=known.to_numpy())


def waves(neighbourhoods: pd.DataFrame, choice: RolloutChoice) -> pd.DataFrame:
    """Put neighbourhoods into an order, and the order into waves.

    First the residents count who surely have no hub within the cutoff, where they are as many those who may have none.
    Then those neighbourhoods whose readiness is told change places among themselves, by residents surely without a hub
    x (1 + signs met); the others keep theirs. Equal ones stand by id.

    Parameters
    ----------
    neighbourhoods
        city, zoning, zone_id, people, beyond_low, beyond_high (residents beyond a hub, at least and at most),
        readiness (missing: not told), readiness_known; one zoning a city.
    choice
        Neighbourhoods reached by the end of each wave.

    Returns
    -------
    DataFrame
        Table ``rollout``. `rank` 1 is the first; `rank_first` and `rank_last` are the places between which it may
        stand, for of some people it is not known whether they are beyond. All are missing for what neighbourhoods leave
        of a city, and where nobody lives or is counted; `wave` and `year` also after the last wave. `reason` says why,
        or that readiness is not told.

    Examples
    --------
    >>> of_city = {"city": "x", "zoning": "neighbourhood", "zone_id": ["a", "b", "c"], "people": 500.0}
    >>> need = {"beyond_low": [100.0, 300.0, 250.0], "beyond_high": [100.0, 300.0, 250.0]}
    >>> ready = {"readiness": [1.0, 0.0, None], "readiness_known": [5, 5, 0]}
    >>> found = waves(pd.DataFrame(of_city | need | ready), RolloutChoice((2, 3), (2025, 2026)))
    >>> found[["zone_id", "rank", "year"]].to_numpy().tolist()
    [['a', 1.0, 2025.0], ['b', 3.0, 2026.0], ['c', 2.0, 2025.0]]
    """
    rows = neighbourhoods.sort_values([*ID], ignore_index=True)
    is_rest, people = (rows["zone_id"] == ELSEWHERE).to_numpy(), rows["people"].to_numpy(float)
    ready, told = (rows[name].to_numpy(float) for name in ("readiness", "readiness_known"))
    low, high = (rows[name].to_numpy(float) for name in ("beyond_low", "beyond_high"))
    met, is_ranked = ready * len(SIGNS), ~is_rest & (people > 0)
    rank, (first, last) = _ranks(low, high, met, is_ranked), _between(low, high, met, is_ranked)
    wave = np.where(rank <= choice.sizes[-1], 1 + np.searchsorted(choice.sizes, rank), np.nan)
    year = np.array([*choice.years, np.nan])[np.nan_to_num(wave - 1, nan=-1).astype(int)]
    rules = [is_rest, np.isnan(people), ~is_ranked, np.isnan(wave), np.isnan(ready), told < len(SIGNS)]
    reason = np.select(rules, [OUTSIDE, UNCOUNTED, NOBODY, LATER, NOT_TOLD, PARTLY_TOLD], "")
    placed = {"rank": rank, "rank_first": first, "rank_last": last, "wave": wave, "year": year}
    return check("rollout", rows.assign(**placed, reason=reason))


def _ranks(need: Floats, else_by: Floats, met: Floats, is_ranked: np.ndarray) -> Floats:
    """Return the place of each row that has one, by need and then, among those that are told, by readiness too."""
    need, else_by = need.round(_DECIMALS), else_by.round(_DECIMALS)
    by_need = np.flatnonzero(is_ranked)[np.lexsort((-else_by[is_ranked], -need[is_ranked]))]
    is_told = np.isfinite(met[by_need])
    told = by_need[is_told]
    order = by_need.copy()
    order[is_told] = told[np.argsort(-(need[told] * (1 + met[told])).round(_DECIMALS), kind="stable")]
    ranks = np.full(len(need), np.nan)
    ranks[order] = np.arange(1, len(order) + 1)
    return ranks


def _between(low: Floats, high: Floats, met: Floats, is_ranked: np.ndarray) -> tuple[Floats, Floats]:
    """Return the first and the last place that each row may have, whoever of those who may be beyond is."""
    low, high = low.round(_DECIMALS), high.round(_DECIMALS)
    first, last = np.full(len(low), np.nan), np.full(len(low), np.nan)
    first[is_ranked], last[is_ranked] = standing(low[is_ranked], high[is_ranked])
    told, untold = is_ranked & np.isfinite(met), is_ranked & np.isnan(met)
    # Those that are told share the places that their need alone gives them: the k-th of these has at least the k-th
    # largest of their least needs, and at most that of their largest.
    weight = 1 + met[told]
    k_first, k_last = standing((low[told] * weight).round(_DECIMALS), (high[told] * weight).round(_DECIMALS))
    most, least = (-np.sort(-need[told])[k.astype(int) - 1] for need, k in ((high, k_first), (low, k_last)))
    first[told] = k_first + larger(low[untold], most, or_equal=False)
    last[told] = k_last + larger(high[untold], least, or_equal=True)
    return first, last
