"""What the Tab key offers in bash, zsh, fish and PowerShell, of a city's own study and runs where one is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from geokehila.errors import GeoKehilaError


def slugs(begun: str) -> list[str]:
    """Return the cities whose slug begins so, the catalogue's and those with a study.toml in data/raw.

    Examples
    --------
    >>> slugs("dim")
    ['dimona']
    """
    from geokehila.catalogue import cities

    own = (folder.name for folder in Path("data/raw").glob("*") if (folder / "study.toml").is_file())
    return sorted(_begun({*cities(), *own}, begun))


def regions(begun: str) -> list[str]:
    """Return the programme regions that begin so."""
    from geokehila.catalogue import REGIONS

    return _begun(REGIONS, begun)


def every_region(begun: str) -> list[str]:
    """Return the regions of the catalogue that begin so, that of cities for reference among them."""
    from geokehila.catalogue import cities

    return sorted(_begun({city.programme_region for city in cities().values()}, begun))


def languages(begun: str) -> list[str]:
    """Return the languages that begin so."""
    from geokehila.catalogue import LANGUAGES

    return _begun(LANGUAGES, begun)


def categories(ctx: typer.Context, begun: str) -> list[str]:
    """Return the categories of the city's study that begin so, else those of the catalogue."""
    return _begun(_catalogue(ctx).categories, begun)


def profiles(ctx: typer.Context, begun: str) -> list[str]:
    """Return who walks, by the city's study or else the catalogue."""
    return _begun(_catalogue(ctx).profiles, begun)


def zonings(ctx: typer.Context, begun: str) -> list[str]:
    """Return what the city's last run is summed over, else all that a run may be."""
    from geokehila.schema import ZONINGS
    from geokehila.store import kept

    with suppress(GeoKehilaError):
        folder = kept.newest(Path(ctx.params.get("out") or ""), _city(ctx))
        return _begun(kept.record(folder)["zonings"], begun)
    return _begun(ZONINGS, begun)


def sources(begun: str) -> list[str]:
    """Return roles of files and keys of sources that begin so."""
    from geokehila.fetch.sources import shipped

    tables = shipped()
    return sorted(_begun({*tables, *(str(table["role"]) for table in tables.values())}, begun))


def editions(begun: str) -> list[str]:
    """Return the editions of statistical areas that begin so."""
    from geokehila.study import EDITIONS

    return _begun(EDITIONS, begun)


def objectives(begun: str) -> list[str]:
    """Return the models of location-allocation that begin so."""
    from geokehila.catalogue.choices import OBJECTIVES

    return _begun(OBJECTIVES, begun)


def equities(begun: str) -> list[str]:
    """Return the ways to weigh people that begin so."""
    from geokehila.catalogue.choices import EQUITIES

    return _begun(EQUITIES, begun)


def needs(begun: str) -> list[str]:
    """Return the parts of need that begin so."""
    from geokehila.catalogue.choices import NEEDS

    return _begun(NEEDS, begun)


def listed(offer: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """Return what offers the last of several words with commas between.

    Examples
    --------
    >>> listed(slugs)("arad,dim")
    ['arad,dimona']
    """

    def last(begun: str) -> list[str]:
        before, comma, word = begun.rpartition(",")
        return [f"{before}{comma}{whole}" for whole in offer(word) if whole not in before.split(",")]

    return last


def _begun(words: Iterable[str], begun: str) -> list[str]:
    return [word for word in words if word.startswith(begun)]


def _catalogue(ctx: typer.Context) -> Any:
    """Return the catalogue of the study that is named; of one that cannot be read, the shipped one."""
    from geokehila.catalogue import Catalogue

    named, data = _city(ctx), Path(ctx.params.get("data") or "data/raw")
    own = Path(named) if named.endswith(".toml") else data / named / "study.toml"
    if named and own.is_file():
        from geokehila.study import Study

        with suppress(GeoKehilaError):
            return Study.read(own).catalogue
    return Catalogue.read()


def _city(ctx: typer.Context) -> str:
    """Return the first word behind the command; Typer calls it an argument only where no option waits for a value."""
    words = [ctx.params.get("study"), ctx.params.get("city"), *ctx.args]
    return next((str(word) for word in words if word), "")
