"""All runs of a city that are kept, laid in the order of their inputs' dates: the lines of a dashboard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from geokehila.compare.sides import Side, otherwise
from geokehila.errors import InputError
from geokehila.store import kept


def runs_of(out: Path, slug: str) -> list[Path]:
    """Return the folders of all runs of a city that are kept below ``out``.

    Raises
    ------
    InputError
        There is none.
    """
    place = out / "data" / "processed" / slug
    folders = sorted(path.parent for path in place.glob(f"*/{kept.RECORD}"))
    if not folders:
        raise InputError(f"{place}: no run of {slug} is kept here: make one with `geokehila run {slug}`")
    return folders


def trend(folders: Iterable[Path]) -> pd.DataFrame:
    """Lay runs of a city in the order of their inputs' dates.

    Parameters
    ----------
    folders
        Of finished runs.

    Returns
    -------
    DataFrame
        A row a run: `date` (of the map; "" where not known), `run_id`, `version`, `method_differs` (another version or
        other choices than the run above it: a line is broken there), `people`, and the share of the city's people who
        reach each scored domain, ``domain_<key>_share_low`` and ``domain_<key>_share_high``, 0 to 1; missing: the run
        does not tell it.

    Raises
    ------
    InputError
        A folder holds no whole run, or the runs are of two cities.
    """
    sides = sorted((Side(kept.record(folder), {}) for folder in folders), key=_order)
    if cities := sorted({side.slug for side in sides})[1:]:
        raise InputError(f"trend: runs of {sides[0].slug} and of {cities[0]}: lay those of one city in a line")
    before = [None, *sides[:-1]]
    return pd.DataFrame([_row(side, then) for side, then in zip(sides, before, strict=True)])


def _order(side: Side) -> tuple[str, ...]:
    return (*side.order, side.record["version"], side.record["run_id"])


def _row(side: Side, then: Side | None) -> Mapping[str, Any]:
    differs = then is not None and (then.record["version"] != side.record["version"] or bool(otherwise(then, side)))
    known = {"date": side.date, "run_id": side.record["run_id"], "version": side.record["version"]}
    people = side.record["facts"]["people_placed"]
    return known | {"method_differs": differs, "people": people} | dict(_shares(side))


def _shares(side: Side) -> Iterator[tuple[str, float]]:
    for row in side.record["domains"]:
        if row["low"] is not None:
            yield from ((f"domain_{row['key']}_share_{end}", row[end]) for end in ("low", "high"))
