"""The localities of the Negev and the Galilee, found by slug or by name in any language."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
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


#: So many names are told of those spelled most like one that is not known, and where others are found.
MOST_NEAR = 3
OTHERWISE = "`geokehila cities` lists all, `geokehila init` begins another"


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


def city(slug: str, others: Collection[str] = ()) -> City:
    """Return one locality by its slug or by its name in any language, in any spelling, with blanks or without.

    Parameters
    ----------
    others
        Slugs beside those of the catalogue, to be named where one of them is the nearest.

    Raises
    ------
    StudyError
        No locality of that name; the nearest slugs are named, and how to begin a study of another place.

    Examples
    --------
    >>> city("דימונה").slug, city("Beer Sheva").slug, city("beersheva").slug
    ('dimona', 'beer-sheva', 'beer-sheva')
    """
    if slug in cities():
        return cities()[slug]
    if found := _spelled().get(_spelling(slug)):
        return cities()[found]
    raise StudyError(f"unknown city {slug!r}: {_remedy(slug, others)}")


def nearest(name: str, others: Collection[str] = ()) -> list[str]:
    """Return the slugs of the catalogue, and of others, that are spelled most like a name, the nearest first.

    Examples
    --------
    >>> nearest("dimonna"), nearest("דמונה"), nearest("Atlantis")
    (['dimona'], ['dimona'], [])
    """
    slugs = {_spelling(slug): slug for slug in others} | {**_spelled()}
    near = get_close_matches(_spelling(name), slugs, n=MOST_NEAR, cutoff=0.7)
    return [*dict.fromkeys(slugs[spelling] for spelling in near)]


def _remedy(slug: str, others: Collection[str]) -> str:
    if slug in REGIONS:
        return f"it is a region: try `geokehila batch --region {slug}` and `geokehila region {slug}`"
    near = " or ".join(map(repr, nearest(slug, others)))
    return f"did you mean {near}? {OTHERWISE}" if near else OTHERWISE


@cache
def _spelled() -> Mapping[str, str]:
    """Return the slugs by how they and their names are spelled."""
    named = [(_spelling(name), c.slug) for c in cities().values() for name in c.name.values() if _spelling(name)]
    return dict(reversed(named)) | {_spelling(slug): slug for slug in cities()}


def _spelling(name: str) -> str:
    return matching_key(name).replace(" ", "")


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
