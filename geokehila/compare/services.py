"""Places that really opened or closed between two runs: dated official lists or a planner's mark say so, no map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.compare.sides import Side
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.tabular import read_table
from geokehila.load.written import answers
from geokehila.merging import SAME_PLACE_M
from geokehila.names import NAME_COLUMNS, matching_key

OPENED, CLOSED = "opened", "closed"
#: Who says so.
LIST, MARK = "list", "mark"
COLUMNS = ("category", "place_id", "change", "by", "date", "name", "note")
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
        `by` (list or mark), `date` of the list, `name`, `note` of the mark.
    Ledger
        Kind ``mark``.
    """
    then, now = _placed(before), _placed(after)
    opened, closed = now[~_had(now, then)], then[~_had(then, now)]
    found = [{**_told(row, OPENED), "by": LIST} for row in _of_lists(opened, before, after)]
    ledger, places = Ledger("marks"), pd.concat([then, now], ignore_index=True)
    for mark in marks:
        ledger.read(KIND)
        hits = [_told(row, OPENED) for row in _rows(opened[mark.means(opened)])]
        hits += [_told(row, CLOSED) for row in _rows(closed[mark.means(closed)])]
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


def _placed(side: Side) -> gpd.GeoDataFrame:
    """Return a row for each place and category of it."""
    return side.tables["places"].merge(side.tables["place_categories"], on="place_id")


def _had(places: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> pd.Series:
    """Tell which places are among others: of the same category, under an id of the same source or at the same spot."""
    known = {
        (category, one)
        for category, ids in zip(others["category"], others["source_id"], strict=True)
        for one in _parts(ids)
    }
    same_id = [
        any((category, one) in known for one in _parts(ids))
        for category, ids in zip(places["category"], places["source_id"], strict=True)
    ]
    near, other = shapely.STRtree(others.geometry.to_numpy()).query(
        places.geometry.to_numpy(), predicate="dwithin", distance=SAME_PLACE_M
    )
    alike = places["category"].to_numpy(object)[near] == others["category"].to_numpy(object)[other]
    return pd.Series(same_id, places.index, dtype=bool) | pd.Series(range(len(places)), places.index).isin(near[alike])


def _of_lists(opened: pd.DataFrame, before: Side, after: Side) -> Iterator[dict[str, Any]]:
    """Yield the places that an official list dates between two runs.

    The date of a place counts by itself where its list alone tells of it and dates it apart from the whole list.
    Else (a map tells of it too, whose dates are of edits, or its date is that of the whole list) it counts only where
    the older run had that list too, and the place was not on it.
    """
    lists, had = _lists(after), {*_lists(before).values()}
    for row in _rows(opened):
        parts = _parts(row["source"])
        roles = {role for part in parts for file, role in lists.items() if part == file or part.endswith(f"({file})")}
        is_own = len(roles) == len(parts) and not any(after.record["dates"].get(role) == row["date"] for role in roles)
        if roles and _is_between(row["date"], before, after, roles) and (is_own or roles & had):
            yield row


def _lists(side: Side) -> dict[str, str]:
    """Return the roles of the lists of places that a run read, by file."""
    rows = side.record["sources"]
    return {row["file"]: row["role"] for row in rows if row["role"] == "shelters" or row["role"].startswith("places_")}


def _is_between(date: object, before: Side, after: Side, roles: set[str]) -> bool:
    """Tell whether a date is after all that the older run knew and not after what the newer one knows.

    A year or a month alone is after another only where every day of it is.
    """
    then, now = ({_last_day(side.date)} | {_last_day(_date(side, role)) for role in roles} for side in (before, after))
    return isinstance(date, str) and bool(before.date) and max(then) < date <= max(now)


def _date(side: Side, role: str) -> str:
    """Return the date of a list: the one that is stated, else the newest of the rows that it tells of alone; or ""."""
    files = [file for file, of in _lists(side).items() if of == role]
    places = side.tables["places"]
    alone = places["source"].map(lambda source: any(source == file or source.endswith(f"({file})") for file in files))
    return str(side.record["dates"].get(role) or max(places.loc[alone, "date"].dropna(), default=""))


def _last_day(date: str) -> str:
    """Return a date that no day of a year or month is after.

    Examples
    --------
    >>> _last_day("2024") < "2024-05", _last_day("2024-04") < "2024-05"
    (False, True)
    """
    return date + "-99-99"[: 10 - len(date)] if date else ""


def _rows(places: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in places.to_dict("records")]


def _told(row: dict[str, Any], change: str) -> dict[str, Any]:
    name = next((row[column] for column in NAME_COLUMNS if isinstance(row[column], str)), "")
    date = row["date"] if isinstance(row["date"], str) else ""
    return {
        "category": row["category"],
        "place_id": row["place_id"],
        "change": change,
        "date": date,
        "name": name,
        "note": "",
    }


def _which(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["category"], row["place_id"], row["change"]


def _parts(text: object) -> list[str]:
    return [part for part in str(text).split("; ") if part]


def _key(name: object) -> str:
    return matching_key(name) if isinstance(name, str) else ""
