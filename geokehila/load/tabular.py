"""Tables as people save them: CSV of any separator and code page, and workbooks; every cell as text, as it stands."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median
from typing import TypeVar
from zipfile import BadZipFile

import pandas as pd
from pandas.api.types import is_object_dtype, is_string_dtype
from python_calamine import CalamineError

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import units
from geokehila.load.rights import must_be_allowed
from geokehila.load.sheets import must_fit
from geokehila.names import is_misread, matching_key, repaired

TEXTS = (".csv", ".tsv", ".txt")
#: Not .xlsb: nothing tells how many cells one has before they are laid out in memory.
WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".ods")
SUFFIXES = (*TEXTS, *WORKBOOKS)
Frame = TypeVar("Frame", bound=pd.DataFrame)
SEPARATORS = ",;\t|"
#: A workbook under a password is a container of its own, which names its content so.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CONTAINER = bytes.fromhex("d0cf11e0a1b11ae1")


def read_table(path: Path, ledger: Ledger, sheet: str = "", column: str = "") -> pd.DataFrame:
    """Read a table whose first full row names its columns.

    Parameters
    ----------
    path
        ``.csv``, ``.tsv``, ``.txt`` (UTF-8, UTF-16 or Hebrew cp1255) or a workbook, of which the first sheet that
        holds a table is read; rows above the header, such as a title, are passed over.
    ledger
        Receives a notice where text had to be mended, rows stand above the header, a row of units below it, or other
        sheets of a workbook have the same columns and are not read.
    sheet, column
        Of a workbook: the sheet that has this column is read before others, first the one of this name.

    Returns
    -------
    DataFrame
        Text; None where a cell is blank. Rows without any cell are left out. The index is the row in the file, from 1.

    Raises
    ------
    InputError
        Not readable, encrypted, binary, without a header, two columns of one name, or a row wider than the header.

    Examples
    --------
    >>> table = read_table(Path("shelters.csv"), Ledger("shelters.csv"))  # doctest: +SKIP
    """
    rows = _sheet(path, sheet, column, ledger) if path.suffix.lower() in WORKBOOKS else _lines(path, ledger)
    at = _header(rows)
    if at is None:
        raise InputError(f"{path.name}: no row of column names: put them in the first row, each once")
    if at > 0:
        text = f"its column names stand in row {at + 1}: what is above is not read; check that"
        ledger.warn("rows_above_header", text)
    if at + 2 < len(rows) and units.are(rows[at + 1]):
        ledger.warn("units_row", f"row {at + 2} holds units below the column names and is no row: delete it")
        rows[at + 1] = []
    columns = [cell or f"column {i}" for i, cell in enumerate(rows[at], 1)]
    if twice := sorted(name for name, count in Counter(columns).items() if count > 1):
        raise InputError(f"{path.name}: two columns are called {twice[0]!r}: rename one")
    full = {
        number: _fitted(row, columns, number, path) for number, row in enumerate(rows[at + 1 :], at + 2) if any(row)
    }
    frame = pd.DataFrame([*full.values()], index=[*full], columns=columns, dtype=object)
    return mended(frame, ledger)


def mended(frame: Frame, ledger: Ledger) -> Frame:
    """Undo wrong code pages in every text of a table, columns' names included; the ledger says how many."""
    texts = [i for i, kind in enumerate(frame.dtypes) if is_string_dtype(kind) or is_object_dtype(kind)]
    misread = _is_misread(frame, texts)
    # A mark of order before the first name outlives the slip.
    columns = [repaired(str(name), misread).strip("\ufeff") for name in frame.columns]
    changed = sum(new != old for new, old in zip(columns, frame.columns, strict=True))
    lost = 0
    frame = frame.copy()
    for i in texts:
        old = frame.iloc[:, i]
        new = old.map(lambda cell: repaired(cell, misread) if isinstance(cell, str) else cell)
        different = (new != old) & old.notna()
        lost += int(new.map(lambda cell: isinstance(cell, str) and "\ufffd" in cell).sum())
        if different.any():
            changed += int(different.sum())
            frame.isetitem(i, new.to_numpy())
    if changed:
        ledger.warn("text_repaired", f"{changed} texts in a wrong code page are mended: save it as UTF-8")
    if lost:
        ledger.warn("text_lost", f"{lost} texts hold letters that were lost before: correct them in the source")
    if columns != [*frame.columns]:
        frame.columns = pd.Index(columns)
    return frame


def _is_misread(frame: pd.DataFrame, texts: Sequence[int]) -> bool:
    """Tell whether a text of the table surely was read in a Western code page: so were all, those of a letter too."""
    cells = (cell for i in texts for cell in frame.iloc[:, i] if isinstance(cell, str))
    return any(map(is_misread, chain(map(str, frame.columns), cells)))


