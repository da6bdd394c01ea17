"""`geokehila atlas`: the sheets of a finished run for print, as one PDF of A3."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli import show
from geokehila_cli.options import City, Data, Out, Quiet


def command(
    study: City,
    language: Annotated[str, typer.Option(help="Of the sheets: he, ar or en.")] = "he",
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
) -> None:
    """Draw the atlas of a city's last run: maps, hubs and plots for print, on sheets of A3.

    Of many cities `geokehila batch --atlas he,ar` does it, of a region `geokehila region negev --atlas he`.

    \b
    geokehila atlas dimona
    geokehila atlas dimona --language en
    """
    from geokehila import pipeline
    from geokehila.batch.drawing import draw
    from geokehila.catalogue import LANGUAGES, known

    languages = [known(language, LANGUAGES, "language")]
    (path,) = draw(pipeline.choose(study, data), out, languages, show.progress(quiet))
    if not quiet:
        typer.echo(f"atlas:  {path}")
