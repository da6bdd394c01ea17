"""How ready neighbourhoods are, as a municipality counts it: activists, volunteers, events, initiatives, an active hub.

Counts only: whoever hands over people's names or telephones is asked to take them away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geokehila.catalogue.lists import ListChoice
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import of_units
from geokehila.load.municipal import DEFAULT
from geokehila.load.municipal.rows import first
from geokehila.load.of_units import REMEDY, ZONE_ID, Rows
from geokehila.load.written import amounts, answers

KIND = "neighbourhood"
COUNTS, HUB = ("activists", "volunteers", "events", "initiatives"), "active_hub"
NO_COUNT, NO_ANSWER = "no count", "active_hub is neither yes nor no"
#: No neighbourhood has more of anything that is counted: what is larger is a telephone.
MOST = 1_000_000
#: What the columns are called.
WORDS: Mapping[str, tuple[str, ...]] = {
    "activists": ("activists", "number of activists", "activists count", "פעילים", "מספר פעילים", "פעילי קהילה",
                  "מובילי קהילה", "ناشطون", "عدد الناشطين"),
    "volunteers": ("volunteers", "number of volunteers", "volunteers count", "מתנדבים", "מספר מתנדבים",
                   "מתנדבים פעילים", "متطوعون", "عدد المتطوعين"),
    "events": ("events", "events per year", "events a year", "number of events", "אירועים", "אירועים בשנה",
               "מספר אירועים", "אירועים מרכזיים", "فعاليات", "عدد الفعاليات"),
    "initiatives": ("initiatives", "initiatives per year", "initiatives a year", "number of initiatives", "יוזמות",
                    "יוזמות בשנה", "מספר יוזמות", "יוזמות קהילתיות", "مبادرات", "عدد المبادرات"),
    "active_hub": ("active_hub", "hub", "האב פעיל", "האב קהילתי פעיל", "האב קהילתי", "האב", "מרחב קהילתי פעיל",
                   "مركز فعال", "مركز جماهيري فعال"),
    "stage": ("stage", "שלב", "שלב בתהליך", "المرحلة"),
    "zone_id": ZONE_ID,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Readiness:
    """What is counted of neighbourhoods, and what became of every row.

    Attributes
    ----------
    rows
        By `zone_id` of the unit: `activists`, `volunteers`, `events` and `initiatives` (a year), 0: none; `active_hub`,
        1 or 0; missing: not told. `stage`: words, None where not told.
    ledger
        Kind ``neighbourhood``, by rows of the file.
    columns
        Those of the file that are read, by what they say.
    """

    rows: pd.DataFrame
    ledger: Ledger
    columns: Mapping[str, str]


def read(path: Path, units: pd.DataFrame, choice: ListChoice = DEFAULT) -> Readiness:
    """Read what a municipality counts of its neighbourhoods.

    Parameters
    ----------
    path
        A table, one row a neighbourhood; columns are found by their names in Hebrew, Arabic and English.
    units
        The neighbourhoods of the study: zone_id, name_he, name_ar, name_en, name_ru. A row is one of them by its id,
        else by a name in any language and spelling.
    choice
        Which columns the study states; all else is found in the file.

    Raises
    ------
    InputError
        A column about persons or with their names, telephones or addresses; none that names neighbourhoods or counts
        anything; or a file that cannot be read.

    Examples
    --------
    >>> read(Path("readiness.csv"), units).rows.volunteers.tolist()  # doctest: +SKIP
    [140.0, nan]
    """
    ledger = Ledger(path.name)
    table = of_units.read(path, WORDS, ledger, choice)
    ledger.read(KIND, len(table.numbers))
    _must_count(table)
    said = table.told([*WORDS])
    _must_be_numbers(said, table)
    rows = _typed(said).assign(zone_id=table.units(units))
    reasons = table.with_totals(_reasons(said, rows, units), rows.index)
    if absent := [key for key in (*COUNTS, HUB) if key not in table.found]:
        ledger.warn("columns_missing", f"has no column {', '.join(absent)}: not told of any neighbourhood")
    table.warn_of_unread("readiness", ledger)
    of_units.settle(ledger, KIND, [f"row {number}" for number in table.numbers], reasons)
    kept = rows[reasons == ""].sort_values("zone_id", ignore_index=True)
    return Readiness(kept[["zone_id", *COUNTS, HUB, "stage"]], ledger.balance(), table.read_as)


def _must_count(table: Rows) -> None:
    if {*table.found}.isdisjoint((*COUNTS, HUB)):
        asked = f"{', '.join(COUNTS)} or {HUB}"
        raise InputError(f"{table.file}: no column of counts among {table.columns}: call them {asked}")


def _must_be_numbers(said: pd.DataFrame, table: Rows) -> None:
    """Raise where a column that should count holds words without any digit, as names are; they are not quoted."""
    for key in COUNTS:
        if said[key].str.contains(r"[^\W\d_]", regex=True).where(~said[key].str.contains(r"\d"), False).any():
            raise InputError(f"{table.file}: column {table.found[key]!r} holds words where {key} are counted: {REMEDY}")


def _typed(said: pd.DataFrame) -> pd.DataFrame:
    counts = {key: amounts(said[key]) for key in COUNTS}
    stage = said["stage"].astype(object).where(said["stage"] != "", None)
    return pd.DataFrame(counts | {HUB: answers(said[HUB]), "stage": stage})


def _reasons(said: pd.DataFrame, rows: pd.DataFrame, units: pd.DataFrame) -> np.ndarray:
    """Return why a row is left out; empty where it is read. Cells are not quoted: they might name somebody."""
    reasons = [of_units.unknown(rows["zone_id"], units)]
    for key in COUNTS:
        is_count = rows[key].between(0, MOST) & (rows[key] % 1 == 0)
        reasons.append(np.where((said[key] == "") | is_count, "", f"{key}: {NO_COUNT}"))
    reasons.append(np.where((said[HUB] == "") | rows[HUB].notna(), "", NO_ANSWER))
    return of_units.repeated(rows["zone_id"], first(*reasons))
