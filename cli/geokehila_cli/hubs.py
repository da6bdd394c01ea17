"""`geokehila hubs`: where the next hubs go, under wishes that the command line states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geokehila_cli import show
from geokehila_cli.completing import equities, needs, objectives, profiles
from geokehila_cli.options import City, Data, Json, Out, Quiet, typed

if TYPE_CHECKING:
    import pandas as pd

    from geokehila import Run
    from geokehila.study import Study

#: What a line tells of a site: rank, people who gain, how often it stays chosen, how often it or one near by, its name.
HEAD = f"{'':>3} {'people who gain':>17}  {'chosen':>6}  {'or within 300 m':>15}  site"

#: Chosen, or one near by, in fewer of the tries than this: a site that other numbers may move.
SHAKY_SHARE = 0.5

#: What is wished for, in words.
AIMS = {
    "mclp": "most people within the walk",
    "p_median": "shortest walks of all together",
    "p_center": "shortest longest walk",
    "lscp": "fewest hubs",
}

#: Said where the wishes are not the study's own.
SHOWN = "note:   page, cards and `latest` now show these wishes: `geokehila run {}` brings the study's own back"

#: What a site asks of the land-use plan.
CHANGE = {"": "", "needed": " (needs a change of designation)", "maybe": " (may need a change of designation)"}


def command(
    study: City,
    add: Annotated[int | None, typer.Option(metavar="N", help="New hubs at most. [default: 3]")] = None,
    objective: Annotated[
        str | None,
        typer.Option(
            metavar="mclp|p_median|p_center|lscp",
            help="Most people served, shortest walks, shortest longest walk, fewest hubs. [default: mclp]",
            autocompletion=objectives,
        ),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(metavar="MIN", help="The walk that counts as served. [default: the hubs' cutoff, 15]"),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            metavar="PROFILE", help="Who walks, such as wheelchair. [default: adult]", autocompletion=profiles
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            metavar="PRICE",
            help="Of the new hubs together; a site without a price is left out. [default: no limit]",
        ),
    ] = None,
    price: Annotated[
        float | None,
        typer.Option(metavar="PRICE", help="What a site takes of which candidates.* tells none. [default: not known]"),
    ] = None,
    apart: Annotated[
        float | None, typer.Option(metavar="METRES", help="No two hubs nearer than this. [default: 0]")
    ] = None,
    capacity: Annotated[
        float | None, typer.Option(metavar="PEOPLE", help="Whom a hub serves at most. [default: no limit]")
    ] = None,
    equity: Annotated[
        str | None,
        typer.Option(
            metavar="none|weighted|lexicographic",
            help="All alike, by --need, the farthest first. [default: none; with --need weighted]",
            autocompletion=equities,
        ),
    ] = None,
    need: Annotated[
        list[str] | None,
        typer.Option(
            metavar="cluster|age|deficit",
            help="What people are weighed by; repeat it. [default: nothing]",
            autocompletion=needs,
        ),
    ] = None,
    resamples: Annotated[
        int | None, typer.Option(metavar="N", help="How often other numbers are tried. [default: 100]")
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Stop the solver then, with the best found. [default: never]"),
    ] = None,
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Run a city with these wishes for its next hubs, and tell where they go, who gains and how sure that is.

    A wish that is not stated is as table [hubs] of the study.toml has it. It is a run of its own: the page, the cards
    and `latest` show it until the next one. `geokehila run CITY` brings the study's own wishes back.

    \b
    geokehila hubs dimona --add 3
    geokehila hubs dimona --objective lscp --minutes 10
    geokehila hubs dimona --add 5 --budget 12000000 --apart 400
    """
    from geokehila.pipeline import choose, run

    wishes = {
        "add": add, "objective": objective, "minutes": minutes, "profile": profile, "budget": budget, "price": price,
        "apart_m": apart, "capacity": capacity, "equity": equity, "need": tuple(need or ()) or None,
        "resamples": resamples, "seconds": seconds,
    }  # fmt: skip
    own = choose(study, data)
    asked = _with(own, wishes)
    made = run(asked, data, out, show.progress(quiet))
    if as_json:
        show.machine(_machine(made))
    elif not quiet:
        again = typed(study, data, out)
        kept = [] if asked.hubs == own.hubs else [SHOWN.format(again)]
        typer.echo("\n".join([*_lines(made), *kept, *show.old_atlases(made, again)]))
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
    """Return the hubs that are proposed by their rank, then those that are there."""
    import pandas as pd

    return pd.read_parquet(made.path / "hubs.parquet").sort_values(["rank", "site_id"]).drop(columns="geometry")


def _machine(made: Run) -> dict[str, Any]:
    return {
        "city": made.summary["city"],
        "run_id": made.summary["run_id"],
        "hubs": made.summary["hubs"],
        "sites": show.records(_hubs(made)),
        "tables": str(made.path),
        "page": str(made.page),
    }


