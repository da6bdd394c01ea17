"""`geokehila doctor`: what stands in the way of a run, and what to do next."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geokehila_cli import show
from geokehila_cli.completing import slugs
from geokehila_cli.options import RAW, Data, Json, Out, again

if TYPE_CHECKING:
    from geokehila.doctor import Finding

#: An input stops a run: the code that such a run would return.
STOPPED = 3
STATE_WIDTH, TEXT_AT, ABOUT_WIDTH = 6, 32, 14
#: Columns of a terminal that does not say, and the least that lines are broken to.
USUAL, LEAST = 120, 60


def command(
    study: Annotated[
        str,
        typer.Argument(
            metavar="CITY|study.toml", help="The city whose inputs are looked at, too.", autocompletion=slugs
        ),
    ] = "",
    data: Data = RAW,
    out: Out = Path(),
    as_json: Json = False,
) -> None:
    """Look at the installation and at a city's inputs, and say what to do next. Returns 3 where a run is stopped.

    \b
    geokehila doctor
    geokehila doctor dimona
    geokehila doctor my-town/study.toml --json
    """
    from geokehila.doctor import examine

    findings = examine(study or None, data, out, date.today(), show.progress(as_json))
    if as_json:
        show.machine([asdict(finding) for finding in findings])
    else:
        typer.echo("\n".join(_table(findings, study, again("--data", data, RAW), again("--out", out, Path()))))
    if any(finding.state == "stop" for finding in findings):
        raise typer.Exit(STOPPED)


def _table(findings: Sequence[Finding], study: str, data: str, out: str) -> Iterator[str]:
    """The verdict, then headings: state, subject, what was found; below what to do, so that Hebrew ends a line."""
    from geokehila.doctor.headings import INSTALLED, NOTICED, under_headings, verdict

    width = max(LEAST, shutil.get_terminal_size((USUAL, 0)).columns)
    for about, text in verdict(findings, study, data, out):
        yield from _block(f"{about}: " if about else "", text, ABOUT_WIDTH, width)
    for heading, told in under_headings(findings):
        yield f"\n{heading}"
        if study and heading == INSTALLED and all(finding.state == "ok" for _, finding in told):
            yield f"{'ok':{STATE_WIDTH}}all of it: geokehila doctor by itself tells"
            continue
        for words, finding in told:
            yield from _block(f"{finding.state:{STATE_WIDTH}}{words} ", finding.found, TEXT_AT, width)
            if finding.next and heading != NOTICED:  # a notice says itself what to do
                yield from _block(f"{'→ ':>{TEXT_AT}}", finding.next, TEXT_AT, width)


def _block(head: str, text: str, at: int, width: int) -> Iterator[str]:
    """Break a text to the width, the head before its first line; one of several lines is to be copied and stays so."""
    if len(head) > at:
        yield head.rstrip()
        head = ""
    lines = text.splitlines()
    if len(lines) == 1:
        lines = textwrap.wrap(text, width - at, break_long_words=False, break_on_hyphens=False)
    yield from (f"{'' if i else head:{at}}{line}" for i, line in enumerate(lines))
