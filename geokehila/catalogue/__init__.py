"""Facts as data, and their reader: localities, domains of life, categories of places, profiles, standards, texts."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from math import inf, isfinite
from typing import Any, TypeVar, get_type_hints

from geokehila.catalogue.tags import TagFilter
from geokehila.errors import StudyError
from geokehila.names import matching_key

LANGUAGES = ("he", "en")
#: The source of a value that a study states without one.
OWN_CHOICE = "the study's own choice"
Names = Mapping[str, str]
#: What the numbers of a study may be; all others are any finite number.
_RANGES: Mapping[str, tuple[float, float]] = {
    "speed_m_s": (0.2, 3.0),
    "credible_residents": (1.0, 1e9),
    "min_area_m2": (0.0, 1e9),
    "edge_m": (0.0, 10_000.0),
    "total": (1.0, 1e8),
    "[standards.snap_cap] value": (1.0, 1000.0),
    "[standards.horizon] value": (60.0, 7200.0),
}
T = TypeVar("T")


@dataclass(frozen=True)
class City:
    """A locality: its slug, CBS code, names by language, region, society and registered population with its year."""

    slug: str
    code: int
    name: Names
    region: str = ""
    programme_region: str = ""
    society: str = ""
    population: int = 0
    population_year: int = 0
    lat: float = 0.0
    lon: float = 0.0


@dataclass(frozen=True)
class Domain:
    """A domain of life; one that is not scored is described only."""

    key: str
    name: Names
    scored: bool = True


@dataclass(frozen=True)
class Category:
    """A kind of place: the tags that make it, the walk that is asked [min, inclusive], and when its list is believed.

    ``credible_residents``: with more residents than this per place the list counts as not mapped.
    """

    key: str
    name: Names
    cutoff_source: str
    any_of: tuple[TagFilter, ...]
    domain: str = ""
    required: bool = False
    hub: bool = False
    cutoff_min: float = 15.0
    credible_residents: float = 15000.0
    none_of: tuple[TagFilter, ...] = ()
    min_area_m2: float = 0.0

    @property
    def cutoff_s(self) -> float:
        """[s] The walk asked."""
        return self.cutoff_min * 60


@dataclass(frozen=True)
class Profile:
    """Who walks: flat speed [m/s], its source and how far it is believed."""

    key: str
    name: Names
    speed_m_s: float
    source: str
    confidence: str


@dataclass(frozen=True)
class Standard:
    """A quoted value with unit, source, date and confidence (seed, design, secondary, memory)."""

    key: str
    value: float
    unit: str
    source: str
    date: str
    confidence: str


@dataclass(frozen=True)
class Catalogue:
    """The facts a study works with: the shipped ones, overridden where the study says so."""

    domains: Mapping[str, Domain] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    standards: Mapping[str, Standard] = field(default_factory=dict)

    @classmethod
    def read(cls, overrides: Mapping[str, Any] | None = None) -> Catalogue:
        """Read the shipped facts and lay the study's tables `domains`, `categories`, `profiles`, `standards` over them.

        Raises
        ------
        StudyError
            A key that no fact has (the nearest right one is named), or a value of the wrong type.

        Examples
        --------
        >>> Catalogue.read({"categories": {"clinic": {"cutoff_min": 20}}}).categories["clinic"].cutoff_min
        20.0
        """
        over = overrides or {}
        shipped = {"domains": _toml("domains.toml")["domain"], "categories": _toml("domains.toml")["category"]}
        shipped |= {name: _toml(f"{name}.toml") for name in ("profiles", "standards")}
        kinds = {"domains": Domain, "categories": Category, "profiles": Profile, "standards": Standard}
        read: dict[str, dict[str, Any]] = {
            name: _entries(kinds[name], name, shipped[name], over.get(name, {})) for name in kinds
        }
        for category in read["categories"].values():
            if category.domain:
                known(category.domain, read["domains"], f"domain of category {category.key!r}:")
        return cls(**read)

    def of_domain(self, domain: str) -> tuple[Category, ...]:
        """Return the categories of one domain, in the catalogue's order."""
        return tuple(c for c in self.categories.values() if c.domain == domain)

    def deciding(self, domain: str) -> tuple[Category, ...]:
        """Return the categories that decide whether a domain is reached; none where it is only described."""
        return tuple(c for c in self.of_domain(domain) if c.required) if self.domains[domain].scored else ()


def cities() -> Mapping[str, City]:
    """Return the localities of the catalogue by slug.

    Examples
    --------
    >>> cities()["dimona"].code
    2200
    """
    return _cities()


def city(slug: str) -> City:
    """Return one locality by its slug or by its name in any language, in any spelling.

    Raises
    ------
    StudyError
        No locality of that name; the nearest slug is named, and how to begin a study of another place.

    Examples
    --------
    >>> city("דימונה").slug, city("Dimona").slug
    ('dimona', 'dimona')
    """
    if slug in cities():
        return cities()[slug]
    key = matching_key(slug)
    named = (c for c in cities().values() if key and key in {matching_key(c.slug), *map(matching_key, c.name.values())})
    if found := next(named, None):
        return found
    near = get_close_matches(slug, cities(), n=1, cutoff=0.6)
    remedy = f"did you mean {near[0]!r}?" if near else "see `geokehila cities`, or begin with `geokehila init`"
    raise StudyError(f"unknown city {slug!r}: {remedy}")


