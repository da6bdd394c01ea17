"""Runs of a city in a line: what each tells of the whole city, the oldest inputs first, broken at another method."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from math import isfinite
from typing import Any

from geokehila.catalogue.otherwise import chosen
from geokehila.schema import REFERENCE

Record = Mapping[str, Any]
Row = dict[str, Any]


def line(record: Record, earlier: Record | None = None) -> list[Row]:
    """Return the line of a run: the runs that the earlier one tells of, that one, and the run itself.

    Parameters
    ----------
    record, earlier
        Contents of ``run.json``: of the run, and of the one that it is compared with. An earlier one that tells no
        line is a row by itself; without one the run is a line of itself.

    Returns
    -------
    list of dict
        As of :func:`laid`.
    """
    return laid([*(_told(earlier) if earlier else ()), row(record)])


def laid(rows: Iterable[Row]) -> list[Row]:
    """Lay rows in the order of their inputs' dates and tell where the method is another.

    Parameters
    ----------
    rows
        As of :func:`row`, of any runs of a city; none is looked up elsewhere, so a line can be laid anew from its rows.

    Returns
    -------
    list of dict
        Rows by date of the map, then the newest of the other inputs; those of equal dates as they were given.
        ``method_differs``: the method is not that of the row above; a line is broken there.

    Examples
    --------
    >>> of = lambda date, method: {"date": date, "other_date": "", "method": method}
    >>> [one["method_differs"] for one in laid([of("2026", "b"), of("2024", "a"), of("2025", "a")])]
    [False, False, True]
    """
    found = sorted(rows, key=lambda one: (one["date"], one["other_date"]))
    above = [*found[:1], *found[:-1]]
    return [one | {"method_differs": one["method"] != last["method"]} for one, last in zip(found, above, strict=True)]


def row(record: Record) -> Row:
    """Return what a run tells of the whole city.

    Parameters
    ----------
    record
        Content of its ``run.json``.

    Returns
    -------
    dict
        `date` of the map and `other_date`, the newest of the other inputs ("" where not known), `run_id`, `version`,
        `fictional` (the town is invented),
        `method` (equal where two runs count and walk alike: version, what people are counted in, every choice of
        categories, domains and zones, how an adult walks), `method_differs` (False; :func:`laid` tells it), `people`
        placed, and the share of these who reach each scored domain, ``domain_<key>_share_low`` and
        ``domain_<key>_share_high``, 0 to 1; a domain that is not scored, or of which no share is known, has none.
    """
    date, other_date = dates(record)
    return {
        "date": date,
        "other_date": other_date,
        "run_id": record["run_id"],
        "version": record["version"],
        "fictional": record["fictional"],
        "method": _method(record),
        "method_differs": False,
        "people": record["facts"]["people_placed"],
        **dict(_shares(record)),
    }


def dates(record: Record) -> tuple[str, str]:
    """Return the date of a run's map and the newest of its other inputs; "" where not known."""
    known: Mapping[str, str] = record["dates"]
    return known.get("osm", ""), max((date for role, date in known.items() if role != "osm"), default="")


def _told(earlier: Record) -> list[Row]:
    """Return the rows that an earlier run keeps; its own where it was made before runs kept any."""
    told: list[Row] = earlier["line"] if "line" in earlier else [row(earlier)]
    return told


def _method(record: Record) -> str:
    """Return a mark of the method behind the city's shares, which are those of an adult's walk."""
    choices = chosen({**record, "profiles": {REFERENCE: record["profiles"][REFERENCE]}})
    made_by = [record["version"], record["weights"], choices]
    return sha256(json.dumps(made_by, sort_keys=True).encode()).hexdigest()[:10]


def _shares(record: Record) -> Iterator[tuple[str, float]]:
    for domain in record["domains"]:
        if domain["low"] is not None and isfinite(domain["low"]):
            yield from ((f"domain_{domain['key']}_share_{end}", domain[end]) for end in ("low", "high"))
