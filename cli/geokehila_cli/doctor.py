"""`geokehila doctor`: what stands in the way of a run, and what to do next."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geokehila_cli import show
from geokehila_cli.completing import slugs
from geokehila_cli.options import Data, Json, Out

if TYPE_CHECKING:
    from geokehila.doctor import Finding

#: An input stops a run: the code that such a run would return.
STOPPED = 3
STATE_WIDTH, SUBJECT_WIDTH = 6, 24
#: Columns of a terminal that does not say, and the least that lines are broken to.
USUAL, LEAST = 120, 60


def command(
    study: Annotated[
        str,
        typer.Argument(
            metavar="[CITY|study.toml]", help="The city whose inputs are looked at, too.", autocompletion=slugs
        ),
    ] = "",
    data: Data = Path("data/raw"),
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
        typer.echo("\n".join(_table(findings)))
    if any(finding.state == "stop" for finding in findings):
        raise typer.Exit(STOPPED)


def _table(findings: Sequence[Finding]) -> Iterator[str]:
    """Columns of state, subject and what was found; below it what to do next, so that Hebrew ends a line."""
    width = max(LEAST, shutil.get_terminal_size((USUAL, 0)).columns)
    for finding in findings:
        head = f"{finding.state:{STATE_WIDTH}}{finding.subject:{SUBJECT_WIDTH}}"
        yield from _block(head, finding.found, width)
        if finding.next:
            yield from _block(" " * (STATE_WIDTH + SUBJECT_WIDTH - 2) + "→ ", finding.next, width)
    counts = Counter(finding.state for finding in findings)
    yield f"{counts['stop']} that stop a run, {counts['look']} to look at, {counts['ok']} ok"


def _block(head: str, text: str, width: int) -> Iterator[str]:
    """Break a text to the width, the head before its first line; one of several lines is to be copied and stays so."""
    indent = " " * (STATE_WIDTH + SUBJECT_WIDTH)
    if len(head) > len(indent):
        yield head.rstrip()
        head = indent
    room = width - len(indent)
    lines = text.splitlines()
    if len(lines) == 1:
        lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)
    yield from (f"{indent if i else head}{line}" for i, line in enumerate(lines))
