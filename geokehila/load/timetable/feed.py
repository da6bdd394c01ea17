"""The text files of a GTFS feed, zipped or not: small ones whole, those of millions of rows in batches."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any, cast
from zipfile import BadZipFile, ZipExtFile, ZipFile

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.rights import must_be_allowed

#: Bytes of a large file that are held at once.
BATCH_BYTES = 1 << 22
#: A table of text unpacks to a tenfold; one that unpacks to more bytes, and to more times what it is, is none.
MUCH_BYTES, MOST_TIMES = 100 << 20, 100
#: What readers raise of a file that is damaged, under a password or none of its kind; pyarrow's errors are values.
FAULTS = (OSError, KeyError, ValueError, RuntimeError, EOFError, BadZipFile, csv.Error, zlib.error)
Opened = BufferedReader | ZipExtFile
_WORDS = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, eq=False)
class Feed:
    """A feed by the paths it was given as: a ``.zip``, or the text files of an unpacked one.

    ``torn`` counts by file the rows of another width than their header, which are passed over.
    """

    paths: Sequence[Path]
    torn: dict[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the file, of an unpacked feed that of its first."""
        return self.paths[0].name

    def lacks(self, *names: str) -> list[str]:
        """Return those of some files that the feed does not hold.

        Raises
        ------
        InputError
            Not a readable zip.
        """
        with self._readable(names[0]):
            held = {*self._members()}
        return [name for name in names if name not in held]

    def table(self, name: str, needed: Sequence[str], wanted: Sequence[str] = ()) -> pd.DataFrame:
        """Read a small file whole.

        Parameters
        ----------
        name
            Such as ``routes.txt``.
        needed, wanted
            Columns without which the file says nothing, and columns that may be absent.

        Returns
        -------
        DataFrame
            Text, the wanted columns always there; missing where a cell is blank.

        Raises
        ------
        InputError
            Not there, not readable as CSV in UTF-8, or without a needed column.
        """
        with self._readable(name), self._open(name) as file:
            table = pd.read_csv(
                file,
                dtype=str,
                encoding="utf-8-sig",
                skipinitialspace=True,
                usecols=lambda column: column.strip() in {*needed, *wanted},
            )
        table.columns = table.columns.str.strip()
        self._must_hold(name, [*table.columns], needed)
        blank = pd.Series(None, table.index, dtype=object)
        columns = {name: table[name].str.strip() if name in table else blank for name in (*needed, *wanted)}
        return pd.DataFrame(columns, table.index)

    def optional(self, name: str, needed: Sequence[str]) -> pd.DataFrame:
        """Read a small file whole, as :meth:`table`; without rows where the feed does not hold it."""
        return pd.DataFrame(columns=[*needed], dtype="str") if self.lacks(name) else self.table(name, needed)

    def batches(self, name: str, needed: Sequence[str], wanted: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        """Read a large file in batches, as :meth:`table` does a small one.

        Yields
        ------
        dict
            Columns that are there, each a pyarrow dictionary array of its texts; blank cells are empty texts.
        """
        self.torn[name] = 0

        def passed_over(_: Any) -> str:
            self.torn[name] += 1
            return "skip"

        with self._readable(name), self._open(name) as file:
            header = [column.strip() for column in next(csv.reader([_first_line(file)]), [])]
            self._must_hold(name, header, needed)
            here = [column for column in (*needed, *wanted) if column in header]
            if not file.peek(1):
                return
            reader = arrow_csv.open_csv(
                file,
                arrow_csv.ReadOptions(column_names=header, block_size=BATCH_BYTES),
                arrow_csv.ParseOptions(invalid_row_handler=passed_over),
                arrow_csv.ConvertOptions(column_types=dict.fromkeys(here, _WORDS), include_columns=here),
            )
            for batch in reader:
                yield {column: batch.column(column) for column in here}

    def _must_hold(self, name: str, columns: Sequence[str], needed: Sequence[str]) -> None:
        if absent := [column for column in needed if column not in columns]:
            raise InputError(f"gtfs {self.name}: {name} lacks {', '.join(absent)}: give a whole feed")

    @contextmanager
    def _readable(self, name: str) -> Iterator[None]:
        """Say in one line what is wrong with a file, whoever finds it."""
        must_be_allowed(self.paths[0])
        try:
            yield
        except InputError:
            raise
        except FAULTS as fault:
            raise InputError(f"gtfs {self.name}: no readable {name} ({fault}): give the feed as gtfs.zip") from None

    @contextmanager
    def _open(self, name: str) -> Iterator[Opened]:
        members = self._members()
        if name not in members:
            raise KeyError(f"no {name} among {len(members)} files")
        if not self._zipped:
            with Path(members[name]).open("rb") as file:
                yield file
            return
        with ZipFile(self.paths[0]) as archive, archive.open(members[name]) as member:
            yield cast(ZipExtFile, member)

    @property
    def _zipped(self) -> bool:
        return self.paths[0].suffix.lower() == ".zip"

    def _members(self) -> dict[str, str]:
        """Where each file is, by its name; a folder inside the zip is looked into."""
        if not self._zipped:
            return {path.name: str(path) for path in self.paths}
        with ZipFile(self.paths[0]) as archive:
            for member in archive.infolist():
                if member.file_size > MUCH_BYTES + MOST_TIMES * member.compress_size:
                    raise ValueError(
                        f"{member.filename[:100]} unpacks to {member.file_size >> 20} MB, as no table does"
                    )
            return {PurePosixPath(member).name: member for member in archive.namelist()}


def usable(table: pd.DataFrame, reasons: Mapping[str, pd.Series], kind: str, ledger: Ledger) -> pd.DataFrame:
    """Return the rows that no reason speaks against; `ledger` keeps the first that does, and the first column as id."""
    if table.empty:
        return table
    ledger.read(kind, len(table))
    left = pd.Series("", table.index, dtype="str")
    for reason, is_so in reasons.items():
        left = left.mask((left == "") & is_so, reason)
    lost = left != ""
    for row_id, reason in zip(table.iloc[:, 0][lost], left[lost], strict=True):
        ledger.reject(kind, str(row_id), reason)
    ledger.use(kind, int((~lost).sum()))
    return table[~lost]


def _first_line(file: Opened) -> str:
    """Read the line of a file that names its columns, and no more."""
    return file.readline().decode("utf-8-sig").rstrip("\r\n")
