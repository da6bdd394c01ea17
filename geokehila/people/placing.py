"""Census counts placed on homes: the origins of every walk, whose people sum back to their zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.brief import Brief
from geokehila.errors import RunError
from geokehila.ledger import Ledger, some
from geokehila.people.homes import HOME, SHED_M2, in_zones
from geokehila.schema import WHOLE_ZONE_SHARE, check

IN_NO_ZONE = "in no zone"
#: The notice of zones with people in which many buildings are not known to be homes, and the share that is many.
NOT_HOMES, MANY_SHARE = "not_homes", 0.25
#: [m] Step of the grid that stands in for homes in a zone without mapped buildings; its points keep to the streets.
GRID_M, NEAR_STREET_M = 100.0, 150.0


@dataclass(frozen=True, repr=False)
class People(Brief):
    """People in their homes, and where the source's people went.

    Attributes
    ----------
    origins, origin_people
        Tables ``origins``, a row an inhabited building with its `people`, and ``origin_people``, the same by age group.
    sums
        People by the source, on buildings, on the grid, outside the input; the last three make the first.
    ledger
        What became of every building.

    Examples
    --------
    >>> from geokehila import read_city
    >>> homes = read_city("dimona").homes  # doctest: +SKIP
    >>> bool((homes.origins["people"] >= 0).all())  # doctest: +SKIP
    True
    """

    origins: gpd.GeoDataFrame
    origin_people: pd.DataFrame
    sums: Mapping[str, float]
    ledger: Ledger


def with_coverage(zones: gpd.GeoDataFrame, extent: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return table ``zones`` with coverage_share: the share of each zone's area inside the OSM data, 0 to 1."""
    share = shapely.area(shapely.intersection(zones.geometry.to_numpy(), extent)) / zones.geometry.area.to_numpy()
    return check("zones", zones.assign(coverage_share=np.clip(share, 0.0, 1.0)))


def place(
    zones: gpd.GeoDataFrame,
    zone_people: pd.DataFrame,
    buildings: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    extent: shapely.Geometry,
) -> People:
    """Place each zone's people on its homes by floor area, or on a grid along its streets where no home is mapped.

    Parameters
    ----------
    zones
        Table ``zones`` with coverage_share: of a zone below 0.95 only that share of the people is placed.
    zone_people
        Table ``zone_people`` with the groups wanted; a missing count places nobody and stays missing.
    buildings
        As :func:`classify` returns them.
    streets
        The grid keeps within 150 m of them where there are any.
    extent
        What the OSM data covers: `border_m` is a home's distance to its edge, 0 for a home outside.

    Raises
    ------
    RunError
        The people placed and left outside do not sum to the source's.
    """
    total = (
        zone_people[zone_people["group"] == "total"]
        .set_index("zone_id")["people"]
        .reindex(zones["zone_id"])
        .to_numpy(float)
    )
    share = np.where(zones["coverage_share"] >= WHOLE_ZONE_SHARE, 1.0, zones["coverage_share"])
    placed = pd.Series(np.nan_to_num(total * share), index=zones["zone_id"].to_numpy())
    zone = in_zones(zones, buildings)
    homes = _homes(buildings, zone[zone.map(placed).gt(0)])
    ledger = _account(buildings, zone, set(homes["origin_id"]))
    _warn_of_doubt(buildings, zone[zone.map(placed).gt(0)], ledger)
    bare = zones[(placed.to_numpy() > 0) & ~zones["zone_id"].isin(homes["zone_id"])]
    grid = _grid(bare, streets, extent)
    origins = pd.concat([homes, grid], ignore_index=True)
    to_place = placed.reindex(origins["zone_id"]).to_numpy(float)
    for column, size in (("people", "floor_m2"), ("people_by_footprint", "footprint_m2")):
        weight = _weight(origins, origins[size])
        origins[column] = to_place * weight / weight.groupby(origins["zone_id"]).transform("sum")
    at = origins.geometry.to_numpy()
    origins["border_m"] = np.where(shapely.intersects(at, extent), shapely.distance(at, shapely.boundary(extent)), 0.0)
    origins = check("origins", origins.drop(columns=["residents", "floor_m2", "footprint_m2"]))
    sums = {
        "source": float(np.nansum(total)),
        "on_buildings": float(origins["people"][~origins["on_grid"]].sum()),
        "on_grid": float(origins["people"][origins["on_grid"]].sum()),
        "outside": float(np.nansum(total * (1 - share))),
    }
    _assert_sums(sums)
    return People(origins, _by_group(origins, zone_people, placed), sums, ledger)


def _homes(buildings: gpd.GeoDataFrame, zone: pd.Series) -> gpd.GeoDataFrame:
    """Homes among the buildings that have a zone, as points inside them."""
    found = buildings.loc[zone.index]
    found = found[found["use"] == HOME]
    columns = {
        "origin_id": found["building_id"],
        "building_id": found["building_id"],
        "zone_id": zone[found.index].astype("str"),
        "on_grid": False,
        "residents": found["residents"],
        "floor_m2": found["footprint_m2"] * found["levels"],
        "footprint_m2": found["footprint_m2"],
    }
    at = found.geometry.representative_point()
    return gpd.GeoDataFrame(columns, geometry=at, crs=buildings.crs).reset_index(drop=True)


