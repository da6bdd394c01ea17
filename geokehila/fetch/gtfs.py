"""A city's part of a timetable of a whole country: what calls in its box, with all that this needs.

A trip that calls in the box is kept whole: its last call is no departure, and a time that is not told lies between
those before and after it, so that a trip cut at the box would tell something else. Rows pass in batches; the calls of a
country are never in memory whole, and no member of the archive is ever unpacked to a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute
from pyarrow import csv as arrow_csv

from geokehila.errors import FetchError
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.where import box
from geokehila.load.osm.cut import Box
from geokehila.load.stops import CALENDARS, STOPS, WHOLE_FEED
from geokehila.load.timetable import Feed

ROUTES, TRIPS, STOP_TIMES = WHOLE_FEED
AGENCY, FREQUENCIES = "agency.txt", "frequencies.txt"
CALENDAR, CALENDAR_DATES = CALENDARS
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: Files that are kept with their columns, those first that they cannot do without; nothing else of a feed is.
KEPT: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    AGENCY: (("agency_name",), ("agency_id", "agency_url", "agency_timezone", "agency_lang")),
    CALENDAR: (("service_id", *_WEEK, "start_date", "end_date"), ()),
    CALENDAR_DATES: (("service_id", "date", "exception_type"), ()),
    FREQUENCIES: (("trip_id", "start_time", "end_time", "headway_secs"), ("exact_times",)),
    ROUTES: (
        ("route_id", "route_type"), ("agency_id", "route_short_name", "route_long_name", "route_desc", "route_color"),
    ),
    STOP_TIMES: (
        ("trip_id", "stop_id", "stop_sequence"),
        ("arrival_time", "departure_time", "pickup_type", "drop_off_type", "shape_dist_traveled"),
    ),
    STOPS: (
        ("stop_id", "stop_lat", "stop_lon"),
        ("stop_code", "stop_name", "stop_desc", "location_type", "parent_station", "zone_id"),
    ),
    TRIPS: (
        ("trip_id", "route_id", "service_id"), ("trip_headsign", "direction_id", "wheelchair_accessible"),
    ),
}  # fmt: skip
#: Members of an archive, bytes of one unpacked, and how many times smaller than that it may be: text packs 5 to 20.
MOST_MEMBERS, MOST_BYTES, MOST_PACKED = 200, 8_000_000_000, 200
_SMALL_BYTES = 10_000_000
#: The date of every member: that of its writing would make other bytes of the same rows.
_DATED = (1980, 1, 1, 0, 0, 0)


@dataclass
class _Part:
    """What of a feed is kept, by ids."""

    stops: pd.Index
    trips: pd.Index = field(default_factory=lambda: pd.Index([], dtype=object))
    routes: pd.Index = field(default_factory=lambda: pd.Index([], dtype=object))
    services: pd.Index = field(default_factory=lambda: pd.Index([], dtype=object))
    agencies: pd.Index = field(default_factory=lambda: pd.Index([], dtype=object))


def bring(errand: Errand) -> Brought | None:
    """Cut the city's part from the feed that is at hand, and write it as a zip whose bytes depend on its rows alone.

    Raises
    ------
    FetchError
        Nothing draws the city, no feed is named, an archive that is no feed, or one that unpacks to too much.
    InputError
        A member that cannot be read.
    """
    if errand.needed is None:
        raise FetchError(f"{errand.source.key}: names no feed to be cut: give it needs = KEY in sources.toml")
    errand.say(f"{errand.source.key}: cutting {errand.study.city.slug} from {errand.needed.name}")
    counts, (first, last) = cut(errand.needed, box(errand.study, errand.data), errand.target)
    valid = (f"valid {first} to {last}",) if first else ("its calendar tells no dates",)
    return Brought(date=first, url=errand.needed.name, counts=counts, notes=valid)


def cut(source: Path, around: Box, target: Path) -> tuple[dict[str, int], tuple[str, str]]:
    """Write what of a feed calls in a box: those stops, their trips whole, and all that these name.

    Parameters
    ----------
    source, target
        Zipped feeds.
    around
        Bounds [degrees].

    Returns
    -------
    counts : dict
        Rows kept of stops, of them those in the box, of trips and of calls.
    dates : tuple of str
        The first and the last day of the calendars kept, ISO; both empty where there is none.

    Raises
    ------
    FetchError
        No zip, no feed, or one that unpacks to too much.
    InputError
        A member that cannot be read.

    Examples
    --------
    >>> cut(Path("israel-gtfs.zip"), Box(34.9, 31.0, 35.1, 31.2), Path("gtfs.zip"))  # doctest: +SKIP
    ({'stops': 812, 'stops in the box': 240, 'trips': 9120, 'calls': 301200}, ('2026-11-20', '2027-01-19'))
    """
    _must_be_safe(source)
    feed = Feed([source])
    if absent := feed.lacks(STOPS, *WHOLE_FEED):
        raise FetchError(f"{source.name}: lacks {', '.join(absent)}: not a whole feed, fetch it again")
    if len(feed.lacks(*CALENDARS)) == len(CALENDARS):
        raise FetchError(f"{source.name}: lacks {' and '.join(CALENDARS)}: not a whole feed, fetch it again")
    inside = _inside(feed, around)
    part = _part(feed, inside)
    counts = _write(feed, part, target)
    numbers = {"stops": counts[STOPS], "stops in the box": len(inside), "trips": counts[TRIPS]}
    return numbers | {"calls": counts[STOP_TIMES]}, _dates(Feed([target]))


def _must_be_safe(source: Path) -> None:
    """Refuse an archive by what it says of itself; what it says too small is not read beyond it."""
    try:
        with ZipFile(source) as archive:
            members = archive.infolist()
    except (OSError, BadZipFile, ValueError) as fault:
        raise FetchError(f"{source.name}: no readable zip ({fault}): fetch it again") from None
    names = [PurePosixPath(member.filename.replace("\\", "/")) for member in members]
    if len(members) > MOST_MEMBERS:
        raise FetchError(f"{source.name}: {len(members):,} members, where a feed has about ten: not read")
    if odd := next((name for name in names if name.is_absolute() or ".." in name.parts), None):
        raise FetchError(f"{source.name}: a member leads out of the archive ({str(odd)[:60]!r}): not read")
    if twice := [name for name, times in Counter(name.name for name in names).items() if times > 1 and name in KEPT]:
        raise FetchError(f"{source.name}: holds {twice[0]} twice: not read, for one of them would be the wrong one")
    for member, name in zip(members, names, strict=True):
        packed = member.file_size > _SMALL_BYTES and member.file_size > MOST_PACKED * max(member.compress_size, 1)
        if name.name in KEPT and (packed or member.file_size > MOST_BYTES):
            size = f"{member.file_size / 1e6:,.0f} MB from {member.compress_size / 1e6:,.1f} MB"
            raise FetchError(f"{source.name}: {name.name} would unpack to {size}: not read, no timetable does")


def _inside(feed: Feed, around: Box) -> pd.Index:
    """Return the ids of the stops, stations and entrances in the box."""
    table = feed.table(STOPS, ("stop_id", "stop_lat", "stop_lon"))
    lon, lat = (pd.to_numeric(table[name], errors="coerce") for name in ("stop_lon", "stop_lat"))
    in_box = lon.between(around.west, around.east) & lat.between(around.south, around.north)
    ids: pd.Index = pd.Index(sorted({*table.loc[in_box, "stop_id"].dropna()}), dtype=object)
    return ids


def _part(feed: Feed, inside: pd.Index) -> _Part:
    """Find what is kept: the trips that call inside, and what they and their stops name."""
    calling = _named(feed, STOP_TIMES, "trip_id", {"stop_id": inside})
    part = _Part(inside, trips=_named(feed, TRIPS, "trip_id", {"trip_id": calling}))
    of_trips = {"trip_id": part.trips}
    part.stops = inside.union(_named(feed, STOP_TIMES, "stop_id", of_trips))
    part.stops = part.stops.union(_named(feed, STOPS, "parent_station", {"stop_id": part.stops}))
    part.routes = _named(feed, TRIPS, "route_id", of_trips)
    part.services = _named(feed, TRIPS, "service_id", of_trips)
    part.agencies = _named(feed, ROUTES, "agency_id", {"route_id": part.routes})
    return part


def _named(feed: Feed, name: str, column: str, where: Mapping[str, pd.Index]) -> pd.Index:
    """Return the texts in a column of the rows that hold one of some ids in another, sorted, blanks left out."""
    found: set[str] = set()
    for rows in _rows(feed, name, where, (column, *where)):
        if column in rows.schema.names:
            found |= {*_trimmed(rows.column(column)).unique().to_pylist()}
    return pd.Index(sorted(found - {"", None}), dtype=object)


def _rows(feed: Feed, name: str, where: Mapping[str, pd.Index], columns: Collection[str] = ()) -> Iterator[pa.Table]:
    """Yield, batch by batch, the rows of a file that hold one of some ids in every column that is there.

    Without `columns` all that are kept are read.
    """
    needed, wanted = ([one for one in group if not columns or one in columns] for group in KEPT[name])
    sets = {column: pa.array(ids, pa.string()) for column, ids in where.items()}
    for batch in feed.batches(name, needed, wanted):
        kept = np.ones(len(next(iter(batch.values()))), bool)
        for column in sets.keys() & batch.keys():
            # Each text is looked at once a batch, not once a row.
            is_named = compute.is_in(_trimmed(batch[column].dictionary), sets[column]).to_numpy(zero_copy_only=False)
            kept &= is_named[batch[column].indices.to_numpy()]
        at = pa.array(np.flatnonzero(kept))
        yield pa.table({column: cells.take(at).dictionary_decode() for column, cells in batch.items()})


def _trimmed(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    return compute.utf8_trim_whitespace(texts)


def _write(feed: Feed, part: _Part, target: Path) -> dict[str, int]:
    """Write the files of a part in the order of their names; return their rows."""
    chosen: Mapping[str, Mapping[str, pd.Index]] = {
        AGENCY: {"agency_id": part.agencies} if len(part.agencies) else {},
        CALENDAR: {"service_id": part.services},
        CALENDAR_DATES: {"service_id": part.services},
        FREQUENCIES: {"trip_id": part.trips},
        ROUTES: {"route_id": part.routes},
        STOP_TIMES: {"trip_id": part.trips},
        STOPS: {"stop_id": part.stops},
        TRIPS: {"trip_id": part.trips},
    }
    held = [name for name in sorted(KEPT) if not feed.lacks(name)]
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        return {name: _write_file(archive, feed, name, chosen[name]) for name in held}


def _write_file(archive: ZipFile, feed: Feed, name: str, where: Mapping[str, pd.Index]) -> int:
    """Write the rows of one file that are kept, its header first; return how many they are."""
    entry = ZipInfo(name, _DATED)
    entry.compress_type, entry.create_system = ZIP_DEFLATED, 3
    count, options = -1, arrow_csv.WriteOptions(include_header=False)
    with archive.open(entry, "w", force_zip64=True) as member:
        for rows in _rows(feed, name, where):
            if count < 0:
                member.write(_line(rows.schema.names))
            arrow_csv.write_csv(rows, member, options)
            count = max(count, 0) + rows.num_rows
        if count < 0:
            member.write(_line(KEPT[name][0]))
    return max(count, 0)


def _line(names: Iterable[str]) -> bytes:
    return f"{','.join(names)}\n".encode()


def _dates(feed: Feed) -> tuple[str, str]:
    """Return the first and the last day that the calendars of a feed speak of."""
    spans = feed.optional(CALENDAR, ("start_date", "end_date"))
    days = feed.optional(CALENDAR_DATES, ("date",))["date"]
    told = pd.concat([spans["start_date"], spans["end_date"], days]).dropna()
    told = told[told.str.fullmatch(r"\d{8}")]
    if told.empty:
        return "", ""
    return tuple(f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in (told.min(), told.max()))  # type: ignore[return-value]
