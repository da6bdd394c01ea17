"""Where a run is kept: whole or not at all, in the place of the last good one, one run of a city at a time."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident

import psutil
import pyarrow as pa
from pyogrio.errors import DataLayerError, DataSourceError
from xlsxwriter.exceptions import XlsxFileError

from geokehila.catalogue import REGIONS
from geokehila.errors import RunError
from geokehila.store import kept, lock

#: What a writer raises where a disk is full or a folder read-only: not all of them call it an OSError.
FAULTS = (OSError, DataSourceError, DataLayerError, XlsxFileError, pa.ArrowException, sqlite3.Error)
#: Hidden folder of a process at work, called by its number. Of a city's own folders the lock's holder may delete every
#: such folder: their owners are dead.
WORK = ".work-"
#: Folder of cards beside a page.
CARDS = "cards"


@dataclass(frozen=True)
class Desk:
    """The hidden folders that a run writes into, and the places its files go to when all of them are whole.

    Attributes
    ----------
    processed, maps
        ``data/processed/<slug>`` and ``maps/<slug>``.
    """

    processed: Path
    maps: Path

    @property
    def run(self) -> Path:
        """Folder for the tables of the run."""
        return self._work(self.processed) / "run"

    @property
    def page(self) -> Path:
        """Folder for ``index.html`` and what it names; beside its place, which may be another disk."""
        return self._work(self.maps)

    @property
    def unfinished(self) -> Path:
        """Folder of what is told of a run that has not come to its end."""
        return self.processed / kept.UNFINISHED

    def publish(self, run_id: str) -> tuple[Path, Path]:
        """Put what was written in its place and return the run's folder and its page.

        At every instant ``latest`` names a whole run and ``index.html`` is a whole page, the old or the new. An equal
        run that is there already is replaced file by file: one run_id stands for one content, so a reader never meets
        a mixture, and what users saved beside it stays. Nothing is flushed to the disk by force (fsync): a power cut
        may cost the newest run, and the same run makes it again.
        """
        place = self.processed / run_id
        with writing(place):
            # Changes that QGIS left unmerged belong to the file that goes away, not to its successor.
            for left in place.glob("*.gpkg-*"):
                left.unlink()
            if place.is_dir():
                _replace(self.run, place)
            else:
                self.run.rename(place)
            self.hang()
            latest = self._work(self.processed) / "latest"
            latest.write_text(run_id + "\n", encoding="utf-8", newline="\n")
            latest.replace(self.processed / "latest")
        return place, self.maps / "index.html"

    def hang(self) -> None:
        """Put what was drawn in its place; cards of areas that are no more go."""
        cards = [*(self.page / CARDS).glob("*")]
        _replace(self.page, self.maps)
        if cards:
            _forget(self.maps / CARDS, cards)

    def clear(self) -> None:
        """Remove the hidden folders of this run and of every dead one; what cannot be removed waits for the next."""
        for place in (self.processed, self.maps):
            for work in place.glob(f"{WORK}*"):
                shutil.rmtree(work, ignore_errors=True)

    def _work(self, place: Path) -> Path:
        return place / f"{WORK}{os.getpid()}"


@contextmanager
def alone(out: Path, slug: str) -> Iterator[Desk]:
    """Be the only run of a city below ``out``, with a desk to write at, until the end of the block.

    However the block ends, no hidden folder stays, and no empty one either.

    Raises
    ------
    RunError
        Another run of the city is at work, or the folders cannot be written: said before anything is computed.
    """
    desk = Desk(out / "data" / "processed" / slug, out / "maps" / slug)
    with ExitStack() as undo:
        for place in (desk.processed, desk.maps):
            undo.callback(_remove_empty, [folder for folder in (place, *place.parents) if not folder.exists()])
        with writing(desk.processed):
            undo.enter_context(lock.held(desk.processed))
            desk.clear()
            undo.callback(desk.clear)
            for folder in (desk.run, desk.page):
                folder.mkdir(parents=True)
        yield desk


def latest(out: Path) -> list[Path]:
    """Return the folder of the newest run of every city below ``out``, by slug; regions made of them are no cities."""
    found = sorted((out / "data" / "processed").glob("*/latest"))
    return [kept.named(place) for place in found if place.parent.name not in REGIONS]


@contextmanager
def writing(place: Path, option: str = "--out") -> Iterator[None]:
    """Turn what writers raise into one line that names the file, or else ``place``, and what to do.

    Parameters
    ----------
    option
        Of the command line, by which another place is named.
    """
    try:
        yield
    except FAULTS as error:
        what = getattr(error, "strerror", None) or error
        # Of what is hidden a user knows the folder that it is to be put into.
        where = str(getattr(error, "filename", None) or place)
        for hidden in (WORK, lock.CLAIM):
            where = where.partition(f"{os.sep}{hidden}")[0]
        raise RunError(
            f"{where}: cannot be written ({what}): free space, close what has it open, or name another {option}"
        ) from error


@contextmanager
def filling(folder: Path, option: str = "--out") -> Iterator[Path]:
    """Give a hidden folder to write into; what stands in it takes its place in ``folder`` when all of it is whole.

    However the block ends, no hidden folder stays, not even that of a process that was killed, and no folder that was
    made for nothing.

    Parameters
    ----------
    option
        As for :func:`writing`.

    Raises
    ------
    RunError
        Something cannot be written; what was there stays.

    Examples
    --------
    >>> with filling(Path("notes")) as work:  # doctest: +SKIP
    ...     (work / "note.txt").write_text("whole or not at all")
    """
    work = folder / f"{WORK}{os.getpid()}-{get_ident()}"
    absent = [place for place in (folder, *folder.parents) if not place.exists()]
    with writing(folder, option):
        try:
            for dead in _of_the_dead(folder):
                shutil.rmtree(dead, ignore_errors=True)
            work.mkdir(parents=True)
            yield work
            _replace(work, folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
            _remove_empty(absent)


def must_take(folder: Path | None, option: str = "--out") -> None:
    """See that a folder can be written, before the work whose result it is to receive; nothing of this stays.

    Raises
    ------
    RunError
        It cannot be.

    Examples
    --------
    >>> must_take(Path("notes"))
    >>> Path("notes").exists()
    False
    """
    if folder:
        with filling(folder, option):
            pass


def _of_the_dead(folder: Path) -> list[Path]:
    """Return the hidden folders of processes that are no more."""
    owners = {work: work.name.removeprefix(WORK).partition("-")[0] for work in folder.glob(f"{WORK}*")}
    return [work for work, pid in owners.items() if pid.isdigit() and not psutil.pid_exists(int(pid))]


def _forget(folder: Path, kept: Iterable[Path]) -> None:
    """Remove the cards of areas that are no more: all that are not called as one of those kept; other files stay."""
    names = {path.name for path in kept}
    for card in folder.glob("zone-*.html"):
        if card.name not in names:
            card.unlink()


def _replace(new: Path, old: Path) -> None:
    """Move each file over the one of its name, the page last: it may name the others."""
    files = [path for path in new.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: (path.name == "index.html", path)):
        place = old / path.relative_to(new)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)


def _remove_empty(folders: list[Path]) -> None:
    """Remove the folders that a failed run made, the innermost first, as far as they are empty."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
