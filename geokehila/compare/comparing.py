"""Two runs side by side: which indicators differ, by how much at least and at most, and what the difference is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from geokehila.brief import Brief
from geokehila.catalogue import Catalogue
from geokehila.catalogue.otherwise import DECIDING, Others, differing
from geokehila.changes import KEY, changes
from geokehila.compare.again import Again
from geokehila.compare.decided import decided
from geokehila.compare.listed import listed
from geokehila.compare.redrawn import editions, redrawn
from geokehila.compare.services import COLUMNS, Mark, services
from geokehila.compare.sides import Side, ends
from geokehila.compare.siting import Siting, siting
from geokehila.compare.splitting import ENDS, PARTS, Way, must_decide
from geokehila.ledger import Ledger
from geokehila.pipeline import Run
from geokehila.zones import CITY

KIND, SAME = "indicator", "same"
GONE, MOVED = "not in the newer run", "its area has other outlines"
#: Two outlines that share so much of what both cover are of one area.
SAME_AREA_SHARE = 0.99
#: What is known of the part of the method.
NO_OTHER, ISOLATED, NOT_ISOLATED, NO_SPLIT = "the same", "isolated", "not isolated", "not split"


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Brief):
    """What differs between two runs.

    Attributes
    ----------
    before, after
        The runs, the older first; of two cities as they were given.
    is_swapped
        The run that was given second is the older one.
    method
        ``the same``, ``isolated`` (by the older inputs, or by states that the older run kept), ``not isolated`` or
        ``not split`` (two cities).
    otherwise
        What the newer run chose otherwise: by category, ``domain <key>``, ``profile <key>`` or ``[zones]`` which
        choices of it; ``in one of them only`` of a category that only one run has.
    table
        A row for every indicator that differs, of two cities for every one of both: key and numbers as of table
        ``changes``, then `least` and `most` (`low` less `high_before`, `high` less `low_before`), `change_low` and
        `change_high` (of each end), and of these the parts ``<part>_low`` and ``<part>_high``; shares 0 to 1, or
        people. Missing: not known.
    services
        What really opened and closed; see :func:`geokehila.compare.services.services`. And what lists tell otherwise,
        of which that is not known; see :func:`geokehila.compare.listed.listed`.
    siting
        What became of the hubs; see :class:`geokehila.compare.Siting`. Of two cities None.
    ledgers
        Kind ``indicator``, by those of the older run, and kind ``mark``.

    Examples
    --------
    >>> compare("dimona", "dimona").method  # doctest: +SKIP
    'the same'
    """

    before: Side
    after: Side
    is_swapped: bool
    method: str
    otherwise: Others
    table: pd.DataFrame
    services: pd.DataFrame
    siting: Siting | None
    ledgers: tuple[Ledger, ...]

    def _title(self) -> str:
        return f"Comparison of {self.before.slug} and {self.after.slug}: {len(self.table):,} indicators"

    @property
    def is_split(self) -> bool:
        """Whether the differences have parts: the runs are of one city."""
        return self.method != NO_SPLIT


def compare(
    run_a: Run | Path | str,
    run_b: Run | Path | str,
    marks: Sequence[Mark] = (),
    again: Again | None = None,
    catalogue: Catalogue | None = None,
) -> Comparison:
    """Hold two runs against one another.

    Parameters
    ----------
    run_a, run_b
        Runs, their folders, or slugs of cities: their newest runs in this folder. Two of one city are put in the order
        of their inputs' dates and their differences split; of two cities the indicators of the whole cities stand side
        by side.
    marks
        What a planner says of single places.
    again
        How to measure the older inputs by the newer method; None: what the method does is not known where it differs.
    catalogue
        Of the newer run; None: the one that comes with GeoKehila.

    Returns
    -------
    Comparison
        What differs, in its `table`: shares from 0 to 1, or people.

    Raises
    ------
    InputError, StudyError
        A folder holds no whole run, or is none; old inputs or choices are not those of the runs.

    Examples
    --------
    >>> from geokehila import compare_runs
    >>> len(compare_runs("dimona", "dimona").table)  # doctest: +SKIP
    0
    """
    before, after = Side.read(run_a), Side.read(run_b)
    if before.record["city"]["code"] != after.record["city"]["code"] or before.slug != after.slug:
        return _of_cities(before, after)
    is_swapped = after.order < before.order
    kept_older, newer = (after, before) if is_swapped else (before, after)
    older = redrawn(kept_older, newer)
    others = differing(older.record, newer.record)
    differs = bool(others) or older.record["version"] != newer.record["version"]
    anew = _anew(older, newer, again, others) if differs else older
    found, marked = services(anew, newer, tuple(marks))
    is_isolated = anew is not older or not differs
    way = Way(older, newer, anew, is_isolated, found, catalogue or Catalogue.read())
    table, ledger = _split(way)
    if older is not kept_older:
        areas = f"areas of {editions(kept_older)} became areas of {editions(newer)}"
        ledger.warn("areas_redrawn", f"{areas}: the older run's homes are summed over those of the newer one")
    method = (ISOLATED if is_isolated else NOT_ISOLATED) if differs else NO_OTHER
    places = pd.concat([found, listed(older, newer, found, marks)], ignore_index=True)
    sited = siting(kept_older, newer)
    return Comparison(older, newer, is_swapped, method, others, table, places, sited, (ledger, marked))


def _anew(older: Side, newer: Side, again: Again | None, others: Others) -> Side:
    """Return the older run by the newer one's method: its inputs measured, or its domains decided; else as it is."""
    if again:
        return redrawn(again.measure(older, newer), newer)
    is_decidable = older.record["version"] == newer.record["version"] and {*chain(*others.values())} <= DECIDING
    return decided(older, newer) if is_decidable else older


