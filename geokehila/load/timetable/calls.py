"""Calls of trips at stops, millions in a feed: those of some stops on the typical dates, each with its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geokehila.load.timetable.feed import Feed
from geokehila.load.timetable.trips import Trips, seconds
from geokehila.reach.arrays import Flags, Floats, Ints

STOP_TIMES = "stop_times.txt"
_NEEDED, _TIMES, _PICKUP = ("trip_id", "stop_id", "stop_sequence"), ("departure_time", "arrival_time"), "pickup_type"
#: ``pickup_type`` of a call at which nobody may get on.
_NO_PICKUP = "1"
_NO_CALLS = pd.DataFrame({"trip": [], "stop": [], "sequence": [], "time_s": [], "boards": []}).astype(
    {"trip": np.int64, "stop": np.int64, "boards": bool}
)


@dataclass(frozen=True, eq=False)
class Calls:
    """Departures of some stops, and what all calls of a trip or stop say together.

    Attributes
    ----------
    departures
        Calls at which somebody may get on and travel on: `trip`, `stop`, `sequence`, `time_s` [s after midnight of the
        service day; missing where it cannot be told].
    first_s
        [s after midnight] First time of each trip, missing where none is told, shape (T,).
    modes
        Bits of the modes that call at each stop on any date, shape (N,).
    lost
        Rows that name a trip or stop that the feed does not hold, or no place in the order of the trip.
    """

    departures: pd.DataFrame
    first_s: Floats
    modes: Ints
    lost: int


def read(feed: Feed, trips: Trips, stop_ids: pd.Index, wanted: Flags) -> Calls:
    """Read the departures of the wanted stops, shape (N,), on the dates on which `trips` run.

    A feed whose calls all have times is read once; else a second time for those between which the untold ones lie.
    """
    last, first_s = np.full(len(trips.ids), -np.inf), np.full(len(trips.ids), np.nan)
    bits, modes, lost = np.where(trips.mode < 0, 0, 1 << trips.mode.clip(0)), np.zeros(len(stop_ids), np.int64), 0
    runs: Flags = np.asarray(trips.runs.any(axis=1))
    kept = [_NO_CALLS]
    for rows in _batches(feed, trips.ids, stop_ids):
        known = rows[(rows["trip"] >= 0) & (rows["stop"] >= 0) & rows["sequence"].notna()]
        lost += len(rows) - len(known)
        np.bitwise_or.at(modes, known["stop"], bits[known["trip"]])
        running = known[runs[known["trip"]]]
        np.maximum.at(last, running["trip"], running["sequence"])
        np.fmin.at(first_s, running["trip"], running["time_s"])
        kept.append(running[wanted[running["stop"]] & running["boards"]])
    calls = pd.concat(kept, ignore_index=True)
    travelling = calls[calls["sequence"] < last[calls["trip"]]].reset_index(drop=True)
    return Calls(_with_times(travelling, feed, trips, stop_ids), first_s, modes, lost)


def _batches(feed: Feed, trip_ids: pd.Index, stop_ids: pd.Index) -> Iterator[pd.DataFrame]:
    """Yield calls in numbers: `trip` and `stop` (-1: not in the feed), `sequence`, `time_s`, `boards`.

    Each text is looked at once a batch, not once a row.
    """
    for batch in feed.batches(STOP_TIMES, _NEEDED, (*_TIMES, _PICKUP)):
        texts = {name: pd.Series(column.dictionary.to_pandas(), dtype="str") for name, column in batch.items()}
        rows = {name: column.indices.to_numpy() for name, column in batch.items()}
        nobody = texts[_PICKUP].str.strip() == _NO_PICKUP if _PICKUP in rows else pd.Series([False])
        times = [pd.Series(seconds(texts[name]).to_numpy()[rows[name]]) for name in _TIMES if name in rows]
        columns = {
            "trip": trip_ids.get_indexer(pd.Index(texts["trip_id"].str.strip()))[rows["trip_id"]],
            "stop": stop_ids.get_indexer(pd.Index(texts["stop_id"].str.strip()))[rows["stop_id"]],
            "sequence": pd.to_numeric(texts["stop_sequence"], errors="coerce").to_numpy(float)[rows["stop_sequence"]],
            "time_s": times[0].fillna(times[-1]) if times else np.nan,
            "boards": ~nobody.to_numpy(bool)[rows.get(_PICKUP, 0)],
        }
        yield pd.DataFrame(columns)


def _with_times(calls: pd.DataFrame, feed: Feed, trips: Trips, stop_ids: pd.Index) -> pd.DataFrame:
    """Give calls without a time one, evenly by `sequence` between the told ones before and after it of its trip."""
    untold = calls["time_s"].isna()
    if not untold.any():
        return calls
    asked = np.zeros(len(trips.ids), bool)
    asked[calls.loc[untold, "trip"]] = True
    told = pd.concat(
        rows[(rows["trip"] >= 0) & asked[rows["trip"]]].dropna() for rows in _batches(feed, trips.ids, stop_ids)
    )
    found = _between(told.sort_values(["trip", "sequence"], ignore_index=True), calls[untold])
    return calls.assign(time_s=calls["time_s"].mask(untold, pd.Series(found, calls.index[untold])))


def _between(told: pd.DataFrame, asked: pd.DataFrame) -> Floats:
    """[s after midnight] Times between the told ones of a trip, which are sorted; missing where one side lacks."""
    steps = max(told["sequence"].max(), asked["sequence"].max()) + 1 if len(told) else 1
    key, wanted = (rows["trip"] * steps + rows["sequence"] for rows in (told, asked))
    at = np.searchsorted(key, wanted)
    before, after = (told.reindex(at + step).reset_index(drop=True) for step in (-1, 0))
    share = (asked["sequence"].to_numpy() - before["sequence"]) / (after["sequence"] - before["sequence"])
    of_trip = (before["trip"] == asked["trip"].to_numpy()) & (after["trip"] == asked["trip"].to_numpy())
    times: Floats = (before["time_s"] + share * (after["time_s"] - before["time_s"])).where(of_trip).to_numpy(float)
    return times
