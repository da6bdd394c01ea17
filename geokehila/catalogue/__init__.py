"""Facts as data, and their reader: localities, domains of life, categories, sectors, profiles, standards, texts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from geokehila.brief import Brief
from geokehila.catalogue.facts import (
    CONFIDENCES,
    DISTANCE,
    SECTOR_KINDS,
    SLOPES,
    USES,
    Category,
    Domain,
    Names,
    Profile,
    Sector,
    Standard,
)
from geokehila.catalogue.localities import REGIONS, Alert, City, cities, city, nearest
from geokehila.catalogue.reading import LANGUAGES, build, known, meant
from geokehila.errors import StudyError
from geokehila.schema import REFERENCE

__all__ = [
    "CUTOFFS",
    "DISTANCE",
    "FACTS",
    "LANGUAGES",
    "OWN_CHOICE",
    "REGIONS",
    "SECTOR_KINDS",
    "SLOPES",
    "USES",
    "Alert",
    "Catalogue",
    "Category",
    "City",
    "Domain",
    "Names",
    "Profile",
    "Sector",
    "Standard",
    "build",
    "cities",
    "city",
    "known",
    "meant",
    "nearest",
    "text",
]

#: The source of a value that a study states without one.
OWN_CHOICE = "the study's own choice"
#: The tables of facts that a study may lay over the shipped ones, and the one that is a short way to say a cutoff.
FACTS = ("domains", "categories", "sectors", "profiles", "standards")
CUTOFFS = "cutoff_min"
#: What a study must say of a fact that the catalogue does not have.
NEW: Mapping[type, frozenset[str]] = {
    Category: frozenset(("name", "any_of")),
    Profile: frozenset(("name", "speed_m_s")),
    Sector: frozenset(("kind", "name", "categories")),
}
T = TypeVar("T")


@dataclass(frozen=True, repr=False)
class Catalogue(Brief):
    """The facts a study works with: the shipped ones, overridden where the study says so."""

    domains: Mapping[str, Domain] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    sectors: Mapping[str, Sector] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    standards: Mapping[str, Standard] = field(default_factory=dict)

    @classmethod
    def read(cls, overrides: Mapping[str, Any] | None = None) -> Catalogue:
        """Read the shipped facts and lay a study's tables of the same names over them, then its cutoffs.

        Parameters
        ----------
        overrides
            Tables of :data:`FACTS` and :data:`CUTOFFS`, as a study.toml has them.

        Raises
        ------
        StudyError
            A table or a key that there is not (the nearest right one is named), or a value of the wrong type.

        Examples
        --------
        >>> Catalogue.read({"cutoff_min": {"clinic": 20}}).categories["clinic"].cutoff_min
        20.0
        """
        over = overrides or {}
        for name in over:
            known(name, (*FACTS, CUTOFFS), "table of the catalogue:")
        _must_not_require(over.get("domains", {}))
        shipped = {"domains": _toml("domains.toml")["domain"], "categories": _toml("domains.toml")["category"]}
        shipped |= {name: _toml(f"{name}.toml") for name in ("sectors", "profiles", "standards")}
        kinds = {
            "domains": Domain, "categories": Category, "sectors": Sector, "profiles": Profile, "standards": Standard
        }  # fmt: skip
        read: dict[str, dict[str, Any]] = {
            name: _entries(kinds[name], name, shipped[name], over.get(name, {})) for name in kinds
        }
        for category in read["categories"].values():
            if category.domain:
                known(category.domain, read["domains"], f"domain of category {category.key!r}:")
            if category.use:
                known(category.use, [use for use in USES if use != "housing"], f"use of category {category.key!r}:")
        _must_apply(read["sectors"], read["categories"])
        for profile in read["profiles"].values():
            known(profile.slope, SLOPES, f"slope of profile {profile.key!r}:")
            known(profile.confidence, CONFIDENCES, f"confidence of profile {profile.key!r}:")
        for standard in read["standards"].values():
            known(standard.confidence, CONFIDENCES, f"confidence of standard {standard.key!r}:")
        return cls(**{**read, "categories": _with_cutoffs(read["categories"], over.get(CUTOFFS, {}))})

    @property
    def walkers(self) -> dict[str, Profile]:
        """The profiles, and the one that measures in metres instead of seconds."""
        source = "metres along the ways of an adult"
        metres = replace(self.profiles[REFERENCE], key=DISTANCE, speed_m_s=1.0, slope="none", source=source)
        return {**self.profiles, DISTANCE: metres}

    def told(self) -> dict[str, Any]:
        """Return what a run of it says in ``run.json`` of categories and profiles, and which domains are scored."""
        return {
            "domains": [{"key": key, "scored": domain.scored} for key, domain in self.domains.items()],
            "categories": {key: category.told() for key, category in self.categories.items()},
            "profiles": {key: profile.told() for key, profile in self.profiles.items()},
        }

    def of_domain(self, domain: str) -> tuple[Category, ...]:
        """Return the categories of one domain, in the catalogue's order."""
        return tuple(c for c in self.categories.values() if c.domain == domain)

    def deciding(self, domain: str) -> tuple[Category, ...]:
        """Return the categories that decide whether a domain is reached; none where it is only described."""
        return tuple(c for c in self.of_domain(domain) if c.required) if self.domains[domain].scored else ()


