"""The compliance sheet: what is asked of a neighbourhood, what is there, and how many people it concerns."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geokehila.analyses import states
from geokehila.analyses.tables import Tables
from geokehila.catalogue import DISTANCE
from geokehila.compliance.areas import Areas, hubs
from geokehila.compliance.rules import HUBS, RULES
from geokehila.schema import BEYOND, LOADED, REACHED, REFERENCE, check
from geokehila.zones.inhabited import Inhabited


def sheet(tables: Tables, of_homes: Mapping[str, pd.DataFrame], of_zones: pd.DataFrame) -> pd.DataFrame:
    """Hold every area where somebody lives, and the city, against the standards.

    Parameters
    ----------
    tables
        Its `buildings` hold dwellings by building_id, its `study` the standards.
    of_homes
        Scores of homes by profile, rows as in `tables.origins`: under ``distance`` ``commerce_300m_state``,
        ``bus_stop_500m_state`` and ``mass_transit_400m_state``; an adult's states of the categories that are hubs.
    of_zones
        Table ``zone_scores``: ``spacing_mean_m``, ``commercial_area_share``, ``land_inside_m2`` of units.

    Returns
    -------
    DataFrame
        Table ``compliance``. `low` and `high` are what is there at least and at most, `required_low` and
        `required_high` what complies (missing: no bound). Verdict ``complies``: what is there at least is enough;
        ``falls short``: what is there at most is not; else ``not known``; ``not judged``: the rule says nothing of the
        area, or its value is from memory. `people_concerned_*`: of walks and hubs people beyond them, of the area
        everybody there, where it falls short. What no analysis has computed is not known: ``not_computed``.

    Examples
    --------
    >>> found = sheet(tables, of_homes, of_zones)  # doctest: +SKIP
    >>> found[found.verdict == "falls short"][["zone_id", "standard", "high", "required_low"]]  # doctest: +SKIP
    """
    scores = of_homes.get(DISTANCE, pd.DataFrame()).assign(**_hub_state(tables, of_homes[REFERENCE]))
    areas = [Areas(tables, Inhabited(zoning), scores, of_zones) for zoning in tables.zonings]
    return check("compliance", pd.concat([area.rows(rule) for area in areas for rule in RULES], ignore_index=True))


def _hub_state(tables: Tables, scores: pd.DataFrame) -> dict[str, np.ndarray]:
    """Tell whether any hub is within an adult's walk; nothing where the catalogue has no hubs."""
    told = [scores[f"category_{key}_state"].to_numpy(object) for key in hubs(tables)]
    if not told:
        return {}
    is_reached, unknown = np.any([state == REACHED for state in told], axis=0), states.plainest(told)
    return {f"{HUBS}_state": np.select([is_reached, unknown != LOADED], [REACHED, unknown], BEYOND)}
