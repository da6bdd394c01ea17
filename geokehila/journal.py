"""What a run did: how long each stage took and how much memory was in use; and where it did not end well, why."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import psutil

from geokehila.errors import GeoKehilaError, RunError, one_line
from geokehila.store import keep, kept, tables

#: A run that has not come to its end is at work (or was killed), or it ended by an error that says what to do, by the
#: user, or by a fault of the program.
AT_WORK, FAILED, INTERRUPTED, DEFECT = "at work", "failed", "interrupted", "defect"
JOURNAL = "journal.json"


class Journal:
    """A run's diary; it alone holds seconds, memory and wall time."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self._began = datetime.now(UTC)
        self._marks: list[tuple[str, float, int]] = []
        self._unfinished: _Unfinished | None = None

    def stage(self, name: str) -> None:
        """Begin a stage, and with it end the last."""
        self._marks.append((name, perf_counter(), psutil.Process().memory_info().rss))
        if self._unfinished:
            self._unfinished.write(AT_WORK, name, self.content())
        self._progress(name)

    def content(self) -> dict[str, Any]:
        """Return the stages so far with their seconds and the memory in use at their ends [MB]."""
        stages = [
            {"stage": name, "seconds": round(after - before, 3), "memory_mb": round(memory / 1e6)}
            for (name, before, _), (_, after, memory) in zip(self._marks, self._marks[1:], strict=False)
        ]
        return {"began": self._began.isoformat(timespec="seconds"), "stages": stages}

    @contextmanager
    def told(self, folder: Path, about: Mapping[str, Any]) -> Iterator[None]:
        """Tell of a run for as long as it has not come to its end, so that whoever finds it broken off knows of what.

        ``run.json`` in the folder says what the run is of, its `state`, the `stage` it is or was at, and the `error`;
        ``journal.json`` the stages before. The folder goes when the block ends well. A run that is killed leaves it as
        of its last stage, and the next run of the city takes its place.

        Parameters
        ----------
        about
            What the run is of: no clock in it.
        """
        self._unfinished = _Unfinished(folder, about)
        self._unfinished.write(AT_WORK, self._at, self.content())
        try:
            yield
        except BaseException as error:
            # What raised counts more than that it cannot be told: of a full disk that would be no news.
            with suppress(RunError):
                self._unfinished.write(state_of(error), self._at, self.content(), in_words(error))
            raise
        finally:
            self._unfinished = None
        shutil.rmtree(folder, ignore_errors=True)

    @property
    def _at(self) -> str:
        return self._marks[-1][0] if self._marks else ""


@dataclass(frozen=True)
class _Unfinished:
    """What is told of a run before its end."""

    folder: Path
    about: Mapping[str, Any]

    def write(self, state: str, stage: str, journal: Mapping[str, Any], error: str = "") -> None:
        with keep.filling(self.folder) as work:
            tables.write_json({**self.about, "state": state, "stage": stage, "error": error}, work / kept.RECORD)
            tables.write_json(journal, work / JOURNAL)


def state_of(error: BaseException) -> str:
    """Return how a run ended that raised this."""
    if isinstance(error, GeoKehilaError):
        return FAILED
    return DEFECT if isinstance(error, Exception) else INTERRUPTED


def in_words(error: BaseException) -> str:
    """Return what a run that raised this says, on one line.

    Examples
    --------
    >>> in_words(KeyboardInterrupt()), in_words(KeyError("zone_id"))
    ('interrupted', "KeyError: 'zone_id'")
    """
    ended = state_of(error)
    if ended == INTERRUPTED:
        return INTERRUPTED
    return one_line(str(error) if ended == FAILED else f"{type(error).__name__}: {error}")
