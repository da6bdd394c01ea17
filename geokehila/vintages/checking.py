"""The error of a crosswalk: the zones' people brought to areas that count people themselves, beside their count."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.schema import WHOLE_ZONE_SHARE, check

#: Why an area is not compared; "" where it is.
OUTSIDE, PARTLY, NO_COUNT, NOBODY = "outside", "partly outside", "no count", "counts nobody"
#: Of the people, how many live where the difference is no larger.
QUANTILES: Mapping[str, float] = {"median": 0.5, "p90": 0.9}


def compared(
    cells: pd.DataFrame, vintage: str, units: gpd.GeoDataFrame, counts: pd.DataFrame, ground: shapely.Geometry
) -> pd.DataFrame:
    """Return table ``crosswalk_areas``: of each unit of areas the people by the zones' count and by its own.

    Parameters
    ----------
    cells
        Table ``crosswalk``.
    vintage
        Edition of the units.
    units
        zone_id (``"9000-645+646"`` where several areas are counted as one), geometry [m].
    counts
        zone_id and residents of those that are counted.
    ground
        [m] The land of the zones that the map covers whole.
    """
    estimate = cells.groupby(cells["from_area"].map(_unit_of(units)))["people"].sum()
    shapes, ids = units.geometry.to_numpy(), units["zone_id"]
    inside = np.clip(shapely.area(shapely.intersection(shapes, ground)) / shapely.area(shapes), 0.0, 1.0)
    people = ids.map(counts.set_index("zone_id")["people"]).astype("float64").to_numpy()
    found = ids.map(estimate).fillna(0.0).to_numpy(float)
    reason = np.select(
        [inside == 0, inside < WHOLE_ZONE_SHARE, np.isnan(people), people == 0],
        [OUTSIDE, PARTLY, NO_COUNT, NOBODY],
        "",
    )
    difference = np.divide(found - people, people, out=np.full(len(ids), np.nan), where=reason == "")
    columns = {"inside_share": inside, "people_estimate": found, "people": people, "difference_share": difference}
    table = {"from_vintage": vintage, "from_area": ids.to_numpy(), **columns, "reason": reason.astype(object)}
    return check("crosswalk_areas", pd.DataFrame(table))


def errors(areas: pd.DataFrame) -> dict[str, object]:
    """Tell how far the people of areas by the zones' count lie from their own, as shares of that.

    Parameters
    ----------
    areas
        Table ``crosswalk_areas``.

    Returns
    -------
    dict
        `areas_compared_count`, `people_estimate` and `people_counted` of these, and the difference, 0 or more, that
        half (`difference_median_share`) and 90 % (`difference_p90_share`) of the counted people live under at most;
        the same as `even_…`, where all areas had grown alike between the two counts. Missing: nothing is compared.

    Examples
    --------
    >>> rows = [["7", 44.0, 40.0, ""], ["8", 66.0, 60.0, ""], ["9", 5.0, None, "no count"]]
    >>> found = errors(pd.DataFrame(rows, columns=["from_area", "people_estimate", "people", "reason"]))
    >>> found["areas_compared_count"], round(found["difference_median_share"], 9), round(found["even_p90_share"], 9)
    (2, 0.1, 0.0)
    """
    known = areas[areas["reason"] == ""]
    estimate, people = known["people_estimate"].to_numpy(float), known["people"].to_numpy(float)
    growth = estimate.sum() / people.sum() if len(known) else np.nan
    ways = {"difference": estimate, "even": estimate / growth if growth else estimate}
    return {
        "areas_compared_count": len(known),
        "people_estimate": float(estimate.sum()),
        "people_counted": float(people.sum()),
        **{
            f"{way}_{name}_share": _quantile(np.abs(found / people - 1), people, part)
            for way, found in ways.items()
            for name, part in QUANTILES.items()
        },
    }


def _unit_of(units: gpd.GeoDataFrame) -> dict[str, str]:
    """Return the unit that each area is counted in."""
    return {
        f"{code}-{member}": zone_id
        for zone_id in units["zone_id"]
        for code, _, areas in [zone_id.rpartition("-")]
        for member in areas.split("+")
    }


def _quantile(values: np.ndarray, weights: np.ndarray, part: float) -> float:
    """Return the least value that so large a part of the weights lies under or at."""
    if not len(values):
        return float("nan")
    order = np.argsort(values, kind="stable")
    first = np.searchsorted(np.cumsum(weights[order]), part * weights.sum() * (1 - 1e-12))
    return float(values[order][first])
