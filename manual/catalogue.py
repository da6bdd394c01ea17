"""The page of the catalogue, from its TOML."""

from __future__ import annotations

from collections.abc import Iterable
from math import isinf

from geokehila.catalogue import Catalogue, Category, City, Profile, Sector, Standard, cities
from manual.marked import code, table


def parts() -> dict[str, list[str]]:
    """Return the lines of every table."""
    catalogue = Catalogue.read()
    return {
        "domains": _domains(catalogue),
        "categories": _categories(catalogue.categories.values()),
        "profiles": _profiles(catalogue.profiles.values()),
        "sectors": _sectors(catalogue.sectors.values()),
        "standards": _standards(catalogue.standards.values()),
        "localities": _localities(),
    }


def _domains(catalogue: Catalogue) -> list[str]:
    head = ("key", "English", "עברית", "العربية", "required", "others")
    return table(head, (_domain(catalogue, key) for key in catalogue.domains))


def _domain(catalogue: Catalogue, key: str) -> tuple[str, ...]:
    domain, required = catalogue.domains[key], {one.key for one in catalogue.deciding(key)}
    others = [one.key for one in catalogue.of_domain(key) if one.key not in required]
    names = (domain.name["en"], domain.name["he"], domain.name["ar"])
    return code(key), *names, _codes(required) if domain.scored else "*described*", _codes(others)


def _codes(keys: Iterable[str]) -> str:
    return ", ".join(code(key) for key in sorted(keys))


def _categories(categories: Iterable[Category]) -> list[str]:
    return table(("key", "name", "cutoff", "believed to", "hosts", "tags"), map(_category, categories))


def _category(category: Category) -> tuple[str, ...]:
    names = "<br>".join(category.name[language] for language in ("en", "he", "ar") if language in category.name)
    cutoff = f"{category.cutoff_min:g} min: {category.cutoff_source}"
    hosts = f"{category.hosted_m2:g}" if category.hosted_m2 else ""
    tags = [*map(code, category.any_of), *(f"not {code(one)}" for one in category.none_of)]
    least = [f"from {category.min_area_m2:g} m2"] if category.min_area_m2 else []
    return code(category.key), names, cutoff, f"{category.credible_residents:,.0f}", hosts, "<br>".join(tags + least)


def _profiles(profiles: Iterable[Profile]) -> list[str]:
    head = (
        "key",
        "English",
        "עברית",
        "العربية",
        "walks [m/s]",
        "runs to shelter [m/s]",
        "steepest",
        "cannot use",
        "source",
        "confidence",
    )
    return table(head, map(_profile, profiles))


def _profile(profile: Profile) -> tuple[object, ...]:
    steepest = "any" if isinf(profile.max_slope) else f"{profile.max_slope:.3f}"
    closed = "<br>".join([*map(code, profile.closed), *(["raised kerbs"] if profile.kerbs else [])])
    names = (profile.name["en"], profile.name["he"], profile.name["ar"])
    paces = (f"{profile.speed_m_s:.2f}", f"{profile.run_m_s:.2f}")
    return code(profile.key), *names, *paces, steepest, closed, profile.source, code(profile.confidence)


def _sectors(sectors: Iterable[Sector]) -> list[str]:
    rows = ((code(s.key), s.name["en"], s.name["he"], s.name["ar"], s.kind, _codes(s.categories)) for s in sectors)
    return table(("key", "English", "עברית", "العربية", "kind", "of categories"), rows)


def _standards(standards: Iterable[Standard]) -> list[str]:
    rows = ((code(s.key), f"{s.value:g}", s.unit, s.source, s.date, code(s.confidence)) for s in standards)
    return table(("key", "value", "unit", "source", "date", "confidence"), rows)


def _localities() -> list[str]:
    rows = (
        (
            code(c.slug),
            c.code,
            c.name["en"],
            c.name["he"],
            c.name["ar"],
            c.programme_region,
            f"{c.population:,}",
            _alert(c),
        )
        for c in cities().values()
    )
    return table(("slug", "CBS code", "English", "עברית", "العربية", "region", "residents", "alert [s]"), rows)


def _alert(city: City) -> str:
    if city.alert is None:
        return "not known"
    low, high = f"{city.alert.seconds_low:g}", f"{city.alert.seconds_high:g}"
    return low if low == high else f"{low} to {high}"
