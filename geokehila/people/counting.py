"""How many people, voters or dwellings stand in each zone, as far as buildings tell it, and by age."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geokehila.catalogue.areas import AssumedPopulation
from geokehila.people.homes import EMPTY, HOME, in_zones
from geokehila.schema import WHOLE_ZONE_SHARE

#: Age groups that results are given for.
NAMED_GROUPS = ("0-19", "65+", "80+")
#: Residents behind one unit of each weight, to judge whether a list of places is credible (assumed: a third of the
#: residents are too young to vote, a dwelling holds three).
RESIDENTS_PER = {"residents": 1.0, "voters": 1.5, "dwellings": 3.0}


def filled(zone_people: pd.DataFrame, zones: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return table ``zone_people`` with a total for zones that had none, where every home in them is counted.

    Parameters
    ----------
    zone_people
        In residents; a total that is there stays, whatever its homes sum to.
    zones
        Table ``zones`` with coverage_share: of a zone that the data cut nobody knows whether all homes are counted.
    buildings
        As :func:`classify` returns them: `residents` are summed.
    """
    told = zone_people["zone_id"].map(residents_by_zone(zones, buildings))
    is_told = (zone_people["group"] == "total") & zone_people["people"].isna() & told.notna()
    return zone_people.assign(
        people=zone_people["people"].mask(is_told, told), reason=zone_people["reason"].mask(is_told, None)
    )


def residents_by_zone(zones: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.Series:
    """Return the residents counted on the buildings of each zone, by zone_id.

    A zone in which a home is not counted, or that the data cut, is missing: what it has is less than its people.
    """
    homes = buildings[buildings["use"].isin((HOME, EMPTY))]
    each = homes["residents"].groupby(in_zones(zones, homes)).agg(lambda residents: residents.sum(skipna=False))
    whole = zones["zone_id"][zones["coverage_share"] >= WHOLE_ZONE_SHARE]
    known: pd.Series = each.reindex(whole).reindex(zones["zone_id"]).astype("float64")
    return known


def uncounted(zone_people: pd.DataFrame) -> frozenset[str]:
    """Return the zones of which nobody tells how many people they have: one that is counted 0 is none of them.

    Examples
    --------
    >>> rows = {"zone_id": ["a", "b", "c"], "group": "total", "people": [5.0, 0.0, None]}
    >>> sorted(uncounted(pd.DataFrame(rows)))
    ['c']
    """
    return frozenset(zone_people["zone_id"][(zone_people["group"] == "total") & zone_people["people"].isna()])


def uncounted_homes(
    zones: gpd.GeoDataFrame, zone_people: pd.DataFrame, buildings: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return the homes of zones without a count: origin_id, zone_id and a point inside each.

    Parameters
    ----------
    zone_people
        Table ``zone_people``: a missing total is no count; one of 0 is a count.
    buildings
        As :func:`classify` returns them.
    """
    homes = buildings[buildings["use"] == HOME]
    found = homes.assign(origin_id=homes["building_id"], zone_id=in_zones(zones, homes))
    mine = found[found["zone_id"].isin(uncounted(zone_people))]
    points = mine[["origin_id", "zone_id"]].set_geometry(mine.geometry.representative_point())
    return points.sort_values("origin_id", ignore_index=True)


def homes_by_zone(zones: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.Series:
    """Return how many homes each zone has, by zone_id."""
    homes = buildings[buildings["use"] == HOME]
    return in_zones(zones, homes).value_counts().reindex(zones["zone_id"], fill_value=0)


def dwellings_as_people(
    zones: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, assumed: AssumedPopulation | None
) -> pd.DataFrame:
    """Return table ``zone_people`` counted in dwellings, where nobody counted people; 0 is a zone without homes.

    A house is one dwelling; a block has as many as it is tagged with, else one per 100 m2 of floor. They are scaled to
    the total where one is assumed.
    """
    zone = in_zones(zones, buildings)
    people = buildings["dwellings"].groupby(zone).sum().reindex(zones["zone_id"], fill_value=0.0)
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