def _lines(made: Run) -> list[str]:
    record, table = made.summary["hubs"], _hubs(made).dropna(subset="rank")
    title = made.summary["city"]["name"]["en"] + (" (FICTIONAL)" if made.summary["fictional"] else "")
    walk = f"a walk of {record['minutes']:g} min, planned for: {record['profile']}"
    number = "the fewest new that serve all" if record["objective"] == "lscp" else f"{record['add']} new at most"
    asked = f"{AIMS[record['objective']]} ({record['objective']}), {number}, {walk}"
    head = [f"{title}: {asked}; {record['existing']} hubs there, {record['candidates']} candidates"]
    rows = [_row(dict(row), record) for _, row in table.iterrows()]
    told = [
        *_needs(record),
        *_money(record),
        *([record["sentence"]] if record["sentence"] else []),
        *show.no_site(record),
    ]
    where = [f"page:   {made.page}", f"tables: {made.path}"]
    return [*head, *([HEAD, *rows] if rows else []), *told, _gap(record), *where]


def _row(row: dict[Any, Any], record: dict[str, Any]) -> str:
    low, high = f"{row['people_low']:,.0f}", f"{row['people_high']:,.0f}"
    people = low if low == high else f"{low} to {high}"
    name = next((row[key] for key in ("listed", "name_en", "name_he", "name_ar") if _told(row[key])), "")
    chosen, near = (_tried(row[f"{key}_share"]) for key in ("chosen", "near"))
    shaky = " (shaky)" if row["near_share"] < SHAKY_SHARE else ""
    asks = CHANGE[row["designation_change"]] + (" (must)" if row["choice"] == "must" else "")
    price = _price(row["price"], record)
    site = f"{row['site_id']} {row['kind']} {name}".rstrip()
    return f"{row['rank']:3.0f} {people:>17}  {chosen:>6}  {near:>15}  {site}{shaky}{asks}{price}"


def _price(price: float, record: dict[str, Any]) -> str:
    """Tell the price of a site; that it has none only where prices are asked for, or given of others."""
    if price == price:
        return f", price {price:,.0f}"
    if record["price"] is not None:
        return f", price not given, taken as {record['price']:,.0f}"
    return ", price not given" if record["priced"] or record["budget"] is not None else ""


def _tried(share: float) -> str:
    """Return in which share of the tries something was chosen; empty where nobody tried."""
    return f"{share:.0%}" if share == share else ""


def _told(cell: Any) -> bool:
    return isinstance(cell, str) and bool(cell)


def _needs(record: dict[str, Any]) -> list[str]:
    """Tell which parts of need weigh, and which nobody tells."""
    lost = f"not told, so not weighed: {', '.join(record['need_not_told'])}" if record["need_not_told"] else ""
    weighed = f"weighed by {', '.join(record['need'])}" if record["need"] else ""
    return [f"need:   {'; '.join(filter(None, (weighed, lost)))}"] if weighed or lost else []


def _money(record: dict[str, Any]) -> list[str]:
    """Tell what the chosen sites take, what must be built beside them, and how many a budget leaves out unpriced."""
    lost = [f"left out, price not known: {record['without_price']} sites"] if record["without_price"] else []
    told = "; ".join([*_spent(record), *_musts(record), *lost])
    return [f"{'price: ' if record['budget'] is None else 'budget:'} {told}"] if told else []


def _spent(record: dict[str, Any]) -> list[str]:
    """Tell what the chosen sites take, of a budget where one is stated; nothing where nobody knows."""
    sites = "1 site" if record["assumed_count"] == 1 else f"{record['assumed_count']} sites"
    assumed = f", of which {record['assumed']:,.0f} assumed for {sites}" if record["assumed_count"] else ""
    if record["budget"] is not None:
        return [f"{record['spent']:,.0f} of {record['budget']:,.0f} spent{assumed}"]
    is_known = record["chosen_count"] and record["spent"] is not None
    return [f"the chosen sites take {record['spent']:,.0f}{assumed}"] if is_known else []


def _musts(record: dict[str, Any]) -> Iterator[str]:
    """Yield what the sites take that must be built, alone and with those chosen, and how many have no price."""
    price, spent, unpriced = (record[key] for key in ("must_price", "spent", "must_unpriced"))
    if record["must_count"] > unpriced:
        both = f": {price + spent:,.0f} together" if record["chosen_count"] and spent is not None else ""
        yield f"what must be built takes {price:,.0f} beside any budget{both}"
    if unpriced and (record["priced"] or record["budget"] is not None):
        yield f"must be built, price not known: {unpriced} site{'s' * (unpriced > 1)}"


def _gap(record: dict[str, Any]) -> str:
    if record["gap"] is None:
        return "bound:  none is known"
    cut = ", the clock ended the search: another machine may find another answer" if record["cut"] else ""
    return f"bound:  no choice under these wishes is more than {record['gap']:.2%} better{cut}"
