"""A table by areas of another edition, brought to the zones of a kept run by its crosswalk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geokehila import vintages
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.population.headcount import MARKS, numbers
from geokehila.load.tabular import read_table
from geokehila.store import kept
from geokehila.vintages import Carried

KIND, TABLE = "row", "crosswalk"
#: Why a row goes no further.
NO_KEY, ELSEWHERE, NO_HOME = "no area number", "another locality", "no home of a zone stands in it"
#: A key that holds the code of the locality, too: code times this, and the area.
_LONG = 10_000


@dataclass(frozen=True)
class Columns:
    """Columns of a table: which names the area, and how each of the others is carried.

    Attributes
    ----------
    key
        Area numbers (``111``), whole keys (``90000111``) or ids (``9000-111``).
    sums
        Counts: parted by where an area's people live.
    means
        Shares, indices, medians: averaged over the people of a zone.
    largest
        Ranks and words: those that most people of a zone live under.
    """

    key: str
    sums: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    largest: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every column that is carried."""
        return (*self.sums, *self.means, *self.largest)


@dataclass(frozen=True, eq=False)
class Brought:
    """What a table says of a run's zones.

    Attributes
    ----------
    vintage
        Edition of the areas that it was read as.
    columns
        Those that are carried.
    table
        A row a zone: zone_id, and of each column its value (missing where under 95 % of the zone's people are told
        of), ``<column>_covered_share`` and, of ranks and words, ``<column>_share`` of the people who live under it.
    totals
        By column of counts: their sum in the rows that are used, and in the zones.
    ledger
        Kind ``row``: read = used + rejected.
    """

    vintage: str
    columns: tuple[str, ...]
    table: pd.DataFrame
    totals: Mapping[str, tuple[float, float]]
    ledger: Ledger


def carry(run: Path, path: Path, columns: Columns, vintage: str = "") -> Brought:
    """Bring a table by areas of another edition to the zones of a run.

    Parameters
    ----------
    run
        Folder of a finished run that has a crosswalk.
    path
        The table, CSV or workbook.
    columns
        Which of its columns, and how.
    vintage
        Edition of its areas; "": the one that the run has a crosswalk from.

    Raises
    ------
    InputError
        The run has no such crosswalk, or the table no such column, two rows of one area, or a word for a number.

    Examples
    --------
    >>> found = carry(run, Path("needs.csv"), Columns("STAT11", sums=("pupils",)))  # doctest: +SKIP
    >>> found.totals["pupils"]  # doctest: +SKIP
    (1204.0, 1204.0)
    """
    tables, code = kept.KeptTables(run), kept.record(run)["city"]["code"]
    cells, edition = _cells(tables, run, vintage)
    ledger = Ledger(path.name)
    rows = _rows(read_table(path, ledger), code, columns, {*cells["from_area"]}, ledger)
    zone_ids = pd.Index(sorted(tables["zones"]["zone_id"]), name="zone_id")
    ways = (columns.sums, vintages.sums, True), (columns.means, vintages.means, True)
    parts: dict[str, pd.Series] = {}
    for names, way, is_number in (*ways, (columns.largest, vintages.largest, False)):
        for name in names:
            told = _number(rows[name], path.name) if is_number else rows[name]
            parts |= _columns(name, way(told, cells, zone_ids), way)
    table = pd.DataFrame(parts, zone_ids).reset_index()
    totals = {name: (float(_number(rows[name], path.name).sum()), float(table[name].sum())) for name in columns.sums}
    return Brought(edition, columns.all, table, totals, ledger.balance())


def _cells(tables: kept.KeptTables, run: Path, vintage: str) -> tuple[pd.DataFrame, str]:
    if TABLE not in tables:
        remedy = "give statistical_areas_2011.* (or _2022) beside its areas, and run it again"
        raise InputError(f"{run}: has no crosswalk between editions of areas: {remedy}")
    cells = tables[TABLE]
    known = sorted(cells["from_vintage"].unique())
    if (vintage or len(known) > 1) and vintage not in known:
        raise InputError(f"{run}: has crosswalks from {', '.join(known)}, not from {vintage!r}: say --from {known[0]}")
    edition = vintage or known[0]
    return cells[cells["from_vintage"] == edition], edition


def _rows(table: pd.DataFrame, code: int, columns: Columns, areas: set[str], ledger: Ledger) -> pd.DataFrame:
    """Return the rows of areas with homes by the area's id; the others are rejected."""
    for name in (columns.key, *columns.all):
        if name not in table:
            raise InputError(
                f"{ledger.source}: column {name!r} absent among {', '.join(table.columns)}: name one of them"
            )
    area = table[columns.key].map(lambda cell: _area(cell, code), na_action="ignore").astype(object)
    reason = pd.Series(None, table.index, dtype=object).where(area.isin(areas), NO_HOME)
    reason = reason.mask(area.notna() & ~area.astype(str).str.startswith(f"{code}-"), ELSEWHERE).mask(
        area.isna(), NO_KEY
    )
    ledger.read(KIND, len(table))
    for label in table.index[reason.notna()]:
        ledger.reject(KIND, f"row {label}", reason[label])
    used = table[reason.isna()].set_axis(area[reason.isna()], axis=0)
    if used.index.duplicated().any():
        raise InputError(f"{ledger.source}: area {used.index[used.index.duplicated()][0]} stands in two rows: keep one")
    ledger.use(KIND, len(used))
    return used


def _area(cell: str, code: int) -> str | None:
    """Return the id of an area by what a cell says of it; None where that is no key.

    Examples
    --------
    >>> [_area(cell, 9000) for cell in ("111", "111.0", "90000111", "9000-111", "70-1", "all")]
    ['9000-111', '9000-111', '9000-111', '9000-111', '70-1', None]
    """
    locality, dash, area = cell.strip().rpartition("-")
    number = pd.to_numeric(area, errors="coerce")
    if pd.isna(number) or number % 1 or number <= 0 or (dash and not locality.isdecimal()):
        return None
    whole = int(number)
    if dash:
        return f"{locality}-{whole}"
    return f"{whole // _LONG}-{whole % _LONG}" if whole >= _LONG else f"{code}-{whole}"


def _number(cells: pd.Series, name: str) -> pd.Series:
    """Return cells as numbers; a blank or a mark is missing, a word stops."""
    plain = cells.str.replace(",", "").str.strip()
    number = numbers(plain)
    wrong = number.isna() & plain.notna() & ~plain.isin(MARKS)
    if wrong.any():
        what = f"{name}: area {cells.index[wrong][0]}: {cells.name} is {cells[wrong].iloc[0][:60]!r}"
        raise InputError(f"{what}: write a number, or nothing where it is not known; carry words by --largest")
    return number


def _columns(name: str, found: Carried, way: Callable[..., Carried]) -> dict[str, pd.Series]:
    told = {name: found.value, f"{name}_covered_share": found.covered}
    return told | ({f"{name}_share": found.share} if way is vintages.largest else {})