def _weight(homes: gpd.GeoDataFrame, size: pd.Series) -> pd.Series:
    """Return whom each home stands for: those counted in it, else its size at the rate of the counted of its zone.

    Where none of a zone is counted it is the size [m2] itself.
    """
    counted, zone = homes["residents"], homes["zone_id"]
    of_zone = counted.groupby(zone).transform("sum"), size.where(counted.notna()).groupby(zone).transform("sum")
    per_m2 = (of_zone[0] / of_zone[1]).fillna(1.0)
    weight: pd.Series = counted.fillna(size * per_m2)
    return weight


def _account(buildings: gpd.GeoDataFrame, zone: pd.Series, inhabited: set[str]) -> Ledger:
    """Say of every building whether people were placed in it, and if not, why."""
    ledger = Ledger("buildings")
    ledger.read("home", len(buildings))
    ledger.use("home", len(inhabited))
    for building_id, use, is_nowhere in zip(buildings["building_id"], buildings["use"], zone.isna(), strict=True):
        if is_nowhere:
            ledger.reject("home", building_id, IN_NO_ZONE)
        elif building_id not in inhabited:
            ledger.reject("home", building_id, "zone without people" if use == HOME else f"not a home: {use}")
    return ledger.balance()


def _warn_of_doubt(buildings: gpd.GeoDataFrame, zone: pd.Series, ledger: Ledger) -> None:
    """Name zones with people in which many buildings may be homes and are not known to be.

    Sheds, and kinds of which no purpose is known: a shop or a school is no home.
    """
    standing = buildings.loc[zone.index]
    use, is_untold = standing["use"], standing["purpose"].isin(("", "housing"))
    is_doubtful = (use == "shed") | ((use == "other") & is_untold)
    doubtful, homes = (mask.groupby(zone).sum() for mask in (is_doubtful, use == HOME))
    many = doubtful[doubtful >= np.maximum(1.0, MANY_SHARE * (doubtful + homes))]
    if len(many):
        small = int(((use == "shed") & zone.isin(many.index)).sum())
        text = f"{many.sum():,} of {(doubtful + homes)[many.index].sum():,} buildings in {len(many)} zones with people"
        why = f"{small:,} are smaller than {SHED_M2:g} m2, {many.sum() - small:,} of a kind that is not known as a home"
        remedy = "where people live in them, give buildings.* with a column of residents or of kind (house, hut, tent)"
        ledger.warn(NOT_HOMES, f"{text} are not counted as homes ({some([*many.index])}): {why}: {remedy}")


def _grid(zones: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, extent: shapely.Geometry) -> gpd.GeoDataFrame:
    tree = shapely.STRtree(streets.geometry.to_numpy())
    points = [_grid_points(shapely.intersection(shape, extent), tree) for shape in zones.geometry]
    ids = [(zone, i) for zone, inside in zip(zones["zone_id"], points, strict=True) for i in range(len(inside))]
    columns = {"origin_id": [f"g{zone}_{i}" for zone, i in ids], "zone_id": [zone for zone, _ in ids]}
    fixed = {"building_id": None, "on_grid": True, "residents": np.nan, "floor_m2": 1.0, "footprint_m2": 1.0}
    frame = pd.DataFrame(columns, dtype="str").assign(**fixed)
    return gpd.GeoDataFrame(frame, geometry=np.concatenate([*points, np.empty(0, object)]), crs=zones.crs)


def _grid_points(shape: shapely.Geometry, streets: shapely.STRtree) -> np.ndarray:
    """Points of a fixed lattice inside a zone, near its streets where it has any; at least one."""
    west, south, east, north = (np.array(shape.bounds) / GRID_M).round()
    x, y = np.meshgrid(np.arange(west, east + 1) * GRID_M, np.arange(south, north + 1) * GRID_M)
    points = shapely.points(x.ravel(), y.ravel())
    inside = points[shapely.contains_xy(shape, x.ravel(), y.ravel())]
    near = inside[np.unique(streets.query(inside, predicate="dwithin", distance=NEAR_STREET_M)[0])]
    chosen = near if len(near) else inside
    return chosen if len(chosen) else np.array([shape.representative_point()])


def _by_group(origins: gpd.GeoDataFrame, zone_people: pd.DataFrame, placed: pd.Series) -> pd.DataFrame:
    """Spread every group of a zone over its homes as its total is; groups without a count have no rows."""
    to_place = placed.reindex(zone_people["zone_id"]).to_numpy(float)
    known = zone_people[zone_people["people"].notna() & (to_place > 0)]
    total = known[known["group"] == "total"].set_index("zone_id")["people"]
    known = known.assign(per_head=known["people"] / total.reindex(known["zone_id"]).to_numpy(float))
    spread = origins[["origin_id", "zone_id", "people"]].merge(known[["zone_id", "group", "per_head"]], on="zone_id")
    return check(
        "origin_people", spread.assign(people=spread["people"] * spread["per_head"])[["origin_id", "group", "people"]]
    )


def _assert_sums(sums: Mapping[str, float]) -> None:
    found = sums["on_buildings"] + sums["on_grid"] + sums["outside"]
    if abs(found - sums["source"]) > 1e-6 * max(1.0, sums["source"]):
        raise RunError(f"people: the source has {sums['source']}, placed and outside are {found}: please report it")
