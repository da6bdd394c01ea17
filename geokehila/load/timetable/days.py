"""Which date stands for a weekday, a Friday, a Saturday: told by the feed itself, never by the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geokehila.ledger import Ledger
from geokehila.load.timetable.feed import Feed, usable
from geokehila.reach.arrays import Flags, Ints

CALENDAR, CALENDAR_DATES = "calendar.txt", "calendar_dates.txt"
#: Days of the week as a calendar names them; their numbers are their places here.
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: Kinds of day, as Israel has them, and the days of the week that they are made of.
KINDS: Mapping[str, tuple[int, ...]] = {"weekday": (6, 0, 1, 2, 3), "friday": (4,), "saturday": (5,)}
#: A date can be typical only in seven days that have this share of the trips of the busiest seven.
WHOLE_WEEK_SHARE = 0.5
_ADDED, _REMOVED = "1", "2"


@dataclass(frozen=True, eq=False)
class Services:
    """When each service of a feed runs; dates are days since 1970.

    Attributes
    ----------
    ids
        Every service that a calendar states.
    first, last
        Its dates in ``calendar.txt``, both inclusive, shape (S,); of no meaning where it runs on no day of the week.
    on
        Whether it runs on each day of the :data:`WEEK`, shape (S, 7); on none where exceptions alone tell its dates.
    exceptions
        `service` (its number), `date` and `added` (false: taken away), each service and date once.
    stated
        First and last date that any calendar speaks of; the last is before the first where none does.
    """

    ids: pd.Index
    first: Ints
    last: Ints
    on: Flags
    exceptions: pd.DataFrame
    stated: tuple[int, int]

    def regular(self, service: Ints, date: Ints | int) -> Flags:
        """Return whether services run on dates by ``calendar.txt`` alone."""
        within: Flags = (self.first[service] <= date) & (date <= self.last[service])
        return within & self.on[service, _weekday(date)]

    def running(self, date: int) -> Flags:
        """Return which services run on a date, shape (S,)."""
        runs = self.regular(np.arange(len(self.ids)), date)
        today = self.exceptions[self.exceptions["date"] == date]
        runs[today["service"].to_numpy()] = today["added"].to_numpy()
        return runs

    def trips(self, of_service: Ints) -> tuple[Ints, Ints]:
        """Return every stated date and how many trips run on it, from how many a service has, shape (S,)."""
        dates = np.arange(self.stated[0], self.stated[1] + 1)
        trips = np.zeros(len(dates), np.int64)
        for weekday in range(len(WEEK)):
            some, that_day = self.on[:, weekday], _weekday(dates) == weekday
            step = np.zeros(len(dates) + 1, np.int64)
            np.add.at(step, self.first[some] - self.stated[0], of_service[some])
            np.subtract.at(step, self.last[some] + 1 - self.stated[0], of_service[some])
            trips[that_day] = step.cumsum()[:-1][that_day]
        service, date = (self.exceptions[column].to_numpy() for column in ("service", "date"))
        change = self.exceptions["added"].to_numpy().astype(int) - self.regular(service, date)
        np.add.at(trips, date - self.stated[0], change * of_service[service])
        return dates, trips


@dataclass(frozen=True)
class Typical:
    """The dates that stand for kinds of day; all are days since 1970.

    Attributes
    ----------
    dates
        By kind, of those that the feed has.
    idle
        Kinds of which it has dates, and on none of them a trip.
    window
        First and last of all valid dates; None where no trip ever runs.
    """

    dates: Mapping[str, int]
    idle: tuple[str, ...]
    window: tuple[int, int] | None


def typical(services: Services, of_service: Ints) -> Typical:
    """Choose the date that stands for each kind of day.

    Parameters
    ----------
    services
        When each runs.
    of_service
        Trips a day of each service, shape (S,).

    Notes
    -----
    A date is valid in any seven days with at least half of the trips of the busiest seven: weeks before and after, for
    which a feed states some lines only, are no timetable. Of the valid dates of a kind, put in order by their trips and
    then by date, the middle one stands for it (of two the first): a holiday or a strike is never typical, nor is a
    special event. Where nothing runs on most of them, nothing runs on it.
    """
    dates, trips = services.trips(of_service)
    whole = _in_whole_weeks(trips)
    dates, trips = dates[whole], trips[whole]
    in_order = np.lexsort((dates, trips))
    kinds = {kind: in_order[np.isin(_weekday(dates[in_order]), KINDS[kind])] for kind in KINDS}
    return Typical(
        dates={kind: int(dates[some[(len(some) - 1) // 2]]) for kind, some in kinds.items() if len(some)},
        idle=tuple(kind for kind, some in kinds.items() if len(some) and not trips[some].any()),
        window=(int(dates[0]), int(dates[-1])) if len(dates) else None,
    )


def read(feed: Feed, ledger: Ledger) -> Services:
    """Read when services run, from either calendar or both; kinds ``service`` and ``service date`` of the ledger."""
    weekly, dated = _weekly(feed, ledger), _dated(feed, ledger)
    ids = pd.Index([*dict.fromkeys([*weekly["service_id"], *dated["service_id"]])], dtype="str")
    first, last, on = np.zeros(len(ids), np.int64), np.zeros(len(ids), np.int64), np.zeros((len(ids), len(WEEK)), bool)
    first[: len(weekly)], last[: len(weekly)] = weekly["start_date"], weekly["end_date"]
    on[: len(weekly)] = weekly[[*WEEK]] == "1"
    exceptions = pd.DataFrame(
        {
            "service": ids.get_indexer(pd.Index(dated["service_id"])),
            "date": dated["date"].to_numpy(np.int64),
            "added": (dated["exception_type"] == _ADDED).to_numpy(bool),
        }
    )
    every = np.concatenate([weekly["start_date"], weekly["end_date"], dated["date"]]).astype(np.int64)
    return Services(ids, first, last, on, exceptions, (int(every.min()), int(every.max())) if len(every) else (0, -1))


def iso(date: int) -> str:
    """Return days since 1970 as a date.

    Examples
    --------
    >>> iso(19358)
    '2023-01-01'
    """
    return str(np.datetime64(date, "D"))


def _weekly(feed: Feed, ledger: Ledger) -> pd.DataFrame:
    table = feed.optional(CALENDAR, ("service_id", *WEEK, "start_date", "end_date"))
    table = table.assign(start_date=_days(table["start_date"]), end_date=_days(table["end_date"]))
    reasons = {
        "it has no id": table["service_id"].isna(),
        "no usable dates": ~(table["start_date"] <= table["end_date"]),
        "its id repeats": table["service_id"].duplicated(),
    }
    return usable(table, reasons, "service", ledger)


def _dated(feed: Feed, ledger: Ledger) -> pd.DataFrame:
    table = feed.optional(CALENDAR_DATES, ("service_id", "date", "exception_type"))
    table = table.assign(date=_days(table["date"]))
    reasons = {
        "it has no id": table["service_id"].isna(),
        "no usable date": table["date"].isna(),
        "neither added nor removed": ~table["exception_type"].isin((_ADDED, _REMOVED)),
        "it repeats": table.duplicated(["service_id", "date"]),
    }
    return usable(table, reasons, "service date", ledger)


def _in_whole_weeks(trips: Ints) -> Flags:
    """Return the dates that lie in seven days with enough trips, shape (D,)."""
    if not len(trips):
        return np.zeros(0, bool)
    week = np.convolve(trips, np.ones(len(WEEK), np.int64))
    busy = (week > 0) & (week >= WHOLE_WEEK_SHARE * week.max())
    found: Flags = np.convolve(busy, np.ones(len(WEEK), np.int64), "valid") > 0
    return found


def _weekday(date: Ints | int) -> Ints:
    """Day of the :data:`WEEK` of days since 1970, whose first was a Thursday."""
    weekday: Ints = np.asarray(date + 3) % len(WEEK)
    return weekday


def _days(texts: pd.Series) -> pd.Series:
    """Days since 1970 of dates as a calendar writes them, ``20190306``; missing where it is none."""
    dates = pd.to_datetime(texts, format="%Y%m%d", errors="coerce")
    days = dates.to_numpy("datetime64[D]").astype(np.int64)
    return pd.Series(days, texts.index, dtype=float).mask(dates.isna())
