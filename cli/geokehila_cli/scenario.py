"""`geokehila scenario`: what if, laid over a finished run: who gains and who loses, scenarios side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geokehila_cli import show
from geokehila_cli.completing import profiles
from geokehila_cli.options import City, Data, Json, Out, Quiet

if TYPE_CHECKING:
    import pandas as pd

    from geokehila.scenario import Found

WIDTH, CELL = 26, 11


def command(
    city: City,
    files: Annotated[list[Path], typer.Argument(metavar="EDITS...", help="Scenarios as .toml or .geojson.")],
    profile: Annotated[
        str,
        typer.Option(
            metavar="PROFILE",
            help="Whose gains are printed and shown on the page; the tables hold every profile's.",
            autocompletion=profiles,
        ),
    ] = "adult",
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Lay edits over a city's last run: places, streets, housing, cutoffs. The run itself stays as it is.

    \b
    geokehila scenario dimona clinic.toml
    geokehila scenario dimona clinic.toml footbridge.geojson
    """
    from geokehila import scenario
    from geokehila.catalogue import known
    from geokehila.errors import StudyError
    from geokehila.load.folders import opened
    from geokehila.pipeline import choose
    from geokehila.store import keep

    study = choose(city, data)
    known(profile, study.catalogue.profiles, "profile")
    inputs = opened(study, data)
    names = [file.stem for file in files]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise StudyError(f"{twice}: two scenarios are called so, and each is kept by its name: rename one file")
    base, found, places = scenario.of_run(study, inputs, out), [], []
    keep.must_take(base.folder)
    for one in [scenario.read(file, study) for file in files]:
        found.append(scenario.answer(base, one, show.progress(quiet)))
        places.append(scenario.write(found[-1], profile))
    together = [scenario.write_together(found, profile)] if len(found) > 1 else []
    if as_json:
        told = [scenario.record(f) | {"tables": str(place)} for f, place in zip(found, places, strict=True)]
        show.machine(told)
    elif not quiet:
        pages = [f"page:   {page}" for page in together or [place / "index.html" for place in places]]
        typer.echo("\n".join([*_lines(found, profile), *(f"tables: {place}" for place in places), *pages]))


def _lines(found: list[Found], profile: str) -> list[str]:
    """Return a row a category and domain that anybody gains or loses, a column a scenario."""
    from geokehila.names import clean
    from geokehila.scenario.gains import told_once
    from geokehila.scenario.view import View

    catalogue = found[0].base.study.catalogue
    names = {f"category_{key}": one.name["en"] for key, one in catalogue.categories.items()}
    names |= {f"domain_{key}": one.name["en"].upper() for key, one in catalogue.domains.items()}
    tables = [_of_city(one, profile) for one in found]
    if len(tables) == 1:  # side by side one scenario may need the row of a domain that repeats another's category
        tables = [told_once(tables[0].reset_index(), catalogue).set_index("measure")]
        names |= {str(m): f"{names[str(m)]}, {names[also]}" for m, also in tables[0]["also"].items() if also}
    told = [measure for measure in names if any(_moves(table, measure) for table in tables)]
    title = found[0].base.record["city"]["name"]["en"] + (" (FICTIONAL)" if found[0].base.record["fictional"] else "")
    head = [
        f"{title}: {found[0].base.record['weights']} who newly reach it on foot (+), or no longer do (-); {profile}",
        f"{'':{WIDTH}}" + "".join(f" {clean(one.edits.title or one.edits.name, WIDTH):>{WIDTH}}" for one in found),
    ]
    rows = [f"{names[m][:WIDTH]:{WIDTH}}" + "".join(f" {_cell(t, m):>{WIDTH}}" for t in tables) for m in told]
    new = [f"{one.new_residents:+,.0f}" for one in found]
    housed = f"{'new residents':{WIDTH}}" + "".join(f" {number:>{WIDTH}}" for number in new)
    nobody = f"of the {found[0].base.record['weights']} of today nobody gains or loses"
    moved_in = [line for one in found for line in _newcomers(one, len(found) > 1)]
    views = [(View("en", [one], profile), one) for one in found]
    said = filter(None, [*(view.unknown(one) for view, one in views), *{view.room(one) for view, one in views}])
    return [*head, *(rows or [nobody]), *said, *([housed] if {*new} != {"+0"} else []), *moved_in]


def _newcomers(found: Found, several: bool) -> Iterator[str]:
    """Yield what they reach who move in: a row a domain and answer, a column a walker."""
    from geokehila.scenario.newcomers import by_walker, walkers
    from geokehila.schema import BEYOND, UNCONNECTED

    table, catalogue = found.newcomers, found.patched.study.catalogue
    if table.empty:
        return
    which = f" of {found.edits.title or found.edits.name}" if several else ""
    heads = "".join(f" {key:>{CELL}}" for key in walkers(table, catalogue))
    yield f"of the {found.new_residents:,.0f} new residents{which}: who reaches it on foot, who is beyond its walk"
    yield f"{'':{WIDTH}}{heads}"
    said = {BEYOND: "  beyond it", UNCONNECTED: "not connected to a way"}
    for key, what, ends in by_walker(table, catalogue):
        label = said.get(what) or catalogue.domains[key].name["en"].upper()[:WIDTH]
        yield f"{label:{WIDTH}}" + "".join(f" {_span(*pair):>{CELL}}" for pair in ends)


def _of_city(found: Found, profile: str) -> pd.DataFrame:
    table = found.gains
    rows = (table["zoning"] == "city") & (table["group"] == "total") & (table["profile"] == profile)
    return table[rows].set_index("measure")


def _moves(table: pd.DataFrame, measure: str) -> bool:
    return measure in table.index and bool(table.loc[measure, ["gained_high", "lost_high"]].gt(0).any())


def _cell(table: pd.DataFrame, measure: str) -> str:
    if not _moves(table, measure):
        return "0"
    ends = table[["gained_low", "gained_high", "lost_low", "lost_high"]].to_dict("index")[measure]
    gained_low, gained_high, lost_low, lost_high = (float(end) for end in ends.values())
    gained = [_span(gained_low, gained_high, "+")] if gained_high > 0 else []
    return " ".join([*gained, *([_span(lost_low, lost_high, "-")] if lost_high > 0 else [])])


def _span(low: float, high: float, sign: str = "") -> str:
    """Return both ends, each with its sign: a loss of 88 to 275 is no span from below 0 to above it."""
    least, most = f"{sign}{low:,.0f}", f"{sign}{high:,.0f}"
    return least if least == most else f"{least}..{most}"
