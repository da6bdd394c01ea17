"""What became of residents that a layer counts house by house: they are in a number, or in none, and why."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.ledger import Ledger, some
from geokehila.people.homes import HOME, in_zones
from geokehila.people.placing import IN_NO_ZONE
from geokehila.schema import WHOLE_ZONE_SHARE

COUNT = "count of residents"
#: Why a row's residents are in no number.
LEFT_OUT, ANOTHER = "its building is left out", "another house of its area is not counted"
CUT, NO_COUNT = "the data cut its area", "its area has no count"
#: [people] What sums of fractions may differ by.
ROUNDING = 1e-6


def fates(counts: pd.DataFrame, zones: gpd.GeoDataFrame, total: pd.Series, buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return counts of residents with the `zone_id` of each, and the `reason` why it is in no number: "" where it is.

    Parameters
    ----------
    counts
        A row of a layer each, as :func:`geokehila.load.buildings.complete` returns them: source, row, residents, and
        building_id, missing where no building has them.
    zones
        Table ``zones`` with coverage_share: of a zone that the data cut nobody knows whether all homes are counted.
    total
        Who is counted in each zone, by zone_id; missing: nobody tells.
    buildings
        As :func:`geokehila.people.classify` returns them.
    """
    stands = pd.Series(in_zones(zones, buildings).to_numpy(), index=buildings["building_id"].to_numpy())
    zone = counts["building_id"].map(stands)
    rules = {
        LEFT_OUT: counts["building_id"].isna(),
        IN_NO_ZONE: zone.isna(),
        "": zone.isin(total.index[total.notna()]),
        CUT: zone.isin(zones["zone_id"][zones["coverage_share"] < WHOLE_ZONE_SHARE]),
        ANOTHER: zone.isin(houses_not_counted(zones, buildings)),
    }
    return counts.assign(zone_id=zone, reason=np.select([*rules.values()], [*rules], NO_COUNT))


def houses_not_counted(zones: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.Series:
    """Return the zone_id of each home that no layer counts the residents of, by building_id; missing in no zone."""
    homes = buildings[(buildings["use"] == HOME) & buildings["residents"].isna()]
    return pd.Series(in_zones(zones, homes).to_numpy(), index=homes["building_id"].to_numpy())


def in_no_number(found: pd.DataFrame) -> float:
    """Return the residents of rows, as :func:`fates` tells them, whose area has no count, or who lie in no area.

    Of a shape that is left out nobody knows whether its area's total holds them.

    Examples
    --------
    >>> rows = {"residents": [5.0, 7.0, 9.0], "reason": ["", "in no zone", "its building is left out"]}
    >>> in_no_number(pd.DataFrame(rows))
    7.0
    """
    return float(found["residents"][~found["reason"].isin(("", LEFT_OUT))].sum())


def account(found: pd.DataFrame, not_counted: pd.Series) -> Ledger:
    """Say of every count of residents whether it is in a number, and of those that are in none where they are and why.

    Parameters
    ----------
    found
        As :func:`fates` returns it, of one row at least.
    not_counted
        As :func:`houses_not_counted` returns them.
    """
    ledger, is_lost = Ledger(str(found["source"].iat[0])), found["reason"] != ""
    ledger.read(COUNT, len(found))
    ledger.use(COUNT, int((~is_lost).sum()))
    for row, reason in zip(found["row"][is_lost], found["reason"][is_lost], strict=True):
        ledger.reject(COUNT, row, reason)
    lived_in = found[is_lost & (found["residents"] > 0)]
    left_out, nowhere = (lived_in[lived_in["reason"] == reason] for reason in (LEFT_OUT, IN_NO_ZONE))
    if len(left_out):
        text = f"{_people(left_out)} are counted in shapes that are left out ({_rows(left_out)}): mend these shapes"
        ledger.warn("residents_left_out", text)
    if len(nowhere):
        text = f"{_people(nowhere)} are counted in houses that lie in no area ({_rows(nowhere)}), and are in no number"
        ledger.warn("residents_in_no_area", f"{text}: give areas that hold these houses, or mend their shapes")
    if len(rest := lived_in.drop([*left_out.index, *nowhere.index])):
        _warn_of_areas(rest, not_counted[not_counted.isin(rest["zone_id"])], ledger)
    return ledger.balance()


def _warn_of_areas(rest: pd.DataFrame, not_counted: pd.Series, ledger: Ledger) -> None:
    """Say who is counted in houses of areas without a count, and which houses there nobody counted."""
    areas = rest["zone_id"].unique().tolist()
    text = f"{_people(rest)} counted in {len(rest):,} houses are in no number, for their areas have no count"
    text += f" ({len(areas):,}: {some(areas)})"
    if len(not_counted):
        text += f"; {len(not_counted):,} houses there are not counted ({some([*not_counted.index])})"
        remedy = "write their residents, 0 where nobody lives, or give the areas' totals"
    else:
        remedy = "give the areas' totals"
    ledger.warn("areas_partly_counted", f"{text}: {remedy}")


def warn_of_small_totals(found: pd.DataFrame, total: pd.Series, ledger: Ledger) -> None:
    """Name the zones of which the total is smaller than what its houses are counted to have: the total is used."""
    each = pd.DataFrame({"houses": found["residents"].groupby(found["zone_id"]).sum()})
    small = each.assign(total=total)[lambda areas: areas["houses"] > areas["total"] + ROUNDING]
    if len(small):
        rows = small.reset_index()[["zone_id", "total", "houses"]].itertuples(index=False)
        named = some([f"{zone}: {all_:,.10g}, its houses {sum_:,.10g}" for zone, all_, sum_ in rows], mark="; ")
        text = f"{len(small):,} areas have a total below the sum of their counted houses ({named}): the total is used"
        remedy = "correct what is wrong, or leave the total blank to have the sum where each house is counted"
        ledger.warn("totals_below_houses", f"{text}, and shared in proportion: {remedy}")


def _people(rows: pd.DataFrame) -> str:
    return f"{rows['residents'].sum():,.0f} residents"


def _rows(rows: pd.DataFrame) -> str:
    return some(rows["row"].tolist())
