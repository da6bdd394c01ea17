"""The beginning of a study: its study.toml, every option in it with its default, commented out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from geokehila.catalogue import SLOPES, Catalogue, Category, City, Sector, nearest
from geokehila.catalogue import city as catalogue_city
from geokehila.catalogue.areas import ZONE_KINDS, ZoneChoice
from geokehila.catalogue.choices import EQUITIES, NEEDS, OBJECTIVES
from geokehila.catalogue.lists import RULES
from geokehila.errors import GeoKehilaError, InputError, StudyError
from geokehila.load import own_zones
from geokehila.load.absent import AREAS, Absent, absent
from geokehila.load.roles import Inputs, find
from geokehila.names import LANGUAGES
from geokehila.store import keep
from geokehila.study import POPULATION_SOURCES, Study, slug

#: The category and the sector that stand for all in the file.
EXAMPLE, SECTOR = "clinic", "muslim"


@dataclass(frozen=True)
class Begun:
    """A study.toml on disk, and what is still to be done before its run.

    Attributes
    ----------
    city
        Of the catalogue, with its code; of any other name without.
    nearest
        The catalogue's cities that an unknown name resembles.
    found
        The files at hand, by role.
    absent
        Files that are not there, those that a run needs first.
    fault
        Why the files at hand cannot be told, "" where they can.
    zones
        The file of areas of one's own that the study takes, "" where it takes the bureau's.
    """

    path: Path
    city: City
    nearest: tuple[str, ...]
    found: Mapping[str, tuple[Path, ...]]
    absent: tuple[Absent, ...]
    fault: str
    zones: str

    @property
    def slug(self) -> str:
        """The name of its folder."""
        return self.city.slug


def begin(name: str, data: Path | str = "data/raw", force: bool = False) -> Begun:
    """Write ``<data>/<slug>/study.toml`` for a city of the catalogue, by slug or name, or for any other name.

    As it is written it changes nothing: reading it gives the study with every default. Only where areas of one's own
    lie in the folder, and none of the bureau's serve, for want of a layer or of a code, the study takes them.

    Parameters
    ----------
    force
        Write over a study.toml that is there.

    Raises
    ------
    StudyError
        A name without Latin letters that the catalogue does not know.
    InputError
        A study.toml is there.
    RunError
        The folder cannot be written; a study.toml that is there stays.

    Examples
    --------
    >>> begin("dimona").path  # doctest: +SKIP
    PosixPath('data/raw/dimona/study.toml')
    """
    city = _known(name) or City(slug(name), 0, dict.fromkeys(LANGUAGES, name))
    path = Path(data) / city.slug / "study.toml"
    own = _own_zones(Study(city=city), Path(data))
    study = Study(city=city, zones=own.choice) if own else Study(city=city)
    inputs, fault = _inputs(study, Path(data))
    text = study_toml(study, inputs, fault)
    if path.exists() and not force:
        raise InputError(f"{path}: is there already: edit it, or write it anew with --force")
    with keep.filling(path.parent, "--data") as work:
        (work / path.name).write_text(text, encoding="utf-8", newline="\n")
    near = () if city.code else tuple(nearest(city.slug))
    return Begun(path, city, near, inputs.files, absent(study, inputs), fault, own.file if own else "")


def study_toml(study: Study, inputs: Inputs, fault: str = "") -> str:
    """Return the text of a study.toml for a city and its zones; it names the files at hand, or why they are unknown."""
    catalogue = Catalogue.read()
    template = Template(files("geokehila.catalogue").joinpath("study_template.toml").read_text(encoding="utf-8"))
    examples = _of_category(catalogue.categories[EXAMPLE]) | _of_sector(catalogue.sectors[SECTOR])
    own = _of_city(study.city, inputs, fault) | _of_zones(study.zones)
    return template.substitute(own | examples | _facts(catalogue))


def _known(name: str) -> City | None:
    """Return the catalogue's city of this slug, or of this name in any language."""
    try:
        return catalogue_city(name)
    except StudyError:
        return None


def _own_zones(study: Study, data: Path) -> own_zones.Proposal | None:
    """Return the areas of one's own that lie there, where none of the bureau's serve: no layer, or no code."""
    inputs, _ = _inputs(study, data)
    return own_zones.propose(inputs) if not study.city.code or {*AREAS}.isdisjoint(inputs.files) else None


