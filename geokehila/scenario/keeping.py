"""A scenario on disk, beside the run it is laid over: whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from geokehila import __version__
from geokehila.scenario import page
from geokehila.scenario.found import Found
from geokehila.scenario.layers import layers
from geokehila.store import keep, tables
from geokehila.zones import CITY, TOTAL

#: Folder of scenarios in that of a run.
FOLDER = "scenarios"
#: Page of a scenario in its folder, and of several beside their folders.
PAGE, TOGETHER = "index.html", "side_by_side.html"


def write(found: Found) -> Path:
    """Write a scenario to ``<run>/scenarios/<name>/``, in the place of an earlier one of the name; the run stays.

    Returns
    -------
    Path
        The folder: ``scenario.json``, ``gains.parquet`` and ``gains.csv``, ``scenario.gpkg`` with the layers `homes`
        (those that change), `places` and `streets` (what is added, moved or closed), and the page ``index.html``.

    Raises
    ------
    RunError
        The folder cannot be written.

    Examples
    --------
    >>> (write(found) / "scenario.json").is_file()  # doctest: +SKIP
    True
    """
    place = found.base.folder / FOLDER / found.edits.name
    work, old = (place.parent / f"{keep.WORK}{os.getpid()}-{end}" for end in ("new", "old"))
    with keep.writing(place):
        try:
            work.mkdir(parents=True)
            tables.write_parquet({"gains": found.gains}, work)
            found.gains.to_csv(work / "gains.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
            date = found.base.record["dates"].get("osm") or "2000-01-01"
            drawn = layers(found)
            tables.write_geopackage(drawn, work / "scenario.gpkg", date)
            tables.write_json(record(found), work / "scenario.json")
            (work / PAGE).write_bytes(page.html([found], [drawn]).encode("utf-8"))
            if place.is_dir():
                place.rename(old)
            work.rename(place)
        finally:
            for left in (work, old):
                shutil.rmtree(left, ignore_errors=True)
    return place


def write_together(every: Sequence[Found]) -> Path:
    """Write scenarios of one run side by side as one page beside their folders, and return it.

    Raises
    ------
    RunError
        The page cannot be written.
    """
    place = every[0].base.folder / FOLDER / TOGETHER
    with keep.writing(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        work = place.with_name(f"{keep.WORK}{os.getpid()}.html")
        work.write_bytes(page.html(every).encode("utf-8"))
        work.replace(place)
    return place


def record(found: Found) -> dict[str, Any]:
    """Return the content of ``scenario.json``; no clock in it."""
    base, city = found.base, found.gains[(found.gains["zoning"] == CITY) & (found.gains["group"] == TOTAL)]
    return {
        "name": found.edits.name,
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
        "new_residents": float(found.patched.origins["people"].sum() - base.tables["origins"]["people"].sum()),
        "gains": city.drop(columns=["zoning", "zone_id", "group"]).to_dict("records"),
    }
