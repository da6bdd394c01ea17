"""Census counts placed on homes: the origins of every walk, whose people sum back to their zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geokehila.brief import Brief
from geokehila.catalogue.areas import AssumedPopulation
from geokehila.errors import RunError
from geokehila.ledger import Ledger
from geokehila.schema import WHOLE_ZONE_SHARE, check

HOMES = frozenset("apartments house detached residential terrace dormitory semidetached_house bungalow".split())
SINGLE_HOMES = frozenset("house detached bungalow semidetached_house".split())
#: [m2] A `building=yes` below this is a shed.
SHED_M2 = 30.0
#: [m2] Footprint from which a home without mapped levels counts as a block of flats.
BLOCK_M2 = 250.0
LEVELS_OF_HOUSE, LEVELS_OF_BLOCK = 1.0, 3.0
#: [m] Neighbours that may say how many levels a home has, and how many of them it takes.
NEIGHBOURS_M, NEIGHBOURS_NEEDED = 100.0, 3
#: [m2] Floor area of one dwelling, where dwellings stand in for people.
DWELLING_M2 = 100.0
#: Age groups that results are given for.
NAMED_GROUPS = ("0-19", "65+", "80+")
IN_NO_ZONE = "in no zone"
#: Residents behind one unit of each weight, to judge whether a list of places is credible (assumed: a third of the
#: residents are too young to vote, a dwelling holds three).
RESIDENTS_PER = {"residents": 1.0, "voters": 1.5, "dwellings": 3.0}
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


def classify(buildings: gpd.GeoDataFrame, land: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Say which buildings are homes and how high they stand.

    Parameters
    ----------
    buildings
        building_id, building (tag), levels and flats (NaN: unknown), facility (is a place itself), purpose, geometry
        [m].
    land
        Areas with `use` facility or industry.

    Returns
    -------
    GeoDataFrame
        Table ``buildings``: `use` is home, facility, industry, shed or other; `levels` are filled in for homes,
        `imputed` tells where (1 below 250 m2 of footprint, else 3, unless three neighbours of that size within 100 m
        say otherwise: then their median); NaN elsewhere means unknown. Further columns: flats, dwellings.
    """
    footprint = buildings.geometry.area
    frame = buildings.assign(footprint_m2=footprint, use=_use(buildings, land, footprint))
    is_home = (frame["use"] == "home").to_numpy()
    frame["imputed"] = is_home & frame["levels"].isna().to_numpy()
    frame.loc[is_home, "levels"] = _levels(frame[is_home])
    flats = np.maximum(1.0, frame["footprint_m2"] * frame["levels"] / DWELLING_M2).where(
        ~frame["building"].isin(SINGLE_HOMES), 1.0
    )
    frame["dwellings"] = frame["flats"].fillna(flats).where(is_home, 0.0)
    return check("buildings", frame.drop(columns=["building", "facility", "flats"]))


def _use(buildings: gpd.GeoDataFrame, land: gpd.GeoDataFrame, footprint: pd.Series) -> np.ndarray:
    at = buildings.geometry.representative_point().to_numpy()
    inside = {use: np.zeros(len(buildings), bool) for use in ("facility", "industry")}
    for use, mask in inside.items():
        grounds = land.geometry[land["use"] == use].to_numpy()
        mask[shapely.STRtree(grounds).query(at, predicate="intersects")[0]] = True
    tag, is_place = buildings["building"], buildings["facility"].to_numpy(bool)
    stated, plain = tag.isin(HOMES).to_numpy(), (tag == "yes").to_numpy()
    rules = [
        stated,
        is_place | (plain & inside["facility"]),
        plain & inside["industry"],
        plain & (footprint < SHED_M2).to_numpy(),
        plain,
    ]
    return np.select(rules, ["home", "facility", "industry", "shed", "home"], "other")


def _levels(homes: gpd.GeoDataFrame) -> np.ndarray:
    """Levels as mapped, else as the neighbours of the same size have, else by footprint."""
    levels, is_block = homes["levels"].to_numpy(float), (homes["footprint_m2"] >= BLOCK_M2).to_numpy()
    filled = np.where(np.isnan(levels), np.where(is_block, LEVELS_OF_BLOCK, LEVELS_OF_HOUSE), levels)
    at = shapely.get_coordinates(homes.geometry.centroid.to_numpy())
    for size in (True, False):
        known, unknown = (
            np.flatnonzero((is_block == size) & (np.isnan(levels) == missing)) for missing in (False, True)
        )
        if len(known) and len(unknown):
            near = cKDTree(at[known]).query_ball_point(at[unknown], NEIGHBOURS_M)
            filled[unknown] = [
                np.median(levels[known[n]]) if len(n) >= NEIGHBOURS_NEEDED else filled[u]
                for n, u in zip(near, unknown, strict=True)
            ]
    return filled


