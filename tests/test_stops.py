"""Stops of a timetable: which are stops, what becomes of the rest, and what leaves from them, by hand and by loops."""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geokehila import sample_town
from geokehila.errors import InputError
from geokehila.load import stops
from geokehila.load.timetable import days, feed
from geokehila.schema import ISRAEL_TM, WGS84

#: Two kilometres around a point near Be'er Sheva.
EXTENT = gpd.GeoSeries([box(34.79, 31.24, 34.81, 31.26)], crs=WGS84).to_crs(ISRAEL_TM).iloc[0]
HEADER = "stop_id,stop_code,stop_name,stop_lat,stop_lon,location_type\n"
ROWS = """1,11,שדרות רגר/ביאליק,31.25,34.80,0
2,12,רח' הדסה,31.251,34.801,
3,13,תחנה מרכזית,31.25,34.80,1
4,14,רחוק,32.0,34.80,0
5,15,ללא מקום,,,0
6,16,אפס,0,0,0
1,17,כפול,31.252,34.80,0
"""


def written(path: Path, tables: Mapping[str, str], folder: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"{folder}{name}.txt", "\ufeff" + text)
    return path


def of_stops(path: Path, text: str) -> Path:
    return written(path, {"agency": "agency_id\n1\n", "stops": text})


# --- where stops are -------------------------------------------------------------------------------------------------


def test_each_row_is_a_stop_or_says_why_not(tmp_path: Path) -> None:
    read = stops.read([of_stops(tmp_path / "gtfs.zip", HEADER + ROWS)], EXTENT, ISRAEL_TM)
    found = read.places
    assert found["place_id"].tolist() == ["gtfs:1", "gtfs:2"] and found["source_id"].tolist() == ["1", "2"]
    assert found["name_he"].tolist() == ["שדרות רגר/ביאליק", "רח' הדסה"] and found.crs == ISRAEL_TM
    assert found["categories"].tolist() == [("bus_stop",)] * 2 and set(found["source"]) == {"gtfs.zip"}
    # One thousandth of a degree north is 111 m, east 95 m at this latitude: 146 m apart.
    assert found.geometry.iloc[0].distance(found.geometry.iloc[1]) == pytest.approx(146, abs=1)
    assert read.ledger.counts() == {
        "stop": {
            "read": 7,
            "used": 2,
            "rejected": {
                "a station or an entrance": 1,
                "its id repeats": 1,
                "no usable coordinates": 2,
                "outside the data": 1,
            },
        }
    }


def test_a_feed_of_stops_alone_tells_nothing_of_departures_and_says_so(tmp_path: Path) -> None:
    read = stops.read([of_stops(tmp_path / "gtfs.zip", HEADER + ROWS)], EXTENT, ISRAEL_TM)
    assert read.stops["place_id"].tolist() == ["gtfs:1", "gtfs:2"] and read.stops["modes"].tolist() == ["", ""]
    assert read.stops.filter(regex="_per_h$|_count$").isna().all(axis=None) and read.dates == {}
    (notice,) = read.ledger.notices
    assert notice.name == "timetable_of_stops_alone"
    assert "no routes.txt, trips.txt, stop_times.txt, calendar.txt or calendar_dates.txt" in notice.text


def test_an_unpacked_feed_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "agency.txt").write_text("agency_id\n1\n")
    (tmp_path / "stops.txt").write_text(HEADER + ROWS, encoding="utf-8-sig")
    found = stops.read([tmp_path / "agency.txt", tmp_path / "stops.txt"], EXTENT, ISRAEL_TM).places
    assert found["place_id"].tolist() == ["gtfs:1", "gtfs:2"]


