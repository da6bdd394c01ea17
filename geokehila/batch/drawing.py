"""The atlas of one city as a step of a batch: drawn of its last run, unless it is there already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from geokehila import memory
from geokehila.batch.task import DONE, MEGA, SKIPPED, Outcome, measured
from geokehila.draw import atlas
from geokehila.draw.town import Town
from geokehila.errors import GeoKehilaError
from geokehila.journal import Journal
from geokehila.store import keep, kept
from geokehila.study import Study

#: [MB] What the drawing of an atlas takes for any city, and for each MB of the tables that sheets are drawn from.
BASE_MB, PER_MB = 400.0, 7.0


@dataclass(frozen=True)
class Drawing:
    """The atlas of a city's last run in some languages, below ``maps/<slug>/``."""

    study: Study
    out: Path
    languages: tuple[str, ...]

    @property
    def city(self) -> str:
        """Slug of the city."""
        return self.study.city.slug

    @property
    def memory_mb(self) -> float:
        """What drawing may take [MB], from the size of the run's tables."""
        return _memory_mb(self._run)

    def kept(self) -> Outcome | None:
        """Return that every atlas in its place was drawn of this very run, None where one was not."""
        return None if self._due else Outcome(self.city, SKIPPED, self._run.name)

    def do(self, tell: Callable[[str], None] = lambda stage: None) -> Outcome:
        """Draw those that are not there; what a user can mend is an outcome, not an error."""
        journal = Journal(tell)
        try:
            draw(self.study, self.out, self._due, journal.stage)
        except GeoKehilaError as error:
            return Outcome.fallen(self.city, error)
        journal.stage("done")
        return measured(self.city, DONE, self._run.name, journal.content()["stages"])

    @property
    def _run(self) -> Path:
        return kept.newest(self.out, self.city)

    @property
    def _due(self) -> list[str]:
        maps, run_id = self.out / "maps" / self.city, self._run.name
        return [key for key in self.languages if atlas.run_of(maps / atlas.file_name(key)) != run_id]


def _memory_mb(run: Path) -> float:
    """[MB] Return what the drawing of a run takes, from the size of its tables."""
    return BASE_MB + PER_MB * sum(table.stat().st_size for table in run.glob("*.parquet")) / MEGA


def draw(study: Study, out: Path, languages: Sequence[str], tell: Callable[[str], None]) -> list[Path]:
    """Draw the atlas of a city's last run and return its files; each takes its place when it is whole.

    Parameters
    ----------
    tell
        Called with the language and the key of each sheet as it is drawn.

    Raises
    ------
    InputError
        No run of the city is kept.
    RunError
        A run of the city is at work, or the atlas cannot be written, or does not fit into memory.
    """
    drawn = []
    with keep.alone(out, study.city.slug) as desk:
        folder = kept.newest(out, study.city.slug)
        remedy = "close other programs, or give batch --jobs 1"
        memory.must_fit(f"atlas of {study.city.slug}", MEGA * _memory_mb(folder), remedy)
        town = Town(study, kept.KeptTables(folder), kept.record(folder))
        for language in languages:
            made = desk.page / atlas.file_name(language)
            atlas.write(town, made, language, partial(_tell, tell, language))
            with keep.writing(desk.maps):
                drawn.append(made.replace(desk.maps / made.name))
    return drawn


def _tell(tell: Callable[[str], None], language: str, sheet: str) -> None:
    tell(f"atlas {language}: {sheet}")
