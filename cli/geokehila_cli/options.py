"""Options that several commands share, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def slugs(begun: str) -> list[str]:
    """Return the cities whose slug begins so, the catalogue's and those with a study.toml in data/raw; for the shell.

    Examples
    --------
    >>> slugs("dim")
    ['dimona']
    """
    from geokehila.catalogue import cities

    own = (folder.name for folder in Path("data/raw").glob("*") if (folder / "study.toml").is_file())
    return sorted(slug for slug in {*cities(), *own} if slug.startswith(begun))


def regions(begun: str) -> list[str]:
    """Return the programme regions that begin so; for the shell."""
    from geokehila.catalogue import REGIONS

    return [region for region in REGIONS if region.startswith(begun)]


City = Annotated[
    str,
    typer.Argument(
        metavar="CITY|study.toml",
        help="A city of `geokehila cities`, or the path of a study.",
        autocompletion=slugs,
    ),
]
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
