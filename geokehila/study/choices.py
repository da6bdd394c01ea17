"""The choices of a study from the tables of a study.toml, and a study as such tables: one set of rules for both."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geokehila.arguments import quoted
from geokehila.catalogue import CUTOFFS, FACTS, LANGUAGES, Catalogue, build, known
from geokehila.catalogue.areas import AlertChoice, AssumedPopulation, ZoneChoice, ZoningChoice, read_alerts, read_zones
from geokehila.catalogue.choices import (
    CommunityChoice,
    GapChoice,
    HubChoice,
    RolloutChoice,
    read_communities,
    read_gaps,
    read_hubs,
    read_rollout,
)
from geokehila.catalogue.lists import ListChoice, read_choices, read_tables, role_of
from geokehila.catalogue.programme import ProgrammeStandard, read_programme
from geokehila.catalogue.reading import table_of
from geokehila.crs import projected
from geokehila.errors import StudyError
from geokehila.schema import ISRAEL_TM
from geokehila.study.roles import POPULATION_SOURCES, ROLES

if TYPE_CHECKING:
    from geokehila.study import Study

#: The tables that are one record each, and of which kind; and those that need not be stated.
_RECORDS: Mapping[str, type] = {
    "zones": ZoneChoice,
    "zonings": ZoningChoice,
    "gaps": GapChoice,
    "hubs": HubChoice,
    "communities": CommunityChoice,
    "rollout": RolloutChoice,
    "alerts": AlertChoice,
    "population": AssumedPopulation,
}
_OPTIONAL = ("alerts", "population")


def choices(tables: Mapping[str, Any], where: str, folder: Path) -> dict[str, Any]:
    """Return what a study chooses, by attribute of :class:`.Study`: all but its city and its folder.

    Parameters
    ----------
    where
        Begins what is said of a wrong value that stands in no table of its own.
    folder
        That files are relative to.

    Raises
    ------
    StudyError
        An unknown key, category or value: one line with the nearest right one.
    """
    head, inputs = tables.get("study", {}), dict(tables.get("inputs", {}))
    fictional, language, population = (
        head.get("fictional", False),
        head.get("language", ""),
        inputs.pop("population", ""),
    )
    if not isinstance(fictional, bool):
        raise StudyError(f"{where}: fictional is {fictional!r}: write true or false")
    roles = {*ROLES, *(role for role in inputs if str(role).startswith("places_"))}
    catalogue = Catalogue.read({name: tables[name] for name in (*FACTS, CUTOFFS) if name in tables})
    return {
        "crs": projected(head.get("crs", ISRAEL_TM), where),
        "fictional": fictional,
        "language": known(language, LANGUAGES, "language in [study]") if language else "",
        "inputs": {
            known(role, roles, "role in [inputs]"): _paths(files, where, folder) for role, files in inputs.items()
        },
        "lists": read_choices(tables.get("lists", {}), catalogue.categories),
        "tables": read_tables(tables.get("lists", {}), catalogue.domains),
        "population_source": known(population, POPULATION_SOURCES, "population source") if population else "",
        "zones": read_zones(tables.get("zones", {})),
        "zonings": build(ZoningChoice, "zonings", tables.get("zonings", {})),
        "alerts": read_alerts(tables["alerts"]) if "alerts" in tables else None,
        "programme": read_programme(tables.get("programme", {}), catalogue.categories),
        "gaps": read_gaps(tables.get("gaps", {})),
        "hubs": read_hubs(tables.get("hubs", {}), catalogue.profiles, catalogue.categories),
        "communities": read_communities(tables.get("communities", {})),
        "rollout": read_rollout(tables.get("rollout", {})),
        "assumed": build(AssumedPopulation, "population", tables["population"]) if "population" in tables else None,
        "catalogue": catalogue,
    }


def _paths(files: Any, where: str, folder: Path) -> tuple[Path, ...]:
    """Return the files of one role."""
    named = files if isinstance(files, list | tuple) else [files]
    if not named or any(not isinstance(name, str | Path) or not str(name) for name in named):
        raise StudyError(f"{where}: [inputs] {files!r} names no file: give a path or a list of paths")
    return tuple(folder / name for name in named)


def tables_of(study: Study, where: str) -> dict[str, Any]:
    """Return a study as the tables that :func:`choices` reads, whatever Python put into it.

    Raises
    ------
    StudyError
        A choice is of another kind than a study holds, or the catalogue lacks what it ships.
    """
    lists = {role_of(key): choice for key, choice in _each(study.lists, ListChoice, f"{where}: lists").items()}
    programme = _tables(_each(study.programme, ProgrammeStandard, f"{where}: programme"))
    records = {name: study.assumed if name == "population" else getattr(study, name) for name in _RECORDS}
    stated = {name: record for name, record in records.items() if record is not None or name not in _OPTIONAL}
    return {
        "study": {"crs": study.crs, "fictional": study.fictional, "language": study.language},
        "inputs": {**_mapping(study.inputs, f"{where}: inputs"), "population": study.population_source},
        "lists": _tables(lists | _each(study.tables, ListChoice, f"{where}: tables")),
        "programme": {key: {name: table[name] for name in table if name != "key"} for key, table in programme.items()},
        **{name: table_of(_of_kind(record, _RECORDS[name], f"{where}: {name}")) for name, record in stated.items()},
        **_facts(_of_kind(study.catalogue, Catalogue, f"{where}: catalogue"), where),
    }


def _facts(catalogue: Catalogue, where: str) -> dict[str, dict[str, Any]]:
    """Return every fact in full, for one that is left out would be the shipped one again."""
    shipped, facts = Catalogue.read(), {}
    for name in FACTS:
        entries = _each(getattr(catalogue, name), type(next(iter(getattr(shipped, name).values()))), f"{where}: {name}")
        if absent := sorted({*getattr(shipped, name)} - {*entries}):
            raise StudyError(f"{where}: {name} lack {absent[0]!r}: keep what Catalogue.read() has, and change or add")
        if other := next((key for key, entry in entries.items() if entry.key != key), None):
            raise StudyError(f"{where}: {name}[{other!r}] has key {entries[other].key!r}: let both be one")
        facts[name] = {key: vars(entry) for key, entry in entries.items()}
    return facts


def _tables(records: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {key: table_of(record) for key, record in records.items()}


def _each(records: Any, kind: type, where: str) -> dict[str, Any]:
    return {key: _of_kind(record, kind, f"{where}[{key!r}]") for key, record in _mapping(records, where).items()}


def _mapping(given: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise StudyError(f"{where} is {quoted(given)}: give a mapping by name")
    return given


def _of_kind(given: Any, kind: type, where: str) -> Any:
    if not isinstance(given, kind):
        raise StudyError(f"{where} is {quoted(given)}: give {kind.__name__}(...)")
    return given
