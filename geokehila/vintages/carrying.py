"""What is known of areas brought to zones: counts by share, means by people, words and ranks by the largest share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

#: Of a zone's people, whose areas must be told for anything to be said of the zone.
ENOUGH_SHARE = 0.95
#: Digits by which shares are held to be the same: sums in another order differ in the last ones.
_DIGITS = 9


@dataclass(frozen=True, eq=False)
class Carried:
    """A number or word of zones, by zone_id.

    Attributes
    ----------
    value
        Missing where `covered` is below 0.95.
    covered
        Share of the zone's people, 0 to 1, who live in areas of which it is told; 0 also where nobody lives.
    share
        Of the zone's people, how many live in areas that tell just this value; of counts and means as `covered`.
    """

    value: pd.Series
    covered: pd.Series
    share: pd.Series


def sums(values: pd.Series, cells: pd.DataFrame, zone_ids: pd.Index) -> Carried:
    """Part counts of areas by where their people live, and sum the parts in each zone.

    Parameters
    ----------
    values
        Counts by area; missing where not told.
    cells
        Table ``crosswalk``.
    zone_ids
        The zones asked for.

    Examples
    --------
    >>> cells = pd.DataFrame([["1-7", "a", 0.75, 1.0], ["1-7", "b", 0.25, 0.5], ["1-8", "b", 1.0, 0.5]])
    >>> cells.columns = ["from_area", "zone_id", "of_area_share", "of_zone_share"]
    >>> zones, told = pd.Index(["a", "b"]), pd.Series({"1-7": 8.0, "1-8": 4.0})
    >>> sums(told, cells, zones).value.tolist(), means(told, cells, zones).value.tolist()
    ([6.0, 6.0], [8.0, 6.0])
    >>> largest(told, cells, zones).value.tolist(), largest(told, cells, zones).share.tolist()
    ([8.0, 4.0], [1.0, 0.5])
    """
    met = _told(values, cells)
    parts = met["value"].astype("float64") * met["of_area_share"]
    return _enough(parts.groupby(met["zone_id"]).sum(), _covered(met, zone_ids))


def means(values: pd.Series, cells: pd.DataFrame, zone_ids: pd.Index) -> Carried:
    """Average shares, indices and medians of areas over the people of each zone who live there; as :func:`sums`."""
    met = _told(values, cells)
    parts = met["value"].astype("float64") * met["of_zone_share"]
    whole = met.groupby("zone_id")["of_zone_share"].sum()
    return _enough(parts.groupby(met["zone_id"]).sum() / whole, _covered(met, zone_ids))


def largest(values: pd.Series, cells: pd.DataFrame, zone_ids: pd.Index) -> Carried:
    """Take the rank or word that most people of a zone live under, of equal ones the first; as :func:`sums`."""
    met = _told(values, cells)
    held = met.groupby(["zone_id", "value"], as_index=False).agg(share=("of_zone_share", "sum"))
    ordered = held.assign(share=held["share"].round(_DIGITS)).sort_values(
        ["zone_id", "share", "value"], ascending=[True, False, True]
    )
    most = ordered.drop_duplicates("zone_id").set_index("zone_id")
    found = _enough(most["value"], _covered(met, zone_ids))
    return Carried(found.value, found.covered, most["share"].reindex(zone_ids, fill_value=0.0))


def united(cells: pd.DataFrame, unit_of: Mapping[str, str]) -> pd.DataFrame:
    """Return the cells of units that several areas are counted as; areas that are of no unit are left out.

    A unit is parted by its people, wherever in it they live; where no home stands in it, by land, its areas alike.

    Parameters
    ----------
    cells
        Table ``crosswalk``.
    unit_of
        The unit of each area.
    """
    known = cells.assign(area=cells["from_area"], from_area=cells["from_area"].map(unit_of)).dropna(subset="from_area")
    areas = known.groupby("from_area")["area"].nunique()
    both = known.groupby(["from_area", "zone_id"], as_index=False)[["people", "of_area_share", "of_zone_share"]].sum()
    whole = both["from_area"].map(both.groupby("from_area")["people"].sum()).astype("float64")
    by_land = both["of_area_share"] / both["from_area"].map(areas).astype("float64")
    return both.assign(of_area_share=(both["people"] / whole).where(whole > 0, by_land))


def _told(values: pd.Series, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of areas of which something is told."""
    return cells.assign(value=cells["from_area"].map(values.dropna())).dropna(subset="value")


def _covered(met: pd.DataFrame, zone_ids: pd.Index) -> pd.Series:
    return met.groupby("zone_id")["of_zone_share"].sum().reindex(zone_ids, fill_value=0.0).round(_DIGITS)


def _enough(value: pd.Series, covered: pd.Series) -> Carried:
    return Carried(value.reindex(covered.index).where(covered >= ENOUGH_SHARE), covered, covered)
