"""`geokehila compare`: what differs between two runs, and what the difference is of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geokehila_cli import compare_hubs, compare_places, show
from geokehila_cli.completing import languages, slugs
from geokehila_cli.options import Data, Json, Out, Quiet

if TYPE_CHECKING:
    import pandas as pd

    from geokehila.compare import Comparison, Side

#: What a table is called in the folder that receives it.
NAME, SERVICES, HUBS, CANDIDATES = "compare", "compare_services", "compare_hubs", "compare_candidates"
TREND = "trend"
#: Of a picture, to the inch.
DOTS = 200
#: What is shown of a domain, and how wide it stands.
HEAD = f"{'':24} {'then':>10} {'now':>10} {'sure change':>13}  {'':5} {'each end':>13}  {'method':>13}  {'people':>13}"
HEAD += f"  {'services':>13}  {'unknown':>13}"
#: Of two cities there are no parts.
HEAD_OF_CITIES = f"{'':24} {'first':>10} {'second':>10} {'difference':>13}"
CITY = {"zoning": "city", "profile": "adult", "group": "total"}


def command(
    run_a: Annotated[
        str,
        typer.Argument(metavar="RUN_A", help="Folder or id of a run, or a city: its newest run.", autocompletion=slugs),
    ],
    run_b: Annotated[
        str, typer.Argument(metavar="RUN_B", help="Another one, of the same city or not.", autocompletion=slugs)
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="Lay all runs of one city that are kept in a line.")] = False,
    inputs_of_a: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Raw data of the older run, to isolate the method's part. [default: none]"),
    ] = None,
    marks: Annotated[
        Path | None,
        typer.Option(
            metavar="marks.csv", help="place_id, or category and name; real (yes or no); note. [default: none]"
        ),
    ] = None,
    study: Annotated[
        str,
        typer.Option(metavar="CITY|study.toml", help="Of the newer run. [default: by --data]", autocompletion=slugs),
    ] = "",
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Receives every indicator as parquet and csv; of a line a picture. [default: none]"
        ),
    ] = None,
    language: Annotated[
        str, typer.Option(metavar="he|ar|en", help="Of the picture of a line.", autocompletion=languages)
    ] = "he",
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Hold two runs against one another: what differs, and whether method, people, services or data did it.

    \b
    geokehila compare data/processed/dimona/0123456789 dimona
    geokehila compare OLD NEW --inputs-of-a backup/2024/raw --marks marks.csv
    geokehila compare dimona arad
    geokehila compare dimona --all --to line --language en
    """
    from geokehila import pipeline
    from geokehila.catalogue import LANGUAGES, known
    from geokehila.compare import Again, compare, read_marks, runs_of, trend
    from geokehila.store import keep, kept

    _must_fit(run_a, run_b, every, inputs_of_a, bool(marks or study))
    known(language, LANGUAGES, "language")
    keep.must_take(to, "--to")
    if every:
        folders = runs_of(out, run_a)
        line = trend(folders)
        if to:
            with keep.filling(to) as work:
                _write(line, work, TREND)
                _draw(line, work / f"{TREND}.png", language)
        _print_trend(line, compare_hubs.wishes(map(kept.record, folders)), as_json, quiet)
        return
    older, newer = (kept.folder(name, out) for name in (run_a, run_b))
    slug = study or kept.record(newer)["city"]["slug"]
    told = bool(study or inputs_of_a) or (data / slug / "study.toml").is_file()
    chosen = pipeline.choose(slug, data) if told else None
    again = Again(chosen, inputs_of_a, show.progress(quiet)) if chosen and inputs_of_a else None
    made = compare(older, newer, read_marks(marks) if marks else (), again, chosen.catalogue if chosen else None)
    if to:
        with keep.filling(to) as work:
            _write(made.table, work, NAME)
            _write(made.services, work, SERVICES)
            if made.siting:
                _write(made.siting.sites, work, HUBS)
                _write(made.siting.candidates, work, CANDIDATES)
    if as_json:
        show.machine(_machine(made))
    elif not quiet:
        typer.echo("\n".join(_lines(made)))
        for notice in _notices(made):
            typer.echo(f"note: {notice}", err=True)


