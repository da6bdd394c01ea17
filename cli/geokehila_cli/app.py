"""The command `geokehila`: its commands in the order of work, and what each kind of failure prints and returns."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import NoReturn

import typer

from geokehila import __version__
from geokehila.errors import GeoKehilaError, InputError, StudyError
from geokehila_cli import (
    atlas,
    batch,
    cards,
    carry,
    cities,
    compare,
    demo,
    doctor,
    failure,
    fetch,
    gaps,
    hubs,
    init,
    inventory,
    publish,
    reference,
    region,
    run,
    scenario,
    show,
    site,
)
from geokehila_cli.groups import Groups

UNTOUCHED = "interrupted: the last good run is untouched"
MANY, REFERENCE = "Many cities", "What the walkability index is measured against"
#: Every command by its group, in the order of work, with the line that the help of all shows of it.
COMMANDS: Mapping[str, Mapping[str, tuple[Callable[..., None], str]]] = {
    "Begin": {
        "demo": (demo.command, "A fictional town, made and run offline"),
        "cities": (cities.command, "The cities that are known by name"),
        "init": (init.command, "A study.toml of your city, every option explained"),
        "fetch": (fetch.command, "Map, areas, census and lists of a city, from the web"),
        "doctor": (doctor.command, "What stands in the way of a run, and what to type next"),
        "inventory": (inventory.command, "Every place in one file, to correct and give back"),
    },
    "Run": {
        "run": (run.command, "A city: its tables and its page"),
    },
    "Read": {
        "gaps": (gaps.command, "What is missing, where, and for how many people"),
        "hubs": (hubs.command, "Where the next hubs go, under your own wishes"),
        "cards": (cards.command, "A sheet of A4 for each area"),
        "atlas": (atlas.command, "Maps and plots of a city for print, on sheets of A3"),
    },
    "Compare": {
        "compare": (compare.command, "Two runs, or all of a city: what differs, and why"),
        "scenario": (scenario.command, "What if: a clinic here, a street closed there"),
        "carry": (carry.command, "A table by areas of 2011 on zones of 2022, or back"),
    },
    MANY: {
        "batch": (batch.command, "Many cities in one go"),
        "region": (region.command, "The localities of a region on one page"),
    },
    "Publish": {
        "site": (site.command, "One page that leads to the pages of all cities"),
        "publish": (publish.command, "A run in a PostGIS database"),
    },
}

app = typer.Typer(cls=Groups, add_completion=True, rich_markup_mode=None, pretty_exceptions_enable=False)
for _group, _commands in COMMANDS.items():
    for _name, (_command, _line) in _commands.items():
        app.command(_name, short_help=_line, rich_help_panel=_group)(_command)
    if _group == MANY:
        app.add_typer(reference.app, name="reference", short_help=REFERENCE, rich_help_panel=_group)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"geokehila {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    """What every home of a neighbourhood reaches on foot, what is missing, and for how many people.

    \b
    To see what comes out:  geokehila demo
    Your city, say Dimona:  geokehila fetch dimona, then doctor, then run
    Options and examples:   geokehila run --help, and so of every command
    """


def main() -> None:
    """Run the command line; every failure is one line on standard error and an exit code.

    0 ok, 1 warnings under --strict, 2 usage or study, 3 input, 4 run failed, 130 interrupted. With GEOKEHILA_TRACEBACK
    set in the environment an unforeseen failure shows where it arose.
    """
    show.stdout_in_utf8()
    try:
        # Of no words Typer says what is missing; what there is is told instead.
        code = app(args=None if sys.argv[1:] else ["--help"], prog_name="geokehila", standalone_mode=False)
    except typer.TyperException as error:
        _misread(error)
    except StudyError as error:
        failure.end(error, failure.USAGE)
    except InputError as error:
        failure.end(error, failure.INPUT)
    except GeoKehilaError as error:
        failure.end(error, failure.FAILED)
    except KeyboardInterrupt:
        failure.end(UNTOUCHED, failure.INTERRUPTED)
    except Exception as error:
        if "GEOKEHILA_TRACEBACK" in os.environ:
            raise
        reason = f"{type(error).__name__}: {error}: set GEOKEHILA_TRACEBACK=1 and report what it prints"
        failure.end(reason, failure.FAILED)
    if code == failure.INTERRUPTED:  # Typer makes this of an interrupt and says nothing
        failure.end(UNTOUCHED, code)
    sys.exit(code or 0)


def _misread(error: typer.TyperException) -> NoReturn:
    """End for a command line that Typer cannot read; the help of the command tells how to write it."""
    context = getattr(error, "ctx", None)
    called = [word for word in sys.argv[1:2] if not word.startswith("-")]
    command = context.command_path if context else " ".join(["geokehila", *called])
    reason = error.format_message().rstrip(".")
    is_of_many = called == ["batch"] and "unexpected extra argument" in reason
    following = _in_one_list(sys.argv[2:]) if is_of_many else f"{command} --help"
    failure.end(f"{reason} (next: `{following}`)", failure.USAGE)


def _in_one_list(words: list[str]) -> str:
    """Return the batch of cities that were named one by one."""
    cities = [*takewhile(lambda word: not word.startswith("-"), words)]
    return shlex.join(["geokehila", "batch", "--cities", ",".join(cities), *words[len(cities) :]])