def test_a_study_without_a_timetable_has_no_stops() -> None:
    assert stops.none(ISRAEL_TM).empty and stops.none(ISRAEL_TM).crs == ISRAEL_TM


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a zip", "no readable stops.txt"),
        (b"", "no readable stops.txt"),
        (None, "no readable stops.txt"),
    ],
)
def test_what_is_no_feed_is_one_line(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "gtfs.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=f"^gtfs gtfs.zip: {message}.*: give the feed as gtfs.zip$"):
        stops.read([path], EXTENT, ISRAEL_TM)


def test_a_feed_without_coordinates_is_one_line(tmp_path: Path) -> None:
    path = of_stops(tmp_path / "gtfs.zip", "stop_id,stop_name\n1,א\n")
    with pytest.raises(InputError, match=r"stops\.txt lacks stop_lat, stop_lon: give a whole feed"):
        stops.read([path], EXTENT, ISRAEL_TM)


# --- what leaves from them -------------------------------------------------------------------------------------------

#: Three stops in the data, one beyond it.
STOPS = "stop_id,stop_lat,stop_lon\nA,31.25,34.80\nB,31.251,34.80\nC,31.252,34.80\nFAR,32.0,34.80\n"
ROUTES = "route_id,route_type\nbus,3\ntram,0\ntrain,2\nferry,4\n"
CALENDAR = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
#: Four weeks from Sunday, 1 January 2023.
WORK, FRIDAY = "work,1,1,1,1,0,0,1,20230101,20230128\n", "friday,0,0,0,0,1,0,0,20230101,20230128\n"
TRIPS, CALLS = "trip_id,service_id,route_id\n", "trip_id,stop_id,stop_sequence,departure_time\n"


def calls(trip: str, *at: tuple[str, str]) -> str:
    """The calls of a trip at (stop, time), in order."""
    return "".join(f"{trip},{stop},{order},{clock}\n" for order, (stop, clock) in enumerate(at, 1))


def tables(**other: str) -> dict[str, str]:
    """A feed: on workdays a bus from A over B to C at 8, on Fridays one at 9; tables are replaced or added."""
    feed = {
        "stops": STOPS,
        "routes": ROUTES,
        "calendar": CALENDAR + WORK + FRIDAY,
        "trips": TRIPS + "w1,work,bus\nf1,friday,bus\n",
        "stop_times": CALLS
        + calls("w1", ("A", "08:00:00"), ("B", "08:05:00"), ("C", "08:10:00"))
        + calls("f1", ("A", "09:00:00"), ("B", "09:05:00"), ("C", "09:10:00")),
    }
    return feed | other


def read(path: Path, map_date: str = "", **other: str) -> stops.Timetable:
    return stops.read([written(path / "gtfs.zip", tables(**other))], EXTENT, ISRAEL_TM, map_date)


def column(found: stops.Timetable, name: str) -> list[float]:
    return found.stops.set_index("stop_id").loc[["A", "B", "C"], name].tolist()


def notices(found: stops.Timetable) -> set[str]:
    return {notice.name for notice in found.ledger.notices}


def test_the_toy_by_hand(tmp_path: Path) -> None:
    found = read(tmp_path)
    # Nobody gets on at C, the last stop of both. One departure in sixteen hours is 0.0625 an hour.
    assert column(found, "weekday_departures_count") == column(found, "friday_departures_count") == [1, 1, 0]
    assert column(found, "weekday_per_h") == column(found, "friday_per_h") == [0.0625, 0.0625, 0]
    assert column(found, "saturday_departures_count") == [0, 0, 0] and column(found, "modes") == ["bus"] * 3
    # Twenty weekdays alike: of those in order of their dates the tenth. Four Fridays and Saturdays: the second.
    assert found.dates == {"weekday": "2023-01-12", "friday": "2023-01-13", "saturday": "2023-01-14"}
    assert notices(found) == {"timetable_days_idle"}
    assert found.ledger.counts()["departure"] == {"read": 4, "used": 4, "rejected": {}}


def test_departures_an_hour_are_those_from_6_to_before_22_and_nights_are_of_the_day_before(tmp_path: Path) -> None:
    clocks = ["05:59:59", "06:00:00", "13:00:00", "21:59:59", "22:00:00", "24:10:00", "30:30:00"]
    trips = "".join(f"w{i},work,bus\n" for i in range(7))
    rows = "".join(calls(f"w{i}", ("A", clock), ("B", "31:00:00")) for i, clock in enumerate(clocks))
    found = read(tmp_path, trips=TRIPS + trips, stop_times=CALLS + rows)
    assert column(found, "weekday_departures_count") == [7, 0, 0]
    assert column(found, "weekday_per_h") == [3 / 16, 0, 0]


def test_where_nobody_may_get_on_nothing_leaves_and_on_demand_counts(tmp_path: Path) -> None:
    header = "trip_id,stop_id,stop_sequence,departure_time,pickup_type\n"
    rows = "w1,A,1,08:00:00,1\nw1,B,2,08:05:00,2\nw1,A,3,08:06:00,0\nw1,C,4,08:10:00,\n"
    found = read(tmp_path, stop_times=header + rows)
    assert column(found, "weekday_departures_count") == [1, 1, 0]


def test_a_ring_leaves_twice_where_it_passes_twice_but_not_where_it_ends(tmp_path: Path) -> None:
    ring = calls("w1", ("A", "08:00:00"), ("B", "08:05:00"), ("C", "08:10:00"), ("B", "08:15:00"), ("A", "08:20:00"))
    assert column(read(tmp_path, stop_times=CALLS + ring), "weekday_departures_count") == [1, 2, 1]


def test_the_last_stop_is_that_of_the_highest_number_wherever_it_stands_or_lies(tmp_path: Path) -> None:
    # Out of order in the file; the last call is beyond the data, so the one at C is a departure.
    rows = "w1,FAR,90,09:00:00\nw1,C,30,08:10:00\nw1,A,5,08:00:00\nf1,A,2,08:00:00\nf1,FAR,1,07:00:00\n"
    found = read(tmp_path, stop_times=CALLS + rows)
    assert column(found, "weekday_departures_count") == [1, 0, 1]
    assert column(found, "friday_departures_count") == [0, 0, 0]


def test_a_repeated_trip_leaves_as_often_as_it_starts(tmp_path: Path) -> None:
    # From 6:00 to before 7:00 every 25 minutes: 6:00, 6:25, 6:50; B is 5 minutes later. In the night one at 22:00.
    spans = "trip_id,start_time,end_time,headway_secs\nw1,06:00:00,07:00:00,1500\nw1,22:00:00,22:20:00,1500\n"
    spans += "w1,08:00:00,07:00:00,60\nw1,08:00:00,09:00:00,0\nnone,08:00:00,09:00:00,60\n"
    found = read(tmp_path, frequencies=spans)
    assert column(found, "weekday_departures_count") == [4, 4, 0]
    assert column(found, "weekday_per_h") == [3 / 16, 3 / 16, 0]
    assert found.ledger.counts()["headway"] == {
        "read": 5,
        "used": 2,
        "rejected": {"its trip is not in the feed": 1, "no usable times": 2},
    }


def test_a_call_without_a_time_lies_between_the_told_ones_of_its_trip(tmp_path: Path) -> None:
    # A at 5:30 (1), C at 6:30 (5): evenly B (2) at 5:45, A again (4) at 6:15. The second trip's B has none after it.
    rows = "w1,A,1,05:30:00\nw1,B,2,\nw1,A,4,\nw1,C,5,06:30:00\nw1,B,7,\nw1,C,8,\nf1,A,1,\nf1,B,2,09:00:00\n"
    found = read(tmp_path, stop_times=CALLS + rows)
    assert column(found, "weekday_departures_count") == [2, 1, 1]
    assert column(found, "weekday_per_h") == [1 / 16, 0, 1 / 16]
    assert found.ledger.counts()["departure"] == {"read": 6, "used": 4, "rejected": {"no time can be told": 2}}
    rejected = found.ledger.rejected()
    assert rejected.loc[rejected["kind"] == "departure", "source_id"].tolist() == ["f1/1", "w1/7"]


def test_where_only_arrivals_are_told_they_stand_for_departures(tmp_path: Path) -> None:
    header = "trip_id,stop_id,stop_sequence,arrival_time\n"
    found = read(tmp_path, stop_times=header + "w1,A,1,08:00:00\nw1,B,2,08:05:00\n")
    assert column(found, "weekday_per_h") == [1 / 16, 0, 0]


def test_modes_and_what_a_stop_is_come_from_the_routes_of_any_date(tmp_path: Path) -> None:
    trips = "w1,work,bus\nw2,work,tram\nold,old,train\nx,work,ferry\n"
    rows = calls("w1", ("A", "08:00:00"), ("B", "08:05:00")) + calls("w2", ("B", "08:00:00"), ("C", "08:05:00"))
    rows += calls("old", ("C", "08:00:00"), ("FAR", "09:00:00")) + calls("x", ("A", "08:00:00"), ("FAR", "09:00:00"))
    calendar = CALENDAR + WORK + "old,1,0,0,0,0,0,0,20230102,20230102\n"
    found = read(tmp_path, trips=TRIPS + trips, stop_times=CALLS + rows, calendar=calendar)
    assert column(found, "modes") == ["bus other", "bus tram", "rail tram"]
    kinds = found.places.set_index("source_id")["categories"].to_dict()
    assert kinds == {"A": ("bus_stop",), "B": ("bus_stop", "rail_station"), "C": ("rail_station",)}


def test_a_stop_at_which_nothing_calls_is_a_bus_stop_and_nothing_leaves(tmp_path: Path) -> None:
    found = read(tmp_path, stop_times=CALLS + calls("w1", ("A", "08:00:00"), ("B", "08:05:00")))
    assert column(found, "modes") == ["bus", "bus", ""] and column(found, "weekday_per_h") == [1 / 16, 0, 0]
    assert set(found.places["categories"]) == {("bus_stop",)}


@pytest.mark.parametrize("end", ["", "\n", "\r\n\r\n"])
def test_a_feed_without_a_single_call_leaves_nowhere(tmp_path: Path, end: str) -> None:
    found = read(tmp_path, stop_times=CALLS + end)
    assert column(found, "weekday_departures_count") == [0, 0, 0] and column(found, "modes") == [""] * 3


def test_rows_that_say_nothing_are_counted_in_a_notice(tmp_path: Path) -> None:
    good = calls("w1", ("A", "08:00:00"), ("B", "08:05:00"), ("C", "08:10:00"))
    found = read(tmp_path, stop_times=CALLS + good + "w9,A,1,08:00:00\nw1,Z,1,08:00:00\nw1,A,x,08:00:00\nw1,A\n")
    assert column(found, "weekday_departures_count") == [1, 1, 0]
    texts = {notice.name: notice.text for notice in found.ledger.notices}
    assert texts["timetable_rows_lost"].startswith("3 rows ") and texts["timetable_rows_torn"].startswith("1 rows ")


def test_blanks_and_a_folder_in_the_zip_change_nothing(tmp_path: Path) -> None:
    spaced = {
        name: text.replace(",", ", ").replace("\n", " \r\n") if name != "stops" else text
        for name, text in tables().items()
    }
    path = written(tmp_path / "feed.zip", spaced, folder="gtfs/")
    found = stops.read([path], EXTENT, ISRAEL_TM)
    assert column(found, "weekday_departures_count") == column(found, "friday_departures_count") == [1, 1, 0]


def test_however_small_the_batches_the_answer_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(calls(f"w{i}", ("A", f"{i % 24:02d}:00:00"), ("B", ""), ("C", "26:00:00")) for i in range(200))
    other = {"trips": TRIPS + "".join(f"w{i},work,bus\n" for i in range(200)), "stop_times": CALLS + rows}
    whole = read(tmp_path, **other)
    monkeypatch.setattr(feed, "BATCH_BYTES", 256)
    pd.testing.assert_frame_equal(read(tmp_path, **other).stops, whole.stops)
    assert column(whole, "weekday_departures_count") == [200, 200, 0]


@pytest.mark.parametrize(
    ("table", "text", "message"),
    [
        ("trips", "trip_id,route_id\nw1,bus\n", r"trips\.txt lacks service_id: give a whole feed"),
        ("stop_times", "trip_id,stop_sequence\nw1,1\n", r"stop_times\.txt lacks stop_id: give a whole feed"),
        ("calendar", "service_id,start_date,end_date\n", r"calendar\.txt lacks monday, "),
        ("stop_times", "", r"stop_times\.txt lacks trip_id"),
        ("routes", "", r"no readable routes\.txt"),
    ],
)
def test_a_torn_timetable_is_one_line(tmp_path: Path, table: str, text: str, message: str) -> None:
    with pytest.raises(InputError, match=rf"^gtfs gtfs\.zip: {message}[^\n]*$"):
        read(tmp_path, **{table: text})


def test_a_damaged_member_of_the_zip_is_one_line(tmp_path: Path) -> None:
    path = written(tmp_path / "gtfs.zip", tables())
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"08:05:00", b"08:06:00"))  # its check sum is that of the other time
    with pytest.raises(InputError, match=r"^gtfs gtfs\.zip: no readable stop_times\.txt \(Bad CRC-32[^\n]*$"):
        stops.read([path], EXTENT, ISRAEL_TM)


