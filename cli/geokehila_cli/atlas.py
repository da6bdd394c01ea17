"""`geokehila atlas`: the sheets of a finished run for print, as one PDF of A3."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli import show
from geokehila_cli.completing import languages, listed
from geokehila_cli.options import City, Data, Out, Quiet, languages_of


def command(
    study: City,
    language: Annotated[
        str,
        typer.Option(
            metavar="he,ar,en",
            help="Of the sheets. [default: the study's, else Hebrew, outside Israel English]",
            autocompletion=listed(languages),
        ),
    ] = "",
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
) -> None:
    """Draw the atlas of a city's last run: maps, hubs and plots for print, on sheets of A3.

    Of many cities `geokehila batch --atlas he,ar` does it, of a region `geokehila region negev --atlas he`.

    \b
    geokehila atlas dimona
    geokehila atlas dimona --language ar,en
    """
    from geokehila import pipeline
    from geokehila.batch.drawing import draw
    from geokehila.draw.town import language_of

    wanted = languages_of(language)
    chosen = pipeline.choose(study, data)
    drawn = draw(chosen, out, wanted or (language_of(chosen),), show.progress(quiet))
    if not quiet:
        typer.echo("\n".join(f"atlas:  {path}" for path in drawn))
