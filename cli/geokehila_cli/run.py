"""`geokehila run`: the main job for one city."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli import show
from geokehila_cli.options import Data, Json, Out, Quiet, Strict


def command(
    study: Annotated[
        str, typer.Argument(metavar="CITY|study.toml", help="A city of `geokehila cities`, or the path of a study.")
    ],
    data: Data = Path("data/raw"),
    out: Out = Path(),
    strict: Strict = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Read a city's files, compute what its homes reach on foot, and write its tables and its page.

    \b
    geokehila run dimona
    geokehila run my-town/study.toml --out results
    """
    from geokehila.pipeline import run

    made = run(study, data, out, show.progress(quiet))
    show.run(made, as_json, quiet)
    if strict and made.summary["warnings"]:
        raise typer.Exit(1)
