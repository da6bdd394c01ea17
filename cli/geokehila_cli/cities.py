"""`geokehila cities`: the localities of the catalogue, and what the files at hand hold of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geokehila_cli import show
from geokehila_cli.completing import every_region
from geokehila_cli.options import Data, Json

if TYPE_CHECKING:
    from geokehila.catalogue import City
    from geokehila.load.population.survey import Row, Survey

#: What to put into the national folder for each role.
GIVE = {
    "statistical_areas": "the CBS layer of statistical areas as statistical_areas.*",
    "census": "the CBS census 2022 by statistical area as census.xlsx",
    "socioeconomic": "the CBS socio-economic index 2019 by area as socioeconomic.csv",
    "localities": "outlines of localities with their CBS code as localities.*",
}
HEAD = (
    f"{'slug':18} {'zones':>5} {'vintage':7}  {'people':>9} {'source':13} {'year':4} {'registry':>9} {'differs':>8} "
    f"{'census':>9} {'undrawn':>9}  flags"
)


def command(
    region: Annotated[
        str,
        typer.Option(metavar="negev|galilee|reference", help="Only these. [default: all]", autocompletion=every_region),
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Say whose zones and people the files at hand hold, and how sure they are.")
    ] = False,
    data: Data = Path("data/raw"),
    as_json: Json = False,
) -> None:
    """List the cities that `geokehila run` knows by name.

    \b
    geokehila cities --region negev
    geokehila cities --check
    """
    from geokehila.catalogue import cities, known

    listed = list(cities().values())
    if region:
        known(region, sorted({c.programme_region for c in listed}), "region")
        listed = [c for c in listed if c.programme_region == region]
    if check:
        _check(listed, data, as_json)
    else:
        _list(listed, as_json)


def _list(listed: Iterable[City], as_json: bool) -> None:
    rows: list[dict[str, Any]] = [
        {
            "slug": c.slug,
            "code": c.code,
            "region": c.programme_region,
            "population": c.population,
            "year": c.population_year,
            "name_en": c.name["en"],
            "name_he": c.name["he"],
        }
        for c in listed
    ]
    if as_json:
        show.machine(rows)
        return
    typer.echo(f"{'slug':22} {'code':>5} {'region':10} {'population':>10}  name")
    for row in rows:
        people = f"{row['population']:,}"
        typer.echo(
            f"{row['slug']:22} {row['code']:>5} {row['region']:10} {people:>10}  {row['name_en']} · {row['name_he']}"
        )
    typer.echo(f"{len(rows)} cities; population of {rows[0]['year']}, registry (CBS)")


def _check(listed: Iterable[City], data: Path, as_json: bool) -> None:
    from geokehila.load.population.survey import survey

    found = survey(listed, data)
    if as_json:
        show.machine([asdict(row) for row in found.rows])
    else:
        typer.echo("\n".join(_lines(found)))
    if found.absent:
        typer.echo(f"{data.as_posix()}/national: put there {'; '.join(GIVE[role] for role in found.absent)}", err=True)


def _lines(found: Survey) -> list[str]:
    sources = Counter(row.source or "nobody" for row in found.rows)
    flags = Counter(flag for row in found.rows for flag in row.flags)
    return [
        HEAD,
        *map(_line, found.rows),
        f"{len(found.rows)} cities; people by {_tally(sources)}; flags: {_tally(flags) or 'none'}",
        "undrawn: people of areas that the layer lacks; differs: people from registry; --json explains every flag",
    ]


def _line(row: Row) -> str:
    differs = "" if row.difference_share is None else f"{100 * row.difference_share:+.1f} %"
    return (
        f"{row.slug:18} {row.zones:5} {row.vintage:7}  {_count(row.people):>9} {row.source:13} {row.year or '?':4} "
        f"{_count(row.registry):>9} {differs:>8} {_count(row.census):>9} {_count(row.undrawn or None):>9}  "
        f"{' '.join(row.flags)}"
    ).rstrip()


def _count(people: float | None) -> str:
    return "-" if people is None else f"{people:,.0f}"


def _tally(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
