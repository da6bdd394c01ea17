"""City and Study: the user's choices over the catalogue, frozen for a run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from geokehila.arguments import as_path, quoted
from geokehila.brief import Brief
from geokehila.catalogue import Catalogue, City, city, known
from geokehila.catalogue.areas import AlertChoice, AssumedPopulation, ZoneChoice, ZoningChoice
from geokehila.catalogue.choices import CommunityChoice, GapChoice, HubChoice, RolloutChoice
from geokehila.catalogue.lists import ListChoice
from geokehila.catalogue.programme import ProgrammeStandard
from geokehila.errors import StudyError
from geokehila.schema import ISRAEL_TM
from geokehila.study.choices import choices, tables_of
from geokehila.study.roles import EDITIONS, OF_BUREAU, POPULATION_SOURCES, ROLES, STUDY, TABLES
from geokehila.study.written import city_of, read_toml, slug

__all__ = [
    "EDITIONS",
    "OF_BUREAU",
    "POPULATION_SOURCES",
    "ROLES",
    "STUDY",
    "TABLES",
    "AlertChoice",
    "AssumedPopulation",
    "GapChoice",
    "Study",
    "ZoneChoice",
    "ZoningChoice",
    "is_path",
    "slug",
]


@dataclass(frozen=True, repr=False)
class Study(Brief):
    """One city and the choices of one study; two of equal choices are equal.

    Attributes
    ----------
    city
        Slug, code and names.
    fictional
        Whether the town is made up, which every page then says.
    inputs
        Files stated in the study by role; roles not stated are found by name in the raw folder.
    lists
        How the lists of places that are handed over are read, by category.
    tables
        Which columns of the other tables that are handed over say what, by role.
    population_source
        One of areas, census, socioeconomic, registry, zones, dwellings; empty: the first that the inputs offer.
    crs
        Projected, metres: EPSG:2039 unless stated.
    language
        What pages and cards open in; empty: Hebrew, outside Israel English.
    alerts
        Alert time that the user states, if any.
    zones, zonings
        The areas that results are summed over, and hexagons beside them.
    programme
        What is asked to be there for the residents, by topic; the study's own standards only.
    gaps, hubs, communities, rollout
        How gaps are ranked, where hubs are looked for, how a city is parted, and in which waves.
    assumed
        How many people are said to live there where no count is at hand; None: nothing is said.
    catalogue
        Domains, categories with their cutoffs [min], profiles [m/s] and standards, as the study has them.
    folder
        Where the study.toml lies, None where there is none; it is no choice, and no part of what a run is of.

    Examples
    --------
    >>> from dataclasses import replace
    >>> own = Study.of("dimona")
    >>> replace(own, hubs=replace(own.hubs, add=5)).hubs.add
    5
    """

    _shows = ("city", "crs", "zones", "population_source", "inputs", "catalogue")

    city: City
    crs: str = ISRAEL_TM
    fictional: bool = False
    language: str = ""
    inputs: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    lists: Mapping[str, ListChoice] = field(default_factory=dict)
    tables: Mapping[str, ListChoice] = field(default_factory=dict)
    population_source: str = ""
    zones: ZoneChoice = field(default_factory=ZoneChoice)
    zonings: ZoningChoice = field(default_factory=ZoningChoice)
    alerts: AlertChoice | None = None
    programme: Mapping[str, ProgrammeStandard] = field(default_factory=dict)
    gaps: GapChoice = field(default_factory=GapChoice)
    hubs: HubChoice = field(default_factory=HubChoice)
    communities: CommunityChoice = field(default_factory=CommunityChoice)
    rollout: RolloutChoice = field(default_factory=RolloutChoice)
    assumed: AssumedPopulation | None = None
    catalogue: Catalogue = field(default_factory=Catalogue.read)
    folder: Path | None = field(default=None, compare=False)

    def _title(self) -> str:
        return f"Study of {self.city.name['en']}"

    def told(self) -> dict[str, Any]:
        """Return the city and every choice as plain data, for ``run.json``; files stand there by their checksums.

        Examples
        --------
        >>> Study.of("dimona").told()["categories"]["clinic"]["cutoff_min"]
        15.0
        """
        chosen, catalogue = asdict(self), self.catalogue
        apart = ("city", "crs", "fictional", "inputs", "catalogue", "folder")
        return {
            "city": {"slug": self.city.slug, "code": self.city.code, "name": dict(self.city.name)},
            "crs": self.crs,
            "fictional": self.fictional,
            "parameters": {key: choice for key, choice in chosen.items() if key not in apart}
            | {"standards": {key: standard.value for key, standard in catalogue.standards.items()}},
            **catalogue.told(),
        }

    @classmethod
    def of(cls, slug: str) -> Study:
        """Return the study of a catalogue city with every default, whatever its folder holds.

        Parameters
        ----------
        slug
            Slug of the city, or its name in any language. A study.toml is read by :meth:`read`.

        Raises
        ------
        StudyError
            No city of that name (the nearest is named), or a path.

        Examples
        --------
        >>> Study.of("beer-sheva").city.code, Study.of("באר שבע").city.slug
        (9000, 'beer-sheva')
        """
        if is_path(slug):
            raise StudyError(f"Study.of: {str(slug)!r} is a path, no city: Study.read({str(slug)!r})")
        return cls(city=city(slug))

    @classmethod
    def read(cls, path: Path | str) -> Study:
        """Read a study.toml; paths in it are relative to it.

        Parameters
        ----------
        path
            The file, or the folder that holds it under that name.

        Raises
        ------
        StudyError
            No such file, broken TOML, an unknown table, key, category or value: one line with the nearest right one.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     text = '[study]\\nname = "Dimona"\\ncode = 2200\\n[cutoff_min]\\nclinic = 10\\n'
        ...     written = Path(folder, "study.toml").write_text(text, encoding="utf-8")
        ...     Study.read(folder).catalogue.categories["clinic"].cutoff_min
        10.0
        """
        path = as_path(path, "path of a study")
        path = path / STUDY if path.is_dir() else path
        tables = read_toml(path)
        for name, table in tables.items():
            known(name, TABLES, f"table in {path.name}:")
            if not isinstance(table, Mapping):
                raise StudyError(f"study {path}: {name} is {table!r}: make it a table, [{name}]")
        city = city_of(tables.get("study", {}), path)
        return cls(city=city, folder=path.parent, **choices(tables, f"study {path}", path.parent))

    def checked(self) -> Study:
        """Return the study as the same words in a study.toml are read: what was changed in Python is held to its rules.

        :func:`geokehila.run` and all else that takes a study begin with it.

        Raises
        ------
        StudyError
            A choice that cannot be meant, as :meth:`read` raises it.

        Examples
        --------
        >>> from dataclasses import replace
        >>> own = Study.of("dimona")
        >>> replace(own, gaps=replace(own.gaps, need="age")).checked().gaps.need
        ('age',)
        >>> replace(own, crs="EPSG:4326").checked()
        Traceback (most recent call last):
        geokehila.errors.StudyError: study of dimona: crs 'EPSG:4326' is not in metres: write a projected one such as \
