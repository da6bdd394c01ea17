"""Schools and kindergartens of the Ministry of Education: one table has coordinates, another says what they are."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from geokehila.errors import FetchError
from geokehila.fetch import ckan
from geokehila.fetch.errand import Brought, Errand

#: Columns of the two tables. In the first, what is called UTM are degrees; ITM beside them is not needed.
ID, LON, LAT = "SEMEL_MOSAD", "UTM_X", "UTM_Y"
CODE, NAME, KIND, STREAM, LAST_GRADE, YEAR = "סמל מוסד", "שם מוסד", "סוג מוסד", "פיקוח", "עד שכבה", "שנה"
COLUMNS = ("id", "name", "lon", "lat", "type", "stream", "date")


@dataclass(frozen=True)
class Options:
    """Which two tables, and which institutions of them.

    Attributes
    ----------
    coordinates, institutions
        Their ids; the second has a row for each institution and year, of which the latest year is taken.
    kinds, without_kinds
        The kinds of institutions that are kept, empty: all; and those that are not.
    graded
        Whether only institutions are kept that teach a grade: no offices, no courses.
    least
        How many institutions it is known to have: with fewer it is refused.
    agent
        A word that the site asks programs to call themselves by.
    """

    coordinates: str
    institutions: str
    kinds: tuple[str, ...] = ()
    without_kinds: tuple[str, ...] = ()
    graded: bool = False
    least: int = 1
    agent: str = ""

    def keeps(self, institution: Mapping[str, Any]) -> bool:
        """Tell whether an institution is kept."""
        kind = str(institution[KIND] or "")
        is_wanted = (not self.kinds or kind in self.kinds) and kind not in self.without_kinds
        return is_wanted and (not self.graded or _grade(institution[LAST_GRADE]) > 0)


def bring(errand: Errand) -> Brought | None:
    """Write the institutions of the latest year that have coordinates; the count of those that have none is told.

    Raises
    ------
    FetchError
        No address gives both tables whole.
    """
    (rows, year, nowhere), url = errand.first(lambda url: _joined(errand, url, errand.options(Options)))
    with errand.target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    notes = (f"{nowhere:,} more have no coordinates",) if nowhere else ()
    return Brought(date=year, url=url, counts={"institutions": len(rows)}, notes=notes)


def _joined(errand: Errand, url: str, options: Options) -> tuple[list[tuple[object, ...]], str, int]:
    """Return the rows of the file, their year, and how many institutions have no coordinates."""
    institutions = ckan.Options(options.institutions, agent=options.agent)
    year = _latest_year(errand, url, institutions)
    asked = replace(institutions, fields=(CODE, NAME, KIND, STREAM, LAST_GRADE), filters={YEAR: year})
    kept = {str(i[CODE]): i for i in _records(ckan.table(errand, url, asked)) if options.keeps(i)}
    spots = ckan.table(errand, url, ckan.Options(options.coordinates, (ID, LON, LAT), agent=options.agent))
    at = {str(spot[ID]): (spot[LON], spot[LAT]) for spot in _records(spots) if spot[LON] and spot[LAT]}
    rows: list[tuple[object, ...]] = [
        (code, i[NAME], *at[code], i[KIND], i[STREAM], year) for code, i in sorted(kept.items()) if code in at
    ]
    if len(rows) < options.least:
        raise FetchError(
            f"{errand.source.key}: {len(rows):,} of {options.least:,} institutions have a kind and coordinates: "
            "have the words of the table changed?"
        )
    return rows, str(year), len(kept) - len(rows)


def _latest_year(errand: Errand, url: str, institutions: ckan.Options) -> int:
    """Return the latest year of the table that has a row for each institution and year."""
    first = ckan.page(errand, url, replace(institutions, fields=(YEAR,), page=1), 0, f"{YEAR} desc")
    years = [ckan.typed(row.get(YEAR), "int") for row in first.get("records") or [] if isinstance(row, dict)]
    if not years or not isinstance(years[0], int):
        raise FetchError(f"{errand.source.key}: the table of institutions names no year: have its columns moved?")
    return years[0]


def _records(table: ckan.Table) -> Iterator[dict[str, Any]]:
    return (dict(zip(table.columns, row, strict=True)) for row in table.rows)


def _grade(cell: Any) -> float:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return 0.0
