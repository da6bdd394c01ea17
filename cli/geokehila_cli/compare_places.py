"""What `geokehila compare` says of places: what opened and closed, and what lists tell otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

#: So many places of a change are named.
MOST_NAMED = 20


def lines(services: pd.DataFrame) -> Iterator[str]:
    """Tell what really opened and closed in a line, then in a line each what only lists tell otherwise."""
    from geokehila.compare import CLOSED, GONE, NEW, OPENED, RENAMED

    told: dict[str, list[dict[str, Any]]] = {change: [] for change in (OPENED, CLOSED, GONE, NEW, RENAMED)}
    for row in services.to_dict("records"):
        told[row["change"]].append({str(column): cell for column, cell in row.items()})
    if real := [f"{change} {row['category']} {_named(row)}" for change in (OPENED, CLOSED) for row in told[change]]:
        yield f"services: {_some(real)}"
    for change, event in ((GONE, "closed"), (NEW, "opened")):
        if named := [_placed(row) for row in told[change]]:
            yield f"{change}, not known whether {event}: {_some(named)}; mark it by --marks"
    if named := [f"{_placed(row)} (before: {row['name_before']})" for row in told[RENAMED]]:
        yield f"{RENAMED} in the list: {_some(named)}"


def _some(named: list[str]) -> str:
    from geokehila.ledger import some

    return some(named, MOST_NAMED, "; ")


def _placed(row: dict[str, Any]) -> str:
    """Return a place of a list: its category where its id does not say it, and what else is told."""
    category = "" if row["place_id"].startswith(f"{row['category']}:") else f"{row['category']} "
    return f"{category}{_named(row)}" + f" ({row['note']})" * bool(row["note"])


def _named(row: dict[str, Any]) -> str:
    return f"{row['place_id']} {row['name']}".rstrip()
