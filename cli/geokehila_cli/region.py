"""`geokehila region`: the localities of a region together, on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli.options import Data, Out, Quiet


def command(
    region: Annotated[str, typer.Argument(metavar="negev|galilee", help="A programme region.")],
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
) -> None:
    """Bring the last runs of a region's localities together: one page, one order of waves, nobody left blank.

    \b
    geokehila batch --region negev
    geokehila region negev
    """
    from geokehila.catalogue import REGIONS, known
    from geokehila.region import write

    path, page = write(known(region, REGIONS, "region"), out, data / "national")
    if not quiet:
        typer.echo(f"page:   {page}\ntables: {path}")
