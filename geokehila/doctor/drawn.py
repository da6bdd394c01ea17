"""Sheets that lie beside a city's page and are of another run than it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from geokehila.doctor.findings import LOOK, Finding
from geokehila.draw import atlas
from geokehila.store import kept

SUBJECT = "atlas"


def examine(out: Path, slug: str) -> Iterator[Finding]:
    """Look at the atlases of a city that has a run: were they drawn of it."""
    if not kept.is_run(out, slug):
        return
    run_id = kept.newest(out, slug).name
    for language, run in atlas.of_other_runs(out / "maps" / slug, run_id).items():
        found = f"{atlas.file_name(language)} is of {run}, the page of {run_id}"
        yield Finding(SUBJECT, LOOK, found, f"draw it anew with `geokehila atlas {slug} --language {language}`")
