"""NEAREST and COUNTS, the engine beside other libraries: answers compared first, then measured in turns."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.compare import same_answers, same_streets
from benchmarks.libraries import some
from benchmarks.measure import Worker, in_turns, tell
from benchmarks.table import of_libraries
from benchmarks.works import DATA, Work, every_bend, las_palmas, porto_alegre, synthetic

HERE = "benchmarks.libraries"
NEAREST = (
    f"{HERE}.engine:Engine",
    f"{HERE}.scipy:ScipyWhole",
    f"{HERE}.scipy:ScipyContracted",
    f"{HERE}.igraph:IGraph",
    f"{HERE}.networkx:NetworkX",
    f"{HERE}.pandana:Pandana",
)
COUNTS = (
    f"{HERE}.engine:Engine",
    f"{HERE}.engine:EngineCounts",
    f"{HERE}.engine:EngineAtNodes",
    f"{HERE}.engine:EngineLevel",
    f"{HERE}.scipy:ScipyWhole",
    f"{HERE}.scipy:ScipyContracted",
    f"{HERE}.pandana:PandanaCounts",
    f"{HERE}.cityseer:Cityseer",
)
SMALL_NODES, TOWN_NODES = 3_000, 50_000


def nearest(small: bool) -> str:
    """Measure NEAREST."""
    makers: list[Callable[[], Work]] = [lambda: synthetic(SMALL_NODES)]
    if not small:
        makers = [*_real(), lambda: every_bend(las_palmas())] if _real() else [lambda: synthetic(TOWN_NODES)]
    return "\n\n".join(_measured(make(), "nearest", NEAREST) for make in makers)


def counts(small: bool) -> str:
    """Measure COUNTS, with streets in reach."""
    makers: list[Callable[[], Work]] = [lambda: synthetic(SMALL_NODES)]
    if not small:
        makers = [*_real(), lambda: synthetic(TOWN_NODES)]
    return "\n\n".join(_measured(make(), "counts", COUNTS) for make in makers)


def _real() -> list[Callable[[], Work]]:
    """Return the real cities; where their files are absent, say so and return none."""
    if DATA.is_dir():
        return [las_palmas, porto_alegre]
    tell(f"SKIPPED: the real cities, as {DATA.name} is absent beside the repository")
    return []


def _measured(work: Work, task: str, libraries: tuple[str, ...]) -> str:
    tell(f"{task}: {work.name}, {work.nodes:,} nodes")
    workers = [Worker(library, work) for library in libraries]
    compared = same_answers(workers, task)
    if task == "counts":
        at = some(work.nodes)
        whole = next(worker for worker in workers if worker.name.startswith("scipy"))
        compared[workers[0].name] = same_streets(
            work, workers[0].answer("streets_in_reach"), at, whole.answer("walks", at)
        )
    measured = in_turns(workers, task)
    for worker, found in zip(workers, measured, strict=True):
        found.peak_mb = worker.ended()
    head = f"**{work.name[0].upper()}{work.name[1:]}**: {work.nodes:,} nodes, {len(work.level.tail):,} edges, "
    return f"{head}{len(work.edge):,} places.\n\n{of_libraries(measured, compared)}"
