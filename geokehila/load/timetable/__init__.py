"""What a timetable (GTFS) says beside where its stops are: on which days it runs, by what, and how often it leaves."""

from __future__ import annotations

from geokehila.load.timetable.days import KINDS
from geokehila.load.timetable.departures import DAYTIME_H, Departures, departures
from geokehila.load.timetable.feed import Feed, usable
from geokehila.load.timetable.modes import MASS_TRANSIT

__all__ = ["DAYTIME_H", "KINDS", "MASS_TRANSIT", "Departures", "Feed", "departures", "usable"]
