"""People of planned dwellings, where they will live: what hubs are looked for beside the people of now."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from geokehila.catalogue import Standard
from geokehila.rollout.demand import HORIZON
from geokehila.zones import standing_in

#: [people] A dwelling has no fewer and no more: else its buildings are not all mapped, or are not all homes.
FEWEST, MOST = 1.0, 10.0
OWN_SOURCE = "residents of the study by its dwellings, mapped or estimated from floor area"


def household(residents: float, dwellings: float, assumed: Standard) -> Standard:
    """Return how many people live in a dwelling: here, or where that cannot be, as assumed.

    Parameters
    ----------
    residents, dwellings
        Of the study.
    assumed
        ``people_per_dwelling``.

    Examples
    --------
    >>> three = Standard("people_per_dwelling", 3, "people", "by-law 7", "2024", "design")
    >>> household(7000, 2000, three).value, household(7000, 200, three).value, household(7000, 0, three).source
    (3.5, 3, 'by-law 7')
    """
    own = residents / dwellings if dwellings > 0 else 0.0
    return replace(assumed, value=own, source=OWN_SOURCE, confidence="design") if FEWEST <= own <= MOST else assumed


def household_of(origins: pd.DataFrame, buildings: pd.DataFrame, assumed: Standard) -> Standard:
    """Return how many people live in a dwelling of the buildings that are homes, else as assumed.

    Parameters
    ----------
    origins, buildings
        Tables; `buildings` with `dwellings`.
    assumed
        ``people_per_dwelling``.
    """
    of_building = buildings.set_index("building_id")["dwellings"]
    dwellings = float(of_building.reindex(origins["building_id"].dropna()).sum())
    return household(float(origins["people"].sum()), dwellings, assumed)


def planned_homes(
    dwellings: gpd.GeoDataFrame, people_per_dwelling: Standard, zones: gpd.GeoDataFrame, until: int = HORIZON
) -> gpd.GeoDataFrame:
    """Return points where the people of planned dwellings will live.

    Parameters
    ----------
    dwellings
        dwellings_id, dwellings, year (missing: not told, counted), geometry [m].
    people_per_dwelling
        Of :func:`household_of`: how many people, and who says so.
    zones
        Table ``zones``.
    until
        Dwellings of later years are not of the horizon.

    Returns
    -------
    GeoDataFrame
        A row a plan with dwellings, by origin_id, which is its dwellings_id: zone_id (``""`` outside the zones, the
        first by zone_id where these overlap), people, dwellings, year, people_source and people_confidence of how many
        live in one, a point inside it. All of a plan's people stand at that point.
    """
    is_due = (dwellings["dwellings"] > 0) & ~(dwellings["year"] > until)
    rows = dwellings[is_due].sort_values("dwellings_id", ignore_index=True)
    points = rows.geometry.representative_point()
    units = zones.sort_values("zone_id", ignore_index=True)
    ids = [*units["zone_id"], ""]
    return gpd.GeoDataFrame(
        {
            "origin_id": rows["dwellings_id"],
            "zone_id": [ids[row] for row in standing_in(points.to_numpy(), units.geometry.to_numpy())],
            "people": rows["dwellings"].astype(float) * people_per_dwelling.value,
            **{name: rows[name].astype(float) for name in ("dwellings", "year")},
            "people_source": people_per_dwelling.source,
            "people_confidence": people_per_dwelling.confidence,
        },
        geometry=points.to_numpy(),
        crs=dwellings.crs,
    )
