"""`geokehila demo`: the fictional sample town, made and run."""

from __future__ import annotations

from pathlib import Path

from geokehila_cli import show
from geokehila_cli.options import Json, Out, Quiet

SLUG = "neve-or"


def command(out: Out = Path(), quiet: Quiet = False, as_json: Json = False) -> None:
    """Build the fictional town Neve Or and run the main job on it, offline.

    \b
    geokehila demo
    geokehila demo --out demo
    """
    from geokehila import sample_town
    from geokehila.pipeline import run

    progress = show.progress(quiet)
    progress("building the sample town")
    raw = out / "data" / "raw"
    sample_town.write(raw / SLUG)
    show.run(run(SLUG, raw, out, progress), as_json, quiet)
