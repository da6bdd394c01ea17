"""Stops of public transport from a timetable (GTFS): where they officially are, and how often something leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.brief import Brief
from geokehila.ledger import Ledger
from geokehila.load import timetable
from geokehila.load.timetable import KINDS, MASS_TRANSIT, Departures, Feed
from geokehila.load.timetable.days import Typical, iso
from geokehila.names import NAME_COLUMNS, names, repaired
from geokehila.schema import WGS84, check

STOPS = "stops.txt"
CATEGORY, STATION = "bus_stop", "rail_station"
#: Without these, and a calendar, a feed does not say what leaves.
WHOLE_FEED = ("routes.txt", "trips.txt", "stop_times.txt")
CALENDARS = ("calendar.txt", "calendar_dates.txt")
#: [days] A timetable farther than this from the map is of another time.
SAME_TIME_DAYS = 365
_PLACE_COLUMNS = (*NAME_COLUMNS, "place_id", "source", "source_id", "date", "categories")
_COUNTS = tuple(f"{kind}_{measure}" for kind in KINDS for measure in ("departures_count", "per_h"))


@dataclass(frozen=True, eq=False, repr=False)
class Timetable(Brief):
    """What a timetable says of the stops inside the data.

    Attributes
    ----------
    places
        Places as :mod:`geokehila.places` takes them: ``bus_stop``, ``rail_station`` where trains or trams call, both.
    stops
        Table ``stops``.
    dates
        ISO date that stands for each kind of day (weekday, friday, saturday), of those that the feed has.
    ledger
        Of the feed.
    """

    places: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    dates: Mapping[str, str]
    ledger: Ledger = field(repr=False)


def read(paths: Sequence[Path], extent: shapely.Geometry, crs: str, map_date: str = "") -> Timetable:
    """Read the stops of a timetable that lie inside the data, and what leaves from them.

    Parameters
    ----------
    paths
        A GTFS ``.zip``, or the text files of an unpacked one, ``stops.txt`` among them.
    extent
        What the OpenStreetMap data cover, in `crs`: stops outside it are rejected, a feed is of the whole country.
    crs
        The projected CRS of the study [m].
    map_date
        ISO date of the map; a feed of another year is named in a notice. Empty: not known.

    Returns
    -------
    Timetable
        Kind ``stop`` of its ledger are the rows of ``stops.txt``; stations and entrances (``location_type`` other than
        0) are no stops. Where a feed has stops alone each is a ``bus_stop`` and its departures are missing.

    Raises
    ------
    InputError
        No ``stops.txt``, not a zip, or columns absent.

    Notes
    -----
    Source: General Transit Feed Specification, as the Ministry of Transport publishes it.
    """
    feed, ledger = Feed(paths), Ledger("gtfs")
    table = feed.table(STOPS, ("stop_id", "stop_lat", "stop_lon"), ("stop_name", "location_type"))
    kept = _inside(table, extent, crs, ledger)
    found = _departures(feed, pd.Index(table["stop_id"].dropna().unique()), pd.Index(kept["stop_id"]), ledger)
    leaving = _of_stops(found, kept)
    if found:
        _warn(feed, found, map_date, ledger)
    stops = leaving.assign(stop_id=kept["stop_id"], place_id="gtfs:" + kept["stop_id"], geometry=kept.geometry)
    return Timetable(
        places=_places(kept, leaving["modes"], feed.name),
        stops=check("stops", gpd.GeoDataFrame(stops, geometry="geometry", crs=crs)),
        dates={kind: iso(day) for kind, day in found.typical.dates.items()} if found else {},
        ledger=ledger.balance(),
    )


def none(crs: str) -> gpd.GeoDataFrame:
    """Return the places of a study without a timetable."""
    return gpd.GeoDataFrame(pd.DataFrame(columns=_PLACE_COLUMNS, dtype=object), geometry=[], crs=crs)


def _inside(table: pd.DataFrame, extent: shapely.Geometry, crs: str, ledger: Ledger) -> gpd.GeoDataFrame:
    """Return the stops inside the data as points [m]; the rest goes to the ledger."""
    x, y = (pd.to_numeric(table[name], errors="coerce") for name in ("stop_lon", "stop_lat"))
    usable = x.between(-180, 180) & y.between(-90, 90) & ~((x == 0) & (y == 0))
    points = gpd.GeoSeries(gpd.points_from_xy(x.where(usable), y.where(usable)), table.index, crs=WGS84).to_crs(crs)
    reasons = {
        "no usable coordinates": ~usable,
        "a station or an entrance": ~table["location_type"].fillna("").isin(("", "0")),
        "outside the data": ~points.intersects(extent),
        "its id repeats": table["stop_id"].isna() | table["stop_id"].duplicated(),
    }
    kept = timetable.usable(table, reasons, "stop", ledger)
    return gpd.GeoDataFrame(kept, geometry=points[kept.index], crs=crs).reset_index(drop=True)


def _departures(feed: Feed, stop_ids: pd.Index, inside: pd.Index, ledger: Ledger) -> Departures | None:
    """Count what leaves; None where the feed does not say."""
    absent = feed.lacks(*WHOLE_FEED)
    if len(feed.lacks(*CALENDARS)) == len(CALENDARS):
        absent.append(" or ".join(CALENDARS))
    if absent:
        text = f"no {', '.join(absent)}: where stops are is known, not what leaves from them; give a whole feed"
        ledger.warn("timetable_of_stops_alone", text)
        return None
    return timetable.departures(feed, stop_ids, stop_ids.isin(inside), ledger)


def _of_stops(found: Departures | None, kept: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return modes and departures by the rows of the stops that were kept."""
    if found is None:
        return pd.DataFrame({"modes": ""} | dict.fromkeys(_COUNTS, np.nan), kept.index)
    of_stops: pd.DataFrame = found.stops.loc[kept["stop_id"]].set_axis(kept.index)
    return of_stops


