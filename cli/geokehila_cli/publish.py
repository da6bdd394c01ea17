"""`geokehila publish`: a city's last run, in a PostGIS database."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from geokehila_cli import show
from geokehila_cli.options import City, Data, Json, Out, Quiet


def command(
    study: City,
    to: Annotated[str, typer.Option(metavar="postgresql://USER@HOST/DATABASE", help="The database.")],
    schema: Annotated[
        str, typer.Option(metavar="NAME", help="Of the database; it is made where it is not there.")
    ] = "geokehila",
    run: Annotated[
        Path | None, typer.Option(metavar="RUN", help="The folder of another run. [default: the last]")
    ] = None,
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Put the last run of a city into a PostGIS database, in the place of what is there of the city: all or nothing.

    Give the password in PGPASSWORD or ~/.pgpass, where no other user of this machine sees it.

    \b
    geokehila publish dimona --to postgresql://planner@localhost/plans
    geokehila publish dimona --to postgresql://planner@localhost/plans --schema dimona_2026
    """
    from geokehila import pipeline
    from geokehila.catalogue.columns import Columns
    from geokehila.errors import InputError
    from geokehila.store import kept, postgis
    from geokehila.store.database import Target

    target = Target(to, schema)
    chosen = pipeline.choose(study, data)
    folder = run or kept.newest(out, chosen.city.slug)
    record = kept.record(folder)
    if record["city"]["slug"] != chosen.city.slug:
        raise InputError(f"{folder}: is a run of {record['city']['slug']}, not of {chosen.city.slug}: name its folder")
    made = postgis.publish(folder, Columns(chosen.catalogue, record["weights"]), target)
    if as_json:
        show.machine(asdict(made))
    elif not quiet:
        rows = sum(made.rows.values())
        typer.echo(f"{made.city} {made.run_id}: {rows:,} rows in {len(made.rows)} tables of schema {schema}")
