"""`geokehila cards`: a sheet of A4 for each area of a city, from the last run that is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geokehila_cli.options import City, Data, Out, Quiet

if TYPE_CHECKING:
    from geokehila.study import Study


def command(
    study: City,
    to: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Receives them. [default: maps/CITY/cards]")] = None,
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
    from geokehila.store import keep

    chosen = pipeline.choose(study, data)
    if to:
        with keep.filling(to, "--to") as work:
            written = _write(chosen, out, work)
    else:
        with keep.alone(out, chosen.city.slug) as desk, keep.writing(desk.maps):
            written = _write(chosen, out, desk.page / keep.CARDS)
            desk.hang()
    if not quiet:
        place = to or out / "maps" / chosen.city.slug / keep.CARDS
        typer.echo(f"{len(written) - 1} cards: {place / written[-1].name}")


def _write(study: Study, out: Path, folder: Path) -> list[Path]:
    from geokehila.draw import cards
    from geokehila.draw.town import Town
    from geokehila.store import kept

    run = kept.newest(out, study.city.slug)
    return cards.write(Town(study, kept.KeptTables(run), kept.record(run)), folder)