def _inputs(study: Study, data: Path) -> tuple[Inputs, str]:
    """Return the files at hand; where they cannot be told none, and why."""
    folder = data / study.city.slug
    try:
        return find(study, folder, data / "national"), ""
    except GeoKehilaError as error:
        return Inputs({}, (), folder), str(error)


def _of_city(city: City, inputs: Inputs, fault: str) -> dict[str, str]:
    english = city.name["en"]
    names = {f"name_{language}": _toml(city.name.get(language, english)) for language in LANGUAGES}
    hint = "# The CBS code of the locality (cbs.gov.il); statistical areas and the census are found by it.\n#code = 0"
    code = f"code = {city.code}  # {_of_catalogue(city)}" if city.code else hint
    found = f"At the writing of this file: {fault}" if fault else _found(inputs)
    return names | {"slug": city.slug, "name": _toml(english), "code": code, "found": found}


def _of_zones(zones: ZoneChoice) -> dict[str, str]:
    """Return the lines of the table of zones, commented out where they say what holds without them."""
    mark = "#" if zones == ZoneChoice() else ""
    lines = {f"zones_{key}": f"{mark}{key} = {_toml(getattr(zones, key))}" for key in ("kind", "id", "population")}
    return {"zones": f"{mark}[zones]"} | lines


def _of_catalogue(city: City) -> str:
    return f"CBS; {city.region}, {city.population:,} residents by the registry of {city.population_year}"


def _found(inputs: Inputs) -> str:
    """Name the files that play a role now."""
    roles = [f"{role} ({', '.join(path.name for path in paths)})" for role, paths in inputs.files.items()]
    unread = [f"without a role: {', '.join(inputs.unread)}"] if inputs.unread else []
    return f"Found at the writing of this file: {'; '.join([*roles, *unread]) or 'none'}."


def _of_category(category: Category) -> dict[str, str]:
    values = {
        "domain": category.domain,
        "name": category.name,
        "required": category.required,
        "hub": category.hub,
        "use": category.use,
        "cutoff": category.cutoff_min,
        "source": category.cutoff_source,
        "residents": category.credible_residents,
        "any_of": [str(rule) for rule in category.any_of],
        "area": category.min_area_m2,
        "hosted": category.hosted_m2,
    }
    return {"category": category.key} | {f"category_{key}": _toml(value) for key, value in values.items()}


def _of_sector(sector: Sector) -> dict[str, str]:
    values = {key: getattr(sector, key) for key in ("kind", "name", "categories", "words", "first_words")}
    values["any_of"] = [str(rule) for rule in sector.any_of]
    return {"sector": sector.key} | {f"sector_{key}": _toml(value) for key, value in values.items()}


def _facts(catalogue: Catalogue) -> dict[str, str]:
    """Return what else the catalogue, and the lists of what may be chosen, say."""
    domain = catalogue.domains[catalogue.categories[EXAMPLE].domain]
    adult, cap = catalogue.profiles["adult"], catalogue.standards["snap_cap"]
    cutoffs = [f"#{key} = {_toml(category.cutoff_min)}" for key, category in catalogue.categories.items()]
    values = {f"profile_{key}": getattr(adult, key) for key in ("name", "source", "confidence", "slope")}
    values |= {f"standard_{key}": getattr(cap, key) for key in ("value", "unit", "source", "date", "confidence")}
    values |= {"domain_name": domain.name, "profile_speed": adult.speed_m_s, "profile_run": adult.run_m_s}
    return {key: _toml(value) for key, value in values.items()} | {
        "domain": domain.key,
        "profiles": ", ".join(key for key in catalogue.profiles if key != adult.key),
        "profile_max_slope": f"{adult.max_slope:g}",
        "sectors": ", ".join(key for key in catalogue.sectors if key != SECTOR),
        "slopes": ", ".join(SLOPES),
        "cutoffs": "\n".join(["#default = 15", *cutoffs]),
        "sources": ", ".join(POPULATION_SOURCES),
        "kinds": ", ".join(ZONE_KINDS),
        "rules": ", ".join(RULES),
        "objectives": ", ".join(OBJECTIVES),
        "equities": ", ".join(EQUITIES),
        "needs": ", ".join(NEEDS),
    }


def _toml(value: object) -> str:
    """Write a value as TOML: what JSON writes, but for tables."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(inner)}' for key, inner in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)