# --- which date stands for a kind of day -----------------------------------------------------------------------------


def test_a_holiday_and_a_special_event_are_never_typical(tmp_path: Path) -> None:
    # Monday to Wednesday of the second week nothing runs; on the third Saturday an extra bus does.
    away = "".join(f"work,202301{day:02d},2\n" for day in (9, 10, 11)) + "friday,20230121,1\n"
    found = read(tmp_path, calendar_dates="service_id,date,exception_type\n" + away)
    assert column(found, "weekday_departures_count") == [1, 1, 0]
    assert column(found, "saturday_departures_count") == [0, 0, 0]
    # The three days without come first: the tenth of twenty is the seventh with a bus, after 1 to 5 and 8 January.
    assert found.dates["weekday"] == "2023-01-12" and "timetable_days_idle" not in notices(found)


def test_dates_may_be_told_by_exceptions_alone(tmp_path: Path) -> None:
    dates = "".join(f"work,202301{day:02d},1\n" for day in (1, 2, 3, 4, 5)) + "friday,20230106,1\n"
    alone = tables(calendar_dates="service_id,date,exception_type\n" + dates)
    del alone["calendar"]
    found = stops.read([written(tmp_path / "gtfs.zip", alone)], EXTENT, ISRAEL_TM)
    # The last date stated is a Friday: of Saturdays the feed says nothing.
    assert found.dates == {"weekday": "2023-01-03", "friday": "2023-01-06"}
    assert column(found, "weekday_departures_count") == [1, 1, 0]
    assert np.isnan(column(found, "saturday_per_h")).all() and notices(found) == {"timetable_days_missing"}


