"""`geokehila region`: the localities of a region together, on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli.completing import regions
from geokehila_cli.options import Atlas, Data, Out, Quiet, languages_of


def command(
    region: Annotated[str, typer.Argument(metavar="negev|galilee", help="A programme region.", autocompletion=regions)],
    atlas: Atlas = "",
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
) -> None:
    """Bring the last runs of a region's localities together: one page, one order of waves, nobody left blank.

    \b
    geokehila batch --region negev
    geokehila region negev
    geokehila region negev --atlas he,ar
    """
    from geokehila.catalogue import REGIONS, known
    from geokehila.region import write
    from geokehila.store import keep

    languages = languages_of(atlas)
    known(region, REGIONS, "region")
    keep.must_take(out)
    path, page = write(region, out, data / "national", languages)
    if not quiet:
        drawn = [f"atlas:  {page.with_name(f'atlas-{language}.pdf')}" for language in languages]
        typer.echo("\n".join([f"page:   {page}", f"tables: {path}", *drawn]))
