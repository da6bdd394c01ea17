"""The trips of a timetable: by what they run, on which of the typical dates, and how often where they repeat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from geokehila.ledger import Ledger
from geokehila.load.timetable import days
from geokehila.load.timetable.days import KINDS, Services, Typical
from geokehila.load.timetable.feed import Feed, usable
from geokehila.load.timetable.modes import modes
from geokehila.reach.arrays import Flags, Ints

ROUTES, TRIPS, FREQUENCIES = "routes.txt", "trips.txt", "frequencies.txt"
_CLOCK = r"^\s*(?P<h>\d{1,3}):(?P<m>[0-5]\d):(?P<s>[0-5]\d)\s*$"


@dataclass(frozen=True, eq=False)
class Trips:
    """The trips of a feed.

    Attributes
    ----------
    ids
        Their ids; other tables name a trip by its place here.
    mode
        Number of the mode, -1 where no route tells it, shape (T,).
    runs
        Whether each runs on the date that stands for each of :data:`KINDS`, shape (T, K).
    headways
        Of the trips that are repeated: `trip`, `start_s` and `end_s` [s after midnight] between which one starts every
        `headway_s`, and how many do: `count`.
    typical
        The dates.
    """

    ids: pd.Index
    mode: Ints
    runs: Flags
    headways: pd.DataFrame
    typical: Typical


def read(feed: Feed, ledger: Ledger) -> Trips:
    """Read trips, and choose the dates by them; kinds ``trip`` and ``headway`` of the ledger."""
    services = days.read(feed, ledger)
    routes = feed.table(ROUTES, ("route_id", "route_type")).drop_duplicates("route_id").set_index("route_id")
    trips = _trips(feed, services, ledger)
    ids, service = pd.Index(trips["trip_id"]), services.ids.get_indexer(pd.Index(trips["service_id"]))
    headways = _headways(feed, ids, ledger)
    typical = days.typical(services, _trips_of_service(service, headways, len(services.ids)))
    mode = trips["route_id"].map(modes(routes["route_type"])).fillna(-1).to_numpy(np.int64)
    return Trips(ids, mode, _runs(services, typical)[service], headways, typical)


def seconds(clock: pd.Series) -> pd.Series:
    """[s after midnight] Return times of day as a timetable writes them, of a night beyond 24 hours; missing else.

    Examples
    --------
    >>> seconds(pd.Series(["5:30:00", "25:00:10", "", "noon"])).tolist()
    [19800.0, 90010.0, nan, nan]
    """
    parts = compute.extract_regex(pa.array(clock, pa.string(), from_pandas=True), _CLOCK)
    hours, minutes, rest = (compute.struct_field(parts, part).cast(pa.float64()).to_numpy(False) for part in "hms")
    return pd.Series(hours * 3600 + minutes * 60 + rest, clock.index)


def _trips(feed: Feed, services: Services, ledger: Ledger) -> pd.DataFrame:
    trips = feed.table(TRIPS, ("trip_id", "service_id", "route_id"))
    reasons = {
        "it has no id": trips["trip_id"].isna(),
        "its id repeats": trips["trip_id"].duplicated(),
        "no calendar states its service": ~trips["service_id"].isin(services.ids),
    }
    return usable(trips, reasons, "trip", ledger)


def _headways(feed: Feed, trips: pd.Index, ledger: Ledger) -> pd.DataFrame:
    table = feed.optional(FREQUENCIES, ("trip_id", "start_time", "end_time", "headway_secs"))
    start_s, end_s = seconds(table["start_time"]), seconds(table["end_time"])
    headway_s = pd.to_numeric(table["headway_secs"], errors="coerce")
    table = table.assign(trip=trips.get_indexer(pd.Index(table["trip_id"])), start_s=start_s, end_s=end_s)
    reasons = {
        "its trip is not in the feed": table["trip"] < 0,
        "no usable times": ~(start_s < end_s) | ~headway_s.between(1, np.inf, inclusive="left"),
    }
    kept = usable(table.assign(headway_s=headway_s), reasons, "headway", ledger)
    count = np.ceil((kept["end_s"] - kept["start_s"]) / kept["headway_s"]).astype(np.int64)
    return kept.assign(count=count)[["trip", "start_s", "end_s", "headway_s", "count"]]


def _trips_of_service(service: Ints, headways: pd.DataFrame, services: int) -> Ints:
    """Trips a day of each service, a repeated one as often as it starts, shape (S,)."""
    times = np.ones(len(service), np.int64)
    times[headways["trip"].to_numpy()] = 0
    np.add.at(times, headways["trip"].to_numpy(), headways["count"].to_numpy())
    total = np.zeros(services, np.int64)
    np.add.at(total, service, times)
    return total


def _runs(services: Services, typical: Typical) -> Flags:
    """Whether each service runs on the date of each kind, shape (S, K); on none where a kind has no date."""
    found = np.zeros((len(services.ids), len(KINDS)), bool)
    for column, kind in enumerate(KINDS):
        if kind in typical.dates:
            found[:, column] = services.running(typical.dates[kind])
    return found
