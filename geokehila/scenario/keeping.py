"""A scenario on disk, beside the run it is laid over: whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geokehila import __version__
from geokehila.scenario import page
from geokehila.scenario.found import FOLDER, GAINS, NEWCOMERS, PAGE, Found
from geokehila.scenario.layers import layers
from geokehila.schema import REFERENCE
from geokehila.store import keep, lock, tables
from geokehila.zones import CITY, TOTAL

#: Page of several scenarios, beside their folders.
TOGETHER = "side_by_side.html"
#: Hidden name of a scenario while its successor takes its place.
OLD = ".old-"


def write(found: Found, profile: str = REFERENCE) -> Path:
    """Write a scenario to ``<run>/scenarios/<name>/``, in the place of an earlier one of the name; the run stays.

    Parameters
    ----------
    profile
        Whose gains the page shows; tables and layers hold those of every profile.

    Returns
    -------
    Path
        The folder: ``scenario.json``, the tables ``gains`` and ``newcomers`` as ``.parquet`` and ``.csv``,
        ``scenario.gpkg`` with the layers `homes` (those that change), `places` and `streets` (what is added, moved or
        closed), and the page ``index.html``.

    Raises
    ------
    RunError
        The folder cannot be written, or another scenario of the run is being written.

    Examples
    --------
    >>> (write(found) / "scenario.json").is_file()  # doctest: +SKIP
    True
    """
    place = found.path
    with _alone(place.parent) as work:
        tables.write_parquet({"gains": found.gains, "newcomers": found.newcomers}, work)
        for file, table in ((GAINS, found.gains), (NEWCOMERS, found.newcomers)):
            table.to_csv(work / file, index=False, encoding="utf-8-sig", lineterminator="\n")
        date = found.base.record["dates"].get("osm") or "2000-01-01"
        drawn = layers(found)
        tables.write_geopackage(drawn, work / "scenario.gpkg", date)
        tables.write_json(record(found), work / "scenario.json")
        (work / PAGE).write_bytes(page.html([found], [drawn], profile).encode("utf-8"))
        if place.is_dir():
            place.rename(place.with_name(f"{OLD}{place.name}"))
        work.rename(place)
    return place


def write_together(every: Sequence[Found], profile: str = REFERENCE) -> Path:
    """Write scenarios of one run side by side as one page beside their folders, and return it.

    Raises
    ------
    RunError
        The page cannot be written.
    """
    place = every[0].base.folder / FOLDER / TOGETHER
    with _alone(place.parent) as work:
        (work / TOGETHER).write_bytes(page.html(every, profile=profile).encode("utf-8"))
        (work / TOGETHER).replace(place)
    return place


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """Be the only one who writes scenarios of a run, with a hidden folder to write into."""
    work = folder / f"{keep.WORK}{os.getpid()}"
    with keep.writing(folder), lock.held(folder, "scenario of this run"):
        _put_right(folder)
        try:
            work.mkdir()
            yield work
        finally:
            _put_right(folder)


def _put_right(folder: Path) -> None:
    """Clear away what was not finished; a scenario whose successor did not come stands in its place again."""
    for work in folder.glob(f"{keep.WORK}*"):
        shutil.rmtree(work, ignore_errors=True)
    for old in folder.glob(f"{OLD}*"):
        place = folder / old.name.removeprefix(OLD)
        if place.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(place)


def record(found: Found) -> dict[str, Any]:
    """Return the content of ``scenario.json``; no clock in it."""
    base, city = found.base, found.gains[(found.gains["zoning"] == CITY) & (found.gains["group"] == TOTAL)]
    moved_in = found.newcomers[found.newcomers["zoning"] == CITY]
    return {
        "name": found.edits.name,
        "title": found.edits.title,
        "city": base.record["city"],
        "fictional": base.record["fictional"],
        "run_id": base.folder.name,
        "version": __version__,
        "weights": base.record["weights"],
        "edits": [
            {"kind": e.kind, "do": e.do, "id": e.said.get("id", e.id), **{k: v for k, v in e.said.items() if k != "id"}}
            for e in found.edits.edits
        ],
        "cutoff_min": dict(found.edits.cutoff_min),
        "touched": list(found.patched.touched),
        "belief": "as in the run",
        "new_residents": found.new_residents,
        "gains": city.drop(columns=["zoning", "zone_id", "group"]).to_dict("records"),
        "newcomers": moved_in.drop(columns=["zoning", "zone_id"]).to_dict("records"),
    }
