"""Options that several commands share, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[Path, typer.Option("--out", help="Folder that receives data/processed/ and maps/.")]
Data = Annotated[Path, typer.Option("--data", help="Folder with one folder of input files per city.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Atlas = Annotated[str, typer.Option(metavar="he,ar,en", help="Draw the atlas, too, in these languages.")]
Strict = Annotated[bool, typer.Option("--strict", help="Return 1 where the run has warnings.")]


def languages_of(listed: str) -> tuple[str, ...]:
    """Return languages that are given with commas between, each once.

    Raises
    ------
    StudyError
        One that there is not; the nearest is named.
    """
    from geokehila.catalogue import LANGUAGES, known

    return tuple(dict.fromkeys(known(one.strip(), LANGUAGES, "language") for one in listed.split(",") if one.strip()))