def _must_fit(run_a: str, run_b: str, every: bool, inputs_of_a: Path | None, is_of_two: bool) -> None:
    """See that what is asked for goes together: two runs, or one city with --all."""
    from geokehila.errors import InputError, StudyError

    if every and (run_b or inputs_of_a or is_of_two):
        raise StudyError("compare: --all is of one city alone: leave RUN_B, --inputs-of-a, --marks and --study away")
    if not (every or run_b):
        remedy = f"name another run, or lay all of the city in a line with `geokehila compare {run_a} --all`"
        raise StudyError(f"compare: only {run_a} is named: {remedy}")
    if inputs_of_a and not inputs_of_a.is_dir():
        raise InputError(f"--inputs-of-a {inputs_of_a}: there is no such folder: check the path")


def _write(table: pd.DataFrame, folder: Path, name: str) -> None:
    table.to_parquet(folder / f"{name}.parquet", index=False)
    table.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")


def _domains(made: Comparison) -> pd.DataFrame:
    """Return the people and the domains of the whole city that differ and are known in one run, as adults walk."""
    table = made.table.dropna(subset=["value", "low", "value_before", "low_before"], how="all")
    for column, value in CITY.items():
        table = table[table[column] == value]
    return table[table["measure"].eq("people") | table["measure"].str.fullmatch("domain_[a-z_]+_share")]


def _machine(made: Comparison) -> dict[str, Any]:
    """Return every indicator of the whole city, and by zoning how many there are of areas: of a large city 100,000."""
    is_of_city = made.table["zoning"] == CITY["zoning"]
    rows, left_out = made.table[is_of_city], made.table.loc[~is_of_city, "zoning"]
    return {
        "before": made.before.told,
        "after": made.after.told,
        "is_swapped": made.is_swapped,
        "method": made.method,
        "chosen_otherwise": {key: [*names] for key, names in made.otherwise.items()},
        "indicators_count": len(made.table),
        "rows_count": len(rows),
        "rows": show.records(rows),
        "left_out_count": {key: int(many) for key, many in left_out.value_counts().sort_index().items()},
        "left_out_why": "rows are of the whole city; --to FOLDER receives those of areas, too",
        "services": show.records(made.services),
        "hubs": compare_hubs.machine(made.siting) if made.siting else None,
        "ledgers": [{"source": ledger.source, "counts": ledger.counts()} for ledger in made.ledgers],
        "notices": [*_notices(made)],
    }


def _lines(made: Comparison) -> Iterator[str]:
    rows, is_split = _domains(made), made.is_split
    where = " (--to FOLDER receives every one)" * (len(made.table) > len(rows))
    yield f"{_title(made.before)} -> {_title(made.after)}: {len(made.table)} indicators{' differ' * is_split}{where}"
    yield from _of_domains(rows, is_split) if len(rows) else ["no domain of the city differs"]
    yield from compare_places.lines(made.services)
    if made.siting:
        yield from compare_hubs.lines(made.siting)


def _of_domains(rows: pd.DataFrame, is_split: bool) -> Iterator[str]:
    yield "shares in %, changes in percentage points, of the least / of the most that is possible"
    yield HEAD if is_split else HEAD_OF_CITIES
    for row in rows.to_dict("records"):
        yield _row({str(name): cell for name, cell in row.items()}, is_split)


def _title(side: Side) -> str:
    fictional = " (FICTIONAL)" if side.record["fictional"] else ""
    return f"{side.record['city']['name']['en']}{fictional} {side.date or 'undated'} ({side.record['run_id']})"


