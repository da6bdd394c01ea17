"""All runs of a city that are kept, laid in the order of their inputs' dates: the lines of a dashboard."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from geokehila import lines
from geokehila.arguments import as_list, as_path
from geokehila.compare.sides import folder_of
from geokehila.errors import InputError
from geokehila.pipeline import Run
from geokehila.store import kept


def runs_of(out: Path | str, slug: str) -> list[Path]:
    """Return the folders of all runs of a city that are kept.

    Parameters
    ----------
    out
        Folder that holds ``data/processed/<slug>``.
    slug
        Of the city.

    Returns
    -------
    list of Path
        One a run: behind those that it was compared with by ``--since``, then by version and run_id.

    Raises
    ------
    InputError
        There is none.

    Examples
    --------
    >>> runs_of(Path(), "dimona")[0].parent.name  # doctest: +SKIP
    'dimona'
    """
    out = as_path(out, "out")
    place = out / "data" / "processed" / str(slug)
    folders = {path.parent for path in place.glob(f"*/{kept.RECORD}")} - {place / kept.UNFINISHED}
    if not folders:
        raise kept.none_kept(out, str(slug))
    return sorted(folders, key=lambda folder: _handed_on(kept.record(folder)))


def trend(folders: Iterable[Run | Path | str]) -> pd.DataFrame:
    """Lay runs of a city in the order of their inputs' dates.

    Parameters
    ----------
    folders
        Of finished runs; or the runs themselves, or a city's slug for its newest. Those of equal dates stay as given.

    Returns
    -------
    DataFrame
        A row a run, as :func:`geokehila.lines.row` tells it; a share is missing where its run does not tell it.

    Raises
    ------
    InputError
        There is none, a folder holds no whole run, or the runs are of two cities.

    Examples
    --------
    >>> line = trend(runs_of(Path(), "dimona"))  # doctest: +SKIP
    >>> bool((line["domain_health_share_low"] <= line["domain_health_share_high"]).all())  # doctest: +SKIP
    True
    """
    records = [kept.record(folder_of(run)) for run in as_list(folders)]
    if not records:
        raise InputError("trend: no run is named: give folders of runs, as runs_of returns them")
    first, *others = sorted({str(record["city"]["slug"]) for record in records})
    if others:
        raise InputError(f"trend: runs of {first} and of {others[0]}: lay those of one city in a line")
    return pd.DataFrame(lines.laid(map(lines.row, records)))


def _handed_on(record: lines.Record) -> tuple[int, str, str]:
    """Return what runs of equal dates are ordered by: one stands behind that which it was compared with."""
    return len(record.get("line", ())), record["version"], record["run_id"]
