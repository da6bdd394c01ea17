"""One city at one step of a batch: what its process is given, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from geokehila import pipeline
from geokehila.errors import GeoKehilaError, InputError
from geokehila.load.roles import Inputs
from geokehila.store import kept
from geokehila.study import Study

DONE, SKIPPED, FAILED = "done", "skipped", "failed"
#: [MB] What a run takes for any city, and for each MB of its files, those of the map above all: measured on towns of
#: 5,000 to 966,000 residents, where the real cities at hand take less.
BASE_MB, PER_MB = 500.0, 1900.0
MEGA = 1e6


@dataclass(frozen=True)
class Outcome:
    """What became of a city.

    Attributes
    ----------
    state
        ``done``, ``skipped`` (what would come of it is there already) or ``failed``.
    run_id
        Of the run that is kept, or that the atlas is of; "" where it failed.
    seconds, memory_mb
        How long it took and the most memory in use at the end of a stage: of a run that was skipped, when it was made;
        0 of an atlas that was skipped, and where it failed.
    warnings_count
        How many the run has.
    why
        What failed and the remedy, on one line; "" else.
    """

    city: str
    state: str
    run_id: str = ""
    seconds: float = 0.0
    memory_mb: int = 0
    warnings_count: int = 0
    why: str = ""

    @classmethod
    def fallen(cls, city: str, why: object) -> Outcome:
        """Return that a city failed, and why, on one line."""
        return cls(city, FAILED, why=" ".join(str(why).split()))

    @classmethod
    def unforeseen(cls, city: str, error: BaseException) -> Outcome:
        """Return that a city failed by a fault of the program, and how to report it."""
        remedy = "run it alone with GEOKEHILA_TRACEBACK=1 and report what it prints"
        return cls.fallen(city, f"{type(error).__name__}: {error}: {remedy}")


class Step(Protocol):
    """What can be done for a city by a process of its own, whole or not at all."""

    @property
    def city(self) -> str:
        """Slug of the city."""

    @property
    def memory_mb(self) -> float:
        """What it may take [MB]."""

    def kept(self) -> Outcome | None:
        """Return what is there already, None where it is not all that would come of it."""

    def do(self, tell: Callable[[str], None] = ...) -> Outcome:
        """Do it; what a user can mend is an outcome, not an error."""


def measured(city: str, state: str, run_id: str, stages: list[dict[str, Any]]) -> Outcome:
    """Return an outcome with the seconds and the memory of a journal's stages."""
    seconds = round(sum(stage["seconds"] for stage in stages), 1)
    return Outcome(city, state, run_id, seconds, max((stage["memory_mb"] for stage in stages), default=0))


@dataclass(frozen=True)
class Task:
    """A city to be run: its choices, its files with what was read of them, and where its results go."""

    study: Study
    inputs: Inputs
    out: Path

    @property
    def city(self) -> str:
        """Slug of the city."""
        return self.study.city.slug

    @property
    def memory_mb(self) -> float:
        """What the run may take [MB], from the size of its map."""
        size = sum(path.stat().st_size for path in self.inputs.files.get("osm", ()) if path.is_file())
        return BASE_MB + PER_MB * size / MEGA

    def kept(self) -> Outcome | None:
        """Return what is kept of an equal run, one that was made by itself among them; None where there is none."""
        page = self.out / "maps" / self.city / "index.html"
        if not (kept.is_run(self.out, self.city) and page.is_file()):
            return None
        try:
            folder = kept.newest(self.out, self.city)
            kept.record(folder)
        except InputError:  # what cannot be read is made anew
            return None
        return _told(self.city, SKIPPED, folder) if folder.name == pipeline.id_of(self.study, self.inputs) else None

    def do(self, tell: Callable[[str], None] = lambda stage: None) -> Outcome:
        """Run the city; what a user can mend is an outcome, not an error."""
        try:
            made = pipeline.make(self.study, self.inputs, self.out, tell)
        except GeoKehilaError as error:
            return Outcome.fallen(self.city, error)
        return _told(self.city, DONE, made.path)


def _told(city: str, state: str, folder: Path) -> Outcome:
    """Return what a run's own record and journal say of it."""
    stages = json.loads((folder / "journal.json").read_text(encoding="utf-8"))["stages"]
    return replace(measured(city, state, folder.name, stages), warnings_count=len(kept.record(folder)["warnings"]))