def _row(row: Mapping[str, Any], is_split: bool) -> str:
    scale = 1.0 if row["measure"] == "people" else 100.0
    name = str(row["measure"]).removeprefix("domain_").removesuffix("_share").replace("_", " ")
    then = _span(row, ("low_before", "high_before"), scale, "") if scale > 1 else f"{row['value_before']:,.0f}"
    now = _span(row, ("low", "high"), scale, "") if scale > 1 else f"{row['value']:,.0f}"
    sure = _span(row, ("least", "most"), scale)
    if not is_split:
        return f"{name:24} {then:>10} {now:>10} {sure:>13}".rstrip()
    changed = _span(row, ("change_low", "change_high"), scale)
    parts = [_span(row, (f"{part}_low", f"{part}_high"), scale) for part in _parts()]
    told = "  ".join(f"{part:>13}" for part in parts)
    return f"{name:24} {then:>10} {now:>10} {sure:>13}  {row['direction']:5} {changed:>13}  {told}".rstrip()


def _parts() -> Sequence[str]:
    from geokehila.compare import PARTS

    return PARTS


def _span(row: Mapping[str, Any], names: tuple[str, str], scale: float, sign: str = "+") -> str:
    """Return both ends of a number; a question mark where it is not known, nothing twice where they are the same."""
    low, high = (_number(scale * row[name], f"{sign},.{int(scale > 1)}f") for name in names)
    return low if low == high else f"{low}/{high}"


def _number(number: float, form: str) -> str:
    # Adding nothing turns a negative zero round.
    return "?" if number != number else format(round(number, 1) + 0.0, form)


def _notices(made: Comparison) -> Iterator[str]:
    from geokehila.catalogue.otherwise import in_words
    from geokehila.compare import NOT_ISOLATED

    if made.is_swapped:
        yield f"the run named first is the newer one: {made.before.date} is taken as then, {made.after.date} as now"
    if made.otherwise:
        yield f"choices differ: {in_words(made.otherwise)}"
    if made.before.record["version"] != made.after.record["version"]:
        yield "versions differ"
    if made.method == NOT_ISOLATED:
        yield "the method's part is not known and stands in `unknown`; give --inputs-of-a to isolate it"
    for ledger in made.ledgers:
        yield from (notice.text for notice in ledger.notices)
        left_out = ledger.rejected()
        for (kind, reason), many in sorted(Counter(zip(left_out["kind"], left_out["reason"], strict=True)).items()):
            yield f"{many} {kind}s are left out: {reason}"


def _draw(line: pd.DataFrame, path: Path, language: str) -> None:
    from geokehila.draw import plots

    plots.trend(line, language).savefig(path, dpi=DOTS)


def _print_trend(table: pd.DataFrame, wishes: Mapping[str, str], as_json: bool, quiet: bool) -> None:
    if as_json:
        show.machine(show.records(table))
    elif not quiet:
        typer.echo("\n".join(_trend_lines(table, wishes)))


def _trend_lines(table: pd.DataFrame, wishes: Mapping[str, str]) -> Iterator[str]:
    domains = [name.removesuffix("_low") for name in map(str, table) if name.endswith("_share_low")]
    names = [name.removeprefix("domain_").removesuffix("_share") for name in domains]
    yield f"{'date':10} {'run':10} {'people':>9}  " + "  ".join(f"{name:>11}" for name in names)
    dates = table["date"].tolist()
    for cells in table.to_dict("records"):
        row = {str(name): cell for name, cell in cells.items()}
        shares = [_span(row, (f"{name}_low", f"{name}_high"), 100.0, "") for name in domains]
        other = "  (other method)" if row["method_differs"] else ""
        told = "  ".join(f"{share:>11}" for share in shares)
        invented = "  (FICTIONAL)" if row["fictional"] else ""
        lists = f"  (lists of {row['other_date']})" if dates.count(row["date"]) > 1 and row["other_date"] else ""
        asked = f"  (hubs: {wish})" if (wish := wishes.get(row["run_id"])) else ""
        yield f"{row['date']:10} {row['run_id']:10} {row['people']:9,.0f}  {told}{lists}{asked}{other}{invented}"
    if table.duplicated(["date", "other_date"]).any():
        yield "of equal dates a run stands behind the one it names by --since, else the order tells nothing"
