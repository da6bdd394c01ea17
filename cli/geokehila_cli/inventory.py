"""`geokehila inventory`: every place of a city in one file, to be corrected and read again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli import show
from geokehila_cli.options import City, Data, Quiet


def command(
    study: City,
    data: Data = Path("data/raw"),
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="A new .xlsx, .csv, .gpkg or .geojson. [default: inventory_CITY.xlsx]"
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write the places of a city's files with their sources; edit it and give it back as corrections.xlsx.

    \b
    geokehila inventory dimona
    geokehila inventory dimona --out places.gpkg
    """
    from geokehila.pipeline import inventory

    written = inventory(study, data, out, show.progress(quiet))
    if not quiet:
        typer.echo(f"{written.places} places: {written.path}")
        typer.echo(f"correct it and save it as {written.corrections}")