def text(language: str) -> Mapping[str, Any]:
    """Return the page's texts in one language (``he`` or ``en``)."""
    return _toml(f"text/{known(language, LANGUAGES, 'language')}.toml")


def known(word: str, words: Collection[str], what: str) -> str:
    """Return `word` if it is one of `words`; raise `StudyError` with the nearest right one if not.

    Examples
    --------
    >>> known("clinik", ["clinic", "school"], "category")
    Traceback (most recent call last):
    geokehila.errors.StudyError: unknown category 'clinik': did you mean 'clinic'?
    """
    if word in words:
        return word
    near = get_close_matches(str(word), words, n=1, cutoff=0.5)
    remedy = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(words)[:20])}"
    raise StudyError(f"unknown {what} {word!r}: {remedy}")


def build(kind: type[T], where: str, table: Mapping[str, Any]) -> T:
    """Make a frozen record from a TOML table, every key known and every value of its type.

    Raises
    ------
    StudyError
        An unknown key (nearest right one named), a value of the wrong type, or a key that must be given.
    """
    types = get_type_hints(kind)
    values = {known(k, types, f"key in [{where}]"): _typed(v, types[k], f"[{where}] {k}") for k, v in table.items()}
    needed = [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]  # type: ignore[arg-type]
    if absent := [name for name in needed if name not in values]:
        raise StudyError(f"[{where}] lacks {', '.join(absent)}: add it")
    for key, value in values.items():
        _must_be_in_range(value, key, f"[{where}] {key}")
    return kind(**values)


def _must_be_in_range(value: Any, key: str, where: str) -> None:
    low, high = _RANGES.get(where, _RANGES.get(key, (-inf, inf)))
    if isinstance(value, float) and not (isfinite(value) and low <= value <= high):
        raise StudyError(f"{where} is {value:g}: give a number from {low:g} to {high:g}")


def _typed(value: Any, kind: Any, where: str) -> Any:
    if kind == tuple[TagFilter, ...]:
        if where.endswith(" any_of") and not value:
            raise StudyError(f"{where} is empty: give at least one filter key=value")
        filters = value if isinstance(value, list | tuple) else [value]
        return tuple(f if isinstance(f, TagFilter) else TagFilter.parse(f, where) for f in filters)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind == Names:
        if not isinstance(value, Mapping) or any(not isinstance(value.get(language), str) for language in LANGUAGES):
            raise StudyError(f'{where} is {value!r}: give it in both languages: {{ he = "...", en = "..." }}')
        return dict(value)
    if isinstance(kind, type) and (not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool)):
        raise StudyError(f"{where} is {value!r}: give a {kind.__name__}")
    return value


def _entries(kind: type[T], name: str, shipped: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, T]:
    for key, table in over.items():
        if not isinstance(table, Mapping):
            raise StudyError(f"[{name}] {key} is {table!r}: make it a table of its own, [{name}.{key}]")
    new = {key for key, table in over.items() if kind is Category and {"name", "any_of"} <= {*table}}
    for key in over:
        known(key, {*shipped, *new}, f"key in [{name}]")
    tables = {
        key: {"key": key} | shipped.get(key, _new_entry(key)) | _own_words(kind, over.get(key, {}))
        for key in [*shipped, *sorted(new - {*shipped})]
    }
    return {key: build(kind, f"{name}.{key}", table) for key, table in tables.items()}


def _new_entry(key: str) -> dict[str, Any]:
    return {"name": dict.fromkeys(LANGUAGES, key), "cutoff_source": OWN_CHOICE}


def _own_words(kind: type, table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a study's table; a value it changes no longer has the source that the catalogue quotes for it."""
    value, words = {
        Category: ("cutoff_min", {"cutoff_source": OWN_CHOICE}),
        Profile: ("speed_m_s", {"source": OWN_CHOICE, "confidence": "design"}),
        Standard: ("value", {"source": OWN_CHOICE, "confidence": "design"}),
    }.get(kind, ("", {}))
    return {**(words if value in table else {}), **table}


@cache
def _cities() -> Mapping[str, City]:
    lines = files("geokehila.catalogue").joinpath("localities.csv").read_text(encoding="utf-8").splitlines()
    return {row["slug"]: _city(row) for row in csv.DictReader(lines)}


def _city(row: Mapping[str, str]) -> City:
    return City(
        slug=row["slug"],
        code=int(row["code"]),
        name={language: row[f"name_{language}"] for language in ("he", "ar", "en", "ru")},
        region=row["region"],
        programme_region=row["programme_region"],
        society=row["society"],
        population=int(row["population"]),
        population_year=int(row["population_year"]),
        lat=float(row["lat"]),
        lon=float(row["lon"]),
    )


@cache
def _toml(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files("geokehila.catalogue").joinpath(name).read_text(encoding="utf-8"))