def decoded(path: Path, ledger: Ledger) -> str:
    """Return a text file as text: by its mark of order, as UTF-8, else as Hebrew cp1255, which the ledger then says."""
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise InputError(f"{path.name}: cannot be read ({fault.strerror}): check the path and its rights") from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace")
    if b"\x00" in raw:
        raise InputError(f"{path.name}: holds bytes that are no text: save it as a CSV in UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        ledger.warn("code_page_1255", f"is not UTF-8 (byte {fault.start + 1}): read as Hebrew cp1255; save it as UTF-8")
        return raw.decode("cp1255", errors="replace")


def _lines(path: Path, ledger: Ledger) -> list[list[str | None]]:
    text = decoded(path, ledger)
    separator = _separator(text)
    try:
        rows = [*csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)]
    except csv.Error as fault:
        raise InputError(f"{path.name}: not a readable CSV ({fault}): save it as a CSV in UTF-8") from None
    return [[_cell(cell) for cell in row] for row in rows]


def _separator(text: str) -> str:
    """Return the mark that the first lines hold most often, each line as often; a comma where none does."""
    counts = {mark: [line.count(mark) for line in text[:20_000].splitlines()[:20] if line] for mark in SEPARATORS}
    return max(SEPARATORS, key=lambda mark: median(counts[mark]) if counts[mark] else 0)


@dataclass(frozen=True)
class _Sheet:
    """A sheet that has column names, and its rows down from the first cell."""

    name: str
    columns: frozenset[str]
    rows: list[list[str | None]]


def _sheet(path: Path, wanted: str, column: str, ledger: Ledger) -> list[list[str | None]]:
    """Return the rows of the first sheet that has column names; one with the wanted column, or name, goes before."""
    sheets: list[_Sheet] = []
    for name, sheet in workbook(path).items():
        rows = [[_cell(cell) for cell in row] for row in sheet.itertuples(index=False)]
        if (at := _header(rows)) is not None:
            sheets.append(_Sheet(str(name), frozenset(map(matching_key, filter(None, rows[at]))), rows))
    if not sheets:
        return []
    names = matching_key(column), matching_key(wanted)
    read = max(sheets, key=lambda one: (names[0] in one.columns, matching_key(one.name) == names[1]))
    _warn_of_others(read, [one for one in sheets if one is not read], ledger)
    return read.rows


def _warn_of_others(read: _Sheet, others: Sequence[_Sheet], ledger: Ledger) -> None:
    """Name the sheets with the columns of the one that is read: a list may have one for each quarter or year."""
    same = [one.name for one in others if 2 * len(one.columns & read.columns) > len(read.columns)]
    if same:
        text = f"sheet {read.name!r} is read; {', '.join(map(repr, same))} have the same columns and are not"
        ledger.warn("sheets_not_read", f"{text}: put all rows into one sheet")


def workbook(path: Path) -> dict[str, pd.DataFrame]:
    """Return every sheet of a workbook as cells without a header.

    Raises
    ------
    InputError
        Under a password, not a workbook, or far larger than any table.
    """
    must_be_allowed(path)
    must_fit(path)
    try:
        # calamine gives the same values as openpyxl nine times faster. "-" and ".." stay as they are.
        return pd.read_excel(path, sheet_name=None, header=None, dtype=object, engine="calamine", keep_default_na=False)
    except (OSError, ValueError, KeyError, BadZipFile, CalamineError) as fault:
        if _is_encrypted(path):
            raise InputError(f"{path.name}: is under a password: save a copy without one") from None
        raise InputError(f"{path.name}: cannot be read as a workbook ({fault}): save it as .xlsx") from None


def _is_encrypted(path: Path) -> bool:
    if not path.is_file():
        return False
    raw = path.read_bytes()
    return raw.startswith(_CONTAINER) and _ENCRYPTED in raw


def _cell(cell: object) -> str | None:
    """Return a cell as text; a whole number of a workbook arrives as 7.0 and is 7."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip() or None


def _header(rows: list[list[str | None]]) -> int | None:
    """Return the first row with names in more than half of the columns and no number among them."""
    widths = [sum(cell is not None for cell in row) for row in rows[:200]]
    if not widths:
        return None
    wanted = max(widths) // 2 + 1
    fits = (
        i
        for i, (width, row) in enumerate(zip(widths, rows, strict=False))
        if width >= wanted and not any(_is_number(cell) for cell in row)
    )
    return next(fits, None)


def _fitted(row: list[str | None], columns: list[str], number: int, path: Path) -> list[str | None]:
    """Return a row as wide as the header: blanks after it are none of it, cells after it are a fault."""
    if any(row[len(columns) :]):
        raise InputError(
            f"{path.name}: row {number} has {len(row)} cells where the header has {len(columns)}: "
            "quote the cell that holds a separator, or mend the row"
        )
    return (row + [None] * len(columns))[: len(columns)]


def _is_number(cell: str | None) -> bool:
    try:
        float(cell or "")
    except ValueError:
        return False
    return True
