"""The command `geokehila`: its commands, and what each kind of failure prints and returns."""

from __future__ import annotations

import os
import sys

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

#: Exit codes of failures. Typer itself returns 2 for a command line it cannot read; `run --strict` returns 1.
USAGE, INPUT, FAILED, INTERRUPTED = 2, 3, 4, 130
UNTOUCHED = "interrupted: the last good run is untouched"

app = typer.Typer(no_args_is_help=True, add_completion=True, rich_markup_mode=None, pretty_exceptions_enable=False)
app.command("run")(run.command)
app.command("demo")(demo.command)
app.command("batch")(batch.command)
app.command("region")(region.command)
app.command("gaps")(gaps.command)
app.command("hubs")(hubs.command)
app.command("cards")(cards.command)
app.command("atlas")(atlas.command)
app.command("compare")(compare.command)
app.command("scenario")(scenario.command)
app.command("site")(site.command)
app.command("carry")(carry.command)
app.command("publish")(publish.command)
app.command("inventory")(inventory.command)
app.command("cities")(cities.command)
app.command("fetch")(fetch.command)
app.command("doctor")(doctor.command)
app.command("init")(init.command)
app.add_typer(reference.app, name="reference")


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

    Start with: geokehila demo
    """


def main() -> None:
    """Run the command line; every failure is one line on standard error and an exit code.

    0 ok, 1 warnings under --strict, 2 usage or study, 3 input, 4 run failed, 130 interrupted. With GEOKEHILA_TRACEBACK
    set in the environment an unforeseen failure shows where it arose.
    """
    show.stdout_in_utf8()
    try:
        app()
    except StudyError as error:
        _fail(error, USAGE)
    except InputError as error:
        _fail(f"{error}{_next(str(error))}", INPUT)
    except GeoKehilaError as error:
        _fail(error, FAILED)
    except KeyboardInterrupt:
        _fail(UNTOUCHED, INTERRUPTED)
    except SystemExit as end:
        # Typer makes this code of an interrupt and says nothing.
        if end.code == INTERRUPTED:
            _fail(UNTOUCHED, INTERRUPTED)
        raise
    except Exception as error:
        if "GEOKEHILA_TRACEBACK" in os.environ:
            raise
        _fail(f"{type(error).__name__}: {error}: set GEOKEHILA_TRACEBACK=1 and report what it prints", FAILED)


def _next(reason: str) -> str:
    """Return the command that tells what to do next, where the reason names none; the doctor has said all it knows."""
    from geokehila.catalogue import cities

    command, *words = sys.argv[1:] or [""]
    if "`geokehila" in reason or command == "doctor":
        return ""
    city = next((word for word in words if word in cities() or word.endswith(".toml")), "")
    return f" (next: `{f'geokehila doctor {city}'.strip()}`)"


def _fail(reason: object, code: int) -> None:
    sys.stderr.write(f"geokehila: {' '.join(str(reason).split())}\n")
    sys.exit(code)
