"""`geokehila batch`: many cities in one go."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geokehila_cli import show
from geokehila_cli.completing import listed, regions, slugs
from geokehila_cli.options import Atlas, Data, Json, Out, Quiet, languages_of, words_of

if TYPE_CHECKING:
    from rich.table import Table

    from geokehila.batch import Cluster, Crew, Outcome, Step

#: What a batch answers where a city failed.
SOME_FAILED = 1
HEAD = ("state", "seconds", "MB", "warnings", "")


def command(
    file: Annotated[Path | None, typer.Argument(metavar="STUDIES.toml", help='studies = ["dimona", ...]')] = None,
    region: Annotated[
        str,
        typer.Option(
            metavar="negev|galilee", help="Every city of a programme region. [default: none]", autocompletion=regions
        ),
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="Every city of the catalogue.")] = False,
    cities: Annotated[
        str, typer.Option(metavar="A,B", help="Cities by slug. [default: none]", autocompletion=listed(slugs))
    ] = "",
    jobs: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Cities at a time. [default: one for each processor]")
    ] = None,
    memory: Annotated[
        float | None, typer.Option(metavar="GB", min=0.1, help="For all of them. [default: 4/5 of what is free]")
    ] = None,
    atlas: Atlas = "",
    scheduler: Annotated[
        str, typer.Option(metavar="tcp://HOST:PORT", help="Of Dask, whose workers do it. [default: this machine]")
    ] = "",
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Run many cities, each in a process of its own; what is finished is skipped, what fails stops nothing else.

    With --atlas, what is printed of each city is drawn after all runs, again each in a process of its own.

    \b
    geokehila batch --region negev
    geokehila batch --cities dimona,arad --jobs 2
    geokehila batch --all --memory 6 --atlas he,ar
    geokehila batch --all --scheduler tcp://10.0.0.1:8786
    """
    from geokehila.batch import FAILED, Cluster, Crew, Drawing, Wish, order
    from geokehila.batch.order import named
    from geokehila.store import keep

    languages = languages_of(atlas)
    names = named(region, every, words_of(cities), file)
    crew = Cluster(scheduler) if scheduler else Crew(jobs or 0, 1000 * (memory or 0))
    keep.must_take(out)
    tasks, fallen = order(names, Wish(data, out))
    ended = {"run": _work(crew, tasks, fallen, quiet)}
    there = {outcome.city for outcome in ended["run"] if outcome.state != FAILED}
    if languages:
        drawings = [Drawing(task.study, out, languages) for task in tasks if task.city in there]
        ended["atlas"] = _work(crew, drawings, [], quiet)
    place = {name: i for i, name in enumerate(names)}
    for outcomes in ended.values():
        outcomes.sort(key=lambda outcome: (place.get(outcome.city, len(place)), outcome.city))
    if as_json:
        rows = [{"step": step, **asdict(outcome)} for step, outcomes in ended.items() for outcome in outcomes]
        show.machine(rows)
    elif not quiet:
        typer.echo("\n\n".join("\n".join(_lines(step, outcomes)) for step, outcomes in ended.items()))
    if any(outcome.state == FAILED for outcomes in ended.values() for outcome in outcomes):
        raise typer.Exit(SOME_FAILED)


def _work(crew: Crew | Cluster, steps: Sequence[Step], fallen: list[Outcome], quiet: bool) -> list[Outcome]:
    """Do one step for every city where it is not done already, and return what became of all, the fallen among them."""
    there = {step.city: kept for step in steps if (kept := step.kept())}
    outcomes = [*fallen, *there.values()]
    with _board([step for step in steps if step.city not in there], outcomes, quiet) as board:
        for outcome in crew.work(board.waiting, board.stage):
            outcomes.append(outcome)
            board.end(outcome)
    return outcomes


def _lines(step: str, outcomes: Iterable[Outcome]) -> list[str]:
    """Return the table of cities at a step, and how many came to which end."""
    rows = [(o.city, o.state, *_spent(o), str(o.warnings_count), o.why) for o in outcomes]
    lines = [f"{c:24} {s:8} {t:>7} {m:>6} {w:>8}  {why}".rstrip() for c, s, t, m, w, why in [(step, *HEAD), *rows]]
    ends = [row[1] for row in rows]
    counts = ", ".join(f"{ends.count(end)} {end}" for end in sorted({*ends}))
    return [*lines, f"{len(rows)} cities: {counts}"]


def _spent(outcome: Outcome) -> tuple[str, str]:
    """Return the seconds and the memory of this batch; what is skipped took none of them."""
    from geokehila.batch import SKIPPED

    return ("-", "-") if outcome.state == SKIPPED else (f"{outcome.seconds:.0f}", str(outcome.memory_mb))


class _Board:
    """What is seen while a batch works: a live table on a terminal, else a line for each city as it ends."""

    def __init__(self, waiting: list[Step], ended: list[Outcome], say: Callable[[str], None]) -> None:
        self.waiting = waiting
        self._say = say
        self._began = monotonic()
        self._stages: dict[str, tuple[str, float]] = {}
        self._all, self._ended = len(waiting) + len(ended), len(ended)

    def __enter__(self) -> _Board:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def stage(self, city: str, name: str) -> None:
        """Take note of what a city is at."""
        self._stages[city] = (name, self._stages.get(city, ("", monotonic()))[1])

    def end(self, outcome: Outcome) -> None:
        """Take note of what became of a city."""
        self._stages.pop(outcome.city, None)
        self._ended += 1
        told = outcome.why or f"{outcome.seconds:.0f} s, {outcome.memory_mb} MB"
        self._say(
            f"{monotonic() - self._began:5.0f} s  {self._ended}/{self._all} {outcome.city}: {outcome.state}, {told}"
        )

    def table(self) -> Table:
        """Return the cities at work, each with its stage and its seconds."""
        from rich.table import Table

        seen = Table("city", "stage", "seconds", title=f"{self._ended} of {self._all} cities")
        for city, (name, began) in sorted(self._stages.items()):
            seen.add_row(city, name, f"{monotonic() - began:.0f}")
        return seen


class _LiveBoard(_Board):
    """The live table."""

    def __enter__(self) -> _LiveBoard:
        """Show it."""
        from rich.console import Console
        from rich.live import Live

        console = Console(stderr=True)
        self._live: Any = Live(get_renderable=self.table, console=console, refresh_per_second=2, transient=True)
        self._live.__enter__()
        self._say = console.print
        return self

    def __exit__(self, *fault: object) -> None:
        """Take it away."""
        self._live.__exit__(*fault)


def _board(waiting: list[Step], ended: list[Outcome], quiet: bool) -> _Board:
    if quiet:
        return _Board(waiting, ended, lambda line: None)
    if sys.stderr.isatty():
        return _LiveBoard(waiting, ended, lambda line: None)
    return _Board(waiting, ended, lambda line: typer.echo(line, err=True))