def _places(kept: gpd.GeoDataFrame, modes: pd.Series, source: str) -> gpd.GeoDataFrame:
    named = [names({"name": repaired(name)} if isinstance(name, str) else {}) for name in kept["stop_name"]]
    frame = pd.DataFrame(named, kept.index, [*NAME_COLUMNS])
    frame["place_id"], frame["source"], frame["source_id"] = "gtfs:" + kept["stop_id"], source, kept["stop_id"]
    frame["date"], frame["categories"] = None, pd.Series(map(categories_of, modes), kept.index, dtype=object)
    return gpd.GeoDataFrame(frame, geometry=kept.geometry, crs=kept.crs)


def categories_of(modes: str) -> tuple[str, ...]:
    """Return what a stop is: a station where trains or trams call, a bus stop where anything else may."""
    words = {*modes.split()}
    return ((CATEGORY,) if not words or words - MASS_TRANSIT else ()) + ((STATION,) if words & MASS_TRANSIT else ())


def _warn(feed: Feed, found: Departures, map_date: str, ledger: Ledger) -> None:
    """Name what a user should know of the rows that say nothing, and of the dates of a feed."""
    if torn := sum(feed.torn.values()):
        ledger.warn(
            "timetable_rows_torn", f"{torn} rows of stop_times.txt are not as wide as its header: save it again"
        )
    if found.lost:
        text = f"{found.lost} rows of stop_times.txt name no known trip or stop, or no order: give a whole feed"
        ledger.warn("timetable_rows_lost", text)
    for name, text in _of_dates(found.typical, map_date):
        ledger.warn(name, text)


def _of_dates(typical: Typical, map_date: str) -> Iterator[tuple[str, str]]:
    if typical.window is None:
        yield "timetable_without_service", "no trip runs on any date: departures are not known; give a feed in force"
        return
    first, last = typical.window
    valid = f"valid {iso(first)} to {iso(last)}"
    if unknown := [kind for kind in KINDS if kind not in typical.dates]:
        text = f"{valid}, without a {' or a '.join(unknown)}: departures then are not known; give a whole week"
        yield "timetable_days_missing", text
    if typical.idle:
        text = f"{valid}, and nothing runs on any {' or '.join(typical.idle)}: counted as none; check that it is whole"
        yield "timetable_days_idle", text
    if map_date and max(first - _day(map_date), _day(map_date) - last) > SAME_TIME_DAYS:
        yield "timetable_of_another_time", f"{valid}, over a year from the map of {map_date}: give one of its time"


def _day(iso_date: str) -> int:
    return (date.fromisoformat(iso_date) - date(1970, 1, 1)).days
