"""`geokehila fetch`: the live sources of a city into its folder of raw files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geokehila.errors import InputError, StudyError
from geokehila_cli import show
from geokehila_cli.completing import listed, sources
from geokehila_cli.options import City, Data, Json, Quiet, words_of

if TYPE_CHECKING:
    from geokehila.fetch import Outcome

#: What is returned where a source that no city can do without failed or is missing.
LACKING = 1


def command(
    study: City,
    only: Annotated[
        str,
        typer.Option(
            "--only",
            metavar="A,B",
            help="Roles or keys of sources. [default: all that the city uses]",
            autocompletion=listed(sources),
        ),
    ] = "",
    files: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="NAME=FILE",
            help="A file carried by hand, by role or source; may be repeated. [default: none]",
        ),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody; tell what is missing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Ask even for what is fresh or was carried.")] = False,
    data: Data = Path("data/raw"),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Fetch a city's maps, areas, census and lists. Returns 1 where one that is required failed or is missing.

    \b
    geokehila fetch dimona
    geokehila fetch dimona --only osm,census
    geokehila fetch dimona --offline --from osm=dimona.osm.pbf
    """
    from geokehila.fetch import Wish, fetch, lacking
    from geokehila.pipeline import choose

    wish = Wish(words_of(only), dict(map(_named, files or [])), offline, force)
    outcomes = fetch(choose(study, data), data, wish, say=show.progress(quiet or as_json))
    if as_json:
        show.machine([asdict(outcome) for outcome in outcomes])
    elif not quiet:
        typer.echo("\n".join(_table(outcomes)))
    if lacking(outcomes):
        raise typer.Exit(LACKING)


def _named(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not name or not equals or not path:
        raise StudyError(f"--from {text!r}: write a role or a source and a file, --from osm=dimona.osm.pbf")
    if not Path(path).exists():
        raise InputError(f"--from {text}: there is no {path}: check the path")
    return name, Path(path)


def _table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Columns of role, state, size and date; what is to be known of it stands last, for it may be long."""
    yield f"{'role':20}{'state':11}{'MB':>8}  {'date':12}"
    for one in outcomes:
        size = f"{one.size_mb:.2f}" if one.size_mb else ""
        needed = "required: " if one.required and not one.is_good else ""
        stem = one.file.partition(".")[0]
        role = one.role if stem == one.role else f"{one.role} ({stem})"
        yield f"{role:20}{one.state:11}{size:>8}  {one.date:12}{needed}{one.why}".rstrip()
