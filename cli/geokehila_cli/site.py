"""`geokehila site`: one page that leads to the pages of all cities."""

from __future__ import annotations

from pathlib import Path

import typer

from geokehila_cli.options import Out, Quiet


def command(out: Out = Path(), quiet: Quiet = False) -> None:
    """Write maps/index.html, which leads to the pages, cards and atlases of all cities that were run.

    It opens by double click, and the folder maps/ can be copied as it is. To serve it to others, one line:

    \b
    geokehila site
    python -m http.server --directory maps
    """
    from geokehila.draw import site

    page, found = site.write(out)
    if not quiet:
        typer.echo(f"page:   {page}\ncities: {len(found)}")
    for entry in found:
        if not entry.has_page:
            typer.echo(f"warning: {entry.slug}: has no page below maps/: run it again", err=True)
