"""What `geokehila compare` says of the hubs of two runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from geokehila_cli import show

if TYPE_CHECKING:
    import pandas as pd

    from geokehila.compare import Siting


#: What is told of all hubs together.
SUMS = {
    "gain": "who gains",
    "spent": "spent",
    "must": "what must be built takes",
    "both": "both",
    "left": "left without",
}


def machine(made: Siting) -> dict[str, Any]:
    """Return the sites, what is told or was asked otherwise, and the sums over all hubs."""
    asked = {name: {"before": then, "after": now} for name, (then, now) in made.asked.items()}
    sums = {name: {"before": then, "after": now} for name, (then, now) in made.sums.items()}
    return {
        "asked_otherwise": asked,
        "sums": sums,
        "sites": show.records(made.sites),
        "candidates": show.records(made.candidates),
    }


def wishes(records: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return by run_id what was asked of hubs, as far as runs differ in it; nothing where they do not."""
    asked = {str(record["run_id"]): record.get("parameters", {}).get("hubs", {}) for record in records}
    names = sorted({name for one in asked.values() for name in one})
    differs = [name for name in names if len({_wish(one.get(name)) for one in asked.values()}) > 1]
    return {run: ", ".join(f"{name} {_wish(one.get(name))}" for name in differs) for run, one in asked.items()}


def lines(made: Siting) -> Iterator[str]:
    """Tell each site in a line, with who gains by it then and now; nothing where no run has any."""
    if made.asked:
        asked = (f"{name} {_wish(then)} -> {_wish(now)}" for name, (then, now) in made.asked.items())
        yield f"hubs were asked for otherwise: {', '.join(asked)}"
    yield from ("hub " + _row(row) for row in _rows(made.sites))
    yield from ("candidate " + _candidate(row) for row in _rows(made.candidates))
    if sums := [f"{word} {_both(*made.sums[name])}" for name, word in SUMS.items() if _is_told(made, name)]:
        yield f"hubs together: {'; '.join(sums)}{_of_built(made.sites)}"


def _is_told(made: Siting, name: str) -> bool:
    """Tell whether a sum says anything: where nothing must be built, that of both is what is spent."""
    return any(made.sums.get(name, ())) and (name != "both" or any(made.sums["must"]))


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield rows whose missing cells are None."""
    for cells in table.to_dict("records"):
        yield {str(name): None if cell != cell else cell for name, cell in cells.items()}


def _of_built(sites: pd.DataFrame) -> str:
    """Tell who of those who gained then did so by what is built by now: they are no loss."""
    built = sites[sites["change"] == "built"]
    people = _range(*(built[f"people_{end}_before"].sum() for end in ("low", "high")))
    return f"; of those who gained then {people} by what is built now" if len(built) else ""


def _candidate(row: Mapping[str, Any]) -> str:
    """Tell what is told otherwise of a site: a price or capacity that is not known as a question mark."""
    told = ((name, row[f"{name}_before"], row[name]) for name in ("price", "capacity", "choice"))
    changed = ", ".join(f"{name} {_both(then, now)}" for name, then, now in told if then != now)
    return f"{row['site_id']}{_name(row)}: {changed}"


def _both(then: Any, now: Any) -> str:
    """Return what is told in both runs: a word, a number, or at least and at most; what is not known as "?"."""
    return " -> ".join(_end(end) for end in (then, now))


def _end(end: Any) -> str:
    if isinstance(end, str):
        return end
    return "?" if end is None else _range(*end) if isinstance(end, list) else _number(end)


def _range(low: float | None, high: float | None) -> str:
    least, most = _number(low), _number(high)
    return least if least == most else f"{least} to {most}"


def _row(row: Mapping[str, Any]) -> str:
    became = f" is now {row['stands_as']}" * bool(row["stands_as"])
    gain = _then_and_now(_people(row, "_before"), _people(row, ""))
    price = _then_and_now(_number(row["price_before"]), _number(row["price"]))
    told = [f"gain {gain}"] * bool(gain) + [f"price {price}"] * (row["price_before"] != row["price"])
    return f"{row['change']}: {row['site_id']}{_name(row)}{became}" + f" ({', '.join(told)})" * bool(told)


def _name(row: Mapping[str, Any]) -> str:
    return next((f" {row[key]}" for key in ("listed", "name_en", "name_he", "name_ar") if row[key]), "")


def _then_and_now(then: str, now: str) -> str:
    """Return both, or the one that is told, or that is both."""
    return then or now if not (then and now) or then == now else f"{then} -> {now}"


def _people(row: Mapping[str, Any], when: str) -> str:
    return _range(row[f"people_low{when}"], row[f"people_high{when}"])


def _number(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}"


def _wish(wish: Any) -> str:
    """Return a wish as it is written: a list by its names, no limit as none."""
    if isinstance(wish, list):
        return "+".join(map(str, wish)) or "none"
    return "none" if wish is None else f"{wish:,.10g}" if isinstance(wish, float) else str(wish)
