"""How often something leaves from each stop: on a weekday, a Friday, a Saturday; a day and an hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geokehila.ledger import Ledger
from geokehila.load.timetable import calls as calls_of
from geokehila.load.timetable import trips as trips_of
from geokehila.load.timetable.days import KINDS, Typical
from geokehila.load.timetable.feed import Feed
from geokehila.load.timetable.modes import MODES
from geokehila.load.timetable.trips import Trips
from geokehila.reach.arrays import Flags, Floats

#: [h] Departures per hour are those from the first to before the second.
DAYTIME_H = (6, 22)


@dataclass(frozen=True, eq=False)
class Departures:
    """How often something leaves from stops.

    Attributes
    ----------
    stops
        By stop_id: ``modes`` (words, sorted, joined by blanks; empty where no trip of the feed calls), and for every
        kind of day ``<kind>_departures_count`` (of its service day) and ``<kind>_per_h`` (from 6 to 22 h). 0: nothing
        leaves; missing: the feed is valid on no such day.
    typical
        The dates that stand for the kinds.
    lost
        Calls at a trip or stop that the feed does not hold, or out of order.
    """

    stops: pd.DataFrame
    typical: Typical
    lost: int


def departures(feed: Feed, stop_ids: pd.Index, wanted: Flags, ledger: Ledger) -> Departures:
    """Count departures on the typical dates.

    Parameters
    ----------
    feed
        With routes, trips, calls and a calendar at least.
    stop_ids, wanted
        Every stop of the feed, each id once, and whether its departures are counted, shape (N,).
    ledger
        Receives kinds ``service``, ``service date``, ``trip``, ``headway``, and ``departure``: a call at a wanted stop
        on a typical date at which somebody may get on and travel on.

    Notes
    -----
    The last call of a trip is no departure, nor is one with ``pickup_type`` 1. A call without a time lies between those
    of its trip that have one, evenly by ``stop_sequence``. Times belong to their service day: 25:10 is of that day.

    Raises
    ------
    InputError
        A file of the feed cannot be read.
    """
    trips = trips_of.read(feed, ledger)
    calls = calls_of.read(feed, trips, stop_ids, wanted)
    timed = _timed(calls.departures, trips.ids, ledger)
    every = _repeated(timed, trips.headways, calls.first_s)
    words = np.array([_words(bits) for bits in range(1 << len(MODES))], object)
    stops = pd.DataFrame({"modes": words[calls.modes]} | _counted(every, trips, len(stop_ids)), stop_ids)
    return Departures(stops[wanted], trips.typical, calls.lost)


def _timed(calls: pd.DataFrame, trip_ids: pd.Index, ledger: Ledger) -> pd.DataFrame:
    """Return the departures whose time is known, and let the ledger say so."""
    lost = calls[calls["time_s"].isna()]
    ledger.read("departure", len(calls))
    ledger.use("departure", len(calls) - len(lost))
    for trip, sequence in zip(lost["trip"], lost["sequence"], strict=True):
        ledger.reject("departure", f"{trip_ids[trip]}/{sequence:g}", "no time can be told")
    return calls.dropna(subset="time_s")


def _repeated(calls: pd.DataFrame, headways: pd.DataFrame, first_s: Floats) -> pd.DataFrame:
    """Return the departures with those of repeated trips once for each time that the trip starts."""
    again = calls["trip"].isin(headways["trip"])
    spans = calls[again].merge(headways, on="trip")
    every = spans.loc[spans.index.repeat(spans["count"])]
    start_s = every["start_s"] + every.groupby(level=0).cumcount() * every["headway_s"]
    repeats = every.assign(time_s=start_s + every["time_s"] - first_s[every["trip"]])
    return pd.concat([calls[~again], repeats[[*calls.columns]]], ignore_index=True)


def _counted(calls: pd.DataFrame, trips: Trips, stops: int) -> dict[str, Floats]:
    """Departures of each stop by kind of day: a day, and per hour of the daytime; missing where a kind has no date."""
    first, end = DAYTIME_H
    daytime = calls["time_s"].between(first * 3600, end * 3600, inclusive="left").to_numpy()
    found: dict[str, Floats] = {}
    for column, kind in enumerate(KINDS):
        unknown = 0.0 if kind in trips.typical.dates else np.nan
        runs = trips.runs[calls["trip"], column]
        for name, some, hours in (("departures_count", runs, 1), ("per_h", runs & daytime, end - first)):
            found[f"{kind}_{name}"] = np.bincount(calls["stop"][some], minlength=stops) / hours + unknown
    return found


def _words(bits: int) -> str:
    return " ".join(mode for number, mode in enumerate(MODES) if bits >> number & 1)
