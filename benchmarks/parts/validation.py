"""Every measure beside an independent system on the same input: the tables of ``docs/validation.md``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import tell
from benchmarks.validation import (
    fairness,
    mix,
    open_space,
    people,
    published,
    shares,
    sites,
    slopes,
    streets,
    transit,
)
from benchmarks.validation.around import Around
from benchmarks.validation.beside import Beside, table
from benchmarks.validation.drawn import Drawn
from benchmarks.validation.towns import NEVE_OR, Town, ran
from benchmarks.validation.walks import Walked
from benchmarks.works import DATA

LAS_PALMAS, PORTO_ALEGRE, NETANYA = "las-palmas", "porto-alegre", "netanya-poleg"
BEER_SHEVA, EILAT = "beer-sheva", "eilat"
LAS_PALMAS_OSM, LAS_PALMAS_GTFS, NETANYA_OSM, PORTO_ALEGRE_DEM = (
    DATA / "las_palmas" / "las_palmas_2023-02-21.osm.pbf",
    DATA / "las_palmas" / "gtfs_2023.zip",
    DATA / "netanya_poleg" / "map.osm",
    DATA / "porto_alegre" / "poa_elevation.tif",
)


@dataclass(frozen=True, eq=False)
class Places:
    """Finished runs below a folder, and their streets as graphs, each made once.

    Attributes
    ----------
    small
        The fictional town stands in for all; what needs a real file is left out.
    """

    folder: Path
    small: bool
    _drawn: dict[str, Drawn] = field(default_factory=dict)
    _walked: dict[str, Walked] = field(default_factory=dict)

    def towns(self, *slugs: str) -> list[Town]:
        """Return the runs of some places."""
        return [ran(slug, self.folder) for slug in ([NEVE_OR] if self.small else slugs)]

    def drawn(self, town: Town) -> Drawn:
        """Return the streets of a run as a graph."""
        if town.name not in self._drawn:
            self._drawn[town.name] = Drawn.of(town)
        return self._drawn[town.name]

    def walked(self, town: Town) -> Walked:
        """Return the walks of a run by networkx."""
        if town.name not in self._walked:
            self._walked[town.name] = Walked(town, self.drawn(town))
        return self._walked[town.name]


def validation(small: bool) -> str:
    """Run all places, compare everything, and return the tables."""
    if not small and not DATA.is_dir():
        tell(f"SKIPPED: the real places, as {DATA.name} is absent beside the repository")
    with TemporaryDirectory() as folder:
        return told(Places(Path(folder), small or not DATA.is_dir()))


def told(places: Places) -> str:
    """Return every section with its heading."""
    parts = []
    for title, section in SECTIONS.items():
        tell(f"validation: {title}")
        parts.append(f"### {title}\n{table(section(places))}")
    return "\n\n".join(parts)


def _walks(places: Places) -> Iterator[Beside]:
    for town in places.towns(NETANYA, LAS_PALMAS, PORTO_ALEGRE):
        yield places.walked(town).metres()
    if places.small:
        return
    for town in places.towns(NETANYA, LAS_PALMAS):
        yield places.walked(town).seconds()
    for town in places.towns(LAS_PALMAS):
        yield places.walked(town).walk_round()
        yield from Around(places.walked(town)).compared()
    for town in places.towns(PORTO_ALEGRE):
        yield from slopes.hilly(town, places.drawn(town), PORTO_ALEGRE_DEM)


def _shares(places: Places) -> Iterator[Beside]:
    for town in () if places.small else places.towns(NETANYA, LAS_PALMAS):
        yield from shares.compared(places.walked(town))
    yield from fairness.same_persons()
    for town in places.towns(NEVE_OR, LAS_PALMAS):
        yield from fairness.indices(town)
    for town in () if places.small else places.towns(BEER_SHEVA):
        yield from fairness.ages(town)
    yield from published.intervals()
    yield from published.unseen()


def _streets(places: Places) -> Iterator[Beside]:
    if not places.small:
        for town, source in zip(places.towns(NETANYA, LAS_PALMAS), (NETANYA_OSM, LAS_PALMAS_OSM), strict=True):
            yield from streets.network(town, source, places.folder)
            yield from streets.junctions(town, source)
    for town in places.towns(LAS_PALMAS, NEVE_OR):
        yield from streets.shapes(town)
    yield from published.speeds()


def _mix(places: Places) -> Iterator[Beside]:
    for town in places.towns(NEVE_OR, LAS_PALMAS):
        yield from mix.around(town)
        yield from mix.index(town)


def _around(places: Places) -> Iterator[Beside]:
    for town in places.towns(LAS_PALMAS):
        yield from open_space.ground(town)
        if not places.small:
            yield from open_space.shared(town, places.drawn(town))
            yield from transit.departures(town, LAS_PALMAS_GTFS)


def _people(places: Places) -> Iterator[Beside]:
    for town in places.towns(NETANYA, LAS_PALMAS):
        yield from people.placed(town)
    if places.small:
        return
    for town, published_people in zip(
        places.towns(BEER_SHEVA, EILAT), (people.beer_sheva(), people.eilat()), strict=True
    ):
        yield from people.in_the_files(town, published_people)
    for town in places.towns(NETANYA):
        yield from people.interpolated(town)
    yield from people.index_totals()
    yield from people.census_totals()


def _sites(places: Places) -> Iterator[Beside]:
    for town in places.towns(LAS_PALMAS):
        yield from sites.models(town, places.drawn(town))


SECTIONS: Mapping[str, Callable[[Places], Iterator[Beside]]] = {
    "Walks": _walks,
    "Streets and junctions": _streets,
    "Shares, intervals and inequality": _shares,
    "Mixed use and walkability": _mix,
    "Open space and public transport": _around,
    "People": _people,
    "Where hubs go": _sites,
}
