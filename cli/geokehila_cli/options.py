"""Options that several commands share, each declared once; and what is refused of options before work begins."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli.completing import languages, listed, slugs

#: Where the files of cities lie, if nobody says.
RAW = Path("data/raw")
City = Annotated[
    str,
    typer.Argument(
        metavar="CITY|study.toml",
        help="A city of `geokehila cities`, or the path of a study.",
        autocompletion=slugs,
    ),
]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Receives data/processed/ and maps/.")]
Data = Annotated[
    Path, typer.Option("--data", metavar="FOLDER", help="Holds a folder of input files for each city, and national/.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, whole; a failure, too.")]
Atlas = Annotated[
    str,
    typer.Option(
        metavar="he,ar,en", help="Draw the atlas, too, in these. [default: none]", autocompletion=listed(languages)
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Return 1 where the run has warnings.")]


def again(option: str, folder: Path, usual: Path) -> str:
    """Return an option as it is typed again, a blank before it; empty where its folder is the usual one.

    Examples
    --------
    >>> again("--data", Path("my inputs"), Path("data/raw")), again("--out", Path(), Path())
    (" --data 'my inputs'", '')
    """
    return "" if folder == usual else f" {option} {shlex.quote(str(folder))}"


def typed(study: str, data: Path, out: Path) -> str:
    """Return a city and its folders as they are typed behind another command.

    Examples
    --------
    >>> typed("dimona", Path("data/raw"), Path("my results"))
    "dimona --out 'my results'"
    """
    return shlex.quote(study) + again("--data", data, RAW) + again("--out", out, Path())


def languages_of(text: str) -> tuple[str, ...]:
    """Return languages that are given with commas between, each once.

    Raises
    ------
    StudyError
        One that there is not; the nearest is named.
    """
    from geokehila.catalogue import LANGUAGES, known

    return tuple(dict.fromkeys(known(one, LANGUAGES, "language") for one in words_of(text)))


def words_of(text: str) -> tuple[str, ...]:
    """Return words that are given with commas between.

    Examples
    --------
    >>> words_of("osm, census,")
    ('osm', 'census')
    """
    return tuple(word.strip() for word in text.split(",") if word.strip())


def must_take_csv(file: Path | None, option: str) -> None:
    """See that a table can be written to a file: it is called .csv and its folder takes it.

    Raises
    ------
    StudyError
        It is a folder, or is called otherwise: another program would take it for what it is not.
    RunError
        It cannot be written.
    """
    from geokehila.errors import StudyError
    from geokehila.store import keep

    if file is None:
        return
    if file.suffix.lower() != ".csv" or file.is_dir():
        raise StudyError(f"{option} {file}: no name of a CSV file: name one, such as {file.stem or 'table'}.csv")
    keep.must_take(file.parent, option)
