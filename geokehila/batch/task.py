"""One city of a batch: what its process is given, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geokehila import pipeline
from geokehila.errors import GeoKehilaError
from geokehila.load.roles import Inputs
from geokehila.store import kept
from geokehila.study import Study

DONE, SKIPPED, FAILED = "done", "skipped", "failed"


@dataclass(frozen=True)
class Outcome:
    """What became of a city.

    Attributes
    ----------
    state
        ``done``, ``skipped`` (a run of equal inputs, choices and version is kept already) or ``failed``.
    run_id
        Of the run that is kept; "" where it failed.
    seconds, memory_mb
        Of the run, also of one that was skipped: how long it took when it was made, and the most memory in use at the
        end of a stage; 0 where it failed.
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

    def kept(self) -> Outcome | None:
        """Return what is kept of an equal run, None where there is none."""
        run_id = pipeline.id_of(self.study, self.inputs)
        place = self.out / "data" / "processed" / self.city
        page = self.out / "maps" / self.city / "index.html"
        latest = place / "latest"
        if not (latest.is_file() and latest.read_text(encoding="utf-8").strip() == run_id and page.is_file()):
            return None
        return _told(self.city, SKIPPED, place / run_id)

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
    return Outcome(
        city=city,
        state=state,
        run_id=folder.name,
        seconds=round(sum(stage["seconds"] for stage in stages), 1),
        memory_mb=max((stage["memory_mb"] for stage in stages), default=0),
        warnings_count=len(kept.record(folder)["warnings"]),
    )