def test_weeks_of_which_a_feed_states_a_stub_are_no_timetable(tmp_path: Path) -> None:
    # One trip a workday through the year, nine more in January only: the middle workday of the year would have one.
    trips = "stub,stub,bus\n" + "".join(f"w{i},work,bus\n" for i in range(9))
    rows = "".join(calls(trip, ("A", "08:00:00"), ("B", "09:00:00")) for trip in ["stub", *(f"w{i}" for i in range(9))])
    calendar = CALENDAR + WORK + "stub,1,1,1,1,0,0,1,20230101,20231231\n"
    found = read(tmp_path, trips=TRIPS + trips, stop_times=CALLS + rows, calendar=calendar)
    assert column(found, "weekday_departures_count") == [10, 0, 0]


def test_a_feed_in_which_nothing_ever_runs_knows_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, calendar=CALENDAR + "work,0,0,0,0,0,0,0,20230101,20230128\n")
    assert found.stops["weekday_per_h"].isna().all() and found.dates == {}
    # The calls of the Friday trip, whose service is not stated, are those of no known trip.
    assert notices(found) == {"timetable_without_service", "timetable_rows_lost"}
    assert found.ledger.counts()["trip"]["rejected"] == {"no calendar states its service": 1}


@pytest.mark.parametrize(
    ("map_date", "told"),
    [("", False), ("2023-01-10", False), ("2022-01-01", False), ("2021-12-31", True), ("2024-02-01", True)],
)
def test_a_timetable_of_another_time_than_the_map_says_so(tmp_path: Path, map_date: str, told: bool) -> None:
    # Valid from 1 January 2023, 365 days after the same date of the year before.
    assert ("timetable_of_another_time" in notices(read(tmp_path, map_date))) is told


