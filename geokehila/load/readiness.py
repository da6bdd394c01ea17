"""How ready neighbourhoods are, as a municipality counts it: activists, volunteers, events, initiatives, an active hub.

Counts only: whoever hands over people's names or telephones is asked to take them away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import cells, municipal
from geokehila.load.municipal import columns
from geokehila.load.municipal.rows import first
from geokehila.names import LANGUAGES, NAME_COLUMNS, matching_key

KIND = "neighbourhood"
COUNTS, HUB = ("activists", "volunteers", "events", "initiatives"), "active_hub"
NO_UNIT, NO_COUNT, NO_ANSWER = "names no neighbourhood of the study", "no count", "active_hub is neither yes nor no"
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
    "zone_id": ("zone_id", "id", "code", "area", "מזהה", "קוד", "סמל שכונה", "אזור", "אזור סטטיסטי", "المعرف", "رقم"),
}  # fmt: skip
_NEIGHBOURHOOD = ("neighbourhood", "neighborhood", "quarter", "name", "שכונה", "שם שכונה", "שם השכונה", "רובע", "שם",
                  "الحي", "حي", "اسم الحي", "الاسم")  # fmt: skip
#: Columns that name people beside those that any list of places must not have.
_PEOPLE = re.compile(r"(?:activist|volunteer|leader|resident|full|first|last|family)s? names?|"
                     r"names? of (?:the )?(?:activist|volunteer|leader|resident)|"
                     r"שמ(?:ות)? ה?(?:פעילה?|פעילימ|מתנדב|מתנדבת|מתנדבימ|רכז|רכזת|מוביל|תושב|תושבימ|פרטי|משפחה|מלא)\b|"
                     r"اسم ال?(?:ناشط|متطوع)|اسماء")  # fmt: skip
_TELEPHONE = re.compile(r"(?<!\d)(?:\+?972[-\s]?|0)(?:[23489]|[57]\d)[-\s]?\d{3}[-\s]?\d{4}(?!\d)|\w@\w")
_REMEDY = "hand over counts only, without names and telephones"


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
    """

    rows: pd.DataFrame
    ledger: Ledger


