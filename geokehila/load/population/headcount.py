"""Columns that count people: what cannot be a count stops the run, what is doubtful is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.written import amounts
from geokehila.names import clean

#: Said of every count that the source leaves blank.
NO_COUNT = "no count in the source"
#: What statistical offices write where they give no number.
MARKS = frozenset(("", "-", "–", ".", "..", "...", "…", "*", "**", "#", ":", "x", "X", "N/A", "#N/A", "NULL", "null"))
#: No area of one city holds more people.
MOST_PEOPLE = 20_000_000.0


def counted(table: pd.DataFrame, ledger: Ledger, *, whole: bool = False, most: float = MOST_PEOPLE) -> pd.DataFrame:
    """Return columns of people as numbers; a blank, a mark and a word are missing, never 0.

    Parameters
    ----------
    table
        Cells of any kind, by row from 0; thousands may be set off by a comma, amounts written as in lists.
    whole
        Whether the source counts whole persons: fractions are then named.

    Raises
    ------
    InputError
        A number below 0 or above `most`, with its row.
    """
    cells = table.map(_plain)
    number = cells.apply(numbers)
    if (wrong := (number < 0) | (number > most)).any(axis=None):
        remedy = f"write a number from 0 to {most:.0f}, or nothing where it is not known"
        raise InputError(f"{ledger.source}: {_first(table, wrong)}: {remedy}")
    if (words := number.isna() & cells.notna() & ~cells.isin(MARKS)).any(axis=None):
        text = f"{_count(words)} counts are no numbers, the first in {_first(table, words)}: missing; correct them"
        ledger.warn("people_not_a_number", text)
    if whole and (parts := number.notna() & (number % 1 != 0)).any(axis=None):
        text = f"{_count(parts)} counts of persons are fractions, the first in {_first(table, parts)}"
        ledger.warn("fractional_people", f"{text}: check that it is the right column")
    return number


def numbers(cells: pd.Series) -> pd.Series:
    """Return cells as numbers, float64; text is an amount with its unit, in digits of any script, or missing.

    Examples
    --------
    >>> numbers(pd.Series([7, "12 נפש", "٦ نفوس", "many", None])).tolist()
    [7.0, 12.0, 6.0, nan, nan]
    """
    found = pd.to_numeric(cells, errors="coerce").astype("float64")
    return found.fillna(amounts(cells[found.isna()].map(str).map(clean)))


def marked(table: pd.DataFrame) -> pd.DataFrame:
    """Return why each count that is missing is: blank, or the mark that stands in its place."""
    cells = table.map(_plain)
    is_mark = cells.notna() & cells.apply(numbers).isna()
    return cells.map(lambda cell: f'{NO_COUNT}, marked "{str(cell)[:40]}"').where(is_mark, NO_COUNT).astype(object)


def warn_of_empty_zones(zone_people: pd.DataFrame, homes: pd.Series, ledger: Ledger) -> None:
    """Say in how many zones nobody is counted, and how many have no count at all; each with the first of them.

    `homes` are the homes on the map, by zone_id: where there are some, people live who are in no figure. Of a zone that
    counts nobody and has no home nothing is said.
    """
    total = zone_people[zone_people["group"] == "total"].set_index("zone_id")["people"]
    there = homes.reindex(total.index, fill_value=0)
    which = {"have no count": total.index[total.isna()], "count nobody (0)": total.index[(total == 0) & (there > 0)]}
    if said := [
        f"{len(ids)} {what}{_homes(homes, ids)}, the first {ids[0]}" for what, ids in which.items() if len(ids)
    ]:
        remedy = "no share is computed there; where people live, give a source that counts them"
        ledger.warn("zones_without_people", f"of {len(total)} zones {'; '.join(said)}: {remedy}")


def _homes(homes: pd.Series, ids: pd.Index) -> str:
    count = int(homes.reindex(ids).sum())
    return f" and {count:,} homes on the map" if count else ""


def _plain(cell: Any) -> Any:
    """Return a cell without blanks and commas of thousands; a blank one as None."""
    if not pd.api.types.is_scalar(cell):
        return str(cell)
    if not isinstance(cell, str):
        return None if pd.isna(cell) else cell
    return cell.replace(",", "").strip() or None


def _count(where: pd.DataFrame) -> int:
    return int(where.to_numpy().sum())


def _first(table: pd.DataFrame, where: pd.DataFrame) -> str:
    """Name the first such cell by row and column."""
    row, column = np.argwhere(where.to_numpy())[0]
    return f"row {table.index[row] + 1}: {table.columns[column]} is {str(table.iloc[row, column])[:60]!r}"
