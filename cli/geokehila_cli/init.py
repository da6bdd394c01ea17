"""`geokehila init`: a study.toml to begin with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from geokehila_cli.completing import slugs
from geokehila_cli.options import RAW, Data, Quiet, again

if TYPE_CHECKING:
    from geokehila.begin import Begun


def command(
    name: Annotated[
        str,
        typer.Argument(
            metavar="CITY|NAME",
            help="A city of `geokehila cities`, or any name in Latin letters.",
            autocompletion=slugs,
        ),
    ],
    data: Data = RAW,
    force: Annotated[bool, typer.Option("--force", help="Write over a study.toml that is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Write a study.toml with every option in it, explained and commented out: as it is it changes nothing.

    \b
    geokehila init dimona
    geokehila init "New Town" --data inputs
    """
    from geokehila.begin import begin

    begun = begin(name, data, force)
    if quiet:
        return
    if begun.nearest:
        near = " or ".join(f"`geokehila init {slug}`" for slug in begun.nearest)
        typer.echo(f"{name} is no city of the catalogue, and its code is not known; did you mean {near}?", err=True)
    typer.echo("\n".join(_lines(begun, again("--data", data, RAW))))


def _lines(begun: Begun, data: str) -> Iterator[str]:
    """Say what was written, what is there and what is not, and what to type next."""
    code = f", CBS code {begun.city.code}" if begun.city.code else ", without a CBS code"
    code += "" if begun.city.code or begun.zones else ": write it into the study"
    yield f"study:   {begun.path} ({begun.city.name['en']}{code})"
    if begun.fault:
        yield f"look:    {begun.fault}"
    if begun.zones:
        yield f"areas:   your own of {begun.zones}: look at its columns below [zones] in the study"
    for label, files in (
        ("found", [path.parent.name + "/" + path.name for paths in begun.found.values() for path in paths]),
        ("needed", [str(one) for one in begun.absent if one.is_needed]),
        ("helps", [str(one) for one in begun.absent if not one.is_needed]),
    ):
        yield from (f"{f'{label}:' if not i else '':9}{file}" for i, file in enumerate(files))
    if any(one.is_needed for one in begun.absent):
        yield f"next:    geokehila fetch {begun.slug}{data}, or put the files into {begun.path.parent}; then"
    yield f"{'' if any(one.is_needed for one in begun.absent) else 'next:':9}geokehila doctor {begun.slug}{data}"
