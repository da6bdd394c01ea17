"""A city's inputs read as a run reads them; where one is faulty, each by itself, so that every fault is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from geokehila import gathered as ground
from geokehila import headcounts, people
from geokehila.catalogue.lists import category_of
from geokehila.doctor.findings import Finding, of_error
from geokehila.errors import GeoKehilaError
from geokehila.ledger import Ledger
from geokehila.load import candidate_list, dwellings, municipal, plans, stops
from geokehila.load.geometry import EVERYWHERE
from geokehila.load.municipal import corrections
from geokehila.load.osm import OsmData
from geokehila.load.population import zone_people
from geokehila.load.population.localities import ZonePeople
from geokehila.load.roles import Inputs
from geokehila.study import Study

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Readings:
    """What could be read of a study's inputs, None where a fault stands in the way, and the faults."""

    study: Study
    inputs: Inputs
    osm: OsmData | None
    counted: ZonePeople | None
    gathered: ground.Gathered | None
    faults: tuple[Finding, ...] = ()

    @property
    def ledgers(self) -> tuple[Ledger, ...]:
        """What became of everything that was read."""
        if self.gathered:
            return self.gathered.ledgers
        return tuple(ledger for part in (self.osm, self.counted) if part for ledger in part.ledgers)


def read(study: Study, inputs: Inputs, progress: Callable[[str], None]) -> Readings:
    """Read all inputs; a fault of one does not hide those of the others."""
    try:
        gathered = ground.gather(study, inputs, progress)
    except GeoKehilaError as error:
        return _one_by_one(study, inputs, error, progress)
    return Readings(study, inputs, gathered.osm, gathered.counted, gathered)


def _one_by_one(study: Study, inputs: Inputs, first: GeoKehilaError, progress: Callable[[str], None]) -> Readings:
    faults: list[Finding] = []

    def tried(role: str, make: Callable[[], Made]) -> Made | None:
        progress(role)
        try:
            return make()
        except GeoKehilaError as error:
            faults.append(of_error(role, error))
            return None

    mapped = tried("osm", lambda: ground.read_map(study, inputs))
    counted = tried("zones", lambda: _count(study, inputs, mapped))
    spoiled = {role for role, make in _optional(study, inputs, mapped).items() if tried(role, make) is None}
    gathered = None
    if mapped and counted:
        rest = _without(study, inputs, spoiled)
        gathered = tried("inputs", lambda: ground.gather(*rest, progress))
    return Readings(study, inputs, mapped, counted, gathered, tuple(faults) or (of_error("inputs", first),))


def _count(study: Study, inputs: Inputs, mapped: OsmData | None) -> ZonePeople | None:
    """Count people in the zones; without a map as far as the files go. Hexagons are cut from the map."""
    if mapped:
        return headcounts.count(study, inputs, mapped, people.classify(mapped.buildings, mapped.land))
    return zone_people.read(study, inputs, EVERYWHERE) if study.zones.kind != "hexagons" else None


def _optional(study: Study, inputs: Inputs, mapped: OsmData | None) -> dict[str, Callable[[], object]]:
    """Return how to try each input that a run could do without, by its role."""
    categories = study.catalogue.categories

    def of_list(role: str) -> Callable[[], object]:
        key = category_of(role, categories)
        choice = study.lists.get(key, municipal.DEFAULT)
        path = inputs.files[role][0]
        return lambda: municipal.read(path, key, study.crs, choice, None, study.catalogue)

    tries = {role: of_list(role) for role in _lists(inputs)}
    if "gtfs" in inputs.files:
        tries["gtfs"] = lambda: stops.read(inputs.files["gtfs"], EVERYWHERE, study.crs)
    if "dem" in inputs.files and mapped:
        tries["dem"] = lambda: ground.elevation(inputs, mapped)
    tries |= {role: make for role, make in _of_plans(study, inputs).items() if role in inputs.files}
    if "buildings" in inputs.files and mapped:
        tries["buildings"] = lambda: ground.with_footprints(study, inputs, mapped)
    if "corrections" in inputs.files:
        tries["corrections"] = lambda: corrections.read(inputs.files["corrections"][0], categories)
    return tries


def _lists(inputs: Inputs) -> list[str]:
    return [role for role in inputs.files if role == "shelters" or role.startswith("places_")]


def _of_plans(study: Study, inputs: Inputs) -> dict[str, Callable[[], object]]:
    """Return how to try what a municipality hands over of its plans."""
    stated, files = study.tables, inputs.files
    return {
        "candidates": lambda: candidate_list.read(files["candidates"][0], study),
        "dwellings": lambda: dwellings.read(
            files["dwellings"][0], study.crs, EVERYWHERE, stated.get("dwellings", municipal.DEFAULT)
        ),
        "plans": lambda: plans.read(files["plans"], study.crs, EVERYWHERE, stated.get("plans", municipal.DEFAULT)),
    }


def _without(study: Study, inputs: Inputs, spoiled: set[str]) -> tuple[Study, Inputs]:
    """Leave out the inputs that cannot be read, and what the study says of them."""
    files = {role: paths for role, paths in inputs.files.items() if role not in spoiled}
    categories = study.catalogue.categories
    keys = {category_of(role, categories) for role in spoiled & {*_lists(inputs)}}
    lists = {key: choice for key, choice in study.lists.items() if key not in keys}
    tables = {role: choice for role, choice in study.tables.items() if role not in spoiled}
    return replace(study, lists=lists, tables=tables), replace(inputs, files=files)
