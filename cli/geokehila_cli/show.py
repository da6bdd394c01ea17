"""What the commands print: progress on standard error, results on standard output."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

    from geokehila import Run

#: [s] Work shorter than this is not announced.
PATIENCE_S = 2.0


def progress(quiet: bool) -> Callable[[str], None]:
    """Return a function that names each stage once two seconds have passed; nothing when quiet."""
    began = time.monotonic()

    def say(stage: str) -> None:
        seconds = time.monotonic() - began
        if not quiet and seconds >= PATIENCE_S:
            typer.echo(f"{seconds:5.0f} s  {stage}", err=True)

    return say


def machine(content: object) -> None:
    """Print a result for programs, whole; what is not known is null, for JSON has no other word for it."""
    typer.echo(json.dumps(_plain(content), ensure_ascii=False, indent=1, allow_nan=False))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table for programs."""
    found: list[dict[str, Any]] = json.loads(table.to_json(orient="records", force_ascii=False, double_precision=15))
    return found


def _plain(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


def run(made: Run, as_json: bool, quiet: bool, typed: str = "", of_warnings: str = "") -> None:
    """Print what a run found, where its page is, and what it warns of, below a word about that where one is given.

    `typed`: what names its city to other commands, with --data and --out where these are not the usual ones.
    """
    if as_json:
        machine(_machine(made))
    elif not quiet:
        typer.echo("\n".join([*_lines(made), *old_atlases(made, typed)]))
        if of_warnings and made.summary["warnings"]:
            typer.echo(of_warnings, err=True)
        warnings(made)


def old_atlases(made: Run, typed: str) -> Iterator[str]:
    """Name the atlases beside a run's page that are of another run, and what to type to draw them anew."""
    from geokehila.draw import atlas

    for language, run in atlas.of_other_runs(made.page.parent, made.summary["run_id"]).items():
        anew = f"draw it anew with `geokehila atlas {typed} --language {language}`"
        yield f"note:   {atlas.file_name(language)} is of {run}: {anew}"


def warnings(made: Run) -> None:
    """Print what a run warns of."""
    for warning in made.summary["warnings"]:
        typer.echo(f"warning: {warning['where']}: {warning['text']}", err=True)


def _machine(made: Run) -> Mapping[str, Any]:
    return {
        "city": made.summary["city"],
        "run_id": made.summary["run_id"],
        "weights": made.summary["weights"],
        "facts": made.summary["facts"],
        "domains": made.summary["domains"],
        "banners": list(made.summary["banners"]),
        "warnings": made.summary["warnings"],
        "tables": str(made.path),
        "page": str(made.page),
    }


def _lines(made: Run) -> list[str]:
    facts, weights = made.summary["facts"], made.summary["weights"]
    title = made.summary["city"]["name"]["en"] + (" (FICTIONAL)" if made.summary["fictional"] else "")
    head = f"{title}: {facts['people_placed']:,.0f} {weights} placed, {facts['people_outside']:,.0f} outside the data"
    if facts["people_in_no_area"]:
        head += f", {facts['people_in_no_area']:,.0f} in areas that the layer lacks"
    if facts["people_in_no_number"]:
        head += f", {facts['people_in_no_number']:,.0f} counted in houses and in no number"
    rows = [_row(domain) for domain in made.summary["domains"]]
    return [
        head,
        f"{'':26} {'reach it on foot':>18}  {'a gap for':>17}",
        *rows,
        *_corrections(made),
        *no_site(made.summary["hubs"]),
        f"page:   {made.page}",
        f"tables: {made.path}",
    ]


def no_site(record: Mapping[str, Any]) -> list[str]:
    """Say why no site for a hub was found, the most frequent reasons first, and what helps; nothing where one was."""
    from geokehila.draw.chosen import reasons

    if record["candidates"]:
        return []
    why = ", ".join(f"{reason} ({count})" for reason, count in reasons(record))
    ruled_out = f"; ruled out: {why}" if why else ""
    return [f"hubs:   no site for a new one{ruled_out}: give sites of your own in candidates.xlsx"]


def _corrections(made: Run) -> Iterator[str]:
    """Say what was taken over of what people corrected."""
    from geokehila.inventory import taken

    told = ((one["source"], taken(one["counts"])) for one in made.summary["ledgers"])
    yield from (f"{source}: {words}" for source, words in told if words)


def _row(domain: Mapping[str, Any]) -> str:
    if domain["low"] is None:
        return f"{domain['name']:26} {domain['reason']:>18}"
    share = _span(f"{100 * domain['low']:.0f}", f"{100 * domain['high']:.0f}") + " %"
    people = _span(f"{domain['beyond_low']:,.0f}", f"{domain['beyond_high']:,.0f}")
    return f"{domain['name']:26} {share:>18}  {people:>17}  {domain['reason']}".rstrip()


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


def stdout_in_utf8() -> None:
    """Let Hebrew names be printed on consoles of any code page."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
