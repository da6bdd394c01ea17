"""MIX: Hill numbers of the places within 15 minutes of every node, the product's formulas beside cityseer's."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.compare import same_mix
from benchmarks.measure import Worker, in_turns, tell
from benchmarks.parts.cities import SMALL_NODES, TOWN_NODES
from benchmarks.table import of_libraries
from benchmarks.works import DATA, Work, las_palmas, synthetic

ENGINE, CITYSEER = "benchmarks.libraries.engine:EngineMix", "benchmarks.libraries.cityseer:CityseerMix"


def mix(small: bool) -> str:
    """Compare, then measure in turns."""
    makers: list[Callable[[], Work]] = [lambda: synthetic(SMALL_NODES)]
    if not small and DATA.is_dir():
        makers.append(las_palmas)
    elif not small:
        tell(f"SKIPPED: Las Palmas, as {DATA.name} is absent beside the repository")
        makers.append(lambda: synthetic(TOWN_NODES))
    return "\n\n".join(_measured(make()) for make in makers)


def _measured(work: Work) -> str:
    tell(f"mix: {work.name}, {work.nodes:,} nodes")
    engine, other = Worker(ENGINE, work), Worker(CITYSEER, work)
    compared = {other.name: same_mix(engine, other)}
    measured = in_turns([engine, other], "mix")
    for worker, found in zip((engine, other), measured, strict=True):
        found.peak_mb = worker.ended()
    head = f"**{work.name[0].upper()}{work.name[1:]}**: {work.nodes:,} nodes, {len(work.level.tail):,} edges, "
    return f"{head}{len(work.edge):,} places.\n\n{of_libraries(measured, compared)}"
