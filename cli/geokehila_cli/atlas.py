"""`geokehila atlas`: the sheets of a finished run for print, as one PDF of A3."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli import show
from geokehila_cli.options import Data, Out, Quiet


def command(
    study: Annotated[
        str, typer.Argument(metavar="CITY|study.toml", help="A city of `geokehila cities`, or the path of a study.")
    ],
    language: Annotated[str, typer.Option(help="Of the sheets: he, ar or en.")] = "he",
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
) -> None:
    """Draw the atlas of a city's last run: maps, hubs and plots for print, on sheets of A3.

    \b
    geokehila atlas dimona
    geokehila atlas dimona --language en
    """
    from geokehila import pipeline
    from geokehila.catalogue import LANGUAGES, known
    from geokehila.draw import atlas
    from geokehila.draw.town import Town
    from geokehila.store import kept

    known(language, LANGUAGES, "language")
    chosen = pipeline.choose(study, data)
    folder = kept.newest(out, chosen.city.slug)
    town = Town(chosen, kept.KeptTables(folder), kept.record(folder))
    path = out / "maps" / chosen.city.slug / f"atlas-{language}.pdf"
    atlas.write(town, path, language, show.progress(quiet))
    if not quiet:
        typer.echo(f"atlas:  {path}")
