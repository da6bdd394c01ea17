"""`geokehila cards`: a sheet of A4 for each area of a city, from the last run that is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli.options import City, Data, Out, Quiet


def command(
    study: City,
    to: Annotated[Path | None, typer.Option(help="The folder that receives them, maps/CITY/cards if not told.")] = None,
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
) -> None:
    """Write a card of each area, in Hebrew, Arabic and English, to print; the city must have been run.

    \b
    geokehila cards dimona
    geokehila cards dimona --to handout
    """
    from geokehila import pipeline
    from geokehila.draw import cards
    from geokehila.draw.town import Town
    from geokehila.store import keep, kept

    chosen = pipeline.choose(study, data)
    folder = kept.newest(out, chosen.city.slug)
    town = Town(chosen, kept.KeptTables(folder), kept.record(folder))
    written = cards.write(town, to or out / "maps" / chosen.city.slug / keep.CARDS)
    if to is None:
        keep.forget(written[-1].parent, written)
    if not quiet:
        typer.echo(f"{len(written) - 1} cards: {written[-1]}")