def read(path: Path, units: pd.DataFrame) -> Readiness:
    """Read what a municipality counts of its neighbourhoods.

    Parameters
    ----------
    path
        A table, one row a neighbourhood; columns are found by their names in Hebrew, Arabic and English.
    units
        The neighbourhoods of the study: zone_id, name_he, name_ar, name_en, name_ru. A row is one of them by its id,
        else by a name in any language and spelling.

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
    table, numbers = municipal.rows_of(path, ledger)
    ledger.read(KIND, len(table))
    _must_name_nobody(table, path.name)
    found = cells.find(table, WORDS)
    names = _name_columns(table, found)
    _must_count(table, found, names, path.name)
    said = pd.DataFrame({key: cells.told(table, found.get(key)) for key in WORDS})
    _must_be_numbers(said, found, path.name)
    # A column called area may hold ids or names.
    called = table[[*names, *([found["zone_id"]] if "zone_id" in found else [])]]
    rows = _typed(said).assign(zone_id=_units(called, said["zone_id"], units))
    reasons = _reasons(said, rows, units)
    for number, reason in zip(numbers, reasons, strict=True):
        if reason:
            ledger.reject(KIND, f"row {number}", reason)
    kept = rows[reasons == ""].sort_values("zone_id", ignore_index=True)
    ledger.use(KIND, len(kept))
    _warn(ledger, numbers, reasons, [key for key in (*COUNTS, HUB) if key not in found])
    return Readiness(kept[["zone_id", *COUNTS, HUB, "stage"]], ledger.balance())


def _must_name_nobody(table: pd.DataFrame, file: str) -> None:
    """Raise where a column is called by persons, or holds a telephone or an address of mail."""
    for column in map(str, table.columns):
        if columns.is_personal(column) or _PEOPLE.search(columns.plain(column)):
            raise InputError(f"{file}: column {column!r} is about persons: {_REMEDY}")
        if column != "geometry" and table[column].map(columns.as_text).map(_TELEPHONE.search).notna().any():
            raise InputError(f"{file}: column {column!r} holds telephones or addresses: {_REMEDY}")


def _must_count(table: pd.DataFrame, found: Mapping[str, str], names: list[str], file: str) -> None:
    seen = ", ".join(columns.unread(table, ())) or "none"
    if not names and "zone_id" not in found:
        raise InputError(f"{file}: no column of neighbourhoods among {seen}: call it name or zone_id")
    if {*found}.isdisjoint((*COUNTS, HUB)):
        raise InputError(f"{file}: no column of counts among {seen}: call them {', '.join(COUNTS)} or {HUB}")


def _must_be_numbers(said: pd.DataFrame, found: Mapping[str, str], file: str) -> None:
    """Raise where a column that should count holds words without any digit, as names are; they are not quoted."""
    for key in COUNTS:
        if said[key].str.contains(r"[^\W\d_]", regex=True).where(~said[key].str.contains(r"\d"), False).any():
            raise InputError(f"{file}: column {found[key]!r} holds words where {key} are counted: {_REMEDY}")


def _name_columns(table: pd.DataFrame, found: Mapping[str, str]) -> list[str]:
    words = {columns.plain(word) for word in _NEIGHBOURHOOD}
    words |= {f"{word} {language}" for word in [*words] for language in LANGUAGES}
    words |= {columns.plain(word) for name in NAME_COLUMNS for word in columns.WORDS[name]}
    return [str(c) for c in table.columns if columns.plain(str(c)) in words and c not in found.values()]


def _units(names: pd.DataFrame, ids: pd.Series, units: pd.DataFrame) -> pd.Series:
    """Return the zone_id of each row, several with commas between, None where no unit is called so."""
    own = {*units["zone_id"]}
    called: dict[str, set[str]] = {}
    for zone_id, *known in units[["zone_id", *NAME_COLUMNS]].itertuples(index=False):
        for key in {matching_key(name) for name in known if isinstance(name, str)} - {""}:
            called.setdefault(key, set()).add(zone_id)
    texts = names.map(columns.as_text).map(matching_key)
    by_name = [sorted(set().union(*(called.get(key, set()) for key in row))) for row in texts.itertuples(index=False)]
    found = [id_ if id_ in own else ", ".join(all_) or None for id_, all_ in zip(ids, by_name, strict=True)]
    return pd.Series(found, names.index, dtype=object)


def _typed(said: pd.DataFrame) -> pd.DataFrame:
    counts = {key: cells.amounts(said[key]) for key in COUNTS}
    stage = said["stage"].astype(object).where(said["stage"] != "", None)
    return pd.DataFrame(counts | {HUB: cells.answers(said[HUB]), "stage": stage})


def _reasons(said: pd.DataFrame, rows: pd.DataFrame, units: pd.DataFrame) -> np.ndarray:
    """Return why a row is left out; empty where it is read. Cells are not quoted: they might name somebody."""
    unit = rows["zone_id"]
    is_unit = unit.isin(units["zone_id"])
    reasons = [np.select([unit.isna(), ~is_unit], [NO_UNIT, "names several: " + unit.fillna("")], "").astype(object)]
    for key in COUNTS:
        is_count = rows[key].between(0, MOST) & (rows[key] % 1 == 0)
        reasons.append(np.where((said[key] == "") | is_count, "", f"{key}: {NO_COUNT}"))
    reasons.append(np.where((said[HUB] == "") | rows[HUB].notna(), "", NO_ANSWER))
    kept = first(*reasons)
    again = unit.where(kept == "").duplicated() & (kept == "")
    return first(kept, np.where(again, "repeats " + unit.fillna(""), ""))


def _warn(ledger: Ledger, numbers: list[int], reasons: np.ndarray, absent: list[str]) -> None:
    if absent:
        ledger.warn("columns_missing", f"has no column {', '.join(absent)}: not told of any neighbourhood")
    left = np.flatnonzero(reasons != "")
    if len(left):
        remedy = f"the first row {numbers[left[0]]}: {reasons[left[0]]}; mend it, or write its zone_id"
        ledger.warn("rows_left_out", f"{len(left)} of {len(numbers)} rows are left out, {remedy}")
