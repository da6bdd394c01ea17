"""Buses of Neve Or as a GTFS feed in the layout of the Ministry of Transport: BOM, CRLF, a route per direction."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from geokehila.sample_town.places import BUS_STOPS, BUS_STOPS_THIN, STOPS_UNMAPPED
from geokehila.sample_town.plan import Point, lonlat, on_earth
from geokehila.sample_town.transit_lines import LINES, SERVICES, STATION, Line

Row = Sequence[object]

#: Pace between stops with their halts [m/s], how much longer a street is than the straight line.
PACE, DETOUR = 5.5, 1.25
FIRST_STOP, STATION_ID, AGENCY, TOWN = 99_601, 99_600, 9996, "נווה אור"
#: Hebrew, English, Arabic, x, y of each stop: the mapped ones, then those that only the feed knows.
STOPS = (*((he, en, "", x, y) for he, en, x, y in BUS_STOPS), *BUS_STOPS_THIN, *STOPS_UNMAPPED)
VALID = ("20250101", "20250301")
ADDRESS = " רחוב:{}  עיר: " + TOWN + " רציף:   קומה:  "


def write(path: Path) -> None:
    """Write the feed as a zip whose bytes depend on nothing but the tables."""
    with ZipFile(path, "w", ZIP_DEFLATED) as feed:
        for name, header, rows in _tables():
            entry = ZipInfo(f"{name}.txt", (2025, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 3
            feed.writestr(entry, _as_csv(header.split(","), rows))


def _as_csv(header: Row, rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
    return text.getvalue().encode("utf-8-sig")


def _tables() -> Iterator[tuple[str, str, Sequence[Row]]]:
    runs = [(number, line) for number, line in enumerate(_directions(), start=1)]
    agency = (AGENCY, "קווי נווה אור (בדיוני)", "https://neve-or.example", "Asia/Jerusalem", "he", "", "")
    yield (
        "agency",
        "agency_id,agency_name,agency_url,agency_timezone,agency_lang,agency_phone,agency_fare_url",
        [agency],
    )
    days = "sunday,monday,tuesday,wednesday,thursday,friday,saturday"
    yield "calendar", f"service_id,{days},start_date,end_date", [(key, *flags, *VALID) for key, flags in SERVICES]
    header = "route_id,agency_id,route_short_name,route_long_name,route_desc,route_type,route_color"
    yield "routes", header, [_route(number, line) for number, line in runs]
    header = "stop_id,stop_code,stop_name,stop_desc,stop_lat,stop_lon,location_type,parent_station,zone_id"
    yield "stops", header, list(_stops())
    yield "shapes", "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence", list(_shapes(runs))
    trips = [(number, line, *trip) for number, line in runs for trip in _departures(number, line)]
    header = "route_id,service_id,trip_id,trip_headsign,direction_id,shape_id"
    yield (
        "trips",
        header,
        [
            (number, service, trip, _stop(line.stops[-1])[0], line.direction, 990_000 + number)
            for number, line, service, trip, _ in trips
        ],
    )
    header = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type,shape_dist_traveled"
    yield "stop_times", header, [row for _, line, _, trip, start in trips for row in _calls(line, trip, start)]
    yield "translations", "trans_id,lang,translation", list(_translations())


def _directions() -> Iterator[Line]:
    for line in LINES:
        yield line
        yield line.back()


def _route(number: int, line: Line) -> Row:
    ends = f"{_stop(line.stops[0])[0]}-{TOWN}<->{_stop(line.stops[-1])[0]}-{TOWN}-{line.direction + 1}#"
    return number, AGENCY, line.name, ends, f"9960{line.name}-{line.direction + 1}-#", 3, ""


def _stop(index: int) -> tuple[str, Point]:
    """The name of a stop and where it lies, Israel TM Grid [m]."""
    he, _, _, x, y = STOPS[index]
    return he, on_earth((x, y))


def _stops() -> Iterator[Row]:
    named = [_stop(index) for index in range(len(STOPS))]
    middle = named[STATION[0]][1]
    for number, ((he, _), (lon, lat)) in enumerate(zip(named, lonlat([at for _, at in named]), strict=True)):
        parent = STATION_ID if number in STATION else ""
        street = he.partition("/")[0]
        yield FIRST_STOP + number, 90_001 + number, he, ADDRESS.format(street), lat, lon, 0, parent, AGENCY
    ((lon, lat),) = lonlat([middle])
    yield STATION_ID, 90_000, f"מסוף {TOWN}", ADDRESS.format(""), lat, lon, 1, "", AGENCY


def _shapes(runs: Sequence[tuple[int, Line]]) -> Iterator[Row]:
    for number, line in runs:
        for order, (lon, lat) in enumerate(lonlat([_stop(index)[1] for index in line.stops]), start=1):
            yield 990_000 + number, lat, lon, order


def _departures(number: int, line: Line) -> Iterator[tuple[int, str, int]]:
    """Service, trip and start [minutes after midnight] of every trip of a line."""
    for service, spans in line.hours.items():
        starts = [minute for first, last, every in spans for minute in range(first, last, every)]
        for order, start in enumerate(starts, start=1):
            yield service, f"{number}{service}{order:03d}_010125", start


def _calls(line: Line, trip: str, start: int) -> Iterator[Row]:
    """One row per stop of a trip; hours run beyond 24 for a trip that ends after midnight."""
    spots = [_stop(index)[1] for index in line.stops]
    metres = accumulate((DETOUR * math.dist(a, b) for a, b in zip(spots, spots[1:], strict=False)), initial=0.0)
    for order, (index, run) in enumerate(zip(line.stops, metres, strict=True), start=1):
        seconds = start * 60 + round(run / PACE)
        clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        yield trip, clock, clock, FIRST_STOP + index, order, int(order == len(spots)), int(order == 1), round(run)


def _translations() -> Iterator[Row]:
    """The names of stops in each language, once per name."""
    for he, (en, ar) in {he: (en, ar) for he, en, ar, _, _ in STOPS}.items():
        yield from ((he, lang, name) for lang, name in (("EN", en), ("HE", he), ("AR", ar)) if name)
