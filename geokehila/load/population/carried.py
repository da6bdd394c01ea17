"""What a source says of areas of one edition, carried to zones of another by who lives in both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geokehila import vintages
from geokehila.vintages import ENOUGH_SHARE, Carried

#: Facts that are ranks: between two clusters there is none.
RANKS = frozenset(("ses_cluster",))
#: No home by which anything could be carried.
NO_HOMES = "no home to carry it by"


def carried(rows: pd.DataFrame, vintage: str, cells: pd.DataFrame, zone_ids: Sequence[str]) -> pd.DataFrame:
    """Return every fact of a source for zones of another edition.

    Parameters
    ----------
    rows
        unit (areas that a row speaks of, ``"14+13+18"``; rows of the whole locality are not carried), fact, value,
        text.
    vintage
        Edition of these areas.
    cells
        Table ``crosswalk`` from that edition.
    zone_ids
        The zones.

    Returns
    -------
    DataFrame
        zone_id, fact, value, text, reason: a row for each zone and fact. Counts are parted by share and summed, ranks
        and words are those that most people live under, other numbers are averaged over the people. The reason says
        of which edition it is, and of ranks and words for how many of the people; or why it is missing.
    """
    of_areas = rows[rows["unit"] != ""]
    unit_of = {area: unit for unit in of_areas["unit"].unique() for area in unit.split("+")}
    of_units = vintages.united(cells.assign(from_area=_numbers(cells["from_area"])), unit_of)
    asked = pd.Index(zone_ids, name="zone_id")
    parts = [_fact(str(fact), told.set_index("unit"), of_units, asked) for fact, told in of_areas.groupby("fact")]
    lived_in = asked.isin(cells.loc[cells["people"] > 0, "zone_id"])
    return pd.concat([_with_reason(part, vintage, lived_in) for part in parts], ignore_index=True)


def tells(units: Sequence[str], cells: pd.DataFrame, zone_ids: Sequence[str]) -> set[str]:
    """Return the units of areas in which somebody of these zones lives."""
    met = {*_numbers(cells.loc[cells["zone_id"].isin(zone_ids), "from_area"])}
    return {unit for unit in units if met & {*unit.split("+")}}


def _numbers(areas: pd.Series) -> pd.Series:
    """Return the number of each area in its locality; of no areas none, as where all zones met are ``<code>-rest``."""
    return areas.astype("str").str.rsplit("-", n=1).str[-1]


def _fact(fact: str, told: pd.DataFrame, cells: pd.DataFrame, zone_ids: pd.Index) -> pd.DataFrame:
    is_text = bool(told["text"].notna().any())
    if is_text or fact in RANKS:
        found = vintages.largest(told["text" if is_text else "value"], cells, zone_ids)
    else:
        found = (vintages.sums if fact.endswith("_count") else vintages.means)(told["value"], cells, zone_ids)
    return _row(fact, found, is_text, is_text or fact in RANKS)


def _row(fact: str, found: Carried, is_text: bool, is_largest: bool) -> pd.DataFrame:
    nothing = pd.Series(None, found.value.index, dtype=object)
    value, text = (nothing, found.value) if is_text else (found.value, nothing)
    share = found.share if is_largest else pd.Series(float("nan"), found.value.index)
    columns = {"fact": fact, "value": value.astype("float64"), "text": text.astype(object).where(text.notna(), None)}
    return pd.DataFrame({**columns, "covered": found.covered, "share": share}).reset_index()


def _with_reason(part: pd.DataFrame, vintage: str, lived_in: np.ndarray) -> pd.DataFrame:
    """Say of which areas a fact is, and for how many of the people; or why it is missing."""
    areas = f"areas of {vintage}"
    most = part["share"].map(lambda share: f"{areas}, {100 * share:.1f} % of people").astype(object)
    held = most.where(part["share"].notna(), areas)
    few = part["covered"].map(lambda share: f"{areas} tell it of {100 * share:.1f} % of people")
    reason = held.where(part["covered"] >= ENOUGH_SHARE, few.where(lived_in, NO_HOMES))
    return part.assign(reason=reason.astype(object)).drop(columns=["covered", "share"])
