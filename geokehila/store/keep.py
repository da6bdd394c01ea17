"""Where a run is kept: whole or not at all, in the place of the last good one, one run of a city at a time."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyogrio.errors import DataLayerError, DataSourceError

from geokehila.catalogue import REGIONS
from geokehila.errors import RunError
from geokehila.store import kept, lock

#: What a writer raises where a disk is full or a folder read-only: not all of them call it an OSError.
FAULTS = (OSError, DataSourceError, DataLayerError, pa.ArrowException, sqlite3.Error)
#: Hidden folder of a run at work. The lock's holder may delete every such folder: their owners are dead.
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

    def publish(self, run_id: str) -> tuple[Path, Path]:
        """Put what was written in its place and return the run's folder and its page.

        At every instant ``latest`` names a whole run and ``index.html`` is a whole page, the old or the new. An equal
        run that is there already is replaced file by file: one run_id stands for one content, so a reader never meets
        a mixture, and what users saved beside it stays. Nothing is flushed to the disk by force (fsync): a power cut
        may cost the newest run, and the same run makes it again.
        """
        kept = self.processed / run_id
        with writing(kept):
            # Changes that QGIS left unmerged belong to the file that goes away, not to its successor.
            for left in kept.glob("*.gpkg-*"):
                left.unlink()
            if kept.is_dir():
                _replace(self.run, kept)
            else:
                self.run.rename(kept)
            cards = [*(self.page / CARDS).glob("*")]
            _replace(self.page, self.maps)
            forget(self.maps / CARDS, cards)
            latest = self._work(self.processed) / "latest"
            latest.write_text(run_id + "\n", encoding="utf-8", newline="\n")
            latest.replace(self.processed / "latest")
        return kept, self.maps / "index.html"

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
def writing(place: Path) -> Iterator[None]:
    """Turn what writers raise into one line that names the file, or else ``place``, and what to do."""
    try:
        yield
    except FAULTS as error:
        what = getattr(error, "strerror", None) or error
        where = getattr(error, "filename", None) or place
        raise RunError(
            f"{where}: cannot be written ({what}): free space, close what has it open, or name another --out"
        ) from error


def forget(folder: Path, kept: Iterable[Path]) -> None:
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
