"""`geokehila init`: a study.toml to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli.completing import slugs
from geokehila_cli.options import Data, Quiet


def command(
    name: Annotated[
        str,
        typer.Argument(
            metavar="CITY|NAME",
            help="A city of `geokehila cities`, or any name in Latin letters.",
            autocompletion=slugs,
        ),
    ],
    data: Data = Path("data/raw"),
    force: Annotated[bool, typer.Option("--force", help="Write over a study.toml that is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Write a study.toml with every option in it, explained and commented out: as it is it changes nothing.

    \b
    geokehila init dimona
    geokehila init "New Town" --data inputs
    """
    from geokehila.begin import begin

    begun = begin(name, data, force)
    if quiet:
        return
    if begun.nearest:
        typer.echo(f"{name} is no city of the catalogue; the nearest is {begun.nearest}", err=True)
    typer.echo(f"study:  {begun.path}")
    typer.echo(f"files:  put them into {begun.path.parent}")
    typer.echo(f"next:   geokehila doctor {begun.slug}")