def test_dates_that_cannot_be_are_in_the_ledger(tmp_path: Path) -> None:
    bad = "a,1,1,1,1,1,1,1,20230230,20230301\nb,1,1,1,1,1,1,1,20230201,20230101\nwork,1,1,1,1,1,1,1,20230101,20230102\n"
    dated = "service_id,date,exception_type\nwork,x,1\nwork,20230102,3\nwork,20230103,2\nwork,20230103,1\n"
    found = read(tmp_path, calendar=CALENDAR + WORK + FRIDAY + bad, calendar_dates=dated)
    assert found.ledger.counts()["service"]["rejected"] == {"no usable dates": 2, "its id repeats": 1}
    assert found.ledger.counts()["service date"]["rejected"] == {
        "no usable date": 1,
        "neither added nor removed": 1,
        "it repeats": 1,
    }


Service = tuple[list[bool], int, int, dict[int, bool], int]
SERVICES = st.lists(
    st.tuples(
        st.lists(st.booleans(), min_size=7, max_size=7),
        st.integers(0, 40),
        st.integers(0, 30),
        st.dictionaries(st.integers(0, 60), st.booleans(), max_size=4),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=5,
)
START = date(2023, 3, 1)


def as_services(drawn: list[Service]) -> days.Services:
    """Services that run on days of the week from their first date for some days, but for exceptions."""
    base = (START - date(1970, 1, 1)).days
    first = np.array([base + one[1] for one in drawn])
    last = first + [one[2] for one in drawn]
    exceptions = [(number, base + day, added) for number, one in enumerate(drawn) for day, added in one[3].items()]
    dates = [*first, *last, *(row[1] for row in exceptions)]
    return days.Services(
        ids=pd.Index([f"s{i}" for i in range(len(drawn))]),
        first=first,
        last=last,
        on=np.array([one[0] for one in drawn]),
        exceptions=pd.DataFrame(exceptions, columns=["service", "date", "added"]).astype(
            {"service": int, "date": int, "added": bool}
        ),
        stated=(int(min(dates)), int(max(dates))),
    )


def runs(one: Service, day: date) -> bool:
    """Whether a drawn service runs on a day, as one reads it off the calendars."""
    flags, first, more, exceptions, _ = one
    number = (day - START).days
    return exceptions.get(number, first <= number <= first + more and flags[day.weekday()])


@settings(max_examples=150)
@given(SERVICES)
def test_trips_of_every_date_and_the_date_that_stands_for_a_kind_as_loops_find_them(drawn: list[Service]) -> None:
    services, trips = as_services(drawn), np.array([one[4] for one in drawn])
    every, found = services.trips(trips)
    calendar = [date(1970, 1, 1) + timedelta(days=int(day)) for day in every]
    expected = [sum(one[4] for one in drawn if runs(one, day)) for day in calendar]
    assert found.tolist() == expected
    for day, number in zip(calendar, every, strict=True):
        assert services.running(int(number)).tolist() == [runs(one, day) for one in drawn]
    weeks = {begin: sum(expected[max(begin, 0) : begin + 7]) for begin in range(-6, len(expected))}
    busy = max(weeks.values())
    whole = [busy > 0 and any(2 * weeks[b] >= busy for b in range(i - 6, i + 1)) for i in range(len(expected))]
    typical = days.typical(services, trips)
    for kind, names in {"weekday": "Sun Mon Tue Wed Thu", "friday": "Fri", "saturday": "Sat"}.items():
        some = sorted((expected[i], day) for i, day in enumerate(calendar) if whole[i] and f"{day:%a}" in names.split())
        chosen = typical.dates.get(kind)
        assert (None if chosen is None else days.iso(chosen)) == (str(some[(len(some) - 1) // 2][1]) if some else None)


# --- whole feeds, by slow loops --------------------------------------------------------------------------------------


def rows_of(files: Mapping[str, bytes], name: str) -> list[dict[str, str]]:
    text = files.get(f"{name}.txt", b"").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), skipinitialspace=True))


def departures_by_loops(files: Mapping[str, bytes], day: str) -> tuple[Counter[str], Counter[str]]:
    """Departures a day and in the daytime of each stop on one date, told times only."""
    weekday, number = date.fromisoformat(day).strftime("%A").lower(), day.replace("-", "")
    services = {
        row["service_id"]
        for row in rows_of(files, "calendar")
        if row[weekday] == "1" and row["start_date"] <= number <= row["end_date"]
    }
    for row in rows_of(files, "calendar_dates"):
        if row["date"] == number:
            services = (
                services | {row["service_id"]} if row["exception_type"] == "1" else services - {row["service_id"]}
            )
    trips = {row["trip_id"] for row in rows_of(files, "trips") if row["service_id"] in services}
    calls = [row for row in rows_of(files, "stop_times") if row["trip_id"] in trips]
    last: dict[str, int] = {}
    for row in calls:
        last[row["trip_id"]] = max(int(row["stop_sequence"]), last.get(row["trip_id"], -1))
    leaving = [r for r in calls if int(r["stop_sequence"]) < last[r["trip_id"]] and r.get("pickup_type") != "1"]
    hours = [int(row["departure_time"].split(":")[0] or "-1") if row["departure_time"] else -1 for row in leaving]
    daytime = (row["stop_id"] for row, hour in zip(leaving, hours, strict=True) if 6 <= hour < 22)
    return Counter(row["stop_id"] for row in leaving), Counter(daytime)


def compare(found: stops.Timetable, files: Mapping[str, bytes], daytime_too: bool = True) -> None:
    for kind, day in found.dates.items():
        a_day, daytime = departures_by_loops(files, day)
        table = found.stops.set_index("stop_id")
        assert table[f"{kind}_departures_count"].to_dict() == {stop: a_day[stop] for stop in table.index}
        if daytime_too:
            assert table[f"{kind}_per_h"].to_dict() == {stop: daytime[stop] / 16 for stop in table.index}


def test_the_sample_town_as_loops_find_it(tmp_path: Path) -> None:
    sample_town.write(tmp_path)
    path = next(tmp_path.rglob("gtfs.zip"))
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    everywhere = gpd.GeoSeries([box(34, 29, 36, 34)], crs=WGS84).to_crs(ISRAEL_TM).iloc[0]
    found = stops.read([path], everywhere, ISRAEL_TM)
    compare(found, files)
    assert notices(found) == set() and [*found.dates] == ["weekday", "friday", "saturday"]
    # On Saturday only the evening line runs.
    assert 0 < found.stops["saturday_per_h"].max() < found.stops["friday_per_h"].max()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "crs", "around"),
    [
        ("national/gtfs_sample_2019.zip", ISRAEL_TM, (34.0, 29.0, 36.0, 33.5)),
        ("las_palmas/gtfs_2023.zip", "EPSG:32628", (-15.6, 28.0, -15.3, 28.3)),
        ("beersheva/gtfs_2017", ISRAEL_TM, (34.0, 29.0, 36.0, 33.5)),
        ("porto_alegre/poa_eptc.zip", "EPSG:31982", (-52.0, -31.0, -50.0, -29.0)),
    ],
)
def test_real_feeds(shared: Path, name: str, crs: str, around: tuple[float, float, float, float]) -> None:
    extent = gpd.GeoSeries([box(*around)], crs=WGS84).to_crs(crs).iloc[0]
    path = shared / name
    paths = [path] if path.is_file() else sorted(path.iterdir())
    found = stops.read(paths, extent, crs)
    if path.is_file():
        with zipfile.ZipFile(path) as archive:
            files = {member: archive.read(member) for member in archive.namelist()}
    else:
        files = {one.name: one.read_bytes() for one in paths}
    counts = found.ledger.counts()["stop"]
    assert counts["read"] == len(rows_of(files, "stops")) and counts["used"] == len(found.places) > 0
    assert found.places["place_id"].is_unique and found.places.within(extent).all()
    # Of Porto Alegre most times are not told.
    compare(found, files, daytime_too="porto" not in name)
    assert found.ledger.counts()["departure"]["rejected"] == {}
