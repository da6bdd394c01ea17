"""What hubs have for the people of now and of the horizon: residents per hub, floor area and capacity per resident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.catalogue import Standard
from geokehila.schema import check

#: Whose hubs: of the residents of now, of those expected and desired at the horizon, of now and of planned dwellings.
SCENARIOS = NOW, EXPECTED, DESIRED, PLANNED = "now", "expected", "desired", "planned"
#: Years that the founding document compares.
YEAR, HORIZON = 2025, 2048
#: Why a number of people is missing, or one of the hubs, or what to mind of it.
NO_RESIDENTS, NO_REGION = "no residents are counted", "no figures of the region"
NO_PLANNED = "siting is unaffected: no layer of planned dwellings"
NO_HUB, NO_AREA = "no hub stands inside the areas", "floor area of no hub is known"
AT_LEAST = "floor area is at least that"
#: Who says how many people there are.
OWN_COUNT, OWN_PLANS = "residents of the study", "residents of the study and of planned dwellings"


@dataclass(frozen=True)
class Scenario:
    """People for whom the hubs are; missing: not computed, the reason says why. `year` missing: of the own count."""

    key: str
    people: float = float("nan")
    year: float = HORIZON
    source: str = ""
    confidence: str = ""
    reason: str = ""


def scenarios(
    residents: float, region: str, standards: Mapping[str, Standard], planned: gpd.GeoDataFrame | None
) -> tuple[Scenario, ...]:
    """Return the people of now and of the horizon, each of :data:`SCENARIOS` once.

    Parameters
    ----------
    residents
        Of the study; missing: what its source counts are no residents.
    region
        The city's ``programme_region``.
    standards
        ``residents_2025_<region>``, ``residents_2048_expected_<region>`` and ``residents_2048_desired_<region>``: the
        city grows as its region does.
    planned
        Of :func:`geokehila.rollout.planned_homes`; None: no layer of planned dwellings is given.

    Examples
    --------
    >>> from geokehila.catalogue import Catalogue
    >>> [(one.key, one.people) for one in scenarios(17_000, "negev", Catalogue.read().standards, None)]
    [('now', 17000), ('expected', 32000.0), ('desired', 70000.0), ('planned', nan)]
    """
    now = Scenario(NOW, residents, float("nan"), OWN_COUNT)
    grown = (_grown(key, residents, region, standards) for key in (EXPECTED, DESIRED))
    found = (now, *grown, _with_planned(residents, planned))
    return (
        tuple(Scenario(one.key, year=one.year, reason=NO_RESIDENTS) for one in found) if np.isnan(residents) else found
    )


def hub_demand(asked: Sequence[Scenario], hubs: pd.DataFrame) -> pd.DataFrame:
    """Reckon what the hubs that there are have for each resident.

    Parameters
    ----------
    asked
        Of :func:`scenarios`.
    hubs
        Rows of table ``candidates`` that are hubs and stand in the study's zones: `room_m2` [m2] floor area (footprint
        x levels; missing: not known), `levels_imputed` (true: one level stands in for those not mapped, so it is at
        least that), `capacity` [people] (missing: not told).

    Returns
    -------
    DataFrame
        Table ``hub_demand``. Floor area and capacity are those of the hubs where they are known, so at least; the
        counts tell of how many hubs they are not. Missing: people not computed, no hub in the zones, or known of none.

    Examples
    --------
    >>> hubs = pd.DataFrame({"room_m2": [300.0, None], "levels_imputed": False, "capacity": [80.0, 120.0]})
    >>> found = hub_demand([Scenario("now", 6000.0)], hubs).iloc[0]
    >>> found[["people_per_hub", "m2_per_person", "hubs_without_m2_count"]].astype(float).tolist()
    [3000.0, 0.05, 1.0]
    """
    of_hubs = _of_hubs(hubs)
    return check("hub_demand", pd.DataFrame([_row(one, of_hubs) for one in asked]))


def _grown(key: str, residents: float, region: str, standards: Mapping[str, Standard]) -> Scenario:
    now, then = (standards.get(f"residents_{word}_{region}") for word in (YEAR, f"{HORIZON}_{key}"))
    if now is None or then is None:
        return Scenario(key, reason=NO_REGION)
    return Scenario(key, residents * then.value / now.value, HORIZON, then.source, then.confidence)


def _with_planned(residents: float, planned: gpd.GeoDataFrame | None) -> Scenario:
    if planned is None:
        return Scenario(PLANNED, reason=NO_PLANNED)
    confidence = str(planned["people_confidence"].min()) if len(planned) else ""
    return Scenario(PLANNED, residents + planned["people"].sum(), HORIZON, OWN_PLANS, confidence)


def _of_hubs(hubs: pd.DataFrame) -> dict[str, Any]:
    """Sum what is known of the hubs, and count of how many it is not."""
    is_known = hubs["room_m2"].notna()
    is_imputed = is_known & hubs["levels_imputed"].astype(bool)
    m2, capacity = (hubs[name].astype(float).sum(min_count=1) for name in ("room_m2", "capacity"))
    is_partly = len(hubs) > is_known.sum() or is_imputed.any()
    return {
        "hubs_count": len(hubs),
        "hubs_m2": m2,
        "hubs_without_levels_count": int(is_imputed.sum()),
        "hubs_without_m2_count": int((~is_known).sum()),
        "hubs_capacity": capacity,
        "reason": NO_HUB if hubs.empty else NO_AREA if np.isnan(m2) else AT_LEAST if is_partly else "",
    }


def _row(asked: Scenario, of_hubs: Mapping[str, Any]) -> dict[str, Any]:
    people, count = asked.people or np.nan, of_hubs["hubs_count"] or np.nan
    return {
        **of_hubs,
        "scenario": asked.key,
        "year": asked.year,
        "people": asked.people,
        "people_per_hub": asked.people / count,
        "m2_per_person": of_hubs["hubs_m2"] / people,
        "capacity_per_person": of_hubs["hubs_capacity"] / people,
        "source": asked.source,
        "confidence": asked.confidence,
        "reason": asked.reason or of_hubs["reason"],
    }
