"""Whom a gap likely concerns where two lists of a category tell how many places both of them miss."""

from __future__ import annotations

import pandas as pd

from geokehila.gaps.groups import EVERYBODY

#: What table ``zone_scores`` calls the share of people who likely reach a place.
LIKELY = r"category_(?P<category>\w+)_likely_share"


def with_likely(gaps: pd.DataFrame, of_zones: pd.DataFrame) -> pd.DataFrame:
    """Return gaps with `likely_low` and `likely_high`: everybody in a unit less those who likely reach a place.

    Parameters
    ----------
    gaps
        zoning, zone_id, category, group_by, people.
    of_zones
        Table ``zone_scores``.

    Examples
    --------
    >>> gaps = pd.DataFrame({"zoning": "city", "zone_id": "", "category": ["clinic", "park"], "group_by": "",
    ...                      "people": 200.0})
    >>> likely = {"zoning": "city", "zone_id": "", "measure": "category_clinic_likely_share", "low": 0.7, "high": 0.8}
    >>> with_likely(gaps, pd.DataFrame([likely]))[["likely_low", "likely_high"]].round(6).to_numpy().tolist()
    [[40.0, 60.0], [nan, nan]]
    """
    category = of_zones["measure"].str.extract(LIKELY)["category"]
    shares = of_zones.assign(category=category, group_by=EVERYBODY)[category.notna()]
    key = ["zoning", "zone_id", "category", "group_by"]
    both = gaps.merge(shares[[*key, "low", "high"]], on=key, how="left")
    return both.assign(
        likely_low=both["people"] * (1 - both["high"].astype(float)),
        likely_high=both["people"] * (1 - both["low"].astype(float)),
    ).drop(columns=["low", "high"])