def _split(way: Way) -> tuple[pd.DataFrame, Ledger]:
    """Return what differs with its parts, and what became of every indicator of the older run."""
    if len(way.services):
        must_decide(way.catalogue, way.after)
    then, now = way.before.indicators(), way.after.indicators()
    moved = _moved(way.before, way.after)
    is_moved = pd.MultiIndex.from_frame(now[KEY[:2]]).isin(moved)
    table = _whole(changes(then, now[~is_moved]))
    parts = way.split(pd.MultiIndex.from_frame(table[KEY]))
    return pd.concat([table, parts.reset_index(drop=True)], axis=1), _ledger(then, now, moved)


def _ledger(then: pd.DataFrame, now: pd.DataFrame, moved: pd.MultiIndex) -> Ledger:
    """Tell which indicators of the older run are compared, and why the others are not."""
    ledger, keys = Ledger("compare"), pd.MultiIndex.from_frame(then[KEY])
    is_gone = ~keys.isin(pd.MultiIndex.from_frame(now[KEY]))
    is_moved = pd.MultiIndex.from_frame(then[KEY[:2]]).isin(moved) & ~is_gone
    ledger.read(KIND, len(then))
    ledger.use(KIND, int((~is_gone & ~is_moved).sum()))
    for is_left, reason in ((is_gone, GONE), (is_moved, MOVED)):
        for key in keys[is_left]:
            ledger.reject(KIND, " ".join(key), reason)
    return ledger.balance()


def _moved(before: Side, after: Side) -> pd.MultiIndex:
    """Return zoning and zone_id of the areas that have other outlines now; the city is one, whatever it covers."""
    key = ["zoning", "zone_id"]
    both = before.tables["zonings"][[*key, "geometry"]].merge(after.tables["zonings"][[*key, "geometry"]], on=key)
    then, now = both["geometry_x"].to_numpy(), both["geometry_y"].to_numpy()
    shared, covered = shapely.area(shapely.intersection(then, now)), shapely.area(shapely.union(then, now))
    is_other = (shared < SAME_AREA_SHARE * covered) & (both["zoning"] != CITY).to_numpy()
    return pd.MultiIndex.from_frame(both.loc[is_other, key])


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """Add how much more it is at least and at most, and how each end has changed."""
    now = ends(table).reset_index(drop=True)
    then = ends(table.drop(columns=["value", *ENDS]).rename(columns=lambda name: name.removesuffix("_before")))
    then = then.reset_index(drop=True)
    return table.assign(
        least=now["low"] - then["high"],
        most=now["high"] - then["low"],
        change_low=now["low"] - then["low"],
        change_high=now["high"] - then["high"],
    )


def _of_cities(before: Side, after: Side) -> Comparison:
    """Lay the indicators of two whole cities side by side; nothing is split, for neither became the other."""
    then, now = (rows[rows["zoning"] == CITY] for rows in (before.indicators(), after.indicators()))
    told = changes(then, now)
    rows = now.merge(then, on=KEY, how="outer", suffixes=("", "_before"))
    rows = rows.merge(told[[*KEY, "direction"]], on=KEY, how="left").fillna({"direction": SAME})
    table = _whole(rows[[*told]].sort_values(KEY, ignore_index=True))
    nothing = {f"{part}_{end}": np.nan for part in PARTS for end in ENDS}
    no_services = pd.DataFrame(columns=[*COLUMNS])
    return Comparison(
        before, after, False, NO_SPLIT, differing(before.record, after.record), table.assign(**nothing), no_services,
        None, (),
    )  # fmt: skip
