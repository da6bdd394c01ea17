"""Tables of which a row speaks of one neighbourhood: which one it is, and that no column speaks of persons.

Sums only: whoever hands over people's names, telephones or addresses is asked to take them away.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geokehila.catalogue.lists import ListChoice
from geokehila.errors import InputError
from geokehila.ledger import Ledger, some
from geokehila.load import cells, municipal, totals
from geokehila.load.municipal import columns
from geokehila.load.municipal.rows import first
from geokehila.names import LANGUAGES, NAME_COLUMNS, matching_key

NAME = "name"
NO_UNIT = "names no neighbourhood of the study"
#: What a column of ids is called; one called area may hold names as well.
ZONE_ID = ("zone_id", "id", "code", "area", "מזהה", "קוד", "סמל שכונה", "אזור", "אזור סטטיסטי", "المعرف", "رقم")
_NEIGHBOURHOOD = ("neighbourhood", "neighborhood", "quarter", "name", "שכונה", "שם שכונה", "שם השכונה", "רובע", "שם",
                  "الحي", "حي", "اسم الحي", "الاسم")  # fmt: skip
#: Columns that name people beside those that any list of places must not have.
_PEOPLE = re.compile(r"(?:activist|volunteer|leader|resident|full|first|last|family)s? names?|"
                     r"names? of (?:the )?(?:activist|volunteer|leader|resident)|"
                     r"שמ(?:ות)? ה?(?:פעילה?|פעילימ|מתנדב|מתנדבת|מתנדבימ|רכז|רכזת|מוביל|תושב|תושבימ|פרטי|משפחה|מלא)\b|"
                     r"اسم ال?(?:ناشط|متطوع)|اسماء")  # fmt: skip
#: The places after a decimal point are no telephone.
_TELEPHONE = re.compile(
    r"(?<!\d)(?<!\d\.)(?:\+?972[-\s]?|0)(?:[23489]|[57]\d)[-\s]?\d{3}[-\s]?\d{4}(?!\d)|\w@\w"
)  # fmt: skip
REMEDY = "hand over counts only, without names and telephones"


@dataclass(frozen=True, eq=False)
class Rows:
    """A table of neighbourhoods as it stands.

    Attributes
    ----------
    file
        Its name.
    table
        Cells of any kind, one row a row, from 0.
    numbers
        Of each row in the file.
    found
        Columns that say what is asked for, by key; ``zone_id`` among the keys.
    names
        Columns that may name a neighbourhood.
    """

    file: str
    table: pd.DataFrame
    numbers: list[int]
    found: Mapping[str, str]
    names: list[str]

    @property
    def columns(self) -> str:
        """The columns there are, for a message; none about persons."""
        return ", ".join(columns.unread(self.table, ())) or "none"

    @property
    def read_as(self) -> dict[str, str]:
        """The columns that say what is asked for, and those that may name a neighbourhood as ``name``."""
        return {**({NAME: ", ".join(self.names)} if self.names else {}), **self.found}

    def warn_of_unread(self, role: str, ledger: Ledger, read: Collection[str] = ()) -> None:
        """Name the columns that are not read, neither for what is asked for nor as those given."""
        columns.warn_of_unread(self.table, {*self.names, *self.found.values(), *read}, role, ledger)

    def told(self, keys: Sequence[str]) -> pd.DataFrame:
        """Return what is said of each key as text, empty where nothing is."""
        return pd.DataFrame({key: cells.told(self.table, self.found.get(key)) for key in keys})

    def units(self, known: pd.DataFrame) -> pd.Series:
        """Return the zone_id of each row, several with commas between, None where no unit is called so.

        Parameters
        ----------
        known
            The neighbourhoods of the study: zone_id, name_he, name_ar, name_en, name_ru. A row is one of them by its
            id, else by a name in any language and spelling.
        """
        own, ids = {*known["zone_id"]}, cells.told(self.table, self.found.get("zone_id"))
        called: dict[str, set[str]] = {}
        for zone_id, *names in known[["zone_id", *NAME_COLUMNS]].itertuples(index=False):
            for key in {matching_key(name) for name in names if isinstance(name, str)} - {""}:
                called.setdefault(key, set()).add(zone_id)
        by_name = [sorted(set().union(*(called.get(key, set()) for key in row))) for row in self.spellings()]
        found = [id_ if id_ in own else ", ".join(all_) or None for id_, all_ in zip(ids, by_name, strict=True)]
        return pd.Series(found, self.table.index, dtype=object)

    def with_totals(self, reasons: np.ndarray, rows: pd.Index) -> np.ndarray:
        """Return the reasons, each of a row of the table, that of a row of totals told as such."""
        return np.where((reasons == NO_UNIT) & totals.are(self.table)[rows], totals.TOTAL, reasons)

    def spellings(self) -> list[tuple[str, ...]]:
        """Return all that each row is called, as spellings of one name share it."""
        where = [*self.names, *([self.found["zone_id"]] if "zone_id" in self.found else [])]
        return [*self.table[where].map(columns.as_text).map(matching_key).itertuples(index=False, name=None)]


def read(path: Path, words: Mapping[str, Sequence[str]], ledger: Ledger, choice: ListChoice) -> Rows:
    """Read a table of neighbourhoods and find its columns by their names.

    Parameters
    ----------
    words
        What the columns that are asked for may be called, :data:`ZONE_ID` among them.
    choice
        Which columns the study states; all else is found in the file.

    Raises
    ------
    InputError
        A stated column that is absent, a column about persons or with their telephones or addresses, none that names
        neighbourhoods, or a file that cannot be read.
    """
    table, numbers = municipal.rows_of(path, ledger)
    _must_name_nobody(table, path.name)
    found = cells.choose(table, {**words, NAME: ()}, choice, path.name)
    named = [found.pop(NAME)] if NAME in found else []
    names = named if NAME in choice.columns else _name_columns(table, found)
    rows = Rows(path.name, table, numbers, found, names)
    if not rows.names and "zone_id" not in found:
        raise InputError(f"{path.name}: no column of neighbourhoods among {rows.columns}: call it name or zone_id")
    return rows


def unknown(units: pd.Series, known: pd.DataFrame) -> np.ndarray:
    """Return why a row is of no unit, or not of one; empty where it is of one."""
    cases = [units.isna(), ~units.isin(known["zone_id"])]
    return np.select(cases, [NO_UNIT, "names several: " + units.fillna("")], "").astype(object)


def repeated(keys: pd.Series, reasons: np.ndarray) -> np.ndarray:
    """Return the reasons with one for each row whose key an earlier row has, of those that none leaves out yet."""
    again = keys.where(reasons == "").duplicated() & (reasons == "")
    return first(reasons, np.where(again, "repeats " + keys.fillna(""), ""))


def settle(ledger: Ledger, kind: str, rows: Sequence[str], reasons: np.ndarray) -> None:
    """Enter what became of each row: used, or rejected for its reason, with a notice that names some."""
    left = np.flatnonzero(reasons != "").tolist()
    for row in left:
        ledger.reject(kind, rows[row], reasons[row])
    ledger.use(kind, len(rows) - len(left))
    if left:
        named = some([f"{rows[row]}: {reasons[row]}" for row in left], mark="; ")
        text = f"{len(left)} of {len(rows)} rows are left out: {named}: mend them, or write their zone_id"
        ledger.warn("rows_left_out", text)


def _must_name_nobody(table: pd.DataFrame, file: str) -> None:
    """Raise where a column is called by persons, or holds a telephone or an address of mail."""
    for column in map(str, table.columns):
        if columns.is_personal(column) or _PEOPLE.search(columns.plain(column)):
            raise InputError(f"{file}: column {column!r} is about persons: {REMEDY}")
        if column != "geometry" and table[column].map(columns.as_text).map(_TELEPHONE.search).notna().any():
            raise InputError(f"{file}: column {column!r} holds telephones or addresses: {REMEDY}")


def _name_columns(table: pd.DataFrame, found: Mapping[str, str]) -> list[str]:
    words = {columns.plain(word) for word in _NEIGHBOURHOOD}
    words |= {f"{word} {language}" for word in [*words] for language in LANGUAGES}
    words |= {columns.plain(word) for name in NAME_COLUMNS for word in columns.WORDS[name]}
    return [str(c) for c in table.columns if columns.plain(str(c)) in words and c not in found.values()]
