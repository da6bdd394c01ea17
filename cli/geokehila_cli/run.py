"""`geokehila run`: the main job for one city."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli import show
from geokehila_cli.options import City, Data, Json, Out, Quiet, Strict, typed


def command(
    study: City,
    since: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Folder of an earlier run, to tell what changed since. [default: none]"),
    ] = None,
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
    geokehila run dimona --since data/processed/dimona/0123456789
    """
    from geokehila.errors import StudyError
    from geokehila.pipeline import choose, run
    from geokehila.store.kept import RECORD

    chosen = choose(study, data)
    if since:
        if not (since / RECORD).is_file():
            where = f"{out / 'data' / 'processed' / chosen.city.slug}".replace("\\", "/")
            raise StudyError(f"--since {since}: holds no {RECORD}: name the folder of a finished run, as in {where}")
        chosen = replace(chosen, inputs={**chosen.inputs, "previous": (since / RECORD,)})
    made = run(chosen, data, out, show.progress(quiet))
    show.run(made, as_json, quiet, typed(study, data, out))
    if strict and made.summary["warnings"]:
        raise typer.Exit(1)
