"""`geokehila demo`: a fictional town, made and run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli import show
from geokehila_cli.options import RAW, Json, Out, Quiet, typed

#: Stands above the warnings of Neve Or.
FAULTY = "The files of Neve Or carry errors on purpose, so that you see what a run says of such files:"
Residents = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Draw another town of so many people, 1500 to 1000000; its slug is generated-N. [default: Neve Or]",
    ),
]


def command(residents: Residents = None, out: Out = Path(), quiet: Quiet = False, as_json: Json = False) -> None:
    """Build the fictional town Neve Or, or one of any size, and run the main job on it, offline.

    \b
    geokehila demo
    geokehila demo --out demo
    geokehila demo --residents 100000
    """
    from geokehila.steps import demo

    made = demo(out, residents, show.progress(quiet))
    show.run(
        made,
        as_json,
        quiet,
        typed(str(made.summary["city"]["slug"]), out / RAW, out),
        FAULTY if residents is None else "",
    )
