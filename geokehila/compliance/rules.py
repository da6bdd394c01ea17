"""The rules of the sheet, and what is said of an area by them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geokehila.catalogue import Standard
from geokehila.reach.arrays import Floats

#: Verdicts. One that rests on a secondary source says so wherever it says yes.
COMPLIES, COMPLIES_SECONDARY = "complies", "complies (secondary source)"
FALLS_SHORT, OPEN, NOT_JUDGED = "falls short", "not known", "not judged"
#: What is measured: a share of dwellings or of people within a walk; the area itself; the hubs that serve it.
DWELLINGS, PEOPLE, AREA, HUBS = "dwellings", "people", "area", "hubs"
#: What is left of adding in another order is no breach.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Rule:
    """One rule of the sheet.

    Attributes
    ----------
    key
        What its rows are told by.
    basis
        What is measured: dwellings, people, area or hubs.
    measure
        ``<measure>_state`` of homes under ``distance``, or a measure of areas in table ``zone_scores``.
    least, most
        Standards that bound what complies; empty: no bound.
    of_neighbourhoods
        It is asked of every neighbourhood: of the city as a whole, and of what neighbourhoods leave of it, it says
        nothing.
    from_dunam
        Standard: it is asked of larger areas only; empty: of all.
    known
        Measure of areas: of which share of the land it is known what it is used for. The rest may be what is asked for.
    """

    key: str
    basis: str
    measure: str
    least: str
    most: str = ""
    of_neighbourhoods: bool = False
    from_dunam: str = ""
    known: str = ""


RULES = (
    Rule("commerce_300m", DWELLINGS, "commerce_300m", "commerce_300m_share"),
    Rule("bus_stop_500m", DWELLINGS, "bus_stop_500m", "bus_stop_500m_share"),
    Rule("mass_transit_400m", PEOPLE, "mass_transit_400m", "mass_transit_400m_share"),
    Rule(
        "commercial_area",
        AREA,
        "commercial_area_share",
        "commercial_area_share",
        of_neighbourhoods=True,
        from_dunam="commercial_area_from",
        known="land_known_share",
    ),
    Rule("spacing", AREA, "spacing_mean_m", "intersection_spacing_least", "intersection_spacing_most"),
    Rule("hub", HUBS, "hubs_count", "hub_count", of_neighbourhoods=True),
)


@dataclass(frozen=True, eq=False)
class Found:
    """What is there, at least and at most, and what leaves it open, by the units, shape (U,)."""

    low: Floats
    high: Floats
    reason: np.ndarray


def verdict(found: Found, least: Standard, most: Standard | None) -> np.ndarray:
    """Judge by both ends of what is there; what is missing settles nothing, shape (U,).

    Examples
    --------
    >>> least = Standard("share", 0.7, "share of dwellings", "by-law 7", "2024", "literature")
    >>> found = Found(np.array([0.7, 0.5, 0.6]), np.array([0.9, 0.6, 0.8]), np.array(["", "", "edge"]))
    >>> verdict(found, least, None).tolist()
    ['complies', 'falls short', 'not known']
    """
    upper = most.value if most else np.inf
    is_enough = (found.low >= least.value - ROUNDING) & ((found.high <= upper + ROUNDING) | (upper == np.inf))
    falls_short = (found.high < least.value - ROUNDING) | (found.low > upper + ROUNDING)
    yes = COMPLIES_SECONDARY if least.confidence == "secondary" else COMPLIES
    return np.select([is_enough, falls_short], [yes, FALLS_SHORT], OPEN).astype(object)
