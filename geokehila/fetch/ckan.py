"""A table of a CKAN datastore, such as data.gov.il: page by page, in a stable order, refused if rows are missing."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from geokehila.errors import FetchError
from geokehila.fetch.addresses import shown
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.wire import Call

#: The key that a datastore gives each row; it is no part of the table.
KEY = "_id"
Cell = str | int | float | None


@dataclass(frozen=True)
class Options:
    """What is asked of a datastore.

    Attributes
    ----------
    resource
        The table's id.
    fields
        Its columns to be kept; empty: all of them. A table that lacks one is refused: its columns have moved.
    least
        How many rows it is known to have: with fewer it is refused.
    filters
        Words that columns must have, by column.
    page
        How many rows are asked for at once.
    agent
        A word that the site asks programs to call themselves by.
    """

    resource: str
    fields: tuple[str, ...] = ()
    least: int = 1
    filters: Mapping[str, Any] = field(default_factory=dict)
    page: int = 5000
    agent: str = ""


@dataclass(frozen=True)
class Table:
    """A whole table: its columns with their types as the datastore tells them, and its rows in their order."""

    types: Mapping[str, str]
    rows: Sequence[tuple[Cell, ...]]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.types)


def bring(errand: Errand) -> Brought | None:
    """Write the whole table as ``.csv`` or ``.xlsx``, its columns' names in the first row.

    Raises
    ------
    FetchError
        No address gives the whole table.
    """
    options = errand.options(Options)
    found, url = errand.first(lambda url: table(errand, url, options))
    writer = _write_workbook if errand.target.suffix == ".xlsx" else _write_csv
    writer(found, errand.target)
    return Brought(url=url, counts={"rows": len(found.rows)})


def table(errand: Errand, url: str, options: Options) -> Table:
    """Return the rows of a table, page by page; refuse it where one is missing.

    Parameters
    ----------
    url
        Of the action ``datastore_search``.

    Raises
    ------
    FetchError
        An error (of status 200, too), a column that is not there, fewer rows than it is known to have or counts itself,
        or another count on a later page.
    """
    rows: list[tuple[Cell, ...]] = []
    types: dict[str, str] = {}
    total = 0
    while not types or len(rows) < total:
        result = page(errand, url, options, len(rows))
        if not types:
            types, total = _types(result, options, url), _total(result, options, url)
        elif _total(result, options, url) != total:
            raise FetchError(f"{_named(url, options)}: no more has the {total:,} rows that it had: try again")
        came = [*_rows(result, types)]
        if not came:
            if len(rows) < total:
                came_so_far = f"{len(rows):,} of {total:,} rows came"
                raise FetchError(f"{_named(url, options)}: a page is missing, {came_so_far}: try again")
            break
        rows += came
        errand.say(f"{errand.source.key}: {len(rows):,} of {total:,}")
    if len(rows) > total:
        raise FetchError(f"{_named(url, options)}: gives {len(rows):,} rows where it counts {total:,}: try again later")
    return Table(types, rows)


def page(errand: Errand, url: str, options: Options, offset: int, sort: str = KEY) -> Mapping[str, Any]:
    """Return one page of a table as the datastore answers: ``fields``, ``records`` and ``total``.

    Raises
    ------
    FetchError
        An error, of status 200, too.
    """
    query: dict[str, str | int] = {
        "resource_id": options.resource,
        "limit": options.page,
        "offset": offset,
        "sort": sort,
    }
    if options.fields:
        query["fields"] = ",".join((KEY, *options.fields))
    if options.filters:
        query["filters"] = json.dumps(dict(options.filters), ensure_ascii=False)
    answer = errand.wire.json(Call(url, query, agent=options.agent), errand.source.max_mb)
    result = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or answer.get("success") is not True or not isinstance(result, dict):
        error = answer.get("error") if isinstance(answer, dict) else None
        said = error.get("message") or error.get("__type") if isinstance(error, dict) else error
        raise FetchError(f"{_named(url, options)}: refuses, {str(said)[:150]}: look for the table's new id on the site")
    return result


def _types(result: Mapping[str, Any], options: Options, url: str) -> dict[str, str]:
    listed = result.get("fields")
    told = listed if isinstance(listed, list) else []
    types = {str(f["id"]): str(f.get("type", "text")) for f in told if isinstance(f, dict) and "id" in f}
    types.pop(KEY, None)
    wanted = options.fields or tuple(types)
    if absent := [name for name in wanted if name not in types]:
        raise FetchError(
            f"{_named(url, options)}: lacks the columns {', '.join(absent)}, among {', '.join(types)[:300] or 'none'}: "
            "have its columns moved?"
        )
    if not wanted:
        raise FetchError(f"{_named(url, options)}: names no columns: look at it in a browser")
    return {name: types[name] for name in wanted}


def _total(result: Mapping[str, Any], options: Options, url: str) -> int:
    total = result.get("total")
    if not isinstance(total, int):
        raise FetchError(f"{_named(url, options)}: does not say how many rows it has: look at it in a browser")
    if total < options.least:
        few = f"{total:,} of {options.least:,} rows"
        raise FetchError(f"{_named(url, options)}: a part of the table, {few}: find the whole one")
    return total


def _rows(result: Mapping[str, Any], types: Mapping[str, str]) -> Iterator[tuple[Cell, ...]]:
    records = result.get("records")
    for record in records if isinstance(records, list) else []:
        if isinstance(record, dict):
            yield tuple(typed(record.get(name), kind) for name, kind in types.items())


def typed(cell: Any, kind: str) -> Cell:
    """Return a cell as what its column is said to hold; what is none of it stays as it stands.

    Examples
    --------
    >>> typed("1,240", "numeric"), typed("..", "numeric"), typed("0021", "text"), typed(" ", "text")
    (1240, '..', '0021', None)
    >>> typed("2024-05-31T00:00:00", "timestamp")
    '2024-05-31'
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return json.dumps(cell, ensure_ascii=False)
    # Halves of letters can be written into no file.
    text = str(cell).strip().encode("utf-8", "replace").decode()
    if kind.startswith(("int", "numeric", "float", "double")):
        return _number(text)
    if kind.startswith(("timestamp", "date")):
        return _day(text)
    return text


def _number(text: str) -> Cell:
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return text
    if number != number or abs(number) > 1e15:
        return text
    return int(number) if number.is_integer() else number


def _day(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.date().isoformat() if moment.time().isoformat() == "00:00:00" else text


def _write_csv(found: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(found.columns)
        writer.writerows(found.rows)


def _write_workbook(found: Table, path: Path) -> None:
    """Write a workbook of one sheet; nothing in it depends on the clock, and no text becomes a formula."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        sheet = book.add_worksheet()
        for number, row in enumerate([found.columns, *found.rows]):
            sheet.write_row(number, 0, row)


def _named(url: str, options: Options) -> str:
    return f"{shown(url)} {options.resource}"