def with_coverage(zones: gpd.GeoDataFrame, extent: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return table ``zones`` with coverage_share: the share of each zone's area inside the OSM data, 0 to 1."""
    share = shapely.area(shapely.intersection(zones.geometry.to_numpy(), extent)) / zones.geometry.area.to_numpy()
    return check("zones", zones.assign(coverage_share=np.clip(share, 0.0, 1.0)))


def dwellings_as_people(
    zones: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, assumed: AssumedPopulation | None
) -> pd.DataFrame:
    """Return table ``zone_people`` counted in dwellings, where nobody counted people; 0 is a zone without homes.

    A house is one dwelling; a block has as many as it is tagged with, else one per 100 m2 of floor. They are scaled to
    the total where one is assumed.
    """
    homes = _homes_in_zones(zones, buildings)
    people = homes.groupby("zone_id")["dwellings"].sum().reindex(zones["zone_id"], fill_value=0.0)
    if assumed and people.sum():
        people = people * (assumed.total / people.sum())
    return pd.DataFrame({"zone_id": people.index, "group": "total", "people": people.to_numpy(), "reason": None})


def named_groups(zone_people: pd.DataFrame) -> pd.DataFrame:
    """Return the totals and the named age groups (0-19, 65+, 80+) of table ``zone_people``.

    A named group is made only where the source's bands tile it: ten-year bands to 80+ make no 65+. A zone with a band
    missing has no count of the group.
    """
    bands = {band: _ages(band) for band in zone_people["group"].unique() if band != "total"}
    parts = [zone_people[zone_people["group"] == "total"][["zone_id", "group", "people"]]]
    for name in NAMED_GROUPS:
        low, high = _ages(name)
        inside = {band: ages for band, ages in bands.items() if low <= ages[0] and ages[1] <= high}
        if inside and sum(b - a + 1 for a, b in inside.values()) == high - low + 1:
            rows = zone_people[zone_people["group"].isin(inside)]
            people = rows.groupby("zone_id")["people"].sum(min_count=len(inside))
            parts.append(pd.DataFrame({"zone_id": people.index, "group": name, "people": people.to_numpy()}))
    return pd.concat(parts, ignore_index=True)


def _ages(band: str) -> tuple[int, int]:
    """First and last age of a band: "10-19" or "65+" (to 120)."""
    low, _, high = band.replace("+", "-120").partition("-")
    return int(low), int(high)


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
    in_zones = _homes_in_zones(zones, buildings)
    homes = in_zones[placed.reindex(in_zones["zone_id"]).to_numpy(float) > 0]
    ledger = _account(buildings, zones, set(in_zones["origin_id"]), set(homes["origin_id"]))
    bare = zones[(placed.to_numpy() > 0) & ~zones["zone_id"].isin(homes["zone_id"])]
    grid = _grid(bare, streets, extent)
    origins = pd.concat([homes, grid], ignore_index=True)
    to_place = placed.reindex(origins["zone_id"]).to_numpy(float)
    for column, weight in (("people", origins["floor_m2"]), ("people_by_footprint", origins["footprint_m2"])):
        origins[column] = to_place * weight / weight.groupby(origins["zone_id"]).transform("sum")
    at = origins.geometry.to_numpy()
    origins["border_m"] = np.where(shapely.intersects(at, extent), shapely.distance(at, shapely.boundary(extent)), 0.0)
    origins = check("origins", origins.drop(columns=["dwellings", "floor_m2", "footprint_m2"]))
    sums = {
        "source": float(np.nansum(total)),
        "on_buildings": float(origins["people"][~origins["on_grid"]].sum()),
        "on_grid": float(origins["people"][origins["on_grid"]].sum()),
        "outside": float(np.nansum(total * (1 - share))),
    }
    _assert_sums(sums)
    return People(origins, _by_group(origins, zone_people, placed), sums, ledger)


def _account(buildings: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, in_zones: set[str], inhabited: set[str]) -> Ledger:
    """Say of every building whether people were placed in it, and if not, why."""
    ledger = Ledger("buildings")
    ledger.read("home", len(buildings))
    ledger.use("home", len(inhabited))
    at = buildings.geometry.representative_point().to_numpy()
    covered = np.zeros(len(buildings), bool)
    covered[shapely.STRtree(at).query(zones.geometry.to_numpy(), predicate="intersects")[1]] = True
    for building_id, use, is_covered in zip(buildings["building_id"], buildings["use"], covered, strict=True):
        if not is_covered:
            ledger.reject("home", building_id, IN_NO_ZONE)
        elif building_id not in inhabited:
            ledger.reject(
                "home", building_id, "zone without people" if building_id in in_zones else f"not a home: {use}"
            )
    return ledger.balance()


def _homes_in_zones(zones: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Homes with the zone they stand in (the first by id where zones overlap), as points inside the building."""
    homes = buildings[buildings["use"] == "home"]
    at = homes.geometry.representative_point().to_numpy()
    home, zone = shapely.STRtree(at).query(zones.geometry.to_numpy(), predicate="intersects")[::-1]
    first = pd.Series(zone, index=home).groupby(level=0).min()
    found = homes.iloc[first.index]
    ids, floor_m2 = found["building_id"].to_numpy(), (found["footprint_m2"] * found["levels"]).to_numpy()
    columns = {"origin_id": ids, "building_id": ids, "zone_id": zones["zone_id"].to_numpy()[first], "on_grid": False}
    weights = {
        "dwellings": found["dwellings"].to_numpy(),
        "floor_m2": floor_m2,
        "footprint_m2": found["footprint_m2"].to_numpy(),
    }
    return gpd.GeoDataFrame({**columns, **weights}, geometry=at[first.index], crs=buildings.crs)


def _grid(zones: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, extent: shapely.Geometry) -> gpd.GeoDataFrame:
    tree = shapely.STRtree(streets.geometry.to_numpy())
    points = [_grid_points(shapely.intersection(shape, extent), tree) for shape in zones.geometry]
    ids = [(zone, i) for zone, inside in zip(zones["zone_id"], points, strict=True) for i in range(len(inside))]
    columns = {"origin_id": [f"g{zone}_{i}" for zone, i in ids], "zone_id": [zone for zone, _ in ids]}
    fixed = {"building_id": None, "on_grid": True, "dwellings": 0.0, "floor_m2": 1.0, "footprint_m2": 1.0}
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