'EPSG:2039'
        """
        if not isinstance(self.city, City):
            raise StudyError(f"city of a study is {quoted(self.city)}: give one of geokehila.cities()")
        where = f"study of {self.city.slug}"
        return replace(self, **choices(tables_of(self, where), where, Path()))

    def lying_in(self, data: Path) -> Study:
        """Return the study under the slug of its folder where that lies in `data`: its runs stay, whatever its name.

        Parameters
        ----------
        data
            The folder that holds a folder for each study, ``data/raw``.

        Examples
        --------
        >>> from dataclasses import replace
        >>> from pathlib import Path
        >>> written = replace(Study.of("dimona"), folder=Path("data/raw/my-town"))
        >>> written.lying_in(Path("data/raw")).city.slug, written.lying_in(Path("elsewhere")).city.slug
        ('my-town', 'dimona')
        """
        if self.folder is None or self.folder.resolve().parent != data.resolve():
            return self
        try:
            return replace(self, city=replace(self.city, slug=slug(self.folder.resolve().name)))
        except StudyError:  # a folder without Latin letters gives no slug
            return self


def is_path(study: object) -> bool:
    """Tell whether what names a study is a file or a folder, no city.

    Examples
    --------
    >>> is_path("dimona"), is_path("study.toml"), is_path("data/raw/dimona"), is_path(2200)
    (False, True, True, False)
    """
    if not isinstance(study, str | Path):
        return False
    text = str(study)
    return text == "." or text.endswith(".toml") or bool({"/", os.sep} & {*text})
