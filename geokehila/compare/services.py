"""Places that really opened or closed between two runs: dated official lists or a planner's mark say so, no map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geokehila.compare.sides import Side
from geokehila.compare.standing import had, lists, parts, placed, roles, rows, told
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.tabular import read_table
from geokehila.load.written import answers
from geokehila.names import NAME_COLUMNS, matching_key

OPENED, CLOSED = "opened", "closed"
#: Who says so.
LIST, MARK = "list", "mark"
COLUMNS = ("category", "place_id", "change", "by", "date", "name", "name_before", "note")
MARKED = ("place_id", "category", "name", "real", "note")
KIND, NEITHER, BOTH = "mark", "no such place in either run", "the place is in both runs"


@dataclass(frozen=True)
class Mark:
    """What a planner says of a place: whether its opening or closing is real.

    Attributes
    ----------
    row
        Its row in the file, from 1.
    place_id, category, name
        Which place: its id, or its category and a name; "" where not told.
    is_real, note
        Whether it really opened or closed; and what else is said of it.

    Examples
    --------
    >>> Mark(1, "", "clinic", "Old Clinic", is_real=True, note="closed in March").is_real
    True
    """

    row: int
    place_id: str
    category: str
    name: str
    is_real: bool
    note: str

    def means(self, places: pd.DataFrame) -> pd.Series:
        """Tell which rows, of a place and a category each, it is of."""
        of_category = (places["category"] == self.category) | (self.category == "")
        if self.place_id:
            return of_category & (places["place_id"] == self.place_id)
        keys = pd.concat([places[column].map(_key) for column in NAME_COLUMNS], axis=1)
        return of_category & (keys == matching_key(self.name)).any(axis=1)


def read_marks(path: Path) -> tuple[Mark, ...]:
    """Read a planner's marks: columns `place_id`, or `category` and `name`; `real` (yes or no); `note`.

    Raises
    ------
    InputError
        No such columns, an answer that is neither yes nor no, or a row that names no place.
    """
    table = read_table(path, Ledger(path.name))
    if "real" not in table or not ("place_id" in table or {"category", "name"} <= {*table}):
        seen = ", ".join(map(str, table))
        raise InputError(f"{path.name}: its columns are {seen}: give place_id, or category and name, and real")
    cells = table.reindex(columns=[*MARKED]).astype(object).where(lambda cells: cells.notna(), "")
    said = answers(cells["real"].astype("str"))
    return tuple(
        _mark(path, int(number), {str(k): str(cell).strip() for k, cell in row.items()}, float(answer))
        for number, row, answer in zip(table.index, cells.to_dict("records"), said, strict=True)
    )


def _mark(path: Path, number: int, row: dict[str, str], answer: float) -> Mark:
    if np.isnan(answer):
        raise InputError(f"{path.name} row {number}: real is {row['real']!r}: write yes or no")
    if not row["place_id"] and not (row["category"] and row["name"]):
        raise InputError(f"{path.name} row {number}: names no place: give place_id, or category and name")
    return Mark(number, row["place_id"], row["category"], row["name"], answer == 1, row["note"])


def services(before: Side, after: Side, marks: tuple[Mark, ...] = ()) -> tuple[pd.DataFrame, Ledger]:
    """Return the places that really opened or closed, a row for each of their categories.

    Parameters
    ----------
    before, after
        Two runs of a city, the older first.
    marks
        What a planner says: yes adds a place, no takes away what a list says.

    Returns
    -------
    DataFrame
        `category`, `place_id` (of `after` where it opened, of `before` where it closed), `change` (opened or closed),
        `by` (list or mark), `date` of the list, `name`, `note` of the mark; `name_before` is "".
    Ledger
        Kind ``mark``.
    """
    then, now = placed(before), placed(after)
    opened, closed = now[~had(now, then)], then[~had(then, now)]
    found = [{**told(row, OPENED), "by": LIST} for row in _dated(opened, before, after)]
    ledger, places = Ledger("marks"), pd.concat([then, now], ignore_index=True)
    for mark in marks:
        ledger.read(KIND)
        hits = [told(row, OPENED) for row in rows(opened[mark.means(opened)])]
        hits += [told(row, CLOSED) for row in rows(closed[mark.means(closed)])]
        if not hits:
            reason = BOTH if mark.means(places).any() else NEITHER
            ledger.reject(KIND, f"row {mark.row}", reason)
            continue
        ledger.use(KIND)
        marked = {_which(hit) for hit in hits}
        found = [row for row in found if _which(row) not in marked]
        found += [{**hit, "by": MARK, "note": mark.note} for hit in hits if mark.is_real]
    table = pd.DataFrame(found, columns=[*COLUMNS]).sort_values(["category", "place_id", "change"], ignore_index=True)
    return table, ledger.balance()


def _dated(opened: pd.DataFrame, before: Side, after: Side) -> Iterator[dict[str, Any]]:
    """Yield the places that an official list dates between two runs.

    The date of a place counts by itself where its list alone tells of it and dates it apart from the whole list.
    Else (a map tells of it too, whose dates are of edits, or its date is that of the whole list) it counts only where
    the older run had that list too, and the place was not on it.
    """
    now, then = lists(after), {*lists(before).values()}
    for row in rows(opened):
        of = roles(row["source"], now)
        is_apart = not any(after.record["dates"].get(role) == row["date"] for role in of)
        is_own = is_apart and len(of) == len(parts(row["source"]))
        if of and _is_between(row["date"], before, after, of) and (is_own or of & then):
            yield row


def _is_between(date: object, before: Side, after: Side, of: frozenset[str]) -> bool:
    """Tell whether a date is after all that the older run knew and not after what the newer one knows.

    A year or a month alone is after another only where every day of it is.
    """
    then, now = ({_last_day(side.date)} | {_last_day(_date(side, role)) for role in of} for side in (before, after))
    return isinstance(date, str) and bool(before.date) and max(then) < date <= max(now)


def _date(side: Side, role: str) -> str:
    """Return the date of a list: the one that is stated, else the newest of the rows that it tells of alone; or ""."""
    files = {file: one for file, one in lists(side).items() if one == role}
    places = side.tables["places"]
    alone = places["source"].map(lambda source: len(parts(source)) == 1 and bool(roles(source, files)))
    return str(side.record["dates"].get(role) or max(places.loc[alone, "date"].dropna(), default=""))


def _last_day(date: str) -> str:
    """Return a date that no day of a year or month is after.

    Examples
    --------
    >>> _last_day("2024") < "2024-05", _last_day("2024-04") < "2024-05"
    (False, True)
    """
    return date + "-99-99"[: 10 - len(date)] if date else ""


def _which(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["category"], row["place_id"], row["change"]


def _key(name: object) -> str:
    return matching_key(name) if isinstance(name, str) else ""
