"""What the files at hand hold of many localities: zones, people, who counts them, and what is not plain about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from geokehila.catalogue import City
from geokehila.load.population.at_hand import NotDrawnError
from geokehila.load.population.counts import DWELLINGS
from geokehila.load.population.localities import ZonePeople, resolve
from geokehila.load.population.opened import Shelf
from geokehila.load.roles import OF_STATISTICAL_AREAS, Inputs, find
from geokehila.study import Study

#: Flag of a locality that no file at hand draws.
NOT_DRAWN = "not_drawn"


@dataclass(frozen=True)
class Row:
    """One locality of a survey; a number that is not known is None.

    Attributes
    ----------
    zones, vintage
        How many zones, and the edition of their areas: 2011, 2022 or outline.
    source, year, weights
        Who counts the people, the year it speaks of ("" where it does not say), and what it counts.
    people, undrawn, in_no_area
        As the source counts them in the locality; of these in areas that the layer lacks; of those who stand nowhere.
    registry, registry_year, census
        People by the population registry and by the census of 2022.
    difference_share
        Of `people` from `registry`, as a share of the latter; None where they are not both residents.
    flags, notes
        Words, sorted, and the sentence of each.
    """

    slug: str
    code: int
    name_en: str
    name_he: str
    region: str
    registry: int | None
    registry_year: int
    zones: int = 0
    vintage: str = ""
    source: str = ""
    year: str = ""
    weights: str = ""
    people: float | None = None
    undrawn: float = 0.0
    in_no_area: float = 0.0
    census: float | None = None
    difference_share: float | None = None
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Survey:
    """Every locality asked for, and the roles of which the national folder has no file though some city needs it."""

    rows: tuple[Row, ...]
    absent: tuple[str, ...]


def survey(localities: Iterable[City], data: Path) -> Survey:
    """Resolve the zones and people of many localities; every file is read once.

    Parameters
    ----------
    localities
        Of the catalogue.
    data
        Folder with one folder of input files per city, and ``national`` for files that serve all. A city's study.toml
        is honoured, unless it chooses other zones than statistical areas.

    Raises
    ------
    StudyError, InputError
        A study or a file is broken. A locality that no file draws is no error: its row is flagged ``not_drawn``.

    Examples
    --------
    >>> survey(cities().values(), Path("data/raw")).absent  # doctest: +SKIP
    ('census',)
    """
    shelf, rows = Shelf(), []
    lacking: set[str] = set()
    for city in localities:
        study = _study(city, data)
        inputs = replace(find(study, data / city.slug, data / "national"), shelf=shelf)
        lacking |= {role for role in OF_STATISTICAL_AREAS if role not in inputs.files}
        rows.append(_row(city, study, inputs))
    return Survey(tuple(rows), tuple(role for role in OF_STATISTICAL_AREAS if role in lacking))


def _study(city: City, data: Path) -> Study:
    path = data / city.slug / "study.toml"
    study = Study.read(path) if path.is_file() else Study.of(city.slug)
    return study if study.zones.kind == "statistical_areas" else Study.of(city.slug)


def _row(city: City, study: Study, inputs: Inputs) -> Row:
    row = Row(
        slug=city.slug,
        code=city.code,
        name_en=city.name["en"],
        name_he=city.name["he"],
        region=city.programme_region,
        registry=city.population or None,
        registry_year=city.population_year,
    )
    if not {"statistical_areas", "localities"} & {*inputs.files}:
        return replace(row, flags=(NOT_DRAWN,), notes=("no file of the roles statistical_areas and localities",))
    try:
        return _filled(row, resolve(study, inputs))
    except NotDrawnError as fault:
        return replace(row, flags=(NOT_DRAWN,), notes=(str(fault),))


def _filled(row: Row, found: ZonePeople) -> Row:
    people = None if found.source == DWELLINGS else found.totals["source"]
    difference = None
    if people is not None and found.weights == "residents" and row.registry:
        difference = people / row.registry - 1
    return replace(
        row,
        zones=len(found.zones),
        vintage=str(found.zones["vintage"].min()),
        source=found.source,
        year=found.year,
        weights=found.weights,
        people=people,
        undrawn=found.totals["undrawn"],
        in_no_area=found.in_no_area,
        census=found.totals.get("census"),
        difference_share=difference,
        flags=found.flags,
        notes=tuple(notice.text for notice in found.ledgers[-1].notices),
    )
