"""The localities of the Negev and the Galilee, found by slug or by name in any language."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from geokehila import brief
from geokehila.arguments import quoted
from geokehila.catalogue.facts import Names
from geokehila.errors import StudyError, UnknownNameError
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


@dataclass(frozen=True, repr=False)
class City(brief.Brief):
    """A locality of the catalogue, or one that a study names.

    Attributes
    ----------
    slug, code
        Name of its folders; its number in the lists of the Central Bureau of Statistics, 0: it has none.
    name
        By language: he, ar, en and ru.
    region, programme_region, society
        Where it lies; which programme's region it is of (empty: of none); which society most of its residents are of.
    population, population_year
        Residents by the registry, and of which year; 0: not known.
    lat, lon
        [degrees] Where its middle is.
    alert
        How long people have from the alarm to shelter; None: no source tells.

    Examples
    --------
    >>> cities()["dimona"].name["en"], cities()["dimona"].programme_region
    ('Dimona', 'negev')
    """

    _shows = ("slug", "code", "name", "region", "society", "population", "population_year", "alert")

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

    def _title(self) -> str:
        return f"City {self.name['en']}"


class Localities(Mapping[str, City]):
    """Localities by slug; one that there is not is an error that names the nearest.

    Examples
    --------
    >>> cities()["dimonna"]
    Traceback (most recent call last):
    geokehila.errors.UnknownNameError: unknown city 'dimonna': did you mean 'dimona'? `geokehila cities` lists all
    """

    def __init__(self, by_slug: Mapping[str, City]) -> None:
        self._by_slug = by_slug

    def __getitem__(self, slug: str) -> City:
        """Return a locality."""
        if slug in self:
            return self._by_slug[slug]
        raise UnknownNameError(f"unknown city {quoted(slug)}: {_remedy(slug)}")

    def __contains__(self, slug: object) -> bool:
        """Tell whether it is one of them."""
        return isinstance(slug, str) and slug in self._by_slug

    def __iter__(self) -> Iterator[str]:
        """Yield the slugs."""
        return iter(self._by_slug)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._by_slug)

    def __repr__(self) -> str:
        """Return how many of each region there are, and the first of them."""
        regions = [city.programme_region or "elsewhere" for city in self.values()]
        rows = [(region, brief.told(self._of(region))) for region in dict.fromkeys(regions)]
        return brief.lines(f"{len(self)} cities by slug", rows)

    def _of(self, region: str) -> list[str]:
        return [slug for slug, city in self.items() if (city.programme_region or "elsewhere") == region]

    def _repr_html_(self) -> str:
        """Return all of them as a table."""
        head = ("slug", "code", "English", "Hebrew", "Arabic", "region", "society", "population")
        rows = [
            (slug, c.code, c.name["en"], c.name["he"], c.name["ar"], c.region, c.society, f"{c.population:,}")
            for slug, c in self.items()
        ]
        return brief.html(f"{len(self)} cities", head, rows)


def cities() -> Mapping[str, City]:
    """Return the localities of the catalogue by slug.

    Returns
    -------
    Mapping
        Of :class:`~geokehila.catalogue.City` by slug, 71 of them; in a notebook it is a table.

    Raises
    ------
    UnknownNameError
        When it is asked for a slug that there is not: the nearest is named. It is a `KeyError`, too.

    Notes
    -----
    Codes, names and residents are those of the Israel Central Bureau of Statistics; alert times of where they say.

    Examples
    --------
    >>> cities()["dimona"].code
    2200
    >>> [slug for slug, city in cities().items() if city.programme_region == "negev"][:2]
    ['alsayid', 'arad']
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
    if isinstance(slug, str) and (found := _spelled().get(_spelling(slug))):
        return cities()[found]
    raise StudyError(f"unknown city {quoted(slug)}: {_remedy(slug, others)}")


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


def _remedy(slug: object, others: Collection[str] = ()) -> str:
    """Return what may be meant: a region, a code of the bureau, a slug that is written nearly so."""
    if not isinstance(slug, str | int):
        return "give its slug or its name, as `geokehila cities` lists them"
    if slug in REGIONS:
        return f"it is a region: try `geokehila batch --region {slug}` and `geokehila region {slug}`"
    by_code = [one.slug for one in cities().values() if str(one.code) == str(slug)]
    near = " or ".join(map(repr, by_code or nearest(str(slug), others)))
    return f"did you mean {near}? {OTHERWISE}" if near else OTHERWISE


@cache
def _spelled() -> Mapping[str, str]:
    """Return the slugs by how they and their names are spelled."""
    named = [(_spelling(name), c.slug) for c in cities().values() for name in c.name.values() if _spelling(name)]
    return dict(reversed(named)) | {_spelling(slug): slug for slug in cities()}


def _spelling(name: str) -> str:
    return matching_key(name).replace(" ", "")


@cache
def _cities() -> Localities:
    lines = files("geokehila.catalogue").joinpath("localities.csv").read_text(encoding="utf-8").splitlines()
    return Localities({row["slug"]: _city(row) for row in csv.DictReader(lines)})


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