def text(language: str) -> Mapping[str, Any]:
    """Return all that is said in one language (``he``, ``ar`` or ``en``), by section."""
    return _toml(f"text/{known(language, LANGUAGES, 'language')}.toml")


def _with_cutoffs(categories: Mapping[str, Category], stated: Mapping[str, Any]) -> dict[str, Category]:
    """Return the categories with the cutoffs that are stated, of which `default` serves every other category."""
    cutoffs = dict(stated)
    default = cutoffs.pop("default", None)
    for key in cutoffs:
        known(key, categories, f"category in [{CUTOFFS}]")
    own = {key: category.cutoff_min for key, category in categories.items()}
    for key, minutes in {"default": 15 if default is None else default, **own, **cutoffs}.items():
        if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes <= 60:
            raise StudyError(f"cutoff_min of {key} is {minutes!r}: give minutes above 0, at most 60")
    asked = {key: cutoffs.get(key, default) for key in categories}
    chosen = {
        key: replace(categories[key], cutoff_min=float(minutes), cutoff_source=OWN_CHOICE)
        for key, minutes in asked.items()
        if minutes is not None
    }
    return {**categories, **chosen}


def _must_not_require(domains: object) -> None:
    """Tell who lists the categories that decide a domain where that is said instead."""
    for key, table in domains.items() if isinstance(domains, Mapping) else ():
        if isinstance(table, Mapping) and "required" in table:
            remedy = "of each category that decides it write required = true in [categories.<key>]"
            raise StudyError(f"[domains.{key}] required: a domain has none: {remedy}")


def _entries(kind: type[T], name: str, shipped: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, T]:
    for key, table in over.items():
        if not isinstance(table, Mapping):
            raise StudyError(f"[{name}] {key} is {table!r}: make it a table of its own, [{name}.{key}]")
    new = {key for key, table in over.items() if kind in NEW and NEW[kind] <= {*table}}
    for key in over:
        known(key, {*shipped, *new}, f"key in [{name}]")
        if not re.fullmatch("[a-z][a-z0-9_]*", key):
            raise StudyError(f"key in [{name}] {key!r}: name it by small letters, digits and _")
    tables = {
        key: {"key": key} | shipped.get(key, _new_entry(kind, key)) | _own_words(kind, over.get(key, {}))
        for key in [*shipped, *sorted(new - {*shipped})]
    }
    return {key: build(kind, f"{name}.{key}", table) for key, table in tables.items()}


def _must_apply(sectors: Mapping[str, Sector], categories: Mapping[str, Category]) -> None:
    """Raise where a sector is of no such kind or category, or cannot be told beside others of its category."""
    kinds: dict[str, str] = {}
    for key, sector in sectors.items():
        known(sector.kind, SECTOR_KINDS, f"kind in [sectors.{key}]")
        for category in sector.categories:
            known(category, categories, f"category of sector {key!r}:")
            if f"{category}_{key}" in categories:
                raise StudyError(f"[sectors.{key}]: {category}_{key} is a category already: rename the sector")
            if kinds.setdefault(category, sector.kind) != sector.kind:
                raise StudyError(
                    f"[sectors.{key}] kind {sector.kind}: those of {category} are {kinds[category]}: keep to it"
                )


def _new_entry(kind: type, key: str) -> dict[str, Any]:
    return {"name": dict.fromkeys(LANGUAGES, key), "cutoff_source": OWN_CHOICE} if kind is Category else {}


def _own_words(kind: type, table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a study's table; a value it changes no longer has the source that the catalogue quotes for it."""
    of_design = {"source": OWN_CHOICE, "confidence": "design"}
    quoted: tuple[set[str], dict[str, str]] = {
        Category: ({"cutoff_min"}, {"cutoff_source": OWN_CHOICE}),
        Profile: ({"speed_m_s", "slope", "max_slope", "closed", "closed_unless", "kerbs"}, of_design),
        Standard: ({"value"}, of_design),
    }.get(kind, (set(), {}))
    values, words = quoted
    return {**(words if values & table.keys() else {}), **table}


@cache
def _toml(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files("geokehila.catalogue").joinpath(name).read_text(encoding="utf-8"))
