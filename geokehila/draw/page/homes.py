"""Where people live, and by who walks and domain what is known there: one byte a home."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geokehila.draw.page import packing
from geokehila.draw.town import Town
from geokehila.schema import BEYOND, DESCRIBED, REACHED, WGS84

#: [min] Walks that stand in for the categories' own, as a sensitivity.
MINUTES = (5, 10, 15, 20)
#: How many of these are not reached, and of these surely beyond: pairs of the two are numbered row by row.
PAIRS = (len(MINUTES) + 1) * (len(MINUTES) + 2) // 2


def homes(town: Town) -> dict[str, Any]:
    """Return ``points``, and ``states`` by profile and domain as :func:`byte` has them."""
    origins, scored = gpd.GeoDataFrame(town.tables["origins"]), _scored(town)
    states = {}
    for profile in town.walkers:
        of_homes = town.homes(profile).reindex(origins["origin_id"])
        states[profile] = {key: packing.pack(byte(of_homes, key), "u1") for key in scored}
    return {"points": packing.points(origins, "homes"), "states": states}


def byte(of_homes: pd.DataFrame, domain: str) -> NDArray[np.uint8]:
    """Return what is known of a domain at each home, in one number.

    It is 15 x (0 reached or not scored, 1 beyond, 2 not known, by each category's own cutoff) + n (n + 1) / 2 + b: of
    the walks of 5, 10, 15 and 20 minutes the n shortest do not reach it, and the b shortest surely do not.

    Examples
    --------
    >>> words = {"": "beyond", "_5min": "beyond", "_10min": "beyond", "_15min": "edge", "_20min": "reached"}
    >>> byte(pd.DataFrame({f"domain_health{part}_state": [word] for part, word in words.items()}), "health").tolist()
    [23]
    """
    own = of_homes[f"domain_{domain}_state"]
    own_state = np.select([own == BEYOND, ~own.isin((REACHED, DESCRIBED))], [1, 2], 0)
    at = of_homes[[f"domain_{domain}_{minutes}min_state" for minutes in MINUTES]]
    without = (at != REACHED).to_numpy().sum(axis=1)
    beyond = (at == BEYOND).to_numpy().sum(axis=1)
    return np.asarray(PAIRS * own_state + without * (without + 1) // 2 + beyond, np.uint8)


def focus(town: Town) -> list[list[float]] | None:
    """Return the corners [lat, lon], south-west and north-east, of what the page opens on; None: nothing.

    Every area that is shown; homes where no area has a shape.
    """
    areas = town.zones.geometry[~(town.zones.geometry.isna() | town.zones.geometry.is_empty)]
    shown = gpd.GeoDataFrame(town.tables["origins"]).geometry if areas.empty else areas
    if shown.empty:
        return None
    west, south, east, north = (round(float(degree), 5) for degree in shown.to_crs(WGS84).total_bounds)
    return [[south, west], [north, east]]


def _scored(town: Town) -> list[str]:
    """Return the domains that are decided at homes."""
    return [key for key in town.catalogue.domains if town.catalogue.deciding(key)]
