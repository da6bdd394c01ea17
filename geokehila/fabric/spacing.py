"""The founding document's street test: how far apart true intersections lie, and how well streets are connected."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.fabric.intersections import SPACING, Fabric
from geokehila.fabric.units import Pieces, Units, ratio
from geokehila.reach.arrays import Floats, Ints

#: [m] A fabric that is dense enough to walk has its intersections this far apart, both included.
NEAREST_M, FARTHEST_M = 60.0, 150.0
#: Lengths of sums of floats that differ by less are the same [m].
_SAME_M = 1e-6


def spacing(fabric: Fabric, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure the street fabric of areas.

    A segment counts where its middle lies, an intersection and a dead end where they lie; on a shared border in the
    first unit. Spacing is the length along the street between two true intersections: segments that end in a dead end,
    leave the data or come back to where they start are none.

    Parameters
    ----------
    units
        zone_id and geometry, metres.

    Returns
    -------
    DataFrame
        By zone_id. `spacing_mean_m`, `spacing_median_m`; shares of the segments' length (`_length_share`) and number
        (`_count_share`) that are below 60 m, 60 to 150 m both included, above 150 m; `circuity_ratio`, their length
        over the straight distance; `intersections_count`, `segments_count`, `dead_ends_count`;
        `intersections_per_km2` and `street_km_per_km2` of the area inside the data; `dead_end_share`, of dead ends and
        intersections, and `four_way_share`, of intersections, with four legs or more. NaN where there is nothing to
        measure: no segment, no intersection, no area.

    Notes
    -----
    Source of the classes: Neaman Institute report, appendix 6 («60-150 מטר»); on a square grid of side s there are 1/s2
    intersections per area.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from geokehila.fabric import street_fabric
    >>> none = {name: [] for name in "street_id part way kind junction oneway bridge tunnel name".split()}
    >>> desert = street_fabric(gpd.GeoDataFrame(none, geometry=[], crs=2039), shapely.box(0, 0, 1000, 1000))
    >>> zone = gpd.GeoDataFrame({"zone_id": ["9000-1"]}, geometry=[shapely.box(0, 0, 500, 500)], crs=2039)
    >>> spacing(desert, zone)[["intersections_per_km2", "spacing_mean_m"]].iloc[0].tolist()
    [0.0, nan]
    """
    areas = Units.of(units)
    land_km2 = areas.land_km2(fabric.extent)
    crossed, ended = (areas.unit_of(points.geometry.to_numpy()) for points in (fabric.intersections, fabric.dead_ends))
    crossings, ends = (np.bincount(unit[unit >= 0], minlength=len(areas)).astype(float) for unit in (crossed, ended))
    four = areas.sums(crossed, (fabric.intersections["legs"] >= 4).to_numpy(float))
    columns = _of_segments(fabric.segments[fabric.segments["between"] == SPACING], areas) | {
        "intersections_count": crossings,
        "dead_ends_count": ends,
        "intersections_per_km2": ratio(crossings, land_km2),
        "street_km_per_km2": ratio(_street_km(fabric, areas), land_km2),
        "dead_end_share": ratio(ends, ends + crossings),
        "four_way_share": ratio(four, crossings),
    }
    return pd.DataFrame(columns, pd.Index(areas.zone_id, name="zone_id"))


def is_mapped(roads: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> pd.Series:
    """Tell in which areas any way is mapped, street or path, by zone_id: in another its streets are not known.

    Parameters
    ----------
    roads
        Lines of every kind, metres.
    units
        zone_id and geometry, metres.

    Examples
    --------
    >>> roads = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 50), (100, 50)])], crs=2039)
    >>> areas = [shapely.box(0, 0, 100, 100), shapely.box(200, 0, 300, 100)]
    >>> is_mapped(roads, gpd.GeoDataFrame({"zone_id": ["1", "2"]}, geometry=areas, crs=2039)).tolist()
    [True, False]
    """
    areas = Units.of(units)
    unit, _ = shapely.STRtree(roads.geometry.to_numpy()).query(areas.shapes, "intersects")
    return pd.Series(np.isin(np.arange(len(areas)), unit), pd.Index(areas.zone_id, name="zone_id"))


def _of_segments(segments: gpd.GeoDataFrame, areas: Units) -> dict[str, Floats]:
    unit = areas.unit_of(shapely.line_interpolate_point(segments.geometry.to_numpy(), 0.5, normalized=True))
    length_m, straight_m = (segments[column].to_numpy(float) for column in ("length_m", "straight_m"))
    count, total_m = areas.sums(unit, np.ones(len(unit))), areas.sums(unit, length_m)
    columns: dict[str, Floats] = {
        "segments_count": count,
        "spacing_mean_m": ratio(total_m, count),
        "spacing_median_m": _medians(unit, length_m, len(areas)),
        "circuity_ratio": ratio(total_m, areas.sums(unit, straight_m)),
    }
    below, above = length_m < NEAREST_M - _SAME_M, length_m > FARTHEST_M + _SAME_M
    for name, within in (("below_60", below), ("60_to_150", ~below & ~above), ("above_150", above)):
        columns[f"spacing_{name}_length_share"] = ratio(areas.sums(unit, length_m * within), total_m)
        columns[f"spacing_{name}_count_share"] = ratio(areas.sums(unit, within.astype(float)), count)
    return columns


def _medians(unit: Ints, length_m: Floats, count: int) -> Floats:
    return np.asarray(pd.Series(length_m).groupby(unit).median().reindex(range(count)), np.float64)


def _street_km(fabric: Fabric, areas: Units) -> Floats:
    """[km] Return the length of street inside each unit, a dual carriageway counting once, shape (U,)."""
    pieces = Pieces.of(fabric.segments.geometry.to_numpy())
    return areas.sums(areas.unit_of(pieces.middles), pieces.length_m) / 1000
