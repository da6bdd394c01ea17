"""How large a workbook is before a reader lays it out: one cell in the last row makes millions of empty ones."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, is_zipfile

from geokehila.errors import InputError

#: Cells that a table may have, blank ones between the others counted; 4,000 areas with 600 columns are most of it.
MOST_CELLS = 3_000_000
#: [bytes] What the parts of a workbook may take when they are unpacked.
MOST_UNPACKED = 512 << 20
_BLOCK, _OVERLAP = 1 << 20, 4_096
#: A cell that is not closed where it opens holds something; ``AB17`` is its place.
_CELL = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Za-z]+)(\d+)["'][^>]*(?<!/)>""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s(?:[^>]*?\s)?r\s*=\s*["'](\d+)""")
_MOST_ROWS = 1 << 20
_FAULTS = (OSError, ValueError, LookupError, RuntimeError, EOFError, BadZipFile, zlib.error, expat.ExpatError)


def must_fit(path: Path) -> None:
    """Refuse a workbook whose parts unpack to more than 512 MB, or with a cell far from all others.

    What is no archive is left to its reader.

    Raises
    ------
    InputError
        Too large, or a part that does not unpack to what the archive says.
    """
    if not is_zipfile(path):
        return
    try:
        with ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            cells = (
                0
                if unpacked > MOST_UNPACKED
                else max((_cells(archive, name) for name in archive.namelist()), default=0)
            )
    except _FAULTS as fault:
        raise InputError(f"{path.name}: cannot be read as a workbook ({str(fault)[:200]}): save it as .xlsx") from None
    if unpacked > MOST_UNPACKED:
        raise InputError(f"{path.name}: unpacks to {unpacked >> 20} MB, {MOST_UNPACKED >> 20} are read: keep one table")
    if cells > MOST_CELLS:
        raise InputError(
            f"{path.name}: its cells span {cells:,}, {MOST_CELLS:,} are read: delete what stands far from the table"
        )


def _cells(archive: ZipFile, name: str) -> int:
    """Return how many cells a part of the archive spans; 0 where it is no sheet."""
    if not name.lower().endswith(".xml"):
        return 0
    with archive.open(name) as part:
        return _in_document(part) if name.rpartition("/")[2] == "content.xml" else _in_sheet(part)


def _in_sheet(part: IO[bytes]) -> int:
    """Return rows by columns up to the farthest cells of a sheet of .xlsx."""
    rows, columns, before = 0, 0, b""
    while block := part.read(_BLOCK):
        text = before + block
        places = _CELL.findall(text)
        columns = max([columns, *(_column(letters) for letters in {letters for letters, _ in places})])
        rows = max([rows, *(int(row) for _, row in places)])
        if any(int(row) > _MOST_ROWS for row in _ROW.findall(text)):
            return MOST_CELLS + 1
        before = text[-_OVERLAP:]
    return rows * columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _in_document(part: IO[bytes]) -> int:
    """Return rows by columns up to the farthest cells of the sheets of .ods."""
    extent = _Extent()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = extent.start, extent.end
    parser.ParseFile(part)
    return extent.most


@dataclass
class _Extent:
    """Where a reader of .ods stands: a row or a cell may stand for many."""

    most: int = 0
    row: int = 0
    column: int = 0
    columns: int = 0
    repeated: int = 1
    is_cell: bool = False
    width: int = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take an element that opens."""
        kind = name.rpartition(":")[2]
        if kind == "table":
            self.row = self.columns = 0
        elif kind == "table-row":
            self.repeated, self.column, self.width = _many(attributes, "rows"), 0, 0
        elif kind in ("table-cell", "covered-table-cell"):
            self.column += _many(attributes, "columns")
            self.is_cell = True
            if any(key.startswith("office:") for key in attributes):
                self.width = self.column
        elif self.is_cell:
            self.width = self.column

    def end(self, name: str) -> None:
        """Take an element that closes."""
        kind = name.rpartition(":")[2]
        self.is_cell = self.is_cell and kind not in ("table-cell", "covered-table-cell")
        if kind == "table-row":
            self.row += self.repeated
            self.columns = max(self.columns, self.width)
            if self.width:
                self.most = max(self.most, self.row * self.columns)


def _many(attributes: Mapping[str, str], what: str) -> int:
    return int(attributes.get(f"table:number-{what}-repeated", "1")[:18])
