"""What a study's folder does not hold: files that a run cannot do without, and files that it tells more with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from geokehila.load.roles import Inputs
from geokehila.study import EDITIONS, Study

#: Any file of these draws the areas of a locality.
AREAS = ("statistical_areas", *EDITIONS.values(), "localities")
_COUNTS = ("census", "socioeconomic")


@dataclass(frozen=True)
class Absent:
    """A file that is not there: what it could be called, what it holds, and whether a run needs it."""

    file: str
    what: str
    is_needed: bool

    def __str__(self) -> str:
        """Return it in words.

        Examples
        --------
        >>> str(Absent("gtfs.zip", "the timetable of buses", False))
        'gtfs.zip (the timetable of buses)'
        """
        return f"{self.file} ({self.what})"


def absent(study: Study, inputs: Inputs) -> tuple[Absent, ...]:
    """Return the files that a study does not have, those that its run needs first.

    Examples
    --------
    >>> [one.file for one in absent(Study.of("dimona"), Inputs({}, ())) if one.is_needed]
    ['osm.osm.pbf', 'statistical_areas.*']
    """
    return (*_needed(study, inputs), *_helpful(study, inputs))


def _needed(study: Study, inputs: Inputs) -> Iterator[Absent]:
    if "osm" not in inputs.files:
        yield Absent("osm.osm.pbf", "the map of OpenStreetMap: streets, buildings, places", True)
    if study.zones.kind == "polygons" and "zones" not in inputs.files:
        yield Absent("zones.*", "your own areas, with a column of residents", True)
    if study.zones.kind == "statistical_areas" and {*AREAS}.isdisjoint(inputs.files):
        own = "" if study.city.code else '; where it has none, your own as zones.*, or [zones] kind = "hexagons"'
        yield Absent("statistical_areas.*", f"the bureau's layer of statistical areas{own}", True)


def _helpful(study: Study, inputs: Inputs) -> Iterator[Absent]:
    if study.zones.kind == "statistical_areas" and {*_COUNTS}.isdisjoint(inputs.files):
        yield Absent("census.xlsx", "who lives in each area: the bureau's census of 2022", False)
    if not {"shelters", "places_shelter"} & {*inputs.files}:
        yield Absent("shelters.*", "the municipality's list of public shelters", False)
    if "gtfs" not in inputs.files:
        yield Absent("gtfs.zip", "the timetable of buses and trains", False)
    if "dem" not in inputs.files:
        yield Absent("dem.tif", "heights of the ground", False)
