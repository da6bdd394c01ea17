"""Which cities a batch is of, and the task of each."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from geokehila import pipeline
from geokehila.batch.country import share_out
from geokehila.batch.task import Outcome, Task
from geokehila.catalogue import REGIONS, cities, known
from geokehila.errors import GeoKehilaError, InputError, StudyError
from geokehila.load.population.national import Library


@dataclass(frozen=True)
class Wish:
    """Where a batch reads and writes, as for :func:`geokehila.run`."""

    data: Path = Path("data/raw")
    out: Path = Path()


def named(region: str = "", every: bool = False, listed: Sequence[str] = (), file: Path | None = None) -> list[str]:
    """Return the cities asked for, slugs or paths of studies, each once, in order.

    Raises
    ------
    StudyError
        Nothing is asked for, or something that there is not, or in two ways.

    Examples
    --------
    >>> len(named(every=True)), named(region="negev")[:2], named(listed=["dimona", "arad"])
    (71, ['alsayid', 'arad'], ['dimona', 'arad'])
    """
    ways = {"--region": region, "--all": every, "--cities": listed, "STUDIES.toml": file}
    if len(given := [way for way, cities_of_it in ways.items() if cities_of_it]) > 1:
        raise StudyError(f"batch: cities are named by {' and by '.join(given)}: give one of these")
    chosen = list(listed)
    if every:
        chosen += cities()
    if region:
        known(region, REGIONS, "region")
        chosen += [slug for slug, city in cities().items() if city.programme_region == region]
    if file:
        chosen += _of_file(file)
    if not chosen:
        raise StudyError(
            "batch: no city is named: give --region negev, --all, --cities dimona,arad or a TOML of studies"
        )
    return list(dict.fromkeys(chosen))


def _of_file(file: Path) -> list[str]:
    """Read ``studies = ["dimona", "my-town/study.toml"]``; paths are relative to the file."""
    if not file.is_file():
        listed = "dimona,arad" if file.suffix == ".toml" else file.name
        raise StudyError(
            f"batch {file}: no such file: check the path, or name cities: `geokehila batch --cities {listed}`"
        )
    try:
        studies = tomllib.loads(file.read_text(encoding="utf-8-sig")).get("studies")
    except (OSError, ValueError, RecursionError) as error:
        raise StudyError(f"batch {file}: cannot be read ({error}): mend it") from None
    if not isinstance(studies, list) or any(not isinstance(study, str) for study in studies):
        raise StudyError(f'batch {file}: names no studies: write studies = ["dimona", "my-town/study.toml"]')
    return [str(file.parent / study) if study.endswith(".toml") else study for study in studies]


def order(names: Sequence[str], wish: Wish) -> tuple[list[Task], list[Outcome]]:
    """Return the tasks of a batch, and the cities that cannot even begin.

    National files are read once, an extract of the whole country is cut in one pass; two studies of one city are an
    error, for their results would take each other's place, and so is a city or a file that there is not.
    """
    for name in names:
        _must_be_there(name, wish.data)
    tasks: list[Task] = []
    fallen: list[Outcome] = []
    for name in names:
        try:
            tasks.append(_task(name, wish))
        except GeoKehilaError as error:
            fallen.append(Outcome.fallen(name, error))
    _must_differ(tasks)
    library = Library()
    ready: list[Task] = []
    shared, astray = share_out(tasks, wish.data / "national", library)
    for task in shared:
        try:
            ready.append(replace(task, inputs=library.lend(task.study, task.inputs)))
        except GeoKehilaError as error:
            astray.append(Outcome.fallen(task.city, error))
    for task in tasks:
        for outcome in (outcome for outcome in astray if outcome.city == task.city):
            pipeline.refused(task.study, task.inputs, task.out, InputError(outcome.why))
    return ready, [*fallen, *astray]


def _must_be_there(name: str, data: Path) -> None:
    """See that a name is of a city or a study; a study that cannot be read stops no other city, and is none of this."""
    own = Path(name) if name.endswith(".toml") else data / name / "study.toml"
    if not own.is_file():
        pipeline.choose(name, data)


def _task(name: str, wish: Wish) -> Task:
    study = pipeline.choose(name, wish.data)
    return Task(study, pipeline.found(study, wish.data, wish.out), wish.out)


def _must_differ(tasks: Sequence[Task]) -> None:
    slugs = [task.city for task in tasks]
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        raise StudyError(f"batch: two studies of {twice[0]}: their results would take each other's place: name one")
