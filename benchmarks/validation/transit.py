"""Departures of a timetable, counted anew by plain pandas from its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pandas as pd

from benchmarks.validation.beside import Beside, of
from benchmarks.validation.towns import Town

DAYS = {"weekday": ("sunday", "monday", "tuesday", "wednesday", "thursday"), "friday": ("friday",),
        "saturday": ("saturday",)}  # fmt: skip
FROM_H, TO_H = 6, 22


def departures(town: Town, path: Path) -> Iterator[Beside]:
    """Compare the departures of every stop, of the day and of an hour, by kind of day."""
    feed = _read(path)
    stops = town.tables["stops"].set_index("stop_id")
    for kind, days in DAYS.items():
        calls = _calls(feed, _typical(feed, days))
        of_day = calls.groupby("stop_id").size().reindex(stops.index, fill_value=0)
        inside = calls[(calls["hour"] >= FROM_H) & (calls["hour"] < TO_H)]
        an_hour = inside.groupby("stop_id").size().reindex(stops.index, fill_value=0) / (TO_H - FROM_H)
        for column, theirs in ((f"{kind}_departures_count", of_day), (f"{kind}_per_h", an_hour)):
            yield Beside(f"`{column}` of a stop", town.name, of("pandas"), stops[column].to_numpy(float),
                         theirs.to_numpy(float))  # fmt: skip


def _read(path: Path) -> dict[str, pd.DataFrame]:
    names = ("calendar", "calendar_dates", "trips", "stop_times")
    with ZipFile(path) as feed:
        present = [name for name in names if f"{name}.txt" in feed.namelist()]
        return {name: pd.read_csv(feed.open(f"{name}.txt"), dtype=str, encoding="utf-8-sig") for name in present}


def _running(feed: dict[str, pd.DataFrame], date: pd.Timestamp) -> set[str]:
    """Return the services of a date."""
    calendar, day = feed["calendar"], date.strftime("%Y%m%d")
    within = (
        (calendar["start_date"] <= day) & (calendar["end_date"] >= day) & (calendar[date.day_name().lower()] == "1")
    )
    running = {*calendar.loc[within, "service_id"]}
    if "calendar_dates" in feed:
        today = feed["calendar_dates"][feed["calendar_dates"]["date"] == day]
        running |= {*today.loc[today["exception_type"] == "1", "service_id"]}
        running -= {*today.loc[today["exception_type"] == "2", "service_id"]}
    return running


def _typical(feed: dict[str, pd.DataFrame], days: tuple[str, ...]) -> set[str]:
    """Return the services of the date that stands for some days: the middle one by trips, in whole weeks."""
    stated = [*feed["calendar"]["start_date"], *feed["calendar"]["end_date"]]
    stated += [*feed["calendar_dates"]["date"]] if "calendar_dates" in feed else []
    dates = pd.date_range(min(stated), max(stated))
    of_service = feed["trips"].groupby("service_id").size()
    services = [_running(feed, date) for date in dates]
    trips = pd.Series([of_service.reindex([*some]).sum() for some in services], dates)
    weeks = trips.rolling(7).sum()
    whole = (weeks >= weeks.max() / 2)[::-1].rolling(7, min_periods=1).max()[::-1] > 0
    valid = trips[whole & dates.day_name().str.lower().isin(days)].sort_index().sort_values(kind="stable")
    middle = valid.index[(len(valid) - 1) // 2]
    return services[dates.get_loc(middle)]


def _calls(feed: dict[str, pd.DataFrame], services: set[str]) -> pd.DataFrame:
    """Return calls at which one may get on: not the last of a trip."""
    trips = feed["trips"][feed["trips"]["service_id"].isin(services)]["trip_id"]
    calls = feed["stop_times"][feed["stop_times"]["trip_id"].isin(trips)].copy()
    order = calls["stop_sequence"].astype(int)
    calls = calls[order < order.groupby(calls["trip_id"]).transform("max")]
    if "pickup_type" in calls:
        calls = calls[calls["pickup_type"].fillna("0") != "1"]
    return calls.assign(hour=calls["departure_time"].str.split(":").str[0].astype(int))
