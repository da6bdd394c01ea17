"""`geokehila cities`: the localities of the catalogue."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from geokehila_cli.options import Json


def command(
    region: Annotated[str, typer.Option(help="Only this programme region: negev, galilee or reference.")] = "",
    as_json: Json = False,
) -> None:
    """List the cities that `geokehila run` knows by name.

    \b
    geokehila cities --region negev
    """
    from geokehila.catalogue import cities, known

    listed = list(cities().values())
    if region:
        known(region, sorted({c.programme_region for c in listed}), "region")
        listed = [c for c in listed if c.programme_region == region]
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
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    typer.echo(f"{'slug':22} {'code':>5} {'region':10} {'population':>10}  name")
    for row in rows:
        people = f"{row['population']:,}"
        typer.echo(
            f"{row['slug']:22} {row['code']:>5} {row['region']:10} {people:>10}  {row['name_en']} · {row['name_he']}"
        )
    typer.echo(f"{len(rows)} cities; population of {rows[0]['year']}, registry (CBS)")
