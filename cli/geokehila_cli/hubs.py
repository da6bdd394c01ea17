"""`geokehila hubs`: where the next hubs go, under wishes that the command line states."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geokehila_cli import show
from geokehila_cli.options import City, Data, Json, Out, Quiet

if TYPE_CHECKING:
    import pandas as pd

    from geokehila import Run
    from geokehila.study import Study

#: What a line tells of a site: rank, name, kind, people who gain, how often it stays chosen.
HEAD = f"{'':>3} {'people who gain':>17}  {'chosen':>6}  site"


def command(
    study: City,
    add: Annotated[int | None, typer.Option(help="New hubs at most. [default: 3]")] = None,
    objective: Annotated[
        str | None, typer.Option(help="mclp, p_median, p_center or lscp. [default: mclp, most people served]")
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="The walk that counts as served.")] = None,
    profile: Annotated[str | None, typer.Option(help="Who walks: adult, older_adult, child, wheelchair...")] = None,
    budget: Annotated[float | None, typer.Option(help="Prices of the new hubs together, as in candidates.*.")] = None,
    apart: Annotated[float | None, typer.Option(metavar="METRES", help="No two hubs nearer than this.")] = None,
    capacity: Annotated[float | None, typer.Option(metavar="PEOPLE", help="Whom a hub serves at most.")] = None,
    equity: Annotated[str | None, typer.Option(help="none, weighted (by --need) or lexicographic.")] = None,
    need: Annotated[list[str] | None, typer.Option(help="Weigh people by cluster, age or deficit; repeat it.")] = None,
    resamples: Annotated[int | None, typer.Option(help="How often other numbers are tried. [default: 100]")] = None,
    seconds: Annotated[float | None, typer.Option(help="Stop the solver then, with the best found.")] = None,
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Run a city with these wishes for its next hubs, and tell where they go, who gains and how sure that is.

    \b
    geokehila hubs dimona --add 3
    geokehila hubs dimona --objective lscp --minutes 10
    geokehila hubs dimona --add 5 --budget 12000000 --apart 400
    """
    from geokehila.pipeline import choose, run

    wishes = {
        "add": add, "objective": objective, "minutes": minutes, "profile": profile, "budget": budget, "apart_m": apart,
        "capacity": capacity, "equity": equity, "need": tuple(need or ()) or None, "resamples": resamples,
        "seconds": seconds,
    }  # fmt: skip
    made = run(_with(choose(study, data), wishes), data, out, show.progress(quiet))
    if as_json:
        typer.echo(json.dumps(_machine(made), ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo("\n".join(_lines(made)))
        show.warnings(made)


def _with(study: Study, wishes: dict[str, Any]) -> Study:
    """Lay what is stated over the study's own table [hubs], held to the same rules."""
    from math import inf

    from geokehila.catalogue.choices import read_hubs

    stated = {key: wish for key, wish in wishes.items() if wish is not None}
    if "need" in stated:
        stated.setdefault("equity", "weighted")
    own = {key: value for key, value in asdict(study.hubs).items() if value != inf}
    return replace(study, hubs=read_hubs(own | stated, study.catalogue.profiles, study.catalogue.categories))


def _hubs(made: Run) -> pd.DataFrame:
    import pandas as pd

    table = pd.read_parquet(made.path / "hubs.parquet")
    return table[table["rank"].notna()].sort_values("rank").drop(columns="geometry")


def _machine(made: Run) -> dict[str, Any]:
    rows = json.loads(_hubs(made).to_json(orient="records", force_ascii=False))
    return {
        "city": made.summary["city"],
        "run_id": made.summary["run_id"],
        "hubs": made.summary["hubs"],
        "sites": rows,
        "tables": str(made.path),
        "page": str(made.page),
    }


def _lines(made: Run) -> list[str]:
    record, table = made.summary["hubs"], _hubs(made)
    title = made.summary["city"]["name"]["en"] + (" (FICTIONAL)" if made.summary["fictional"] else "")
    walk = f"a walk of {record['minutes']:g} min, {record['profile']}"
    asked = f"{record['objective']}, {record['add']} new at most, {walk}"
    head = [f"{title}: {asked}; {record['existing']} hubs there, {record['candidates']} candidates"]
    rows = [_row(dict(row)) for _, row in table.iterrows()]
    told = [record["sentence"]] if record["sentence"] else []
    where = [f"page:   {made.page}", f"tables: {made.path}"]
    return [*head, *([HEAD, *rows] if rows else []), *told, _gap(record), *where]


def _row(row: dict[Any, Any]) -> str:
    low, high = f"{row['people_low']:,.0f}", f"{row['people_high']:,.0f}"
    people = low if low == high else f"{low} to {high}"
    name = next((row[key] for key in ("name_en", "name_he", "name_ar") if isinstance(row[key], str)), "")
    chosen = "" if row["chosen_share"] is None or row["chosen_share"] != row["chosen_share"] else row["chosen_share"]
    share = f"{chosen:.0%}" if chosen != "" else ""
    must = " (must)" if row["choice"] == "must" else ""
    return f"{row['rank']:3.0f} {people:>17}  {share:>6}  {row['site_id']} {row['kind']} {name}".rstrip() + must


def _gap(record: dict[str, Any]) -> str:
    if record["gap"] is None:
        return "bound:  none is known"
    cut = ", the clock ended the search: another machine may find another answer" if record["cut"] else ""
    return f"bound:  no choice under these wishes is more than {record['gap']:.2%} better{cut}"
