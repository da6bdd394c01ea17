"""`geokehila carry`: a table by areas of another edition, brought to the zones of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geokehila_cli import show
from geokehila_cli.completing import editions, slugs
from geokehila_cli.options import Json, Out, Quiet, must_take_csv, words_of

if TYPE_CHECKING:
    from geokehila.carry import Brought


def command(
    run: Annotated[
        str,
        typer.Argument(
            metavar="CITY|RUN", help="A city: its newest run; or the folder of a run.", autocompletion=slugs
        ),
    ],
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help="A row an area of the other edition: CSV or workbook.")
    ],
    key: Annotated[str, typer.Option(metavar="COLUMN", help="The column of area numbers: 111, 90000111 or 9000-111.")],
    sums: Annotated[str, typer.Option("--sum", metavar="A,B", help="Columns of counts. [default: none]")] = "",
    means: Annotated[
        str, typer.Option("--mean", metavar="A,B", help="Columns of shares, indices, medians. [default: none]")
    ] = "",
    largest: Annotated[str, typer.Option(metavar="A,B", help="Columns of ranks or words. [default: none]")] = "",
    vintage: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="2011|2022",
            help="Edition of the areas. [default: the one that the run carries from]",
            autocompletion=editions,
        ),
    ] = "",
    to: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Receives a row a zone. [default: none]")] = None,
    out: Out = Path(),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Carry what is known by areas of 2011 to zones of 2022, or back, by the homes that stand in both.

    Counts are parted by where people live, means averaged over them, ranks and words taken from the most of them. The
    run needs the areas of the other edition as statistical_areas_2011.* or statistical_areas_2022.*.

    \b
    geokehila carry dimona needs.csv --key STAT11 --sum pupils,elderly --mean income --to needs_2022.csv
    geokehila carry data/processed/dimona/0123456789 clusters.xlsx --key YISHUV_STAT11 --largest cluster
    """
    from geokehila.carry import Columns, carry
    from geokehila.errors import StudyError
    from geokehila.store import kept

    columns = Columns(key, *map(words_of, (sums, means, largest)))
    if not columns.all:
        raise StudyError("carry: name columns by --sum, --mean or --largest")
    must_take_csv(to, "--to")
    found = carry(kept.folder(run, out), table, columns, vintage)
    if to:
        _write(found, to)
    if as_json:
        show.machine(_machine(found))
    elif not quiet:
        typer.echo("\n".join(_lines(found, to)))


def _write(found: Brought, to: Path) -> None:
    from geokehila.store import keep
    from geokehila.store.office import guarded

    words = found.table.select_dtypes(exclude="number")
    table = found.table.assign(**{str(name): cells.map(guarded, na_action="ignore") for name, cells in words.items()})
    with keep.filling(to.parent, "--to") as work:
        table.to_csv(work / to.name, index=False, encoding="utf-8-sig", lineterminator="\n")


def _lines(found: Brought, to: Path | None) -> Iterator[str]:
    counts = Counter(found.ledger.rejected()["reason"])
    read = sum(counts.values()) + found.ledger.counts()["row"]["used"]  # type: ignore[operator]
    left = "".join(f"; {many} left out: {reason}" for reason, many in sorted(counts.items()))
    yield f"areas of {found.vintage}: {read} rows read{left}"
    for name, (there, here) in found.totals.items():
        yield f"{name}: {there:,.1f} in the rows, {here:,.1f} in zones that are told"
    for name in found.columns:
        few = int(found.table[name].isna().sum())
        yield f"{name}: {few} of {len(found.table)} zones have none"
    if to:
        yield f"{to}"


def _machine(found: Brought) -> dict[str, object]:
    return {
        "vintage": found.vintage,
        "totals": found.totals,
        "rows": found.ledger.counts(),
        "zones": show.records(found.table),
    }
