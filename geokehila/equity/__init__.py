"""Who reaches less: gaps between groups, how unevenly walks are spread, how mixed areas are, who has no car."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geokehila.analyses.tables import Tables
from geokehila.equity import cars, gaps, mix, spread
from geokehila.schema import REFERENCE, check


def measure(tables: Tables, of_homes: Mapping[str, pd.DataFrame], of_zones: pd.DataFrame) -> pd.DataFrame:
    """Compare what groups of people reach on foot.

    Parameters
    ----------
    tables
        Its `zone_facts` tell who lives where; `study` holds the cutoffs and the smallest group that is compared.
    of_homes
        Scores of homes by profile, rows as in `tables.origins`; an adult's are read.
    of_zones
        Table ``zone_scores``: what age groups reach, and what zones do.

    Returns
    -------
    DataFrame
        Table ``equity``, of the city unless `zoning` says another. By `measure` (``domain_<key>``, ``independent``,
        ``category_<key>``) and `group_by` (``ses_cluster``, ``society``, ``religion``, ``age``): ``share`` and
        ``median_s`` [s] of each `group`, ``gap_pp`` [percentage points] between the best and the worst served,
        ``best_share`` and ``worst_share`` with their names. Of ``domains_reached`` and ``walk_<category>_min``:
        ``gini``, ``p90_p10``, ``theil`` with ``theil_between`` and ``theil_within``, ``concentration``, ``palma``,
        ``fgt0`` to ``fgt2``, of the people of ``known_share``. Of ``population``: ``entropy`` by unit, ``theil_h``.
        ``without_car_low_access_count``: households. A number that is missing has its reason.

    Notes
    -----
    Cluster 1 is low, 10 is high. Only groups of a certain size are compared (standard ``equity_group_people``).

    Examples
    --------
    >>> found = measure(tables, of_homes, of_zones)  # doctest: +SKIP
    >>> found[(found.statistic == "gap_pp") & (found.group_by == "ses_cluster")]  # doctest: +SKIP
    """
    scores = of_homes[REFERENCE]
    parts = [
        gaps.between_groups(tables, scores, of_zones),
        spread.over_people(tables, scores),
        mix.population(tables),
        cars.without(tables, of_zones),
    ]
    return check("equity", pd.concat([part for part in parts if len(part)], ignore_index=True))
