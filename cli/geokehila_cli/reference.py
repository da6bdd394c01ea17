"""`geokehila reference build`: what the walkability index of every city is measured against."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli.options import Out

app = typer.Typer(help="The reference of the walkability index.")


@app.callback()
def group() -> None:
    """The frozen reference that the walkability index of every city is measured against."""


@app.command("build")
def build(
    to: Annotated[Path, typer.Option(metavar="FILE.toml", help="A new file; put it into data/raw/national/.")] = Path(
        "reference.toml"
    ),
    out: Out = Path(),
) -> None:
    """Build the reference from the newest run of every city, of twenty real localities at least.

    \b
    geokehila reference build
    geokehila reference build --to data/raw/national/reference.toml
    """
    from geokehila import reference
    from geokehila.errors import InputError
    from geokehila.store import keep

    if to.exists():
        raise InputError(f"reference: {to} is there already: a reference is frozen; name another file")
    keep.must_take(to.parent, "--to")
    made = reference.build(keep.latest(out))
    with keep.filling(to.parent, "--to") as work:
        (work / to.name).write_text(reference.as_toml(made), encoding="utf-8", newline="\n")
    typer.echo(f"{to}: {len(made.localities)} localities, inputs to {made.date}")
