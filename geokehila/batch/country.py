"""An extract of the whole country in the national folder, cut once to every city that has no map of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from geokehila.batch.task import Outcome, Task
from geokehila.errors import GeoKehilaError, StudyError
from geokehila.load.geometry import EVERYWHERE
from geokehila.load.osm import cut
from geokehila.load.population import zone_people
from geokehila.load.population.national import Library
from geokehila.load.roles import sha256_of
from geokehila.store import keep

#: Where extracts are kept below the folder of results: they are found again by the source and the box they are of.
FOLDER = Path("data") / "processed" / ".extracts"


def share_out(tasks: Sequence[Task], national: Path, library: Library) -> tuple[list[Task], list[Outcome]]:
    """Give each city whose map is that of the country an extract of its own; one pass cuts them all.

    Returns
    -------
    tasks : list of Task
        Those that have a map now, in their order.
    fallen : list of Outcome
        Those of which nothing at hand tells where they lie, or whose extract cannot be read or written.
    """
    shared = [task for task in tasks if _is_national(task, national)]
    if not shared:
        return [*tasks], []
    boxes, fallen = _boxes(shared, library)
    source = shared[0].inputs.must("osm", "give one extract of the country")
    digest, folder = sha256_of(source), shared[0].out / FOLDER
    targets = {city: folder / f"{city}-{_key(digest, box)}.osm.pbf" for city, box in boxes.items()}
    wanted = {city: box for city, box in boxes.items() if not targets[city].is_file()}
    try:
        _cut(source, wanted, targets, folder)
    except GeoKehilaError as error:
        fallen += [Outcome.fallen(city, error) for city in wanted]
    astray = {outcome.city for outcome in fallen}
    return [_with_map(task, targets) for task in tasks if task.city not in astray], fallen


def _with_map(task: Task, targets: Mapping[str, Path]) -> Task:
    if task.city not in targets:
        return task
    return replace(task, inputs=replace(task.inputs, files={**task.inputs.files, "osm": (targets[task.city],)}))


def _boxes(tasks: Sequence[Task], library: Library) -> tuple[dict[str, cut.Box], list[Outcome]]:
    """Return the bounds of the cities, and those whose bounds nobody tells."""
    boxes: dict[str, cut.Box] = {}
    fallen: list[Outcome] = []
    for task in tasks:
        try:
            boxes[task.city] = _box(task, library)
        except GeoKehilaError as error:
            fallen.append(Outcome.fallen(task.city, error))
    return boxes, fallen


def _is_national(task: Task, national: Path) -> bool:
    return {path.parent.resolve() for path in task.inputs.files.get("osm", ())} == {national.resolve()}


def _key(digest: str, box: cut.Box) -> str:
    return sha256(f"{digest} {box}".encode()).hexdigest()[:10]


def _box(task: Task, library: Library) -> cut.Box:
    """Return the bounds of a city's zones with the longest walk of the fastest walker round them [degrees]."""
    study = task.study
    if study.zones.kind == "hexagons":
        raise StudyError("[zones] hexagons are drawn where the map is: give the city a map of its own as osm.osm.pbf")
    zones = zone_people.read(study, library.lend(study, task.inputs), EVERYWHERE).zones
    return cut.Box.around(zones, study.catalogue)


def _cut(source: Path, boxes: dict[str, cut.Box], targets: dict[str, Path], folder: Path) -> None:
    """Cut into a hidden folder, and put each extract in its place when all are whole; older ones of a city go."""
    if not boxes:
        return
    with keep.filling(folder) as work:
        cut.cut(source, boxes, {city: work / targets[city].name for city in boxes})
    for city in boxes:
        for old in {*folder.glob(f"{city}-??????????.osm.pbf")} - {targets[city]}:
            with suppress(OSError):
                old.unlink()
