"""The localities of the Negev and the Galilee, found by slug or by name in any language."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from geokehila.catalogue.facts import Names
from geokehila.errors import StudyError
from geokehila.names import matching_key

#: Programme regions, which regional figures are of; cities for reference are in none.
REGIONS = ("negev", "galilee")
#: What to mind of alert times that the catalogue carries.
UNOFFICIAL = "unofficial mirrors; values changed during 2026: refresh before use"


@dataclass(frozen=True)
class Alert:
    """How long people have from the alarm until they must be in shelter.

    Attributes
    ----------
    seconds_low, seconds_high
        [s] The least and the most that any source gives, or any alert area of the locality; 0: at once.
    date
        What the sources speak of, ISO; several are joined by " / ".
    source
        Who says so; several are joined by " / ".
    area
        Names of the alert areas.
    note
        What to mind of it; empty: nothing.
    """

    seconds_low: float
    seconds_high: float
    date: str
    source: str
    area: str = ""
    note: str = ""


@dataclass(frozen=True)
class City:
    """A locality: its slug, CBS code, names by language, region, society, registered population with its year, alert.

    ``alert`` is None where no source tells.
    """

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
    alert: Alert | None = None


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
    raise StudyError(f"unknown city {slug!r}: {_remedy(slug)}")


def _remedy(slug: str) -> str:
    if slug in REGIONS:
        return f"it is a region: try `geokehila batch --region {slug}` and `geokehila region {slug}`"
    near = get_close_matches(slug, cities(), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else "see `geokehila cities`, or begin with `geokehila init`"


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
        alert=_alert(row) if row["alert_s_low"] else None,
    )


def _alert(row: Mapping[str, str]) -> Alert:
    low_s, high_s = float(row["alert_s_low"]), float(row["alert_s_high"])
    return Alert(low_s, high_s, row["alert_date"], row["alert_source"], row["name_he"], UNOFFICIAL)
