"""A folder of raw files: what was fetched takes its place only when it is whole, with a line in the manifest."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from geokehila.errors import FetchError, InputError, RunError
from geokehila.load import provenance
from geokehila.load.provenance import Provenance
from geokehila.load.roles import sha256_of
from geokehila.store import keep

#: Hidden folder beside the files, one for each source: what is not whole waits in it for the next attempt.
DESK = ".fetch-"


@dataclass(frozen=True)
class Held:
    """A file of a folder, and where it came from."""

    name: str
    row: Provenance


@dataclass(frozen=True)
class Keeper:
    """Keeps the files of one folder."""

    folder: Path

    def desk(self, source: str) -> Path:
        """Return the hidden folder that a source's client writes into, made where it is absent."""
        desk = self.folder / f"{DESK}{source}"
        with writing(desk):
            desk.mkdir(parents=True, exist_ok=True)
        return desk

    def clear(self, source: str) -> None:
        """Remove a source's desk, and what is left on it."""
        shutil.rmtree(self.folder / f"{DESK}{source}", ignore_errors=True)

    def leave(self, source: str) -> None:
        """Remove a source's desk if nothing waits on it."""
        with suppress(OSError):
            (self.folder / f"{DESK}{source}").rmdir()

    def at_hand(self, stem: str) -> Held | None:
        """Return the file of a stem that a fetch brought, whatever its suffix."""
        named = ((path.name, self.told(path.name)) for path in self.of_stem(stem))
        return next((Held(name, row) for name, row in named if row), None)

    def own(self, stem: str) -> Path | None:
        """Return a file of a stem that no fetch brought, or that was edited since."""
        return next((path for path in self.of_stem(stem) if self.told(path.name) is None), None)

    def told(self, name: str) -> Provenance | None:
        """Return where a file came from; None of one that is not there, that no fetch brought, or that was edited."""
        row = provenance.read(self.folder).get(name)
        return row if row and self._is(name, row) else None

    def of_stem(self, stem: str) -> list[Path]:
        """Return the files of a stem in the folder, and the folders that hold its parts."""
        listed = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        return [path for path in listed if path.name.partition(".")[0] == stem]

    def keep(self, found: Path, held: Held) -> Held:
        """Put a whole file in its place and tell of it; return it with its size and sha256.

        Another file of its stem that a fetch brought goes: two would be one too many.
        """
        full = replace(held.row, size=found.stat().st_size, sha256=sha256_of(found))
        name, rows = held.name, provenance.read(self.folder)
        stem = name.partition(".")[0]
        old = [other for other in rows if other != name and other.partition(".")[0] == stem and self.told(other)]
        here = {key: row for key, row in rows.items() if (self.folder / key).is_file() and key not in old}
        with writing(self.folder / name):
            _flush(found)
            self._prepare({**here, name: full})
            found.replace(self.folder / name)
            for other in old:
                (self.folder / other).unlink()
            self._hidden.replace(self.folder / provenance.MANIFEST)
        return Held(name, full)

    def asked(self, held: Held) -> Held:
        """Take note that a source was asked again, and has nothing newer."""
        with writing(self.folder / provenance.MANIFEST):
            self._prepare({**provenance.read(self.folder), held.name: held.row})
            self._hidden.replace(self.folder / provenance.MANIFEST)
        return held

    def recover(self) -> None:
        """Tell of a file that took its place in the moment before its fetch was killed."""
        if not self._hidden.is_file():
            return
        with suppress(InputError):
            prepared = provenance.read(self.folder, self._hidden.name)
            for name, row in prepared.items():
                if self.told(name) is None and self._is(name, row):
                    self.asked(Held(name, row))
        self._hidden.unlink(missing_ok=True)

    @property
    def _hidden(self) -> Path:
        return self.folder / f".{provenance.MANIFEST}"

    def _is(self, name: str, row: Provenance) -> bool:
        path = self.folder / name
        return path.is_file() and path.stat().st_size == row.size and sha256_of(path) == row.sha256

    def _prepare(self, rows: dict[str, Provenance]) -> None:
        """Write the manifest beside its place: it takes that after the file it tells of."""
        text = json.dumps({"files": {key: asdict(rows[key]) for key in sorted(rows)}}, ensure_ascii=False, indent=1)
        self._hidden.write_text(text + "\n", encoding="utf-8", newline="\n")


def age_days(row: Provenance, now: datetime) -> float:
    """Return how long ago a source was asked [days]; infinite where its date is none, or lies ahead of the clock."""
    try:
        days = (now - datetime.fromisoformat(row.asked).replace(tzinfo=UTC)).total_seconds() / 86_400
    except ValueError:
        return float("inf")
    return days if days >= 0 else float("inf")


def stamp(now: datetime) -> str:
    """Return a moment as the manifest writes it, ISO to the second, UTC."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turn what a full disk or a closed folder raises into one line."""
    try:
        with keep.writing(place, "--data"):
            yield
    except RunError as fault:
        raise FetchError(str(fault)) from fault


def _flush(path: Path) -> None:
    """Bring a file to the disk before its name: after a power cut a half one must not stand in its place."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
